//! What lies behind the links of mails: accounts in the making, and new passwords. Each works once.
//!
//! Only the hash of a link's secret is kept, so a stolen database opens nothing.

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use model::{DisplayName, EmailAddress, UnixMillis, UserId};

/// An account in the making.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignUp {
    pub email: EmailAddress,
    pub name: DisplayName,
    /// An argon2id PHC string.
    pub password_hash: String,
    /// The language of mails.
    pub lang: String,
}

/// Keeps an account in the making under the hash of its link.
pub async fn insert_sign_up(
    store: &Store,
    token_hash: &str,
    sign_up: &SignUp,
    expires_at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "insert into sign_ups (token_hash, email, name, password_hash, lang, expires_at) \
         values ($1, $2, $3, $4, $5, $6)";
    let statement = Statement::new(SQL)
        .text(token_hash)
        .text(sign_up.email.as_str())
        .text(sign_up.name.as_str())
        .text(&sign_up.password_hash)
        .text(&sign_up.lang)
        .time(expires_at);
    store.execute(statement).await?;
    Ok(())
}

/// Reads an account in the making, which stays.
pub async fn load_sign_up(store: &Store, token_hash: &str, now: UnixMillis) -> Result<Option<SignUp>, Error> {
    const SQL: &str = "select email, name, password_hash, lang from sign_ups \
         where token_hash = $1 and expires_at > $2";
    type Raw = (String, String, String, String);
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(token_hash).time(now)).await?;
    let parse = |(email, name, password_hash, lang): Raw| {
        let (Ok(email), Ok(name)) = (EmailAddress::parse(&email), DisplayName::parse(&name)) else {
            return Err(Error::Corrupt { table: "sign_ups" });
        };
        Ok(SignUp { email, name, password_hash, lang })
    };
    raw.map(parse).transpose()
}

/// Takes an account in the making away, with every other one for its address; says whether it was there.
pub async fn take_sign_up(
    tx: &mut Transaction,
    token_hash: &str,
    email: &EmailAddress,
) -> Result<bool, Error> {
    const TAKE: &str = "delete from sign_ups where token_hash = $1";
    const OTHERS: &str = "delete from sign_ups where email = $1";
    let taken = tx.execute(Statement::new(TAKE).text(token_hash)).await? == 1;
    tx.execute(Statement::new(OTHERS).text(email.as_str())).await?;
    Ok(taken)
}

/// Keeps a link that sets a new password.
pub async fn insert_reset(
    store: &Store,
    token_hash: &str,
    account: UserId,
    expires_at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "insert into password_resets (token_hash, account_id, expires_at) values ($1, $2, $3)";
    let statement = Statement::new(SQL).text(token_hash).text(account.to_hex()).time(expires_at);
    store.execute(statement).await?;
    Ok(())
}

/// Whose password a link sets; the link stays.
pub async fn load_reset(store: &Store, token_hash: &str, now: UnixMillis) -> Result<Option<UserId>, Error> {
    const SQL: &str = "select account_id from password_resets where token_hash = $1 and expires_at > $2";
    let raw: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(token_hash).time(now)).await?;
    let corrupt = |_| Error::Corrupt { table: "password_resets" };
    raw.map(|(account,)| account.parse().map_err(corrupt)).transpose()
}

/// Takes a link away, with every other one of the account; says whether it was there.
pub async fn take_reset(tx: &mut Transaction, token_hash: &str, account: UserId) -> Result<bool, Error> {
    const TAKE: &str = "delete from password_resets where token_hash = $1";
    const OTHERS: &str = "delete from password_resets where account_id = $1";
    let taken = tx.execute(Statement::new(TAKE).text(token_hash)).await? == 1;
    tx.execute(Statement::new(OTHERS).text(account.to_hex())).await?;
    Ok(taken)
}

/// Forgets every link that has expired; says how many there were.
pub async fn delete_expired(store: &Store, now: UnixMillis) -> Result<u64, Error> {
    const SIGN_UPS: &str = "delete from sign_ups where expires_at <= $1";
    const RESETS: &str = "delete from password_resets where expires_at <= $1";
    let mut count = 0;
    for sql in [SIGN_UPS, RESETS] {
        count += store.execute(Statement::new(sql).time(now)).await?;
    }
    Ok(count)
}

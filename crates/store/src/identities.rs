//! What opens an account besides a password: passkeys, and who it is at an OpenID provider.

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use model::{DisplayName, UnixMillis, UserId};

/// One passkey as it stands in the database.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyRow {
    /// The credential id, as base64url.
    pub id: String,
    pub account: UserId,
    /// What its owner calls it.
    pub name: DisplayName,
    /// Public key and counter, in the writing of whoever checks signatures.
    pub credential: String,
    pub created_at: UnixMillis,
    pub used_at: Option<UnixMillis>,
}

/// Who an account is at an OpenID provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdentityRow {
    /// The address by which the provider calls itself.
    pub issuer: String,
    /// What the provider calls the person, for ever.
    pub subject: String,
    pub account: UserId,
    /// By what the person knows it: an address or a name there.
    pub label: Option<String>,
    pub created_at: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    account_id: String,
    name: String,
    credential: String,
    created_at: i64,
    used_at: Option<i64>,
}

/// Adds a passkey, unless one with this id exists or the account has `most` already; says whether it was
/// added. The account must be locked.
pub async fn insert_passkey(tx: &mut Transaction, row: &PasskeyRow, most: usize) -> Result<bool, Error> {
    const SQL: &str = "insert into passkeys (id, account_id, name, credential, created_at) \
         select $1, $2, $3, $4, $5 where (select count(*) from passkeys where account_id = $2) < $6 \
         on conflict (id) do nothing";
    let statement = Statement::new(SQL)
        .text(&row.id)
        .text(row.account.to_hex())
        .text(row.name.as_str())
        .text(&row.credential)
        .time(row.created_at)
        .integer(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(tx.execute(statement).await? == 1)
}

/// How many ways there are into an account: its password, its passkeys, and who it is at `issuer`. The
/// account must be locked, for the answer to hold.
pub async fn count_ways_in(
    tx: &mut Transaction,
    account: UserId,
    issuer: Option<&str>,
) -> Result<i64, Error> {
    const SQL: &str = "select (select count(*) from accounts where id = $1 and email is not null \
          and password_hash is not null) \
         + (select count(*) from passkeys where account_id = $1) \
         + (select count(*) from federated_identities where account_id = $1 and issuer = $2)";
    let statement = Statement::new(SQL).text(account.to_hex()).text(issuer.unwrap_or_default());
    let raw: Option<(i64,)> = tx.fetch_optional(statement).await?;
    Ok(raw.map_or(0, |(count,)| count))
}

/// Reads a passkey.
pub async fn load_passkey(store: &Store, id: &str) -> Result<Option<PasskeyRow>, Error> {
    const SQL: &str =
        "select id, account_id, name, credential, created_at, used_at from passkeys where id = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(id)).await?;
    raw.map(Raw::parse).transpose()
}

/// The passkeys of an account, oldest first.
pub async fn load_passkeys(store: &Store, account: UserId) -> Result<Vec<PasskeyRow>, Error> {
    const SQL: &str = "select id, account_id, name, credential, created_at, used_at from passkeys \
         where account_id = $1 order by created_at, id";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).text(account.to_hex())).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Notes that a passkey was used, and its counter with it; says whether it still was as it was read. Of two
/// who use the same counter at the same time, one has a copy.
pub async fn save_passkey_use(
    store: &Store,
    id: &str,
    (before, after): (&str, &str),
    at: UnixMillis,
) -> Result<bool, Error> {
    const SQL: &str = "update passkeys set credential = $2, used_at = $3 where id = $1 and credential = $4";
    let statement = Statement::new(SQL).text(id).text(after).time(at).text(before);
    Ok(store.execute(statement).await? == 1)
}

/// Takes a passkey away, if it is this account's; says whether it was.
pub async fn delete_passkey(tx: &mut Transaction, account: UserId, id: &str) -> Result<bool, Error> {
    const SQL: &str = "delete from passkeys where id = $1 and account_id = $2";
    Ok(tx.execute(Statement::new(SQL).text(id).text(account.to_hex())).await? == 1)
}

/// Says that an account is this subject of that issuer, unless another one is; says whether it is now.
pub async fn link(tx: &mut Transaction, row: &IdentityRow) -> Result<bool, Error> {
    const SQL: &str = "insert into federated_identities (issuer, subject, account_id, label, created_at) \
         values ($1, $2, $3, $4, $5) on conflict (issuer, subject) do nothing";
    let statement = Statement::new(SQL)
        .text(&row.issuer)
        .text(&row.subject)
        .text(row.account.to_hex())
        .optional_text(row.label.clone())
        .time(row.created_at);
    Ok(tx.execute(statement).await? == 1)
}

/// Which account is this subject of that issuer.
pub async fn load_linked(store: &Store, issuer: &str, subject: &str) -> Result<Option<UserId>, Error> {
    const SQL: &str = "select account_id from federated_identities where issuer = $1 and subject = $2";
    let raw: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(issuer).text(subject)).await?;
    let corrupt = |_| Error::Corrupt { table: "federated_identities" };
    raw.map(|(account,)| account.parse().map_err(corrupt)).transpose()
}

/// Who an account is elsewhere, oldest first.
pub async fn load_identities(store: &Store, account: UserId) -> Result<Vec<IdentityRow>, Error> {
    const SQL: &str = "select issuer, subject, label, created_at from federated_identities \
         where account_id = $1 order by created_at, issuer, subject";
    type Raw = (String, String, Option<String>, i64);
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).text(account.to_hex())).await?;
    let row = |(issuer, subject, label, created_at): Raw| IdentityRow {
        issuer,
        subject,
        account,
        label,
        created_at: UnixMillis(created_at),
    };
    Ok(raw.into_iter().map(row).collect())
}

/// Forgets that an account is this subject of that issuer; says whether it was.
pub async fn unlink(
    tx: &mut Transaction,
    account: UserId,
    issuer: &str,
    subject: &str,
) -> Result<bool, Error> {
    const SQL: &str =
        "delete from federated_identities where issuer = $1 and subject = $2 and account_id = $3";
    let statement = Statement::new(SQL).text(issuer).text(subject).text(account.to_hex());
    Ok(tx.execute(statement).await? == 1)
}

/// Takes everything away that opens an account besides a password.
pub async fn delete_all(tx: &mut Transaction, account: UserId) -> Result<(), Error> {
    const PASSKEYS: &str = "delete from passkeys where account_id = $1";
    const LINKS: &str = "delete from federated_identities where account_id = $1";
    for sql in [PASSKEYS, LINKS] {
        tx.execute(Statement::new(sql).text(account.to_hex())).await?;
    }
    Ok(())
}

impl Raw {
    fn parse(self) -> Result<PasskeyRow, Error> {
        let (Ok(account), Ok(name)) = (self.account_id.parse(), DisplayName::parse(&self.name)) else {
            return Err(Error::Corrupt { table: "passkeys" });
        };
        Ok(PasskeyRow {
            id: self.id,
            account,
            name,
            credential: self.credential,
            created_at: UnixMillis(self.created_at),
            used_at: self.used_at.map(UnixMillis),
        })
    }
}

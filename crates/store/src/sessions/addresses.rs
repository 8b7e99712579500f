//! Where payers without an account of theirs want to read of the money of one session.

use crate::statement::Statement;
use crate::{Error, Store};
use model::{EmailAddress, SessionId, UnixMillis};

/// Notes an address in place of what stood there, at most so many times; says whether it did.
pub async fn note(
    store: &Store,
    session: SessionId,
    (to, lang): (&EmailAddress, &str),
    most: u32,
) -> Result<bool, Error> {
    const SQL: &str = "insert into receipt_addresses (session_id, email, lang, times) values ($1, $2, $3, 1) \
         on conflict (session_id) do update set email = excluded.email, lang = excluded.lang, \
         times = receipt_addresses.times + 1 where receipt_addresses.times < $4";
    let statement =
        Statement::new(SQL).text(session.to_hex()).text(to.as_str()).text(lang).integer(i64::from(most));
    Ok(store.execute(statement).await? == 1)
}

/// The address, and the language that is read there.
pub async fn load(store: &Store, session: SessionId) -> Result<Option<(EmailAddress, String)>, Error> {
    const SQL: &str = "select email, lang from receipt_addresses where session_id = $1";
    let row: Option<(String, String)> =
        store.fetch_optional(Statement::new(SQL).text(session.to_hex())).await?;
    let parse = |(email, lang): (String, String)| {
        let email = EmailAddress::parse(&email);
        email.map(|email| (email, lang)).map_err(|_| Error::Corrupt { table: "receipt_addresses" })
    };
    row.map(parse).transpose()
}

/// Erases the addresses of sessions that were over by then; says how many.
pub async fn erase(store: &Store, by: UnixMillis) -> Result<u64, Error> {
    const SQL: &str = "delete from receipt_addresses \
         where session_id in (select id from sessions where closed_at <= $1)";
    store.execute(Statement::new(SQL).time(by)).await
}

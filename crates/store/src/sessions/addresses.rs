//! Where payers without an account of theirs want to read of the money of one session.
//!
//! Nobody confirmed such an address, so that a session takes few of them, and each hears little: what the
//! session came to, once, and a few times of what happened later. Whoever has it withdraws it.

use crate::statement::Statement;
use crate::{Error, Store};
use model::{EmailAddress, OutboxId, SessionId, UnixMillis};

/// What was left for a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Left {
    /// Absent once it was withdrawn.
    pub to: Option<EmailAddress>,
    /// The language that is read there.
    pub lang: String,
    /// How often one was left.
    pub times: u32,
}

/// Notes an address in place of what stood there, at most so many times; says whether it did.
pub async fn note(
    store: &Store,
    session: SessionId,
    (to, lang): (&EmailAddress, &str),
    most: u32,
) -> Result<bool, Error> {
    const SQL: &str = "insert into receipt_addresses (session_id, email, lang, times) values ($1, $2, $3, 1) \
         on conflict (session_id) do update set email = excluded.email, lang = excluded.lang, \
         times = receipt_addresses.times + 1, told_at = null, told_by = null \
         where receipt_addresses.times < $4";
    let statement = of(SQL, session).text(to.as_str()).text(lang).integer(i64::from(most));
    Ok(store.execute(statement).await? == 1)
}

/// What was left, if anything was.
pub async fn load(store: &Store, session: SessionId) -> Result<Option<Left>, Error> {
    const SQL: &str = "select email, lang, times from receipt_addresses where session_id = $1";
    let row: Option<(Option<String>, String, i64)> = store.fetch_optional(of(SQL, session)).await?;
    let parse = |(email, lang, times): (Option<String>, String, i64)| {
        let corrupt = Error::Corrupt { table: "receipt_addresses" };
        let to = email.map(|email| EmailAddress::parse(&email)).transpose();
        let (Ok(to), Ok(times)) = (to, u32::try_from(times)) else { return Err(corrupt) };
        Ok(Left { to, lang, times })
    };
    row.map(parse).transpose()
}

/// Forgets this address, if it is the one that stands there, as if one had been left so many times at least;
/// says whether it was.
pub async fn withdraw(
    store: &Store,
    session: SessionId,
    email: &EmailAddress,
    times: u32,
) -> Result<bool, Error> {
    const SQL: &str = "update receipt_addresses set email = null, \
         times = case when times < $3 then $3 else times end where session_id = $1 and email = $2";
    let statement = of(SQL, session).text(email.as_str()).integer(i64::from(times));
    Ok(store.execute(statement).await? == 1)
}

/// Counts a mail about something that happened besides the receipt; says whether there were few enough.
pub async fn take_notice(store: &Store, session: SessionId, most: u32) -> Result<bool, Error> {
    const SQL: &str = "update receipt_addresses set notices = notices + 1 \
         where session_id = $1 and email is not null and notices < $2";
    Ok(store.execute(of(SQL, session).integer(i64::from(most))).await? == 1)
}

/// Takes the count back of a mail that was not sent.
pub async fn return_notice(store: &Store, session: SessionId) -> Result<(), Error> {
    const SQL: &str =
        "update receipt_addresses set notices = notices - 1 where session_id = $1 and notices > 0";
    store.execute(of(SQL, session)).await?;
    Ok(())
}

/// Notes that an order, or a page without one, tells what the session came to by then; says whether nobody
/// else has. The same order may try again.
pub async fn claim_summary(
    store: &Store,
    session: SessionId,
    (at, by): (UnixMillis, Option<OutboxId>),
) -> Result<bool, Error> {
    const SQL: &str = "update receipt_addresses set told_at = $2, told_by = $3 \
         where session_id = $1 and email is not null \
         and (told_at is null or told_at < $2 or told_by = $3)";
    let statement = of(SQL, session).time(at).optional_text(by.map(OutboxId::to_hex));
    Ok(store.execute(statement).await? == 1)
}

/// Leaves it to an order to tell what a page could not.
pub async fn release_summary(store: &Store, session: SessionId) -> Result<(), Error> {
    const SQL: &str = "update receipt_addresses set told_at = null where session_id = $1 and told_by is null";
    store.execute(of(SQL, session)).await?;
    Ok(())
}

/// Erases the addresses of sessions that were over by then; says how many.
pub async fn erase(store: &Store, by: UnixMillis) -> Result<u64, Error> {
    const SQL: &str = "delete from receipt_addresses \
         where session_id in (select id from sessions where closed_at <= $1)";
    store.execute(Statement::new(SQL).time(by)).await
}

fn of(sql: &'static str, session: SessionId) -> Statement {
    Statement::new(sql).text(session.to_hex())
}

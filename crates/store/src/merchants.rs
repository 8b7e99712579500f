//! Accounts of hosts' own at Stripe: whose each is, what Stripe calls it, and whether it takes payments.
//!
//! ```text
//! begun ──Stripe names it──▶ unfinished ⇄ ready ⇄ restricted        any ──disconnected──▶ closed
//! ```
//!
//! What was paid to one stays with it: its name at Stripe is noted once, and a row is never deleted. Whoever
//! connects another has a new row. Not here: asking Stripe.

use crate::statement::Statement;
use crate::{Error, Store};
use model::{MerchantId, UnixMillis, UserId};

/// One account of a host's own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Merchant {
    pub id: MerchantId,
    pub user: UserId,
    /// What Stripe calls it, once it has answered.
    pub account: Option<String>,
    pub state: State,
    /// Stripe's word for why it takes no payments.
    pub reason: Option<String>,
    pub made: UnixMillis,
    /// Since when nothing new is paid to it.
    pub closed: Option<UnixMillis>,
    /// Until when everything is taken that was told of it.
    pub read: Option<UnixMillis>,
}

/// How an account stands at Stripe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It is being asked for.
    Begun,
    /// Its host has not told Stripe all that it wants to know.
    Unfinished,
    /// It takes payments.
    Ready,
    /// All was told, and it takes none.
    Restricted,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    account_id: Option<String>,
    state: String,
    reason: Option<String>,
    made_at: i64,
    closed_at: Option<i64>,
    read_until: Option<i64>,
}

/// How long after a question Stripe may be asked the next one about the same account, in milliseconds.
const TURN_MS: i64 = 1_000;
/// How late an answer may be, in milliseconds.
const LATE_MS: i64 = 600_000;

const CORRUPT: Error = Error::Corrupt { table: "merchants" };

/// What [`Raw`] is read from.
macro_rules! select_merchants {
    () => {
        "select id, user_id, account_id, state, reason, made_at, closed_at, read_until from merchants "
    };
}

/// Notes an account that is about to be asked for; harmless if its host has one.
pub async fn begin(store: &Store, id: MerchantId, user: UserId, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into merchants (id, user_id, state, made_at, asked_at) \
         values ($1, $2, 'begun', $3, 0) on conflict do nothing";
    store.execute(Statement::new(SQL).text(id.to_hex()).text(user.to_hex()).time(now)).await?;
    Ok(())
}

/// How many accounts somebody began since then.
pub async fn count_since(store: &Store, user: UserId, since: UnixMillis) -> Result<u32, Error> {
    const SQL: &str = "select count(*) from merchants where user_id = $1 and made_at >= $2";
    let statement = Statement::new(SQL).text(user.to_hex()).time(since);
    let row: Option<(i64,)> = store.fetch_optional(statement).await?;
    Ok(row.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// The account that a host has connected, however it stands.
pub async fn load_of(store: &Store, user: UserId) -> Result<Option<Merchant>, Error> {
    const SQL: &str = concat!(select_merchants!(), "where user_id = $1 and closed_at is null");
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(user.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Reads one account.
pub async fn load(store: &Store, id: MerchantId) -> Result<Option<Merchant>, Error> {
    const SQL: &str = concat!(select_merchants!(), "where id = $1");
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(id.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Reads the account that Stripe calls so.
pub async fn load_by_account(store: &Store, account: &str) -> Result<Option<Merchant>, Error> {
    const SQL: &str = concat!(select_merchants!(), "where account_id = $1");
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(account)).await?;
    raw.map(Raw::parse).transpose()
}

/// The accounts of which something may still be told: those that are connected, and those at which a checkout
/// ended since then.
pub async fn load_watched(store: &Store, since: UnixMillis) -> Result<Vec<Merchant>, Error> {
    const SQL: &str = concat!(
        select_merchants!(),
        "where account_id is not null and (closed_at is null or exists (select 1 from stripe_checkouts \
         where merchant_id = merchants.id and until_at >= $1)) order by id"
    );
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).time(since)).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Notes until when everything is taken that was told of an account. Of two servers the further one stands,
/// unless it is of a clock that was ahead.
pub async fn note_read(
    store: &Store,
    id: MerchantId,
    (until, now): (UnixMillis, UnixMillis),
) -> Result<(), Error> {
    const SQL: &str = "update merchants set read_until = $2 \
         where id = $1 and (read_until is null or read_until < $2 or read_until > $3)";
    store.execute(Statement::new(SQL).text(id.to_hex()).time(until).time(now)).await?;
    Ok(())
}

/// Has what was told of an account since then read again.
pub async fn read_again(store: &Store, id: MerchantId, since: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update merchants set read_until = $2 where id = $1 and read_until > $2";
    store.execute(Statement::new(SQL).text(id.to_hex()).time(since)).await?;
    Ok(())
}

/// Notes what Stripe calls an account; the first name stays.
pub async fn name(store: &Store, id: MerchantId, account: &str) -> Result<(), Error> {
    const SQL: &str = "update merchants set account_id = $2, state = 'unfinished' \
         where id = $1 and account_id is null";
    store.execute(Statement::new(SQL).text(id.to_hex()).text(account)).await?;
    Ok(())
}

/// Takes the right to ask Stripe about an account now; nobody else has it for a second.
pub async fn take_turn(store: &Store, id: MerchantId, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update merchants set asked_at = $2 where id = $1 and asked_at <= $3";
    let statement = Statement::new(SQL).text(id.to_hex()).time(now).time(now.plus(-TURN_MS));
    Ok(store.execute(statement).await? == 1)
}

/// Notes how an account stood that Stripe has named, when it was asked then. An answer that is overtaken by
/// that to a later question says nothing any more; one that seems to be of far ahead is of a wrong clock.
pub async fn note(
    store: &Store,
    id: MerchantId,
    (state, reason): (State, Option<&str>),
    asked: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update merchants set state = $2, reason = $3, known_at = $4 \
         where id = $1 and account_id is not null and (known_at <= $4 or known_at > $5)";
    let reason = reason.map(str::to_owned);
    let statement = Statement::new(SQL).text(id.to_hex()).text(state.word()).optional_text(reason);
    store.execute(statement.time(asked).time(asked.plus(LATE_MS))).await?;
    Ok(())
}

/// Nothing new is paid to an account any more.
pub async fn close(store: &Store, id: MerchantId, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update merchants set closed_at = $2 where id = $1 and closed_at is null";
    store.execute(Statement::new(SQL).text(id.to_hex()).time(now)).await?;
    Ok(())
}

impl Merchant {
    /// Whether something new may be paid to it.
    pub fn is_ready(&self) -> bool {
        self.closed.is_none() && self.state == State::Ready
    }
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Unfinished => "unfinished",
            Self::Ready => "ready",
            Self::Restricted => "restricted",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Begun, Self::Unfinished, Self::Ready, Self::Restricted]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

impl Raw {
    fn parse(self) -> Result<Merchant, Error> {
        Ok(Merchant {
            id: self.id.parse().map_err(|_| CORRUPT)?,
            user: self.user_id.parse().map_err(|_| CORRUPT)?,
            account: self.account_id,
            state: State::parse(&self.state).ok_or(CORRUPT)?,
            reason: self.reason,
            made: UnixMillis(self.made_at),
            closed: self.closed_at.map(UnixMillis),
            read: self.read_until.map(UnixMillis),
        })
    }
}

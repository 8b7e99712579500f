//! What payer and host read about their money: lists of sessions, and what the ledger says of each.
//!
//! Sums are those of the ledger's entries and of nothing else, so that a page never disagrees with the books.
//! A list is read a page at a time, the newest first, by the indexes on host and payer; the sums of a whole
//! list are added up by the database.
//!
//! Not here: what a session is ([`super::load`]), and who may read it.

use super::CORRUPT;
use crate::statement::Statement;
use crate::{Deal, Error, Store};
use domain::session::{Instruction, Session};
use model::{Currency, Money, Offer, RoomCode, RoomId, SessionId, UnixMillis, UserId};
use std::collections::BTreeMap;

/// One session in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    pub id: SessionId,
    pub room: RoomCode,
    /// Absent once the room is erased.
    pub room_name: Option<String>,
    /// As the payer was called in the room, as long as anything is known of that.
    pub payer_name: Option<String>,
    /// One of [`domain::session::Status::word`].
    pub status: String,
    pub made_at: UnixMillis,
    pub closed_at: Option<UnixMillis>,
    /// What is still to be paid.
    pub due: Option<Money>,
    /// Zeros in the currency of the offer before any money came; absent where none is asked.
    pub sums: Option<Sums>,
}

/// What the ledger holds, of one session or of many. A balance on the usual side is positive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sums {
    /// What came from payers.
    pub paid: Money,
    /// What was sent back to them.
    pub back: Money,
    /// What the host has earned, less what went back of it.
    pub host: Money,
    /// What the operator has earned, less what went back of it.
    pub fee: Money,
    /// Nobody's until the session is settled.
    pub held: Money,
    /// Withdrawn by the processor while a dispute is open.
    pub disputed: Money,
    /// Lost to disputes.
    pub lost: Money,
}

/// The part of a list that is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    pub offset: u32,
    pub limit: u32,
}

/// From the first time on, and before the second.
pub type Span = (UnixMillis, UnixMillis);

/// An order as a statement shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrderLine {
    pub instruction: Instruction,
    pub at: UnixMillis,
    pub attempts: u32,
    pub done_at: Option<UnixMillis>,
    /// Whether nobody tries it any more, unless an operator says so.
    pub is_dead: bool,
}

/// The room of a session, as far as something is known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RoomPart {
    pub code: RoomCode,
    /// Absent once the room is erased.
    pub name: Option<String>,
    /// The position and hash of the last line of its history.
    pub chain: (i64, String),
}

/// Whether `$1` sold a session, whoever they were then.
macro_rules! sold_by {
    () => {
        "host_id in (select user_id from heirs where heir_id = $1 union all \
         select cast($1 as text) where not exists (select 1 from heirs where user_id = $1))"
    };
}

/// The same for who pays.
macro_rules! bought_by {
    () => {
        "payer_id in (select user_id from heirs where heir_id = $1 union all \
         select cast($1 as text) where not exists (select 1 from heirs where user_id = $1))"
    };
}

/// The beginning of a statement that adds up the ledger.
macro_rules! sums {
    ($of:literal) => {
        concat!(
            "select ",
            $of,
            ", unit, cast(sum(paid) as bigint) as paid, \
         cast(sum(back) as bigint) as back, cast(sum(host) as bigint) as host, cast(sum(fee) as bigint) as fee, \
         cast(sum(held) as bigint) as held, cast(sum(disputed) as bigint) as disputed, \
         cast(sum(lost) as bigint) as lost from session_money "
        )
    };
}

pub(super) use sums;

#[derive(sqlx::FromRow)]
struct RawLine {
    id: String,
    code: String,
    room_name: Option<String>,
    payer_name: Option<String>,
    offer: String,
    status: String,
    made_at: i64,
    closed_at: Option<i64>,
    owing: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct RawOrder {
    instruction: String,
    at: i64,
    attempts: i64,
    done_at: Option<i64>,
    dead_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct RawSums {
    session_id: String,
    unit: String,
    paid: i64,
    back: i64,
    host: i64,
    fee: i64,
    held: i64,
    disputed: i64,
    lost: i64,
}

/// A page of what somebody sold within a span of time.
pub async fn load_sold(store: &Store, host: UserId, span: Span, window: Window) -> Result<Vec<Line>, Error> {
    const LINES: &str = concat!(
        "select sessions.id, rooms.code, offer, status, made_at, closed_at, owing, \
         case when rooms.erased_at is null then rooms.name end as room_name, \
         (select attendance.name from attendance where attendance.room_id = sessions.room_id and \
         attendance.user_id = coalesce((select heir_id from heirs where user_id = payer_id), payer_id) \
         order by entered_at desc, number desc limit 1) as payer_name \
         from sessions join rooms on rooms.id = sessions.room_id \
         where ",
        sold_by!(),
        " and made_at >= $2 and made_at < $3 \
         order by made_at desc, sessions.id desc limit $4 offset $5"
    );
    const SUMS: &str = concat!(
        sums!("session_id"),
        "where session_id in (select id from sessions where ",
        sold_by!(),
        " and made_at >= $2 and made_at < $3 \
         order by made_at desc, id desc limit $4 offset $5) group by session_id, unit"
    );
    let of = |sql| within(Statement::new(sql).text(host.to_hex()).time(span.0).time(span.1), window);
    lines(store, of(LINES), of(SUMS)).await
}

/// How many sessions somebody sold within a span of time.
pub async fn count_sold(store: &Store, host: UserId, span: Span) -> Result<u32, Error> {
    const SQL: &str =
        concat!("select count(*) from sessions where ", sold_by!(), " and made_at >= $2 and made_at < $3");
    count(store, Statement::new(SQL).text(host.to_hex()).time(span.0).time(span.1)).await
}

/// What all of that came to, for each currency.
pub async fn load_sold_sums(store: &Store, host: UserId, span: Span) -> Result<Vec<Sums>, Error> {
    const SQL: &str = concat!(
        sums!("'' as session_id"),
        "join sessions on sessions.id = session_id where ",
        sold_by!(),
        " and made_at >= $2 and made_at < $3 \
         group by unit order by unit"
    );
    let statement = Statement::new(SQL).text(host.to_hex()).time(span.0).time(span.1);
    store.fetch_all::<RawSums>(statement).await?.iter().map(RawSums::parse).collect()
}

/// A page of what somebody paid for, or agreed to.
pub async fn load_bought(store: &Store, payer: UserId, window: Window) -> Result<Vec<Line>, Error> {
    const LINES: &str = concat!(
        "select sessions.id, rooms.code, offer, status, made_at, closed_at, owing, \
         case when rooms.erased_at is null then rooms.name end as room_name, \
         cast(null as text) as payer_name from sessions join rooms on rooms.id = sessions.room_id \
         where ",
        bought_by!(),
        " order by made_at desc, sessions.id desc limit $2 offset $3"
    );
    const SUMS: &str = concat!(
        sums!("session_id"),
        "where session_id in (select id from sessions where ",
        bought_by!(),
        " \
         order by made_at desc, id desc limit $2 offset $3) group by session_id, unit"
    );
    let of = |sql| within(Statement::new(sql).text(payer.to_hex()), window);
    lines(store, of(LINES), of(SUMS)).await
}

/// How many sessions somebody paid for, or agreed to.
pub async fn count_bought(store: &Store, payer: UserId) -> Result<u32, Error> {
    const SQL: &str = concat!("select count(*) from sessions where ", bought_by!());
    count(store, Statement::new(SQL).text(payer.to_hex())).await
}

/// The oldest bill that somebody has not paid to a host, whatever the two were called then.
pub async fn load_open_bill(
    store: &Store,
    payer: UserId,
    host: UserId,
) -> Result<Option<(SessionId, Money)>, Error> {
    const SQL: &str = concat!(
        "select id, offer, owing from sessions where ",
        bought_by!(),
        " and owing is not null and coalesce((select heir_id from heirs where user_id = host_id), host_id) = $2 \
         order by closed_at, id limit 1"
    );
    let statement = Statement::new(SQL).text(payer.to_hex()).text(host.to_hex());
    let row: Option<(String, String, i64)> = store.fetch_optional(statement).await?;
    let Some((id, offer, owing)) = row else { return Ok(None) };
    let offer: Offer = serde_json::from_str(&offer).map_err(|_| CORRUPT)?;
    let currency = offer.currency().ok_or(CORRUPT)?;
    Ok(Some((id.parse().map_err(|_| CORRUPT)?, Money::new(owing, currency))))
}

/// The newest session that somebody paid for in a room, or agreed to.
pub async fn load_newest(store: &Store, payer: UserId, room: RoomCode) -> Result<Option<SessionId>, Error> {
    const SQL: &str = concat!(
        "select id from sessions where ",
        bought_by!(),
        " and room_id = (select rooms.id from rooms where code = $2) order by made_at desc, id desc limit 1"
    );
    let statement = Statement::new(SQL).text(payer.to_hex()).text(room.to_string());
    let row: Option<(String,)> = store.fetch_optional(statement).await?;
    row.map(|(id,)| id.parse().map_err(|_| CORRUPT)).transpose()
}

/// What the ledger holds of one session; nothing where no money is asked.
pub async fn load_sums(store: &Store, session: &Session) -> Result<Option<Sums>, Error> {
    const SQL: &str = concat!(sums!("session_id"), "where session_id = $1 group by session_id, unit");
    let raw: Option<RawSums> = store.fetch_optional(Statement::new(SQL).text(session.id.to_hex())).await?;
    match raw {
        Some(raw) => raw.parse().map(|sums| Some(without_what_never_came(sums, session))),
        None => Ok(session.offer.price().map(|price| Sums::zero(price.money().currency))),
    }
}

/// What was given back of a payment whose capture failed afterwards neither came nor went: the ledger, which
/// forgets nothing, has it on both sides.
fn without_what_never_came(sums: Sums, session: &Session) -> Sums {
    let given = session.till.payments.iter().filter_map(|payment| payment.given_back);
    let given: i64 = given.map(|given| given.minor).sum();
    let less = |money: Money| Money::new(money.minor - given, money.currency);
    Sums { paid: less(sums.paid), back: less(sums.back), ..sums }
}

/// How somebody was called in a room when they last came in, as long as that is known.
pub async fn load_name(store: &Store, room: RoomId, user: UserId) -> Result<Option<String>, Error> {
    const SQL: &str = "select name from attendance where room_id = $1 and user_id = $2 \
         order by entered_at desc, number desc limit 1";
    let statement = Statement::new(SQL).text(room.to_hex()).text(user.to_hex());
    let row: Option<(String,)> = store.fetch_optional(statement).await?;
    Ok(row.map(|(name,)| name))
}

/// The room of a session, ended and erased ones too.
pub async fn load_room(store: &Store, room: RoomId) -> Result<Option<RoomPart>, Error> {
    const SQL: &str = "select code, case when erased_at is null then name end as name, \
         coalesce(room_chains.position, 0) as position, coalesce(room_chains.hash, '') as hash \
         from rooms left join room_chains on room_chains.room_id = rooms.id where rooms.id = $1";
    let row: Option<(String, Option<String>, i64, String)> =
        store.fetch_optional(Statement::new(SQL).text(room.to_hex())).await?;
    let Some((code, name, position, hash)) = row else { return Ok(None) };
    let code = code.parse().map_err(|_| Error::Corrupt { table: "rooms" })?;
    Ok(Some(RoomPart { code, name, chain: (position, hash) }))
}

/// What a session or a purchase ordered of the processor and the mailer, and how far that is, the oldest
/// first.
pub async fn load_orders(store: &Store, deal: impl Into<Deal> + Send) -> Result<Vec<OrderLine>, Error> {
    const SQL: &str = "select instruction, at, attempts, done_at, dead_at from session_orders \
         where session_id = $1 or purchase_id = $2 order by at, id limit 1000";
    let rows: Vec<RawOrder> = store.fetch_all(Statement::new(SQL).deal(deal.into())).await?;
    let orders: Option<Vec<OrderLine>> = rows.into_iter().map(RawOrder::parse).collect();
    orders.ok_or(Error::Corrupt { table: "session_orders" })
}

/// Whether a session is paid where no money moves: at the embedded test processor, or at Stripe in its test
/// mode, which it says in the names that it gives.
pub async fn is_test(store: &Store, session: SessionId) -> Result<bool, Error> {
    const SQL: &str = "select (select count(*) from test_payments where session_id = $1) \
         + (select count(*) from stripe_checkouts where session_id = $1 and checkout_id like 'cs_test_%')";
    Ok(count(store, Statement::new(SQL).text(session.to_hex())).await? > 0)
}

pub(crate) fn within(statement: Statement, window: Window) -> Statement {
    statement.integer(i64::from(window.limit)).integer(i64::from(window.offset))
}

pub(crate) async fn count(store: &Store, statement: Statement) -> Result<u32, Error> {
    let row: Option<(i64,)> = store.fetch_optional(statement).await?;
    Ok(row.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
}

pub(super) async fn lines(store: &Store, lines: Statement, sums: Statement) -> Result<Vec<Line>, Error> {
    let lines: Vec<RawLine> = store.fetch_all(lines).await?;
    let sums: Vec<RawSums> = store.fetch_all(sums).await?;
    let sums: BTreeMap<&str, &RawSums> = sums.iter().map(|sums| (sums.session_id.as_str(), sums)).collect();
    lines.into_iter().map(|line| line.parse(&sums)).collect()
}

impl RawLine {
    fn parse(self, sums: &BTreeMap<&str, &RawSums>) -> Result<Line, Error> {
        let offer: Offer = serde_json::from_str(&self.offer).map_err(|_| CORRUPT)?;
        let sums = match sums.get(self.id.as_str()) {
            Some(sums) => Some(sums.parse()?),
            None => offer.price().map(|price| Sums::zero(price.money().currency)),
        };
        Ok(Line {
            id: self.id.parse().map_err(|_| CORRUPT)?,
            room: self.code.parse().map_err(|_| CORRUPT)?,
            room_name: self.room_name,
            payer_name: self.payer_name,
            status: self.status,
            made_at: UnixMillis(self.made_at),
            closed_at: self.closed_at.map(UnixMillis),
            due: self.owing.zip(offer.currency()).map(|(minor, currency)| Money::new(minor, currency)),
            sums,
        })
    }
}

impl RawOrder {
    fn parse(self) -> Option<OrderLine> {
        Some(OrderLine {
            instruction: serde_json::from_str(&self.instruction).ok()?,
            at: UnixMillis(self.at),
            attempts: u32::try_from(self.attempts).ok()?,
            done_at: self.done_at.map(UnixMillis),
            is_dead: self.dead_at.is_some(),
        })
    }
}

impl RawSums {
    fn parse(&self) -> Result<Sums, Error> {
        let corrupt = Error::Corrupt { table: "ledger_entries" };
        let currency = Currency::parse(&self.unit).map_err(|_| corrupt)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Sums {
            paid: money(self.paid),
            back: money(self.back),
            host: money(self.host),
            fee: money(self.fee),
            held: money(self.held),
            disputed: money(self.disputed),
            lost: money(self.lost),
        })
    }
}

impl Sums {
    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { paid: zero, back: zero, host: zero, fee: zero, held: zero, disputed: zero, lost: zero }
    }
}

//! What buyer, seller and operator read about packs: balances, purchases, and what was used in which session.
//!
//! Sums are those of the ledger's entries, as with sessions. Names are those of accounts, for only accounts
//! buy and sell packs. Not here: who may read it.

use super::{CORRUPT, pack};
use crate::sessions::papers::{Window, count, within};
use crate::statement::Statement;
use crate::{Error, Store};
use domain::purchase::withheld_ms;
use model::offer::Pack;
use model::{Currency, Money, PurchaseId, RoomCode, SessionId, UnixMillis, UserId};
use std::collections::BTreeMap;

/// One purchase in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    pub id: PurchaseId,
    pub pack: Pack,
    /// One of [`domain::purchase::Purchase::word`].
    pub status: String,
    pub made_at: UnixMillis,
    /// How much of its time went back, in milliseconds.
    pub back_ms: i64,
    /// As their accounts call them; absent once an account is deleted.
    pub seller: Option<String>,
    pub buyer: Option<String>,
}

/// What somebody has with one seller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Balance {
    pub seller: UserId,
    pub seller_name: Option<String>,
    /// What is not used and not set aside, in milliseconds.
    pub left_ms: i64,
    /// What of that is withheld, because a bank asked the price back.
    pub withheld_ms: i64,
    /// Set aside for sessions that are not over.
    pub held_ms: i64,
    /// A room of the seller in which packs were bought and that goes on.
    pub room: Option<RoomCode>,
}

/// What one session used of prepaid time, in milliseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Use {
    pub session: SessionId,
    /// Absent once the room is erased.
    pub room_name: Option<String>,
    /// One of [`domain::session::Status::word`].
    pub status: String,
    pub made_at: UnixMillis,
    pub reserved_ms: i64,
    pub used_ms: i64,
    /// What of it went back to the balance, when the session was over or later by hand.
    pub returned_ms: i64,
}

/// What the ledger holds of one purchase or of many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sums {
    pub paid: Money,
    pub back: Money,
    /// What the seller has earned, less what went back of it.
    pub host: Money,
    /// The same of the operator.
    pub fee: Money,
    pub disputed: Money,
    pub lost: Money,
}

/// Whose purchases are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    BoughtBy(UserId),
    SoldBy(UserId),
    Everybody,
    /// Of which somebody's bank asked the price back, however that ended.
    Disputed,
}

#[derive(sqlx::FromRow)]
struct RawLine {
    id: String,
    minutes: i64,
    amount: i64,
    currency: String,
    status: String,
    made_at: i64,
    back_ms: i64,
    seller: Option<String>,
    buyer: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RawBalance {
    seller_id: String,
    seller: Option<String>,
    left_ms: i64,
    sold_ms: i64,
    disputed_ms: i64,
    held_ms: i64,
    room: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RawUse {
    id: String,
    room_name: Option<String>,
    status: String,
    made_at: i64,
    reserved_ms: i64,
    used_ms: i64,
    returned_ms: i64,
}

#[derive(sqlx::FromRow)]
struct RawSums {
    unit: String,
    paid: i64,
    back: i64,
    host: i64,
    fee: i64,
    disputed: i64,
    lost: i64,
}

#[derive(sqlx::FromRow)]
struct RawSumsOf {
    purchase_id: String,
    #[sqlx(flatten)]
    sums: RawSums,
}

/// A statement about the purchases that came to something of whom it is asked, with the condition between two
/// parts of it: one statement for each, so that an index serves it. `$1` is the person, if it is of one.
macro_rules! of_whom {
    ($whose:expr, $before:expr, $after:expr) => {
        Statement::new(match $whose {
            Whose::BoughtBy(_) => concat!($before, paid!(), " and buyer_id = $1", $after),
            Whose::SoldBy(_) => concat!($before, paid!(), " and seller_id = $1", $after),
            Whose::Everybody => concat!($before, paid!(), " and cast($1 as text) = ''", $after),
            Whose::Disputed => {
                concat!($before, "status like 'dispute%' and cast($1 as text) = ''", $after)
            }
        })
        .text($whose.person())
    };
}

/// The sessions of `$1` with `$2` that were not over at `$3` and had time set aside.
macro_rules! users {
    () => {
        "from sessions where host_id = $1 and payer_id = $2 and (closed_at is null or closed_at >= $3) \
         and exists (select 1 from session_minutes where session_minutes.session_id = sessions.id)"
    };
}

macro_rules! paid {
    () => {
        "status not in ('asked', 'over')"
    };
}

/// The sums of columns, with other columns before them.
macro_rules! sums {
    ($others:literal) => {
        concat!(
            "select ",
            $others,
            "unit, cast(sum(paid) as bigint) as paid, cast(sum(back) as bigint) as back, \
         cast(sum(host) as bigint) as host, cast(sum(fee) as bigint) as fee, \
         cast(sum(disputed) as bigint) as disputed, cast(sum(lost) as bigint) as lost from purchase_money "
        )
    };
}

/// A page of purchases that were paid, the newest first.
pub async fn load_lines(store: &Store, whose: Whose, window: Window) -> Result<Vec<Line>, Error> {
    let statement = of_whom!(
        whose,
        "select purchases.id, minutes, amount, currency, status, made_at, back_ms, sellers.name as seller, \
         buyers.name as buyer from purchases left join accounts as sellers on sellers.id = seller_id \
         left join accounts as buyers on buyers.id = buyer_id where ",
        " order by made_at desc, purchases.id desc limit $2 offset $3"
    );
    let raw: Vec<RawLine> = store.fetch_all(within(statement, window)).await?;
    raw.into_iter().map(RawLine::parse).collect()
}

/// The same, each with what the ledger holds of it.
pub async fn load_lines_with_sums(
    store: &Store,
    whose: Whose,
    window: Window,
) -> Result<Vec<(Line, Sums)>, Error> {
    let statement = of_whom!(
        whose,
        concat!(sums!("purchase_id, "), "where purchase_id in (select id from purchases where "),
        " order by made_at desc, id desc limit $2 offset $3) group by purchase_id, unit"
    );
    let sums: Vec<RawSumsOf> = store.fetch_all(within(statement, window)).await?;
    let sums: BTreeMap<&str, &RawSums> =
        sums.iter().map(|sums| (sums.purchase_id.as_str(), &sums.sums)).collect();
    let mut lines = Vec::new();
    for line in load_lines(store, whose, window).await? {
        // One that was paid between the two questions is in the next file.
        if let Some(sums) = sums.get(line.id.to_hex().as_str()) {
            lines.push((line, sums.parse()?));
        }
    }
    Ok(lines)
}

/// How many of them there are.
pub async fn count_lines(store: &Store, whose: Whose) -> Result<u32, Error> {
    count(store, of_whom!(whose, "select count(*) from purchases where ", "")).await
}

/// What all of them came to, for each currency.
pub async fn load_sums(store: &Store, whose: Whose) -> Result<Vec<Sums>, Error> {
    let statement = of_whom!(
        whose,
        concat!(sums!(""), "where purchase_id in (select id from purchases where "),
        ") group by unit order by unit"
    );
    store.fetch_all::<RawSums>(statement).await?.iter().map(RawSums::parse).collect()
}

/// What the ledger holds of one purchase, once it was paid.
pub async fn load_sums_of(store: &Store, purchase: PurchaseId) -> Result<Option<Sums>, Error> {
    const SQL: &str = concat!(sums!(""), "where purchase_id = $1 group by unit");
    let raw: Option<RawSums> = store.fetch_optional(Statement::new(SQL).text(purchase.to_hex())).await?;
    raw.as_ref().map(RawSums::parse).transpose()
}

/// What somebody has, seller by seller, the newest purchase first.
pub async fn load_balances(store: &Store, buyer: UserId, window: Window) -> Result<Vec<Balance>, Error> {
    const SQL: &str = "select sold.seller_id, accounts.name as seller, sold.sold_ms, sold.disputed_ms, \
         coalesce((select -balance from ledger_accounts where unit = 'ms' and ledger_accounts.name \
          = 'minutes:' || sold.seller_id || ':' || cast($1 as text)), 0) as left_ms, \
         (select cast(coalesce(sum(-balance), 0) as bigint) from sessions join ledger_accounts \
          on ledger_accounts.name = 'held:' || sessions.id where unit = 'ms' \
          and sessions.host_id = sold.seller_id and sessions.payer_id = $1) as held_ms, \
         (select code from rooms join purchases as there on there.room_id = rooms.id \
          where there.seller_id = sold.seller_id and there.buyer_id = $1 and rooms.ended_at is null \
          and rooms.owner_id = sold.seller_id order by there.made_at desc, there.id desc limit 1) as room \
         from (select seller_id, max(made_at) as newest, \
          cast(sum(minutes * 60000 - back_ms) as bigint) as sold_ms, cast(sum(case \
          when status in ('disputed', 'dispute_lost') then minutes * 60000 - back_ms else 0 end) as bigint) \
          as disputed_ms from purchases where buyer_id = $1 and status not in ('asked', 'over') \
          group by seller_id) as sold \
         left join accounts on accounts.id = sold.seller_id \
         order by newest desc, sold.seller_id limit $2 offset $3";
    let raw: Vec<RawBalance> =
        store.fetch_all(within(Statement::new(SQL).text(buyer.to_hex()), window)).await?;
    raw.into_iter().map(RawBalance::parse).collect()
}

/// A page of the sessions for which somebody's prepaid time was set aside, the newest first.
pub async fn load_uses(store: &Store, buyer: UserId, window: Window) -> Result<Vec<Use>, Error> {
    const SQL: &str = "select sessions.id, status, made_at, \
         case when rooms.erased_at is null then rooms.name end as room_name, \
         cast(sum(reserved) as bigint) as reserved_ms, cast(sum(used) as bigint) as used_ms, \
         cast(sum(returned) as bigint) as returned_ms from sessions \
         join session_minutes on session_minutes.session_id = sessions.id \
         join rooms on rooms.id = sessions.room_id where payer_id = $1 \
         group by sessions.id, status, made_at, rooms.erased_at, rooms.name \
         order by made_at desc, sessions.id desc limit $2 offset $3";
    let raw: Vec<RawUse> = store.fetch_all(within(Statement::new(SQL).text(buyer.to_hex()), window)).await?;
    raw.into_iter().map(RawUse::parse).collect()
}

/// The first sessions for which a buyer's time with a seller was set aside and that were not over by then,
/// the oldest first; and how many there are.
pub async fn load_users_of(
    store: &Store,
    (seller, buyer): (UserId, UserId),
    since: UnixMillis,
    limit: u32,
) -> Result<(Vec<SessionId>, u32), Error> {
    const SQL: &str = concat!("select id ", users!(), " order by made_at, id limit $4");
    const COUNT: &str = concat!("select count(*) ", users!());
    let about = |sql| Statement::new(sql).text(seller.to_hex()).text(buyer.to_hex()).time(since);
    let rows: Vec<(String,)> = store.fetch_all(about(SQL).integer(limit.into())).await?;
    let ids = rows.into_iter().map(|(id,)| id.parse().map_err(|_| Error::Corrupt { table: "sessions" }));
    Ok((ids.collect::<Result<_, _>>()?, count(store, about(COUNT)).await?))
}

/// How many of these sessions there are.
pub async fn count_uses(store: &Store, buyer: UserId) -> Result<u32, Error> {
    const SQL: &str = "select count(*) from sessions where payer_id = $1 and exists \
         (select 1 from session_minutes where session_minutes.session_id = sessions.id)";
    count(store, Statement::new(SQL).text(buyer.to_hex())).await
}

/// Whether a purchase is paid where no money moves.
pub async fn is_test(store: &Store, purchase: PurchaseId) -> Result<bool, Error> {
    const SQL: &str = "select (select count(*) from test_payments where purchase_id = $1) \
         + (select count(*) from stripe_checkouts where purchase_id = $1 and checkout_id like 'cs_test_%')";
    Ok(count(store, Statement::new(SQL).text(purchase.to_hex())).await? > 0)
}

impl Whose {
    /// The one whose they are, or nobody.
    fn person(self) -> String {
        match self {
            Self::BoughtBy(user) | Self::SoldBy(user) => user.to_hex(),
            Self::Everybody | Self::Disputed => String::new(),
        }
    }
}

impl RawLine {
    fn parse(self) -> Result<Line, Error> {
        Ok(Line {
            id: self.id.parse().map_err(|_| CORRUPT)?,
            pack: pack(self.minutes, self.amount, &self.currency)?,
            status: self.status,
            made_at: UnixMillis(self.made_at),
            back_ms: self.back_ms,
            seller: self.seller,
            buyer: self.buyer,
        })
    }
}

impl RawBalance {
    fn parse(self) -> Result<Balance, Error> {
        Ok(Balance {
            seller: self.seller_id.parse().map_err(|_| CORRUPT)?,
            seller_name: self.seller,
            left_ms: self.left_ms,
            withheld_ms: withheld_ms((self.sold_ms, self.disputed_ms), self.left_ms),
            held_ms: self.held_ms,
            room: self.room.map(|code| code.parse().map_err(|_| CORRUPT)).transpose()?,
        })
    }
}

impl RawUse {
    fn parse(self) -> Result<Use, Error> {
        Ok(Use {
            session: self.id.parse().map_err(|_| Error::Corrupt { table: "sessions" })?,
            room_name: self.room_name,
            status: self.status,
            made_at: UnixMillis(self.made_at),
            reserved_ms: self.reserved_ms,
            used_ms: self.used_ms,
            returned_ms: self.returned_ms,
        })
    }
}

impl RawSums {
    fn parse(&self) -> Result<Sums, Error> {
        let currency = Currency::parse(&self.unit).map_err(|_| Error::Corrupt { table: "ledger_entries" })?;
        let money = |minor| Money::new(minor, currency);
        Ok(Sums {
            paid: money(self.paid),
            back: money(self.back),
            host: money(self.host),
            fee: money(self.fee),
            disputed: money(self.disputed),
            lost: money(self.lost),
        })
    }
}

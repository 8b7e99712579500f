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

/// The condition that a purchase is one of whom `$1` says and, where that is one person, `$2`; that came to
/// something.
macro_rules! of_whom {
    () => {
        "status not in ('asked', 'over') and (($1 = 'bought' and buyer_id = $2) \
         or ($1 = 'sold' and seller_id = $2) or $1 = 'all' or ($1 = 'disputed' and status like 'dispute%'))"
    };
}

macro_rules! sums {
    () => {
        "select unit, cast(sum(paid) as bigint) as paid, cast(sum(back) as bigint) as back, \
         cast(sum(host) as bigint) as host, cast(sum(fee) as bigint) as fee, \
         cast(sum(disputed) as bigint) as disputed, cast(sum(lost) as bigint) as lost from purchase_money "
    };
}

/// A page of purchases that were paid, the newest first.
pub async fn load_lines(store: &Store, whose: Whose, window: Window) -> Result<Vec<Line>, Error> {
    const SQL: &str = concat!(
        "select purchases.id, minutes, amount, currency, status, made_at, back_ms, sellers.name as seller, \
         buyers.name as buyer from purchases left join accounts as sellers on sellers.id = seller_id \
         left join accounts as buyers on buyers.id = buyer_id where ",
        of_whom!(),
        " order by made_at desc, purchases.id desc limit $3 offset $4"
    );
    let raw: Vec<RawLine> = store.fetch_all(within(whose.statement(SQL), window)).await?;
    raw.into_iter().map(RawLine::parse).collect()
}

/// How many of them there are.
pub async fn count_lines(store: &Store, whose: Whose) -> Result<u32, Error> {
    const SQL: &str = concat!("select count(*) from purchases where ", of_whom!());
    count(store, whose.statement(SQL)).await
}

/// What all of them came to, for each currency.
pub async fn load_sums(store: &Store, whose: Whose) -> Result<Vec<Sums>, Error> {
    const SQL: &str = concat!(
        sums!(),
        "where purchase_id in (select id from purchases where ",
        of_whom!(),
        ") group by unit order by unit"
    );
    store.fetch_all::<RawSums>(whose.statement(SQL)).await?.iter().map(RawSums::parse).collect()
}

/// What the ledger holds of one purchase, once it was paid.
pub async fn load_sums_of(store: &Store, purchase: PurchaseId) -> Result<Option<Sums>, Error> {
    const SQL: &str = concat!(sums!(), "where purchase_id = $1 group by unit");
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
    fn statement(self, sql: &'static str) -> Statement {
        let (word, user) = match self {
            Self::BoughtBy(user) => ("bought", Some(user)),
            Self::SoldBy(user) => ("sold", Some(user)),
            Self::Everybody => ("all", None),
            Self::Disputed => ("disputed", None),
        };
        Statement::new(sql).text(word).text(user.map(UserId::to_hex).unwrap_or_default())
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

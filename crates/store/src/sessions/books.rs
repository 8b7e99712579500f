//! What the operator reads: all sessions, and the ledger account by account.
//!
//! Not here: orders that failed ([`super::orders`]), and who is an operator.

use super::papers::{Line, Window, count, lines, sums, within};
use crate::statement::Statement;
use crate::{Deal, Error, Store};
use model::{TransactionId, UnixMillis, UserId};

/// Which sessions are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    All,
    /// Of which somebody's bank asked the money back, however that ended.
    Disputes,
    /// That did not come to an end yet.
    Open,
}

/// What all accounts of a kind come to.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct KindTotal {
    /// The name of the accounts, up to the colon.
    pub kind: String,
    pub unit: String,
    pub accounts: i64,
    /// A debit is positive.
    pub balance: i64,
}

/// One account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountLine {
    pub name: String,
    pub unit: String,
    /// A debit is positive.
    pub balance: i64,
    /// Whose it is, as their account calls them now, where it is somebody's who has one.
    pub holder: Option<Holder>,
}

/// Somebody with an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holder {
    pub id: UserId,
    pub name: String,
    pub email: Option<String>,
}

/// One entry of one account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryLine {
    pub transaction: TransactionId,
    pub at: UnixMillis,
    pub cause: String,
    pub deal: Option<Deal>,
    /// A debit is positive.
    pub amount: i64,
}

#[derive(sqlx::FromRow)]
struct RawAccount {
    name: String,
    unit: String,
    balance: i64,
    holder_id: Option<String>,
    holder_name: Option<String>,
    holder_email: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RawEntry {
    id: String,
    at: i64,
    cause: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    amount: i64,
}

/// A statement about the sessions of a kind, with their condition between two parts of it: one statement for
/// each kind, so that an index serves it.
macro_rules! of_kind {
    ($kind:expr, $before:expr, $after:expr) => {
        match $kind {
            Kind::All => concat!($before, "1 = 1", $after),
            Kind::Open => concat!($before, "closed_at is null", $after),
            Kind::Disputes => concat!($before, "status like 'dispute%'", $after),
        }
    };
}

/// A page of all sessions of a kind, the newest first.
pub async fn load_sessions(store: &Store, kind: Kind, window: Window) -> Result<Vec<Line>, Error> {
    let lines_of = of_kind!(
        kind,
        "select sessions.id, rooms.code, offer, status, made_at, closed_at, owing, \
         case when rooms.erased_at is null then rooms.name end as room_name, \
         cast(null as text) as payer_name from sessions join rooms on rooms.id = sessions.room_id where ",
        " order by made_at desc, sessions.id desc limit $1 offset $2"
    );
    let sums_of = of_kind!(
        kind,
        concat!(sums!("session_id"), "where session_id in (select id from sessions where "),
        " order by made_at desc, id desc limit $1 offset $2) group by session_id, unit"
    );
    let of = |sql| within(Statement::new(sql), window);
    lines(store, of(lines_of), of(sums_of)).await
}

/// How many sessions of a kind there are.
pub async fn count_sessions(store: &Store, kind: Kind) -> Result<u32, Error> {
    count(store, Statement::new(of_kind!(kind, "select count(*) from sessions where ", ""))).await
}

/// What the accounts come to, kind by kind.
pub async fn load_kinds(store: &Store) -> Result<Vec<KindTotal>, Error> {
    const SQL: &str = "select kind, unit, count(*) as accounts, cast(sum(balance) as bigint) as balance \
         from (select unit, balance, case \
         when name like 'deferred:%' then 'deferred' when name like 'host_payable:%' then 'host_payable' \
         when name like 'host_clearing:%' then 'host_clearing' when name like 'host_earned:%' then 'host_earned' \
         when name like 'host_reserve:%' then 'host_reserve' when name like 'host_loss:%' then 'host_loss' \
         when name like 'minutes:%' then 'minutes' when name like 'held:%' then 'held' else name end as kind \
         from ledger_accounts) as kinds group by kind, unit order by kind, unit";
    store.fetch_all(Statement::new(SQL)).await
}

/// A page of the accounts that hold something, by name. Of what is a host's it says who that is now.
pub async fn load_accounts(store: &Store, window: Window) -> Result<Vec<AccountLine>, Error> {
    const SQL: &str = "select held.name, unit, balance, accounts.id as holder_id, \
         accounts.name as holder_name, accounts.email as holder_email from \
         (select name, unit, balance, case when name like 'host_payable:%' then substr(name, 14) \
         when name like 'host_earned:%' then substr(name, 13) \
         else (select user_id from merchants where ledger_accounts.name in \
         ('host_clearing:' || id, 'host_reserve:' || id, 'host_loss:' || id)) end as host \
         from ledger_accounts where balance <> 0 order by name, unit limit $1 offset $2) as held \
         left join heirs on heirs.user_id = held.host \
         left join accounts on accounts.id = coalesce(heirs.heir_id, held.host) \
         order by held.name, unit";
    let raw: Vec<RawAccount> = store.fetch_all(within(Statement::new(SQL), window)).await?;
    raw.into_iter().map(RawAccount::parse).collect()
}

/// How many accounts hold something.
pub async fn count_accounts(store: &Store) -> Result<u32, Error> {
    count(store, Statement::new("select count(*) from ledger_accounts where balance <> 0")).await
}

/// A page of the entries of one account, the newest first.
pub async fn load_entries(
    store: &Store,
    (account, unit): (&str, &str),
    window: Window,
) -> Result<Vec<EntryLine>, Error> {
    const SQL: &str = "select ledger_transactions.id, at, cause, session_id, purchase_id, amount from ledger_entries \
         join ledger_transactions on ledger_transactions.id = transaction_id \
         where account = $1 and unit = $2 order by at desc, ledger_transactions.id limit $3 offset $4";
    let statement = within(Statement::new(SQL).text(account).text(unit), window);
    let raw: Vec<RawEntry> = store.fetch_all(statement).await?;
    raw.into_iter().map(RawEntry::parse).collect()
}

/// How many entries an account has.
pub async fn count_entries(store: &Store, (account, unit): (&str, &str)) -> Result<u32, Error> {
    const SQL: &str = "select count(*) from ledger_entries where account = $1 and unit = $2";
    count(store, Statement::new(SQL).text(account).text(unit)).await
}

impl Kind {
    /// As addresses name it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Disputes => "disputes",
            Self::Open => "open",
        }
    }
}

impl RawAccount {
    fn parse(self) -> Result<AccountLine, Error> {
        let corrupt = Error::Corrupt { table: "accounts" };
        let holder = match self.holder_id.zip(self.holder_name) {
            Some((id, name)) => {
                let id = id.parse().map_err(|_| corrupt)?;
                Some(Holder { id, name, email: self.holder_email })
            }
            None => None,
        };
        Ok(AccountLine { name: self.name, unit: self.unit, balance: self.balance, holder })
    }
}

impl RawEntry {
    fn parse(self) -> Result<EntryLine, Error> {
        let corrupt = || Error::Corrupt { table: "ledger_transactions" };
        Ok(EntryLine {
            transaction: self.id.parse().map_err(|_| corrupt())?,
            at: UnixMillis(self.at),
            cause: self.cause,
            deal: Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref()),
            amount: self.amount,
        })
    }
}

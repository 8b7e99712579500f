//! Adding the whole ledger up again, as if the database had never checked anything.
//!
//! | what must hold | what is found if not |
//! |---|---|
//! | every transaction is sealed and has two entries or more | [`Fault::Unsealed`], [`Fault::Count`] |
//! | its entries sum to zero in every unit | [`Fault::Unbalanced`] |
//! | the balance of an account is the sum of its entries | [`Fault::Balance`] |
//! | no guarded account is overdrawn | [`Fault::Overdrawn`] |
//! | in every unit all accounts sum to zero | [`Fault::Total`] |
//! | a transaction is about a session or a purchase that exists | [`Fault::Nowhere`] |
//!
//! It reads one state of the database at each step and may run beside a server.

use crate::statement::Statement;
use crate::{Error, Store};

/// How many findings of one kind are told.
const TOLD: i64 = 100;

/// What adding up came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// How many transactions there are.
    pub transactions: u64,
    /// How many accounts there are, each in each of its units.
    pub accounts: u64,
    /// What is wrong, at most a hundred of each kind.
    pub faults: Vec<Fault>,
}

/// What is wrong with the ledger.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("transaction {id} is not sealed")]
    Unsealed { id: String },
    #[error("transaction {id} has {count} entries")]
    Count { id: String, count: i64 },
    #[error("transaction {id} is off by {off} {unit}")]
    Unbalanced { id: String, unit: String, off: i64 },
    #[error("account {name} says {balance} {unit}, and its entries come to {entries}")]
    Balance { name: String, unit: String, balance: i64, entries: i64 },
    #[error("account {name} is overdrawn: {balance} {unit}")]
    Overdrawn { name: String, unit: String, balance: i64 },
    #[error("transaction {id} is about nothing that was sold")]
    Nowhere { id: String },
    #[error("all accounts together are off by {off} {unit}")]
    Total { unit: String, off: i64 },
}

/// Adds everything up.
pub async fn add_up(store: &Store) -> Result<Report, Error> {
    let mut faults = Vec::new();
    find_unsealed(store, &mut faults).await?;
    find_miscounted(store, &mut faults).await?;
    find_unbalanced(store, &mut faults).await?;
    find_wrong_balances(store, &mut faults).await?;
    find_overdrawn(store, &mut faults).await?;
    find_wrong_totals(store, &mut faults).await?;
    find_unfounded(store, &mut faults).await?;
    let transactions = count(store, "select count(*) from ledger_transactions").await?;
    let accounts = count(store, "select count(*) from ledger_accounts").await?;
    Ok(Report { transactions, accounts, faults })
}

async fn count(store: &Store, sql: &'static str) -> Result<u64, Error> {
    let row: Option<(i64,)> = store.fetch_optional(Statement::new(sql)).await?;
    Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
}

async fn find_unsealed(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select id from ledger_transactions where not exists \
         (select 1 from ledger_seals where transaction_id = id) order by id limit $1";
    let rows: Vec<(String,)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(id,)| Fault::Unsealed { id }));
    Ok(())
}

async fn find_miscounted(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select id, (select count(*) from ledger_entries where transaction_id = id) as entries \
         from ledger_transactions \
         where (select count(*) from ledger_entries where transaction_id = id) < 2 order by id limit $1";
    let rows: Vec<(String, i64)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(id, count)| Fault::Count { id, count }));
    Ok(())
}

async fn find_unbalanced(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select transaction_id, unit, cast(sum(amount) as bigint) from ledger_entries \
         group by transaction_id, unit having sum(amount) <> 0 order by transaction_id, unit limit $1";
    let rows: Vec<(String, String, i64)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(id, unit, off)| Fault::Unbalanced { id, unit, off }));
    Ok(())
}

async fn find_wrong_balances(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select name, unit, balance, entries from ( \
         select name, unit, balance, (select cast(coalesce(sum(amount), 0) as bigint) from ledger_entries \
         where account = ledger_accounts.name and ledger_entries.unit = ledger_accounts.unit) as entries \
         from ledger_accounts) as sums where balance <> entries order by name, unit limit $1";
    let rows: Vec<(String, String, i64, i64)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(name, unit, balance, entries)| Fault::Balance {
        name,
        unit,
        balance,
        entries,
    }));
    Ok(())
}

async fn find_overdrawn(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select name, unit, balance from ledger_accounts \
         where (side = 'debit' and balance < 0) or (side = 'credit' and balance > 0) \
         order by name, unit limit $1";
    let rows: Vec<(String, String, i64)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(name, unit, balance)| Fault::Overdrawn { name, unit, balance }));
    Ok(())
}

async fn find_wrong_totals(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select unit, cast(sum(balance) as bigint) from ledger_accounts \
         group by unit having sum(balance) <> 0 order by unit limit $1";
    let rows: Vec<(String, i64)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(unit, off)| Fault::Total { unit, off }));
    Ok(())
}

async fn find_unfounded(store: &Store, faults: &mut Vec<Fault>) -> Result<(), Error> {
    const SQL: &str = "select id from ledger_transactions \
         where (session_id is null) = (purchase_id is null) \
         or (session_id is not null and not exists \
         (select 1 from sessions where sessions.id = ledger_transactions.session_id)) \
         or (purchase_id is not null and not exists \
         (select 1 from purchases where purchases.id = ledger_transactions.purchase_id)) order by id limit $1";
    let rows: Vec<(String,)> = store.fetch_all(Statement::new(SQL).integer(TOLD)).await?;
    faults.extend(rows.into_iter().map(|(id,)| Fault::Nowhere { id }));
    Ok(())
}

//! The ledger: transactions that are posted once and for ever, and what every account comes to.
//!
//! ```text
//! lock accounts, in order ──▶ transaction ──▶ entries, each adds to its account ──▶ seal
//! ```
//!
//! [`post`] writes with whatever else belongs to the same change, in one transaction of the database. The
//! schema refuses by itself what must not be (migration 0010): an overdrawn account, a transaction that does
//! not balance, an entry that is changed or comes late. What a caller may have to tell a person, that an
//! account does not hold enough, is found before the schema has to refuse it.
//!
//! Accounts are locked in the order of their names, so that two that post at the same time wait for each
//! other and never for ever; whoever posts several transactions for one change hands them over at once.
//!
//! Not here: what is posted when ([`domain::ledger`]), and whether all of it is sound ([`verify`]).

pub mod trials;
pub mod verify;

use crate::statement::Statement;
use crate::{Deal, Error, Store, Transaction};
use domain::ledger::{self, Account, Entry, Guard, Posted, Unit};
use model::{Currency, TransactionId, UnixMillis};
use std::collections::BTreeSet;

/// How the database writes the unit of prepaid time.
const MILLIS: &str = "ms";

/// Why nothing was posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("another transaction has this id")]
    Conflict,
    #[error("the account {} would be overdrawn", account.name())]
    Overdrawn { account: Account },
    #[error(transparent)]
    Store(#[from] Error),
}

/// One transaction that is to be posted.
#[derive(Clone, Debug)]
pub struct Posting {
    /// When what it is about happened.
    pub at: UnixMillis,
    /// What it is about.
    pub deal: Deal,
    pub transaction: ledger::Transaction,
}

/// One line of the balance sheet.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct Balance {
    /// As [`Account::name`] writes it.
    pub name: String,
    /// A currency, or `ms`.
    pub unit: String,
    /// A debit is positive.
    pub balance: i64,
}

/// Posts transactions that belong to one change, each with its time; says of each whether it stood before.
/// After an error nothing of the whole change may be committed.
pub async fn post(tx: &mut Transaction, transactions: &[Posting]) -> Result<Vec<Posted>, PostError> {
    lock_accounts(tx, transactions).await?;
    let mut posted = Vec::with_capacity(transactions.len());
    for Posting { at, deal, transaction } in transactions {
        posted.push(post_one(tx, transaction, *deal, *at).await?);
    }
    Ok(posted)
}

/// The balance of an account; a debit is positive.
pub async fn balance(store: &Store, account: Account, unit: Unit) -> Result<i64, Error> {
    let row: Option<(i64,)> = store.fetch_optional(balance_of(account, unit)).await?;
    Ok(row.map_or(0, |(balance,)| balance))
}

/// Every account that was ever touched, by name.
pub async fn load_balances(store: &Store) -> Result<Vec<Balance>, Error> {
    const SQL: &str = "select name, unit, balance from ledger_accounts order by name, unit";
    store.fetch_all(Statement::new(SQL)).await
}

async fn lock_accounts(tx: &mut Transaction, transactions: &[Posting]) -> Result<(), Error> {
    const OPEN: &str = "insert into ledger_accounts (name, unit, side, balance) values ($1, $2, $3, 0) \
         on conflict do nothing";
    // Changes nothing, but holds the row until the transaction ends.
    const LOCK: &str = "update ledger_accounts set balance = balance where name = $1 and unit = $2";
    let entries = transactions.iter().flat_map(|posting| posting.transaction.entries());
    let accounts = entries.map(|entry| (entry.account.name(), unit_text(entry.unit), side(entry.account)));
    for (name, unit, side) in accounts.collect::<BTreeSet<_>>() {
        tx.execute(Statement::new(OPEN).text(&name).text(unit).text(side)).await?;
        tx.execute(Statement::new(LOCK).text(&name).text(unit)).await?;
    }
    Ok(())
}

async fn post_one(
    tx: &mut Transaction,
    transaction: &ledger::Transaction,
    deal: Deal,
    at: UnixMillis,
) -> Result<Posted, PostError> {
    const SQL: &str = "insert into ledger_transactions (id, at, cause, session_id, purchase_id) \
         values ($1, $2, $3, $4, $5) on conflict (id) do nothing";
    let id = transaction.id();
    let statement =
        Statement::new(SQL).text(id.to_hex()).time(at).text(transaction.cause().name()).deal(deal);
    if tx.execute(statement).await? == 0 {
        return if stands(tx, transaction).await? { Ok(Posted::Before) } else { Err(PostError::Conflict) };
    }
    for (number, entry) in (1_i64..).zip(transaction.entries()) {
        require_cover(tx, entry).await?;
        insert_entry(tx, id, number, entry).await?;
    }
    const SEAL: &str = "insert into ledger_seals (transaction_id) values ($1)";
    tx.execute(Statement::new(SEAL).text(id.to_hex())).await?;
    Ok(Posted::Now)
}

/// Whether the database holds this very transaction, with these entries and no other.
async fn stands(tx: &mut Transaction, transaction: &ledger::Transaction) -> Result<bool, Error> {
    const CAUSE: &str = "select cause from ledger_transactions where id = $1";
    const ENTRIES: &str = "select count(*) from ledger_entries where transaction_id = $1";
    const ENTRY: &str = "select account, unit, amount from ledger_entries \
         where transaction_id = $1 and number = $2";
    let id = transaction.id().to_hex();
    let cause: Option<(String,)> = tx.fetch_optional(Statement::new(CAUSE).text(&id)).await?;
    let count: Option<(i64,)> = tx.fetch_optional(Statement::new(ENTRIES).text(&id)).await?;
    let expected = i64::try_from(transaction.entries().len()).expect("a transaction has few entries");
    if cause.is_none_or(|(cause,)| cause != transaction.cause().name()) || count != Some((expected,)) {
        return Ok(false);
    }
    for (number, entry) in (1_i64..).zip(transaction.entries()) {
        let statement = Statement::new(ENTRY).text(&id).integer(number);
        let row: Option<(String, String, i64)> = tx.fetch_optional(statement).await?;
        let wanted = (entry.account.name(), unit_text(entry.unit).to_owned(), entry.amount);
        if row != Some(wanted) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses an entry that would leave its account on the wrong side.
async fn require_cover(tx: &mut Transaction, entry: &Entry) -> Result<(), PostError> {
    let Entry { account, unit, amount } = *entry;
    let row: Option<(i64,)> = tx.fetch_optional(balance_of(account, unit)).await?;
    let balance = row.map_or(0, |(balance,)| balance);
    match balance.checked_add(amount) {
        Some(balance) if account.guard().allows(balance) => Ok(()),
        Some(_) | None => Err(PostError::Overdrawn { account }),
    }
}

async fn insert_entry(
    tx: &mut Transaction,
    id: TransactionId,
    number: i64,
    entry: &Entry,
) -> Result<(), Error> {
    const SQL: &str = "insert into ledger_entries (transaction_id, number, account, unit, amount) \
         values ($1, $2, $3, $4, $5)";
    let statement = Statement::new(SQL)
        .text(id.to_hex())
        .integer(number)
        .text(entry.account.name())
        .text(unit_text(entry.unit))
        .integer(entry.amount);
    tx.execute(statement).await?;
    Ok(())
}

fn balance_of(account: Account, unit: Unit) -> Statement {
    const SQL: &str = "select balance from ledger_accounts where name = $1 and unit = $2";
    Statement::new(SQL).text(account.name()).text(unit_text(unit))
}

pub(crate) const fn unit_text(unit: Unit) -> &'static str {
    match unit {
        Unit::Money(currency) => Currency::code(currency),
        Unit::Time => MILLIS,
    }
}

const fn side(account: Account) -> &'static str {
    match account.guard() {
        Guard::Debit => "debit",
        Guard::Credit => "credit",
        Guard::Either => "either",
    }
}

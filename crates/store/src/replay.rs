//! What stored events ask for, held against the ledger and the orders: the same for sessions and purchases.

use crate::statement::Statement;
use crate::{Error, Store, ledger};
use domain::ledger::{Entry, Transaction};
use model::TransactionId;
use std::collections::BTreeMap;

/// Where the ledger says something else.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Discord {
    #[error("transaction {transaction} does not stand in the ledger as its events ask for it")]
    Unposted { transaction: TransactionId },
    #[error("transaction {transaction} stands in the ledger, and no event asks for it")]
    Unfounded { transaction: String },
}

/// What [`Leg`] is read from.
macro_rules! select_legs {
    () => {
        "select id, cause, number, account, unit, amount \
         from ledger_transactions left join ledger_entries on transaction_id = id "
    };
}
pub(crate) use select_legs;

/// One entry of a transaction, or a transaction that has none.
#[derive(sqlx::FromRow)]
struct Leg {
    id: String,
    cause: String,
    number: Option<i64>,
    account: Option<String>,
    unit: Option<String>,
    amount: Option<i64>,
}

/// Looks whether the ledger holds these transactions and no other; `posted` reads all that it has, in order
/// and at one time. Nothing waits for that: who reads takes no turn from those who write.
pub(crate) async fn against_ledger(
    store: &Store,
    posted: Statement,
    transactions: &[Transaction],
) -> Result<Option<Discord>, Error> {
    let mut stored = BTreeMap::<String, Vec<Leg>>::new();
    for leg in store.fetch_all::<Leg>(posted).await? {
        stored.entry(leg.id.clone()).or_default().push(leg);
    }
    for transaction in transactions {
        match stored.remove(&transaction.id().to_hex()) {
            Some(legs) if is(&legs, transaction) => {}
            Some(_) | None => return Ok(Some(Discord::Unposted { transaction: transaction.id() })),
        }
    }
    Ok(stored.into_keys().next().map(|transaction| Discord::Unfounded { transaction }))
}

/// Whether these are the entries of this transaction and no other.
fn is(legs: &[Leg], transaction: &Transaction) -> bool {
    let entries = transaction.entries();
    let fits = |(number, (leg, entry)): (i64, (&Leg, &Entry))| {
        leg.cause == transaction.cause().name()
            && leg.number == Some(number)
            && leg.account.as_deref() == Some(entry.account.name().as_str())
            && leg.unit.as_deref() == Some(ledger::unit_text(entry.unit))
            && leg.amount == Some(entry.amount)
    };
    legs.len() == entries.len() && (1..).zip(legs.iter().zip(entries)).all(fits)
}

/// An order that is missing and may not be, is another, or that no event asks for; `saved` reads ids and
/// instructions.
pub(crate) async fn against_orders(
    store: &Store,
    saved: Statement,
    orders: &BTreeMap<String, String>,
    may_lack: impl Fn(&str) -> bool,
) -> Result<Option<String>, Error> {
    let saved: BTreeMap<String, String> =
        store.fetch_all::<(String, String)>(saved).await?.into_iter().collect();
    let mut ids = saved.keys().chain(orders.keys());
    let is_other = |id: &&String| match (saved.get(*id), orders.get(*id)) {
        (None, Some(order)) => !may_lack(order),
        (saved, order) => saved != order,
    };
    Ok(ids.find(is_other).cloned())
}

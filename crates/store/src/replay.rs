//! What stored events ask for, held against the ledger and the orders: the same for sessions and purchases.

use crate::statement::Statement;
use crate::{Error, Store, ledger};
use domain::ledger::Transaction;
use model::TransactionId;
use std::collections::{BTreeMap, BTreeSet};

/// Where the ledger says something else.
pub(crate) enum Discord {
    /// It does not stand there as the events ask for it.
    Unposted(TransactionId),
    /// No event asks for it.
    Unfounded(String),
}

/// Looks whether the ledger holds these transactions and no other; `posted` reads the ids of those it has.
pub(crate) async fn against_ledger(
    store: &Store,
    posted: Statement,
    transactions: &[Transaction],
) -> Result<Option<Discord>, Error> {
    let rows: Vec<(String,)> = store.fetch_all(posted).await?;
    let mut unfounded: BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
    let mut tx = store.begin().await?;
    for transaction in transactions {
        let known = unfounded.remove(&transaction.id().to_hex());
        if !known || !ledger::stands(&mut tx, transaction).await? {
            return Ok(Some(Discord::Unposted(transaction.id())));
        }
    }
    Ok(unfounded.into_iter().next().map(Discord::Unfounded))
}

/// An order that is missing, is another, or that no event asks for; `saved` reads ids and instructions.
pub(crate) async fn against_orders(
    store: &Store,
    saved: Statement,
    orders: &BTreeMap<String, String>,
) -> Result<Option<String>, Error> {
    let saved: BTreeMap<String, String> =
        store.fetch_all::<(String, String)>(saved).await?.into_iter().collect();
    let mut ids = saved.keys().chain(orders.keys());
    Ok(ids.find(|id| saved.get(*id) != orders.get(*id)).cloned())
}

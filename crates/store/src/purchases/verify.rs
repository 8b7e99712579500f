//! Playing every purchase again, and comparing what comes of it with what stands elsewhere: the index, the
//! transactions of the ledger, and the orders, as `sessions::verify` does it for sessions.
//!
//! It may run beside a server: a purchase that changes meanwhile is read again.

use super::Raw;
pub use crate::replay::Discord;
use crate::replay::{against_ledger, against_orders, select_legs};
use crate::statement::Statement;
use crate::{Error, Store, sessions};
use domain::purchase::{Event, Purchase, orders, postings};
use domain::session::{Instruction, Letter};
use model::PurchaseId;
use std::collections::BTreeMap;

/// How many purchases are read at a time.
const PAGE: i64 = 200;
/// How often a purchase that changes while it is read is read again.
const TRIES: usize = 5;

/// What playing the purchases again came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// How many purchases there are, those that came to nothing too.
    pub purchases: u64,
    pub findings: Vec<Finding>,
}

/// A purchase that is not what its events say.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("purchase {purchase}: {fault}")]
pub struct Finding {
    pub purchase: PurchaseId,
    pub fault: Fault,
}

/// What is wrong with a purchase.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("its events are not those of a purchase")]
    Unreadable,
    #[error("it is listed as {listed}, and its events say {events}")]
    Index { listed: String, events: String },
    #[error(transparent)]
    Ledger(#[from] Discord),
    #[error("order {order} is missing, is another, or no event asks for it")]
    Orders { order: String },
}

/// What a purchase is found by.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
struct Index {
    status: String,
    back_ms: i64,
    open_until: Option<i64>,
    revision: i64,
}

/// Plays every purchase again.
pub async fn replay(store: &Store) -> Result<Report, Error> {
    const SQL: &str = concat!(super::select_purchases!(), "where id > $1 order by id limit $2");
    let mut report = Report::default();
    let mut after = String::new();
    loop {
        let statement = Statement::new(SQL).text(after.as_str()).integer(PAGE);
        let rows: Vec<Raw> = store.fetch_all(statement).await?;
        let Some(last) = rows.last() else { return Ok(report) };
        after.clone_from(&last.id);
        for raw in rows {
            report.play(store, &raw).await?;
        }
    }
}

impl Report {
    async fn play(&mut self, store: &Store, raw: &Raw) -> Result<(), Error> {
        self.purchases += 1;
        let Ok(purchase) = raw.id.parse() else { return Err(super::CORRUPT) };
        let Ok(asked) = raw.asked() else {
            self.findings.push(Finding { purchase, fault: Fault::Unreadable });
            return Ok(());
        };
        let mut fault = None;
        for _ in 0..TRIES {
            let before = index(store, purchase).await?;
            fault = look(store, &asked, &before).await?;
            if fault.is_none() || index(store, purchase).await? == before {
                break;
            }
        }
        self.findings.extend(fault.map(|fault| Finding { purchase, fault }));
        Ok(())
    }
}

async fn index(store: &Store, purchase: PurchaseId) -> Result<Index, Error> {
    const SQL: &str = "select status, back_ms, open_until, revision from purchases where id = $1";
    let row = store.fetch_optional(Statement::new(SQL).text(purchase.to_hex())).await?;
    row.ok_or(super::CORRUPT)
}

/// The first thing that is wrong with a purchase.
async fn look(store: &Store, asked: &Purchase, listed: &Index) -> Result<Option<Fault>, Error> {
    let events = match super::load_events(store, asked.id).await {
        Ok(events) => events,
        Err(Error::Corrupt { .. }) => return Ok(Some(Fault::Unreadable)),
        Err(error) => return Err(error),
    };
    let Ok(played) = sessions::play(|| Played::of(asked, &events)) else {
        return Ok(Some(Fault::Unreadable));
    };
    let events = Index::of(&played.purchase);
    if *listed != events {
        return Ok(Some(Fault::Index { listed: listed.to_string(), events: events.to_string() }));
    }
    if let Some(fault) = compare_ledger(store, &played).await? {
        return Ok(Some(fault));
    }
    Ok(differing_order(store, &played).await?.map(|order| Fault::Orders { order }))
}

/// A purchase that was played again.
struct Played {
    purchase: Purchase,
    transactions: Vec<domain::ledger::Transaction>,
    orders: BTreeMap<String, String>,
}

impl Played {
    fn of(asked: &Purchase, events: &[Event]) -> Self {
        let mut purchase = asked.clone();
        let (mut transactions, mut given) = (Vec::new(), BTreeMap::new());
        for event in events {
            transactions.extend(postings(&purchase, event));
            given.extend(orders(&purchase, event).iter().map(sessions::orders::columns));
            purchase.apply(event);
        }
        Self { purchase, transactions, orders: given }
    }
}

impl Index {
    fn of(purchase: &Purchase) -> Self {
        Self {
            status: purchase.word().to_owned(),
            back_ms: purchase.back_ms,
            open_until: purchase.open_until().map(|until| until.0),
            revision: purchase.revision.into(),
        }
    }
}

impl std::fmt::Display for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, back_ms, open_until, revision } = self;
        write!(f, "{status}, revision {revision}, {back_ms} ms sold back")?;
        match open_until {
            Some(until) => write!(f, ", open until {until}"),
            None => Ok(()),
        }
    }
}

async fn compare_ledger(store: &Store, played: &Played) -> Result<Option<Fault>, Error> {
    const SQL: &str = concat!(select_legs!(), "where purchase_id = $1 order by id, number");
    let posted = Statement::new(SQL).text(played.purchase.id.to_hex());
    Ok(against_ledger(store, posted, &played.transactions).await?.map(Fault::from))
}

async fn differing_order(store: &Store, played: &Played) -> Result<Option<String>, Error> {
    const SQL: &str = "select id, instruction from session_orders where purchase_id = $1";
    let saved = || Statement::new(SQL).text(played.purchase.id.to_hex());
    if played.purchase.consent.is_some() {
        return against_orders(store, saved(), &played.orders, is_of_a_dispute).await;
    }
    // From before mails were ordered: those that are there are looked at, and none has to be there.
    let there: BTreeMap<String, String> =
        store.fetch_all::<(String, String)>(saved()).await?.into_iter().collect();
    let wanted =
        played.orders.iter().filter(|(id, order)| there.contains_key(*id) || !is_mail(order, |_| true));
    let wanted = wanted.map(|(id, order)| (id.clone(), order.clone())).collect();
    against_orders(store, saved(), &wanted, |_| false).await
}

/// Disputes from before disputes were told have none of these.
fn is_of_a_dispute(order: &str) -> bool {
    is_mail(order, |letter| matches!(letter, Letter::Dispute { .. }))
}

/// Whether an order is a mail of that kind, as it is read.
fn is_mail(order: &str, is_so: impl Fn(Letter) -> bool) -> bool {
    matches!(serde_json::from_str(order), Ok(Instruction::Mail(letter)) if is_so(letter))
}

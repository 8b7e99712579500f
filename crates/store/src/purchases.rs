//! Packs of prepaid minutes that were bought: every event, and what it means for the ledger and the outside.
//!
//! As with a session, the events are what counts, and the row in `purchases` is what they are found by. A
//! purchase is of no room: two who decide about the same one are kept apart by its revision alone.
//!
//! | module | holds |
//! |---|---|
//! | [`papers`] | what buyer, seller and operator read |
//! | [`verify`] | whether ledger, orders and index are what the events say |
//!
//! Not here: what happens when, which is [`domain::purchase`]'s.

pub mod papers;
pub mod verify;

use crate::ledger::{self, PostError, Posting};
use crate::sessions::{orders, play};
use crate::statement::Statement;
use crate::{Deal, Error, Store, Transaction};
use domain::ledger::{Account, PackSale, Unit};
use domain::purchase::{Consent, Event, Purchase, postings, withheld_ms};
use model::offer::Pack;
use model::{Currency, MerchantId, Money, Permille, Price, PurchaseId, UnixMillis, UserId};

/// What [`Raw`] is read from.
macro_rules! select_purchases {
    () => {
        "select id, room_id, seller_id, buyer_id, minutes, amount, currency, fee, made_at, until_at, \
         terms, consented_at, merchant_id from purchases "
    };
}
use select_purchases;

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    room_id: String,
    seller_id: String,
    buyer_id: String,
    minutes: i64,
    amount: i64,
    currency: String,
    fee: i64,
    made_at: i64,
    until_at: i64,
    terms: Option<String>,
    consented_at: Option<i64>,
    merchant_id: Option<String>,
}

/// What was decided for one purchase.
#[derive(Clone, Debug)]
pub struct Change {
    pub before: Purchase,
    pub events: Vec<Event>,
    pub after: Purchase,
}

impl Change {
    /// What events make of a purchase.
    pub fn new(before: Purchase, events: Vec<Event>) -> Self {
        let mut after = before.clone();
        events.iter().for_each(|event| after.apply(event));
        Self { before, events, after }
    }
}

/// Notes a purchase of which the checkout is opened; says whether it is new. There is one open checkout for
/// each buyer and seller. `words` are those to which the buyer agreed.
pub async fn insert_new(tx: &mut Transaction, purchase: &Purchase, words: &str) -> Result<bool, Error> {
    const TERMS: &str = "insert into terms (digest, words) values ($1, $2) on conflict do nothing";
    const SQL: &str = "insert into purchases (id, room_id, seller_id, buyer_id, minutes, amount, currency, \
         fee, made_at, until_at, status, back_ms, open_until, revision, terms, consented_at, merchant_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $10, 0, $12, $13, $14) on conflict do nothing";
    assert_eq!(purchase.revision, 0, "a new purchase has no events");
    let until = purchase.open_until().expect("a new purchase has an open checkout");
    if let Some(consent) = purchase.consent {
        tx.execute(Statement::new(TERMS).text(consent.terms.to_hex()).text(words)).await?;
    }
    let statement = Statement::new(SQL)
        .text(purchase.id.to_hex())
        .text(purchase.room.to_hex())
        .text(purchase.sale.seller.to_hex())
        .text(purchase.sale.buyer.to_hex())
        .integer(purchase.sale.pack.minutes.into())
        .integer(purchase.price().minor)
        .text(purchase.price().currency.code())
        .integer(purchase.sale.fee.count().into())
        .time(purchase.as_of)
        .time(until)
        .text(purchase.word())
        .optional_text(purchase.consent.map(|consent| consent.terms.to_hex()))
        .optional_time(purchase.consent.map(|consent| consent.at))
        .optional_text(purchase.sale.merchant.map(MerchantId::to_hex));
    Ok(tx.execute(statement).await? == 1)
}

/// Saves what was decided for a purchase, and what follows from it. After an error nothing of the whole
/// change may be committed; [`Error::Stale`] says that somebody else has saved meanwhile.
pub async fn append(tx: &mut Transaction, change: &Change) -> Result<(), PostError> {
    save_index(tx, &change.before, &change.after).await?;
    let mut transactions = Vec::new();
    let mut next = change.before.clone();
    for event in &change.events {
        let (at, deal) = (event.at, Deal::Purchase(next.id));
        let posted = postings(&next, event);
        transactions.extend(posted.map(|transaction| Posting { at, deal, transaction }));
        insert_event(tx, &next, event).await?;
        let ordered = domain::purchase::orders(&next, event);
        orders::insert(tx, (deal, at), &ordered).await?;
        next.apply(event);
    }
    // The ledger last: its accounts are those that others may wait for.
    ledger::post(tx, &transactions).await?;
    Ok(())
}

/// Reads one purchase.
pub async fn load(store: &Store, id: PurchaseId) -> Result<Option<Purchase>, Error> {
    const SQL: &str = concat!(select_purchases!(), "where id = $1");
    match store.fetch_optional::<Raw>(Statement::new(SQL).text(id.to_hex())).await? {
        Some(raw) => Ok(Some(replayed(store, &raw).await?)),
        None => Ok(None),
    }
}

/// The purchase of which a checkout is open between these two.
pub async fn load_open(store: &Store, seller: UserId, buyer: UserId) -> Result<Option<Purchase>, Error> {
    const SQL: &str =
        concat!(select_purchases!(), "where seller_id = $1 and buyer_id = $2 and open_until is not null");
    let statement = Statement::new(SQL).text(seller.to_hex()).text(buyer.to_hex());
    match store.fetch_optional::<Raw>(statement).await? {
        Some(raw) => Ok(Some(replayed(store, &raw).await?)),
        None => Ok(None),
    }
}

/// When somebody began to buy this.
pub async fn load_made_at(store: &Store, id: PurchaseId) -> Result<Option<UnixMillis>, Error> {
    const SQL: &str = "select made_at from purchases where id = $1";
    let row: Option<(i64,)> = store.fetch_optional(Statement::new(SQL).text(id.to_hex())).await?;
    Ok(row.map(|(at,)| UnixMillis(at)))
}

/// The words to which the buyer agreed.
pub async fn load_terms(store: &Store, id: PurchaseId) -> Result<Option<String>, Error> {
    const SQL: &str = "select words from terms where digest = (select terms from purchases where id = $1)";
    let row: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(id.to_hex())).await?;
    Ok(row.map(|(words,)| words))
}

/// How often somebody began to buy since then.
pub async fn count_since(store: &Store, buyer: UserId, since: UnixMillis) -> Result<u32, Error> {
    const SQL: &str = "select count(*) from purchases where buyer_id = $1 and made_at >= $2";
    let statement = Statement::new(SQL).text(buyer.to_hex()).time(since);
    let row: Option<(i64,)> = store.fetch_optional(statement).await?;
    Ok(row.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// What a buyer may still spend with a seller, in milliseconds. Time of packs whose price a bank took back,
/// or may yet, is not to be had; what was used counts as that of those packs first.
pub async fn spendable_ms(store: &Store, seller: UserId, buyer: UserId) -> Result<i64, Error> {
    const SOLD: &str = "select cast(coalesce(sum(minutes * 60000 - back_ms), 0) as bigint), \
         cast(coalesce(sum(case when status in ('disputed', 'dispute_lost') \
          then minutes * 60000 - back_ms else 0 end), 0) as bigint) \
         from purchases where seller_id = $1 and buyer_id = $2 and status not in ('asked', 'over')";
    let balance = ledger::balance(store, Account::Minutes { seller, buyer }, Unit::Time).await?;
    let statement = Statement::new(SOLD).text(seller.to_hex()).text(buyer.to_hex());
    let (sold, disputed) = store.fetch_optional(statement).await?.unwrap_or_default();
    Ok(-balance - withheld_ms((sold, disputed), -balance))
}

/// The events of a purchase, in order.
pub async fn load_events(store: &Store, purchase: PurchaseId) -> Result<Vec<Event>, Error> {
    const SQL: &str = "select number, event from purchase_events where purchase_id = $1 order by number";
    let rows: Vec<(i64, String)> = store.fetch_all(Statement::new(SQL).text(purchase.to_hex())).await?;
    let event = |(expected, (number, text)): (i64, (i64, String))| {
        if number != expected {
            return Err(CORRUPT_EVENTS);
        }
        serde_json::from_str(&text).map_err(|_| CORRUPT_EVENTS)
    };
    (1..).zip(rows).map(event).collect()
}

const CORRUPT: Error = Error::Corrupt { table: "purchases" };
const CORRUPT_EVENTS: Error = Error::Corrupt { table: "purchase_events" };

async fn insert_event(tx: &mut Transaction, purchase: &Purchase, event: &Event) -> Result<(), Error> {
    const SQL: &str = "insert into purchase_events (purchase_id, number, at, event) values ($1, $2, $3, $4)";
    let statement = Statement::new(SQL)
        .text(purchase.id.to_hex())
        .integer(i64::from(purchase.revision) + 1)
        .time(event.at)
        .text(serde_json::to_string(event).expect("an event is plain data"));
    tx.execute(statement).await?;
    Ok(())
}

/// Writes what a purchase is found by; [`Error::Stale`] if it is not the one that was built on.
async fn save_index(tx: &mut Transaction, before: &Purchase, after: &Purchase) -> Result<(), Error> {
    const SQL: &str = "update purchases set status = $3, back_ms = $4, open_until = $5, revision = $6 \
         where id = $1 and revision = $2";
    let statement = Statement::new(SQL)
        .text(before.id.to_hex())
        .integer(before.revision.into())
        .text(after.word())
        .integer(after.back_ms)
        .optional_time(after.open_until())
        .integer(after.revision.into());
    if tx.execute(statement).await? == 1 { Ok(()) } else { Err(Error::Stale) }
}

async fn replayed(store: &Store, raw: &Raw) -> Result<Purchase, Error> {
    let asked = raw.asked()?;
    let events = load_events(store, asked.id).await?;
    play(|| {
        let mut purchase = asked.clone();
        events.iter().for_each(|event| purchase.apply(event));
        purchase
    })
    .map_err(|_| CORRUPT_EVENTS)
}

/// A pack as its columns say it.
fn pack(minutes: i64, amount: i64, currency: &str) -> Result<Pack, Error> {
    let currency = Currency::parse(currency).map_err(|_| CORRUPT)?;
    let price = Price::new(Money::new(amount, currency)).map_err(|_| CORRUPT)?;
    Ok(Pack { minutes: u16::try_from(minutes).map_err(|_| CORRUPT)?, price })
}

impl Raw {
    /// The purchase as it was when its checkout was opened.
    fn asked(&self) -> Result<Purchase, Error> {
        let sale = PackSale {
            seller: self.seller_id.parse().map_err(|_| CORRUPT)?,
            buyer: self.buyer_id.parse().map_err(|_| CORRUPT)?,
            pack: pack(self.minutes, self.amount, &self.currency)?,
            fee: u16::try_from(self.fee).ok().and_then(|fee| Permille::new(fee).ok()).ok_or(CORRUPT)?,
            merchant: self.merchant_id.as_deref().map(str::parse).transpose().map_err(|_| CORRUPT)?,
        };
        let (id, room) = (self.id.parse().map_err(|_| CORRUPT)?, self.room_id.parse().map_err(|_| CORRUPT)?);
        let consent = match (&self.terms, self.consented_at) {
            (Some(terms), Some(at)) => {
                Some(Consent { terms: terms.parse().map_err(|_| CORRUPT)?, at: UnixMillis(at) })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(CORRUPT),
        };
        let asked = Purchase::asked(id, (room, sale), UnixMillis(self.until_at), UnixMillis(self.made_at));
        Ok(asked.agreed(consent))
    }
}

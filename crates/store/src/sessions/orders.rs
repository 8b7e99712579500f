//! The outbox: what the processor and the mailer still have to do, saved with the event that asks for it.
//!
//! ```text
//! due ──claim──▶ under way ──done──▶ done
//!  ▲ ▲               │                    │
//!  │ └─ failed, lost ┴─ failed too often ──▶ dead ◀── came undone
//!  │      on its way                        │
//!  └──────────── tried again ◀──────────────┴──▶ settled by hand: done
//! ```
//!
//! A claim moves the next try into the future, so that of two workers one has the order, and an order whose
//! worker died is due again by itself. Whoever carries an order out hands its id to the processor, which
//! makes a second try the same as the first for as long as the processor remembers ids; later it has to be
//! asked first. An order that cannot be read is set aside, and the others go on.

use crate::statement::Statement;
use crate::{Deal, Error, Store, Transaction};
use domain::session::{self, Instruction};
use model::{Money, OutboxId, PaymentId, UnixMillis};
use std::collections::BTreeSet;

/// An order that is to be tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Order {
    pub id: OutboxId,
    pub deal: Deal,
    pub instruction: Instruction,
    /// When it was ordered.
    pub at: UnixMillis,
    /// How often it was tried before.
    pub attempts: u32,
    /// What was wrong the last time.
    pub error: Option<String>,
}

/// An order that was not carried out when it was tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Troubled {
    /// As it stands in the database.
    pub id: String,
    /// What was ordered, and for what; absent where that cannot be read.
    pub what: Option<(Deal, Instruction)>,
    pub attempts: u32,
    /// What was wrong the last time.
    pub error: String,
    pub at: UnixMillis,
    /// When it is tried next, if it is.
    pub due_at: Option<UnixMillis>,
}

#[derive(sqlx::FromRow)]
struct RawTroubled {
    id: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    instruction: String,
    attempts: i64,
    error: String,
    at: i64,
    due_at: i64,
    dead_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    instruction: String,
    at: i64,
    attempts: i64,
    error: Option<String>,
}

/// How many characters of what was wrong are kept.
const ERROR_LIMIT: usize = 300;

/// Notes what an event orders.
pub(crate) async fn insert(
    tx: &mut Transaction,
    (deal, at): (Deal, UnixMillis),
    orders: &[session::Order],
) -> Result<(), Error> {
    const SQL: &str = "insert into session_orders (id, session_id, purchase_id, at, instruction, due_at) \
         values ($1, $2, $3, $4, $5, $4)";
    for (id, instruction) in orders.iter().map(columns) {
        tx.execute(Statement::new(SQL).text(id).deal(deal).time(at).text(instruction)).await?;
    }
    Ok(())
}

/// An order as its row says it: the id and the instruction.
pub(crate) fn columns(order: &session::Order) -> (String, String) {
    (order.id.to_hex(), serde_json::to_string(&order.what).expect("an order is plain data"))
}

/// What is to be tried by now, what has waited longest first. Whatever else a session has ordered of the
/// processor waits until money that was ordered to be taken before is taken, or given up: nobody can send
/// back what is only kept ready. Mails wait for nobody.
pub async fn load_due(store: &Store, now: UnixMillis, limit: u32) -> Result<Vec<Order>, Error> {
    const SQL: &str = "select id, session_id, purchase_id, instruction, at, attempts, error from session_orders as this \
         where due_at <= $1 and done_at is null and dead_at is null and (instruction like '{\"mail\"%' \
         or instruction like '{\"capture\"%' \
         or not exists (select 1 from session_orders as other where other.session_id = this.session_id \
         and other.done_at is null and other.dead_at is null and other.instruction like '{\"capture\"%' \
         and other.at <= this.at)) order by due_at, id limit $2";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).time(now).integer(i64::from(limit))).await?;
    let mut due = Vec::with_capacity(raw.len());
    for raw in raw {
        match raw.parse() {
            Ok(order) => due.push(order),
            // Written by a newer server, or by nobody's: it must not keep the others waiting.
            Err(id) => set_aside(store, &id, now).await?,
        }
    }
    Ok(due)
}

/// What nobody tries any more, and then what has failed and is tried again, money before mails.
pub async fn load_troubled(store: &Store, limit: u32) -> Result<Vec<Troubled>, Error> {
    const SQL: &str = "select id, session_id, purchase_id, instruction, attempts, error, at, due_at, dead_at \
         from session_orders where done_at is null and error is not null \
         order by case when instruction like '{\"mail\"%' then 1 else 0 end, \
         case when dead_at is null then 1 else 0 end, due_at, id limit $1";
    let raw: Vec<RawTroubled> = store.fetch_all(Statement::new(SQL).integer(i64::from(limit))).await?;
    Ok(raw.into_iter().map(RawTroubled::parse).collect())
}

/// How many orders are still to be carried out, and how many nobody tries any more.
pub async fn count(store: &Store) -> Result<(u64, u64), Error> {
    const SQL: &str = "select count(*), count(dead_at) from session_orders where done_at is null";
    let row: Option<(i64, i64)> = store.fetch_optional(Statement::new(SQL)).await?;
    let (all, dead) = row.unwrap_or_default();
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok((count(all - dead), count(dead)))
}

async fn set_aside(store: &Store, id: &str, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update session_orders set error = $2, dead_at = $3 where id = $1 and done_at is null";
    tracing::error!(order.id = id, "An order cannot be read and was set aside.");
    store.execute(Statement::new(SQL).text(id).text("this order cannot be read").time(now)).await?;
    Ok(())
}

/// Takes an order until then; says whether it is ours.
pub async fn claim(store: &Store, order: &Order, until: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update session_orders set attempts = attempts + 1, due_at = $3 \
         where id = $1 and attempts = $2 and done_at is null and dead_at is null";
    let statement =
        Statement::new(SQL).text(order.id.to_hex()).integer(i64::from(order.attempts)).time(until);
    Ok(store.execute(statement).await? == 1)
}

/// Notes that an order was carried out; harmless if that is known. One that was set aside meanwhile stays
/// there: it came undone before its worker could say that it was done.
pub async fn finish(store: &Store, id: OutboxId, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update session_orders set done_at = $2, error = null \
         where id = $1 and done_at is null and dead_at is null";
    let mut tx = store.begin().await?;
    if tx.execute(Statement::new(SQL).text(id.to_hex()).time(now)).await? == 1 {
        tx.execute(forgetting_readers(&id.to_hex())).await?;
    }
    tx.commit().await
}

/// Forgets who has the mail of an order that nobody will send again.
fn forgetting_readers(id: &str) -> Statement {
    const SQL: &str = "delete from order_readers where order_id = $1";
    Statement::new(SQL).text(id)
}

/// Notes that somebody has the mail of an order that goes to several.
pub async fn note_reader(store: &Store, id: OutboxId, reader: u128) -> Result<(), Error> {
    const SQL: &str = "insert into order_readers (order_id, reader) values ($1, $2) on conflict do nothing";
    store.execute(Statement::new(SQL).text(id.to_hex()).text(format!("{reader:032x}"))).await?;
    Ok(())
}

/// Who has the mail of an order already.
pub async fn load_readers(store: &Store, id: OutboxId) -> Result<BTreeSet<u128>, Error> {
    const SQL: &str = "select reader from order_readers where order_id = $1";
    let rows: Vec<(String,)> = store.fetch_all(Statement::new(SQL).text(id.to_hex())).await?;
    let corrupt = Error::Corrupt { table: "order_readers" };
    let parsed = rows.iter().map(|(reader,)| u128::from_str_radix(reader, 16).ok());
    parsed.collect::<Option<_>>().ok_or(corrupt)
}

/// How much of the operator's share of a payment was ordered back before an order, whatever became of that.
pub async fn shares_before(
    store: &Store,
    deal: Deal,
    (order, of): (OutboxId, PaymentId),
) -> Result<i64, Error> {
    const SQL: &str = "select id, instruction from session_orders where (session_id = $1 or purchase_id = $2) \
         and instruction like '{\"return_fee\"%' order by at, id";
    let rows: Vec<(String, String)> = store.fetch_all(Statement::new(SQL).deal(deal)).await?;
    let own = order.to_hex();
    let before = rows.iter().take_while(|(id, _)| *id != own);
    let shares = before.filter_map(|(_, text)| match serde_json::from_str(text) {
        Ok(Instruction::ReturnFee { payment, amount }) if payment == of => Some(amount.minor),
        _ => None,
    });
    Ok(shares.fold(0, i64::saturating_add))
}

/// Notes that the money of a refund did not arrive, which the processor names so; says whether that is news.
pub async fn note_failure(
    store: &Store,
    refund: &str,
    order: OutboxId,
    now: UnixMillis,
) -> Result<bool, Error> {
    Ok(store.execute(failure(refund, order, now)).await? == 1)
}

/// A refund at the processor, and the order that it says it is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RefundOfOrder<'a> {
    /// What the processor calls it.
    pub refund: &'a str,
    pub order: OutboxId,
    pub payment: PaymentId,
    pub amount: Money,
}

/// What became of an order whose refund failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Undone {
    /// It is set aside now.
    Now,
    /// That was known before, and may have been mended since.
    Before,
    /// The order is none, or asks for something else; nothing was done.
    NotThis,
}

/// The same as [`note_failure`], and sets the order aside that asked for it, if it is news and the order asks
/// for that very refund.
pub async fn undo(
    store: &Store,
    failed: &RefundOfOrder<'_>,
    error: &str,
    now: UnixMillis,
) -> Result<Undone, Error> {
    const SQL: &str = "update session_orders set error = $2, dead_at = $3, done_at = null where id = $1";
    let mut tx = store.begin().await?;
    if !asks_for(&mut tx, failed).await? {
        return Ok(Undone::NotThis);
    }
    let is_news = tx.execute(failure(failed.refund, failed.order, now)).await? == 1;
    if is_news {
        tx.execute(Statement::new(SQL).text(failed.order.to_hex()).text(shortened(error)).time(now)).await?;
    }
    tx.commit().await?;
    Ok(if is_news { Undone::Now } else { Undone::Before })
}

/// Has the order of a refund that is on its way looked at now, if it asks for that very refund; says whether
/// it waited for that. One that somebody has just now, or that failed and is tried again later, waits for
/// nothing that is told: it would have used its tries up as fast as somebody tells.
pub async fn hasten(store: &Store, told: &RefundOfOrder<'_>, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update session_orders set due_at = $2 where id = $1 and done_at is null \
         and dead_at is null and due_at > $2 and attempts = 0 and error is not null";
    let mut tx = store.begin().await?;
    if !asks_for(&mut tx, told).await? {
        return Ok(false);
    }
    let was_waiting = tx.execute(Statement::new(SQL).text(told.order.to_hex()).time(now)).await? == 1;
    tx.commit().await?;
    Ok(was_waiting)
}

/// Whether an order asks for a refund of that payment and of that amount.
async fn asks_for(tx: &mut Transaction, told: &RefundOfOrder<'_>) -> Result<bool, Error> {
    const SQL: &str = "select instruction from session_orders where id = $1";
    let row: Option<(String,)> = tx.fetch_optional(Statement::new(SQL).text(told.order.to_hex())).await?;
    let wanted = Instruction::Refund { payment: told.payment, amount: told.amount };
    Ok(row.is_some_and(|(text,)| serde_json::from_str(&text).is_ok_and(|asked: Instruction| asked == wanted)))
}

fn failure(refund: &str, order: OutboxId, now: UnixMillis) -> Statement {
    const SQL: &str = "insert into failed_refunds (refund_id, order_id, at) values ($1, $2, $3) \
         on conflict (refund_id) do nothing";
    Statement::new(SQL).text(refund).text(order.to_hex()).time(now)
}

/// Notes that somebody did by hand what a dead order asks for; says whether it was dead.
pub async fn settle(store: &Store, id: &str, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update session_orders set done_at = $2, dead_at = null \
         where id = $1 and dead_at is not null";
    let mut tx = store.begin().await?;
    let was_dead = tx.execute(Statement::new(SQL).text(id).time(now)).await? == 1;
    if was_dead {
        tx.execute(forgetting_readers(id)).await?;
    }
    tx.commit().await?;
    Ok(was_dead)
}

/// Notes what was wrong, and when it is tried again; never, without a time. One that was set aside meanwhile
/// stays there.
pub async fn fail(
    store: &Store,
    id: OutboxId,
    error: &str,
    (again, now): (Option<UnixMillis>, UnixMillis),
) -> Result<(), Error> {
    const SQL: &str = "update session_orders set error = $2, due_at = $3, dead_at = $4 \
         where id = $1 and done_at is null and dead_at is null";
    let statement = Statement::new(SQL)
        .text(id.to_hex())
        .text(shortened(error))
        .time(again.unwrap_or(now))
        .optional_time(again.is_none().then_some(now));
    store.execute(statement).await?;
    Ok(())
}

/// Notes that what was asked for is under way, and when it is looked at again; however often that is, it is
/// no failure. One that was set aside meanwhile stays there.
pub async fn wait(store: &Store, id: OutboxId, words: &str, again: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update session_orders set error = $2, due_at = $3, attempts = 0 \
         where id = $1 and done_at is null and dead_at is null";
    store.execute(Statement::new(SQL).text(id.to_hex()).text(shortened(words)).time(again)).await?;
    Ok(())
}

/// Has a dead order tried again, as often as a new one; says whether it was dead.
pub async fn revive(store: &Store, id: &str, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update session_orders set dead_at = null, due_at = $2, attempts = 0 \
         where id = $1 and dead_at is not null";
    Ok(store.execute(Statement::new(SQL).text(id).time(now)).await? == 1)
}

fn shortened(error: &str) -> String {
    error.chars().take(ERROR_LIMIT).collect()
}

impl Raw {
    /// The order, or the id of what is none.
    fn parse(self) -> Result<Order, String> {
        let parsed = (
            self.id.parse().ok(),
            Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref()),
            serde_json::from_str(&self.instruction).ok(),
            u32::try_from(self.attempts).ok(),
        );
        let (Some(id), Some(deal), Some(instruction), Some(attempts)) = parsed else {
            return Err(self.id);
        };
        Ok(Order { id, deal, instruction, at: UnixMillis(self.at), attempts, error: self.error })
    }
}

impl RawTroubled {
    fn parse(self) -> Troubled {
        let deal = Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref());
        Troubled {
            id: self.id,
            what: deal.zip(serde_json::from_str(&self.instruction).ok()),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            error: self.error,
            at: UnixMillis(self.at),
            due_at: self.dead_at.is_none().then_some(UnixMillis(self.due_at)),
        }
    }
}

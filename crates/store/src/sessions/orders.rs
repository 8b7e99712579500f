//! The outbox: what the processor and the mailer still have to do, saved with the event that asks for it.
//!
//! ```text
//! due ──claim──▶ under way ──done──▶ done
//!  ▲                 │
//!  └── failed, lost ─┴── failed too often ──▶ dead: the operator looks at it
//! ```
//!
//! A claim moves the next try into the future, so that of two workers one has the order, and an order whose
//! worker died is due again by itself. Whoever carries an order out hands its id to the processor, which
//! makes a second try the same as the first for as long as the processor remembers ids; later it has to be
//! asked first. An order that cannot be read is set aside, and the others go on.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store};
use domain::session::{self, Instruction, Session};
use model::{OutboxId, SessionId, UnixMillis};

/// An order that is to be tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Order {
    pub id: OutboxId,
    pub session: SessionId,
    pub instruction: Instruction,
    /// How often it was tried before.
    pub attempts: u32,
    /// What was wrong the last time.
    pub error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    session_id: String,
    instruction: String,
    attempts: i64,
    error: Option<String>,
}

/// How many characters of what was wrong are kept.
const ERROR_LIMIT: usize = 300;

/// Notes the orders of an event. `session` is as it was before.
pub(super) async fn insert(
    tx: &mut RoomTransaction,
    session: &Session,
    event: &session::Event,
) -> Result<(), Error> {
    const SQL: &str = "insert into session_orders (id, session_id, at, instruction, due_at) \
         values ($1, $2, $3, $4, $3)";
    for (id, instruction) in session::orders(session, event).iter().map(columns) {
        let statement =
            Statement::new(SQL).text(id).text(session.id.to_hex()).time(event.at).text(instruction);
        tx.tx.execute(statement).await?;
    }
    Ok(())
}

/// An order as its row says it: the id and the instruction.
pub(super) fn columns(order: &session::Order) -> (String, String) {
    (order.id.to_hex(), serde_json::to_string(&order.what).expect("an order is plain data"))
}

/// What is to be tried by now, what has waited longest first.
pub async fn load_due(store: &Store, now: UnixMillis, limit: u32) -> Result<Vec<Order>, Error> {
    const SQL: &str = "select id, session_id, instruction, attempts, error from session_orders \
         where due_at <= $1 and done_at is null and dead_at is null order by due_at, id limit $2";
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

/// What nobody tries any more, the newest first; of what cannot be read the id.
pub async fn load_dead(store: &Store, limit: u32) -> Result<Vec<Result<Order, String>>, Error> {
    const SQL: &str = "select id, session_id, instruction, attempts, error from session_orders \
         where dead_at is not null order by dead_at desc, id limit $1";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).integer(i64::from(limit))).await?;
    Ok(raw.into_iter().map(Raw::parse).collect())
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

/// Notes that an order was carried out; harmless if that is known.
pub async fn finish(store: &Store, id: OutboxId, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update session_orders set done_at = $2, dead_at = null, error = null \
         where id = $1 and done_at is null";
    store.execute(Statement::new(SQL).text(id.to_hex()).time(now)).await?;
    Ok(())
}

/// Notes what was wrong, and when it is tried again; never, without a time.
pub async fn fail(
    store: &Store,
    id: OutboxId,
    error: &str,
    (again, now): (Option<UnixMillis>, UnixMillis),
) -> Result<(), Error> {
    const SQL: &str = "update session_orders set error = $2, due_at = $3, dead_at = $4 \
         where id = $1 and done_at is null";
    let error: String = error.chars().take(ERROR_LIMIT).collect();
    let statement = Statement::new(SQL)
        .text(id.to_hex())
        .text(error)
        .time(again.unwrap_or(now))
        .optional_time(again.is_none().then_some(now));
    store.execute(statement).await?;
    Ok(())
}

/// Has a dead order tried again; says whether it was dead.
pub async fn revive(store: &Store, id: OutboxId, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update session_orders set dead_at = null, due_at = $2 \
         where id = $1 and dead_at is not null";
    Ok(store.execute(Statement::new(SQL).text(id.to_hex()).time(now)).await? == 1)
}

impl Raw {
    /// The order, or the id of what is none.
    fn parse(self) -> Result<Order, String> {
        let parsed = (
            self.id.parse().ok(),
            self.session_id.parse().ok(),
            serde_json::from_str(&self.instruction).ok(),
            u32::try_from(self.attempts).ok(),
        );
        let (Some(id), Some(session), Some(instruction), Some(attempts)) = parsed else {
            return Err(self.id);
        };
        Ok(Order { id, session, instruction, attempts, error: self.error })
    }
}

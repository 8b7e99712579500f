//! Playing every session again, and comparing what comes of it with what stands elsewhere.
//!
//! | what must hold | what is found if not |
//! |---|---|
//! | the events are those of a session | [`Fault::Unreadable`] |
//! | closing says what the events before it come to by the rules of its day | [`Fault::Missettled`] |
//! | the index says what the events say | [`Fault::Index`] |
//! | every transaction that they ask for stands in the ledger, as they ask for it | [`Discord::Unposted`] |
//! | the ledger has no other transaction about the session | [`Discord::Unfounded`] |
//! | the orders are those that they ask for | [`Fault::Orders`] |
//! | no more time is billed than host and payer were inside together | [`Fault::Overbilled`] |
//!
//! What closing came to is worked out anew, so that an event that was written by hand is found even where
//! ledger and orders were made to fit it. That a session is settled once follows: closing is one event, whose
//! transactions stand once. The time is compared for as long as the room keeps its attendance. It may run
//! beside a server: a session that changes meanwhile is read again.

use super::{PAGE, Raw};
pub use crate::replay::Discord;
use crate::replay::{against_ledger, against_orders, select_legs};
use crate::statement::Statement;
use crate::{Error, Store};
use domain::session::{Bill, Event, Session, Settlement, What, orders, postings};
use model::{RoomId, SessionId, UnixMillis, UserId};
use std::collections::BTreeMap;

/// How often a session that changes while it is read is read again.
const TRIES: usize = 5;

/// What playing the sessions again came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// How many sessions there are.
    pub sessions: u64,
    /// How many of them are over.
    pub closed: u64,
    pub findings: Vec<Finding>,
}

/// A session that is not what its events say.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("session {session}: {fault}")]
pub struct Finding {
    pub session: SessionId,
    pub fault: Fault,
}

/// What is wrong with a session.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("its events are not those of a session")]
    Unreadable,
    #[error(
        "it was closed with {attended_ms} ms and {bill:?}, and its events come to {due_ms} ms and {due:?}"
    )]
    Missettled { attended_ms: i64, bill: Box<Bill>, due_ms: i64, due: Box<Bill> },
    #[error("it is listed as {listed}, and its events say {events}")]
    Index { listed: String, events: String },
    #[error(transparent)]
    Ledger(#[from] Discord),
    #[error("order {order} is missing, is another, or no event asks for it")]
    Orders { order: String },
    #[error("{attended_ms} ms are billed, and the two were inside together for {overlap_ms} ms")]
    Overbilled { attended_ms: i64, overlap_ms: i64 },
}

/// What a session is found by.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
struct Index {
    status: String,
    revision: i64,
    deadline: Option<i64>,
    closed_at: Option<i64>,
    owing: Option<i64>,
}

/// Plays every session again.
pub async fn replay(store: &Store, now: UnixMillis) -> Result<Report, Error> {
    const SQL: &str = concat!(super::select_sessions!(), "where id > $1 order by id limit $2");
    let mut report = Report::default();
    let mut after = String::new();
    loop {
        let statement = Statement::new(SQL).text(after.as_str()).integer(i64::from(PAGE));
        let rows: Vec<Raw> = store.fetch_all(statement).await?;
        let Some(last) = rows.last() else { return Ok(report) };
        after.clone_from(&last.id);
        for raw in rows {
            report.play(store, raw, now).await?;
        }
    }
}

impl Report {
    async fn play(&mut self, store: &Store, raw: Raw, now: UnixMillis) -> Result<(), Error> {
        self.sessions += 1;
        let Ok(session) = raw.id.parse() else { return Err(super::CORRUPT) };
        let Ok(offered) = raw.offered() else {
            self.findings.push(Finding { session, fault: Fault::Unreadable });
            return Ok(());
        };
        let mut fault = None;
        for _ in 0..TRIES {
            let before = index(store, session).await?;
            fault = look(store, &offered, &before, now).await?;
            if fault.is_none() || index(store, session).await? == before {
                self.closed += u64::from(before.closed_at.is_some());
                break;
            }
        }
        self.findings.extend(fault.map(|fault| Finding { session, fault }));
        Ok(())
    }
}

async fn index(store: &Store, session: SessionId) -> Result<Index, Error> {
    const SQL: &str = "select status, revision, deadline, closed_at, owing from sessions where id = $1";
    let row = store.fetch_optional(Statement::new(SQL).text(session.to_hex())).await?;
    row.ok_or(super::CORRUPT)
}

/// The first thing that is wrong with a session.
async fn look(
    store: &Store,
    offered: &Session,
    listed: &Index,
    now: UnixMillis,
) -> Result<Option<Fault>, Error> {
    let events = match super::load_events(store, offered.id).await {
        Ok(events) => events,
        Err(Error::Corrupt { .. }) => return Ok(Some(Fault::Unreadable)),
        Err(error) => return Err(error),
    };
    let Ok(mut played) = super::play(|| Played::of(offered, &events)) else {
        return Ok(Some(Fault::Unreadable));
    };
    if let Some((said, due)) = played.missettled.take() {
        return Ok(Some(Fault::missettled(said, due)));
    }
    let events = Index::of(&played.session);
    if *listed != events {
        return Ok(Some(Fault::Index { listed: listed.to_string(), events: events.to_string() }));
    }
    if let Some(fault) = compare_ledger(store, &played).await? {
        return Ok(Some(fault));
    }
    if let Some(order) = differing_order(store, &played).await? {
        return Ok(Some(Fault::Orders { order }));
    }
    overbilled(store, &played.session, now).await
}

/// A session that was played again.
struct Played {
    session: Session,
    transactions: Vec<domain::ledger::Transaction>,
    orders: BTreeMap<String, String>,
    /// What closing said, and what it should have said.
    missettled: Option<(Settlement, Settlement)>,
}

impl Played {
    fn of(offered: &Session, events: &[Event]) -> Self {
        let mut session = offered.clone();
        let (mut transactions, mut given) = (Vec::new(), BTreeMap::new());
        let mut missettled = None;
        for event in events {
            if let What::Closed { ending, settlement } = &event.what {
                let due = session.settled_by(event.rules, *ending, event.at);
                missettled = (**settlement != due).then(|| (settlement.as_ref().clone(), due));
            }
            transactions.extend(postings(&session, event));
            given.extend(orders(&session, event).iter().map(super::orders::columns));
            session.apply(event);
        }
        Self { session, transactions, orders: given, missettled }
    }
}

impl Fault {
    fn missettled(said: Settlement, due: Settlement) -> Self {
        let (bill, due_bill) = (Box::new(said.bill), Box::new(due.bill));
        Self::Missettled { attended_ms: said.attended_ms, bill, due_ms: due.attended_ms, due: due_bill }
    }
}

impl Index {
    fn of(session: &Session) -> Self {
        Self {
            status: session.status().word().to_owned(),
            revision: session.revision.into(),
            deadline: session.next_deadline().map(|at| at.0),
            closed_at: session.closed_at().map(|at| at.0),
            owing: session.owing().map(|owing| owing.minor),
        }
    }
}

impl std::fmt::Display for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, revision, deadline, closed_at, owing } = self;
        write!(f, "{status}, revision {revision}")?;
        if let Some(deadline) = deadline {
            write!(f, ", due {deadline}")?;
        }
        if let Some(closed_at) = closed_at {
            write!(f, ", closed {closed_at}")?;
        }
        match owing {
            Some(owing) => write!(f, ", {owing} to be paid"),
            None => Ok(()),
        }
    }
}

async fn compare_ledger(store: &Store, played: &Played) -> Result<Option<Fault>, Error> {
    const SQL: &str = concat!(select_legs!(), "where session_id = $1 order by id, number");
    let posted = Statement::new(SQL).text(played.session.id.to_hex());
    Ok(against_ledger(store, posted, &played.transactions).await?.map(Fault::from))
}

async fn differing_order(store: &Store, played: &Played) -> Result<Option<String>, Error> {
    const SQL: &str = "select id, instruction from session_orders where session_id = $1";
    let saved = Statement::new(SQL).text(played.session.id.to_hex());
    against_orders(store, saved, &played.orders, |_| false).await
}

/// Whether more time was counted than the attendance of the two holds. Nobody can tell once the room is
/// erased.
async fn overbilled(store: &Store, session: &Session, now: UnixMillis) -> Result<Option<Fault>, Error> {
    const ERASED: &str = "select erased_at from rooms where id = $1 and erased_at is not null";
    let room = session.room.to_hex();
    let erased: Option<(i64,)> = store.fetch_optional(Statement::new(ERASED).text(&room)).await?;
    if erased.is_some() {
        return Ok(None);
    }
    // Of one under way it may have been heard since the look began.
    let now = now.max(session.as_of);
    let host = stays(store, session.room, session.host_now(), now).await?;
    let payer = stays(store, session.room, session.payer_now(), now).await?;
    let (attended_ms, overlap_ms) = (session.tally.attended_ms, overlap_ms(&host, &payer));
    Ok((attended_ms > overlap_ms).then_some(Fault::Overbilled { attended_ms, overlap_ms }))
}

/// When somebody was inside: spans that neither touch nor overlap, in order.
async fn stays(store: &Store, room: RoomId, user: UserId, now: UnixMillis) -> Result<Vec<(i64, i64)>, Error> {
    const SQL: &str = "select entered_at, coalesce(left_at, $3) from attendance \
         where room_id = $1 and user_id = $2 order by entered_at";
    let statement = Statement::new(SQL).text(room.to_hex()).text(user.to_hex()).time(now);
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for (from, to) in store.fetch_all::<(i64, i64)>(statement).await? {
        match spans.last_mut() {
            Some((_, last)) if from <= *last => *last = to.max(*last),
            _ => spans.push((from, to)),
        }
    }
    Ok(spans)
}

fn overlap_ms(one: &[(i64, i64)], other: &[(i64, i64)]) -> i64 {
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
    pairs.map(|(one, other)| (one.1.min(other.1) - one.0.max(other.0)).max(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::overlap_ms;

    #[test]
    fn time_counts_while_both_are_inside() {
        assert_eq!(overlap_ms(&[(0, 10), (20, 30)], &[(5, 22)]), 5 + 2);
        assert_eq!(overlap_ms(&[(0, 10)], &[(10, 20)]), 0);
        assert_eq!(overlap_ms(&[], &[(10, 20)]), 0);
    }
}

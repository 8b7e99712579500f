//! Paid sessions: every event, in order, and what it means for the ledger and for the outside, at once.
//!
//! ```text
//! events ──▶ session_events ─┐
//!            ledger          ├─ one transaction, fenced by the room's epoch
//!            session_orders  │
//!            sessions        ┘  (the index, by which it is found)
//! ```
//!
//! A session is what its events come to (decision 16): [`load`] applies them one by one. [`append`] names the
//! revision that it builds on, so that two who decided about the same session never both save.
//!
//! | module | holds |
//! |---|---|
//! | [`books`] | what the operator reads |
//! | [`orders`] | what is still to be done outside |
//! | [`papers`] | what payer and host read |
//! | [`verify`] | whether ledger, orders and index are what the events say |
//!
//! Not here: what happens when, which is [`domain::session`]'s.

pub mod addresses;
pub mod books;
pub mod orders;
pub mod papers;
pub mod verify;

use crate::ledger::{self, PostError, Posting};
use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Deal, Error, Store};
use domain::session::{Event, Heirs, Proposal, Session, orders as session_orders, postings};
use model::{Offer, RoomCode, RoomId, SessionId, UnixMillis, UserId};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many sessions are read at a time, where all of a kind are asked for.
const PAGE: u32 = 200;

/// What [`Raw`] is read from.
macro_rules! select_sessions {
    () => {
        "select id, room_id, host_id, payer_id, offer, terms, planned, made_at, \
         (select heir_id from heirs where user_id = host_id) as host_heir, \
         (select heir_id from heirs where user_id = payer_id) as payer_heir from sessions "
    };
}
use select_sessions;

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    room_id: String,
    host_id: String,
    payer_id: String,
    offer: String,
    terms: String,
    planned: Option<i64>,
    made_at: i64,
    host_heir: Option<String>,
    payer_heir: Option<String>,
}

/// Notes a session that was just offered, with the words that its payer is shown; says whether it is new.
/// There is one that is not over for each payer in each room.
pub async fn insert_new(tx: &mut RoomTransaction, session: &Session, words: &str) -> Result<bool, Error> {
    const TERMS: &str = "insert into terms (digest, words) values ($1, $2) on conflict do nothing";
    const SQL: &str = "insert into sessions (id, room_id, host_id, payer_id, offer, terms, planned, made_at, \
         status, deadline, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) on conflict do nothing";
    assert_eq!((session.room, session.revision), (tx.room, 0), "a new session of this room");
    tx.tx.execute(Statement::new(TERMS).text(session.terms.to_hex()).text(words)).await?;
    let offer = serde_json::to_string(&session.offer).expect("an offer is plain data");
    let statement = Statement::new(SQL)
        .text(session.id.to_hex())
        .text(session.room.to_hex())
        .text(session.host.to_hex())
        .text(session.payer.to_hex())
        .text(offer)
        .text(session.terms.to_hex())
        .optional_time(session.planned)
        .time(session.as_of)
        .text(session.status().word())
        .optional_time(session.next_deadline());
    Ok(tx.tx.execute(statement).await? == 1)
}

/// What was decided for one session.
#[derive(Clone, Debug)]
pub struct Change {
    pub before: Session,
    pub events: Vec<Event>,
    pub after: Session,
}

impl Change {
    /// What events make of a session.
    pub fn new(before: Session, events: Vec<Event>) -> Self {
        let mut after = before.clone();
        events.iter().for_each(|event| after.apply(event));
        Self { before, events, after }
    }

    /// Adds what was decided next.
    pub fn and_then(&mut self, events: Vec<Event>) {
        events.iter().for_each(|event| self.after.apply(event));
        self.events.extend(events);
    }
}

/// Saves what was decided for sessions, and what follows from it. After an error nothing of the whole change
/// may be committed; [`Error::Stale`] says that somebody else has saved meanwhile. Once for each transaction
/// of the database: the accounts of all of them are locked in one order.
pub async fn append(tx: &mut RoomTransaction, changes: &[Change]) -> Result<(), PostError> {
    // The index first: whoever built on what is no more is told so, and nothing else.
    for change in changes {
        save_index(tx, &change.before, &change.after).await?;
    }
    let mut transactions = Vec::new();
    for change in changes {
        let mut next = change.before.clone();
        for event in &change.events {
            let (at, deal) = (event.at, Deal::Session(next.id));
            let posting = |transaction| Posting { at, deal, transaction };
            transactions.extend(postings(&next, event).into_iter().map(posting));
            insert_event(tx, &next, event).await?;
            orders::insert(&mut tx.tx, (next.id.into(), event.at), &session_orders(&next, event)).await?;
            next.apply(event);
        }
    }
    // The ledger last: its accounts are those that others may wait for.
    ledger::post(&mut tx.tx, &transactions).await?;
    Ok(())
}

/// Reads one session.
pub async fn load(store: &Store, id: SessionId) -> Result<Option<Session>, Error> {
    const SQL: &str = concat!(select_sessions!(), "where id = $1");
    match store.fetch_optional::<Raw>(Statement::new(SQL).text(id.to_hex())).await? {
        Some(raw) => Ok(Some(replayed(store, raw).await?)),
        None => Ok(None),
    }
}

/// Reads every session of a room that is not over, the oldest first.
pub async fn load_open(store: &Store, room: RoomId) -> Result<Vec<Session>, Error> {
    const SQL: &str =
        concat!(select_sessions!(), "where room_id = $1 and closed_at is null order by made_at, id");
    let mut sessions = Vec::new();
    for raw in store.fetch_all::<Raw>(Statement::new(SQL).text(room.to_hex())).await? {
        sessions.push(replayed(store, raw).await?);
    }
    Ok(sessions)
}

/// The rooms with sessions of which something is due by then, so that somebody wakes them.
pub async fn load_due_rooms(store: &Store, now: UnixMillis) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select distinct code from rooms join sessions on sessions.room_id = rooms.id \
         where deadline <= $1 order by code limit $2";
    let rows: Vec<(String,)> =
        store.fetch_all(Statement::new(SQL).time(now).integer(i64::from(PAGE))).await?;
    rows.into_iter().map(|(code,)| code.parse().map_err(|_| CORRUPT)).collect()
}

/// The sessions under way between these two, as they are named in them, and their rooms.
pub async fn load_underway(
    store: &Store,
    host: UserId,
    payer: UserId,
) -> Result<Vec<(SessionId, RoomCode)>, Error> {
    const SQL: &str = "select sessions.id, code from sessions join rooms on rooms.id = room_id \
         where host_id = $1 and payer_id = $2 and status in ('live', 'grace') order by sessions.id";
    let statement = Statement::new(SQL).text(host.to_hex()).text(payer.to_hex());
    let rows: Vec<(String, String)> = store.fetch_all(statement).await?;
    let parsed = rows.into_iter().map(|(id, code)| Some((id.parse().ok()?, code.parse().ok()?)));
    parsed.collect::<Option<_>>().ok_or(CORRUPT)
}

/// The room of a session.
pub async fn load_room(store: &Store, session: SessionId) -> Result<Option<RoomCode>, Error> {
    const SQL: &str = "select code from rooms join sessions on sessions.room_id = rooms.id \
         where sessions.id = $1";
    let row: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(session.to_hex())).await?;
    row.map(|(code,)| code.parse().map_err(|_| CORRUPT)).transpose()
}

/// What somebody agreed to, word for word.
pub async fn load_terms(store: &Store, session: SessionId) -> Result<Option<String>, Error> {
    const SQL: &str = "select words from terms where digest = (select terms from sessions where id = $1)";
    let row: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(session.to_hex())).await?;
    Ok(row.map(|(words,)| words))
}

/// The events of a session, in order.
pub async fn load_events(store: &Store, session: SessionId) -> Result<Vec<Event>, Error> {
    const SQL: &str = "select number, event from session_events where session_id = $1 order by number";
    let rows: Vec<(i64, String)> = store.fetch_all(Statement::new(SQL).text(session.to_hex())).await?;
    let event = |(expected, (number, text)): (i64, (i64, String))| {
        if number != expected {
            return Err(CORRUPT_EVENTS);
        }
        serde_json::from_str(&text).map_err(|_| CORRUPT_EVENTS)
    };
    (1..).zip(rows).map(event).collect()
}

const CORRUPT: Error = Error::Corrupt { table: "sessions" };
const CORRUPT_EVENTS: Error = Error::Corrupt { table: "session_events" };

async fn insert_event(tx: &mut RoomTransaction, session: &Session, event: &Event) -> Result<(), Error> {
    const SQL: &str =
        "insert into session_events (session_id, number, epoch, at, event) values ($1, $2, $3, $4, $5)";
    let statement = Statement::new(SQL)
        .text(session.id.to_hex())
        .integer(i64::from(session.revision) + 1)
        .integer(tx.epoch)
        .time(event.at)
        .text(serde_json::to_string(event).expect("an event is plain data"));
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Writes what a session is found by; [`Error::Stale`] if it is not the one that was built on.
async fn save_index(tx: &mut RoomTransaction, before: &Session, after: &Session) -> Result<(), Error> {
    const SQL: &str = "update sessions set status = $4, deadline = $5, revision = $6, closed_at = $7, \
         owing = $8 where id = $1 and room_id = $2 and revision = $3";
    let statement = Statement::new(SQL)
        .text(before.id.to_hex())
        .text(tx.room.to_hex())
        .integer(i64::from(before.revision))
        .text(after.status().word())
        .optional_time(after.next_deadline())
        .integer(i64::from(after.revision))
        .optional_time(after.closed_at())
        .optional_integer(after.owing().map(|owing| owing.minor));
    if tx.tx.execute(statement).await? == 1 { Ok(()) } else { Err(Error::Stale) }
}

async fn replayed(store: &Store, raw: Raw) -> Result<Session, Error> {
    let offered = raw.offered()?;
    let events = load_events(store, offered.id).await?;
    play(|| {
        let mut session = offered.clone();
        events.iter().for_each(|event| session.apply(event));
        session
    })
}

/// Plays events that were read. What somebody tampered with may be no life that a session can have; the core
/// asserts that it is one, and here that is a row which does not parse.
pub(crate) fn play<T>(play: impl FnOnce() -> T) -> Result<T, Error> {
    // Nothing outlives a failed play: it takes shared references, and gives a value or none.
    catch_unwind(AssertUnwindSafe(play)).map_err(|_| CORRUPT_EVENTS)
}

impl Raw {
    /// The session as it was when it was offered.
    fn offered(self) -> Result<Session, Error> {
        let offer: Offer = serde_json::from_str(&self.offer).map_err(|_| CORRUPT)?;
        let proposal = Proposal {
            id: self.id.parse().map_err(|_| CORRUPT)?,
            room: self.room_id.parse().map_err(|_| CORRUPT)?,
            host: self.host_id.parse().map_err(|_| CORRUPT)?,
            payer: self.payer_id.parse().map_err(|_| CORRUPT)?,
            offer,
            terms: self.terms.parse().map_err(|_| CORRUPT)?,
            planned: self.planned.map(UnixMillis),
        };
        let heir = |text: Option<String>| text.map(|text| text.parse().map_err(|_| CORRUPT)).transpose();
        let heirs = Heirs { host: heir(self.host_heir)?, payer: heir(self.payer_heir)? };
        Ok(Session { heirs, ..Session::offered(proposal, UnixMillis(self.made_at)) })
    }
}

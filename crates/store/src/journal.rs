//! What happened in a room: each event becomes one line of the journal, and one change to the tables.
//!
//! | event | journal | change |
//! |---|---|---|
//! | knocked, entered | who | the seat's name, role and standing |
//! | admitted | who, by whom | standing; the user is barred no longer |
//! | denied, revoked, removed | who, by whom | the seat is gone |
//! | withdrew, lapsed, left | who, and whether they were lost | the seat is gone |
//! | dropped, returned | who | none: after a restart everybody has dropped |
//! | barred, opened, emptied | – | the bar; since when the room is open |
//! | ended | by whom | the room is over, every seat is gone |
//! | linked | – | none |
//!
//! Lines are added and never changed.

use crate::participants::{Saved, save_all_gone, save_arrival, save_standing};
use crate::rooms::{bar, save_ended, save_open, unbar};
use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use domain::Event;
use domain::room::Departure;
use model::{ParticipantId, Role, RoomId, UnixMillis};

/// One line of the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    pub at: UnixMillis,
    /// What happened, in one word.
    pub kind: String,
    /// To whom.
    pub participant: Option<ParticipantId>,
    /// Who did it, if somebody did.
    pub by: Option<ParticipantId>,
}

/// Whether the event leaves a trace in the database; what does not need not be saved.
pub fn is_durable(event: &Event) -> bool {
    !matches!(event, Event::Linked { .. })
}

/// Saves an event: its line, and what it changes.
pub async fn append(tx: &mut Transaction, room: RoomId, event: &Event, now: UnixMillis) -> Result<(), Error> {
    if let Some((kind, participant, by)) = line(event) {
        insert(tx, room, Line { at: now, kind: kind.to_owned(), participant, by }).await?;
    }
    change(tx, room, event, now).await
}

/// What the journal calls an event, for those who tell the operator; not every event has a line.
pub fn word(event: &Event) -> Option<(&'static str, Option<ParticipantId>)> {
    line(event).map(|(word, participant, _)| (word, participant))
}

/// The newest lines of a room's journal, oldest first.
pub async fn load_newest(store: &Store, room: RoomId, limit: u32) -> Result<Vec<Line>, Error> {
    const SQL: &str = "select at, kind, participant_id, by_id from room_events where room_id = $1 \
         order by position desc limit $2";
    type Raw = (i64, String, Option<String>, Option<String>);
    let statement = Statement::new(SQL).text(room.to_hex()).integer(i64::from(limit));
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    let id = |text: Option<String>| -> Result<Option<ParticipantId>, Error> {
        let parsed = text.map(|text| text.parse()).transpose();
        parsed.map_err(|_| Error::Corrupt { table: "room_events" })
    };
    let line = |(at, kind, participant, by)| -> Result<Line, Error> {
        Ok(Line { at: UnixMillis(at), kind, participant: id(participant)?, by: id(by)? })
    };
    raw.into_iter().rev().map(line).collect()
}

type Named = (&'static str, Option<ParticipantId>, Option<ParticipantId>);

fn line(event: &Event) -> Option<Named> {
    Some(match event {
        Event::Knocked { participant, .. } => ("knocked", Some(*participant), None),
        Event::Admitted { participant, by, .. } => ("admitted", Some(*participant), Some(*by)),
        Event::Denied { participant, by } => ("denied", Some(*participant), Some(*by)),
        Event::Withdrew { participant, reason } => match reason {
            Departure::Left => ("withdrew", Some(*participant), None),
            Departure::Lost => ("withdrew_lost", Some(*participant), None),
        },
        Event::Lapsed { participant } => ("lapsed", Some(*participant), None),
        Event::Revoked { participant, by } => ("revoked", Some(*participant), Some(*by)),
        Event::Entered { participant, .. } => ("entered", Some(*participant), None),
        Event::Dropped { participant, .. } => ("dropped", Some(*participant), None),
        Event::Returned { participant, .. } => ("returned", Some(*participant), None),
        Event::Left { participant, reason } => match reason {
            Departure::Left => ("left", Some(*participant), None),
            Departure::Lost => ("lost", Some(*participant), None),
        },
        Event::Removed { participant, by } => ("removed", Some(*participant), Some(*by)),
        Event::Ended { by, .. } => ("ended", None, Some(*by)),
        Event::Opened { .. } | Event::Emptied | Event::Barred { .. } | Event::Linked { .. } => return None,
    })
}

async fn insert(tx: &mut Transaction, room: RoomId, line: Line) -> Result<(), Error> {
    const SQL: &str = "insert into room_events (room_id, position, at, kind, participant_id, by_id) \
         select $1, coalesce(max(position), 0) + 1, $2, $3, $4, $5 from room_events where room_id = $1";
    let statement = Statement::new(SQL)
        .text(room.to_hex())
        .time(line.at)
        .text(line.kind)
        .optional_text(line.participant.map(ParticipantId::to_hex))
        .optional_text(line.by.map(ParticipantId::to_hex));
    tx.execute(statement).await?;
    Ok(())
}

async fn change(tx: &mut Transaction, room: RoomId, event: &Event, now: UnixMillis) -> Result<(), Error> {
    match event {
        Event::Opened { at } => save_open(tx, room, Some(*at)).await,
        Event::Emptied => save_open(tx, room, None).await,
        Event::Knocked { participant, name, at, .. } => {
            save_arrival(tx, *participant, (name, Role::Guest), Saved::Waiting, *at).await
        }
        Event::Entered { participant, name, role, at, .. } => {
            save_arrival(tx, *participant, (name, *role), Saved::Present, *at).await
        }
        Event::Admitted { participant, .. } => {
            unbar(tx, room, *participant).await?;
            save_standing(tx, *participant, Saved::Admitted, now).await
        }
        Event::Denied { participant, .. }
        | Event::Withdrew { participant, .. }
        | Event::Lapsed { participant }
        | Event::Revoked { participant, .. }
        | Event::Left { participant, .. }
        | Event::Removed { participant, .. } => save_standing(tx, *participant, Saved::Gone, now).await,
        Event::Barred { user, .. } => bar(tx, room, *user, now).await,
        Event::Ended { at, .. } => {
            save_all_gone(tx, room, *at).await?;
            save_ended(tx, room, *at).await
        }
        Event::Dropped { .. } | Event::Returned { .. } | Event::Linked { .. } => Ok(()),
    }
}

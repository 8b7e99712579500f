//! What happened in a room, for its host: the lines of its journal, and who was inside for how long.
//!
//! Read from the database and not from the room's actor, so that an ended room and one that another server
//! holds can be asked, too. Not here: how it is written down; that is the server's.

pub(crate) mod view;

use crate::Error;
use domain::Room;
use model::{RoomCode, RoomName, UnixMillis, UserId};
use protocol::ErrorCode;
use store::attendance::{self, Segment};
use store::journal::{self, Line};
use store::{Store, rooms};

/// How many lines, and how many stays, are told of; of a longer history the newest.
pub const HISTORY_ROWS: u32 = 20_000;

/// The history of a room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct History {
    pub room: RoomCode,
    pub name: RoomName,
    /// When it was read.
    pub at: UnixMillis,
    /// Whether it goes back to the beginning.
    pub is_complete: bool,
    /// What happened, oldest first.
    pub happenings: Vec<Happening>,
    /// Who was inside, in order of arrival.
    pub stays: Vec<Stay>,
}

/// One thing that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Happening {
    /// Counts up within the room.
    pub position: i64,
    pub at: UnixMillis,
    /// What, in one word.
    pub what: String,
    /// To whom, as they were called at that time.
    pub who: Option<String>,
    /// Who did it, if somebody did, as they were called at that time.
    pub by: Option<String>,
}

/// One stay in the room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stay {
    /// As they were called when they came in.
    pub who: String,
    pub role: String,
    pub entered_at: UnixMillis,
    /// Absent while they are inside.
    pub left_at: Option<UnixMillis>,
    /// Why they are gone, in one word.
    pub reason: Option<&'static str>,
    /// Until they left, or until the history was read.
    pub duration_ms: i64,
}

/// Reads a room's history for somebody who hosts it.
pub(crate) async fn read(
    store: &Store,
    user: UserId,
    code: RoomCode,
    now: UnixMillis,
) -> Result<History, Error> {
    let room = hosted(store, user, code).await?;
    let lines = journal::load_newest(store, room.id, HISTORY_ROWS).await?;
    let segments = attendance::load_newest(store, room.id, HISTORY_ROWS).await?;
    let full = |count: usize| u32::try_from(count).is_ok_and(|count| count < HISTORY_ROWS);
    Ok(History {
        room: room.code,
        name: room.name,
        at: now,
        is_complete: full(lines.len()) && full(segments.len()),
        happenings: lines.into_iter().map(happening).collect(),
        stays: segments.into_iter().map(|segment| stay(segment, now)).collect(),
    })
}

/// The room, if the user runs it.
async fn hosted(store: &Store, user: UserId, code: RoomCode) -> Result<Room, Error> {
    let loaded = rooms::load(store, code).await?;
    let room = loaded.ok_or(Error::Refused(ErrorCode::RoomNotFound))?.room;
    if room.role_of(user).is_host() { Ok(room) } else { Err(Error::Refused(ErrorCode::NotHost)) }
}

fn happening(line: Line) -> Happening {
    let Line { position, at, kind, name, by_name, .. } = line;
    Happening { position, at, what: kind, who: name, by: by_name }
}

fn stay(segment: Segment, now: UnixMillis) -> Stay {
    Stay {
        duration_ms: segment.duration_ms(now),
        entered_at: segment.entered_at,
        left_at: segment.left.map(|(at, _)| at),
        reason: segment.left.map(|(_, exit)| exit.word()),
        who: segment.name,
        role: segment.role,
    }
}

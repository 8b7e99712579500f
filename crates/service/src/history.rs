//! What happened in a room, for its host: the lines of its journal, and who was inside for how long.
//!
//! Read from the database and not from the room's actor, so that an ended room and one that another server
//! holds can be asked, too. Not here: how it is written down; that is the server's.

pub(crate) mod view;

use crate::Error;
use domain::Room;
use model::{RoomCode, RoomId, RoomName, UnixMillis, UserId};
use protocol::ErrorCode;
use store::attendance::{self, Segment};
use store::journal::{self, Line};
use store::{Store, rooms};

/// How many lines, or stays, are in memory at a time.
const PAGE: u32 = 200;

/// The history of a room, from its first line to its last, page by page: strangers at the door add to it,
/// and must neither fill the memory nor push anything out.
#[derive(Debug)]
pub struct History {
    pub room: RoomCode,
    pub name: RoomName,
    /// When the reading began.
    pub at: UnixMillis,
    id: RoomId,
    store: Store,
    place: Place,
}

/// Up to where it was read.
#[derive(Debug)]
enum Place {
    Happenings(i64),
    Stays(Option<Segment>),
    End,
}

/// A part of a history; whatever happened comes before the stays.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Page {
    /// What happened, oldest first.
    Happenings(Vec<Happening>),
    /// Who was inside, in order of arrival.
    Stays(Vec<Stay>),
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

/// Begins to read a room's history for somebody who hosts it.
pub(crate) async fn open(
    store: &Store,
    user: UserId,
    code: RoomCode,
    now: UnixMillis,
) -> Result<History, Error> {
    let Room { id, code, name, .. } = hosted(store, user, code).await?;
    Ok(History { room: code, name, at: now, id, store: store.clone(), place: Place::Happenings(0) })
}

impl History {
    /// Reads on; `None` behind the end.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        if let Place::Happenings(after) = &self.place {
            let lines = journal::load_next(&self.store, self.id, *after, PAGE).await?;
            if let Some(last) = lines.last() {
                self.place = Place::Happenings(last.position);
                return Ok(Some(Page::Happenings(lines.into_iter().map(happening).collect())));
            }
            self.place = Place::Stays(None);
        }
        if let Place::Stays(after) = &self.place {
            let segments = attendance::load_next(&self.store, self.id, after.as_ref(), PAGE).await?;
            if let Some(last) = segments.last() {
                self.place = Place::Stays(Some(last.clone()));
                let stays = segments.into_iter().map(|segment| stay(segment, self.at)).collect();
                return Ok(Some(Page::Stays(stays)));
            }
            self.place = Place::End;
        }
        Ok(None)
    }
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

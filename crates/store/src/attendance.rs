//! Who was inside, from when to when: one segment for each stay.
//!
//! | event | segment |
//! |---|---|
//! | entered | opened |
//! | left, lost, removed | closed at that time, for that reason |
//! | ended | every open one is closed |
//!
//! Invariants, which the schema keeps: a participant has one open segment at most, and whoever left has a
//! reason. Closing touches open segments only, so a segment is closed once, whoever tries again.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store};
use model::{DisplayName, ParticipantId, Role, RoomId, UnixMillis, UserId};

/// One stay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Segment {
    pub participant: ParticipantId,
    /// Counts the stays of one participant.
    pub number: i64,
    pub user: UserId,
    /// As they were called when they came in.
    pub name: String,
    /// What they were when they came in, in one word.
    pub role: String,
    pub entered_at: UnixMillis,
    /// When and why it ended; `None` while they are inside.
    pub left: Option<(UnixMillis, Exit)>,
}

/// Why a stay ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    Left,
    Lost,
    Removed,
    /// The time of the call was over.
    TimeUp,
    Ended,
}

/// Somebody who comes in.
pub(crate) struct Entry<'a> {
    pub participant: ParticipantId,
    pub user: UserId,
    pub name: &'a DisplayName,
    pub role: Role,
    pub at: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    participant_id: String,
    number: i64,
    user_id: String,
    name: String,
    role: String,
    entered_at: i64,
    left_at: Option<i64>,
    reason: Option<String>,
}

/// The stays in a room, the newest `limit` of them in order of arrival.
pub async fn load_newest(store: &Store, room: RoomId, limit: u32) -> Result<Vec<Segment>, Error> {
    const SQL: &str = "select participant_id, number, user_id, name, role, entered_at, left_at, reason \
         from attendance where room_id = $1 order by entered_at desc, participant_id, number desc limit $2";
    let statement = Statement::new(SQL).text(room.to_hex()).integer(i64::from(limit));
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    raw.into_iter().rev().map(Raw::parse).collect()
}

/// The stays that follow `after`, at most `limit` of them, in order of arrival.
pub async fn load_next(
    store: &Store,
    room: RoomId,
    after: Option<&Segment>,
    limit: u32,
) -> Result<Vec<Segment>, Error> {
    const SQL: &str = "select participant_id, number, user_id, name, role, entered_at, left_at, reason \
         from attendance where room_id = $1 and (entered_at, participant_id, number) > ($2, $3, $4) \
         order by entered_at, participant_id, number limit $5";
    let statement = Statement::new(SQL).text(room.to_hex());
    let statement = match after {
        Some(last) => statement.time(last.entered_at).text(last.participant.to_hex()).integer(last.number),
        None => statement.integer(i64::MIN).text("").integer(i64::MIN),
    };
    let raw: Vec<Raw> = store.fetch_all(statement.integer(i64::from(limit))).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Opens a segment.
pub(crate) async fn open(tx: &mut RoomTransaction, entry: &Entry<'_>) -> Result<(), Error> {
    const SQL: &str = "insert into attendance \
         (participant_id, number, room_id, user_id, name, role, entered_at) \
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from attendance where participant_id = $1";
    let statement = tx
        .about(SQL, entry.participant)
        .text(entry.user.to_hex())
        .text(entry.name.as_str())
        .text(entry.role.word())
        .time(entry.at);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Closes a participant's open segment; harmless if there is none.
pub(crate) async fn close(
    tx: &mut RoomTransaction,
    participant: ParticipantId,
    exit: Exit,
    at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update attendance set left_at = $3, reason = $4 \
         where participant_id = $1 and room_id = $2 and left_at is null";
    let statement = tx.about(SQL, participant).time(at).text(exit.word());
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Closes every open segment of the room.
pub(crate) async fn close_all(tx: &mut RoomTransaction, exit: Exit, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str =
        "update attendance set left_at = $2, reason = $3 where room_id = $1 and left_at is null";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).time(at).text(exit.word());
    tx.tx.execute(statement).await?;
    Ok(())
}

impl Segment {
    /// How long the stay lasted, or has lasted until now, in milliseconds.
    pub fn duration_ms(&self, now: UnixMillis) -> i64 {
        self.left.map_or(now, |(at, _)| at).since(self.entered_at)
    }
}

impl Exit {
    /// The reason in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Lost => "lost",
            Self::Removed => "removed",
            Self::TimeUp => "time_up",
            Self::Ended => "ended",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let all = [Self::Left, Self::Lost, Self::Removed, Self::TimeUp, Self::Ended];
        all.into_iter().find(|exit| exit.word() == word)
    }
}

impl Raw {
    fn parse(self) -> Result<Segment, Error> {
        self.segment().ok_or(Error::Corrupt { table: "attendance" })
    }

    fn segment(self) -> Option<Segment> {
        let left = match (self.left_at, self.reason) {
            (Some(at), Some(reason)) => Some((UnixMillis(at), Exit::parse(&reason)?)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some(Segment {
            participant: self.participant_id.parse().ok()?,
            number: self.number,
            user: self.user_id.parse().ok()?,
            name: self.name,
            role: self.role,
            entered_at: UnixMillis(self.entered_at),
            left,
        })
    }
}

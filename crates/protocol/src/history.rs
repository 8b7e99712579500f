//! What happened in a room, as its hosts read it on the room's page.

use model::{Role, RoomCode, RoomName, UnixMillis};

/// The most lines of the journal that a page shows; the exports hold more.
pub const HISTORY_LINES: usize = 500;

/// The history of a room.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HistoryView {
    pub code: RoomCode,
    pub name: RoomName,
    pub ended: bool,
    /// Whether the journal goes back to the beginning.
    pub is_complete: bool,
    /// What happened, newest first, at most [`HISTORY_LINES`].
    pub happenings: Vec<HappeningView>,
    /// Who was inside, in order of arrival.
    pub attendance: Vec<AttendanceView>,
}

/// One thing that happened.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HappeningView {
    pub at: UnixMillis,
    /// What, in one word; a page that does not know the word says so in general.
    pub what: String,
    /// To whom, and by whom, as they were called at that time.
    pub who: Option<String>,
    pub by: Option<String>,
}

/// One person's time in the room.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AttendanceView {
    /// As they were called last; empty if the name was erased.
    pub name: String,
    /// What they were last, if the word is known.
    pub role: Option<Role>,
    pub visits: u32,
    /// How long they were inside in all, until now if they are still.
    pub total_ms: i64,
    pub first: UnixMillis,
    /// Absent while they are inside.
    pub last: Option<UnixMillis>,
}

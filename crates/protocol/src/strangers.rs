//! Meeting strangers: what the page of it shows, and what comes of looking.

use model::{RoomCode, UnixMillis};

/// What the page shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MeetView {
    pub approach: Approach,
    /// Whether the reader met somebody lately whom they may report.
    pub can_report: bool,
}

/// Whether the reader may look for somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    Open,
    /// Only people with accounts may.
    SignIn,
    /// The reader was reported, and is kept out until then.
    Barred {
        until: UnixMillis,
    },
}

/// What comes of looking.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeekOutcome {
    /// The browser is known from now on; ask again at once.
    Greeted,
    /// Nobody yet; ask again at once.
    Waiting,
    /// The two meet in this room.
    Met { room: RoomCode },
    /// Another page of the reader looks, or the reader stopped it.
    Elsewhere,
    /// The reader may not.
    Refused(Approach),
}

//! What a stranger may know of a room: enough to decide whether to knock, and nothing of who is inside.

use model::{RoomCode, RoomName, UnixMillis};

/// A room as its entry page shows it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EntryView {
    pub code: RoomCode,
    pub name: RoomName,
    pub state: EntryState,
    /// Whether the reader hosts this room.
    pub hosting: bool,
}

/// What the reader will meet at the door.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The reader may walk in.
    Open,
    /// The reader will have to wait for a host.
    Knock { host_present: bool },
    /// No more people fit.
    Full,
    /// The room is over.
    Ended { at: UnixMillis },
}

/// One of the rooms that this browser hosts.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HostedRoom {
    pub code: RoomCode,
    pub name: RoomName,
    pub created_at: UnixMillis,
    /// How many people are inside just now.
    pub present: u16,
    pub waiting: u16,
}

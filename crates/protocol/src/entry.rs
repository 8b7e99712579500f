//! What a stranger may know of a room: enough to decide whether to knock, and no more of who is inside
//! than the host allows.

use crate::Barrier;
use model::{DisplayName, Notice, Occurrence, Role, RoomCode, RoomName, UnixMillis, WebAddress};

/// A room as its entry page shows it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EntryView {
    pub code: RoomCode,
    pub name: RoomName,
    pub state: EntryState,
    /// What the reader is to the room, or would be by the invite that they show.
    pub role: Role,
    /// What the owner is called here, for somebody whom the room knows or who has an invite.
    pub host: Option<DisplayName>,
    /// The planned time that is on or next.
    pub occurrence: Option<Occurrence>,
    /// Since when somebody has been inside.
    pub open_since: Option<UnixMillis>,
    /// Who is inside, if the host lets the door know.
    pub inside: Option<Vec<DisplayName>>,
    /// What the host tells people at the door.
    pub notice: Option<Notice>,
    /// As whom the reader was invited, if the invite that they show is for one person.
    #[serde(default)]
    pub invited_as: Option<DisplayName>,
    /// The page on which people go on after the call, for those who may come in.
    #[serde(default)]
    pub after: Option<WebAddress>,
    pub now: UnixMillis,
}

/// What the reader will meet at the door.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The reader may walk in.
    Open,
    /// The reader will have to wait for a host.
    Knock { host_present: bool },
    /// The door opens then.
    Early { opens_at: UnixMillis },
    /// The reader must type the passcode, and will then have to wait or not.
    Passcode,
    /// The reader may not come in, and why.
    Barred { barrier: Barrier },
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
    /// The planned time that is on or next.
    pub occurrence: Option<Occurrence>,
    /// How many people are inside just now.
    pub present: u16,
    pub waiting: u16,
}

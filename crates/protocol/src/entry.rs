//! What a stranger may know of a room: enough to decide whether to knock, and no more of who is inside
//! than the host allows.

use crate::Barrier;
use model::{DisplayName, Notice, Occurrence, Role, RoomCode, RoomName, SessionId, UnixMillis, WebAddress};

/// A room as its entry page shows it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EntryView {
    pub code: RoomCode,
    pub name: RoomName,
    pub state: EntryState,
    /// What the reader's browser has here already, whatever the door says to somebody who comes anew.
    #[serde(default)]
    pub place: Option<Place>,
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
    /// What it costs the reader to come in, if it costs them anything.
    #[serde(default)]
    pub price: Option<PriceView>,
    pub now: UnixMillis,
}

/// What it costs to come in, and how far the reader is.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PriceView {
    /// The terms, a sentence each, as they are agreed to.
    pub sentences: Vec<String>,
    /// The same sentences in other languages; `rooms/entry` answers with that of the reader alone.
    #[serde(default)]
    pub translations: Vec<TermsIn>,
    /// The digest of the terms, to which the reader agrees by it.
    pub terms: String,
    /// What has to be paid before coming in, if that is before.
    pub due: Option<String>,
    /// Whether that is only kept ready on the card until the session is over.
    #[serde(default)]
    pub is_kept_ready: bool,
    /// Where it costs prepaid minutes, how many whole ones the reader has with this host.
    #[serde(default)]
    pub minutes_left: Option<u32>,
    /// Whether the reader may buy more of them here.
    #[serde(default)]
    pub sells_minutes: bool,
    /// Until when they may pay who have agreed already.
    pub until: Option<UnixMillis>,
    /// Until when others may be paying for every place that is left; nobody else may pay before.
    #[serde(default)]
    pub taken_until: Option<UnixMillis>,
    /// A bill of an earlier call with this host, which they have to pay before they may agree.
    #[serde(default)]
    pub bill: Option<BillView>,
    /// Whether no money moves, because the server only tries it out.
    pub is_test: bool,
}

/// Terms in a language that is not the one in which they are agreed to.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TermsIn {
    /// The language as HTML names it (BCP 47).
    pub lang: String,
    pub sentences: Vec<String>,
}

/// A bill that is not paid.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BillView {
    /// What it is for.
    pub session: SessionId,
    /// How much it is.
    pub due: String,
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
    /// No more people fit inside.
    Full,
    /// No more people fit before the door.
    DoorFull,
    /// The room is over; `expired` if nobody ended it but time.
    Ended {
        at: UnixMillis,
        #[serde(default)]
        expired: bool,
    },
}

/// What a browser has in a room already, in one of its pages: the server cannot tell which.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Somebody waits at the door.
    Waiting { host_present: bool },
    /// Somebody is inside.
    Inside,
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

//! What a page may know of the reader's contacts and direct calls, what it may ask for, and why not.

use model::{ContactToken, DisplayName, RingId, RoomCode, UnixMillis, UserId};

/// All that the page of one's own contacts shows.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PeopleView {
    /// The personal link by which others ask.
    pub link: ContactToken,
    pub contacts: Vec<ContactView>,
    /// Who waits for the reader's answer, the oldest first.
    pub asking: Vec<PersonView>,
    /// Whose answer the reader waits for.
    pub asked: Vec<PersonView>,
    pub blocked: Vec<PersonView>,
    /// Calls that the reader missed, the newest first.
    pub missed: Vec<MissedView>,
    /// The call that is under way.
    pub call: Option<CallView>,
}

/// Somebody, by the name of their account.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PersonView {
    pub user: UserId,
    pub name: DisplayName,
}

/// A contact.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ContactView {
    pub person: PersonView,
    pub presence: Presence,
}

/// Whether somebody can be rung.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Has a page open that rings.
    Online,
    /// Is inside a room.
    InCall,
    Offline,
}

/// A call that nobody answered.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MissedView {
    pub ring: RingId,
    pub from: PersonView,
    pub at: UnixMillis,
}

/// A direct call, as one of the two sees it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CallView {
    pub ring: RingId,
    pub with: PersonView,
    /// Whether the reader is rung, and did not call.
    pub incoming: bool,
    pub state: CallState,
}

/// How far a direct call has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Until then, if nobody answers.
    Ringing {
        until: UnixMillis,
    },
    /// The two meet in this room.
    Connected {
        room: RoomCode,
    },
    Ended(CallEnding),
}

/// How a direct call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnding {
    /// It was answered, and is over.
    Over,
    Declined,
    Cancelled,
    /// Nobody answered in time.
    Missed,
    /// It never rang.
    Busy,
}

/// Whose personal link it is, and what there is between the two.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LinkView {
    pub name: DisplayName,
    pub relation: Relation,
}

/// What somebody is to the reader.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    Stranger,
    /// The reader waits for their answer.
    Asked,
    /// They wait for the reader's.
    AsksMe,
    Contact,
    /// The reader blocked them.
    Blocked,
    /// It is the reader.
    Myself,
}

/// What the reader does about their contacts. Each says what shall be, so that a repeat is harmless.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleErrand {
    /// Say yes to somebody who asks.
    Accept(UserId),
    /// Say no; they are not told.
    Decline(UserId),
    /// Wait for an answer no longer.
    Withdraw(UserId),
    /// Be contacts no longer.
    Remove(UserId),
    /// The same, and hear of them no more.
    Block(UserId),
    Unblock(UserId),
    /// Make the personal link worthless, and have another.
    RenewLink,
    /// Forget the calls that were missed.
    ForgetMissed,
}

/// What somebody does about a direct call.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingAnswer {
    Accept,
    Decline,
    Cancel,
}

/// Why something about contacts or direct calls is refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleRefusal {
    /// The link leads to nobody, or not any more.
    LinkUnknown,
    /// The link is one's own.
    Yourself,
    /// The reader has blocked them.
    Blocked,
    /// One of the two has as many contacts as they may.
    TooManyContacts,
    /// Too many requests wait already.
    TooManyRequests,
    /// Nobody of that name asks, or any more.
    NotAsking,
    /// They are no contact.
    NotContact,
    /// The call rings no more, or never did for the reader.
    CallOver,
    /// The reader is in a direct call already, or is rung.
    InCall,
    /// The reader has blocked as many people as they may.
    TooManyBlocked,
}

impl PeopleRefusal {
    /// The HTTP status that goes with the refusal.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotContact => 403,
            Self::LinkUnknown | Self::NotAsking | Self::CallOver => 410,
            Self::Yourself
            | Self::Blocked
            | Self::TooManyContacts
            | Self::TooManyRequests
            | Self::InCall
            | Self::TooManyBlocked => 409,
        }
    }
}

//! The rules of a room as pages and calls know them.
//!
//! | type | who knows it |
//! |---|---|
//! | [`RoomRules`] | everybody inside |
//! | [`Deed`] | what a host does during the call |
//! | [`Tweak`] | which rule a host changes with one press during the call |
//! | [`Errand`] | what a host sets on the room's page |
//! | [`RoomSettings`] | hosts, on the room's page |

use model::policy::{Circle, Door, Favour};
use model::{
    DisplayName, EmailAddress, InviteId, Money, Occurrence, ParticipantId, Policy, Role, RoomCode, RoomName,
    Schedule, Source, UnixMillis, UserId,
};

/// What everybody inside knows of the rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RoomRules {
    pub door: Door,
    pub locked: bool,
    pub hard_mute: bool,
    pub speak: Circle,
    pub share: Circle,
    pub chat: Circle,
    pub favour: Favour,
}

impl From<&Policy> for RoomRules {
    fn from(policy: &Policy) -> Self {
        let Policy { door, locked, hard_mute, speak, share, chat, favour, .. } = *policy;
        Self { door, locked, hard_mute, speak, share, chat, favour }
    }
}

/// One rule, changed during the call.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tweak {
    Lock(bool),
    Door(Door),
    HardMute(bool),
    Speak(Circle),
    Share(Circle),
    Chat(Circle),
}

impl Tweak {
    /// The rules with this one changed.
    #[must_use]
    pub fn applied_to(self, mut policy: Policy) -> Policy {
        match self {
            Self::Lock(locked) => policy.locked = locked,
            Self::Door(door) => policy.door = door,
            Self::HardMute(hard) => policy.hard_mute = hard,
            Self::Speak(circle) => policy.speak = circle,
            Self::Share(circle) => policy.share = circle,
            Self::Chat(circle) => policy.chat = circle,
        }
        policy
    }
}

/// What somebody with a seat inside does to people or to the room.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Lets one waiting person in.
    Admit(ParticipantId),
    /// Lets everybody in who waits, as far as they fit.
    AdmitAll,
    /// Sends a waiting person away.
    Deny(ParticipantId),
    /// Sends everybody away who waits.
    DenyAll,
    /// Puts a person out.
    Remove(ParticipantId),
    /// Puts a person out for good.
    Ban(ParticipantId),
    /// Stops what somebody sends.
    Mute { participant: ParticipantId, source: Source },
    /// Lets somebody speak who was muted for good.
    LetSpeak(ParticipantId),
    /// Gives another role.
    Appoint { participant: ParticipantId, role: Role },
    /// Takes the role of a co-host or a viewer back; they are what they were before.
    TakeBack(ParticipantId),
    /// Makes somebody the owner.
    HandOver(ParticipantId),
    /// Changes one rule.
    Tweak(Tweak),
    /// Ends the room for everybody and for ever.
    End,
}

/// What a host sets on the room's page, without being inside.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    SetPolicy(Box<Policy>),
    Rename(RoomName),
    /// Sets the plan, or takes it away.
    Plan(Option<Schedule>),
    /// Makes an invite; a repeat with the same id makes none.
    Invite {
        id: InviteId,
        invite: InviteRequest,
    },
    /// Makes an invite for one person and mails it; a repeat with the same id does neither.
    Mail {
        id: InviteId,
        mail: MailRequest,
    },
    /// Mails an invite once more.
    MailAgain(InviteId),
    /// Makes an invite worthless.
    Revoke(InviteId),
    /// Gives a user another role; that of a guest takes every other away.
    Appoint {
        user: UserId,
        role: Role,
    },
    /// Lets somebody come back who was banned.
    Pardon(UserId),
    /// Ends the room for everybody and for ever.
    End,
}

/// Everything about a room that its hosts may see and set.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RoomSettings {
    pub code: RoomCode,
    pub name: RoomName,
    /// What the reader is to the room.
    pub role: Role,
    pub policy: Policy,
    pub schedule: Option<Schedule>,
    /// The time that is on or next.
    pub occurrence: Option<Occurrence>,
    /// The owner first.
    pub members: Vec<MemberView>,
    pub banned: Vec<MemberView>,
    pub invites: Vec<InviteView>,
    /// Whether the reader can invite by mail.
    pub mail: MailWay,
    /// What this server can sell.
    pub selling: Selling,
    /// The smallest amounts that can be asked for, in currencies in which there is one.
    #[serde(default)]
    pub least: Vec<Money>,
    pub ended: Option<UnixMillis>,
}

/// What a server can sell.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selling {
    /// It takes no payments.
    Nothing,
    /// It tries payments out, and no money moves.
    Test,
    Money,
    /// It does, for rooms whose owner has an account.
    NeedsAccount,
    /// It does, for rooms of owners whom its operator names; this one is not among them.
    NotListed,
    /// It does, for rooms whose owner has connected an account at Stripe that takes payments.
    NeedsStripe,
}

/// Somebody whom the room knows.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MemberView {
    pub user: UserId,
    /// The name under which they last came, or that of their account; `None` if they have neither.
    pub name: Option<DisplayName>,
    pub role: Role,
    /// Whether it is the reader.
    pub mine: bool,
}

/// One invite, as its makers see it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct InviteView {
    pub id: InviteId,
    /// What the link carries; empty for an invite that was revoked.
    pub token: String,
    pub label: Option<DisplayName>,
    pub role: Role,
    pub personal: bool,
    pub uses: Option<u16>,
    pub used: u16,
    pub until: Option<UnixMillis>,
    pub made_at: UnixMillis,
    pub revoked: bool,
    /// To whom it was mailed, if it was.
    pub mailed: Option<MailedView>,
}

/// Whether somebody can invite by mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    Ready,
    /// This server sends no mails.
    NoServer,
    /// Only somebody with an account and a confirmed address sends mails to others.
    NeedsAccount,
}

/// To whom an invite was mailed.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MailedView {
    pub to: EmailAddress,
    pub state: MailState,
}

/// How far the last mail about an invite has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    Waiting,
    Sent,
    /// The mail server did not take it.
    Refused,
    /// The mail server could not be reached.
    Failed,
}

/// An invite that goes to one person by mail.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MailRequest {
    pub to: EmailAddress,
    /// Who that is, for the mail and for the list of invites.
    pub name: Option<DisplayName>,
    pub role: Role,
}

/// An invite that is to be made.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct InviteRequest {
    pub label: Option<DisplayName>,
    pub role: Role,
    pub personal: bool,
    pub uses: Option<u16>,
    /// How many hours it is worth something; `None` for as long as the room lives.
    pub hours: Option<u16>,
}

//! What may be asked of a room, and what may happen in it.

use super::invite::Invite;
use super::{Link, Visitor};
use model::{
    DeviceId, InviteId, Offer, ParticipantId, Passcode, Policy, Role, RoomName, Schedule, Source, UnixMillis,
    UserId,
};

/// Please do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Come in, knock, or take a seat up again.
    Join { participant: ParticipantId, visitor: Visitor, key: Key },
    /// Give the seat up.
    Leave { participant: ParticipantId },
    /// Give up whatever a user has here by browsers that are signed out.
    SignOut { user: UserId, browsers: Browsers },
    /// The socket is gone.
    Drop { participant: ParticipantId, closing: Closing },
    /// The socket is open.
    Return { participant: ParticipantId },
    /// Let every deadline that has passed take effect.
    Sweep,

    /// Let one waiting person in.
    Admit { by: ParticipantId, participant: ParticipantId },
    /// Let everybody in who waits, as far as they fit.
    AdmitAll { by: ParticipantId },
    /// Send a waiting person away.
    Deny { by: ParticipantId, participant: ParticipantId },
    /// Send everybody away who waits.
    DenyAll { by: ParticipantId },
    /// Put a person out, with every seat of the same user.
    Remove { by: ParticipantId, participant: ParticipantId },
    /// The same, for good: neither the user nor the device comes back.
    Ban { by: ParticipantId, participant: ParticipantId },
    /// Stop what somebody sends.
    Mute { by: ParticipantId, participant: ParticipantId, source: Source },
    /// Let somebody speak who was muted for good.
    LetSpeak { by: ParticipantId, participant: ParticipantId },

    /// Give a user another role; that of a guest takes every other away.
    Appoint { by: UserId, user: UserId, role: Role },
    /// Take the role of a co-host or a viewer back: they are again what they were before.
    TakeBack { by: UserId, user: UserId },
    /// Make somebody inside the owner.
    HandOver { by: UserId, participant: ParticipantId },
    /// Let somebody come back who was banned.
    Pardon { by: UserId, user: UserId },
    /// Set the rules.
    SetPolicy { by: UserId, policy: Box<Policy> },
    /// Set what it costs to come in, or make it free, as whoever runs the server.
    Price { by: UserId, offer: Option<Box<Offer>> },
    /// Set the name.
    Rename { by: UserId, name: RoomName },
    /// Set the plan, or take it away.
    Plan { by: UserId, schedule: Option<Schedule> },
    /// Make an invite.
    Invite { by: UserId, id: InviteId, invite: Invite },
    /// Make an invite worthless.
    Revoke { by: UserId, id: InviteId },
    /// The time that a user paid for is over; `seats` are those with which they were inside, should they
    /// have signed in as somebody else meanwhile.
    RunOut { user: UserId, seats: Vec<ParticipantId> },
    /// End the room for everybody and for ever.
    End { by: UserId },
}

/// What somebody shows at the door.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Key {
    /// The invite that their link carries, if its tag is ours.
    pub invite: Option<InviteId>,
    pub passcode: Option<Passcode>,
    /// Whether they paid for what the room costs, or have it already.
    pub entitled: bool,
    /// Whether they agreed to pay for it afterwards: they meet the same as anybody in a free room.
    pub agreed: bool,
    /// Set for a program that has nothing but the invite, and shows it each time.
    pub program: Option<Program>,
}

/// What a program comes for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    /// It sends and receives nothing (WHIP).
    Publishes,
    /// It receives and sends nothing (WHEP).
    Watches,
}

/// How a socket came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The browser said goodbye.
    Clean,
    /// The line went dead.
    Lost,
}

/// Which of somebody's browsers are signed out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Browsers {
    Only(DeviceId),
    AllBut(DeviceId),
    All,
}

/// It happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The first person is inside.
    Opened { at: UnixMillis },
    /// The last person is gone; the room stays.
    Emptied { at: UnixMillis },
    /// Somebody waits at the door.
    Knocked { participant: ParticipantId, visitor: Visitor, at: UnixMillis, link: Link },
    /// Somebody may come in, until then.
    Admitted { participant: ParticipantId, by: ParticipantId, until: UnixMillis },
    /// A waiting person was sent away.
    Denied { participant: ParticipantId, by: ParticipantId },
    /// Somebody left the door who waited there, or had been let in.
    Withdrew { participant: ParticipantId, reason: Departure },
    /// A person who had been let in did not come.
    Lapsed { participant: ParticipantId },
    /// A person who had been let in may not come any more.
    Revoked { participant: ParticipantId, by: ParticipantId },
    /// Somebody is inside.
    Entered { participant: ParticipantId, visitor: Visitor, role: Role, at: UnixMillis, link: Link },
    /// The socket of a seat opened, or is expected for longer. Not worth a record.
    Linked { participant: ParticipantId, link: Link },
    /// The socket of a seat is gone; the seat is kept for a while.
    Dropped { participant: ParticipantId, link: Link },
    /// Somebody who had dropped is back.
    Returned { participant: ParticipantId, link: Link },
    /// Somebody inside is gone.
    Left { participant: ParticipantId, reason: Departure },
    /// Somebody who was lost may come back in, until then.
    Excused { participant: ParticipantId, visitor: Visitor, until: UnixMillis },
    /// Somebody inside was put out.
    Removed { participant: ParticipantId, by: ParticipantId },
    /// A user must wait at the door from now on, until a host lets them in again.
    Barred { user: UserId, by: ParticipantId },
    /// A user and a device may not come back.
    Banned { user: UserId, device: DeviceId, by: ParticipantId },
    /// A banned user and their device may come back.
    Pardoned { user: UserId, by: UserId },
    /// What somebody sends was stopped; `held` if they may not start it again by themselves.
    Muted { participant: ParticipantId, user: UserId, source: Source, held: bool, by: ParticipantId },
    /// Somebody who was muted for good may speak.
    Unmuted { participant: ParticipantId, user: UserId, by: ParticipantId },
    /// A user has another role; `former` is the one to go back to, if the new one can be taken back.
    Appointed { user: UserId, role: Role, former: Option<Role>, by: UserId },
    /// The room has another owner; the old one is a co-host.
    HandedOver { from: UserId, to: UserId },
    /// The rules are others.
    PolicySet { policy: Box<Policy>, by: Ruler },
    /// The name is another.
    Renamed { name: RoomName, by: UserId },
    /// The plan is another.
    Planned { schedule: Option<Schedule>, by: UserId },
    /// There is an invite, and one that is forgotten for it where there were as many as there may be.
    Invited { id: InviteId, invite: Invite, by: UserId, instead_of: Option<InviteId> },
    /// An invite made a user what it promised; somebody is forgotten for it who was made so by an invite,
    /// too, where as many are known as may be.
    InviteUsed { id: InviteId, user: UserId, role: Role, instead_of: Option<UserId> },
    /// An invite is worth nothing any more.
    InviteRevoked { id: InviteId, by: UserId },
    /// The room is over.
    Ended { by: EndedBy, at: UnixMillis },
}

/// Who set what holds in a room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ruler {
    Host(UserId),
    /// Whoever runs the server set the price.
    Operator(UserId),
}

/// Who or what ended a room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndedBy {
    Host(UserId),
    /// Nobody came for so long, or every planned time is over.
    Expiry,
    /// The owner deleted their account.
    OwnerGone,
}

/// Why somebody is gone of whom nobody got rid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Departure {
    /// They left.
    Left,
    /// They were away for too long.
    Lost,
    /// The time of the call was over.
    TimeUp,
    /// The login by which they came has ended.
    SignedOut,
}

impl Browsers {
    /// Whether this one is among them.
    pub fn include(self, device: DeviceId) -> bool {
        match self {
            Self::Only(only) => only == device,
            Self::AllBut(spared) => spared != device,
            Self::All => true,
        }
    }
}

/// Why a room refused a command. Each variant is a rule a person can be told, never a malfunction.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("the room has ended")]
    Ended,
    #[error("the room holds no more people")]
    Full,
    #[error("no more people can wait at the door")]
    DoorFull,
    #[error("the door is not open yet")]
    TooEarly,
    #[error("the planned time is over")]
    TooLate,
    #[error("the door is locked")]
    Locked,
    #[error("the door asks for a passcode")]
    PasscodeMissing,
    #[error("this is not the passcode")]
    PasscodeWrong,
    #[error("only people with an invite come in")]
    MembersOnly,
    #[error("this user or this device is banned")]
    Banned,
    #[error("the room knows no such invite")]
    InviteUnknown,
    #[error("the invite has expired")]
    InviteExpired,
    #[error("the invite is used up")]
    InviteUsedUp,
    #[error("the invite was revoked")]
    InviteRevoked,
    #[error("the invite belongs to somebody else")]
    InviteTaken,
    #[error("the price of coming in is not paid")]
    Unpaid,
    #[error("nothing of this kind is sold here")]
    NotSold,
    #[error("only a host may do this")]
    NotHost,
    #[error("only the owner may do this")]
    NotOwner,
    #[error("only somebody inside may do this")]
    NotPresent,
    #[error("nobody by that id is waiting")]
    NotWaiting,
    #[error("nobody by that id is inside")]
    NoSuchParticipant,
    #[error("this cannot be done to a host")]
    NotRemovable,
    #[error("this role cannot be given")]
    NotAppointable,
    #[error("the invite is not for this")]
    NotAllowed,
    #[error("the room can remember no more of these")]
    TooMany,
    #[error("the time zone is not known")]
    UnknownZone,
    #[error("the plan is already over")]
    PlanOver,
}

//! What may be asked of a room, and what may happen in it.

use super::Link;
use model::{DisplayName, ParticipantId, Role, UnixMillis, UserId};

/// Please do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Come in, knock, or take a seat up again.
    Join { participant: ParticipantId, user: UserId, name: DisplayName },
    /// Let one waiting person in.
    Admit { by: ParticipantId, participant: ParticipantId },
    /// Let everybody in who waits, as far as they fit.
    AdmitAll { by: ParticipantId },
    /// Send a waiting person away.
    Deny { by: ParticipantId, participant: ParticipantId },
    /// Put a person out, with every seat of the same user.
    Remove { by: ParticipantId, participant: ParticipantId },
    /// Give the seat up.
    Leave { participant: ParticipantId },
    /// The socket is gone.
    Drop { participant: ParticipantId, closing: Closing },
    /// The socket is open.
    Return { participant: ParticipantId },
    /// Let every deadline that has passed take effect.
    Sweep,
    /// End the room for everybody and for ever.
    End { by: ParticipantId },
}

/// How a socket came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The browser said goodbye.
    Clean,
    /// The line went dead.
    Lost,
}

/// It happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The first person is inside.
    Opened { at: UnixMillis },
    /// The last person is gone; the room stays.
    Emptied,
    /// Somebody waits at the door.
    Knocked { participant: ParticipantId, user: UserId, name: DisplayName, at: UnixMillis, link: Link },
    /// A waiting person may come in, until then.
    Admitted { participant: ParticipantId, by: ParticipantId, until: UnixMillis },
    /// A waiting person was sent away.
    Denied { participant: ParticipantId, by: ParticipantId },
    /// A waiting person left the door.
    Withdrew { participant: ParticipantId, reason: Departure },
    /// A person who had been let in did not come.
    Lapsed { participant: ParticipantId },
    /// A person who had been let in may not come any more.
    Revoked { participant: ParticipantId, by: ParticipantId },
    /// Somebody is inside.
    Entered {
        participant: ParticipantId,
        user: UserId,
        name: DisplayName,
        role: Role,
        at: UnixMillis,
        link: Link,
    },
    /// The socket of a seat opened, or is expected for longer. Not worth a record.
    Linked { participant: ParticipantId, link: Link },
    /// The socket of a seat is gone; the seat is kept for a while.
    Dropped { participant: ParticipantId, link: Link },
    /// Somebody who had dropped is back.
    Returned { participant: ParticipantId, link: Link },
    /// Somebody inside is gone.
    Left { participant: ParticipantId, reason: Departure },
    /// Somebody inside was put out.
    Removed { participant: ParticipantId, by: ParticipantId },
    /// A user must wait at the door from now on, until a host lets them in again.
    Barred { user: UserId, by: ParticipantId },
    /// The room is over.
    Ended { by: ParticipantId, at: UnixMillis },
}

/// Why somebody is gone of whom nobody got rid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Departure {
    /// They left.
    Left,
    /// They were away for too long.
    Lost,
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
    #[error("only a host may do this")]
    NotHost,
    #[error("only somebody inside may do this")]
    NotPresent,
    #[error("nobody by that id is waiting")]
    NotWaiting,
    #[error("nobody by that id is inside")]
    NoSuchParticipant,
    #[error("a host cannot be removed")]
    NotRemovable,
}

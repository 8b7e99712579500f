//! Programs that come by WHIP and WHEP, with an invite as their bearer token.
//!
//! To the room a program is somebody like anybody else: it stands in the roster, and whoever is put out is
//! gone with their media. Its seat has no call socket; its media connection stands for that, so that a seat
//! whose media die is kept as long as one whose socket broke.
//! Not here: HTTP, which is the server's; the rules, which are `domain::room`'s.

use crate::guesses::Address;
use crate::room_actor::letter::Letter;
use crate::{Error, Rooms};
use model::{InviteToken, ParticipantId, PeerId, RoomCode, StreamKey};

pub use domain::room::Program;

/// What a program brings along.
#[derive(Debug)]
pub struct ProgramOffer {
    pub program: Program,
    pub token: InviteToken,
    /// Only for limits. Absent where callers cannot be told apart by it.
    pub address: Option<Address>,
    pub offer: sfu::plain::PlainOffer,
    /// Whom alone a player shows and plays; without it, whoever speaks.
    pub only: Option<ParticipantId>,
}

/// A session that a program was given.
#[derive(Debug)]
pub struct ProgramSession {
    pub key: StreamKey,
    /// Who the program is in the room.
    pub participant: ParticipantId,
    pub ice: PeerId,
    /// The SDP answer.
    pub answer: String,
}

/// How the ICE of a session is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IceSession {
    pub ice: PeerId,
    /// The program's user fragment.
    pub ufrag: String,
}

/// What somebody wants with a session that they name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SessionAct {
    Look,
    End,
}

impl Rooms {
    /// Lets a program in, and answers its offer.
    pub async fn open_program(&self, room: RoomCode, offer: ProgramOffer) -> Result<ProgramSession, Error> {
        let offer = Box::new(offer);
        self.registry.ask(room, |reply| Letter::Program { offer, reply }).await
    }

    /// Finds a session that was opened with this token, and perhaps ends it.
    pub async fn program_session(
        &self,
        room: RoomCode,
        (key, token): (StreamKey, InviteToken),
        act: SessionAct,
    ) -> Result<IceSession, Error> {
        self.registry.ask(room, |reply| Letter::ProgramSession { key, token, act, reply }).await
    }
}

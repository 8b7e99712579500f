//! What may lie in a room's mailbox.

use crate::Error;
use crate::bus::SocketId;
use crate::connection::Opened;
use crate::media::OfferRefusal;
use crate::payments::Checkout;
use crate::programs::{IceSession, ProgramOffer, ProgramSession, SessionAct};
use crate::room_actor::on_sale::Priced;
use crate::room_actor::seat::Stream;
use crate::rooms::Identity;
use domain::room::{Browsers, Closing};
use domain::session;
use model::{
    ChatText, InviteToken, MessageId, Offer, ParticipantId, ParticipantKey, PeerId, SessionId, StreamKey,
    TermsDigest, Ticket, UnixMillis, UserId,
};
use protocol::{
    ClientMessage, Deed, EntryView, Errand, ErrorCode, JoinOutcome, JoinRequest, Publishing, RoomSettings,
};
use tokio::sync::oneshot;

/// Where an answer goes. Whoever asked may have gone away in the meantime; then nobody listens.
pub type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// Who a request says it comes from; the actor looks for the seat.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub user: UserId,
    pub key: ParticipantKey,
}

/// What somebody with a seat wants done.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Leave,
    Do(Deed),
}

/// What somebody does next who agreed to the price.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PayStep {
    /// They may come in as anybody else.
    Enter,
    /// They are led to the processor.
    Checkout(Checkout),
    /// They have this one to pay first.
    Bill(SessionId),
    /// They have no minutes left with this host, and may buy some.
    Minutes,
}

/// Who waits for the answer to an offer.
pub enum Asker {
    Page(Reply<JoinOutcome>),
    Program {
        /// What the seat has from the answer on.
        stream: Box<Stream>,
        reply: Reply<ProgramSession>,
    },
}

impl Asker {
    /// Says that there will be none.
    pub fn refuse(self, error: Error) {
        // Whoever asked may have gone away.
        let _ = match self {
            Self::Page(reply) => reply.send(Err(error)).is_ok(),
            Self::Program { reply, .. } => reply.send(Err(error)).is_ok(),
        };
    }
}

/// The media threads' answer to the offer of a join.
pub struct Answered {
    pub participant: ParticipantId,
    pub peer: PeerId,
    pub publishing: Publishing,
    pub answer: Result<String, OfferRefusal>,
    pub asker: Asker,
}

/// One message to a room's actor.
pub enum Letter {
    Entry {
        visitor: Option<Identity>,
        invite: Option<InviteToken>,
        reply: Reply<EntryView>,
    },
    Settings {
        user: UserId,
        reply: Reply<RoomSettings>,
    },
    Errand {
        user: UserId,
        errand: Box<Errand>,
        reply: Reply<()>,
    },
    Join {
        visitor: Identity,
        request: Box<JoinRequest>,
        reply: Reply<JoinOutcome>,
    },
    /// A program comes with a token.
    Program {
        offer: Box<ProgramOffer>,
        reply: Reply<ProgramSession>,
    },
    /// Somebody names a session of a program.
    ProgramSession {
        key: StreamKey,
        token: InviteToken,
        act: SessionAct,
        reply: Reply<IceSession>,
    },
    Answered(Box<Answered>),
    Reconnect {
        claim: Claim,
        reply: Reply<Ticket>,
    },
    Act {
        claim: Claim,
        act: Act,
        reply: Reply<()>,
    },
    Say {
        claim: Claim,
        id: MessageId,
        text: ChatText,
        reply: Reply<()>,
    },
    Connect {
        participant: ParticipantId,
        /// Who opens it listens on the line of this name already.
        socket: SocketId,
        reply: Reply<Opened>,
    },
    Heard {
        participant: ParticipantId,
        socket: SocketId,
        message: ClientMessage,
    },
    Closed {
        participant: ParticipantId,
        socket: SocketId,
        closing: Closing,
    },
    /// A browser without an account signed in to one: whatever is `from`'s here becomes `to`'s.
    Adopt {
        from: UserId,
        to: UserId,
        reply: Reply<()>,
    },
    /// A user is deleted: what is theirs here becomes `ghost`'s, who is nobody.
    Forget {
        user: UserId,
        ghost: UserId,
        reply: Reply<()>,
    },
    /// Somebody agrees to what it costs to come in.
    Pay {
        visitor: Identity,
        invite: Option<InviteToken>,
        terms: TermsDigest,
        reply: Reply<PayStep>,
    },
    /// What whoever runs the server reads of what the room costs.
    Priced {
        reply: Reply<Priced>,
    },
    /// They set what it costs, or make it free.
    Price {
        by: UserId,
        offer: Option<Box<Offer>>,
        reply: Reply<()>,
    },
    /// A payer inside wants more time.
    Extend {
        user: UserId,
        reply: Reply<PayStep>,
    },
    /// The payer of a session that is over pays its bill.
    Bill {
        session: SessionId,
        reply: Reply<PayStep>,
    },
    /// A payer calls a session off, as of when they were promised what they get by it.
    CancelSession {
        session: SessionId,
        at: UnixMillis,
        reply: Reply<()>,
    },
    /// A party or the processor has something to say about a session.
    Session {
        session: SessionId,
        command: session::Command,
        reply: Reply<()>,
    },
    /// Browsers of a user are signed out, and what they have here is over.
    SignOut {
        user: UserId,
        browsers: Browsers,
        reply: Reply<()>,
    },
    /// The names in what happened by then are erased, a batch of them from this line on; the answer says in
    /// how many places.
    Fade {
        by: UnixMillis,
        from: i64,
        reply: Reply<u64>,
    },
    /// Only load the room, so that its deadlines run.
    Wake,
    Stop,
}

impl Letter {
    /// Whether somebody waits for an answer.
    pub fn is_request(&self) -> bool {
        match self {
            Self::Entry { .. }
            | Self::Settings { .. }
            | Self::Errand { .. }
            | Self::Join { .. }
            | Self::Program { .. }
            | Self::ProgramSession { .. }
            | Self::Reconnect { .. }
            | Self::Act { .. }
            | Self::Say { .. }
            | Self::Adopt { .. }
            | Self::Forget { .. }
            | Self::Pay { .. }
            | Self::Priced { .. }
            | Self::Price { .. }
            | Self::Extend { .. }
            | Self::Bill { .. }
            | Self::CancelSession { .. }
            | Self::Session { .. }
            | Self::SignOut { .. }
            | Self::Fade { .. }
            | Self::Connect { .. } => true,
            Self::Answered(_) | Self::Heard { .. } | Self::Closed { .. } | Self::Wake | Self::Stop => false,
        }
    }

    /// Answers that there is no such room.
    pub fn refuse_unknown_room(self) {
        self.fail(|| Error::Refused(ErrorCode::RoomNotFound));
    }

    /// Answers that another server holds the room.
    pub fn refuse_room_elsewhere(self) {
        self.fail(|| Error::Elsewhere);
    }

    /// Answers that the room could not be loaded.
    pub fn refuse_broken_room(self) {
        self.fail(|| Error::Gone);
    }

    fn fail(self, error: impl Fn() -> Error) {
        // A reply that nobody waits for any more is no failure.
        let _ = match self {
            Self::Entry { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Join { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Program { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::ProgramSession { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Answered(answered) => return answered.asker.refuse(error()),
            Self::Reconnect { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Settings { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Act { reply, .. }
            | Self::Say { reply, .. }
            | Self::Errand { reply, .. }
            | Self::Price { reply, .. }
            | Self::Adopt { reply, .. }
            | Self::Forget { reply, .. }
            | Self::SignOut { reply, .. }
            | Self::CancelSession { reply, .. }
            | Self::Session { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Pay { reply, .. } | Self::Extend { reply, .. } | Self::Bill { reply, .. } => {
                reply.send(Err(error())).is_ok()
            }
            Self::Connect { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Priced { reply } => reply.send(Err(error())).is_ok(),
            Self::Fade { reply, .. } => reply.send(Err(error())).is_ok(),
            Self::Heard { .. } | Self::Closed { .. } | Self::Wake | Self::Stop => false,
        };
    }
}

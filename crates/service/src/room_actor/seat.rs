//! What a seat has while the process lives and the database does not know: sockets, media, marks.
//!
//! | part | lives from | to |
//! |---|---|---|
//! | `socket` | connect | close, overflow, farewell |
//! | `doorbell` | coming in while the socket of the waiting time is still open | the next connect |
//! | `peer` | the answer to an offer | leaving, or the next answer |
//! | `opening` | an offer | its answer |
//! | `stream` | the answer to a program's offer | leaving, or the next answer |
//!
//! A socket's queue is bounded. When it is full the socket is closed: a browser that cannot keep up is
//! better off with a new snapshot than with old news.

use crate::bus::{Bus, Outlet, Overflow, SocketId};
use crate::rate::{Bucket, MESSAGES};
use domain::room::Program;
use model::{InviteId, ParticipantId, PeerId, StreamKey};
use protocol::{ALL_LAYERS, Change, Farewell, Publishing, ServerMessage, SlotView, Snapshot};
use std::sync::Arc;

/// What a seat has besides its standing.
#[derive(Debug)]
pub struct Seat {
    pub socket: Option<Socket>,
    /// The socket of somebody who has just come in from the door: it hears nothing of the room, but must
    /// not break before the browser has the answer to its join.
    pub doorbell: Option<Socket>,
    pub peer: Option<PeerId>,
    pub opening: Option<Opening>,
    /// Whether the offer of the join that brought them in has not been answered yet.
    pub newcomer: bool,
    pub publishing: Publishing,
    pub demand: Option<Vec<sfu::Want>>,
    pub slots: Vec<SlotView>,
    /// The layers of their camera that anybody is served from.
    pub layers: u8,
    /// What a program has in the place of a socket.
    pub stream: Option<Stream>,
}

/// The session of a program, see `room_actor::programs`.
#[derive(Debug)]
pub struct Stream {
    pub key: StreamKey,
    pub invite: InviteId,
    pub program: Program,
    /// The user fragment of the program's offer.
    pub ufrag: String,
    /// Whom alone a player shows.
    pub only: Option<ParticipantId>,
    /// What it sends; a host may have stopped some of it, or the rules may.
    pub wish: Publishing,
    /// Whether its media are up.
    pub up: bool,
}

/// A connection that the media threads are making.
#[derive(Debug)]
pub struct Opening {
    pub peer: PeerId,
    /// The slots that were reported before the answer was.
    pub slots: Option<Vec<SlotView>>,
    /// The layers, likewise.
    pub layers: Option<u8>,
}

/// The actor's half of one call socket.
#[derive(Debug)]
pub struct Socket {
    pub stage: Stage,
    pub messages: Bucket,
    outlet: Outlet,
    /// The number of the last message about the room.
    revision: u64,
}

/// What a socket may hear.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Only what concerns the person who waits.
    Door,
    /// All that a participant may know.
    Inside,
}

impl Seat {
    pub fn new() -> Self {
        Self {
            socket: None,
            doorbell: None,
            peer: None,
            opening: None,
            newcomer: false,
            publishing: Publishing::default(),
            demand: None,
            slots: Vec::new(),
            layers: ALL_LAYERS,
            stream: None,
        }
    }

    /// Whether there is anybody on the other side, as far as is known. A program's connection that is still
    /// coming up counts: it is either up soon, or reported as lost.
    pub fn is_reached(&self) -> bool {
        self.socket.is_some() || (self.stream.is_some() && self.peer.is_some())
    }

    /// The socket by this id, current or of the waiting time.
    pub fn socket_mut(&mut self, id: SocketId) -> Option<&mut Socket> {
        [&mut self.socket, &mut self.doorbell].into_iter().flatten().find(|socket| socket.id() == id)
    }

    /// Takes note of what the slots of a connection carry; says whether the browser should hear of it.
    pub fn note_slots(&mut self, peer: PeerId, slots: Vec<SlotView>) -> bool {
        if let Some(opening) = self.opening.as_mut().filter(|opening| opening.peer == peer) {
            opening.slots = Some(slots);
            return false;
        }
        let current = self.peer == Some(peer);
        if current {
            self.slots = slots;
        }
        current
    }
}

impl Seat {
    /// Takes note of which layers of their camera a connection need send; says whether the browser should
    /// hear of it.
    pub fn note_layers(&mut self, peer: PeerId, layers: u8) -> bool {
        if let Some(opening) = self.opening.as_mut().filter(|opening| opening.peer == peer) {
            opening.layers = Some(layers);
            return false;
        }
        let current = self.peer == Some(peer);
        if current {
            self.layers = layers;
        }
        current
    }
}

impl Socket {
    /// Makes this half of a socket; the other half listens already.
    pub fn open(bus: Arc<dyn Bus>, id: SocketId, stage: Stage) -> Self {
        Self { stage, messages: Bucket::new(MESSAGES), outlet: Outlet::new(bus, id), revision: 0 }
    }

    pub fn id(&self) -> SocketId {
        self.outlet.line()
    }

    /// Sends something that is not about the room.
    pub fn send(&mut self, message: ServerMessage) -> Result<(), Overflow> {
        self.outlet.send(message)
    }

    /// Sends a numbered change to somebody inside; others hear nothing.
    pub fn tell(&mut self, change: Change) -> Result<(), Overflow> {
        match self.stage {
            Stage::Door => Ok(()),
            Stage::Inside => {
                self.revision += 1;
                self.send(ServerMessage::Change { revision: self.revision, change })
            }
        }
    }

    /// Sends all that somebody inside may know; others hear nothing.
    pub fn greet(&mut self, mut snapshot: Snapshot) -> Result<(), Overflow> {
        match self.stage {
            Stage::Door => Ok(()),
            Stage::Inside => {
                self.revision += 1;
                snapshot.revision = self.revision;
                self.send(ServerMessage::Snapshot(Box::new(snapshot)))
            }
        }
    }

    /// Says the last word and closes.
    pub fn part(mut self, farewell: Farewell) {
        // A browser that cannot be told finds out when it asks for a ticket.
        let _ = self.send(ServerMessage::Farewell(farewell));
    }
}

/// The slots as the browser is told of them.
pub fn slot_views(slots: Vec<sfu::SlotContent>, known: impl Fn(ParticipantId) -> bool) -> Vec<SlotView> {
    let known = slots.into_iter().filter(|slot| known(slot.participant));
    let view = |sfu::SlotContent { mid, participant, source, paused, undecodable }| SlotView {
        mid,
        participant,
        source,
        paused,
        undecodable,
    };
    known.map(view).collect()
}

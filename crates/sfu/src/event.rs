//! What happened at the SFU.

use model::{Mid, ParticipantId, PeerId, RoomId, Source};

/// What one slot carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SlotContent {
    pub mid: Mid,
    pub participant: ParticipantId,
    pub source: Source,
    /// There has been no room for it on the way to the subscriber for a while.
    pub paused: bool,
    /// The subscriber cannot decode it, so the slot carries nothing.
    pub undecodable: bool,
}

/// It happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// ICE and DTLS are up.
    Connected { room: RoomId, peer: PeerId, participant: ParticipantId },
    /// The connection is gone: ICE timed out, DTLS failed, the peer broke protocol, or our code panicked.
    Lost { room: RoomId, peer: PeerId, participant: ParticipantId, reason: LostReason },
    /// The whole mapping of a subscriber's slots, after a change.
    Slots { room: RoomId, peer: PeerId, participant: ParticipantId, slots: Vec<SlotContent> },
    /// Which layers of a peer's camera anybody is served from, after a change: one bit each, by their place
    /// in the offer. What nobody is served from need not be sent.
    Layers { room: RoomId, peer: PeerId, participant: ParticipantId, camera: u8 },
    /// Who speaks in a room, loudest first, after a change.
    Speaking { room: RoomId, participants: Vec<ParticipantId> },
}

/// Why a connection was lost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LostReason {
    /// Nothing was heard for too long, or it never came up.
    Timeout,
    /// The peer broke the protocol.
    Violation,
    /// A bug on our side; the peer was sacrificed, the others live.
    Panic,
}

//! What the rest of the server may ask of the SFU.

use model::{Mid, ParticipantId, PeerId, RoomId, Source};

/// A new connection: who it belongs to and what it offers.
#[derive(Clone, Debug)]
pub struct PeerOffer {
    pub peer: PeerId,
    pub room: RoomId,
    pub participant: ParticipantId,
    /// The browser's SDP offer.
    pub sdp: String,
    /// Whether a page of ours made it, which sends what is left in the answer; programs have their choice.
    pub is_page: bool,
    /// Which m-line sends what; every `recvonly` line is a slot.
    pub lines: Vec<(Mid, Source)>,
}

/// One picture that a subscriber shows, or one voice that they hear alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Want {
    pub participant: ParticipantId,
    pub source: Source,
    /// In device pixels; nothing to a voice.
    pub height: u16,
}

/// Please do.
#[derive(Clone, Debug)]
pub enum Command {
    /// What a participant says it sends just now; a source that is off gives its slots back.
    Publish { peer: PeerId, microphone: bool, camera: bool, screen: bool },
    /// What a participant shows, most important first. Until the first demand everybody is shown. Voices are
    /// not chosen by it, unless it names some: then nobody else is heard.
    Demand { peer: PeerId, wants: Vec<Want> },
    /// Closes one connection.
    Close { peer: PeerId },
    /// Closes every connection of a room.
    CloseRoom { room: RoomId },
}

//! All that a participant may know of a room. Nobody who waits ever receives one.

use crate::RoomRules;
use model::{
    ChatText, DisplayName, MessageId, Mid, ParticipantId, Rights, Role, RoomCode, RoomName, Source,
    UnixMillis,
};

/// The whole knowledge of one participant.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Snapshot {
    /// The number of the message that carries this; the next change has one more.
    pub revision: u64,
    pub room: RoomView,
    pub me: ParticipantId,
    /// What the reader may do.
    pub rights: Rights,
    /// Everybody present, the reader included, in order of arrival.
    pub participants: Vec<ParticipantView>,
    /// Everybody at the door, in order of knocking; empty unless the reader is a host.
    pub waiting: Vec<WaitingGuest>,
    /// The newest chat messages, oldest first.
    pub chat: Vec<ChatMessage>,
    pub slots: Vec<SlotView>,
    /// Which encodings of the reader's camera anybody is served from, one bit each.
    #[serde(default = "all_layers", skip_serializing_if = "is_all_layers")]
    pub layers: u8,
    pub now: UnixMillis,
}

/// Every encoding of a camera, as bits.
pub const ALL_LAYERS: u8 = u8::MAX;

const fn all_layers() -> u8 {
    ALL_LAYERS
}

const fn is_all_layers(layers: &u8) -> bool {
    *layers == ALL_LAYERS
}

/// What everybody inside knows of the room itself.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RoomView {
    pub code: RoomCode,
    pub name: RoomName,
    pub rules: RoomRules,
    /// When the call must be over, if it must; for whoever pays, when the time that they paid for is.
    pub ends_at: Option<UnixMillis>,
    /// How it stands with time that somebody paid for, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<PaidTime>,
    /// More time, which whoever reads this may buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionView>,
}

/// More time that a payer can have.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExtensionView {
    pub minutes: u16,
    /// With its currency.
    pub price: String,
}

/// How it stands with paid time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidTime {
    /// It has not begun: host and payer are not both here.
    Waits,
    Runs,
    /// One of the two is away.
    OnHold,
    /// It is over, and the call is not just yet.
    Over,
}

/// One participant as the others see them.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ParticipantView {
    pub id: ParticipantId,
    pub name: DisplayName,
    pub role: Role,
    pub link: Link,
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
    /// A host muted them for good.
    pub held: bool,
    pub joined_at: UnixMillis,
}

/// Whether a participant can be reached just now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Connected,
    Reconnecting,
}

/// Somebody at the door.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WaitingGuest {
    pub id: ParticipantId,
    pub name: DisplayName,
    pub since: UnixMillis,
}

/// One chat message.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ChatMessage {
    pub id: MessageId,
    pub from: ParticipantId,
    /// The sender's name at that time; the sender may be gone.
    pub name: DisplayName,
    pub text: ChatText,
    pub at: UnixMillis,
}

/// What one slot of the reader's connection carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SlotView {
    pub mid: Mid,
    pub participant: ParticipantId,
    pub source: Source,
    /// There is no room for it on the way to the reader; it comes back by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// The reader's browser cannot decode it, so the slot carries nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecodable: bool,
}

//! Server to browser on the call socket: a snapshot, then numbered changes to it.
//!
//! The number counts the messages of one socket. A browser that sees a gap asks for a snapshot
//! ([`Resync`](crate::ClientMessage::Resync)), so recovery and joining are the same path.

use crate::{ChatMessage, ParticipantView, RoomView, SlotView, Snapshot, WaitingGuest};
use model::{Notice, ParticipantId, Rights, Source};

/// What the server says on a call socket.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// You are waiting; the host knows. Repeated when something of it changes.
    Waiting { host_present: bool, notice: Option<Notice> },
    /// You may come in: join again, now.
    Admitted,
    /// All that you may know; what you knew before is void.
    Snapshot(Box<Snapshot>),
    /// One thing changed. `revision` is one more than that of the message before.
    Change { revision: u64, change: Change },
    /// This was the last message: the socket closes and must not be reopened.
    Farewell(Farewell),
    /// Answers a ping.
    Pong,
}

/// One change to what a participant knows of the room.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Somebody came in.
    Joined(ParticipantView),
    /// Somebody's marks changed: muted, camera, link. The whole view, to be replaced.
    Updated(ParticipantView),
    /// Somebody is gone.
    Left { participant: ParticipantId, reason: LeaveReason },
    /// Somebody waits at the door (hosts only).
    Knocked(WaitingGuest),
    /// Somebody waits no longer (hosts only).
    KnockEnded { participant: ParticipantId },
    /// The room or its rules changed. The whole view, to be replaced.
    Room(RoomView),
    /// What you may do from now on.
    Rights(Rights),
    /// A host stopped what you send; `held` if you may not start it again by yourself.
    Stopped { source: Source, by: ParticipantId, held: bool },
    /// A chat message.
    Said(ChatMessage),
    /// Which publication each of your slots carries; the whole mapping.
    Slots(Vec<SlotView>),
    /// Which encodings of your camera anybody is served from, one bit each in the order of your offer; the
    /// others need not be sent.
    Layers { camera: u8 },
    /// Who speaks just now; the whole set, loudest first.
    Speaking(Vec<ParticipantId>),
}

/// Why somebody is gone, as the others are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    Left,
    Removed,
    Lost,
    /// The time of the call was over.
    TimeUp,
}

/// Why a socket will not speak again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Farewell {
    /// The host did not let you in.
    Denied,
    /// The host removed you.
    Removed,
    /// The host removed you, and you may not come back.
    Banned,
    /// The time of the call was over; the room stays.
    TimeUp,
    /// The host ended the call for all.
    Ended,
    /// The same seat was taken from another tab.
    Replaced,
    /// You left, or were away too long, and your seat is gone.
    Gone,
    /// Your browser was signed out of the account by which you came.
    SignedOut,
}

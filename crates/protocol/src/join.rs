//! Joining: the one question that opens, resumes and rebuilds every call.
//!
//! A join is idempotent: the browser names itself by a [`ParticipantKey`] of its own choosing, so the
//! same question twice is the same participant, whether the first answer was lost, the page was
//! reloaded or the network changed.

use crate::{Publishing, Snapshot};
use model::{
    DisplayName, InviteToken, Mid, ParticipantId, ParticipantKey, Passcode, RoomCode, Source, Ticket,
};

/// Who is speaking to the server about which room; travels with every action inside a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Seat {
    pub room: RoomCode,
    pub key: ParticipantKey,
}

/// Which m-line of the offer sends what. Every `recvonly` line of the offer is a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SendLine {
    pub mid: Mid,
    pub source: Source,
}

/// Asks to come in, or back in.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct JoinRequest {
    pub seat: Seat,
    pub name: DisplayName,
    /// The invite that the link carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteToken>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passcode: Option<Passcode>,
    /// The browser's SDP offer; at most [`SDP_BYTES`](crate::limits::SDP_BYTES).
    pub offer: String,
    pub lines: Vec<SendLine>,
    pub publishing: Publishing,
}

/// The server's answer to a join that was not refused.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinOutcome {
    /// The participant has knocked. The socket will say what the host decided; after
    /// [`Admitted`](crate::ServerMessage::Admitted) the browser asks the same question again.
    Waiting { participant: ParticipantId, ticket: Ticket },
    /// The participant is in. The answer belongs to the offer of this very request.
    Joined { participant: ParticipantId, ticket: Ticket, answer: String, snapshot: Box<Snapshot> },
}

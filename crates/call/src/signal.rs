//! The states of the call socket.

use crate::effect::{ConnectionId, RequestId};

/// The call socket, and the way back to one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signal {
    /// There was no ticket yet.
    Idle,
    /// The browser is opening it.
    Opening { connection: ConnectionId },
    /// It is open, but the server has not said yet what is going on.
    Greeting { connection: ConnectionId },
    /// It works; `revision` numbers the last message about the room, zero while waiting at the door.
    Open { connection: ConnectionId, revision: u64 },
    /// It broke; a new ticket was asked for.
    Asking { request: RequestId },
    /// It broke; the retry timer runs.
    Pausing,
}

impl Signal {
    /// The socket of this state, open or not.
    pub const fn connection(self) -> Option<ConnectionId> {
        match self {
            Self::Opening { connection } | Self::Greeting { connection } | Self::Open { connection, .. } => {
                Some(connection)
            }
            Self::Idle | Self::Asking { .. } | Self::Pausing => None,
        }
    }

    /// The socket that can be written to.
    pub const fn writable(self) -> Option<ConnectionId> {
        match self {
            Self::Greeting { connection } | Self::Open { connection, .. } => Some(connection),
            Self::Idle | Self::Opening { .. } | Self::Asking { .. } | Self::Pausing => None,
        }
    }
}

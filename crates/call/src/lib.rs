//! The browser's side of a call, as a pure reducer.
//!
//! ```text
//! Preview ──join──▶ Joining ──▶ Waiting ──admitted──▶ InCall { Connecting | Connected | Reconnecting }
//!    ▲                 │            │                    │
//!    └──── refused ────┘            └──────▶ Left ◀──────┘
//! ```
//!
//! [`Call::handle`] takes what happened and the time, and returns what the shell must do. The shell is
//! `browser`; the simulator and the tests are other shells. Signalling and peer states are separate
//! fields of `InCall`, because either can fail alone.
//!
//! Not here: JavaScript objects, sockets, clocks, randomness. Tracks are known by [`model::Source`].

pub mod effect;
pub mod input;
pub mod view;

pub use effect::{ApiCall, CaptureId, ConnectionId, Cue, DeviceId, Effect, Epoch, RequestId, Timer};
pub use input::{
    Action, ApiAnswer, Captured, Device, DeviceKind, DeviceProblem, Input, Offer, PeerProblem, PeerState,
};
pub use view::View;

use model::{MonoMillis, ParticipantKey, RoomCode};

/// One call, from the entry page to the page after it.
#[derive(Debug)]
pub struct Call {
    room: RoomCode,
    key: ParticipantKey,
}

impl Call {
    /// Starts on the entry page of `room`. `key` is fresh randomness, used unless a seat is resumed.
    pub fn new(room: RoomCode, key: ParticipantKey) -> Self {
        Self { room, key }
    }

    /// Takes in what happened and returns what must be done, in order.
    pub fn handle(&mut self, _input: Input, _now: MonoMillis) -> Vec<Effect> {
        Vec::new()
    }

    /// What a person may see just now.
    pub fn view(&self) -> View {
        todo_view()
    }
}
fn todo_view() -> View {
    panic!()
}

//! The way from a room to a call socket, as a seam: today both are in one process.
//!
//! ```text
//! room_actor ──Outlet──▶ Bus ──Inlet──▶ connection ──▶ browser
//!      ▲                                    │
//!      └──────── letter: tell all again ◀── gap
//! ```
//!
//! A bus may lose parcels, and must not wait. So the room numbers what it says on each line, and whoever
//! listens asks for everything when a number is missing ([`ear`]). The numbers count parcels on one line
//! and never reach a browser: those of the room would have gaps that mean nothing, or tell a guest how
//! often somebody knocked ([decision 0012](../../../docs/decisions/0012-the-bus-carries-lines.md)).
//!
//! Invariants: one line has one listener, which listens before the room speaks; what is heard was said, in
//! this order, and nothing that depends on a lost parcel is heard before all was told again.

pub mod ear;

use ear::{Ear, Heard};
use protocol::ServerMessage;
use protocol::limits::SOCKET_QUEUE;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Names one call socket, and the line to it, for as long as the socket is open.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct SocketId(pub u128);

/// One message on a line.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Counts from 1 on each line.
    pub sequence: u64,
    pub message: ServerMessage,
}

/// A line is full, or nobody listens to it any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overflow;

/// Carries parcels from the server that has a room to the one that has a socket.
pub trait Bus: Debug + Send + Sync {
    /// Begins a line; what is said on it waits in a queue of a bounded length.
    fn listen(&self, line: SocketId) -> mpsc::Receiver<Parcel>;

    /// Says something on a line, without waiting. Success does not mean that it arrives.
    fn send(&self, line: SocketId, parcel: Parcel) -> Result<(), Overflow>;

    /// Ends a line, from either side: what was said before may still be heard, and then the end.
    fn hang_up(&self, line: SocketId);
}

/// A bus that does not leave the process, and loses nothing.
#[derive(Debug, Default)]
pub struct LocalBus {
    lines: Mutex<BTreeMap<SocketId, mpsc::Sender<Parcel>>>,
}

/// The room's end of a line. The line ends with it.
#[derive(Debug)]
pub(crate) struct Outlet {
    bus: Arc<dyn Bus>,
    line: SocketId,
    sequence: u64,
}

/// The listener's end of a line. The line ends with it.
#[derive(Debug)]
pub(crate) struct Inlet {
    bus: Arc<dyn Bus>,
    line: SocketId,
    parcels: mpsc::Receiver<Parcel>,
    ear: Ear,
}

impl LocalBus {
    fn lines(&self) -> MutexGuard<'_, BTreeMap<SocketId, mpsc::Sender<Parcel>>> {
        // Each change to the table is one call, so a panic elsewhere cannot have left it half done.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for LocalBus {
    fn listen(&self, line: SocketId) -> mpsc::Receiver<Parcel> {
        let (sender, receiver) = mpsc::channel(SOCKET_QUEUE);
        self.lines().insert(line, sender);
        receiver
    }

    fn send(&self, line: SocketId, parcel: Parcel) -> Result<(), Overflow> {
        self.lines().get(&line).ok_or(Overflow)?.try_send(parcel).map_err(|_| Overflow)
    }

    fn hang_up(&self, line: SocketId) {
        self.lines().remove(&line);
    }
}

impl Outlet {
    pub fn new(bus: Arc<dyn Bus>, line: SocketId) -> Self {
        Self { bus, line, sequence: 0 }
    }

    pub fn line(&self) -> SocketId {
        self.line
    }

    pub fn send(&mut self, message: ServerMessage) -> Result<(), Overflow> {
        self.sequence += 1;
        self.bus.send(self.line, Parcel { sequence: self.sequence, message })
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.bus.hang_up(self.line);
    }
}

impl Inlet {
    pub fn listen(bus: Arc<dyn Bus>, line: SocketId) -> Self {
        let parcels = bus.listen(line);
        Self { bus, line, parcels, ear: Ear::default() }
    }

    /// The next message; `None` when the line has ended. `ask_again` asks the room to tell everything
    /// again, and says whether it could be asked. Dropping the future loses nothing.
    pub async fn receive(&mut self, ask_again: impl Fn() -> bool) -> Option<ServerMessage> {
        loop {
            let heard = self.ear.hear(self.parcels.recv().await?);
            if self.ear.must_ask() && ask_again() {
                self.ear.asked();
            }
            if let Heard::Message(message) = heard {
                return Some(message);
            }
        }
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        self.bus.hang_up(self.line);
    }
}

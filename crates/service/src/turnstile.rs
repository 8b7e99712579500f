//! What lets newcomers in, or says that the server is full.
//!
//! The counts are the registry's own; what is measured comes from whoever measures it, by
//! [`Turnstile::set_strain`]. Not here: the rule, which is `domain::load`'s.

use domain::load::{Caps, Cause, Counts, reached};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Shared by the rooms, which ask it, and the server, which tells it what it measures. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Turnstile(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    caps: Caps,
    strain: Mutex<Option<Cause>>,
    sockets: AtomicU32,
    /// Who was let past and is not among the counts yet, and how many of them open a room.
    arriving: AtomicU32,
    opening: AtomicU32,
}

/// An open call socket, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted(Turnstile);

/// A newcomer on the way from the turnstile into a room. Until they are counted there, or were sent away,
/// they count here, so that many who come at once do not all take the last place.
#[derive(Debug)]
pub(crate) struct Arriving {
    turnstile: Turnstile,
    opens_room: bool,
}

impl Turnstile {
    /// A turnstile with these caps.
    pub fn new(caps: Caps) -> Self {
        Self(Arc::new(Inner { caps, ..Inner::default() }))
    }

    /// Says whether the server is strained, and by what.
    pub fn set_strain(&self, strain: Option<Cause>) {
        *self.0.strain.lock().unwrap_or_else(PoisonError::into_inner) = strain;
    }

    /// Why a newcomer is refused, if they are. `counts` leaves sockets out.
    pub(crate) fn refusal(&self, counts: Counts, opens_room: bool) -> Option<Cause> {
        let strain = *self.0.strain.lock().unwrap_or_else(PoisonError::into_inner);
        let arriving = self.0.arriving.load(Ordering::Relaxed);
        let counts = Counts {
            rooms: counts.rooms.saturating_add(self.0.opening.load(Ordering::Relaxed)),
            people: counts.people.saturating_add(arriving),
            // Nobody knows yet whether they will come in or wait.
            waiting: counts.waiting.saturating_add(arriving),
            sockets: self.0.sockets.load(Ordering::Relaxed).saturating_add(arriving),
        };
        strain.or_else(|| reached(&self.0.caps, &counts, opens_room))
    }

    /// Counts a newcomer who was not refused. Between the two nobody else may be counted.
    pub(crate) fn let_past(&self, opens_room: bool) -> Arriving {
        self.0.arriving.fetch_add(1, Ordering::Relaxed);
        self.0.opening.fetch_add(u32::from(opens_room), Ordering::Relaxed);
        Arriving { turnstile: self.clone(), opens_room }
    }

    /// How many call sockets are open.
    pub(crate) fn sockets(&self) -> u32 {
        self.0.sockets.load(Ordering::Relaxed)
    }

    pub(crate) fn count_socket(&self) -> Counted {
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.turnstile.0.arriving.fetch_sub(1, Ordering::Relaxed);
        self.turnstile.0.opening.fetch_sub(u32::from(self.opens_room), Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}

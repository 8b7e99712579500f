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
}

/// An open call socket, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted(Turnstile);

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
        let counts = Counts { sockets: self.0.sockets.load(Ordering::Relaxed), ..counts };
        strain.or_else(|| reached(&self.0.caps, &counts, opens_room))
    }

    pub(crate) fn count_socket(&self) -> Counted {
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}

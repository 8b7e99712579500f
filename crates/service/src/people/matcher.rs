//! Who looks for a stranger on this server, and how they hear that somebody was found.
//!
//! Each page that looks holds a place for as long as its question is open. The last page of somebody counts:
//! an older one is told so. Everything here can be lost; pages ask again. Not here: who may look, and rooms.

use domain::encounter::Party;
use domain::matching::{Avoided, Pool, Sought};
use model::{MonoMillis, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Every place of this server.
pub(super) struct Matcher {
    inner: Mutex<Inner>,
    began: Instant,
}

#[derive(Default)]
struct Inner {
    pool: Pool,
    seats: BTreeMap<UserId, Seat>,
    /// Who stopped looking while a room was being made for them.
    stopped: BTreeSet<UserId>,
    count: u64,
}

struct Seat {
    stamp: u64,
    party: Party,
    wake: Arc<Notify>,
}

/// The place of one page. Dropping it keeps the turn for a moment, but nobody is sent there.
pub(super) struct Place {
    party: Party,
    stamp: u64,
    pub wake: Arc<Notify>,
    matcher: Arc<Matcher>,
}

/// What comes of looking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    Found(Party),
    Nobody,
    Full,
    /// Another page of theirs looks.
    Elsewhere,
}

impl Matcher {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::default(), began: Instant::now() }
    }

    /// Takes a place; an older one of the same person is told.
    pub(super) fn sit(self: &Arc<Self>, party: Party) -> Place {
        let mut inner = self.lock();
        inner.count += 1;
        let stamp = inner.count;
        let wake = Arc::new(Notify::new());
        let seat = Seat { stamp, party, wake: wake.clone() };
        if let Some(older) = inner.seats.insert(party.user, seat) {
            older.wake.notify_one();
        }
        drop(inner);
        Place { party, stamp, wake, matcher: self.clone() }
    }

    /// Somebody looks no more.
    pub(super) fn leave(&self, user: UserId) {
        let mut inner = self.lock();
        if inner.pool.is_taken(user) {
            inner.stopped.insert(user);
        }
        inner.pool.leave(user);
        if let Some(seat) = inner.seats.remove(&user) {
            seat.wake.notify_one();
        }
    }

    /// Two who were found have a room, or cannot be given one. Both may look again. Says whether both still
    /// wish to come.
    pub(super) fn release(&self, two: [Party; 2]) -> bool {
        let mut inner = self.lock();
        let mut is_wanted = true;
        for party in two {
            is_wanted &= !inner.stopped.remove(&party.user);
            inner.pool.release(party.user);
            if let Some(seat) = inner.seats.get(&party.user) {
                seat.wake.notify_one();
            }
        }
        is_wanted
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> MonoMillis {
        MonoMillis(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

impl Place {
    /// Looks for somebody who is not to be avoided.
    pub(super) fn look(&self, avoids: &Avoided) -> Look {
        let now = self.matcher.now();
        let mut inner = self.matcher.lock();
        let Party { user, device } = self.party;
        if inner.seats.get(&user).is_none_or(|seat| seat.stamp != self.stamp) {
            return Look::Elsewhere;
        }
        match inner.pool.seek(user, device, avoids, now) {
            Sought::Nobody => Look::Nobody,
            Sought::Full => Look::Full,
            Sought::Found(other) => match inner.seats.get(&other).map(|seat| seat.party) {
                Some(party) => Look::Found(party),
                // Whoever is in the pool as being here has a place; without one they cannot be told.
                None => {
                    inner.pool.release(other);
                    inner.pool.release(user);
                    Look::Nobody
                }
            },
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = self.matcher.now();
        let mut inner = self.matcher.lock();
        if inner.seats.get(&self.party.user).is_some_and(|seat| seat.stamp == self.stamp) {
            inner.seats.remove(&self.party.user);
            inner.pool.step_away(self.party.user, now);
        }
    }
}

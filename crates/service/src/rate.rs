//! Token buckets: how often somebody may do something.
//!
//! | what | burst | refill |
//! |---|---|---|
//! | joins and knocks, per user and room | 10 | 10 a minute |
//! | newcomers, per address and room | 60 | 6 a minute |
//! | wrong passcodes | | `guesses` |
//! | chat messages, per user and room | 10 | 10 in five seconds |
//! | requests to become a contact, per account | 20 | 20 an hour |
//! | direct calls, per account | 10 | 4 a minute |
//! | direct calls to the same person | 4 | 1 a minute |
//! | everything else about contacts, per account | 60 | 60 a minute |
//! | looking for a stranger, per person | 30 | 30 a minute |
//! | lines, per account | 30 | 30 a minute |
//! | messages on the call socket, per socket | 60 | 20 a second |
//! | passwords tried, per account or address | 10 | 2 a minute |
//! | mails, per address | 3 | 6 an hour |
//! | receipts by mail to addresses that nobody confirmed, per payer | 6 | 6 an hour |
//! | the same, of everybody | 100 | 300 an hour |
//! | invites by mail, per host | 20 | 20 an hour |
//! | the same and what follows them, per address | 6 | 6 an hour |
//! | mails about a room that nobody asked for just now, per room | 100 | 100 an hour |
//!
//! Time comes in as an argument. What stands before the room, addresses and bodies, is the server's.

use model::UnixMillis;
use std::collections::BTreeMap;

/// How often something may happen: `burst` times at once, and one more every `refill_ms`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    pub burst: i64,
    pub refill_ms: i64,
}

/// Joins and knocks of one user in one room.
pub const JOINS: Rate = Rate { burst: 10, refill_ms: 6_000 };
/// Newcomers from one address in one room: a class sits behind one, but identities are free, and each that
/// knocks is told in the history.
pub const ARRIVALS: Rate = Rate { burst: 60, refill_ms: 10_000 };
/// Call sockets that one user asks for again in one room: each that opens and breaks is told in the history.
pub const RECONNECTS: Rate = Rate { burst: 60, refill_ms: 6_000 };
/// Chat messages of one user in one room, whatever seats they have there.
pub const CHAT: Rate = Rate { burst: 10, refill_ms: 500 };
/// Messages on one call socket.
pub const MESSAGES: Rate = Rate { burst: 60, refill_ms: 50 };

/// Requests of one account to become a contact.
pub const ASKS: Rate = Rate { burst: 20, refill_ms: 180_000 };
/// Direct calls of one account.
pub const RINGS: Rate = Rate { burst: 10, refill_ms: 15_000 };
/// Direct calls of one account to one contact: nobody is rung without end.
pub const RINGS_OF_ONE: Rate = Rate { burst: 4, refill_ms: 60_000 };
/// Whatever else one account does about contacts.
pub const ERRANDS: Rate = Rate { burst: 60, refill_ms: 1_000 };
/// Looking for a stranger, stopping, and reporting, of one person.
pub const SEEKS: Rate = Rate { burst: 30, refill_ms: 2_000 };
/// Lines that one account opens.
pub const LINES: Rate = Rate { burst: 30, refill_ms: 2_000 };

/// Passwords tried for one account, or for an address that has none.
pub const PASSWORDS: Rate = Rate { burst: 10, refill_ms: 30_000 };
/// Invites that one host mails.
pub const INVITERS: Rate = Rate { burst: 20, refill_ms: 180_000 };
/// Invites and what follows them, to one address.
pub const GUESTS: Rate = Rate { burst: 6, refill_ms: 600_000 };
/// Receipts that one payer has sent to addresses that nobody confirmed.
pub const RECEIPTS_OF_ONE: Rate = Rate { burst: 6, refill_ms: 600_000 };
/// The same of everybody.
pub const RECEIPTS: Rate = Rate { burst: 100, refill_ms: 12_000 };
/// Mails about one room to those who were invited.
pub const MAILED_ROOMS: Rate = Rate { burst: 100, refill_ms: 36_000 };
/// Mails to one address.
pub const MAILS: Rate = Rate { burst: 3, refill_ms: 600_000 };

/// What is left of a rate for one somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bucket {
    rate: Rate,
    /// When the bucket will be full again.
    full_at: UnixMillis,
}

impl Bucket {
    /// A full bucket.
    pub const fn new(rate: Rate) -> Self {
        Self { rate, full_at: UnixMillis(i64::MIN) }
    }

    /// Takes one token out, if there is one.
    pub fn take(&mut self, now: UnixMillis) -> bool {
        let from = if self.is_full(now) { now } else { self.full_at };
        let full_at = from.plus(self.rate.refill_ms);
        // A clock that was set back must not lock anybody out for longer than an empty bucket does.
        let span = full_at.0.saturating_sub(now.0);
        if span > self.rate.burst.saturating_mul(self.rate.refill_ms) {
            self.full_at = self.full_at.min(now.plus(self.rate.burst * self.rate.refill_ms));
            return false;
        }
        self.full_at = full_at;
        true
    }

    /// Whether there is a token to take.
    pub fn has_one(mut self, now: UnixMillis) -> bool {
        self.take(now)
    }

    /// Whether nothing was taken lately, so that the bucket is as good as a new one.
    pub fn is_full(&self, now: UnixMillis) -> bool {
        self.full_at <= now
    }
}

/// A bucket for each of many, of which at most `capacity` are remembered.
#[derive(Debug)]
pub struct Limiter<K> {
    rate: Rate,
    capacity: usize,
    buckets: BTreeMap<K, Bucket>,
}

impl<K: Copy + Ord> Limiter<K> {
    pub const fn new(rate: Rate, capacity: usize) -> Self {
        Self { rate, capacity, buckets: BTreeMap::new() }
    }

    /// Takes one token of `key`, if there is one.
    pub fn take(&mut self, key: K, now: UnixMillis) -> bool {
        if self.buckets.len() >= self.capacity && !self.buckets.contains_key(&key) {
            self.forget_some(now);
        }
        self.buckets.entry(key).or_insert(Bucket::new(self.rate)).take(now)
    }

    /// Whether there is one token of `key` to take.
    pub fn has_one(&self, key: K, now: UnixMillis) -> bool {
        self.buckets.get(&key).is_none_or(|bucket| bucket.has_one(now))
    }

    /// Makes room: full buckets say nothing, and of the others the fullest says least.
    fn forget_some(&mut self, now: UnixMillis) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        if self.buckets.len() < self.capacity {
            return;
        }
        let fullest = self.buckets.iter().min_by_key(|(_, bucket)| bucket.full_at).map(|(key, _)| *key);
        if let Some(key) = fullest {
            self.buckets.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 2, refill_ms: 100 };

    #[test]
    fn a_burst_is_allowed_and_then_a_trickle() {
        let mut bucket = Bucket::new(RATE);
        let mut take = |at| bucket.take(UnixMillis(at));
        assert_eq!([take(0), take(0), take(0)], [true, true, false]);
        assert_eq!([take(99), take(100), take(100)], [false, true, false]);
        assert_eq!([take(10_000), take(10_000), take(10_000)], [true, true, false]);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let mut bucket = Bucket::new(RATE);
        assert!(bucket.take(UnixMillis(1_000_000)));
        assert!(!bucket.take(UnixMillis(0)));
        assert!(bucket.take(UnixMillis(100)));
    }

    #[test]
    fn a_limiter_forgets_the_fullest_bucket_first() {
        let mut limiter = Limiter::new(RATE, 2);
        let now = UnixMillis(0);
        assert!(limiter.take('a', now) && limiter.take('a', now));
        assert!(limiter.take('b', now));
        assert!(limiter.take('c', now));
        assert_eq!(limiter.buckets.len(), 2);
        assert!(!limiter.take('a', now), "the emptiest bucket was kept");
    }
}

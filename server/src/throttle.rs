//! Token buckets: how often somebody may do something. Pure; the time is an argument.
//!
//! ```text
//! newcomer ─▶ young ──full──▶ old ──full again──▶ forgotten
//!               ▲──seen again──┘
//! ```
//!
//! Invariant: at most twice [`Throttle::KEYS`] buckets are kept, whoever calls. Somebody who was
//! forgotten begins with a full bucket, so being forgotten is never a punishment.

use model::MonoMillis;
use std::collections::HashMap;
use std::hash::Hash;

/// How many at once, and how many in the long run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    pub burst: u32,
    pub per_minute: u32,
}

/// Thousandths of a token, so that slow rates refill smoothly.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: u64,
    at: MonoMillis,
}

impl Bucket {
    const TOKEN: u64 = 60_000;

    const fn full(rate: Rate, now: MonoMillis) -> Self {
        Self { level: rate.burst as u64 * Self::TOKEN, at: now }
    }

    /// The bucket as it is now. One token is 60,000 parts, so a rate per minute is parts per millisecond.
    fn refilled(self, rate: Rate, now: MonoMillis) -> Self {
        let gained = now.since(self.at).saturating_mul(u64::from(rate.per_minute));
        let level = self.level.saturating_add(gained).min(u64::from(rate.burst) * Self::TOKEN);
        Self { level, at: now }
    }
}

/// One bucket for one sender.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    rate: Rate,
    bucket: Bucket,
}

impl Allowance {
    /// A full bucket.
    pub const fn new(rate: Rate, now: MonoMillis) -> Self {
        Self { rate, bucket: Bucket::full(rate, now) }
    }

    /// Takes a token; says whether there was one.
    pub fn take(&mut self, now: MonoMillis) -> bool {
        self.bucket = self.bucket.refilled(self.rate, now);
        match self.bucket.level.checked_sub(Bucket::TOKEN) {
            Some(rest) => {
                self.bucket.level = rest;
                true
            }
            None => false,
        }
    }

    /// Whether there is no token left.
    pub fn is_dry(&self, now: MonoMillis) -> bool {
        self.bucket.refilled(self.rate, now).level < Bucket::TOKEN
    }
}

/// One bucket for each of many senders.
#[derive(Debug)]
pub struct Throttle<K> {
    rate: Rate,
    young: HashMap<K, Allowance>,
    old: HashMap<K, Allowance>,
}

impl<K: Copy + Eq + Hash> Throttle<K> {
    /// How many senders one generation holds.
    pub const KEYS: usize = 8_192;

    /// No sender is known yet.
    pub fn new(rate: Rate) -> Self {
        Self { rate, young: HashMap::new(), old: HashMap::new() }
    }

    /// Takes a token of this sender; says whether there was one.
    pub fn take(&mut self, key: K, now: MonoMillis) -> bool {
        self.allowance(key, now).take(now)
    }

    /// Whether this sender has no token left.
    pub fn is_dry(&self, key: K, now: MonoMillis) -> bool {
        self.young.get(&key).or_else(|| self.old.get(&key)).is_some_and(|allowance| allowance.is_dry(now))
    }

    fn allowance(&mut self, key: K, now: MonoMillis) -> &mut Allowance {
        if !self.young.contains_key(&key) && self.young.len() >= Self::KEYS {
            self.old = std::mem::take(&mut self.young);
        }
        let known = self.old.remove(&key);
        self.young.entry(key).or_insert_with(|| known.unwrap_or(Allowance::new(self.rate, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_minute: 6 };

    fn taken(throttle: &mut Throttle<u32>, key: u32, at: u64, times: usize) -> usize {
        (0..times).filter(|_| throttle.take(key, MonoMillis(at))).count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let mut throttle = Throttle::new(RATE);
        assert_eq!(taken(&mut throttle, 1, 0, 10), 3);
        assert_eq!(taken(&mut throttle, 1, 9_999, 10), 0, "a token takes ten seconds");
        assert_eq!(taken(&mut throttle, 1, 10_000, 10), 1);
        assert_eq!(taken(&mut throttle, 1, 3_600_000, 10), 3, "the bucket never holds more than a burst");
    }

    #[test]
    fn one_sender_does_not_spend_the_tokens_of_another() {
        let mut throttle = Throttle::new(RATE);
        assert_eq!(taken(&mut throttle, 1, 0, 10), 3);
        assert_eq!(taken(&mut throttle, 2, 0, 10), 3);
        assert!(throttle.is_dry(1, MonoMillis(0)));
        assert!(!throttle.is_dry(3, MonoMillis(0)), "whoever is unknown has tokens");
    }

    #[test]
    fn a_clock_that_stands_still_gives_nothing() {
        let mut throttle = Throttle::new(RATE);
        taken(&mut throttle, 1, 50_000, 3);
        assert_eq!(taken(&mut throttle, 1, 50_000, 10), 0);
        assert_eq!(taken(&mut throttle, 1, 40_000, 10), 0, "nor does one that goes back");
    }

    #[test]
    fn a_crowd_of_senders_does_not_grow_the_table() {
        let mut throttle = Throttle::new(RATE);
        let crowd = u32::try_from(Throttle::<u32>::KEYS * 5).expect("the table is small");
        for key in 0..crowd {
            throttle.take(key, MonoMillis(0));
            // Somebody who stays active is not forgotten in the crowd.
            throttle.take(u32::MAX, MonoMillis(0));
        }
        assert!(throttle.young.len() + throttle.old.len() <= 2 * Throttle::<u32>::KEYS);
        assert!(throttle.is_dry(u32::MAX, MonoMillis(0)));
    }
}

//! When which peer's transport needs time. A heap with lazy deletion: a deadline that moved later is
//! found out when the old one comes due, so that forwarding a packet touches nothing here.

use crate::arena::Key;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Deadlines are at least this far apart, so that a transport that is never content cannot spin a shard.
const STEP: Duration = Duration::from_millis(1);
/// Deadlines are at most this far ahead, so that those of closed peers do not stay for years.
const HORIZON: Duration = Duration::from_secs(5);

/// The deadlines of all peers.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, Key)>>,
}

/// What one peer has in the heap that still counts.
#[derive(Debug, Default)]
pub(crate) struct Armed(Option<Instant>);

impl Timers {
    /// Makes sure that `key` is woken by `deadline`.
    pub(crate) fn arm(&mut self, armed: &mut Armed, key: Key, deadline: Instant) {
        if armed.0.is_none_or(|earlier| deadline < earlier) {
            armed.0 = Some(deadline);
            self.heap.push(Reverse((deadline, key)));
        }
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes the next entry that is due; [`Armed::fire`] tells whether it still counts.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Instant, Key)> {
        let Reverse((at, _)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// How many entries are kept.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}

impl Armed {
    /// Whether the entry at `at` is the one that counts; it is used up then.
    pub(crate) fn fire(&mut self, at: Instant) -> bool {
        let counts = self.0 == Some(at);
        if counts {
            self.0 = None;
        }
        counts
    }
}

/// The deadline that a transport gets after it was given time.
pub(crate) fn next_deadline(deadline: Instant, now: Instant) -> Instant {
    deadline.clamp(now + STEP, now + HORIZON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Arena;

    #[test]
    fn only_the_earliest_deadline_of_a_peer_counts() {
        let mut keys = Arena::new();
        let key = keys.insert(|_| ());
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let (mut timers, mut armed) = (Timers::default(), Armed::default());
        timers.arm(&mut armed, key, at(50));
        timers.arm(&mut armed, key, at(90));
        timers.arm(&mut armed, key, at(20));
        assert_eq!(timers.next(), Some(at(20)));
        assert_eq!(timers.pop_due(at(10)), None);
        let mut fired = Vec::new();
        while let Some((when, _)) = timers.pop_due(at(100)) {
            if armed.fire(when) {
                fired.push(when);
            }
        }
        assert_eq!(fired, [at(20)]);
        assert_eq!(timers.len(), 0);
    }
}

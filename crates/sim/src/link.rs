//! One direction between a client and the server.

use crate::dice::Dice;
use std::time::{Duration, Instant};

/// What a link does to datagrams. The plain one only delays them by 5 ms.
#[derive(Clone, Debug)]
pub struct Link {
    pub delay: Duration,
    /// At most so much more delay, for each datagram anew; what overtakes is out of order.
    pub jitter: Duration,
    pub loss_permille: u64,
    /// Bits per second; `None` for as many as come.
    pub rate_bps: Option<u64>,
    /// How long a datagram may wait for its turn; what would wait longer is dropped.
    pub queue: Duration,
    /// Whether nothing passes.
    pub is_out: bool,
    free_at: Option<Instant>,
    /// The longest that a datagram has waited for its turn.
    pub longest_wait: Duration,
    /// How many bytes were given to it.
    pub offered: u64,
    /// How many datagrams were.
    pub datagrams: u64,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(5),
            jitter: Duration::ZERO,
            loss_permille: 0,
            rate_bps: None,
            queue: Duration::from_millis(300),
            is_out: false,
            free_at: None,
            longest_wait: Duration::ZERO,
            offered: 0,
            datagrams: 0,
        }
    }
}

impl Link {
    /// A link that carries so many bits per second.
    pub fn of_rate(bps: u64) -> Self {
        Self { rate_bps: Some(bps), delay: Duration::from_millis(20), ..Self::default() }
    }

    /// When a datagram that is sent now arrives; `None` if it does not.
    pub fn pass(&mut self, bytes: usize, now: Instant, dice: &mut Dice) -> Option<Instant> {
        self.offered += bytes as u64 + 28;
        self.datagrams += 1;
        if self.is_out || dice.below(1_000) < self.loss_permille {
            return None;
        }
        let mut leaves = now;
        if let Some(bps) = self.rate_bps {
            let turn = self.free_at.map_or(now, |free| free.max(now));
            let wait = turn - now;
            if wait > self.queue {
                return None;
            }
            self.longest_wait = self.longest_wait.max(wait);
            // A header of IP and UDP rides along.
            leaves = turn + Duration::from_nanos((bytes as u64 + 28) * 8_000_000_000 / bps.max(1));
            self.free_at = Some(leaves);
        }
        let jitter = Duration::from_micros(dice.below(self.jitter.as_micros() as u64));
        Some(leaves + self.delay + jitter)
    }
}

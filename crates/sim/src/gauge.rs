//! What the shard costs, in time and in memory asked for, by what it is given.

use std::time::Duration;

/// What a thread has spent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// How often there was such work.
    pub times: u64,
    /// Of the processor, in real time.
    pub time: Duration,
    /// How often memory was asked for.
    pub calls: u64,
}

/// Sums up what a shard spends.
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    /// What the thread has spent so far.
    read: fn() -> Spent,
    /// On packets of media that came in, and on what was sent for them at once.
    pub media: Spent,
    /// On everything else that came in: feedback, checks of ICE.
    pub feedback: Spent,
    /// On what was due: mostly packets that had to wait for their turn.
    pub due: Spent,
}

impl Gauge {
    pub const fn new(read: fn() -> Spent) -> Self {
        let none = Spent { times: 0, time: Duration::ZERO, calls: 0 };
        Self { read, media: none, feedback: none, due: none }
    }

    pub(crate) fn begin(&self) -> Spent {
        (self.read)()
    }

    fn end(&self, began: Spent, sum: Spent) -> Spent {
        let now = (self.read)();
        Spent {
            times: sum.times + 1,
            time: sum.time + now.time.saturating_sub(began.time),
            calls: sum.calls + now.calls - began.calls,
        }
    }

    /// A datagram was taken in.
    pub(crate) fn end_datagram(&mut self, began: Spent, bytes: &[u8]) {
        if is_media(bytes) {
            self.media = self.end(began, self.media);
        } else {
            self.feedback = self.end(began, self.feedback);
        }
    }

    /// Time was given.
    pub(crate) fn end_due(&mut self, began: Spent) {
        self.due = self.end(began, self.due);
    }
}

/// Whether a datagram is RTP, by its first bytes (RFC 7983, and RFC 5761 for RTCP).
fn is_media(bytes: &[u8]) -> bool {
    matches!(bytes, [128..=191, second, ..] if !(192..=223).contains(second))
}

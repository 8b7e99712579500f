//! How much a stream carries.
//!
//! A sample is what came in half a second; keyframes make samples jump, so they are averaged. A stream that
//! stops keeps its last rate: it is the best guess for when it flows again.

use std::time::{Duration, Instant};

const SAMPLE: Duration = Duration::from_millis(500);

/// The rate of one stream.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    bytes: u64,
    since: Option<Instant>,
    bps: Option<u64>,
}

impl Meter {
    /// Counts the payload of one packet.
    pub(crate) fn count(&mut self, bytes: usize, now: Instant) {
        let since = *self.since.get_or_insert(now);
        self.bytes += bytes as u64;
        let elapsed = now.saturating_duration_since(since);
        if elapsed < SAMPLE {
            return;
        }
        // What came after a pause says nothing about the time of the pause.
        if elapsed < 2 * SAMPLE {
            let sample = self.bytes * 8_000 / elapsed.as_millis().max(1) as u64;
            self.bps = Some(self.bps.map_or(sample, |known| (known * 3 + sample) / 4));
        }
        (self.bytes, self.since) = (0, Some(now));
    }

    /// Payload bits per second; `None` before the first sample.
    pub(crate) const fn bps(&self) -> Option<u64> {
        self.bps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(meter: &mut Meter, start: Instant, ms: std::ops::Range<u64>, bytes: usize) {
        ms.step_by(20).for_each(|ms| meter.count(bytes, start + Duration::from_millis(ms)));
    }

    #[test]
    fn a_steady_stream_has_its_rate_and_keeps_it_over_a_pause() {
        let (mut meter, start) = (Meter::default(), Instant::now());
        assert_eq!(meter.bps(), None);
        fed(&mut meter, start, 0..5_000, 1_000);
        let steady = meter.bps().expect("it was sampled");
        assert!((390_000..=416_000).contains(&steady), "{steady}");
        fed(&mut meter, start, 60_000..60_400, 1_000);
        assert_eq!(meter.bps(), Some(steady));
    }

    #[test]
    fn a_single_burst_weighs_little() {
        let (mut meter, start) = (Meter::default(), Instant::now());
        fed(&mut meter, start, 0..5_000, 1_000);
        meter.count(25_000, start + Duration::from_millis(5_000));
        fed(&mut meter, start, 5_020..6_000, 1_000);
        assert!(meter.bps().is_some_and(|bps| bps < 550_000), "{meter:?}");
    }
}

//! How much a stream carries.
//!
//! A sample is what came in half a second; keyframes make samples jump, so they are averaged. A layer of a
//! camera that stops keeps its last rate, the best guess for when it flows again. Of a stream that comes in
//! one layer only, silence counts: a slide that nobody turns costs next to nothing.

use std::time::{Duration, Instant};

const SAMPLE: Duration = Duration::from_millis(500);

/// The rate of one stream.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts_silence: bool,
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
        // What came after a pause says nothing about the time of the pause, unless silence counts.
        if elapsed < 2 * SAMPLE || self.counts_silence {
            let sample = self.bytes * 8_000 / elapsed.as_millis().max(1) as u64;
            let mixed = |known: u64| (0..samples(elapsed)).fold(known, |known, _| (known * 3 + sample) / 4);
            self.bps = Some(self.bps.map_or(sample, mixed));
        }
        (self.bytes, self.since) = (0, Some(now));
    }

    /// A meter for which silence counts.
    pub(crate) fn that_counts_silence() -> Self {
        Self { counts_silence: true, ..Self::default() }
    }

    /// Payload bits per second; `None` before the first sample.
    pub(crate) fn bps(&self, now: Instant) -> Option<u64> {
        let silent = self.since.filter(|_| self.counts_silence);
        let silent =
            silent.map_or(0, |since| samples(now.saturating_duration_since(since)).saturating_sub(1));
        self.bps.map(|bps| (0..silent).fold(bps, |bps, _| bps * 3 / 4))
    }
}

/// How many samples fit into a time; more than a few make no difference.
fn samples(elapsed: Duration) -> u32 {
    (elapsed.as_millis() / SAMPLE.as_millis()).min(32) as u32
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
        assert_eq!(meter.bps(start), None);
        fed(&mut meter, start, 0..5_000, 1_000);
        let steady = meter.bps(start).expect("it was sampled");
        assert!((390_000..=416_000).contains(&steady), "{steady}");
        fed(&mut meter, start, 60_000..60_400, 1_000);
        assert_eq!(meter.bps(start + Duration::from_secs(90)), Some(steady));
    }

    #[test]
    fn a_single_burst_weighs_little() {
        let (mut meter, start) = (Meter::default(), Instant::now());
        fed(&mut meter, start, 0..5_000, 1_000);
        meter.count(25_000, start + Duration::from_millis(5_000));
        fed(&mut meter, start, 5_020..6_000, 1_000);
        assert!(meter.bps(start).is_some_and(|bps| bps < 550_000), "{meter:?}");
    }

    #[test]
    fn a_slide_that_nobody_turns_costs_next_to_nothing() {
        let (mut meter, start) = (Meter::that_counts_silence(), Instant::now());
        fed(&mut meter, start, 0..1_000, 5_000);
        let at = |ms| start + Duration::from_millis(ms);
        assert!(meter.bps(at(1_000)).is_some_and(|bps| bps > 1_900_000), "{meter:?}");
        assert!(meter.bps(at(6_000)).is_some_and(|bps| bps < 200_000), "without a packet");
        (2..9).for_each(|second| meter.count(1_000, at(1_000 * second)));
        assert!(meter.bps(at(9_000)).is_some_and(|bps| bps < 60_000), "with one a second: {meter:?}");
    }
}

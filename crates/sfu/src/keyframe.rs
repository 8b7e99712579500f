//! When to ask one layer's sender for a keyframe.
//!
//! A keyframe costs as much as seconds of video, and one serves everybody. So wishes are gathered: the
//! first is passed on at once, later ones wait until [`SPACING`] has passed since the last request, and
//! an unanswered request is repeated after [`RETRY`]. A keyframe that arrives settles all wishes.

use std::time::{Duration, Instant};

/// The least time between two requests.
pub(crate) const SPACING: Duration = Duration::from_millis(500);
/// How long a request may stay unanswered.
pub(crate) const RETRY: Duration = Duration::from_millis(1_000);

/// The wishes for keyframes of one layer.
#[derive(Debug, Default)]
pub(crate) struct KeyframeWishes {
    sent_at: Option<Instant>,
    open: Option<Wish>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wish {
    /// Not passed on yet.
    New,
    /// Passed on, and unanswered.
    Asked,
}

impl KeyframeWishes {
    /// Somebody needs a keyframe. Answers whether to ask the sender now.
    pub(crate) fn wish(&mut self, now: Instant) -> bool {
        if self.open == Some(Wish::Asked) && self.elapsed(now) < SPACING {
            // The keyframe that is on its way may have left before this wish, so it is kept.
            self.open = Some(Wish::New);
            return false;
        }
        self.open = Some(Wish::New);
        self.poll(now)
    }

    /// Answers whether to ask the sender now, because of an earlier wish.
    pub(crate) fn poll(&mut self, now: Instant) -> bool {
        let wait = match self.open {
            None => return false,
            Some(Wish::New) => SPACING,
            Some(Wish::Asked) => RETRY,
        };
        let due = self.elapsed(now) >= wait;
        if due {
            self.sent_at = Some(now);
            self.open = Some(Wish::Asked);
        }
        due
    }

    /// Whether a keyframe is awaited.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// A keyframe came.
    pub(crate) const fn settle(&mut self) {
        self.open = None;
    }

    fn elapsed(&self, now: Instant) -> Duration {
        self.sent_at.map_or(Duration::MAX, |at| now.saturating_duration_since(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_crowd_of_wishes_is_one_request_per_half_second() {
        let start = Instant::now();
        let mut wishes = KeyframeWishes::default();
        let asked: Vec<u64> = (0..2_000).filter(|ms| wishes.wish(at(start, *ms))).collect();
        assert_eq!(asked, [0, 500, 1_000, 1_500]);
    }

    #[test]
    fn an_unanswered_request_is_repeated_until_the_keyframe_comes() {
        let start = Instant::now();
        let mut wishes = KeyframeWishes::default();
        assert!(wishes.wish(start));
        let repeated: Vec<u64> = (1..2_500).filter(|ms| wishes.poll(at(start, *ms))).collect();
        assert_eq!(repeated, [1_000, 2_000]);
        wishes.settle();
        assert!((2_500..9_000).all(|ms| !wishes.poll(at(start, ms))));
    }

    #[test]
    fn a_wish_soon_after_a_keyframe_waits_its_turn() {
        let start = Instant::now();
        let mut wishes = KeyframeWishes::default();
        assert!(wishes.wish(start));
        wishes.settle();
        assert!(!wishes.wish(at(start, 100)));
        assert!(!wishes.poll(at(start, 499)));
        assert!(wishes.poll(at(start, 500)));
    }
}

//! Under which key something is asked for that was refused before.
//!
//! Stripe repeats for a day what it answered to a key, refusals with it. A refusal did nothing, so that what
//! was refused is asked for anew under the next key of a row: the first, the first once more, and so on.
//! Which one is next is remembered, so that nobody hears all the refusals of today again to find that out; a
//! server that has just started hears them once. The clock is an argument.
//!
//! Invariant: only a refusal leads to the next key. Whatever may have been done is asked for under the same.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often what was refused is asked for anew within a day.
pub const ANEW: u32 = 40;
/// For how long Stripe knows a key.
const A_DAY: Duration = Duration::from_secs(24 * 3_600);
/// The most rows that are remembered. Of one that is forgotten the refusals are heard again.
const ROWS: usize = 10_000;

/// The rows of keys of which some were refused.
#[derive(Debug, Default)]
pub struct Keys {
    /// How many keys of a row were refused, and since when.
    refused: HashMap<Row, (u32, Instant)>,
}

/// An account, and the first key.
type Row = (Option<String>, String);

impl Keys {
    /// How many keys of a row were refused today.
    pub fn refused(&self, (account, key): (Option<&str>, &str), now: Instant) -> u32 {
        let known = self.refused.get(&(account.map(str::to_owned), key.to_owned()));
        known.filter(|(_, since)| now.duration_since(*since) < A_DAY).map_or(0, |(count, _)| *count)
    }

    /// One more was refused: that after so many.
    pub fn note(&mut self, (account, key): (Option<&str>, &str), after: u32, now: Instant) {
        if self.refused.len() >= ROWS {
            self.refused.retain(|_, (_, since)| now.duration_since(*since) < A_DAY);
        }
        if self.refused.len() >= ROWS {
            self.refused.clear();
        }
        let row = self.refused.entry((account.map(str::to_owned), key.to_owned())).or_insert((0, now));
        *row =
            if now.duration_since(row.1) < A_DAY { (row.0.max(after + 1), row.1) } else { (after + 1, now) };
    }
}

/// A key of a row.
pub fn key(first: &str, refused: u32) -> String {
    if refused == 0 { first.to_owned() } else { format!("{first}-again-{refused}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_has_the_next_key_for_a_day() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let row = (Some("acct_1"), "open-1");
        assert_eq!((keys.refused(row, now), key("open-1", 0)), (0, "open-1".to_owned()));
        keys.note(row, 0, now);
        keys.note(row, 1, now);
        // Of two who asked at once the later word changes nothing.
        keys.note(row, 0, now);
        assert_eq!((keys.refused(row, now), key("open-1", 2)), (2, "open-1-again-2".to_owned()));
        assert_eq!(keys.refused((None, "open-1"), now), 0, "keys are of one account each");
        assert_eq!(keys.refused(row, now + A_DAY), 0, "Stripe knows none of them any more");
        keys.note(row, 0, now + A_DAY);
        assert_eq!(keys.refused(row, now + A_DAY), 1);
    }

    #[test]
    fn no_more_is_remembered_than_has_room() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        for number in 0..2 * ROWS {
            keys.note((None, &number.to_string()), 0, now);
            assert!(keys.refused.len() <= ROWS);
        }
    }
}

//! The time of day on the entry page: the reader's own clock, set by the server's.
//!
//! ```text
//! server's page      moments in UTC, the clock stands at the moment of the answer
//! page comes alive   moments in the reader's zone and manner, the clock goes
//! ```
//!
//! A reader's clock may be wrong by hours, so each answer of the server sets it. An answer is old by the
//! time that it took to arrive; the one that says the latest time was the quickest, and is believed.

use crate::dom;
use leptos::prelude::*;
use model::UnixMillis;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A clock that goes while its owner lives.
#[derive(Clone, Copy)]
pub struct Clock {
    now: RwSignal<UnixMillis>,
    /// What the reader's clock lacks, in milliseconds; `None` before the page is alive.
    lag_ms: RwSignal<Option<i64>>,
}

impl Clock {
    /// A clock that stands at the server's time until the page is alive.
    pub fn at(server: UnixMillis) -> Self {
        let this = Self { now: RwSignal::new(server), lag_ms: RwSignal::new(None) };
        Effect::new(move |_| {
            this.set(server);
            if let Ok(ticks) = set_interval_with_handle(move || this.tick(), SECOND) {
                on_cleanup(move || ticks.clear());
            }
        });
        this
    }

    /// Takes in what the server's clock said in an answer that has just arrived.
    pub fn set(self, server: UnixMillis) {
        let lag_ms = server.0.saturating_sub(dom::wall_clock().0);
        self.lag_ms.update(|known| *known = Some(known.map_or(lag_ms, |known| known.max(lag_ms))));
        self.tick();
    }

    /// The time, to the second.
    pub const fn now(self) -> RwSignal<UnixMillis> {
        self.now
    }

    /// A moment as people say it, with its day.
    pub fn moment(self, at: UnixMillis) -> String {
        if self.is_alive() { dom::moment(at) } else { in_utc(at) }
    }

    /// A moment by its time of day.
    pub fn time(self, at: UnixMillis) -> String {
        if self.is_alive() { dom::clock_time(at) } else { in_utc(at) }
    }

    fn is_alive(self) -> bool {
        self.lag_ms.with(Option::is_some)
    }

    fn tick(self) {
        // The last tick may come after the page is gone.
        let lag_ms = self.lag_ms.try_get_untracked().flatten();
        self.now.try_set(dom::wall_clock().plus(lag_ms.unwrap_or_default()));
    }
}

/// A moment for those whose zone is not known yet: `2026-11-21 15:00 UTC`.
fn in_utc(at: UnixMillis) -> String {
    let (days, minutes) = (at.0.div_euclid(86_400_000), at.0.rem_euclid(86_400_000) / 60_000);
    // Days are counted from the first of March of the year 0, so that the leap day is the last of a year.
    let since = days + 719_468;
    let (era, of_era) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_before_the_page_is_alive() {
        for (at, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399_999, "2000-02-28 23:59 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (1_795_273_200_000, "2026-11-21 15:00 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(in_utc(UnixMillis(at)), text);
        }
    }
}

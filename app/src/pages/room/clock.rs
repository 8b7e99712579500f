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
use ui::UtcMoment;

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
        if self.is_alive() { dom::moment(at) } else { UtcMoment::of(at).told() }
    }

    /// A moment by its time of day.
    pub fn time(self, at: UnixMillis) -> String {
        if self.is_alive() { dom::clock_time(at) } else { UtcMoment::of(at).told() }
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

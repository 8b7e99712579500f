//! What a server that was away means for somebody's seat.
//!
//! ```text
//!        last sign of life        now
//!  server ─────┤ · · · nobody · · ├───── server
//!              └─ 45 s ─▶ due ── 45 s ─▶ forgiven until then
//! ```
//!
//! A socket breaks with its server, so everybody has dropped at the last sign of life, and has from then on
//! the grace time that a broken line has, or the deadline that they had already, whichever is later. While
//! there is no server nobody can come back; so whoever's deadline is not long past gets the grace time anew.
//! Whoever's deadline is long past was gone then, whatever the server did since.

use crate::limits::{ADMISSION_MS, GRACE_LOST_MS};
use crate::room::{Link, Standing};
use model::UnixMillis;

/// For how long after its deadline a seat is still given back, in milliseconds.
pub const FORGIVEN_MS: i64 = GRACE_LOST_MS;

/// What somebody is to the room after nobody looked after it from `last_alive` until `now`.
pub fn resumed(standing: Standing, last_alive: UnixMillis, now: UnixMillis) -> Standing {
    match standing {
        Standing::Waiting { since, link } => {
            Standing::Waiting { since, link: dropped(link, last_alive, now) }
        }
        Standing::Present { since, link } => {
            Standing::Present { since, link: dropped(link, last_alive, now) }
        }
        Standing::Admitted { until } => Standing::Admitted { until: kept(until, ADMISSION_MS, now) },
    }
}

fn dropped(link: Link, last_alive: UnixMillis, now: UnixMillis) -> Link {
    let grace = last_alive.plus(GRACE_LOST_MS);
    let (since, due) = match link {
        Link::Connected => (last_alive, grace),
        Link::Expected { until } => (last_alive, grace.max(until)),
        Link::Dropped { since, until } => (since, until),
    };
    Link::Dropped { since, until: kept(due, GRACE_LOST_MS, now) }
}

fn kept(due: UnixMillis, anew_ms: i64, now: UnixMillis) -> UnixMillis {
    if now.since(due) > FORGIVEN_MS { due } else { due.max(now.plus(anew_ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIED: UnixMillis = UnixMillis(1_000_000);

    /// When the seat is lost, in milliseconds after the last sign of life, of a server that is back `away`
    /// milliseconds after it.
    fn lost_after(link: Link, away: i64) -> i64 {
        let before = Standing::Present { since: UnixMillis(5), link };
        match resumed(before, DIED, DIED.plus(away)) {
            Standing::Present { since: UnixMillis(5), link: Link::Dropped { until, .. } } => until.0 - DIED.0,
            other => panic!("{other:?}"),
        }
    }

    fn dropped_until(millis: i64) -> Link {
        Link::Dropped { since: DIED.plus(-1), until: DIED.plus(millis) }
    }

    #[test]
    fn a_short_absence_gives_everybody_the_grace_time_anew() {
        assert_eq!(lost_after(Link::Connected, 3_000), 48_000);
        assert_eq!(lost_after(Link::Expected { until: DIED.plus(10_000) }, 3_000), 48_000);
        assert_eq!(lost_after(dropped_until(2_000), 3_000), 48_000);
        assert_eq!(lost_after(dropped_until(90_000), 3_000), 90_000, "the better of both");
    }

    #[test]
    fn after_a_long_absence_whoever_was_due_is_gone_as_of_then() {
        assert_eq!(lost_after(Link::Connected, 90_000), 135_000);
        assert_eq!(lost_after(Link::Connected, 90_001), 45_000);
        assert_eq!(lost_after(Link::Expected { until: DIED.plus(50_000) }, 90_001), 135_001);
        assert_eq!(lost_after(dropped_until(2_000), 47_000), 92_000);
        assert_eq!(lost_after(dropped_until(2_000), 47_001), 2_000);
    }

    #[test]
    fn whoever_was_let_in_may_still_come_in() {
        let until = |millis| Standing::Admitted { until: DIED.plus(millis) };
        let after = |away| resumed(until(20_000), DIED, DIED.plus(away));
        assert_eq!(after(10_000), until(70_000));
        assert_eq!(after(65_000), until(125_000));
        assert_eq!(after(65_001), until(20_000));
    }

    #[test]
    fn a_second_restart_takes_nothing_from_anybody() {
        let before = Standing::Waiting { since: UnixMillis(5), link: Link::Connected };
        let once = resumed(before, DIED, DIED.plus(3_000));
        assert_eq!(resumed(once, DIED.plus(3_000), DIED.plus(3_000)), once);
    }
}

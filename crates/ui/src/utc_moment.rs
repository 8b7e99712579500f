//! A moment as the world's clock tells it, for pages whose reader's zone is not known yet.

use model::UnixMillis;

const DAY_MS: i64 = 86_400_000;

/// A moment in coordinated universal time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UtcMoment {
    year: i64,
    month: i64,
    day: i64,
    minute: i64,
}

impl UtcMoment {
    /// The moment by the Gregorian calendar.
    pub const fn of(at: UnixMillis) -> Self {
        // Years are counted from March, so that the day that leap years add is their last.
        let days = at.0.div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        Self { year, month, day, minute: at.0.rem_euclid(DAY_MS) / 60_000 }
    }

    /// The day, `2026-11-21`.
    pub fn day(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The time of day, `16:05`.
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.minute / 60, self.minute % 60)
    }

    /// Day and time with their zone, `2026-11-21 16:05 UTC`.
    pub fn told(self) -> String {
        let mut told = self.day();
        told.push(' ');
        told.push_str(&self.time());
        told.push_str(" UTC");
        told
    }

    /// Day and time for machines (ISO 8601).
    pub fn machine(self) -> String {
        format!("{}T{}Z", self.day(), self.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_calendars_do() {
        let told = |ms| UtcMoment::of(UnixMillis(ms)).machine();
        assert_eq!(told(0), "1970-01-01T00:00Z");
        assert_eq!(told(-1), "1969-12-31T23:59Z");
        assert_eq!(told(951_782_399_999), "2000-02-28T23:59Z");
        assert_eq!(told(951_782_400_000), "2000-02-29T00:00Z");
        assert_eq!(told(4_107_542_400_000), "2100-03-01T00:00Z");
        assert_eq!(told(1_795_276_800_000), "2026-11-21T16:00Z");
        assert_eq!(UtcMoment::of(UnixMillis(1_795_276_800_000)).told(), "2026-11-21 16:00 UTC");
    }
}

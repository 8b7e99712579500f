//! Which moments a plan means.
//!
//! | repeat | days, from the first one on |
//! |---|---|
//! | once | the first |
//! | daily | every |
//! | weekdays | Monday to Friday |
//! | weekly, fortnightly | every seventh, every fourteenth |
//! | monthly | those with the same number |
//!
//! The wall clock of the zone is kept through its changes. A time that a change leaves out happens after
//! the gap, and one that comes twice happens the first time. The zone's history comes with the program,
//! so that every server computes the same.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::schedule::{LocalDate, LocalTime, Repeat, ZoneName};
use model::{Occurrence, Schedule, UnixMillis};

/// No pause between two days of a plan is longer: from one 31st over a shorter month to the next, and the
/// days before today that may still be running.
const LONGEST_PAUSE_DAYS: usize = 62 + 4;

/// Whether the zone is known here.
pub fn is_known(zone: &ZoneName) -> bool {
    TimeZone::get(zone.as_str()).is_ok()
}

/// The first time that is not over at `now`, if there is one.
pub fn current_or_next(schedule: &Schedule, now: UnixMillis) -> Option<Occurrence> {
    let zone = zone(schedule);
    let first = date(schedule.starts.date());
    // A call that began yesterday may still be running.
    let today = local_date(&zone, now);
    let from = today.checked_sub(2.days()).unwrap_or(today).max(first);
    days(from, |day| day.tomorrow().ok())
        .filter(|day| means(schedule, first, *day))
        .filter_map(|day| occurrence(schedule, &zone, day))
        .find(|occurrence| occurrence.ends > now)
}

/// The start of the same by the wall clock of its zone, and which day of the week that is, Monday being 0.
pub fn next_by_the_wall(schedule: &Schedule, now: UnixMillis) -> Option<(LocalTime, usize)> {
    let day = local_date(&zone(schedule), current_or_next(schedule, now)?.starts);
    let unsigned = |small: i8| u8::try_from(small).ok();
    let date = LocalDate::new(day.year(), unsigned(day.month())?, unsigned(day.day())?).ok()?;
    let (hour, minute) = schedule.starts.clock();
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
    Some((LocalTime::new(date, hour, minute).ok()?, weekday))
}

/// The last time of all; `None` if it goes on for ever.
pub fn last(schedule: &Schedule) -> Option<Occurrence> {
    let first = date(schedule.starts.date());
    let until = match (schedule.repeat, schedule.until) {
        (Repeat::Once, _) => first,
        (_, Some(until)) => date(until).max(first),
        (_, None) => return None,
    };
    let day =
        days(until, |day| day.yesterday().ok()).find(|day| means(schedule, first, *day)).unwrap_or(first);
    occurrence(schedule, &zone(schedule), day)
}

fn days(from: Date, step: impl Fn(&Date) -> Option<Date>) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), step).take(LONGEST_PAUSE_DAYS)
}

/// Whether the plan means this day.
fn means(schedule: &Schedule, first: Date, day: Date) -> bool {
    if day < first || schedule.until.is_some_and(|until| day > date(until)) {
        return false;
    }
    let since_first = || first.until(day).map(|span| span.get_days()).unwrap_or_default();
    match schedule.repeat {
        Repeat::Once => day == first,
        Repeat::Daily => true,
        Repeat::Weekdays => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        Repeat::Weekly => since_first() % 7 == 0,
        Repeat::Fortnightly => since_first() % 14 == 0,
        Repeat::Monthly => day.day() == first.day(),
    }
}

fn occurrence(schedule: &Schedule, zone: &TimeZone, day: Date) -> Option<Occurrence> {
    let (hour, minute) = schedule.starts.clock();
    let wall = day.at(signed(hour), signed(minute), 0, 0);
    let starts = UnixMillis(wall.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond());
    Some(Occurrence { starts, ends: starts.plus(schedule.length.millis()) })
}

/// A plan is only kept if its zone is known; a program that has forgotten the zone keeps UTC.
pub(crate) fn zone(schedule: &Schedule) -> TimeZone {
    TimeZone::get(schedule.zone.as_str()).unwrap_or(TimeZone::UTC)
}

fn local_date(zone: &TimeZone, now: UnixMillis) -> Date {
    let now = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(zone.clone()).date()
}

fn date(date: LocalDate) -> Date {
    let (year, month, day) = date.parts();
    Date::new(year, signed(month), signed(day)).expect("a local date is in the calendar")
}

pub(crate) fn signed(small: u8) -> i8 {
    i8::try_from(small).expect("a part of a date or a clock is below 60")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::policy::Minutes;

    const DAY_MS: i64 = 24 * 60 * 60_000;

    fn plan(starts: &str, repeat: Repeat, until: Option<&str>) -> Schedule {
        Schedule {
            starts: starts.parse().expect("the test writes a time"),
            zone: "Europe/Berlin".parse().expect("the test names a zone"),
            length: Minutes::new(60).expect("an hour is within a day"),
            repeat,
            until: until.map(|until| until.parse().expect("the test writes a date")),
        }
    }

    /// The starts, in UTC, one after the other.
    fn starts(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
        let mut now =
            UnixMillis(from.parse::<Timestamp>().expect("the test writes a moment").as_millisecond());
        let mut found = Vec::new();
        while let Some(occurrence) = current_or_next(schedule, now).filter(|_| found.len() < count) {
            let at = Timestamp::from_millisecond(occurrence.starts.0).expect("the moment is near");
            found.push(at.to_string());
            now = occurrence.ends;
        }
        found
    }

    #[test]
    fn a_weekly_lesson_stays_at_its_hour_when_the_clocks_change() {
        let lesson = plan("2026-10-20T16:00", Repeat::Weekly, None);
        assert_eq!(
            starts(&lesson, "2026-01-01T00:00:00Z", 3),
            ["2026-10-20T14:00:00Z", "2026-10-27T15:00:00Z", "2026-11-03T15:00:00Z"]
        );
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_happens_after_the_gap() {
        let night = plan("2027-03-28T02:30", Repeat::Once, None);
        assert_eq!(starts(&night, "2027-01-01T00:00:00Z", 2), ["2027-03-28T01:30:00Z"]);
    }

    #[test]
    fn what_runs_is_the_current_one_until_it_is_over() {
        let daily = plan("2026-06-01T23:30", Repeat::Daily, None);
        let first = current_or_next(&daily, UnixMillis(0)).expect("it never ends");
        assert_eq!(current_or_next(&daily, first.ends.plus(-1)), Some(first));
        let second = current_or_next(&daily, first.ends).expect("it never ends");
        assert_eq!(second.starts, first.starts.plus(DAY_MS));
    }

    #[test]
    fn weekends_and_short_months_are_left_out() {
        let work = plan("2026-11-20T09:00", Repeat::Weekdays, Some("2026-11-24"));
        assert_eq!(
            starts(&work, "2026-11-20T00:00:00Z", 9),
            ["2026-11-20T08:00:00Z", "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"]
        );
        let month = plan("2026-08-31T09:00", Repeat::Monthly, None);
        assert_eq!(
            starts(&month, "2026-09-01T00:00:00Z", 2),
            ["2026-10-31T08:00:00Z", "2026-12-31T08:00:00Z"]
        );
    }

    #[test]
    fn the_last_time_is_known_where_there_is_one() {
        let fortnight = plan("2026-11-02T09:00", Repeat::Fortnightly, Some("2026-12-24"));
        let last_start = last(&fortnight).map(|last| last.starts);
        assert_eq!(
            last_start,
            current_or_next(&fortnight, UnixMillis(1_797_000_000_000)).map(|it| it.starts)
        );
        assert_eq!(
            starts(&fortnight, "2026-12-01T00:00:00Z", 9).last().map(String::as_str),
            Some("2026-12-14T08:00:00Z")
        );
        assert_eq!(last(&plan("2026-11-02T09:00", Repeat::Daily, None)), None);
        let once = plan("2026-11-02T09:00", Repeat::Once, None);
        assert_eq!(last(&once), current_or_next(&once, UnixMillis(0)));
    }

    #[test]
    fn the_next_time_is_told_by_the_wall_clock() {
        let lesson = plan("2026-10-20T16:00", Repeat::Weekly, None);
        let now = "2026-10-28T00:00:00Z".parse::<Timestamp>().expect("a moment").as_millisecond();
        let next = next_by_the_wall(&lesson, UnixMillis(now));
        assert_eq!(next, Some(("2026-11-03T16:00".parse().expect("a time"), 1)), "a Tuesday");
    }

    #[test]
    fn a_plan_far_away_is_found_at_once() {
        let daily = plan("2000-01-01T09:00", Repeat::Daily, None);
        assert_eq!(starts(&daily, "2999-12-01T00:00:00Z", 1), ["2999-12-01T08:00:00Z"]);
        assert!(is_known(&daily.zone));
        assert!(!is_known(&"Mars/Olympus".parse().expect("the name is plain")));
    }
}

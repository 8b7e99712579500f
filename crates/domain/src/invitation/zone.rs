//! The time zone of a plan, for calendars that do not know it by its name (RFC 5545, section 3.6.5).
//!
//! ```text
//! changes of the zone from the first start on, for ten years
//!   └─ grouped by what they change: +0100 to +0200 CEST, +0200 to +0100 CET
//!        └─ each a yearly rule, if all of a group follow one; otherwise a list of dates
//! ```
//!
//! A rule is for calendars that keep one per half of the year and know no lists; a zone whose changes
//! follow the moon or a decree has only lists, which end after the ten years. Nearly every calendar finds
//! the zone by its name and reads none of this.

use super::lines::Lines;
use super::{local, wall};
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Dst, Offset, TimeZone, TimeZoneTransition};
use jiff::{Timestamp, ToSpan};
use model::UnixMillis;

/// How far beyond the plan's first time and today the zone is described.
const YEARS: i64 = 10;
/// More changes than a zone makes in the time described.
const CHANGES: usize = 256;

/// Describes the zone from the first moment to `YEARS` after the second.
pub fn write(zone: &TimeZone, name: &str, (from, until): (UnixMillis, UnixMillis), lines: &mut Lines) {
    lines.line("BEGIN:VTIMEZONE");
    lines.line(&format!("TZID:{name}"));
    let from = Timestamp::from_millisecond(from.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let until = local(&TimeZone::UTC, until).saturating_add(YEARS.years());
    let observances = observances(zone, from, until);
    if observances.is_empty() {
        write_constant(zone, from, lines);
    }
    for observance in observances {
        observance.write(lines);
    }
    lines.line("END:VTIMEZONE");
}

/// Changes that do the same to the clock.
struct Observance {
    dst: Dst,
    before: Offset,
    after: Offset,
    abbreviation: String,
    /// When, by the clock that is about to be changed.
    onsets: Vec<DateTime>,
}

/// The changes from the one that made the offset at `from`.
fn observances(zone: &TimeZone, from: Timestamp, until: DateTime) -> Vec<Observance> {
    let current = zone.preceding(from).next();
    let next = zone.following(from).take_while(|change| Offset::UTC.to_datetime(change.timestamp()) < until);
    let mut observances: Vec<Observance> = Vec::new();
    for change in current.into_iter().chain(next.take(CHANGES)) {
        let observance = Observance::of(zone, &change);
        match observances.iter_mut().find(|known| known.is_like(&observance)) {
            Some(known) => known.onsets.extend(observance.onsets),
            None => observances.push(observance),
        }
    }
    observances
}

impl Observance {
    fn of(zone: &TimeZone, change: &TimeZoneTransition<'_>) -> Self {
        let at = change.timestamp();
        let before = zone.to_offset(at.saturating_sub(1.second()).unwrap_or(at));
        Self {
            dst: change.dst(),
            before,
            after: change.offset(),
            abbreviation: change.abbreviation().to_owned(),
            onsets: vec![before.to_datetime(at)],
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.dst, self.before, self.after) == (other.dst, other.before, other.after)
            && self.abbreviation == other.abbreviation
    }

    fn write(&self, lines: &mut Lines) {
        let Some((first, others)) = self.onsets.split_first() else { return };
        let kind = if self.dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
        lines.line(&format!("BEGIN:{kind}"));
        lines.line(&format!("DTSTART:{}", wall(*first)));
        if let Some(rule) = self.yearly() {
            lines.line(&format!("RRULE:{rule}"));
        } else if !others.is_empty() {
            let dates: Vec<String> = others.iter().map(|at| wall(*at)).collect();
            lines.line(&format!("RDATE:{}", dates.join(",")));
        }
        self.write_offsets(lines);
        lines.line(&format!("END:{kind}"));
    }

    fn write_offsets(&self, lines: &mut Lines) {
        lines.line(&format!("TZOFFSETFROM:{}", offset(self.before)));
        lines.line(&format!("TZOFFSETTO:{}", offset(self.after)));
        lines.text("TZNAME", &self.abbreviation);
    }

    /// The rule that the onsets follow to the end of what is described, if they follow one.
    fn yearly(&self) -> Option<String> {
        let first = self.onsets.first()?;
        let each_year = self.onsets.windows(2).all(|pair| {
            pair[0].year() + 1 == pair[1].year()
                && (pair[0].month(), pair[0].weekday(), pair[0].time())
                    == (pair[1].month(), pair[1].weekday(), pair[1].time())
        });
        if !each_year || i64::try_from(self.onsets.len()).ok()? < YEARS {
            return None;
        }
        let week = |at: &DateTime| (at.day() + 6) / 7;
        let which = if self.onsets.iter().all(|at| at.day() + 7 > at.date().days_in_month()) {
            "-1".to_owned()
        } else if self.onsets.iter().all(|at| week(at) == week(first)) {
            week(first).to_string()
        } else {
            return None;
        };
        Some(format!("FREQ=YEARLY;BYMONTH={};BYDAY={which}{}", first.month(), day(first.weekday())))
    }
}

/// A zone that never changes.
fn write_constant(zone: &TimeZone, at: Timestamp, lines: &mut Lines) {
    let its = zone.to_offset_info(at);
    lines.line("BEGIN:STANDARD");
    lines.line("DTSTART:19700101T000000");
    lines.line(&format!("TZOFFSETFROM:{}", offset(its.offset())));
    lines.line(&format!("TZOFFSETTO:{}", offset(its.offset())));
    lines.text("TZNAME", its.abbreviation());
    lines.line("END:STANDARD");
}

/// `+0100`; seconds only where there are some.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let text = format!("{sign}{:02}{:02}", size / 3_600, size / 60 % 60);
    if size % 60 == 0 { text } else { format!("{text}{:02}", size % 60) }
}

const fn day(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

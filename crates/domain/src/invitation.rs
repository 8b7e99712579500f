//! What a calendar needs to know of a room's plan, as iCalendar text (RFC 5545, RFC 5546).
//!
//! | [`Purpose`] | method | for |
//! |---|---|---|
//! | offer | `PUBLISH` | whoever opens the room's link and wants it in their calendar |
//! | request | `REQUEST` | one guest, by mail |
//! | cancel | `CANCEL` | everybody who has it in a calendar, once there is no plan any more |
//! | withdraw | `CANCEL` | one guest, by mail, who is not expected any more |
//!
//! The room's id makes the `UID`, so that a changed plan replaces the old entry instead of standing beside
//! it, and the caller's sequence says which of two is newer. A `REQUEST` must name an organizer and a guest
//! by address, which is why a file for anybody is an offer.
//!
//! | repeat | rule |
//! |---|---|
//! | once | none |
//! | daily | `FREQ=DAILY` |
//! | weekdays | `FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR` |
//! | weekly, fortnightly | `FREQ=WEEKLY`, with `INTERVAL=2` |
//! | monthly | `FREQ=MONTHLY`; a month that lacks the day is left out, as the RFC has it |
//!
//! Invariants: the first start that is written is a day of the plan, although the plan may begin on a day
//! that it does not mean; every line has at most 75 octets; nothing that people write can end a line.
//! Not here: [`lines`] folds and escapes, [`zone`] describes the time zone, mails are sent elsewhere.

mod lines;
mod zone;

use crate::calendar;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lines::Lines;
use model::schedule::Repeat;
use model::{EmailAddress, Occurrence, RoomId, RoomName, Schedule, UnixMillis};

/// What is written down.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    pub room: RoomId,
    pub name: &'a RoomName,
    /// What the host says about it.
    pub about: Option<&'a str>,
    /// The plan; a cancelled one may be unknown.
    pub schedule: Option<&'a Schedule>,
    /// The whole address of the room.
    pub link: &'a str,
    /// Grows with each change of the plan.
    pub sequence: u32,
    /// When it is written.
    pub at: UnixMillis,
}

/// What the reader's calendar shall do with it.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// Take it in; nobody expects an answer.
    Offer,
    /// Take it in. The organizer is whoever sends the mails of this site; nobody reads answers there, so
    /// none is asked for.
    Request { organizer: &'a EmailAddress, guest: &'a EmailAddress },
    /// Strike it out.
    Cancel,
    /// Strike it out, as the organizer of the request has it.
    Withdraw { organizer: &'a EmailAddress, guest: &'a EmailAddress },
}

/// The whole file.
pub fn write(invitation: &Invitation<'_>, purpose: Purpose<'_>) -> String {
    let mut lines = Lines::default();
    lines.line("BEGIN:VCALENDAR");
    lines.line("VERSION:2.0");
    lines.line("PRODID:-//Anteroom//Anteroom//EN");
    lines.line("CALSCALE:GREGORIAN");
    lines.line(match purpose {
        Purpose::Offer => "METHOD:PUBLISH",
        Purpose::Request { .. } => "METHOD:REQUEST",
        Purpose::Cancel | Purpose::Withdraw { .. } => "METHOD:CANCEL",
    });
    let meant = invitation.schedule.and_then(Meant::by);
    if let Some(meant) = &meant {
        let until = invitation.at.max(meant.first.ends);
        zone::write(&meant.zone, meant.schedule.zone.as_str(), (meant.first.starts, until), &mut lines);
    }
    write_event(invitation, meant.as_ref(), purpose, &mut lines);
    lines.line("END:VCALENDAR");
    lines.finish()
}

/// The name under which calendars know the meeting, for ever.
pub fn uid(room: RoomId) -> String {
    format!("{room}@anteroom")
}

/// A plan with its first time and its zone.
struct Meant<'a> {
    schedule: &'a Schedule,
    first: Occurrence,
    zone: TimeZone,
}

impl<'a> Meant<'a> {
    fn by(schedule: &'a Schedule) -> Option<Self> {
        let first = calendar::current_or_next(schedule, UnixMillis(0))?;
        Some(Self { schedule, first, zone: calendar::zone(schedule) })
    }

    /// The first start by the wall clock. The plan's own clock, for on a day on which it is left out the
    /// first start is later, and that must not move the others.
    fn starts(&self) -> DateTime {
        let (hour, minute) = self.schedule.starts.clock();
        let clock = jiff::civil::time(calendar::signed(hour), calendar::signed(minute), 0, 0);
        local(&self.zone, self.first.starts).date().to_datetime(clock)
    }

    fn ends(&self) -> DateTime {
        let length = i64::from(self.schedule.length.count()).minutes();
        self.starts().checked_add(length).unwrap_or(DateTime::MAX)
    }

    fn rule(&self) -> Option<String> {
        let rule = match self.schedule.repeat {
            Repeat::Once => return None,
            Repeat::Daily => "FREQ=DAILY",
            Repeat::Weekdays => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            Repeat::Weekly => "FREQ=WEEKLY",
            Repeat::Fortnightly => "FREQ=WEEKLY;INTERVAL=2",
            Repeat::Monthly => "FREQ=MONTHLY",
        };
        // The end of a rule whose start has a zone is a moment, not a wall clock.
        let until = calendar::last(self.schedule).map(|last| format!(";UNTIL={}", utc(last.starts)));
        Some(format!("{rule}{}", until.unwrap_or_default()))
    }
}

fn write_event(
    invitation: &Invitation<'_>,
    meant: Option<&Meant<'_>>,
    purpose: Purpose<'_>,
    lines: &mut Lines,
) {
    lines.line("BEGIN:VEVENT");
    lines.line(&format!("UID:{}", uid(invitation.room)));
    lines.line(&format!("DTSTAMP:{}", utc(invitation.at)));
    lines.line(&format!("SEQUENCE:{}", invitation.sequence));
    if let Some(meant) = meant {
        let zone = meant.schedule.zone.as_str();
        lines.line(&format!("DTSTART;TZID={zone}:{}", wall(meant.starts())));
        // An event without a length ends when it starts, and may then not say so.
        if meant.schedule.length.count() > 0 {
            lines.line(&format!("DTEND;TZID={zone}:{}", wall(meant.ends())));
        }
        if let Some(rule) = meant.rule() {
            lines.line(&format!("RRULE:{rule}"));
        }
    }
    lines.text("SUMMARY", invitation.name.as_str());
    let about = invitation.about.map_or(String::new(), |about| format!("{about}\n\n"));
    lines.text("DESCRIPTION", &format!("{about}{}", invitation.link));
    lines.text("LOCATION", invitation.link);
    lines.uri("URL", invitation.link);
    // Calendars that know it (RFC 7986) show a button for the call.
    lines.uri("CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO", invitation.link);
    lines.line(match purpose {
        Purpose::Offer | Purpose::Request { .. } => "STATUS:CONFIRMED",
        Purpose::Cancel | Purpose::Withdraw { .. } => "STATUS:CANCELLED",
    });
    if let Purpose::Request { organizer, guest } | Purpose::Withdraw { organizer, guest } = purpose {
        lines.uri("ORGANIZER", &format!("mailto:{organizer}"));
        lines.uri("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE", &format!("mailto:{guest}"));
    }
    lines.line("END:VEVENT");
}

/// A moment in UTC, `20261121T150000Z`.
fn utc(at: UnixMillis) -> String {
    format!("{}Z", wall(local(&TimeZone::UTC, at)))
}

/// A wall clock, `20261121T160000`.
fn wall(at: DateTime) -> String {
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn local(zone: &TimeZone, at: UnixMillis) -> DateTime {
    let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).datetime()
}

#[cfg(test)]
mod tests;

//! What is written is read back by a parser that is not ours, and means the same moments as
//! [`crate::calendar`].

use super::*;
use expect_test::{Expect, expect};
use icalendar::parser::{Component, read_calendar, unfold};
use model::policy::Minutes;
use rrule::RRuleSet;

fn plan(zone: &str, starts: &str, repeat: Repeat, until: Option<&str>) -> Schedule {
    Schedule {
        starts: starts.parse().expect("the test writes a time"),
        zone: zone.parse().expect("the test names a zone"),
        length: Minutes::new(90).expect("it is within a day"),
        repeat,
        until: until.map(|until| until.parse().expect("the test writes a date")),
    }
}

fn moment(text: &str) -> UnixMillis {
    UnixMillis(text.parse::<Timestamp>().expect("the test writes a moment").as_millisecond())
}

fn written(schedule: Option<&Schedule>, purpose: Purpose<'_>) -> String {
    let name = RoomName::parse("Cello; with Ana, \\ and Jürgen").expect("the name is short");
    let link = "https://meet.example.org/r/bcd-fghj-kmn";
    let at = moment("2026-11-21T12:00:00Z");
    write(
        &Invitation {
            room: RoomId::from_bits(0xabc),
            name: &name,
            about: Some("Bring tea;\nand a bow."),
            schedule,
            link,
            sequence: 3,
            at,
        },
        purpose,
    )
}

fn check(schedule: &Schedule, expected: Expect) {
    expected.assert_eq(&written(Some(schedule), Purpose::Offer).replace("\r\n", "\n"));
}

/// One component of the file, as the parser sees it.
struct Read {
    lines: Vec<(String, String)>,
    zone: Option<String>,
}

impl Read {
    fn of(component: &Component<'_>) -> Self {
        let line = |property: &icalendar::parser::Property<'_>| {
            (property.name.as_str().to_owned(), property.val.clone().unescape_text().as_str().to_owned())
        };
        let zone = component.find_prop("DTSTART").and_then(|starts| starts.params.first());
        let zone = zone.and_then(|zone| zone.val.as_ref()).map(|zone| zone.as_str().to_owned());
        Self { lines: component.properties.iter().map(line).collect(), zone }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The starts, expanded by a library that is not ours; `mark` is what the dates lack to be moments.
    fn starts(&self, count: u16, mark: &str) -> Vec<UnixMillis> {
        let zone = self.zone.as_ref().map(|zone| format!(";TZID={zone}")).unwrap_or_default();
        let first = self.value("DTSTART").expect("it starts");
        let mut text = format!("DTSTART{zone}:{first}{mark}\nRDATE{zone}:{first}{mark}");
        if let Some(rule) = self.value("RRULE") {
            text.push_str(&format!("\nRRULE:{rule}"));
        }
        for date in self.value("RDATE").unwrap_or_default().split_terminator(',') {
            text.push_str(&format!("\nRDATE{zone}:{date}{mark}"));
        }
        let set: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        // The first start stands there twice, by its date and by its rule.
        let dates = set.all(count + 1).dates;
        let mut starts: Vec<_> = dates.iter().map(|at| UnixMillis(at.timestamp_millis())).collect();
        starts.dedup();
        starts.truncate(usize::from(count));
        starts
    }
}

/// The components by that name, wherever they are.
fn read(file: &str, name: &str) -> Vec<Read> {
    let plain = unfold(file);
    let calendar = read_calendar(&plain).expect("the parser knows the format");
    let inner = calendar.components.iter().flat_map(|component| &component.components);
    let all = calendar.components.iter().chain(inner);
    all.filter(|component| component.name == name).map(Read::of).collect()
}

fn event(file: &str) -> Read {
    let mut events = read(file, "VEVENT");
    assert_eq!(events.len(), 1, "{file}");
    events.remove(0)
}

/// The times that the plan means, one after the other.
fn meant(schedule: &Schedule, count: usize) -> Vec<Occurrence> {
    let first = calendar::current_or_next(schedule, UnixMillis(0));
    let next = |last: &Occurrence| calendar::current_or_next(schedule, last.ends);
    std::iter::successors(first, next).take(count).collect()
}

/// The changes that the file describes, as moments with the offset after them, in seconds.
fn described_changes(file: &str, count: u16) -> Vec<(i64, i32)> {
    let mut changes = Vec::new();
    for part in ["STANDARD", "DAYLIGHT"].into_iter().flat_map(|kind| read(file, kind)) {
        let offset = |name: &str| {
            let text = part.value(name).expect("a change says what it changes");
            let hours: i32 = text[..3].parse().expect("an offset has hours");
            let minutes: i32 = text[3..5].parse().expect("an offset has minutes");
            hours * 3_600 + hours.signum() * minutes * 60
        };
        // The onsets stand there by the clock that is about to be changed.
        let before = i64::from(offset("TZOFFSETFROM"));
        let after = offset("TZOFFSETTO");
        changes.extend(part.starts(count, "Z").iter().map(|at| (at.0 / 1_000 - before, after)));
    }
    changes.sort_unstable();
    changes
}

fn true_changes(zone: &str, from: &str, count: usize) -> Vec<(i64, i32)> {
    let zone = TimeZone::get(zone).expect("the zone is known");
    let from = Timestamp::from_millisecond(moment(from).0).expect("the moment is near");
    let changes = zone.preceding(from).take(1).chain(zone.following(from)).take(count);
    changes.map(|change| (change.timestamp().as_second(), change.offset().seconds())).collect()
}

#[test]
fn a_weekly_lesson_is_written_with_its_zone_and_its_rule() {
    check(
        &plan("Europe/Berlin", "2026-11-23T16:00", Repeat::Weekly, Some("2027-06-30")),
        expect![[r#"
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Anteroom//Anteroom//EN
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            BEGIN:STANDARD
            DTSTART:20261025T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            TZNAME:CET
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:20270328T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            TZNAME:CEST
            END:DAYLIGHT
            END:VTIMEZONE
            BEGIN:VEVENT
            UID:00000000000000000000000000000abc@anteroom
            DTSTAMP:20261121T120000Z
            SEQUENCE:3
            DTSTART;TZID=Europe/Berlin:20261123T160000
            DTEND;TZID=Europe/Berlin:20261123T173000
            RRULE:FREQ=WEEKLY;UNTIL=20270628T140000Z
            SUMMARY:Cello\; with Ana\, \\ and Jürgen
            DESCRIPTION:Bring tea\;\nand a bow.\n\nhttps://meet.example.org/r/bcd-fghj-
             kmn
            LOCATION:https://meet.example.org/r/bcd-fghj-kmn
            URL:https://meet.example.org/r/bcd-fghj-kmn
            CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://meet.example.org/r/bcd-fgh
             j-kmn
            STATUS:CONFIRMED
            END:VEVENT
            END:VCALENDAR
        "#]],
    );
}

#[test]
fn every_repeat_is_read_back_as_the_times_that_it_means() {
    for (repeat, starts, until) in [
        (Repeat::Once, "2026-11-23T16:00", None),
        (Repeat::Daily, "2026-10-20T23:30", None),
        (Repeat::Daily, "2026-10-20T23:30", Some("2026-11-02")),
        // The plan begins on a Saturday, which it does not mean.
        (Repeat::Weekdays, "2026-11-21T09:00", None),
        (Repeat::Weekly, "2026-03-20T16:00", Some("2026-12-31")),
        (Repeat::Fortnightly, "2026-03-20T00:00", None),
        (Repeat::Monthly, "2026-08-31T09:00", None),
        (Repeat::Monthly, "2026-08-31T09:00", Some("2027-03-30")),
    ] {
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"] {
            let schedule = plan(zone, starts, repeat, until);
            let back = event(&written(Some(&schedule), Purpose::Offer)).starts(24, "");
            let meant: Vec<_> = meant(&schedule, 24).iter().map(|meant| meant.starts).collect();
            assert_eq!(back, meant, "{repeat:?} from {starts} until {until:?} in {zone}");
        }
    }
}

#[test]
fn the_zone_is_described_as_it_changes() {
    // A rule with the last Sunday, one with the second, the southern half, and one that follows the moon.
    for (zone, count) in
        [("Europe/Berlin", 18), ("America/New_York", 18), ("Australia/Sydney", 18), ("Asia/Gaza", 18)]
    {
        let schedule = plan(zone, "2026-11-23T16:00", Repeat::Weekly, None);
        let described = described_changes(&written(Some(&schedule), Purpose::Offer), 10);
        let expected = true_changes(zone, "2026-11-23T12:00:00Z", count);
        assert_eq!((described.len() >= count, expected.len()), (true, count), "{zone}");
        assert_eq!(described[..count], expected, "{zone}");
    }
    let constant =
        written(Some(&plan("Asia/Kolkata", "2026-11-23T16:00", Repeat::Daily, None)), Purpose::Offer);
    assert!(constant.contains("TZOFFSETTO:+0530\r\nTZNAME:IST\r\n"), "{constant}");
}

#[test]
fn what_people_wrote_comes_back_as_they_wrote_it() {
    let schedule = plan("Europe/Berlin", "2026-11-23T16:00", Repeat::Once, None);
    let event = event(&written(Some(&schedule), Purpose::Offer));
    for (name, value) in [
        ("SUMMARY", "Cello; with Ana, \\ and Jürgen"),
        ("URL", "https://meet.example.org/r/bcd-fghj-kmn"),
        ("UID", "00000000000000000000000000000abc@anteroom"),
        ("DTEND", "20261123T173000"),
        ("STATUS", "CONFIRMED"),
    ] {
        assert_eq!(event.value(name), Some(value), "{name}");
    }
}

#[test]
fn a_request_names_both_sides() {
    let (ana, bo) = (EmailAddress::parse("ana@example.org"), EmailAddress::parse("bo@example.org"));
    let (organizer, guest) = (&ana.expect("it is one"), &bo.expect("it is one"));
    let schedule = plan("Europe/Berlin", "2026-11-23T16:00", Repeat::Once, None);
    let file = written(Some(&schedule), Purpose::Request { organizer, guest });
    assert!(file.contains("METHOD:REQUEST\r\n"), "{file}");
    assert_eq!(event(&file).value("ORGANIZER"), Some("mailto:ana@example.org"));
    assert_eq!(event(&file).value("ATTENDEE"), Some("mailto:bo@example.org"));
    let off = written(None, Purpose::Withdraw { organizer, guest });
    assert!(off.contains("METHOD:CANCEL\r\n") && off.contains("STATUS:CANCELLED\r\n"), "{off}");
    assert_eq!(event(&off).value("ATTENDEE"), Some("mailto:bo@example.org"));
    assert_eq!(event(&off).value("UID"), event(&file).value("UID"));
}

#[test]
fn a_plan_that_is_gone_is_struck_out_under_the_same_name_and_a_later_number() {
    let file = written(None, Purpose::Cancel);
    assert!(file.contains("METHOD:CANCEL\r\n"), "{file}");
    for (name, value) in [
        ("UID", "00000000000000000000000000000abc@anteroom"),
        ("STATUS", "CANCELLED"),
        ("SEQUENCE", "3"),
        ("DTSTAMP", "20261121T120000Z"),
    ] {
        assert_eq!(event(&file).value(name), Some(value), "{name}");
    }
}

#[test]
fn a_first_start_that_the_clocks_leave_out_moves_no_other() {
    // At 02:30 of that night the clocks in Berlin show 03:30.
    let schedule = plan("Europe/Berlin", "2027-03-28T02:30", Repeat::Daily, None);
    let file = written(Some(&schedule), Purpose::Offer);
    assert!(file.contains("DTSTART;TZID=Europe/Berlin:20270328T023000\r\n"), "{file}");
    assert_eq!(meant(&schedule, 2)[1].starts, moment("2027-03-29T00:30:00Z"));
}

#[test]
fn a_plan_without_a_length_claims_no_end() {
    let mut schedule = plan("Europe/Berlin", "2026-11-23T16:00", Repeat::Once, None);
    schedule.length = Minutes::new(0).expect("it is within a day");
    assert!(!written(Some(&schedule), Purpose::Offer).contains("DTEND"));
}

//! When a room is meant to be used: a wall-clock time in a named zone, for so long, perhaps again.
//!
//! The wall clock is what people agreed on: a lesson at 16:00 in Berlin stays at 16:00 when the clocks
//! change. Which moments that means is computed by `domain::calendar`.

use crate::policy::Minutes;
use std::fmt;
use std::str::FromStr;

/// The plan of one room.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Schedule {
    pub starts: LocalTime,
    pub zone: ZoneName,
    pub length: Minutes,
    pub repeat: Repeat,
    /// The last day on which it may start.
    pub until: Option<LocalDate>,
}

/// How often it happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    Once,
    Daily,
    /// Monday to Friday.
    Weekdays,
    Weekly,
    Fortnightly,
    /// On the same day of the month; months that lack it are left out.
    Monthly,
}

/// One time that a plan means.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Occurrence {
    pub starts: crate::UnixMillis,
    pub ends: crate::UnixMillis,
}

/// A date of the Gregorian calendar, `2026-11-21`.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalDate {
    year: i16,
    month: u8,
    day: u8,
}

/// A date and a time of day without a zone, `2026-11-21T16:00`, as browsers write it.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalTime {
    date: LocalDate,
    hour: u8,
    minute: u8,
}

/// The name of a time zone of the IANA database, such as `Europe/Berlin`. Whether the zone exists is
/// known to the server alone.
#[derive(Clone, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

/// The text is no date, time or zone as it is written here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is not a date, a time or a zone")]
pub struct ScheduleError;

impl LocalDate {
    /// The date, if the calendar has it.
    pub const fn new(year: i16, month: u8, day: u8) -> Result<Self, ScheduleError> {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        let known = year >= 1970 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 && day <= days;
        if known { Ok(Self { year, month, day }) } else { Err(ScheduleError) }
    }

    /// Year, month and day.
    pub const fn parts(self) -> (i16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl LocalTime {
    /// The time, if a day has it.
    pub const fn new(date: LocalDate, hour: u8, minute: u8) -> Result<Self, ScheduleError> {
        if hour < 24 && minute < 60 { Ok(Self { date, hour, minute }) } else { Err(ScheduleError) }
    }

    /// The date.
    pub const fn date(self) -> LocalDate {
        self.date
    }

    /// Hour and minute.
    pub const fn clock(self) -> (u8, u8) {
        (self.hour, self.minute)
    }
}

impl ZoneName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocalDate {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut parts = text.splitn(3, '-');
        let (year, month, day) =
            (digits(parts.next(), 4)?, digits(parts.next(), 2)?, digits(parts.next(), 2)?);
        let small = |number: u16| u8::try_from(number).map_err(|_| ScheduleError);
        Self::new(i16::try_from(year).map_err(|_| ScheduleError)?, small(month)?, small(day)?)
    }
}

impl FromStr for LocalTime {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let (date, clock) = text.split_once('T').ok_or(ScheduleError)?;
        let mut parts = clock.split(':');
        let small = |number: u16| u8::try_from(number).map_err(|_| ScheduleError);
        let (hour, minute) = (small(digits(parts.next(), 2)?)?, small(digits(parts.next(), 2)?)?);
        // Some browsers add seconds, which no plan needs.
        let seconds = parts.next().is_none_or(|seconds| seconds.starts_with("00"));
        if !seconds || parts.next().is_some() {
            return Err(ScheduleError);
        }
        Self::new(date.parse()?, hour, minute)
    }
}

fn digits(text: Option<&str>, count: usize) -> Result<u16, ScheduleError> {
    let text = text.filter(|text| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()));
    text.and_then(|text| text.parse().ok()).ok_or(ScheduleError)
}

impl FromStr for ZoneName {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(known) {
            return Err(ScheduleError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}", self.date, self.hour, self.minute)
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl TryFrom<String> for $name {
            type Error = ScheduleError;

            fn try_from(text: String) -> Result<Self, ScheduleError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}

as_text!(LocalDate, LocalTime, ZoneName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_the_calendar_lacks_are_refused() {
        assert_eq!(
            "2028-02-29".parse::<LocalDate>().map(|date| date.to_string()),
            Ok("2028-02-29".to_owned())
        );
        for text in
            ["2027-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026-1-1", "2026-01-+1", ""]
        {
            assert_eq!(text.parse::<LocalDate>(), Err(ScheduleError), "{text}");
        }
    }

    #[test]
    fn times_are_read_as_browsers_write_them() {
        let text = |text: &str| text.parse::<LocalTime>().map(|time| time.to_string());
        assert_eq!(text("2026-11-21T16:05"), Ok("2026-11-21T16:05".to_owned()));
        assert_eq!(text("2026-11-21T16:05:00.000"), Ok("2026-11-21T16:05".to_owned()));
        for wrong in [
            "2026-11-21 16:05",
            "2026-11-21T24:00",
            "2026-11-21T16:60",
            "2026-11-21T16",
            "2026-11-21T16:05:30",
        ] {
            assert_eq!(text(wrong), Err(ScheduleError), "{wrong}");
        }
    }

    #[test]
    fn a_zone_is_a_short_plain_name() {
        assert!("America/Argentina/Buenos_Aires".parse::<ZoneName>().is_ok());
        assert!("Etc/GMT+5".parse::<ZoneName>().is_ok());
        for wrong in ["", "Europe/Berlin;", "a b", "../../etc/passwd\0"] {
            assert!(wrong.parse::<ZoneName>().is_err(), "{wrong}");
        }
    }
}

//! How long rooms that are over are remembered, and the names in those that go on: for so many days, or
//! `forever`.

use std::str::FromStr;

/// The most days; whoever means longer means forever.
const DAYS: u16 = 36_500;

/// What becomes of names, chats, attendance and history once a room has ended, and of old names in one that
/// goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keep {
    /// They are erased after so many days; with 0 within the hour.
    Days(u16),
    /// They stay until somebody deletes them by hand.
    Forever,
}

/// The text is neither a number of days nor `forever`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is a number of days from 0 to {DAYS}, or `forever`")]
pub struct KeepError;

impl Default for Keep {
    fn default() -> Self {
        Self::Days(90)
    }
}

impl FromStr for Keep {
    type Err = KeepError;

    fn from_str(text: &str) -> Result<Self, KeepError> {
        if text == "forever" {
            return Ok(Self::Forever);
        }
        let days = text.parse().map_err(|_| KeepError)?;
        if days > DAYS { Err(KeepError) } else { Ok(Self::Days(days)) }
    }
}

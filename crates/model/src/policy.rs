//! The rules that a host sets for a room. They take effect at once, for those who are inside, too.
//!
//! | rule | values |
//! |---|---|
//! | [`Door`] | open, knock, members |
//! | passcode | none, or 4 to 16 characters that whoever has no invite must type |
//! | capacity | 2 to [`Capacity::MOST`] people inside or let in |
//! | speak, share, chat, record | each by a [`Circle`] |
//! | [`Reconnect`] | what a lost connection costs |
//! | [`Favour`] | what suffers first on a bad network |
//! | [`Ending`] | what happens when the planned time is over |
//! | after | the page on which people go on after the call |
//!
//! A value that exists is within its limits. Not here: what the rules mean, which is `domain`'s.

use crate::offer::Offer;
use crate::text::{Notice, Passcode};
use crate::web_address::WebAddress;

/// The rules of one room. A rule that a saved policy lacks, because it is younger, has its plain value.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Policy {
    pub door: Door,
    /// Nobody new comes in, whoever they are, but hosts.
    pub locked: bool,
    pub passcode: Option<Passcode>,
    pub capacity: Capacity,
    /// Who may send sound and pictures.
    pub speak: Circle,
    /// Who may share a screen.
    pub share: Circle,
    pub chat: Circle,
    pub record: Circle,
    /// Whoever a host mutes stays mute until a host lets them speak.
    pub hard_mute: bool,
    pub reconnect: Reconnect,
    pub favour: Favour,
    /// The entry page names who is inside.
    pub show_inside: bool,
    /// How long before a planned start the door opens.
    pub early: Minutes,
    /// How long a call without a plan may last.
    pub longest: Option<Minutes>,
    pub ending: Ending,
    /// What people at the door read.
    pub notice: Option<Notice>,
    /// Where people go on after the call.
    pub after: Option<WebAddress>,
    /// What it costs to come in, for everybody but hosts; nothing where it is free.
    pub offer: Option<Offer>,
}

/// Who comes in without being let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Everybody with the link.
    Open,
    /// Participants and viewers by invite; guests knock.
    Knock,
    /// Participants and viewers by invite; nobody else.
    Members,
}

/// How far down the roles a permission reaches. Viewers never speak nor share.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Owner and co-hosts.
    Hosts,
    /// And participants.
    Participants,
    /// And guests; for reading and writing, viewers.
    Everybody,
}

/// What a lost connection costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reconnect {
    /// The seat is kept for a while, and whoever comes back is where they were.
    Resume,
    /// The seat is given up soon; for some minutes they may come back in without being let in again.
    Rejoin,
    /// The seat is given up soon, and coming back is coming anew.
    Fresh,
}

/// What suffers first on a bad network.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Favour {
    /// Motion suffers, the picture stays sharp.
    Quality,
    /// The picture suffers, the call stays alive.
    Continuity,
}

/// What happens when the planned time is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Nothing.
    RunOn,
    /// Everybody is put out.
    Close,
}

/// How many people fit.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Capacity(u16);

/// A span in whole minutes, at most a day.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Minutes(u16);

/// The number is not within the limits of the rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the number is outside the limits of this rule")]
pub struct OutOfLimits;

impl Policy {
    /// A room for two people who are known to it, and for nobody else; each may come with two devices.
    pub fn for_two() -> Self {
        Self { door: Door::Members, capacity: Capacity(4), ..Self::plain(true) }
    }

    /// A room as it is made by one click: guests knock, or walk in.
    pub const fn plain(waiting_room: bool) -> Self {
        Self {
            door: if waiting_room { Door::Knock } else { Door::Open },
            locked: false,
            passcode: None,
            capacity: Capacity(Capacity::MOST),
            speak: Circle::Everybody,
            share: Circle::Everybody,
            chat: Circle::Everybody,
            record: Circle::Hosts,
            hard_mute: false,
            reconnect: Reconnect::Resume,
            favour: Favour::Continuity,
            show_inside: false,
            early: Minutes(10),
            longest: None,
            ending: Ending::RunOn,
            notice: None,
            after: None,
            offer: None,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::plain(true)
    }
}

impl Capacity {
    /// The most people that one room holds today.
    pub const MOST: u16 = 25;

    /// The number, if a room can hold so many.
    pub const fn new(people: u16) -> Result<Self, OutOfLimits> {
        if people >= 2 && people <= Self::MOST { Ok(Self(people)) } else { Err(OutOfLimits) }
    }

    /// How many.
    pub const fn people(self) -> usize {
        self.0 as usize
    }
}

impl Minutes {
    /// A day.
    pub const MOST: u16 = 24 * 60;

    /// The span, if it is not longer than a day.
    pub const fn new(minutes: u16) -> Result<Self, OutOfLimits> {
        if minutes <= Self::MOST { Ok(Self(minutes)) } else { Err(OutOfLimits) }
    }

    /// How many minutes.
    pub const fn count(self) -> u16 {
        self.0
    }

    /// The same in milliseconds.
    pub const fn millis(self) -> i64 {
        self.0 as i64 * 60_000
    }
}

impl TryFrom<u16> for Capacity {
    type Error = OutOfLimits;

    fn try_from(people: u16) -> Result<Self, OutOfLimits> {
        Self::new(people)
    }
}

impl From<Capacity> for u16 {
    fn from(capacity: Capacity) -> Self {
        capacity.0
    }
}

impl TryFrom<u16> for Minutes {
    type Error = OutOfLimits;

    fn try_from(minutes: u16) -> Result<Self, OutOfLimits> {
        Self::new(minutes)
    }
}

impl From<Minutes> for u16 {
    fn from(minutes: Minutes) -> Self {
        minutes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_holds_two_to_twenty_five_people() {
        assert_eq!(Capacity::new(1), Err(OutOfLimits));
        assert!(Capacity::new(2).is_ok());
        assert!(Capacity::new(25).is_ok());
        assert_eq!(Capacity::new(26), Err(OutOfLimits));
    }

    #[test]
    fn a_span_is_at_most_a_day() {
        assert_eq!(Minutes::new(1_440).map(Minutes::millis), Ok(86_400_000));
        assert_eq!(Minutes::new(1_441), Err(OutOfLimits));
    }
}

//! Where a session is in its life, and the clock that runs while host and payer are together.

use super::bill::Settlement;
use super::event::Ending;
use model::{Money, TermsDigest, UnixMillis};

/// The stage of a session. Who is inside just now is not in it: [`super::Presence`] says that at all times.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stage {
    /// The payer has been shown the terms.
    Offered { until: UnixMillis },
    /// The payer agreed and has not paid yet.
    Awaiting { consent: Consent, until: UnixMillis },
    /// Host and payer may meet. `since` is when they first could.
    Confirmed { consent: Consent, since: UnixMillis },
    /// Both are in.
    Live(Sitting),
    /// They met, and one or both are away.
    Grace(Sitting),
    /// Over, for ever. What is `owing` is a bill that is not paid.
    Closed {
        consent: Option<Consent>,
        at: UnixMillis,
        ending: Ending,
        settlement: Box<Settlement>,
        owing: Option<Money>,
    },
}

/// What the payer agreed to, and when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Consent {
    pub at: UnixMillis,
    pub terms: TermsDigest,
}

/// A session that has begun.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sitting {
    pub consent: Consent,
    pub clock: Clock,
    pub warned: Warned,
    /// How often the payer paid for more time.
    pub extended: u16,
    /// How long overruns were that are over because the payer paid for more time.
    pub overrun_ms: i64,
}

impl Sitting {
    /// Goes on with another clock. What was had for free until then stays had.
    pub(super) fn go_on(&mut self, clock: Clock, at: UnixMillis) {
        if let Clock::Overrun { since } = self.clock {
            self.overrun_ms += at.since(since);
        }
        self.clock = clock;
    }
}

/// How time is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// There is no end: a free session, or one that is paid per call.
    Open,
    /// By the wall, whoever is there.
    Slot { from: UnixMillis, ends: UnixMillis },
    /// Prepaid minutes run out while both are in.
    Minutes,
    /// The paid time is over since then; nothing counts any more.
    Overrun { since: UnixMillis },
}

/// How much was left when everybody was last told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warned {
    NotYet,
    FiveMinutes,
    OneMinute,
}

impl Warned {
    /// What is not worth a warning any more when so much is left.
    pub const fn at(left_ms: i64) -> Self {
        if left_ms <= Self::OneMinute.left_ms() {
            Self::OneMinute
        } else if left_ms <= Self::FiveMinutes.left_ms() {
            Self::FiveMinutes
        } else {
            Self::NotYet
        }
    }

    /// How much is left at this warning; the first has none.
    pub const fn left_ms(self) -> i64 {
        match self {
            Self::NotYet => i64::MAX,
            Self::FiveMinutes => 5 * 60_000,
            Self::OneMinute => 60_000,
        }
    }

    /// The warning after this one.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::NotYet => Some(Self::FiveMinutes),
            Self::FiveMinutes => Some(Self::OneMinute),
            Self::OneMinute => None,
        }
    }
}

//! Whether the server bears more people.
//!
//! | sign | newcomers are refused | and taken again |
//! |---|---|---|
//! | rooms, people, waiting, sockets | at the cap | below it |
//! | the lag of the event loop, the busiest media thread, memory | above its mark for [`STRAINED_MS`] | below four fifths of it for [`RELIEVED_MS`] |
//!
//! What is counted is exact, so a cap holds at once. What is measured jumps about: a moment of strain turns
//! nobody away, and a moment of relief lets nobody in.
//!
//! Whoever has a place keeps it: resuming is not asked about here. Not here: measuring, and telling people.

use model::MonoMillis;

/// How long strain must last before newcomers are refused, in milliseconds.
pub const STRAINED_MS: u64 = 3_000;
/// How long relief must last before they are taken again, in milliseconds.
pub const RELIEVED_MS: u64 = 10_000;

/// How many there may be on the whole server; `None` is as many as come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Caps {
    /// Rooms with somebody in them.
    pub rooms: Option<u32>,
    /// People inside.
    pub people: Option<u32>,
    /// People at doors.
    pub waiting: Option<u32>,
    /// Open call sockets.
    pub sockets: Option<u32>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    pub rooms: u32,
    pub people: u32,
    pub waiting: u32,
    pub sockets: u32,
}

/// What is measured, or the mark above which it is strain.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Strain {
    /// How late the event loop wakes, in milliseconds.
    pub lag_ms: u32,
    /// How much of its time the busiest media thread works, in thousandths.
    pub busy_permille: u32,
    /// What the process holds in memory, in MiB; 0 as a mark is none.
    pub memory_mib: u32,
}

/// Why newcomers are refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    Rooms,
    People,
    Waiting,
    Sockets,
    Lag,
    Media,
    Memory,
}

impl Cause {
    /// The cause in one word, for the operator.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::People => "people",
            Self::Waiting => "waiting",
            Self::Sockets => "sockets",
            Self::Lag => "lag",
            Self::Media => "media",
            Self::Memory => "memory",
        }
    }
}

/// The cap that is reached; `opens_room` if the newcomer would be the only one in theirs.
pub fn reached(caps: &Caps, counts: &Counts, opens_room: bool) -> Option<Cause> {
    let full = |cap: Option<u32>, count: u32| cap.is_some_and(|cap| count >= cap);
    if full(caps.people, counts.people) {
        Some(Cause::People)
    } else if full(caps.waiting, counts.waiting) {
        Some(Cause::Waiting)
    } else if full(caps.sockets, counts.sockets) {
        Some(Cause::Sockets)
    } else if opens_room && full(caps.rooms, counts.rooms) {
        Some(Cause::Rooms)
    } else {
        None
    }
}

/// What was measured, over time.
#[derive(Clone, Debug)]
pub struct Gauge {
    marks: Strain,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// `since` is when the strain began that has not lasted long enough.
    Easy { since: Option<MonoMillis> },
    /// `since` is when the relief began that has not lasted long enough.
    Strained { cause: Cause, since: Option<MonoMillis> },
}

impl Gauge {
    /// A gauge for these marks.
    pub const fn new(marks: Strain) -> Self {
        Self { marks, state: State::Easy { since: None } }
    }

    /// Takes a measurement in; says why newcomers are refused from now on, if they are.
    pub fn take(&mut self, measured: &Strain, now: MonoMillis) -> Option<Cause> {
        self.state = match (self.state, self.marks.above(measured, 1, 1)) {
            (State::Easy { .. }, None) => State::Easy { since: None },
            (State::Easy { since }, Some(cause)) => {
                let since = since.unwrap_or(now);
                if now.0.saturating_sub(since.0) >= STRAINED_MS {
                    State::Strained { cause, since: None }
                } else {
                    State::Easy { since: Some(since) }
                }
            }
            (State::Strained { cause, since }, _) => match self.marks.above(measured, 4, 5) {
                Some(still) => State::Strained { cause: still, since: None },
                None => {
                    let since = since.unwrap_or(now);
                    if now.0.saturating_sub(since.0) >= RELIEVED_MS {
                        State::Easy { since: None }
                    } else {
                        State::Strained { cause, since: Some(since) }
                    }
                }
            },
        };
        match self.state {
            State::Easy { .. } => None,
            State::Strained { cause, .. } => Some(cause),
        }
    }
}

impl Strain {
    /// The first that is above `part / whole` of its mark.
    fn above(&self, measured: &Self, part: u64, whole: u64) -> Option<Cause> {
        let over =
            |measured: u32, mark: u32| mark > 0 && u64::from(measured) * whole > u64::from(mark) * part;
        if over(measured.lag_ms, self.lag_ms) {
            Some(Cause::Lag)
        } else if over(measured.busy_permille, self.busy_permille) {
            Some(Cause::Media)
        } else if over(measured.memory_mib, self.memory_mib) {
            Some(Cause::Memory)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Strain = Strain { lag_ms: 500, busy_permille: 900, memory_mib: 0 };

    /// Measures a lag once a second and tells what was said.
    fn told(lags: &[u32]) -> String {
        let mut gauge = Gauge::new(MARKS);
        let seconds = (0..).map(|second| MonoMillis(second * 1_000));
        let answers = lags.iter().zip(seconds).map(|(lag_ms, now)| {
            match gauge.take(&Strain { lag_ms: *lag_ms, ..Strain::default() }, now) {
                Some(_) => '#',
                None => '.',
            }
        });
        answers.collect()
    }

    #[test]
    fn a_moment_of_strain_turns_nobody_away() {
        assert_eq!(told(&[0, 900, 900, 900, 0, 900, 900, 0]), "........");
    }

    #[test]
    fn lasting_strain_does_and_a_moment_of_relief_lets_nobody_in() {
        let mut lags = vec![600; 4];
        lags.extend([0; 9]);
        lags.push(450);
        lags.extend([0; 12]);
        assert_eq!(told(&lags), "...#####################..");
    }

    #[test]
    fn between_the_marks_nothing_changes() {
        assert_eq!(told(&[450; 20]), ".".repeat(20), "not yet strained");
        let mut lags = vec![501; 4];
        lags.extend([401; 30]);
        assert!(told(&lags).ends_with(&"#".repeat(30)), "not yet relieved");
    }

    #[test]
    fn each_sign_counts_by_itself_and_a_mark_of_nothing_never() {
        for (measured, expected) in [
            (Strain { busy_permille: 901, ..Strain::default() }, Some(Cause::Media)),
            (Strain { memory_mib: 9_999, ..Strain::default() }, None),
            (Strain { lag_ms: 500, busy_permille: 900, memory_mib: 0 }, None),
        ] {
            let mut gauge = Gauge::new(MARKS);
            gauge.take(&measured, MonoMillis(0));
            assert_eq!(gauge.take(&measured, MonoMillis(STRAINED_MS)), expected, "{measured:?}");
        }
    }

    #[test]
    fn a_cap_is_reached_and_not_passed() {
        let caps = Caps { rooms: Some(2), people: Some(5), waiting: Some(3), sockets: None };
        let counts = Counts { rooms: 1, people: 4, waiting: 2, sockets: 99 };
        assert_eq!(reached(&caps, &counts, true), None);
        assert_eq!(reached(&caps, &Counts { people: 5, ..counts }, false), Some(Cause::People));
        assert_eq!(reached(&caps, &Counts { waiting: 3, ..counts }, false), Some(Cause::Waiting));
        let rooms = Counts { rooms: 2, ..counts };
        assert_eq!(reached(&caps, &rooms, true), Some(Cause::Rooms));
        assert_eq!(reached(&caps, &rooms, false), None, "a room that is open takes more people");
        assert_eq!(reached(&Caps::default(), &rooms, true), None);
        let sockets = Caps { sockets: Some(99), ..Caps::default() };
        assert_eq!(reached(&sockets, &counts, false), Some(Cause::Sockets));
    }
}

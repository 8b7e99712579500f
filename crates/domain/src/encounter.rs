//! One encounter: two strangers who were brought together, in a room for the two.
//!
//! ```text
//! awaited ──both inside──▶ met ──one goes──▶ ended
//!    └── one goes, or did not come within a minute ──▲
//! ```
//!
//! It is over for both when it is over for one, so that nobody sits before an empty picture, and whoever is
//! molested is alone again with one press. Invariants: what has ended stays so; an encounter whose two never
//! met does not outlive its deadline. Not here: who is brought together ([`crate::matching`]), rooms, names.

use crate::limits::{BAR_MS, ENCOUNTER_ARRIVAL_MS, REPORTABLE_MS, REPORTS_TO_BAR};
use crate::two::Two;
use model::{DeviceId, EncounterId, RoomCode, UnixMillis, UserId};

/// Somebody in a browser, with an account or without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Party {
    pub user: UserId,
    pub device: DeviceId,
}

impl Party {
    /// Whether this is the same person, as far as it can be told: somebody who signs in or out meanwhile is
    /// another user in the same browser, and whoever has an account may use it in another browser.
    pub fn is_also(self, other: Self) -> bool {
        self.user == other.user || self.device == other.device
    }
}

/// One encounter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encounter {
    pub id: EncounterId,
    pub parties: [Party; 2],
    pub room: RoomCode,
    pub made_at: UnixMillis,
    pub stage: Stage,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Not both have come yet; until then they may.
    Awaited {
        until: UnixMillis,
        came: [bool; 2],
    },
    Met,
    /// `met` if the two have been inside at once.
    Ended {
        at: UnixMillis,
        met: bool,
    },
}

impl Encounter {
    /// Two who were just found for each other.
    pub const fn new(id: EncounterId, parties: [Party; 2], room: RoomCode, now: UnixMillis) -> Self {
        let stage = Stage::Awaited { until: now.plus(ENCOUNTER_ARRIVAL_MS), came: [false; 2] };
        Self { id, parties, room, made_at: now, stage }
    }

    /// Whether it goes on.
    pub const fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Ended { .. })
    }

    /// When something is due.
    pub const fn due(&self) -> Option<UnixMillis> {
        match self.stage {
            Stage::Awaited { until, .. } => Some(until),
            Stage::Met | Stage::Ended { .. } => None,
        }
    }

    /// Which of the two somebody is.
    pub fn index_of(&self, user: UserId) -> Option<usize> {
        self.parties.iter().position(|party| party.user == user)
    }

    /// Whom somebody met.
    pub fn other(&self, party: Party) -> Option<Party> {
        let index = self.parties.iter().position(|one| one.is_also(party))?;
        Some(self.parties[1 - index])
    }

    /// Whether somebody was sent here and has not come yet: who asks again is sent here again.
    pub fn awaits(&self, user: UserId, now: UnixMillis) -> bool {
        match (self.stage, self.index_of(user)) {
            (Stage::Awaited { until, came }, Some(index)) => !came[index] && now < until,
            (Stage::Awaited { .. } | Stage::Met | Stage::Ended { .. }, _) => false,
        }
    }

    /// What follows from who is inside the room and whether that goes on; `None` if nothing does.
    pub fn look(&self, two: Two, now: UnixMillis) -> Option<Stage> {
        let Two { inside, is_open, .. } = two;
        let met = two.met || self.stage == Stage::Met;
        let over = Some(Stage::Ended { at: now, met });
        match self.stage {
            Stage::Ended { .. } => None,
            _ if !is_open => over,
            Stage::Met => (inside != [true; 2]).then_some(over).flatten(),
            Stage::Awaited { .. } if inside == [true; 2] => Some(Stage::Met),
            Stage::Awaited { .. } if met => over,
            Stage::Awaited { until, .. } if until <= now => Some(Stage::Ended { at: until, met: false }),
            // Whoever came and went did not wait.
            Stage::Awaited { came, .. } if (came[0] && !inside[0]) || (came[1] && !inside[1]) => over,
            Stage::Awaited { came, .. } if came == inside => None,
            Stage::Awaited { until, .. } => Some(Stage::Awaited { until, came: inside }),
        }
    }

    /// What follows from one of them wishing no more; `None` if it is over already.
    pub fn leave(&self, now: UnixMillis) -> Option<Stage> {
        self.is_live().then_some(Stage::Ended { at: now, met: self.stage == Stage::Met })
    }

    /// Whether one of the two may still report the other.
    pub const fn is_reportable(&self, now: UnixMillis) -> bool {
        match self.stage {
            Stage::Awaited { .. } | Stage::Met => true,
            Stage::Ended { at, .. } => now.0 < at.plus(REPORTABLE_MS).0,
        }
    }
}

/// Until when somebody is kept out whom so many people have reported within a day; `None` if they are not.
pub const fn barred_until(reporters: u64, now: UnixMillis) -> Option<UnixMillis> {
    if reporters >= REPORTS_TO_BAR { Some(now.plus(BAR_MS)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn fresh() -> Encounter {
        let party = |bits| Party { user: UserId::from_bits(bits), device: DeviceId::from_bits(bits) };
        Encounter::new(EncounterId::from_bits(9), [party(1), party(2)], RoomCode::from_bits(5), NOW)
    }

    const fn two(inside: [bool; 2], is_open: bool) -> Two {
        Two { inside, met: inside[0] && inside[1], is_open }
    }

    fn told(mut encounter: Encounter, inside: &[[bool; 2]]) -> Stage {
        for (second, inside) in (1_i64..).zip(inside) {
            if let Some(stage) = encounter.look(two(*inside, true), NOW.plus(second * 1_000)) {
                encounter.stage = stage;
            }
        }
        encounter.stage
    }

    #[test]
    fn two_who_came_have_met_and_whoever_goes_ends_it() {
        assert_eq!(told(fresh(), &[[true, false], [true, true]]), Stage::Met);
        let ended = Stage::Ended { at: NOW.plus(3_000), met: true };
        assert_eq!(told(fresh(), &[[true, false], [true, true], [false, true]]), ended);
    }

    #[test]
    fn whoever_comes_and_goes_before_the_other_came_keeps_nobody_waiting() {
        assert_eq!(
            told(fresh(), &[[true, false], [false, false]]),
            Stage::Ended { at: NOW.plus(2_000), met: false }
        );
        // Also when the other came at that moment.
        assert_eq!(
            told(fresh(), &[[true, false], [false, true]]),
            Stage::Ended { at: NOW.plus(2_000), met: false }
        );
    }

    #[test]
    fn two_who_met_while_nobody_looked_have_met() {
        let gone = Two { inside: [true, false], met: true, is_open: true };
        assert_eq!(fresh().look(gone, NOW), Some(Stage::Ended { at: NOW, met: true }));
    }

    #[test]
    fn nobody_waits_for_somebody_who_does_not_come() {
        let encounter = fresh();
        let due = NOW.plus(ENCOUNTER_ARRIVAL_MS);
        assert_eq!(encounter.due(), Some(due));
        assert_eq!(encounter.look(two([false; 2], true), due.plus(-1)), None);
        assert_eq!(
            encounter.look(two([true, false], true), due.plus(5)),
            Some(Stage::Ended { at: due, met: false })
        );
        // Who comes in time has come, however late it is looked at.
        assert_eq!(encounter.look(two([true; 2], true), due.plus(5)), Some(Stage::Met));
    }

    #[test]
    fn what_has_ended_stays_so() {
        let mut encounter = fresh();
        encounter.stage = encounter.leave(NOW).expect("it goes on");
        assert_eq!(encounter.look(two([true; 2], true), NOW), None);
        assert_eq!(encounter.leave(NOW), None);
        assert!(!encounter.awaits(UserId::from_bits(1), NOW));
    }

    #[test]
    fn whoever_asks_again_on_the_way_is_sent_to_the_same_room() {
        let mut encounter = fresh();
        assert!(encounter.awaits(UserId::from_bits(1), NOW));
        assert!(!encounter.awaits(UserId::from_bits(3), NOW), "a stranger to both");
        encounter.stage = encounter.look(two([true, false], true), NOW).expect("one came");
        assert!(!encounter.awaits(UserId::from_bits(1), NOW), "whoever is there looks for somebody else");
        assert!(encounter.awaits(UserId::from_bits(2), NOW));
    }

    #[test]
    fn a_room_that_is_over_ends_it() {
        assert_eq!(fresh().look(two([true, false], false), NOW), Some(Stage::Ended { at: NOW, met: false }));
    }

    #[test]
    fn reports_are_taken_for_a_day_and_three_people_bar() {
        let mut encounter = fresh();
        assert!(encounter.is_reportable(NOW.plus(10 * REPORTABLE_MS)), "it goes on");
        encounter.stage = Stage::Ended { at: NOW, met: true };
        assert!(encounter.is_reportable(NOW.plus(REPORTABLE_MS - 1)));
        assert!(!encounter.is_reportable(NOW.plus(REPORTABLE_MS)));
        assert_eq!(barred_until(2, NOW), None);
        assert_eq!(barred_until(3, NOW), Some(NOW.plus(BAR_MS)));
    }
}

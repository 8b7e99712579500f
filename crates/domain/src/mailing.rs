//! What somebody who was invited by mail has to be told, so that they know what holds.
//!
//! | they were told | and now | they get |
//! |---|---|---|
//! | nothing yet | the invite holds | the invite, with the plan if there is one |
//! | no plan, or an older one | there is a plan | the plan anew |
//! | a plan | there is none any more | word that it is off |
//! | a plan | the invite was taken back, or the room ended before its last time | the same, and they are forgotten |
//! | anything else | the invite was taken back, or the room ended | nothing, and they are forgotten |
//!
//! Only the newest matters: whoever missed three changes gets one mail. Not here: addresses, limits, words.

use crate::calendar;
use model::{Schedule, UnixMillis};

/// What somebody was told so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Told {
    pub invited: bool,
    /// The plan that stands in their calendar, by the number of its change.
    pub plan: Option<u32>,
}

/// What holds now.
#[derive(Clone, Copy, Debug)]
pub struct Holds<'a> {
    pub schedule: Option<&'a Schedule>,
    /// The number of the plan's last change.
    pub change: u32,
    pub revoked: bool,
    pub ended_at: Option<UnixMillis>,
}

/// What a mail is to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Letter {
    Invite,
    Update,
    Cancel,
}

/// What is to be done about somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    Nothing,
    Send(Letter),
    /// They are not told anything any more.
    Forget,
    /// The same after a last mail.
    CancelAndForget,
}

/// Says what is due.
pub fn due(told: Told, holds: Holds<'_>) -> Due {
    let over = holds.revoked || holds.ended_at.is_some();
    match (told, holds.schedule) {
        (Told { plan: Some(_), .. }, schedule) if over => match (schedule, holds.ended_at) {
            // What is past stays in calendars.
            (Some(schedule), Some(ended)) if calendar::current_or_next(schedule, ended).is_none() => {
                Due::Forget
            }
            _ => Due::CancelAndForget,
        },
        (Told { plan: None, .. }, _) if over => Due::Forget,
        (Told { invited: false, .. }, _) => Due::Send(Letter::Invite),
        (Told { plan: Some(_), .. }, None) => Due::Send(Letter::Cancel),
        (Told { plan, .. }, Some(_)) if plan != Some(holds.change) => Due::Send(Letter::Update),
        (Told { .. }, _) => Due::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::policy::Minutes;
    use model::schedule::Repeat;

    fn plan() -> Schedule {
        Schedule {
            starts: "2026-11-21T16:00".parse().expect("a time"),
            zone: "UTC".parse().expect("a zone"),
            length: Minutes::new(60).expect("an hour"),
            repeat: Repeat::Once,
            until: None,
        }
    }

    const BEFORE: UnixMillis = UnixMillis(1_790_000_000_000);
    const AFTER: UnixMillis = UnixMillis(1_799_000_000_000);
    const NOTHING: Told = Told { invited: false, plan: None };
    const INVITED: Told = Told { invited: true, plan: None };
    const PLANNED: Told = Told { invited: true, plan: Some(1) };

    #[test]
    fn whoever_is_invited_hears_of_every_change_once() {
        let plan = plan();
        let holds = |schedule, change| Holds { schedule, change, revoked: false, ended_at: None };
        let (none, first, second) = (holds(None, 2), holds(Some(&plan), 1), holds(Some(&plan), 5));
        for (told, holds, expected) in [
            (NOTHING, none, Due::Send(Letter::Invite)),
            (NOTHING, first, Due::Send(Letter::Invite)),
            (INVITED, none, Due::Nothing),
            (INVITED, first, Due::Send(Letter::Update)),
            (PLANNED, first, Due::Nothing),
            (PLANNED, second, Due::Send(Letter::Update)),
            (PLANNED, none, Due::Send(Letter::Cancel)),
        ] {
            assert_eq!(due(told, holds), expected, "{told:?} {holds:?}");
        }
    }

    #[test]
    fn whoever_is_not_expected_any_more_is_told_if_it_stands_in_their_calendar_and_forgotten() {
        let plan = plan();
        let revoked = Holds { schedule: Some(&plan), change: 1, revoked: true, ended_at: None };
        let ended = |at| Holds { revoked: false, ended_at: Some(at), ..revoked };
        for (told, holds, expected) in [
            (NOTHING, revoked, Due::Forget),
            (INVITED, revoked, Due::Forget),
            (PLANNED, revoked, Due::CancelAndForget),
            (PLANNED, Holds { schedule: None, ..revoked }, Due::CancelAndForget),
            (INVITED, ended(BEFORE), Due::Forget),
            (PLANNED, ended(BEFORE), Due::CancelAndForget),
            (PLANNED, ended(AFTER), Due::Forget),
        ] {
            assert_eq!(due(told, holds), expected, "{told:?} {holds:?}");
        }
    }
}

//! What the room's events mean for a session in it: who of host and payer came, went, or was sent away.
//!
//! | the room says | the session is told |
//! |---|---|
//! | entered, returned | entered |
//! | dropped, lost, signed out, or sent home when the time was over | dropped: not by their own will |
//! | left | left |
//! | the payer was removed, denied, banned, or may not come in any more after all | the host ended it: a payer who is put out did not get what was agreed on |
//! | the room has another owner | the host ended it: who paid, paid for the one who was |
//! | is planned otherwise | moved, if its own time is none of the plan any more |
//! | ended | the host ended it |
//!
//! The host of a session is who owned the room when it was offered. Their helpers are not: a payer pays for
//! the host.

use super::{Command, Party, Session};
use crate::calendar;
use crate::room::{Departure, Event, Room};
use model::offer::Point;
use model::{ParticipantId, Schedule, UnixMillis, UserId};

impl Session {
    /// What an event of the room at this time asks of this session. `room` is as it was before.
    pub fn hears(&self, room: &Room, event: &Event, at: UnixMillis) -> Option<Command> {
        match event {
            Event::Entered { participant, visitor, .. } => self.entering(*participant, visitor.user),
            Event::Returned { participant, .. } => {
                let person = room.people.get(participant).filter(|person| person.standing.is_present())?;
                self.entering(*participant, person.user)
            }
            Event::Left { participant, reason: Departure::Left } => {
                self.is_of(*participant).then_some(Command::Leave { participant: *participant })
            }
            Event::Dropped { participant, .. }
            | Event::Left {
                participant,
                reason: Departure::Lost | Departure::TimeUp | Departure::SignedOut,
            } => self.is_of(*participant).then_some(Command::Drop { participant: *participant }),
            Event::Removed { participant, .. } => match self.presence.party_of(*participant)? {
                Party::Payer => Some(Command::EndRoom { by: Party::Host }),
                Party::Host | Party::Operator => Some(Command::Drop { participant: *participant }),
            },
            Event::Denied { participant, .. } | Event::Revoked { participant, .. } => {
                let is_payer =
                    room.people.get(participant).is_some_and(|person| person.user == self.payer_now());
                is_payer.then_some(Command::EndRoom { by: Party::Host })
            }
            Event::Banned { user, .. } => {
                (*user == self.payer_now()).then_some(Command::EndRoom { by: Party::Host })
            }
            Event::HandedOver { .. } | Event::Ended { .. } => Some(Command::EndRoom { by: Party::Host }),
            Event::Planned { schedule, .. } => self.replanned(schedule.as_ref(), at),
            Event::Opened { .. }
            | Event::Emptied { .. }
            | Event::Knocked { .. }
            | Event::Admitted { .. }
            | Event::Withdrew { .. }
            | Event::Lapsed { .. }
            | Event::Linked { .. }
            | Event::Excused { .. }
            | Event::Barred { .. }
            | Event::Pardoned { .. }
            | Event::Muted { .. }
            | Event::Unmuted { .. }
            | Event::Appointed { .. }
            | Event::PolicySet { .. }
            | Event::Renamed { .. }
            | Event::Invited { .. }
            | Event::InviteUsed { .. }
            | Event::InviteRevoked { .. } => None,
        }
    }

    /// Whether it is under way: a room with such a session is looked after all the time.
    pub fn is_underway(&self) -> bool {
        let sits = matches!(self.stage, super::Stage::Live(_) | super::Stage::Grace(_));
        sits || self.presence.host.is_in() || self.presence.payer.is_in()
    }

    /// Whether a place is kept for the payer, and no lock or passcode keeps them out: they have paid, or the
    /// two have met. Whoever only agreed to pay afterwards has given nothing for it.
    pub const fn keeps_place(&self) -> bool {
        let is_after = matches!(self.offer.parts().point, Point::After);
        self.entitles_payer() && !(is_after && matches!(self.stage, super::Stage::Confirmed { .. }))
    }

    fn entering(&self, participant: ParticipantId, user: UserId) -> Option<Command> {
        let party = self.party_of(user)?;
        Some(Command::Enter { party, participant })
    }

    /// The time that it was sold for stays, as long as the plan has it; else it is the next of the plan.
    fn replanned(&self, plan: Option<&Schedule>, at: UnixMillis) -> Option<Command> {
        let is_kept = |planned| {
            plan.and_then(|plan| calendar::current_or_next(plan, planned))
                .is_some_and(|occurrence| occurrence.starts == planned)
        };
        if self.planned.is_some_and(is_kept) {
            return None;
        }
        let next = plan.and_then(|plan| calendar::current_or_next(plan, at));
        let to = next.map(|next| next.starts).filter(|starts| *starts > at);
        (to != self.planned).then_some(Command::Move { to })
    }

    fn is_of(&self, participant: ParticipantId) -> bool {
        self.presence.party_of(participant).is_some()
    }
}

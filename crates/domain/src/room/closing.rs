//! Deadlines: seats that are given up, calls whose time is over, rooms that expire.
//!
//! | what is due | when |
//! |---|---|
//! | a seat without a socket | its link's deadline |
//! | the end of a call, for those who may come in as well | the planned end, if the room closes then; the longest time a call may last |
//! | those who still wait, for nobody comes to let them in | the last planned end, if the room closes then and nobody is inside |
//! | the end of a room | a day after its last planned end, or 90 days after the last person left |

use super::{Departure, EndedBy, Event, Person, Phase, Room};
use crate::calendar;
use crate::limits::{EXPIRY_IDLE_MS, EXPIRY_PLANNED_MS, REJOIN_MS};
use model::policy::{Ending, Reconnect};
use model::{ParticipantId, UnixMillis, UserId};

impl Room {
    /// The next moment at which a [`Command::Sweep`](super::Command::Sweep) will do something.
    pub fn next_deadline(&self) -> Option<UnixMillis> {
        let seats = self.people.values().filter_map(|person| person.standing.deadline()).min();
        [seats, self.ends_at(), self.shuts_at(), self.expires_at()].into_iter().flatten().min()
    }

    /// When the call that is on must be over, if it must.
    pub fn ends_at(&self) -> Option<UnixMillis> {
        let Phase::Open { since } = self.phase else { return None };
        let longest = self.policy.longest.map(|longest| since.plus(longest.millis()));
        let planned = match (self.policy.ending, &self.schedule) {
            // Whoever opened the room early meant the time that came next; a host who opens it after
            // the last one means to stay.
            (Ending::Close, Some(schedule)) => {
                calendar::current_or_next(schedule, since).map(|meant| meant.ends)
            }
            (Ending::Close, None) | (Ending::RunOn, _) => None,
        };
        longest.into_iter().chain(planned).min()
    }

    /// When those who still wait at an empty room's door are sent home: its last planned time is over, and it
    /// lets nobody in after that.
    fn shuts_at(&self) -> Option<UnixMillis> {
        let waits = self.people.values().any(|person| person.standing.is_waiting());
        if self.phase != Phase::Idle || !waits || self.policy.ending != Ending::Close {
            return None;
        }
        let last = calendar::last(self.schedule.as_ref()?)?;
        Some(last.ends.max(self.idle_since))
    }

    /// When the room is over because nobody comes any more; never while somebody is here.
    pub fn expires_at(&self) -> Option<UnixMillis> {
        match self.phase {
            Phase::Idle if self.people.is_empty() => {}
            Phase::Idle | Phase::Open { .. } | Phase::Ended { .. } => return None,
        }
        let idle = self.idle_since.plus(EXPIRY_IDLE_MS);
        Some(match self.schedule.as_ref().map(calendar::last) {
            // A plan keeps the room at least until it is over.
            Some(Some(last)) => last.ends.max(self.idle_since).plus(EXPIRY_PLANNED_MS),
            Some(None) | None => idle,
        })
    }

    pub(super) fn sweep(&self, now: UnixMillis) -> Vec<Event> {
        if self.expires_at().is_some_and(|at| at <= now) {
            return vec![Event::Ended { by: EndedBy::Expiry, at: now }];
        }
        let over = self.ends_at().is_some_and(|at| at <= now);
        let shut = self.shuts_at().is_some_and(|at| at <= now);
        let due = |person: &Person| person.standing.deadline().is_some_and(|deadline| deadline <= now);
        let mut events = Vec::new();
        for (&participant, person) in &self.people {
            let must_go = if person.standing.is_waiting() { shut } else { over };
            if must_go {
                events.extend(self.leave(participant, Departure::TimeUp));
            } else if due(person) {
                events.extend(self.give_up(participant, person, now));
            }
        }
        events
    }

    /// Everybody of a user goes whose paid time is over; nobody who hosts here.
    pub(super) fn run_out(&self, user: UserId, seats: &[ParticipantId]) -> Vec<Event> {
        let is_theirs = |id: &ParticipantId, person: &Person| person.user == user || seats.contains(id);
        let theirs =
            self.people.iter().filter(|(id, person)| is_theirs(id, person) && !person.role.is_host());
        theirs.flat_map(|(&participant, _)| self.leave(participant, Departure::TimeUp)).collect()
    }

    /// A promise to let somebody in does not outlast the call that it was made for.
    pub(super) fn at_most_until_the_end(&self, at: UnixMillis) -> UnixMillis {
        self.ends_at().map_or(at, |end| at.min(end))
    }

    fn give_up(&self, participant: ParticipantId, person: &Person, now: UnixMillis) -> Vec<Event> {
        let mut events = self.leave(participant, Departure::Lost);
        if person.standing.is_present() && self.policy.reconnect == Reconnect::Rejoin {
            let until = self.at_most_until_the_end(now.plus(REJOIN_MS));
            events.push(Event::Excused { participant, visitor: person.visitor(), until });
        }
        events
    }
}

//! Coming and going: join, leave, drop, return.

use super::{
    Admission, Browsers, Closing, Departure, Event, Key, Link, Person, Refusal, Room, Standing, Visitor,
    admission,
};
use crate::limits::{
    ADMISSION_MS, GRACE_CLOSED_MS, GRACE_LOST_MS, GRACE_WAITING_MS, ROOM_MEMBERS, SEATS_PER_USER,
    SOCKET_EXPECTED_MS,
};
use model::policy::Reconnect;
use model::{DeviceId, InviteId, ParticipantId, Role, UnixMillis, UserId};

impl Room {
    pub(super) fn join(
        &self,
        participant: ParticipantId,
        visitor: &Visitor,
        key: &Key,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        self.require_token(visitor.user, key, now)?;
        let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
        let Some(person) = self.people.get(&participant) else {
            return match self.promised(visitor.user, visitor.device) {
                // Their page was closed or lost since, so they come with another number.
                Some((former, person)) => Ok(vec![
                    Event::Lapsed { participant: former },
                    entered(participant, &person.visitor(), person.role, now),
                ]),
                None => self.arrive(participant, visitor, key, now),
            };
        };
        Ok(match person.standing {
            // The name under which a host let somebody in stays: it was part of what was decided.
            Standing::Admitted { .. } => {
                vec![entered(participant, &person.visitor(), person.role, now)]
            }
            // A join repeated after a reconnect is answered, not refused.
            Standing::Present { link: Link::Connected, .. }
            | Standing::Waiting { link: Link::Connected, .. } => Vec::new(),
            Standing::Present { .. } | Standing::Waiting { .. } => self.relink(participant, link),
        })
    }

    /// The place that is kept for somebody who was let in, or may come back. The promise is to a person at
    /// their browser, not to a page of it.
    pub(super) fn promised(&self, user: UserId, device: DeviceId) -> Option<(ParticipantId, &Person)> {
        let kept = |person: &Person| {
            (person.user, person.device) == (user, device)
                && matches!(person.standing, Standing::Admitted { .. })
        };
        let found = self.people.iter().find(|(_, person)| kept(person))?;
        Some((*found.0, found.1))
    }

    fn arrive(
        &self,
        participant: ParticipantId,
        visitor: &Visitor,
        key: &Key,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        let (way, role) = admission(self, Some((visitor.user, visitor.device)), key, now)?;
        let mut events = Vec::new();
        if role != self.role_of(visitor.user)
            && let Some(id) = key.invite
        {
            let is_crowded = self.members.len() >= ROOM_MEMBERS;
            let instead_of =
                is_crowded.then(|| self.forgettable_member(now).ok_or(Refusal::Full)).transpose()?;
            events.push(Event::InviteUsed { id, user: visitor.user, role, instead_of });
        }
        if key.program.is_none() {
            events.extend(self.make_way_for(visitor.user));
        }
        events.push(match way {
            Admission::WalkIn => entered(participant, visitor, role, now),
            Admission::Knock if key.program.is_some() => return Err(Refusal::InviteRevoked),
            Admission::Knock => {
                let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
                Event::Knocked { participant, visitor: visitor.clone(), at: now, link }
            }
        });
        Ok(events)
    }

    /// Somebody who is not here, and came by a link by which anybody comes still: what they were, they become
    /// again when they come again. Whoever was made something by a host is never forgotten.
    fn forgettable_member(&self, now: UnixMillis) -> Option<UserId> {
        let is_here = |user: UserId| self.people.values().any(|person| person.user == user);
        let is_open =
            |id: &InviteId| self.invites.get(id).is_some_and(|link| link.promise(None, now).is_ok());
        let mut others = self.came_by.iter().filter(|(_, invite)| is_open(invite)).map(|(user, _)| *user);
        others.find(|user| !is_here(*user) && !self.held.contains(user))
    }

    /// Whoever comes with one seat too many gives up the oldest, first of all one at the door: no browser
    /// fills a room or its door alone.
    fn make_way_for(&self, user: UserId) -> Vec<Event> {
        let seats = self.people.iter().filter(|(_, person)| person.user == user);
        let mut seats: Vec<_> = seats.map(|(id, person)| (person.standing.rank(), *id)).collect();
        if seats.len() < SEATS_PER_USER {
            return Vec::new();
        }
        seats.sort_unstable();
        self.leave(seats[0].1, Departure::Left)
    }

    pub(super) fn leave(&self, participant: ParticipantId, reason: Departure) -> Vec<Event> {
        match self.people.get(&participant).map(|person| person.standing) {
            Some(Standing::Waiting { .. }) => vec![Event::Withdrew { participant, reason }],
            Some(Standing::Admitted { .. }) => match reason {
                // They were about to come in, and must hear why they may not.
                Departure::SignedOut => vec![Event::Withdrew { participant, reason }],
                Departure::Left | Departure::Lost | Departure::TimeUp => {
                    vec![Event::Lapsed { participant }]
                }
            },
            Some(Standing::Present { .. }) => vec![Event::Left { participant, reason }],
            // A repeated goodbye is harmless.
            None => Vec::new(),
        }
    }

    /// A seat, a place at the door and a promise last no longer than the login by which they were taken.
    pub(super) fn sign_out(&self, user: UserId, browsers: Browsers) -> Vec<Event> {
        let theirs = |person: &Person| person.user == user && browsers.include(person.device);
        let seats = self.people.iter().filter(|(_, person)| theirs(person));
        seats.flat_map(|(participant, _)| self.leave(*participant, Departure::SignedOut)).collect()
    }

    pub(super) fn drop_link(
        &self,
        participant: ParticipantId,
        closing: Closing,
        now: UnixMillis,
    ) -> Vec<Event> {
        let grace_ms = match self.people.get(&participant).map(|person| person.standing) {
            // The first deadline counts; a second report of the same loss must not move it.
            Some(
                Standing::Waiting { link: Link::Dropped { .. }, .. }
                | Standing::Present { link: Link::Dropped { .. }, .. }
                | Standing::Admitted { .. },
            )
            | None => return Vec::new(),
            Some(Standing::Waiting { .. }) => GRACE_WAITING_MS,
            Some(Standing::Present { .. }) => match (closing, self.policy.reconnect) {
                (Closing::Lost, Reconnect::Resume) => GRACE_LOST_MS,
                (Closing::Clean, _) | (Closing::Lost, Reconnect::Rejoin | Reconnect::Fresh) => {
                    GRACE_CLOSED_MS
                }
            },
        };
        vec![Event::Dropped { participant, link: Link::Dropped { since: now, until: now.plus(grace_ms) } }]
    }

    /// Until when somebody who is let in now may come in.
    pub(super) fn admitted_until(&self, now: UnixMillis) -> UnixMillis {
        self.at_most_until_the_end(now.plus(ADMISSION_MS))
    }

    pub(super) fn relink(&self, participant: ParticipantId, link: Link) -> Vec<Event> {
        match self.people.get(&participant).and_then(|person| person.standing.link()) {
            Some(Link::Dropped { .. }) => vec![Event::Returned { participant, link }],
            Some(Link::Expected { .. }) => vec![Event::Linked { participant, link }],
            Some(Link::Connected) | None => Vec::new(),
        }
    }
}

fn entered(participant: ParticipantId, visitor: &Visitor, role: Role, now: UnixMillis) -> Event {
    let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
    Event::Entered { participant, visitor: visitor.clone(), role, at: now, link }
}

//! One room: who may come in, who is in, and when it is over.
//!
//! ```text
//!            ┌────deny, leave, lost────▶ gone
//! stranger ──knock──▶ waiting ──admit──▶ admitted ──join──▶ present ──leave, remove, lost──▶ gone
//!     └─────────────────join, if the door is open──────────────▲
//! ```
//!
//! Whoever waits or is present has a [`Link`], the state of their socket:
//!
//! ```text
//! Expected ──return──▶ Connected ──drop──▶ Dropped ──join, return──▶ Expected, Connected
//!     └─────────────────deadline──────────────┴──▶ gone
//! ```
//!
//! [`decide`] says what a command means; [`Room::apply`] makes it so. Nothing else changes a room.
//!
//! Invariants: nobody both waits and is present; at most [`ROOM_PEOPLE`] are inside or let in and at most
//! [`ROOM_WAITING`] wait; the room is open exactly while somebody is present; an ended room is empty and
//! never changes. Not here: clocks, sockets, storage and media. `service::room_actor` has those.

mod admission;
mod event;
mod permission;
#[cfg(test)]
mod tests;

pub use admission::{Admission, admission};
pub use event::{Closing, Command, Departure, Event, Refusal};

use crate::limits::{
    ADMISSION_MS, GRACE_CLOSED_MS, GRACE_LOST_MS, GRACE_WAITING_MS, ROOM_PEOPLE, ROOM_WAITING,
    SOCKET_EXPECTED_MS,
};
use model::{DisplayName, ParticipantId, Role, RoomCode, RoomId, RoomName, UnixMillis, UserId};
use permission::require_host;
use std::collections::{BTreeMap, BTreeSet};

/// One room with everybody who has a seat in it or waits for one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Room {
    pub id: RoomId,
    pub code: RoomCode,
    pub name: RoomName,
    pub owner: UserId,
    /// Whether guests wait until a host lets them in.
    pub waiting_room: bool,
    pub phase: Phase,
    pub people: BTreeMap<ParticipantId, Person>,
    /// Users who were removed: they wait even where others walk in.
    pub barred: BTreeSet<UserId>,
}

/// Where a room is in its life.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Nobody is present.
    Idle,
    /// Somebody is present.
    Open { since: UnixMillis },
    /// Over, for ever.
    Ended { at: UnixMillis },
}

/// Somebody with a seat, or at the door.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub user: UserId,
    pub name: DisplayName,
    pub role: Role,
    pub standing: Standing,
}

/// What a person is to the room just now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// At the door.
    Waiting { since: UnixMillis, link: Link },
    /// Let in, but not yet in.
    Admitted { until: UnixMillis },
    /// Inside.
    Present { since: UnixMillis, link: Link },
}

/// The state of a person's socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Link {
    /// The person joined a moment ago and is about to open it.
    Expected {
        until: UnixMillis,
    },
    Connected,
    /// It is gone; the person is forgotten at the deadline.
    Dropped {
        since: UnixMillis,
        until: UnixMillis,
    },
}

/// Says what `command` means for `room`, changing nothing. Every rule about rooms starts here.
pub fn decide(room: &Room, command: &Command, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
    if let Phase::Ended { .. } = room.phase {
        return Err(Refusal::Ended);
    }
    let events = match command {
        Command::Join { participant, user, name } => room.join(*participant, *user, name, now)?,
        Command::Admit { by, participant } => {
            require_host(room, *by)?;
            room.admit(*by, *participant, now)?
        }
        Command::AdmitAll { by } => {
            require_host(room, *by)?;
            room.admit_all(*by, now)?
        }
        Command::Deny { by, participant } => {
            require_host(room, *by)?;
            room.deny(*by, *participant)?
        }
        Command::Remove { by, participant } => {
            require_host(room, *by)?;
            room.remove(*by, *participant)?
        }
        Command::Leave { participant } => room.leave(*participant, Departure::Left),
        Command::Drop { participant, closing } => room.drop_link(*participant, *closing, now),
        Command::Return { participant } => room.relink(*participant, Link::Connected),
        Command::Sweep => room.sweep(now),
        Command::End { by } => {
            require_host(room, *by)?;
            vec![Event::Ended { by: *by, at: now }]
        }
    };
    Ok(room.with_phase(events, now))
}

impl Room {
    /// Makes an event so.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Opened { at } => self.phase = Phase::Open { since: *at },
            Event::Emptied => self.phase = Phase::Idle,
            Event::Knocked { participant, user, name, at, link } => {
                let standing = Standing::Waiting { since: *at, link: *link };
                self.seat(*participant, *user, name, standing);
            }
            Event::Admitted { participant, by: _, until } => {
                let person = self.people.get_mut(participant).expect("only people at the door are admitted");
                person.standing = Standing::Admitted { until: *until };
                self.barred.remove(&person.user);
            }
            Event::Entered { participant, user, name, role: _, at, link } => {
                let standing = Standing::Present { since: *at, link: *link };
                self.seat(*participant, *user, name, standing);
            }
            Event::Linked { participant, link }
            | Event::Dropped { participant, link }
            | Event::Returned { participant, link } => {
                let person = self.people.get_mut(participant).expect("only people who are here have a link");
                person.standing = person.standing.with_link(*link);
            }
            Event::Denied { participant, .. }
            | Event::Withdrew { participant, .. }
            | Event::Lapsed { participant }
            | Event::Revoked { participant, .. }
            | Event::Left { participant, .. }
            | Event::Removed { participant, .. } => {
                let gone = self.people.remove(participant);
                assert!(gone.is_some(), "nobody goes who was not here");
            }
            Event::Barred { user, .. } => {
                self.barred.insert(*user);
            }
            Event::Ended { at, .. } => {
                self.people.clear();
                self.phase = Phase::Ended { at: *at };
            }
        }
        assert!(self.seated_count() <= ROOM_PEOPLE, "a room never holds more people than it may");
        assert!(self.waiting_count() <= ROOM_WAITING, "a door never holds more people than it may");
    }

    /// The next moment at which a [`Command::Sweep`] will do something.
    pub fn next_deadline(&self) -> Option<UnixMillis> {
        self.people.values().filter_map(|person| person.standing.deadline()).min()
    }

    /// Gives everybody who was here when the server stopped the time to come back.
    pub fn resume(&mut self, now: UnixMillis) {
        let link = Link::Dropped { since: now, until: now.plus(GRACE_LOST_MS) };
        for person in self.people.values_mut() {
            person.standing = match person.standing {
                Standing::Admitted { .. } => Standing::Admitted { until: now.plus(ADMISSION_MS) },
                standing @ (Standing::Waiting { .. } | Standing::Present { .. }) => standing.with_link(link),
            };
        }
    }

    /// What a user is to this room.
    pub fn role_of(&self, user: UserId) -> Role {
        if user == self.owner { Role::Host } else { Role::Guest }
    }

    /// Whether somebody is inside who can answer a knock.
    pub fn host_is_present(&self) -> bool {
        let reachable = |person: &Person| match person.standing {
            Standing::Present { link: Link::Connected | Link::Expected { .. }, .. } => true,
            Standing::Present { link: Link::Dropped { .. }, .. }
            | Standing::Waiting { .. }
            | Standing::Admitted { .. } => false,
        };
        self.people.values().any(|person| person.role == Role::Host && reachable(person))
    }

    /// Whether this participant is inside.
    pub fn is_present(&self, participant: ParticipantId) -> bool {
        self.people.get(&participant).is_some_and(|person| person.standing.is_present())
    }

    /// Everybody inside, in order of arrival.
    pub fn present(&self) -> Vec<(ParticipantId, &Person, UnixMillis)> {
        self.in_order(|standing| match standing {
            Standing::Present { since, .. } => Some(since),
            Standing::Waiting { .. } | Standing::Admitted { .. } => None,
        })
    }

    /// Everybody at the door, in order of knocking.
    pub fn waiting(&self) -> Vec<(ParticipantId, &Person, UnixMillis)> {
        self.in_order(|standing| match standing {
            Standing::Waiting { since, .. } => Some(since),
            Standing::Present { .. } | Standing::Admitted { .. } => None,
        })
    }

    /// How many are inside.
    pub fn present_count(&self) -> usize {
        self.people.values().filter(|person| person.standing.is_present()).count()
    }

    /// How many wait at the door.
    pub fn waiting_count(&self) -> usize {
        self.people.values().filter(|person| person.standing.is_waiting()).count()
    }

    /// How many are inside or have been let in.
    pub fn seated_count(&self) -> usize {
        self.people.len() - self.waiting_count()
    }

    fn join(
        &self,
        participant: ParticipantId,
        user: UserId,
        name: &DisplayName,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
        let Some(person) = self.people.get(&participant) else {
            return self.arrive(participant, user, name, now);
        };
        Ok(match person.standing {
            // The name under which a host let somebody in stays: it was part of what was decided.
            Standing::Admitted { .. } => vec![self.entered(participant, user, &person.name, now)],
            // A join repeated after a reconnect is answered, not refused.
            Standing::Present { link: Link::Connected, .. }
            | Standing::Waiting { link: Link::Connected, .. } => Vec::new(),
            Standing::Present { .. } | Standing::Waiting { .. } => self.relink(participant, link),
        })
    }

    fn arrive(
        &self,
        participant: ParticipantId,
        user: UserId,
        name: &DisplayName,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        match admission(self, Some(user)) {
            Admission::WalkIn => Ok(vec![self.entered(participant, user, name, now)]),
            Admission::Knock => {
                let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
                Ok(vec![Event::Knocked { participant, user, name: name.clone(), at: now, link }])
            }
            Admission::Full if self.seated_count() < ROOM_PEOPLE => Err(Refusal::DoorFull),
            Admission::Full => Err(Refusal::Full),
        }
    }

    fn entered(
        &self,
        participant: ParticipantId,
        user: UserId,
        name: &DisplayName,
        now: UnixMillis,
    ) -> Event {
        let link = Link::Expected { until: now.plus(SOCKET_EXPECTED_MS) };
        Event::Entered { participant, user, name: name.clone(), role: self.role_of(user), at: now, link }
    }

    fn admit(
        &self,
        by: ParticipantId,
        participant: ParticipantId,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        let person = self.people.get(&participant).ok_or(Refusal::NotWaiting)?;
        match person.standing {
            // Two clicks, or two hosts: the second finds it done.
            Standing::Admitted { .. } | Standing::Present { .. } => Ok(Vec::new()),
            Standing::Waiting { .. } if self.seated_count() >= ROOM_PEOPLE => Err(Refusal::Full),
            Standing::Waiting { .. } => {
                Ok(vec![Event::Admitted { participant, by, until: now.plus(ADMISSION_MS) }])
            }
        }
    }

    fn admit_all(&self, by: ParticipantId, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
        let waiting = self.waiting();
        let free = ROOM_PEOPLE - self.seated_count();
        if free == 0 && !waiting.is_empty() {
            return Err(Refusal::Full);
        }
        let until = now.plus(ADMISSION_MS);
        let first = waiting.into_iter().take(free);
        Ok(first.map(|(participant, ..)| Event::Admitted { participant, by, until }).collect())
    }

    fn deny(&self, by: ParticipantId, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
        match self.people.get(&participant).map(|person| person.standing) {
            Some(Standing::Waiting { .. }) => Ok(vec![Event::Denied { participant, by }]),
            Some(Standing::Admitted { .. } | Standing::Present { .. }) | None => Err(Refusal::NotWaiting),
        }
    }

    /// Puts a user out with every seat they have or were promised: one browser's second tab must not
    /// be the way back in.
    fn remove(&self, by: ParticipantId, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
        let person = self.people.get(&participant).ok_or(Refusal::NoSuchParticipant)?;
        match (person.role, person.standing) {
            (Role::Host, _) => return Err(Refusal::NotRemovable),
            (Role::Guest, Standing::Waiting { .. }) => return Err(Refusal::NoSuchParticipant),
            (Role::Guest, Standing::Admitted { .. } | Standing::Present { .. }) => {}
        }
        let mut events = vec![Event::Barred { user: person.user, by }];
        for (&participant, other) in self.people.iter().filter(|(_, other)| other.user == person.user) {
            match other.standing {
                Standing::Present { .. } => events.push(Event::Removed { participant, by }),
                Standing::Admitted { .. } => events.push(Event::Revoked { participant, by }),
                Standing::Waiting { .. } => {}
            }
        }
        Ok(events)
    }

    fn leave(&self, participant: ParticipantId, reason: Departure) -> Vec<Event> {
        match self.people.get(&participant).map(|person| person.standing) {
            Some(Standing::Waiting { .. }) => vec![Event::Withdrew { participant, reason }],
            Some(Standing::Admitted { .. }) => vec![Event::Lapsed { participant }],
            Some(Standing::Present { .. }) => vec![Event::Left { participant, reason }],
            // A repeated goodbye is harmless.
            None => Vec::new(),
        }
    }

    fn drop_link(&self, participant: ParticipantId, closing: Closing, now: UnixMillis) -> Vec<Event> {
        let grace_ms = match self.people.get(&participant).map(|person| person.standing) {
            // The first deadline counts; a second report of the same loss must not move it.
            Some(
                Standing::Waiting { link: Link::Dropped { .. }, .. }
                | Standing::Present { link: Link::Dropped { .. }, .. }
                | Standing::Admitted { .. },
            )
            | None => return Vec::new(),
            Some(Standing::Waiting { .. }) => GRACE_WAITING_MS,
            Some(Standing::Present { .. }) => match closing {
                Closing::Clean => GRACE_CLOSED_MS,
                Closing::Lost => GRACE_LOST_MS,
            },
        };
        vec![Event::Dropped { participant, link: Link::Dropped { since: now, until: now.plus(grace_ms) } }]
    }

    fn relink(&self, participant: ParticipantId, link: Link) -> Vec<Event> {
        match self.people.get(&participant).and_then(|person| person.standing.link()) {
            Some(Link::Dropped { .. }) => vec![Event::Returned { participant, link }],
            Some(Link::Expected { .. }) => vec![Event::Linked { participant, link }],
            Some(Link::Connected) | None => Vec::new(),
        }
    }

    fn sweep(&self, now: UnixMillis) -> Vec<Event> {
        let due = |person: &Person| person.standing.deadline().is_some_and(|deadline| deadline <= now);
        let late = self.people.iter().filter(|(_, person)| due(person));
        late.flat_map(|(&participant, _)| self.leave(participant, Departure::Lost)).collect()
    }

    /// Adds what the events mean for the room as a whole.
    fn with_phase(&self, mut events: Vec<Event>, now: UnixMillis) -> Vec<Event> {
        let before = self.present_count();
        let came = events.iter().filter(|event| matches!(event, Event::Entered { .. })).count();
        let went =
            events.iter().filter(|event| matches!(event, Event::Left { .. } | Event::Removed { .. })).count();
        if before == 0 && came > 0 {
            events.insert(0, Event::Opened { at: now });
        }
        if before > 0 && before + came == went {
            events.push(Event::Emptied);
        }
        events
    }

    fn seat(&mut self, participant: ParticipantId, user: UserId, name: &DisplayName, standing: Standing) {
        let role = self.role_of(user);
        self.people.insert(participant, Person { user, name: name.clone(), role, standing });
    }

    fn in_order(
        &self,
        since: impl Fn(Standing) -> Option<UnixMillis>,
    ) -> Vec<(ParticipantId, &Person, UnixMillis)> {
        let mut found: Vec<_> = self
            .people
            .iter()
            .filter_map(|(id, person)| Some((*id, person, since(person.standing)?)))
            .collect();
        found.sort_by_key(|(id, _, since)| (*since, *id));
        found
    }
}

impl Standing {
    /// Whether the person is inside.
    pub const fn is_present(self) -> bool {
        matches!(self, Self::Present { .. })
    }

    /// Whether the person is at the door.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    /// The state of the person's socket, where it matters.
    pub const fn link(self) -> Option<Link> {
        match self {
            Self::Waiting { link, .. } | Self::Present { link, .. } => Some(link),
            Self::Admitted { .. } => None,
        }
    }

    fn with_link(self, link: Link) -> Self {
        match self {
            Self::Waiting { since, .. } => Self::Waiting { since, link },
            Self::Present { since, .. } => Self::Present { since, link },
            Self::Admitted { .. } => self,
        }
    }

    fn deadline(self) -> Option<UnixMillis> {
        match self {
            Self::Admitted { until } => Some(until),
            Self::Waiting { link, .. } | Self::Present { link, .. } => match link {
                Link::Expected { until } | Link::Dropped { until, .. } => Some(until),
                Link::Connected => None,
            },
        }
    }
}

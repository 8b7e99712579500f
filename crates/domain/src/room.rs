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
//! | module | decides about |
//! |---|---|
//! | `admission` | what a newcomer meets at the door |
//! | `entry` | coming and going |
//! | `hosting` | what hosts do to people |
//! | `desk` | rules, name, plan, invites |
//! | `closing` | deadlines |
//! | `permission` | who may do what |
//! | `program` | programs that come by a token |
//!
//! Invariants: nobody both waits and is present; at most [`ROOM_PEOPLE`] are inside or let in and at most
//! [`ROOM_WAITING`] wait; the room is open exactly while somebody is present; nobody who is banned is
//! here; an ended room is empty and never changes. Not here: clocks, sockets, storage and media.

mod admission;
mod closing;
mod desk;
mod entry;
mod event;
mod hosting;
mod invite;
mod permission;
mod program;
mod standing;
#[cfg(test)]
mod tests;

pub use admission::{Admission, Caller, admission, may_know, opens_at};
pub use event::{Browsers, Closing, Command, Departure, EndedBy, Event, Key, Program, Refusal, Ruler};
pub use invite::Invite;
pub use permission::rights;
pub use standing::{Link, Standing};

use crate::limits::{ROOM_PEOPLE, ROOM_WAITING};
use model::{
    DeviceId, DisplayName, InviteId, ParticipantId, Policy, Rights, Role, RoomCode, RoomId, RoomName,
    Schedule, UnixMillis, UserId,
};
use permission::require_host;
use std::collections::{BTreeMap, BTreeSet};

/// One room with everybody who has a seat in it or waits for one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Room {
    pub id: RoomId,
    pub code: RoomCode,
    pub name: RoomName,
    pub owner: UserId,
    pub policy: Policy,
    pub schedule: Option<Schedule>,
    /// Users whose role a host or an invite decided; everybody else is a guest.
    pub members: BTreeMap<UserId, Role>,
    /// What co-hosts and viewers were before a host made them so; nobody by an invite is in it.
    pub former: BTreeMap<UserId, Role>,
    /// By which invite members came whose role no host has decided since.
    pub came_by: BTreeMap<UserId, InviteId>,
    pub invites: BTreeMap<InviteId, Invite>,
    pub phase: Phase,
    /// Since when nobody has been inside; meaningless while somebody is.
    pub idle_since: UnixMillis,
    pub people: BTreeMap<ParticipantId, Person>,
    /// Users who were muted for good: they do not speak until a host lets them.
    pub held: BTreeSet<UserId>,
    /// Users who were removed: they wait even where others walk in.
    pub barred: BTreeSet<UserId>,
    /// Users who may not come back, with the device that they had.
    pub banned: BTreeMap<UserId, DeviceId>,
    /// Users who have paid: a place is kept for each of them until they are inside. Paid sessions say who
    /// they are, and whoever holds both keeps this true; it is not part of what is saved of a room.
    pub paid: BTreeSet<UserId>,
}

/// Where a room is in its life.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Nobody is present.
    Idle,
    /// Somebody is present.
    Open { since: UnixMillis },
    /// Over, for ever; `expired` if nobody ended it but time.
    Ended { at: UnixMillis, expired: bool },
}

/// Who comes to the door.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visitor {
    pub user: UserId,
    pub device: DeviceId,
    pub name: DisplayName,
}

/// Somebody with a seat, or at the door.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub user: UserId,
    pub device: DeviceId,
    pub name: DisplayName,
    pub role: Role,
    pub standing: Standing,
}

/// Says what `command` means for `room`, changing nothing. Every rule about rooms starts here.
pub fn decide(room: &Room, command: &Command, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
    if let Phase::Ended { .. } = room.phase {
        return Err(Refusal::Ended);
    }
    let events = match command {
        Command::Join { participant, visitor, key } => room.join(*participant, visitor, key, now)?,
        Command::Leave { participant } => room.leave(*participant, Departure::Left),
        Command::SignOut { user, browsers } => room.sign_out(*user, *browsers),
        Command::Drop { participant, closing } => room.drop_link(*participant, *closing, now),
        Command::Return { participant } => room.relink(*participant, Link::Connected),
        Command::Sweep => room.sweep(now),
        Command::Admit { by, participant } => room.admit(*by, *participant, now)?,
        Command::AdmitAll { by } => room.admit_all(*by, now)?,
        Command::Deny { by, participant } => room.deny(*by, *participant)?,
        Command::DenyAll { by } => room.deny_all(*by)?,
        Command::Remove { by, participant } => room.remove(*by, *participant)?,
        Command::Ban { by, participant } => room.ban(*by, *participant)?,
        Command::Mute { by, participant, source } => room.mute(*by, *participant, *source)?,
        Command::LetSpeak { by, participant } => room.let_speak(*by, *participant)?,
        Command::Appoint { by, user, role } => room.appoint(*by, *user, *role)?,
        Command::TakeBack { by, user } => room.take_back(*by, *user)?,
        Command::HandOver { by, participant } => room.hand_over(*by, *participant)?,
        Command::Pardon { by, user } => room.pardon(*by, *user)?,
        Command::SetPolicy { by, policy } => room.set_policy(*by, policy)?,
        Command::Price { by, offer } => room.price(*by, offer.as_deref())?,
        Command::Rename { by, name } => room.rename(*by, name)?,
        Command::Plan { by, schedule } => room.plan(*by, schedule.as_ref(), now)?,
        Command::Invite { by, id, invite } => room.invite(*by, *id, invite, now)?,
        Command::Revoke { by, id } => room.revoke(*by, *id)?,
        Command::RunOut { user, seats } => room.run_out(*user, seats),
        Command::End { by } => {
            require_host(room, *by)?;
            vec![Event::Ended { by: EndedBy::Host(*by), at: now }]
        }
    };
    Ok(room.with_phase(events, now))
}

impl Room {
    /// Makes an event so.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Opened { at } => self.phase = Phase::Open { since: *at },
            Event::Emptied { at } => {
                self.phase = Phase::Idle;
                self.idle_since = *at;
            }
            Event::Knocked { participant, visitor, at, link } => {
                self.seat(*participant, visitor, Standing::Waiting { since: *at, link: *link });
            }
            Event::Admitted { participant, by: _, until } => {
                let person = self.people.get_mut(participant).expect("only people at the door are admitted");
                person.standing = Standing::Admitted { until: *until };
                self.barred.remove(&person.user);
            }
            Event::Excused { participant, visitor, until } => {
                self.seat(*participant, visitor, Standing::Admitted { until: *until });
            }
            Event::Entered { participant, visitor, role: _, at, link } => {
                self.seat(*participant, visitor, Standing::Present { since: *at, link: *link });
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
            Event::Ended { at, by } => {
                self.people.clear();
                self.phase = Phase::Ended { at: *at, expired: *by == EndedBy::Expiry };
            }
            Event::Muted { .. }
            | Event::Unmuted { .. }
            | Event::Barred { .. }
            | Event::Banned { .. }
            | Event::Pardoned { .. }
            | Event::Appointed { .. }
            | Event::HandedOver { .. }
            | Event::PolicySet { .. }
            | Event::Renamed { .. }
            | Event::Planned { .. }
            | Event::Invited { .. }
            | Event::InviteUsed { .. }
            | Event::InviteRevoked { .. } => self.apply_to_rules(event),
        }
        assert!(self.seated_count() <= ROOM_PEOPLE, "a room never holds more people than it may");
        assert!(self.waiting_count() <= ROOM_WAITING, "a door never holds more people than it may");
    }

    /// Makes an event so that changes who is what, or what holds.
    fn apply_to_rules(&mut self, event: &Event) {
        match event {
            Event::Muted { user, held: true, .. } => {
                self.held.insert(*user);
            }
            Event::Unmuted { user, .. } => {
                self.held.remove(user);
            }
            Event::Barred { user, .. } => {
                self.barred.insert(*user);
            }
            Event::Banned { user, device, .. } => {
                self.banned.insert(*user, *device);
                self.barred.remove(user);
            }
            Event::Pardoned { user, .. } => {
                self.banned.remove(user);
            }
            Event::Appointed { user, role, former, .. } => {
                self.members.insert(*user, *role);
                self.came_by.remove(user);
                match former {
                    Some(former) => self.former.insert(*user, *former),
                    None => self.former.remove(user),
                };
            }
            Event::HandedOver { from, to } => {
                self.owner = *to;
                self.members.remove(to);
                self.former.remove(to);
                self.came_by.remove(to);
                // Nobody ranks above an owner who could let them speak.
                self.held.remove(to);
                self.members.insert(*from, Role::CoHost);
            }
            Event::PolicySet { policy, .. } => {
                self.policy = Policy::clone(policy);
                if !self.policy.hard_mute {
                    self.held.clear();
                }
            }
            Event::Renamed { name, .. } => self.name = name.clone(),
            Event::Planned { schedule, .. } => self.schedule = schedule.clone(),
            _ => self.apply_to_invites(event),
        }
        let (owner, members) = (self.owner, &self.members);
        for person in self.people.values_mut() {
            person.role = role_of(owner, members, person.user);
        }
    }

    /// Makes an event so that changes which invites there are.
    fn apply_to_invites(&mut self, event: &Event) {
        match event {
            Event::Invited { id, invite, instead_of, .. } => {
                instead_of.map(|dropped| self.invites.remove(&dropped));
                self.invites.insert(*id, invite.clone());
            }
            Event::InviteUsed { id, user, role, instead_of } => {
                if let Some(forgotten) = instead_of {
                    self.members.remove(forgotten);
                    self.former.remove(forgotten);
                    self.came_by.remove(forgotten);
                }
                self.members.insert(*user, *role);
                self.came_by.insert(*user, *id);
                let invite = self.invites.get_mut(id).expect("only invites that are known are used");
                invite.used = invite.used.saturating_add(1);
                invite.holder = invite.personal.then_some(*user);
            }
            Event::InviteRevoked { id, .. } => {
                self.invites.get_mut(id).expect("only invites that are known are revoked").revoked = true;
            }
            _ => {}
        }
    }

    /// What a user is to this room.
    pub fn role_of(&self, user: UserId) -> Role {
        role_of(self.owner, &self.members, user)
    }

    /// What a participant may do just now; nobody may do anything who is not here.
    pub fn rights_of(&self, participant: ParticipantId) -> Rights {
        let person = self.people.get(&participant);
        person
            .map(|person| rights(person.role, self.held.contains(&person.user), &self.policy))
            .unwrap_or_default()
    }

    /// Whether a user or the device they come from may not come in.
    pub fn is_banned(&self, user: UserId, device: DeviceId) -> bool {
        let device_is = || self.banned.values().any(|banned| *banned == device);
        // Nobody can ban the owner, not even by banning a guest at the same computer.
        user != self.owner
            && (self.banned.contains_key(&user) || (device_is() && !self.role_of(user).is_host()))
    }

    /// How many people may be inside or let in.
    pub fn capacity(&self) -> usize {
        self.policy.capacity.people().min(ROOM_PEOPLE)
    }

    /// Whether somebody is inside who can answer a knock.
    pub fn host_is_present(&self) -> bool {
        let reachable = |person: &Person| match person.standing {
            Standing::Present { link: Link::Connected | Link::Expected { .. }, .. } => true,
            Standing::Present { link: Link::Dropped { .. }, .. }
            | Standing::Waiting { .. }
            | Standing::Admitted { .. } => false,
        };
        self.people.values().any(|person| person.role.is_host() && reachable(person))
    }

    /// Whether a host has a seat inside, reachable or not.
    pub fn host_is_inside(&self) -> bool {
        self.people.values().any(|person| person.role.is_host() && person.standing.is_present())
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

    /// How many more may come in, besides those for whom a place is kept.
    pub fn free_places(&self) -> usize {
        let free = self.capacity().saturating_sub(self.seated_count() + self.kept_places());
        free.min(self.places_but_the_owners())
    }

    /// For how many a place is kept: whoever has paid, and the owner for whom they did.
    pub fn kept_places(&self) -> usize {
        let is_sold = self.policy.offer.is_some() || !self.paid.is_empty();
        self.paid_places() + usize::from(is_sold && !self.is_seated(self.owner))
    }

    /// How many more fit at all, besides whoever has paid and the owner, whom nobody shuts out of their room.
    pub(crate) fn places_but_the_owners(&self) -> usize {
        let kept = self.paid_places() + usize::from(!self.is_seated(self.owner));
        ROOM_PEOPLE.saturating_sub(self.seated_count() + kept)
    }

    fn paid_places(&self) -> usize {
        self.paid.iter().filter(|user| **user != self.owner && !self.is_seated(**user)).count()
    }

    /// Whether there is a place for a user: a free one, or the one that is kept for them.
    pub fn has_place_for(&self, user: UserId) -> bool {
        self.seated_count() < ROOM_PEOPLE && (self.is_kept_a_place(user) || self.free_places() > 0)
    }

    /// Whether a place is kept for a user, who is not inside with another seat.
    pub fn is_kept_a_place(&self, user: UserId) -> bool {
        self.paid.contains(&user) && !self.is_seated(user)
    }

    /// Whether a user is inside or has been let in, with whichever seat.
    pub fn is_seated(&self, user: UserId) -> bool {
        self.people.values().any(|person| person.user == user && !person.standing.is_waiting())
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
            events.push(Event::Emptied { at: now });
        }
        events
    }

    fn seat(&mut self, participant: ParticipantId, visitor: &Visitor, standing: Standing) {
        let Visitor { user, device, name } = visitor.clone();
        let role = self.role_of(user);
        self.people.insert(participant, Person { user, device, name, role, standing });
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

fn role_of(owner: UserId, members: &BTreeMap<UserId, Role>, user: UserId) -> Role {
    if user == owner { Role::Owner } else { members.get(&user).copied().unwrap_or(Role::Guest) }
}

impl Person {
    /// The person as they came to the door.
    pub fn visitor(&self) -> Visitor {
        Visitor { user: self.user, device: self.device, name: self.name.clone() }
    }
}

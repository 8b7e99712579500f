//! What hosts do to people: admit, deny, mute, remove, ban, appoint, hand over.

use super::permission::{require_host, require_host_inside, require_owner};
use super::{Event, Person, Refusal, Room, Standing};
use crate::limits::{ROOM_BANS, ROOM_MEMBERS};
use model::{ParticipantId, Role, Source, UnixMillis, UserId};

impl Room {
    pub(super) fn admit(
        &self,
        by: ParticipantId,
        participant: ParticipantId,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        require_host_inside(self, by)?;
        let person = self.people.get(&participant).ok_or(Refusal::NotWaiting)?;
        match person.standing {
            // Two clicks, or two hosts: the second finds it done.
            Standing::Admitted { .. } | Standing::Present { .. } => Ok(Vec::new()),
            Standing::Waiting { .. } if !self.has_place_for(person.user) => Err(Refusal::Full),
            Standing::Waiting { .. } => {
                Ok(vec![Event::Admitted { participant, by, until: self.admitted_until(now) }])
            }
        }
    }

    pub(super) fn admit_all(&self, by: ParticipantId, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
        require_host_inside(self, by)?;
        let waiting = self.waiting();
        let mut after = self.clone();
        let until = self.admitted_until(now);
        let mut events = Vec::new();
        for (participant, person, _) in &waiting {
            if after.has_place_for(person.user) {
                let event = Event::Admitted { participant: *participant, by, until };
                after.apply(&event);
                events.push(event);
            }
        }
        if events.is_empty() && !waiting.is_empty() { Err(Refusal::Full) } else { Ok(events) }
    }

    pub(super) fn deny(&self, by: ParticipantId, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
        require_host_inside(self, by)?;
        match self.people.get(&participant).map(|person| person.standing) {
            Some(Standing::Waiting { .. }) => Ok(vec![Event::Denied { participant, by }]),
            Some(Standing::Admitted { .. } | Standing::Present { .. }) | None => Err(Refusal::NotWaiting),
        }
    }

    /// Denies everybody who waits, but whoever has paid: denying them gives their money back,
    /// which is a decision of its own.
    pub(super) fn deny_all(&self, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
        require_host_inside(self, by)?;
        let waiting = self.waiting().into_iter().filter(|(_, person, _)| !self.is_kept_a_place(person.user));
        Ok(waiting.map(|(participant, ..)| Event::Denied { participant, by }).collect())
    }

    /// Puts a user out with every seat they have or were promised: one browser's second tab must not
    /// be the way back in.
    pub(super) fn remove(
        &self,
        by: ParticipantId,
        participant: ParticipantId,
    ) -> Result<Vec<Event>, Refusal> {
        let person = self.subject(by, participant)?;
        let mut events = self.disempowered(by, person.user, Role::Participant);
        events.push(Event::Barred { user: person.user, by });
        events.extend(self.put_out(by, |other| other.user == person.user, false));
        Ok(events)
    }

    pub(super) fn ban(&self, by: ParticipantId, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
        // Somebody at the door can be banned as well: they need not be let in for it.
        let actor = require_host_inside(self, by)?;
        let person = self.people.get(&participant).ok_or(Refusal::NoSuchParticipant)?;
        if !actor.is_above(person.role) {
            return Err(Refusal::NotRemovable);
        }
        if self.banned.len() >= ROOM_BANS {
            return Err(Refusal::TooMany);
        }
        let (user, device) = (person.user, person.device);
        let mut events = self.disempowered(by, user, Role::Guest);
        events.push(Event::Banned { user, device, by });
        let same =
            |other: &Person| other.user == user || (other.device == device && actor.is_above(other.role));
        events.extend(self.put_out(by, same, true));
        Ok(events)
    }

    pub(super) fn mute(
        &self,
        by: ParticipantId,
        participant: ParticipantId,
        source: Source,
    ) -> Result<Vec<Event>, Refusal> {
        let user = self.subject(by, participant)?.user;
        let held = self.policy.hard_mute && source == Source::Microphone;
        Ok(vec![Event::Muted { participant, user, source, held, by }])
    }

    pub(super) fn let_speak(
        &self,
        by: ParticipantId,
        participant: ParticipantId,
    ) -> Result<Vec<Event>, Refusal> {
        let user = self.subject(by, participant)?.user;
        let held = self.held.contains(&user);
        Ok(if held { vec![Event::Unmuted { participant, user, by }] } else { Vec::new() })
    }

    pub(super) fn appoint(&self, by: UserId, user: UserId, role: Role) -> Result<Vec<Event>, Refusal> {
        let actor = require_host(self, by)?;
        let before = self.role_of(user);
        if before == Role::Owner || role == Role::Owner || self.banned.contains_key(&user) {
            return Err(Refusal::NotAppointable);
        }
        if !(actor.is_above(before) && actor.is_above(role)) {
            return Err(Refusal::NotOwner);
        }
        if before == role {
            return Ok(Vec::new());
        }
        if !self.members.contains_key(&user) && self.members.len() >= ROOM_MEMBERS {
            return Err(Refusal::TooMany);
        }
        Ok(vec![Event::Appointed { user, role, former: self.former_for(user, before, role), by }])
    }

    /// Makes a co-host or a viewer what they were before. Whoever was never anything else, because they came
    /// by an invite or owned the room, becomes a participant: the hosts know them.
    pub(super) fn take_back(&self, by: UserId, user: UserId) -> Result<Vec<Event>, Refusal> {
        match self.role_of(user) {
            Role::Owner | Role::CoHost | Role::Viewer => {
                let before = self.former.get(&user).copied().unwrap_or(Role::Participant);
                self.appoint(by, user, before)
            }
            // Two hosts at once: the second finds it done.
            Role::Participant | Role::Guest => require_host(self, by).map(|_| Vec::new()),
        }
    }

    /// The role to go back to from a new one. A role of hosts is never given back by the way: what a co-host
    /// who became a viewer goes back to is what they were before both.
    fn former_for(&self, user: UserId, before: Role, role: Role) -> Option<Role> {
        let earlier = || self.former.get(&user).copied().filter(|earlier| *earlier != role);
        match (role, before) {
            (Role::Participant | Role::Guest | Role::Owner, _) => None,
            (Role::CoHost | Role::Viewer, Role::Owner | Role::CoHost) => earlier(),
            (Role::CoHost | Role::Viewer, Role::Participant | Role::Guest | Role::Viewer) => Some(before),
        }
    }

    pub(super) fn hand_over(&self, by: UserId, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
        require_owner(self, by)?;
        let person = self.people.get(&participant).filter(|person| person.standing.is_present());
        let person = person.ok_or(Refusal::NoSuchParticipant)?;
        if person.user == by {
            return Ok(Vec::new());
        }
        Ok(vec![Event::HandedOver { from: by, to: person.user }])
    }

    pub(super) fn pardon(&self, by: UserId, user: UserId) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        Ok(if self.banned.contains_key(&user) { vec![Event::Pardoned { user, by }] } else { Vec::new() })
    }

    /// A co-host who is put out is one no longer: from the room's page they would still rule over it.
    fn disempowered(&self, by: ParticipantId, user: UserId, role: Role) -> Vec<Event> {
        let by = self.people.get(&by).map(|host| host.user).filter(|_| self.role_of(user) == Role::CoHost);
        by.map(|by| Event::Appointed { user, role, former: None, by }).into_iter().collect()
    }

    /// The person inside, or let in, to whom a host inside does something.
    fn subject(&self, by: ParticipantId, participant: ParticipantId) -> Result<&Person, Refusal> {
        let actor = require_host_inside(self, by)?;
        let person = self.people.get(&participant).ok_or(Refusal::NoSuchParticipant)?;
        match person.standing {
            Standing::Waiting { .. } => Err(Refusal::NoSuchParticipant),
            Standing::Admitted { .. } | Standing::Present { .. } if actor.is_above(person.role) => Ok(person),
            Standing::Admitted { .. } | Standing::Present { .. } => Err(Refusal::NotRemovable),
        }
    }

    fn put_out(&self, by: ParticipantId, who: impl Fn(&Person) -> bool, at_the_door: bool) -> Vec<Event> {
        let out = self.people.iter().filter(|(_, other)| who(other));
        let event = |(&participant, other): (&ParticipantId, &Person)| match other.standing {
            Standing::Present { .. } => Some(Event::Removed { participant, by }),
            Standing::Admitted { .. } => Some(Event::Revoked { participant, by }),
            Standing::Waiting { .. } => at_the_door.then_some(Event::Denied { participant, by }),
        };
        out.filter_map(event).collect()
    }
}

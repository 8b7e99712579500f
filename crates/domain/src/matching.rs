//! Who looks for a stranger to talk to, and whom they are brought together with.
//!
//! ```text
//! seek ──▶ looks ──somebody fits──▶ taken ──release──▶ gone from here, into a room
//!            └── away: their turn is kept for a moment, and nobody is sent to them
//! ```
//!
//! Whoever has looked longest goes first. Two are never brought together when one of them wished so, nor a
//! browser with itself; two who met a moment ago only when both have looked in vain for a while.
//!
//! Invariants: nobody is given to two people; whoever is taken is given to nobody until they are released;
//! bounded by [`SEEKERS`]. Time is monotonic. Not here: who may look at all, and the rooms.

use crate::limits::{MET_LATELY_MS, SEEKER_AWAY_MS, SEEKER_PATIENCE_MS, SEEKERS};
use model::{DeviceId, MonoMillis, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody who looks. Forgets whoever does not.
#[derive(Debug, Default)]
pub struct Pool {
    seekers: BTreeMap<UserId, Seeker>,
    /// Whose turn it is: those who look, the longest first.
    turns: BTreeSet<(MonoMillis, UserId)>,
    /// Two who were brought together, the lower first, and when that is forgotten.
    lately: BTreeMap<(UserId, UserId), MonoMillis>,
    /// When what is over was last thrown away.
    swept_at: MonoMillis,
}

/// Whom somebody is never to be brought together with: people, and the browsers that they had then.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Avoided {
    pub users: BTreeSet<UserId>,
    pub devices: BTreeSet<DeviceId>,
}

impl Avoided {
    fn includes(&self, user: UserId, device: DeviceId) -> bool {
        self.users.contains(&user) || self.devices.contains(&device)
    }
}

#[derive(Debug)]
struct Seeker {
    device: DeviceId,
    since: MonoMillis,
    avoids: Avoided,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Here,
    /// Their turn is kept until then.
    Away(MonoMillis),
    /// Somebody was found, and a room is being made.
    Taken,
}

/// What comes of looking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sought {
    /// This one. Both are taken from now on.
    Found(UserId),
    /// Nobody yet.
    Nobody,
    /// Too many people look.
    Full,
}

impl Pool {
    /// Looks on somebody's behalf, for whoever is not in `avoids`. A repeat keeps their turn.
    pub fn seek(&mut self, user: UserId, device: DeviceId, avoids: &Avoided, now: MonoMillis) -> Sought {
        self.sweep(now);
        let is_full = self.seekers.len() >= SEEKERS;
        match self.seekers.get_mut(&user) {
            Some(Seeker { state: State::Taken, .. }) => return Sought::Nobody,
            Some(seeker) => {
                seeker.state = State::Here;
                seeker.avoids.clone_from(avoids);
            }
            None if is_full => return Sought::Full,
            None => {
                let seeker = Seeker { device, since: now, avoids: avoids.clone(), state: State::Here };
                self.seekers.insert(user, seeker);
                self.turns.insert((now, user));
            }
        }
        let mut others = self.turns.iter().map(|(_, other)| *other).filter(|other| *other != user);
        let Some(other) = others.find(|other| self.fit(user, *other, now)) else { return Sought::Nobody };
        for one in [user, other] {
            if let Some(seeker) = self.seekers.get_mut(&one) {
                seeker.state = State::Taken;
                self.turns.remove(&(seeker.since, one));
            }
        }
        self.lately.insert(pair(user, other), MonoMillis(now.0 + MET_LATELY_MS));
        Sought::Found(other)
    }

    fn fit(&self, one: UserId, other: UserId, now: MonoMillis) -> bool {
        let (Some(mine), Some(theirs)) = (self.seekers.get(&one), self.seekers.get(&other)) else {
            return false;
        };
        let patient = |seeker: &Seeker| now.since(seeker.since) >= SEEKER_PATIENCE_MS;
        theirs.state == State::Here
            && mine.device != theirs.device
            && !mine.avoids.includes(other, theirs.device)
            && !theirs.avoids.includes(one, mine.device)
            && (!self.lately.contains_key(&pair(one, other)) || (patient(mine) && patient(theirs)))
    }

    /// Somebody's page is not heard of just now: nobody is sent to them.
    pub fn step_away(&mut self, user: UserId, now: MonoMillis) {
        if let Some(seeker) = self.seekers.get_mut(&user).filter(|seeker| seeker.state == State::Here) {
            seeker.state = State::Away(MonoMillis(now.0 + SEEKER_AWAY_MS));
        }
    }

    /// Somebody looks no more. Whoever is taken stays so until they are released.
    pub fn leave(&mut self, user: UserId) {
        if self.seekers.get(&user).is_some_and(|seeker| seeker.state != State::Taken) {
            self.forget(user);
        }
    }

    /// Somebody who was taken has a room, or cannot be given one.
    pub fn release(&mut self, user: UserId) {
        self.forget(user);
    }

    /// Whether somebody was found for them, and a room is being made.
    pub fn is_taken(&self, user: UserId) -> bool {
        self.seekers.get(&user).is_some_and(|seeker| seeker.state == State::Taken)
    }

    /// How many look.
    pub fn len(&self) -> usize {
        self.turns.len()
    }

    /// Whether nobody looks.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    fn forget(&mut self, user: UserId) {
        if let Some(seeker) = self.seekers.remove(&user) {
            self.turns.remove(&(seeker.since, user));
        }
    }

    /// Throws away what is over; not more often than once a second, for all of it is walked through.
    fn sweep(&mut self, now: MonoMillis) {
        if now.since(self.swept_at) < 1_000 {
            return;
        }
        self.swept_at = now;
        let is_over = |state: State| matches!(state, State::Away(until) if until <= now);
        let gone = self.seekers.iter().filter(|(_, seeker)| is_over(seeker.state));
        for user in gone.map(|(user, _)| *user).collect::<Vec<_>>() {
            self.forget(user);
        }
        self.lately.retain(|_, until| *until > now);
    }
}

fn pair(one: UserId, other: UserId) -> (UserId, UserId) {
    if one <= other { (one, other) } else { (other, one) }
}

#[cfg(test)]
mod tests;

//! A place for whoever is just paying: it is kept for a while, so that nobody pays for what is gone by then.
//!
//! Invariant: money is taken for a place that is kept for its payer or for nobody. Not here: for how long,
//! and what keeps a stranger from blocking the room, which are [`domain::places`]'; whoever has paid, whose
//! place the room keeps.

use super::RoomActor;
use crate::Error;
use domain::places::{Places, Promise, asked_since};
use domain::session::{Purpose, Session, Stage};
use model::{UnixMillis, UserId};
use protocol::{ErrorCode, Rule};
use store::sessions::Change;

impl RoomActor {
    /// Until when all places are kept for others who are just paying, if they are.
    pub(super) fn taken_until(&self, user: Option<UserId>) -> Option<UnixMillis> {
        if user.is_some_and(|user| self.room.is_seated(user)) {
            return None;
        }
        match self.promised.promise(user, self.room.free_places(), self.now()) {
            Promise::Taken { until } => Some(until),
            Promise::Kept { .. } | Promise::Open => None,
        }
    }

    /// Refuses to let somebody pay while others are just paying for every place.
    pub(super) fn require_place(&self, user: UserId) -> Result<(), Error> {
        match self.taken_until(Some(user)) {
            Some(_) => Err(Error::Refused(ErrorCode::Rule(Rule::PlaceTaken))),
            None => Ok(()),
        }
    }

    /// Keeps a place for somebody who is led to a checkout now.
    pub(super) fn keep_while_paying(&mut self, user: UserId) {
        if !self.room.is_seated(user) {
            let (free, now) = (self.room.free_places(), self.now());
            self.promised.ask(user, free, now);
        }
    }

    /// Whether there is a place for somebody whose money came, or whose minutes are set aside, just now.
    pub(super) fn has_paid_place(&self, payer: UserId) -> bool {
        let (free, now) = (self.room.free_places(), self.now());
        // What is kept for them is theirs, though there be fewer places by now than are kept.
        let kept = if self.promised.is_kept_for(payer, now) {
            0
        } else {
            self.promised.kept_for_others(Some(payer), now)
        };
        let is_theirs = self.room.is_kept_a_place(payer) || free > kept;
        self.room.is_seated(payer) || (self.room.has_place_for(payer) && is_theirs)
    }

    /// What was saved of a session may mean that its payer is not paying any more.
    pub(super) fn note_paying(&mut self, change: &Change) {
        let (session, now) = (&change.after, self.now());
        if session.entitles_payer() {
            self.promised.forget(session.payer_now());
        } else if paying_since(&change.before).is_some() && paying_since(session).is_none() {
            self.promised.give_up(session.payer_now(), now);
        }
    }
}

/// The places that were kept when the room was loaded.
pub(super) fn paying<'a>(
    sessions: impl Iterator<Item = &'a Session>,
    free: usize,
    now: UnixMillis,
) -> Places {
    let asked = sessions.filter_map(|session| Some((session.payer_now(), paying_since(session)?)));
    Places::recall(asked.collect(), free, now)
}

/// Since when somebody has been about to pay to come in.
fn paying_since(session: &Session) -> Option<UnixMillis> {
    let Stage::Awaiting { .. } = session.stage else { return None };
    session.till.open_checkout(Purpose::Entry)?;
    let asked = session.till.payments.iter().filter(|payment| payment.purpose == Purpose::Entry);
    asked_since(asked.map(|payment| payment.asked))
}

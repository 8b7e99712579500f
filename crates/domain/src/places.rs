//! Places that are kept for whoever is just paying, so that nobody pays for what somebody else has by then.
//!
//! ```text
//!          ┌── paid: the place is theirs ──▶ forgotten
//! asked ──▶ kept ──10 minutes, given up──▶ resting ──20 minutes after it was asked──▶ forgotten
//! ```
//!
//! | who asks | has |
//! |---|---|
//! | while all free places are kept for others | to wait until the first of these is free |
//! | for whom a place is kept | that place, for no longer than before |
//! | while fewer are kept or resting than are free | a place |
//! | anybody else | none that is kept: of those who pay now, the first has it |
//!
//! **A stranger who never pays must not keep others out for ever**, and can be somebody else at any time. So
//! a place that was kept in vain rests: for as long again nobody has it kept, and whoever pays has it.
//! Whoever gives up early gains nothing, for the rest is counted from when the place was asked for. There are
//! never more entries than places in the room.
//!
//! Not here: how many places are free, checkouts, and who has paid.

#[cfg(test)]
mod tests;

use model::{UnixMillis, UserId};
use std::collections::BTreeMap;

/// For how long a place is kept for whoever pays, in milliseconds: longer than a bank asks questions, and a
/// third of what a checkout lasts.
pub const KEPT_MS: i64 = 10 * 60_000;

/// The places of one room that are kept for whoever is just paying.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Places {
    kept: BTreeMap<UserId, Keep>,
}

/// One place: for whom it is kept until then, and for nobody for a while after that.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Keep {
    asked: UnixMillis,
    until: UnixMillis,
}

/// What somebody has who wants to pay for a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// A place is kept for them until then.
    Kept { until: UnixMillis },
    /// There is a place, for whoever pays first.
    Open,
    /// Others are just paying for all of them; the first of these is free again then, if they do not.
    Taken { until: UnixMillis },
}

impl Places {
    /// What somebody would have who asks now, while so many places are free or kept for those who pay. Who is
    /// nobody yet has none.
    pub fn standing(&self, user: Option<UserId>, free: usize, now: UnixMillis) -> Standing {
        let is_full = self.kept_for_others(user, now) >= free;
        let soonest = self.kept.values().filter(|keep| keep.holds(now)).map(|keep| keep.until).min();
        let own = user.and_then(|user| self.kept.get(&user)).filter(|own| own.counts(now));
        match (own, soonest) {
            (Some(own), _) if own.holds(now) => Standing::Kept { until: own.until },
            (_, Some(until)) if is_full => Standing::Taken { until },
            // Whoever gave theirs up by mistake has what is left of it.
            (Some(own), _) if now < own.asked.plus(KEPT_MS) => {
                Standing::Kept { until: own.asked.plus(KEPT_MS) }
            }
            (None, _) if self.kept.values().filter(|keep| keep.counts(now)).count() < free => {
                Standing::Kept { until: now.plus(KEPT_MS) }
            }
            (Some(_) | None, _) => Standing::Open,
        }
    }

    /// Keeps a place for somebody who is about to pay, if they may have one.
    pub fn ask(&mut self, user: UserId, free: usize, now: UnixMillis) -> Standing {
        self.kept.retain(|_, keep| keep.counts(now));
        let standing = self.standing(Some(user), free, now);
        if let Standing::Kept { until } = standing {
            self.kept.entry(user).or_insert(Keep { asked: now, until }).until = until;
        }
        standing
    }

    /// A place was asked for then, before this server knew of it.
    pub fn recall(&mut self, user: UserId, asked: UnixMillis) {
        self.kept.entry(user).or_insert(Keep { asked, until: asked.plus(KEPT_MS) });
    }

    /// Somebody does not want theirs any more.
    pub fn give_up(&mut self, user: UserId, now: UnixMillis) {
        if let Some(keep) = self.kept.get_mut(&user) {
            keep.until = keep.until.min(now);
        }
    }

    /// Somebody has paid: the place is theirs, and no more than theirs.
    pub fn forget(&mut self, user: UserId) {
        self.kept.remove(&user);
    }

    /// `from` is `to` from now on.
    pub fn inherit(&mut self, from: UserId, to: UserId) {
        if let Some(keep) = self.kept.remove(&from) {
            self.kept.entry(to).or_insert(keep);
        }
    }

    /// From when on nothing of this matters, if it does now.
    pub fn over_at(&self) -> Option<UnixMillis> {
        self.kept.values().map(|keep| keep.asked.plus(2 * KEPT_MS)).max()
    }

    /// How many places are kept for others.
    pub fn kept_for_others(&self, user: Option<UserId>, now: UnixMillis) -> usize {
        self.kept.iter().filter(|(other, keep)| Some(**other) != user && keep.holds(now)).count()
    }
}

impl Keep {
    /// Whether the place is kept.
    fn holds(&self, now: UnixMillis) -> bool {
        now < self.until
    }

    /// Whether it is kept or resting.
    fn counts(&self, now: UnixMillis) -> bool {
        now < self.asked.plus(2 * KEPT_MS)
    }
}

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
//! | while fewer are kept, resting or asked for by the next than are free | a place |
//! | anybody else | none that is kept: of those who pay now, the first has it; for ten minutes nobody is promised it |
//!
//! **A stranger who never pays must not keep others out for ever**, and can be somebody else at any time. So
//! a place that was kept in vain rests: for as long again nobody has it kept, and whoever pays has it.
//! Whoever gives up early gains nothing, for the rest is counted from when the place was asked for. There are
//! never more places kept or resting than there are in the room.
//!
//! Not here: how many places are free, checkouts, and who has paid.

#[cfg(test)]
mod tests;

use model::{UnixMillis, UserId};
use std::collections::BTreeMap;

/// For how long a place is kept for whoever pays, in milliseconds: longer than a bank asks questions, and a
/// third of what a checkout lasts.
pub const KEPT_MS: i64 = 10 * 60_000;

/// Since when somebody asks for a place who was led to pay at these times, of which the first is the oldest.
/// While the first counts nobody is kept one for longer by asking again.
pub fn asked_since(led: impl IntoIterator<Item = UnixMillis>) -> Option<UnixMillis> {
    led.into_iter().reduce(|first, next| if next < first.plus(2 * KEPT_MS) { first } else { next })
}

/// The places of one room that are kept for whoever is just paying.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Places {
    kept: BTreeMap<UserId, Keep>,
    /// Who pays for what is kept for nobody, and since when.
    open: BTreeMap<UserId, UnixMillis>,
}

/// One place: for whom it is kept until then, and for nobody for a while after that.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Keep {
    asked: UnixMillis,
    until: UnixMillis,
}

/// What somebody has who wants to pay for a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Promise {
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
    pub fn promise(&self, user: Option<UserId>, free: usize, now: UnixMillis) -> Promise {
        let is_full = self.kept_for_others(user, now) >= free;
        let soonest = self.kept.values().filter(|keep| keep.holds(now)).map(|keep| keep.until).min();
        let own = user.and_then(|user| self.kept.get(&user)).filter(|own| own.counts(now));
        match (own, soonest) {
            (Some(own), _) if own.holds(now) => Promise::Kept { until: own.until },
            (_, Some(until)) if is_full => Promise::Taken { until },
            // Whoever gave theirs up by mistake has what is left of it, unless another was led to pay for it.
            (Some(own), _) if now < own.asked.plus(KEPT_MS) && self.promised_to_others(user, now) < free => {
                Promise::Kept { until: own.asked.plus(KEPT_MS) }
            }
            (None, _) if self.promised_to_others(user, now) < free => {
                Promise::Kept { until: now.plus(KEPT_MS) }
            }
            (Some(_) | None, _) => Promise::Open,
        }
    }

    /// Keeps a place for somebody who is about to pay, if they may have one.
    pub fn ask(&mut self, user: UserId, free: usize, now: UnixMillis) -> Promise {
        self.kept.retain(|_, keep| keep.counts(now));
        self.open.retain(|_, asked| is_paying(*asked, now));
        let promise = self.promise(Some(user), free, now);
        match promise {
            Promise::Kept { until } => {
                self.open.remove(&user);
                self.kept.entry(user).or_insert(Keep { asked: now, until }).until = until;
            }
            Promise::Open => _ = self.open.entry(user).or_insert(now),
            Promise::Taken { .. } => {}
        }
        promise
    }

    /// The places that were asked for before this server knew of it, each then: the first who asked have what
    /// is free now, as far as anybody can still tell.
    pub fn recall(mut asked: Vec<(UserId, UnixMillis)>, free: usize, now: UnixMillis) -> Self {
        asked.sort_by_key(|(_, asked)| *asked);
        let mut places = Self::default();
        for (user, asked) in asked {
            let keep = Keep { asked, until: asked.plus(KEPT_MS) };
            if keep.counts(now) && places.kept.len() < free {
                places.kept.entry(user).or_insert(keep);
            } else if is_paying(asked, now) {
                places.open.entry(user).or_insert(asked);
            }
        }
        places
    }

    /// Somebody does not want theirs any more.
    pub fn give_up(&mut self, user: UserId, now: UnixMillis) {
        if let Some(keep) = self.kept.get_mut(&user) {
            keep.until = keep.until.min(now);
        }
        self.open.remove(&user);
    }

    /// Somebody has paid: the place is theirs, and no more than theirs.
    pub fn forget(&mut self, user: UserId) {
        self.kept.remove(&user);
        self.open.remove(&user);
    }

    /// `from` is `to` from now on.
    pub fn inherit(&mut self, from: UserId, to: UserId) {
        if let Some(keep) = self.kept.remove(&from) {
            self.kept.entry(to).or_insert(keep);
        }
        if let Some(asked) = self.open.remove(&from) {
            self.open.entry(to).or_insert(asked);
        }
    }

    /// From when on nothing of this matters, if it does now.
    pub fn over_at(&self) -> Option<UnixMillis> {
        let kept = self.kept.values().map(|keep| keep.asked.plus(2 * KEPT_MS));
        kept.chain(self.open.values().map(|asked| asked.plus(KEPT_MS))).max()
    }

    /// Whether a place is kept for somebody.
    pub fn is_kept_for(&self, user: UserId, now: UnixMillis) -> bool {
        self.kept.get(&user).is_some_and(|keep| keep.holds(now))
    }

    /// How many places are kept for others.
    pub fn kept_for_others(&self, user: Option<UserId>, now: UnixMillis) -> usize {
        self.kept.iter().filter(|(other, keep)| Some(**other) != user && keep.holds(now)).count()
    }
}

impl Places {
    /// How many places are spoken for: kept, resting, or paid for just now by others for whom none is kept.
    fn promised_to_others(&self, user: Option<UserId>, now: UnixMillis) -> usize {
        let of_others = |(other, keep): &(&UserId, &Keep)| Some(**other) != user && keep.counts(now);
        let kept = self.kept.iter().filter(of_others).count();
        let others = |(other, asked): &(&UserId, &UnixMillis)| {
            Some(**other) != user && !self.kept.contains_key(*other) && is_paying(**asked, now)
        };
        kept + self.open.iter().filter(others).count()
    }
}

/// Whether somebody who asked then is still thought to pay.
fn is_paying(asked: UnixMillis, now: UnixMillis) -> bool {
    now < asked.plus(KEPT_MS)
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

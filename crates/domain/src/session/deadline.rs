//! What is due, and when.
//!
//! | stage | what is due | when |
//! |---|---|---|
//! | offered, awaiting payment | it expires | half an hour after the last checkout began; with a plan, when nothing of it is left to be had |
//! | confirmed, both in | the slot begins | as planned |
//! | confirmed | no show | so long after the planned time, or after one of them came, as the terms say |
//! | live | warnings; the paid time is over; the overrun is over | as the clock says |
//! | confirmed, live, grace | what is kept ready is taken | when the hold ends |
//! | grace | the same for a fixed length; the session ends | two minutes after somebody went |
//!
//! A fixed length belongs to the payer until its end: whoever pays for an hour and is cut off for ten
//! minutes comes back without paying again, as long as the host is there.

use super::event::Absent;
use super::presence::{Fault, Side};
use super::stage::{Clock, Sitting, Stage, Warned};
use super::{Ending, Session};
use crate::limits::{CHECKOUT_MS, SESSION_GRACE_MS, SESSION_TRUSTED_MS, SESSION_UNPLANNED_MS};
use model::offer::{Access, Overrun, Point};
use model::{PaymentId, UnixMillis};

/// What happens by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Due {
    Expire,
    Begin,
    TakeHeld(PaymentId),
    NoShow(Absent),
    Warn(Warned),
    PaidTimeOver,
    TimeUp,
    GraceOver,
}

impl Session {
    /// The next moment at which a [`super::Command::Tick`] will do something.
    pub fn next_deadline(&self) -> Option<UnixMillis> {
        self.due().map(|(at, _)| at)
    }

    /// What happens next by itself. Of two things at one time the first in this order.
    pub(super) fn due(&self) -> Option<(UnixMillis, Due)> {
        let candidates = match &self.stage {
            Stage::Offered { until } | Stage::Awaiting { until, .. } => {
                [Some((*until, Due::Expire)), None, None]
            }
            Stage::Confirmed { since, .. } => {
                [self.begins_by_plan(), Some((self.no_show_at(*since), Due::NoShow(self.absent()))), None]
            }
            Stage::Live(sitting) => [self.warning(sitting), self.time_over(sitting, Due::PaidTimeOver), None],
            Stage::Grace(sitting) => [
                self.warning(sitting),
                self.time_over(sitting, Due::TimeUp),
                self.grace_ends(sitting).map(|at| (at, Due::GraceOver)),
            ],
            Stage::Closed { .. } => [None, None, None],
        };
        let hold = self.hold_ends().map(|(at, payment)| (at, Due::TakeHeld(payment)));
        candidates.into_iter().flatten().chain(hold).min_by_key(|(at, _)| *at)
    }

    /// When the wait for the two to meet is over, if they have not met.
    pub fn wait_ends(&self) -> Option<UnixMillis> {
        match &self.stage {
            Stage::Confirmed { since, .. } => Some(self.no_show_at(*since)),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Live(_)
            | Stage::Grace(_)
            | Stage::Closed { .. } => None,
        }
    }

    /// Until when the payer may pay who begins now.
    pub(super) fn payable_until(&self, now: UnixMillis) -> UnixMillis {
        let until = now.plus(CHECKOUT_MS);
        self.opens_until().map_or(until, |last| until.min(last.max(now)))
    }

    /// How a session ends that began and whose two do not come together again.
    pub(super) fn ending_without(&self, fault: Option<Fault>) -> Ending {
        let Some(fault @ (Fault::Host | Fault::Outage)) = fault else { return Ending::Completed };
        let is_cut_short = match (self.sitting().map(|sitting| sitting.clock), &self.offer.parts().access) {
            (Some(Clock::Slot { .. }), _) => self.missing_ms() > SESSION_GRACE_MS || self.is_hardly_begun(),
            (Some(Clock::Open), Access::PerCall { .. }) => self.is_hardly_begun(),
            (Some(Clock::Open | Clock::Minutes | Clock::Overrun { .. }) | None, _) => false,
        };
        if is_cut_short { Ending::Aborted(fault) } else { Ending::Completed }
    }

    fn begins_by_plan(&self) -> Option<(UnixMillis, Due)> {
        let (from, _) = self.planned_slot()?;
        self.presence.is_together().then_some((from, Due::Begin))
    }

    /// When whoever came has waited long enough. Somebody whose line broke has the grace time to return.
    fn no_show_at(&self, since: UnixMillis) -> UnixMillis {
        let wait = self.offer.parts().no_show.wait.millis();
        let came = |side: &Side| match side {
            Side::In { since, .. } => Some(*since),
            Side::Never | Side::Out { .. } => None,
        };
        let (host, payer) = (&self.presence.host, &self.presence.payer);
        let at = match (self.planned, came(host).or(came(payer))) {
            (Some(planned), _) => planned.max(since).plus(wait),
            (None, Some(came)) => came.max(since).plus(wait),
            // Whoever only agreed is not waited for as long as whoever paid.
            (None, None) if self.offer.parts().point == Point::After => since.plus(SESSION_TRUSTED_MS),
            (None, None) => since.plus(SESSION_UNPLANNED_MS),
        };
        let dropped = host.dropped_since().into_iter().chain(payer.dropped_since());
        let at = dropped.fold(at, |at, dropped| at.max(dropped.plus(SESSION_GRACE_MS)));
        self.planned_slot().map_or(at, |(_, ends)| at.min(ends))
    }

    /// Who would be missing if the wait were over now.
    fn absent(&self) -> Absent {
        let (host, payer) = (&self.presence.host, &self.presence.payer);
        match (host.is_in(), payer.is_in()) {
            (true, _) => Absent::Payer,
            (false, true) => Absent::Host,
            (false, false) => match (self.has_come(host), self.has_come(payer), self.presence.fault()) {
                (false, true, _) | (true, true, Some(Fault::Host)) => Absent::Host,
                (true, true, Some(Fault::Payer)) => Absent::Payer,
                // A host who did not wait for somebody who had not come yet earns nothing by that.
                (_, false, _) | (true, true, Some(Fault::Outage) | None) => Absent::Both,
            },
        }
    }

    /// Whether somebody was there at the planned time or later; who looked in before did not come.
    fn has_come(&self, side: &Side) -> bool {
        match side {
            Side::Never => false,
            Side::In { .. } => true,
            Side::Out { since, .. } => self.planned.is_none_or(|planned| *since >= planned),
        }
    }

    fn warning(&self, sitting: &Sitting) -> Option<(UnixMillis, Due)> {
        let next = sitting.warned.next()?;
        let ends = self.ends_at()?;
        Some((ends.plus(-next.left_ms()), Due::Warn(next)))
    }

    /// When the paid time is over, or the overrun after it. Time for free is counted over the whole session;
    /// to ask for an extension there is time anew after each.
    fn time_over(&self, sitting: &Sitting, then: Due) -> Option<(UnixMillis, Due)> {
        let overrun_ms = match self.offer.parts().overrun {
            Overrun::Close => 0,
            Overrun::RunOn { free } => (free.millis() - sitting.overrun_ms).max(0),
            Overrun::Extension => SESSION_GRACE_MS,
        };
        match sitting.clock {
            Clock::Overrun { since } => Some((since.plus(overrun_ms), Due::TimeUp)),
            Clock::Open | Clock::Slot { .. } | Clock::Minutes => {
                let due = if overrun_ms == 0 { Due::TimeUp } else { then };
                Some((self.ends_at()?, due))
            }
        }
    }

    /// When nobody is waited for any longer; never while the host keeps a fixed length open.
    fn grace_ends(&self, sitting: &Sitting) -> Option<UnixMillis> {
        let (host, payer) = (self.presence.host.out_since(), self.presence.payer.out_since());
        if self.presence.has_parted() {
            return host.max(payer);
        }
        let first = match sitting.clock {
            Clock::Slot { .. } => host,
            Clock::Open | Clock::Minutes | Clock::Overrun { .. } => host.into_iter().chain(payer).min(),
        };
        first.map(|since| since.plus(SESSION_GRACE_MS))
    }
}

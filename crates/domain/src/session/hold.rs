//! Money that is kept ready: which sessions may be paid so, and until when it can be taken.
//!
//! A bank keeps money on a card ready for about a week ([`HOLD_MS`] says how much of it is counted on). So a
//! checkout keeps money ready only if the session is certain to be over by then, whatever happens in it.
//!
//! | | is |
//! |---|---|
//! | coming in, for a fixed time that is planned and over within the hold | kept ready |
//! | the same, planned for later, or for no time; a price for a call, which may last | taken at once |
//! | more time, bills, packs | taken at once: they are for what is had just now, or has been |
//!
//! A session that is moved after it was paid for, or that an outage kept open, may still be on when the hold
//! ends. What is kept ready for it then is taken in full, and divided when it is over as money that was
//! taken at once: nobody's money is lost because a host was ill for a week.

use super::Session;
use super::till::{Payment, PaymentState, Purpose};
use crate::limits::{HOLD_MS, SESSION_EXTENSIONS, SESSION_GRACE_MS};
use model::offer::{Access, Overrun, Point};
use model::{Offer, PaymentId, UnixMillis};

/// Whether money for coming in may be kept ready, rather than taken, by a checkout that was opened then.
pub fn is_within_hold(offer: &Offer, planned: Option<UnixMillis>, opened: UnixMillis) -> bool {
    let over = planned.and_then(|planned| over_by(offer, planned));
    over.is_some_and(|over| over <= opened.plus(HOLD_MS))
}

/// When a session that is planned for then is over at the latest. Without a fixed length nobody can say.
fn over_by(offer: &Offer, planned: UnixMillis) -> Option<UnixMillis> {
    let parts = offer.parts();
    let Access::Fixed { length, .. } = parts.access else { return None };
    let (extensions, extension_ms) = match parts.point {
        Point::Before => (0, 0),
        Point::During { length, .. } => (i64::from(SESSION_EXTENSIONS), length.millis()),
        Point::After => return None,
    };
    // Whoever pays at the last moment is waited for once more, and so is somebody whose line breaks.
    let wait_ms = 2 * parts.no_show.wait.millis() + 2 * SESSION_GRACE_MS;
    let overrun_ms = match parts.overrun {
        Overrun::Close => 0,
        Overrun::RunOn { free } => free.millis(),
        Overrun::Extension => (extensions + 1) * SESSION_GRACE_MS,
    };
    Some(planned.plus(wait_ms + length.millis() + extensions * extension_ms + overrun_ms))
}

impl Session {
    /// Whether a processor may keep the money of a payment ready until the session is over.
    pub fn may_keep_ready(&self, payment: &Payment) -> bool {
        payment.purpose == Purpose::Entry && is_within_hold(&self.offer, self.planned, payment.asked)
    }

    /// What is kept ready and has to be taken before it is let go, and when.
    pub(super) fn hold_ends(&self) -> Option<(UnixMillis, PaymentId)> {
        let held = self.till.payments.iter().filter(|payment| payment.state == PaymentState::Held);
        held.map(|payment| (payment.asked.plus(HOLD_MS), payment.id)).min_by_key(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::offer::{Length, Wait, Wishes};
    use model::{Currency, Price};

    const MINUTE_MS: i64 = 60_000;
    const OPENED: UnixMillis = UnixMillis(1_000);

    fn price() -> Price {
        Price::parse("60", Currency::parse("EUR").expect("a currency")).expect("a price")
    }

    fn minutes(count: u16) -> Length {
        Length::new(count).expect("a length")
    }

    fn hour() -> Wishes {
        Wishes::plain(Access::Fixed { price: price(), length: minutes(60) })
    }

    /// The last time, in minutes after the checkout was opened, for which money is kept ready.
    fn last(wishes: Wishes) -> Option<i64> {
        let offer = Offer::new(wishes).expect("an offer");
        let is_within = |minute: i64| is_within_hold(&offer, Some(OPENED.plus(minute * MINUTE_MS)), OPENED);
        (0..7 * 24 * 60).rev().find(|minute| is_within(*minute))
    }

    #[test]
    fn money_is_kept_ready_if_everything_is_over_within_the_hold() {
        let hold = HOLD_MS / MINUTE_MS;
        // Fifteen minutes are waited, twice; two minutes for a line that broke, twice.
        assert_eq!(last(hour()), Some(hold - 60 - 30 - 4));
        let free = Wait::new(20).expect("a wait");
        assert_eq!(last(Wishes { overrun: Overrun::RunOn { free }, ..hour() }), Some(hold - 60 - 34 - 20));
        let more = |length| Wishes {
            point: Point::During { price: price(), length: minutes(length) },
            overrun: Overrun::Extension,
            ..hour()
        };
        // Each of twenty extensions may be waited for.
        assert_eq!(last(more(30)), Some(hold - 60 - 34 - 20 * 30 - 21 * 2));
        assert_eq!(last(more(1_440)), None, "whoever may add days may need weeks");
    }

    #[test]
    fn what_may_last_or_is_not_planned_is_taken_at_once() {
        assert_eq!(last(Wishes::plain(Access::PerCall { price: price() })), None);
        assert_eq!(last(Wishes { point: Point::After, ..hour() }), None);
        let offer = Offer::new(hour()).expect("an offer");
        assert!(!is_within_hold(&offer, None, OPENED));
    }
}

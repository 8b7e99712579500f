//! What a session comes to when it is closed: time, money, and what becomes of each payment.
//!
//! | ending | of the price is owed |
//! |---|---|
//! | expired, cancelled by the host | nothing |
//! | cancelled by the payer, no show | what the terms say |
//! | completed | all, less what the payer missed without having gone first |
//! | aborted | all, less that and the rest of the slot; nothing if less than a minute is left of it |
//!
//! Less than two minutes that were missed are nobody's. What is owed is taken from the payments in the
//! order in which they came; the rest goes back. The operator's share is rounded down, and the host has
//! the remainder, so that nothing is lost.

use super::Session;
use super::event::{Absent, Ending, Party};
use super::presence::Side;
use super::rules::Rules;
use super::stage::{Clock, Sitting, Stage};
use super::till::{Dispute, Payment, PaymentState, Share, Split, Takings, less, more};
use crate::limits::{SESSION_GRACE_MS, SESSION_LEAST_MS};
use model::offer::{Access, Point};
use model::{Money, Permille, UnixMillis};

/// What a session comes to.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settlement {
    /// How long host and payer were both in within the time that was paid for.
    pub attended_ms: i64,
    pub bill: Bill,
}

/// The part of it that is owed.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bill {
    Free,
    Money(MoneyBill),
    /// Prepaid time: `used_ms` and `returned_ms` are what was reserved.
    Minutes {
        used_ms: i64,
        returned_ms: i64,
    },
}

/// A bill in money. What was captured and not refunded is with host, operator, or frozen.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MoneyBill {
    /// What the session costs as it went.
    pub owed: Money,
    /// What has been captured for it, with what closing captures.
    pub captured: Money,
    /// What of that has gone back, with what closing sends back.
    pub refunded: Money,
    /// What host and operator earn by closing.
    pub kept: Split,
    /// What is in dispute, and divided when that is over.
    pub frozen: Money,
    /// What is still to be paid.
    pub due: Money,
    /// What becomes of each payment that came or is kept ready.
    pub moves: Vec<Move>,
}

/// What becomes of one payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Move {
    pub payment: model::PaymentId,
    pub act: Act,
}

/// What is done with a payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Money that came is divided, and the rest goes back.
    Divide { kept: Split, refund: Money },
    /// Of the money that is kept ready, so much is captured.
    Capture { kept: Split },
    /// It is let go.
    LetGo,
    /// It is in dispute; so much is kept when that is over, and the rest goes back.
    Freeze { keep: Money },
}

impl Session {
    /// What it comes to if it ends so at a time, and nothing happens until then.
    pub fn settled(&self, ending: Ending, at: UnixMillis) -> Settlement {
        self.settled_by(Rules::NEWEST, ending, at)
    }

    /// The same by the rules of another day.
    pub fn settled_by(&self, rules: Rules, ending: Ending, at: UnixMillis) -> Settlement {
        self.at(at).settle(rules, ending)
    }

    /// What closing would come to. Time is counted up to the last event.
    fn settle(&self, rules: Rules, ending: Ending) -> Settlement {
        let attended_ms = self.tally.attended_ms;
        let bill = match (&self.offer.parts().access, self.offer.price()) {
            (Access::Prepaid { .. }, _) => {
                Bill::Minutes { used_ms: attended_ms, returned_ms: self.till.reserved_ms - attended_ms }
            }
            (_, Some(price)) => Bill::Money(self.bill_of(rules, self.owed(price.money(), ending))),
            (Access::Free | Access::Fixed { .. } | Access::PerCall { .. }, None) => Bill::Free,
        };
        Settlement { attended_ms, bill }
    }

    /// What the session costs as it went.
    fn owed(&self, price: Money, ending: Ending) -> Money {
        let zero = Money::zero(price.currency);
        if let Stage::Offered { .. } | Stage::Awaiting { .. } = self.stage {
            return zero;
        }
        let terms = self.offer.parts();
        let without = |refund: Permille| less(price, price.share(refund));
        match ending {
            Ending::Expired | Ending::Cancelled { by: Party::Host | Party::Operator } => zero,
            Ending::Cancelled { by: Party::Payer } => without(self.cancel_share()),
            // Nobody agreed to the time to which the host moved it.
            Ending::NoShow(Absent::Payer | Absent::Both) if self.moved => zero,
            Ending::NoShow(Absent::Host) => without(terms.no_show.host),
            Ending::NoShow(Absent::Payer) => without(terms.no_show.payer),
            Ending::NoShow(Absent::Both) => without(terms.no_show.both),
            Ending::Completed => self.less_missing(price, self.tally.missed_ms),
            Ending::Aborted(_) if self.is_hardly_begun() => zero,
            Ending::Aborted(_) => self.less_missing(price, self.missing_ms()),
        }
    }

    /// The price with its extensions, without the part that is missing.
    fn less_missing(&self, price: Money, missing_ms: i64) -> Money {
        let extended = self.sitting().map_or(0, |sitting| sitting.extended);
        let whole = match self.offer.parts().point {
            Point::During { price: extension, .. } => {
                (0..extended).fold(price, |sum, _| more(sum, extension.money()))
            }
            Point::Before | Point::After => price,
        };
        match self.length_ms() {
            Some(length_ms) if missing_ms > SESSION_GRACE_MS => {
                less(whole, whole.fraction(missing_ms, length_ms))
            }
            Some(_) | None => whole,
        }
    }

    /// A fixed length with its extensions.
    fn length_ms(&self) -> Option<i64> {
        let extended = self.sitting().map_or(0, |sitting| sitting.extended);
        match &self.offer.parts().access {
            Access::Fixed { length, .. } => Some(length.millis() + i64::from(extended) * self.extension_ms()),
            Access::Free | Access::PerCall { .. } | Access::Prepaid { .. } => None,
        }
    }

    /// What the payer does not get of a fixed length if the session ends now.
    pub(super) fn missing_ms(&self) -> i64 {
        self.tally.missed_ms + self.rest_ms()
    }

    /// Whether there was less than a minute of it: of a fixed length the part that is not missing, which a
    /// payer may have used or not; else the time together.
    pub(super) fn is_hardly_begun(&self) -> bool {
        let had_ms = match (self.sitting(), self.length_ms()) {
            (Some(_), Some(length_ms)) => length_ms - self.missing_ms(),
            (Some(_), None) => self.tally.attended_ms,
            (None, _) => 0,
        };
        had_ms < SESSION_LEAST_MS
    }

    /// What is left of a fixed length.
    fn rest_ms(&self) -> i64 {
        match self.sitting().map(|sitting| sitting.clock) {
            Some(Clock::Slot { ends, .. }) => ends.since(self.as_of),
            Some(Clock::Open | Clock::Minutes | Clock::Overrun { .. }) | None => 0,
        }
    }

    /// Which share a payer gets back who cancels now. Without a plan nobody kept any time free, nobody
    /// bought the time to which a host moves it, and whoever
    /// is in and has waited for a late host may go, as if the host did not come.
    fn cancel_share(&self) -> Permille {
        let terms = self.offer.parts();
        match self.planned {
            None => Permille::ALL,
            Some(_) if self.moved => Permille::ALL,
            Some(planned) if self.is_host_late(planned) => terms.no_show.host,
            Some(planned) => terms.cancellation.refund(planned.since(self.as_of)),
        }
    }

    /// Whether the payer is in and the host has been away for longer after the planned start than anybody
    /// may be. Who is not in themselves does not know that, and does not wait.
    fn is_host_late(&self, planned: UnixMillis) -> bool {
        let away_since = match self.presence.host {
            Side::In { .. } => return false,
            Side::Never => planned,
            Side::Out { since, .. } => since.max(planned),
        };
        self.presence.payer.is_in() && self.as_of.since(away_since) >= SESSION_GRACE_MS
    }

    /// Divides the payments, from the oldest to the newest.
    fn bill_of(&self, rules: Rules, owed: Money) -> MoneyBill {
        let zero = Money::zero(owed.currency);
        let kept = Split { host: zero, fee: zero };
        let mut bill = MoneyBill {
            owed,
            captured: zero,
            refunded: zero,
            kept,
            frozen: zero,
            due: zero,
            moves: Vec::new(),
        };
        let mut open = owed;
        // What was given back by somebody's decision, or taken by a bank, is not asked for again.
        let mut waived = zero;
        // What was kept ready or to be captured before closing, and did not come. Its payer owes what would
        // have been kept of it: neither more, nor less because something else was to go back.
        let mut failed = zero;
        for payment in &self.till.payments {
            if let Some(back) = payment.given_back.filter(|_| rules >= Rules::Two) {
                waived = more(waived, back);
                failed = more(failed, less(payment.amount, back));
            }
            if payment.is_gone && rules >= Rules::Three {
                failed = more(failed, payment.amount);
            }
            match payment.state {
                PaymentState::Taken(Takings { share: Share::SentBack, .. })
                | PaymentState::Asked { .. }
                | PaymentState::Void
                | PaymentState::LetGo => continue,
                PaymentState::Held => {
                    let keep = at_most(open, payment.amount);
                    open = less(open, keep);
                    bill.capture(payment, self.split(keep));
                }
                PaymentState::Taken(takings) => {
                    let keep = at_most(open, takings.net());
                    open = less(open, keep);
                    waived = more(waived, less(takings.captured, takings.net()));
                    bill.divide(payment, &takings, keep, self.split(keep));
                }
            }
        }
        let missing = less(open, at_most(open, failed));
        bill.due = less(open, at_most(missing, waived));
        bill
    }

    /// Divides what is kept: the operator's share is rounded down.
    pub(super) fn split(&self, kept: Money) -> Split {
        let fee = kept.share(self.offer.parts().fee);
        Split { host: less(kept, fee), fee }
    }

    /// What the session is about while it is on.
    pub(super) const fn sitting(&self) -> Option<&Sitting> {
        match &self.stage {
            Stage::Live(sitting) | Stage::Grace(sitting) => Some(sitting),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Closed { .. } => None,
        }
    }

    /// Makes the settlement so, and says what is owing.
    pub(super) fn apply_settlement(&mut self, settlement: &Settlement) -> Option<Money> {
        for payment in &mut self.till.payments {
            if payment.is_asked() {
                payment.state = PaymentState::Void;
            }
        }
        let Bill::Money(bill) = &settlement.bill else { return None };
        for Move { payment, act } in &bill.moves {
            match *act {
                Act::LetGo => self.till.payment_mut(*payment).state = PaymentState::LetGo,
                Act::Capture { kept } => {
                    let share = earned(kept);
                    let takings = Takings { share, is_promised: true, ..Takings::deferred(kept.total()) };
                    self.till.payment_mut(*payment).state = PaymentState::Taken(takings);
                }
                Act::Divide { kept, refund } => {
                    let takings = self.till.takings_mut(*payment);
                    takings.refunded = more(takings.refunded, refund);
                    takings.share = earned(kept);
                }
                Act::Freeze { keep } => self.till.takings_mut(*payment).share = Share::Frozen { keep },
            }
        }
        (!bill.due.is_zero()).then_some(bill.due)
    }
}

impl MoneyBill {
    fn capture(&mut self, payment: &Payment, kept: Split) {
        self.captured = more(self.captured, kept.total());
        self.keep(kept);
        let act = if kept.total().is_zero() { Act::LetGo } else { Act::Capture { kept } };
        self.moves.push(Move { payment: payment.id, act });
    }

    fn divide(&mut self, payment: &Payment, takings: &Takings, keep: Money, kept: Split) {
        self.captured = more(self.captured, takings.captured);
        self.refunded = more(self.refunded, takings.refunded);
        let act = match takings.dispute {
            Dispute::Open { .. } => {
                self.frozen = more(self.frozen, takings.net());
                Act::Freeze { keep }
            }
            Dispute::None | Dispute::Won | Dispute::Lost { .. } => {
                let refund = less(takings.net(), keep);
                self.refunded = more(self.refunded, refund);
                self.keep(kept);
                Act::Divide { kept, refund }
            }
        };
        self.moves.push(Move { payment: payment.id, act });
    }

    fn keep(&mut self, kept: Split) {
        self.kept = Split { host: more(self.kept.host, kept.host), fee: more(self.kept.fee, kept.fee) };
    }
}

/// What host and operator have of a payment from now on.
pub(super) fn earned(kept: Split) -> Share {
    Share::Earned { kept, back: Money::zero(kept.host.currency) }
}

/// The smaller of two amounts of one currency.
pub(super) fn at_most(one: Money, other: Money) -> Money {
    if one.minor <= other.minor { one } else { other }
}

impl Settlement {
    /// What it costs as it went, where it is paid with money.
    pub const fn owed(&self) -> Option<Money> {
        match &self.bill {
            Bill::Money(bill) => Some(bill.owed),
            Bill::Free | Bill::Minutes { .. } => None,
        }
    }

    /// What is still to be paid.
    pub fn due(&self) -> Option<Money> {
        match &self.bill {
            Bill::Money(bill) if !bill.due.is_zero() => Some(bill.due),
            Bill::Money(_) | Bill::Free | Bill::Minutes { .. } => None,
        }
    }
}

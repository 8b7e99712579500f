//! The operator's share of what a host takes in an account of their own, as the processor moves it.
//!
//! ```text
//! charged ──▶ the share of all of it comes to the operator ──▶ less is kept ──▶ the difference goes back
//! ```
//!
//! The processor takes the share with the money, in the amount that it is told, before anybody has earned
//! anything. From then on the operator has of each such payment exactly the share of what is left of it: as
//! much as its split says once it is earned. Whatever an event leaves over goes back to the host at once, by
//! an order of its own, so that nothing depends on how the processor would round.
//!
//! A dispute that is lost after the money was earned leaves the share where it is: the loss is the host's.

use super::Session;
use super::bill::{Act, Bill, at_most};
use super::event::{Event, What};
use super::till::{Payment, PaymentState, Share, less, more};
use crate::ledger::fee_within;
use model::{MerchantId, Money, PaymentId};

/// What moves between a host's own account and the operator because of one event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FeeMove {
    pub payment: PaymentId,
    pub merchant: MerchantId,
    /// What the processor takes for the operator, with the money.
    pub taken: Money,
    /// What the operator gives back.
    pub returned: Money,
}

impl Session {
    /// The share of a payment that is taken in full: what the processor is told when its checkout is opened.
    pub fn fee_for(&self, payment: &Payment) -> Money {
        self.split(payment.amount).fee
    }

    /// What is taken of payments with `event`, and what goes back. The session is as it was before.
    pub(super) fn fee_moves(&self, event: &Event) -> Vec<FeeMove> {
        if !moves_money(&event.what) || self.till.payments.iter().all(|payment| payment.merchant.is_none()) {
            return Vec::new();
        }
        let mut after = self.clone();
        after.apply(event);
        let pairs = self.till.payments.iter().zip(&after.till.payments);
        let moves = pairs.filter_map(|(payment, then)| {
            let merchant = payment.merchant?;
            let taken = self.fee_taken(payment, &event.what);
            let returned = less(more(self.fee_here(payment), taken), after.fee_here(then));
            Some(FeeMove { payment: payment.id, merchant, taken, returned })
        });
        moves.filter(|fee| !fee.taken.is_zero() || !fee.returned.is_zero()).collect()
    }

    /// What the processor takes for the operator with what it charges by `what`.
    pub(super) fn fee_taken(&self, payment: &Payment, what: &What) -> Money {
        let whole = self.fee_for(payment);
        match what {
            What::Captured { payment: id }
            | What::HoldTaken { payment: id }
            | What::BillPaid { payment: id }
                if *id == payment.id =>
            {
                whole
            }
            What::SentBack { payment: id, amount } if *id == payment.id && amount.is_like(whole) => {
                at_most(whole, *amount)
            }
            What::Closed { settlement, .. } => match &settlement.bill {
                Bill::Money(bill) => {
                    let part = bill.moves.iter().find(|part| part.payment == payment.id);
                    part.map_or(Money::zero(whole.currency), |part| captured_fee(whole, part.act))
                }
                Bill::Free | Bill::Minutes { .. } => Money::zero(whole.currency),
            },
            _ => Money::zero(payment.amount.currency),
        }
    }

    /// What the operator has of a payment that a host takes themselves.
    fn fee_here(&self, payment: &Payment) -> Money {
        let zero = Money::zero(payment.amount.currency);
        match &payment.state {
            PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo | PaymentState::Held => {
                zero
            }
            PaymentState::Taken(takings) => match takings.share {
                Share::SentBack => zero,
                Share::Deferred | Share::Frozen { .. } => self.split(takings.net()).fee,
                Share::Earned { kept, back } => less(kept.fee, fee_within(kept.fee, kept.total(), back)),
            },
        }
    }
}

/// Whether an event changes what is left of a payment.
const fn moves_money(what: &What) -> bool {
    matches!(
        what,
        What::Captured { .. }
            | What::CaptureFailed { .. }
            | What::HoldTaken { .. }
            | What::SentBack { .. }
            | What::BillPaid { .. }
            | What::Closed { .. }
            | What::Refunded { .. }
            | What::DisputeWon { .. }
            | What::DisputeLost { .. }
    )
}

/// The share of what is captured of money that was kept ready. The processor knows no share of nothing: of so
/// little that nothing of it is the operator's, the least that can be moved is taken, and goes back.
fn captured_fee(whole: Money, act: Act) -> Money {
    match act {
        Act::Capture { kept } if kept.fee.is_zero() && !whole.is_zero() => {
            let least = Money::new(whole.currency.step(), whole.currency);
            at_most(least, kept.total())
        }
        Act::Capture { kept } => kept.fee,
        Act::LetGo | Act::Divide { .. } | Act::Freeze { .. } => Money::zero(whole.currency),
    }
}

//! What goes back by somebody's decision, and disputes.
//!
//! A refund comes from the newest payment first. Host and operator give back in proportion to what they
//! have; refunds in a row come to the same as one. Of two words about a dispute in the wrong order the
//! later stands: whoever won or lost has had a dispute, and whoever has a dispute has paid.

use super::Session;
use super::bill::{at_most, earned};
use super::event::{Confirmation, Ending, Party, RefundOf, RefundPart, Refusal, What};
use super::stage::Stage;
use super::story::Story;
use super::till::{Dispute, PaymentState, Release, Share, Takings, less, more};
use crate::ledger::fee_within;
use crate::limits::SESSION_REFUNDS;
use model::offer::Access;
use model::{Money, PaymentId, RefundId};

impl Story {
    pub(super) fn refund(&mut self, refund: RefundId, by: Party, what: RefundOf) -> Result<(), Refusal> {
        if by == Party::Payer {
            return Err(Refusal::NotAllowed);
        }
        if self.session.till.refunds.contains(&refund) {
            return Ok(());
        }
        if self.session.till.refunds.len() >= SESSION_REFUNDS {
            return Err(Refusal::TooMany);
        }
        let is_prepaid = matches!(self.session.offer.parts().access, Access::Prepaid { .. });
        match (what, is_prepaid) {
            (RefundOf::All, true) => self.return_minutes(refund, by, None),
            (RefundOf::Minutes { millis }, true) => self.return_minutes(refund, by, Some(millis)),
            (RefundOf::Part(_), true) => Err(Refusal::NoMoney),
            (RefundOf::Minutes { .. }, false) => Err(Refusal::NoMinutes),
            (RefundOf::All, false) => self.refund_money(refund, by, None),
            (RefundOf::Part(amount), false) => self.refund_money(refund, by, Some(amount)),
        }
    }

    fn return_minutes(&mut self, refund: RefundId, by: Party, wanted: Option<i64>) -> Result<(), Refusal> {
        let Stage::Closed { .. } = self.session.stage else { return Err(Refusal::NotOver) };
        let left = self.session.tally.attended_ms - self.session.till.returned_ms;
        let millis = wanted.unwrap_or(left);
        if left == 0 {
            return Err(Refusal::NothingLeft);
        }
        if millis <= 0 {
            return Err(Refusal::WrongAmount);
        }
        if millis > left {
            return Err(Refusal::NotEnoughMinutes);
        }
        self.push(What::MinutesReturned { refund, by, millis });
        Ok(())
    }

    fn refund_money(&mut self, refund: RefundId, by: Party, wanted: Option<Money>) -> Result<(), Refusal> {
        let currency = self.session.offer.currency().ok_or(Refusal::NothingLeft)?;
        let refundable = self.session.till.takings().map(|(_, takings)| takings.refundable());
        let left = refundable.filter(|money| !money.is_zero()).fold(Money::zero(currency), more);
        let mut open = wanted.unwrap_or(left);
        if left.is_zero() {
            return Err(Refusal::NothingLeft);
        }
        if open.minor <= 0 || open.currency != currency || open.minor % currency.step() != 0 {
            return Err(Refusal::WrongAmount);
        }
        if open.minor > left.minor {
            return Err(Refusal::TooMuch { left });
        }
        let mut parts = Vec::new();
        for (payment, takings) in self.session.till.takings().rev() {
            let refundable = takings.refundable();
            if refundable.is_zero() || open.is_zero() {
                continue;
            }
            let amount = at_most(open, refundable);
            open = less(open, amount);
            parts.push(RefundPart { payment: payment.id, amount, from_fee: takings.fee_of(amount) });
        }
        self.push(What::Refunded { refund, by, parts });
        Ok(())
    }

    pub(super) fn dispute_opened(&mut self, id: PaymentId, amount: Money) -> Result<(), Refusal> {
        let takings = self.disputed(id, amount)?;
        if takings.dispute == Dispute::None {
            self.push(What::DisputeOpened { payment: id, amount });
            // Whoever asks for their money back before anything began has called it off.
            if let Stage::Confirmed { .. } = self.session.stage {
                self.close(Ending::Cancelled { by: Party::Payer });
            }
        }
        Ok(())
    }

    pub(super) fn dispute_won(&mut self, id: PaymentId, amount: Money) -> Result<(), Refusal> {
        self.dispute_opened(id, amount)?;
        let takings = self.disputed(id, amount)?;
        if let Dispute::Open { amount } = takings.dispute {
            let release = self.session.release(&takings, takings.net());
            self.push(What::DisputeWon { payment: id, amount, release });
        }
        Ok(())
    }

    pub(super) fn dispute_lost(&mut self, id: PaymentId, amount: Money) -> Result<(), Refusal> {
        self.dispute_opened(id, amount)?;
        let takings = self.disputed(id, amount)?;
        if let Dispute::Open { amount } = takings.dispute {
            let forgone = match takings.share {
                Share::Deferred | Share::Frozen { .. } => at_most(amount, takings.net()),
                Share::SentBack | Share::Earned { .. } => Money::zero(amount.currency),
            };
            let release = self.session.release(&takings, less(takings.net(), forgone));
            self.push(What::DisputeLost { payment: id, amount, forgone, release });
        }
        Ok(())
    }

    /// The money that is disputed. It must have come, even if nobody has said so yet.
    fn disputed(&mut self, id: PaymentId, amount: Money) -> Result<Takings, Refusal> {
        let payment = *self.session.till.payment(id).ok_or(Refusal::UnknownPayment)?;
        match payment.state {
            PaymentState::Taken(takings) if takings.is_promised => {
                self.push(What::CaptureConfirmed { payment: id });
            }
            PaymentState::Taken(_) => {}
            PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo | PaymentState::Held => {
                self.payment_confirmed(id, payment.amount, Confirmation::Captured)?;
            }
        }
        let takings = *self.session.till.takings_mut(id);
        let is_possible =
            amount.minor > 0 && amount.is_like(takings.captured) && amount.minor <= takings.captured.minor;
        if is_possible { Ok(takings) } else { Err(Refusal::WrongAmount) }
    }
}

impl Takings {
    /// What the operator gives back when so much more of this goes back.
    pub(super) fn fee_of(&self, amount: Money) -> Money {
        match self.share {
            Share::Earned { kept, back } => {
                let returned = |back| fee_within(kept.fee, kept.total(), back);
                less(returned(more(back, amount)), returned(back))
            }
            Share::Deferred | Share::Frozen { .. } | Share::SentBack => Money::zero(amount.currency),
        }
    }
}

impl Session {
    /// What becomes of a payment that was frozen, if so much of it is left.
    fn release(&self, takings: &Takings, left: Money) -> Option<Release> {
        let Share::Frozen { keep } = takings.share else { return None };
        let keep = at_most(keep, left);
        Some(Release { kept: self.split(keep), refund: less(left, keep) })
    }

    pub(super) fn apply_aftermath(&mut self, what: &What) {
        match what {
            What::Refunded { refund, parts, .. } => {
                self.till.refunds.insert(*refund);
                for part in parts {
                    let takings = self.till.takings_mut(part.payment);
                    takings.refunded = more(takings.refunded, part.amount);
                    if let Share::Earned { back, .. } = &mut takings.share {
                        *back = more(*back, part.amount);
                    }
                }
            }
            What::MinutesReturned { refund, millis, .. } => {
                self.till.refunds.insert(*refund);
                self.till.returned_ms += millis;
            }
            What::DisputeOpened { payment, amount } => {
                self.till.takings_mut(*payment).dispute = Dispute::Open { amount: *amount };
            }
            What::DisputeWon { payment, release, .. } => {
                let takings = self.till.takings_mut(*payment);
                takings.dispute = Dispute::Won;
                takings.let_go(*release);
            }
            What::DisputeLost { payment, amount, forgone, release } => {
                let takings = self.till.takings_mut(*payment);
                takings.dispute = Dispute::Lost { amount: *amount };
                if !forgone.is_zero() {
                    takings.forgone = more(takings.forgone, *forgone);
                }
                takings.let_go(*release);
            }
            _ => {}
        }
    }
}

impl Takings {
    fn let_go(&mut self, release: Option<Release>) {
        if let Some(Release { kept, refund }) = release {
            self.refunded = more(self.refunded, refund);
            self.share = earned(kept);
        }
    }
}

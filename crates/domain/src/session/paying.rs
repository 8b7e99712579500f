//! Consent, checkouts, and what the processor says.
//!
//! The processor says everything at least once and in any order, so that a session only advances: money
//! that is needed is taken, by whichever checkout it came, and money that is not goes back at once.

use super::event::{Confirmation, Ending, Refusal, What};
use super::stage::{Clock, Sitting, Stage};
use super::story::Story;
use super::till::{PaymentState, Purpose, Share, Takings, more};
use super::{Payment, Session, bill};
use crate::limits::{CHECKOUT_MS, SESSION_EXTENSIONS, SESSION_PAYMENTS};
use model::offer::{Access, Length, Point};
use model::{MerchantId, Money, PaymentId, Price, TermsDigest};

/// The least that is worth reserving.
const RESERVED_LEAST_MS: i64 = 60_000;
/// More than any processor moves at once; the sums of a session stay far below what fits a number.
const AMOUNT_MOST: i64 = 10_000 * Price::MOST;

impl Story {
    pub(super) fn consent(&mut self, terms: TermsDigest) -> Result<(), Refusal> {
        if terms != self.session.terms {
            return Err(Refusal::OtherTerms);
        }
        match &self.session.stage {
            Stage::Offered { .. } => {
                self.push(What::Consented { terms });
                let parts = self.session.offer.parts();
                let is_prepaid = matches!(parts.access, Access::Prepaid { .. });
                let pays_first = self.session.offer.price().is_some() && parts.point != Point::After;
                if !is_prepaid && !pays_first {
                    self.confirm();
                }
                Ok(())
            }
            Stage::Closed { .. } => Err(Refusal::Over),
            Stage::Awaiting { .. } | Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_) => Ok(()),
        }
    }

    pub(super) fn start_checkout(
        &mut self,
        purpose: Purpose,
        merchant: Option<MerchantId>,
    ) -> Result<(), Refusal> {
        let amount = self.session.asks_for(purpose)?;
        if let Some(open) = self.session.till.open_checkout(purpose) {
            let is_good = matches!(open.state, PaymentState::Asked { until } if until > self.now);
            if is_good && open.amount == amount && open.merchant == merchant {
                return Ok(());
            }
        }
        if self.session.till.payments.len() >= SESSION_PAYMENTS {
            return Err(Refusal::TooMany);
        }
        self.void_checkouts(purpose);
        let payment = self.session.next_payment();
        let until = match purpose {
            Purpose::Entry => self.session.payable_until(self.now),
            Purpose::Extension | Purpose::Bill => self.now.plus(CHECKOUT_MS),
        };
        self.push(What::CheckoutStarted { payment, purpose, amount, until, merchant });
        Ok(())
    }

    pub(super) fn reserve(&mut self, available_ms: i64) -> Result<(), Refusal> {
        let Access::Prepaid { most, .. } = self.session.offer.parts().access else {
            return Err(Refusal::NoMinutes);
        };
        let more = available_ms.min(most.millis() - self.session.till.reserved_ms);
        match &self.session.stage {
            Stage::Offered { .. } => Err(Refusal::NoConsent),
            // Asked twice, it is reserved already.
            Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_) if more <= 0 => Ok(()),
            Stage::Awaiting { .. } | Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_)
                if more < RESERVED_LEAST_MS =>
            {
                Err(Refusal::NotEnoughMinutes)
            }
            Stage::Awaiting { .. } => {
                self.push(What::Reserved { millis: more });
                self.confirm();
                Ok(())
            }
            Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_) => {
                self.push(What::Reserved { millis: more });
                Ok(())
            }
            Stage::Closed { .. } => Err(Refusal::Over),
        }
    }

    pub(super) fn payment_confirmed(
        &mut self,
        id: PaymentId,
        amount: Money,
        kind: Confirmation,
    ) -> Result<(), Refusal> {
        let payment = *self.session.till.payment(id).ok_or(Refusal::UnknownPayment)?;
        if amount.minor <= 0 || amount.minor > AMOUNT_MOST {
            return Err(Refusal::WrongAmount);
        }
        match (payment.state, kind) {
            // Whoever has more of it has what closing captured as well.
            (PaymentState::Taken(takings), Confirmation::Captured)
                if takings.is_promised
                    && amount.is_like(takings.captured)
                    && amount.minor >= takings.captured.minor =>
            {
                self.push(What::CaptureConfirmed { payment: id });
                Ok(())
            }
            // What was said before.
            (PaymentState::Taken(_), _) | (PaymentState::Held | PaymentState::LetGo, Confirmation::Held) => {
                Ok(())
            }
            // Only part of what was kept ready cannot be told from a mistake.
            (PaymentState::Held, Confirmation::Captured) if amount != payment.amount => {
                Err(Refusal::WrongAmount)
            }
            (PaymentState::Held, Confirmation::Captured) => {
                self.push(What::Captured { payment: id });
                Ok(())
            }
            (PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo, _) => {
                if amount == payment.amount && self.session.needs(&payment, kind) {
                    self.take(&payment, kind);
                } else {
                    self.push(match kind {
                        Confirmation::Captured => What::SentBack { payment: id, amount },
                        Confirmation::Held => What::HoldRefused { payment: id },
                    });
                }
                Ok(())
            }
        }
    }

    fn take(&mut self, payment: &Payment, kind: Confirmation) {
        self.push(match (kind, payment.purpose) {
            (Confirmation::Captured, Purpose::Entry | Purpose::Extension) => {
                What::Captured { payment: payment.id }
            }
            (Confirmation::Captured, Purpose::Bill) => What::BillPaid { payment: payment.id },
            (Confirmation::Held, _) => What::HoldPlaced { payment: payment.id },
        });
        self.void_checkouts(payment.purpose);
        match payment.purpose {
            Purpose::Entry => self.confirm(),
            Purpose::Extension => self.push(What::Extended),
            Purpose::Bill => {}
        }
    }

    pub(super) fn payment_declined(&mut self, id: PaymentId) -> Result<(), Refusal> {
        let payment = self.session.till.payment(id).ok_or(Refusal::UnknownPayment)?;
        if payment.is_asked() {
            self.push(What::Declined { payment: id });
        }
        Ok(())
    }

    /// Money that was kept ready and is let go before anybody came leaves the session unpaid; later, what
    /// is owed becomes a bill, also if closing had counted on it.
    pub(super) fn checkout_ended(&mut self, id: PaymentId) -> Result<(), Refusal> {
        let payment = *self.session.till.payment(id).ok_or(Refusal::UnknownPayment)?;
        match payment.state {
            PaymentState::Asked { .. } => self.push(What::CheckoutEnded { payment: id, by_us: false }),
            PaymentState::Held => {
                self.push(What::CheckoutEnded { payment: id, by_us: false });
                self.expire_unpaid();
            }
            PaymentState::Taken(takings) if takings.is_promised => {
                self.void_checkouts(Purpose::Bill);
                self.push(What::CaptureFailed { payment: id });
                self.expire_unpaid();
            }
            PaymentState::Void | PaymentState::LetGo | PaymentState::Taken(_) => {}
        }
        Ok(())
    }

    fn expire_unpaid(&mut self) {
        if let Stage::Confirmed { .. } = self.session.stage {
            self.close(Ending::Expired);
        }
    }

    /// Closes the other checkouts for the same thing, so that nobody pays twice.
    pub(super) fn void_checkouts(&mut self, purpose: Purpose) {
        while let Some(open) = self.session.till.open_checkout(purpose) {
            let payment = open.id;
            self.push(What::CheckoutEnded { payment, by_us: true });
        }
    }

    fn confirm(&mut self) {
        self.push(What::Confirmed);
        self.follow_up();
    }
}

impl Session {
    /// What has to be paid for a purpose just now.
    fn asks_for(&self, purpose: Purpose) -> Result<Money, Refusal> {
        match (purpose, &self.stage) {
            (Purpose::Entry, Stage::Offered { .. }) => Err(Refusal::NoConsent),
            (Purpose::Entry, Stage::Awaiting { .. }) => {
                self.offer.price().map(Price::money).ok_or(Refusal::NoMoney)
            }
            (Purpose::Entry, Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_)) => {
                Err(Refusal::NothingToPay)
            }
            (Purpose::Bill, _) if self.owing().is_some() => self.owing().ok_or(Refusal::NothingToPay),
            (Purpose::Entry | Purpose::Extension, Stage::Closed { .. }) => Err(Refusal::Over),
            (Purpose::Bill, _) => Err(Refusal::NothingToPay),
            (Purpose::Extension, _) => match self.offer.parts().point {
                Point::During { price, .. } if self.is_extendable() => Ok(price.money()),
                Point::During { .. } | Point::Before | Point::After => Err(Refusal::NotExtendable),
            },
        }
    }

    /// Whether money that came for a purpose is needed.
    fn needs(&self, payment: &Payment, kind: Confirmation) -> bool {
        match payment.purpose {
            Purpose::Entry => matches!(self.stage, Stage::Awaiting { .. }),
            // Whoever asked again because a word was late wished for one extension and not for two.
            Purpose::Extension => {
                let is_same_wish = |sitting: &Sitting| sitting.extended == payment.extended;
                self.is_extendable() && self.sitting().is_some_and(is_same_wish)
            }
            // A bill is for what has been had already, so that money for it is not just kept ready.
            Purpose::Bill => kind == Confirmation::Captured && self.owing() == Some(payment.amount),
        }
    }

    /// What more time would cost just now, and how much it would be, if it can be had.
    pub fn extension(&self) -> Option<(Price, Length)> {
        match self.offer.parts().point {
            Point::During { price, length } if self.is_extendable() => Some((price, length)),
            Point::During { .. } | Point::Before | Point::After => None,
        }
    }

    fn is_extendable(&self) -> bool {
        self.sitting().is_some_and(|sitting| {
            let is_fixed = matches!(sitting.clock, Clock::Slot { .. } | Clock::Overrun { .. });
            is_fixed && sitting.extended < SESSION_EXTENSIONS
        })
    }

    pub(super) fn apply_payment(&mut self, what: &What) {
        match what {
            What::CheckoutStarted { payment, purpose, amount, until, merchant } => {
                let state = PaymentState::Asked { until: *until };
                let (id, purpose, amount, asked) = (*payment, *purpose, *amount, self.as_of);
                let extended = self.sitting().map_or(0, |sitting| sitting.extended);
                let merchant = *merchant;
                self.till.payments.push(Payment {
                    id,
                    purpose,
                    amount,
                    asked,
                    extended,
                    merchant,
                    state,
                    given_back: None,
                    is_gone: false,
                });
                if let (Purpose::Entry, Stage::Awaiting { until: open, .. }) = (purpose, &mut self.stage) {
                    *open = *until;
                }
            }
            What::CheckoutEnded { payment, .. } => self.till.payment_mut(*payment).end(),
            What::HoldPlaced { payment } => self.till.payment_mut(*payment).state = PaymentState::Held,
            What::HoldRefused { payment } => self.till.payment_mut(*payment).state = PaymentState::LetGo,
            What::Captured { payment } => {
                let payment = self.till.payment_mut(*payment);
                payment.state = PaymentState::Taken(Takings::deferred(payment.amount));
            }
            What::HoldTaken { payment } => {
                let payment = self.till.payment_mut(*payment);
                let takings = Takings { is_promised: true, ..Takings::deferred(payment.amount) };
                payment.state = PaymentState::Taken(takings);
            }
            What::CaptureConfirmed { payment } => self.till.takings_mut(*payment).is_promised = false,
            What::CaptureFailed { payment } => {
                let due = self.owing_without(*payment);
                let back = self.promised(*payment).refunded;
                let payment = self.till.payment_mut(*payment);
                payment.state = PaymentState::LetGo;
                payment.given_back = Some(back);
                if let Stage::Closed { owing, .. } = &mut self.stage {
                    *owing = due;
                }
            }
            What::SentBack { payment, amount } => {
                let takings =
                    Takings { refunded: *amount, share: Share::SentBack, ..Takings::deferred(*amount) };
                self.till.payment_mut(*payment).state = PaymentState::Taken(takings);
            }
            What::BillPaid { payment } => {
                let amount = self.till.payment_mut(*payment).amount;
                let share = bill::earned(self.split(amount));
                let takings = Takings { share, ..Takings::deferred(amount) };
                self.till.payment_mut(*payment).state = PaymentState::Taken(takings);
                self.settle_bill();
            }
            What::Forgiven { .. } => self.settle_bill(),
            _ => {}
        }
    }

    /// What is owing when money that was captured of what was kept ready did not come. What of it was given
    /// back by hand is not asked for.
    pub(super) fn owing_without(&self, payment: PaymentId) -> Option<Money> {
        let kept = self.promised(payment).net();
        let due = self.owing().map_or(kept, |owing| more(owing, kept));
        (!due.is_zero()).then_some(due)
    }

    /// What was captured of a payment that was kept ready.
    pub(super) fn promised(&self, payment: PaymentId) -> Takings {
        let found = self.till.takings().find(|(taken, _)| taken.id == payment);
        let (_, takings) = found.expect("only money that was kept ready can fail to come");
        *takings
    }

    fn settle_bill(&mut self) {
        if let Stage::Closed { owing, .. } = &mut self.stage {
            *owing = None;
        }
    }
}

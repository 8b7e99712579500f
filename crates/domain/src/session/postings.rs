//! What an event means for the ledger.
//!
//! | event | debit | credit |
//! |---|---|---|
//! | money came, or is taken of what was kept ready | processor_clearing | deferred |
//! | money went back, before and after it was earned | deferred; host_payable, platform_fee | processor_clearing |
//! | a capture failed | host_payable, platform_fee, then deferred | deferred, then processor_clearing |
//! | settled, bill paid | deferred | host_payable, platform_fee |
//! | dispute opened; won; lost | dispute_reserve; processor_clearing; loss | processor_clearing; dispute_reserve; dispute_reserve |
//! | lost before anybody had earned it | deferred | loss |
//! | the share of what a host takes is taken; goes back | processor_clearing; host_clearing | host_clearing; processor_clearing |
//! | minutes reserved; used; returned | minutes; held; held, used | held; used; minutes |
//!
//! Of a payment that a host takes themselves the same is posted to [`Receiver`]'s other accounts.

use super::bill::{Act, Bill, MoneyBill};
use super::event::{Event, RefundPart, What};
use super::ids;
use super::platform::FeeMove;
use super::till::{PaymentState, Release, Share, Split, Takings, less};
use super::{Session, Settlement};
use crate::ledger::{Account, Cause, Entry, Receiver, Transaction, Value};
use model::{Money, PaymentId, TransactionId};

/// The transactions that belong to `event`. `session` is as it was before.
pub fn postings(session: &Session, event: &Event) -> Vec<Transaction> {
    let mut book = Book { session, ids: Box::new(ids::transactions(session)), posted: Vec::new() };
    match &event.what {
        What::Captured { payment } | What::HoldTaken { payment } => {
            book.captured(session.receiver(*payment), session.amount_of(*payment));
        }
        What::SentBack { payment, amount } => {
            book.captured(session.receiver(*payment), *amount);
            book.refunded(session.receiver(*payment), *amount);
        }
        What::CaptureFailed { payment } => {
            book.not_captured(session.receiver(*payment), &session.promised(*payment));
        }
        What::BillPaid { payment } => {
            let (receiver, amount) = (session.receiver(*payment), session.amount_of(*payment));
            book.captured(receiver, amount);
            book.delivered(receiver, session.split(amount));
        }
        What::Reserved { millis } => {
            let accounts = [session.minutes(), Account::Held(session.id)];
            book.transfer(Cause::MinutesReserved, accounts, Value::time(*millis));
        }
        What::Closed { settlement, .. } => book.settled(settlement),
        What::Refunded { parts, .. } => parts.iter().for_each(|part| book.given_back(part)),
        What::MinutesReturned { millis, .. } => {
            let accounts = [Account::Used, session.minutes()];
            book.transfer(Cause::MinutesReturned, accounts, Value::time(*millis));
        }
        What::DisputeOpened { payment, amount } => book.disputed(session.receiver(*payment), *amount),
        What::DisputeWon { payment, amount, release } => {
            let receiver = session.receiver(*payment);
            book.won(receiver, *amount);
            book.released(receiver, *release);
        }
        What::DisputeLost { payment, amount, forgone, release } => {
            let receiver = session.receiver(*payment);
            book.lost(receiver, *amount, *forgone);
            book.released(receiver, *release);
        }
        What::Consented { .. }
        | What::CheckoutStarted { .. }
        | What::Declined { .. }
        | What::CheckoutEnded { .. }
        | What::HoldPlaced { .. }
        | What::HoldRefused { .. }
        | What::CaptureConfirmed { .. }
        | What::Forgiven { .. }
        | What::Confirmed
        | What::Moved { .. }
        | What::Entered { .. }
        | What::Gone { .. }
        | What::Revived { .. }
        | What::Began { .. }
        | What::Paused
        | What::Resumed
        | What::Warned { .. }
        | What::PaidTimeOver
        | What::Extended => {}
    }
    session.fee_moves(event).iter().for_each(|fee| book.shared(fee));
    book.posted
}

/// The transactions of one event, as they are written.
struct Book<'a> {
    session: &'a Session,
    ids: Box<dyn Iterator<Item = TransactionId>>,
    posted: Vec<Transaction>,
}

impl Book<'_> {
    fn captured(&mut self, receiver: Receiver, amount: Money) {
        let accounts = [receiver.clearing(), Account::Deferred(self.session.id)];
        self.transfer(Cause::Captured, accounts, amount);
    }

    fn refunded(&mut self, receiver: Receiver, amount: Money) {
        let accounts = [Account::Deferred(self.session.id), receiver.clearing()];
        self.transfer(Cause::Refunded, accounts, amount);
    }

    /// What comes to the operator of what a host takes, and what goes back. If nothing was charged after all
    /// nothing came either, which is posted in the same way.
    fn shared(&mut self, fee: &FeeMove) {
        let (host, operator) = (Account::HostClearing(fee.merchant), Account::ProcessorClearing);
        self.transfer(Cause::FeeTaken, [operator, host], fee.taken);
        self.transfer(Cause::FeeReturned, [host, operator], fee.returned);
    }

    fn delivered(&mut self, receiver: Receiver, kept: Split) {
        let entries = vec![
            Entry::debit(Account::Deferred(self.session.id), kept.total()),
            Entry::credit(receiver.earned(self.session.host), kept.host),
            Entry::credit(Account::PlatformFee, kept.fee),
        ];
        self.post(Cause::Delivered, entries);
    }

    /// Takes back what was posted for it, as far as it has not gone back since.
    fn not_captured(&mut self, receiver: Receiver, takings: &Takings) {
        let (amount, fee) = (takings.net(), takings.fee_of(takings.net()));
        if let Share::Earned { .. } = takings.share {
            let entries = vec![
                Entry::debit(receiver.earned(self.session.host), less(amount, fee)),
                Entry::debit(Account::PlatformFee, fee),
                Entry::credit(Account::Deferred(self.session.id), amount),
            ];
            self.post(Cause::CaptureFailed, entries);
        }
        let accounts = [Account::Deferred(self.session.id), receiver.clearing()];
        self.transfer(Cause::CaptureFailed, accounts, amount);
    }

    fn disputed(&mut self, receiver: Receiver, amount: Money) {
        self.transfer(Cause::DisputeOpened, [receiver.reserve(), receiver.clearing()], amount);
    }

    fn won(&mut self, receiver: Receiver, amount: Money) {
        self.transfer(Cause::DisputeWon, [receiver.clearing(), receiver.reserve()], amount);
    }

    fn lost(&mut self, receiver: Receiver, amount: Money, forgone: Money) {
        self.transfer(Cause::DisputeLost, [receiver.loss(), receiver.reserve()], amount);
        self.transfer(Cause::Forgone, [Account::Deferred(self.session.id), receiver.loss()], forgone);
    }

    fn released(&mut self, receiver: Receiver, release: Option<Release>) {
        if let Some(Release { kept, refund }) = release {
            self.delivered(receiver, kept);
            self.refunded(receiver, refund);
        }
    }

    fn given_back(&mut self, part: &RefundPart) {
        let receiver = self.session.receiver(part.payment);
        if !self.session.has_earned(part.payment) {
            return self.refunded(receiver, part.amount);
        }
        let from_host = part.amount.minus(part.from_fee).expect("a fee is part of what goes back");
        let entries = vec![
            Entry::debit(receiver.earned(self.session.host), from_host),
            Entry::debit(Account::PlatformFee, part.from_fee),
            Entry::credit(receiver.clearing(), part.amount),
        ];
        self.post(Cause::Refunded, entries);
    }

    fn settled(&mut self, settlement: &Settlement) {
        match &settlement.bill {
            Bill::Free => {}
            Bill::Money(bill) => self.settled_money(bill),
            Bill::Minutes { used_ms, returned_ms } => {
                let (used, returned) = (Value::time(*used_ms), Value::time(*returned_ms));
                let entries = vec![
                    Entry::debit(Account::Held(self.session.id), Value::time(used_ms + returned_ms)),
                    Entry::credit(Account::Used, used),
                    Entry::credit(self.session.minutes(), returned),
                ];
                self.post(Cause::MinutesSettled, entries);
            }
        }
    }

    fn settled_money(&mut self, bill: &MoneyBill) {
        for part in &bill.moves {
            let receiver = self.session.receiver(part.payment);
            match part.act {
                Act::Divide { kept, refund } => {
                    self.delivered(receiver, kept);
                    self.refunded(receiver, refund);
                }
                Act::Capture { kept } => {
                    self.captured(receiver, kept.total());
                    self.delivered(receiver, kept);
                }
                Act::LetGo | Act::Freeze { .. } => {}
            }
        }
    }

    fn transfer(&mut self, cause: Cause, accounts: [Account; 2], value: impl Into<Value>) {
        let id = self.next_id();
        self.posted.extend(Transaction::transfer(id, cause, accounts, value));
    }

    fn post(&mut self, cause: Cause, entries: Vec<Entry>) {
        let id = self.next_id();
        self.posted.extend(Transaction::of(id, cause, entries));
    }

    fn next_id(&mut self) -> TransactionId {
        self.ids.next().expect("an event has few transactions")
    }
}

impl Session {
    const fn minutes(&self) -> Account {
        Account::Minutes { seller: self.host, buyer: self.payer }
    }

    fn amount_of(&self, payment: PaymentId) -> Money {
        self.till.payment(payment).expect("events name payments that exist").amount
    }

    fn receiver(&self, payment: PaymentId) -> Receiver {
        self.till.payment(payment).expect("events name payments that exist").receiver()
    }

    fn has_earned(&self, payment: PaymentId) -> bool {
        match self.till.payment(payment).map(|payment| payment.state) {
            Some(PaymentState::Taken(takings)) => matches!(takings.share, Share::Earned { .. }),
            Some(
                PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo | PaymentState::Held,
            )
            | None => false,
        }
    }
}

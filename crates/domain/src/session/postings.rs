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
//! | minutes reserved; used; returned | minutes; held; held, used | held; used; minutes |

use super::bill::{Act, Bill, MoneyBill};
use super::event::{Event, RefundPart, What};
use super::ids;
use super::till::{PaymentState, Release, Share, Split, Takings, less};
use super::{Session, Settlement};
use crate::ledger::{Account, Cause, Entry, Transaction, Value};
use model::{Money, PaymentId, TransactionId};

/// The transactions that belong to `event`. `session` is as it was before.
pub fn postings(session: &Session, event: &Event) -> Vec<Transaction> {
    let mut book = Book { session, ids: Box::new(ids::transactions(session)), posted: Vec::new() };
    match &event.what {
        What::Captured { payment } | What::HoldTaken { payment } => {
            book.captured(session.amount_of(*payment))
        }
        What::SentBack { amount, .. } => {
            book.captured(*amount);
            book.refunded(*amount);
        }
        What::CaptureFailed { payment } => book.not_captured(&session.promised(*payment)),
        What::BillPaid { payment } => {
            let amount = session.amount_of(*payment);
            book.captured(amount);
            book.delivered(session.split(amount));
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
        What::DisputeOpened { amount, .. } => {
            let accounts = [Account::DisputeReserve, Account::ProcessorClearing];
            book.transfer(Cause::DisputeOpened, accounts, *amount);
        }
        What::DisputeWon { amount, release, .. } => {
            let accounts = [Account::ProcessorClearing, Account::DisputeReserve];
            book.transfer(Cause::DisputeWon, accounts, *amount);
            book.released(*release);
        }
        What::DisputeLost { amount, forgone, release, .. } => {
            book.transfer(Cause::DisputeLost, [Account::Loss, Account::DisputeReserve], *amount);
            book.transfer(Cause::Forgone, [Account::Deferred(session.id), Account::Loss], *forgone);
            book.released(*release);
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
    book.posted
}

/// The transactions of one event, as they are written.
struct Book<'a> {
    session: &'a Session,
    ids: Box<dyn Iterator<Item = TransactionId>>,
    posted: Vec<Transaction>,
}

impl Book<'_> {
    fn captured(&mut self, amount: Money) {
        let accounts = [Account::ProcessorClearing, Account::Deferred(self.session.id)];
        self.transfer(Cause::Captured, accounts, amount);
    }

    fn refunded(&mut self, amount: Money) {
        let accounts = [Account::Deferred(self.session.id), Account::ProcessorClearing];
        self.transfer(Cause::Refunded, accounts, amount);
    }

    fn delivered(&mut self, kept: Split) {
        let entries = vec![
            Entry::debit(Account::Deferred(self.session.id), kept.total()),
            Entry::credit(Account::HostPayable(self.session.host), kept.host),
            Entry::credit(Account::PlatformFee, kept.fee),
        ];
        self.post(Cause::Delivered, entries);
    }

    /// Takes back what was posted for it, as far as it has not gone back since.
    fn not_captured(&mut self, takings: &Takings) {
        let (amount, fee) = (takings.net(), takings.fee_of(takings.net()));
        if let Share::Earned { .. } = takings.share {
            let entries = vec![
                Entry::debit(Account::HostPayable(self.session.host), less(amount, fee)),
                Entry::debit(Account::PlatformFee, fee),
                Entry::credit(Account::Deferred(self.session.id), amount),
            ];
            self.post(Cause::CaptureFailed, entries);
        }
        let accounts = [Account::Deferred(self.session.id), Account::ProcessorClearing];
        self.transfer(Cause::CaptureFailed, accounts, amount);
    }

    fn released(&mut self, release: Option<Release>) {
        if let Some(Release { kept, refund }) = release {
            self.delivered(kept);
            self.refunded(refund);
        }
    }

    fn given_back(&mut self, part: &RefundPart) {
        if !self.session.has_earned(part.payment) {
            return self.refunded(part.amount);
        }
        let from_host = part.amount.minus(part.from_fee).expect("a fee is part of what goes back");
        let entries = vec![
            Entry::debit(Account::HostPayable(self.session.host), from_host),
            Entry::debit(Account::PlatformFee, part.from_fee),
            Entry::credit(Account::ProcessorClearing, part.amount),
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
            match part.act {
                Act::Divide { kept, refund } => {
                    self.delivered(kept);
                    self.refunded(refund);
                }
                Act::Capture { kept } => {
                    self.captured(kept.total());
                    self.delivered(kept);
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

//! Transcripts of whole lives of a session, and a model test over any order of commands.
//!
//! A script is lines such as `consent`, `pay`, `host in`, `payer drop`, `wait 5m`, `refund 5 by host`.
//! `payer/2` is the payer's second tab, and `p1` the second payment. `wait` lets time pass and then ticks.
//! Whatever happens is posted to a ledger, twice, and what must always hold is asserted after every line.

mod aftermath;
mod any_order;
mod model;
mod paying;
mod platform;
mod rules;
mod sitting;
mod words;

use super::*;
use crate::ledger::{Account, Ledger, PackSale, Posted, Receiver, Unit, minutes_bought};
use ::model::offer::{Cancellation, Length, NoShow, Overrun, Pack, Packs, Wait, Wishes};
use ::model::{Currency, MerchantId, OutboxId, ParticipantId, PaymentId, Permille, Price, TransactionId};
use std::collections::{BTreeMap, BTreeSet};
use words::check;

const HOST: UserId = UserId::from_bits(1);
const PAYER: UserId = UserId::from_bits(2);
const TERMS: TermsDigest = TermsDigest([7; 32]);

/// One session with all that is outside of it, and what was seen of it.
struct Scene {
    first: Session,
    session: Session,
    now: UnixMillis,
    ledger: Ledger,
    told: Vec<Event>,
    orders: BTreeSet<OutboxId>,
    /// What the processor has taken for the operator of payments of the host's own, as it was told.
    fees: BTreeMap<PaymentId, i64>,
    watch: Watch,
}

/// What the test itself saw of who was inside: nothing here asks the session.
#[derive(Default)]
struct Watch {
    host: BTreeSet<ParticipantId>,
    payer: BTreeSet<ParticipantId>,
    seen: UnixMillis,
    together_ms: i64,
    /// The server was away or the clock was set back, so that what was seen is only a bound.
    is_vague: bool,
}

impl Scene {
    fn new(offer: Offer, planned: Option<UnixMillis>) -> Self {
        let proposal = Proposal {
            id: SessionId::from_bits(7),
            room: RoomId::from_bits(3),
            host: HOST,
            payer: PAYER,
            offer,
            terms: TERMS,
            planned,
        };
        let session = Session::offered(proposal, UnixMillis(0));
        let mut ledger = Ledger::default();
        if let Access::Prepaid { packs, .. } = &session.offer.parts().access {
            let pack = packs.list()[0];
            let sale =
                PackSale { seller: HOST, buyer: PAYER, pack, fee: session.offer.parts().fee, merchant: None };
            ledger.post(&minutes_bought(TransactionId::from_bits(1), sale)).expect("a pack can be bought");
        }
        Self {
            first: session.clone(),
            session,
            now: UnixMillis(0),
            ledger,
            told: Vec::new(),
            orders: BTreeSet::new(),
            fees: BTreeMap::new(),
            watch: Watch::default(),
        }
    }

    fn carry_out(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        self.watch.look(&self.session, command, self.now);
        let before = self.session.clone();
        let events = decide(&self.session, command, self.now)?;
        for event in &events {
            for transaction in postings(&self.session, event) {
                assert_eq!(self.ledger.post(&transaction), Ok(Posted::Now), "{event:?}");
                assert_eq!(self.ledger.post(&transaction), Ok(Posted::Before));
            }
            self.charge(&event.what);
            for order in orders(&self.session, event) {
                assert!(self.orders.insert(order.id), "each order is given once");
                self.share(&order.what);
            }
            self.session.apply(event);
        }
        self.told.extend(events.iter().cloned());
        self.assert_sound(&before);
        Ok(events)
    }

    /// With what was paid at a checkout comes what the processor was told when it was opened.
    fn charge(&mut self, what: &What) {
        let amount_of = |payment: &Payment| payment.amount.minor;
        let (id, amount) = match what {
            What::Captured { payment: id } | What::BillPaid { payment: id } => {
                (*id, self.session.till.payment(*id).map_or(0, amount_of))
            }
            What::SentBack { payment: id, amount } => (*id, amount.minor),
            What::CaptureFailed { payment: id } => {
                self.fees.remove(id);
                return;
            }
            _ => return,
        };
        let payment = *self.session.till.payment(id).expect("it was asked for");
        if payment.merchant.is_some() {
            let told = self.session.fee_for(&payment).minor;
            *self.fees.entry(id).or_default() += told.min(amount);
        }
    }

    fn share(&mut self, what: &Instruction) {
        match what {
            Instruction::Capture { payment: id, amount, fee } => {
                let payment = *self.session.till.payment(*id).expect("it was kept ready");
                if payment.merchant.is_some() {
                    assert!(fee.is_none_or(|fee| fee.minor > 0), "the processor knows no share of nothing");
                    let told = self.session.fee_for(&payment).minor.min(amount.minor);
                    *self.fees.entry(*id).or_default() += fee.map_or(told, |fee| fee.minor);
                }
            }
            Instruction::ReturnFee { payment, amount } => {
                let fee = self.fees.entry(*payment).or_default();
                *fee -= amount.minor;
                assert!(amount.minor > 0 && *fee >= 0, "no more goes back than came");
            }
            _ => {}
        }
    }

    /// What must hold of every session at every time.
    fn assert_sound(&self, before: &Session) {
        self.ledger.assert_sound();
        self.assert_money();
        let mut replayed = self.first.clone();
        // A whole replay after each step would take most of the time of a long search.
        if self.told.len() < 40 || self.told.len().is_multiple_of(16) {
            self.told.iter().for_each(|event| replayed.apply(event));
            assert_eq!(replayed, self.session, "the events say all");
        }
        let closings = self.told.iter().filter(|event| matches!(event.what, What::Closed { .. })).count();
        assert_eq!(closings, usize::from(self.session.is_closed()), "a session is settled once");
        assert!(!before.is_closed() || self.session.is_closed(), "what is over stays over");
        if before.is_closed() {
            assert_eq!(before.settlement(), self.session.settlement(), "a settlement never changes");
            assert_eq!(before.tally, self.session.tally, "no time counts after the end");
        }
        self.assert_time();
        let together = self.session.presence.is_together();
        match &self.session.stage {
            Stage::Live(_) => assert!(together, "a session is live only while both are in"),
            Stage::Grace(_) => assert!(!together, "nobody waits while both are in"),
            Stage::Confirmed { .. } if together => {
                let slot = self.session.planned_slot().expect("both are in only before a planned slot");
                assert!(slot.0 > self.session.as_of);
            }
            Stage::Closed { .. } => assert_eq!(self.session.next_deadline(), None),
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Confirmed { .. } => {}
        }
    }

    fn assert_time(&self) {
        let Tally { attended_ms, missed_ms } = self.session.tally;
        assert!(attended_ms >= 0 && missed_ms >= 0);
        assert!(attended_ms <= self.watch.together_ms, "time counts only while both are in");
        let then = self.session.at(self.now.max(self.session.as_of)).tally.attended_ms;
        if matches!(self.session.offer.parts().access, Access::PerCall { .. } | Access::Free)
            && !self.watch.is_vague
        {
            assert_eq!(then, self.watch.together_ms, "without an end, all time together counts");
        }
        match &self.session.offer.parts().access {
            Access::Fixed { length, .. } => {
                let extended = self.told.iter().filter(|event| event.what == What::Extended).count();
                let extended = i64::try_from(extended).expect("extensions are few");
                let paid_ms = length.millis() + extended * self.session.extension_ms();
                assert!(attended_ms + missed_ms <= paid_ms, "no more counts than was paid for");
            }
            Access::Prepaid { .. } => {
                assert!(attended_ms <= self.session.till.reserved_ms, "no more counts than was reserved");
            }
            Access::Free | Access::PerCall { .. } => {}
        }
    }

    /// The ledger and the till tell the same story.
    fn assert_money(&self) {
        let Some(currency) = self.session.offer.currency() else { return };
        let balance = |account| self.ledger.balance(account, Unit::Money(currency));
        if let Access::Prepaid { .. } = self.session.offer.parts().access {
            let time = |account| self.ledger.balance(account, Unit::Time);
            let held = -time(Account::Held(self.session.id));
            let expected = if self.session.is_closed() { 0 } else { self.session.till.reserved_ms };
            assert_eq!(held, expected, "minutes are held until the session is closed");
            let used = if self.session.is_closed() { self.session.tally.attended_ms } else { 0 };
            assert_eq!(-time(Account::Used), used - self.session.till.returned_ms);
            return;
        }
        let (mut all, mut frozen) = (Sums::default(), 0);
        let mut of: BTreeMap<Option<MerchantId>, Sums> = BTreeMap::new();
        for (payment, takings) in self.session.till.takings() {
            let fee = self.fees.get(&payment.id).copied().unwrap_or(0);
            all.add(takings, fee);
            of.entry(payment.merchant).or_default().add(takings, fee);
            if matches!(takings.share, Share::Deferred | Share::Frozen { .. }) {
                frozen += takings.net().minor;
            }
        }
        let Sums { net, forgone, fees, .. } = all;
        let earned = |account| -balance(account);
        let host = earned(Account::HostPayable(HOST)) + earned(Account::HostEarned(HOST));
        let fee = -balance(Account::PlatformFee);
        let deferred = -balance(Account::Deferred(self.session.id));
        assert_eq!(net, host + fee + deferred + forgone, "captured less refunded is somebody's");
        for (merchant, Sums { net, open, lost, forgone, fees: shared }) in of {
            let receiver = Receiver::of(merchant);
            let shared = if merchant.is_some() { -shared } else { fees };
            assert_eq!(balance(receiver.clearing()), net - open - lost + shared, "{receiver:?}");
            assert_eq!(balance(receiver.reserve()), open, "{receiver:?}");
            assert_eq!(balance(receiver.loss()), lost - forgone, "{receiver:?}");
        }
        if self.session.is_closed()
            && frozen == 0
            && self.session.till.takings().all(|(p, _)| p.merchant.is_some())
        {
            assert_eq!(fees, fee, "the operator has what is theirs");
        }
        assert_eq!(deferred, frozen, "only what is not settled is deferred");
        assert!(host >= 0 && fee >= 0, "nobody gives back more than they got");
        if self.session.is_closed() && net == forgone + frozen {
            assert_eq!((host, fee), (0, 0), "when all went back, nobody has anything of it");
        }
        if self.session.is_closed() {
            let unsettled = |share| matches!(share, Share::Deferred);
            assert!(!self.session.till.takings().any(|(_, takings)| unsettled(takings.share)));
        }
    }
}

/// What the payments to one receiver come to.
#[derive(Default)]
struct Sums {
    net: i64,
    forgone: i64,
    open: i64,
    lost: i64,
    /// What came to the operator of it.
    fees: i64,
}

impl Sums {
    fn add(&mut self, takings: &Takings, fee: i64) {
        self.net += takings.captured.minor - takings.refunded.minor;
        self.forgone += takings.forgone.minor;
        self.fees += fee;
        match takings.dispute {
            Dispute::Open { amount } => self.open += amount.minor,
            Dispute::Lost { amount } => self.lost += amount.minor,
            Dispute::None | Dispute::Won => {}
        }
    }
}

impl Watch {
    fn look(&mut self, session: &Session, command: &Command, now: UnixMillis) {
        let until = match command {
            Command::Revive { last_alive } => {
                self.is_vague = true;
                (*last_alive).min(now)
            }
            _ => now,
        };
        let until = until.max(self.seen);
        let can_count = session.entitles_payer();
        if !self.host.is_empty() && !self.payer.is_empty() && can_count {
            self.together_ms += until.since(self.seen);
        }
        // A clock that is set back is noticed by a session only if something happened since.
        self.is_vague |= now < self.seen;
        self.seen = now.max(session.as_of);
        if session.is_closed() {
            return;
        }
        match command {
            Command::Enter { party: Party::Host, participant } => {
                self.host.insert(*participant);
            }
            Command::Enter { party: Party::Payer, participant } => {
                self.payer.insert(*participant);
            }
            Command::Drop { participant } | Command::Leave { participant } => {
                self.host.remove(participant);
                self.payer.remove(participant);
            }
            Command::Revive { .. } => {
                self.host.clear();
                self.payer.clear();
            }
            _ => {}
        }
    }
}

fn price(text: &str) -> Price {
    let (amount, code) = text.split_once(' ').unwrap_or((text, "EUR"));
    Currency::parse(code)
        .and_then(|currency| Price::parse(amount, currency))
        .expect("a script writes a price")
}

fn length(minutes: u16) -> Length {
    Length::new(minutes).expect("a script keeps to the limits")
}

fn wait(minutes: u16) -> Wait {
    Wait::new(minutes).expect("a script keeps to the limits")
}

fn permille(thousandths: u16) -> Permille {
    Permille::new(thousandths).expect("a script keeps to the limits")
}

/// An hour for sixty euros, of which the operator has a tenth.
fn hour() -> Wishes {
    Wishes { fee: permille(100), ..Wishes::plain(Access::Fixed { price: price("60"), length: length(60) }) }
}

/// Up to half an hour of prepaid minutes.
fn minutes() -> Wishes {
    let packs = Packs::new(vec![Pack { minutes: 100, price: price("50") }]).expect("one pack is in order");
    Wishes { fee: permille(100), ..Wishes::plain(Access::Prepaid { packs, most: length(30) }) }
}

fn call() -> Wishes {
    Wishes { fee: permille(100), ..Wishes::plain(Access::PerCall { price: price("9.99") }) }
}

fn extendable() -> Wishes {
    Wishes {
        point: Point::During { price: price("10"), length: length(10) },
        overrun: Overrun::Extension,
        ..hour()
    }
}

fn on_plan(wishes: Wishes) -> Wishes {
    Wishes { start: SlotStart::Planned, ..wishes }
}

fn offer(wishes: Wishes) -> Offer {
    Offer::new(wishes).expect("a script makes offers that fit together")
}

fn at_minute(minute: i64) -> UnixMillis {
    UnixMillis(minute * 60_000)
}

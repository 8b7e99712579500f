//! One pack of minutes that somebody buys from a host: from the checkout to the last minute that goes back.
//!
//! ```text
//! asked ──▶ paid ──▶ sold back, in part or in full
//!   └──▶ over ──late money──▶ paid
//! ```
//!
//! As with a session, [`decide`] says what a command means and [`Purchase::apply`] makes an event so;
//! [`postings`] says what an event means for the ledger, and [`orders`] what the processor has to do. Ids
//! follow from the purchase, so that a repeat is harmless.
//!
//! Minutes do not go bad: money that comes late buys the pack all the same, once. The minutes of all packs of
//! one host are one balance, and nobody can tell of which pack one was used; what goes back of a pack is at
//! most what is left in the balance. While the bank has the price of a pack, or for good, as much of the
//! balance is withheld. Of two words about a dispute in the wrong order the later stands.
//!
//! Not here: the balance, which is the ledger's, who may do what, and minutes in use, which are a session's.

#[cfg(test)]
mod tests;

use crate::ledger::{self, Cause, PackSale, minutes_bought, minutes_sold_back};
use crate::limits::SESSION_REFUNDS;
use crate::session::ids::{Kind, derived};
use crate::session::orders::dispute_told;
use crate::session::{Dispute, DisputeNews, Instruction, Letter, Order, Party};
use model::{
    Money, OutboxId, PaymentId, PurchaseId, RefundId, RoomId, TermsDigest, TransactionId, UnixMillis,
};
use std::collections::BTreeSet;

/// Where the numbers of an event's first mail begin, and those of each further one: above those of all that
/// is asked of the processor.
const LETTERS: u64 = 1 << 32;
/// The same of what goes back from the operator to a seller: above those of all mails.
const SHARES: u64 = 1 << 40;

/// One purchase.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Purchase {
    pub id: PurchaseId,
    /// Where the pack was on sale. Its minutes may be used in every room of the same host.
    pub room: RoomId,
    /// What was sold, by whom and to whom, as they were then. The books name them so for ever.
    pub sale: PackSale,
    /// What the buyer agreed to; purchases from before it was asked for have none.
    pub consent: Option<Consent>,
    pub state: State,
    /// How much of its time was sold back, in milliseconds.
    pub back_ms: i64,
    /// Refunds that were carried out, so that a repeated click is harmless.
    pub refunds: BTreeSet<RefundId>,
    pub dispute: Dispute,
    /// The time of the last event.
    pub as_of: UnixMillis,
    /// How many events there were.
    pub revision: u32,
}

/// The words to which a buyer agreed, by their digest, and when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Consent {
    pub terms: TermsDigest,
    pub at: UnixMillis,
}

/// Where a purchase is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// A checkout is open.
    Asked { until: UnixMillis },
    /// It came to nothing. Money may still arrive.
    Over,
    /// The money came, and the minutes are the buyer's.
    Paid,
}

/// Please do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// The processor has the money.
    PaymentConfirmed { amount: Money },
    /// The checkout expired or was cancelled.
    CheckoutEnded,
    /// The buyer asks for something else instead.
    Supersede,
    /// Give back what is not used, of the minutes that the buyer has with this host.
    SellBack { refund: RefundId, by: Party, available_ms: i64 },
    /// The processor withdrew money because the buyer's bank asked for it.
    DisputeOpened { amount: Money },
    /// It came back.
    DisputeWon { amount: Money },
    /// It did not.
    DisputeLost { amount: Money },
}

/// It happened, then.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    pub at: UnixMillis,
    pub what: What,
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Paid,
    /// `by_us` if the processor has to be told.
    CheckoutEnded {
        by_us: bool,
    },
    /// So much time went back, and so much of the price.
    SoldBack {
        refund: RefundId,
        by: Party,
        millis: i64,
        amount: Money,
    },
    DisputeOpened {
        amount: Money,
    },
    DisputeWon {
        amount: Money,
    },
    DisputeLost {
        amount: Money,
    },
}

/// Why a purchase refused a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("this is not what the pack costs")]
    WrongAmount,
    #[error("the pack is not paid")]
    NotPaid,
    #[error("nothing is left that could go back")]
    NothingLeft,
    #[error("the bank has the word about this money")]
    Disputed,
    #[error("the purchase can remember no more of these")]
    TooMany,
}

/// Says what `command` means for `purchase`, changing nothing.
pub fn decide(purchase: &Purchase, command: &Command, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
    let what = match *command {
        Command::PaymentConfirmed { amount } => purchase.paid(amount)?,
        Command::CheckoutEnded => purchase.ended(false),
        Command::Supersede => purchase.ended(true),
        Command::SellBack { refund, by, available_ms } => purchase.sell_back((refund, by), available_ms)?,
        Command::DisputeOpened { amount } => purchase.dispute(amount, None)?,
        Command::DisputeWon { amount } => {
            purchase.dispute(amount, Some(|amount| What::DisputeWon { amount }))?
        }
        Command::DisputeLost { amount } => {
            purchase.dispute(amount, Some(|amount| What::DisputeLost { amount }))?
        }
    };
    // A clock that was set back stands still.
    let at = now.max(purchase.as_of);
    Ok(what.into_iter().map(|what| Event { at, what }).collect())
}

/// The transactions that belong to `event`. `purchase` is as it was before.
pub fn postings(purchase: &Purchase, event: &Event) -> Option<ledger::Transaction> {
    let id = purchase.transaction();
    let moved = |cause, accounts, amount: Money| ledger::Transaction::transfer(id, cause, accounts, amount);
    let receiver = purchase.sale.receiver();
    let (clearing, reserve) = (receiver.clearing(), receiver.reserve());
    match event.what {
        What::Paid => Some(minutes_bought(id, purchase.sale)),
        What::SoldBack { millis, .. } => minutes_sold_back(id, purchase.sale, purchase.back_ms, millis),
        What::DisputeOpened { amount } => moved(Cause::DisputeOpened, [reserve, clearing], amount),
        What::DisputeWon { amount } => moved(Cause::DisputeWon, [clearing, reserve], amount),
        What::DisputeLost { amount } => moved(Cause::DisputeLost, [receiver.loss(), reserve], amount),
        What::CheckoutEnded { .. } => None,
    }
}

/// What the processor and the mailer have to do because of `event`. `purchase` is as it was before.
pub fn orders(purchase: &Purchase, event: &Event) -> Vec<Order> {
    let payment = purchase.payment();
    let mail = |letter| vec![Instruction::Mail(letter)];
    let disputed = |amount, news| dispute_told((payment, amount), news).map(Instruction::Mail).to_vec();
    let (outside, letters) = match event.what {
        What::CheckoutEnded { by_us: true } => (Some(Instruction::EndCheckout { payment }), Vec::new()),
        What::CheckoutEnded { by_us: false } => (None, Vec::new()),
        What::Paid => (None, mail(Letter::Receipt)),
        What::SoldBack { amount, .. } if amount.is_zero() => (None, mail(Letter::Refunded)),
        What::SoldBack { amount, .. } => {
            (Some(Instruction::Refund { payment, amount }), mail(Letter::Refunded))
        }
        What::DisputeOpened { amount } => (None, disputed(amount, DisputeNews::Opened)),
        What::DisputeWon { amount } => (None, disputed(amount, DisputeNews::Won)),
        What::DisputeLost { amount } => (None, disputed(amount, DisputeNews::Lost)),
    };
    let order = |ordinal, what| {
        let bits = derived(purchase.id.bits(), Kind::Order, ordinal);
        Order { id: OutboxId::from_bits(bits), what }
    };
    let first = u64::from(purchase.revision);
    let outside = outside.map(|what| order(first, what));
    let letters = (1..).zip(letters).map(|(nth, letter)| order(first + nth * LETTERS, letter));
    let share = purchase.share_back(event).map(|amount| Instruction::ReturnFee { payment, amount });
    let share = share.map(|share| order(first + SHARES, share));
    outside.into_iter().chain(letters).chain(share).collect()
}

/// How much of what is left with one seller nobody may use, because the bank took its price away or may yet.
/// Of all that was `sold` and did not go back, `disputed` is that of packs in dispute or lost; what was used
/// counts as theirs first, so that whoever buys anew has what they paid for.
pub fn withheld_ms((sold, disputed): (i64, i64), left: i64) -> i64 {
    (disputed - (sold - left)).clamp(0, left.max(0))
}

impl Purchase {
    /// A purchase of which the checkout was opened just now.
    pub const fn asked(
        id: PurchaseId,
        (room, sale): (RoomId, PackSale),
        until: UnixMillis,
        now: UnixMillis,
    ) -> Self {
        Self {
            id,
            room,
            sale,
            consent: None,
            state: State::Asked { until },
            back_ms: 0,
            refunds: BTreeSet::new(),
            dispute: Dispute::None,
            as_of: now,
            revision: 0,
        }
    }

    /// The same with what its buyer agreed to.
    pub fn agreed(self, consent: Option<Consent>) -> Self {
        Self { consent, ..self }
    }

    /// The one payment for it.
    pub fn payment(&self) -> PaymentId {
        PaymentId::from_bits(derived(self.id.bits(), Kind::Payment, 0))
    }

    /// The price.
    pub const fn price(&self) -> Money {
        self.sale.pack.price.money()
    }

    /// Where it is, in one word. An open dispute is named before everything else.
    pub const fn word(&self) -> &'static str {
        match (self.dispute, self.state) {
            (Dispute::Open { .. }, _) => "disputed",
            (Dispute::Lost { .. }, _) => "dispute_lost",
            (_, State::Asked { .. }) => "asked",
            (_, State::Over) => "over",
            (Dispute::Won, State::Paid) => "dispute_won",
            (_, State::Paid) if self.back_ms == self.sale.pack.millis() => "sold_back",
            (Dispute::None, State::Paid) => "paid",
        }
    }

    /// Until when its checkout is open, if it is.
    pub const fn open_until(&self) -> Option<UnixMillis> {
        match self.state {
            State::Asked { until } => Some(until),
            State::Over | State::Paid => None,
        }
    }

    /// What of the price went back so far by hand.
    pub fn price_back(&self) -> Money {
        self.price().fraction(self.back_ms, self.sale.pack.millis())
    }

    /// How much of it may still go back, of so much that its buyer has not used.
    pub fn left_ms(&self, available_ms: i64) -> i64 {
        match (self.state, self.dispute) {
            (State::Paid, Dispute::None | Dispute::Won) => {
                available_ms.min(self.sale.pack.millis() - self.back_ms).max(0)
            }
            (State::Asked { .. } | State::Over, _) | (_, Dispute::Open { .. } | Dispute::Lost { .. }) => 0,
        }
    }

    /// What of the price goes back with so much of its time.
    pub fn price_of(&self, millis: i64) -> Money {
        let whole = self.sale.pack.millis();
        let before = self.price().fraction(self.back_ms, whole);
        let after = self.price().fraction(self.back_ms + millis, whole);
        after.minus(before).expect("both are parts of one price")
    }

    /// What the operator gives back to a seller who takes the price themselves.
    fn share_back(&self, event: &Event) -> Option<Money> {
        let What::SoldBack { millis, .. } = event.what else { return None };
        self.sale.merchant?;
        let (_, fee) = self.sale.back(self.back_ms, self.back_ms + millis);
        Some(fee).filter(|fee| !fee.is_zero())
    }

    /// Makes an event so.
    pub fn apply(&mut self, event: &Event) {
        assert!(event.at >= self.as_of, "the events of a purchase come in order");
        match event.what {
            What::Paid => self.state = State::Paid,
            What::CheckoutEnded { .. } => self.state = State::Over,
            What::SoldBack { refund, millis, .. } => {
                self.refunds.insert(refund);
                self.back_ms += millis;
                assert!(self.back_ms <= self.sale.pack.millis(), "no more goes back than was sold");
            }
            What::DisputeOpened { amount } => self.dispute = Dispute::Open { amount },
            What::DisputeWon { .. } => self.dispute = Dispute::Won,
            What::DisputeLost { amount } => self.dispute = Dispute::Lost { amount },
        }
        self.as_of = event.at;
        self.revision += 1;
    }

    fn transaction(&self) -> TransactionId {
        TransactionId::from_bits(derived(self.id.bits(), Kind::Transaction, self.revision.into()))
    }

    fn paid(&self, amount: Money) -> Result<Vec<What>, Refusal> {
        match self.state {
            State::Paid => Ok(Vec::new()),
            State::Asked { .. } | State::Over if amount == self.price() => Ok(vec![What::Paid]),
            State::Asked { .. } | State::Over => Err(Refusal::WrongAmount),
        }
    }

    fn ended(&self, by_us: bool) -> Vec<What> {
        match self.state {
            State::Asked { .. } => vec![What::CheckoutEnded { by_us }],
            State::Over | State::Paid => Vec::new(),
        }
    }

    fn sell_back(&self, (refund, by): (RefundId, Party), available_ms: i64) -> Result<Vec<What>, Refusal> {
        if self.refunds.contains(&refund) {
            return Ok(Vec::new());
        }
        match (self.state, self.dispute) {
            (State::Asked { .. } | State::Over, _) => return Err(Refusal::NotPaid),
            (State::Paid, Dispute::Open { .. } | Dispute::Lost { .. }) => return Err(Refusal::Disputed),
            (State::Paid, Dispute::None | Dispute::Won) => {}
        }
        let millis = self.left_ms(available_ms);
        if millis == 0 {
            return Err(Refusal::NothingLeft);
        }
        if self.refunds.len() >= SESSION_REFUNDS {
            return Err(Refusal::TooMany);
        }
        Ok(vec![What::SoldBack { refund, by, millis, amount: self.price_of(millis) }])
    }

    /// Whoever has a dispute has paid, and whoever won or lost has had one.
    fn dispute(&self, amount: Money, end: Option<fn(Money) -> What>) -> Result<Vec<What>, Refusal> {
        let price = self.price();
        if amount.minor <= 0 || !amount.is_like(price) || amount.minor > price.minor {
            return Err(Refusal::WrongAmount);
        }
        let mut what = if self.state == State::Paid { Vec::new() } else { vec![What::Paid] };
        let open = match self.dispute {
            Dispute::None => {
                what.push(What::DisputeOpened { amount });
                amount
            }
            Dispute::Open { amount } => amount,
            Dispute::Won | Dispute::Lost { .. } => return Ok(what),
        };
        what.extend(end.map(|end| end(open)));
        Ok(what)
    }
}

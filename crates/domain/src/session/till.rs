//! The payments of one session: what was asked, what came, what went back.
//!
//! ```text
//! asked ──▶ held ──▶ taken: deferred ──closing──▶ earned ──▶ refunded in part or in full
//!   │         └────────▶ void        └──disputed at closing──▶ frozen ──won, lost──▶ earned
//!   └──▶ void ──late money──▶ taken, and sent back
//! ```
//!
//! Money that came is never forgotten: what is not needed goes back. What is captured of what was kept ready,
//! by closing or because the hold ends, is promised until the processor says that it has it; if it says that
//! it is gone, it is void and what was kept is owed.

use crate::ledger::Receiver;
use model::{MerchantId, Money, PaymentId, RefundId, UnixMillis};
use std::collections::BTreeSet;

/// Every payment of a session, from the oldest to the newest.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Till {
    pub payments: Vec<Payment>,
    /// Prepaid time that was set aside, in milliseconds.
    pub reserved_ms: i64,
    /// Of the time that was used, what was given back later.
    pub returned_ms: i64,
    /// Refunds that were carried out, so that a repeated click is harmless.
    pub refunds: BTreeSet<RefundId>,
}

/// One attempt to pay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Payment {
    pub id: PaymentId,
    pub purpose: Purpose,
    /// What was asked for.
    pub amount: Money,
    /// When it was asked for.
    pub asked: UnixMillis,
    /// How often the session had been extended then.
    pub extended: u16,
    /// The host's own account that takes it; without one the operator does. It never changes.
    pub merchant: Option<MerchantId>,
    pub state: PaymentState,
    /// It was to be captured and did not come: so much of it had gone back by somebody's decision before.
    pub given_back: Option<Money>,
    /// It was kept ready, and is gone before anything of it was to be captured.
    pub is_gone: bool,
}

/// What a payment is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To come in.
    Entry,
    /// For more time.
    Extension,
    /// What a closed session came to.
    Bill,
}

/// Where a payment is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PaymentState {
    /// A checkout is open.
    Asked { until: UnixMillis },
    /// It came to nothing. Money may still arrive.
    Void,
    /// It came to nothing, and so did the money that was kept ready.
    LetGo,
    /// The processor keeps the money ready.
    Held,
    /// The money came.
    Taken(Takings),
}

/// Money that came, and what became of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Takings {
    pub captured: Money,
    pub refunded: Money,
    /// What was lost to a dispute before anybody had earned it.
    pub forgone: Money,
    pub share: Share,
    pub dispute: Dispute,
    /// It was captured of what was kept ready, and the processor has not said that it has it.
    pub is_promised: bool,
}

/// Whose it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Share {
    /// Nobody's until the session is settled.
    Deferred,
    /// The session is settled, but the payment was in dispute. When that is over, this will be kept.
    Frozen { keep: Money },
    /// Nobody's: it came too late, twice or wrong, and went back at once.
    SentBack,
    /// Host and operator earned it; `back` of it was refunded since.
    Earned { kept: Split, back: Money },
}

/// What host and operator have of an amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Split {
    pub host: Money,
    pub fee: Money,
}

/// What becomes of a payment when its dispute is over and the session is settled.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Release {
    pub kept: Split,
    pub refund: Money,
}

/// Whether the payer's bank asked for the money.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dispute {
    None,
    Open { amount: Money },
    Won,
    Lost { amount: Money },
}

impl Till {
    /// The payment of that id.
    pub fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    /// The checkout that is open for a purpose.
    pub fn open_checkout(&self, purpose: Purpose) -> Option<&Payment> {
        self.payments.iter().rev().find(|payment| payment.purpose == purpose && payment.is_asked())
    }

    /// All money that came, with what became of it.
    pub fn takings(&self) -> impl DoubleEndedIterator<Item = (&Payment, &Takings)> {
        self.payments.iter().filter_map(|payment| match &payment.state {
            PaymentState::Taken(takings) => Some((payment, takings)),
            PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo | PaymentState::Held => {
                None
            }
        })
    }

    pub(super) fn payment_mut(&mut self, id: PaymentId) -> &mut Payment {
        self.payments.iter_mut().find(|payment| payment.id == id).expect("events name payments that exist")
    }

    pub(super) fn takings_mut(&mut self, id: PaymentId) -> &mut Takings {
        match &mut self.payment_mut(id).state {
            PaymentState::Taken(takings) => takings,
            PaymentState::Asked { .. } | PaymentState::Void | PaymentState::LetGo | PaymentState::Held => {
                panic!("only money that came moves on")
            }
        }
    }
}

impl Payment {
    /// It came to nothing.
    pub(super) fn end(&mut self) {
        self.is_gone = self.state == PaymentState::Held;
        self.state = PaymentState::Void;
    }

    /// Who takes it.
    pub const fn receiver(&self) -> Receiver {
        Receiver::of(self.merchant)
    }

    /// Whether its checkout is open.
    pub const fn is_asked(&self) -> bool {
        matches!(self.state, PaymentState::Asked { .. })
    }
}

impl Takings {
    /// Money that came just now and is nobody's yet.
    pub(super) const fn deferred(captured: Money) -> Self {
        let zero = Money::zero(captured.currency);
        Self {
            captured,
            refunded: zero,
            forgone: zero,
            share: Share::Deferred,
            dispute: Dispute::None,
            is_promised: false,
        }
    }

    /// What of it is still here.
    pub fn net(&self) -> Money {
        less(less(self.captured, self.refunded), self.forgone)
    }

    /// What may still go back to the payer by us. The bank has the word about what is in dispute, and what
    /// was lost has gone back already.
    pub fn refundable(&self) -> Money {
        match (self.dispute, self.share) {
            (Dispute::Open { .. } | Dispute::Lost { .. }, _)
            | (_, Share::Frozen { .. } | Share::SentBack) => Money::zero(self.captured.currency),
            (Dispute::None | Dispute::Won, Share::Deferred | Share::Earned { .. }) => self.net(),
        }
    }
}

impl Split {
    /// All that was kept.
    pub fn total(self) -> Money {
        self.host.plus(self.fee).expect("a split is of one amount")
    }
}

/// The difference of two amounts of which one is part of the other.
pub(super) fn less(whole: Money, part: Money) -> Money {
    let rest = whole.minus(part).expect("a part is of the same currency");
    assert!(rest.minor >= 0, "a part is not larger than the whole");
    rest
}

/// The sum of two amounts of one session.
pub(super) fn more(one: Money, other: Money) -> Money {
    one.plus(other).expect("what one session moves is of one currency and far below the limits")
}

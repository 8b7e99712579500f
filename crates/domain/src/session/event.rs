//! What may be asked of a session, and what may happen in it.

use super::bill::Settlement;
use super::presence::{Departure, Fault};
use super::rules::Rules;
use super::stage::{Clock, Warned};
use super::till::{Purpose, Release};
use model::{MerchantId, Money, ParticipantId, PaymentId, RefundId, TermsDigest, UnixMillis};

/// Who acts. The caller has been named before; strangers are nobody to a session.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Host,
    Payer,
    /// Whoever runs the server.
    Operator,
}

/// Please do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// The payer agrees to the terms that were shown.
    Consent { terms: TermsDigest },
    /// Open a checkout for what has to be paid just now. Asked twice, it is the same checkout. With a
    /// merchant the host takes the money themselves.
    StartCheckout { purpose: Purpose, merchant: Option<MerchantId> },
    /// Set prepaid minutes aside, of those that the payer has.
    Reserve { available_ms: i64 },
    /// The processor has the money, or keeps it ready. Its webhook and the payer's return both say so.
    PaymentConfirmed { payment: PaymentId, amount: Money, kind: Confirmation },
    /// The processor was told no; the payer may try again in the same checkout.
    PaymentDeclined { payment: PaymentId },
    /// A checkout expired or was cancelled, or money that was kept ready was let go.
    CheckoutEnded { payment: PaymentId },

    /// Host or payer is inside with one more seat. A fact, which the room told; it is never refused, and
    /// neither are the next two. The room bounds how many seats there are.
    Enter { party: Party, participant: ParticipantId },
    /// The connection of a seat is gone; they may come back.
    Drop { participant: ParticipantId },
    /// Somebody left by their own will.
    Leave { participant: ParticipantId },
    /// The server was away since then, and nobody could be inside. Comes before any other command.
    Revive { last_alive: UnixMillis },
    /// Let every deadline that has passed take effect, each as of when it was.
    Tick,

    /// The host plans the room for another time, or for none.
    Move { to: Option<UnixMillis> },
    /// Call it off before it began.
    Cancel { by: Party },
    /// The room is over, and with it the session.
    EndRoom { by: Party },
    /// Give back what was paid.
    Refund { refund: RefundId, by: Party, what: RefundOf },
    /// Let a bill go that is not paid.
    Forgive { by: Party },
    /// The processor withdrew money because the payer's bank asked for it.
    DisputeOpened { payment: PaymentId, amount: Money },
    /// It came back.
    DisputeWon { payment: PaymentId, amount: Money },
    /// It did not.
    DisputeLost { payment: PaymentId, amount: Money },
}

/// What the processor says about money.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// It is ours.
    Captured,
    /// It is kept ready for us, to be captured or let go when the session is closed.
    Held,
}

/// How much goes back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RefundOf {
    All,
    Part(Money),
    Minutes { millis: i64 },
}

/// It happened, then. Events of one session come in order, and their times never go back.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    pub at: UnixMillis,
    /// By which rules it was decided; events from before there was a second version do not say.
    #[serde(default)]
    pub rules: Rules,
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Consented {
        terms: TermsDigest,
    },
    /// There is a checkout; the payer is led there.
    CheckoutStarted {
        payment: PaymentId,
        purpose: Purpose,
        amount: Money,
        until: UnixMillis,
        /// The host's own account that takes it. Where there is none, as in all events from before there
        /// were any, the operator does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        merchant: Option<MerchantId>,
    },
    /// A card was refused. The checkout stays.
    Declined {
        payment: PaymentId,
    },
    /// A checkout is of no use any more; `by_us` if the processor has to be told.
    CheckoutEnded {
        payment: PaymentId,
        by_us: bool,
    },
    /// Money is kept ready that is needed.
    HoldPlaced {
        payment: PaymentId,
    },
    /// Money is kept ready that nobody needs, and is let go.
    HoldRefused {
        payment: PaymentId,
    },
    /// The session is still on when the hold ends: what is kept ready is taken in full.
    HoldTaken {
        payment: PaymentId,
    },
    /// Money came that is needed.
    Captured {
        payment: PaymentId,
    },
    /// The processor has what was captured of what it kept ready.
    CaptureConfirmed {
        payment: PaymentId,
    },
    /// The processor had let go what was captured. After closing, what was kept of it is owed.
    CaptureFailed {
        payment: PaymentId,
    },
    /// Money came that nobody needs any more, or another amount, and goes back at once.
    SentBack {
        payment: PaymentId,
        amount: Money,
    },
    /// The bill is paid and the money earned.
    BillPaid {
        payment: PaymentId,
    },
    /// A bill was let go.
    Forgiven {
        by: Party,
    },
    /// Prepaid minutes were set aside.
    Reserved {
        millis: i64,
    },
    /// All is there that is needed before host and payer meet.
    Confirmed,
    /// It was planned for another time than it is now.
    Moved {
        to: Option<UnixMillis>,
    },

    Entered {
        party: Party,
        participant: ParticipantId,
    },
    /// A seat is gone.
    Gone {
        party: Party,
        participant: ParticipantId,
        how: Departure,
    },
    /// The server was away; whoever was inside has been out since, and not by their fault.
    Revived {
        last_alive: UnixMillis,
    },
    /// Both are in, and the clock begins.
    Began {
        clock: Clock,
    },
    /// One of them is away.
    Paused,
    /// Both are in again.
    Resumed,
    /// So much is left.
    Warned {
        warned: Warned,
    },
    /// The paid time is over, and the session goes on as the overrun rule says.
    PaidTimeOver,
    /// The payer paid for more time.
    Extended,

    /// It is over, and this is what it comes to. Happens once.
    Closed {
        ending: Ending,
        settlement: Box<Settlement>,
    },

    /// Money went back by somebody's decision.
    Refunded {
        refund: RefundId,
        by: Party,
        parts: Vec<RefundPart>,
    },
    /// Minutes went back by somebody's decision.
    MinutesReturned {
        refund: RefundId,
        by: Party,
        millis: i64,
    },
    DisputeOpened {
        payment: PaymentId,
        amount: Money,
    },
    /// If the session was settled meanwhile, the payment's part of it happens now.
    DisputeWon {
        payment: PaymentId,
        amount: Money,
        release: Option<Release>,
    },
    /// The same; `forgone` was never earned by anybody, so that it is no loss.
    DisputeLost {
        payment: PaymentId,
        amount: Money,
        forgone: Money,
        release: Option<Release>,
    },
}

/// What goes back of one payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RefundPart {
    pub payment: PaymentId,
    pub amount: Money,
    /// What of it the operator gives back; nothing while nobody has earned anything.
    pub from_fee: Money,
}

/// How a session came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Nobody paid in time.
    Expired,
    Cancelled {
        by: Party,
    },
    NoShow(Absent),
    /// It was what was agreed on, or the payer ended it.
    Completed,
    /// The payer did not get what was agreed on.
    Aborted(Fault),
}

/// Who did not come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    Host,
    Payer,
    Both,
}

/// Why a session refused a command. Each variant is a rule a person can be told, never a malfunction.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("the session is over")]
    Over,
    #[error("these are not the terms of this session")]
    OtherTerms,
    #[error("the payer has not agreed to the terms")]
    NoConsent,
    #[error("there is nothing to pay")]
    NothingToPay,
    #[error("the time cannot be extended now")]
    NotExtendable,
    #[error("there are not enough minutes left")]
    NotEnoughMinutes,
    #[error("the session is not paid with minutes")]
    NoMinutes,
    #[error("the session is paid with minutes")]
    NoMoney,
    #[error("the session has begun and can only be left")]
    Underway,
    #[error("only the host or the operator may do this")]
    NotAllowed,
    #[error("nothing is left that could go back")]
    NothingLeft,
    #[error("only {left} is left")]
    TooMuch { left: Money },
    #[error("this amount cannot be moved")]
    WrongAmount,
    #[error("the session knows no such payment")]
    UnknownPayment,
    #[error("the session can remember no more of these")]
    TooMany,
    #[error("minutes go back when the session is over")]
    NotOver,
}

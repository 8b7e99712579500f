//! Ids that follow from a session or a purchase: whoever computes one again gets the same, so that a repeat
//! after a crash is a repeat and not a second charge.
//!
//! They are mixed, so that ids of sessions with neighbouring ids do not meet. They are no secret.

use super::Session;
use model::{OutboxId, PaymentId, TransactionId};

/// More transactions or orders than one event has.
const PER_EVENT: u64 = 1 << 16;

/// What an id is of.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Payment = 1,
    Transaction = 2,
    Order = 3,
}

impl Session {
    /// The id of the payment that would be the next.
    pub(super) fn next_payment(&self) -> PaymentId {
        let count = u64::try_from(self.till.payments.len()).expect("payments are few");
        PaymentId::from_bits(derived(self.id.bits(), Kind::Payment, count))
    }
}

/// The ids of the transactions of one event.
pub(super) fn transactions(session: &Session) -> impl Iterator<Item = TransactionId> + use<> {
    let (id, first) = (session.id, first_of(session));
    (first..first + PER_EVENT)
        .map(move |ordinal| TransactionId::from_bits(derived(id.bits(), Kind::Transaction, ordinal)))
}

/// The ids of the orders of one event.
pub(super) fn orders(session: &Session) -> impl Iterator<Item = OutboxId> + use<> {
    let (id, first) = (session.id, first_of(session));
    (first..first + PER_EVENT)
        .map(move |ordinal| OutboxId::from_bits(derived(id.bits(), Kind::Order, ordinal)))
}

fn first_of(session: &Session) -> u64 {
    u64::from(session.revision) * PER_EVENT
}

/// An id that follows from another.
pub(crate) fn derived(owner: u128, kind: Kind, ordinal: u64) -> u128 {
    mixed(mixed(owner) ^ ((kind as u128) << 64) ^ u128::from(ordinal))
}

/// A bijection in which every bit depends on every other.
const fn mixed(bits: u128) -> u128 {
    const ODD: [u128; 2] =
        [0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835, 0xbf58_476d_1ce4_e5b9_94d0_49bb_1331_11eb];
    let bits = (bits ^ (bits >> 64)).wrapping_mul(ODD[0]);
    let bits = (bits ^ (bits >> 59)).wrapping_mul(ODD[1]);
    bits ^ (bits >> 61)
}

//! Packs of prepaid time: bought from one host, and sold back as far as they are not used.
//!
//! The pack is the thing that is sold, so that its price is earned when the time is issued. Time is
//! therefore spent with whoever sold it: else one host would be paid and another would serve. Of a pack whose
//! price its seller takes themselves, the operator's share comes and goes with the price.

use super::{Account, Cause, Entry, Receiver, Transaction, Value};
use model::offer::Pack;
use model::{MerchantId, Money, Permille, TransactionId, UserId};

/// One pack that one payer bought from one host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PackSale {
    pub seller: UserId,
    pub buyer: UserId,
    pub pack: Pack,
    /// The operator's share.
    pub fee: Permille,
    /// The seller's own account that takes the price; without one the operator does.
    pub merchant: Option<MerchantId>,
}

/// Time is issued, and its price earned.
pub fn minutes_bought(id: TransactionId, sale: PackSale) -> Transaction {
    let (price, time) = (sale.pack.price.money(), Value::time(sale.pack.millis()));
    let fee = sale.fee();
    let host = price.minus(fee).expect("a share is of the same currency and not larger");
    let receiver = sale.receiver();
    let taken = receiver.split(host, fee).map(|(account, part)| Entry::debit(account, part));
    let earned = [
        Entry::credit(receiver.earned(sale.seller), host),
        Entry::credit(Account::PlatformFee, fee),
        Entry::debit(Account::Issued, time),
        Entry::credit(sale.account(), time),
    ];
    let entries = taken.chain(earned).collect();
    Transaction::of(id, Cause::MinutesBought, entries).expect("a pack holds time")
}

/// Time that was not used is taken back, and its part of the price returned. `before_ms` of the pack
/// were sold back earlier: parts in a row come to the same as the whole at once.
pub fn minutes_sold_back(
    id: TransactionId,
    sale: PackSale,
    before_ms: i64,
    millis: i64,
) -> Option<Transaction> {
    let whole = sale.pack.millis();
    let (from, to) = (before_ms.clamp(0, whole), before_ms.saturating_add(millis.max(0)).clamp(0, whole));
    let (host, fee) = sale.back(from, to);
    let time = Value::time(to - from);
    let receiver = sale.receiver();
    let given = [Entry::debit(receiver.earned(sale.seller), host), Entry::debit(Account::PlatformFee, fee)];
    let sent = receiver.split(host, fee).map(|(account, part)| Entry::credit(account, part));
    let unused = [Entry::debit(sale.account(), time), Entry::credit(Account::Issued, time)];
    let entries = given.into_iter().chain(sent).chain(unused).collect();
    Transaction::of(id, Cause::MinutesSoldBack, entries)
}

/// The part of a fee that goes back when `back` of the `whole` has gone back. What goes back in parts takes
/// the same from the fee as at once, and never more from the fee than went back.
pub(crate) fn fee_within(fee: Money, whole: Money, back: Money) -> Money {
    fee.fraction(back.minor, whole.minor)
}

impl PackSale {
    /// The operator's share of the price.
    pub fn fee(self) -> Money {
        self.pack.price.money().share(self.fee)
    }

    /// Who takes the price.
    pub const fn receiver(self) -> Receiver {
        Receiver::of(self.merchant)
    }

    /// What host and operator give back of the price when, after `from`, `to` of the time has gone back.
    pub(crate) fn back(self, from: i64, to: i64) -> (Money, Money) {
        let (price, whole) = (self.pack.price.money(), self.pack.millis());
        let (back_before, back_after) = (price.fraction(from, whole), price.fraction(to, whole));
        let fee_of = |back| fee_within(self.fee(), price, back);
        let less = "a part is of the same currency and not larger";
        let back = back_after.minus(back_before).expect(less);
        let fee = fee_of(back_after).minus(fee_of(back_before)).expect(less);
        (back.minus(fee).expect(less), fee)
    }

    const fn account(self) -> Account {
        Account::Minutes { seller: self.seller, buyer: self.buyer }
    }
}

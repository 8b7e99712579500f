//! Packs of prepaid time: bought from one host, and sold back as far as they are not used.
//!
//! The pack is the thing that is sold, so that its price is earned when the time is issued. Time is
//! therefore spent with whoever sold it: else one host would be paid and another would serve.

use super::{Account, Cause, Entry, Transaction, Value};
use model::offer::Pack;
use model::{Money, Permille, TransactionId, UserId};

/// One pack that one payer bought from one host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PackSale {
    pub seller: UserId,
    pub buyer: UserId,
    pub pack: Pack,
    /// The operator's share.
    pub fee: Permille,
}

/// Time is issued, and its price earned.
pub fn minutes_bought(id: TransactionId, sale: PackSale) -> Transaction {
    let (price, time) = (sale.pack.price.money(), Value::time(sale.pack.millis()));
    let fee = price.share(sale.fee);
    let host = price.minus(fee).expect("a share is of the same currency and not larger");
    let entries = vec![
        Entry::debit(Account::ProcessorClearing, price),
        Entry::credit(Account::HostPayable(sale.seller), host),
        Entry::credit(Account::PlatformFee, fee),
        Entry::debit(Account::Issued, time),
        Entry::credit(sale.account(), time),
    ];
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
    let price = sale.pack.price.money();
    let (back_before, back_after) = (price.fraction(from, whole), price.fraction(to, whole));
    let fee_of = |back| fee_within(price.share(sale.fee), price, back);
    let less = "a part is of the same currency and not larger";
    let back = back_after.minus(back_before).expect(less);
    let fee = fee_of(back_after).minus(fee_of(back_before)).expect(less);
    let host = back.minus(fee).expect(less);
    let time = Value::time(to - from);
    let entries = vec![
        Entry::debit(Account::HostPayable(sale.seller), host),
        Entry::debit(Account::PlatformFee, fee),
        Entry::credit(Account::ProcessorClearing, back),
        Entry::debit(sale.account(), time),
        Entry::credit(Account::Issued, time),
    ];
    Transaction::of(id, Cause::MinutesSoldBack, entries)
}

/// The part of a fee that goes back when `back` of the `whole` has gone back. What goes back in parts takes
/// the same from the fee as at once, and never more from the fee than went back.
pub(crate) fn fee_within(fee: Money, whole: Money, back: Money) -> Money {
    fee.fraction(back.minor, whole.minor)
}

impl PackSale {
    const fn account(self) -> Account {
        Account::Minutes { seller: self.seller, buyer: self.buyer }
    }
}

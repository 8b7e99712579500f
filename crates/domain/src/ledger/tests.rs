//! What is sealed, what is posted, and packs of minutes.

use super::*;
use model::offer::Pack;
use model::{Money, Permille, Price};
use proptest::prelude::*;

const SESSION: SessionId = SessionId::from_bits(7);
const HOST: UserId = UserId::from_bits(1);
const PAYER: UserId = UserId::from_bits(2);

fn id(bits: u128) -> TransactionId {
    TransactionId::from_bits(bits)
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("the euro is known"))
}

fn in_euro() -> Unit {
    Unit::Money(euro(0).currency)
}

fn paid(bits: u128, minor: i64) -> Transaction {
    let accounts = [Account::ProcessorClearing, Account::Deferred(SESSION)];
    Transaction::transfer(id(bits), Cause::Captured, accounts, euro(minor)).expect("something moves")
}

#[test]
fn only_what_balances_is_a_transaction() {
    let seal = |entries| Transaction::new(id(1), Cause::Captured, entries).err();
    let debit = |account, minor| Entry::debit(account, euro(minor));
    let credit = |account, minor| Entry::credit(account, euro(minor));
    let (clearing, deferred) = (Account::ProcessorClearing, Account::Deferred(SESSION));
    assert_eq!(seal(vec![debit(clearing, 5), credit(deferred, 5)]), None);
    assert_eq!(seal(vec![debit(clearing, 5)]), Some(TransactionError::Count));
    assert_eq!(
        seal(vec![debit(clearing, 5), credit(deferred, 4)]),
        Some(TransactionError::Unbalanced { unit: in_euro() })
    );
    assert_eq!(seal(vec![debit(clearing, 0), credit(deferred, 0)]), Some(TransactionError::Zero));
    assert_eq!(
        seal(vec![debit(clearing, 5), credit(deferred, 2), credit(deferred, 3)]),
        Some(TransactionError::Repeated)
    );
    assert_eq!(
        seal(vec![debit(clearing, 5), credit(Account::Held(SESSION), 5)]),
        Some(TransactionError::WrongUnit)
    );
    let yen = Money::new(5, Currency::parse("JPY").expect("the yen is known"));
    let mixed = seal(vec![debit(clearing, 5), Entry::credit(deferred, yen)]);
    assert!(matches!(mixed, Some(TransactionError::Unbalanced { .. })));
    let huge = vec![debit(clearing, i64::MAX), debit(Account::Loss, i64::MAX), credit(deferred, 2)];
    assert!(matches!(seal(huge), Some(TransactionError::Unbalanced { .. })));
}

#[test]
fn a_transaction_is_posted_once_and_never_replaced() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.post(&paid(1, 500)), Ok(Posted::Now));
    assert_eq!(ledger.post(&paid(1, 500)), Ok(Posted::Before));
    assert_eq!(ledger.post(&paid(1, 501)), Err(PostError::Conflict));
    assert_eq!(ledger.balance(Account::Deferred(SESSION), in_euro()), -500);
    ledger.assert_sound();
}

#[test]
fn nothing_guarded_is_overdrawn_nor_anything_half_posted() {
    let mut ledger = Ledger::default();
    ledger.post(&paid(1, 500)).expect("it is the first");
    let before = ledger.clone();
    let deferred = Account::Deferred(SESSION);
    let entries = vec![
        Entry::credit(Account::ProcessorClearing, euro(400)),
        Entry::debit(deferred, euro(501)),
        Entry::credit(Account::PlatformFee, euro(101)),
    ];
    let too_much = Transaction::new(id(2), Cause::Refunded, entries).expect("it balances");
    assert_eq!(ledger.post(&too_much), Err(PostError::Overdrawn { account: deferred }));
    assert_eq!(ledger, before);
    let clearing = Account::ProcessorClearing;
    let most = Transaction::transfer(id(3), Cause::Captured, [clearing, deferred], euro(i64::MAX));
    let refused = ledger.post(&most.expect("something moves"));
    assert_eq!(refused, Err(PostError::TooLarge { account: clearing }));
    assert_eq!(ledger, before);
}

#[test]
fn minutes_are_spent_once() {
    let mut ledger = Ledger::default();
    let minutes = Account::Minutes { seller: HOST, buyer: PAYER };
    let pack = Pack { minutes: 60, price: Price::new(euro(999)).expect("it is a price") };
    let sale = PackSale {
        seller: HOST,
        buyer: PAYER,
        pack,
        fee: Permille::new(100).expect("a tenth"),
        merchant: None,
    };
    ledger.post(&minutes_bought(id(1), sale)).expect("a pack can always be bought");
    assert_eq!(ledger.balance(Account::HostPayable(HOST), in_euro()), -900);
    assert_eq!(ledger.balance(Account::PlatformFee, in_euro()), -99);
    let spend = |bits, session: u128| {
        let held = Account::Held(SessionId::from_bits(session));
        Transaction::transfer(id(bits), Cause::MinutesReserved, [minutes, held], Value::time(3_600_000))
            .expect("something moves")
    };
    assert_eq!(ledger.post(&spend(2, 1)), Ok(Posted::Now));
    assert_eq!(ledger.post(&spend(3, 2)), Err(PostError::Overdrawn { account: minutes }));
    ledger.assert_sound();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pack_sold_back_in_parts_leaves_nothing_behind(
        price in 1_i64..=Price::MOST,
        fee in 0_u16..=500,
        minutes in 1_u16..=6_000,
        mut cuts in proptest::collection::vec(0_i64..=360_000_000, 0..12),
    ) {
        let pack = Pack { minutes, price: Price::new(euro(price)).expect("it is a price") };
        let fee = Permille::new(fee).expect("it is a share");
        let sale = PackSale { seller: HOST, buyer: PAYER, pack, fee, merchant: None };
        let mut ledger = Ledger::default();
        ledger.post(&minutes_bought(id(0), sale)).expect("a pack can always be bought");
        cuts.push(pack.millis());
        cuts.sort_unstable();
        let mut before = 0;
        for (count, cut) in (1..).zip(cuts) {
            let cut = cut.min(pack.millis());
            if let Some(back) = minutes_sold_back(id(count), sale, before, cut - before) {
                let is_taken = |account| matches!(account, Account::ProcessorClearing | Account::Issued);
                let backwards =
                    back.entries().iter().all(|entry| is_taken(entry.account) == (entry.amount < 0));
                prop_assert!(backwards, "selling back never earns anybody anything");
                ledger.post(&back).expect("no more goes back than there was");
            }
            before = cut;
            ledger.assert_sound();
        }
        prop_assert!(ledger.balances().all(|(_, balance)| *balance == 0));
    }
}

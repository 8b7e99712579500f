//! Lives of a purchase, and any order of commands over several of them that share one balance.

use super::{Command, Purchase, Refusal, State, decide, orders, postings};
use crate::ledger::{Account, Cause, Entry, Ledger, PackSale, Posted, Transaction, Unit, Value};
use crate::session::{Dispute, Instruction, Letter, Party};
use model::offer::Pack;
use model::{
    Currency, MerchantId, Money, OutboxId, Permille, Price, PurchaseId, RefundId, RoomId, SessionId,
    TransactionId, UnixMillis, UserId,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOST: UserId = UserId::from_bits(1);
const BUYER: UserId = UserId::from_bits(2);
const MINUTES: Account = Account::Minutes { seller: HOST, buyer: BUYER };
const MERCHANT: MerchantId = MerchantId::from_bits(4);
const HOUR_MS: i64 = 3_600_000;

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("the euro is known"))
}

/// An hour for 9.99 EUR, of which the operator has a tenth.
fn hour(id: u128) -> Purchase {
    hour_to(id, None)
}

/// The same, paid to an account of the host's own.
fn hour_to(id: u128, merchant: Option<MerchantId>) -> Purchase {
    let pack = Pack { minutes: 60, price: Price::new(euro(999)).expect("it is a price") };
    let fee = Permille::new(100).expect("a tenth");
    let sale = PackSale { seller: HOST, buyer: BUYER, pack, fee, merchant };
    let at = (RoomId::from_bits(9), sale);
    Purchase::asked(PurchaseId::from_bits(id), at, UnixMillis(1_800_000), UnixMillis(0))
}

/// Purchases with the books and the processor.
#[derive(Default)]
struct Scene {
    ledger: Ledger,
    orders: BTreeMap<OutboxId, Instruction>,
}

impl Scene {
    fn available_ms(&self) -> i64 {
        -self.ledger.balance(MINUTES, Unit::Time)
    }

    /// Does it, and posts everything twice.
    fn carry_out(&mut self, purchase: &mut Purchase, command: &Command) -> Result<(), Refusal> {
        for event in decide(purchase, command, UnixMillis(0))? {
            if let Some(transaction) = postings(purchase, &event) {
                assert_eq!(self.ledger.post(&transaction), Ok(Posted::Now));
                assert_eq!(self.ledger.post(&transaction), Ok(Posted::Before));
            }
            for order in orders(purchase, &event) {
                assert_eq!(self.orders.insert(order.id, order.what), None, "orders have names of their own");
            }
            purchase.apply(&event);
        }
        self.ledger.assert_sound();
        Ok(())
    }

    /// A session uses so much.
    fn spend(&mut self, nth: u128, millis: i64) {
        let held = Account::Held(SessionId::from_bits(nth));
        let entries =
            vec![Entry::debit(MINUTES, Value::time(millis)), Entry::credit(held, Value::time(millis))];
        let id = TransactionId::from_bits(nth);
        let spent = Transaction::of(id, Cause::MinutesReserved, entries).expect("something moves");
        self.ledger.post(&spent).expect("there is as much");
    }

    fn shared_back(&self) -> i64 {
        let shares = self.orders.values().filter_map(|order| match order {
            Instruction::ReturnFee { amount, .. } => Some(amount.minor),
            _ => None,
        });
        shares.sum()
    }

    fn sent_back(&self) -> i64 {
        let refunds = self.orders.values().filter_map(|order| match order {
            Instruction::Refund { amount, .. } => Some(amount.minor),
            _ => None,
        });
        refunds.sum()
    }
}

const fn sell_back(refund: u128, available_ms: i64) -> Command {
    Command::SellBack { refund: RefundId::from_bits(refund), by: Party::Host, available_ms }
}

#[test]
fn a_pack_is_bought_once_whichever_word_comes_first() {
    let (mut scene, mut pack) = (Scene::default(), hour(7));
    let paid = Command::PaymentConfirmed { amount: euro(999) };
    assert_eq!(
        scene.carry_out(&mut pack, &Command::PaymentConfirmed { amount: euro(998) }),
        Err(Refusal::WrongAmount)
    );
    for command in [Command::CheckoutEnded, paid, paid, Command::CheckoutEnded, Command::Supersede] {
        assert_eq!(scene.carry_out(&mut pack, &command), Ok(()));
    }
    assert_eq!((pack.state, scene.available_ms()), (State::Paid, HOUR_MS));
    assert_eq!(scene.ledger.balance(Account::HostPayable(HOST), Unit::Money(euro(0).currency)), -900);
    let mailed = [&Instruction::Mail(Letter::Receipt)];
    assert_eq!(scene.orders.values().collect::<Vec<_>>(), mailed, "nothing else is to be done outside");
}

#[test]
fn who_asks_for_something_else_has_the_first_checkout_closed() {
    let (mut scene, mut pack) = (Scene::default(), hour(7));
    scene.carry_out(&mut pack, &Command::Supersede).expect("it is harmless");
    scene.carry_out(&mut pack, &Command::Supersede).expect("it is harmless");
    let payment = pack.payment();
    assert_eq!(scene.orders.values().collect::<Vec<_>>(), [&Instruction::EndCheckout { payment }]);
    assert_eq!(scene.carry_out(&mut pack, &sell_back(1, HOUR_MS)), Err(Refusal::NotPaid));
}

#[test]
fn what_is_not_used_goes_back_once_however_often_it_is_pressed() {
    let (mut scene, mut pack) = (Scene::default(), hour(7));
    scene.carry_out(&mut pack, &Command::PaymentConfirmed { amount: euro(999) }).expect("it is the price");
    scene.spend(1, HOUR_MS / 3);
    let left = scene.available_ms();
    assert_eq!(scene.carry_out(&mut pack, &sell_back(1, left)), Ok(()));
    assert_eq!(scene.carry_out(&mut pack, &sell_back(1, left)), Ok(()), "a second press is the same");
    assert_eq!((pack.back_ms, scene.available_ms(), scene.sent_back()), (2 * HOUR_MS / 3, 0, 666));
    assert_eq!(scene.carry_out(&mut pack, &sell_back(2, 0)), Err(Refusal::NothingLeft));
}

#[test]
fn of_money_in_dispute_the_bank_has_the_word() {
    let (mut scene, mut pack) = (Scene::default(), hour(7));
    let [opened, won] =
        [Command::DisputeOpened { amount: euro(999) }, Command::DisputeWon { amount: euro(999) }];
    scene.carry_out(&mut pack, &opened).expect("whoever has a dispute has paid");
    assert_eq!(scene.carry_out(&mut pack, &sell_back(1, HOUR_MS)), Err(Refusal::Disputed));
    assert_eq!(pack.word(), "disputed");
    for command in [won, opened, won] {
        scene.carry_out(&mut pack, &command).expect("the later word stands");
    }
    assert_eq!(pack.dispute, Dispute::Won);
    assert_eq!(pack.word(), "dispute_won");
    scene.carry_out(&mut pack, &sell_back(1, HOUR_MS)).expect("it is ours again");
    assert_eq!(scene.sent_back(), 999);
    let mut lost = hour(8);
    scene.carry_out(&mut lost, &Command::DisputeLost { amount: euro(999) }).expect("it was opened before");
    assert_eq!(scene.ledger.balance(Account::Loss, Unit::Money(euro(0).currency)), 999);
    assert_eq!(scene.carry_out(&mut lost, &sell_back(2, HOUR_MS)), Err(Refusal::Disputed));
    assert_eq!(
        scene.carry_out(&mut lost, &Command::DisputeOpened { amount: euro(1_000) }),
        Err(Refusal::WrongAmount)
    );
}

fn command() -> impl Strategy<Value = (usize, Command, i64)> {
    let amount = prop_oneof![4 => Just(999), 1 => -1_i64..2_000];
    let command = (0_usize..7, amount, 0_u128..6).prop_map(|(kind, amount, refund)| {
        let amount = euro(amount);
        match kind {
            0 | 1 => Command::PaymentConfirmed { amount },
            2 => Command::CheckoutEnded,
            3 => Command::Supersede,
            4 => Command::DisputeOpened { amount },
            5 => Command::DisputeWon { amount },
            _ => sell_back(refund, 0),
        }
    });
    (0_usize..3, command, 0_i64..HOUR_MS)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_the_books_balance_and_nobody_has_more_than_was_paid(
        commands in proptest::collection::vec(command(), 1..60),
    ) {
        let mut scene = Scene::default();
        let own = Some(MERCHANT);
        let mut packs = [hour(1), hour(2), hour_to(3, own)];
        for (nth, (which, command, spent)) in (1_u128..).zip(commands) {
            let available = scene.available_ms();
            let command = match command {
                Command::SellBack { refund, by, .. } => Command::SellBack { refund, by, available_ms: available },
                other => other,
            };
            let _ = scene.carry_out(&mut packs[which], &command);
            let spent = spent.min(scene.available_ms());
            if nth % 3 == 0 && spent > 0 {
                scene.spend(nth, spent);
            }
            let paid = packs.iter().filter(|pack| pack.state == State::Paid).count();
            let paid = i64::try_from(paid).expect("there are three");
            let back: i64 = packs.iter().map(|pack| pack.back_ms).sum();
            let money = Unit::Money(euro(0).currency);
            prop_assert_eq!(scene.ledger.balance(Account::Issued, Unit::Time), paid * HOUR_MS - back);
            let balance = |account| scene.ledger.balance(account, money);
            let fee = balance(Account::PlatformFee);
            let hosts = balance(Account::HostPayable(HOST)) + balance(Account::HostEarned(HOST));
            prop_assert_eq!(-hosts - fee, paid * 999 - scene.sent_back());
            let own = &packs[2];
            let had = if own.state == State::Paid { 99 - scene.shared_back() } else { 0 };
            let gone = balance(Account::HostReserve(MERCHANT)) + balance(Account::HostLoss(MERCHANT));
            prop_assert_eq!(
                balance(Account::HostClearing(MERCHANT)) + gone,
                -balance(Account::HostEarned(HOST)),
                "what the host took and kept is what they earned"
            );
            let theirs = own.price().minor * i64::from(own.state == State::Paid) - own.price_back().minor;
            prop_assert_eq!(-balance(Account::HostEarned(HOST)), theirs - had, "the rest is the operator's");
        }
    }
}

#[test]
fn what_was_used_counts_as_that_of_disputed_packs_first() {
    for (sold, disputed, left, withheld) in [
        (60, 0, 60, 0),
        (60, 60, 60, 60),
        (60, 60, 0, 0),
        // All of the first was used, then it was disputed, then another was bought.
        (120, 60, 60, 0),
        (120, 60, 90, 30),
        (120, 60, 120, 60),
        (120, 120, 20, 20),
    ] {
        assert_eq!(super::withheld_ms((sold, disputed), left), withheld, "{sold} {disputed} {left}");
    }
}

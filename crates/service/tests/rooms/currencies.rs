//! One story in a currency without decimals, and in one with three: a slot that its host ends early, more time
//! that was bought in vain, a bill and money that goes back by hand. Whatever is divided is an amount that
//! cards can move, and nothing of it is lost.

use crate::heirs::on_both;
use crate::paid::{agree, ask_for, back, is_closed, kept, session, session_behind};
use crate::stage::{ANA, BO, Stage};
use domain::ledger::{Account, Unit};
use domain::session::{Command, Confirmation, Party, RefundOf};
use model::money::{Currency, Money, Price};
use model::offer::{Access, Length, Overrun, Point, Wishes};
use model::{Offer, PaymentId, RefundId, SessionId};
use protocol::Errand;
use store::{ledger, test_payments};

/// An amount as it is written in each of the two.
#[derive(Clone, Copy)]
struct In {
    code: &'static str,
    slot: &'static str,
    more: &'static str,
    by_hand: &'static str,
}

const YEN: In = In { code: "JPY", slot: "1000", more: "333", by_hand: "77" };
const DINAR: In = In { code: "KWD", slot: "10.000", more: "3.330", by_hand: "0.770" };

impl In {
    fn currency(self) -> Currency {
        Currency::parse(self.code).expect("a currency")
    }

    fn price(self, text: &str) -> Price {
        Price::parse(text, self.currency()).expect("a price")
    }

    fn offer(self, point: Point) -> Offer {
        let length = Length::new(30).expect("half an hour");
        let access = Access::Fixed { price: self.price(self.slot), length };
        let overrun = if matches!(point, Point::During { .. }) { Overrun::Extension } else { Overrun::Close };
        Offer::new(Wishes { point, overrun, ..Wishes::plain(access) }).expect("an offer")
    }
}

async fn paid(stage: &Stage, path: &str, amount: Money) -> (SessionId, PaymentId) {
    let (session, payment) = session_behind(stage, path).await;
    let closed = test_payments::close(&stage.store, payment, test_payments::State::Paid).await;
    assert!(closed.expect("it can be asked for"), "the checkout is open");
    let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
    stage.rooms.payment_said(session, word).await.expect("the word is taken");
    (session, payment)
}

async fn went_back(stage: &Stage, payments: [PaymentId; 2]) -> i64 {
    let [one, other] = payments.map(|payment| test_payments::returned(&stage.store, payment));
    let read = |minor: Result<Option<i64>, _>| minor.expect("it is read").unwrap_or_default();
    read(one.await) + read(other.await)
}

async fn balance(stage: &Stage, account: Account, within: In) -> i64 {
    let unit = Unit::Money(within.currency());
    ledger::balance(&stage.store, account, unit).await.expect("it is read")
}

/// Paid before and during, of which a third of the slot was had; the minor units that stay, go to the
/// operator, and go back.
async fn a_third(stage: &Stage, within: In) -> (i64, i64, i64) {
    let more = Point::During { price: within.price(within.more), length: Length::new(15).expect("more") };
    ask_for(stage, Some(within.offer(more))).await;
    let path = agree(stage).await.expect("there is a checkout");
    let (id, first) = paid(stage, &path, within.price(within.slot).money()).await;
    let (_ana, _bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    let path = stage.rooms.extend(BO.user, stage.room, "https://meet.test".to_owned()).await;
    let (_, second) = paid(stage, &path.expect("there is more"), within.price(within.more).money()).await;
    stage.live(15 * 60).await;
    stage.rooms.errand(ANA.user, stage.room, Errand::End).await.expect("Ana may");
    is_closed(stage, id).await;
    let stays = kept(stage, id).await;
    let whole = within.price(within.slot).money().minor + within.price(within.more).money().minor;
    stage
        .until("the rest goes back", async |stage| went_back(stage, [first, second]).await == whole - stays)
        .await;

    let by_hand = within.price(within.by_hand).money();
    let (refund, what) = (RefundId::from_bits(7), RefundOf::Part(by_hand));
    let refund = Command::Refund { refund, by: Party::Host, what };
    stage.rooms.refund(ANA.user, id, refund).await.expect("she may");
    let back = whole - stays + by_hand.minor;
    stage
        .until("so does what she gives back", async |stage| went_back(stage, [first, second]).await == back)
        .await;
    kept(stage, id).await;
    let host = -balance(stage, Account::HostPayable(ANA.user), within).await;
    let fee = -balance(stage, Account::PlatformFee, within).await;
    assert_eq!(balance(stage, Account::ProcessorClearing, within).await, host + fee, "nothing is lost");
    assert_eq!(host + fee, stays - by_hand.minor);
    (host, fee, back)
}

/// Paid afterwards, of which two thirds were had.
async fn a_bill(stage: &Stage, within: In) -> i64 {
    ask_for(stage, Some(within.offer(Point::After))).await;
    assert_eq!(agree(stage).await, None, "nothing is due before");
    let (_ana, _bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    let id = stage.rooms.newest_bought(BO.user, stage.room).await.expect("it is read").expect("he has one");
    stage.live(20 * 60).await;
    stage.rooms.errand(ANA.user, stage.room, Errand::End).await.expect("Ana may");
    is_closed(stage, id).await;
    let due = session(stage, id).await.owing().expect("there is a bill");
    let path = stage.rooms.pay_bill(BO.user, id, back().site).await.expect("he may pay");
    paid(stage, &path, due).await;
    assert_eq!(session(stage, id).await.owing(), None);
    kept(stage, id).await;
    let fee = -balance(stage, Account::PlatformFee, within).await;
    assert_eq!(-balance(stage, Account::HostPayable(ANA.user), within).await + fee, due.minor);
    assert_eq!(fee, due.minor / 10 / due.currency.step() * due.currency.step(), "a tenth, rounded down");
    due.minor
}

#[tokio::test(start_paused = true)]
async fn yen_are_divided_into_whole_ones() {
    on_both(async |stage| assert_eq!(a_third(&stage, YEN).await, (331, 37, 965))).await;
    on_both(async |stage| assert_eq!(a_bill(&stage, YEN).await, 667)).await;
}

#[tokio::test(start_paused = true)]
async fn dinars_are_divided_into_hundredths() {
    on_both(async |stage| assert_eq!(a_third(&stage, DINAR).await, (3_310, 370, 9_650))).await;
    on_both(async |stage| assert_eq!(a_bill(&stage, DINAR).await, 6_670)).await;
}

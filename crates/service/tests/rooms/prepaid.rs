//! Rooms that cost prepaid minutes: packs are bought once, agreeing sets minutes aside, and what is not used
//! stays its buyer's or goes back.

use crate::heirs::{accounts, on_both, sign_up};
use crate::paid::{agree, agree_as, back, is_closed, kept, price, seen, session, set};
use crate::stage::{ANA, BO, CY, Stage, identity, refused};
use domain::session::{Command, Confirmation, Status};
use model::offer::{Access, Length, Pack, Packs, Wishes};
use model::{Offer, PaymentId, Policy, PurchaseId, RefundId, RoomName, SessionId, TermsDigest};
use protocol::{Barrier, EntryState, Errand, ErrorCode, Rule, addresses};
use service::rooms::packs::{Refusal, SellBackError, pack_terms};
use service::rooms::papers::Cancelling;
use store::purchases::spendable_ms;
use store::sessions::orders;
use store::{Deal, test_payments};
use tokio::task::JoinSet;

const MINUTE_MS: i64 = 60_000;

/// Half an hour for 12.50 EUR.
pub fn half_an_hour() -> Pack {
    Pack { minutes: 30, price: price("12.50") }
}

/// A pack, and what is agreed to by whoever buys it.
pub fn agreed(pack: Pack) -> (Pack, TermsDigest) {
    (pack, pack_terms(pack))
}

/// Half an hour or an hour in packs, of which one session uses three quarters at most.
pub fn minutes() -> Offer {
    let packs = Packs::new(vec![half_an_hour(), Pack { minutes: 60, price: price("20.00") }]);
    let most = Length::new(45).expect("three quarters of an hour");
    let access = Access::Prepaid { packs: packs.expect("two packs"), most };
    Offer::new(Wishes::plain(access)).expect("an offer")
}

/// Ana sells minutes in her room, and Bo has an account.
pub async fn sold(stage: &Stage) {
    let accounts = accounts(stage);
    sign_up(&accounts, ANA).await;
    sign_up(&accounts, BO).await;
    set(stage, |policy| Policy { offer: Some(minutes()), ..policy }).await;
}

async fn open_shop() -> Stage {
    let stage = Stage::with_open_door().await;
    sold(&stage).await;
    stage
}

/// Opens a checkout for a pack in Bo's name; what is bought there.
async fn ask_for(stage: &Stage, pack: Pack) -> (PurchaseId, PaymentId) {
    let path = stage.rooms.buy(identity(BO.user), (stage.room, None), agreed(pack), back()).await;
    behind(stage, &path.expect("Bo may buy")).await
}

async fn behind(stage: &Stage, path: &str) -> (PurchaseId, PaymentId) {
    let payment: PaymentId = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let checkout = test_payments::load(&stage.store, payment).await.expect("it is read");
    match checkout.expect("there is a checkout").deal {
        Deal::Purchase(purchase) => (purchase, payment),
        Deal::Session(session) => panic!("{session:?} is no purchase"),
    }
}

async fn say_paid(stage: &Stage, (purchase, payment): (PurchaseId, PaymentId), pack: Pack) {
    let closed = test_payments::close(&stage.store, payment, test_payments::State::Paid).await;
    closed.expect("he pays");
    let (amount, kind) = (pack.price.money(), Confirmation::Captured);
    let word = Command::PaymentConfirmed { payment, amount, kind };
    stage.rooms.payment_said(purchase, word).await.expect("the word is taken");
}

/// Bo buys half an hour.
pub async fn buy(stage: &Stage) -> PurchaseId {
    let asked = ask_for(stage, half_an_hour()).await;
    say_paid(stage, asked, half_an_hour()).await;
    asked.0
}

/// How many minutes Bo has with Ana.
pub async fn left(stage: &Stage) -> i64 {
    spendable_ms(&stage.store, ANA.user, BO.user).await.expect("it is read") / MINUTE_MS
}

/// The session that Bo has in the room.
pub async fn own(stage: &Stage) -> SessionId {
    let newest = stage.rooms.newest_bought(BO.user, stage.room).await.expect("it is read");
    newest.expect("he has one")
}

fn shop(stage: &Stage) -> String {
    addresses::of(stage.room, addresses::MINUTES)
}

#[tokio::test(start_paused = true)]
async fn minutes_are_bought_set_aside_used_and_what_is_left_is_his() {
    let stage = open_shop().await;
    let view = seen(&stage, BO).await;
    assert_eq!(view.state, EntryState::Barred { barrier: Barrier::Unpaid });
    assert_eq!(view.price.and_then(|price| price.minutes_left), Some(0));
    assert_eq!(agree(&stage).await, Some(shop(&stage)), "without minutes he is led to where he buys some");
    buy(&stage).await;
    assert_eq!(seen(&stage, BO).await.price.and_then(|price| price.minutes_left), Some(30));
    assert_eq!(agree(&stage).await, None, "he comes in");
    assert_eq!((seen(&stage, BO).await.state, left(&stage).await), (EntryState::Open, 0));
    assert_eq!(agree(&stage).await, None, "twice is once");

    let (_ana, bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(10 * 60).await;
    bo.close(service::Closing::Clean).await;
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("he may");
    stage.live(130).await;
    let id = own(&stage).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::Settled);
    assert_eq!(left(&stage).await, 20);
    kept(&stage, id).await;
    let sheet = stage.rooms.balance(BO.user, 0).await.expect("it is read");
    let [used] = &sheet.uses[..] else { panic!("{:?}", sheet.uses) };
    let told = (used.reserved_ms / MINUTE_MS, used.used_ms / MINUTE_MS, used.returned_ms / MINUTE_MS);
    assert_eq!((used.session, told), (id, (30, 10, 20)));
    assert_eq!((sheet.balances[0].room, sheet.purchases.len()), (Some(stage.room), 1));
}

#[tokio::test(start_paused = true)]
async fn time_that_is_used_up_ends_the_session() {
    let stage = open_shop().await;
    buy(&stage).await;
    agree(&stage).await;
    let (_ana, mut bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(29 * 60).await;
    assert_eq!(stage.occupancy().await, (2, 0));
    stage.live(60).await;
    let id = own(&stage).await;
    is_closed(&stage, id).await;
    assert_eq!(stage.occupancy().await, (1, 0));
    let heard = stage.heard(&mut bo).await;
    assert!(heard.iter().any(|heard| heard.contains("TimeUp")), "{heard:?}");
    assert_eq!(left(&stage).await, 0);
    kept(&stage, id).await;
    // What Ana gives back by hand is Bo's again.
    let (refund, by) = (RefundId::from_bits(5), domain::session::Party::Host);
    let all = Command::Refund { refund, by, what: domain::session::RefundOf::All };
    stage.rooms.refund(ANA.user, id, all).await.expect("Ana may");
    assert_eq!(left(&stage).await, 30);
    kept(&stage, id).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_buys_more_in_the_call_has_it_as_far_as_one_session_may_use() {
    let stage = open_shop().await;
    buy(&stage).await;
    agree(&stage).await;
    let _lines = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(29 * 60).await;
    buy(&stage).await;
    let id = own(&stage).await;
    assert_eq!((session(&stage, id).await.till.reserved_ms, left(&stage).await), (45 * MINUTE_MS, 15));
    stage.live(15 * 60).await;
    assert_eq!(stage.occupancy().await, (2, 0));
    stage.live(60).await;
    is_closed(&stage, id).await;
    assert_eq!(left(&stage).await, 15);
    kept(&stage, id).await;
}

#[tokio::test(start_paused = true)]
async fn two_presses_are_one_checkout_and_two_words_one_pack() {
    on_both(async |stage| {
        sold(&stage).await;
        let mut rush = JoinSet::new();
        for _ in 0..20 {
            let (rooms, room) = (stage.rooms.clone(), stage.room);
            rush.spawn(async move {
                rooms.buy(identity(BO.user), (room, None), agreed(half_an_hour()), back()).await
            });
        }
        let mut paths: Vec<_> =
            rush.join_all().await.into_iter().map(|path| path.expect("Bo may buy")).collect();
        paths.dedup();
        let [path] = &paths[..] else { panic!("{paths:?}") };
        let asked = behind(&stage, path).await;
        let mut rush = JoinSet::new();
        for _ in 0..20 {
            let (rooms, (purchase, payment)) = (stage.rooms.clone(), asked);
            let (amount, kind) = (price("12.50").money(), Confirmation::Captured);
            let word = Command::PaymentConfirmed { payment, amount, kind };
            rush.spawn(async move { rooms.payment_said(purchase, word).await });
        }
        assert!(rush.join_all().await.iter().all(Result::is_ok));
        assert_eq!(left(&stage).await, 30);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn money_that_comes_late_buys_the_pack_all_the_same() {
    let stage = open_shop().await;
    let first = ask_for(&stage, half_an_hour()).await;
    let hour = minutes();
    let Access::Prepaid { packs, .. } = &hour.parts().access else { panic!("{hour:?}") };
    let second = ask_for(&stage, packs.list()[1]).await;
    assert_ne!(first, second, "he asks for something else");
    stage.settled().await;
    stage
        .until("the first checkout is closed", async |stage| {
            let first = test_payments::load(&stage.store, first.1).await.expect("it is read");
            first.is_some_and(|first| first.state == test_payments::State::Ended)
        })
        .await;
    let (amount, kind) = (price("12.50").money(), Confirmation::Captured);
    let word = Command::PaymentConfirmed { payment: first.1, amount, kind };
    stage.rooms.payment_said(first.0, word).await.expect("the word is taken");
    assert_eq!(left(&stage).await, 30);
    say_paid(&stage, second, packs.list()[1]).await;
    assert_eq!(left(&stage).await, 90);
    let other = Command::PaymentConfirmed { payment: second.1, amount, kind };
    let again = stage.rooms.payment_said(first.0, other).await;
    assert_eq!(refused(again), ErrorCode::Rule(Rule::NothingToPay), "that payment is another's");
}

#[tokio::test(start_paused = true)]
async fn only_accounts_buy_and_sell_what_is_on_sale() {
    let stage = Stage::with_open_door().await;
    let policy = Policy { offer: Some(minutes()), ..stage.saved().await.policy };
    let errand = Errand::SetPolicy(Box::new(policy.clone()));
    let without = stage.rooms.errand(ANA.user, stage.room, errand.clone()).await;
    assert_eq!(refused(without), ErrorCode::Rule(Rule::SellerNeedsAccount));
    sign_up(&accounts(&stage), ANA).await;
    stage.rooms.errand(ANA.user, stage.room, errand).await.expect("Ana has an account");
    let buy = async |tab: crate::stage::Tab, pack| {
        stage.rooms.buy(identity(tab.user), (stage.room, None), agreed(pack), back()).await
    };
    assert_eq!(refused(buy(CY, half_an_hour()).await), ErrorCode::Rule(Rule::NotAllowed), "a guest");
    assert_eq!(agree_as(&stage, CY).await, Some(shop(&stage)));
    assert_eq!(refused(buy(ANA, half_an_hour()).await), ErrorCode::Rule(Rule::NotSold), "hosts pay nothing");
    sign_up(&accounts(&stage), BO).await;
    let cheap = Pack { price: price("0.50"), ..half_an_hour() };
    assert_eq!(refused(buy(BO, cheap).await), ErrorCode::Rule(Rule::OtherTerms));
    let other = (half_an_hour(), pack_terms(cheap));
    let refused_other = stage.rooms.buy(identity(BO.user), (stage.room, None), other, back()).await;
    assert_eq!(refused(refused_other), ErrorCode::Rule(Rule::OtherTerms), "he read something else");
    let shop = stage.rooms.shop(Some(identity(BO.user)), (stage.room, None)).await.expect("it is read");
    assert_eq!(shop.map(|shop| (shop.has_account, shop.left_ms)), Some((true, 0)));
    let own = stage.rooms.shop(Some(identity(ANA.user)), (stage.room, None)).await.expect("it is read");
    assert!(own.is_none(), "a host is sold nothing");
}

#[tokio::test(start_paused = true)]
async fn of_a_hundred_rooms_at_once_one_has_the_minutes() {
    on_both(async |stage| {
        sold(&stage).await;
        buy(&stage).await;
        let mut rooms = vec![stage.room];
        for nth in 1..100 {
            let name = RoomName::parse(&format!("Room {nth}")).expect("a name");
            let room = stage.rooms.create(ANA.user, Some(name), false).await.expect("a room can be made");
            let plain = store::rooms::load(&stage.store, room).await.expect("it is read").expect("a room");
            let policy = Policy { offer: Some(minutes()), ..plain.room.policy };
            let errand = Errand::SetPolicy(Box::new(policy));
            stage.rooms.errand(ANA.user, room, errand).await.expect("a host may");
            rooms.push(room);
        }
        let terms = seen(&stage, BO).await.price.expect("it costs something").terms;
        let terms = terms.parse().expect("a digest");
        let mut rush = JoinSet::new();
        for room in rooms {
            let all = stage.rooms.clone();
            rush.spawn(async move { all.pay(identity(BO.user), room, (terms, None), back()).await });
        }
        let agreed: Vec<_> =
            rush.join_all().await.into_iter().map(|step| step.expect("he is led on")).collect();
        let won = agreed.iter().filter(|step| step.is_none()).count();
        assert_eq!((won, left(&stage).await), (1, 0), "of a hundred who want the same half hour");
        let id = match stage.rooms.bought(BO.user, 0).await.expect("it is read").lines[..] {
            [ref line] => line.id,
            ref lines => panic!("{lines:?}"),
        };
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_host_sells_back_what_is_not_used_and_no_more() {
    let stage = open_shop().await;
    let purchase = buy(&stage).await;
    agree(&stage).await;
    let back = async |user, refund| stage.rooms.sell_back(user, purchase, RefundId::from_bits(refund)).await;
    let set_aside = back(ANA.user, 1).await;
    assert!(matches!(set_aside, Err(SellBackError::Refused(Refusal::NothingLeft))), "{set_aside:?}");
    let (_ana, bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(10 * 60).await;
    bo.close(service::Closing::Clean).await;
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("he may");
    stage.live(130).await;
    is_closed(&stage, own(&stage).await).await;
    assert!(back(BO.user, 2).await.is_err(), "not by the buyer");
    assert!(back(CY.user, 2).await.is_err(), "nor by anybody else");
    for _ in 0..2 {
        back(ANA.user, 2).await.expect("a second press is the same");
    }
    assert_eq!(left(&stage).await, 0);
    let payment = stage.rooms.purchase_paper(ANA.user, purchase).await.expect("she reads it");
    let payment = payment.purchase.payment();
    stage
        .until("two thirds of the price went back", async |stage| {
            test_payments::returned(&stage.store, payment).await.expect("it is read") == Some(833)
        })
        .await;
    let (_, dead) = orders::count(&stage.store).await.expect("they are counted");
    assert_eq!(dead, 0);
    kept(&stage, own(&stage).await).await;
    let sold = stage.rooms.sold_packs(ANA.user, 0).await.expect("she reads it");
    assert_eq!((sold.lines.len(), sold.totals[0].host), (1, price("3.75").money()));
    assert_eq!(stage.rooms.all_packs(true, 0).await.expect("it is read").count, 0);
}

#[tokio::test(start_paused = true)]
async fn minutes_that_were_set_aside_come_back_when_it_is_called_off() {
    let stage = open_shop().await;
    buy(&stage).await;
    agree(&stage).await;
    let id = own(&stage).await;
    let paper = stage.rooms.paper(BO.user, id).await.expect("he reads it");
    let going = Cancelling::Minutes { back_ms: 30 * MINUTE_MS };
    assert_eq!(paper.cancelling(), Some(going));
    assert!(stage.rooms.cancel(BO.user, id, going.gain()).await.expect("he may"));
    assert_eq!((session(&stage, id).await.status(), left(&stage).await), (Status::Cancelled, 30));
    kept(&stage, id).await;
}

#[tokio::test(start_paused = true)]
async fn minutes_of_which_the_bank_has_the_price_let_nobody_in() {
    let stage = open_shop().await;
    let (purchase, payment) = ask_for(&stage, half_an_hour()).await;
    let amount = price("12.50").money();
    let opened = Command::DisputeOpened { payment, amount };
    stage.rooms.payment_said(purchase, opened).await.expect("whoever has a dispute has paid");
    assert_eq!(agree(&stage).await, Some(shop(&stage)));
    assert_eq!(stage.rooms.all_packs(true, 0).await.expect("it is read").count, 1);
    let won = Command::DisputeWon { payment, amount };
    stage.rooms.payment_said(purchase, won).await.expect("the word is taken");
    assert_eq!(agree(&stage).await, None);
    kept(&stage, own(&stage).await).await;
}

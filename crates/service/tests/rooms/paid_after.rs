//! Calls that are paid when they are over: who agrees comes in, closing writes the bill, its payer pays it or
//! its host lets it go.

use crate::heirs::{PASSWORD, accounts, on_both, sign_up};
use crate::paid::{
    agree, agree_as, back, is_closed, kept, plan, price, say_paid, seen, session, session_behind, set, slot,
};
use crate::stage::{ANA, BO, CY, DEE, Stage, Tab, identity, refused, room_name};
use domain::ledger::{Account, Unit};
use domain::session::{Command, Confirmation, Status};
use model::offer::{Point, Wishes};
use model::{Currency, Offer, PaymentId, Policy, SessionId, UserId};
use protocol::{Barrier, EntryState, Errand, ErrorCode, Rule};
use store::{ledger, test_payments};
use tokio::task::JoinSet;

const SITE: &str = "https://meet.test";

/// Half an hour, paid when it is over.
fn after(text: &str) -> Offer {
    let wishes = slot(text).parts().clone();
    Offer::new(Wishes { point: Point::After, ..wishes }).expect("an offer")
}

async fn priced(stage: &Stage) {
    set(stage, |policy| Policy { offer: Some(after("12.50")), ..policy }).await;
}

/// Bo agrees and has the whole half hour with Ana.
async fn half_an_hour(stage: &Stage) -> SessionId {
    assert_eq!(agree(stage).await, None, "nothing is paid before");
    let _lines = (stage.enter(ANA).await, stage.enter(BO).await);
    let id = newest(stage).await;
    assert_eq!(session(stage, id).await.status(), Status::Live);
    // A little more than that, for a database that is busy.
    stage.live(30 * 60 + 10).await;
    is_closed(stage, id).await;
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    id
}

async fn newest(stage: &Stage) -> SessionId {
    let newest = stage.rooms.newest_bought(BO.user, stage.room).await;
    newest.expect("it is read").expect("there is a session")
}

/// Opens a checkout for the bill in somebody's name.
async fn pay_bill(stage: &Stage, user: UserId, id: SessionId) -> Result<String, service::Error> {
    stage.rooms.pay_bill(user, id, SITE.to_owned()).await
}

async fn pay_it(stage: &Stage, id: SessionId) -> PaymentId {
    let path = pay_bill(stage, BO.user, id).await.expect("there is a bill");
    let (_, payment) = session_behind(stage, &path).await;
    say_paid(stage, id, payment).await;
    payment
}

async fn earned(stage: &Stage) -> i64 {
    let euro = Unit::Money(Currency::parse("EUR").expect("a currency"));
    -ledger::balance(&stage.store, Account::HostPayable(ANA.user), euro).await.expect("it is read")
}

#[tokio::test(start_paused = true)]
async fn whoever_agrees_comes_in_and_pays_when_it_is_over() {
    on_both(async |stage| {
        priced(&stage).await;
        assert_eq!(seen(&stage, BO).await.price.and_then(|price| price.due), None, "nothing is due before");
        let id = half_an_hour(&stage).await;
        let stage = stage.restarted().await;
        let over = session(&stage, id).await;
        assert_eq!((over.status(), over.owing()), (Status::Closed, Some(price("12.50").money())));
        assert_eq!((kept(&stage, id).await, earned(&stage).await), (0, 0));

        for stranger in [ANA, CY] {
            let asked = pay_bill(&stage, stranger.user, id).await;
            assert_eq!(refused(asked), ErrorCode::RoomNotFound, "a bill is paid by its payer");
        }
        let path = pay_bill(&stage, BO.user, id).await.expect("there is a bill");
        assert_eq!(pay_bill(&stage, BO.user, id).await.expect("there is"), path, "two clicks, one checkout");
        let (_, payment) = session_behind(&stage, &path).await;
        stage.rooms.payment_said(id, Command::PaymentDeclined { payment }).await.expect("the word is taken");
        assert_eq!(pay_bill(&stage, BO.user, id).await.expect("there is"), path, "it may be tried again");
        stage.rooms.payment_said(id, Command::CheckoutEnded { payment }).await.expect("the word is taken");
        assert_ne!(pay_bill(&stage, BO.user, id).await.expect("there is"), path, "another was opened");

        pay_it(&stage, id).await;
        assert_eq!(session(&stage, id).await.status(), Status::Settled);
        assert_eq!((kept(&stage, id).await, earned(&stage).await), (0, 1_125));
        let asked = pay_bill(&stage, BO.user, id).await;
        assert_eq!(refused(asked), ErrorCode::Rule(Rule::NothingToPay));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_checkout_that_ran_out_is_followed_by_another_and_late_money_pays_all_the_same() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = half_an_hour(&stage).await;
        let old = pay_bill(&stage, BO.user, id).await.expect("there is a bill");
        stage.live(2 * 3_600).await;
        let new = pay_bill(&stage, BO.user, id).await.expect("there is a bill");
        assert_ne!(old, new);
        let [(_, old), (_, new)] = [session_behind(&stage, &old).await, session_behind(&stage, &new).await];
        for payment in [old, new] {
            let amount = price("12.50").money();
            let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
            stage.rooms.payment_said(id, word).await.expect("the word is taken");
        }
        let paid = session(&stage, id).await;
        assert_eq!((paid.status(), earned(&stage).await), (Status::Settled, 1_125), "and only once");
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_host_lets_a_bill_go_and_money_that_comes_late_goes_back() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = half_an_hour(&stage).await;
        let path = pay_bill(&stage, BO.user, id).await.expect("there is a bill");
        let (_, payment) = session_behind(&stage, &path).await;
        let paid = test_payments::close(&stage.store, payment, test_payments::State::Paid).await;
        assert!(paid.expect("it can be asked for"), "he pays, and the word of it is late");
        for stranger in [BO, CY] {
            let asked = stage.rooms.waive(stranger.user, id).await;
            assert_eq!(refused(asked), ErrorCode::RoomNotFound, "only the host lets it go");
        }
        for _two_clicks in 0..2 {
            stage.rooms.waive(ANA.user, id).await.expect("the host may");
        }
        let over = session(&stage, id).await;
        assert_eq!((over.status(), over.owing()), (Status::Settled, None));
        let amount = price("12.50").money();
        let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
        stage.rooms.payment_said(id, word).await.expect("the word is taken");
        stage
            .until("it went back", async |stage| {
                test_payments::returned(&stage.store, payment).await.expect("it is read") == Some(1_250)
            })
            .await;
        assert_eq!((kept(&stage, id).await, earned(&stage).await), (0, 0));
        assert_eq!(agree(&stage).await, None, "nothing keeps Bo from coming again");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_owes_a_host_pays_before_they_are_trusted_again() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = half_an_hour(&stage).await;
        let view = seen(&stage, BO).await.price.expect("it costs something");
        let bill = view.bill.expect("there is a bill");
        assert_eq!((bill.session, &*bill.due), (id, "12.50 EUR"));
        let receipt = format!("/sessions/{}/receipt", id.to_hex());
        assert_eq!(agree(&stage).await, Some(receipt.clone()), "it leads to the bill");
        assert_eq!(seen(&stage, CY).await.price.and_then(|price| price.bill), None, "Cy owes nothing");

        // In another room of the host as well, and in none of somebody else's.
        for (owner, owes) in [(ANA, true), (CY, false)] {
            let name = Some(room_name("Another"));
            let room = stage.rooms.create(owner.user, name, false).await.expect("a room is made");
            let policy = Policy { offer: Some(after("5.00")), ..Policy::plain(false) };
            let errand = Errand::SetPolicy(Box::new(policy));
            stage.rooms.errand(owner.user, room, errand).await.expect("a host may");
            let view = stage.rooms.entry(room, Some(identity(BO.user)), None).await.expect("it is there");
            let price = view.price.expect("it costs something");
            assert_eq!(price.bill.is_some(), owes);
            let terms = price.terms.parse().expect("a digest");
            let agreed = stage.rooms.pay(identity(BO.user), room, (terms, None), back()).await;
            assert_eq!(agreed.expect("an answer"), owes.then(|| receipt.clone()));
        }
        // Whoever pays before asks for no trust.
        set(&stage, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
        assert_eq!(seen(&stage, BO).await.price.and_then(|price| price.bill), None);
        let path = agree(&stage).await.expect("there is a checkout");
        assert!(path.starts_with("/test-checkout/"), "{path}");
        priced(&stage).await;

        pay_it(&stage, id).await;
        assert_eq!(seen(&stage, BO).await.price.and_then(|price| price.bill), None);
        assert_eq!(agree(&stage).await, None);
        assert_eq!(seen(&stage, BO).await.state, EntryState::Open);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_signs_in_to_an_older_account_takes_the_bill_along() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = half_an_hour(&stage).await;
        let accounts = accounts(&stage);
        sign_up(&accounts, DEE).await;
        let signed_in = accounts.sign_in(Some(BO.user), "dee@example.org", PASSWORD).await;
        assert_eq!(signed_in.expect("the password is right").user, DEE.user);
        let dee = Tab { user: DEE.user, ..BO };
        let price = seen(&stage, dee).await.price.expect("it costs something");
        assert_eq!(price.bill.map(|bill| bill.session), Some(id));
        assert_eq!(refused(pay_bill(&stage, BO.user, id).await), ErrorCode::RoomNotFound);
        let path = pay_bill(&stage, DEE.user, id).await.expect("it is Dee's now");
        let (_, payment) = session_behind(&stage, &path).await;
        say_paid(&stage, id, payment).await;
        assert_eq!(session(&stage, id).await.status(), Status::Settled);
        assert_eq!(agree_as(&stage, dee).await, None);
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_was_hardly_had_costs_nothing_and_what_is_called_off_late_is_due() {
    on_both(async |stage| {
        priced(&stage).await;
        assert_eq!(agree(&stage).await, None);
        let id = newest(&stage).await;
        let ana = stage.enter(ANA).await;
        let _bo = stage.enter(BO).await;
        stage.live(30).await;
        stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
        stage.live(180).await;
        is_closed(&stage, id).await;
        assert_eq!((session(&stage, id).await.owing(), kept(&stage, id).await), (None, 0));
        drop(ana);
        let _ = stage.rooms.leave(BO.user, stage.seat(BO)).await;

        // Two hours before, by terms that want a day.
        plan(&stage, "2023-11-15T00:30", 60).await;
        assert_eq!(agree(&stage).await, None);
        let id = newest(&stage).await;
        let paper = stage.rooms.paper(BO.user, id).await.expect("it is his");
        let cancelling = paper.cancelling().expect("he may");
        assert_eq!(cancelling.gain(), -1_250);
        assert!(!stage.rooms.cancel(BO.user, id, 0).await.expect("an answer"), "he was told otherwise");
        assert!(stage.rooms.cancel(BO.user, id, -1_250).await.expect("an answer"));
        assert_eq!(session(&stage, id).await.owing().map(|due| due.minor), Some(1_250));
        pay_it(&stage, id).await;
        assert_eq!((kept(&stage, id).await, earned(&stage).await), (0, 1_125));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn agreeing_opens_no_lock_and_keeps_no_place() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    assert_eq!(agree(&stage).await, None);
    let passcode = model::Passcode::parse("tulip").ok();
    set(&stage, |policy| Policy { passcode, ..policy }).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Passcode);
    set(&stage, |policy| Policy { passcode: None, locked: true, ..policy }).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Barred { barrier: Barrier::Locked });
    let two = model::policy::Capacity::new(2).expect("two");
    set(&stage, |policy| Policy { locked: false, capacity: two, ..policy }).await;
    assert_eq!(agree_as(&stage, CY).await, None, "there is a place for either");
    let _ana = stage.enter(ANA).await;
    let _cy = stage.enter(CY).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Full);
    let id = newest(&stage).await;
    stage.rooms.errand(ANA.user, stage.room, Errand::End).await.expect("Ana may");
    assert_eq!((session(&stage, id).await.owing(), kept(&stage, id).await), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn an_agreement_of_which_nothing_came_lapses_within_a_day() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    assert_eq!(agree(&stage).await, None);
    let id = newest(&stage).await;
    stage.settled().await;
    stage.pass(24 * 3_600_000).await;
    stage.live(60).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.owing(), None);
    assert_eq!(seen(&stage, BO).await.state, EntryState::Barred { barrier: Barrier::Unpaid });
}

#[tokio::test(start_paused = true)]
async fn of_a_hundred_who_pay_and_let_go_at_once_one_is_first() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = half_an_hour(&stage).await;
        let path = pay_bill(&stage, BO.user, id).await.expect("there is a bill");
        let (_, payment) = session_behind(&stage, &path).await;
        test_payments::close(&stage.store, payment, test_payments::State::Paid).await.expect("he pays");
        let mut rush = JoinSet::new();
        for nth in 0..100 {
            let (rooms, amount) = (stage.rooms.clone(), price("12.50").money());
            let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
            rush.spawn(async move {
                match nth % 2 {
                    0 => rooms.payment_said(id, word).await,
                    _ => rooms.waive(ANA.user, id).await,
                }
            });
        }
        for done in rush.join_all().await {
            done.expect("both are always taken");
        }
        let back = test_payments::returned(&stage.store, payment).await.expect("it is read");
        assert!(matches!((earned(&stage).await, back), (1_125, Some(0)) | (0, _)), "{back:?}");
        assert_eq!(session(&stage, id).await.owing(), None);
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_many_who_agree_and_do_not_come_the_first_give_way() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    assert_eq!(agree_as(&stage, CY).await, None);
    let _cy = stage.enter(CY).await;
    assert_eq!(agree(&stage).await, None);
    let bo = newest(&stage).await;
    for user in 0..200 {
        stage.wait(1).await;
        let user = UserId::from_bits(1_000 + user);
        assert_eq!(agree_as(&stage, Tab { user, ..DEE }).await, None);
    }
    assert_eq!(session(&stage, bo).await.status(), Status::Cancelled, "of two hundred he was the first");
    let cy = stage.rooms.newest_bought(CY.user, stage.room).await.expect("it is read").expect("a session");
    assert_eq!(session(&stage, cy).await.status(), Status::Lobby, "who is inside is not awaited");
    assert_eq!(refused(stage.ask(BO, "good").await), ErrorCode::Door(Barrier::Unpaid));
    assert_eq!(agree(&stage).await, None);
    stage.enter(BO).await;
}

//! Rooms that cost something: whoever pays comes in, and what closes their session writes the bill.
//!
//! Money is the embedded test processor's; what it says is said by the test, as its page would.

use crate::stage::{ANA, BO, CY, Line, Stage, Tab, identity, refused};
use domain::session::{Absent, Bill, Command, Confirmation, Session, Status};
use model::offer::{Access, Length, Overrun, Point, Wishes};
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{Currency, Offer, PaymentId, Policy, Price, Schedule, SessionId};
use protocol::{Barrier, EntryState, EntryView, Errand, ErrorCode, Rule};
use service::Closing;
use service::payments::Back;
use store::{Deal, ledger, purchases, sessions};

pub fn back() -> Back {
    Back { site: "https://meet.test".to_owned(), path: "/back".to_owned() }
}

pub fn price(text: &str) -> Price {
    Price::parse(text, Currency::parse("EUR").expect("a currency")).expect("a price")
}

/// Half an hour for 12.50 EUR.
pub fn slot(text: &str) -> Offer {
    let access = Access::Fixed { price: price(text), length: Length::new(30).expect("half an hour") };
    Offer::new(Wishes { overrun: Overrun::Close, ..Wishes::plain(access) }).expect("an offer")
}

pub async fn ask_for(stage: &Stage, offer: Option<Offer>) {
    set(stage, |policy| Policy { offer, ..policy }).await;
}

/// Ana's room with an open door, for half an hour at 12.50 EUR.
pub async fn priced() -> Stage {
    let stage = Stage::with_open_door().await;
    ask_for(&stage, Some(slot("12.50"))).await;
    stage
}

pub async fn seen(stage: &Stage, tab: Tab) -> EntryView {
    stage.rooms.entry(stage.room, Some(identity(tab.user)), None).await.expect("the page is there")
}

/// Agrees in Bo's name; the path to which he is led.
pub async fn agree(stage: &Stage) -> Option<String> {
    agree_as(stage, BO).await
}

/// Agrees in somebody's name; the path to which they are led.
pub async fn agree_as(stage: &Stage, tab: Tab) -> Option<String> {
    let terms = seen(stage, tab).await.price.expect("it costs something").terms.parse().expect("a digest");
    let agreed = stage.rooms.pay(identity(tab.user), stage.room, (terms, None), back());
    agreed.await.expect("they may pay")
}

/// Changes what holds in Ana's room.
pub async fn set(stage: &Stage, change: impl FnOnce(Policy) -> Policy) {
    let policy = Box::new(change(stage.saved().await.policy));
    stage.rooms.errand(ANA.user, stage.room, Errand::SetPolicy(policy)).await.expect("a host may");
}

/// Plans Ana's room once, in UTC; the stage begins at 2023-11-14T22:13:20.
pub async fn plan(stage: &Stage, starts: &str, minutes: u16) {
    let plan = Schedule {
        starts: starts.parse().expect("a time"),
        zone: "UTC".parse().expect("a zone"),
        length: Minutes::new(minutes).expect("it is within a day"),
        repeat: Repeat::Once,
        until: None,
    };
    stage.rooms.errand(ANA.user, stage.room, Errand::Plan(Some(plan))).await.expect("Ana may");
}

/// The session of which the path of a checkout is.
pub async fn session_behind(stage: &Stage, path: &str) -> (SessionId, PaymentId) {
    let payment: PaymentId = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let checkout = store::test_payments::load(&stage.store, payment).await.expect("it is read");
    match checkout.expect("there is a checkout").deal {
        Deal::Session(session) => (session, payment),
        Deal::Purchase(purchase) => panic!("{purchase:?} is no session"),
    }
}

/// Bo pays; the session that he has then.
pub async fn pay(stage: &Stage) -> SessionId {
    let path = agree(stage).await.expect("there is a checkout");
    let (session, payment) = session_behind(stage, &path).await;
    say_paid(stage, session, payment).await;
    session
}

pub async fn say_paid(stage: &Stage, session: SessionId, payment: PaymentId) {
    pay_there(stage, payment).await;
    say_it_is_paid(stage, session, payment).await;
}

/// Somebody pays at the processor, which has not said so yet.
async fn pay_there(stage: &Stage, payment: PaymentId) {
    let paid = store::test_payments::close(&stage.store, payment, store::test_payments::State::Paid);
    assert!(paid.await.expect("it can be asked for"), "the checkout is open");
}

async fn say_it_is_paid(stage: &Stage, session: SessionId, payment: PaymentId) {
    let amount = price("12.50").money();
    let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
    stage.rooms.payment_said(session, word).await.expect("the word is taken");
}

pub async fn session(stage: &Stage, id: SessionId) -> Session {
    sessions::load(&stage.store, id).await.expect("it is read").expect("there is a session")
}

/// What of the price was kept, and that the books agree with the room.
pub async fn kept(stage: &Stage, id: SessionId) -> i64 {
    let now = service::Ambient::now(&*stage.ambient);
    let played = sessions::verify::replay(&stage.store, now).await.expect("the sessions are read");
    assert!(played.findings.is_empty(), "{:?}", played.findings);
    let bought = purchases::verify::replay(&stage.store).await.expect("the purchases are read");
    assert!(bought.findings.is_empty(), "{:?}", bought.findings);
    let books = ledger::verify::add_up(&stage.store).await.expect("the books are read");
    assert!(books.faults.is_empty(), "{:?}", books.faults);
    match session(stage, id).await.settlement().map(|settlement| settlement.bill.clone()) {
        Some(Bill::Money(bill)) => bill.kept.total().minor,
        Some(Bill::Free | Bill::Minutes { .. }) | None => 0,
    }
}

pub async fn is_closed(stage: &Stage, id: SessionId) {
    stage.until("the session is over", async |stage| session(stage, id).await.is_closed()).await;
    stage.settled().await;
}

async fn both_in(stage: &Stage) -> (Line, Line) {
    (stage.enter(ANA).await, stage.enter(BO).await)
}

#[tokio::test(start_paused = true)]
async fn whoever_pays_comes_in_and_goes_when_the_time_is_over() {
    let stage = priced().await;
    let view = seen(&stage, BO).await;
    assert_eq!(view.state, EntryState::Barred { barrier: Barrier::Unpaid });
    assert_eq!(view.price.map(|price| (price.until, price.is_test)), Some((None, true)));
    assert_eq!(refused(stage.ask(BO, "good").await), ErrorCode::Door(Barrier::Unpaid));
    assert_eq!(seen(&stage, ANA).await.price, None, "hosts pay nothing");

    let id = pay(&stage).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Open);
    assert_eq!(refused(stage.ask(CY, "good").await), ErrorCode::Door(Barrier::Unpaid), "it is Bo's");
    let (_ana, mut bo) = both_in(&stage).await;
    assert_eq!(session(&stage, id).await.status(), Status::Live);
    stage.live(29 * 60).await;
    assert_eq!(stage.occupancy().await, (2, 0));
    stage.live(60).await;
    is_closed(&stage, id).await;
    assert_eq!(stage.occupancy().await, (1, 0), "Ana's room goes on");
    let heard = stage.heard(&mut bo).await;
    assert!(heard.iter().any(|heard| heard.contains("TimeUp")), "{heard:?}");
    assert_eq!(session(&stage, id).await.status(), Status::Settled);
    assert_eq!(kept(&stage, id).await, 1_250);
    assert_eq!(stage.attendance().await, ["Ana 0-", "Bo 0-1800 time_up"]);
    assert_eq!(seen(&stage, BO).await.state, EntryState::Barred { barrier: Barrier::Unpaid });
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_costs_nothing_and_the_slot_goes_on() {
    let stage = priced().await;
    let id = pay(&stage).await;
    let (mut ana, bo) = both_in(&stage).await;
    let heard = |heard: Vec<String>| heard.into_iter().filter(|said| said.contains("paid time")).collect();
    let first: Vec<String> = heard(stage.heard(&mut ana).await);
    assert!(first.iter().all(|said| said.ends_with("ends at 1800000, paid time Runs")), "{first:?}");
    assert_eq!(first.len(), 1, "{first:?}");
    stage.live(300).await;
    bo.close(Closing::Lost).await;
    stage.settled().await;
    assert_eq!(session(&stage, id).await.status(), Status::Grace);
    stage.live(20).await;
    let _bo = stage.reconnect(BO).await;
    stage.settled().await;
    let then: Vec<String> = heard(stage.heard(&mut ana).await);
    let words: Vec<_> = then.iter().filter_map(|said| said.rsplit(", ").next()).collect();
    assert_eq!(words, ["paid time OnHold", "paid time Runs"]);
    assert_eq!(session(&stage, id).await.status(), Status::Live);
    stage.live(1_480).await;
    is_closed(&stage, id).await;
    assert_eq!(stage.attendance().await, ["Ana 0-", "Bo 0-1800 time_up"]);
    assert_eq!(kept(&stage, id).await, 1_250);
    let paid = session(&stage, id).await.till.payments.len();
    assert_eq!(paid, 1, "he paid once");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_killed_takes_nothing_from_anybody() {
    let stage = priced().await;
    let id = pay(&stage).await;
    let lines = both_in(&stage).await;
    stage.live(600).await;
    std::mem::forget(lines);
    stage.ambient.freeze();
    stage.pass(40_000).await;
    let stage = stage.restarted().await;
    stage.settled().await;
    assert_eq!(session(&stage, id).await.status(), Status::Grace);
    let _lines = (stage.reconnect(ANA).await, stage.reconnect(BO).await);
    stage.settled().await;
    assert_eq!(session(&stage, id).await.status(), Status::Live);
    stage.live(1_160).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::Settled);
    assert_eq!(kept(&stage, id).await, 1_250, "less than two minutes were missed");
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_is_put_out_gets_back_what_they_did_not_have() {
    let stage = priced().await;
    let id = pay(&stage).await;
    let (ana, bo) = both_in(&stage).await;
    stage.live(600).await;
    let put_out = protocol::Deed::Remove(bo.participant);
    stage.rooms.act(ANA.user, stage.seat(ANA), put_out).await.expect("Ana may");
    stage.settled().await;
    assert_eq!(session(&stage, id).await.status(), Status::Aborted);
    // A third of the half hour was had.
    assert_eq!(kept(&stage, id).await, 417);
    let payment = session(&stage, id).await.till.payments[0].id;
    stage
        .until("the rest went back", async |stage| {
            store::test_payments::returned(&stage.store, payment).await.expect("it is read") == Some(833)
        })
        .await;
    drop((ana, bo));
}

#[tokio::test(start_paused = true)]
async fn asked_twice_it_is_the_same_checkout_and_paid_twice_it_is_one_payment() {
    let stage = priced().await;
    let path = agree(&stage).await.expect("there is a checkout");
    assert_eq!(agree(&stage).await.as_ref(), Some(&path));
    let view = seen(&stage, BO).await;
    assert!(view.price.is_some_and(|price| price.until.is_some()), "he has agreed");
    let (id, payment) = session_behind(&stage, &path).await;
    // The webhook and the payer's return.
    say_paid(&stage, id, payment).await;
    say_it_is_paid(&stage, id, payment).await;
    assert_eq!(agree(&stage).await, None, "there is nothing to pay any more");
    assert_eq!(session(&stage, id).await.till.payments.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_agreed_to_another_price_agreed_to_nothing() {
    let stage = priced().await;
    let old = seen(&stage, BO).await.price.expect("it costs something").terms.parse().expect("a digest");
    let path = agree(&stage).await.expect("there is a checkout");
    // He pays at the old page, and the word of it comes too late: the money goes back.
    let (id, payment) = session_behind(&stage, &path).await;
    pay_there(&stage, payment).await;
    ask_for(&stage, Some(slot("15.00"))).await;
    let asked = stage.rooms.pay(identity(BO.user), stage.room, (old, None), back()).await;
    assert_eq!(refused(asked), ErrorCode::Rule(Rule::OtherTerms));
    say_it_is_paid(&stage, id, payment).await;
    assert_eq!(session(&stage, id).await.status(), Status::Cancelled);
    assert_eq!(seen(&stage, BO).await.state, EntryState::Barred { barrier: Barrier::Unpaid });
    stage
        .until("it went back", async |stage| {
            store::test_payments::returned(&stage.store, payment).await.expect("it is read") == Some(1_250)
        })
        .await;
    assert_eq!(kept(&stage, id).await, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_paid_holds_when_the_price_changes() {
    let stage = priced().await;
    let id = pay(&stage).await;
    ask_for(&stage, Some(slot("99.00"))).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Open);
    let (_ana, _bo) = both_in(&stage).await;
    assert_eq!(session(&stage, id).await.status(), Status::Live);
}

#[tokio::test(start_paused = true)]
async fn a_host_who_never_comes_costs_nothing() {
    let stage = priced().await;
    let id = pay(&stage).await;
    let _bo = stage.enter(BO).await;
    stage.live(15 * 60).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::NoShow(Absent::Host));
    assert_eq!(kept(&stage, id).await, 0);
    assert_eq!(stage.attendance().await, ["Bo 0-900 time_up"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_due_is_done_though_nobody_looks() {
    let stage = priced().await;
    // An hour that begins in almost seven minutes.
    plan(&stage, "2023-11-14T22:20", 60).await;
    let id = pay(&stage).await;
    let bo = stage.enter(BO).await;
    stage.live(10).await;
    bo.close(Closing::Clean).await;
    // Nobody is there, and the room leaves memory long before the wait is over.
    stage.live(1_320).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::NoShow(Absent::Both));
    assert_eq!(kept(&stage, id).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_room_is_the_end_of_the_session() {
    let stage = priced().await;
    let id = pay(&stage).await;
    let _lines = both_in(&stage).await;
    stage.live(900).await;
    stage.rooms.errand(ANA.user, stage.room, Errand::End).await.expect("Ana may");
    assert_eq!(session(&stage, id).await.status(), Status::Aborted);
    assert_eq!(kept(&stage, id).await, 625);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_for_sale_cannot_be_asked_for() {
    let stage = Stage::with_open_door().await;
    let free = Offer::new(Wishes::plain(Access::Free)).expect("an offer");
    let policy = Policy { offer: Some(free), ..stage.saved().await.policy };
    let set = stage.rooms.errand(ANA.user, stage.room, Errand::SetPolicy(Box::new(policy))).await;
    assert_eq!(refused(set), ErrorCode::Rule(Rule::NotSold));
}

#[tokio::test(start_paused = true)]
async fn a_host_who_is_inside_already_is_there_when_the_payer_comes() {
    let stage = priced().await;
    let _ana = stage.enter(ANA).await;
    let id = pay(&stage).await;
    let _bo = stage.enter(BO).await;
    assert_eq!(session(&stage, id).await.status(), Status::Live);
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_is_denied_owes_nothing() {
    let stage = priced().await;
    let policy = Policy { door: model::policy::Door::Knock, ..stage.saved().await.policy };
    let set = Errand::SetPolicy(Box::new(policy));
    stage.rooms.errand(ANA.user, stage.room, set).await.expect("Ana may");
    let id = pay(&stage).await;
    let _ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    let deny = protocol::Deed::Deny(bo.participant);
    stage.rooms.act(ANA.user, stage.seat(ANA), deny).await.expect("Ana may");
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::Cancelled);
    assert_eq!(kept(&stage, id).await, 0);
}

#[tokio::test(start_paused = true)]
async fn two_whose_time_is_over_together_leave_an_empty_room() {
    let stage = priced().await;
    let ana = stage.enter(ANA).await;
    let first = pay(&stage).await;
    let terms = seen(&stage, CY).await.price.expect("it costs something").terms.parse().expect("a digest");
    let path = stage.rooms.pay(identity(CY.user), stage.room, (terms, None), back()).await;
    let path = path.expect("Cy may pay").expect("there is a checkout");
    let (second, payment) = session_behind(&stage, &path).await;
    say_paid(&stage, second, payment).await;
    let _both = (stage.enter(BO).await, stage.enter(CY).await);
    assert_eq!(stage.occupancy().await, (3, 0));
    ana.close(Closing::Lost).await;
    stage.live(1_900).await;
    is_closed(&stage, first).await;
    is_closed(&stage, second).await;
    assert_eq!(stage.occupancy().await, (0, 0));
    assert_eq!(stage.saved().await.phase, domain::room::Phase::Idle);
}

#[tokio::test(start_paused = true)]
async fn a_checkout_that_runs_out_puts_nobody_out_who_came_in_for_free() {
    let stage = priced().await;
    agree(&stage).await.expect("there is a checkout");
    ask_for(&stage, None).await;
    let _ana = stage.enter(ANA).await;
    let _bo = stage.enter(BO).await;
    stage.live(2_000).await;
    assert_eq!(stage.occupancy().await, (2, 0));
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_to_a_planned_hour_can_still_pay() {
    let stage = priced().await;
    plan(&stage, "2023-11-14T21:30", 480).await;
    let id = pay(&stage).await;
    let _lines = both_in(&stage).await;
    assert_eq!(session(&stage, id).await.status(), Status::Live);
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_is_left_at_the_door_owes_nothing() {
    let stage = priced().await;
    set(&stage, |policy| Policy { door: model::policy::Door::Knock, ..policy }).await;
    let id = pay(&stage).await;
    let _ana = stage.enter(ANA).await;
    let _bo = stage.knock(BO).await;
    stage.live(15 * 60).await;
    is_closed(&stage, id).await;
    assert_eq!(session(&stage, id).await.status(), Status::Cancelled);
    assert_eq!(kept(&stage, id).await, 0);
}

#[tokio::test(start_paused = true)]
async fn no_lock_and_no_passcode_keeps_out_who_has_paid() {
    let stage = priced().await;
    pay(&stage).await;
    let passcode = model::Passcode::parse("tulip").ok();
    set(&stage, |policy| Policy { locked: true, passcode, ..policy }).await;
    assert_eq!(seen(&stage, BO).await.state, EntryState::Open);
    stage.enter(BO).await;
}

/// Half an hour for 12.50 EUR, and a quarter more for 5.00.
pub fn with_more() -> Offer {
    let wishes = slot("12.50").parts().clone();
    let point = Point::During { price: price("5.00"), length: Length::new(15).expect("a quarter") };
    Offer::new(Wishes { point, overrun: Overrun::Extension, ..wishes }).expect("an offer")
}

#[tokio::test(start_paused = true)]
async fn whoever_pays_for_more_time_has_it() {
    let stage = priced().await;
    ask_for(&stage, Some(with_more())).await;
    let id = pay(&stage).await;
    let more = async || stage.rooms.extend(BO.user, stage.room, "https://meet.test".to_owned()).await;
    let nothing = ErrorCode::Rule(Rule::NothingToPay);
    assert_eq!(refused(more().await), nothing, "nothing has begun that could be longer");
    let mut bo = stage.enter(BO).await;
    let mut ana = stage.enter(ANA).await;
    let offered = |heard: Vec<String>| heard.iter().any(|said| said.contains("15 minutes for 5.00 EUR"));
    assert!(offered(stage.heard(&mut bo).await), "the payer reads it");
    assert!(!offered(stage.heard(&mut ana).await), "and nobody else");
    let of_cy = stage.rooms.extend(CY.user, stage.room, "https://meet.test".to_owned()).await;
    assert_eq!(refused(of_cy), nothing);

    // The time is over, and the call waits two minutes for the payer.
    stage.live(30 * 60 + 30).await;
    let heard = stage.heard(&mut ana).await;
    assert!(heard.last().is_some_and(|said| said.contains("paid time Over")), "{heard:?}");
    let path = more().await.expect("there is more");
    assert_eq!(more().await.expect("there is more"), path, "two clicks are one checkout");
    let (_, payment) = session_behind(&stage, &path).await;
    let amount = price("5.00").money();
    let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
    pay_there(&stage, payment).await;
    stage.rooms.payment_said(id, word).await.expect("the word is taken");
    stage.live(14 * 60).await;
    assert_eq!(stage.occupancy().await, (2, 0));
    stage.live(60 + 120).await;
    is_closed(&stage, id).await;
    assert_eq!(stage.occupancy().await, (1, 0));
    assert_eq!(kept(&stage, id).await, 1_750);
}

#[tokio::test(start_paused = true)]
async fn who_waits_at_the_door_keeps_their_call_when_what_was_kept_ready_is_taken() {
    const DAYS: u64 = 24 * 3_600;
    let stage = Stage::with_waiting_room().await;
    ask_for(&stage, Some(slot("12.50"))).await;
    plan(&stage, "2023-11-15T22:30", 30).await;
    let (id, payment) = session_behind(&stage, &agree(&stage).await.expect("there is a checkout")).await;
    let amount = price("12.50").money();
    let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Held };
    stage.rooms.payment_said(id, word).await.expect("the word is taken");
    // Three minutes after it begins, the bank would let go what it keeps.
    plan(&stage, "2023-11-19T22:10", 30).await;
    stage.wait(5 * DAYS - 120).await;
    let _bo = stage.knock(BO).await;
    stage.wait(180).await;
    let waiting = session(&stage, id).await;
    assert_eq!(waiting.status(), Status::Confirmed, "the host may still let him in");
    let events = sessions::load_events(&stage.store, id).await.expect("they are read");
    assert!(format!("{events:?}").contains("HoldTaken"), "{events:?}");
}

//! Direct calls: two who call each other meet, and nobody else with them.

use crate::browser::{Answer, Browser, Socket};
use crate::guest::Guest;
use crate::harness::Server;
use crate::people::{Account, befriend, contacts, line, refused};
use model::{RingId, RoomCode, UserId};
use protocol::{
    Barrier, CallEnding, CallState, CallView, EntryState, EntryView, ErrorCode, LineMessage, PeopleErrand,
    PeopleRefusal, RingAnswer, ServerMessage,
};
use serde_json::json;

const RING_MS: i64 = 45_000;

async fn call(browser: &Browser, contact: UserId) -> Answer {
    browser.call("/api/people/call", &json!({ "contact": contact })).await
}

async fn answer(browser: &Browser, ring: RingId, answer: RingAnswer) -> Answer {
    browser.call("/api/people/answer", &json!({ "ring": ring, "answer": answer })).await
}

/// The call of which a line tells, once it is in this state.
async fn told(line: &mut Socket, wanted: impl Fn(CallState) -> bool) -> CallView {
    line.find_line(|message| {
        let call = match message {
            LineMessage::Call(call) => call,
            LineMessage::Snapshot(view) => view.call,
            LineMessage::Ended(call) => Some(call),
            _ => None,
        };
        call.filter(|call| wanted(call.state))
    })
    .await
}

const fn rings(state: CallState) -> bool {
    matches!(state, CallState::Ringing { .. })
}

fn ended(how: CallEnding) -> impl Fn(CallState) -> bool {
    move |state| state == CallState::Ended(how)
}

fn room_of(call: &CallView) -> RoomCode {
    match call.state {
        CallState::Connected { room } => room,
        other => panic!("nobody answered: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_answered_and_the_two_meet_and_it_ends_when_one_hangs_up() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let (mut hers, mut his) = (ana.line().await, bo.line().await);
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    assert!(!rung.incoming && rings(rung.state));
    let incoming = told(&mut his, rings).await;
    assert!(incoming.incoming);
    assert_eq!((incoming.ring, incoming.with.name.as_str()), (rung.ring, "Ana"));
    told(&mut hers, rings).await;

    let room = room_of(&answer(&bo.browser, rung.ring, RingAnswer::Accept).await.json());
    let connected = told(&mut hers, |state| matches!(state, CallState::Connected { .. })).await;
    assert_eq!(room_of(&connected), room);
    let bo_inside = Guest::with(&server, bo.browser, (room, "Bo")).enter().await;
    let mut ana_inside = Guest::with(&server, ana.browser, (room, "Ana")).enter().await;

    bo_inside.guest.act("leave").await.json::<()>();
    // The room ends with the call, so that nothing of it is left in anybody's list. All at once: a socket that
    // nobody reads answers no pulse.
    let farewell = ana_inside.socket.find(|said| matches!(said, ServerMessage::Farewell(_)).then_some(()));
    let hers = told(&mut hers, ended(CallEnding::Over));
    tokio::join!(hers, told(&mut his, ended(CallEnding::Over)), farewell);
}

#[tokio::test]
async fn only_the_two_come_into_the_room() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let cy = Account::new(&server, "Cy").await;
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    let room = room_of(&answer(&bo.browser, rung.ring, RingAnswer::Accept).await.json());
    let entry = async |browser: &Browser| -> EntryView {
        browser.call("/api/rooms/entry", &json!({ "room": room })).await.json()
    };
    for stranger in [&cy.browser, &server.browser()] {
        let shut = EntryState::Barred { barrier: Barrier::MembersOnly };
        assert_eq!(entry(stranger).await.state, shut);
    }
    let stranger = Guest::with(&server, server.browser(), (room, "Eve"));
    assert_eq!(stranger.ask().await.refusal(), ErrorCode::Door(Barrier::MembersOnly));
    for invited in [&ana.browser, &bo.browser] {
        assert_eq!(entry(invited).await.state, EntryState::Open);
    }
    assert_eq!(entry(&ana.browser).await.name.as_str(), "1:1", "it names nobody");
}

#[tokio::test]
async fn a_stranger_rings_nobody_and_nobody_answers_for_others() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let cy = Account::new(&server, "Cy").await;
    for contact in [ana.user, bo.user, UserId::from_bits(5)] {
        refused(&call(&cy.browser, contact).await, PeopleRefusal::NotContact);
    }
    refused(&call(&ana.browser, ana.user).await, PeopleRefusal::NotContact);
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    for what in [RingAnswer::Accept, RingAnswer::Decline, RingAnswer::Cancel] {
        refused(&answer(&cy.browser, rung.ring, what).await, PeopleRefusal::CallOver);
        refused(&answer(&bo.browser, RingId::from_bits(5), what).await, PeopleRefusal::CallOver);
    }
    refused(&answer(&ana.browser, rung.ring, RingAnswer::Accept).await, PeopleRefusal::CallOver);
    refused(&answer(&bo.browser, rung.ring, RingAnswer::Cancel).await, PeopleRefusal::CallOver);
    assert!(cy.view().await.call.is_none());
    assert!(bo.view().await.call.is_some_and(|call| rings(call.state)), "it rings on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_pages_ring_and_the_first_answer_stops_the_others() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let phone = bo.elsewhere(&server).await;
    let (mut one, mut other) = (bo.line().await, line(&phone).await);
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    told(&mut one, rings).await;
    told(&mut other, rings).await;
    let (first, second) = tokio::join!(
        answer(&bo.browser, rung.ring, RingAnswer::Accept),
        answer(&phone, rung.ring, RingAnswer::Accept)
    );
    let (won, lost) = if first.status.is_success() { (first, second) } else { (second, first) };
    let room = room_of(&won.json());
    refused(&lost, PeopleRefusal::CallOver);
    for line in [&mut one, &mut other] {
        let call = told(line, |state| matches!(state, CallState::Connected { .. })).await;
        assert_eq!(room_of(&call), room);
    }
    // The room is nobody's: neither of the two can let somebody else in.
    for browser in [&ana.browser, &bo.browser] {
        let hosted = browser.call("/api/rooms/hosted", &json!({})).await;
        assert!(hosted.json::<Vec<protocol::HostedRoom>>().is_empty());
        let errand = json!({ "room": room, "errand": "end" });
        assert_eq!(browser.call("/api/rooms/errand", &errand).await.refusal(), ErrorCode::NotHost);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_declined_or_called_off_and_both_hear_it() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let (mut hers, mut his) = (ana.line().await, bo.line().await);
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    answer(&bo.browser, rung.ring, RingAnswer::Decline).await.json::<CallView>();
    told(&mut hers, ended(CallEnding::Declined)).await;
    told(&mut his, ended(CallEnding::Declined)).await;
    assert!(bo.view().await.missed.is_empty(), "whoever declined has not missed it");
    let again: CallView = call(&ana.browser, bo.user).await.json();
    refused(&answer(&bo.browser, rung.ring, RingAnswer::Accept).await, PeopleRefusal::CallOver);
    answer(&ana.browser, again.ring, RingAnswer::Cancel).await.json::<CallView>();
    told(&mut his, ended(CallEnding::Cancelled)).await;
    let missed = bo.view().await.missed;
    assert_eq!(missed.len(), 1, "whoever was called off before the answer was missed");
    assert_eq!(missed[0].from.user, ana.user);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_answer_the_call_is_missed_and_kept_until_it_is_forgotten() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let (mut hers, mut his) = (ana.line().await, bo.line().await);
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    told(&mut his, rings).await;
    server.world.pass(RING_MS);
    told(&mut hers, ended(CallEnding::Missed)).await;
    told(&mut his, ended(CallEnding::Missed)).await;
    refused(&answer(&bo.browser, rung.ring, RingAnswer::Accept).await, PeopleRefusal::CallOver);
    assert_eq!(bo.view().await.missed.len(), 1);
    bo.errand(PeopleErrand::ForgetMissed).await.json::<()>();
    assert!(bo.view().await.missed.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_rang_when_the_server_died_is_missed_by_its_deadline() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    call(&ana.browser, bo.user).await.json::<CallView>();
    let cookies = (ana.browser.cookie(), bo.browser.cookie());
    let server = server.started_again_after(10_000).await;
    let (ana, bo) = (server.browser(), server.browser());
    ana.set_cookie(cookies.0);
    bo.set_cookie(cookies.1);
    let mut his = line(&bo).await;
    told(&mut his, rings).await;
    server.world.pass(RING_MS);
    told(&mut his, ended(CallEnding::Missed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_called_or_in_a_call_is_busy_for_others_and_finds_who_called() {
    let server = Server::start().await;
    let (mut ana, mut bo) = contacts(&server).await;
    let mut cy = Account::new(&server, "Cy").await;
    befriend(&mut cy, &mut bo).await;
    befriend(&mut cy, &mut ana).await;
    let rung: CallView = call(&ana.browser, bo.user).await.json();
    let busy: CallView = call(&cy.browser, bo.user).await.json();
    assert_eq!(busy.state, CallState::Ended(CallEnding::Busy));
    let busy: CallView = call(&cy.browser, ana.user).await.json();
    assert_eq!(busy.state, CallState::Ended(CallEnding::Busy), "whoever calls is busy, too");
    refused(&call(&bo.browser, cy.user).await, PeopleRefusal::InCall);
    assert_eq!(bo.view().await.missed[0].from.user, cy.user);
    assert_eq!(bo.view().await.call.map(|call| call.ring), Some(rung.ring), "it rings on");
    answer(&bo.browser, rung.ring, RingAnswer::Accept).await.json::<CallView>();
    let busy: CallView = call(&cy.browser, ana.user).await.json();
    assert_eq!(busy.state, CallState::Ended(CallEnding::Busy));
    // Nobody ever came into the room: after a while that is no call.
    server.world.pass(120_000);
    let free: CallView = call(&cy.browser, ana.user).await.json();
    assert!(rings(free.state));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_call_each_other_at_once_meet_in_one_call() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let (hers, his) = tokio::join!(call(&ana.browser, bo.user), call(&bo.browser, ana.user));
    let (hers, his) = (hers.json::<CallView>(), his.json::<CallView>());
    assert_eq!(hers.ring, his.ring);
    let (one, other) = (ana.view().await.call, bo.view().await.call);
    let (one, other) = (one.expect("it is under way"), other.expect("it is under way"));
    assert_eq!(room_of(&one), room_of(&other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_or_blocking_whoever_rings_stops_the_ringing() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let mut his = bo.line().await;
    call(&ana.browser, bo.user).await.json::<CallView>();
    told(&mut his, rings).await;
    bo.errand(PeopleErrand::Block(ana.user)).await.json::<()>();
    told(&mut his, ended(CallEnding::Declined)).await;
    assert!(ana.view().await.call.is_none());
    assert!(bo.view().await.missed.is_empty());
}

#[tokio::test]
async fn nobody_is_rung_without_end() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let mut rung = 0;
    loop {
        let called = call(&ana.browser, bo.user).await;
        if !called.status.is_success() {
            assert_eq!(called.refusal(), ErrorCode::TooManyRequests);
            break;
        }
        rung += 1;
        answer(&bo.browser, called.json::<CallView>().ring, RingAnswer::Decline).await.json::<CallView>();
    }
    assert_eq!(rung, 4);
}

//! Meeting strangers: two who look meet, alone; whoever misbehaves is reported and kept out.

use crate::accounts::{ANA, BEARS, sign_up};
use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::{PATIENCE, Server};
use crate::operator::run_by_ana;
use http::StatusCode;
use model::RoomCode;
use protocol::{
    AccountRefusal, Approach, Barrier, EntryState, EntryView, ErrorCode, Farewell, MeetView, SeekOutcome,
    ServerMessage,
};
use serde_json::json;
use server::config::{Layer, Matching};
use std::time::Duration;

const DAY_MS: i64 = 24 * 60 * 60_000;

async fn open_to(matching: Matching) -> Server {
    Server::start_with(Layer { matching: Some(matching), ..Layer::default() }).await
}

async fn seek(browser: &Browser) -> Answer {
    let answer = browser.call("/api/meet/seek", &json!({})).await;
    match answer.text().contains("greeted") {
        true => browser.call("/api/meet/seek", &json!({})).await,
        false => answer,
    }
}

async fn found(browser: &Browser) -> RoomCode {
    match seek(browser).await.json() {
        SeekOutcome::Met { room } => room,
        other => panic!("nobody was found: {other:?}"),
    }
}

async fn view(browser: &Browser) -> MeetView {
    browser.call("/api/meet/view", &json!({})).await.json()
}

async fn entry(browser: &Browser, room: RoomCode) -> EntryView {
    browser.call("/api/rooms/entry", &json!({ "room": room })).await.json()
}

/// Two who look at the same time.
async fn meet(one: &Browser, other: &Browser) -> RoomCode {
    let (room, same) = tokio::join!(found(one), found(other));
    assert_eq!(room, same);
    room
}

/// Both come in, and the first goes again.
async fn talk(server: &Server, one: Browser, other: Browser) -> (Browser, Browser) {
    let room = meet(&one, &other).await;
    let one = Guest::with(server, one, (room, "One")).enter().await;
    let mut other = Guest::with(server, other, (room, "Other")).enter().await;
    one.guest.act("leave").await.json::<()>();
    let farewell = |message| matches!(message, ServerMessage::Farewell(Farewell::Ended)).then_some(());
    other.socket.find(farewell).await;
    (one.guest.browser, other.guest.browser)
}

/// The number of the encounter that can be reported.
async fn encounter(browser: &Browser) -> String {
    let page = browser.get("/meet/report").await;
    let found = page.text().split_once("name=\"encounter\" value=\"");
    let (_, rest) = found.unwrap_or_else(|| panic!("nobody to report: {}", page.text()));
    rest.split_once('"').expect("an attribute ends").0.to_owned()
}

async fn report(browser: &Browser, complaint: &str) -> Answer {
    let encounter = encounter(browser).await;
    let fields = [("encounter", encounter.as_str()), ("reason", "abuse"), ("complaint", complaint)];
    browser.submit("/meet/report", &fields).await
}

/// Waits until something holds, for what servers do by themselves.
pub async fn becomes(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes about");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_look_meet_alone_and_when_one_goes_it_is_over() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo, eve) = (server.browser(), server.browser(), server.browser());
    assert_eq!(view(&ana).await, MeetView { approach: Approach::Open, can_report: false });
    let room = meet(&ana, &bo).await;
    let shut = EntryState::Barred { barrier: Barrier::MembersOnly };
    assert_eq!(entry(&eve, room).await.state, shut, "nobody comes between the two");
    assert_eq!(entry(&ana, room).await.state, EntryState::Open);
    assert_eq!(found(&ana).await, room, "whoever asks again on the way is sent to the same room");

    let ana = Guest::with(&server, ana, (room, "Ana")).enter().await;
    let mut bo = Guest::with(&server, bo, (room, "Bo")).enter().await;
    becomes(async || view(&ana.guest.browser).await.can_report).await;
    ana.guest.act("leave").await.json::<()>();
    bo.socket.find(|message| matches!(message, ServerMessage::Farewell(_)).then_some(())).await;
    becomes(async || matches!(entry(&eve, room).await.state, EntryState::Ended { .. })).await;
    // Both may look again.
    let (again, cy) = (ana.guest.browser, server.browser());
    assert_ne!(meet(&again, &cy).await, room);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_for_somebody_else_ends_what_goes_on() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo, cy) = (server.browser(), server.browser(), server.browser());
    let room = meet(&ana, &bo).await;
    let ana = Guest::with(&server, ana, (room, "Ana")).enter().await;
    let mut bo = Guest::with(&server, bo, (room, "Bo")).enter().await;
    becomes(async || view(&ana.guest.browser).await.can_report).await;
    let other = meet(&ana.guest.browser, &cy).await;
    assert_ne!(other, room);
    bo.socket.find(|message| matches!(message, ServerMessage::Farewell(_)).then_some(())).await;
}

#[tokio::test]
async fn nobody_waits_for_somebody_who_does_not_come_or_stopped() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo) = (server.browser(), server.browser());
    let room = meet(&ana, &bo).await;
    server.world.pass(60_000);
    becomes(async || matches!(entry(&ana, room).await.state, EntryState::Ended { .. })).await;
    assert!(!view(&ana).await.can_report, "they never saw each other");

    let (cy, dag) = (server.browser(), server.browser());
    let room = meet(&cy, &dag).await;
    dag.call("/api/meet/stop", &json!({})).await.json::<()>();
    becomes(async || matches!(entry(&cy, room).await.state, EntryState::Ended { .. })).await;
}

#[tokio::test]
async fn whoever_is_not_known_yet_is_known_before_they_look() {
    let server = open_to(Matching::Anyone).await;
    let ana = server.browser();
    let answer = ana.call("/api/meet/seek", &json!({})).await;
    assert_eq!(answer.json::<SeekOutcome>(), SeekOutcome::Greeted);
    assert!(ana.cookie().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_page_looks_and_whoever_stopped_is_not_found() {
    let server = open_to(Matching::Anyone).await;
    let ana = server.browser();
    // Only then two pages of it are the same person's.
    ana.create(false).await;
    let both = async { tokio::join!(seek(&ana), seek(&ana)) };
    let stopping = async {
        loop {
            ana.call("/api/meet/stop", &json!({})).await.json::<()>();
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let (first, second): (Answer, Answer) = tokio::select! {
        answers = both => answers,
        () = stopping => unreachable!("it goes on for ever"),
    };
    let told = [first.json::<SeekOutcome>(), second.json()];
    assert_eq!(told, [SeekOutcome::Elsewhere; 2]);
    let (bo, cy) = (server.browser(), server.browser());
    meet(&bo, &cy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_reported_is_not_met_again_and_kept_out_after_three() {
    let (server, ana) = run_by_ana(Layer { matching: Some(Matching::Anyone), ..Layer::default() }).await;
    let mut bad = server.browser();
    for (number, name) in (1..).zip(["one", "two", "three"]) {
        let (person, other) = talk(&server, server.browser(), bad).await;
        bad = other;
        let answer = report(&person, &format!("he was rude to {name}")).await;
        assert_eq!(answer.header("location"), "/meet/report?done=reported", "{}", answer.text());
        assert!(!view(&person).await.can_report, "once is enough");
        let approach = view(&bad).await.approach;
        assert_eq!(matches!(approach, Approach::Barred { .. }), number == 3, "{approach:?}");
    }
    assert!(matches!(seek(&bad).await.json(), SeekOutcome::Refused(Approach::Barred { .. })));
    // Whoever takes another name is the same browser.
    let page = ana.get("/operator/reports").await;
    for said in ["he was rude to one", "he was rude to three", "<dd>3</dd>"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let (_, rest) = page.text().split_once("name=\"person\" value=\"").expect("somebody was reported");
    let person = rest.split_once('"').expect("an attribute ends").0;
    let judge = async |what: &str| {
        let fields = [("person", person), ("what", what)];
        ana.submit("/operator/reports", &fields).await.header("location").to_owned()
    };
    assert_eq!(judge("dismiss").await, "/operator/reports?done=decided");
    assert_eq!(judge("dismiss").await, "/operator/reports?done=gone");
    assert_eq!(judge("lift").await, "/operator/reports?done=decided");
    assert_eq!(view(&bad).await.approach, Approach::Open);
    assert_eq!(judge("bar").await, "/operator/reports?done=decided", "whoever was reported once can be");
    assert!(matches!(view(&bad).await.approach, Approach::Barred { .. }));
    server.world.pass(DAY_MS);
    let stranger = server.browser();
    assert_eq!(stranger.get("/operator/reports").await.status, StatusCode::NOT_FOUND);
    let tried = stranger.submit("/operator/reports", &[("person", person), ("what", "bar")]).await;
    assert_eq!(tried.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_avoid_each_other_do_not_meet_and_others_do() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo) = talk(&server, server.browser(), server.browser()).await;
    let number = encounter(&ana).await;
    let answer = ana.submit("/meet/avoid", &[("encounter", &number)]).await;
    assert_eq!(answer.header("location"), "/meet/report?done=avoided", "{}", answer.text());
    // Both look; whoever comes is given to one of them, and the next to the other.
    let (cy, dag) = (server.browser(), server.browser());
    let others = async { [found(&cy).await, found(&dag).await] };
    let (hers, his, others) = tokio::join!(found(&ana), found(&bo), others);
    assert_ne!(hers, his, "they were brought together again");
    assert!(others.contains(&hers) && others.contains(&his));
}

#[tokio::test]
async fn only_whoever_met_somebody_says_something_of_them() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo) = talk(&server, server.browser(), server.browser()).await;
    let number = encounter(&ana).await;
    let eve = server.browser();
    eve.create(false).await;
    for path in ["/meet/report", "/meet/avoid"] {
        let fields = [("encounter", number.as_str()), ("reason", "abuse")];
        let answer = eve.submit(path, &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(answer.text().contains("nobody whom you met"), "{}", answer.text());
    }
    let fields = [("encounter", number.as_str())];
    let unsaid = ana.submit("/meet/report", &fields).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "x".repeat(501);
    let fields = [("encounter", number.as_str()), ("reason", "abuse"), ("complaint", &long)];
    assert_eq!(ana.submit("/meet/report", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    server.world.pass(DAY_MS);
    assert!(!view(&bo).await.can_report, "a day later nobody is asked any more");
}

#[tokio::test]
async fn where_it_is_off_there_is_no_such_page_and_members_have_to_sign_in() {
    let server = Server::start().await;
    let guest = server.browser();
    assert_eq!(seek(&guest).await.refusal(), ErrorCode::RoomNotFound);
    assert_eq!(guest.get("/meet").await.status, StatusCode::NOT_FOUND);
    assert_eq!(guest.get("/meet/report").await.status, StatusCode::NOT_FOUND);
    assert!(!guest.get("/").await.text().contains("href=\"/meet\""));

    let server = open_to(Matching::Members).await;
    let (guest, member) = (server.browser(), server.browser());
    assert_eq!(view(&guest).await.approach, Approach::SignIn);
    assert_eq!(seek(&guest).await.json::<SeekOutcome>(), SeekOutcome::Refused(Approach::SignIn));
    guest.create(false).await;
    assert_eq!(seek(&guest).await.refusal(), ErrorCode::Account(AccountRefusal::NotSignedIn));
    sign_up(&member, ANA, BEARS).await.json::<()>();
    assert_eq!(view(&member).await.approach, Approach::Open);
    assert!(guest.get("/").await.text().contains("href=\"/meet\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encounter_outlives_no_server() {
    let server = open_to(Matching::Anyone).await;
    let (ana, bo) = (server.browser(), server.browser());
    let room = meet(&ana, &bo).await;
    let cookie = ana.cookie();
    // Also when the operator turns it off meanwhile.
    let server = server.started_again_after(60_000).await;
    let ana = server.browser();
    ana.set_cookie(cookie);
    becomes(async || matches!(entry(&ana, room).await.state, EntryState::Ended { .. })).await;
}

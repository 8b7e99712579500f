//! A server that is full: newcomers are sent away with a way back, and whoever is inside stays.

use crate::browser::Answer;
use crate::guest::{Guest, Present};
use crate::harness::{PATIENCE, Server};
use http::StatusCode;
use model::RoomCode;
use protocol::{ErrorCode, JoinOutcome};
use server::config::Layer;

async fn enter(server: &Server, room: Option<RoomCode>, name: &'static str) -> Present {
    let browser = server.browser();
    let room = match room {
        Some(room) => room,
        None => browser.create(false).await,
    };
    Guest::with(server, browser, (room, name)).enter().await
}

fn assert_full(answer: &Answer) {
    assert_eq!(answer.refusal(), ErrorCode::ServerFull);
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "120"));
}

async fn readiness(server: &Server) -> String {
    let answer = server.browser().get("/readyz").await;
    assert_eq!(answer.status, StatusCode::OK, "whoever comes back must find the server");
    answer.text().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_server_sends_newcomers_away_and_keeps_everybody_else() {
    let server = Server::start_with(Layer { max_people: Some(2), ..Layer::default() }).await;
    let ana = enter(&server, None, "Ana").await;
    assert_eq!(readiness(&server).await, "ready\n");
    let room = ana.guest.seat.room;
    let bo = enter(&server, Some(room), "Bo").await;
    assert_eq!(readiness(&server).await, "ready, but full: nobody new comes in\n");
    let cy = Guest::new(&server, room, "Cy");
    assert_full(&cy.ask().await);
    let elsewhere = server.browser().create(true).await;
    assert_full(&Guest::new(&server, elsewhere, "Dee").ask().await);

    ana.guest.say(1, "still here").await.json::<()>();
    bo.socket.close().await;
    bo.guest.browser.socket(bo.guest.reconnect().await).await;
    assert!(matches!(bo.guest.ask().await.json(), JoinOutcome::Joined { .. }), "a reload keeps the seat");
    bo.guest.act("leave").await.json::<()>();
    assert_full_no_more(&cy.ask().await);
}

fn assert_full_no_more(answer: &Answer) {
    assert!(matches!(answer.json(), JoinOutcome::Joined { .. } | JoinOutcome::Waiting { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_enough_rooms_opens_no_other_and_fills_those() {
    let server = Server::start_with(Layer { max_rooms: Some(1), ..Layer::default() }).await;
    let ana = enter(&server, None, "Ana").await;
    let browser = server.browser();
    let other = browser.create(false).await;
    assert_full(&Guest::with(&server, browser, (other, "Bo")).ask().await);
    enter(&server, Some(ana.guest.seat.room), "Cy").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doors_and_sockets_have_caps_as_well() {
    let server = Server::start_with(Layer { max_waiting: Some(1), ..Layer::default() }).await;
    let room = server.browser().create(true).await;
    let waiting = Guest::new(&server, room, "Bo").knock().await;
    assert_full(&Guest::new(&server, room, "Cy").ask().await);
    waiting.guest.act("leave").await.json::<()>();
    assert_full_no_more(&Guest::new(&server, room, "Cy").ask().await);

    let server = Server::start_with(Layer { max_sockets: Some(1), ..Layer::default() }).await;
    let ana = enter(&server, None, "Ana").await;
    assert_full(&Guest::new(&server, ana.guest.seat.room, "Bo").ask().await);
    ana.guest.reconnect().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_holds_too_much_memory_notices_by_itself() {
    // Any process holds more than this.
    let server = Server::start_with(Layer { max_memory_mib: Some(1), ..Layer::default() }).await;
    let ana = enter(&server, None, "Ana").await;
    let noticed = async {
        while readiness(&server).await == "ready\n" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, noticed).await.expect("it is noticed");
    assert_full(&Guest::new(&server, ana.guest.seat.room, "Bo").ask().await);
    ana.guest.reconnect().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_come_at_once_only_as_many_as_fit_come_in() {
    let server = Server::start_with(Layer { max_people: Some(3), ..Layer::default() }).await;
    let mut guests = Vec::new();
    for _ in 0..12 {
        let browser = server.browser();
        let room = browser.create(false).await;
        guests.push(Guest::with(&server, browser, (room, "Bo")));
    }
    let mut coming = tokio::task::JoinSet::new();
    guests.into_iter().for_each(|guest| drop(coming.spawn(async move { guest.ask().await.status })));
    let answers = coming.join_all().await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    let (inside, away) = (of(StatusCode::OK), of(StatusCode::SERVICE_UNAVAILABLE));
    assert!((1..=3).contains(&inside) && inside + away == 12, "{answers:?}");
    // Whoever was counted twice for a moment may have kept a place free, which the next ones take.
    for place in inside..4 {
        let browser = server.browser();
        let room = browser.create(false).await;
        let answer = Guest::with(&server, browser, (room, "Cy")).ask().await;
        assert_eq!(answer.status == StatusCode::OK, place < 3);
    }
}

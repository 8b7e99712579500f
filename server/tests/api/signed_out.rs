//! What becomes of a call when the login ends by which somebody came.

use crate::accounts::{ANA, BEARS, FOXES, sign_in, sign_up};
use crate::browser::{Browser, Socket};
use crate::guest::{Guest, Present, change, hosted, let_in};
use crate::harness::Server;
use http::StatusCode;
use model::Ticket;
use protocol::{
    AccountRefusal, Change, ClientMessage, Deed, ErrorCode, Farewell, JoinOutcome, LeaveReason, ServerMessage,
};
use server::config::{Layer, Settings};

const CLOSED: u16 = 4007;

/// Ana in the room that she owns, in the browser that made her account, and Bo as her guest.
async fn ana_and_bo(server: &Server) -> (Present, Present) {
    let ana = hosted(server).await;
    sign_up(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    let bo = let_in(server, &ana, "Bo").await;
    (ana, bo)
}

/// Ana at another of her browsers.
async fn another_browser(server: &Server) -> Browser {
    let browser = server.browser();
    sign_in(&browser, ANA, BEARS).await.json::<()>();
    browser
}

async fn submit(browser: &Browser, function: &str, fields: &[(&str, &str)]) {
    browser.submit(&format!("/api/accounts/{function}"), fields).await.json::<()>();
}

/// Is told why, and cut off.
async fn is_told_and_cut_off(socket: &mut Socket) {
    let farewell = |message| match message {
        ServerMessage::Farewell(farewell) => Some(farewell),
        _ => None,
    };
    assert_eq!(socket.find(farewell).await, Farewell::SignedOut);
    assert_eq!(socket.closed().await, CLOSED);
}

async fn goes_on(socket: &mut Socket) {
    socket.say(&ClientMessage::Ping).await;
    let pong = |message| match message {
        ServerMessage::Farewell(farewell) => panic!("the call is over: {farewell:?}"),
        message => (message == ServerMessage::Pong).then_some(()),
    };
    socket.find(pong).await;
}

/// Neither the seat nor a ticket to it is worth anything, and whoever joins with its key is a stranger.
async fn cannot_come_back(guest: &Guest, ticket: Ticket) {
    let own = format!("http://{}", guest.browser.addr());
    let path = format!("/signal?ticket={}", ticket.to_hex());
    let refused = guest.browser.try_socket(&path, Some(&own)).await.err().expect("the ticket is void");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let signed_out = ErrorCode::Account(AccountRefusal::NotSignedIn);
    assert_eq!(guest.act("reconnect").await.refusal(), signed_out);
    assert_eq!(guest.say(7, "I am still here").await.refusal(), signed_out);
    assert!(matches!(guest.ask().await.json(), JoinOutcome::Waiting { .. }), "a stranger knocks");
}

async fn left(socket: &mut Socket, who: &Present) {
    let left = |message| match change(message) {
        Some(Change::Left { participant, reason }) => Some((participant, reason)),
        _ => None,
    };
    assert_eq!(socket.find(left).await, (who.id, LeaveReason::Left), "the others hear nothing of logins");
}

async fn is_inside(socket: &mut Socket) -> Vec<String> {
    socket.say(&ClientMessage::Resync).await;
    let snapshot = socket.find(|message| match message {
        ServerMessage::Snapshot(snapshot) => Some(snapshot),
        _ => None,
    });
    snapshot.await.participants.iter().map(|person| person.name.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_everywhere_ends_the_calls_of_the_other_browsers() {
    let server = Server::start().await;
    let (mut ana, mut bo) = ana_and_bo(&server).await;
    let room = ana.guest.seat.room;
    let mut here = Guest::with(&server, another_browser(&server).await, (room, "Ana here")).enter().await;
    let elsewhere = server.browser().create(true).await;
    let door = Guest::with(&server, another_browser(&server).await, (elsewhere, "Ana at a door"));
    let mut door = door.knock().await;
    let ticket = ana.guest.reconnect().await;
    submit(&here.guest.browser, "sign-out-everywhere", &[]).await;
    is_told_and_cut_off(&mut ana.socket).await;
    is_told_and_cut_off(&mut door.socket).await;
    left(&mut bo.socket, &ana).await;
    goes_on(&mut here.socket).await;
    goes_on(&mut bo.socket).await;
    here.guest.reconnect().await;
    assert_eq!(is_inside(&mut bo.socket).await, ["Bo", "Ana here"]);
    cannot_come_back(&ana.guest, ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_ends_the_calls_of_the_other_browsers() {
    let server = Server::start().await;
    let (mut ana, _bo) = ana_and_bo(&server).await;
    let room = ana.guest.seat.room;
    let mut here = Guest::with(&server, another_browser(&server).await, (room, "Ana here")).enter().await;
    let ticket = ana.guest.reconnect().await;
    submit(&here.guest.browser, "change-password", &[("current", BEARS), ("new", FOXES)]).await;
    is_told_and_cut_off(&mut ana.socket).await;
    goes_on(&mut here.socket).await;
    cannot_come_back(&ana.guest, ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_was_set_by_a_link_ends_every_call() {
    let server = Server::start().await;
    let (mut ana, mut bo) = ana_and_bo(&server).await;
    let browser = another_browser(&server).await;
    let mut here = Guest::with(&server, browser, (ana.guest.seat.room, "Ana here")).enter().await;
    let fields = [("token", &*reset_token(&server).await), ("password", FOXES)];
    let ticket = ana.guest.reconnect().await;
    submit(&here.guest.browser, "reset", &fields).await;
    is_told_and_cut_off(&mut ana.socket).await;
    is_told_and_cut_off(&mut here.socket).await;
    goes_on(&mut bo.socket).await;
    cannot_come_back(&ana.guest, ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_deletes_their_account_is_told_so_in_every_call() {
    let server = Server::start().await;
    let host = hosted(&server).await;
    let mut ana = let_in(&server, &host, "Ana").await;
    sign_up(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    let there = Guest::with(&server, another_browser(&server).await, (host.guest.seat.room, "Ana there"));
    let mut there = there.knock().await;
    let ticket = ana.guest.reconnect().await;
    submit(&ana.guest.browser, "delete", &[("password", BEARS)]).await;
    is_told_and_cut_off(&mut ana.socket).await;
    is_told_and_cut_off(&mut there.socket).await;
    cannot_come_back(&ana.guest, ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_ends_the_calls_of_this_browser_alone() {
    let server = Server::start().await;
    let (mut ana, _bo) = ana_and_bo(&server).await;
    let room = ana.guest.seat.room;
    let mut there = Guest::with(&server, another_browser(&server).await, (room, "Ana there")).enter().await;
    let ticket = ana.guest.reconnect().await;
    submit(&ana.guest.browser, "sign-out", &[]).await;
    is_told_and_cut_off(&mut ana.socket).await;
    goes_on(&mut there.socket).await;
    cannot_come_back(&ana.guest, ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_as_somebody_else_ends_the_calls_of_whom_they_were() {
    let server = Server::start().await;
    let (mut ana, _bo) = ana_and_bo(&server).await;
    let cy = server.browser();
    sign_up(&cy, "cy@example.org", FOXES).await.json::<()>();
    sign_in(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    goes_on(&mut ana.socket).await;
    sign_in(&ana.guest.browser, "cy@example.org", FOXES).await.json::<()>();
    is_told_and_cut_off(&mut ana.socket).await;
    assert_eq!(ana.guest.act("reconnect").await.refusal(), ErrorCode::NotPresent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_let_in_and_is_signed_out_comes_in_no_more() {
    let server = Server::start().await;
    let host = hosted(&server).await;
    let browser = server.browser();
    sign_up(&browser, ANA, BEARS).await.json::<()>();
    let mut ana = Guest::with(&server, browser, (host.guest.seat.room, "Ana")).knock().await;
    host.guest.deed(Deed::Admit(ana.id)).await.json::<()>();
    submit(&another_browser(&server).await, "sign-out-everywhere", &[]).await;
    is_told_and_cut_off(&mut ana.socket).await;
    assert!(matches!(ana.guest.ask().await.json(), JoinOutcome::Waiting { .. }));
}

/// The token of a link for a new password.
async fn reset_token(server: &Server) -> String {
    let database = server.folder.database().map(str::to_owned);
    let layer = Layer { data: Some(server.folder.path().join("data")), database, ..Layer::default() };
    let settings = Settings::settle(layer).expect("the tests' settings are sound");
    let link = server::reset::link(&settings, ANA).await.expect("there is such an account");
    link.rsplit('/').next().expect("a link has a last part").to_owned()
}

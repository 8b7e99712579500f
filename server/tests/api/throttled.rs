//! Whoever comes too often is told so, and when to come again; everybody else goes on, and so do they after
//! a while.
//!
//! What is counted by address goes by the time that the machine runs, which stands still here until a test
//! moves it; the rest goes by the clock of the tests.

use crate::accounts::{ANA, BEARS, sign_in, sign_up};
use crate::browser::{Answer, Browser};
use crate::gate::behind_a_proxy;
use crate::guest::{Guest, hosted, let_in};
use crate::harness::Server;
use crate::typed::{led, press};
use http::{Request, StatusCode};
use model::Ticket;
use protocol::{AccountRefusal, ClientMessage, Deed, ErrorCode};
use serde_json::{Value, json};
use std::sync::mpsc;
use std::time::Duration;

/// Where somebody is who comes too often, and somebody else.
const EVE: &str = "192.0.2.1";
const BO: &str = "192.0.2.2";
const TOO_QUICK: &str = "That was very quick. Wait a few seconds, then try again.";

/// The refusal as it stands in the address of the page that a form leads back to.
const TOO_MANY_REQUESTS: &str = "__err=eyJjb2RlIjoidG9vX21hbnlfcmVxdWVzdHMifQ";

/// Keeps the time of the machine where it is: nobody gets another try because a test is slow.
struct Still {
    /// A blocking task that lives as long keeps the time from jumping while somebody waits for the network.
    _task: mpsc::Sender<()>,
}

impl Still {
    fn stand() -> Self {
        let (task, end) = mpsc::channel();
        tokio::task::spawn_blocking(move || end.recv());
        tokio::time::pause();
        Self { _task: task }
    }

    /// As long as the answer says.
    async fn pass(&self) {
        tokio::time::advance(Duration::from_secs(30)).await;
    }
}

fn assert_told_to_wait(answer: &Answer) {
    assert_eq!(answer.refusal(), ErrorCode::TooManyRequests);
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
}

/// Tries until it is too often; says how often it was not, and what was said in the end.
async fn until_stopped(attempt: impl AsyncFn(u32) -> Answer) -> (u32, Answer) {
    for count in 0..400 {
        let answer = attempt(count).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return (count, answer);
        }
    }
    panic!("somebody goes on without end");
}

async fn socket_refused(browser: &Browser, ticket: Ticket) -> Option<Answer> {
    let origin = format!("http://{}", browser.addr());
    browser.try_socket(&format!("/signal?ticket={}", ticket.to_hex()), Some(&origin)).await.err()
}

#[tokio::test]
async fn guessing_tickets_ends_soon_and_for_the_guesser_alone() {
    let server = behind_a_proxy().await;
    let time = Still::stand();
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let [eve, bo] = [EVE, BO].map(|address| Guest::with(&server, server.browser_at(address), (room, "Bo")));
    let mut tickets = Vec::new();
    for guest in [&eve, &bo] {
        guest.ask().await.json::<Value>();
        tickets.push(guest.reconnect().await);
    }
    let (guesses, stopped) = until_stopped(async |count| {
        let guess = Ticket::from_bits(u128::from(count));
        socket_refused(&eve.browser, guess).await.expect("a guess opens nothing")
    })
    .await;
    assert_eq!(guesses, 20);
    assert_told_to_wait(&stopped);
    assert_told_to_wait(&socket_refused(&eve.browser, tickets[0]).await.expect("no more tries"));
    assert_told_to_wait(&eve.ask().await);
    assert!(socket_refused(&bo.browser, tickets[1]).await.is_none(), "another address goes on");
    ana.guest.say(1, "and so does who is inside").await.json::<()>();
    time.pass().await;
    assert!(socket_refused(&eve.browser, tickets[0]).await.is_none(), "the ticket was not used up");
}

#[tokio::test]
async fn trying_passwords_is_limited_by_address_whatever_the_account() {
    let server = behind_a_proxy().await;
    let time = Still::stand();
    sign_up(&server.browser(), ANA, BEARS).await.json::<()>();
    let [eve, bo] = [EVE, BO].map(|address| server.browser_at(address));
    let (tries, stopped) = until_stopped(async |count| {
        let answer = sign_in(&eve, &format!("nobody{count}@example.org"), "").await;
        let wrong = ErrorCode::Account(AccountRefusal::WrongCredentials);
        assert!([wrong, ErrorCode::TooManyRequests].contains(&answer.refusal()), "{}", answer.text());
        answer
    })
    .await;
    assert_eq!(tries, 20);
    assert_told_to_wait(&stopped);
    assert_told_to_wait(&sign_in(&eve, ANA, BEARS).await);
    let looked = eve.call("/api/rooms/hosted", &json!({})).await;
    assert_eq!(looked.status, StatusCode::OK, "whoever tries no password goes on");
    sign_in(&bo, ANA, BEARS).await.json::<()>();
    time.pass().await;
    sign_in(&eve, ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn joins_are_limited_by_address_and_who_is_inside_goes_on() {
    let server = behind_a_proxy().await;
    let time = Still::stand();
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let cy = Guest::with(&server, server.browser_at(EVE), (room, "Cy")).knock().await;
    let (joins, stopped) = until_stopped(async |_| {
        server.browser_at(EVE).call("/api/rooms/join", &json!({ "request": null })).await
    })
    .await;
    assert_eq!(joins + 1, 120, "a class may come at once");
    assert_told_to_wait(&stopped);
    let dee = Guest::with(&server, server.browser_at(EVE), (room, "Dee"));
    assert_told_to_wait(&dee.ask().await);
    cy.guest.reconnect().await;
    cy.guest.act("leave").await.json::<()>();
    Guest::with(&server, server.browser_at(BO), (room, "Bo")).knock().await;
    time.pass().await;
    dee.knock().await;
}

#[tokio::test]
async fn chatting_is_limited_for_each_person_in_however_many_tabs() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let bo = let_in(&server, &ana, "Bo").await;
    let tab = server.browser();
    tab.set_cookie(bo.guest.browser.cookie());
    let tab = Guest::with(&server, tab, (room, "Bo again")).knock().await;
    ana.guest.deed(Deed::Admit(tab.id)).await.json::<()>();
    let tab = tab.admitted().await;
    let (said, stopped) = until_stopped(async |count| {
        let mouth = if count % 2 == 0 { &bo } else { &tab };
        mouth.guest.say(u128::from(count), "and").await
    })
    .await;
    assert_eq!(said, 10);
    assert_told_to_wait(&stopped);
    for mouth in [&bo, &tab] {
        assert_told_to_wait(&mouth.guest.say(999, "and").await);
    }
    ana.guest.say(1_000, "others are heard").await.json::<()>();
    server.world.pass(1_000);
    bo.guest.say(1_001, "and they again, after a second").await.json::<()>();
    tab.guest.say(1_002, "in both tabs").await.json::<()>();
    assert_told_to_wait(&bo.guest.say(1_003, "together").await);
}

#[tokio::test]
async fn a_form_that_is_sent_too_often_leads_back_and_keeps_what_was_typed() {
    let server = behind_a_proxy().await;
    let time = Still::stand();
    let secret = [("email", "bo at example.org"), ("password", BEARS)];
    for (page, path, fields, shown) in [
        ("/", "/api/rooms/create", [("name", "Choir"), ("waiting_room", "true")], "value=\"Choir\""),
        ("/sign-in?next=/account", "/api/accounts/sign-in", secret, "value=\"bo at example.org\""),
        (
            "/sign-in?next=/account",
            "/auth/openid",
            [("next", "/account"), ("name", "")],
            "value=\"/account\"",
        ),
    ] {
        let browser = server.browser_at(EVE);
        let is_stopped = |answer: &Answer| {
            let led = answer.header("location");
            led.contains(TOO_MANY_REQUESTS) || led.contains("problem=too-often")
        };
        let mut answer = press(&browser, page, path, &fields).await;
        for _ in 0..40 {
            if is_stopped(&answer) {
                break;
            }
            answer = press(&browser, page, path, &fields).await;
        }
        assert!(is_stopped(&answer), "{path}: {} {}", answer.header("location"), answer.text());
        assert_eq!(answer.text(), "", "{path}: a person is shown no code");
        let back = led(&browser, &server, &answer).await;
        assert_eq!(back.status, StatusCode::OK, "{path}");
        assert!(back.text().contains(TOO_QUICK), "{path}: {}", back.text());
        assert!(back.text().contains(shown) && !back.text().contains(BEARS), "{path}: {}", back.text());
        let elsewhere = press(&server.browser_at(BO), page, path, &fields).await;
        assert!(!is_stopped(&elsewhere), "{path}: another address goes on");
        time.pass().await;
        assert!(!is_stopped(&press(&browser, page, path, &fields).await), "{path}: and so do they");
    }
}

#[tokio::test]
async fn whoever_goes_somewhere_too_often_is_shown_a_page_with_a_way_on() {
    let server = behind_a_proxy().await;
    let time = Still::stand();
    let room = server.browser().create(true).await;
    let eve = server.browser_at(EVE);
    let go = async |path: &str, language: &str| {
        let request =
            Request::get(path).header("accept", "text/html,*/*").header("accept-language", language);
        eve.send(request, "".into()).await
    };
    let (_, stopped) = until_stopped(async |_| go("/r/bbb-bbbb-bbb", "en").await).await;
    let (known, german) = (go(&format!("/r/{room}?x=1"), "en").await, go("/r/bbb-bbbb-bbb", "de").await);
    let form = Request::post("/api/rooms/join")
        .header("sec-fetch-site", "same-origin")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    let stray = eve.send(form, "".into()).await;
    for (answer, said) in [
        (&stopped, TOO_QUICK),
        (&known, TOO_QUICK),
        (&known, &*format!("href=\"/r/{room}?x=1\"")),
        (&german, "Das ging sehr schnell."),
        (&stray, TOO_QUICK),
    ] {
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
        assert!(answer.header("content-type").starts_with("text/html"), "{:?}", answer.headers);
        assert!(answer.text().contains(said) && answer.text().contains("href=\"/\""), "{}", answer.text());
    }
    assert!(!stray.text().contains("/api/"), "nobody is led to where only forms go");
    time.pass().await;
    assert_eq!(go(&format!("/r/{room}"), "en").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_socket_that_was_opened_before_outlives_the_guesses() {
    let server = behind_a_proxy().await;
    let _time = Still::stand();
    let room = server.browser().create(true).await;
    let mut cy = Guest::with(&server, server.browser_at(EVE), (room, "Cy")).knock().await;
    until_stopped(async |count| {
        let guess = Ticket::from_bits(u128::from(count));
        socket_refused(&cy.guest.browser, guess).await.expect("a guess opens nothing")
    })
    .await;
    cy.socket.say(&ClientMessage::Ping).await;
    cy.socket.find(|message| (message == protocol::ServerMessage::Pong).then_some(())).await;
}

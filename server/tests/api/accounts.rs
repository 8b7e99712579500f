//! Who gets into an account, who does not, and what becomes of what a browser hosted.

use crate::browser::{Answer, Browser, form};
use crate::guest::{Guest, change, hosted, let_in};
use crate::harness::Server;
use http::{Request, StatusCode};
use model::Role;
use protocol::{
    AccountRefusal, AccountView, Barrier, Change, Deed, EntryState, EntryView, ErrorCode, Farewell,
    HostedRoom, ServerMessage, Visitor,
};
use serde_json::json;
use server::config::{Layer, Settings};
use std::collections::BTreeSet;

pub const ANA: &str = "ana@example.org";
pub const BEARS: &str = "four brown bears";
pub const FOXES: &str = "five quick foxes";
const HOUR_MS: i64 = 3_600_000;

/// Makes an account where no mails are sent.
pub async fn sign_up(browser: &Browser, email: &str, password: &str) -> Answer {
    browser
        .submit("/api/accounts/sign-up", &[("name", "Ana"), ("email", email), ("password", password)])
        .await
}

pub async fn sign_in(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.submit("/api/accounts/sign-in", &[("email", email), ("password", password)]).await
}

async fn sign_out(browser: &Browser) {
    let before = browser.cookie();
    browser.submit("/api/accounts/sign-out", &[]).await.json::<()>();
    assert_ne!(browser.cookie(), before, "a copy of the cookie is worth nothing any more");
}

pub async fn visitor(browser: &Browser) -> Option<String> {
    let answer = browser.call("/api/accounts/visitor", &json!({})).await;
    answer.json::<Option<Visitor>>().map(|visitor| visitor.name.to_string())
}

async fn rooms(browser: &Browser) -> usize {
    browser.call("/api/rooms/hosted", &json!({})).await.json::<Vec<HostedRoom>>().len()
}

async fn hosts(browser: &Browser, room: model::RoomCode) -> bool {
    browser.call("/api/rooms/entry", &json!({ "room": room })).await.json::<EntryView>().role == Role::Owner
}

fn refused(answer: &Answer, refusal: AccountRefusal) {
    assert_eq!(answer.refusal(), ErrorCode::Account(refusal));
}

/// A server with an account, and the browser that made it.
async fn server_with_ana() -> (Server, Browser) {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, ANA, BEARS).await.json::<()>();
    (server, browser)
}

#[tokio::test]
async fn an_account_keeps_what_the_browser_hosted_and_opens_it_everywhere() {
    let server = Server::start().await;
    let (first, second) = (server.browser(), server.browser());
    let room = first.create(true).await;
    sign_up(&first, ANA, BEARS).await.json::<()>();
    assert_eq!((visitor(&first).await.as_deref(), rooms(&first).await), (Some("Ana"), 1));
    assert!(hosts(&first, room).await);

    assert!(!hosts(&second, room).await);
    sign_in(&second, " ANA@example.org ", BEARS).await.json::<()>();
    assert_eq!((visitor(&second).await.as_deref(), rooms(&second).await), (Some("Ana"), 1));
    assert!(hosts(&second, room).await);

    second.create(true).await;
    assert_eq!(rooms(&first).await, 2);
    sign_out(&second).await;
    assert_eq!((visitor(&second).await, rooms(&second).await), (None, 0));
    assert!(!hosts(&second, room).await);
    assert_eq!(rooms(&first).await, 2, "signing out concerns one browser");
}

#[tokio::test]
async fn signing_in_moves_the_rooms_of_the_browser_to_the_account() {
    let (server, first) = server_with_ana().await;
    let second = server.browser();
    let room = second.create(true).await;
    assert!(hosts(&second, room).await, "the room is live under its old owner");
    sign_in(&second, ANA, BEARS).await.json::<()>();
    assert!(hosts(&second, room).await && hosts(&first, room).await);
    assert_eq!((rooms(&first).await, rooms(&second).await), (1, 1));
    sign_out(&second).await;
    assert_eq!(rooms(&second).await, 0, "the browser is somebody new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_on_while_its_host_signs_in() {
    let (server, _) = server_with_ana().await;
    let mut ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    sign_in(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    let bo = Guest::new(&server, room, "Bo").knock().await;
    ana.guest.deed(Deed::Admit(bo.id)).await.json::<()>();
    bo.admitted().await;
    ana.guest.reconnect().await;
    ana.guest.deed(Deed::End).await.json::<()>();
    ana.socket.find(|message| (message == ServerMessage::Farewell(Farewell::Ended)).then_some(())).await;
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_told_alike() {
    let (server, _) = server_with_ana().await;
    let browser = server.browser();
    let wrong = sign_in(&browser, ANA, FOXES).await;
    let unknown = sign_in(&browser, "bo@example.org", BEARS).await;
    refused(&wrong, AccountRefusal::WrongCredentials);
    assert_eq!((wrong.status, wrong.text()), (unknown.status, unknown.text()));
    assert_eq!(wrong.header("set-cookie"), "", "a failed attempt makes nobody known");
    refused(&sign_in(&browser, "ana", BEARS).await, AccountRefusal::BadEmail);
    refused(&sign_in(&browser, ANA, "").await, AccountRefusal::WrongCredentials);
    refused(&sign_in(&browser, ANA, &"x".repeat(100_000)).await, AccountRefusal::WrongCredentials);
    assert_eq!(visitor(&browser).await, None);
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_by_field() {
    let (server, _) = server_with_ana().await;
    let browser = server.browser();
    for (email, password, refusal) in [
        ("bo", BEARS, AccountRefusal::BadEmail),
        ("bo@example.org", "short", AccountRefusal::PasswordTooShort),
        ("bo@example.org", "password12", AccountRefusal::PasswordTooCommon),
        ("bo@example.org", &"four bears ".repeat(12), AccountRefusal::PasswordTooLong),
        ("Ana@Example.org", FOXES, AccountRefusal::EmailTaken),
    ] {
        refused(&sign_up(&browser, email, password).await, refusal);
    }
    let nameless = browser.submit("/api/accounts/sign-up", &[("email", ANA), ("password", BEARS)]).await;
    refused(&nameless, AccountRefusal::BadName);
    assert_eq!(visitor(&browser).await, None);
    sign_in(&browser, ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn guessing_a_password_is_stopped_for_the_account_whoever_guesses() {
    let (server, _) = server_with_ana().await;
    for address in [ANA, "nobody@example.org"] {
        for attempt in 0..10 {
            let guess = format!("four brown bears {attempt}");
            refused(&sign_in(&server.browser(), address, &guess).await, AccountRefusal::WrongCredentials);
        }
        let stopped = sign_in(&server.browser(), address, BEARS).await;
        assert_eq!(stopped.refusal(), ErrorCode::TooManyRequests, "the right one comes too late: {address}");
        assert_eq!(stopped.header("retry-after"), "30");
    }
    server.world.pass(30_000);
    sign_in(&server.browser(), ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn the_session_has_a_new_id_after_signing_in_and_out() {
    let (server, _) = server_with_ana().await;
    let (victim, thief) = (server.browser(), server.browser());
    victim.create(true).await;
    thief.set_cookie(victim.cookie());
    assert_eq!(rooms(&thief).await, 1, "the cookie works before");
    sign_in(&victim, ANA, BEARS).await.json::<()>();
    assert_eq!((visitor(&thief).await, rooms(&thief).await), (None, 0), "and does not after");

    thief.set_cookie(victim.cookie());
    assert_eq!(visitor(&thief).await.as_deref(), Some("Ana"), "a stolen cookie works while it lasts");
    sign_out(&victim).await;
    assert_eq!((visitor(&thief).await, rooms(&thief).await), (None, 0));
}

#[tokio::test]
async fn the_cookie_of_a_guest_does_not_open_the_account_that_grew_out_of_it() {
    let server = Server::start().await;
    let (ana, thief) = (server.browser(), server.browser());
    ana.create(true).await;
    thief.set_cookie(ana.cookie());
    sign_up(&ana, ANA, BEARS).await.json::<()>();
    assert_eq!((visitor(&thief).await, rooms(&thief).await), (None, 0));
    thief.create(true).await;
    assert_eq!((rooms(&thief).await, rooms(&ana).await), (1, 1), "the thief is somebody else now");
}

#[tokio::test]
async fn signing_out_everywhere_leaves_this_browser_alone() {
    let (server, first) = server_with_ana().await;
    let second = server.browser();
    sign_in(&second, ANA, BEARS).await.json::<()>();
    let before = second.cookie();
    second.submit("/api/accounts/sign-out-everywhere", &[]).await.json::<()>();
    assert_eq!(visitor(&first).await, None);
    assert_eq!(visitor(&second).await.as_deref(), Some("Ana"));
    assert_ne!(second.cookie(), before);
    sign_in(&first, ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn a_new_password_takes_the_old_one_and_signs_the_others_out() {
    let (server, first) = server_with_ana().await;
    let second = server.browser();
    sign_in(&second, ANA, BEARS).await.json::<()>();
    let change = async |current, new| {
        second.submit("/api/accounts/change-password", &[("current", current), ("new", new)]).await
    };
    refused(&change(FOXES, FOXES).await, AccountRefusal::WrongCredentials);
    refused(&change(BEARS, "short").await, AccountRefusal::PasswordTooShort);
    change(BEARS, FOXES).await.json::<()>();
    assert_eq!(visitor(&first).await, None);
    assert_eq!(visitor(&second).await.as_deref(), Some("Ana"));
    refused(&sign_in(&first, ANA, BEARS).await, AccountRefusal::WrongCredentials);
    sign_in(&first, ANA, FOXES).await.json::<()>();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_ends_its_calls_and_leaves_no_name() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    sign_up(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    let mut bo = let_in(&server, &ana, "Bo").await;
    ana.guest.say(1, "the secret plan").await.json::<()>();
    let delete =
        async |password| ana.guest.browser.submit("/api/accounts/delete", &[("password", password)]).await;
    refused(&delete(FOXES).await, AccountRefusal::WrongCredentials);
    assert_eq!(visitor(&ana.guest.browser).await.as_deref(), Some("Ana"));
    delete(BEARS).await.json::<()>();
    bo.socket.find(|message| (message == ServerMessage::Farewell(Farewell::Ended)).then_some(())).await;
    assert_eq!((visitor(&ana.guest.browser).await, rooms(&ana.guest.browser).await), (None, 0));
    refused(&sign_in(&ana.guest.browser, ANA, BEARS).await, AccountRefusal::WrongCredentials);
    let entry = server.browser().call("/api/rooms/entry", &json!({ "room": room })).await;
    assert!(matches!(entry.json::<EntryView>().state, EntryState::Ended { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_deletes_their_account_vanishes_from_a_call_that_goes_on() {
    let mut server = Server::start().await;
    let mut ana = hosted(&server).await;
    let mut bo = let_in(&server, &ana, "Bo Insider").await;
    sign_up(&bo.guest.browser, "bo@example.org", FOXES).await.json::<()>();
    bo.guest.say(1, "forget me").await.json::<()>();
    ana.guest.say(2, "good bye").await.json::<()>();
    bo.guest.browser.submit("/api/accounts/delete", &[("password", FOXES)]).await.json::<()>();
    assert_eq!(bo.socket.closed().await, 4007);
    let left = |message| matches!(change(message), Some(Change::Left { .. })).then_some(());
    ana.socket.find(left).await;
    let snapshot = ana.socket.find(|message| match message {
        ServerMessage::Snapshot(snapshot) => Some(*snapshot),
        _ => None,
    });
    let snapshot = snapshot.await;
    let said: Vec<_> = snapshot.chat.iter().map(|message| message.text.as_str()).collect();
    assert_eq!((said, snapshot.participants.len()), (vec!["good bye"], 1));
    let room = ana.guest.seat.room;
    for file in ["history.csv", "history.json", "history", "settings"] {
        let answer = ana.guest.browser.get(&format!("/r/{room}/{file}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text().contains("Insider"), "{file}: {}", answer.text());
    }
    ana.guest.deed(Deed::End).await.json::<()>();
    server.stopped().await;
    let stolen = server.folder.stolen().await;
    let holds = |text: &str| stolen.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Ana Overheard"), "this is the database");
    for word in ["Insider", "forget me", "bo@example.org"] {
        assert!(!holds(word), "{word}");
    }
}

#[tokio::test]
async fn forms_work_before_the_page_is_alive() {
    let (server, _) = server_with_ana().await;
    let browser = server.browser();
    let send = async |fields: &[(&str, &str)]| {
        let request = Request::post("/api/accounts/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .header("referer", format!("http://{}/sign-in", server.addr));
        browser.send(request, form(fields).into()).await
    };
    let wrong = send(&[("email", ANA), ("password", FOXES)]).await;
    assert_eq!(wrong.status, StatusCode::FOUND, "{}", wrong.text());
    let back = wrong.header("location").to_owned();
    assert!(!back.contains("foxes"), "{back}");
    let path = back.strip_prefix(&format!("http://{}", server.addr)).unwrap_or(&back);
    let page = browser.get(path).await;
    assert!(page.text().contains("do not belong together"), "{}", page.text());

    let right = send(&[("email", ANA), ("password", BEARS), ("next", "/account")]).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::FOUND, "/account"));
    let page = browser.get("/account").await;
    assert!(page.text().contains(ANA), "{}", page.text());
    assert!(page.text().contains("/api/accounts/sign-out"), "the corner is rendered on the server");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let (server, _) = server_with_ana().await;
    for (next, led) in [
        ("/r/bcd-fghj-kmn", "/r/bcd-fghj-kmn"),
        ("https://evil.test", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("", "/"),
    ] {
        let fields = [("email", ANA), ("password", BEARS), ("next", next)];
        let answer = server.browser().submit("/api/accounts/sign-in", &fields).await;
        server.world.pass(HOUR_MS);
        assert_eq!(answer.header("location"), led, "{next}");
    }
}

#[tokio::test]
async fn another_site_can_neither_sign_in_nor_out() {
    let (server, browser) = server_with_ana().await;
    for path in ["sign-in", "sign-up", "sign-out", "sign-out-everywhere", "delete", "change-password"] {
        let request = Request::post(format!("/api/accounts/{path}"))
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://evil.test")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = form(&[("email", ANA), ("password", BEARS), ("current", BEARS), ("new", FOXES)]);
        let answer = browser.send(request, body.into()).await;
        assert_eq!(answer.refusal(), ErrorCode::ForeignOrigin, "{path}");
    }
    assert_eq!(visitor(&browser).await.as_deref(), Some("Ana"));
    drop(server);
}

#[tokio::test]
async fn an_account_shows_itself_to_its_owner_alone() {
    let (server, ana) = server_with_ana().await;
    let bo = server.browser();
    sign_up(&bo, "bo@example.org", FOXES).await.json::<()>();
    let email = async |browser: &Browser| {
        let view: AccountView = browser.call("/api/accounts/view", &json!({})).await.json();
        view.email.map(String::from)
    };
    assert_eq!(email(&ana).await.as_deref(), Some(ANA));
    assert_eq!(email(&bo).await.as_deref(), Some("bo@example.org"));
    let request = Request::get("/account").header("accept", "text/html");
    let page = server.browser().send(request, "".into()).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::FOUND, "/sign-in?next=/account"));
}

/// Whatever a function may ask for, and none of it good for anything.
fn strange(token: &str) -> serde_json::Value {
    let said = json!({ "id": "x", "user": "", "client_data": "", "authenticator_data": "", "signature": "" });
    let made = json!({
        "id": "x", "name": "x", "client_data": "", "authenticator_data": "", "public_key": "", "algorithm": -7,
    });
    json!({ "token": token, "said": said, "made": made, "next": "" })
}

/// What a function answers to somebody who has no account.
enum Expected {
    Refused(AccountRefusal),
    Fine,
}

#[tokio::test]
async fn a_stranger_gets_nothing_out_of_any_function() {
    use AccountRefusal::{LinkExpired, NoMail, NotSignedIn, PasskeyRefused, WrongCredentials};
    use Expected::{Fine, Refused};
    let (server, _) = server_with_ana().await;
    let token = "0".repeat(64);
    let mut tried = BTreeSet::new();
    for (function, fields, expected) in [
        ("visitor", None, Fine),
        ("ways", None, Fine),
        ("view", None, Refused(NotSignedIn)),
        ("confirms", None, Fine),
        ("resets", None, Fine),
        ("passkey-challenge", None, Fine),
        ("passkey-sign-in", None, Refused(PasskeyRefused)),
        ("begin-passkey", None, Refused(NotSignedIn)),
        ("add-passkey", None, Refused(NotSignedIn)),
        ("remove-passkey", Some([("id", "x"), ("unused", "")]), Refused(NotSignedIn)),
        ("unlink", Some([("issuer", "x"), ("subject", "x")]), Refused(NotSignedIn)),
        ("sign-in", Some([("email", ANA), ("password", FOXES)]), Refused(WrongCredentials)),
        ("sign-up", Some([("email", ANA), ("password", FOXES)]), Refused(AccountRefusal::BadName)),
        ("sign-out", Some([("unused", ""), ("other", "")]), Fine),
        ("sign-out-everywhere", Some([("unused", ""), ("other", "")]), Refused(NotSignedIn)),
        ("change-password", Some([("current", BEARS), ("new", FOXES)]), Refused(NotSignedIn)),
        ("delete", Some([("password", BEARS), ("unused", "")]), Refused(NotSignedIn)),
        ("request-reset", Some([("email", ANA), ("unused", "")]), Refused(NoMail)),
        ("reset", Some([("token", &token), ("password", FOXES)]), Refused(LinkExpired)),
        ("confirm", Some([("token", &token), ("password", BEARS)]), Refused(LinkExpired)),
    ] {
        let path = format!("/api/accounts/{function}");
        // Once as nobody, once as a guest who hosts a room without an account.
        let guest = server.browser();
        guest.create(true).await;
        for browser in [server.browser(), guest] {
            let answer = match fields {
                Some(fields) => browser.submit(&path, &fields).await,
                None => browser.call(&path, &strange(&token)).await,
            };
            assert!(
                !answer.text().contains("Ana") && !answer.text().contains(ANA),
                "{path}: {}",
                answer.text()
            );
            match expected {
                Refused(refusal) => assert_eq!(answer.refusal(), ErrorCode::Account(refusal), "{path}"),
                Fine => assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text()),
            }
        }
        tried.insert(path);
    }
    let known = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    let about_accounts = known.filter(|path| path.starts_with("/api/accounts/"));
    assert_eq!(tried, about_accounts.collect(), "the table names every server function");
}

#[tokio::test]
async fn without_mail_the_operator_helps_whoever_forgot_the_password() {
    let (server, ana) = server_with_ana().await;
    let database = server.folder.database().map(str::to_owned);
    let layer = Layer { data: Some(server.folder.path().join("data")), database, ..Layer::default() };
    let settings = Settings::settle(layer).expect("the tests' settings are sound");
    let unknown = server::reset::link(&settings, "bo@example.org").await;
    assert!(unknown.is_err_and(|error| error.to_string().contains("no account")));
    let link = server::reset::link(&settings, ANA).await.expect("there is such an account");
    let token = link.rsplit('/').next().expect("a link has a last part").to_owned();
    // The link was made by the machine's clock, which is far ahead of the tests' own.
    let fields = [("token", token.as_str()), ("password", FOXES)];
    ana.submit("/api/accounts/reset", &fields).await.json::<()>();
    refused(&ana.submit("/api/accounts/reset", &fields).await, AccountRefusal::LinkExpired);
    assert_eq!(visitor(&ana).await, None);
    sign_in(&ana, ANA, FOXES).await.json::<()>();
}

#[tokio::test]
async fn a_banned_browser_stays_out_whoever_it_says_it_is() {
    let server = Server::start().await;
    let host = hosted(&server).await;
    let room = host.guest.seat.room;
    let browser = server.browser();
    sign_up(&browser, "bo@example.org", FOXES).await.json::<()>();
    let eve = Guest::with(&server, browser, (room, "Eve")).knock().await;
    host.guest.deed(Deed::Ban(eve.id)).await.json::<()>();
    let banned = ErrorCode::Door(Barrier::Banned);
    let browser = eve.guest.browser;
    let again = async |browser| {
        let guest = Guest::with(&server, browser, (room, "Adam"));
        let refusal = guest.ask().await.refusal();
        (refusal, guest.browser)
    };
    let (as_they_are, browser) = again(browser).await;
    sign_out(&browser).await;
    assert_eq!(visitor(&browser).await, None);
    let (signed_out, browser) = again(browser).await;
    sign_up(&browser, "new@example.org", BEARS).await.json::<()>();
    let (as_another, browser) = again(browser).await;
    sign_out(&browser).await;
    sign_in(&browser, "bo@example.org", FOXES).await.json::<()>();
    browser.submit("/api/accounts/delete", &[("password", FOXES)]).await.json::<()>();
    let (deleted, _) = again(browser).await;
    assert_eq!([as_they_are, signed_out, as_another, deleted], [banned; 4]);
}

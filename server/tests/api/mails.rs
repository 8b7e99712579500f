//! What happens by mail: confirming an address, choosing a new password. Over real SMTP.

use crate::accounts::{ANA, BEARS, FOXES, sign_in, visitor};
use crate::browser::{Answer, Browser};
use crate::harness::Server;
use crate::post::PostOffice;
use protocol::{AccountRefusal, ErrorCode, HostedRoom};
use serde_json::json;
use server::config::Layer;

const HOUR_MS: i64 = 3_600_000;
pub const ORIGIN: &str = "https://meet.example.org";

pub async fn server_with_mail() -> (Server, PostOffice) {
    server_with_mail_and(Layer::default()).await
}

/// The same with more settings.
pub async fn server_with_mail_and(layer: Layer) -> (Server, PostOffice) {
    let office = PostOffice::open().await;
    let layer = Layer {
        mail_url: Some(format!("smtp://{}", office.addr)),
        mail_from: Some("Anteroom <anteroom@example.org>".to_owned()),
        origin: vec![ORIGIN.parse().expect("an origin")],
        ..layer
    };
    (Server::start_with(layer).await, office)
}

async fn sign_up(browser: &Browser, email: &str, password: &str) -> Answer {
    let fields = [("name", "Ana"), ("email", email), ("password", password)];
    browser.submit("/api/accounts/sign-up", &fields).await
}

async fn confirm(browser: &Browser, token: &str, password: &str) -> Answer {
    browser.submit("/api/accounts/confirm", &[("token", token), ("password", password)]).await
}

async fn reset(browser: &Browser, token: &str, password: &str) -> Answer {
    browser.submit("/api/accounts/reset", &[("token", token), ("password", password)]).await
}

async fn request_reset(browser: &Browser, email: &str) -> Answer {
    browser.submit("/api/accounts/request-reset", &[("email", email)]).await
}

fn refused(answer: &Answer, refusal: AccountRefusal) {
    assert_eq!(answer.refusal(), ErrorCode::Account(refusal));
}

/// A server on which Ana has an account.
pub async fn server_with_ana() -> (Server, PostOffice, Browser) {
    let (server, mut office) = server_with_mail().await;
    let browser = with_account(&server, &mut office, ANA).await;
    (server, office, browser)
}

/// A browser whose account has this address, confirmed.
pub async fn with_account(server: &Server, office: &mut PostOffice, email: &str) -> Browser {
    let browser = server.browser();
    sign_up(&browser, email, BEARS).await.json::<()>();
    let token = office.next().await.token("/verify/");
    confirm(&browser, &token, BEARS).await.json::<()>();
    browser
}

#[tokio::test]
async fn an_account_comes_to_be_when_its_address_is_confirmed() {
    let (server, mut office) = server_with_mail().await;
    let browser = server.browser();
    browser.create(true).await;
    let answer = sign_up(&browser, ANA, BEARS).await;
    assert_eq!((answer.header("location"), visitor(&browser).await), ("/sign-up?sent=1", None));
    refused(&sign_in(&browser, ANA, BEARS).await, AccountRefusal::WrongCredentials);

    let mail = office.next().await;
    assert_eq!(mail.to, ANA);
    assert!(mail.text.contains("Hello Ana,"), "{}", mail.text);
    assert!(mail.text.contains(&format!("{ORIGIN}/verify/")), "{}", mail.text);
    let token = mail.token("/verify/");
    let page = browser.get(&format!("/verify/{token}")).await;
    assert!(page.text().contains(&token), "the page asks for the password: {}", page.text());

    refused(&confirm(&browser, &token, FOXES).await, AccountRefusal::WrongCredentials);
    confirm(&browser, &token, BEARS).await.json::<()>();
    assert_eq!(visitor(&browser).await.as_deref(), Some("Ana"));
    let rooms = browser.call("/api/rooms/hosted", &json!({})).await.json::<Vec<HostedRoom>>();
    assert_eq!(rooms.len(), 1, "what the browser hosted came along");
    refused(&confirm(&server.browser(), &token, BEARS).await, AccountRefusal::LinkExpired);
    let page = server.browser().get(&format!("/verify/{token}")).await;
    assert!(page.text().contains("This link no longer works"), "{}", page.text());
}

#[tokio::test]
async fn mails_speak_the_language_of_the_person() {
    let (server, mut office) = server_with_mail().await;
    let browser = server.browser();
    let request = http::Request::post("/api/accounts/sign-up")
        .header("sec-fetch-site", "same-origin")
        .header("accept-language", "de-AT, en;q=0.5")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = crate::browser::form(&[("name", "Änne"), ("email", ANA), ("password", BEARS)]);
    browser.send(request, body.into()).await.json::<()>();
    let mail = office.next().await;
    assert!(mail.text.contains("Guten Tag Änne,"), "{}", mail.text);
}

#[tokio::test]
async fn signing_up_with_a_known_address_is_answered_like_any_other() {
    let (server, mut office, _) = server_with_ana().await;
    let eve = server.browser();
    let (known, fresh) = (sign_up(&eve, ANA, FOXES).await, sign_up(&eve, "eve@example.org", FOXES).await);
    assert_eq!((known.status, known.text()), (fresh.status, fresh.text()));
    assert_eq!(known.header("location"), fresh.header("location"));
    let told = office.next().await;
    assert_eq!(told.to, ANA);
    assert!(told.text.contains("There is one already"), "{}", told.text);
    assert!(!told.text.contains("/verify/"));
    office.next().await.token("/verify/");
    sign_in(&server.browser(), ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn whoever_signs_up_with_a_foreign_address_gains_nothing_by_its_owners_click() {
    let (server, mut office) = server_with_mail().await;
    sign_up(&server.browser(), ANA, FOXES).await.json::<()>();
    let of_eve = office.next().await.token("/verify/");
    let ana = server.browser();
    sign_up(&ana, ANA, BEARS).await.json::<()>();
    let of_ana = office.next().await.token("/verify/");
    refused(&confirm(&ana, &of_eve, BEARS).await, AccountRefusal::WrongCredentials);
    confirm(&ana, &of_ana, BEARS).await.json::<()>();
    refused(&confirm(&server.browser(), &of_eve, FOXES).await, AccountRefusal::LinkExpired);
    refused(&sign_in(&server.browser(), ANA, FOXES).await, AccountRefusal::WrongCredentials);
}

#[tokio::test]
async fn a_link_that_confirms_expires_after_a_day() {
    let (server, mut office) = server_with_mail().await;
    let browser = server.browser();
    sign_up(&browser, ANA, BEARS).await.json::<()>();
    let token = office.next().await.token("/verify/");
    server.world.pass(24 * HOUR_MS);
    refused(&confirm(&browser, &token, BEARS).await, AccountRefusal::LinkExpired);
}

#[tokio::test]
async fn a_new_password_by_mail_works_once_and_signs_out_everywhere() {
    let (server, mut office, ana) = server_with_ana().await;
    let elsewhere = server.browser();
    let answer = request_reset(&elsewhere, " ANA@example.org").await;
    assert_eq!(answer.header("location"), "/forgot?sent=1");
    let mail = office.next().await;
    assert!(mail.text.contains(&format!("{ORIGIN}/reset/")), "{}", mail.text);
    let token = mail.token("/reset/");
    let page = elsewhere.get(&format!("/reset/{token}")).await;
    assert!(page.text().contains(&token), "{}", page.text());
    refused(&reset(&elsewhere, &token, "short").await, AccountRefusal::PasswordTooShort);
    reset(&elsewhere, &token, FOXES).await.json::<()>();
    assert_eq!((visitor(&ana).await, visitor(&elsewhere).await), (None, None));
    assert!(office.next().await.text.contains("Your password was changed"));
    refused(&reset(&elsewhere, &token, BEARS).await, AccountRefusal::LinkExpired);
    refused(&sign_in(&elsewhere, ANA, BEARS).await, AccountRefusal::WrongCredentials);
    sign_in(&elsewhere, ANA, FOXES).await.json::<()>();
}

#[tokio::test]
async fn a_second_link_dies_with_the_first_and_each_after_an_hour() {
    let (server, mut office, _) = server_with_ana().await;
    let browser = server.browser();
    request_reset(&browser, ANA).await.json::<()>();
    let old = office.next().await.token("/reset/");
    server.world.pass(HOUR_MS);
    refused(&reset(&browser, &old, FOXES).await, AccountRefusal::LinkExpired);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        request_reset(&browser, ANA).await.json::<()>();
        tokens.push(office.next().await.token("/reset/"));
    }
    reset(&browser, &tokens[1], FOXES).await.json::<()>();
    refused(&reset(&browser, &tokens[0], BEARS).await, AccountRefusal::LinkExpired);
}

#[tokio::test]
async fn nobody_learns_by_asking_for_a_link_whether_there_is_an_account() {
    let (server, mut office, _) = server_with_ana().await;
    let browser = server.browser();
    let (known, unknown) =
        (request_reset(&browser, ANA).await, request_reset(&browser, "bo@example.org").await);
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    assert_eq!(office.next().await.to, ANA);
    request_reset(&browser, ANA).await.json::<()>();
    assert_eq!(office.next().await.to, ANA);
    office.assert_empty();
}

#[tokio::test]
async fn nobody_is_flooded_with_mails() {
    let (server, mut office) = server_with_mail().await;
    let mut told = 0;
    for attempt in 0..6 {
        let answer = sign_up(&server.browser(), ANA, &format!("four brown bears {attempt}")).await;
        if answer.status.is_success() {
            told += 1;
            office.next().await;
        } else {
            assert_eq!(answer.refusal(), ErrorCode::TooManyRequests);
        }
    }
    assert_eq!(told, 3);
    office.assert_empty();
    server.world.pass(HOUR_MS);
    sign_up(&server.browser(), ANA, BEARS).await.json::<()>();
}

#[tokio::test]
async fn the_database_holds_no_link_and_no_password() {
    let (mut server, mut office, ana) = server_with_ana().await;
    request_reset(&ana, ANA).await.json::<()>();
    let token = office.next().await.token("/reset/");
    sign_up(&ana, "bo@example.org", FOXES).await.json::<()>();
    let other = office.next().await.token("/verify/");
    server.stopped().await;
    let database = server.folder.stolen().await;
    let holds = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(ANA), "this is the database");
    for secret in [&token, &other, BEARS, FOXES] {
        assert!(!holds(secret), "{secret}");
    }
}

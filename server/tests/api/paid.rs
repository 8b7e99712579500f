//! Rooms that cost something, by forms alone: the terms, the test processor's checkout, and the way in.

use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::Server;
use crate::processor::Processor;
use bytes::Bytes;
use http::{Request, StatusCode};
use model::money::{Currency, Price};
use model::offer::{Access, Length, Overrun, Point, Wishes};
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{Offer, Policy, RoomCode, Schedule};
use protocol::{Barrier, EntryView, Errand, ErrorCode, RoomSettings, Rule};
use serde_json::json;
use server::config::Layer;

pub fn offer(amount: &str) -> Offer {
    let price = Price::parse(amount, Currency::parse("EUR").expect("a currency")).expect("a price");
    let length = Length::new(30).expect("half an hour");
    Offer::new(Wishes::plain(Access::Fixed { price, length })).expect("an offer")
}

pub async fn set(host: &Browser, room: RoomCode, offer: Option<Offer>) -> Answer {
    let settings: RoomSettings = host.call("/api/rooms/settings", &json!({ "room": room })).await.json();
    let errand = Errand::SetPolicy(Box::new(Policy { offer, ..settings.policy }));
    host.call("/api/rooms/errand", &json!({ "room": room, "errand": errand })).await
}

/// A room with an open door for 12.50 EUR, and who hosts it.
pub async fn priced(server: &Server) -> (Browser, RoomCode) {
    let host = server.browser();
    let room = host.create(false).await;
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    (host, room)
}

pub async fn terms(browser: &Browser, room: RoomCode) -> String {
    let arguments = json!({ "room": room, "invite": null });
    let view: EntryView = browser.call("/api/rooms/entry", &arguments).await.json();
    view.price.expect("it costs something").terms
}

pub async fn agree(browser: &Browser, room: RoomCode, terms: &str) -> Answer {
    browser.submit(&format!("/r/{room}/pay"), &[("terms", terms)]).await
}

/// Agrees; the path of the checkout.
pub async fn checkout(browser: &Browser, room: RoomCode) -> String {
    let answer = agree(browser, room, &terms(browser, room).await).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let path = answer.header("location").to_owned();
    assert!(path.starts_with("/test-checkout/"), "{path}");
    path
}

pub async fn choose(browser: &Browser, path: &str, choice: &str) -> Answer {
    browser.submit(path, &[("choice", choice)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_reads_the_terms_pays_and_comes_in() {
    let server = Server::start().await;
    let (_host, room) = priced(&server).await;
    let bo = server.browser();
    let page = bo.get(&format!("/r/{room}")).await;
    let text = page.text();
    assert!(text.contains("This call has a price") && text.contains("12.50 EUR"), "{text}");
    assert!(text.contains(&format!("action=\"/r/{room}/pay\"")), "{text}");
    assert!(!text.contains("entry-name"), "who has not paid need not say who they are");
    assert_eq!(page.header("set-cookie"), "", "looking leaves nothing behind");

    let path = checkout(&bo, room).await;
    let page = bo.get(&path).await;
    assert!(page.text().contains("Test payment") && page.text().contains("Pay 12.50 EUR"), "{}", page.text());
    let back = choose(&bo, &path, "pay").await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, &*format!("/r/{room}")));
    assert!(bo.get(&format!("/r/{room}")).await.text().contains("entry-name"), "now he may come in");
    assert!(!bo.get(&path).await.text().contains("<form"), "it is paid once");

    let cy = Guest::new(&server, room, "Cy");
    cy.browser.get(&path).await;
    let refused = cy.ask().await;
    assert_eq!(refused.refusal(), ErrorCode::Door(Barrier::Unpaid), "a copied link is worth nothing");
    let bo = Guest::with(&server, bo, (room, "Bo"));
    let inside = bo.enter().await;
    assert_eq!(inside.snapshot.participants.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_is_told_and_may_be_tried_again() {
    let server = Server::start().await;
    let (_host, room) = priced(&server).await;
    let bo = server.browser();
    let path = checkout(&bo, room).await;
    let declined = choose(&bo, &path, "decline").await;
    assert_eq!(declined.status, StatusCode::OK);
    assert!(declined.text().contains("role=\"alert\"") && declined.text().contains("<form"));
    let page = bo.get(&format!("/r/{room}")).await;
    assert!(page.text().contains("Pay 12.50 EUR"), "{}", page.text());
    assert_eq!(checkout(&bo, room).await, path, "it is the same checkout");
    assert_eq!(choose(&bo, &path, "pay").await.status, StatusCode::SEE_OTHER);
    assert!(bo.get(&format!("/r/{room}")).await.text().contains("entry-name"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cancelled_is_not_paid_later() {
    let server = Server::start().await;
    let (_host, room) = priced(&server).await;
    let bo = server.browser();
    let path = checkout(&bo, room).await;
    assert_eq!(choose(&bo, &path, "cancel").await.status, StatusCode::SEE_OTHER);
    assert_eq!(choose(&bo, &path, "pay").await.refusal(), ErrorCode::Rule(Rule::NothingToPay));
    assert!(!bo.get(&format!("/r/{room}")).await.text().contains("entry-name"));
    assert_ne!(checkout(&bo, room).await, path, "who tries again gets another");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_agrees_to_what_they_did_not_read() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let bo = server.browser();
    let old = terms(&bo, room).await;
    set(&host, room, Some(offer("15.00"))).await.json::<()>();
    let answer = agree(&bo, room, &old).await;
    assert_eq!(answer.refusal(), ErrorCode::Rule(Rule::OtherTerms));
    for nonsense in ["", "zz", &"0".repeat(64)] {
        let status = agree(&bo, room, nonsense).await.status;
        assert!(status.is_client_error(), "{nonsense}: {status}");
    }
    let foreign = Request::post(format!("/r/{room}/pay"))
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.test")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Bytes::from(format!("terms={}", terms(&bo, room).await));
    assert_eq!(bo.send(foreign, body).await.refusal(), ErrorCode::ForeignOrigin);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_hosts_set_a_price_and_only_what_is_sold() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let guest = server.browser();
    guest.create(false).await;
    let policy = Policy { offer: None, ..Policy::plain(false) };
    let errand = Errand::SetPolicy(Box::new(policy));
    let asked = guest.call("/api/rooms/errand", &json!({ "room": room, "errand": errand })).await;
    assert_eq!(asked.refusal(), ErrorCode::NotHost);
    let free = Offer::new(Wishes::plain(Access::Free)).expect("an offer");
    assert_eq!(set(&host, room, Some(free)).await.refusal(), ErrorCode::Rule(Rule::NotSold));
    for path in ["/test-checkout/nonsense", &format!("/test-checkout/{}", "0".repeat(32))] {
        assert_eq!(guest.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_an_account_gets_the_receipt_by_mail() {
    let (server, mut office, bo) = crate::mails::server_with_ana().await;
    let (host, room) = priced(&server).await;
    let path = checkout(&bo, room).await;
    choose(&bo, &path, "pay").await;
    let errand = async |errand: Errand| {
        host.call("/api/rooms/errand", &json!({ "room": room, "errand": errand })).await.json::<()>();
    };
    let lesson = Schedule {
        starts: "2023-11-20T16:00".parse().expect("a time"),
        zone: "UTC".parse().expect("a zone"),
        length: Minutes::new(30).expect("half an hour"),
        repeat: Repeat::Once,
        until: None,
    };
    errand(Errand::Plan(Some(lesson))).await;
    let mail = office.next().await;
    assert!(mail.text.contains("for another time") && mail.text.contains("/sessions/"), "{}", mail.text);
    errand(Errand::End).await;
    let mail = office.next().await;
    assert_eq!(
        (&*mail.to, mail.text.contains("Sent back: 12.50 EUR")),
        (crate::accounts::ANA, true),
        "{}",
        mail.text
    );
    let link = format!("{}/sessions/", crate::mails::ORIGIN);
    assert!(mail.text.contains(&link) && mail.text.contains("no money moved"), "{}", mail.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_time_is_bought_by_a_form_from_inside() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let wishes = offer("12.50").parts().clone();
    let price = Price::parse("5", Currency::parse("EUR").expect("a currency")).expect("a price");
    let point = Point::During { price, length: Length::new(15).expect("a quarter") };
    let with_more = Offer::new(Wishes { point, overrun: Overrun::Extension, ..wishes }).expect("an offer");
    set(&host, room, Some(with_more)).await.json::<()>();
    let bo = server.browser();
    choose(&bo, &checkout(&bo, room).await, "pay").await;
    let extend = async |browser: &Browser| browser.submit(&format!("/r/{room}/extend"), &[]).await;
    assert_eq!(extend(&bo).await.refusal(), ErrorCode::Rule(Rule::NothingToPay), "nothing has begun");
    let _ana = Guest::with(&server, host, (room, "Ana")).enter().await;
    let bo = Guest::with(&server, bo, (room, "Bo"));
    let bo = bo.enter().await.guest;
    assert_eq!(extend(&server.browser()).await.refusal(), ErrorCode::NoIdentity);
    let answer = extend(&bo.browser).await;
    let path = answer.header("location").to_owned();
    assert!(bo.browser.get(&path).await.text().contains("Pay 5.00 EUR"), "{}", answer.text());
    let back = choose(&bo.browser, &path, "pay").await;
    assert!(back.header("location").starts_with("/sessions/"), "{}", back.header("location"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_tried_out_is_not_sold_on_for_real() {
    let stripe = Processor::open().await;
    let with_key = |key: &str| Layer { stripe_key: Some(key.to_owned()), ..stripe.settings() };
    let mut server = Server::start().await;
    let (_host, room) = priced(&server).await;
    let bo = server.browser();
    let path = checkout(&bo, room).await;
    server.stopped().await;
    // What was only asked for is in no book.
    let mut server = Server::start_in(server.folder.clone(), with_key("sk_live_x")).await;
    server.stopped().await;
    let mut server = Server::start_in(server.folder.clone(), Layer::default()).await;
    let bo = {
        let again = server.browser();
        again.set_cookie(bo.cookie());
        again
    };
    choose(&bo, &path, "pay").await;
    server.stopped().await;
    let refused = Server::try_start(server.folder.clone(), with_key("sk_live_x")).await;
    let words = refused.err().expect("its sums would be one").to_string();
    assert!(words.contains("payments that were tried out") && words.contains("a new database"), "{words}");
    drop(Server::start_in(server.folder.clone(), with_key("sk_test_x")).await);
}

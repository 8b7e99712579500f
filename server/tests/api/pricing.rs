//! Whoever runs the server prices rooms: by the rules of hosts, for whoever agrees from then on, and so that
//! hosts read that it was done.

use crate::accounts::{BEARS, sign_up};
use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::operator::run_by_ana;
use crate::paid::{checkout, choose, offer, priced, set};
use crate::papers::session_of;
use crate::processor::Processor;
use bytes::Bytes;
use http::{Request, StatusCode};
use model::offer::{Access, Cancellation, Step, Wishes};
use model::{Offer, RoomCode};
use protocol::{EntryView, Errand, HistoryView, RoomSettings};
use serde_json::json;
use server::config::Layer;

const PAGE: &str = "/operator/rooms";
/// A call for seven euros.
const CALL: [(&str, &str); 4] =
    [("kind", "per_call"), ("amount", "7,00"), ("currency", "EUR"), ("point", "before")];

async fn price(browser: &Browser, room: RoomCode, fields: &[(&str, &str)]) -> Answer {
    let room = room.to_string();
    let fields: Vec<_> = fields.iter().copied().chain([("room", &*room)]).collect();
    browser.submit(PAGE, &fields).await
}

async fn read(browser: &Browser, room: &str) -> String {
    let page = browser.get(&format!("{PAGE}?room={room}")).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"), "{}", page.text());
    page.text().to_owned()
}

async fn settings(host: &Browser, room: RoomCode) -> RoomSettings {
    host.call("/api/rooms/settings", &json!({ "room": room })).await.json()
}

async fn costs(browser: &Browser, room: RoomCode) -> Option<String> {
    let arguments = json!({ "room": room, "invite": null });
    let view: EntryView = browser.call("/api/rooms/entry", &arguments).await.json();
    view.price.map(|price| price.sentences.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_prices_a_room_that_is_not_theirs() {
    let (server, ana) = run_by_ana(Layer::default()).await;
    let (host, room) = priced(&server).await;
    let other = server.browser();
    other.create(false).await;
    let unknown = server.browser().get("/sessions/0/receipt").await;
    for browser in [&server.browser(), &other, &host] {
        let shown = browser.get(&format!("{PAGE}?room={room}")).await;
        let sent = price(browser, room, &CALL).await;
        for answer in [shown, sent] {
            assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, unknown.text()));
        }
    }
    assert_eq!(settings(&host, room).await.policy.offer, Some(offer("12.50")));
    let form = Request::post(PAGE)
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let elsewhere = ana.send(form, Bytes::from(format!("room={room}&kind=free"))).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "a form of another site's prices nothing");
    assert_eq!(settings(&host, room).await.policy.offer, Some(offer("12.50")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sets_a_price_and_the_hosts_read_who_did() {
    let (server, ana) = run_by_ana(Layer::default()).await;
    let (host, bo) = (server.browser(), server.browser());
    let room = host.create(false).await;
    let link = format!("https%3A%2F%2Fcalls.example%2Fr%2F{room}%3Finvite%3Dx");
    let free = read(&ana, &link).await;
    for said in
        ["Coming in is free", &*room.to_string(), "none: known by a browser alone", "marked as a test"]
    {
        assert!(free.contains(said), "{said}: {free}");
    }
    let saved = price(&ana, room, &CALL).await;
    assert_eq!(saved.header("location"), format!("{PAGE}?room={room}&news=saved"), "{}", saved.text());
    let shown = read(&ana, &format!("{room}&news=saved")).await;
    assert!(shown.contains("You pay 7.00 EUR"), "{shown}");
    assert!(
        shown.contains("agrees to this price") && shown.contains("last set a price here: 2023-"),
        "{shown}"
    );
    assert!(costs(&bo, room).await.is_some_and(|said| said.contains("7.00 EUR")));

    let known = settings(&host, room).await;
    assert!(known.policy.offer.is_some(), "it stands in the settings");
    let policies = host.get(&format!("/r/{room}/policies")).await;
    assert!(
        policies.text().contains("Whoever runs this server last set a price here"),
        "{}",
        policies.text()
    );
    let history: HistoryView = host.call("/api/rooms/history", &json!({ "room": room })).await.json();
    let told = history.happenings.first().expect("something happened");
    assert_eq!((&*told.what, told.by.as_deref()), ("rules_set", Some("Whoever runs this server")));
    let file = host.get(&format!("/r/{room}/history.csv")).await;
    assert!(file.text().contains("priced_by_operator") && !file.text().contains("Ana"), "{}", file.text());

    let taken = price(&ana, room, &[("kind", "free")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    assert!(read(&ana, &format!("{room}&news=saved")).await.contains("Coming in is free from now on"));
    assert_eq!(costs(&bo, room).await, None);
    let policies = host.get(&format!("/r/{room}/policies")).await;
    assert!(policies.text().contains("took the price away here"), "{}", policies.text());
    let file = host.get(&format!("/r/{room}/history.csv")).await;
    assert!(file.text().contains("unpriced_by_operator"), "{}", file.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_a_host_may_sell_an_operator_may_and_policies_stay() {
    let (server, ana) = run_by_ana(Layer::default()).await;
    let host = server.browser();
    sign_up(&host, "hal@example.org", BEARS).await.json::<()>();
    let room = host.create(false).await;
    let plain = Wishes::plain(offer("12.50").parts().access.clone());
    let hours = Step { hours: 48, refund: model::money::Permille::new(500).expect("a half") };
    let cancellation = Cancellation::new(vec![hours]).expect("one step");
    let own = Offer::new(Wishes { cancellation, ..plain }).expect("an offer");
    set(&host, room, Some(own)).await.json::<()>();

    let slot = [
        ("kind", "fixed"),
        ("amount", "900"),
        ("currency", "JPY"),
        ("minutes", "45"),
        ("point", "before"),
        ("more", "300"),
        ("more_minutes", "15"),
    ];
    assert_eq!(price(&ana, room, &slot).await.status, StatusCode::SEE_OTHER);
    let shown = read(&ana, &room.to_string()).await;
    for said in
        ["900 JPY", "45 minutes", "300 JPY", "48 hours", "value=\"900\"", "hal@example.org (address not"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let packs = [
        ("kind", "prepaid"),
        ("currency", "EUR"),
        ("pack1", "60"),
        ("pack1_amount", "40.00"),
        ("most", "30"),
        // What stands in fields that do not belong to it is not read.
        ("amount", "nonsense"),
    ];
    assert_eq!(price(&ana, room, &packs).await.status, StatusCode::SEE_OTHER);
    let sold = settings(&host, room).await.policy.offer.expect("minutes are sold");
    assert!(matches!(&sold.parts().access, Access::Prepaid { packs, .. } if packs.list().len() == 1));

    for (fields, field) in [
        (&[("amount", "-1")][..], "amount"),
        (&[("amount", "")], "amount"),
        (&[("currency", "EURO")], "amount"),
        (&[("kind", "fixed"), ("minutes", "0")], "minutes"),
        (&[("kind", "fixed"), ("minutes", "30"), ("more", "<b>")], "more"),
        (&[("kind", "prepaid"), ("most", "30")], "pack1"),
    ] {
        let mut typed: Vec<_> = CALL.to_vec();
        typed.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
        typed.extend(fields);
        let answer = price(&ana, room, &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let marked = format!("aria-describedby=\"{field}-hint\" aria-invalid=\"true\"");
        assert!(answer.text().contains(&marked), "{fields:?}: {}", answer.text());
        assert!(!answer.text().contains("<b>"), "{}", answer.text());
    }
    assert_eq!(settings(&host, room).await.policy.offer, Some(sold), "nothing was saved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_paid_keeps_what_was_agreed() {
    let (server, ana) = run_by_ana(Layer::default()).await;
    let (host, room) = priced(&server).await;
    let bo = server.browser();
    let at = checkout(&bo, room).await;
    choose(&bo, &at, "pay").await;
    let shown = read(&ana, &room.to_string()).await;
    assert!(shown.contains("are not over: 1. For them it stays as it was agreed"), "{shown}");
    let bo = Guest::with(&server, bo, (room, "Bo")).enter().await;
    let _host = Guest::with(&server, host, (room, "Hal")).enter().await;
    server.world.pass(1_000);
    assert_eq!(price(&ana, room, &CALL).await.status, StatusCode::SEE_OTHER);
    let receipt = format!("{}/receipt", session_of(&bo.guest.browser).await);
    let receipt = bo.guest.browser.get(&receipt).await;
    assert!(
        receipt.text().contains("12.50 EUR") && !receipt.text().contains("7.00 EUR"),
        "{}",
        receipt.text()
    );
    assert!(costs(&server.browser(), room).await.is_some_and(|said| said.contains("7.00 EUR")));
    assert!(read(&ana, &room.to_string()).await.contains("are not over: 1."), "it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_priced_is_said_in_plain_words() {
    let layer = Layer { sellers: vec!["cy@example.org".to_owned()], ..Layer::default() };
    let (server, ana) = run_by_ana(layer).await;
    let host = server.browser();
    let room = host.create(false).await;
    for (typed, said) in
        [("soup%22%3E", "That is no code"), ("bcd-fghj-kmn", "There is no room with this code")]
    {
        let page = ana.get(&format!("{PAGE}?room={typed}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text().contains(said) && !page.text().contains("soup\""), "{}", page.text());
    }
    let shown = read(&ana, &room.to_string()).await;
    assert!(shown.contains("The owner of this room has no account"), "{shown}");
    assert!(!shown.contains("name=\"amount\""), "there is nothing to fill in: {shown}");
    let refused = price(&ana, room, &CALL).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Nothing was saved"), "{}", refused.text());
    assert_eq!(costs(&server.browser(), room).await, None);
    sign_up(&host, "hal@example.org", BEARS).await.json::<()>();
    assert!(read(&ana, &room.to_string()).await.contains("is not among them"));

    let end = json!({ "room": room, "errand": Errand::End });
    host.call("/api/rooms/errand", &end).await.json::<()>();
    let over = read(&ana, &room.to_string()).await;
    assert!(over.contains("This room is over") && !over.contains("method=\"post\""), "{over}");
    assert_eq!(price(&ana, room, &CALL).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn less_than_the_processor_takes_is_refused_to_operators_too() {
    let stripe = Processor::open().await;
    let (server, ana) = run_by_ana(stripe.settings()).await;
    stripe.looked_back(&server).await;
    let room = ana.create(false).await;
    let little: Vec<_> =
        CALL.into_iter().filter(|(name, _)| *name != "amount").chain([("amount", "0.20")]).collect();
    let refused = price(&ana, room, &little).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["takes no amounts as small as this", "value=\"0.20\"", "takes no less than"] {
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
}

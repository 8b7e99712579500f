//! What holds when a paid call goes otherwise than planned: who sets it, what they may type, and whether it
//! stands in the terms that payers read.

use crate::browser::Browser;
use crate::harness::Server;
use crate::paid::set;
use http::StatusCode;
use model::money::{Currency, Price};
use model::offer::{Access, Length, Point, Wishes};
use model::{Offer, RoomCode};
use protocol::EntryView;
use serde_json::json;

const ALL: [(&str, &str); 9] = [
    ("start", "planned"),
    ("wait", "10"),
    ("host", "100"),
    ("payer", "25"),
    ("both", "50"),
    ("overrun", "run_on"),
    ("free", "5"),
    ("hours1", "48"),
    ("back1", "100"),
];

fn euro(amount: &str) -> Price {
    Price::parse(amount, Currency::parse("EUR").expect("a currency")).expect("a price")
}

fn slot() -> Offer {
    let access = Access::Fixed { price: euro("12.50"), length: Length::new(30).expect("half an hour") };
    Offer::new(Wishes::plain(access)).expect("an offer")
}

fn with(others: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = ALL.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others.iter().copied()).collect()
}

async fn sentences(browser: &Browser, room: RoomCode) -> String {
    let arguments = json!({ "room": room, "invite": null });
    let view: EntryView = browser.call("/api/rooms/entry", &arguments).await.json();
    view.price.expect("the room costs something").sentences.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_host_sets_is_what_payers_read() {
    let server = Server::start().await;
    let (ana, bo) = (server.browser(), server.browser());
    let room = ana.create(false).await;
    let page = format!("/r/{room}/policies");
    assert!(ana.get(&page).await.text().contains("Set a price in its settings first"));
    set(&ana, room, Some(slot())).await.json::<()>();
    let shown = ana.get(&page).await;
    assert_eq!(shown.header("cache-control"), "no-store");
    assert!(shown.text().contains("name=\"hours1\" value=\"24\""), "{}", shown.text());
    assert!(!shown.text().contains("value=\"extension\""), "no more time is sold there");

    let saved = ana.submit(&page, &with(&[("hours2", "24"), ("back2", "12,5")])).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, &*format!("{page}?saved")));
    let shown = ana.get(&format!("{page}?saved")).await;
    assert!(shown.text().contains("Whoever agrees from now on agrees to this"), "{}", shown.text());
    let read = sentences(&bo, room).await;
    for sentence in [
        "Your time starts as planned",
        "If the host has not come after 10 minutes, you owe nothing.",
        "If you have not come after 10 minutes, you owe 75 % of the price.",
        "If neither has come after 10 minutes, you owe 50 % of the price.",
        "goes on for up to 5 minutes in all for free",
        "If you cancel at least 48 hours before, you owe nothing.",
        "If you cancel at least 24 hours before, you owe 87.5 % of the price.",
    ] {
        assert!(read.contains(sentence), "{sentence} is not in {read}");
        assert!(shown.text().contains(sentence), "{sentence} is not shown");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_hold_is_marked_and_nothing_is_saved() {
    let server = Server::start().await;
    let (ana, bo) = (server.browser(), server.browser());
    let room = ana.create(false).await;
    set(&ana, room, Some(slot())).await.json::<()>();
    let (page, before) = (format!("/r/{room}/policies"), sentences(&bo, room).await);
    for (others, field) in [
        (&[("wait", "0")][..], "wait"),
        (&[("wait", "<b>")], "wait"),
        (&[("payer", "101")], "payer"),
        (&[("both", "")], "both"),
        (&[("free", "121")], "free"),
        (&[("hours1", "721")], "hours1"),
        (&[("back1", "")], "back1"),
        (&[("hours2", "48"), ("back2", "50")], "hours2"),
        (&[("back1", "50"), ("hours2", "24"), ("back2", "60")], "hours2"),
    ] {
        let answer = ana.submit(&page, &with(others)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{others:?}");
        let text = answer.text();
        let marked = format!("aria-describedby=\"{field}-hint\" aria-invalid=\"true\"");
        assert!(text.contains(&marked) && text.contains("Nothing was saved"), "{others:?}: {text}");
        assert!(!text.contains("<b>"), "{text}");
    }
    assert_eq!(sentences(&bo, room).await, before);
    let bare = ana.submit(&page, &[]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);

    bo.create(false).await;
    for answer in [bo.get(&page).await, bo.submit(&page, &ALL).await, server.browser().get(&page).await] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(!answer.text().contains("12.50"), "{}", answer.text());
    }
    assert_eq!(sentences(&bo, room).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paid_afterwards_keeps_its_trust() {
    let server = Server::start().await;
    let (ana, bo) = (server.browser(), server.browser());
    let room = ana.create(false).await;
    let call = Wishes { point: Point::After, ..Wishes::plain(Access::PerCall { price: euro("7") }) };
    set(&ana, room, Some(Offer::new(call).expect("an offer"))).await.json::<()>();
    let page = format!("/r/{room}/policies");
    let shown = ana.get(&page).await;
    assert!(shown.text().contains("a payer who does not come owes nothing"), "{}", shown.text());
    for field in ["overrun", "payer", "both"] {
        assert!(!shown.text().contains(&format!("name=\"{field}\"")), "{field}");
    }
    ana.submit(&page, &ALL).await;
    let read = sentences(&bo, room).await;
    assert!(read.contains("If you have not come after 10 minutes, you owe nothing."), "{read}");
    assert!(read.contains("If neither has come after 10 minutes, you owe nothing."), "{read}");
}

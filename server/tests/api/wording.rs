//! What payers agree to, in their language, and the English words whose digest is kept, a press away.

use crate::accounts::sign_up;
use crate::browser::{Answer, Browser};
use crate::harness::Server;
use crate::packs::{buy_first, fields, minutes};
use crate::paid::{agree, choose, priced, set, terms};
use crate::papers::session_of;
use bytes::Bytes;
use http::{Request, StatusCode};
use protocol::EntryView;
use serde_json::json;
use ui::words::Words;

const BEARS: &str = "four brown bears";
const ENGLISH: &str = "You pay 12.50 EUR for 30 minutes.";
const GERMAN: &str = "Sie zahlen 12.50 EUR für 30 Minuten.";

async fn read(browser: &Browser, path: &str, language: &str) -> Answer {
    let page = browser.send(Request::get(path).header("accept-language", language), Bytes::new()).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
    page
}

/// What stands before a page's details, and in them.
fn parts(page: &Answer) -> (String, String) {
    let (before, rest) = page.text().split_once("<details").expect("the exact wording is a press away");
    let (within, _) = rest.split_once("</details>").expect("details end");
    (before.to_owned(), within.to_owned())
}

#[test]
fn pages_say_for_how_long_a_place_is_kept() {
    let minutes = domain::places::KEPT_MS / 60_000;
    for (words, unit) in [(Words::of("en"), "minutes"), (Words::of("de"), "Minuten")] {
        let said = words.pay.place_kept;
        assert!(said.contains(&format!(" {minutes} {unit}")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terms_are_read_in_german_and_kept_in_english() {
    let server = Server::start().await;
    let (_host, room) = priced(&server).await;
    let bo = server.browser();
    let digest = terms(&bo, room).await;

    let (said, wording) = parts(&read(&bo, &format!("/r/{room}"), "de-AT, en;q=0.5").await);
    assert!(said.contains(GERMAN) && !said.contains(ENGLISH), "{said}");
    assert!(wording.contains(ENGLISH) && wording.contains("englische Wortlaut"), "{wording}");
    assert!(wording.contains(&digest), "the digest is of the words beside it: {wording}");
    let (said, wording) = parts(&read(&bo, &format!("/r/{room}"), "en").await);
    assert!(said.contains(ENGLISH) && wording.contains(&digest), "{said}{wording}");

    let entry = |language: &'static str| {
        Request::post("/api/rooms/entry")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header("accept-language", language)
    };
    let asked = Bytes::from(json!({ "room": room, "invite": null }).to_string());
    for (language, said) in [("de", vec!["de"]), ("en", Vec::new()), ("fr", Vec::new())] {
        let view: EntryView = bo.send(entry(language), asked.clone()).await.json();
        let price = view.price.expect("it costs something");
        let langs: Vec<_> = price.translations.iter().map(|terms| &*terms.lang).collect();
        assert_eq!((langs, &*price.terms), (said, &*digest), "{language}: it is agreed to in English");
        assert!(price.translations.iter().all(|terms| terms.sentences.len() == price.sentences.len()));
    }

    let led = agree(&bo, room, &digest).await;
    choose(&bo, led.header("location"), "pay").await;
    let receipt = format!("{}/receipt", session_of(&bo).await);
    let german = read(&bo, &receipt, "de").await;
    let (said, wording) = parts(&german);
    assert!(said.contains(GERMAN) && !said.contains(ENGLISH) && wording.contains(ENGLISH), "{said}{wording}");
    assert!(german.text().contains(&digest), "{}", german.text());
    let english = read(&bo, &receipt, "en").await;
    assert!(english.text().contains(ENGLISH) && !english.text().contains("<details"), "{}", english.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_for_a_pack_is_read_before_it_is_bought_and_kept_with_it() {
    let (english, german) = ("Minutes do not expire.", "Minuten verfallen nicht.");
    let (cost, kostet) = ("30 minutes cost 12.50 EUR.", "30 Minuten kosten 12.50 EUR.");
    let server = Server::start().await;
    let (ana, bo) = (server.browser(), server.browser());
    sign_up(&ana, "ana@example.org", BEARS).await.json::<()>();
    sign_up(&bo, "bo@example.org", BEARS).await.json::<()>();
    let room = ana.create(false).await;
    set(&ana, room, Some(minutes("12.50"))).await.json::<()>();
    let shop = format!("/r/{room}/minutes");
    let read_in_german = read(&bo, &shop, "de").await;
    let digest =
        fields(&read_in_german).into_iter().find(|(name, _)| name == "terms").expect("it is agreed to").1;
    let (said, wording) = parts(&read_in_german);
    assert!(said.contains(german) && !said.contains(english), "{said}");
    assert!(wording.contains(english) && wording.contains(cost) && wording.contains(&digest), "{wording}");
    let (said, wording) = parts(&read(&bo, &shop, "en").await);
    assert!(said.contains(english) && wording.contains(cost) && wording.contains(&digest), "{said}{wording}");

    let led = buy_first(&bo, &shop).await;
    choose(&bo, led.header("location"), "pay").await;
    let list = bo.get("/balance").await;
    let (_, rest) = list.text().split_once("href=\"/purchases/").expect("a purchase is listed");
    let path = format!("/purchases/{}", rest.split_once('"').expect("an attribute ends").0);
    for reader in [&bo, &ana] {
        let page = read(reader, &path, "de").await;
        let (said, wording) = parts(&page);
        assert!(said.contains(german) && said.contains(kostet) && wording.contains(cost), "{said}{wording}");
        assert!(page.text().contains(&digest) && page.text().contains("2023-11-14 22:13:20 UTC"), "{path}");
        let page = read(reader, &path, "en").await;
        assert!(page.text().contains(english) && page.text().contains(&digest), "{}", page.text());
    }
}

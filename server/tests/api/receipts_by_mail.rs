//! Receipts by mail for payers without an account: where they leave an address, what comes there, how often,
//! who may not have mails sent, and how it ends.

use crate::disputes::pause;
use crate::guest::Guest;
use crate::harness::PATIENCE;
use crate::mails::with_account;
use crate::paid::{offer, set};
use crate::papers::session_of;
use crate::post::{PostOffice, Received};
use crate::processor::LIVE_KEY;
use crate::stripe::Scene;
use http::StatusCode;
use protocol::{Deed, JoinOutcome};
use server::config::Layer;
use store::sessions::orders;

const BO: &str = "bo@example.org";
const MINUTE_MS: i64 = 60_000;

/// A server that sends mails, and a room for 12.50 EUR.
async fn opened() -> (Scene, PostOffice) {
    let office = PostOffice::open().await;
    let layer = Layer {
        mail_url: Some(format!("smtp://{}", office.addr)),
        mail_from: Some("Anteroom <anteroom@example.org>".to_owned()),
        // Where no money moves, nobody may have mails sent by paying.
        stripe_key: Some(LIVE_KEY.to_owned()),
        ..Layer::default()
    };
    (Scene::set_with(layer).await, office)
}

/// Bo pays; the address of his session.
async fn paid(scene: &Scene) -> String {
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    session_of(&scene.bo).await
}

/// Bo and the host meet for ten minutes, and the host ends it.
async fn meet(scene: &Scene) {
    let come = async |browser: &crate::browser::Browser, name| {
        let guest = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, name) };
        guest.browser.set_cookie(browser.cookie());
        assert!(matches!(guest.ask().await.json(), JoinOutcome::Joined { .. }));
        guest
    };
    let (_bo, host) = (come(&scene.bo, "Bo").await, come(&scene.host, "Ana").await);
    scene.stripe.pass(&scene.server, 10_000);
    host.deed(Deed::End).await.json::<()>();
}

/// What the receipt says once Bo has left an address there.
async fn left(scene: &Scene, session: &str, address: &str) -> String {
    let answer = scene.bo.submit(&format!("{session}/address"), &[("email", address)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let to = answer.header("location").to_owned();
    scene.bo.get(to.split('#').next().expect("a path")).await.text().to_owned()
}

/// Waits until everything is carried out that was ordered.
async fn written(scene: &Scene) {
    let store = scene.store().await;
    let writing = async {
        while orders::count(&store).await.expect("they are counted").0 > 0 {
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, writing).await.expect("all is written in time");
    store.close().await;
}

/// The host gives back half a euro.
async fn give_back(scene: &Scene, session: &str, number: u128) {
    let number = format!("{number:032x}");
    let fields = [("refund", &*number), ("what", "part"), ("amount", "0.50")];
    let answer = scene.host.submit(&format!("{session}/refund"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

fn is_told(mail: &Received, to: &str, words: &[&str]) {
    assert_eq!(mail.to, to);
    for word in words {
        assert!(mail.text.contains(word), "{word}: {}", mail.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_reads_of_their_money_at_the_address_that_they_leave() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    let page = scene.bo.get(&format!("{session}/receipt")).await;
    assert!(page.text().contains("Leave an address"), "{}", page.text());
    assert!(left(&scene, &session, "bo at home").await.contains("This is no mail address"));
    let page = left(&scene, &session, &format!(" {BO} ")).await;
    assert!(page.contains("The receipt is sent when the call is over"), "{page}");
    assert!(page.contains("go to bo@example.org"), "{page}");
    meet(&scene).await;
    is_told(&office.next().await, BO, &["Hello,", "12.50 EUR", &format!("{session}/receipt")]);
    // It was lost, or is wanted elsewhere: it comes at once.
    let page = left(&scene, &session, "office@example.org").await;
    assert!(page.contains("The receipt is on its way"), "{page}");
    is_told(&office.next().await, "office@example.org", &["12.50 EUR"]);
    assert!(left(&scene, &session, "unknown@example.org").await.contains("does not take this address"));
    assert!(left(&scene, &session, BO).await.contains("Too many mails"), "a session takes a few");
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_gets_no_flood() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    meet(&scene).await;
    // The receipt of the end itself goes nowhere: it was written before anybody left an address.
    written(&scene).await;
    for _ in 0..3 {
        assert!(left(&scene, &session, BO).await.contains("on its way"));
        is_told(&office.next().await, BO, &["12.50 EUR"]);
    }
    assert!(left(&scene, &session, BO).await.contains("Too many mails"));
    scene.stripe.pass(&scene.server, 60 * MINUTE_MS);
    assert!(left(&scene, &session, BO).await.contains("Too many mails"), "nor does it later");
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_payer_whose_money_came_and_who_is_not_reached_leaves_an_address() {
    let (scene, mut office) = opened().await;
    // Who has agreed and not paid could have strangers written to for nothing.
    scene.depart().await;
    let session = session_of(&scene.bo).await;
    let address = format!("{session}/address");
    let refused = async |browser: &crate::browser::Browser| {
        browser.submit(&address, &[("email", "victim@example.org")]).await.status
    };
    assert!(!scene.bo.get(&format!("{session}/receipt")).await.text().contains("Leave an address"));
    assert_eq!(refused(&scene.bo).await, StatusCode::NOT_FOUND);
    let session = paid(&scene).await;
    assert_eq!(format!("{session}/address"), address, "it is the same session");
    assert_eq!(refused(&scene.host).await, StatusCode::NOT_FOUND);
    assert_eq!(refused(&scene.server.browser()).await, StatusCode::NOT_FOUND);
    assert!(!scene.host.get(&format!("{session}/receipt")).await.text().contains("Leave an address"));
    // Whoever has an account reads there.
    let cy = with_account(&scene.server, &mut office, "cy@example.org").await;
    let scene = Scene { bo: cy, ..scene };
    let session = paid(&scene).await;
    assert!(!scene.bo.get(&format!("{session}/receipt")).await.text().contains("Leave an address"));
    let answer = scene.bo.submit(&format!("{session}/address"), &[("email", "victim@example.org")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_who_gives_back_in_parts_floods_no_address() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    left(&scene, &session, BO).await;
    for number in 1..9 {
        give_back(&scene, &session, number).await;
    }
    written(&scene).await;
    for _ in 0..5 {
        is_told(&office.next().await, BO, &["/receipt"]);
    }
    office.assert_empty();
    let page = scene.bo.get(&format!("{session}/receipt")).await;
    assert!(page.text().contains("4.00 EUR"), "the page says all of it: {}", page.text());
    meet(&scene).await;
    is_told(&office.next().await, BO, &["12.50 EUR", "/receipt"]);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_does_not_come_twice_where_page_and_end_both_tell_it() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    left(&scene, &session, "busy@example.org").await;
    meet(&scene).await;
    // The order of the end waits for the mail server, and meanwhile the page tells it elsewhere.
    let store = scene.store().await;
    let waiting = async {
        while orders::load_troubled(&store, 9).await.expect("they are read").is_empty() {
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it fails in time");
    store.close().await;
    assert!(left(&scene, &session, BO).await.contains("on its way"));
    is_told(&office.next().await, BO, &["12.50 EUR"]);
    scene.stripe.pass(&scene.server, MINUTE_MS);
    // Somebody orders something, so that it is looked at once what is due.
    let room = scene.host.create(false).await;
    set(&scene.host, room, Some(offer("12.50"))).await.json::<()>();
    let scene = Scene { room, ..scene };
    paid(&scene).await;
    written(&scene).await;
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_withdrawn_by_its_payer_and_there_may_be_another() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    let withdraw = format!("{session}/address/withdraw");
    assert_eq!(scene.host.submit(&withdraw, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(left(&scene, &session, BO).await.contains(&format!("action=\"{withdraw}\"")));
    let answer = scene.bo.submit(&withdraw, &[]).await;
    let to = answer.header("location").split('#').next().expect("a path").to_owned();
    let page = scene.bo.get(&to).await;
    assert!(page.text().contains("The address is forgotten"), "{}", page.text());
    assert!(page.text().contains("Leave an address") && !page.text().contains(BO), "{}", page.text());
    meet(&scene).await;
    written(&scene).await;
    office.assert_empty();
    assert!(left(&scene, &session, "office@example.org").await.contains("on its way"));
    is_told(&office.next().await, "office@example.org", &["12.50 EUR"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_mailed_unasked_stops_it_by_the_link_in_each_mail() {
    let (scene, mut office) = opened().await;
    let session = paid(&scene).await;
    left(&scene, &session, BO).await;
    give_back(&scene, &session, 1).await;
    let mail = office.next().await;
    let path = format!("{session}/mails?key=");
    let key = mail.token(&path);
    assert_eq!(key.len(), 32, "{}", mail.text);
    let unfolded = mail.text.replace("\n ", "").replace("=\n", "");
    assert!(unfolded.contains("List-Unsubscribe: <http") && unfolded.contains(&key), "{}", mail.text);

    // Whoever reads the mail is nobody here.
    let reader = scene.server.browser();
    let other = reader.get(&format!("{path}{}", "0".repeat(32))).await;
    assert!(other.text().contains("This link stops no mails") && !other.text().contains("<form"));
    let asked = reader.get(&format!("{path}{key}")).await;
    assert!(asked.text().contains("Send me no more mails") && !asked.text().contains("<script"));
    assert_eq!(asked.header("set-cookie"), "", "looking leaves nothing behind");
    assert!(scene.bo.get(&format!("{session}/receipt")).await.text().contains(BO), "looking stops nothing");
    reader.submit(&format!("{session}/mails"), &[("key", &"0".repeat(32))]).await;
    assert!(scene.bo.get(&format!("{session}/receipt")).await.text().contains(BO), "nor does guessing");
    let done = reader.submit(&format!("{session}/mails"), &[("key", &key)]).await;
    assert_eq!(done.header("location"), format!("{session}/mails"), "{}", done.text());
    assert_eq!(reader.get(&format!("{path}{key}")).await.text(), other.text());

    give_back(&scene, &session, 2).await;
    meet(&scene).await;
    written(&scene).await;
    office.assert_empty();
    let page = scene.bo.get(&format!("{session}/receipt")).await;
    assert!(
        page.text().contains("goes out by mail any more") && !page.text().contains(BO),
        "{}",
        page.text()
    );
    assert!(left(&scene, &session, BO).await.contains("Too many mails"), "nor may the payer begin again");
    office.assert_empty();
}

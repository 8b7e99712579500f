//! What accounts of hosts' own told while nobody listened: it is read to its end, however much it is, and one
//! list keeps no other waiting.

use crate::connect::agree_to_the_cent;
use crate::connected::{is_read, pay};
use crate::operator::read_until;
use crate::paid::offer;
use crate::platform::Connected;
use domain::session::Status;
use serde_json::json;

const DAY_MS: i64 = 24 * 3_600_000;
/// More than was ever read of one day.
const MUCH: i64 = 10_100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_which_much_is_told_is_read_to_its_end() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = pay(&scene).await;
    let scene = Connected::away(scene, DAY_MS, |stripe| {
        let mut books = stripe.books();
        books.dispute(&checkout, "created", "needs_response");
        // The host sells a lot elsewhere.
        let sold = json!({ "id": "pi_own", "status": "succeeded", "currency": "eur", "metadata": {} });
        let like = books.event_at(&account, "payment_intent.succeeded", &sold);
        let begun = like["created"].as_i64().expect("a time");
        for number in 1..MUCH {
            let mut event = like.clone();
            event["id"] = json!(format!("evt_own_{number}"));
            event["created"] = json!(begun + number * (DAY_MS / 1_000) / MUCH);
            books.events.push(event);
        }
    })
    .await;
    is_read(&scene, &account).await;
    assert_eq!(scene.status(&checkout).await, Status::Disputed, "the first of all that was told");
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_asked_about_once_however_often_it_is_named_while_nobody_listened() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = scene.depart().await;
    let scene = Connected::away(scene, DAY_MS, |stripe| {
        let mut books = stripe.books();
        // Its owner writes our number on payments of their own.
        let metadata = books.checkouts[&checkout]["metadata"].clone();
        let forged = json!({
            "id": "pi_own", "status": "succeeded", "amount_received": 1250, "currency": "eur",
            "metadata": metadata,
        });
        for _ in 0..300 {
            books.event_at(&account, "payment_intent.succeeded", &forged);
        }
        books.pay(&checkout);
        books.asked.clear();
        // And who runs the server gave the key too few rights.
        books.hides_own_list = true;
    })
    .await;
    is_read(&scene, &account).await;
    // The session was over when the money came.
    scene.until("the money goes back", |stripe| stripe.books().returned() == 1_250).await;
    let path = format!("GET /v1/checkout/sessions/{checkout}");
    let asked = scene.stripe.books().asked.iter().filter(|asked| **asked == path).count();
    assert!(asked <= 3, "asked {asked} times, with those who ask about what is silent");
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stripe_knows_nothing_of_any_more_keeps_no_list_from_being_read() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = scene.depart().await;
    let scene = Connected::away(scene, DAY_MS, |stripe| {
        let mut books = stripe.books();
        books.pay(&checkout);
        books.checkouts.remove(&checkout);
    })
    .await;
    is_read(&scene, &account).await;
    read_until(&scene.host, "/operator/words", "12.50 EUR").await;
}

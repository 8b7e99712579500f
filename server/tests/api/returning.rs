//! Money on its way back: whether it went, did not arrive, or is still under way, everybody reads what is so; and
//! it goes once.

use crate::connect::{agree_to_the_cent, until_they_have};
use crate::connected::pay;
use crate::operator::read_until;
use crate::paid::offer;
use crate::papers::session_of;
use crate::platform::Connected;
use crate::processor::{Manner, Processor};
use crate::stripe::Scene;
use http::StatusCode;
use model::{Currency, Money, OutboxId, PaymentId, UnixMillis};
use serde_json::{Value, json};
use server::stripe::Stripe;
use service::payments::{Instruction, PaymentProvider, ProviderError};
use service::time::Ambient;
use store::sessions::orders;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const ON_ITS_WAY: &str = "12.50 EUR of it is on its way";
const NOT_GONE: &str = "12.50 EUR of it did not arrive";
const ORDERS: &str = "/operator/orders";
const ALL_DONE: &str = "Every order was carried out";

/// Bo has paid a host who runs the server as well, who ended the room; his bank takes its time.
async fn going() -> (Scene, String, String) {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    pay(&scene).await;
    scene.stripe.books().goes_slowly = Some("pending");
    scene.end().await;
    scene.until("it is asked for", |stripe| stripe.books().refunds.len() == 1).await;
    let page = read_until(&scene.host, ORDERS, "it is on its way: Stripe says pending").await;
    assert!(!page.contains("name=\"order\""), "there is nothing to decide: {page}");
    let receipt = format!("{}/receipt", session_of(&scene.bo).await);
    (scene, account, receipt)
}

async fn says(scene: &Scene, receipt: &str, said: [bool; 2]) {
    let is_so = async || {
        let page = scene.bo.get(receipt).await;
        [ON_ITS_WAY, NOT_GONE].map(|sentence| page.text().contains(sentence)) == said
    };
    scene.until_async(&format!("on its way, not gone: {said:?}"), is_so).await;
}

/// How often a refund was asked for.
fn asked_for(stripe: &Processor) -> usize {
    stripe.books().asked.iter().filter(|asked| **asked == "POST /v1/refunds").count()
}

/// When the order that waits is looked at again.
async fn due_at(scene: &Scene) -> Option<UnixMillis> {
    let store = scene.store().await;
    let waiting = orders::load_troubled(&store, 9).await.expect("they are read");
    store.close().await;
    waiting.first().and_then(|order| order.due_at)
}

/// Whatever is due is looked through at once.
async fn look(scene: &Scene) {
    scene.host.submit(ORDERS, &[("order", &"0".repeat(32)), ("what", "again")]).await;
}

/// The operator has it sent again.
async fn again(scene: &Scene) {
    let page = read_until(&scene.host, ORDERS, "name=\"order\" value=\"").await;
    let (_, rest) = page.split_once("name=\"order\" value=\"").expect("it was found");
    let order = rest.split_once('"').expect("an attribute ends").0;
    scene.host.submit(ORDERS, &[("order", order), ("what", "again")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_has_gone_when_stripe_says_so_and_not_before() {
    let (scene, account, receipt) = going().await;
    says(&scene, &receipt, [true, false]).await;
    // Whoever owns the account says so before it is; and what is asked about is not asked for again.
    let mut lie = scene.stripe.books().refunds[0].clone();
    lie["status"] = json!("succeeded");
    let lie = scene.stripe.books().event_at(&account, "refund.updated", &lie);
    let looked =
        |stripe: &Processor| stripe.books().asked.iter().filter(|it| **it == "GET /v1/refunds").count();
    let before = looked(&scene.stripe);
    // Nor is that done for what is told of a refund of their own, on which they wrote our order.
    let mut own = lie.clone();
    own["data"]["object"]["payment_intent"] = json!("pi_own");
    let waits = due_at(&scene).await;
    scene.tell_all(&[own]).await;
    assert_eq!((due_at(&scene).await, looked(&scene.stripe)), (waits, before));
    scene.tell_all(&[lie]).await;
    scene.until("it is looked at", |stripe| looked(stripe) > before).await;
    let waiting = scene.stripe.books().refund_is("requires_action");
    scene.tell_all(&[waiting]).await;
    scene.stripe.pass(&scene.server, HOUR_MS);
    look(&scene).await;
    read_until(&scene.host, ORDERS, "Stripe says requires_action").await;
    says(&scene, &receipt, [true, false]).await;
    let gone = scene.stripe.books().refund_is("succeeded");
    scene.tell_all(&[gone]).await;
    says(&scene, &receipt, [false, false]).await;
    read_until(&scene.host, ORDERS, ALL_DONE).await;
    assert_eq!(asked_for(&scene.stripe), 1);
    until_they_have(&scene, &account, (0, 0)).await;
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_did_not_arrive_after_a_while_is_for_the_operator_to_send_again() {
    let (scene, account, receipt) = going().await;
    let failed = scene.stripe.books().refund_is("canceled");
    scene.tell_all(std::slice::from_ref(&failed)).await;
    says(&scene, &receipt, [false, true]).await;
    assert_eq!(scene.stripe.books().returned(), 0);
    scene.stripe.pass(&scene.server, HOUR_MS);
    look(&scene).await;
    says(&scene, &receipt, [false, true]).await;
    assert_eq!(asked_for(&scene.stripe), 1, "nobody sends it again by themselves");
    again(&scene).await;
    scene.until("it is sent again", |stripe| stripe.books().returned() == 1_250).await;
    says(&scene, &receipt, [true, false]).await;
    // What is told of the first one once more is about no other.
    scene.tell_all(&[failed]).await;
    says(&scene, &receipt, [true, false]).await;
    let gone = scene.stripe.books().refund_is("succeeded");
    scene.tell_all(&[gone]).await;
    says(&scene, &receipt, [false, false]).await;
    agree_to_the_cent(&scene).await;
    assert_eq!(scene.stripe.books().balance(Some(&account)), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_it_ends_is_seen_within_a_minute_or_the_hour_if_nobody_tells() {
    for (ends, said, sentence) in
        [("succeeded", [false, false], ALL_DONE), ("failed", [false, true], "given up")]
    {
        let (scene, _, receipt) = going().await;
        if ends == "failed" {
            // After a minute it stood as before.
            let before = due_at(&scene).await;
            scene.stripe.pass(&scene.server, MINUTE_MS);
            look(&scene).await;
            let in_an_hour = scene.server.world.now().plus(HOUR_MS);
            scene.until_async("it is looked at", async || due_at(&scene).await == Some(in_an_hour)).await;
            assert!(before < Some(in_an_hour));
            scene.stripe.books().refund_is(ends);
            scene.stripe.pass(&scene.server, HOUR_MS);
        } else {
            scene.stripe.books().refund_is(ends);
            scene.stripe.pass(&scene.server, MINUTE_MS);
        }
        look(&scene).await;
        says(&scene, &receipt, said).await;
        read_until(&scene.host, ORDERS, sentence).await;
        assert_eq!(asked_for(&scene.stripe), 1, "{ends}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_that_failed_undoes_no_other_order() {
    let (scene, account, receipt) = going().await;
    let gone = scene.stripe.books().refund_is("succeeded");
    scene.tell_all(&[gone]).await;
    says(&scene, &receipt, [false, false]).await;
    // Whoever owns the account sends a part back there, writes our order on it, and it fails.
    let mut own = scene.stripe.books().refunds[0].clone();
    own["id"] = json!("re_own");
    own["status"] = json!("failed");
    own["amount"] = json!(100);
    scene.stripe.books().refunds.insert(0, own.clone());
    let event = scene.stripe.books().event_at(&account, "refund.failed", &own);
    assert_eq!(scene.tell(&event).await, StatusCode::OK);
    read_until(&scene.host, "/operator/words", "1.00 EUR").await;
    read_until(&scene.host, ORDERS, ALL_DONE).await;
    says(&scene, &receipt, [false, false]).await;
}

/// Refunds of the same payment that somebody else made, a cent each.
fn others(scene: &Scene, like: &Value) {
    let mut books = scene.stripe.books();
    for number in 0..250 {
        let mut other = like.clone();
        other["id"] = json!(format!("re_other_{number}"));
        other["metadata"] = json!({});
        other["amount"] = json!(1);
        books.refunds.push(other);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_back_is_found_however_much_stands_before_it() {
    let scene = Scene::set().await;
    let checkout = pay(&scene).await;
    let payment = scene.stripe.books().checkouts[&checkout]["client_reference_id"].clone();
    let payment: PaymentId = payment.as_str().expect("a text").parse().expect("an id");
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let amount = Money::new(500, Currency::parse("EUR").expect("a currency"));
    let order =
        async || stripe.carry_out(OutboxId::from_bits(1), Instruction::Refund { payment, amount }).await;
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    assert!(matches!(order().await, Err(ProviderError::Away(_))));
    let first = scene.stripe.books().refunds[0].clone();
    others(&scene, &first);
    // Keys are forgotten after a day.
    scene.stripe.books().forget_keys();
    assert!(order().await.is_ok());
    assert_eq!(scene.stripe.books().returned(), 750);
    assert_eq!(asked_for(&scene.stripe), 1);
    // A list without an end says nothing of what stands in it.
    for _ in 0..20 {
        others(&scene, &first);
    }
    scene.stripe.books().refunds.remove(0);
    assert!(matches!(order().await, Err(ProviderError::Away(_))));
    assert_eq!(asked_for(&scene.stripe), 1);
    store.close().await;
}

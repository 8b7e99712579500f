//! What accounts of hosts' own tell and is not so: their owners can make payments, refunds and words of their
//! own there. Words of the other mode, and shares in other currencies than the price.

use crate::accounts::{ANA, BEARS, sign_up};
use crate::browser::Browser;
use crate::connect::{agree_to_the_cent, until_they_have};
use crate::connected::{is_read, pay};
use crate::harness::Server;
use crate::operator::read_until;
use crate::paid::offer;
use crate::platform::Connected;
use crate::processor::{Manner, Processor, SITE};
use crate::stripe::Scene;
use domain::session::{Status, What};
use http::StatusCode;
use model::{Currency, Money, OutboxId, PaymentId, RoomName};
use protocol::ErrorCode;
use serde_json::{Value, json};
use server::config::Layer;
use server::stripe::Stripe;
use service::payments::{Back, Checkout, Direct, Instruction, PaymentProvider, ProviderError};
use service::time::Ambient;
use store::{merchants, sessions, stripe_checkouts};

const DAY_MS: i64 = 24 * 3_600_000;
const PAGE: &str = "/earnings/payouts";

fn payment_of(scene: &Scene, checkout: &str) -> PaymentId {
    let payment = scene.stripe.books().checkouts[checkout]["client_reference_id"].clone();
    payment.as_str().expect("a text").parse().expect("an id")
}

/// How often a declined card stands in the record of a session.
async fn declines(scene: &Scene, checkout: &str) -> usize {
    let store = scene.store().await;
    let events = sessions::load_events(&store, scene.session(checkout)).await.expect("they are read");
    store.close().await;
    events.iter().filter(|event| matches!(event.what, What::Declined { .. })).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_goes_back_in_the_currency_in_which_it_came() {
    let Connected { scene, account } = Connected::set().await;
    scene.stripe.books().settles.insert(account, ("chf", 93));
    let checkout = pay(&scene).await;
    let payment = payment_of(&scene, &checkout);
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let euro = Currency::parse("EUR").expect("a currency");
    let order = async |order: u128, minor| {
        let what = Instruction::ReturnFee { payment, amount: Money::new(minor, euro) };
        ordered(&scene, &checkout, order, what).await;
        let done = stripe.carry_out(OutboxId::from_bits(order), what).await;
        let back =
            scene.stripe.books().fees.values().next().expect("there is one")["amount_refunded"].clone();
        (!matches!(done, Err(ProviderError::Refused(_))), back.as_i64().expect("a number"))
    };
    // 1.16 CHF came of the share of 1.25 EUR. Parts of it come to the same as the whole.
    assert_eq!(order(1, 25).await, (true, 23));
    scene.stripe.books().forget_keys();
    assert_eq!(order(1, 25).await, (true, 23), "once, however often it is asked for");
    assert_eq!(order(2, 50).await, (true, 70));
    assert_eq!(order(3, 50).await, (true, 116));
    assert_eq!(order(4, 1).await, (false, 116), "nothing is left of it");
    assert_eq!(order(5, 0).await, (true, 116), "of nothing nothing has to be left");
    store.close().await;
}

/// Notes an order as one of a session that was carried out.
async fn ordered(scene: &Scene, checkout: &str, order: u128, what: Instruction) {
    let (id, what) = (OutboxId::from_bits(order), serde_json::to_string(&what).expect("plain data"));
    let session = scene.session(checkout).to_hex();
    let sql = format!(
        "insert into session_orders (id, session_id, at, instruction, due_at, done_at) \
         values ('{}', '{session}', {order}, '{what}', {order}, {order}) on conflict do nothing",
        id.to_hex()
    );
    scene.server.folder.tamper(&sql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_a_share_that_are_nothing_where_it_came_come_to_the_whole() {
    let Connected { scene, account } = Connected::set().await;
    // 1.25 EUR are 1 there.
    scene.stripe.books().settles.insert(account, ("jpy", 1));
    let checkout = pay(&scene).await;
    let payment = payment_of(&scene, &checkout);
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let euro = Currency::parse("EUR").expect("a currency");
    let mut back = Vec::new();
    for (order, minor) in [(1, 50), (2, 50), (3, 25)] {
        let what = Instruction::ReturnFee { payment, amount: Money::new(minor, euro) };
        ordered(&scene, &checkout, order, what).await;
        let done = stripe.carry_out(OutboxId::from_bits(order), what).await;
        assert!(done.is_ok(), "{order}: {done:?}");
        let fee = scene.stripe.books().fees.values().next().expect("there is one").clone();
        back.push(fee["amount_refunded"].as_i64().expect("a number"));
    }
    assert_eq!(back, [0, 1, 1]);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_was_let_go_no_share_has_to_go_back() {
    let Connected { scene, .. } = Connected::set().await;
    crate::holds::plan(&scene, "2023-11-15T22:30").await;
    let checkout = crate::holds::held(&scene).await;
    scene.stripe.books().intent_of(&checkout)["status"] = json!("canceled");
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let amount = Money::new(125, Currency::parse("EUR").expect("a currency"));
    let what = Instruction::ReturnFee { payment: payment_of(&scene, &checkout), amount };
    let done = stripe.carry_out(OutboxId::from_bits(1), what).await;
    assert!(done.is_ok(), "{done:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_the_other_mode_are_passed_over() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let live = |mut event: Value| {
        event["livemode"] = json!(true);
        event
    };
    let page = async || scene.host.get(PAGE).await.text().to_owned();
    let cut = scene.stripe.books().event_at(&account, "account.application.deauthorized", &json!({}));
    assert_eq!(scene.tell(&live(cut)).await, StatusCode::OK);
    assert!(page().await.contains("takes payments."));
    scene.stripe.books().asked.clear();
    let changed = scene.stripe.books().set_account(&account, (true, true), None);
    assert_eq!(scene.tell(&live(changed.clone())).await, StatusCode::OK);
    assert!(scene.stripe.books().asked.is_empty(), "it says nothing of this account");
    assert_eq!(scene.tell(&changed).await, StatusCode::OK);
    assert_eq!(scene.stripe.books().asked.len(), 1);

    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    for event in &told {
        assert_eq!(scene.tell(&live(event.clone())).await, StatusCode::OK);
    }
    assert!(!scene.is_open().await);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    let dispute = scene.stripe.books().dispute(&checkout, "created", "needs_response");
    scene.stripe.books().withdrawn.clear();
    assert_eq!(scene.tell(&live(dispute)).await, StatusCode::OK);
    // Neither are they when they are read.
    let scene = Connected::away(scene, DAY_MS, |stripe| {
        for event in &mut stripe.books().events {
            event["livemode"] = json!(true);
        }
    })
    .await;
    is_read(&scene, &account).await;
    assert_eq!(scene.status(&checkout).await, Status::Confirmed);
    agree_to_the_cent(&scene).await;
}

/// What is told of a refund at an account, as its owner could write it.
fn failed(scene: &Scene, account: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut refund = scene.stripe.books().refunds.last().expect("something went back").clone();
    refund["status"] = json!("failed");
    change(&mut refund);
    scene.stripe.books().event_at(account, "refund.failed", &refund)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_went_back_is_not_said_to_be_lost_by_whoever_took_it() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    pay(&scene).await;
    scene.end().await;
    until_they_have(&scene, &account, (0, 0)).await;
    let is_set_aside = async || {
        let page = scene.host.get("/operator/orders").await;
        page.text().contains("did not go back")
    };
    let owned = |refund: &mut Value| {
        refund["id"] = json!("re_own");
        refund["payment_intent"] = json!("pi_own");
    };
    let invented = |refund: &mut Value| refund["id"] = json!("re_none");
    // Of another account; one that is not true; one that is nobody's; and one of their own, which is there.
    let lies = [
        failed(&scene, "acct_other", |_| {}),
        failed(&scene, &account, |_| {}),
        failed(&scene, &account, invented),
        failed(&scene, &account, owned),
    ];
    let own = lies[3]["data"]["object"].clone();
    scene.stripe.books().refunds.insert(0, own);
    for lie in &lies {
        assert_eq!(scene.tell(lie).await, StatusCode::OK, "{lie}");
        assert!(!is_set_aside().await, "{lie}");
    }
    scene.stripe.books().refunds.remove(0);
    let told = scene.stripe.books().bounce();
    scene.tell_all(&[told]).await;
    assert!(is_set_aside().await, "what is true is believed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_declined_at_our_own_checkout_alone_and_once() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    let metadata = scene.stripe.books().checkouts[&checkout]["metadata"].clone();
    for number in 0..4 {
        let forged = json!({
            "id": format!("pi_own_{number}"), "object": "payment_intent", "status": "requires_payment_method",
            "amount": 1250, "currency": "eur", "metadata": metadata,
        });
        let event = scene.stripe.books().event_at(&account, "payment_intent.payment_failed", &forged);
        assert_eq!(scene.tell(&event).await, StatusCode::OK);
    }
    assert_eq!(declines(&scene, &checkout).await, 0, "nobody has tried to pay");
    for _ in 0..3 {
        let told = scene.stripe.books().decline(&checkout);
        scene.tell_all(&[told.clone(), told]).await;
    }
    assert_eq!(declines(&scene, &checkout).await, 1);
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tells_without_end_is_not_asked_without_end() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    // Cy pays, of which nobody hears.
    let cys = Connected::depart(&scene, &scene.server.browser()).await;
    scene.stripe.books().pay(&cys);
    scene.stripe.pass(&scene.server, 1_000);
    let metadata = scene.stripe.books().checkouts[&checkout]["metadata"].clone();
    let forged = json!({
        "id": "pi_own", "object": "payment_intent", "status": "succeeded", "amount_received": 1250,
        "currency": "eur", "metadata": metadata,
    });
    scene.stripe.books().asked.clear();
    let mut answers = Vec::new();
    for _ in 0..40 {
        let event = scene.stripe.books().event_at(&account, "payment_intent.succeeded", &forged);
        answers.push(scene.tell(&event).await);
    }
    let are_taken = answers.iter().all(|answer| *answer == StatusCode::OK);
    assert!(are_taken, "Stripe shuts an endpoint that fails for long: {answers:?}");
    // What was told and not asked about is read, and so is all that was told besides.
    scene.until_async("it is read", async || scene.status(&cys).await == Status::Confirmed).await;
    let path = format!("GET /v1/checkout/sessions/{checkout}");
    let asked = scene.stripe.books().asked.iter().filter(|asked| **asked == path).count();
    assert!((30..=31).contains(&asked), "asked {asked} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tells_without_end_of_what_is_in_no_list_is_no_failure_of_ours() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    let forged = scene.stripe.books().checkouts[&checkout].clone();
    let movement = json!({
        "id": "pi_own", "object": "payment_intent", "status": "requires_payment_method", "amount": 1250,
        "currency": "eur", "metadata": forged["metadata"],
    });
    scene.stripe.books().asked.clear();
    for (kind, object) in [
        ("payment_intent.payment_failed", &movement),
        ("checkout.session.expired", &forged),
        ("checkout.session.async_payment_failed", &forged),
    ] {
        for _ in 0..40 {
            let event = scene.stripe.books().event_at(&account, kind, object);
            assert_eq!(
                scene.tell(&event).await,
                StatusCode::OK,
                "Stripe shuts an endpoint that fails: {kind}"
            );
        }
    }
    let asked = scene.stripe.books().asked.len();
    assert!((30..=32).contains(&asked), "asked {asked} times");
    // What Stripe alone cannot answer is told again.
    scene.stripe.pass(&scene.server, 60_000);
    scene.stripe.books().is_away = true;
    let event = scene.stripe.books().lapse(&checkout);
    assert_eq!(scene.tell(&event).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_of_a_new_account_beyond_that_is_asked_about_later() {
    let scene = Connected::unconnected().await;
    let account = Connected::begin(&scene).await;
    for _ in 0..30 {
        let told = scene.stripe.books().set_account(&account, (false, false), None);
        scene.tell_all(&[told]).await;
    }
    let told = scene.stripe.books().finish(&account);
    scene.tell_all(&[told]).await;
    let store = scene.store().await;
    let is_ready = async || {
        let known = merchants::load_by_account(&store, &account).await.expect("it is read");
        known.expect("it is known").is_ready()
    };
    scene.until_async("it is asked how it stands", is_ready).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_of_an_account_that_is_shut_need_not_be_told_again() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.stripe.books().shut.insert(account, StatusCode::FORBIDDEN);
    scene.tell_all(&told).await;
    let page = read_until(&scene.host, "/operator/words", "closed to this server").await;
    assert!(page.contains("12.50 EUR"), "{page}");
    // If it opens again, whoever is silent is asked about.
    scene.stripe.books().shut.clear();
    scene.stripe.pass(&scene.server, 2_000);
    scene.come_back(&checkout).await;
    assert!(scene.is_open().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_disconnects_an_account_ends_what_could_be_paid_to_it() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    scene.stripe.books().is_away = true;
    let cut = scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    assert_eq!(cut.status, StatusCode::SEE_OTHER, "nobody waits for Stripe");
    assert!(scene.host.get(PAGE).await.text().contains("You have connected no account"));
    let is_over =
        |stripe: &Processor, checkout: &str| stripe.books().checkouts[checkout]["status"] == "expired";
    assert!(!is_over(&scene.stripe, &checkout));
    scene.stripe.books().is_away = false;
    scene.stripe.pass(&scene.server, 3 * 60_000);
    scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    scene.until("what is open is ended", |stripe| is_over(stripe, &checkout)).await;
    let other = opened_meanwhile(&scene, &checkout).await;
    assert!(is_over(&scene.stripe, &other), "and so is what was opened meanwhile");
    assert!(scene.host.get(PAGE).await.text().contains("You have connected no account"));
    assert_eq!(scene.stripe.books().balance(Some(&account)), 0);
    let gone = scene.bo.get(&format!("/r/{}", scene.room)).await;
    assert!(gone.text().contains("cannot sell anything on this server just now"), "{}", gone.text());
}

/// A checkout that was being opened when its account was disconnected; nobody is led there.
async fn opened_meanwhile(scene: &Scene, like: &str) -> String {
    let store = scene.store().await;
    let like = stripe_checkouts::load(&store, payment_of(scene, like)).await.expect("it is read");
    let like = like.expect("it is known");
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let (merchant, fee) = (like.merchant.expect("a host takes it"), Money::new(125, like.amount.currency));
    let checkout = Checkout {
        deal: like.deal,
        payment: PaymentId::from_bits(77),
        amount: like.amount,
        until: scene.server.world.now().plus(30 * 60_000),
        may_keep_ready: false,
        room: scene.room,
        name: RoomName::parse("Planning").expect("a name"),
        direct: Some(Direct { merchant, fee }),
    };
    let back = Back { site: SITE.to_owned(), path: format!("/r/{}", scene.room) };
    let led = stripe.open(checkout, back).await;
    assert!(matches!(led, Err(ProviderError::Closed(_))), "{led:?}");
    store.close().await;
    scene.stripe.books().checkouts.keys().last().expect("there are two").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_led_to_stripe_without_end() {
    let scene = Connected::unconnected().await;
    for _ in 0..20 {
        Connected::begin(&scene).await;
    }
    assert_eq!(scene.host.submit(PAGE, &[]).await.refusal(), ErrorCode::TooManyRequests);
    assert_eq!(scene.stripe.books().accounts.len(), 1);
    assert_eq!(scene.stripe.books().asked_back, 0, "before the first checkout nothing can have been lost");
    scene.stripe.pass(&scene.server, 60_000);
    Connected::begin(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_sell_reads_why_and_has_nothing_to_press() {
    let stripe = Processor::open().await;
    let layer = Layer { sellers: vec!["cy@example.org".to_owned()], ..Connected::layer(&stripe) };
    let server = Server::start_with(layer).await;
    let host = server.browser();
    sign_up(&host, ANA, BEARS).await.json::<()>();
    let page = host.get(PAGE).await;
    assert!(!page.text().contains("Connect an account at Stripe"), "{}", page.text());
    assert!(page.text().contains("role=\"alert\""), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stripe_refuses_does_not_read_as_if_it_might_work_in_a_moment() {
    let scene = Connected::unconnected().await;
    scene.stripe.books().manners.push_back(Manner::Refuses);
    // The account is opened under another key, and the link to it is refused.
    scene.stripe.books().manners.push_back(Manner::Refuses);
    let page = scene.host.submit(PAGE, &[]).await;
    assert!(page.text().contains("Stripe has refused that"), "{}", page.text());
    assert!(!page.text().contains("in a moment"), "{}", page.text());
}

/// Somebody who is not signed in.
fn nobody(scene: &Scene) -> Browser {
    scene.server.browser()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_asks_stripe_anew_and_leads_nobody_into_a_dead_end() {
    let Connected { scene, account } = Connected::set().await;
    for path in [PAGE, "/earnings/payouts/back"] {
        let page = nobody(&scene).get(path).await;
        let page = if page.status == StatusCode::SEE_OTHER {
            nobody(&scene).get(page.header("location")).await
        } else {
            page
        };
        assert!(page.text().contains("Please sign in first"), "{path}: {} {}", page.status, page.text());
    }
    // Nobody tells that something changed.
    for (reason, sentence, has_button) in [
        ("requirements.pending_verification", "Stripe is checking", false),
        ("requirements.past_due", "It says there what it needs", true),
        ("rejected.fraud", "has refused", false),
    ] {
        scene.stripe.books().set_account(&account, (false, true), Some(reason));
        scene.stripe.pass(&scene.server, 2_000);
        let page = scene.host.get(PAGE).await;
        assert!(page.text().contains(sentence), "{sentence}: {}", page.text());
        assert_eq!(page.text().contains("See what Stripe needs"), has_button, "{}", page.text());
    }
    scene.stripe.books().finish(&account);
    scene.stripe.books().is_away = true;
    scene.stripe.pass(&scene.server, 2_000);
    let page = scene.host.get(PAGE).await;
    assert!(page.status == StatusCode::OK && page.text().contains("has refused"), "{}", page.text());
    scene.stripe.books().is_away = false;
    scene.stripe.pass(&scene.server, 2_000);
    assert!(scene.host.get(PAGE).await.text().contains("takes payments."));
}

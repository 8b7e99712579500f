//! Money that a bank keeps ready until a planned call is over: taken as far as it is owed, let go otherwise,
//! and neither lost when the time is moved nor forgotten when words are lost.

use crate::accounts::ANA;
use crate::browser::Socket;
use crate::guest::Guest;
use crate::mails::{ORIGIN, server_with_mail_and, with_account};
use crate::paid::{offer, set};
use crate::papers::{assert_sound, session_of};
use crate::post::PostOffice;
use crate::processor::{Manner, Processor, SITE};
use crate::stripe::Scene;
use domain::session::Status;
use model::offer::{Access, Wishes};
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{Currency, Money, Offer, OutboxId, PaymentId, Schedule};
use protocol::{Deed, Errand, JoinOutcome};
use serde_json::json;
use server::config::Layer;
use server::stripe::Stripe;
use service::payments::{Instruction, PaymentProvider, ProviderError};
use store::testing::crash_after;

const BO: &str = "bo@example.org";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// What the entry page says before somebody pays.
const ONLY_BLOCKED: &str = "only blocked on your card";

fn planned(starts: &str) -> Errand {
    Errand::Plan(Some(Schedule {
        starts: starts.parse().expect("a time"),
        zone: "UTC".parse().expect("a zone"),
        length: Minutes::new(30).expect("half an hour"),
        repeat: Repeat::Once,
        until: None,
    }))
}

/// A call for 12.50 EUR and half an hour that is planned for tomorrow.
async fn tomorrow() -> Scene {
    planned_for("2023-11-15T22:30", Layer::default()).await
}

async fn planned_for(starts: &str, layer: Layer) -> Scene {
    let scene = Scene::set_with(layer).await;
    plan(&scene, starts).await;
    scene
}

pub async fn plan(scene: &Scene, starts: &str) {
    let arguments = json!({ "room": scene.room, "errand": planned(starts) });
    scene.host.call("/api/rooms/errand", &arguments).await.json::<()>();
}

/// Whether the page of the room does not ask Bo for money. It lets nobody in before the time.
async fn is_paid(scene: &Scene) -> bool {
    !scene.bo.get(&format!("/r/{}", scene.room)).await.text().contains("price-panel")
}

/// Bo's bank keeps the money ready, and Stripe tells so.
pub async fn held(scene: &Scene) -> String {
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(is_paid(scene).await, "he may come in");
    checkout
}

fn status(stripe: &Processor, checkout: &str) -> String {
    stripe.books().intent_of(checkout)["status"].as_str().expect("a text").to_owned()
}

/// Host and payer meet as planned; the host, and the sockets by which they stay.
pub async fn meet(scene: &Scene) -> (Guest, [Socket; 2]) {
    scene.stripe.pass(&scene.server, DAY_MS + 17 * MINUTE_MS);
    let bo = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, "Bo") };
    bo.browser.set_cookie(scene.bo.cookie());
    let ana = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, "Ana") };
    ana.browser.set_cookie(scene.host.cookie());
    let sockets = [come_in(&bo).await, come_in(&ana).await];
    (ana, sockets)
}

pub async fn come_in(guest: &Guest) -> Socket {
    let JoinOutcome::Joined { ticket, .. } = guest.ask().await.json() else { panic!("{} waits", guest.name) };
    let path = format!("/signal?ticket={}", ticket.to_hex());
    let opened = guest.browser.try_socket(&path, Some(SITE)).await;
    opened.unwrap_or_else(|refused| panic!("no socket: {}", refused.text()))
}

async fn receipt(scene: &Scene) -> String {
    scene.bo.get(&format!("{}/receipt", session_of(&scene.bo).await)).await.text().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_owed_is_taken_when_the_call_is_over_and_the_rest_is_let_go() {
    let scene = tomorrow().await;
    let entry = scene.bo.get(&format!("/r/{}", scene.room)).await;
    assert!(entry.text().contains(ONLY_BLOCKED), "{}", entry.text());
    let checkout = held(&scene).await;
    let so_far = receipt(&scene).await;
    assert!(so_far.contains("kept ready, not taken yet") && so_far.contains("on the card"), "{so_far}");
    assert_sound(&scene.server.folder).await;
    let (host, _sockets) = meet(&scene).await;
    scene.stripe.pass(&scene.server, 10 * MINUTE_MS);
    // It is taken, and the answer is lost.
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    host.deed(Deed::End).await.json::<()>();
    scene.until("it is taken", |stripe| status(stripe, &checkout) == "succeeded").await;
    assert_eq!(scene.stripe.books().intent_of(&checkout)["amount_received"], 417);
    assert!(receipt(&scene).await.contains("being taken"));
    scene.stripe.pass(&scene.server, 20_000);
    scene.stir().await;
    let is_asked_again = |stripe: &Processor| {
        stripe.books().asked.iter().filter(|asked| asked.ends_with("/capture")).count() == 2
    };
    scene.until("it is asked for once more", is_asked_again).await;
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told.clone(), told]).await;
    let over = receipt(&scene).await;
    assert!(
        over.contains("4.17 EUR") && !over.contains("being taken") && !over.contains("Please pay"),
        "{over}"
    );
    assert_eq!((scene.status(&checkout).await, scene.stripe.books().returned()), (Status::Aborted, 0));
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_calls_it_off_in_time_has_nothing_taken() {
    let scene = tomorrow().await;
    let checkout = held(&scene).await;
    let (session, page) = told_of_cancelling(&scene).await;
    assert!(page.contains("Nothing was paid") && page.contains("name=\"gain\" value=\"0\""), "{page}");
    scene.bo.submit(&format!("{session}/cancel"), &[("gain", "0")]).await;
    scene.until("it is let go", |stripe| status(stripe, &checkout) == "canceled").await;
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told]).await;
    assert!(receipt(&scene).await.contains("let go, nothing was taken"));
    assert_eq!(scene.status(&checkout).await, Status::Cancelled);
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_calls_it_off_too_late_reads_what_is_taken_and_has_it_taken() {
    let scene = tomorrow().await;
    let checkout = held(&scene).await;
    let (session, _) = told_of_cancelling(&scene).await;
    scene.stripe.pass(&scene.server, 60 * MINUTE_MS);
    let late = scene.bo.submit(&format!("{session}/cancel"), &[("gain", "0")]).await;
    assert_eq!(late.header("location"), format!("{session}/cancel"), "they read what it costs now");
    let (_, page) = told_of_cancelling(&scene).await;
    assert!(page.contains("12.50 EUR of what is blocked on your card is taken"), "{page}");
    assert_eq!(status(&scene.stripe, &checkout), "requires_capture", "nothing has happened yet");
    scene.bo.submit(&format!("{session}/cancel"), &[("gain", "-1250")]).await;
    scene.until("it is taken", |stripe| status(stripe, &checkout) == "succeeded").await;
    assert_eq!(scene.stripe.books().intent_of(&checkout)["amount_received"], 1_250);
    assert_sound(&scene.server.folder).await;
}

/// The path of Bo's session, and what he reads before he calls it off.
async fn told_of_cancelling(scene: &Scene) -> (String, String) {
    let session = session_of(&scene.bo).await;
    let page = scene.bo.get(&format!("{session}/cancel")).await;
    (session, page.text().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bank_lets_go_before_the_two_met_opens_nothing_any_more() {
    let scene = tomorrow().await;
    let checkout = held(&scene).await;
    scene.stripe.books().intent_of(&checkout)["status"] = json!("canceled");
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told.clone(), told]).await;
    assert!(!is_paid(&scene).await, "it is not paid");
    assert_eq!(scene.status(&checkout).await, Status::Expired);
    assert_ne!(scene.depart().await, checkout, "he may pay anew");
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_let_go_before_it_was_taken_becomes_a_bill() {
    let scene = tomorrow().await;
    let checkout = held(&scene).await;
    let (host, _sockets) = meet(&scene).await;
    scene.stripe.pass(&scene.server, 10 * MINUTE_MS);
    scene.stripe.books().intent_of(&checkout)["status"] = json!("canceled");
    host.deed(Deed::End).await.json::<()>();
    let is_refused =
        |stripe: &Processor| stripe.books().asked.iter().any(|asked| asked.ends_with("/capture"));
    scene.until("it is asked for", is_refused).await;
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told.clone(), told]).await;
    let bill = receipt(&scene).await;
    assert!(bill.contains("Pay 4.17 EUR"), "{bill}");
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_first_is_let_in_and_a_silent_hold_is_asked_about() {
    let scene = tomorrow().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    assert_eq!(scene.stripe.books().checkouts[&checkout]["payment_status"], "unpaid");
    scene.tell_all(&told[1..]).await;
    assert!(!is_paid(&scene).await, "that it is complete says nothing of money");
    scene.stripe.pass(&scene.server, 1_000);
    scene.come_back(&checkout).await;
    assert!(is_paid(&scene).await);
    // Its end is told by nobody, and found out.
    scene.stripe.books().intent_of(&checkout)["status"] = json!("canceled");
    scene.stripe.pass(&scene.server, 3 * MINUTE_MS);
    scene.until_async("the end is asked for", async || !is_paid(&scene).await).await;
    assert_eq!(scene.status(&checkout).await, Status::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_moved_beyond_the_hold_is_taken_in_time_and_goes_back_if_the_payer_likes() {
    let scene = tomorrow().await;
    let checkout = held(&scene).await;
    plan(&scene, "2023-12-15T22:30").await;
    assert!(is_paid(&scene).await, "what was sold stays sold");
    scene.stripe.pass(&scene.server, 5 * DAY_MS - MINUTE_MS);
    scene.stir().await;
    assert_eq!(status(&scene.stripe, &checkout), "requires_capture");
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.until("all of it is taken", |stripe| status(stripe, &checkout) == "succeeded").await;
    assert_eq!(scene.stripe.books().intent_of(&checkout)["amount_received"], 1_250);
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told]).await;
    // Nothing is let go any more, however long it takes.
    scene.stripe.pass(&scene.server, 5 * DAY_MS);
    assert!(is_paid(&scene).await);
    assert_sound(&scene.server.folder).await;
    let session = session_of(&scene.bo).await;
    scene.bo.submit(&format!("{session}/cancel"), &[("gain", "1250")]).await;
    scene.until("it goes back", |stripe| stripe.books().returned() == 1_250).await;
    assert_eq!(scene.status(&checkout).await, Status::Cancelled);
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_last_longer_than_the_hold_is_taken_at_once() {
    let with_bank = || Layer { stripe_methods: vec!["card".into(), "sepa_debit".into()], ..Layer::default() };
    let price = match offer("12.50").parts().access {
        Access::Fixed { price, .. } => price,
        _ => panic!("it has a price"),
    };
    let per_call = Offer::new(Wishes::plain(Access::PerCall { price })).expect("an offer");
    let plain = offer("12.50");
    for (starts, layer, offer) in [
        (Some("2023-11-19T22:30"), Layer::default(), &plain),
        (None, Layer::default(), &plain),
        (Some("2023-11-15T22:30"), with_bank(), &plain),
        (Some("2023-11-15T22:30"), Layer::default(), &per_call),
    ] {
        let scene = Scene::set_with(layer).await;
        set(&scene.host, scene.room, Some(offer.clone())).await.json::<()>();
        if let Some(starts) = starts {
            plan(&scene, starts).await;
        }
        let entry = scene.bo.get(&format!("/r/{}", scene.room)).await;
        assert!(entry.text().contains("12.50 EUR") && !entry.text().contains(ONLY_BLOCKED), "{starts:?}");
        let checkout = held(&scene).await;
        assert_eq!(status(&scene.stripe, &checkout), "succeeded", "{starts:?}");
    }
}

/// On one thread, for that is what crashes.
#[tokio::test]
async fn a_hold_that_could_not_be_saved_is_told_again() {
    let scene = tomorrow().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout).remove(0);
    let (mut statuses, mut was_saved) = (Vec::new(), false);
    for statements in 0..100 {
        crash_after(Some(statements));
        statuses.push(scene.tell(&told).await.as_u16());
        crash_after(None);
        if statuses.last() == Some(&200) {
            break;
        }
        // Behind the commit it is saved, and nobody was told: what is told again then is known.
        assert!(!was_saved, "after {statements} points what is saved is known");
        was_saved = is_paid(&scene).await;
    }
    assert!(statuses.len() > 3 && statuses.ends_with(&[503, 200]), "{statuses:?}");
    assert!(is_paid(&scene).await);
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_ready_is_let_go_when_the_host_ends_the_room() {
    let scene = tomorrow().await;
    let checkout = scene.depart().await;
    let held = scene.stripe.books().pay(&checkout).remove(0);
    scene.tell_all(&[held.clone(), held]).await;
    assert!(is_paid(&scene).await);
    scene.end().await;
    let is_let_go =
        |stripe: &Processor| stripe.books().intents.values().any(|intent| intent["status"] == "canceled");
    scene.until("the money is let go", is_let_go).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_ready_is_taken_once() {
    let scene = tomorrow().await;
    let checkout = scene.depart().await;
    let held = scene.stripe.books().pay(&checkout).remove(0);
    scene.tell_all(&[held]).await;
    let payment = scene.stripe.books().checkouts[&checkout]["client_reference_id"].clone();
    let payment: PaymentId = payment.as_str().expect("a text").parse().expect("an id");
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let order = async |order: u128, what| match stripe.carry_out(OutboxId::from_bits(order), what).await {
        Ok(()) => "done",
        Err(ProviderError::Away(_) | ProviderError::UnderWay(_) | ProviderError::Closed(_)) => "away",
        Err(ProviderError::Refused(_)) => "refused",
    };
    let amount = |minor| Money::new(minor, Currency::parse("EUR").expect("a currency"));
    let capture = |minor| Instruction::Capture { payment, amount: amount(minor), fee: None };
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    assert_eq!(order(1, capture(1_000)).await, "away");
    assert_eq!(order(1, capture(1_000)).await, "done");
    // Stripe forgets keys; what has happened is done all the same.
    assert_eq!(order(2, capture(1_000)).await, "done");
    assert_eq!(order(3, capture(900)).await, "refused");
    assert_eq!(order(4, Instruction::VoidHold { payment }).await, "refused");
    assert_eq!(order(5, Instruction::Refund { payment, amount: amount(1_001) }).await, "refused");
    let intent = scene.stripe.books().intents.values().next().cloned().expect("there is one");
    assert_eq!(intent["amount_received"], 1_000);
    store.close().await;
}

/// The call of tomorrow, whose host and payer have accounts and get mails.
async fn tomorrow_with_mails() -> (Scene, PostOffice) {
    let stripe = Processor::open().await;
    let (server, mut office) = server_with_mail_and(stripe.settings()).await;
    stripe.looked_back(&server).await;
    let host = with_account(&server, &mut office, ANA).await;
    let bo = with_account(&server, &mut office, BO).await;
    let room = host.create(false).await;
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    let scene = Scene { server, stripe, host, room, bo };
    plan(&scene, "2023-11-15T22:30").await;
    (scene, office)
}

/// What the host and what the payer is told, once each, in whichever order.
async fn told_both(office: &mut PostOffice) -> [String; 2] {
    let mut mails = [office.next().await, office.next().await];
    mails.sort_by(|one, other| one.to.cmp(&other.to));
    assert_eq!([&*mails[0].to, &*mails[1].to], [ANA, BO]);
    mails.map(|mail| mail.text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_are_told_by_mail_when_what_was_kept_ready_is_gone() {
    let (scene, mut office) = tomorrow_with_mails().await;
    let checkout = held(&scene).await;
    scene.stripe.books().intent_of(&checkout)["status"] = json!("canceled");
    let news = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[news.clone(), news]).await;
    let [host, payer] = told_both(&mut office).await;
    assert!(host.contains("Its payer owes nothing"), "{host}");
    assert!(payer.contains("so that the call is off. You owe nothing."), "{payer}");
    assert!(payer.contains(&format!("{ORIGIN}{}/receipt", session_of(&scene.bo).await)), "{payer}");
    office.assert_empty();
    // Another time it is gone while they talk.
    let again = held(&scene).await;
    let (host, _sockets) = meet(&scene).await;
    scene.stripe.pass(&scene.server, 10 * MINUTE_MS);
    scene.stripe.books().intent_of(&again)["status"] = json!("canceled");
    let news = scene.stripe.books().news_of(&again);
    scene.tell_all(&[news]).await;
    let [of_host, of_payer] = told_both(&mut office).await;
    assert!(of_host.contains("which its payer is asked to pay and you can let go"), "{of_host}");
    assert!(of_payer.contains("when the call is over you get a bill"), "{of_payer}");
    host.deed(Deed::End).await.json::<()>();
    let bill = office.next().await;
    assert!(bill.to == BO && bill.text.contains("4.17 EUR is not paid yet"), "{}", bill.text);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_pays_is_told_by_mail_when_what_was_kept_ready_is_taken_early() {
    let (scene, mut office) = tomorrow_with_mails().await;
    let checkout = held(&scene).await;
    plan(&scene, "2023-12-15T22:30").await;
    assert!(office.next().await.text.contains("for another time"));
    scene.stripe.pass(&scene.server, 5 * DAY_MS);
    scene.stir().await;
    scene.until("all of it is taken", |stripe| status(stripe, &checkout) == "succeeded").await;
    let mail = office.next().await;
    assert!(mail.to == BO && mail.text.contains("charged now: 12.50 EUR"), "{}", mail.text);
    office.assert_empty();
    assert_sound(&scene.server.folder).await;
}

//! Rooms that are paid at Stripe: what is paid is paid once, whatever comes late, twice, in another order, or
//! never; and nobody is believed who is not Stripe.

use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::{PATIENCE, Server};
use crate::paid::{agree, offer, set, terms};
use crate::processor::{Manner, Processor, SECRET, SITE, signature};
use domain::session::Status;
use http::StatusCode;
use model::{RoomCode, SessionId};
use protocol::{Barrier, Deed, ErrorCode, JoinOutcome, Rule};
use serde_json::{Value, json};
use server::config::Layer;
use std::time::Duration;
use store::testing::crash_after;
use store::{Store, sessions};

const MINUTE_MS: i64 = 60_000;

/// A room for 12.50 EUR, who hosts it, and who wants in.
pub struct Scene {
    pub server: Server,
    pub stripe: Processor,
    pub host: Browser,
    pub room: RoomCode,
    pub bo: Browser,
}

impl Scene {
    pub async fn set() -> Self {
        Self::set_with(Layer::default()).await
    }

    /// The same with other settings.
    pub async fn set_with(layer: Layer) -> Self {
        let stripe = Processor::open().await;
        let server = Server::start_with(layer.over(stripe.settings())).await;
        stripe.looked_back(&server).await;
        let host = server.browser();
        let room = host.create(false).await;
        set(&host, room, Some(offer("12.50"))).await.json::<()>();
        let bo = server.browser();
        Self { server, stripe, host, room, bo }
    }

    /// Bo agrees; the name of the checkout to which he is led.
    pub async fn depart(&self) -> String {
        self.stripe.checkout_at(&leads_to(&self.agree().await))
    }

    pub async fn agree(&self) -> Answer {
        agree(&self.bo, self.room, &terms(&self.bo, self.room).await).await
    }

    pub async fn tell(&self, event: &Value) -> StatusCode {
        self.stripe.tell(&self.server, event).await.status
    }

    pub async fn tell_all(&self, events: &[Value]) {
        for event in events {
            assert_eq!(self.tell(event).await, StatusCode::OK, "{event}");
        }
    }

    /// Bo comes back from Stripe.
    pub async fn come_back(&self, checkout: &str) {
        let answer = self.bo.get(&self.stripe.way_back(checkout)).await;
        let place = format!("{SITE}/r/{}", self.room);
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*place));
    }

    /// Whether the page of the room asks Bo for his name, and not for money.
    pub async fn is_open(&self) -> bool {
        self.bo.get(&format!("/r/{}", self.room)).await.text().contains("entry-name")
    }

    pub fn session(&self, checkout: &str) -> SessionId {
        let books = self.stripe.books();
        let id = books.checkouts[checkout]["metadata"]["session"].as_str().expect("it says of which");
        id.parse().expect("an id")
    }

    /// The database, beside the server.
    pub async fn store(&self) -> Store {
        let file = format!("sqlite:{}", self.server.folder.path().join("data/anteroom.sqlite").display());
        Store::open(self.server.folder.database().unwrap_or(&file)).await.expect("it opens")
    }

    pub async fn status(&self, checkout: &str) -> Status {
        let store = self.store().await;
        let session = sessions::load(&store, self.session(checkout)).await.expect("it is read");
        store.close().await;
        session.expect("there is a session").status()
    }

    /// Ends the room, so that what was paid goes back.
    pub async fn end(&self) {
        let ana = Guest { browser: self.server.browser(), ..Guest::new(&self.server, self.room, "Ana") };
        ana.browser.set_cookie(self.host.cookie());
        assert!(matches!(ana.ask().await.json(), JoinOutcome::Joined { .. }));
        ana.deed(Deed::End).await.json::<()>();
    }

    /// Waits until something is true of the books.
    pub async fn until(&self, what: &str, is_true: impl Fn(&Processor) -> bool) {
        let watching = async {
            while !is_true(&self.stripe) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, watching).await;
        assert!(waited.is_ok(), "{what}: {:?}", self.stripe.books().asked);
    }

    /// Waits until something is true of the server.
    pub async fn until_async(&self, what: &str, is_true: impl AsyncFn() -> bool) {
        let watching = async {
            while !is_true().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, watching).await.is_ok(), "{what}");
    }

    /// Somebody agrees to something in another room, so that the orders are looked through at once.
    pub async fn stir(&self) {
        let host = self.server.browser();
        let room = host.create(false).await;
        set(&host, room, Some(offer("1.00"))).await.json::<()>();
        let cy = self.server.browser();
        leads_to(&agree(&cy, room, &terms(&cy, room).await).await);
    }
}

/// The address in the page that leads on.
pub fn leads_to(page: &Answer) -> String {
    assert_eq!(page.status, StatusCode::OK, "{} {}", page.header("location"), page.text());
    let text = page.text();
    let start = text.find("0; url=").unwrap_or_else(|| panic!("{text}")) + "0; url=".len();
    let end = start + text[start..].find('"').expect("attributes end");
    text[start..end].replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_pays_and_comes_in_when_the_word_comes() {
    let scene = Scene::set().await;
    let page = scene.bo.get(&format!("/r/{}", scene.room)).await;
    assert!(page.text().contains("no money moves"), "the key is one for tests");
    let checkout = scene.depart().await;
    {
        let books = scene.stripe.books();
        let session = &books.checkouts[&checkout];
        assert_eq!((&session["amount_total"], &session["currency"]), (&json!(1250), &json!("eur")));
    }
    assert_eq!(scene.depart().await, checkout, "asked twice, it is the same");
    assert!(!scene.is_open().await);
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    scene.tell_all(&told).await;
    let cy = Guest::new(&scene.server, scene.room, "Cy");
    cy.browser.get(&format!("/r/{}", scene.room)).await;
    assert_eq!(cy.ask().await.refusal(), ErrorCode::Door(Barrier::Unpaid), "a link is worth nothing");
    let bo = Guest::with(&scene.server, scene.bo, (scene.room, "Bo"));
    assert!(matches!(bo.ask().await.json(), JoinOutcome::Joined { .. }));
    let books = scene.stripe.books();
    assert_eq!((books.checkouts.len(), books.intents.len(), books.returned()), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_first_need_not_wait_for_the_word() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.come_back(&checkout).await;
    assert!(!scene.is_open().await, "coming back is not paying");
    let told = scene.stripe.books().pay(&checkout);
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.come_back(&checkout).await;
    assert!(scene.is_open().await);
    let asked = scene.stripe.books().asked.len();
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.come_back(&checkout).await;
    assert_eq!(scene.stripe.books().asked.len(), asked, "what is known is not asked");
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    assert_eq!(scene.stripe.books().returned(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_while_stripe_is_away_is_led_back_all_the_same() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.stripe.books().is_away = true;
    scene.come_back(&checkout).await;
    assert!(!scene.is_open().await);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await, "the word needs nobody to be asked");
    for path in ["/pay/return/nonsense".to_owned(), format!("/pay/return/{}", "0".repeat(32))] {
        assert_eq!(scene.bo.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_may_come_in_any_order_and_twice() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
        let scene = Scene::set().await;
        let checkout = scene.depart().await;
        let mut told = vec![scene.stripe.books().decline(&checkout)];
        told.extend(scene.stripe.books().pay(&checkout));
        for index in order.into_iter().chain(order) {
            scene.tell_all(&told[index..=index]).await;
        }
        assert!(scene.is_open().await, "{order:?}");
        let status = scene.status(&checkout).await;
        assert_eq!((status, scene.stripe.books().returned()), (Status::Confirmed, 0), "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_lost_is_asked_for_again_and_is_one_checkout() {
    for manner in [Manner::HangsUp, Manner::Fails, Manner::Busy] {
        let scene = Scene::set().await;
        // Whoever was never here is nobody yet when the answer is lost.
        scene.bo.create(false).await;
        scene.stripe.books().manners.push_back(manner);
        let lost = scene.agree().await;
        assert_eq!(lost.refusal(), ErrorCode::Rule(Rule::ProcessorAway), "{manner:?}");
        scene.stripe.pass(&scene.server, MINUTE_MS);
        let checkout = scene.depart().await;
        assert_eq!(scene.stripe.books().checkouts.len(), 1, "{manner:?}");
        let told = scene.stripe.books().pay(&checkout);
        scene.tell_all(&told).await;
        assert!(scene.is_open().await, "{manner:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_presses_again_after_a_refusal_asks_once() {
    let scene = Scene::set().await;
    scene.bo.create(false).await;
    for pressed in 1..=8 {
        scene.stripe.books().manners.push_back(Manner::Refuses);
        assert_eq!(scene.agree().await.refusal(), ErrorCode::Rule(Rule::PaymentRefused));
        let asked = scene.stripe.books().asked.clone();
        assert_eq!(asked.len(), pressed, "{asked:?}");
    }
    // An answer that is lost is asked for again under the same key.
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    assert_eq!(scene.agree().await.refusal(), ErrorCode::Rule(Rule::ProcessorAway));
    scene.depart().await;
    let books = scene.stripe.books();
    assert_eq!((books.checkouts.len(), books.asked.len()), (1, 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_that_stripe_cannot_tell_of_is_given_up_for_another() {
    let scene = Scene::set().await;
    scene.bo.create(false).await;
    scene.stripe.books().manners.push_back(Manner::FailsAfter);
    for _ in 0..2 {
        assert_eq!(scene.agree().await.refusal(), ErrorCode::Rule(Rule::ProcessorAway));
    }
    assert_eq!(scene.stripe.books().checkouts.len(), 1, "nobody was ever led there");
    scene.stripe.pass(&scene.server, 31 * MINUTE_MS);
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_may_be_tried_again_at_the_same_checkout() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let declined = scene.stripe.books().decline(&checkout);
    scene.tell_all(&[declined.clone(), declined]).await;
    assert!(!scene.is_open().await);
    assert_eq!(scene.depart().await, checkout);
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_expired_is_not_paid_and_whoever_tries_again_gets_another() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let over = scene.stripe.books().lapse(&checkout);
    scene.tell_all(&[over.clone(), over]).await;
    let other = scene.depart().await;
    assert_ne!(other, checkout);
    let told = scene.stripe.books().pay(&other);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_is_closed_when_its_time_is_over_and_money_that_was_too_late_goes_back_once() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    // He pays at the last moment, and neither he nor the word comes back in time.
    let told = scene.stripe.books().pay(&checkout);
    scene.stripe.pass(&scene.server, 31 * MINUTE_MS);
    let is_asked = |stripe: &Processor| stripe.books().asked.iter().any(|asked| asked.ends_with("/expire"));
    scene.until("the checkout is to be closed", is_asked).await;
    scene.tell_all(&told).await;
    scene.until("the money goes back", |stripe| stripe.books().returned() == 1_250).await;
    scene.tell_all(&told).await;
    scene.stir().await;
    assert!(!scene.is_open().await);
    assert_eq!(scene.stripe.books().refunds.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_comes_after_the_room_has_ended_goes_back() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.end().await;
    scene.tell_all(&told).await;
    scene.until("the money goes back", |stripe| stripe.books().returned() == 1_250).await;
    scene.tell_all(&told).await;
    assert_eq!(scene.stripe.books().refunds.len(), 1);
}

/// On one thread, for that is what crashes.
#[tokio::test]
async fn what_could_not_be_saved_is_told_again() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout).remove(1);
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
        was_saved = scene.is_open().await;
    }
    assert!(statuses.len() > 5 && statuses.ends_with(&[503, 200]), "{statuses:?}");
    assert!(scene.is_open().await);
    assert_eq!((scene.status(&checkout).await, scene.stripe.books().returned()), (Status::Confirmed, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_pay_any_more_when_the_time_is_over() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    scene.stripe.pass(&scene.server, 31 * MINUTE_MS);
    let is_over = |stripe: &Processor| stripe.books().checkouts[&checkout]["status"] == "expired";
    scene.until("the checkout is closed", is_over).await;
    assert_eq!(scene.status(&checkout).await, Status::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_goes_back_once_when_the_host_ends_the_room() {
    // How often the refunds are looked through, and how often one is asked for.
    for (manner, looked, asked_for) in [
        (None, 1, 1),
        (Some(Manner::HangsUp), 2, 1),
        (Some(Manner::FailsAfter), 2, 1),
        (Some(Manner::Fails), 2, 2),
    ] {
        let scene = Scene::set().await;
        let checkout = scene.depart().await;
        let told = scene.stripe.books().pay(&checkout);
        scene.tell_all(&told).await;
        scene.stripe.books().manners.extend(manner);
        scene.end().await;
        let count = |method: &str| {
            let question = format!("{method} /v1/refunds");
            scene.stripe.books().asked.iter().filter(|asked| **asked == question).count()
        };
        scene.until("the money is to go back", |_| count("POST") > 0).await;
        for _ in 0..2 {
            scene.stripe.pass(&scene.server, 20_000);
            scene.stir().await;
        }
        scene.until("it is done", |_| count("GET") >= looked && count("POST") >= asked_for).await;
        for _ in 0..2 {
            scene.stripe.pass(&scene.server, 20_000);
            scene.stir().await;
        }
        assert_eq!((count("GET"), count("POST")), (looked, asked_for), "{manner:?}");
        let books = scene.stripe.books();
        assert_eq!((books.refunds.len(), books.returned()), (1, 1_250), "{manner:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_that_was_lost_is_asked_for() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    scene.stripe.books().pay(&checkout);
    scene.stripe.pass(&scene.server, 2 * MINUTE_MS);
    let path = format!("GET /v1/checkout/sessions/{checkout}");
    scene.until("Stripe is asked", |stripe| stripe.books().asked.contains(&path)).await;
    scene.until_async("he is let in", async || scene.is_open().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_finds_its_session() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    let question = scene.stripe.books().dispute(&checkout, "created", "warning_needs_response");
    scene.tell_all(&[question]).await;
    assert_eq!(scene.status(&checkout).await, Status::Confirmed, "a question takes nothing away");
    let opened = scene.stripe.books().dispute(&checkout, "created", "needs_response");
    scene.tell_all(&[opened.clone(), opened]).await;
    assert_eq!(scene.status(&checkout).await, Status::Disputed);
    let closed = scene.stripe.books().dispute(&checkout, "closed", "lost");
    scene.tell_all(&[closed.clone(), closed]).await;
    assert_eq!(scene.status(&checkout).await, Status::DisputeLost);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_believed_who_is_not_stripe() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    let body = told[1].to_string();
    let now = crate::harness::START_MS / 1_000;
    let good = signature(SECRET, now, &body);
    let other = body.replace("1250", "1251");
    for (body, header, status) in [
        (&body, String::new(), 400),
        (&body, signature("whsec_guessed", now, &body), 400),
        (&body, signature(SECRET, now - 301, &body), 400),
        (&body, signature(SECRET, now + 301, &body), 400),
        (&other, good.clone(), 400),
        (&"x".repeat(256 * 1024 + 1), good, 413),
    ] {
        let answer = scene.stripe.send(&scene.server, body, &header).await;
        assert_eq!(answer.status.as_u16(), status, "{header}");
        assert_eq!(answer.text(), "", "nothing is said to strangers");
    }
    assert!(!scene.is_open().await);
    let nonsense = "{}";
    let signed = signature(SECRET, now, nonsense);
    assert_eq!(scene.stripe.send(&scene.server, nonsense, &signed).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(scene.server.browser().get("/webhooks/stripe").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_forges_too_much_is_not_heard_any_more() {
    let scene = Scene::set().await;
    let eve = scene.server.browser_at("203.0.113.66");
    let mut seen = Vec::new();
    for _ in 0..310 {
        let request = http::Request::post("/webhooks/stripe").header("stripe-signature", "t=1,v1=00");
        seen.push(eve.send(request, "{}".into()).await.status);
    }
    assert_eq!(seen.first(), Some(&StatusCode::BAD_REQUEST));
    assert_eq!(seen.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await, "Stripe does not suffer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_this_servers_means_nothing() {
    let scene = Scene::set().await;
    let checkout = scene.depart().await;
    let mut told = scene.stripe.books().pay(&checkout);
    let others = ["0".repeat(32), "order-17".to_owned()];
    for other in others {
        told[1]["data"]["object"]["client_reference_id"] = json!(other);
        assert_eq!(scene.tell(&told[1]).await, StatusCode::OK);
    }
    let mut told = told.remove(0);
    told["type"] = json!("customer.created");
    assert_eq!(scene.tell(&told).await, StatusCode::OK);
    assert!(!scene.is_open().await);
}

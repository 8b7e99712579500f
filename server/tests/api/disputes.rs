//! Money that a bank asks back: who is told of it, and what they can show.

use crate::accounts::{ANA, BEARS};
use crate::browser::{Browser, form};
use crate::connect::say_the_same;
use crate::guest::Guest;
use crate::harness::{PATIENCE, Server};
use crate::mails::with_account;
use crate::operator::{numbers, read_until, sold_and_ended};
use crate::packs::{buy_first, minutes};
use crate::paid::{agree, offer, set, terms};
use crate::platform::Connected;
use crate::post::{PostOffice, Received};
use crate::processor::{Processor, SITE};
use crate::stripe::leads_to;
use http::{Request, StatusCode};
use model::{Offer, RoomCode};
use protocol::{Deed, JoinOutcome};
use serde_json::{Value, json};
use server::config::Layer;
use service::time::Ambient;
use std::time::Duration;
use store::sessions::orders;
use store::{Store, stripe_reads};

const CY: &str = "cy@example.org";

/// A server that Cy runs, and somebody who cannot be reached; Ana sells there, and reads German.
struct Scene {
    server: Server,
    office: PostOffice,
    stripe: Processor,
    ana: Browser,
    room: RoomCode,
    layer: Layer,
}

impl Scene {
    async fn set(sold: Offer, operators: &[&str]) -> Self {
        let stripe = Processor::open().await;
        let settings = stripe.settings();
        let scene = Self::open(stripe, settings, operators).await;
        set(&scene.ana, scene.room, Some(sold)).await.json::<()>();
        scene
    }

    /// The same, where Ana takes the money herself; also her account at Stripe.
    async fn direct(sold: Offer) -> (Self, String) {
        let stripe = Processor::open().await;
        let settings = Connected::layer(&stripe);
        let scene = Self::open(stripe, settings, &[CY]).await;
        let page = leads_to(&scene.ana.submit("/earnings/payouts", &[]).await);
        let account = page.split('/').rev().nth(1).expect("a link is of an account").to_owned();
        let told = scene.stripe.books().finish(&account);
        scene.tell(&[told]).await;
        set(&scene.ana, scene.room, Some(sold)).await.json::<()>();
        (scene, account)
    }

    async fn open(stripe: Processor, settings: Layer, operators: &[&str]) -> Self {
        let mut office = PostOffice::open().await;
        let layer = Layer {
            mail_url: Some(format!("smtp://{}", office.addr)),
            mail_from: Some("Anteroom <anteroom@example.org>".to_owned()),
            operators: operators.iter().map(|&operator| operator.to_owned()).collect(),
            metrics_addr: Some("127.0.0.1:0".parse().expect("an address")),
            ..settings
        };
        let server = Server::start_with(layer.clone()).await;
        stripe.looked_back(&server).await;
        let ana = server.browser();
        let request = Request::post("/api/accounts/sign-up")
            .header("sec-fetch-site", "same-origin")
            .header("accept-language", "de")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = form(&[("name", "Ana"), ("email", ANA), ("password", BEARS)]);
        ana.send(request, body.into()).await.json::<()>();
        let token = office.next().await.token("/verify/");
        ana.submit("/api/accounts/confirm", &[("token", &token), ("password", BEARS)]).await.json::<()>();
        let room = ana.create(false).await;
        Self { server, office, stripe, ana, room, layer }
    }

    /// A guest pays for a call; the name of the checkout.
    async fn pay(&self) -> String {
        let bo = self.server.browser();
        let answer = agree(&bo, self.room, &terms(&bo, self.room).await).await;
        let checkout = self.stripe.checkout_at(&leads_to(&answer));
        let told = self.stripe.books().pay(&checkout);
        self.tell(&told).await;
        checkout
    }

    async fn tell(&self, events: &[Value]) {
        for event in events {
            assert_eq!(self.stripe.tell(&self.server, event).await.status, StatusCode::OK, "{event}");
        }
    }

    /// Somebody's bank says something about a payment, twice.
    async fn bank_says(&self, checkout: &str, kind: &str, status: &str) {
        let event = self.stripe.books().dispute(checkout, kind, status);
        self.tell(&[event.clone(), event]).await;
    }

    /// The server starts again after some time in which it had stopped.
    async fn start_again(self, millis: i64) -> Self {
        self.stripe.books().set_time(self.server.world.now().0 + millis);
        Self { server: self.server.again_with(self.layer.clone(), millis).await, ..self }
    }

    /// What the server writes, read beside it.
    async fn store(&self) -> Store {
        let folder = &self.server.folder;
        let file = format!("sqlite:{}", folder.path().join("data/anteroom.sqlite").display());
        Store::open(folder.database().unwrap_or(&file)).await.expect("it opens")
    }

    /// Waits until the server has read all that Stripe told by now.
    async fn is_read(&self) {
        let store = self.store().await;
        let now = self.server.world.now();
        let reading = async {
            while stripe_reads::load(&store).await.expect("it is read").is_none_or(|read| read < now) {
                pause().await;
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it is read in time");
        store.close().await;
    }

    /// The next mails, by who gets them.
    async fn mails(&mut self, count: usize) -> Vec<Received> {
        let mut mails = Vec::new();
        for _ in 0..count {
            mails.push(self.office.next().await);
        }
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        mails
    }

    /// Makes sure that nobody was told anything else, by a mail that comes behind all that is to be sent.
    async fn assert_nothing_else_was_told(&mut self) {
        let store = self.store().await;
        let sending = async {
            while orders::count(&store).await.expect("they are counted").0 > 0 {
                pause().await;
            }
        };
        tokio::time::timeout(PATIENCE, sending).await.expect("all is sent in time");
        store.close().await;
        self.server.browser().submit("/api/accounts/request-reset", &[("email", ANA)]).await.json::<()>();
        self.office.next().await.token("/reset/");
        self.office.assert_empty();
    }

    async fn assert_open(&self, count: u32) {
        let numbers = numbers(&self.server).await;
        assert!(numbers.contains(&format!("anteroom_disputes_open {count}\n")), "{numbers}");
    }
}

fn says(mail: &Received, words: &[&str]) {
    for word in words {
        assert!(mail.text.contains(word), "{word}: {}", mail.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_is_told_to_host_and_operators_once() {
    let mut scene = Scene::set(offer("12.50"), &[CY]).await;
    scene.assert_open(0).await;
    let checkout = scene.pay().await;
    // A mere question of the bank takes nothing away.
    scene.bank_says(&checkout, "created", "warning_needs_response").await;
    scene.bank_says(&checkout, "created", "needs_response").await;
    scene.bank_says(&checkout, "funds_withdrawn", "needs_response").await;
    scene.assert_open(1).await;
    let mails = scene.mails(2).await;
    assert_eq!([&*mails[0].to, &*mails[1].to], [ANA, CY]);
    says(&mails[0], &["Guten Tag Ana", "Eine Bank verlangt 12.50 EUR", "2023-11-21 22:13:20 UTC"]);
    says(&mails[1], &["Hello,", "asks for 12.50 EUR back", "2023-11-21 22:13:20 UTC"]);
    let session = mails[0].token("/sessions/");
    for mail in &mails {
        says(mail, &[&format!("{SITE}/sessions/{session}/evidence")]);
    }
    let evidence = scene.ana.get(&format!("/sessions/{session}/evidence")).await;
    assert!(evidence.text().contains("dispute_opened"), "{}", evidence.text());
    scene.bank_says(&checkout, "closed", "lost").await;
    scene.assert_open(0).await;
    let mails = scene.mails(2).await;
    assert_eq!([&*mails[0].to, &*mails[1].to], [ANA, CY]);
    says(&mails[0], &["verloren"]);
    says(&mails[1], &["is lost"]);
    scene.assert_nothing_else_was_told().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_cannot_be_reached_keeps_no_other_from_hearing_of_it_and_nobody_hears_twice() {
    let mut scene = Scene::set(offer("12.50"), &["unknown@example.org", ANA, CY]).await;
    let checkout = scene.pay().await;
    scene.bank_says(&checkout, "closed", "won").await;
    // Opened and won, each for Ana as who sold it, and for Cy.
    let told: Vec<_> = scene.mails(4).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, [ANA, ANA, CY, CY]);
    let cy = with_account(&scene.server, &mut scene.office, CY).await;
    let page = read_until(&cy, "/operator/orders", "does not take it").await;
    let (_, rest) = page.split_once("name=\"order\" value=\"").expect("an order was given up");
    let order = rest.split_once('"').expect("an attribute ends").0;
    let answer = cy.submit("/operator/orders", &[("order", order), ("what", "again")]).await;
    assert_eq!(answer.header("location"), "/operator/orders?news=again");
    // What is tried again cannot be decided on before it is given up again.
    read_until(&cy, "/operator/orders", "name=\"order\"").await;
    scene.assert_nothing_else_was_told().await;
    scene.assert_open(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_a_mail_does_not_get_it_again_when_it_goes_to_fewer() {
    let mut scene = Scene::set(offer("12.50"), &["unknown@example.org", CY]).await;
    let checkout = scene.pay().await;
    scene.bank_says(&checkout, "created", "needs_response").await;
    let told: Vec<_> = scene.mails(2).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, [ANA, CY]);
    let cy = with_account(&scene.server, &mut scene.office, CY).await;
    let page = read_until(&cy, "/operator/orders", "does not take it").await;
    let (_, rest) = page.split_once("name=\"order\" value=\"").expect("an order was given up");
    let order = rest.split_once('"').expect("an attribute ends").0.to_owned();
    scene.server.stopped().await;
    scene.layer.operators = vec![CY.to_owned()];
    let mut scene = scene.start_again(1_000).await;
    let again = scene.server.browser();
    again.set_cookie(cy.cookie());
    let cy = again;
    cy.submit("/operator/orders", &[("order", &order), ("what", "again")]).await;
    read_until(&cy, "/operator/orders", "Every order was carried out").await;
    scene.assert_nothing_else_was_told().await;
}

/// Somebody has a seat in the room of a scene, in the browser that they have.
async fn enter(scene: &Scene, browser: &Browser, name: &'static str) -> Guest {
    let own = scene.server.browser();
    own.set_cookie(browser.cookie());
    let guest = Guest::with(&scene.server, own, (scene.room, name));
    assert!(matches!(guest.ask().await.json(), JoinOutcome::Joined { .. }));
    guest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_of_a_pack_is_told_as_well_and_can_be_answered() {
    let mut scene = Scene::set(minutes("12.50"), &[CY]).await;
    let bo = with_account(&scene.server, &mut scene.office, "bo@example.org").await;
    let answer = buy_first(&bo, &format!("/r/{}/minutes", scene.room)).await;
    let checkout = scene.stripe.checkout_at(&leads_to(&answer));
    let told = scene.stripe.books().pay(&checkout);
    scene.tell(&told).await;
    assert_eq!(scene.office.next().await.to, "bo@example.org");
    agree(&bo, scene.room, &terms(&bo, scene.room).await).await;
    enter(&scene, &bo, "Bo").await;
    let host = enter(&scene, &scene.ana, "Ana").await;
    scene.stripe.pass(&scene.server, 10_000);
    host.deed(Deed::End).await.json::<()>();
    let receipt = scene.office.next().await;
    assert_eq!(receipt.to, "bo@example.org");
    says(&receipt, &["It used 0:10 min", "29:50 min", &format!("{SITE}/sessions/")]);

    scene.bank_says(&checkout, "created", "needs_response").await;
    scene.assert_open(1).await;
    let mails = scene.mails(2).await;
    assert_eq!([&*mails[0].to, &*mails[1].to], [ANA, CY]);
    says(&mails[0], &["30 vorausbezahlte Minuten"]);
    let purchase = mails[1].token("/purchases/");
    let path = format!("/purchases/{purchase}/evidence");
    says(&mails[1], &["30 prepaid minutes", &format!("{SITE}{path}")]);
    scene.assert_nothing_else_was_told().await;
    proves(&scene, &bo, &path).await;
    let cy = with_account(&scene.server, &mut scene.office, CY).await;
    assert_eq!(cy.get(&path).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bank_asks_of_a_host_who_takes_the_money_is_told_and_stands_in_the_books() {
    let (mut scene, account) = Scene::direct(offer("12.50")).await;
    let has = |scene: &Scene| {
        let books = scene.stripe.books();
        (books.balance(Some(&account)), books.balance(None))
    };
    for (end, said) in [("won", "is won"), ("lost", "is lost")] {
        let checkout = scene.pay().await;
        let before = has(&scene);
        scene.bank_says(&checkout, "created", "needs_response").await;
        are_told(&mut scene, [ANA, CY]).await;
        say_the_same(&scene.server, &scene.stripe).await;
        assert_eq!(
            has(&scene),
            (before.0 - 1_250, before.1),
            "the bank has it, and the operator their share"
        );
        scene.bank_says(&checkout, "closed", end).await;
        let mails = scene.mails(2).await;
        says(&mails[1], &[said, "12.50 EUR"]);
        says(&mails[0], &["12.50 EUR"]);
        say_the_same(&scene.server, &scene.stripe).await;
    }
    scene.assert_nothing_else_was_told().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bank_asks_of_a_host_for_a_pack_is_told_and_stands_in_the_books() {
    let (mut scene, account) = Scene::direct(minutes("12.50")).await;
    let bo = with_account(&scene.server, &mut scene.office, "bo@example.org").await;
    for (end, has) in [("lost", (-125, 125)), ("won", (-125 + 1_125, 250))] {
        let answer = buy_first(&bo, &format!("/r/{}/minutes", scene.room)).await;
        let checkout = scene.stripe.checkout_at(&leads_to(&answer));
        let told = scene.stripe.books().pay(&checkout);
        scene.tell(&told).await;
        assert_eq!(scene.office.next().await.to, "bo@example.org");
        for (kind, status) in [("created", "needs_response"), ("closed", end)] {
            scene.bank_says(&checkout, kind, status).await;
            are_told(&mut scene, [ANA, CY]).await;
            say_the_same(&scene.server, &scene.stripe).await;
        }
        let books = scene.stripe.books();
        assert_eq!((books.balance(Some(&account)), books.balance(None)), has, "a loss is the host's");
    }
    scene.assert_nothing_else_was_told().await;
}

/// What the seller and whoever runs the server can show of a pack, and nobody else.
async fn proves(scene: &Scene, bo: &Browser, path: &str) {
    let page = scene.ana.get(path).await;
    let kind = page.header("content-disposition");
    assert!(kind.starts_with("attachment; filename=\"anteroom-purchase-"), "{kind}");
    for said in ["dispute_opened", "10000 ms", "Ana", "receipt", "SHA-256", "Sessions that used minutes"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert!(!page.text().contains("<script"), "{}", page.text());
    let document: Value = scene.ana.get(&format!("{path}.json")).await.json();
    let used = &document["sessions"][0];
    assert_eq!((&document["status"], &document["session_count"]), (&json!("disputed"), &json!(1)));
    assert_eq!((&used["used_ms"], &used["reserved_ms"]), (&json!(10_000), &json!(1_800_000)));
    assert_eq!(used["stays"].as_array().map(Vec::len), Some(2), "{used}");
    assert_eq!(document["money"]["disputed"], json!({ "minor": 1_250, "currency": "EUR" }));
    let digest = document["terms"]["sha256"].as_str().expect("a text");
    assert!(page.text().contains(digest) && document["terms"]["consented_at"].is_i64(), "{document}");
    let unknown = bo.get("/purchases/0/evidence").await;
    let stranger = scene.server.browser();
    for browser in [bo, &stranger] {
        for path in [path.to_owned(), format!("{path}.json")] {
            let answer = browser.get(&path).await;
            assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, unknown.text()), "{path}");
        }
    }
    let link = scene.ana.get(path.trim_end_matches("/evidence")).await;
    assert!(link.text().contains(&format!("{path}.json")), "{}", link.text());
    let own = bo.get(path.trim_end_matches("/evidence")).await;
    assert!(own.status.is_success() && !own.text().contains(path), "{}", own.text());
}

/// The next mails go to these, in whatever order they come.
async fn are_told(scene: &mut Scene, to: [&str; 2]) {
    let mails = scene.mails(2).await;
    assert_eq!([&*mails[0].to, &*mails[1].to], to);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_that_was_told_to_nobody_is_in_the_books_after_the_start() {
    let mut scene = Scene::set(offer("12.50"), &[CY]).await;
    let checkout = scene.pay().await;
    scene.server.stopped().await;
    scene.stripe.books().dispute(&checkout, "created", "needs_response");
    // So many others of the same account that one page does not hold them.
    for _ in 0..120 {
        let mut books = scene.stripe.books();
        let mut other = books.dispute(&checkout, "created", "needs_response")["data"]["object"].clone();
        books.events.pop();
        other["payment_intent"] = json!("pi_other");
        books.event("charge.dispute.created", &other);
    }
    scene = scene.start_again(2 * 24 * 3_600_000).await;
    are_told(&mut scene, [ANA, CY]).await;
    scene.assert_open(1).await;
    scene.server.stopped().await;
    scene.stripe.books().dispute(&checkout, "closed", "won");
    scene = scene.start_again(60_000).await;
    are_told(&mut scene, [ANA, CY]).await;
    scene.assert_open(0).await;
    // Within the hour everything is read once more, and nothing of it happens twice.
    scene.server.stopped().await;
    let asked = scene.stripe.books().asked_back;
    scene = scene.start_again(60_000).await;
    scene.is_read().await;
    assert!(scene.stripe.books().asked_back > asked);
    scene.assert_nothing_else_was_told().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_of_which_nobody_told_that_it_failed_is_set_aside_after_the_start() {
    let (mut server, stripe, ana) = sold_and_ended(None).await;
    let is_done = async {
        loop {
            let page = ana.get("/operator").await;
            if stripe.books().refunds.len() == 1
                && page.text().contains("<dt>To be carried out</dt><dd>0</dd>")
            {
                return;
            }
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_done).await.expect("the money goes back in time");
    server.stopped().await;
    stripe.books().bounce();
    let now = server.world.now().0 + 60_000;
    stripe.books().set_time(now);
    let layer = Layer { operators: vec![ANA.to_owned()], ..stripe.settings() };
    let server = server.again_with(layer, 60_000).await;
    let own = server.browser();
    own.set_cookie(ana.cookie());
    let page = read_until(&own, "/operator/orders", "expired_or_canceled_card").await;
    assert!(page.contains("given up"), "{page}");
}

/// For whoever waits for something that happens elsewhere.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

//! Packs of prepaid minutes, by forms alone: what a room sells, at the test processor and at Stripe, who reads
//! what about them, and minutes that are taken back once.

use crate::accounts::sign_up;
use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::{PATIENCE, Server};
use crate::mails::{ORIGIN, server_with_ana, with_account};
use crate::paid::{agree, choose, set, terms};
use crate::papers::assert_sound;
use crate::processor::{Processor, SITE};
use crate::stripe::leads_to;
use http::StatusCode;
use model::money::{Currency, Price};
use model::offer::{Access, Length, Pack, Packs, Wishes};
use model::{Offer, RoomCode};
use protocol::{Deed, EntryView, ErrorCode, Rule};
use serde_json::{Value, json};
use server::config::Layer;
use std::time::Instant;

const BEARS: &str = "four brown bears";
const MINUTE_MS: i64 = 60_000;

pub fn minutes(amount: &str) -> Offer {
    let price = Price::parse(amount, Currency::parse("EUR").expect("a currency")).expect("a price");
    let packs = Packs::new(vec![Pack { minutes: 30, price }]).expect("one pack");
    let access = Access::Prepaid { packs, most: Length::new(30).expect("half an hour") };
    Offer::new(Wishes::plain(access)).expect("an offer")
}

/// The hidden fields of the first form on a page.
pub fn fields(page: &Answer) -> Vec<(String, String)> {
    let form = page.text().split("<form").nth(1).and_then(|form| form.split("</form>").next());
    let inputs = form.expect("there is a form").split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| -> Option<(String, String)> {
        let (name, rest) = input.split_once("\" value=\"")?;
        Some((name.to_owned(), rest.split_once('"')?.0.to_owned()))
    };
    inputs.filter_map(field).collect()
}

/// Buys the first pack of a shop, as its form has it.
pub async fn buy_first(buyer: &Browser, shop: &str) -> Answer {
    let fields = fields(&buyer.get(shop).await);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    buyer.submit(shop, &fields).await
}

/// A room that sells half an hour for 12.50 EUR, who hosts it, and who wants in; both have accounts.
struct Scene {
    server: Server,
    ana: Browser,
    room: RoomCode,
    bo: Browser,
}

impl Scene {
    async fn set(layer: Layer) -> Self {
        let server = Server::start_with(layer).await;
        let (ana, bo) = (server.browser(), server.browser());
        sign_up(&ana, "ana@example.org", BEARS).await;
        sign_up(&bo, "bo@example.org", BEARS).await;
        Self::between(server, ana, bo).await
    }

    async fn between(server: Server, ana: Browser, bo: Browser) -> Self {
        let room = ana.create(false).await;
        set(&ana, room, Some(minutes("12.50"))).await.json::<()>();
        Self { server, ana, room, bo }
    }

    fn shop(&self) -> String {
        format!("/r/{}/minutes", self.room)
    }

    async fn buy(&self) -> Answer {
        buy_first(&self.bo, &self.shop()).await
    }

    /// Bo buys at the test processor.
    async fn buy_here(&self) {
        let answer = self.buy().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let path = answer.header("location").to_owned();
        let back = choose(&self.bo, &path, "pay").await;
        assert_eq!(back.header("location"), format!("/r/{}", self.room));
    }

    /// How many minutes Bo has here.
    async fn left(&self) -> Option<u32> {
        let arguments = json!({ "room": self.room, "invite": null });
        let view: EntryView = self.bo.call("/api/rooms/entry", &arguments).await.json();
        view.price.and_then(|price| price.minutes_left)
    }

    /// The path of what Bo bought, by the page on which it is listed.
    async fn purchase(&self) -> String {
        let list = self.bo.get("/balance").await;
        let (_, rest) = list.text().split_once("href=\"/purchases/").expect("a purchase is listed");
        format!("/purchases/{}", rest.split_once('"').expect("an attribute ends").0)
    }

    /// What the form asks that Ana is shown before minutes are taken back.
    async fn asked(&self, path: &str) -> String {
        let page = self.ana.get(&format!("{path}/refund")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let (_, rest) = page.text().split_once("name=\"refund\" value=\"").expect("a form");
        rest.split_once('"').expect("an attribute ends").0.to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_are_bought_used_and_the_rest_is_taken_back() {
    let scene = Scene::set(Layer { payments_fee: Some(100), ..Layer::default() }).await;
    let entry = scene.bo.get(&format!("/r/{}", scene.room)).await;
    let text = entry.text();
    assert!(text.contains("Minutes you have with this host: 0") && text.contains(&scene.shop()), "{text}");
    let led = agree(&scene.bo, scene.room, &terms(&scene.bo, scene.room).await).await;
    assert_eq!((led.status, led.header("location")), (StatusCode::SEE_OTHER, &*scene.shop()));
    assert!(scene.bo.get(&scene.shop()).await.text().contains("Buy 30 minutes for 12.50 EUR"));
    scene.buy_here().await;
    assert_eq!(scene.left().await, Some(30));
    let led = agree(&scene.bo, scene.room, &terms(&scene.bo, scene.room).await).await;
    assert_eq!(led.header("location"), format!("/r/{}", scene.room));

    let bo = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, "Bo") };
    bo.browser.set_cookie(scene.bo.cookie());
    let bo = bo.enter().await;
    let ana = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, "Ana") };
    ana.browser.set_cookie(scene.ana.cookie());
    let ana = ana.enter().await;
    scene.server.world.pass(10 * MINUTE_MS);
    ana.guest.deed(Deed::End).await.json::<()>();
    drop((ana, bo));

    let balance = scene.bo.get("/balance").await;
    let text = balance.text();
    assert!(text.contains("20 min 0 s") && text.contains("10 min 0 s"), "{text}");
    assert_eq!(balance.header("cache-control"), "no-store");
    let path = scene.purchase().await;
    let sold = scene.ana.get("/earnings/packs").await;
    assert!(sold.text().contains(&path) && sold.text().contains("11.25 EUR"), "{}", sold.text());
    let refund = scene.asked(&path).await;
    for _ in 0..2 {
        let back = scene.ana.submit(&format!("{path}/refund"), &[("refund", &refund)]).await;
        assert_eq!(back.header("location"), format!("{path}?refunded={refund}"));
    }
    let page = scene.ana.get(&format!("{path}?refunded={refund}")).await;
    assert!(page.text().contains("The minutes were taken back") && page.text().contains("8.33 EUR"));
    let again = scene.ana.get(&format!("{path}/refund")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(scene.bo.get(&path).await.text().contains("8.33 EUR"));
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_buyer_and_seller_read_a_purchase_and_only_accounts_buy() {
    let scene = Scene::set(Layer::default()).await;
    scene.buy_here().await;
    let path = scene.purchase().await;
    let cy = scene.server.browser();
    cy.create(false).await;
    for address in [path.clone(), format!("{path}/refund"), format!("/purchases/{}", "0".repeat(32))] {
        let answer = cy.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!answer.text().contains("12.50"), "{address}");
    }
    assert_eq!(scene.bo.get(&format!("{path}/refund")).await.status, StatusCode::NOT_FOUND, "a buyer");
    let refund = [("refund", &*"7".repeat(32))];
    let by_buyer = scene.bo.submit(&format!("{path}/refund"), &refund).await;
    assert_eq!(by_buyer.status, StatusCode::NOT_FOUND);
    for list in ["/balance", "/earnings/packs"] {
        let page = cy.get(list).await;
        assert!(page.status == StatusCode::OK && !page.text().contains("/purchases/"), "{}", page.text());
    }

    let page = cy.get(&scene.shop()).await;
    assert!(page.text().contains("sign in to buy") && !page.text().contains("<form"), "{}", page.text());
    let half = fields(&scene.bo.get(&scene.shop()).await);
    let half: Vec<_> = half.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = cy.submit(&scene.shop(), &half).await;
    assert!(page.status == StatusCode::OK && page.text().contains("sign in to buy"), "{}", page.text());
    let nobody = scene.server.browser().get(&scene.shop()).await;
    assert_eq!((nobody.status, nobody.header("set-cookie")), (StatusCode::OK, ""));
    let host = scene.ana.get(&scene.shop()).await;
    assert_eq!(host.header("location"), format!("/r/{}", scene.room), "a host buys nothing");
    for (name, other) in [("price", "1"), ("terms", &*"0".repeat(64)), ("terms", ""), ("terms", "zz")] {
        let mut others = half.clone();
        others.iter_mut().filter(|(field, _)| *field == name).for_each(|(_, value)| *value = other);
        let changed = scene.bo.submit(&scene.shop(), &others).await;
        assert!(changed.text().contains("The packs have changed"), "{name} {other}: {}", changed.text());
    }
    let silent: Vec<_> = half.iter().copied().filter(|(name, _)| *name != "terms").collect();
    let changed = scene.bo.submit(&scene.shop(), &silent).await;
    assert!(changed.text().contains("The packs have changed"), "nobody agrees by silence");
    let nonsense = scene.bo.submit(&scene.shop(), &[("minutes", "x")]).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);

    let guest = scene.server.browser();
    let room = guest.create(false).await;
    let refused = set(&guest, room, Some(minutes("12.50"))).await;
    assert_eq!(refused.refusal(), ErrorCode::Rule(Rule::SellerNeedsAccount));
    let shop = guest.get(&format!("/r/{room}/minutes")).await;
    assert_eq!(shop.header("location"), format!("/r/{room}"), "nothing is sold there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_stripe_a_pack_is_bought_once_and_goes_back_once() {
    let stripe = Processor::open().await;
    let scene = Scene::set(stripe.settings()).await;
    stripe.looked_back(&scene.server).await;
    let checkout = stripe.checkout_at(&leads_to(&scene.buy().await));
    assert_eq!(stripe.checkout_at(&leads_to(&scene.buy().await)), checkout, "a second press is the same");
    let told: Vec<Value> = stripe.books().pay(&checkout);
    for event in told.iter().chain(&told) {
        assert_eq!(stripe.tell(&scene.server, event).await.status, StatusCode::OK, "{event}");
    }
    assert_eq!(scene.left().await, Some(30));
    let back = scene.bo.get(&stripe.way_back(&checkout)).await;
    assert_eq!(back.header("location"), format!("{SITE}/r/{}", scene.room));

    // A second pack, of which the payer's return is heard before the message.
    stripe.pass(&scene.server, MINUTE_MS);
    let second = stripe.checkout_at(&leads_to(&scene.buy().await));
    assert_ne!(second, checkout);
    stripe.books().pay(&second);
    stripe.pass(&scene.server, MINUTE_MS);
    scene.bo.get(&stripe.way_back(&second)).await;
    assert_eq!(scene.left().await, Some(60));

    let lost = [("created", "needs_response"), ("closed", "lost")];
    for (kind, status) in lost {
        let event = stripe.books().dispute(&second, kind, status);
        assert_eq!(stripe.tell(&scene.server, &event).await.status, StatusCode::OK, "{event}");
        assert_eq!(scene.left().await, Some(30), "what the bank has is not to be had");
    }
    let list = scene.bo.get("/balance").await;
    assert!(list.text().contains("a bank asked their price back"), "{}", list.text());

    let (_, rest) = list.text().rsplit_once("href=\"/purchases/").expect("the first is the last");
    let path = format!("/purchases/{}", rest.split_once('"').expect("an attribute ends").0);
    let refund = scene.asked(&path).await;
    scene.ana.submit(&format!("{path}/refund"), &[("refund", &refund)]).await;
    let begun = Instant::now();
    while stripe.books().returned() != 1_250 {
        assert!(begun.elapsed() < PATIENCE, "{:?}", stripe.books().asked);
        tokio::task::yield_now().await;
    }
    assert_eq!(scene.left().await, Some(0));
    let cy = Guest { browser: scene.server.browser(), ..Guest::new(&scene.server, scene.room, "Cy") };
    cy.browser.get(&format!("/r/{}", scene.room)).await;
    assert!(!matches!(cy.ask().await.status, StatusCode::OK), "nobody comes in by it");
    assert_sound(&scene.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_buyer_is_told_by_mail_and_the_seller_has_a_table() {
    let (server, mut office, ana) = server_with_ana().await;
    let bo = with_account(&server, &mut office, "bo@example.org").await;
    let scene = Scene::between(server, ana, bo).await;
    scene.buy_here().await;
    let path = scene.purchase().await;
    let mail = office.next().await;
    let bought = ["12.50 EUR has come", "30 minutes with Ana", &format!("{ORIGIN}{path}"), "no money moved"];
    assert!(bought.iter().all(|words| mail.text.contains(words)), "{}", mail.text);
    let refund = scene.asked(&path).await;
    scene.ana.submit(&format!("{path}/refund"), &[("refund", &refund)]).await;
    let mail = office.next().await;
    assert!(
        mail.text.contains("30:00 min were taken back so far, and 12.50 EUR of the price"),
        "{}",
        mail.text
    );

    let table = scene.ana.get("/earnings/packs.csv").await;
    assert_eq!(table.header("cache-control"), "no-store");
    let lines: Vec<&str> = table.text().lines().collect();
    let [columns, sold] = lines[..] else { panic!("{lines:?}") };
    assert!(
        columns.starts_with("purchase,asked_at,minutes,minutes_back,buyer,status,currency,paid"),
        "{columns}"
    );
    assert!(sold.starts_with(path.trim_start_matches("/purchases/")), "{sold}");
    assert!(sold.ends_with(",30,30.000,Ana,sold_back,EUR,12.50,12.50,0.00,0.00,0.00,0.00"), "{sold}");
    assert_eq!(scene.bo.get("/earnings/packs.csv").await.text().lines().count(), 1, "Bo sold nothing");
    assert_sound(&scene.server.folder).await;
}

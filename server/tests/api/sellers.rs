//! Who may ask for money that comes to the operator's account, and what holds of those who may no longer.

use crate::accounts::sign_up;
use crate::browser::Browser;
use crate::guest::Guest;
use crate::harness::Server;
use crate::mails::{server_with_mail_and, with_account};
use crate::packs::{fields, minutes};
use crate::paid::{agree, checkout, choose, offer, priced, set, terms};
use crate::processor::Processor;
use crate::stripe::leads_to;
use model::offer::{NoShow, Wait, Wishes};
use model::{Offer, RoomCode};
use protocol::{EntryView, ErrorCode, RoomSettings, Rule, Selling};
use serde_json::json;
use server::config::Layer;

const BEARS: &str = "four brown bears";

fn sold_by(sellers: &[&str]) -> Layer {
    Layer { sellers: sellers.iter().map(|&seller| seller.to_owned()).collect(), ..Layer::default() }
}

async fn selling(host: &Browser, room: RoomCode) -> Selling {
    host.call("/api/rooms/settings", &json!({ "room": room })).await.json::<RoomSettings>().selling
}

async fn refused(host: &Browser, room: RoomCode) -> ErrorCode {
    set(host, room, Some(offer("12.50"))).await.refusal()
}

/// The same browser before a server that was started again.
fn again(server: &Server, browser: &Browser) -> Browser {
    let same = server.browser();
    same.set_cookie(browser.cookie());
    same
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_stripe_a_cookie_is_not_enough_to_sell() {
    let stripe = Processor::open().await;
    let server = Server::start_with(Layer { sellers: Vec::new(), ..stripe.settings() }).await;
    stripe.looked_back(&server).await;
    let host = server.browser();
    let room = host.create(false).await;
    assert_eq!(selling(&host, room).await, Selling::NeedsAccount);
    assert_eq!(refused(&host, room).await, ErrorCode::Rule(Rule::SellerNeedsAccount));
    sign_up(&host, "ana@example.org", BEARS).await.json::<()>();
    assert_eq!(selling(&host, room).await, Selling::Test, "the room is the account's now");
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    let bo = server.browser();
    let led = agree(&bo, room, &terms(&bo, room).await).await;
    assert!(!stripe.checkout_at(&leads_to(&led)).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_confirmed_addresses_that_are_listed_sell() {
    let (server, mut office) = server_with_mail_and(sold_by(&["ana@example.org"])).await;
    let ana = with_account(&server, &mut office, "ana@example.org").await;
    let eve = with_account(&server, &mut office, "eve@example.org").await;
    let guest = server.browser();
    for (host, sold, rule) in [
        (&ana, Selling::Test, None),
        (&eve, Selling::NotListed, Some(Rule::SellerNotListed)),
        (&guest, Selling::NeedsAccount, Some(Rule::SellerNeedsAccount)),
    ] {
        let room = host.create(false).await;
        assert_eq!(selling(host, room).await, sold);
        match rule {
            Some(rule) => assert_eq!(refused(host, room).await, ErrorCode::Rule(rule)),
            None => set(host, room, Some(offer("12.50"))).await.json::<()>(),
        }
        set(host, room, None).await.json::<()>();
    }

    // Without mails nobody has confirmed anything.
    let server = Server::start_with(sold_by(&["ana@example.org"])).await;
    let ana = server.browser();
    sign_up(&ana, "ana@example.org", BEARS).await.json::<()>();
    let room = ana.create(false).await;
    assert_eq!(refused(&ana, room).await, ErrorCode::Rule(Rule::SellerNotListed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_sell_no_more_is_paid_nothing_new_and_what_was_paid_holds() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let (bo, cy) = (server.browser(), server.browser());
    choose(&bo, &checkout(&bo, room).await, "pay").await;
    let read = terms(&cy, room).await;

    let server = server.started_again_with(sold_by(&["members"]), 1_000).await;
    let (host, bo, cy) = (again(&server, &host), again(&server, &bo), again(&server, &cy));
    let arguments = json!({ "room": room, "invite": null });
    let view: EntryView = cy.call("/api/rooms/entry", &arguments).await.json();
    assert!(view.price.is_none(), "nothing is on sale: {view:?}");
    assert_eq!(agree(&cy, room, &read).await.refusal(), ErrorCode::Rule(Rule::NotSold));
    assert_eq!(selling(&host, room).await, Selling::NeedsAccount);
    assert_eq!(refused_higher(&host, room).await, ErrorCode::Rule(Rule::SellerNeedsAccount));
    let inside = Guest::with(&server, bo, (room, "Bo")).enter().await;
    assert_eq!(inside.snapshot.participants.len(), 1, "Bo has paid");
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    set(&host, room, Some(patient("12.50"))).await.json::<()>();
    let dearer = set(&host, room, Some(patient("15.00"))).await.refusal();
    assert_eq!(dearer, ErrorCode::Rule(Rule::SellerNeedsAccount));
    set(&host, room, None).await.json::<()>();
    assert_eq!(refused(&host, room).await, ErrorCode::Rule(Rule::SellerNeedsAccount), "free, it stays free");
}

/// The same price by other rules for whoever is late.
fn patient(price: &str) -> Offer {
    let parts = offer(price).parts().clone();
    let no_show = NoShow { wait: Wait::new(40).expect("a wait"), ..parts.no_show };
    Offer::new(Wishes { no_show, ..parts }).expect("an offer")
}

async fn refused_higher(host: &Browser, room: RoomCode) -> ErrorCode {
    set(host, room, Some(offer("15.00"))).await.refusal()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_of_a_host_who_sells_no_more_are_used_and_not_sold() {
    let server = Server::start().await;
    let (ana, bo, cy) = (server.browser(), server.browser(), server.browser());
    sign_up(&ana, "ana@example.org", BEARS).await.json::<()>();
    sign_up(&bo, "bo@example.org", BEARS).await.json::<()>();
    sign_up(&cy, "cy@example.org", BEARS).await.json::<()>();
    let room = ana.create(false).await;
    set(&ana, room, Some(minutes("12.50"))).await.json::<()>();
    let shop = format!("/r/{room}/minutes");
    let read = fields(&bo.get(&shop).await);
    let half: Vec<_> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
    let led = bo.submit(&shop, &half).await;
    choose(&bo, led.header("location"), "pay").await;
    let shown = async |bo: &Browser, path: &str| bo.get(path).await.text().contains(&shop);
    let (door, balance) = (format!("/r/{room}"), "/balance");
    assert!(shown(&bo, &door).await && shown(&bo, balance).await, "he may buy more");

    let server = server.started_again_with(sold_by(&["hal@example.org"]), 1_000).await;
    let (bo, cy) = (again(&server, &bo), again(&server, &cy));
    let page = bo.get(&door).await;
    assert!(page.text().contains("Minutes you have with this host: "), "{}", page.text());
    assert!(!shown(&bo, &door).await && !shown(&bo, balance).await, "there are no more to be had");
    for buyer in [&bo, &cy] {
        let tried = buyer.submit(&shop, &half).await;
        assert_eq!(tried.refusal(), ErrorCode::Rule(Rule::NotSold), "{}", tried.text());
    }
    let led = agree(&bo, room, &terms(&bo, room).await).await;
    assert_eq!(led.header("location"), format!("/r/{room}"), "what Bo has he may use");
    assert!(bo.get(&format!("/r/{room}")).await.text().contains("entry-name"));
}

//! Accounts of hosts' own when something is wrong: words of theirs that were lost, words of others, and
//! accounts that let nobody in any more.

use crate::accounts::sign_up;
use crate::browser::{Answer, Browser, Socket};
use crate::connect::{agree_to_the_cent, selling, until_they_have};
use crate::guest::Guest;
use crate::holds::come_in;
use crate::operator::{read_until, run_by_ana};
use crate::packs::{fields, minutes};
use crate::paid::{agree, offer, set, terms};
use crate::papers::session_of;
use crate::platform::Connected;
use crate::processor::Processor;
use crate::stripe::{Scene, leads_to};
use crate::typed::press;
use domain::session::Status;
use http::StatusCode;
use model::offer::{Length, Overrun, Point, Wishes};
use model::{Currency, Offer, Price};
use protocol::{Deed, Selling};
use serde_json::json;
use service::time::Ambient;
use store::{merchants, refused_words, stripe_reads};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const PAGE: &str = "/earnings/payouts";
const BEARS: &str = "four brown bears";

/// Half an hour for 12.50 EUR, paid then.
fn paid(point: Point, overrun: Overrun) -> Offer {
    Offer::new(Wishes { point, overrun, ..offer("12.50").parts().clone() }).expect("an offer")
}

/// A quarter of an hour more is 5.00 EUR.
fn with_more() -> Offer {
    let price = Price::parse("5", Currency::parse("EUR").expect("a currency")).expect("a price");
    let length = Length::new(15).expect("a quarter");
    paid(Point::During { price, length }, Overrun::Extension)
}

/// Bo pays, and it is told.
pub async fn pay(scene: &Scene) -> String {
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    checkout
}

/// Both come in; the host, and the sockets by which they stay.
async fn both_inside(scene: &Scene) -> (Guest, [Socket; 2]) {
    let own = |browser: &Browser, name| {
        let own = scene.server.browser();
        own.set_cookie(browser.cookie());
        Guest::with(&scene.server, own, (scene.room, name))
    };
    let (bo, ana) = (own(&scene.bo, "Bo"), own(&scene.host, "Ana"));
    let sockets = [come_in(&bo).await, come_in(&ana).await];
    (ana, sockets)
}

/// Waits until everything is taken that an account told.
pub async fn is_read(scene: &Scene, account: &str) {
    let (store, now) = (scene.store().await, scene.server.world.now());
    let is_so = async || {
        let known = merchants::load_by_account(&store, account).await.expect("it is read");
        known.expect("it is known").read >= Some(now)
    };
    scene.until_async("the account is read", is_so).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_accounts_told_while_nobody_listened_is_taken_after_the_start() {
    let Connected { scene, account: first } = Connected::run(offer("12.50")).await;
    let one = pay(&scene).await;
    scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    let Connected { scene, account: second } = Connected::sells(scene, offer("12.50")).await;
    let cy = scene.server.browser();
    let two = Connected::depart(&scene, &cy).await;
    let told = scene.stripe.books().pay(&two);
    scene.tell_all(&told).await;
    let last = Connected::depart(&scene, &scene.server.browser()).await;

    // Nobody is told of two disputes, nor of a payment, nor that the first account is shut.
    let scene = Connected::away(scene, 2 * DAY_MS, |stripe| {
        let mut books = stripe.books();
        books.dispute(&one, "created", "needs_response");
        books.dispute(&two, "created", "needs_response");
        books.pay(&last);
        books.shut.insert(first.clone(), StatusCode::FORBIDDEN);
    })
    .await;
    is_read(&scene, &second).await;
    assert_eq!(scene.status(&two).await, Status::Disputed, "one that is shut holds up no other");
    assert_eq!(scene.status(&one).await, Status::Confirmed, "nobody can be asked there");
    let is_back = |stripe: &Processor| stripe.books().returned() == 1_250;
    scene.until("what came for a session that is over goes back", is_back).await;

    let scene = Connected::away(scene, DAY_MS, |stripe| stripe.books().shut.clear()).await;
    is_read(&scene, &first).await;
    assert_eq!(scene.status(&one).await, Status::Disputed, "also of one that is disconnected here");
    agree_to_the_cent(&scene).await;

    // Within the hour everything is read once more, and nothing of it happens twice.
    let scene = Connected::away(scene, MINUTE_MS, |_| {}).await;
    for account in [&first, &second] {
        is_read(&scene, account).await;
    }
    agree_to_the_cent(&scene).await;
    assert!(
        scene.host.get("/operator/words").await.text().contains("Everything that the payment service said")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_of_another_account_stands_where_whoever_runs_the_server_looks() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = pay(&scene).await;
    let mut told = scene.stripe.books().dispute(&checkout, "created", "needs_response");
    scene.stripe.books().withdrawn.clear();
    for wrong in [json!(null), json!("acct_other")] {
        told["account"] = wrong;
        assert_eq!(scene.tell(&told).await, StatusCode::OK, "it need not be told again");
    }
    // The same of money that did not arrive, which would set an order aside.
    let mut bounced = json!({ "id": "re_1", "status": "failed", "amount": 700, "metadata": {} });
    bounced["metadata"]["payment"] = scene.stripe.books().checkouts[&checkout]["client_reference_id"].clone();
    let event = scene.stripe.books().event_at("acct_other", "refund.failed", &bounced);
    assert_eq!(scene.tell(&event).await, StatusCode::OK);

    // A word that is read from the operator's own list is none of the host's either.
    let scene = Connected::away(scene, DAY_MS, |stripe| {
        let mut books = stripe.books();
        books.events.clear();
        let mut closed = books.dispute(&checkout, "closed", "lost");
        closed.as_object_mut().expect("an event").remove("account");
        books.withdrawn.clear();
        books.events = vec![closed];
    })
    .await;
    is_read(&scene, &account).await;
    let page = read_until(&scene.host, "/operator/words", "A dispute is lost.").await;
    for said in [
        "A bank asks for money back.",
        "another account at Stripe",
        "12.50 EUR",
        "did not arrive",
        "7.00 EUR",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let store = scene.store().await;
    let words = refused_words::load(&store).await.expect("they are read");
    assert_eq!((words.len(), words.iter().map(|line| line.times).max()), (3, Some(2)), "{words:?}");
    store.close().await;
    // Within the hour everything is read once more, and nothing of it was said again.
    let scene = Connected::away(scene, MINUTE_MS, |_| {}).await;
    is_read(&scene, &account).await;
    let (store, now) = (scene.store().await, scene.server.world.now());
    let is_so = async || stripe_reads::load(&store).await.expect("it is read") >= Some(now);
    scene.until_async("the operator's own list is read", is_so).await;
    let again = refused_words::load(&store).await.expect("they are read");
    let times =
        |words: &[refused_words::RefusedLine]| words.iter().map(|line| line.times).collect::<Vec<_>>();
    assert_eq!(times(&again), times(&words));
    store.close().await;
    assert_eq!(scene.status(&checkout).await, Status::Confirmed);
    agree_to_the_cent(&scene).await;
}

/// How the account of a host may fail, and what payer and host read then.
enum Trouble {
    /// Stripe takes no payments for it, which was told.
    Restricted,
    /// It lets nobody in, which nobody told.
    Shut,
    /// The key opens nothing there just now.
    Locked,
    /// Its host has disconnected it here.
    Cut,
}

impl Trouble {
    const fn says(&self) -> [&'static str; 2] {
        const NONE: &str = "no account at Stripe connected that takes payments just now";
        match self {
            Self::Restricted => [NONE, "Stripe takes no payments for your account just now"],
            Self::Shut => [NONE, "cannot reach your account any more"],
            Self::Locked => ["payment service could not be reached. Nothing was paid", "takes payments."],
            Self::Cut => [NONE, "You have connected no account"],
        }
    }

    async fn begin(&self, scene: &Scene, account: &str) {
        let status = match self {
            Self::Restricted => {
                let told =
                    scene.stripe.books().set_account(account, (false, true), Some("requirements.past_due"));
                return scene.tell_all(&[told]).await;
            }
            Self::Cut => return drop(scene.host.submit("/earnings/payouts/disconnect", &[]).await),
            Self::Shut => StatusCode::FORBIDDEN,
            Self::Locked => StatusCode::UNAUTHORIZED,
        };
        scene.stripe.books().shut.insert(account.to_owned(), status);
    }

    /// It is put right; the account that is connected then.
    async fn end(&self, scene: &Scene, account: String) -> String {
        scene.stripe.books().shut.clear();
        let account = match self {
            Self::Cut => Connected::begin(scene).await,
            Self::Restricted | Self::Shut | Self::Locked => account,
        };
        scene.stripe.books().finish(&account);
        scene.stripe.pass(&scene.server, 2_000);
        scene.host.get("/earnings/payouts/back").await;
        assert_eq!(selling(scene).await, Selling::Test);
        account
    }
}

/// In each trouble whoever presses a form reads why nothing can be paid, as a browser shows it, and so does
/// the host; afterwards it is paid, and the books say what Stripe has.
async fn is_refused_and_paid_later(
    scene: &Scene,
    mut account: String,
    press: impl AsyncFn() -> Answer,
) -> String {
    for trouble in [Trouble::Restricted, Trouble::Shut, Trouble::Locked, Trouble::Cut] {
        trouble.begin(scene, &account).await;
        let [payer, host] = trouble.says();
        let answer = press().await;
        assert!(answer.text().contains(payer), "{payer}: {} {}", answer.status, answer.text());
        assert!(answer.header("content-type").starts_with("text/html"), "{:?}", answer.headers);
        let page = scene.host.get(PAGE).await;
        assert!(page.text().contains(host), "{host}: {}", page.text());
        account = trouble.end(scene, account).await;
    }
    let checkout = scene.stripe.checkout_at(&leads_to(&press().await));
    assert_eq!(scene.stripe.books().checkouts[&checkout]["account"], json!(account));
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    agree_to_the_cent(scene).await;
    account
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_waits_until_the_account_of_the_host_takes_payments() {
    let connected = Connected::set().await;
    let Connected { scene, account } = connected;
    set(&scene.host, scene.room, Some(paid(Point::After, Overrun::Close))).await.json::<()>();
    assert_eq!(scene.agree().await.status, StatusCode::SEE_OTHER);
    let (ana, _sockets) = both_inside(&scene).await;
    scene.stripe.pass(&scene.server, 15 * MINUTE_MS);
    ana.deed(Deed::End).await.json::<()>();
    let path = session_of(&scene.bo).await;
    let receipt = format!("{path}/receipt");
    assert!(scene.bo.get(&receipt).await.text().contains("Pay 6.25 EUR"));
    let pay = format!("{path}/pay");
    let press = async || press(&scene.bo, &receipt, &pay, &[]).await;
    let account = is_refused_and_paid_later(&scene, account, press).await;
    assert_eq!(scene.stripe.books().balance(Some(&account)), 625 - 62);
    assert!(!scene.bo.get(&receipt).await.text().contains("Pay 6.25 EUR"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_time_waits_until_the_account_of_the_host_takes_payments() {
    let Connected { scene, account } = Connected::run(with_more()).await;
    pay(&scene).await;
    let _inside = both_inside(&scene).await;
    let page = format!("/r/{}", scene.room);
    let more = format!("{page}/extend");
    let press = async || press(&scene.bo, &page, &more, &[]).await;
    is_refused_and_paid_later(&scene, account, press).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pack_waits_until_the_account_of_the_host_takes_payments() {
    let Connected { scene, account } = Connected::run(minutes("12.50")).await;
    sign_up(&scene.bo, "bo@example.org", BEARS).await.json::<()>();
    let shop = format!("/r/{}/minutes", scene.room);
    let first = fields(&scene.bo.get(&shop).await);
    let first: Vec<_> = first.iter().map(|(name, value)| (&**name, &**value)).collect();
    let press = async || press(&scene.bo, &shop, &shop, &first).await;
    is_refused_and_paid_later(&scene, account, press).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_go_back_is_tried_for_a_day_and_then_the_operators() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let other = scene.host.create(false).await;
    set(&scene.host, other, Some(offer("12.50"))).await.json::<()>();
    pay(&scene).await;
    scene.stripe.books().shut.insert(account.clone(), StatusCode::FORBIDDEN);
    scene.end().await;
    let orders = async || scene.host.get("/operator/orders").await.text().to_owned();
    let have_failed = async || orders().await.matches("account_invalid").count() == 2;
    scene.until_async("the price and the share of it cannot go back", have_failed).await;
    assert!(!orders().await.contains("name=\"order\""), "it is tried again: {}", orders().await);
    // The last of all the tries.
    scene.stripe.pass(&scene.server, DAY_MS);
    scene.server.folder.tamper("update session_orders set attempts = 31 where done_at is null").await;
    let cy = scene.server.browser();
    agree(&cy, other, &terms(&cy, other).await).await;
    let given_up = async || {
        let page = orders().await;
        let parts = page.split("name=\"order\" value=\"").skip(1);
        let orders = parts.map(|part| part.split_once('"').expect("an attribute ends").0.to_owned());
        let mut orders: Vec<_> = orders.collect();
        orders.sort();
        orders.dedup();
        orders
    };
    scene.until_async("both are given up", async || given_up().await.len() == 2).await;
    assert_eq!(scene.stripe.books().returned(), 0);
    scene.stripe.books().shut.clear();
    for order in given_up().await {
        scene.host.submit("/operator/orders", &[("order", &order), ("what", "again")]).await;
    }
    until_they_have(&scene, &account, (0, 0)).await;
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_checkout_at_an_account_that_is_shut_nobody_asks_for_ever() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = scene.depart().await;
    scene.stripe.books().shut.insert(account.clone(), StatusCode::FORBIDDEN);
    scene.stripe.pass(&scene.server, 3 * DAY_MS);
    let page = read_until(&scene.host, "/operator/words", "Nothing was heard of how a checkout ended.").await;
    assert!(page.contains("closed to this server") && page.contains("12.50 EUR"), "{page}");
    // It was paid after all, which the account tells once it lets somebody in.
    let scene = Connected::away(scene, MINUTE_MS, |stripe| {
        let mut books = stripe.books();
        books.shut.clear();
        books.pay(&checkout);
    })
    .await;
    is_read(&scene, &account).await;
    until_they_have(&scene, &account, (0, 0)).await;
    assert_eq!(scene.stripe.books().returned(), 1_250, "it came too late");
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_checkout_at_an_account_that_its_owner_has_cut_nobody_asks_for_ever() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    scene.depart().await;
    let application = json!({ "id": "ca_1", "object": "application" });
    let told = scene.stripe.books().event_at(&account, "account.application.deauthorized", &application);
    scene.tell_all(&[told]).await;
    scene.stripe.books().shut.insert(account, StatusCode::FORBIDDEN);
    scene.stripe.pass(&scene.server, 3 * DAY_MS);
    // It is looked at once.
    scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    let page = read_until(&scene.host, "/operator/words", "Nothing was heard of how a checkout ended.").await;
    assert!(page.contains("closed to this server") && page.contains("12.50 EUR"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_neither_be_taken_nor_read_later_is_told_again() {
    let Connected { scene, account } = Connected::run(offer("12.50")).await;
    let checkout = scene.depart().await;
    // The key opens nothing there any more, which is known once its list was to be read.
    let locked = (account, StatusCode::UNAUTHORIZED);
    let scene = Connected::away(scene, MINUTE_MS, |stripe| stripe.books().shut.extend([locked])).await;
    let told = scene.stripe.books().pay(&checkout);
    let is_sent_back = async || scene.tell(&told[0]).await == StatusCode::SERVICE_UNAVAILABLE;
    scene.until_async("it is told again", is_sent_back).await;
    assert!(!scene.is_open().await);
    scene.stripe.books().shut.clear();
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_host_who_is_gone_the_account_stays_from_which_money_goes_back() {
    let stripe = Processor::open().await;
    let (server, operator) = run_by_ana(Connected::layer(&stripe)).await;
    let host = server.browser();
    sign_up(&host, "hope@example.org", BEARS).await.json::<()>();
    let scene = Connected::scene(stripe, server, host).await;
    let Connected { scene, account } = Connected::sells(scene, offer("12.50")).await;
    pay(&scene).await;
    let (ana, _sockets) = both_inside(&scene).await;
    scene.stripe.pass(&scene.server, 15 * MINUTE_MS);
    ana.deed(Deed::End).await.json::<()>();
    until_they_have(&scene, &account, (625 - 62, 62)).await;
    let path = session_of(&scene.bo).await;
    let other = scene.host.create(false).await;
    set(&scene.host, other, Some(offer("12.50"))).await.json::<()>();
    let scene = Scene { room: other, bo: scene.server.browser(), ..scene };
    pay(&scene).await;
    let told = scene.stripe.books().set_account(&account, (true, true), None);
    scene.tell_all(&[told]).await;

    scene.host.submit("/api/accounts/delete", &[("password", BEARS)]).await.json::<()>();
    // What nobody has had goes back at once, and the rest when whoever runs the server says so.
    until_they_have(&scene, &account, (625 - 62, 62)).await;
    let asked = fields(&operator.get(&format!("{path}/refund?what=all")).await);
    let asked: Vec<_> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
    let done = operator.submit(&format!("{path}/refund"), &asked).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    until_they_have(&scene, &account, (0, 0)).await;
    agree_to_the_cent(&scene).await;

    let store = scene.store().await;
    let merchant = merchants::load_by_account(&store, &account).await.expect("it is read").expect("it stays");
    assert!(merchant.closed.is_some() && merchant.reason.is_none(), "{merchant:?}");
    assert!(store::accounts::load(&store, merchant.user).await.expect("it is read").is_none());
    store.close().await;
    // Nothing of theirs is opened again by what the account tells later.
    let told = scene.stripe.books().set_account(&account, (false, true), Some("rejected.listed"));
    scene.tell_all(&[told]).await;
    let page = operator.get("/operator/ledger").await;
    assert!(!page.text().contains("hope@example.org"), "{}", page.text());
}

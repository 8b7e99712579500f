//! Rooms and packs whose hosts take the money themselves (Stripe Connect): who may sell, whose account is
//! charged, and whether the books say what Stripe has, to the cent, at the host's account and at the operator's.

use crate::accounts::sign_up;
use crate::browser::Browser;
use crate::harness::{PATIENCE, Server};
use crate::holds::{held, meet, plan};
use crate::packs::{buy_first, fields, minutes};
use crate::paid::{offer, set};
use crate::papers::{assert_sound, session_of};
use crate::platform::Connected;
use crate::processor::{Manner, Processor};
use crate::stripe::{Scene, leads_to};
use domain::session::Status;
use http::StatusCode;
use model::{Currency, MerchantId, Money, OutboxId, PaymentId};
use protocol::{Deed, EntryView, ErrorCode, RoomSettings, Rule, Selling};
use serde_json::json;
use server::stripe::Stripe;
use service::payments::{Instruction, PaymentProvider, ProviderError};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::sessions::books::{self, Kind};
use store::sessions::papers::Window;
use store::{Store, ledger, merchants, sessions};

const MINUTE_MS: i64 = 60_000;
const BEARS: &str = "four brown bears";
const PAGE: &str = "/earnings/payouts";

/// Waits until the ledger says what Stripe has: at each account of a host, and at the operator's.
pub async fn agree_to_the_cent(scene: &Scene) {
    say_the_same(&scene.server, &scene.stripe).await;
}

/// The same of any server that asks Stripe.
pub async fn say_the_same(server: &Server, stripe: &Processor) {
    let file = format!("sqlite:{}", server.folder.path().join("data/anteroom.sqlite").display());
    let store = Store::open(server.folder.database().unwrap_or(&file)).await.expect("it opens");
    let is_so = async || {
        let (mut told, mut seen) = (Vec::new(), BTreeSet::new());
        let mut at_banks = forgone(&store).await;
        for balance in ledger::load_balances(&store).await.expect("they are read") {
            let (kind, whose) = balance.name.split_once(':').unwrap_or((&balance.name, ""));
            let account = match kind {
                "host_clearing" | "host_reserve" | "host_loss" => {
                    account_of(&store, whose.parse().expect("an id")).await
                }
                "processor_clearing" | "dispute_reserve" | "loss" => None,
                _ => continue,
            };
            if kind.ends_with("clearing") {
                told.push((balance.balance, stripe.books().balance(account.as_deref())));
                seen.insert(account);
            } else {
                *at_banks.entry(account).or_default() += balance.balance;
            }
        }
        let accounts: Vec<_> = stripe.books().accounts.keys().cloned().map(Some).collect();
        for account in accounts.iter().chain([&None]) {
            let booked = at_banks.get(account).copied().unwrap_or(0);
            told.push((booked, stripe.books().at_banks(account.as_deref())));
        }
        // Of what no book knows nothing may be there.
        for account in accounts.into_iter().filter(|account| !seen.contains(account)) {
            told.push((0, stripe.books().balance(account.as_deref())));
        }
        !seen.is_empty() && told.iter().all(|(here, there)| here == there)
    };
    let agreeing = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, agreeing).await.expect("the ledger says what Stripe has");
    store.close().await;
    assert_sound(&server.folder).await;
}

/// What was lost to banks before anybody had earned it, which no account of the ledger holds. Of all else that
/// banks took, what is asked for is in reserve, and what is lost a loss.
async fn forgone(store: &Store) -> BTreeMap<Option<String>, i64> {
    let all = Window { offset: 0, limit: 1_000 };
    let lines = books::load_sessions(store, Kind::All, all).await.expect("they are read");
    let mut forgone = BTreeMap::new();
    for line in lines {
        let session = sessions::load(store, line.id).await.expect("it is read").expect("it is listed");
        for (payment, takings) in session.till.takings() {
            let account = match payment.merchant {
                Some(merchant) => account_of(store, merchant).await,
                None => None,
            };
            *forgone.entry(account).or_default() += takings.forgone.minor;
        }
    }
    forgone
}

async fn account_of(store: &Store, merchant: MerchantId) -> Option<String> {
    merchants::load(store, merchant).await.expect("it is read").expect("it is known").account
}

/// Waits until that is what a host's account has, and what the operator has; either may come first.
pub async fn until_they_have(scene: &Scene, account: &str, both: (i64, i64)) {
    let have = |stripe: &Processor| {
        let books = stripe.books();
        (books.balance(Some(account)), books.balance(None)) == both
    };
    scene.until(&format!("host and operator have {both:?}"), have).await;
}

pub async fn selling(scene: &Scene) -> Selling {
    let arguments = json!({ "room": scene.room });
    scene.host.call("/api/rooms/settings", &arguments).await.json::<RoomSettings>().selling
}

async fn page(browser: &Browser) -> String {
    browser.get(PAGE).await.text().to_owned()
}

/// Whether the room's page offers something for money.
async fn is_on_sale(scene: &Scene, browser: &Browser) -> bool {
    let arguments = json!({ "room": scene.room, "invite": null });
    let view: EntryView = browser.call("/api/rooms/entry", &arguments).await.json();
    view.price.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_connects_an_account_and_reads_how_it_stands() {
    let scene = Connected::unconnected().await;
    let guest = scene.server.browser();
    assert!(page(&guest).await.contains("Please sign in first"));
    let led = guest.submit(PAGE, &[]).await;
    assert_eq!((led.status, led.header("location")), (StatusCode::SEE_OTHER, PAGE));
    assert!(page(&scene.host).await.contains("no account, so that nothing can be paid"));
    assert_eq!(selling(&scene).await, Selling::NeedsStripe);
    let refused = set(&scene.host, scene.room, Some(offer("12.50"))).await.refusal();
    assert_eq!(refused, ErrorCode::Rule(Rule::SellerNeedsStripe));

    // The first answer is lost: it is one account all the same.
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    let lost = scene.host.submit(PAGE, &[]).await;
    assert_eq!(lost.status, StatusCode::BAD_GATEWAY);
    assert!(lost.text().contains("could not be asked"), "{}", lost.text());
    let account = Connected::begin(&scene).await;
    assert_eq!(scene.stripe.books().accounts.len(), 1);
    let back = scene.host.get(&format!("{PAGE}/back")).await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, PAGE));
    let unfinished = page(&scene.host).await;
    assert!(unfinished.contains("Go on at Stripe") && unfinished.contains(&account), "{unfinished}");
    assert_eq!(selling(&scene).await, Selling::NeedsStripe);

    let told = scene.stripe.books().finish(&account);
    assert_eq!(scene.tell(&told).await, StatusCode::OK);
    assert!(page(&scene.host).await.contains("takes payments. Whatever is paid"));
    set(&scene.host, scene.room, Some(offer("12.50"))).await.json::<()>();
    assert_eq!(selling(&scene).await, Selling::Test);
    assert!(is_on_sale(&scene, &scene.bo).await);

    for (reason, sentence) in [
        ("requirements.pending_verification", "Stripe is checking"),
        ("requirements.past_due", "says there what it needs"),
    ] {
        let told = scene.stripe.books().set_account(&account, (false, true), Some(reason));
        // Whatever is written on a message, it is Stripe that is asked.
        let mut lie = told.clone();
        lie["data"]["object"]["charges_enabled"] = json!(true);
        assert_eq!(scene.tell(&lie).await, StatusCode::OK);
        let restricted = page(&scene.host).await;
        assert!(restricted.contains(sentence) && restricted.contains(reason), "{restricted}");
        assert!(!is_on_sale(&scene, &scene.bo).await);
        assert_eq!(selling(&scene).await, Selling::NeedsStripe);
    }
    let entry = scene.bo.get(&format!("/r/{}", scene.room)).await;
    assert!(entry.text().contains("cannot sell anything on this server just now"), "{}", entry.text());

    let told = scene.stripe.books().finish(&account);
    assert_eq!(scene.tell(&told).await, StatusCode::OK);
    let cut = scene.stripe.books().event_at(&account, "account.application.deauthorized", &json!({}));
    assert_eq!(scene.tell(&cut).await, StatusCode::OK);
    assert!(page(&scene.host).await.contains("no account, so that nothing can be paid"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_hosts_take_no_money_there_is_no_such_page() {
    let scene = Scene::set().await;
    sign_up(&scene.host, "ana@example.org", BEARS).await.json::<()>();
    for path in [PAGE, "/earnings/payouts/back"] {
        assert_eq!(scene.host.get(path).await.status, StatusCode::NOT_FOUND);
    }
    for path in [PAGE, "/earnings/payouts/disconnect"] {
        assert_eq!(scene.host.submit(path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert!(!scene.host.get("/earnings").await.text().contains(PAGE));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paid_at_once_is_the_hosts_and_goes_back_with_the_share() {
    let Connected { scene, account } = Connected::set().await;
    assert!(scene.host.get("/earnings").await.text().contains(PAGE));
    let checkout = scene.depart().await;
    {
        let books = scene.stripe.books();
        let session = &books.checkouts[&checkout];
        assert_eq!(session["account"], json!(account));
        assert_eq!(session["application_fee_amount"], json!(125));
    }
    assert_eq!(scene.depart().await, checkout, "asked twice, it is the same");
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    assert_eq!(scene.stripe.books().balance(Some(&account)), 1_125);
    agree_to_the_cent(&scene).await;
    scene.end().await;
    until_they_have(&scene, &account, (0, 0)).await;
    assert_eq!(scene.stripe.books().returned(), 1_250);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_or_is_silent_is_asked_about_at_the_account() {
    let Connected { scene, .. } = Connected::set().await;
    let checkout = scene.depart().await;
    scene.stripe.books().pay(&checkout);
    scene.stripe.pass(&scene.server, MINUTE_MS);
    scene.come_back(&checkout).await;
    assert!(scene.is_open().await);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_is_kept_ready_a_part_is_kept_given_back_and_disputed() {
    let Connected { scene, account } = Connected::set().await;
    plan(&scene, "2023-11-15T22:30").await;
    let checkout = held(&scene).await;
    assert_eq!(scene.stripe.books().balance(Some(&account)), 0, "it is only kept ready");
    let (host, _sockets) = meet(&scene).await;
    scene.stripe.pass(&scene.server, 10 * MINUTE_MS);
    host.deed(Deed::End).await.json::<()>();
    // A third of the time of 12.50 EUR, and a tenth of that.
    until_they_have(&scene, &account, (417 - 41, 41)).await;
    let told = scene.stripe.books().news_of(&checkout);
    scene.tell_all(&[told]).await;
    agree_to_the_cent(&scene).await;

    let path = session_of(&scene.bo).await;
    let asked = scene.host.get(&format!("{path}/refund?what=part&amount=2.00")).await;
    let asked = fields(&asked);
    let asked: Vec<_> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
    let done = scene.host.submit(&format!("{path}/refund"), &asked).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    // 41 cents of 4.17 EUR, of which 2.00 EUR go back: 19 cents, as the books round.
    until_they_have(&scene, &account, (217 - 22, 22)).await;
    agree_to_the_cent(&scene).await;
    let receipt = scene.host.get(&format!("{path}/receipt")).await.text().to_owned();
    assert!(receipt.contains("<dd>4.17 EUR</dd>") && receipt.contains("<dd>1.95 EUR</dd>"), "{receipt}");

    for (kind, status, word) in
        [("created", "needs_response", Status::Disputed), ("closed", "lost", Status::DisputeLost)]
    {
        let mut told = scene.stripe.books().dispute(&checkout, kind, status);
        told["data"]["object"]["amount"] = json!(417);
        scene.stripe.books().withdraw(&told["data"]["object"]);
        scene.tell_all(&[told.clone(), told]).await;
        assert_eq!(scene.status(&checkout).await, word);
        agree_to_the_cent(&scene).await;
    }
    assert_eq!(scene.stripe.books().balance(None), 22, "the operator keeps the share of what was kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_of_another_account_is_not_taken() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    let dispute = scene.stripe.books().dispute(&checkout, "created", "needs_response");
    scene.stripe.books().withdrawn.clear();
    let other = scene.stripe.books().accounts.len();
    assert_eq!(other, 1);
    for wrong in [json!(null), json!("acct_other")] {
        for event in &told {
            let mut event = event.clone();
            event["account"] = wrong.clone();
            assert_eq!(scene.tell(&event).await, StatusCode::OK);
        }
    }
    assert!(!scene.is_open().await);
    scene.tell_all(&told).await;
    assert!(scene.is_open().await);
    for wrong in [json!(null), json!("acct_other")] {
        let mut event = dispute.clone();
        event["account"] = wrong;
        assert_eq!(scene.tell(&event).await, StatusCode::OK);
    }
    assert_eq!(scene.status(&checkout).await, Status::Confirmed);
    assert_eq!(account, scene.stripe.books().intent_of(&checkout)["account"]);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_account_says_of_money_is_believed_of_our_own_checkout_alone() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    let metadata = scene.stripe.books().checkouts[&checkout]["metadata"].clone();
    // Its owner pays themselves, and writes our number on it.
    let forged = json!({
        "id": "pi_own", "object": "payment_intent", "status": "succeeded", "amount": 1250,
        "amount_received": 1250, "amount_capturable": 0, "currency": "eur", "metadata": metadata,
    });
    let event = scene.stripe.books().event_at(&account, "payment_intent.succeeded", &forged);
    assert_eq!(scene.tell(&event).await, StatusCode::OK);
    assert!(!scene.is_open().await, "nobody has paid at the checkout");
    let told = scene.stripe.books().pay(&checkout);
    scene.stripe.books().intent_of(&checkout)["metadata"] = json!({});
    scene.tell_all(&told).await;
    assert!(scene.is_open().await, "what was paid counts, whatever its owner writes on it");
    let mut ended = forged;
    ended["status"] = json!("canceled");
    let event = scene.stripe.books().event_at(&account, "payment_intent.canceled", &ended);
    assert_eq!(scene.tell(&event).await, StatusCode::OK);
    assert_eq!(scene.status(&checkout).await, Status::Confirmed);
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_connects_another_account_changes_only_what_is_paid_from_then_on() {
    let Connected { scene, account } = Connected::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    let cy = scene.server.browser();
    let first = Connected::depart(&scene, &cy).await;
    let done = scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    assert_eq!(done.header("location"), PAGE);
    assert!(!is_on_sale(&scene, &scene.server.browser()).await);
    let other = Connected::begin(&scene).await;
    assert_ne!(other, account);
    scene.stripe.books().finish(&other);
    scene.stripe.pass(&scene.server, 2_000);
    scene.host.get(&format!("{PAGE}/back")).await;
    assert!(page(&scene.host).await.contains(&other));

    // Cy was led to the first account, did not pay there, and is led to the other now.
    let second = Connected::depart(&scene, &cy).await;
    assert_ne!(first, second);
    assert_eq!(scene.stripe.books().checkouts[&second]["account"], json!(other));
    let is_over = |stripe: &Processor| stripe.books().checkouts[&first]["status"] == "expired";
    scene.until("nobody pays at the first any more", is_over).await;
    let told = scene.stripe.books().pay(&second);
    scene.tell_all(&told).await;
    assert_eq!(scene.stripe.books().balance(Some(&other)), 1_125);
    scene.end().await;
    // Both go back, each from its own.
    until_they_have(&scene, &account, (0, 0)).await;
    until_they_have(&scene, &other, (0, 0)).await;
    agree_to_the_cent(&scene).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_share_goes_back_once_however_often_it_is_asked_for() {
    let Connected { scene, .. } = Connected::set().await;
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    let payment = scene.stripe.books().checkouts[&checkout]["client_reference_id"].clone();
    let payment: PaymentId = payment.as_str().expect("a text").parse().expect("an id");
    let store = scene.store().await;
    let stripe = Stripe::new(scene.stripe.account(), store.clone(), scene.server.world.clone());
    let euro = Currency::parse("EUR").expect("a currency");
    let order = async |order: u128, minor| {
        let what = Instruction::ReturnFee { payment, amount: Money::new(minor, euro) };
        match stripe.carry_out(OutboxId::from_bits(order), what).await {
            Ok(()) => "done",
            Err(ProviderError::Away(_) | ProviderError::UnderWay(_)) => "away",
            Err(ProviderError::Closed(_)) => "closed",
            Err(ProviderError::Refused(_)) => "refused",
        }
    };
    scene.stripe.books().manners.push_back(Manner::HangsUp);
    assert_eq!(order(1, 25).await, "away");
    // Keys are forgotten after a day.
    scene.stripe.books().forget_keys();
    assert_eq!(order(1, 25).await, "done");
    scene.stripe.books().manners.push_back(Manner::Fails);
    assert_eq!([order(2, 10).await, order(2, 10).await], ["away", "done"]);
    assert_eq!(order(3, 91).await, "refused");
    assert_eq!(scene.stripe.books().balance(None), 90);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packs_are_the_hosts_and_go_back_with_the_share() {
    let Connected { scene, account } = Connected::set().await;
    sign_up(&scene.bo, "bo@example.org", BEARS).await.json::<()>();
    set(&scene.host, scene.room, Some(minutes("12.50"))).await.json::<()>();
    let shop = format!("/r/{}/minutes", scene.room);
    let checkout = scene.stripe.checkout_at(&leads_to(&buy_first(&scene.bo, &shop).await));
    let told = scene.stripe.books().pay(&checkout);
    scene.tell_all(&told).await;
    assert_eq!(scene.stripe.books().balance(Some(&account)), 1_125);
    agree_to_the_cent(&scene).await;
    let list = scene.bo.get("/balance").await;
    let (_, rest) = list.text().split_once("href=\"/purchases/").expect("a purchase is listed");
    let path = format!("/purchases/{}", rest.split_once('"').expect("an attribute ends").0);
    let asked = fields(&scene.host.get(&format!("{path}/refund")).await);
    let asked: Vec<_> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
    scene.host.submit(&format!("{path}/refund"), &asked).await;
    until_they_have(&scene, &account, (0, 0)).await;
    assert_eq!(scene.stripe.books().returned(), 1_250);
    agree_to_the_cent(&scene).await;
    let first = fields(&scene.bo.get(&shop).await);
    let first: Vec<_> = first.iter().map(|(name, value)| (&**name, &**value)).collect();
    scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    let tried = scene.bo.submit(&shop, &first).await;
    assert_eq!(tried.refusal(), ErrorCode::Rule(Rule::SellerNeedsStripe), "nothing new is sold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_opens_accounts_without_end() {
    let scene = Connected::unconnected().await;
    for _ in 0..5 {
        Connected::begin(&scene).await;
        Connected::begin(&scene).await;
        scene.host.submit("/earnings/payouts/disconnect", &[]).await;
    }
    assert_eq!(scene.host.submit(PAGE, &[]).await.refusal(), ErrorCode::TooManyRequests);
    assert_eq!(scene.stripe.books().accounts.len(), 5);
}

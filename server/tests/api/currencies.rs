//! Prices in currencies without decimals and with three: what is asked of Stripe, what goes back, and what
//! everybody reads of it; and amounts that Stripe does not take.

use crate::accounts::sign_up;
use crate::browser::{Browser, Socket};
use crate::guest::Guest;
use crate::harness::{PATIENCE, Server};
use crate::packs::buy_first;
use crate::paid::{agree, set, terms};
use crate::papers::{assert_sound, session_of};
use crate::processor::{Processor, SITE};
use crate::stripe::leads_to;
use http::StatusCode;
use model::money::{Currency, Price};
use model::offer::{Access, Length, Pack, Packs, Point, Wishes};
use model::{Offer, RoomCode};
use protocol::{Deed, ErrorCode, JoinOutcome, RoomSettings, Rule};
use serde_json::json;
use server::config::Layer;
use std::time::Duration;

const MINUTE_MS: i64 = 60_000;
const BEARS: &str = "four brown bears";

fn price(amount: &str, code: &str) -> Price {
    Price::parse(amount, Currency::parse(code).expect("a currency")).expect("a price")
}

fn slot(amount: &str, code: &str) -> Wishes {
    let length = Length::new(30).expect("half an hour");
    Wishes::plain(Access::Fixed { price: price(amount, code), length })
}

fn made(wishes: Wishes) -> Offer {
    Offer::new(wishes).expect("an offer")
}

fn packs(amount: &str, code: &str) -> Offer {
    let packs = Packs::new(vec![Pack { minutes: 30, price: price(amount, code) }]).expect("one pack");
    made(Wishes::plain(Access::Prepaid { packs, most: Length::new(30).expect("half an hour") }))
}

/// A room that costs something at Stripe, of which a tenth is the operator's.
async fn room_for(stripe: &Processor, offer: Offer) -> (Server, Browser, RoomCode) {
    let server = Server::start_with(Layer { payments_fee: Some(100), ..stripe.settings() }).await;
    stripe.looked_back(&server).await;
    let host = server.browser();
    sign_up(&host, "ana@example.org", BEARS).await.json::<()>();
    let room = host.create(false).await;
    set(&host, room, Some(offer)).await.json::<()>();
    (server, host, room)
}

async fn tell_paid(stripe: &Processor, server: &Server, checkout: &str) {
    let told = stripe.books().pay(checkout);
    for event in &told {
        assert_eq!(stripe.tell(server, event).await.status, StatusCode::OK, "{event}");
    }
}

/// Comes in by the address that Stripe knows.
async fn come_in(guest: &Guest) -> Socket {
    let JoinOutcome::Joined { ticket, .. } = guest.ask().await.json() else { panic!("somebody has to wait") };
    let path = format!("/signal?ticket={}", ticket.to_hex());
    let Ok(socket) = guest.browser.try_socket(&path, Some(SITE)).await else { panic!("no socket") };
    socket
}

async fn returned(stripe: &Processor, minor: i64) {
    let watching = async {
        while stripe.books().returned() != minor {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, watching).await;
    assert!(waited.is_ok(), "{minor} go back, and not {}", stripe.books().returned());
}

/// What one currency comes to.
struct Sums {
    code: &'static str,
    price: &'static str,
    minor: i64,
    /// What goes back when a third of the time was had, and what of the rest is the host's.
    back: (i64, &'static str),
    kept: &'static str,
    host: &'static str,
    /// What goes back by hand then, and what is no amount.
    more: (&'static str, i64),
    wrong: [&'static str; 2],
}

const YEN: Sums = Sums {
    code: "JPY",
    price: "1250",
    minor: 1_250,
    back: (833, "833 JPY"),
    kept: "417 JPY",
    host: "376 JPY",
    more: ("100", 100),
    wrong: ["1.5", "10.00"],
};
const DINAR: Sums = Sums {
    code: "KWD",
    price: "12.500",
    minor: 12_500,
    back: (8_330, "8.330 KWD"),
    kept: "4.170 KWD",
    host: "3.760 KWD",
    more: ("1.5", 1_500),
    wrong: ["1.005", "1.0000"],
};

async fn a_third_of_a_session(sums: &Sums) {
    let stripe = Processor::open().await;
    let (server, host, room) = room_for(&stripe, made(slot(sums.price, sums.code))).await;
    let bo = server.browser();
    let whole = price(sums.price, sums.code).money().to_string();
    assert!(bo.get(&format!("/r/{room}")).await.text().contains(&format!("Agree and pay {whole}")));
    let checkout = stripe.checkout_at(&leads_to(&agree(&bo, room, &terms(&bo, room).await).await));
    let asked = stripe.books().checkouts[&checkout].clone();
    let code = sums.code.to_ascii_lowercase();
    assert_eq!((&asked["amount_total"], &asked["currency"]), (&json!(sums.minor), &json!(code)));
    tell_paid(&stripe, &server, &checkout).await;
    let (bo, ana) = (Guest::with(&server, bo, (room, "Bo")), Guest::with(&server, host, (room, "Ana")));
    let _sockets = (come_in(&bo).await, come_in(&ana).await);
    stripe.pass(&server, 10 * MINUTE_MS);
    ana.deed(Deed::End).await.json::<()>();
    returned(&stripe, sums.back.0).await;

    let (bo, host) = (&bo.browser, &ana.browser);
    let path = session_of(bo).await;
    let receipt = bo.get(&format!("{path}/receipt")).await;
    for said in [&*whole, sums.back.1, sums.kept] {
        assert!(receipt.text().contains(&format!("<dd>{said}</dd>")), "{said}: {}", receipt.text());
    }
    let earned = host.get("/earnings").await;
    assert!(earned.text().contains(sums.host), "{}", earned.text());
    let file = host.get("/earnings.csv").await;
    assert!(file.text().contains(sums.code), "{}", file.text());

    for wrong in sums.wrong {
        let refused = host.get(&format!("{path}/refund?what=part&amount={wrong}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.text());
    }
    let (amount, minor) = sums.more;
    let refund = [("refund", &*"3".repeat(32)), ("what", "part"), ("amount", amount)];
    let page = host.get(&format!("{path}/refund?what=part&amount={amount}")).await;
    assert!(page.text().contains(&price(amount, sums.code).money().to_string()), "{}", page.text());
    let given = host.submit(&format!("{path}/refund"), &refund).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
    returned(&stripe, sums.back.0 + minor).await;
    assert_sound(&server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_in_yen_is_asked_for_and_goes_back_in_yen() {
    a_third_of_a_session(&YEN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_in_dinars_moves_in_tens_of_thousandths() {
    a_third_of_a_session(&DINAR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packs_are_bought_in_whole_yen_and_thousandths_of_dinars() {
    for sums in [&YEN, &DINAR] {
        let stripe = Processor::open().await;
        let (server, ana, room) = room_for(&stripe, packs(sums.price, sums.code)).await;
        let bo = server.browser();
        sign_up(&bo, "bo@example.org", BEARS).await.json::<()>();
        let shop = format!("/r/{room}/minutes");
        let whole = price(sums.price, sums.code).money().to_string();
        let page = bo.get(&shop).await;
        assert!(page.text().contains(&format!("Buy 30 minutes for {whole}")), "{}", page.text());
        let checkout = stripe.checkout_at(&leads_to(&buy_first(&bo, &shop).await));
        assert_eq!(stripe.books().checkouts[&checkout]["amount_total"], json!(sums.minor));
        tell_paid(&stripe, &server, &checkout).await;
        let balance = bo.get("/balance").await;
        assert!(balance.text().contains(&whole) && balance.text().contains("30 min 0 s"), "{whole}");
        let sold = ana.get("/earnings/packs").await;
        assert!(sold.text().contains(&format!(">{whole}<")), "{}", sold.text());
        assert_sound(&server.folder).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stripe_does_not_take_is_said_when_it_is_set_or_else_when_it_is_paid() {
    let stripe = Processor::open().await;
    let (server, host, room) = room_for(&stripe, made(slot("0.50", "EUR"))).await;
    let settings: RoomSettings = host.call("/api/rooms/settings", &json!({ "room": room })).await.json();
    let least: Vec<_> = settings.least.iter().map(ToString::to_string).collect();
    assert!(least.contains(&"0.50 EUR".to_owned()) && least.contains(&"50 JPY".to_owned()), "{least:?}");
    let more = |amount| Point::During { price: price(amount, "EUR"), length: Length::new(5).expect("some") };
    let overrun = model::offer::Overrun::Extension;
    for little in [
        made(slot("0.49", "EUR")),
        made(slot("49", "JPY")),
        packs("0.49", "EUR"),
        made(Wishes { point: more("0.10"), overrun, ..slot("12.50", "EUR") }),
    ] {
        let refused = set(&host, room, Some(little)).await;
        assert_eq!((refused.status.as_u16(), refused.refusal()), (422, ErrorCode::Rule(Rule::TooLittle)));
    }

    // Of dinars no smallest amount is known, so that Stripe has the word.
    set(&host, room, Some(made(slot("0.100", "KWD")))).await.json::<()>();
    let bo = server.browser();
    for _ in 0..2 {
        let refused = agree(&bo, room, &terms(&bo, room).await).await;
        assert_eq!(refused.refusal(), ErrorCode::Rule(Rule::PaymentRefused), "{}", refused.text());
    }
    set(&host, room, Some(made(slot("0.200", "KWD")))).await.json::<()>();
    leads_to(&agree(&bo, room, &terms(&bo, room).await).await);
}

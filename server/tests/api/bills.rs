//! Calls that are paid when they are over, by forms alone: the bill, paying it, and letting it go.

use crate::browser::Browser;
use crate::guest::Guest;
use crate::harness::Server;
use crate::paid::{agree, choose, offer, set, terms};
use crate::papers::assert_sound;
use crate::processor::{Processor, SITE};
use crate::stripe::leads_to;
use http::StatusCode;
use model::offer::{Point, Wishes};
use model::{Offer, RoomCode};
use protocol::{Deed, ErrorCode, JoinOutcome, Rule};

const MINUTE_MS: i64 = 60_000;

/// A call that is over; of the 12.50 EUR for half an hour 4.17 are due, if it went on for ten minutes.
struct Bill {
    server: Server,
    room: RoomCode,
    host: Guest,
    payer: Guest,
    /// The path of the session's pages, without a slash at the end.
    path: String,
}

fn after() -> Offer {
    Offer::new(Wishes { point: Point::After, ..offer("12.50").parts().clone() }).expect("an offer")
}

/// Ana asks for money after the call, and somebody agrees.
async fn agreed(server: &Server, payer: Browser) -> (Guest, Guest) {
    let host = server.browser();
    let room = host.create(false).await;
    set(&host, room, Some(after())).await.json::<()>();
    let page = payer.get(&format!("/r/{room}")).await;
    assert!(page.text().contains("You pay when the session is over."), "{}", page.text());
    assert!(page.text().contains("Agree and go on") && !page.text().contains("entry-name"));
    let agreed = agree(&payer, room, &terms(&payer, room).await).await;
    assert_eq!((agreed.status, agreed.header("location")), (StatusCode::SEE_OTHER, &*format!("/r/{room}")));
    assert!(payer.get(&format!("/r/{room}")).await.text().contains("entry-name"), "he may come in");
    (Guest::with(server, host, (room, "Ana")), Guest::with(server, payer, (room, "Bo")))
}

impl Bill {
    /// A call that its host ended after ten minutes.
    async fn written() -> Self {
        let server = Server::start().await;
        let (host, payer) = agreed(&server, server.browser()).await;
        let (payer, host) = (payer.enter().await, host.enter().await);
        server.world.pass(10 * MINUTE_MS);
        host.guest.deed(Deed::End).await.json::<()>();
        Self::found(server, host.guest, payer.guest).await
    }

    /// A call that its payer left, so that all of it is due.
    async fn in_full(server: Server, payer: Browser) -> Self {
        let (host, payer) = agreed(&server, payer).await;
        for guest in [&payer, &host] {
            assert!(matches!(guest.ask().await.json(), JoinOutcome::Joined { .. }));
        }
        payer.act("leave").await.json::<()>();
        host.deed(Deed::End).await.json::<()>();
        Self::found(server, host, payer).await
    }

    async fn found(server: Server, host: Guest, payer: Guest) -> Self {
        let room = host.seat.room;
        let led = payer.browser.get(&format!("/r/{room}/receipt")).await;
        let path =
            led.header("location").strip_suffix("/receipt").expect("it leads to the receipt").to_owned();
        assert!(path.starts_with("/sessions/"), "{path}");
        Self { server, room, host, payer, path }
    }

    const fn bo(&self) -> &Browser {
        &self.payer.browser
    }

    const fn ana(&self) -> &Browser {
        &self.host.browser
    }

    async fn reads(&self, browser: &Browser) -> String {
        browser.get(&format!("{}/receipt", self.path)).await.text().to_owned()
    }

    async fn pay(&self, browser: &Browser) -> crate::browser::Answer {
        browser.submit(&format!("{}/pay", self.path), &[]).await
    }

    /// The checkout of the test processor for it.
    async fn checkout(&self) -> String {
        let answer = self.pay(self.bo()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let path = answer.header("location").to_owned();
        assert!(path.starts_with("/test-checkout/"), "{path}");
        path
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_is_written_read_and_paid_by_its_payer() {
    let bill = Bill::written().await;
    let (receipt, back) = (bill.reads(bill.bo()).await, format!("{}/receipt", bill.path));
    for said in ["<h1>Bill</h1>", "Please pay", "Pay 4.17 EUR", "Still to pay", "Over, bill not paid"] {
        assert!(receipt.contains(said), "{said}: {receipt}");
    }
    assert!(receipt.contains(&format!("action=\"{}/pay\"", bill.path)), "{receipt}");
    assert!(bill.bo().get("/payments").await.text().contains(">Pay 4.17 EUR</a>"), "it is marked");
    let earnings = bill.ana().get("/earnings").await;
    assert!(earnings.text().contains("Over, bill not paid<br>4.17 EUR"), "{}", earnings.text());
    assert!(
        bill.ana().get("/earnings.csv").await.text().contains(",closed,EUR,0.00,0.00,0.00,0.00,0.00,4.17")
    );
    assert!(!bill.reads(bill.ana()).await.contains("Please pay"), "the host has nothing to pay");

    for stranger in [bill.ana(), &bill.server.browser()] {
        assert_eq!(bill.pay(stranger).await.status, StatusCode::NOT_FOUND, "it is Bo's to pay");
    }
    let path = bill.checkout().await;
    assert_eq!(bill.checkout().await, path, "two clicks are one checkout");
    let declined = choose(bill.bo(), &path, "decline").await;
    assert!(declined.text().contains("role=\"alert\"") && declined.text().contains("<form"));
    assert!(bill.reads(bill.bo()).await.contains("If you have just paid"));
    let cancelled = choose(bill.bo(), &path, "cancel").await;
    assert_eq!((cancelled.status, cancelled.header("location")), (StatusCode::SEE_OTHER, &*back));
    assert!(bill.reads(bill.bo()).await.contains("Pay 4.17 EUR"), "it is due as before");
    let again = bill.checkout().await;
    assert_ne!(again, path);
    bill.server.world.pass(3 * 60 * MINUTE_MS);
    let third = bill.checkout().await;
    assert_ne!(third, again, "a checkout that is over is followed by another");
    let paid = choose(bill.bo(), &third, "pay").await;
    assert_eq!((paid.status, paid.header("location")), (StatusCode::SEE_OTHER, &*back));

    let receipt = bill.reads(bill.bo()).await;
    assert!(receipt.contains("Cut short") && !receipt.contains("Please pay"), "{receipt}");
    assert!(receipt.contains("the bill") && !receipt.contains("Still to pay"), "{receipt}");
    let once_more = bill.pay(bill.bo()).await;
    assert_eq!((once_more.status, once_more.header("location")), (StatusCode::SEE_OTHER, &*back));
    let waive = bill.ana().get(&format!("{}/waive", bill.path)).await;
    assert_eq!((waive.status, waive.header("location")), (StatusCode::SEE_OTHER, &*back));
    assert_sound(&bill.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_lets_a_bill_go() {
    let bill = Bill::written().await;
    let path = bill.checkout().await;
    let waive = format!("{}/waive", bill.path);
    assert!(bill.reads(bill.ana()).await.contains(&format!("action=\"{waive}\"")));
    for stranger in [bill.bo(), &bill.server.browser()] {
        assert_eq!(stranger.get(&waive).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.submit(&waive, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let page = bill.ana().get(&waive).await;
    assert!(page.text().contains("<h1>Let 4.17 EUR go?</h1>"), "{}", page.text());
    assert!(page.text().contains("Bo then owes nothing more"), "{}", page.text());
    assert!(bill.reads(bill.bo()).await.contains("Please pay"), "asking lets nothing go");
    for _two_clicks in 0..2 {
        let done = bill.ana().submit(&waive, &[]).await;
        assert_eq!(done.header("location"), format!("{}/receipt", bill.path));
    }
    for browser in [bill.bo(), bill.ana()] {
        let receipt = bill.reads(browser).await;
        assert!(
            receipt.contains("The host let the bill go.") && !receipt.contains("Still to pay"),
            "{receipt}"
        );
    }
    assert!(!bill.bo().get("/payments").await.text().contains("Pay 4.17 EUR"));
    // Whether the order that ends the checkout was quicker or not: nobody pays any more.
    choose(bill.bo(), &path, "pay").await;
    assert!(bill.reads(bill.ana()).await.contains("The host let the bill go."));
    assert_sound(&bill.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_not_paid_is_led_to_the_bill_first() {
    let bill = Bill::written().await;
    let another = bill.ana().create(false).await;
    set(bill.ana(), another, Some(after())).await.json::<()>();
    let page = bill.bo().get(&format!("/r/{another}")).await;
    assert!(page.text().contains("You have not paid 4.17 EUR"), "{}", page.text());
    assert!(page.text().contains(&format!("href=\"{}/receipt\"", bill.path)), "{}", page.text());
    assert!(!page.text().contains("Agree and go on"), "{}", page.text());
    let agreed = agree(bill.bo(), another, &terms(bill.bo(), another).await).await;
    assert_eq!(agreed.header("location"), format!("{}/receipt", bill.path));
    choose(bill.bo(), &bill.checkout().await, "pay").await;
    let agreed = agree(bill.bo(), another, &terms(bill.bo(), another).await).await;
    assert_eq!(agreed.header("location"), format!("/r/{another}"));
    let nobody = bill.server.browser().get(&format!("/r/{}/receipt", bill.room)).await;
    assert_eq!((nobody.header("location"), nobody.header("set-cookie")), ("/payments", ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_an_account_gets_the_bill_by_mail() {
    let (server, mut office, bo) = crate::mails::server_with_ana().await;
    let bill = Bill::in_full(server, bo).await;
    let mail = office.next().await;
    let link = format!("{}{}/receipt", crate::mails::ORIGIN, bill.path);
    assert!(mail.text.contains("12.50 EUR is not paid yet") && mail.text.contains(&link), "{}", mail.text);
    assert!(mail.text.contains("no money moved"), "{}", mail.text);
    choose(bill.bo(), &bill.checkout().await, "pay").await;
    let mail = office.next().await;
    assert!(mail.text.contains("Thank you: 12.50 EUR"), "{}", mail.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_is_paid_at_stripe_and_once() {
    let stripe = Processor::open().await;
    let server = Server::start_with(stripe.settings()).await;
    stripe.looked_back(&server).await;
    let payer = server.browser();
    let bill = Bill::in_full(server, payer).await;
    let checkout = stripe.checkout_at(&leads_to(&bill.pay(bill.bo()).await));
    assert_eq!(stripe.books().checkouts[&checkout]["amount_total"], 1_250);
    let declined = stripe.books().decline(&checkout);
    assert_eq!(stripe.tell(&bill.server, &declined).await.status, StatusCode::OK);
    let back = bill.bo().get(&stripe.way_back(&checkout)).await;
    assert_eq!(back.header("location"), format!("{SITE}{}/receipt", bill.path));
    assert!(bill.reads(bill.bo()).await.contains("Pay 12.50 EUR"));
    let lapsed = stripe.books().lapse(&checkout);
    assert_eq!(stripe.tell(&bill.server, &lapsed).await.status, StatusCode::OK);
    let second = stripe.checkout_at(&leads_to(&bill.pay(bill.bo()).await));
    assert_ne!(second, checkout);
    let told = stripe.books().pay(&second);
    for event in told.iter().chain(&told) {
        assert_eq!(stripe.tell(&bill.server, event).await.status, StatusCode::OK);
    }
    assert!(!bill.reads(bill.bo()).await.contains("Please pay"));
    assert_eq!(stripe.books().returned(), 0);
    let nothing = bill.pay(bill.bo()).await;
    assert_eq!(nothing.header("location"), format!("{}/receipt", bill.path));
    let extend = bill.bo().submit(&format!("/r/{}/extend", bill.room), &[]).await;
    assert_eq!(extend.refusal(), ErrorCode::Rule(Rule::NothingToPay), "more of it is not for sale");
    assert_sound(&bill.server.folder).await;
}

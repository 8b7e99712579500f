//! What operators read and decide, and that nobody else does; numbers for monitors.

use crate::accounts::{ANA, BEARS, FOXES, sign_in, sign_up, visitor};
use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::{Folder, PATIENCE, Server};
use crate::paid::{agree, checkout, choose, offer, priced, set, terms};
use crate::papers::session_of;
use crate::processor::{Manner, Processor};
use crate::stripe::leads_to;
use http::StatusCode;
use model::RoomCode;
use protocol::{AccountRefusal, Deed, ErrorCode, JoinOutcome};
use serde_json::Value;
use server::config::{Layer, Settings};
use server::confirm;
use std::sync::Arc;
use std::time::Duration;

const PAGES: [&str; 7] = [
    "/operator",
    "/operator/sessions",
    "/operator/orders",
    "/operator/words",
    "/operator/ledger",
    "/operator/rooms",
    "/operator/reports",
];

/// A server that Ana runs, and her browser.
pub async fn run_by_ana(layer: Layer) -> (Server, Browser) {
    let operators = vec!["cy@example.org".to_owned(), ANA.to_owned()];
    let own = Layer { operators, ..Layer::default() };
    let server = Server::start_with(layer.over(own)).await;
    let ana = server.browser();
    sign_up(&ana, ANA, BEARS).await.json::<()>();
    assert_eq!(ana.get("/operator").await.status, StatusCode::NOT_FOUND, "anybody may claim an address");
    let database = server.folder.database().map(str::to_owned);
    let layer = Layer { data: Some(server.folder.path().join("data")), database, ..Layer::default() };
    let settings = Settings::settle(layer).expect("the tests' settings are sound");
    let unknown = confirm::address(&settings, "cy@example.org").await;
    assert!(unknown.is_err_and(|error| error.to_string().contains("no account")));
    let link = confirm::address(&settings, ANA).await.expect("there is such an account");
    assert_eq!(visitor(&ana).await, None, "whoever signed up first may not be the owner");
    let old = sign_in(&ana, ANA, BEARS).await.refusal();
    assert_eq!(old, ErrorCode::Account(AccountRefusal::WrongCredentials), "nor may the password be theirs");
    let token = link.rsplit('/').next().expect("a link has a last part");
    ana.submit("/api/accounts/reset", &[("token", token), ("password", FOXES)]).await.json::<()>();
    sign_in(&ana, ANA, FOXES).await.json::<()>();
    (server, ana)
}

async fn read(browser: &Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"), "{path}");
    assert!(!answer.text().contains("<script"), "{path}");
    answer.text().to_owned()
}

/// Reads a page again and again until it says something.
pub async fn read_until(browser: &Browser, path: &str, said: &str) -> String {
    let reading = async {
        loop {
            let page = read(browser, path).await;
            if page.contains(said) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("{path} does not say {said}"))
}

/// The number of the only order on the page.
fn order(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"order\" value=\"").expect("an order can be decided on");
    rest.split_once('"').expect("an attribute ends").0.to_owned()
}

async fn decide(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.submit("/operator/orders", fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_everybody_else_there_are_no_such_pages() {
    let (server, ana) = run_by_ana(Layer::default()).await;
    let stranger = server.browser();
    let (host, _) = priced(&server).await;
    let known = read(&ana, "/operator").await;
    assert!(known.contains("<h1>Running this server</h1>"), "{known}");
    for browser in [&stranger, &host] {
        for page in PAGES.iter().chain(["/operator/ledger/account?name=platform_fee&unit=EUR"].iter()) {
            let answer = browser.get(page).await;
            let own = server.browser().get("/sessions/0/receipt").await;
            assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, own.text()), "{page}");
        }
        assert_eq!(browser.submit("/operator/check", &[]).await.status, StatusCode::NOT_FOUND);
        let again = decide(browser, &[("order", "0"), ("what", "again")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }
    ana.submit("/api/accounts/sign-out", &[]).await.json::<()>();
    assert_eq!(ana.get("/operator").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_runs_the_server_reads_every_session_and_gives_money_back() {
    let (server, ana) = run_by_ana(Layer { payments_fee: Some(100), ..Layer::default() }).await;
    let empty = read(&ana, "/operator/sessions").await;
    assert!(empty.contains("There is no such session yet"), "{empty}");
    let (host, room) = priced(&server).await;
    let payer = server.browser();
    let at = checkout(&payer, room).await;
    assert_eq!(choose(&payer, &at, "pay").await.status, StatusCode::SEE_OTHER);
    let payer = Guest::with(&server, payer, (room, "Bo")).enter().await;
    let host = Guest::with(&server, host, (room, "Hal")).enter().await;
    // Nearly all of the half hour: what is missing is little enough to be owed.
    server.world.pass(29 * 60_000);
    let path = session_of(&payer.guest.browser).await;
    let open = read(&ana, "/operator/sessions?kind=open").await;
    assert!(open.contains(&path), "{open}");
    host.guest.deed(Deed::End).await.json::<()>();
    let open = read(&ana, "/operator/sessions?kind=open").await;
    assert!(!open.contains(&path), "{open}");

    let receipt = read(&ana, &format!("{path}/receipt")).await;
    for said in ["Hal", "Bo", "12.50 EUR", "Kept by whoever runs this server", "/evidence"] {
        assert!(receipt.contains(said), "{said}: {receipt}");
    }
    assert_eq!(ana.get(&format!("{path}/evidence.json")).await.status, StatusCode::OK);
    assert_eq!(ana.get(&format!("{path}/cancel")).await.status, StatusCode::NOT_FOUND, "that is the payer's");
    let ledger = read(&ana, "/operator/ledger").await;
    assert!(ledger.contains("host_payable:") && ledger.contains("11.25 EUR"), "{ledger}");
    let fees = read(&ana, "/operator/ledger/account?name=platform_fee&unit=EUR").await;
    assert!(fees.contains("1.25 EUR") && fees.contains(&path) && fees.contains("delivered"), "{fees}");

    let asked = read(&ana, &format!("{path}/refund?what=part&amount=2.50")).await;
    let (_, rest) = asked.split_once("name=\"refund\" value=\"").expect("a number was drawn");
    let refund = rest.split_once('"').expect("an attribute ends").0;
    let fields = [("refund", refund), ("what", "part"), ("amount", "2.50")];
    let answer = ana.submit(&format!("{path}/refund"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let receipt = read(&payer.guest.browser, &format!("{path}/receipt")).await;
    assert!(receipt.contains("2.50 EUR") && receipt.contains("whoever runs this server"), "{receipt}");
    let fees = read(&ana, "/operator/ledger/account?name=platform_fee&unit=EUR").await;
    assert!(fees.contains("0.25 EUR"), "{fees}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_are_looked_at_when_asked_and_monitors_read_it() {
    let metrics_addr = Some("127.0.0.1:0".parse().expect("an address"));
    let (server, ana) = run_by_ana(Layer { metrics_addr, ..Layer::default() }).await;
    let before = numbers(&server).await;
    assert!(!before.contains("ledger_imbalance"), "nobody has looked yet: {before}");
    assert!(before.contains("anteroom_orders{state=\"dead\"} 0\n"), "{before}");
    let page = read(&ana, "/operator").await;
    assert!(page.contains("Nobody has looked since the server started"), "{page}");
    assert_eq!(ana.submit("/operator/check", &[]).await.status, StatusCode::SEE_OTHER);
    read_until(&ana, "/operator", "Everything adds up").await;
    let (_, room) = priced(&server).await;
    let _inside = Guest::with(&server, server.browser(), (room, "Bo"));
    let after = numbers(&server).await;
    for said in ["anteroom_ledger_imbalance 0\n", "anteroom_rooms 0\n", "anteroom_full 0\n", "# EOF"] {
        assert!(after.contains(said), "{said}: {after}");
    }
    assert_eq!(server.browser().get("/metrics").await.status, StatusCode::NOT_FOUND, "not among the pages");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_are_not_sound_are_told_to_operators_and_monitors_until_they_are() {
    let metrics_addr = Some("127.0.0.1:0".parse().expect("an address"));
    let (server, ana) = run_by_ana(Layer { metrics_addr, ..Layer::default() }).await;
    let (_, room) = priced(&server).await;
    let payer = server.browser();
    let at = checkout(&payer, room).await;
    assert_eq!(choose(&payer, &at, "pay").await.status, StatusCode::SEE_OTHER);
    let look = async |found: &str, numbers_say: &str| {
        assert_eq!(ana.submit("/operator/check", &[]).await.status, StatusCode::SEE_OTHER);
        read_until(&ana, "/operator", found).await;
        let told = numbers(&server).await;
        assert!(told.contains(numbers_say) && told.contains("anteroom_ledger_check_failed 0\n"), "{told}");
    };
    look("Everything adds up", "anteroom_ledger_imbalance 0\n").await;
    const TAKEN: &str =
        "update ledger_accounts set balance = balance - 250 where name = 'processor_clearing'";
    server.folder.tamper(TAKEN).await;
    look("account processor_clearing says 1000 EUR, and its entries come to 1250", "imbalance 2\n").await;
    let page = read(&ana, "/operator").await;
    assert!(page.contains("The books are not sound") && page.contains("off by -250 EUR"), "{page}");
    // The events ask for what the ledger has not.
    const BACK: &str = "update ledger_accounts set balance = 1250 where name = 'processor_clearing'; \
         update ledger_transactions set cause = 'refunded'";
    server.folder.tamper(BACK).await;
    look("does not stand in the ledger as its events ask for it", "imbalance 1\n").await;
    server.folder.tamper("update ledger_transactions set cause = 'captured'").await;
    look("Everything adds up", "anteroom_ledger_imbalance 0\n").await;
}

pub async fn numbers(server: &Server) -> String {
    let addr = server.metrics_addr.expect("the server tells numbers");
    let answer = Browser::new(addr).get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    answer.text().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_for_numbers_that_is_taken_is_told_at_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let metrics_addr = Some(taken.local_addr().expect("a bound port"));
    let layer = Layer { metrics_addr, ..Layer::default() };
    let Err(refused) = Server::try_start(Arc::new(Folder::new()), layer).await else {
        panic!("it cannot tell numbers there")
    };
    assert!(refused.to_string().contains("metrics-addr"), "{refused}");
}

/// A server of Ana's at which Bo has paid 12.50 EUR by Stripe, which goes back; in what manner Stripe takes that.
pub async fn sold_and_ended(manner: Option<Manner>) -> (Server, Processor, Browser) {
    let stripe = Processor::open().await;
    let (server, ana) = run_by_ana(stripe.settings()).await;
    stripe.looked_back(&server).await;
    let host = server.browser();
    let room: RoomCode = host.create(false).await;
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    let bo = server.browser();
    let page = leads_to(&agree(&bo, room, &terms(&bo, room).await).await);
    let told = stripe.books().pay(&stripe.checkout_at(&page));
    for event in &told {
        assert_eq!(stripe.tell(&server, event).await.status, StatusCode::OK);
    }
    stripe.books().manners.extend(manner);
    let host = Guest { browser: host, ..Guest::new(&server, room, "Hal") };
    host.ask().await.json::<JoinOutcome>();
    host.deed(Deed::End).await.json::<()>();
    (server, stripe, ana)
}

/// The same, and the money does not arrive; what is told of that.
async fn bounced() -> (Server, Processor, Browser, Value) {
    let (server, stripe, ana) = sold_and_ended(None).await;
    until(|| stripe.books().refunds.len() == 1).await;
    // Stripe tells it perhaps before the order is noted as done.
    let event = stripe.books().bounce();
    assert_eq!(stripe.tell(&server, &event).await.status, StatusCode::OK);
    assert_eq!(stripe.tell(&server, &event).await.status, StatusCode::OK);
    (server, stripe, ana, event)
}

async fn until(is_true: impl Fn() -> bool) {
    let watching = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, watching).await.expect("it becomes true in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_did_not_arrive_is_sent_again_when_an_operator_says_so() {
    let (server, stripe, ana, stale) = bounced().await;
    let page = read(&ana, "/operator/orders").await;
    for said in ["Send 12.50 EUR back", "expired_or_canceled_card", "given up", "/receipt"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let order = order(&page);
    assert_eq!(stripe.books().returned(), 0);
    let answer = decide(&ana, &[("order", &order), ("what", "again")]).await;
    assert_eq!(answer.header("location"), "/operator/orders?news=again");
    until(|| stripe.books().returned() == 1_250).await;
    read_until(&ana, "/operator/orders?news=again", "Every order was carried out").await;
    let answer = decide(&ana, &[("order", &order), ("what", "again")]).await;
    assert_eq!(answer.header("location"), "/operator/orders?news=gone");
    assert_eq!(stripe.books().refunds.len(), 2, "one that failed and one that arrived");
    // Stripe tells once more of the first one.
    assert_eq!(stripe.tell(&server, &stale).await.status, StatusCode::OK);
    let page = read(&ana, "/operator/orders").await;
    assert!(page.contains("Every order was carried out"), "{page}");
    assert!(read(&ana, "/operator").await.contains("Running"), "{:?}", server.addr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_refused_is_asked_for_anew_and_not_told_the_same_again() {
    let (_server, stripe, ana) = sold_and_ended(Some(Manner::Refuses)).await;
    // Only what was given up can be decided on.
    let given_up = "name=\"order\"";
    let page = read_until(&ana, "/operator/orders", given_up).await;
    assert!(page.contains("Not now."), "{page}");
    stripe.books().manners.push_back(Manner::Refuses);
    let order = order(&page);
    for returned in [0, 1_250] {
        let answer = decide(&ana, &[("order", &order), ("what", "again")]).await;
        assert_eq!(answer.header("location"), "/operator/orders?news=again");
        let settled = if returned == 0 { given_up } else { "Every order was carried out" };
        read_until(&ana, "/operator/orders", settled).await;
        assert_eq!(stripe.books().returned(), returned);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_by_hand_is_not_tried_again() {
    let (_server, stripe, ana, _) = bounced().await;
    let order = order(&read(&ana, "/operator/orders").await);
    let unsure = decide(&ana, &[("order", &order), ("what", "done")]).await;
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST);
    let answer = decide(&ana, &[("order", &order), ("what", "done"), ("sure", "yes")]).await;
    assert_eq!(answer.header("location"), "/operator/orders?news=done");
    let page = read(&ana, "/operator/orders?news=done").await;
    assert!(page.contains("It is noted as done") && page.contains("Every order was carried out"), "{page}");
    assert_eq!(stripe.books().refunds.len(), 1);
}

//! A Stripe of the tests' own: real HTTP, its rules about repeated questions, real signatures, and every way
//! to misbehave.
//!
//! | rule | as there |
//! |---|---|
//! | the same key and the same question | the same answer, failures with it, and the head says that it is repeated |
//! | the same key and another question | 400 `idempotency_error` |
//! | a key whose question is not answered yet | 409 |
//! | an end that is nearer than half an hour or further than a day | 400 |
//! | what was told | may be read again, the newest first, a hundred on a page |
//! | ending what is not open, giving back more than came | 400 |
//! | taking what is kept ready twice, or more than that | 400; the rest of a part is let go |
//! | what was kept ready for a week | is let go |
//!
//! What it knows of accounts of hosts' own stands in [`crate::platform`]. Whatever is of one account is not
//! seen from another, and neither are its keys.
//!
//! Cards are drawn by the test: it pays, is declined, or lets time pass. What Stripe would tell then is
//! handed to the test, which sends it when it likes, as often as it likes, or never.

use crate::browser::Answer;
use crate::harness::{PATIENCE, START_MS, Server};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use server::config::{Layer, Processor as Chosen, StripeSettings};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Store, stripe_reads};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const KEY: &str = "sk_test_anteroom";
/// One with which money would move.
pub const LIVE_KEY: &str = "sk_live_anteroom";
pub const SECRET: &str = "whsec_anteroom";
/// The address of the site, as its people know it.
pub const SITE: &str = "https://meet.example.org";
/// The version that the server must ask for.
const VERSION: &str = "2025-03-31.basil";

/// For how long a bank takes evidence, in seconds.
const EVIDENCE_S: i64 = 7 * 24 * 3_600;

/// For how long money is kept ready.
const HOLD_MS: i64 = 7 * 24 * 3_600_000;

pub type Form = BTreeMap<String, String>;

/// How the next thing that is to be done is treated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// It is done, and the line breaks before anybody hears of it.
    HangsUp,
    /// It is done, and then something fails; whoever asks again hears of the failure again.
    FailsAfter,
    /// Nothing is done: somebody on the way is out of order.
    Fails,
    /// The same question is said to be under way.
    Busy,
    /// It is refused, and whoever asks again with the same key hears that again.
    Refuses,
}

/// What there is; tests look at it and change it.
#[derive(Default)]
pub struct Books {
    /// Checkouts by name.
    pub checkouts: BTreeMap<String, Value>,
    /// Movements of money by name.
    pub intents: BTreeMap<String, Value>,
    pub refunds: Vec<Value>,
    /// How refunds stand at first that are asked for from now on, if they do not go at once.
    pub goes_slowly: Option<&'static str>,
    /// Accounts of hosts' own, by name.
    pub accounts: BTreeMap<String, Value>,
    /// Those that let nobody in any more, and how they say so.
    pub shut: BTreeMap<String, StatusCode>,
    /// In which other currency some of them are paid out, and how many hundredths of it are one of the price.
    pub settles: BTreeMap<String, (&'static str, i64)>,
    /// What the operator had of payments to those, by name.
    pub fees: BTreeMap<String, Value>,
    /// What banks have of which movement of money.
    pub withdrawn: BTreeMap<String, i64>,
    /// Whether money would move.
    pub is_live: bool,
    /// How the next requests that change something are treated.
    pub manners: VecDeque<Manner>,
    /// Whether every question is answered with a failure.
    pub is_away: bool,
    /// Every question, as method and path; not those of what was told, which come by themselves.
    pub asked: Vec<String>,
    /// Whether the key may not read what the operator's own account told.
    pub hides_own_list: bool,
    /// How often it was asked what was told.
    pub asked_back: usize,
    /// Everything that was told, or should have been, the oldest first.
    pub events: Vec<Value>,
    now_ms: i64,
    drawn: usize,
    pub(crate) keys: BTreeMap<(Option<String>, String), (String, StatusCode, Value)>,
}

struct Inner {
    addr: SocketAddr,
    books: Mutex<Books>,
}

/// The running processor; it ends with the test.
pub struct Processor {
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Processor {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let addr = listener.local_addr().expect("it has an address");
        let books = Mutex::new(Books { now_ms: START_MS, ..Books::default() });
        let inner = Arc::new(Inner { addr, books });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { inner, serving }
    }

    /// The account as a server has it that asks here.
    pub fn account(&self) -> StripeSettings {
        StripeSettings {
            key: KEY.to_owned(),
            webhook_secrets: vec![SECRET.to_owned()],
            methods: vec!["card".to_owned()],
            tax: false,
            connect: false,
            api: format!("http://{}", self.inner.addr),
            site: SITE.to_owned(),
        }
    }

    /// Settings of a server whose money moves here.
    pub fn settings(&self) -> Layer {
        Layer {
            origin: vec![SITE.parse().expect("an origin")],
            payments: Some(Chosen::Stripe),
            // Hosts are whoever comes; who may sell is tried elsewhere.
            sellers: vec!["anyone".to_owned()],
            stripe_key: Some(KEY.to_owned()),
            stripe_webhook_secrets: vec!["whsec_next".to_owned(), SECRET.to_owned()],
            stripe_api: Some(format!("http://{}", self.inner.addr)),
            trusted_proxy: vec!["127.0.0.1".parse().expect("a network")],
            ..Layer::default()
        }
    }

    /// The books, as they stand.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.inner.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a new server knows from when on it reads what was told: what happens later is then told by
    /// words alone.
    pub async fn looked_back(&self, server: &Server) {
        let file = format!("sqlite:{}", server.folder.path().join("data/anteroom.sqlite").display());
        let store = Store::open(server.folder.database().unwrap_or(&file)).await.expect("it opens");
        let looking = async {
            while stripe_reads::load(&store).await.expect("it is read").is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.expect("it looks back when it starts");
        store.close().await;
    }

    /// Time passes, here and at the server.
    pub fn pass(&self, server: &Server, millis: i64) {
        server.world.pass(millis);
        self.books().now_ms += millis;
    }

    /// The name of the checkout of which this is the page.
    pub fn checkout_at(&self, page: &str) -> String {
        let start = format!("http://{}/pay/", self.inner.addr);
        page.strip_prefix(&start).unwrap_or_else(|| panic!("{page} is no page of ours")).to_owned()
    }

    /// Where a payer is led from the page of a checkout.
    pub fn way_back(&self, checkout: &str) -> String {
        let address = self.books().checkouts[checkout]["success_url"].as_str().expect("a text").to_owned();
        address.strip_prefix(SITE).expect("it leads to the site").to_owned()
    }

    /// Sends a message, as it is sent by itself.
    pub async fn tell(&self, server: &Server, event: &Value) -> Answer {
        let body = event.to_string();
        let time = self.books().now_ms / 1_000;
        self.send(server, &body, &signature(SECRET, time, &body)).await
    }

    /// The same with a signature of somebody's choice.
    pub async fn send(&self, server: &Server, body: &str, signature: &str) -> Answer {
        let request = Request::post("/webhooks/stripe")
            .header("stripe-signature", signature)
            .header("content-type", "application/json; charset=utf-8");
        server.browser().send(request, Bytes::from(body.to_owned())).await
    }
}

/// The header over a body.
pub fn signature(secret: &str, time: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex},v0=00")
}

impl Books {
    /// Somebody pays; what is told of it, in the order in which it happens. Where the checkout asks for that,
    /// the money is only kept ready.
    pub fn pay(&mut self, checkout: &str) -> Vec<Value> {
        let drawn = self.draw("pi");
        let now_ms = self.now_ms;
        let session = self.checkouts.get_mut(checkout).expect("there is such a checkout");
        let intent = session["payment_intent"].as_str().map_or(drawn, str::to_owned);
        assert_eq!(session["status"], "open", "nobody pays at what is over");
        let is_held = session["capture_method"] == "manual";
        session["status"] = json!("complete");
        session["payment_status"] = json!(if is_held { "unpaid" } else { "paid" });
        session["payment_intent"] = json!(intent);
        session["url"] = json!(null);
        let (session, amount) = (session.clone(), session["amount_total"].clone());
        let (now, later) = if is_held { (json!(0), amount.clone()) } else { (amount.clone(), json!(0)) };
        let moved = json!({
            "id": intent, "object": "payment_intent",
            "status": if is_held { "requires_capture" } else { "succeeded" }, "amount": amount,
            "amount_received": now, "amount_capturable": later, "currency": session["currency"],
            "metadata": session["metadata"], "checkout": checkout, "authorized_ms": now_ms,
            "account": session["account"], "application_fee_amount": session["application_fee_amount"],
        });
        self.intents.insert(intent.clone(), moved);
        let moved = self.shared(&intent);
        let kind = if is_held { "amount_capturable_updated" } else { "succeeded" };
        vec![
            self.event(&format!("payment_intent.{kind}"), &moved),
            self.event("checkout.session.completed", &session),
        ]
    }

    /// The movement of money behind a checkout.
    pub fn intent_of(&mut self, checkout: &str) -> &mut Value {
        let name = self.checkouts[checkout]["payment_intent"].as_str().expect("somebody has paid").to_owned();
        self.intents.get_mut(&name).expect("there is one")
    }

    /// What is told of a movement of money as it stands.
    pub fn news_of(&mut self, checkout: &str) -> Value {
        let moved = self.intent_of(checkout).clone();
        let status = moved["status"].as_str().expect("a text").to_owned();
        self.event(&format!("payment_intent.{status}"), &moved)
    }

    /// Nothing is kept ready for longer than a week.
    fn let_go_what_is_old(&mut self) {
        for intent in self.intents.values_mut().filter(|intent| intent["status"] == "requires_capture") {
            if self.now_ms - intent["authorized_ms"].as_i64().expect("a time") >= HOLD_MS {
                intent["status"] = json!("canceled");
                intent["amount_capturable"] = json!(0);
            }
        }
    }

    /// A card is refused; what is told of it.
    pub fn decline(&mut self, checkout: &str) -> Value {
        let drawn = self.draw("pi");
        let session = self.checkouts.get_mut(checkout).expect("there is such a checkout");
        let intent = session["payment_intent"].as_str().map_or(drawn, str::to_owned);
        session["payment_intent"] = json!(intent);
        let moved = json!({
            "id": intent, "object": "payment_intent", "status": "requires_payment_method",
            "amount": session["amount_total"], "currency": session["currency"],
            "metadata": session["metadata"], "account": session["account"],
        });
        self.event("payment_intent.payment_failed", &moved)
    }

    /// The time of a checkout is over; what is told of it.
    pub fn lapse(&mut self, checkout: &str) -> Value {
        let session = self.checkouts.get_mut(checkout).expect("there is such a checkout");
        session["status"] = json!("expired");
        let session = session.clone();
        self.event("checkout.session.expired", &session)
    }

    /// A message about a dispute over all that was paid.
    pub fn dispute(&mut self, checkout: &str, kind: &str, status: &str) -> Value {
        let session = &self.checkouts[checkout];
        let dispute = json!({
            "id": "dp_1", "object": "dispute", "amount": session["amount_total"],
            "currency": session["currency"], "status": status, "payment_intent": session["payment_intent"],
            "evidence_details": { "due_by": self.now_ms / 1_000 + EVIDENCE_S }, "account": session["account"],
        });
        self.withdraw(&dispute);
        self.event(&format!("charge.dispute.{kind}"), &dispute)
    }

    pub fn event(&mut self, kind: &str, object: &Value) -> Value {
        let id = self.draw("evt");
        let mut event = json!({
            "id": id, "object": "event", "api_version": VERSION, "type": kind,
            "livemode": self.is_live, "created": self.now_ms / 1_000, "data": { "object": object },
        });
        if object["account"].is_string() {
            event["account"] = object["account"].clone();
        }
        self.events.push(event.clone());
        event
    }

    /// What time it is.
    pub fn set_time(&mut self, millis: i64) {
        self.now_ms = millis;
    }

    /// How much went back in all.
    pub fn returned(&self) -> i64 {
        let arrived = self.refunds.iter().filter(|refund| is_alive(refund));
        arrived.map(|refund| refund["amount"].as_i64().expect("a number")).sum()
    }

    /// The last refund stands otherwise now; what is told of it.
    pub fn refund_is(&mut self, status: &str) -> Value {
        let refund = self.refunds.last_mut().expect("something was sent back");
        refund["status"] = json!(status);
        let refund = refund.clone();
        self.event("refund.updated", &refund)
    }

    /// The money of the last refund does not arrive; what is told of it.
    pub fn bounce(&mut self) -> Value {
        let refund = self.refunds.last_mut().expect("something was sent back");
        refund["status"] = json!("failed");
        refund["failure_reason"] = json!("expired_or_canceled_card");
        let refund = refund.clone();
        self.event("refund.failed", &refund)
    }

    pub fn draw(&mut self, kind: &str) -> String {
        self.drawn += 1;
        let mode = if self.is_live { "live" } else { "test" };
        format!("{kind}_{mode}_{}", self.drawn)
    }

    /// Does what is asked, by the rules about repeated questions.
    fn change(
        &mut self,
        base: &str,
        (path, body): (&str, &str),
        (account, key): (Option<&str>, &str),
    ) -> Result<(StatusCode, Value), ()> {
        let question = format!("{path}\n{body}");
        let key = (account.map(str::to_owned), key.to_owned());
        if let Some((known, status, answer)) = self.keys.get(&key) {
            let same = "Keys for idempotent requests can only be used with the same parameters.";
            let differs = (StatusCode::BAD_REQUEST, failure("idempotency_error", None, same));
            return Ok(if *known == question { (*status, answer.clone()) } else { differs });
        }
        let manner = self.manners.pop_front();
        match manner {
            Some(Manner::Fails) => return Ok((StatusCode::BAD_GATEWAY, json!("<html>"))),
            Some(Manner::Busy) => {
                let code = Some("idempotency_key_in_use");
                return Ok((StatusCode::CONFLICT, failure("invalid_request_error", code, "Under way.")));
            }
            Some(Manner::Refuses) => {
                let refusal = failure("invalid_request_error", Some("parameter_invalid"), "Not now.");
                self.keys.insert(key, (question, StatusCode::BAD_REQUEST, refusal.clone()));
                return Ok((StatusCode::BAD_REQUEST, refusal));
            }
            Some(Manner::HangsUp | Manner::FailsAfter) | None => {}
        }
        let form: Form = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let mut answer = match self.perform((base, account), path, &form) {
            Ok(answer) => (StatusCode::OK, answer),
            Err(words) => {
                (StatusCode::BAD_REQUEST, failure("invalid_request_error", Some("parameter_invalid"), words))
            }
        };
        if manner == Some(Manner::FailsAfter) {
            answer = (StatusCode::INTERNAL_SERVER_ERROR, failure("api_error", None, "Something went wrong."));
        }
        self.keys.insert(key, (question, answer.0, answer.1.clone()));
        if manner == Some(Manner::HangsUp) { Err(()) } else { Ok(answer) }
    }

    fn perform(
        &mut self,
        (base, account): (&str, Option<&str>),
        path: &str,
        form: &Form,
    ) -> Result<Value, &'static str> {
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        let is_seen = |thing: &&mut Value| thing["account"] == json!(account);
        match parts.as_slice() {
            ["checkout", "sessions"] => self.begin((base, account), form),
            ["checkout", "sessions", id, "expire"] => {
                let session = self.checkouts.get_mut(*id).filter(is_seen).ok_or("No such checkout.")?;
                if session["status"] != "open" {
                    return Err("Only Checkout Sessions with a status in [\"open\"] can be expired.");
                }
                session["status"] = json!("expired");
                Ok(session.clone())
            }
            ["refunds"] => self.give_back(account, form),
            ["payment_intents", id, what] => {
                self.intents.get_mut(*id).filter(is_seen).ok_or("No such payment_intent.")?;
                self.decide(id, what, form)
            }
            _ => self.manage((base, account), &parts, form),
        }
    }

    fn begin(&mut self, (base, account): (&str, Option<&str>), form: &Form) -> Result<Value, &'static str> {
        let part = |name: &str| form.get(name).cloned().unwrap_or_else(|| panic!("no {name} in {form:?}"));
        assert_eq!((part("mode"), part("line_items[0][quantity]")), ("payment".into(), "1".into()));
        assert!(!part("line_items[0][price_data][product_data][name]").is_empty());
        let expires: i64 = part("expires_at").parse().expect("a number");
        if !(1_800..=86_400).contains(&(expires - self.now_ms / 1_000)) {
            return Err("The `expires_at` timestamp must be 30 minutes to 24 hours from now.");
        }
        let deal = if form.contains_key("metadata[purchase]") { "purchase" } else { "session" };
        let about = ["payment", deal, "room"];
        let metadata: Form = about.map(|name| (name.to_owned(), part(&format!("metadata[{name}]")))).into();
        for (name, value) in &metadata {
            assert_eq!(&part(&format!("payment_intent_data[metadata][{name}]")), value);
        }
        let id = self.draw("cs");
        let amount: i64 = part("line_items[0][price_data][unit_amount]").parse().expect("a number");
        // Half a dollar or so, by the rates of one day.
        let least = if part("line_items[0][price_data][currency]") == "kwd" { 160 } else { 50 };
        if amount < least {
            return Err("The Checkout Session's total amount must convert to at least 50 cents.");
        }
        let fee =
            self.check_share(account, form.get("payment_intent_data[application_fee_amount]"), amount)?;
        let session = json!({
            "account": account, "application_fee_amount": fee,
            "id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "url": format!("{base}/pay/{id}"), "payment_intent": null, "amount_total": amount,
            "currency": part("line_items[0][price_data][currency]"), "metadata": metadata,
            "client_reference_id": part("client_reference_id"), "success_url": part("success_url"),
            "expires_at": expires,
            "capture_method": form.get("payment_intent_data[capture_method]"),
        });
        self.checkouts.insert(id, session.clone());
        Ok(session)
    }

    /// What is kept ready is taken, once, and what is not taken of it is let go; or all of it is.
    fn decide(&mut self, id: &str, what: &str, form: &Form) -> Result<Value, &'static str> {
        let intent = self.intents.get_mut(id).ok_or("No such payment_intent.")?;
        if intent["status"] != "requires_capture" {
            return Err("This PaymentIntent's status does not allow that.");
        }
        match what {
            "capture" => {
                let amount: i64 = form["amount_to_capture"].parse().expect("a number");
                if amount <= 0 || amount > intent["amount_capturable"].as_i64().expect("a number") {
                    return Err("The amount is more than can be captured.");
                }
                if let Some(fee) = form.get("application_fee_amount") {
                    let fee: i64 = fee.parse().expect("a number");
                    if fee <= 0 || fee >= amount || intent["account"].is_null() {
                        return Err("The application_fee_amount must be positive and below the amount.");
                    }
                    intent["application_fee_amount"] = json!(fee);
                }
                intent["status"] = json!("succeeded");
                intent["amount_received"] = json!(amount);
                let checkout = intent["checkout"].as_str().expect("a text");
                let session = self.checkouts.get_mut(checkout).expect("there is one");
                session["payment_status"] = json!("paid");
            }
            "cancel" => intent["status"] = json!("canceled"),
            _ => return Err("Unrecognized request URL."),
        }
        intent["amount_capturable"] = json!(0);
        Ok(self.shared(id))
    }

    fn give_back(&mut self, account: Option<&str>, form: &Form) -> Result<Value, &'static str> {
        let intent = form.get("payment_intent").expect("it says of what");
        let amount: i64 = form["amount"].parse().expect("a number");
        let moved = self.intents.get(intent).filter(|intent| intent["account"] == json!(account));
        let taken = moved.ok_or("No such payment_intent.")?["amount_received"].as_i64();
        let is_of = |refund: &&Value| refund["payment_intent"] == **intent && is_alive(refund);
        let back: i64 =
            self.refunds.iter().filter(is_of).filter_map(|refund| refund["amount"].as_i64()).sum();
        if back + amount > taken.expect("a number") {
            return Err("Refund amount is greater than unrefunded amount on charge.");
        }
        let refund = json!({
            "id": self.draw("re"), "object": "refund", "amount": amount,
            "status": self.goes_slowly.unwrap_or("succeeded"), "payment_intent": intent, "account": account,
            "metadata": { "order": form["metadata[order]"], "payment": form["metadata[payment]"] },
        });
        self.refunds.push(refund.clone());
        Ok(refund)
    }

    /// A page of what was told, the newest first. What happens within this second is not listed yet.
    fn look_back(&self, account: Option<&str>, query: &str) -> Value {
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let values = |name: &'static str| {
            query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let number = |name| values(name).next().map(|value| value.parse::<i64>().expect("a number"));
        assert!((1..=20).contains(&values("types[]").count()), "Stripe takes at most twenty kinds");
        let created =
            number("created[gte]").expect("since when")..=number("created[lte]").expect("until when");
        let limit = usize::try_from(number("limit").expect("how many")).expect("a page has some");
        assert!((1..=100).contains(&limit), "a page has at most a hundred");
        let is_asked_for = |event: &&Value| {
            event["account"] == json!(account)
                && values("types[]").any(|kind| event["type"] == kind)
                && created.contains(&event["created"].as_i64().expect("a time"))
                && event["created"].as_i64() < Some(self.now_ms / 1_000)
        };
        let mut found = self.events.iter().rev().filter(is_asked_for).peekable();
        if let Some(after) = values("starting_after").next() {
            assert!(found.any(|event| event["id"] == after), "No such event.");
        }
        // Whoever asks knows of which account it is.
        let named = |event: &Value| {
            let mut event = event.clone();
            event.as_object_mut().expect("an event is an object").remove("account");
            event
        };
        let data: Vec<_> = found.by_ref().take(limit).map(named).collect();
        json!({ "object": "list", "has_more": found.peek().is_some(), "data": data })
    }

    fn read(&self, account: Option<&str>, path: &str, query: &str) -> Option<Value> {
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        let named: Form = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let is_seen = |thing: &&Value| thing["account"] == json!(account);
        match parts.as_slice() {
            ["checkout", "sessions", id] => self.checkouts.get(*id).filter(is_seen).cloned(),
            ["payment_intents", id] => {
                let intent = self.intents.get(*id).filter(is_seen)?;
                Some(self.with_charge(intent, named.contains_key("expand[]")))
            }
            ["events"] => Some(self.look_back(account, query)),
            ["refunds", id] => {
                let is_named = |refund: &&Value| is_seen(refund) && refund["id"] == **id;
                self.refunds.iter().find(is_named).cloned()
            }
            ["refunds"] => {
                let of =
                    |refund: &&Value| is_seen(refund) && refund["payment_intent"] == named["payment_intent"];
                Some(page_of(self.refunds.iter().rev().filter(of).cloned().collect(), &named))
            }
            _ => self.read_managed(account, &parts, &named),
        }
    }
}

/// Whether the money of a refund went, or may still go.
pub fn is_alive(refund: &Value) -> bool {
    refund["status"] != "failed" && refund["status"] != "canceled"
}

/// The part of a list that is asked for, at most a hundred of it.
pub fn page_of(list: Vec<Value>, asked: &Form) -> Value {
    let limit: usize = asked.get("limit").map_or(10, |limit| limit.parse().expect("a number"));
    assert!((1..=100).contains(&limit), "a page has at most a hundred");
    let mut rest = list.into_iter().peekable();
    if let Some(after) = asked.get("starting_after") {
        assert!(rest.any(|thing| thing["id"] == **after), "it is none of the list");
    }
    let data: Vec<Value> = rest.by_ref().take(limit).collect();
    json!({ "object": "list", "has_more": rest.peek().is_some(), "data": data })
}

pub fn failure(kind: &str, code: Option<&str>, words: &str) -> Value {
    json!({ "error": { "type": kind, "code": code, "message": words } })
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 * 1024).await.expect("questions are short");
    let body = std::str::from_utf8(&body).expect("questions are text");
    let Parts { method, uri, headers, .. } = parts;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    assert!([KEY, LIVE_KEY].contains(&key) && header("stripe-version") == VERSION, "{key}");
    let base = format!("http://{}", inner.addr);
    let mut books = inner.books.lock().unwrap_or_else(PoisonError::into_inner);
    books.let_go_what_is_old();
    books.is_live = key == LIVE_KEY;
    if uri.path() == "/v1/events" {
        books.asked_back += 1;
    } else {
        books.asked.push(format!("{method} {}", uri.path()));
    }
    if books.is_away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let account = Some(header("stripe-account")).filter(|account| !account.is_empty());
    if books.hides_own_list && account.is_none() && uri.path() == "/v1/events" {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(status) = books.shut_out(account.or(uri.path().strip_prefix("/v1/accounts/"))) {
        let code = Some("account_invalid").filter(|_| status == StatusCode::FORBIDDEN);
        let failure = failure("invalid_request_error", code, "No access to that account.");
        return (status, axum::Json(failure)).into_response();
    }
    if method == Method::GET {
        return match books.read(account, uri.path(), uri.query().unwrap_or_default()) {
            Some(found) => axum::Json(found).into_response(),
            None => {
                let failure = failure("invalid_request_error", Some("resource_missing"), "No such thing.");
                (StatusCode::NOT_FOUND, axum::Json(failure)).into_response()
            }
        };
    }
    let key = header("idempotency-key");
    assert!(!key.is_empty(), "whatever changes something has a key: {} {body}", uri.path());
    let question = format!("{}\n{body}", uri.path());
    let named = (account.map(str::to_owned), key.to_owned());
    let replayed = books.keys.get(&named).is_some_and(|(known, ..)| *known == question);
    match books.change(&base, (uri.path(), body), (account, key)) {
        Ok((status, answer)) => {
            let head = [("idempotent-replayed", if replayed { "true" } else { "false" })];
            (status, head, axum::Json(answer)).into_response()
        }
        // The head arrives and the rest never does.
        Err(()) => {
            let broken = stream::once(async { Err::<Bytes, _>(io::Error::other("the line broke")) });
            Body::from_stream(broken).into_response()
        }
    }
}

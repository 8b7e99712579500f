//! What others take Stripe for: our questions and our ear, held against `localstripe` (PyPI), which was written
//! by people who never saw this server. The checks install it; where it is not there, nobody is asked.
//!
//! It knows movements of money, refunds and signed messages. It knows no checkouts, so that those are the
//! tests' own processor's. It forgets keys at once, so that whatever is done once here is done once because we
//! look first. It never says how much of a movement was received, which sessions take for a mistake: that its
//! messages are believed is seen by what it calls the movement.

use crate::harness::{PATIENCE, Server};
use crate::paid::{agree, offer, set, terms};
use crate::processor::{KEY, Processor, SECRET};
use crate::stripe::leads_to;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use model::{Currency, Money, OutboxId, PaymentId};
use serde_json::Value;
use server::ambient::Machine;
use server::config::StripeSettings;
use server::stripe::Stripe;
use service::payments::{Instruction, PaymentProvider};
use service::time::Ambient;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use store::Store;
use store::stripe_checkouts::note_intent;
use tokio::net::TcpStream;

/// The other one, running.
struct Other {
    child: Child,
    addr: SocketAddr,
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Other {
    /// Starts it, if it is there; where it was installed on purpose it has to be.
    async fn start() -> Option<Self> {
        let named = std::env::var("ANTEROOM_LOCALSTRIPE").ok();
        let program = named.clone().unwrap_or_else(|| "localstripe".to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let addr = listener.local_addr().expect("it has an address");
        drop(listener);
        let mut command = Command::new(&program);
        command.args(["--port", &addr.port().to_string(), "--from-scratch"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        assert!(child.is_ok() || named.is_none(), "{program}: {child:?}");
        let child = child.ok()?;
        let other = Self { child, addr };
        let up = async {
            while TcpStream::connect(addr).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, up).await.expect("it starts");
        Some(other)
    }

    async fn ask(&self, method: Method, path: &str, kind: &str, body: String) -> Value {
        let stream = TcpStream::connect(self.addr).await.expect("it listens");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.addr.to_string())
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", kind)
            .body(Full::new(Bytes::from(body)))
            .expect("a sound request");
        let answer = sender.send_request(request).await.expect("it answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let body = answer.into_body().collect().await.expect("the answer is whole").to_bytes();
        serde_json::from_slice(&body).unwrap_or_default()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let form = crate::browser::form(fields);
        self.ask(Method::POST, path, "application/x-www-form-urlencoded", form).await
    }

    async fn read(&self, path: &str) -> Value {
        self.ask(Method::GET, path, "text/plain", String::new()).await
    }

    /// Has it tell the server what happens.
    async fn tells(&self, server: &Server) {
        let url = format!("http://{}/webhooks/stripe", server.addr);
        let hook = serde_json::json!({ "url": url, "secret": SECRET }).to_string();
        self.ask(Method::POST, "/_config/webhooks/anteroom", "application/json", hook).await;
    }

    /// Somebody pays with a card, or has money kept ready; the name of the movement.
    async fn pay(&self, payment: PaymentId, method: &str) -> String {
        let card = [
            ("type", "card"),
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2090"),
            ("card[cvc]", "123"),
        ];
        let card = name(&self.post("/v1/payment_methods", &card).await);
        let moved = [
            ("amount", "1250"),
            ("currency", "eur"),
            ("payment_method", &card),
            ("confirm", "true"),
            ("capture_method", method),
            ("metadata[payment]", &payment.to_hex()),
        ];
        name(&self.post("/v1/payment_intents", &moved).await)
    }
}

fn name(thing: &Value) -> String {
    thing["id"].as_str().expect("it has a name").to_owned()
}

/// A room for 12.50 EUR, a checkout in it, and our side of it, which asks the other one.
async fn sell(server: &Server, stripe: &Processor, other: &Other) -> (PaymentId, Stripe, Store) {
    let host = server.browser();
    let room = host.create(false).await;
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    let bo = server.browser();
    let checkout = stripe.checkout_at(&leads_to(&agree(&bo, room, &terms(&bo, room).await).await));
    let payment = stripe.books().checkouts[&checkout]["client_reference_id"].clone();
    let payment = payment.as_str().and_then(|id| id.parse().ok()).expect("an id");
    let file = || format!("sqlite:{}", server.folder.path().join("data/anteroom.sqlite").display());
    let store = Store::open(&server.folder.database().map_or_else(file, str::to_owned)).await;
    let account = StripeSettings { api: format!("http://{}", other.addr), ..stripe.account() };
    let store = store.expect("it opens");
    (payment, Stripe::new(account, store.clone(), server.world.clone()), store)
}

/// Waits until the server has heard by which movement a payment came.
async fn heard(stripe: &Stripe, order: u128, what: Instruction) {
    let done = async {
        while stripe.carry_out(OutboxId::from_bits(order), what).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, done).await.expect("it is told, believed and carried out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_understand_us_and_we_them() {
    let Some(other) = Other::start().await else {
        println!("localstripe is not installed; nobody was asked");
        return;
    };
    let stripe = Processor::open().await;
    let server = Server::start_with(stripe.settings()).await;
    // It signs by the machine's clock.
    server.world.pass(Machine.now().0 - server.world.now().0);
    stripe.books().set_time(Machine.now().0);
    other.tells(&server).await;
    let amount = |minor| Money::new(minor, Currency::parse("EUR").expect("a currency"));

    let (payment, ours, _) = sell(&server, &stripe, &other).await;
    let intent = other.pay(payment, "automatic").await;
    let refund = Instruction::Refund { payment, amount: amount(1_000) };
    heard(&ours, 1, refund).await;
    for _ in 0..3 {
        ours.carry_out(OutboxId::from_bits(1), refund).await.expect("it was carried out before");
    }
    let refunds = other.read(&format!("/v1/refunds?payment_intent={intent}&limit=100")).await;
    assert_eq!(refunds["data"].as_array().map(Vec::len), Some(1), "{refunds}");
    assert_eq!(refunds["data"][0]["amount"], 1_000);

    let (payment, ours, store) = sell(&server, &stripe, &other).await;
    let intent = other.pay(payment, "manual").await;
    note_intent(&store, payment, &intent).await.expect("it says nothing of money that is kept ready");
    let capture = Instruction::Capture { payment, amount: amount(800), fee: None };
    ours.carry_out(OutboxId::from_bits(2), capture).await.expect("it is taken");
    let moved = other.read(&format!("/v1/payment_intents/{intent}")).await;
    assert_eq!(moved["status"], "succeeded", "{moved}");

    let (payment, ours, store) = sell(&server, &stripe, &other).await;
    let intent = other.pay(payment, "manual").await;
    note_intent(&store, payment, &intent).await.expect("it says nothing of money that is kept ready");
    for order in [4, 5] {
        let let_go = Instruction::VoidHold { payment };
        ours.carry_out(OutboxId::from_bits(order), let_go).await.expect("it is let go, or was before");
    }
    let moved = other.read(&format!("/v1/payment_intents/{intent}")).await;
    assert_eq!(moved["status"], "canceled", "{moved}");
}

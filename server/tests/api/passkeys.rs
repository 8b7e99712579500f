//! Passkeys, with an authenticator of the tests' own that signs as a real one does.

use crate::accounts::{ANA, BEARS, FOXES, visitor};
use crate::browser::{Answer, Browser};
use crate::harness::Server;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::account::PasskeyCreation;
use protocol::{AccountRefusal, AccountView, ErrorCode};
use serde_json::{Value, json};

/// What stands before the point of a P-256 key in SubjectPublicKeyInfo.
const PREFIX: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/// A device with one passkey.
struct Authenticator {
    pair: EcdsaKeyPair,
    id: &'static str,
    user: String,
    origin: String,
}

impl Authenticator {
    fn new(server: &Server, id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key can be made");
        Self { pair, id, user: String::new(), origin: format!("http://{}", server.addr) }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        json!({ "type": kind, "challenge": challenge, "origin": self.origin }).to_string().into_bytes()
    }

    fn data() -> Vec<u8> {
        [digest(&SHA256, b"127.0.0.1").as_ref(), &[0b101], &[0; 4]].concat()
    }

    /// What the browser hands over after making the passkey.
    fn made(&mut self, creation: &PasskeyCreation) -> Value {
        self.user.clone_from(&creation.user);
        json!({ "made": {
            "id": self.id,
            "name": "Key ring",
            "client_data": hex(&self.client_data("webauthn.create", &creation.challenge)),
            "authenticator_data": hex(&Self::data()),
            "public_key": format!("{PREFIX}{}", hex(self.pair.public_key().as_ref())),
            "algorithm": -7,
        } })
    }

    /// What the browser hands over to sign in.
    fn said(&self, challenge: &str) -> Value {
        let (client_data, data) = (self.client_data("webauthn.get", challenge), Self::data());
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("it signs");
        json!({ "next": "/account", "said": {
            "id": self.id,
            "user": hex(self.user.as_bytes()),
            "client_data": hex(&client_data),
            "authenticator_data": hex(&data),
            "signature": hex(signature.as_ref()),
        } })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn sign_up(browser: &Browser, email: &str, password: &str) {
    let fields = [("name", "Ana"), ("email", email), ("password", password)];
    browser.submit("/api/accounts/sign-up", &fields).await.json::<()>();
}

async fn challenge(browser: &Browser) -> String {
    browser.call("/api/accounts/passkey-challenge", &json!({})).await.json()
}

async fn enter(browser: &Browser, said: &Value) -> Answer {
    browser.call("/api/accounts/passkey-sign-in", said).await
}

async fn passkeys(browser: &Browser) -> usize {
    browser.call("/api/accounts/view", &json!({})).await.json::<AccountView>().passkeys.len()
}

fn refused(answer: &Answer) {
    assert_eq!(answer.refusal(), ErrorCode::Account(AccountRefusal::PasskeyRefused));
}

/// A server on which Ana has an account with a passkey.
async fn server_with_passkey() -> (Server, Browser, Authenticator) {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, ANA, BEARS).await;
    let mut device = Authenticator::new(&server, "a2V5");
    let creation = browser.call("/api/accounts/begin-passkey", &json!({})).await.json();
    browser.call("/api/accounts/add-passkey", &device.made(&creation)).await.json::<()>();
    (server, browser, device)
}

#[tokio::test]
async fn a_passkey_signs_in_and_keeps_what_the_browser_hosted() {
    let (server, ana, device) = server_with_passkey().await;
    assert_eq!(passkeys(&ana).await, 1);
    let other = server.browser();
    other.create(true).await;
    let challenge = challenge(&other).await;
    let before = other.cookie();
    let answer = enter(&other, &device.said(&challenge)).await;
    assert_eq!(answer.header("location"), "/account", "{}", answer.text());
    assert_eq!(visitor(&other).await.as_deref(), Some("Ana"));
    assert_ne!(other.cookie(), before);
    let rooms: Vec<Value> = ana.call("/api/rooms/hosted", &json!({})).await.json();
    assert_eq!(rooms.len(), 1);
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_was_asked_and_not_for_long() {
    let (server, _, device) = server_with_passkey().await;
    let (asked, other) = (server.browser(), server.browser());
    let said = device.said(&challenge(&asked).await);
    refused(&enter(&other, &said).await);
    challenge(&other).await;
    refused(&enter(&other, &said).await);
    enter(&asked, &said).await.json::<()>();
    refused(&enter(&asked, &said).await);
    let late = server.browser();
    let said = device.said(&challenge(&late).await);
    server.world.pass(5 * 60_000);
    refused(&enter(&late, &said).await);
}

#[tokio::test]
async fn neither_another_key_nor_another_page_nor_another_name_opens_the_account() {
    let (server, _, device) = server_with_passkey().await;
    let mut stranger = Authenticator::new(&server, "a2V5");
    stranger.user.clone_from(&device.user);
    let mut phished = Authenticator { origin: "http://evil.test".to_owned(), ..device };
    for liar in [&stranger, &phished] {
        let browser = server.browser();
        let challenge = challenge(&browser).await;
        refused(&enter(&browser, &liar.said(&challenge)).await);
        assert_eq!(visitor(&browser).await, None);
    }
    phished.origin = format!("http://{}", server.addr);
    let browser = server.browser();
    phished.user = "0".repeat(32);
    let said = phished.said(&challenge(&browser).await);
    refused(&enter(&browser, &said).await);
}

#[tokio::test]
async fn a_passkey_is_its_owners_alone() {
    let (server, ana, device) = server_with_passkey().await;
    let bo = server.browser();
    sign_up(&bo, "bo@example.org", FOXES).await;
    bo.submit("/api/accounts/remove-passkey", &[("id", device.id)]).await.json::<()>();
    assert_eq!(passkeys(&ana).await, 1);
    let mut copy = Authenticator::new(&server, device.id);
    let creation = bo.call("/api/accounts/begin-passkey", &json!({})).await.json();
    refused(&bo.call("/api/accounts/add-passkey", &copy.made(&creation)).await);
    assert_eq!(passkeys(&bo).await, 0);
    ana.submit("/api/accounts/remove-passkey", &[("id", device.id)]).await.json::<()>();
    assert_eq!(passkeys(&ana).await, 0);
    let browser = server.browser();
    let said = device.said(&challenge(&browser).await);
    refused(&enter(&browser, &said).await);
}

#[tokio::test]
async fn no_more_passkeys_are_kept_than_an_account_may_have() {
    let (server, ana, _) = server_with_passkey().await;
    let ids = (0..25).map(|count| format!("a2V5{count:02}"));
    for (count, id) in (1..).zip(ids) {
        let mut device = Authenticator::new(&server, id.leak());
        let creation = ana.call("/api/accounts/begin-passkey", &json!({})).await;
        if count == 20 {
            assert_eq!(creation.refusal(), ErrorCode::Account(AccountRefusal::TooManyPasskeys));
            break;
        }
        // What was drawn for signing in makes none.
        let stray = PasskeyCreation { challenge: challenge(&ana).await, ..creation.json() };
        refused(&ana.call("/api/accounts/add-passkey", &device.made(&stray)).await);
        let creation = ana.call("/api/accounts/begin-passkey", &json!({})).await.json();
        ana.call("/api/accounts/add-passkey", &device.made(&creation)).await.json::<()>();
    }
    assert_eq!(passkeys(&ana).await, 20);
}

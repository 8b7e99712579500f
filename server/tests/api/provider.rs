//! An OpenID provider of the tests' own: real HTTP, real keys, real signatures, and every way to misbehave.
//!
//! It signs with aws-lc by hand, so that what the server checks was not written by what checks it.

use crate::harness::START_MS;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::stream;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use server::config::Layer;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const CLIENT: &str = "anteroom";
/// With letters that mean something in a form and in a pair.
pub const SECRET: &str = "s3cret:&%+";
/// The address of the site, as its people know it.
pub const SITE: &str = "https://meet.example.org";

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Signing {
    #[default]
    Rs256,
    /// `alg: none`, without a signature.
    None,
    /// `alg: HS256` with the client's secret.
    SharedSecret,
    /// `alg: HS256` with the public key's modulus, which everybody knows.
    PublicModulus,
    /// By somebody else's key, under the name of ours.
    ForeignKey,
}

/// How the provider treats a request.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Manner {
    #[default]
    Good,
    /// Never answers.
    Hangs,
    /// Answers without end.
    Floods,
    Fails,
}

/// What the provider does; tests change it.
#[derive(Default)]
pub struct Behaviour {
    /// Laid over the claims of a sound token; `null` takes one away.
    pub claims: BTreeMap<&'static str, Value>,
    /// What `userinfo` tells beside the subject.
    pub userinfo: BTreeMap<&'static str, Value>,
    pub signing: Signing,
    /// The names of the keys that `jwks` shows, of which the last signs.
    pub keys: Vec<&'static str>,
    pub configuration: Manner,
    pub tokens: Manner,
    pub jwks: Manner,
    /// How often the keys were asked for.
    pub jwks_asked: usize,
    /// Codes that were given and not handed in yet.
    codes: BTreeMap<String, Given>,
    drawn: usize,
}

/// What was asked for when a code was given.
struct Given {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct Inner {
    issuer: String,
    /// Signing keys by their names.
    pairs: BTreeMap<&'static str, RsaKeyPair>,
    behaviour: Mutex<Behaviour>,
    /// How many bytes were read of answers without end.
    flooded: Arc<AtomicUsize>,
}

/// The running provider; it ends with the test.
pub struct Provider {
    inner: Arc<Inner>,
    addr: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Provider {
    /// A provider that behaves, and knows one person.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let addr = listener.local_addr().expect("it has an address");
        let pair = || RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let behaviour = Behaviour { keys: vec!["first"], ..Behaviour::default() };
        let inner = Arc::new(Inner {
            issuer: format!("http://{addr}"),
            pairs: ["first", "second", "foreign"].map(|name| (name, pair())).into(),
            behaviour: Mutex::new(behaviour),
            flooded: Arc::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(inner.clone());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { inner, addr, serving }
    }

    /// Settings of a server whose people may sign in here.
    pub fn settings(&self) -> Layer {
        Layer {
            origin: vec![SITE.parse().expect("an origin")],
            openid_issuer: Some(self.inner.issuer.parse().expect("an issuer")),
            openid_client_id: Some(CLIENT.to_owned()),
            openid_client_secret: Some(SECRET.to_owned()),
            openid_name: Some("Example ID".to_owned()),
            ..Layer::default()
        }
    }

    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// How many bytes anybody took of answers without end.
    pub fn flooded(&self) -> usize {
        self.inner.flooded.load(Ordering::SeqCst)
    }

    /// What it does from now on.
    pub fn now(&self) -> MutexGuard<'_, Behaviour> {
        self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something in place of what a sound token says.
    pub fn claim(&self, name: &'static str, value: Value) {
        self.now().claims.insert(name, value);
    }

    /// The person agrees at the address that the server sent them to: the address that they are sent back to.
    pub fn agree(&self, address: &str) -> String {
        let asked = self.asked(address);
        let part = |name: &str| asked.get(name).cloned().unwrap_or_else(|| panic!("no {name} in {address}"));
        assert_eq!((part("response_type"), part("client_id")), ("code".into(), CLIENT.into()));
        assert_eq!(
            (part("scope"), part("code_challenge_method")),
            ("openid profile email".into(), "S256".into())
        );
        let redirect_uri = part("redirect_uri");
        assert_eq!(redirect_uri, format!("{SITE}/auth/openid/callback"));
        let mut behaviour = self.now();
        behaviour.drawn += 1;
        let code = format!("code-{}", behaviour.drawn);
        let given = Given { nonce: part("nonce"), challenge: part("code_challenge"), redirect_uri };
        behaviour.codes.insert(code.clone(), given);
        format!("/auth/openid/callback?code={code}&state={}", part("state"))
    }

    /// What stands in the address that the server sent somebody to.
    pub fn asked(&self, address: &str) -> BTreeMap<String, String> {
        let rest = address.strip_prefix(&format!("http://{}/authorize?", self.addr));
        let rest = rest.unwrap_or_else(|| panic!("{address} is not this provider's"));
        form_urlencoded::parse(rest.as_bytes()).into_owned().collect()
    }
}

impl Inner {
    fn now(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claims(&self, nonce: &str) -> Value {
        let now = START_MS / 1_000;
        let mut claims = json!({
            "iss": self.issuer, "sub": "ana-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
            "name": "Ana", "email": "ana@example.org", "email_verified": true,
        });
        let all = claims.as_object_mut().expect("claims are an object");
        for (name, value) in &self.now().claims {
            all.insert((*name).to_owned(), value.clone());
        }
        all.retain(|_, value| !value.is_null());
        claims
    }

    fn sign(&self, claims: &Value) -> String {
        let (signing, id) = {
            let behaviour = self.now();
            (behaviour.signing, *behaviour.keys.last().expect("there is a key"))
        };
        let algorithm = match signing {
            Signing::Rs256 | Signing::ForeignKey => "RS256",
            Signing::None => "none",
            Signing::SharedSecret | Signing::PublicModulus => "HS256",
        };
        let header = json!({ "alg": algorithm, "kid": id, "typ": "JWT" });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let rsa = |name| {
            let pair: &RsaKeyPair = &self.pairs[name];
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
                .expect("it signs");
            signature
        };
        let mac = |secret: &[u8]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes()).as_ref().to_vec()
        };
        let signature = match signing {
            Signing::Rs256 => rsa(id),
            Signing::ForeignKey => rsa("foreign"),
            Signing::None => Vec::new(),
            Signing::SharedSecret => mac(SECRET.as_bytes()),
            Signing::PublicModulus => mac(&self.modulus(id).0),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Modulus and exponent of a public key.
    fn modulus(&self, name: &str) -> (Vec<u8>, Vec<u8>) {
        let key = self.pairs[name].public_key();
        let (n, e) = (key.modulus(), key.exponent());
        (n.big_endian_without_leading_zero().to_vec(), e.big_endian_without_leading_zero().to_vec())
    }
}

async fn behave(inner: &Inner, manner: Manner, answer: Value) -> Response {
    match manner {
        Manner::Good => Json(answer).into_response(),
        Manner::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Hangs => {
            std::future::pending::<()>().await;
            unreachable!("nobody waits for ever")
        }
        Manner::Floods => {
            let chunk = Bytes::from(vec![b' '; 64 * 1024]);
            let flooded = inner.flooded.clone();
            let endless = stream::repeat_with(move || {
                flooded.fetch_add(chunk.len(), Ordering::SeqCst);
                Ok::<_, Infallible>(chunk.clone())
            });
            Body::from_stream(endless).into_response()
        }
    }
}

async fn configuration(State(inner): State<Arc<Inner>>) -> Response {
    let issuer = &inner.issuer;
    let answer = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
    });
    let manner = inner.now().configuration;
    behave(&inner, manner, answer).await
}

async fn jwks(State(inner): State<Arc<Inner>>) -> Response {
    let (manner, names) = {
        let mut behaviour = inner.now();
        behaviour.jwks_asked += 1;
        (behaviour.jwks, behaviour.keys.clone())
    };
    let key = |name: &&'static str| {
        let (n, e) = inner.modulus(name);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "n": encode(&n), "e": encode(&e) })
    };
    // What the server cannot use must not keep it from what it can.
    let odd = json!({ "kty": "dance", "kid": "first" });
    let keys: Vec<_> = std::iter::once(odd).chain(names.iter().map(key)).collect();
    behave(&inner, manner, json!({ "keys": keys })).await
}

async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)));
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok());
    assert_eq!(basic, Some(format!("Basic {pair}").as_str()), "the server says who it is");
    let part = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    assert_eq!(part("grant_type"), "authorization_code");
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    let Some(given) = inner.now().codes.remove(part("code")) else { return refused() };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, part("code_verifier").as_bytes()));
    if challenge != given.challenge || part("redirect_uri") != given.redirect_uri {
        return refused();
    }
    let answer = json!({
        "access_token": "open sesame", "token_type": "Bearer", "id_token": inner.sign(&inner.claims(&given.nonce)),
    });
    let manner = inner.now().tokens;
    behave(&inner, manner, answer).await
}

async fn userinfo(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
    assert_eq!(bearer, Some("Bearer open sesame"));
    let mut answer = json!({ "sub": "ana-1" });
    for (name, value) in &inner.now().userinfo {
        answer[*name] = value.clone();
    }
    Json(answer).into_response()
}

//! Signing in with an OpenID provider (OpenID Connect Core 1.0: code flow, with PKCE).
//!
//! ```text
//! form ─▶ depart: state, nonce and verifier are kept in the session ─▶ provider
//! provider ─▶ callback ─▶ arrive: code and verifier for tokens ─▶ whom it vouches for ─▶ service
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`visit`] | the three addresses, and what the session keeps meanwhile |
//! | [`discovery`] | where the provider's parts are |
//! | [`keys`], [`token`] | what makes the provider's word worth anything |
//!
//! What is found out about the provider is asked for when somebody comes, so that a server starts without it,
//! and is asked for again after an hour, and when a token names a key that is not known.
//!
//! Invariants: nothing that the provider or a browser says is believed before [`token::check`] has; codes,
//! tokens and secrets stay out of the log. Not here: whose account it is; `service::accounts` knows.

pub mod discovery;
pub mod keys;
pub mod token;
pub mod visit;

use crate::config::OpenidSettings;
use crate::exchange::{Exchange, ExchangeError};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use discovery::{Authentication, Endpoint, Metadata};
use form_urlencoded::{Serializer, byte_serialize};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use http::{Request, StatusCode};
use keys::Keys;
use model::{DisplayName, EmailAddress, UnixMillis};
use service::accounts::Vouched;
use service::time::Ambient;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use token::{Claims, Expected, TokenError};

/// How long what was found out about the provider is good for, in milliseconds.
const KNOWN_MS: i64 = 3_600_000;
/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many people may be asked about at once; each holds a connection to the provider.
const AT_ONCE: usize = 32;

/// Why the provider did not say who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider cannot be asked")]
    Exchange(#[from] ExchangeError),
    #[error("the provider answers {what} with status {status}")]
    Status { what: &'static str, status: StatusCode },
    #[error("the provider's {what} does not make sense")]
    Nonsense { what: &'static str },
    #[error("too many people are signing in at once")]
    Busy,
    /// The code is not, or no longer, good for anything.
    #[error("the provider refuses the code: {0}")]
    Code(String),
    #[error("the provider's word does not hold: {0}")]
    Token(#[from] TokenError),
}

/// The provider, and what is known of it.
pub struct Openid {
    settings: OpenidSettings,
    exchange: Exchange,
    ambient: Arc<dyn Ambient>,
    known: Mutex<Known>,
    places: tokio::sync::Semaphore,
}

#[derive(Default)]
struct Known {
    metadata: Option<(UnixMillis, Arc<Metadata>)>,
    keys: Option<(UnixMillis, Arc<Keys>)>,
}

/// What somebody takes along to the provider, and must come back with.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Errand {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves that who brings the code is who left (RFC 7636).
    pub verifier: String,
    /// Where the provider sends the person back to.
    pub redirect_uri: String,
}

/// What the provider gives for a code.
#[derive(serde::Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Why the provider gives nothing (RFC 6749, section 5.2).
#[derive(serde::Deserialize)]
struct Refused {
    error: String,
}

impl Openid {
    /// The provider of these settings; it is not asked anything yet.
    pub fn new(settings: OpenidSettings, ambient: Arc<dyn Ambient>) -> Self {
        Self {
            settings,
            exchange: Exchange::within(PATIENCE),
            ambient,
            known: Mutex::default(),
            places: tokio::sync::Semaphore::new(AT_ONCE),
        }
    }

    /// What people call the provider.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The address at the provider that an errand begins with.
    pub async fn depart(&self, errand: &Errand) -> Result<String, ProviderError> {
        let _place = self.places.try_acquire().map_err(|_| ProviderError::Busy)?;
        let metadata = self.metadata().await?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, errand.verifier.as_bytes()));
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &errand.redirect_uri)
            .append_pair("scope", &self.settings.scope)
            .append_pair("state", &errand.state)
            .append_pair("nonce", &errand.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let address = metadata.authorization_endpoint.as_str();
        let joint = if address.contains('?') { '&' } else { '?' };
        Ok(format!("{address}{joint}{query}"))
    }

    /// Whom the provider vouches for with this code. `issuer` is who says in the address that it sent the
    /// person (RFC 9207); `nameless` is what somebody is called who has no name there.
    pub async fn arrive(
        &self,
        errand: &Errand,
        code: &str,
        issuer: Option<&str>,
        nameless: &DisplayName,
    ) -> Result<Vouched, ProviderError> {
        let _place = self.places.try_acquire().map_err(|_| ProviderError::Busy)?;
        let metadata = self.metadata().await?;
        let ours = self.settings.issuer.as_str();
        let is_named = issuer.is_some() || metadata.names_itself;
        if is_named && issuer != Some(ours) {
            return Err(TokenError::Issuer.into());
        }
        let tokens = self.redeem(&metadata, errand, code).await?;
        let mut claims = self.check(&metadata, &tokens.id_token, &errand.nonce).await?;
        if let (Some(userinfo), Some(access)) = (&metadata.userinfo_endpoint, &tokens.access_token)
            && claims.email.is_none()
        {
            let told = self.userinfo(userinfo, access).await?;
            claims = claims.completed_by(told)?;
        }
        Ok(vouched(ours, claims, nameless))
    }

    /// Checks the provider's word; keys that are not known may be new.
    async fn check(&self, metadata: &Metadata, token: &str, nonce: &str) -> Result<Claims, ProviderError> {
        let expected = Expected {
            issuer: self.settings.issuer.as_str(),
            client_id: &self.settings.client_id,
            nonce,
            now: self.ambient.now(),
        };
        if let Some(keys) = self.known_keys() {
            match token::check(token, &keys, &expected) {
                Err(TokenError::Key | TokenError::Signature) => {}
                other => return Ok(other?),
            }
        }
        let body = self.read(&metadata.jwks_uri, "keys").await?;
        let keys = Keys::parse(&body).ok_or(ProviderError::Nonsense { what: "keys" })?;
        let keys = Arc::new(keys);
        self.known().keys = Some((self.ambient.now(), keys.clone()));
        Ok(token::check(token, &keys, &expected)?)
    }

    /// Hands the code in, with the proof that it is ours.
    async fn redeem(
        &self,
        metadata: &Metadata,
        errand: &Errand,
        code: &str,
    ) -> Result<Tokens, ProviderError> {
        let (request, form) = self.request_for_tokens(metadata, errand, code);
        let (status, body) = self.exchange.ask(request, form).await?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|_| ProviderError::Nonsense { what: "tokens" });
        }
        match serde_json::from_slice::<Refused>(&body) {
            Ok(refused) if refused.error == "invalid_grant" => Err(ProviderError::Code(refused.error)),
            // Anything else is a quarrel between the provider and this server, which the operator must see.
            Ok(_) | Err(_) => Err(ProviderError::Status { what: "the code", status }),
        }
    }

    fn request_for_tokens(&self, metadata: &Metadata, errand: &Errand, code: &str) -> (Builder, String) {
        let OpenidSettings { client_id, client_secret, .. } = &self.settings;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &errand.redirect_uri)
            .append_pair("code_verifier", &errand.verifier);
        let request = Request::post(metadata.token_endpoint.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match metadata.authentication() {
            Authentication::Basic => {
                // Both are encoded as in a form first (RFC 6749, section 2.3.1).
                let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encode(client_id), encode(client_secret));
                let pair = format!("Basic {}", STANDARD.encode(pair));
                (request.header(AUTHORIZATION, pair), form.finish())
            }
            Authentication::Post => {
                form.append_pair("client_id", client_id).append_pair("client_secret", client_secret);
                (request, form.finish())
            }
        }
    }

    /// What the provider tells whoever holds the access token.
    async fn userinfo(&self, endpoint: &Endpoint, access: &str) -> Result<Claims, ProviderError> {
        let nonsense = ProviderError::Nonsense { what: "description of the person" };
        let request = Request::get(endpoint.as_str())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, format!("Bearer {access}"));
        let (status, body) = self.exchange.ask(request, String::new()).await?;
        if status != StatusCode::OK {
            return Err(ProviderError::Status { what: "a question about the person", status });
        }
        serde_json::from_slice(&body).map_err(|_| nonsense)
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(known) = self.fresh(&self.known().metadata) {
            return Ok(known);
        }
        let issuer = self.settings.issuer.as_str();
        let endpoint = Endpoint::of_issuer(issuer).ok_or(ProviderError::Nonsense { what: "address" })?;
        let body = self.read(&endpoint, "configuration").await?;
        let metadata = Metadata::parse(&body, issuer);
        let metadata = Arc::new(metadata.ok_or(ProviderError::Nonsense { what: "configuration" })?);
        self.known().metadata = Some((self.ambient.now(), metadata.clone()));
        Ok(metadata)
    }

    async fn read(&self, endpoint: &Endpoint, what: &'static str) -> Result<Bytes, ProviderError> {
        let request = Request::get(endpoint.as_str()).header(ACCEPT, "application/json");
        match self.exchange.ask(request, String::new()).await? {
            (StatusCode::OK, body) => Ok(body),
            (status, _) => Err(ProviderError::Status { what, status }),
        }
    }

    fn known_keys(&self) -> Option<Arc<Keys>> {
        self.fresh(&self.known().keys)
    }

    fn fresh<T>(&self, known: &Option<(UnixMillis, Arc<T>)>) -> Option<Arc<T>> {
        let now = self.ambient.now();
        let (at, known) = known.as_ref()?;
        (*at <= now && now < at.plus(KNOWN_MS)).then(|| known.clone())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is one assignment, so a panic elsewhere cannot have left it half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings what the provider says of somebody into our own types; what does not fit is left out.
fn vouched(issuer: &str, claims: Claims, nameless: &DisplayName) -> Vouched {
    let is_verified = claims.is_email_verified();
    let email = claims.email.as_deref().and_then(|text| EmailAddress::parse(text).ok());
    let own = [&claims.name, &claims.preferred_username, &claims.nickname];
    let own = own.into_iter().flatten().map(String::as_str);
    let local = claims.email.as_deref().and_then(|text| text.split('@').next());
    let name = own.chain(local).find_map(|text| {
        let start: String = text.chars().take(DisplayName::LIMIT).collect();
        DisplayName::parse(&start).ok()
    });
    Vouched {
        issuer: issuer.to_owned(),
        subject: claims.sub,
        name: name.unwrap_or_else(|| nameless.clone()),
        is_verified: is_verified && email.is_some(),
        email,
    }
}

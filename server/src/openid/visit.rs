//! The three addresses of signing in with a provider, and what a session keeps meanwhile.
//!
//! | address | does |
//! |---|---|
//! | `POST /auth/openid` | leads to the provider, to sign in; `next` is where the person goes then |
//! | `POST /auth/openid/link` | leads to the provider, to link the account of whoever is signed in |
//! | `GET /auth/openid/callback` | the provider sends people back here |
//!
//! An errand counts once, for ten minutes, in the browser that began it; beginning another voids it. A
//! callback that answers no errand of its browser changes nothing, whoever made the browser go there.
//!
//! Invariants: forms come from our own pages, as `guard` has checked; people are led to pages of ours only.

use super::{Errand, ProviderError};
use crate::exchange::ExchangeError;
use crate::refusal::{preferred, refuse};
use crate::routes::Shared;
use app::api::accounts::OPENID_CALLBACK;
use app::caller::{enter_in, known_in, ours_or_home, replaced_in};
use app::leaving::Leaving;
use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderMap, Uri};
use model::{DeviceId, UnixMillis, UserId};
use protocol::account::word_of;
use protocol::{AccountRefusal, ErrorCode};
use std::error::Error;
use std::time::Duration;
use tower_sessions::Session;
use tower_sessions::session::Error as SessionError;

/// How long somebody may be at the provider, in milliseconds.
const ERRAND_MS: i64 = 10 * 60_000;
/// The key of the session under which it keeps an errand.
const ERRAND: &str = "openid";
/// How long all that is asked of the provider for one visit may take; the person waits.
const PATIENCE: Duration = Duration::from_secs(12);
/// The longest code or state that is looked at.
const LONGEST: usize = 4_096;

/// What a form says.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Wish {
    #[serde(default)]
    next: String,
}

/// What the provider, or whoever sent the browser here, says in the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// What a session keeps while its person is at the provider.
#[derive(serde::Deserialize, serde::Serialize)]
struct Kept {
    errand: Errand,
    purpose: Purpose,
    until: UnixMillis,
}

/// What somebody went to the provider for.
#[derive(Clone, serde::Deserialize, serde::Serialize)]
enum Purpose {
    SignIn { next: String },
    Link { user: UserId },
}

/// Why a visit did not come to its end.
enum Failure {
    Refused(ErrorCode),
    Provider(ProviderError),
    Service(service::Error),
    Session(SessionError),
}

/// Leads to the provider, to sign in.
pub async fn sign_in(
    State(shared): State<Shared>,
    session: Session,
    uri: Uri,
    headers: HeaderMap,
    wish: Result<Form<Wish>, FormRejection>,
) -> Response {
    // A form that is not ours leads home.
    let wish = wish.map(|Form(wish)| wish).unwrap_or_default();
    let next = ours_or_home(&wish.next).to_owned();
    leave(&shared, &session, (&uri, &headers), Purpose::SignIn { next }).await
}

/// Leads to the provider, to link the account.
pub async fn link(State(shared): State<Shared>, session: Session, uri: Uri, headers: HeaderMap) -> Response {
    match known_in(&session).await {
        Ok(Some((user, Some(_)))) => leave(&shared, &session, (&uri, &headers), Purpose::Link { user }).await,
        Ok(_) => Redirect::to("/sign-in?next=/account").into_response(),
        Err(error) => Purpose::SignIn { next: String::new() }.told(Failure::Session(error)),
    }
}

/// Takes back whom the provider sends.
pub async fn callback(
    State(shared): State<Shared>,
    session: Session,
    headers: HeaderMap,
    query: Result<Query<Callback>, QueryRejection>,
) -> Response {
    let callback = query.map(|Query(callback)| callback).unwrap_or_default();
    let kept = match take(&shared, &session, callback.state.as_deref()).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return astray(&session).await,
        Err(error) => return Purpose::SignIn { next: String::new() }.told(Failure::Session(error)),
    };
    let purpose = kept.purpose.clone();
    match arrive(&shared, &session, &headers, kept, callback).await {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(failure) => purpose.told(failure),
    }
}

/// Keeps the errand and leads on.
async fn leave(
    shared: &Shared,
    session: &Session,
    (uri, headers): (&Uri, &HeaderMap),
    purpose: Purpose,
) -> Response {
    let Some(openid) = &shared.openid else { return refuse(ErrorCode::BadRequest) };
    let Some(origin) = shared.guard.addressed_as(uri, headers) else { return refuse(ErrorCode::BadRequest) };
    let accounts = &shared.services.accounts;
    let errand = Errand {
        state: accounts.challenge(),
        nonce: accounts.challenge(),
        verifier: accounts.challenge(),
        redirect_uri: format!("{origin}{OPENID_CALLBACK}"),
    };
    let address = match within(openid.depart(&errand)).await {
        Ok(address) => address,
        Err(error) => return purpose.told(Failure::Provider(error)),
    };
    let until = shared.services.ambient.now().plus(ERRAND_MS);
    let kept = Kept { errand, purpose: purpose.clone(), until };
    match session.insert(ERRAND, kept).await {
        Ok(()) => Html(leaving(headers).page(openid.name(), &address)).into_response(),
        Err(error) => purpose.told(Failure::Session(error)),
    }
}

/// Takes the errand that this state belongs to out of the session, for good.
async fn take(shared: &Shared, session: &Session, state: Option<&str>) -> Result<Option<Kept>, SessionError> {
    let Some(kept) = session.get::<Kept>(ERRAND).await? else { return Ok(None) };
    // Whoever made the browser come with another state must not end the errand of its person.
    if state != Some(kept.errand.state.as_str()) {
        return Ok(None);
    }
    session.remove_value(ERRAND).await?;
    // At once, so that a second callback finds nothing while the provider is asked about the first.
    session.save().await?;
    Ok(Some(kept).filter(|kept| shared.services.ambient.now() < kept.until))
}

/// Does what the person went for; says where they go now.
async fn arrive(
    shared: &Shared,
    session: &Session,
    headers: &HeaderMap,
    kept: Kept,
    callback: Callback,
) -> Result<String, Failure> {
    let openid = shared.openid.as_ref().ok_or(Failure::Refused(ErrorCode::BadRequest))?;
    let code = callback.code()?;
    let words = leaving(headers);
    let nameless = words.nameless();
    let asked = openid.arrive(&kept.errand, &code, callback.iss.as_deref(), &nameless);
    let vouched = within(asked).await?;
    let accounts = &shared.services.accounts;
    let known = known_in(session).await?;
    match kept.purpose {
        Purpose::SignIn { next } => {
            let guest = known.filter(|(_, login)| login.is_none()).map(|(user, _)| user);
            let login = accounts.sign_in_vouched(guest, &vouched, words.lang().to_owned()).await?;
            if let Some(other) = replaced_in(session, login.user).await? {
                shared.services.rooms.sign_out_at(other).await?;
            }
            enter_in(session, login, DeviceId::from_bits(shared.services.ambient.draw())).await?;
            Ok(next)
        }
        Purpose::Link { user } => {
            // Somebody else may be signed in here by now.
            if !known.is_some_and(|(now, login)| now == user && login.is_some()) {
                return Err(AccountRefusal::NotSignedIn.into());
            }
            accounts.link_vouched(user, &vouched).await?;
            Ok("/account?done=linked".to_owned())
        }
    }
}

/// Somebody came who was not sent: a second time, too late, or by somebody else's link.
async fn astray(session: &Session) -> Response {
    let is_signed_in = matches!(known_in(session).await, Ok(Some((_, Some(_)))));
    let page = if is_signed_in { "/account" } else { "/sign-in" };
    let word = word_of(ErrorCode::Account(AccountRefusal::ProviderExpired));
    Redirect::to(&format!("{page}?problem={word}")).into_response()
}

async fn within<T>(asked: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProviderError> {
    let late = |_| ProviderError::Exchange(ExchangeError::TimedOut);
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

fn leaving(headers: &HeaderMap) -> Leaving {
    Leaving::of(preferred(headers))
}

impl Callback {
    /// The code, or what the provider says instead (RFC 6749, section 4.1.2.1).
    fn code(&self) -> Result<String, Failure> {
        match (self.error.as_deref(), &self.code) {
            (Some("access_denied"), _) => Err(AccountRefusal::ProviderCancelled.into()),
            (Some("server_error" | "temporarily_unavailable"), _) => {
                Err(AccountRefusal::ProviderUnreachable.into())
            }
            (None, Some(code)) if !code.is_empty() && code.len() <= LONGEST => Ok(code.clone()),
            (Some(_) | None, _) => Err(AccountRefusal::ProviderRefused.into()),
        }
    }
}

impl Purpose {
    /// Leads back to where it began, which says what went wrong.
    fn told(&self, failure: Failure) -> Response {
        let word = word_of(failure.code());
        let page = match self {
            Self::Link { .. } => format!("/account?problem={word}"),
            Self::SignIn { next } => {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                format!("/sign-in?problem={word}&next={next}")
            }
        };
        Redirect::to(&page).into_response()
    }
}

impl Failure {
    /// What the person is told; what the operator must see is logged.
    fn code(self) -> ErrorCode {
        match self {
            Self::Refused(code) | Self::Service(service::Error::Refused(code)) => code,
            Self::Provider(error) => {
                let reason = &error as &dyn Error;
                tracing::warn!(error = reason, "A provider did not say who somebody is.");
                ErrorCode::Account(match error {
                    ProviderError::Code(_) | ProviderError::Token(_) => AccountRefusal::ProviderRefused,
                    ProviderError::Exchange(_)
                    | ProviderError::Status { .. }
                    | ProviderError::Nonsense { .. }
                    | ProviderError::Busy => AccountRefusal::ProviderUnreachable,
                })
            }
            Self::Service(error) => {
                tracing::error!(error = &error as &dyn Error, "An account could not be signed in to.");
                ErrorCode::Internal
            }
            Self::Session(error) => {
                tracing::error!(error = &error as &dyn Error, "A session could not be read or written.");
                ErrorCode::Internal
            }
        }
    }
}

impl From<AccountRefusal> for Failure {
    fn from(refusal: AccountRefusal) -> Self {
        Self::Refused(ErrorCode::Account(refusal))
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        Self::Service(error)
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

//! Agreeing to what a room costs: `POST /r/{code}/pay`; and to what more time costs: `POST /r/{code}/extend`.
//!
//! ```text
//! entry page ──form──▶ agreed, saved ──▶ the processor's page ──▶ back to the entry page
//!                            └─ nothing to pay before: back at once
//! ```
//!
//! Whoever has no identity yet is given one here: what they pay is theirs by it. Invariant: people come from
//! pages of ours, as `guard` has checked, and go to pages of ours or to the processor.

use crate::login::USER;
use crate::refusal::{preferred, refuse_form};
use crate::routes::Shared;
use app::caller::identity_in;
use app::leaving::Leaving;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use model::{InviteToken, RoomCode, TermsDigest, UserId};
use protocol::ErrorCode;
use service::payments::Back;
use tower_sessions::Session;

/// What the form says.
#[derive(Debug, serde::Deserialize)]
pub struct Agreed {
    terms: TermsDigest,
    #[serde(default)]
    invite: Option<String>,
}

/// Agrees, and leads on.
pub async fn agree(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
    form: Result<Form<Agreed>, FormRejection>,
) -> Response {
    lead_on(&parts, pay(&shared, &session, (&code, site(&shared, &parts)), form).await)
}

/// Opens a checkout for more time, and leads there.
pub async fn extend(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
) -> Response {
    lead_on(&parts, more_time(&shared, &session, (&code, site(&shared, &parts))).await)
}

/// By which of its names this site is spoken to.
pub fn site(shared: &Shared, parts: &Parts) -> String {
    shared.guard.addressed_as(&parts.uri, &parts.headers).map(|site| site.to_string()).unwrap_or_default()
}

/// Leads to a page of ours or to the processor, or says why not.
pub fn lead_on(parts: &Parts, to: Result<String, service::Error>) -> Response {
    match to {
        Ok(address) if address.starts_with('/') => Redirect::to(&address).into_response(),
        // A form of ours may only lead to pages of ours: it is one that leads on.
        Ok(address) => Html(Leaving::of(preferred(&parts.headers)).to_checkout(&address)).into_response(),
        Err(service::Error::Refused(code)) => refuse_form(parts, code),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "Somebody could not agree to a price.");
            refuse_form(parts, ErrorCode::Internal)
        }
    }
}

async fn more_time(
    shared: &Shared,
    session: &Session,
    (code, site): (&str, String),
) -> Result<String, service::Error> {
    let refused = |code| service::Error::Refused(code);
    let room: RoomCode = code.parse().map_err(|_| refused(ErrorCode::RoomNotFound))?;
    let user = session.get::<UserId>(USER).await.map_err(|_| refused(ErrorCode::Internal))?;
    let user = user.ok_or(refused(ErrorCode::NoIdentity))?;
    shared.services.rooms.extend(user, room, site).await
}

async fn pay(
    shared: &Shared,
    session: &Session,
    (code, site): (&str, String),
    form: Result<Form<Agreed>, FormRejection>,
) -> Result<String, service::Error> {
    let refused = |code| service::Error::Refused(code);
    let room: RoomCode = code.parse().map_err(|_| refused(ErrorCode::RoomNotFound))?;
    let Form(Agreed { terms, invite }) = form.map_err(|_| refused(ErrorCode::BadRequest))?;
    let invite: Option<InviteToken> = match invite {
        Some(text) => Some(text.parse().map_err(|_| refused(ErrorCode::BadRequest))?),
        None => None,
    };
    let draw = || shared.services.ambient.draw();
    let visitor = identity_in(session, draw).await.map_err(|_| refused(ErrorCode::Internal))?;
    let query = invite.map(|invite| format!("?invite={}", String::from(invite))).unwrap_or_default();
    let back = format!("/r/{room}{query}");
    let way_back = Back { site, path: back.clone() };
    let address = shared.services.rooms.pay(visitor, room, (terms, invite), way_back).await?;
    Ok(address.unwrap_or(back))
}

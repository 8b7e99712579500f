//! `POST /webhooks/stripe`: what Stripe tells by itself.
//!
//! | answer | because |
//! |---|---|
//! | 200 | it is saved what the message means, or it means nothing here |
//! | 400 | it is not Stripe's, or makes no sense |
//! | 413, 429 | it is too long; somebody has sent too much that is not Stripe's |
//! | 503 | it could not be saved; Stripe sends it again, for days |
//!
//! It stands before the gate that asks where a request comes from: a signature says more than an origin does.

use super::answer::{Event, Name, parse};
use super::signature::{self, SignatureError};
use super::word;
use crate::routes::Shared;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use http::{HeaderMap, StatusCode};
use std::net::SocketAddr;

/// Where Stripe sends its messages.
pub const PATH: &str = "/webhooks/stripe";
/// What Stripe tells when money that was on its way back did not arrive.
const GAVE_UP: &str = "refund.failed";
/// The longest message that is read.
const LONGEST: usize = 256 * 1024;

/// Takes a message.
pub async fn hear(
    State(shared): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let Some(stripe) = &shared.stripe else { return StatusCode::NOT_FOUND };
    if !shared.guard.hears(peer.ip(), &headers) {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let Ok(body) = to_bytes(body, LONGEST).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let mut signatures = headers.get_all("stripe-signature").iter();
    let signature = match (signatures.next().map(|value| value.to_str()), signatures.next()) {
        (Some(Ok(signature)), None) => Ok(signature),
        _ => Err(SignatureError::Malformed),
    };
    let now = shared.services.ambient.now();
    let checked = signature
        .and_then(|signature| signature::check(&stripe.settings.webhook_secrets, signature, &body, now));
    if let Err(error) = checked {
        tracing::warn!(error = &error as &dyn std::error::Error, "A message is not believed to be Stripe's.");
        shared.guard.note_forgery(peer.ip(), &headers);
        return StatusCode::BAD_REQUEST;
    }
    let Some(event) = parse::<Event>(&body) else { return StatusCode::BAD_REQUEST };
    tracing::info!(event.id = event.id.as_str(), event.kind = event.kind, "Stripe told something.");
    if event.kind == GAVE_UP
        && let Err(error) = stripe.set_aside(&event).await
    {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "A refund that failed could not be noted; it will be told again.");
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if let Err(error) = stripe.hear_of_account(&event).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "How the account of a host stands could not be noted; it will be told again.");
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let account = event.account.clone();
    let words = match word::words(event) {
        Ok(words) => words,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "A message of Stripe's was not read.");
            return StatusCode::BAD_REQUEST;
        }
    };
    for word in words {
        let account = account.as_ref().map(Name::as_str);
        if let Err(error) = stripe.hear(&shared.services.rooms, account, word).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "What Stripe told could not be saved; it will be told again.");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    StatusCode::OK
}

//! `POST /webhooks/stripe`: what Stripe tells by itself.
//!
//! | answer | because |
//! |---|---|
//! | 200 | it is saved what the message means, or that it makes no sense, or it means nothing here |
//! | 400 | it is not Stripe's, or no message |
//! | 413, 429 | it is too long; somebody has sent too much that is not Stripe's |
//! | 503 | nothing could be saved, or read later; Stripe sends it again, for days |
//!
//! Stripe may shut an endpoint that answers with 503 for long. So what cannot be taken now is answered with
//! 200 once it is saved that it has to be read: it stands in Stripe's list of what it told (`lost`), which is
//! read anew from there on. An account of a host that tells too much, and Stripe that does not answer when it
//! is asked about it, are no failures of ours. An account may tell too much of what stands in no list:
//! that is let go, for nothing depends on it ([`word::SPARE`]), and all of them share one endpoint.
//!
//! It stands before the gate that asks where a request comes from: a signature says more than an origin does.

use super::answer::{Event, Name, parse};
use super::connect::{CHANGED, is_too_much};
use super::signature::{self, SignatureError};
use super::telling::lost;
use super::{Stripe, refund, word};
use crate::routes::Shared;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use http::{HeaderMap, StatusCode};
use model::UnixMillis;
use service::Rooms;
use service::payments::ProviderError;
use std::net::SocketAddr;
use store::{merchants, stripe_reads};

/// Where Stripe sends its messages.
pub const PATH: &str = "/webhooks/stripe";
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
    let later = Later::of(&event, now);
    let Err(error) = stripe.take(&shared.services.rooms, event, Way::Told).await else {
        return StatusCode::OK;
    };
    if later.is_spare && is_too_much(&error) {
        tracing::info!("What Stripe told is let go.");
        return StatusCode::OK;
    }
    match stripe.postpone(later).await {
        Ok(true) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "What Stripe told could not be taken; it will be read.");
            StatusCode::OK
        }
        Ok(false) | Err(_) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "What Stripe told could not be saved; it will be told again.");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// What has to be read later: of which account, and from when on.
struct Later {
    account: Option<Name>,
    /// Absent of what is not read from a list.
    since: Option<UnixMillis>,
    /// Whether nothing depends on it.
    is_spare: bool,
}

impl Later {
    fn of(event: &Event, now: UnixMillis) -> Self {
        // How an account stands is asked beside its list.
        let is_read = word::READ.contains(&&*event.kind) || event.kind == CHANGED;
        let since = event.at().map(|at| at.min(now));
        let is_spare = word::SPARE.contains(&&*event.kind);
        Self { account: event.account.clone(), since: since.filter(|_| is_read), is_spare }
    }
}

/// How something came that Stripe told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// By a message.
    Told,
    /// It was asked for, one after the other.
    Read,
}

impl Stripe {
    /// Saves that something has to be read that was told and not taken; `false`, if it is in no list, or in
    /// one that the key does not open.
    async fn postpone(&self, later: Later) -> Result<bool, store::Error> {
        let Some(since) = later.since else { return Ok(false) };
        let merchant = match &later.account {
            None => {
                stripe_reads::read_again(&self.store, since).await?;
                None
            }
            Some(account) => {
                let known = merchants::load_by_account(&self.store, account.as_str()).await?;
                // What was told of an account that nobody knows is about nothing of ours.
                let Some(merchant) = known else { return Ok(true) };
                merchants::read_again(&self.store, merchant.id, since).await?;
                Some(merchant.id)
            }
        };
        self.wanted.note(merchant);
        Ok(self.client.may_list(later.account.as_ref().map(Name::as_str)))
    }

    /// Takes what Stripe told, whichever way it came. After an error it has to be told again.
    pub(super) async fn take(&self, rooms: &Rooms, event: Event, way: Way) -> Result<(), ProviderError> {
        // An endpoint for accounts of hosts' own is told of both modes.
        if event.livemode != self.settings.is_live() {
            tracing::info!(
                event.id = event.id.as_str(),
                "Stripe told of the other mode, where nothing is ours."
            );
            return Ok(());
        }
        if refund::TOLD.contains(&&*event.kind) {
            self.hear_of_refund(rooms, &event, way).await?;
        }
        self.hear_of_account(&event, way).await?;
        let account = event.account.clone();
        match word::words(event) {
            Ok(words) => {
                for word in words {
                    self.hear(rooms, (account.as_ref().map(Name::as_str), way), word).await?;
                }
                Ok(())
            }
            // It makes no more sense when it is told again.
            Err(nonsense) => self.note_nonsense(&nonsense, way).await.map_err(lost),
        }
    }
}

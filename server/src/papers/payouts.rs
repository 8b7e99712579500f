//! `/earnings/payouts`: a host connects an account at Stripe that takes their money.
//!
//! ```text
//! page ──form──▶ Stripe's questions ──▶ …/back: Stripe is asked how it stands ──▶ page
//!   └────form──▶ disconnected ────────────────────────────────────────────────────▲
//! ```
//!
//! Where hosts take no money themselves there is no such page.

use super::asked::{Asked, Own};
use super::{Turned, caller};
use crate::pay::{lead_on, site};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use crate::stripe::Stripe;
use crate::stripe::client::NO_ACCESS;
use app::papers::payouts::{Account, Failed, Reader, Stands, payouts};
use app::papers::{PAYOUTS, PAYOUTS_BACK, PAYOUTS_CUT};
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::request::Parts;
use model::UserId;
use protocol::ErrorCode;
use service::payments::ProviderError;
use std::sync::Arc;
use store::accounts;
use store::merchants::{self, Merchant};
use tower_sessions::Session;

/// Every address of the page.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(PAYOUTS, get(show).post(go_on))
        .route(PAYOUTS_BACK, get(come_back))
        .route(PAYOUTS_CUT, post(cut))
}

async fn show(
    Asked(Payee { stripe, user }): Asked<Payee>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let Some(user) = user else {
        let is_test = shared.services.rooms.tries_payments_out();
        return Html(payouts(preferred(&parts.headers), &Reader::Guest, is_test)).into_response();
    };
    // What Stripe told of it may be lost. Without an answer it stands as it was.
    if let Err(error) = stripe.look_again(user).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "Stripe did not say how the account of a host stands.");
    }
    page(&shared, (&stripe, user), &parts, Ok(())).await
}

/// Leads to Stripe.
async fn go_on(
    Asked(Payee { stripe, user }): Asked<Payee>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let Some(user) = user else { return sign_in_first() };
    match shared.services.rooms.seller_refusal(user).await {
        Ok(None) => {}
        Ok(Some(rule)) => return refuse_visit(&parts, ErrorCode::Rule(rule)),
        Err(error) => return Turned::of(&error).answer(&parts),
    }
    match stripe.may_lead(user).await {
        Ok(true) => {}
        Ok(false) => return refuse_visit(&parts, ErrorCode::TooManyRequests),
        Err(error) => return page(&shared, (&stripe, user), &parts, Err(error)).await,
    }
    let back = format!("{}{PAYOUTS_BACK}", site(&shared, &parts));
    match stripe.lead(user, &back).await {
        Ok(address) => lead_on(&parts, Ok(address)),
        Err(error) => page(&shared, (&stripe, user), &parts, Err(error)).await,
    }
}

/// Takes back whom Stripe sends, however far they came there.
async fn come_back(
    Asked(Payee { stripe, user }): Asked<Payee>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let Some(user) = user else { return sign_in_first() };
    match stripe.look_again(user).await {
        Ok(()) => Redirect::to(PAYOUTS).into_response(),
        Err(error) => page(&shared, (&stripe, user), &parts, Err(error)).await,
    }
}

async fn cut(
    Asked(Payee { stripe, user }): Asked<Payee>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let Some(user) = user else { return sign_in_first() };
    match stripe.disconnect(user).await {
        Ok(()) => Redirect::to(PAYOUTS).into_response(),
        Err(error) => page(&shared, (&stripe, user), &parts, Err(error)).await,
    }
}

/// How the account of a host stands, and whether something failed just before.
async fn page(
    shared: &Shared,
    (stripe, user): (&Stripe, UserId),
    parts: &Parts,
    before: Result<(), ProviderError>,
) -> Response {
    if let Err(error) = &before {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, "The account of a host could not be connected.");
    }
    let account = match stripe.account_of(user).await {
        Ok(account) => account.and_then(read),
        Err(_) => return Turned::Failed.answer_with(parts, PAYOUTS),
    };
    let refusal = match shared.services.rooms.seller_refusal(user).await {
        Ok(refusal) => refusal,
        Err(error) => return Turned::of(&error).answer(parts),
    };
    let failed = match &before {
        Ok(()) => None,
        Err(ProviderError::Refused(_)) => Some(Failed::Refused),
        Err(ProviderError::Away(_) | ProviderError::UnderWay(_) | ProviderError::Closed(_)) => {
            Some(Failed::Away)
        }
    };
    let reader = Reader::Host { account, refusal, failed };
    let page = Html(payouts(preferred(&parts.headers), &reader, stripe.is_trial()));
    let status = if before.is_ok() { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
    (status, page).into_response()
}

/// One of which Stripe has never heard is none.
fn read(merchant: Merchant) -> Option<Account> {
    let stands = match merchant.state {
        merchants::State::Begun => return None,
        merchants::State::Unfinished => Stands::Unfinished,
        merchants::State::Ready => Stands::Ready,
        merchants::State::Restricted if merchant.reason.as_deref() == Some(NO_ACCESS) => Stands::Closed,
        merchants::State::Restricted => Stands::Restricted(merchant.reason),
    };
    Some(Account { stands, number: merchant.account })
}

/// Whoever asks where hosts take money themselves, if they have an account here.
struct Payee {
    stripe: Arc<Stripe>,
    user: Option<UserId>,
}

impl Own for Payee {
    async fn find(shared: &Shared, session: &Session, _: &str) -> Result<Self, Turned> {
        let stripe = shared.stripe.clone().filter(|stripe| stripe.connects()).ok_or(Turned::Unknown)?;
        let Some(user) = caller(session).await? else { return Ok(Self { stripe, user: None }) };
        let account = accounts::load(&shared.store, user).await;
        let account = account.map_err(|error| Turned::of(&error.into()))?;
        Ok(Self { stripe, user: account.map(|account| account.id) })
    }
}

/// Whoever has no account here is led to the page, which says that they need one.
fn sign_in_first() -> Response {
    Redirect::to(PAYOUTS).into_response()
}

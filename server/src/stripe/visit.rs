//! `GET /pay/return/{payment}`: the payer comes back, paid or not.
//!
//! Stripe is asked how the checkout stands, so that nobody waits for a message that is late. Whatever it
//! says, the payer is led to the page of the room, which moves on by itself when the word comes another way.
//!
//! Whoever has the address may come; it is as hard to guess as the payment's id, and says nothing but where
//! the room is. Invariant: people are led to where they came from, which is a page of ours.

use super::answer::PaymentIntent;
use super::webhook::Way;
use super::word::{About, Said, Word, of_checkout, said_by};
use super::{Stripe, away};
use crate::refusal::refuse_visit;
use crate::routes::Shared;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use model::PaymentId;
use protocol::ErrorCode;
use service::Rooms;
use service::payments::ProviderError;
use std::time::Duration;
use store::stripe_checkouts::{self, Stage, State as Stands, StripeCheckout};

/// How long the payer waits for Stripe.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes back whom Stripe sends.
pub async fn come_back(State(shared): State<Shared>, Path(payment): Path<String>, parts: Parts) -> Response {
    let (Some(stripe), Ok(payment)) = (&shared.stripe, payment.parse::<PaymentId>()) else {
        return refuse_visit(&parts, ErrorCode::RoomNotFound);
    };
    match stripe_checkouts::load(&shared.store, payment).await {
        Ok(Some(row)) => {
            let back = row.back.clone();
            // Only what is not known yet is asked for.
            if row.state == Stands::Open {
                let asked = stripe.ask_about(&shared.services.rooms, row);
                match tokio::time::timeout(PATIENCE, asked).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => warn(&error),
                    Err(_) => warn(&ProviderError::Away("it takes too long".to_owned())),
                }
            }
            Redirect::to(&back).into_response()
        }
        Ok(None) => refuse_visit(&parts, ErrorCode::RoomNotFound),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "Somebody could not come back from Stripe.");
            refuse_visit(&parts, ErrorCode::Internal)
        }
    }
}

impl Stripe {
    /// Asks how a checkout stands, and tells its session.
    pub(super) async fn ask_about(&self, rooms: &Rooms, row: StripeCheckout) -> Result<(), ProviderError> {
        let now = self.ambient.now();
        // One browser that comes again and again makes one question a second, whoever holds the address.
        if !stripe_checkouts::take_turn(&self.store, row.payment, now).await.map_err(away)? {
            return Ok(());
        }
        if !self.may_ask() {
            return Err(ProviderError::Away("too much is asked just now".to_owned()));
        }
        self.ask(rooms, row, Way::Read).await
    }

    /// The same, whoever asked just before.
    pub(super) async fn ask(
        &self,
        rooms: &Rooms,
        row: StripeCheckout,
        way: Way,
    ) -> Result<(), ProviderError> {
        let Stage::Opened { checkout, .. } = &row.stage else { return Ok(()) };
        let account = row.account.as_deref();
        let line = self.client.of(account);
        let session = self.look_at(account, checkout).await?;
        let is_complete = session.status.as_deref() == Some("complete");
        let word = match session.payment_intent.clone().filter(|_| is_complete) {
            // Whether the money came, is kept ready or was let go, only its movement says.
            Some(intent) => {
                let path = format!("/v1/payment_intents/{}", intent.name().as_str());
                let movement: PaymentIntent = line.get(&path).await?;
                // Of a checkout that is complete, a bank that refuses in the end leaves nothing to be paid.
                let is_over = movement.status == "requires_payment_method";
                let said = said_by(&movement).or(is_over.then_some(Said::Ended));
                // It is that of this checkout, whatever stands on it.
                let (payment, intent) = (row.payment, Some(movement.id));
                let about = About::Payment { payment, checkout: None, intent };
                said.map(|said| Word { about, said })
            }
            None => of_checkout(session),
        };
        let Some(word) = word else { return Ok(()) };
        let told = self.tell(rooms, (account, way), word).await;
        told.map_err(|error| ProviderError::Away(error.to_string()))
    }
}

fn warn(error: &ProviderError) {
    tracing::warn!(error = error as &dyn std::error::Error, "Stripe did not say how a checkout stands.");
}

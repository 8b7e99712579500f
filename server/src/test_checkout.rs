//! The page of the embedded test processor: `/test-checkout/{payment}`.
//!
//! Whoever has its address may choose, as at a real processor; it is as hard to guess as the payment's id.
//! What is chosen is told to the session or purchase as a processor's word, and the payer is led back.

use crate::refusal::{preferred, refuse, refuse_visit};
use crate::routes::Shared;
use app::test_page;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use model::PaymentId;
use protocol::ErrorCode;
use service::payments::test_processor::TestProcessor;
use service::payments::{Command, Confirmation};
use store::test_payments::{State as Stage, TestPayment};

/// What is to happen.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Pay,
    Decline,
    Cancel,
}

/// What the form says.
#[derive(Debug, serde::Deserialize)]
pub struct Chosen {
    choice: Choice,
}

/// What the page looks like: a file, because pages of ours have no style of their own.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], test_page::STYLE).into_response()
}

/// Shows what is to be paid.
pub async fn show(State(shared): State<Shared>, Path(payment): Path<String>, parts: Parts) -> Response {
    match find(&shared, &payment).await {
        Ok((_, payment)) => {
            if payment.state == Stage::Paid {
                tell_again(&shared, &payment).await;
            }
            page(&parts, &payment, false)
        }
        Err(code) => refuse_visit(&parts, code),
    }
}

/// Does what was chosen.
pub async fn choose(
    State(shared): State<Shared>,
    Path(payment): Path<String>,
    parts: Parts,
    Form(Chosen { choice }): Form<Chosen>,
) -> Response {
    let done = match find(&shared, &payment).await {
        Ok((tester, payment)) => carry_out(&shared, &tester, payment, choice).await,
        Err(code) => Err(code),
    };
    match done {
        Ok((payment, true)) => page(&parts, &payment, true),
        Ok((payment, false)) => Redirect::to(&payment.back).into_response(),
        Err(code) => refuse(code),
    }
}

/// Says once more that a payment came, should the word have been lost; it is harmless if it was not.
async fn tell_again(shared: &Shared, payment: &TestPayment) {
    let kind = Confirmation::Captured;
    let word = Command::PaymentConfirmed { payment: payment.payment, amount: payment.amount, kind };
    if let Err(error) = shared.services.rooms.payment_said(payment.deal, word).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "A payment could not be told again.");
    }
}

async fn find(shared: &Shared, payment: &str) -> Result<(TestProcessor, TestPayment), ErrorCode> {
    let tester = shared.tester.clone().ok_or(ErrorCode::RoomNotFound)?;
    let id: PaymentId = payment.parse().map_err(|_| ErrorCode::RoomNotFound)?;
    let payment = tester.load(id).await.map_err(|error| failed(&error))?;
    Ok((tester, payment.ok_or(ErrorCode::RoomNotFound)?))
}

/// Does what was chosen; says whether the page stays.
async fn carry_out(
    shared: &Shared,
    tester: &TestProcessor,
    payment: TestPayment,
    choice: Choice,
) -> Result<(TestPayment, bool), ErrorCode> {
    let id = payment.payment;
    let (to, word) = match choice {
        Choice::Pay => {
            let kind = Confirmation::Captured;
            (Some(Stage::Paid), Command::PaymentConfirmed { payment: id, amount: payment.amount, kind })
        }
        Choice::Decline => (None, Command::PaymentDeclined { payment: id }),
        Choice::Cancel => (Some(Stage::Ended), Command::CheckoutEnded { payment: id }),
    };
    if let Some(to) = to {
        tester.close(id, to).await.map_err(|error| failed(&error))?;
        // Told again, should the first word have been lost; but never what did not happen.
        let payment = tester.load(id).await.map_err(|error| failed(&error))?;
        if payment.is_none_or(|payment| payment.state != to) {
            return Err(ErrorCode::Rule(protocol::Rule::NothingToPay));
        }
    }
    shared.services.rooms.payment_said(payment.deal, word).await.map_err(|error| match error {
        service::Error::Refused(code) => code,
        other => failed(&other),
    })?;
    Ok((payment, to.is_none()))
}

fn page(parts: &Parts, payment: &TestPayment, declined: bool) -> Response {
    let preferred = preferred(&parts.headers);
    let checkout = test_page::Checkout {
        amount: payment.amount.to_string(),
        room: &payment.words,
        back: &payment.back,
        is_open: payment.state == Stage::Open,
        declined,
    };
    Html(test_page::page(preferred, &checkout)).into_response()
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ErrorCode {
    tracing::error!(error, "The test processor failed.");
    ErrorCode::Internal
}

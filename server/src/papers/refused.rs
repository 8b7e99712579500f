//! `/operator/words`: what the processor said and was not taken, for whoever runs this server.

use super::Turned;
use super::asked::{Asked, Operator, Sent, shown};
use crate::refusal::refuse_visit;
use crate::routes::Shared;
use app::papers::operator::WORDS;
use app::papers::refused::refused;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::request::Parts;
use protocol::ErrorCode;

/// The address of the page.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(WORDS, get(show).post(see))
}

/// What was just done.
#[derive(Debug, Default, serde::Deserialize)]
struct Done {
    #[serde(default)]
    seen: Option<String>,
}

/// Which word was seen: its payment, which may be unknown, its name, and why it was not taken.
#[derive(Debug, serde::Deserialize)]
struct Seen {
    payment: String,
    said: String,
    why: String,
}

async fn show(
    _: Asked<Operator>,
    State(shared): State<Shared>,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    let is_seen_now = done.is_ok_and(|Query(done)| done.seen.as_deref() == Some("1"));
    let read = shared.services.rooms.refused_words().await;
    shown(&parts, read, |language, lines| refused(language, &lines, is_seen_now))
}

async fn see(
    Asked(Operator(user)): Asked<Operator>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(Seen { payment, said, why }): Sent<Seen>,
) -> Response {
    let payment = match &*payment {
        "" => None,
        payment => match payment.parse() {
            Ok(payment) => Some(payment),
            Err(_) => return refuse_visit(&parts, ErrorCode::BadRequest),
        },
    };
    match shared.services.rooms.see_word(payment, (&said, &why)).await {
        Ok(is_news) => {
            if is_news {
                tracing::info!(user.id = %user.to_hex(), said, why, "An operator has seen a refused word.");
            }
            // Somebody else may have been quicker: it is seen all the same.
            Redirect::to(&format!("{WORDS}?seen=1")).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

//! `/operator/words`: what the processor said and was not taken, for whoever runs this server.

use super::Turned;
use super::operator::operator;
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::papers::operator::WORDS;
use app::papers::refused::refused;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use http::request::Parts;
use protocol::ErrorCode;
use tower_sessions::Session;

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
    State(shared): State<Shared>,
    session: Session,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let is_seen_now = done.is_ok_and(|Query(done)| done.seen.as_deref() == Some("1"));
    match shared.services.rooms.refused_words().await {
        Ok(lines) => Html(refused(preferred(&parts.headers), &lines, is_seen_now)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn see(
    State(shared): State<Shared>,
    session: Session,
    parts: Parts,
    seen: Result<Form<Seen>, FormRejection>,
) -> Response {
    let user = match operator(&shared, &session).await {
        Ok(user) => user,
        Err(turned) => return turned.answer(&parts),
    };
    let Ok(Form(Seen { payment, said, why })) = seen else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
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

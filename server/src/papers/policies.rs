//! `/r/{code}/policies`: what holds when a paid call goes otherwise than planned, for the hosts of a room.
//!
//! Whoever does not host the room is answered as if there were none. The form works without scripts.

use super::asked::{Sent, shown};
use super::programs::find;
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::papers::policies::{News, Typed, address, policies, read};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use model::Policy;
use protocol::{Errand, addresses};
use service::Error;
use tower_sessions::Session;

/// What follows the address once the form is saved.
const SAVED: &str = "saved";

/// The address of the page.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(addresses::POLICIES, get(show).post(save))
}

async fn show(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
) -> Response {
    match find(&shared, &session, &code).await {
        Ok((_, room)) => {
            let news = if parts.uri.query() == Some(SAVED) { News::Saved } else { News::None };
            let deed = shared.services.rooms.operators_price(room.code).await;
            shown(&parts, deed, |language, deed| policies(language, &room, news, deed))
        }
        Err(turned) => turned.answer(&parts),
    }
}

async fn save(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
    Sent(typed): Sent<Typed>,
) -> Response {
    let (user, room) = match find(&shared, &session, &code).await {
        Ok(found) => found,
        Err(turned) => return turned.answer(&parts),
    };
    let Some(offer) = &room.policy.offer else { return Redirect::to(&address(room.code)).into_response() };
    let offer = match read(&typed, offer) {
        Ok(offer) => offer,
        Err(wrong) => {
            let page = Html(policies(preferred(&parts.headers), &room, News::Wrong(typed, wrong), None));
            return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
        }
    };
    let policy = Policy { offer: Some(offer), ..room.policy.clone() };
    match shared.services.rooms.errand(user, room.code, Errand::SetPolicy(Box::new(policy))).await {
        Ok(()) => Redirect::to(&format!("{}?{SAVED}", address(room.code))).into_response(),
        Err(Error::Refused(code)) => refuse_visit(&parts, code),
        Err(error) => super::Turned::of(&error).answer(&parts),
    }
}

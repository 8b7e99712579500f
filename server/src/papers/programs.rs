//! `/r/{code}/programs`: what a host gives to programs that publish and watch.
//!
//! Whoever does not host the room is answered as if there were none.

use super::{Turned, caller};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::programs::programs;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::request::Parts;
use model::{RoomCode, UserId};
use protocol::{ErrorCode, RoomSettings, addresses};
use service::Error;
use tower_sessions::Session;

/// The address of the page.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(addresses::PROGRAMS, get(show))
}

async fn show(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
) -> Response {
    match find(&shared, &session, &code).await {
        Ok((_, room)) => {
            let origin = shared.guard.addressed_as(&parts.uri, &parts.headers);
            let origin = origin.map(|origin| origin.to_string()).unwrap_or_default();
            let page = programs(preferred(&parts.headers), &origin, &room, shared.services.ambient.now());
            Html(page).into_response()
        }
        Err(turned) => turned.answer(&parts),
    }
}

/// A room that the caller hosts, and who they are.
pub(super) async fn find(
    shared: &Shared,
    session: &Session,
    code: &str,
) -> Result<(UserId, RoomSettings), Turned> {
    let code: RoomCode = code.parse().map_err(|_| Turned::Unknown)?;
    let user = caller(session).await?.ok_or(Turned::Unknown)?;
    let settings = shared.services.rooms.settings(user, code).await.map_err(|error| match error {
        Error::Refused(ErrorCode::NotHost | ErrorCode::RoomNotFound) => Turned::Unknown,
        error => Turned::of(&error),
    })?;
    Ok((user, settings))
}

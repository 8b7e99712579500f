//! A room's plan as a calendar file: `/r/{code}/invitation.ics`.
//!
//! Whoever has the address of a room may have its plan, which its page shows, too. A room without a plan
//! has no such file: 404, which counts as a guess.

use crate::refusal::refuse;
use crate::routes::Shared;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, Uri};
use model::RoomCode;
use protocol::ErrorCode;

/// Answers with the plan.
pub async fn ics(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match read(&shared, &code, &uri, &headers).await {
        Ok((code, file)) => {
            let kind = (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned());
            let name = format!("attachment; filename=\"anteroom-{code}.ics\"");
            ([kind, (CONTENT_DISPOSITION, name)], file).into_response()
        }
        Err(code) => refuse(code),
    }
}

async fn read(
    shared: &Shared,
    code: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(RoomCode, String), ErrorCode> {
    let code: RoomCode = code.parse().map_err(|_| ErrorCode::RoomNotFound)?;
    let origin = shared.guard.addressed_as(uri, headers).ok_or(ErrorCode::BadRequest)?;
    let file = shared.services.rooms.invitation(code, &format!("{origin}/r/{code}")).await;
    file.map(|file| (code, file)).map_err(|error| match error {
        service::Error::Refused(code) => code,
        other => {
            tracing::error!(error = &other as &dyn std::error::Error, "An invitation could not be written.");
            ErrorCode::Internal
        }
    })
}

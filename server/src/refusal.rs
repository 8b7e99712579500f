//! The answer to a request that goes no further: the error that a server function would give, and the
//! HTTP status that goes with its code.

use app::api::ApiError;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::ErrorCode;

/// Refuses a request before it reaches a server function.
pub fn refuse(code: ErrorCode) -> Response {
    let status = StatusCode::from_u16(code.status()).expect("every code names a status between 400 and 599");
    refuse_as(status, code)
}

/// The same with another status, where HTTP has a more exact one.
pub fn refuse_as(status: StatusCode, code: ErrorCode) -> Response {
    (status, Json(ApiError::refused(code))).into_response()
}

//! Two questions that a supervisor asks: does the process live, and should it get traffic?

use crate::routes::Shared;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use std::time::Duration;

/// A database that takes longer than this is not there.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `/readyz`: the database answers, every media thread runs, and nobody has asked us to stop. A server that
/// is full says so and is ready all the same: those who are here must find it when they come back.
pub async fn ready(State(shared): State<Shared>) -> impl IntoResponse {
    if shared.stopping.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if !shared.media.is_alive() {
        return (StatusCode::SERVICE_UNAVAILABLE, "a media thread has died\n");
    }
    match tokio::time::timeout(PATIENCE, shared.store.ping()).await {
        Ok(Ok(())) if shared.services.rooms.fullness().is_some() => {
            (StatusCode::OK, "ready, but full: nobody new comes in\n")
        }
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::error!(%error, "The database does not answer.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is too slow\n"),
    }
}

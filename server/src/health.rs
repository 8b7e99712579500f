//! Two questions that a supervisor asks: does the process live, and should it get traffic?

use crate::media::MediaThreads;
use crate::routes::Shared;
use crate::shutdown::Stopping;
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
    if let Some(reason) = unfit(&shared.stopping, &shared.media) {
        return (StatusCode::SERVICE_UNAVAILABLE, reason);
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

/// Why this process should get no traffic, whatever its database says.
fn unfit(stopping: &Stopping, media: &MediaThreads) -> Option<&'static str> {
    match (stopping.is_stopping(), media.is_alive()) {
        (true, _) => Some("stopping\n"),
        (false, false) => Some("a media thread has died\n"),
        (false, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CameraCodec, TcpPort};
    use crate::media::MediaConfig;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn a_server_without_media_or_about_to_stop_is_not_ready() {
        let config = MediaConfig {
            addresses: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            port: 0,
            tcp_port: TcpPort::Same,
            shards: 2,
            camera_codec: CameraCodec::Vp8,
            seed: 1,
        };
        let (media, _events) = MediaThreads::start(config).expect("threads");
        let stopping = Stopping::default();
        assert_eq!(unfit(&stopping, &media), None);
        media.stop();
        assert_eq!(unfit(&stopping, &media), Some("a media thread has died\n"));
        stopping.stop();
        assert_eq!(unfit(&stopping, &media), Some("stopping\n"));
    }
}

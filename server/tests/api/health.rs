//! The questions of a supervisor.

use crate::harness::Server;
use http::StatusCode;

#[tokio::test]
async fn a_started_server_lives_and_is_ready() {
    let server = Server::start().await;
    for (path, text) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
        let answer = server.browser().get(path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, text));
    }
}

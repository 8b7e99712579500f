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

#[tokio::test]
async fn a_server_without_its_tables_lives_and_is_not_ready() {
    let server = Server::start().await;
    let ask = async |path: &str| {
        let answer = server.browser().get(path).await;
        (answer.status, answer.text().to_owned())
    };
    server.folder.tamper("alter table rooms rename to rooms_away").await;
    let away = (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned());
    assert_eq!(ask("/readyz").await, away);
    assert_eq!(ask("/healthz").await.0, StatusCode::OK, "a restart would help nobody");
    server.folder.tamper("alter table rooms_away rename to rooms").await;
    assert_eq!(ask("/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
}

//! What is left of a room that has been over for long.

use crate::guest::{Guest, hosted, let_in};
use crate::harness::Server;
use crate::running::program;
use http::StatusCode;
use protocol::{Deed, EntryState, EntryView, ErrorCode};
use serde_json::json;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Asks until the sweep, which begins when the server starts, has been there.
async fn until_erased(host: &Guest) {
    let path = format!("/r/{}/history.csv", host.seat.room);
    for _ in 0..2_000 {
        if host.browser.get(&path).await.status == StatusCode::FORBIDDEN {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the room was not erased");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ninety_days_after_its_end_nothing_of_a_room_names_anybody() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "Bo Insider").await;
    ana.guest.say(1, "the secret plan").await.json::<()>();
    let open = ana.guest.browser.create(true).await;
    ana.guest.deed(Deed::End).await.json::<()>();
    let (room, cookie) = (ana.guest.seat.room, ana.guest.browser.cookie());
    drop((ana, bo));

    let server = server.started_again_after(89 * DAY_MS).await;
    let ana = Guest::with(&server, server.browser(), (room, "Ana Overheard"));
    ana.browser.set_cookie(cookie.clone());
    let csv = ana.browser.get(&format!("/r/{room}/history.csv")).await;
    assert!(csv.text().contains("Bo Insider"), "{}", csv.text());

    let server = server.started_again_after(DAY_MS).await;
    let ana = Guest::with(&server, server.browser(), (room, "Ana Overheard"));
    ana.browser.set_cookie(cookie);
    until_erased(&ana).await;
    let entry = ana.browser.call("/api/rooms/entry", &json!({ "room": room })).await;
    let entry = entry.json::<EntryView>();
    assert!(matches!(entry.state, EntryState::Ended { .. }), "the address stays taken");
    assert_eq!(entry.name.as_str(), "–");
    let settings = ana.browser.call("/api/rooms/settings", &json!({ "room": room })).await;
    assert_eq!(settings.refusal(), ErrorCode::NotHost);
    let other = ana.browser.call("/api/rooms/settings", &json!({ "room": open })).await;
    assert_eq!(other.status, StatusCode::OK, "a room that goes on loses old names at most");

    let folder = server.folder.clone();
    let mut server = server;
    server.stopped().await;
    let stolen = folder.stolen().await;
    let holds = |text: &str| stolen.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&open.to_string()), "this is the database");
    for word in ["Overheard", "Insider", "the secret plan"] {
        assert!(!holds(word), "{word}");
    }
    let verified = program(&folder).arg("verify-audit").output().expect("it runs");
    let said = String::from_utf8(verified.stdout).expect("text");
    assert_eq!(verified.status.code(), Some(0), "{said}");
    assert!(
        said.starts_with("Rooms that were erased when their time was over, as their seals prove: 1.\n"),
        "{said}"
    );
}

//! A room's history as a file: for its host, and for nobody else.

use crate::guest::{Guest, hosted, let_in};
use crate::harness::Server;
use http::StatusCode;
use protocol::{Deed, Errand, ErrorCode};
use serde_json::{Value, json};

const FILES: [&str; 2] = ["history.csv", "history.json"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_reads_what_happened() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "=Bo, \"B\"").await;
    server.world.pass(61_500);
    ana.guest.deed(Deed::Remove(bo.id)).await.json::<()>();
    let room = ana.guest.seat.room;

    let csv = ana.guest.browser.get(&format!("/r/{room}/history.csv")).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"anteroom-{room}.csv\""));
    assert_eq!(csv.header("cache-control"), "no-store");
    let lines: Vec<&str> = csv.text().split_terminator("\r\n").collect();
    assert_eq!(lines[0], "record,position,at,what,who,by,role,left_at,duration_seconds");
    assert_eq!(lines[1], "event,1,2023-11-14T22:13:20.000Z,entered,Ana Overheard,,,,");
    assert_eq!(lines[2], "event,2,2023-11-14T22:13:20.000Z,knocked,\"'=Bo, \"\"B\"\"\",,,,");
    assert_eq!(lines[3], "event,3,2023-11-14T22:13:20.000Z,admitted,\"'=Bo, \"\"B\"\"\",Ana Overheard,,,");
    assert!(
        lines.contains(
            &"attendance,,2023-11-14T22:13:20.000Z,removed,\"'=Bo, \"\"B\"\"\",,guest,2023-11-14T22:14:21.500Z,61"
        ),
        "{lines:?}"
    );

    let json = ana.guest.browser.get(&format!("/r/{room}/history.json")).await;
    assert_eq!(json.header("cache-control"), "no-store");
    let history: Value = json.json();
    assert_eq!(history["room"], room.to_string());
    assert_eq!(history["complete"], true);
    let happened = history["happenings"].as_array().expect("a list");
    let removed = happened.iter().find(|line| line["what"] == "removed").expect("it is told");
    assert_eq!((&removed["who"], &removed["by"]), (&"=Bo, \"B\"".into(), &"Ana Overheard".into()));
    let stays = history["attendance"].as_array().expect("a list");
    let bo = stays.iter().find(|stay| stay["role"] == "guest").expect("it is told");
    assert_eq!((&bo["duration_ms"], &bo["reason"]), (&61_500.into(), &"removed".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_reads_anything() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "Bo Insider").await;
    let room = ana.guest.seat.room;
    let waiting = Guest::new(&server, room, "Eve").knock().await;
    let known = server.browser();
    let own = known.create(true).await;
    for file in FILES {
        for (who, browser, path, code) in [
            ("a guest inside", &bo.guest.browser, format!("/r/{room}/{file}"), ErrorCode::NotHost),
            ("somebody at the door", &waiting.guest.browser, format!("/r/{room}/{file}"), ErrorCode::NotHost),
            ("the host of another room", &known, format!("/r/{room}/{file}"), ErrorCode::NotHost),
            ("a stranger", &server.browser(), format!("/r/{room}/{file}"), ErrorCode::NoIdentity),
            ("whoever guesses", &known, format!("/r/bcd-fghj-kmn/{file}"), ErrorCode::RoomNotFound),
            ("whoever mistypes", &known, format!("/r/nothing/{file}"), ErrorCode::RoomNotFound),
        ] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.refusal(), code, "{who}: {path}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        assert_eq!(known.get(&format!("/r/{own}/{file}")).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_room_keeps_its_history() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    ana.guest.deed(Deed::End).await.json::<()>();
    let path = format!("/r/{}/history.csv", ana.guest.seat.room);
    let csv = ana.guest.browser.get(&path).await;
    assert!(csv.text().contains(",ended,,Ana Overheard,"), "{}", csv.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_whole_however_long_the_history() {
    let server = Server::start().await;
    let ana = server.browser();
    let room = ana.create(true).await;
    // More than two pages of the stream.
    let count = 410;
    for number in 0..count {
        let errand = Errand::Rename(model::RoomName::parse(&format!("Choir {number}")).expect("a name"));
        ana.call("/api/rooms/errand", &json!({ "room": room, "errand": errand })).await.json::<()>();
    }
    let csv = ana.get(&format!("/r/{room}/history.csv")).await;
    let told = csv.text().lines().filter(|line| line.contains(",renamed,")).map(str::to_owned);
    let positions: Vec<String> = told.filter_map(|line| line.split(',').nth(1).map(str::to_owned)).collect();
    assert_eq!(positions, (1..=count).map(|number| number.to_string()).collect::<Vec<_>>());
    let json: Value = ana.get(&format!("/r/{room}/history.json")).await.json();
    let happened = json["happenings"].as_array().expect("a list");
    let positions = happened.iter().filter_map(|line| line["position"].as_i64());
    assert!(positions.eq(1..=count), "{happened:?}");
    assert_eq!(json["complete"], true);
}

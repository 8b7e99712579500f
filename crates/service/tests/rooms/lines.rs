//! Call sockets: replaced, overflowing, talkative and missing ones.

use crate::stage::{ANA, BO, CY, Stage, refused};
use protocol::limits::SOCKET_QUEUE;
use protocol::{ClientMessage, ErrorCode, Publishing};
use service::Closing;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_second_socket_of_a_seat_replaces_the_first() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut first = stage.enter(BO).await;
    let mut second = stage.enter(BO).await;
    let heard = stage.heard(&mut first).await;
    assert_eq!(heard[heard.len() - 2..], ["farewell: Replaced", "closed"]);
    assert_eq!(stage.heard(&mut second).await.len(), 1);
    // The end of the old socket is no news of the person.
    first.close(Closing::Lost).await;
    stage.wait(100).await;
    assert_eq!(stage.heard(&mut ana).await[1..], ["2 joined Bo m"]);
    stage.say(BO, 1, "still here").await.expect("whoever is inside may speak");
    assert_eq!(stage.heard(&mut second).await, ["2 said Bo: still here"]);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_returns_gets_all_there_is_to_know() {
    let stage = Stage::with_open_door().await;
    let _ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    bo.close(Closing::Lost).await;
    stage.say(ANA, 1, "did you hear?").await.expect("whoever is inside may speak");
    stage.wait(30).await;
    let mut bo = stage.reconnect(BO).await;
    let all = "all for Bo: inside [Ana m, Bo m] waiting [] chat [Ana: did you hear?] slots 0";
    assert_eq!(stage.heard(&mut bo).await, [format!("1 {all}")]);
    bo.say(ClientMessage::Resync).await;
    stage.say(ANA, 2, "well").await.expect("whoever is inside may speak");
    assert_eq!(stage.heard(&mut bo).await, [format!("2 {all}"), "3 said Ana: well".to_owned()]);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_cannot_keep_up_is_closed_as_lost() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    for count in 0..SOCKET_QUEUE {
        let camera = count % 2 == 0;
        ana.say(ClientMessage::Publish(Publishing { microphone: true, camera, screen: false })).await;
        tokio::time::advance(Duration::from_millis(100)).await;
        stage.heard(&mut ana).await;
    }
    let heard = stage.heard(&mut bo).await;
    assert_eq!(heard.len(), SOCKET_QUEUE + 1);
    assert_eq!(heard.last().map(String::as_str), Some("closed"));
    let (_, _, snapshot) = stage.join(CY).await;
    assert_eq!(snapshot.participants[1].link, protocol::Link::Reconnecting);
    let mut bo = stage.reconnect(BO).await;
    assert_eq!(stage.heard(&mut bo).await.len(), 1, "one snapshot makes up for it");
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_says_too_much_loses_its_socket() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    for _ in 0..61 {
        bo.say(ClientMessage::Resync).await;
    }
    let heard = stage.heard(&mut bo).await;
    assert_eq!((heard.len(), heard.last().map(String::as_str)), (62, Some("closed")));
    assert_eq!(stage.heard(&mut ana).await, ["3 updated Bo m away"]);
    stage.reconnect(BO).await;
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_inside_and_at_the_door() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    for line in [&mut ana, &mut bo] {
        stage.heard(line).await;
        line.say(ClientMessage::Ping).await;
        assert_eq!(stage.heard(line).await, ["pong"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_took_is_lost() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let (_, ticket, _) = stage.join(BO).await;
    {
        let connecting = stage.rooms.connect(ticket);
        tokio::pin!(connecting);
        // Polled once, so that the letter is on its way, and then given up.
        tokio::select! {
            biased;
            _ = &mut connecting => panic!("the actor has not had its turn"),
            () = std::future::ready(()) => {}
        }
    }
    stage.settled().await;
    assert_eq!(stage.heard(&mut ana).await[1..], ["2 joined Bo m", "3 updated Bo m away"]);
}

#[tokio::test(start_paused = true)]
async fn a_room_unloads_when_nobody_is_there_and_comes_back_when_asked() {
    let stage = Stage::with_open_door().await;
    stage.settled().await;
    assert_eq!(stage.media.rooms_closed(), 1, "loading a room clears what the media threads may hold");
    let ana = stage.enter(ANA).await;
    stage.wait(120).await;
    assert_eq!(stage.media.rooms_closed(), 0, "somebody was there");
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    stage.wait(59).await;
    assert_eq!(stage.media.rooms_closed(), 0, "it was too early");
    for _ in 0..20 {
        stage.wait(60).await;
        let asked = tokio::join!(stage.join(BO), stage.rooms.entry(stage.room, None, None), stage.join(CY));
        asked.1.expect("a letter that comes while the room closes reaches its successor");
        stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
        stage.rooms.leave(CY.user, stage.seat(CY)).await.expect("anybody may leave");
    }
    assert!(stage.media.rooms_closed() >= 20, "it came back every time");
    drop(ana);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_closes_sockets_without_a_farewell() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.heard(&mut ana).await;
    stage.rooms.shut_down().await;
    assert_eq!(ana.connection.receive().await, None);
    assert_eq!(refused(stage.ask(BO, "good").await), ErrorCode::Overloaded);
}

//! The life of a room from the first person to the last, as every browser hears it.

use crate::stage::{ANA, BO, CY, DEE, Line, Stage, identity, refused, tab};
use expect_test::{Expect, expect};
use model::Role;
use protocol::{ClientMessage, Deed, EntryState, ErrorCode, Farewell, Publishing, ServerMessage};
use service::Closing;

/// Compares what some browsers heard, each in its own words.
async fn check<const N: usize>(stage: &Stage, lines: [(&str, &mut Line); N], expected: Expect) {
    let mut told = String::new();
    for (who, line) in lines {
        for message in stage.heard(line).await {
            told += &format!("{who}: {message}\n");
        }
    }
    expected.assert_eq(&told);
}

#[tokio::test(start_paused = true)]
async fn a_guest_knocks_is_admitted_talks_and_leaves() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut bo)],
        expect![[r#"
            ana: 1 all for Ana: inside [Ana m] waiting [] chat [] slots 0
            ana: 2 knocked Bo
            bo: waiting, a host is there
        "#]],
    )
    .await;

    let admitted = stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(bo.participant)).await;
    admitted.expect("a host may admit");
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut bo)],
        expect![[r#"
            ana: 3 knock ended Bo
            bo: admitted
        "#]],
    )
    .await;

    let (_, ticket, snapshot) = stage.join(BO).await;
    assert_eq!((snapshot.me, snapshot.revision), (bo.participant, 0));
    bo.say(ClientMessage::Ping).await;
    stage.say(ANA, 1, "Hello Bo").await.expect("whoever is inside may speak");
    check(
        &stage,
        [("ana", &mut ana), ("bo at the door", &mut bo)],
        expect![[r#"
            ana: 4 joined Bo m
            ana: 5 said Ana: Hello Bo
            bo at the door: pong
        "#]],
    )
    .await;

    let mut inside = stage.connect(ticket).await;
    assert_eq!(stage.heard(&mut bo).await, ["closed"], "the socket of the waiting time has done its work");
    inside.say(ClientMessage::Publish(Publishing { microphone: false, camera: true, screen: false })).await;
    stage.say(BO, 2, "Hello Ana").await.expect("whoever is inside may speak");
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut inside)],
        expect![[r#"
            ana: 6 updated Bo c
            ana: 7 said Bo: Hello Ana
            bo: 1 all for Bo: inside [Ana m, Bo m] waiting [] chat [Ana: Hello Bo] slots 0
            bo: 2 updated Bo c
            bo: 3 said Bo: Hello Ana
        "#]],
    )
    .await;

    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("leaving twice is harmless");
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut inside)],
        expect![[r#"
            ana: 8 gone Bo (Left)
            bo: farewell: Gone
            bo: closed
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_host_ends_the_room_for_all_and_for_ever() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    let mut cy = stage.knock(CY).await;
    let mut dee = stage.knock(DEE).await;
    for participant in [bo.participant, cy.participant] {
        stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(participant)).await.expect("a host may admit");
    }
    let mut inside = stage.enter(BO).await;
    for line in [&mut ana, &mut bo, &mut cy, &mut dee, &mut inside] {
        stage.heard(line).await;
    }
    stage.media.commands();
    assert_eq!(refused(stage.rooms.act(BO.user, stage.seat(BO), Deed::End).await), ErrorCode::NotHost);
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::End).await.expect("a host may end the room");
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut inside), ("cy, admitted", &mut cy), ("dee, waiting", &mut dee)],
        expect![[r#"
            ana: farewell: Ended
            ana: closed
            bo: farewell: Ended
            bo: closed
            cy, admitted: farewell: Ended
            cy, admitted: closed
            dee, waiting: farewell: Ended
            dee, waiting: closed
        "#]],
    )
    .await;
    assert_eq!(stage.media.rooms_closed(), 1);

    assert!(matches!(stage.state(BO.user).await, EntryState::Ended { .. }));
    for tab in [ANA, BO, tab("Eve", 9, 9)] {
        assert_eq!(refused(stage.ask(tab, "good").await), ErrorCode::RoomEnded);
        assert_eq!(refused(stage.rooms.reconnect(tab.user, stage.seat(tab)).await), ErrorCode::RoomEnded);
        assert_eq!(
            refused(stage.rooms.act(tab.user, stage.seat(tab), Deed::End).await),
            ErrorCode::RoomEnded
        );
    }
    assert_eq!(stage.rooms.hosted(ANA.user).await.expect("rooms can be listed"), []);
    let stage = stage.restarted().await;
    assert_eq!(refused(stage.ask(ANA, "good").await), ErrorCode::RoomEnded);
}

#[tokio::test(start_paused = true)]
async fn a_removed_guest_is_out_and_must_be_let_in_again() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    let peer = stage.media.last_peer();
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    stage.media.commands();
    let ticket = stage.rooms.reconnect(BO.user, stage.seat(BO)).await.expect("the seat is held");
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Remove(bo.participant))
        .await
        .expect("a host may remove");
    check(
        &stage,
        [("ana", &mut ana), ("bo", &mut bo)],
        expect![[r#"
            ana: 3 gone Bo (Removed)
            bo: farewell: Removed
            bo: closed
        "#]],
    )
    .await;
    assert_eq!(stage.media.closed(), [peer]);
    assert_eq!(refused(stage.rooms.connect(ticket).await), ErrorCode::NotPresent);
    assert_eq!(refused(stage.rooms.reconnect(BO.user, stage.seat(BO)).await), ErrorCode::NotPresent);

    let other_tab = tab("Bo", 2, 22);
    let mut bo = stage.knock(BO).await;
    let again = stage.knock(other_tab).await;
    assert_eq!(stage.heard(&mut bo).await, ["waiting, a host is there"]);
    assert_eq!(stage.state(BO.user).await, EntryState::Knock { host_present: true });
    assert_eq!(stage.state(CY.user).await, EntryState::Open);
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Admit(again.participant))
        .await
        .expect("a host may admit");
    stage.enter(other_tab).await;
}

#[tokio::test(start_paused = true)]
async fn a_denied_guest_is_told_and_their_seat_is_gone() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Deny(bo.participant)).await.expect("a host may deny");
    assert_eq!(stage.heard(&mut bo).await, ["waiting, a host is there", "farewell: Denied", "closed"]);
    assert_eq!(stage.heard(&mut ana).await[1..], ["2 knocked Bo", "3 knock ended Bo"]);
    assert_eq!(refused(stage.rooms.reconnect(BO.user, stage.seat(BO)).await), ErrorCode::NotPresent);
}

#[tokio::test(start_paused = true)]
async fn a_closed_tab_is_gone_after_six_seconds_and_a_dead_line_after_forty_five() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    let cy = stage.enter(CY).await;
    let dee = stage.enter(DEE).await;
    stage.heard(&mut ana).await;
    bo.close(Closing::Clean).await;
    drop(dee);
    stage.settled().await;
    cy.close(Closing::Lost).await;
    stage.wait(5).await;
    check(
        &stage,
        [("ana", &mut ana)],
        expect![[r#"
            ana: 5 updated Bo m away
            ana: 6 updated Dee m away
            ana: 7 updated Cy m away
        "#]],
    )
    .await;
    stage.wait(1).await;
    assert_eq!(stage.heard(&mut ana).await, ["8 gone Bo (Lost)"]);
    stage.wait(38).await;
    assert_eq!(stage.heard(&mut ana).await, [""; 0]);
    let dee = stage.reconnect(DEE).await;
    stage.wait(1).await;
    assert_eq!(stage.heard(&mut ana).await, ["9 updated Dee m", "10 gone Cy (Lost)"]);
    stage.wait(1_000).await;
    assert_eq!(stage.heard(&mut ana).await, [""; 0]);
    drop(dee);
}

#[tokio::test(start_paused = true)]
async fn whoever_never_opens_a_socket_is_gone_after_twenty_seconds() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.join(BO).await;
    stage.wait(19).await;
    assert_eq!(stage.heard(&mut ana).await.len(), 2);
    stage.wait(1).await;
    assert_eq!(stage.heard(&mut ana).await, ["3 gone Bo (Lost)"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_was_let_in_and_does_not_come_must_knock_again() {
    let stage = Stage::with_waiting_room().await;
    let _ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::AdmitAll).await.expect("a host may admit everybody");
    stage.wait(60).await;
    let heard = stage.heard(&mut bo).await;
    assert_eq!(heard[1..], ["admitted", "farewell: Gone", "closed"]);
    stage.knock(BO).await;
}

#[tokio::test(start_paused = true)]
async fn the_door_hears_when_a_host_comes_and_goes() {
    let stage = Stage::with_waiting_room().await;
    let mut bo = stage.knock(BO).await;
    assert_eq!(stage.state(CY.user).await, EntryState::Knock { host_present: false });
    let ana = stage.enter(ANA).await;
    assert_eq!(stage.state(CY.user).await, EntryState::Knock { host_present: true });
    ana.close(Closing::Lost).await;
    stage.settled().await;
    let ana = stage.reconnect(ANA).await;
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    check(
        &stage,
        [("bo", &mut bo)],
        expect![[r#"
            bo: waiting, no host is there
            bo: waiting, a host is there
            bo: waiting, no host is there
            bo: waiting, a host is there
            bo: waiting, no host is there
        "#]],
    )
    .await;
    drop(ana);
}

#[tokio::test(start_paused = true)]
async fn the_same_message_is_said_once() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.heard(&mut ana).await;
    for _ in 0..3 {
        stage.say(ANA, 7, "once").await.expect("a repeat is answered");
    }
    assert_eq!(stage.heard(&mut ana).await, ["2 said Ana: once"]);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_has_the_newest_two_hundred_messages() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    for id in 0..210 {
        stage.say(ANA, id, &format!("line {id}")).await.expect("the rate is kept");
        stage.wait(1).await;
        stage.heard(&mut ana).await;
    }
    let texts = |snapshot: protocol::Snapshot| -> Vec<String> {
        snapshot.chat.into_iter().map(|message| message.text.to_string()).collect()
    };
    let expected: Vec<String> = (10..210).map(|id| format!("line {id}")).collect();
    assert_eq!(texts(stage.join(BO).await.2), expected);
    let stage = stage.restarted().await;
    assert_eq!(texts(stage.join(ANA).await.2), expected, "chat is kept with the room");
}

#[tokio::test(start_paused = true)]
async fn a_host_finds_their_rooms_and_how_many_are_there() {
    let stage = Stage::with_waiting_room().await;
    let unnamed = stage.rooms.create(ANA.user, None, false).await.expect("a room can be made");
    let _ana = stage.enter(ANA).await;
    let _bo = stage.knock(BO).await;
    stage.settled().await;
    let mut hosted = stage.rooms.hosted(ANA.user).await.expect("rooms can be listed");
    hosted.sort_by_key(|room| room.code != stage.room);
    assert_eq!((hosted[0].present, hosted[0].waiting), (1, 1));
    assert_eq!((hosted[1].present, hosted[1].waiting), (0, 0));
    assert_eq!(hosted[1].name.as_str(), format!("Room {unnamed}"));
    assert_eq!(stage.rooms.hosted(BO.user).await.expect("rooms can be listed"), []);
    let view =
        stage.rooms.entry(stage.room, Some(identity(ANA.user)), None).await.expect("the room can be asked");
    assert_eq!((view.role, view.name.as_str(), view.state), (Role::Owner, "Choir", EntryState::Open));
}

#[tokio::test(start_paused = true)]
async fn a_farewell_is_the_last_word() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    stage.settled().await;
    assert!(matches!(ana.connection.receive().await, Some(ServerMessage::Snapshot(_))));
    assert_eq!(ana.connection.receive().await, Some(ServerMessage::Farewell(Farewell::Gone)));
    assert_eq!(ana.connection.receive().await, None);
}

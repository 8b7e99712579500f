//! The server stops, by request or by force, and everybody resumes by their key.

use crate::stage::{ANA, BO, CY, DEE, Stage, refused, tab};
use protocol::{Deed, ErrorCode, JoinOutcome};

/// Ana and Bo inside, Cy let in, Dee at the door.
async fn full_house() -> Stage {
    let stage = Stage::with_waiting_room().await;
    let ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(bo.participant)).await.expect("a host may admit");
    let inside = stage.enter(BO).await;
    let cy = stage.knock(CY).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(cy.participant)).await.expect("a host may admit");
    let dee = stage.knock(DEE).await;
    stage.settled().await;
    // The process is killed: nobody hears of these sockets again.
    for line in [ana, bo, inside, cy, dee] {
        std::mem::forget(line);
    }
    stage
}

#[tokio::test(start_paused = true)]
async fn whoever_was_let_in_resumes_without_a_second_admission() {
    let stage = full_house().await.restarted().await;
    let mut ana = stage.reconnect(ANA).await;
    assert_eq!(
        stage.heard(&mut ana).await,
        ["1 all for Ana: inside [Ana, Bo away] waiting [Dee] chat [] slots 0"]
    );
    let (bo, _, snapshot) = stage.join(BO).await;
    assert_eq!(stage.name(bo), "Bo");
    assert_eq!(snapshot.participants.len(), 2, "no second tile");
    stage.join(CY).await;
    let mut dee = stage.reconnect(DEE).await;
    assert_eq!(stage.heard(&mut dee).await, ["waiting, a host is there"]);
    assert_eq!(stage.heard(&mut ana).await, ["2 updated Bo", "3 updated Bo m", "4 joined Cy m"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_come_back_is_gone_though_nobody_asks() {
    let stage = full_house().await.restarted().await;
    // Nobody speaks to the room; it came back to life by itself.
    stage.rooms.hosted(ANA.user).await.expect("rooms can be listed");
    stage.wait(45).await;
    for tab in [ANA, BO, DEE] {
        assert_eq!(refused(stage.rooms.reconnect(tab.user, stage.seat(tab)).await), ErrorCode::NotPresent);
    }
    stage.wait(15).await;
    assert_eq!(refused(stage.rooms.reconnect(CY.user, stage.seat(CY)).await), ErrorCode::NotPresent);
    let outcome = stage.ask(BO, "good").await.expect("anybody may knock");
    assert!(matches!(outcome, JoinOutcome::Waiting { .. }), "a seat that is gone needs a new admission");
}

#[tokio::test(start_paused = true)]
async fn a_stop_by_request_keeps_every_seat() {
    let stage = full_house().await;
    stage.rooms.shut_down().await;
    let stage = stage.restarted().await;
    for tab in [ANA, BO, CY] {
        stage.enter(tab).await;
    }
    stage.reconnect(DEE).await;
}

#[tokio::test(start_paused = true)]
async fn a_removed_user_stays_removed() {
    let stage = Stage::with_open_door().await;
    let ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Remove(bo.participant))
        .await
        .expect("a host may remove");
    std::mem::forget((ana, bo));
    let stage = stage.restarted().await;
    stage.knock(BO).await;
    stage.knock(tab("Bo", 2, 22)).await;
    stage.enter(CY).await;
}

#[tokio::test(start_paused = true)]
async fn tickets_of_the_last_run_are_void() {
    let stage = Stage::with_open_door().await;
    let (_, ticket, _) = stage.join(ANA).await;
    let stage = stage.restarted().await;
    assert_eq!(refused(stage.rooms.connect(ticket).await), ErrorCode::NotPresent);
    stage.reconnect(ANA).await;
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_actor_dies_comes_back_with_everybody_in_it() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(bo.participant)).await.expect("a host may admit");
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    stage.media.commands();
    assert_eq!(refused(stage.ask(BO, "poison").await), ErrorCode::Overloaded);
    for line in [&mut ana, &mut bo] {
        assert_eq!(line.connection.receive().await, None, "the sockets end without a farewell");
    }
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    stage.wait(40).await;
    assert_eq!(stage.media.rooms_closed(), 1, "nobody stays at the media threads unknown to the room");
    let mut ana = stage.reconnect(ANA).await;
    assert_eq!(stage.heard(&mut ana).await.len(), 1);
    stage.wait(10).await;
    assert_eq!(stage.heard(&mut ana).await, ["2 gone Bo (Lost)"], "though nobody asked for the room");
}

//! Whoever is not inside is refused by every use case and hears nothing of the room.

use crate::stage::{ANA, BO, CY, DEE, Line, Stage, Tab, identity, refused, tab};
use model::{ParticipantId, RoomCode, Ticket};
use protocol::{ClientMessage, Deed, ErrorCode, Publishing, Wanted};

/// Tries everything that needs a place inside; every time the answer is `expected`.
async fn assert_refused(stage: &Stage, stranger: Tab, others: &[ParticipantId], expected: ErrorCode) {
    let (user, seat) = (stranger.user, stage.seat(stranger));
    for &other in others {
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Admit(other)).await), expected, "admit");
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Deny(other)).await), expected, "deny");
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Remove(other)).await), expected, "remove");
    }
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::AdmitAll).await), expected, "admit all");
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::DenyAll).await), expected, "deny all");
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::End).await), expected, "end");
    assert_eq!(refused(stage.say(stranger, 99, "let me in").await), ErrorCode::NotPresent, "say");
}

/// Does in the room what people do, so that there is something to overhear.
async fn bustle(stage: &Stage, ana: &Line) {
    let publishing = Publishing { microphone: false, camera: true, screen: true };
    ana.say(ClientMessage::Publish(publishing)).await;
    stage.say(ANA, 50, "a secret").await.expect("whoever is inside may speak");
    let line = stage.enter(tab("Ana", 1, 11)).await;
    line.close(service::Closing::Clean).await;
    let speaking = sfu::Event::Speaking {
        room: crate::stage::room_of(&stage.media.offers()),
        participants: vec![ana.participant],
    };
    stage.events.send(speaking).await.expect("the room listens");
    stage.wait(6).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_without_a_seat_can_do_anything() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    let people = [ana.participant, bo.participant, ParticipantId::from_bits(5)];
    stage.heard(&mut ana).await;
    let strangers = [
        tab("Eve", 9, 9),
        // The host's cookie with another key, and the host's key with another cookie.
        tab("Ana", 1, 9),
        tab("Ana", 9, 1),
        // A guest's cookie with the host's key.
        tab("Bo", 2, 1),
    ];
    for stranger in strangers {
        assert_refused(&stage, stranger, &people, ErrorCode::NotPresent).await;
        let (user, seat) = (stranger.user, stage.seat(stranger));
        assert_eq!(refused(stage.rooms.reconnect(user, seat).await), ErrorCode::NotPresent);
        stage.rooms.leave(user, seat).await.expect("a goodbye is harmless");
    }
    assert_eq!(stage.heard(&mut ana).await, [""; 0], "nothing of all that was noticed");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_can_do_nothing_and_hears_nothing() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    let cy = stage.knock(CY).await;
    assert_eq!(stage.heard(&mut bo).await, ["waiting, a host is there"]);
    let people = [ana.participant, bo.participant, cy.participant];
    assert_refused(&stage, BO, &people, ErrorCode::NotPresent).await;
    bo.say(ClientMessage::Publish(Publishing { microphone: true, camera: true, screen: true })).await;
    let want = Wanted { participant: ana.participant, source: model::Source::Camera, height: 720 };
    bo.say(ClientMessage::Demand { wanted: vec![want] }).await;
    bo.say(ClientMessage::Resync).await;
    bustle(&stage, &ana).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Deny(cy.participant)).await.expect("a host may deny");
    assert_eq!(stage.heard(&mut bo).await, ["waiting, a host is there"], "that is all they may know");
    assert!(stage.heard(&mut ana).await.len() > 5, "there was something to hear");

    // The same once a host has let them in, until they come.
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(bo.participant)).await.expect("a host may admit");
    assert_eq!(stage.heard(&mut bo).await, ["admitted"]);
    assert_refused(&stage, BO, &people, ErrorCode::NotPresent).await;
    bo.say(ClientMessage::Resync).await;
    bustle(&stage, &ana).await;
    assert_eq!(stage.heard(&mut bo).await, ["admitted"], "that is all they may know");
    let mut again = stage.reconnect(BO).await;
    assert_eq!(stage.heard(&mut again).await, ["admitted"]);
    assert_eq!(stage.media.offers().iter().filter(|offer| offer.participant == bo.participant).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_gone_can_do_nothing_and_hears_nothing() {
    let stage = Stage::with_waiting_room().await;
    let ana = stage.enter(ANA).await;
    let (mut denied, removed, left) = (stage.knock(BO).await, stage.knock(CY).await, stage.knock(DEE).await);
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Deny(denied.participant))
        .await
        .expect("a host may deny");
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::AdmitAll).await.expect("a host may admit everybody");
    let mut removed_inside = stage.enter(CY).await;
    let mut left_inside = stage.enter(DEE).await;
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Remove(removed.participant))
        .await
        .expect("a host may remove");
    stage.rooms.leave(DEE.user, stage.seat(DEE)).await.expect("anybody may leave");
    for line in [&mut denied, &mut removed_inside, &mut left_inside] {
        assert_eq!(stage.heard(line).await.last().map(String::as_str), Some("closed"));
        line.say(ClientMessage::Resync).await;
        line.say(ClientMessage::Ping).await;
    }
    bustle(&stage, &ana).await;
    let people = [ana.participant, denied.participant, removed.participant, left.participant];
    for (tab, line) in [(BO, &mut denied), (CY, &mut removed_inside), (DEE, &mut left_inside)] {
        assert_refused(&stage, tab, &people, ErrorCode::NotPresent).await;
        assert_eq!(refused(stage.rooms.reconnect(tab.user, stage.seat(tab)).await), ErrorCode::NotPresent);
        assert_eq!(stage.heard(line).await, ["closed"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_guest_inside_is_no_host() {
    let stage = Stage::with_waiting_room().await;
    let ana = stage.enter(ANA).await;
    stage.knock(BO).await;
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::AdmitAll).await.expect("a host may admit everybody");
    let mut bo = stage.enter(BO).await;
    let cy = stage.knock(CY).await;
    let (user, seat) = (BO.user, stage.seat(BO));
    for other in [ana.participant, cy.participant, bo.participant] {
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Admit(other)).await), ErrorCode::NotHost);
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Deny(other)).await), ErrorCode::NotHost);
        assert_eq!(refused(stage.rooms.act(user, seat, Deed::Remove(other)).await), ErrorCode::NotHost);
    }
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::AdmitAll).await), ErrorCode::NotHost);
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::DenyAll).await), ErrorCode::NotHost);
    assert_eq!(refused(stage.rooms.act(user, seat, Deed::End).await), ErrorCode::NotHost);
    let heard = stage.heard(&mut bo).await;
    assert_eq!(
        heard,
        ["1 all for Bo: inside [Ana m, Bo m] waiting [] chat [] slots 0"],
        "no word of the door"
    );
}

#[tokio::test(start_paused = true)]
async fn a_host_who_is_not_inside_is_a_stranger() {
    let stage = Stage::with_waiting_room().await;
    let ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    assert_refused(&stage, ANA, &[bo.participant, ana.participant], ErrorCode::NotPresent).await;
}

#[tokio::test(start_paused = true)]
async fn there_is_no_room_by_an_unknown_code() {
    let mut nowhere = Stage::with_open_door().await;
    nowhere.room = RoomCode::from_bits(12_345);
    let (user, seat) = (ANA.user, nowhere.seat(ANA));
    assert_eq!(
        refused(nowhere.rooms.entry(nowhere.room, Some(identity(user)), None).await),
        ErrorCode::RoomNotFound
    );
    assert_eq!(refused(nowhere.ask(ANA, "good").await), ErrorCode::RoomNotFound);
    assert_eq!(refused(nowhere.rooms.reconnect(user, seat).await), ErrorCode::RoomNotFound);
    assert_eq!(refused(nowhere.rooms.leave(user, seat).await), ErrorCode::RoomNotFound);
    assert_eq!(refused(nowhere.rooms.act(user, seat, Deed::End).await), ErrorCode::RoomNotFound);
    assert_eq!(refused(nowhere.say(ANA, 1, "anybody there?").await), ErrorCode::RoomNotFound);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_opens_one_socket_once_and_soon() {
    let stage = Stage::with_open_door().await;
    assert_eq!(refused(stage.rooms.connect(Ticket::from_bits(1)).await), ErrorCode::NotPresent);
    let (_, ticket, _) = stage.join(ANA).await;
    let _ana = stage.connect(ticket).await;
    assert_eq!(refused(stage.rooms.connect(ticket).await), ErrorCode::NotPresent);

    let early = stage.rooms.reconnect(ANA.user, stage.seat(ANA)).await.expect("the seat is held");
    let later = stage.rooms.reconnect(ANA.user, stage.seat(ANA)).await.expect("the seat is held");
    assert_eq!(refused(stage.rooms.connect(early).await), ErrorCode::NotPresent, "a newer one was made");
    stage.wait(30).await;
    assert_eq!(refused(stage.rooms.connect(later).await), ErrorCode::NotPresent, "it was too late");
}

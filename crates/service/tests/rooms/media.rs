//! What passes between a room and its media threads.

use crate::stage::{ANA, BO, CY, Stage, mid, room_of};
use model::{ParticipantId, PeerId, Source};
use protocol::{ClientMessage, Publishing, Wanted};
use service::Closing;
use sfu::{Command, Event, SlotContent, Want};

fn slots(stage: &Stage, to: ParticipantId, peer: PeerId, shows: &[ParticipantId]) -> Event {
    let content = |participant: &ParticipantId| SlotContent {
        mid: mid("3"),
        participant: *participant,
        source: Source::Camera,
        paused: false,
        undecodable: false,
    };
    let room = room_of(&stage.media.offers());
    Event::Slots { room, peer, participant: to, slots: shows.iter().map(content).collect() }
}

#[tokio::test(start_paused = true)]
async fn slots_reach_their_subscriber_and_later_snapshots() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let peer = stage.media.last_peer();
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    let nobody = ParticipantId::from_bits(77);
    let shows = [bo.participant, nobody];
    stage.events.send(slots(&stage, ana.participant, peer, &shows)).await.expect("the room listens");
    stage
        .events
        .send(slots(&stage, ana.participant, PeerId::from_bits(5), &[]))
        .await
        .expect("the room listens");
    assert_eq!(stage.heard(&mut ana).await, ["3 slots 1"], "neither strangers nor old connections count");
    assert_eq!(stage.heard(&mut bo).await, [""; 0]);
    ana.say(ClientMessage::Resync).await;
    let heard = stage.heard(&mut ana).await;
    assert!(heard[0].ends_with("slots 1"), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn slots_that_come_before_the_answer_are_kept_for_it() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    let asked = stage.ask(ANA, "late");
    tokio::pin!(asked);
    tokio::select! {
        biased;
        outcome = &mut asked => panic!("nobody answered, and yet: {outcome:?}"),
        () = stage.settled() => {}
    }
    let event = slots(&stage, ana.participant, stage.media.last_peer(), &[bo.participant]);
    stage.events.send(event).await.expect("the room listens");
    assert_eq!(stage.heard(&mut ana).await, [""; 0], "the old connection is still the current one");
    stage.media.release();
    asked.await.expect("the offer is answered");
    assert_eq!(stage.heard(&mut ana).await, ["3 slots 1"]);
}

#[tokio::test(start_paused = true)]
async fn whose_camera_is_asked_for_less_hears_so_alone_and_in_later_snapshots() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let peer = stage.media.last_peer();
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    let room = room_of(&stage.media.offers());
    let layers = |peer, camera| Event::Layers { room, peer, participant: ana.participant, camera };
    let events = [layers(peer, 0b001), layers(PeerId::from_bits(5), 0b111)];
    for event in events {
        stage.events.send(event).await.expect("the room listens");
    }
    assert_eq!(stage.heard(&mut ana).await, ["3 layers 0b1"], "an old connection does not count");
    assert_eq!(stage.heard(&mut bo).await, [""; 0]);
    ana.say(ClientMessage::Resync).await;
    let heard = stage.heard(&mut ana).await;
    assert!(heard[0].ends_with("layers 0b1"), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn speakers_are_told_to_everybody_inside() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    let room = room_of(&stage.media.offers());
    let participants = vec![bo.participant, ParticipantId::from_bits(77), ana.participant];
    stage.events.send(Event::Speaking { room, participants }).await.expect("the room listens");
    assert_eq!(stage.heard(&mut ana).await, [r#"3 speaking ["Bo", "Ana"]"#]);
    assert_eq!(stage.heard(&mut bo).await, [r#"2 speaking ["Bo", "Ana"]"#]);
}

#[tokio::test(start_paused = true)]
async fn what_a_browser_sends_and_shows_reaches_the_media_threads() {
    let stage = Stage::with_open_door().await;
    let ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    let peer = stage.media.last_peer();
    stage.media.commands();
    bo.say(ClientMessage::Publish(Publishing { microphone: false, camera: true, screen: false })).await;
    let want = |participant| Wanted { participant, source: Source::Camera, height: 360 };
    let wanted = vec![want(ana.participant), want(bo.participant), want(ParticipantId::from_bits(77))];
    bo.say(ClientMessage::Demand { wanted }).await;
    stage.settled().await;
    let commands = stage.media.commands();
    let [Command::Publish { peer: to, microphone: false, camera: true, screen: false }, demand] =
        &commands[..]
    else {
        panic!("{commands:?}");
    };
    assert_eq!(*to, peer);
    let only = Want { participant: ana.participant, source: Source::Camera, height: 360 };
    assert!(matches!(demand, Command::Demand { peer: to, wants } if *to == peer && *wants == [only]));

    // A new connection of the same seat is told the same.
    stage.join(BO).await;
    let again = stage.media.last_peer();
    let commands = stage.media.commands();
    assert!(matches!(commands[0], Command::Publish { peer, microphone: true, .. } if peer == again));
    assert!(matches!(&commands[1], Command::Demand { peer, wants } if *peer == again && *wants == [only]));
}

#[tokio::test(start_paused = true)]
async fn a_lost_media_connection_is_the_browsers_to_mend() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let (peer, room) = (stage.media.last_peer(), room_of(&stage.media.offers()));
    stage.heard(&mut ana).await;
    let participant = ana.participant;
    let connected = Event::Connected { room, peer, participant };
    let lost = Event::Lost { room, peer, participant, reason: sfu::LostReason::Timeout };
    for event in [connected, lost] {
        stage.events.send(event).await.expect("the room listens");
    }
    stage.wait(100).await;
    assert_eq!(stage.heard(&mut ana).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn everybody_who_goes_takes_their_connection_along() {
    let stage = Stage::with_open_door().await;
    let ana = stage.enter(ANA).await;
    let (_, _, _) = stage.join(BO).await;
    let bo_peer = stage.media.last_peer();
    let cy = stage.enter(CY).await;
    let cy_peer = stage.media.last_peer();
    cy.close(Closing::Clean).await;
    stage.settled().await;
    stage.media.commands();
    stage.wait(6).await;
    assert_eq!(stage.media.closed(), [cy_peer]);
    stage.wait(14).await;
    assert_eq!(stage.media.closed(), [bo_peer]);
    drop(ana);
}

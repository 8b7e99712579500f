//! Coming in: repeats, refused offers, full rooms and impatient people.

use crate::stage::{ANA, BO, CY, Stage, Tab, refused, tab};
use model::ParticipantKey;
use protocol::limits::{ROOM_PEOPLE, SDP_BYTES};
use protocol::{Deed, EntryState, ErrorCode, JoinOutcome};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn the_same_question_twice_is_the_same_participant() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let (first, second) = tokio::join!(stage.ask(BO, "good"), stage.join(BO));
    assert_eq!(
        refused(first),
        ErrorCode::Overloaded,
        "whoever asks again does not wait for the first answer"
    );
    assert_eq!(second.2.participants.len(), 2, "one tile");
    let heard = stage.heard(&mut ana).await;
    assert_eq!(heard[1..], ["2 joined Bo m"]);
    let bo = stage.connect(second.1).await;
    let (third, ..) = stage.join(BO).await;
    assert_eq!([third, second.0], [bo.participant; 2]);
    let offers = stage.media.offers();
    let mut peers: Vec<_> = offers.iter().map(|offer| offer.peer).collect();
    peers.dedup();
    assert_eq!(peers.len(), 4, "every offer is another peer");
}

#[tokio::test(start_paused = true)]
async fn two_tabs_of_one_user_are_two_participants() {
    let stage = Stage::with_open_door().await;
    let (first, ..) = stage.join(BO).await;
    let (second, _, snapshot) = stage.join(tab("Bo", 2, 22)).await;
    assert_ne!(first, second);
    assert_eq!(snapshot.participants.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_left_and_returns_in_the_same_tab_is_the_same_participant() {
    let stage = Stage::with_open_door().await;
    let (first, ..) = stage.join(BO).await;
    stage.say(BO, 1, "mine").await.expect("whoever is inside may speak");
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
    let (again, _, snapshot) = stage.join(BO).await;
    assert_eq!(first, again);
    assert_eq!(snapshot.chat[0].from, again);
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_whose_offer_is_refused_leaves_no_trace() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.heard(&mut ana).await;
    assert_eq!(refused(stage.ask(BO, "nonsense").await), ErrorCode::BadOffer);
    assert_eq!(stage.heard(&mut ana).await, ["2 joined Bo m", "3 gone somebody (Left)"]);
    assert_eq!(refused(stage.rooms.reconnect(BO.user, stage.seat(BO)).await), ErrorCode::NotPresent);
    assert_eq!(refused(stage.ask(BO, "full").await), ErrorCode::Overloaded);
    assert_eq!(refused(stage.rooms.reconnect(BO.user, stage.seat(BO)).await), ErrorCode::NotPresent);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_inside_stays_when_a_later_offer_is_refused() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let peer = stage.media.last_peer();
    stage.heard(&mut ana).await;
    assert_eq!(refused(stage.ask(ANA, "nonsense").await), ErrorCode::BadOffer);
    assert_eq!(stage.heard(&mut ana).await, [""; 0]);
    stage.media.commands();
    stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
    assert_eq!(stage.media.closed(), [peer], "the connection that worked was still theirs");
}

#[tokio::test(start_paused = true)]
async fn an_oversize_offer_is_refused_at_the_gate() {
    let stage = Stage::with_open_door().await;
    let offer = "v".repeat(SDP_BYTES + 1);
    assert_eq!(refused(stage.ask(BO, &offer).await), ErrorCode::BadOffer);
    assert!(stage.media.offers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn media_threads_that_do_not_answer_block_nobody() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    stage.media.commands();
    let asked = stage.ask(BO, "never");
    tokio::pin!(asked);
    tokio::select! {
        biased;
        outcome = &mut asked => panic!("nobody answered, and yet: {outcome:?}"),
        () = stage.settled() => {}
    }
    stage.say(ANA, 1, "still here").await.expect("the mailbox goes on");
    assert_eq!(stage.heard(&mut ana).await[1..], ["2 joined Bo m", "3 said Ana: still here"]);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(refused(asked.await), ErrorCode::Overloaded);
    assert_eq!(stage.media.closed(), [stage.media.last_peer()], "a late answer would be nobody's");
    stage.join(BO).await;
    stage.wait(19).await;
    assert_eq!(stage.heard(&mut ana).await, [""; 0], "they kept their place meanwhile");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_after_leaving_is_closed_again() {
    let stage = Stage::with_open_door().await;
    let _ana = stage.enter(ANA).await;
    let asked = stage.ask(BO, "late");
    tokio::pin!(asked);
    tokio::select! {
        biased;
        outcome = &mut asked => panic!("nobody answered, and yet: {outcome:?}"),
        () = stage.settled() => {}
    }
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
    stage.media.commands();
    stage.media.release();
    assert_eq!(refused(asked.await), ErrorCode::NotPresent);
    assert_eq!(stage.media.closed(), [stage.media.last_peer()]);
}

#[tokio::test(start_paused = true)]
async fn of_two_offers_the_later_one_counts() {
    let stage = Stage::with_open_door().await;
    let early = stage.ask(BO, "late");
    tokio::pin!(early);
    tokio::select! {
        biased;
        outcome = &mut early => panic!("nobody answered, and yet: {outcome:?}"),
        () = stage.settled() => {}
    }
    let early_peer = stage.media.last_peer();
    stage.join(BO).await;
    let peer = stage.media.last_peer();
    stage.media.commands();
    stage.media.release();
    assert_eq!(refused(early.await), ErrorCode::Overloaded);
    assert_eq!(stage.media.closed(), [early_peer]);
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
    assert_eq!(stage.media.closed(), [peer]);
}

#[tokio::test(start_paused = true)]
async fn a_full_room_says_so() {
    let stage = Stage::with_open_door().await;
    for number in 1..ROOM_PEOPLE as u128 {
        stage.join(tab("Guest", 100 + number, 100 + number)).await;
    }
    assert_eq!(stage.state(BO.user).await, EntryState::Full);
    assert_eq!(refused(stage.ask(BO, "good").await), ErrorCode::RoomFull);
    // The last place is the owner's, whom nobody shuts out.
    stage.join(ANA).await;
    assert_eq!(refused(stage.ask(BO, "good").await), ErrorCode::RoomFull);
}

#[tokio::test(start_paused = true)]
async fn ten_joins_a_minute_are_enough_for_anybody() {
    let stage = Stage::with_waiting_room().await;
    let keyed = |key: u128| Tab { key: ParticipantKey::from_bits(1_000 + key), ..BO };
    for key in 0..10 {
        stage.knock(keyed(key)).await;
    }
    assert_eq!(refused(stage.ask(keyed(10), "good").await), ErrorCode::TooManyRequests);
    stage.knock(CY).await;
    stage.wait(6).await;
    stage.knock(keyed(10)).await;
    assert_eq!(refused(stage.ask(keyed(11), "good").await), ErrorCode::TooManyRequests);
}

#[tokio::test(start_paused = true)]
async fn ten_messages_in_five_seconds_are_enough_for_anybody() {
    let stage = Stage::with_open_door().await;
    let _ana = stage.enter(ANA).await;
    let _bo = stage.enter(BO).await;
    for id in 0..10 {
        stage.say(BO, id, "me").await.expect("the rate is kept");
    }
    assert_eq!(refused(stage.say(BO, 10, "me").await), ErrorCode::TooManyRequests);
    stage.say(BO, 9, "me").await.expect("a repeat costs nothing");
    stage.say(ANA, 11, "me too").await.expect("others have their own rate");
    stage.wait(1).await;
    stage.say(BO, 12, "me").await.expect("the rate is kept");
}

#[tokio::test(start_paused = true)]
async fn whoever_knocks_again_keeps_their_place() {
    let stage = Stage::with_waiting_room().await;
    let mut ana = stage.enter(ANA).await;
    let bo = stage.knock(BO).await;
    let _cy = stage.knock(CY).await;
    let again = stage.ask(BO, "good").await.expect("a repeat is answered");
    assert!(matches!(again, JoinOutcome::Waiting { participant, .. } if participant == bo.participant));
    let heard = stage.heard(&mut ana).await;
    assert_eq!(heard[1..], ["2 knocked Bo", "3 knocked Cy"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_that_could_not_be_saved() {
    let stage = Stage::with_open_door().await;
    let mut ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut ana).await;
    stage.heard(&mut bo).await;
    stage.store.close().await;
    assert_eq!(refused(stage.ask(CY, "good").await), ErrorCode::Internal);
    assert_eq!(refused(stage.say(ANA, 1, "hello").await), ErrorCode::Internal);
    let removed = stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Remove(bo.participant)).await;
    assert_eq!(refused(removed), ErrorCode::Internal);
    assert_eq!(refused(stage.rooms.act(ANA.user, stage.seat(ANA), Deed::End).await), ErrorCode::Internal);
    for line in [&mut ana, &mut bo] {
        assert_eq!(stage.heard(line).await, [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_cannot_bury_the_history_by_coming_and_going() {
    let stage = Stage::with_waiting_room().await;
    let _ana = stage.enter(ANA).await;
    let mut line = stage.knock(BO).await;
    let before = stage.journal().await;
    for _ in 0..20 {
        line.close(service::Closing::Lost).await;
        stage.settled().await;
        line = stage.reconnect(BO).await;
    }
    assert_eq!(stage.journal().await, before);
    let mut asked = 0;
    while stage.rooms.reconnect(BO.user, stage.seat(BO)).await.is_ok() {
        asked += 1;
        assert!(asked < 100, "somebody opens sockets without end");
    }
}

//! People meet: through server functions, call sockets and real media at once.

use crate::guest::{Guest, Present, change, hosted, let_in};
use crate::harness::Server;
use http::StatusCode;
use model::{Mid, ParticipantId, Source};
use protocol::{
    Change, Deed, EntryState, EntryView, ErrorCode, Farewell, LeaveReason, ServerMessage, SlotView,
};
use serde_json::json;

/// Waits until the server says which line carries a publication.
async fn slot(person: &mut Present, of: ParticipantId, source: Source) -> Mid {
    let wanted = |slots: &[SlotView]| {
        slots.iter().find(|slot| (slot.participant, slot.source) == (of, source)).map(|slot| slot.mid)
    };
    if let Some(mid) = wanted(&person.snapshot.slots) {
        return mid;
    }
    let find = |message| match message {
        ServerMessage::Snapshot(snapshot) => {
            let found = wanted(&snapshot.slots);
            found.is_some().then_some((found, snapshot.slots))
        }
        ServerMessage::Change { change: Change::Slots(slots), .. } => {
            let found = wanted(&slots);
            found.is_some().then_some((found, slots))
        }
        ServerMessage::Waiting { .. }
        | ServerMessage::Admitted
        | ServerMessage::Change { .. }
        | ServerMessage::Farewell(_)
        | ServerMessage::Pong => None,
    };
    let (mid, slots) = person.socket.find(find).await;
    // The whole mapping: what stands in it will not be said again.
    person.snapshot.slots = slots;
    mid.expect("it was just found")
}

/// Both sources of one person reach another.
async fn hears_and_sees(person: &mut Present, other: ParticipantId, name: &str) {
    for (source, label) in [(Source::Microphone, "sound of "), (Source::Camera, "picture of ")] {
        let mid = slot(person, other, source).await;
        person.media.receives(mid, &format!("{label}{name}")).await;
    }
}

/// A room into which everybody walks, with its maker and somebody else inside.
pub async fn walked_in(server: &Server, names: [&'static str; 2]) -> [Present; 2] {
    let browser = server.browser();
    let room = browser.create(false).await;
    let first = Guest::with(server, browser, (room, names[0])).enter().await;
    [first, Guest::new(server, room, names[1]).enter().await]
}

/// Whatever was done to their room, the two hear, see and read each other.
pub async fn meet_still(one: &mut Present, other: &mut Present) {
    // What arrived before proves nothing.
    one.media.forget();
    other.media.forget();
    hears_and_sees(one, other.id, other.guest.name).await;
    hears_and_sees(other, one.id, one.guest.name).await;
    one.guest.say(901, "Still here?").await.json::<()>();
    assert_eq!(read_from(other, one.id).await, "Still here?");
    other.guest.say(902, "Still here.").await.json::<()>();
    assert_eq!(read_from(one, other.id).await, "Still here.");
}

/// The next words of one person that reach another.
async fn read_from(reader: &mut Present, writer: ParticipantId) -> String {
    let said = |message| match change(message) {
        Some(Change::Said(message)) if message.from == writer => Some(message.text.to_string()),
        _ => None,
    };
    reader.socket.find(said).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_and_an_admitted_guest_hear_and_see_each_other() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let waiting = Guest::new(&server, ana.guest.seat.room, "Bo").knock().await;
    let knocked = ana.socket.find(|message| match change(message) {
        Some(Change::Knocked(guest)) => Some((guest.id, guest.name.to_string())),
        _ => None,
    });
    assert_eq!(knocked.await, (waiting.id, "Bo".to_owned()));
    ana.guest.deed(Deed::Admit(waiting.id)).await.json::<()>();
    let door = waiting.id;
    let mut bo = waiting.admitted().await;
    assert_eq!(bo.id, door, "whoever knocked is the one who comes in");
    assert_eq!(bo.snapshot.participants.len(), 2);
    let (a, b) = (ana.id, bo.id);
    hears_and_sees(&mut bo, a, "Ana Overheard").await;
    hears_and_sees(&mut ana, b, "Bo").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_people_each_hear_and_see_the_others() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let mut bo = let_in(&server, &ana, "Bo").await;
    let mut cy = let_in(&server, &ana, "Cy").await;
    let people = [(ana.id, "Ana Overheard"), (bo.id, "Bo"), (cy.id, "Cy")];
    for person in [&mut ana, &mut bo, &mut cy] {
        for (other, name) in people {
            if other != person.id {
                hears_and_sees(person, other, name).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_reaches_everybody_and_stays_with_the_room() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "Bo").await;
    bo.guest.say(1, "Hello\nall").await.json::<()>();
    bo.guest.say(1, "Hello\nall").await.json::<()>();
    let said = |message| match change(message) {
        Some(Change::Said(message)) => Some((message.from, message.text.to_string())),
        _ => None,
    };
    assert_eq!(ana.socket.find(said).await, (bo.id, "Hello\nall".to_owned()));
    let cy = let_in(&server, &ana, "Cy").await;
    assert_eq!(cy.snapshot.chat.len(), 1, "said twice under one id is said once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_is_gone_for_the_others_at_once() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let mut bo = let_in(&server, &ana, "Bo").await;
    bo.guest.act("leave").await.json::<()>();
    let left = ana.socket.find(|message| match change(message) {
        Some(Change::Left { participant, reason }) => Some((participant, reason)),
        _ => None,
    });
    assert_eq!(left.await, (bo.id, LeaveReason::Left));
    assert_eq!(bo.socket.closed().await, 4004);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_guest_is_told_and_must_knock_again() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let mut bo = let_in(&server, &ana, "Bo").await;
    ana.guest.deed(Deed::Remove(bo.id)).await.json::<()>();
    assert_eq!(bo.socket.find(farewell).await, Farewell::Removed);
    assert_eq!(bo.socket.closed().await, 4001);
    bo.guest.knock().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_guest_is_told() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let mut bo = Guest::new(&server, ana.guest.seat.room, "Bo").knock().await;
    ana.guest.deed(Deed::Deny(bo.id)).await.json::<()>();
    assert_eq!(bo.socket.find(farewell).await, Farewell::Denied);
    assert_eq!(bo.socket.closed().await, 4000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_room_stays_ended() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let mut bo = let_in(&server, &ana, "Bo").await;
    ana.guest.deed(Deed::End).await.json::<()>();
    for socket in [&mut ana.socket, &mut bo.socket] {
        assert_eq!(socket.find(farewell).await, Farewell::Ended);
        assert_eq!(socket.closed().await, 4002);
    }
    assert_eq!(ana.guest.ask().await.refusal(), ErrorCode::RoomEnded);
    let entry = bo.guest.browser.call("/api/rooms/entry", &json!({ "room": bo.guest.seat.room })).await;
    assert!(matches!(entry.json::<EntryView>().state, EntryState::Ended { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_outlives_its_socket() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "Bo").await;
    bo.socket.close().await;
    let mut socket = bo.guest.browser.socket(bo.guest.reconnect().await).await;
    let snapshot = socket.find(|message| match message {
        ServerMessage::Snapshot(snapshot) => Some(*snapshot),
        _ => None,
    });
    let snapshot = snapshot.await;
    assert_eq!((snapshot.me, snapshot.participants.len()), (bo.id, 2), "the same person, once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_offer_is_refused_and_the_room_lives_on() {
    let server = Server::start().await;
    let [mut ana, mut bo] = walked_in(&server, ["Ana", "Bo"]).await;
    let eve = Guest::new(&server, ana.guest.seat.room, "Eve").enter().await;
    // Whoever comes by, and somebody who is inside and would take their own place again.
    for attacker in [&Guest::new(&server, ana.guest.seat.room, "Dee"), &eve.guest] {
        let join = async |offer: &str| {
            let request = attacker.request((offer.to_owned(), Vec::new()));
            attacker.browser.call("/api/rooms/join", &request).await
        };
        for offer in
            ["", "garbage", "v=0\r\n", &"a=x\r\n".repeat(10_000), &"v=0\r\nm=audio 9 \r\n".repeat(200)]
        {
            assert_eq!(join(offer).await.refusal(), ErrorCode::BadOffer, "{}: {offer:.20}", attacker.name);
        }
        assert_eq!(join(&"x".repeat(200_000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    ana.media.forget();
    hears_and_sees(&mut ana, eve.id, "Eve").await;
    meet_still(&mut ana, &mut bo).await;
}

fn farewell(message: ServerMessage) -> Option<Farewell> {
    match message {
        ServerMessage::Farewell(farewell) => Some(farewell),
        _ => None,
    }
}

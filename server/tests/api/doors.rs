//! What the page of a room says before any script has run, in every state in which somebody may find it, and
//! that a host has power over no room but their own.

use crate::cast::later;
use crate::guest::{Guest, hosted, let_in};
use crate::harness::Server;
use model::policy::{Capacity, Door, Ending};
use model::{InviteId, Passcode, Policy, Role, RoomCode, Source};
use protocol::{Deed, Errand, ErrorCode, InviteRequest, RoomSettings};
use serde_json::json;

/// The page as a stranger gets it.
async fn assert_says(server: &Server, room: RoomCode, state: &str, expected: &[&str]) {
    let answer = server.browser().get(&format!("/r/{room}")).await;
    for text in expected {
        assert!(answer.text().contains(text), "{state}: “{text}” is not in {}", answer.text());
    }
}

const HOME: &str = "href=\"/\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_state_of_the_door_is_on_the_page_with_a_way_on() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let _cy = let_in(&server, &ana, "Cy").await;
    let knock = Policy::plain(true);
    for (state, policy, expected) in [
        ("knock", knock.clone(), ["Your name", "Ask to join"]),
        ("open", Policy::plain(false), ["Your name", "Join now"]),
        (
            "passcode",
            Policy { passcode: Passcode::parse("abracadabra").ok(), ..Policy::plain(false) },
            ["Passcode", "Join now"],
        ),
        ("locked", Policy { locked: true, ..knock.clone() }, ["The door is locked", HOME]),
        (
            "members only",
            Policy { door: Door::Members, ..knock.clone() },
            ["This room is for invited people only", HOME],
        ),
        (
            "full",
            Policy { capacity: Capacity::new(2).expect("two fit"), ..Policy::plain(false) },
            ["This room is full", HOME],
        ),
    ] {
        ana.guest.errand(&Errand::SetPolicy(Box::new(policy))).await.json::<()>();
        assert_says(&server, room, state, &expected).await;
    }
    ana.guest.errand(&Errand::End).await.json::<()>();
    assert_says(&server, room, "ended", &["This call has ended", HOME]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_on_the_page_before_and_after_its_time() {
    let server = Server::start().await;
    let browser = server.browser();
    let room = browser.create(true).await;
    let ana = Guest::with(&server, browser, (room, "Ana"));
    let policy = Policy { ending: Ending::Close, ..Policy::plain(true) };
    ana.errand(&Errand::SetPolicy(Box::new(policy))).await.json::<()>();
    ana.errand(&Errand::Plan(Some(later()))).await.json::<()>();
    assert_says(&server, room, "early", &["You are early", "invitation.ics", HOME]).await;
    // Two hours after it is over; a day later nobody can want it any more.
    server.world.pass((35 * 24 + 20) * 60 * 60 * 1_000);
    assert_says(&server, room, "over", &["The planned time is over", HOME]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_has_no_power_over_another_room() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let cy = let_in(&server, &ana, "Cy").await;
    let waiting = Guest::new(&server, ana.guest.seat.room, "Di").knock().await;
    let eve = hosted(&server).await;
    let id = InviteId::from_bits(1);
    let invite =
        InviteRequest { label: None, role: Role::Participant, personal: false, uses: None, hours: None };
    ana.guest.errand(&Errand::Invite { id, invite }).await.json::<()>();

    for deed in [
        Deed::Remove(cy.id),
        Deed::Ban(cy.id),
        Deed::Mute { participant: cy.id, source: Source::Microphone },
        Deed::LetSpeak(cy.id),
        Deed::Appoint { participant: cy.id, role: Role::CoHost },
        Deed::TakeBack(cy.id),
        Deed::HandOver(cy.id),
    ] {
        assert_eq!(eve.guest.deed(deed).await.refusal(), ErrorCode::NoSuchParticipant, "{deed:?}");
    }
    for deed in [Deed::Admit(waiting.id), Deed::Deny(waiting.id)] {
        assert_eq!(eve.guest.deed(deed).await.refusal(), ErrorCode::NotWaiting, "{deed:?}");
    }
    eve.guest.errand(&Errand::Revoke(id)).await;
    let arguments = json!({ "room": ana.guest.seat.room });
    let settings = ana.guest.browser.call("/api/rooms/settings", &arguments).await.json::<RoomSettings>();
    let token = &settings.invites[0].token;
    assert!(settings.invites.iter().all(|invite| !invite.revoked), "{:?}", settings.invites);
    // The invite of one room opens no other.
    let elsewhere = server.browser().get(&format!("/r/{}?invite={token}", eve.guest.seat.room)).await;
    assert!(!elsewhere.text().contains("Join now"), "{}", elsewhere.text());
    cy.guest.say(1, "still here").await.json::<()>();
}

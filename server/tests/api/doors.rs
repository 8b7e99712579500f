//! What the page of a room says before any script has run, in every state in which somebody may find it, and
//! that a host has power over no room but their own.

use crate::accounts::{ANA, BEARS, sign_in, sign_up};
use crate::browser::Browser;
use crate::cast::later;
use crate::guest::{Guest, Waiting, hosted, let_in};
use crate::harness::Server;
use crate::meet::becomes;
use model::policy::{Capacity, Door, Ending};
use model::{InviteId, Notice, Passcode, Policy, Role, RoomCode, Source};
use protocol::{Barrier, Deed, Errand, ErrorCode, InviteRequest, RoomSettings};
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
    assert_says(&server, room, "ended", &["This call has ended", "The host ended it", HOME]).await;
    // Whoever ran it finds what happened; a guest does not.
    let history = format!("href=\"/r/{room}/history\"");
    let page = ana.guest.browser.get(&format!("/r/{room}")).await;
    for text in ["This room is over", "can still be read", &history, HOME] {
        assert!(page.text().contains(text), "“{text}” is not in {}", page.text());
    }
    let page = server.browser().get(&format!("/r/{room}")).await;
    assert!(!page.text().contains(&history), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_nobody_used_any_more_says_so_and_blames_no_host() {
    let server = Server::start().await;
    let browser = server.browser();
    let room = browser.create(true).await;
    server.world.pass(91 * 24 * 60 * 60 * 1_000);
    let expired = ["This room is over", "Nobody used it any more", HOME];
    becomes(async || server.browser().get(&format!("/r/{room}")).await.text().contains(expired[0])).await;
    assert_says(&server, room, "expired", &expired).await;
    let page = server.browser().get(&format!("/r/{room}")).await;
    assert!(!page.text().contains("The host ended it"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_late_reads_since_when_it_runs_and_who_is_inside_if_they_may() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let _cy = let_in(&server, &ana, "Cy Inside").await;
    server.world.pass(12 * 60_000);
    let policy = |show_inside| Policy { show_inside, ..Policy::plain(true) };
    for shown in [true, false] {
        ana.guest.errand(&Errand::SetPolicy(Box::new(policy(shown)))).await.json::<()>();
        assert_says(&server, room, "late", &["Running since", "for 12 minutes", "Ask to join"]).await;
        let page = server.browser().get(&format!("/r/{room}")).await;
        assert_eq!(page.text().contains("Cy Inside"), shown, "{}", page.text());
    }
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

/// What somebody reads whose place the server knows by their cookie: in every state of the door the same.
async fn assert_is_kept(browser: &Browser, room: RoomCode, expected: &[&str]) {
    let answer = browser.get(&format!("/r/{room}")).await;
    let reload = format!("href=\"/r/{room}\"");
    for text in ["Planning", "if nothing happens, reload it", "Calls need JavaScript", &reload, HOME] {
        assert!(answer.text().contains(text), "“{text}” is not in {}", answer.text());
    }
    for text in expected {
        assert!(answer.text().contains(text), "“{text}” is not in {}", answer.text());
    }
    for way_in in ["Your name", "Ask to join", "The door is locked"] {
        assert!(!answer.text().contains(way_in), "“{way_in}” is in {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_reads_so_when_they_load_the_page_anew() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let told = Policy { notice: Notice::parse("Two more minutes").ok(), ..Policy::plain(true) };
    ana.guest.errand(&Errand::SetPolicy(Box::new(told.clone()))).await.json::<()>();
    let Waiting { guest, id, socket } = Guest::new(&server, room, "Bo").knock().await;
    let waits = ["You are in the waiting room", "The host knows that you are here", "Two more minutes"];
    assert_is_kept(&guest.browser, room, &waits).await;
    // The old page is gone and the new one not alive yet.
    socket.close().await;
    assert_is_kept(&guest.browser, room, &waits).await;
    let locked = Policy { locked: true, ..told };
    ana.guest.errand(&Errand::SetPolicy(Box::new(locked))).await.json::<()>();
    assert_is_kept(&guest.browser, room, &waits).await;
    let stranger = server.browser().get(&format!("/r/{room}")).await;
    assert!(!stranger.text().contains("waiting room"), "{}", stranger.text());

    // The invite of the address is not lost on the way.
    let page = guest.browser.get(&format!("/r/{room}?invite=cut-short")).await;
    assert!(page.text().contains(&format!("href=\"/r/{room}?invite=0000")), "{}", page.text());
    let again = guest.knock().await;
    assert_eq!(again.id, id, "the page that comes alive takes the same place up again");
    ana.guest.act("leave").await.json::<()>();
    assert_is_kept(&again.guest.browser, room, &[waits[0], "The host is not here yet", waits[2]]).await;
    again.guest.act("leave").await.json::<()>();
    let page = again.guest.browser.get(&format!("/r/{room}")).await;
    assert!(page.text().contains("The door is locked"), "who gave the place up is anybody: {}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_inside_reads_so_when_they_load_the_page_anew() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let cy = let_in(&server, &ana, "Cy").await;
    for locked in [false, true] {
        let policy = Policy { locked, ..Policy::plain(true) };
        ana.guest.errand(&Errand::SetPolicy(Box::new(policy))).await.json::<()>();
        for present in [&ana, &cy] {
            assert_is_kept(&present.guest.browser, room, &["Taking you back to your call"]).await;
        }
    }
    // The place is the browser's, not the person's: from another one they come in anew.
    sign_up(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    let phone = server.browser();
    sign_in(&phone, ANA, BEARS).await.json::<()>();
    let page = phone.get(&format!("/r/{room}")).await;
    for text in ["This is your room", "Your name", "Join now"] {
        assert!(page.text().contains(text), "“{text}” is not in {}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_pardoned_comes_in_again() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let (bo, cy) = (let_in(&server, &ana, "Bo").await, let_in(&server, &ana, "Cy").await);
    let settings = async || {
        let arguments = json!({ "room": ana.guest.seat.room });
        ana.guest.browser.call("/api/rooms/settings", &arguments).await.json::<RoomSettings>()
    };
    ana.guest.deed(Deed::Ban(bo.id)).await.json::<()>();
    let banned = ErrorCode::Door(Barrier::Banned);
    assert_eq!(bo.guest.ask().await.refusal(), banned);
    let known = settings().await.banned;
    assert_eq!(
        known.iter().map(|one| one.name.as_ref().map(ToString::to_string)).collect::<Vec<_>>(),
        [Some("Bo".to_owned())]
    );
    let pardon = Errand::Pardon(known[0].user);
    for other in [&bo.guest, &cy.guest] {
        assert_eq!(other.errand(&pardon).await.refusal(), ErrorCode::NotHost);
    }
    assert_eq!(bo.guest.ask().await.refusal(), banned, "nobody pardons themselves");
    for _twice_is_once in 0..2 {
        ana.guest.errand(&pardon).await.json::<()>();
        assert_eq!(settings().await.banned, []);
    }
    let bo = bo.guest.knock().await;
    ana.guest.deed(Deed::Admit(bo.id)).await.json::<()>();
    bo.admitted().await.guest.say(1, "back again").await.json::<()>();
}

async fn settings_of(host: &Guest) -> RoomSettings {
    host.browser.call("/api/rooms/settings", &json!({ "room": host.seat.room })).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_co_host_who_was_put_out_rules_nothing_and_reads_nothing() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    for banned in [true, false] {
        let bo = let_in(&server, &ana, "Bo").await;
        ana.guest.deed(Deed::Appoint { participant: bo.id, role: Role::CoHost }).await.json::<()>();
        let members = settings_of(&bo.guest).await.members;
        let user = members.iter().find(|one| one.role == Role::CoHost).expect("Bo is one").user;
        let out = if banned { Deed::Ban(bo.id) } else { Deed::Remove(bo.id) };
        ana.guest.deed(out).await.json::<()>();
        for errand in [
            Errand::Pardon(user),
            Errand::Appoint { user, role: Role::Participant },
            Errand::SetPolicy(Box::new(Policy::plain(false))),
            Errand::Rename(model::RoomName::parse("Mine").expect("a name")),
            Errand::End,
        ] {
            assert_eq!(bo.guest.errand(&errand).await.refusal(), ErrorCode::NotHost, "{errand:?}");
        }
        for function in ["settings", "history"] {
            let read =
                bo.guest.browser.call(&format!("/api/rooms/{function}"), &json!({ "room": room })).await;
            assert_eq!(read.refusal(), ErrorCode::NotHost);
        }
        let hosted = bo.guest.browser.call("/api/rooms/hosted", &json!({})).await;
        assert_eq!(hosted.json::<Vec<protocol::HostedRoom>>(), []);
        let again = Errand::Appoint { user, role: Role::CoHost };
        let refusal = (banned).then_some(ErrorCode::Rule(protocol::Rule::NotAppointable));
        let answer = ana.guest.errand(&again).await;
        match refusal {
            Some(code) => assert_eq!(answer.refusal(), code),
            None => answer.json(),
        }
    }
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
    // Nor over those whom another room knows by name.
    let fay = let_in(&server, &ana, "Fay").await;
    ana.guest.deed(Deed::Appoint { participant: cy.id, role: Role::CoHost }).await.json::<()>();
    ana.guest.deed(Deed::Ban(fay.id)).await.json::<()>();
    let before = settings_of(&ana.guest).await;
    let (banned, co_host) = (before.banned[0].user, before.members[1].user);
    for errand in [
        Errand::Pardon(banned),
        Errand::Appoint { user: banned, role: Role::CoHost },
        Errand::Appoint { user: co_host, role: Role::Viewer },
    ] {
        eve.guest.errand(&errand).await;
    }
    let after = settings_of(&ana.guest).await;
    assert_eq!((&after.banned, &after.members), (&before.banned, &before.members));
    assert_eq!(fay.guest.ask().await.refusal(), ErrorCode::Door(Barrier::Banned));
    let arguments = json!({ "room": ana.guest.seat.room });
    let settings = ana.guest.browser.call("/api/rooms/settings", &arguments).await.json::<RoomSettings>();
    let token = &settings.invites[0].token;
    assert!(settings.invites.iter().all(|invite| !invite.revoked), "{:?}", settings.invites);
    // The invite of one room opens no other.
    let elsewhere = server.browser().get(&format!("/r/{}?invite={token}", eve.guest.seat.room)).await;
    assert!(!elsewhere.text().contains("Join now"), "{}", elsewhere.text());
    cy.guest.say(1, "still here").await.json::<()>();
}

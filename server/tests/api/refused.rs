//! Whoever does not come in reads why and how to go on, and learns nothing of the room that is not for them:
//! in the page as the server renders it, with all that the page's program is handed.
//!
//! The states that a room comes to by its rules alone are in [`doors`](crate::doors), an invite that was taken
//! back in [`links`](crate::links).

use crate::accounts::{BEARS, sign_up};
use crate::browser::Browser;
use crate::cast::later;
use crate::guest::{Guest, Present, hosted, let_in};
use crate::harness::Server;
use crate::peer::Peer;
use http::StatusCode;
use model::policy::{Door, Ending};
use model::{DisplayName, InviteId, Notice, Policy, Role, RoomCode};
use protocol::{Barrier, Deed, Errand, ErrorCode, InviteRequest, JoinOutcome, RoomSettings};
use serde_json::json;

const HOME: &str = "href=\"/\"";
const NOTICE: &str = "We talk about the merger";
const HOUR_MS: i64 = 3_600_000;
/// How many may wait at a door.
const DOOR: usize = 50;

/// A room in which there is something to learn: two people, what they are about, what they said, and an
/// invite with the name of a third.
struct House {
    server: Server,
    room: RoomCode,
    ana: Present,
    secrets: Vec<String>,
}

impl House {
    async fn full() -> Self {
        let server = Server::start().await;
        let ana = hosted(&server).await;
        let room = ana.guest.seat.room;
        let bo = let_in(&server, &ana, "Bo Insider").await;
        ana.guest.say(1, "the secret plan").await.json::<()>();
        let words = ["Overheard", "Insider", "Label of Dee", NOTICE, "the secret plan"].map(str::to_owned);
        let ids = [ana.id.to_string(), bo.id.to_string()];
        let house = Self { server, room, ana, secrets: words.into_iter().chain(ids).collect() };
        house.rule(|policy| policy).await;
        house
            .invite(9, |invite| InviteRequest { label: DisplayName::parse("Label of Dee").ok(), ..invite })
            .await;
        house
    }

    async fn errand(&self, errand: Errand) {
        self.ana.guest.errand(&errand).await.json::<()>();
    }

    /// Sets the rules: the waiting room, a notice, who is inside, and what is asked for.
    async fn rule(&self, change: impl FnOnce(Policy) -> Policy) {
        let told = Policy { notice: Notice::parse(NOTICE).ok(), show_inside: true, ..Policy::plain(true) };
        self.errand(Errand::SetPolicy(Box::new(change(told)))).await;
    }

    /// Makes an invite and says what its link ends in.
    async fn invite(&self, id: u128, change: impl FnOnce(InviteRequest) -> InviteRequest) -> String {
        let id = InviteId::from_bits(id);
        let plain =
            InviteRequest { label: None, role: Role::Participant, personal: false, uses: None, hours: None };
        self.errand(Errand::Invite { id, invite: change(plain) }).await;
        let arguments = json!({ "room": self.room });
        let settings = self.ana.guest.browser.call("/api/rooms/settings", &arguments).await;
        let invites = settings.json::<RoomSettings>().invites;
        invites.into_iter().find(|invite| invite.id == id).expect("it was just made").token
    }

    /// Somebody comes in by an invite.
    async fn come_by(&self, token: &str) {
        let guest = Guest::new(&self.server, self.room, "Cy Insider");
        let mut request = guest.request(Peer::new().await.offer());
        request["request"]["invite"] = token.into();
        let joined = guest.browser.call("/api/rooms/join", &request).await;
        assert!(matches!(joined.json(), JoinOutcome::Joined { .. }), "{}", joined.text());
    }

    /// The page without a way in: it says why, leads on, and tells nothing but what is `told`.
    async fn assert_shut(&self, browser: &Browser, query: &str, expected: &[&str], told: &[&str]) {
        let page = browser.get(&format!("/r/{}{query}", self.room)).await;
        for text in expected.iter().chain(&[HOME]) {
            assert!(page.text().contains(text), "“{text}” is not in {}", page.text());
        }
        assert!(!page.text().contains("Your name"), "there is no way in: {}", page.text());
        for secret in self.secrets.iter().filter(|secret| !told.contains(&secret.as_str())) {
            assert!(!page.text().contains(secret), "{expected:?} tells {secret}: {}", page.text());
        }
    }

    /// The page of an invite that is worth nothing: the room itself may be open without it.
    async fn assert_worthless(&self, browser: &Browser, token: &str, expected: &[&str]) {
        let plain = format!("href=\"/r/{}\"", self.room);
        let ways = [&plain, "Ask to join without the invite"];
        let expected: Vec<&str> = expected.iter().copied().chain(ways).collect();
        self.assert_shut(browser, &format!("?invite={token}"), &expected, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_after_the_last_planned_time_reads_that_it_is_over() {
    let house = House::full().await;
    house.rule(|policy| Policy { ending: Ending::Close, ..policy }).await;
    house.errand(Errand::Plan(Some(later()))).await;
    // While a host is inside, the door is open.
    house.ana.guest.act("leave").await.json::<()>();
    house.server.world.pass((35 * 24 + 20) * HOUR_MS);
    let late = ["The planned time is over", "Ask the host for a new time"];
    house.assert_shut(&house.server.browser(), "", &late, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_banned_reads_so_and_nothing_else() {
    let house = House::full().await;
    house.errand(Errand::Plan(Some(later()))).await;
    let eve = let_in(&house.server, &house.ana, "Eve").await;
    house.ana.guest.deed(Deed::Ban(eve.id)).await.json::<()>();
    let banned = ["You cannot come into this room", "reach the host in another way"];
    let token = house.invite(1, |invite| invite).await;
    // Not even which room it is, when it meets, and whether anybody is inside; also when it is over.
    for ended in [false, true] {
        if ended {
            house.ana.guest.deed(Deed::End).await.json::<()>();
        }
        for query in [String::new(), format!("?invite={token}")] {
            house.assert_shut(&eve.guest.browser, &query, &banned, &[]).await;
            let page = eve.guest.browser.get(&format!("/r/{}{query}", house.room)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            for about in ["Planning", "occurrence", "open_since", "invitation.ics"] {
                assert!(!page.text().contains(about), "{about} is in {}", page.text());
            }
        }
        for invite in [None, Some(&token)] {
            let arguments = json!({ "room": house.room, "invite": invite });
            let answer = eve.guest.browser.call("/api/rooms/entry", &arguments).await;
            assert_eq!(answer.refusal(), ErrorCode::Door(Barrier::Banned));
        }
    }
    // Without the cookie they are whoever has the link, who knows the plan.
    let file = house.server.browser().get(&format!("/r/{}/invitation.ics", house.room)).await;
    assert!(file.text().contains("SUMMARY:Planning"), "{}", file.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_signed_in_as_somebody_whom_nobody_invited_can_be_somebody_else() {
    let house = House::full().await;
    house.rule(|policy| Policy { door: Door::Members, ..policy }).await;
    let shut = "This room is for invited people only";
    let sign_in = format!("/sign-in?next=/r/{}", house.room);
    let eve = house.server.browser();
    let unknown = [shut, "Do you have an account here that may come in?", &sign_in];
    house.assert_shut(&eve, "", &unknown, &[]).await;
    sign_up(&eve, "eve@example.org", BEARS).await.json::<()>();
    let known = [shut, "You are signed in as Ana.", "Use another account", &sign_in];
    house.assert_shut(&eve, "", &known, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_finds_no_place_before_the_door_reads_that_many_are_waiting() {
    let house = House::full().await;
    for _ in 0..DOOR {
        let asked = Guest::new(&house.server, house.room, "Wanda Insider").ask().await;
        assert!(matches!(asked.json(), JoinOutcome::Waiting { .. }), "{}", asked.text());
    }
    // They may come in once somebody else did, and may know what those know who wait.
    let told = [NOTICE, "Overheard", "Insider"];
    let full = ["Many people are waiting", "The waiting room is full just now", "Try again"];
    house.assert_shut(&house.server.browser(), "", &full, &told).await;
    let page = house.server.browser().get(&format!("/r/{}", house.room)).await;
    assert!(!page.text().contains("Wanda"), "who else waits is for hosts: {}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_that_has_run_out_leads_to_the_plain_door() {
    let house = House::full().await;
    let token = house.invite(1, |invite| InviteRequest { hours: Some(1), ..invite }).await;
    house.server.world.pass(HOUR_MS);
    let said = ["This invite has run out", "Ask the host for a new one"];
    house.assert_worthless(&house.server.browser(), &token, &said).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_that_is_used_up_leads_to_the_plain_door_or_to_another_account() {
    let house = House::full().await;
    let token = house.invite(1, |invite| InviteRequest { uses: Some(1), ..invite }).await;
    house.come_by(&token).await;
    // Whoever used it may have done so with an account, which is asked for with the invite at hand.
    let sign_in = format!("/sign-in?next=/r/{}%3Finvite%3D{token}", house.room);
    let said = ["This invite has been used up", "Ask the host for a new one", &sign_in];
    house.assert_worthless(&house.server.browser(), &token, &said).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_that_is_somebody_elses_leads_to_the_plain_door_or_to_another_account() {
    let house = House::full().await;
    let label = || DisplayName::parse("Label of Cy").ok();
    let token = house.invite(1, |invite| InviteRequest { personal: true, label: label(), ..invite }).await;
    house.come_by(&token).await;
    let sign_in = format!("/sign-in?next=/r/{}%3Finvite%3D{token}", house.room);
    let said = ["This invite belongs to somebody else", "It was made for one person", &sign_in];
    let eve = house.server.browser();
    house.assert_worthless(&eve, &token, &said).await;
    let page = eve.get(&format!("/r/{}?invite={token}", house.room)).await;
    assert!(!page.text().contains("Label of Cy"), "whose it is: {}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_that_nobody_made_leads_to_the_plain_door() {
    let house = House::full().await;
    let token = house.invite(1, |invite| invite).await;
    let forged = format!("{}{}", &token[..32], "0".repeat(32));
    let said = ["This invite does not belong here", "ask whoever sent it"];
    for token in ["cut-short", "", &forged, &token[1..]] {
        house.assert_worthless(&house.server.browser(), token, &said).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_turned_away_is_not_remembered() {
    let house = House::full().await;
    let turned_away = async |code: ErrorCode| {
        let eve = Guest::new(&house.server, house.room, "Eve");
        assert_eq!(eve.ask().await.refusal(), code);
        assert_eq!(eve.browser.cookie(), None, "{code:?}: nothing to be remembered by");
        let forger = Guest::new(&house.server, house.room, "Eve");
        forger.browser.set_cookie(Some("anteroom=x".to_owned()));
        let answer = forger.ask().await;
        assert_eq!(answer.refusal(), code);
        assert!(!answer.header("set-cookie").contains("Max-Age=5184000"), "{}", answer.header("set-cookie"));
    };
    house.rule(|policy| Policy { locked: true, ..policy }).await;
    turned_away(ErrorCode::Door(Barrier::Locked)).await;
    house.rule(|policy| Policy { door: Door::Members, ..policy }).await;
    turned_away(ErrorCode::Door(Barrier::MembersOnly)).await;
    // Whoever is heard keeps who they are.
    house.rule(|policy| policy).await;
    let bo = Guest::new(&house.server, house.room, "Bo").knock().await;
    let known = bo.guest.browser.cookie();
    house.rule(|policy| Policy { locked: true, ..policy }).await;
    bo.guest.act("leave").await.json::<()>();
    assert_eq!(bo.guest.ask().await.refusal(), ErrorCode::Door(Barrier::Locked));
    assert_eq!(bo.guest.browser.cookie(), known);
    house.errand(Errand::End).await;
    turned_away(ErrorCode::RoomEnded).await;
}

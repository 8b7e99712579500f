//! A link that a host took back opens nothing any more, and puts out nobody who came by it.
//!
//! Using an invite makes somebody known to the room, for as long as no host decides otherwise. So the link is
//! worth nothing to newcomers at once, and whoever used it needs it no more.

use crate::browser::Answer;
use crate::guest::{Guest, Present, hosted};
use crate::harness::Server;
use crate::peer::Peer;
use http::StatusCode;
use model::{InviteId, ParticipantId, Role, RoomCode, Ticket};
use protocol::{
    Barrier, ClientMessage, Deed, EntryState, EntryView, Errand, ErrorCode, InviteRequest, JoinOutcome,
    RoomSettings, ServerMessage, Snapshot,
};
use serde_json::json;

/// A room where guests wait, its host inside, and what its one invite leads to.
struct Invited {
    server: Server,
    ana: Present,
    token: String,
}

/// Somebody who walked in.
struct Inside {
    guest: Guest,
    id: ParticipantId,
    ticket: Ticket,
    snapshot: Snapshot,
}

impl Invited {
    async fn make(role: Role, personal: bool) -> Self {
        let server = Server::start().await;
        let ana = hosted(&server).await;
        let invite = InviteRequest { label: None, role, personal, uses: None, hours: None };
        ana.guest.errand(&Errand::Invite { id: InviteId::from_bits(1), invite }).await.json::<()>();
        let arguments = json!({ "room": ana.guest.seat.room });
        let settings = ana.guest.browser.call("/api/rooms/settings", &arguments).await;
        let token = settings.json::<RoomSettings>().invites[0].token.clone();
        Self { server, ana, token }
    }

    fn room(&self) -> RoomCode {
        self.ana.guest.seat.room
    }

    fn guest(&self, name: &'static str) -> Guest {
        Guest::new(&self.server, self.room(), name)
    }

    async fn take_back(&self) {
        self.ana.guest.errand(&Errand::Revoke(InviteId::from_bits(1))).await.json::<()>();
    }

    /// Asks to come in by the link.
    async fn ask(&self, guest: &Guest) -> Answer {
        let mut request = guest.request(Peer::new().await.offer());
        request["request"]["invite"] = self.token.as_str().into();
        guest.browser.call("/api/rooms/join", &request).await
    }

    /// Comes in by the link.
    async fn walk_in(&self, guest: Guest) -> Inside {
        match self.ask(&guest).await.json() {
            JoinOutcome::Joined { participant, ticket, snapshot, .. } => {
                Inside { guest, id: participant, ticket, snapshot: *snapshot }
            }
            JoinOutcome::Waiting { .. } => panic!("{} has to wait", guest.name),
        }
    }

    async fn entry(&self, guest: &Guest) -> EntryView {
        let arguments = json!({ "room": self.room(), "invite": self.token });
        guest.browser.call("/api/rooms/entry", &arguments).await.json()
    }

    /// The page that the link leads to.
    async fn page(&self, guest: &Guest) -> Answer {
        guest.browser.get(&format!("/r/{}?invite={}", self.room(), self.token)).await
    }

    /// Whether a ticket opens a socket; if not, with which status it was refused.
    async fn opens(&self, guest: &Guest, ticket: Ticket) -> Result<(), StatusCode> {
        let origin = format!("http://{}", self.server.addr);
        let path = format!("/signal?ticket={}", ticket.to_hex());
        match guest.browser.try_socket(&path, Some(&origin)).await {
            Ok(mut socket) => {
                socket.say(&ClientMessage::Ping).await;
                socket.find(|message| (message == ServerMessage::Pong).then_some(())).await;
                Ok(())
            }
            Err(refused) => Err(refused.status),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_was_taken_back_is_refused_on_the_page_and_at_the_door() {
    for (role, personal) in
        [(Role::Participant, false), (Role::Participant, true), (Role::Viewer, false), (Role::CoHost, true)]
    {
        let invited = Invited::make(role, personal).await;
        let early = invited.guest("Eve");
        let entry = invited.entry(&early).await;
        assert_eq!((entry.state, entry.role), (EntryState::Open, role), "the link is good");
        // Ana is inside, so that hosts do not start the call any more.
        let way_in = "Join now";
        let page = invited.page(&early).await;
        assert!(page.text().contains(way_in), "{role:?}: {}", page.text());
        invited.take_back().await;
        // Somebody who has the page open, and somebody who opens it now.
        for guest in [early, invited.guest("Eve")] {
            let entry = invited.entry(&guest).await;
            let revoked = EntryState::Barred { barrier: Barrier::InviteRevoked };
            assert_eq!((entry.state, entry.role, entry.host), (revoked, Role::Guest, None), "{role:?}");
            let page = invited.page(&guest).await;
            for text in ["This invite was taken back", &format!("href=\"/r/{}\"", invited.room())] {
                assert!(page.text().contains(text), "{role:?}: “{text}” is not in {}", page.text());
            }
            assert!(!page.text().contains(way_in), "{role:?}: {}", page.text());
            let asked = invited.ask(&guest).await;
            assert_eq!(asked.refusal(), ErrorCode::Door(Barrier::InviteRevoked), "{role:?}");
            for answer in [&page, &asked] {
                for secret in ["Overheard".to_owned(), invited.ana.id.to_string()] {
                    assert!(!answer.text().contains(&secret), "{role:?}: {secret} in {}", answer.text());
                }
            }
        }
        // Without the link they are like anybody else.
        invited.guest("Eve").knock().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_came_by_a_link_keeps_their_seat_and_their_role_when_it_is_taken_back() {
    for personal in [false, true] {
        let invited = Invited::make(Role::Participant, personal).await;
        let bo = invited.walk_in(invited.guest("Bo")).await;
        assert!(bo.snapshot.rights.speak);
        invited.take_back().await;
        assert_eq!(invited.opens(&bo.guest, bo.ticket).await, Ok(()), "a ticket belongs to the seat");
        let again = bo.guest.reconnect().await;
        assert_eq!(invited.opens(&bo.guest, again).await, Ok(()));
        bo.guest.say(1, "still here").await.json::<()>();
        let entry = invited.entry(&bo.guest).await;
        assert_eq!((entry.state, entry.role), (EntryState::Open, Role::Participant), "they are known");
        bo.guest.act("leave").await.json::<()>();
        let back = invited.walk_in(bo.guest).await;
        assert_eq!(back.id, bo.id, "with or without a link that is worth anything");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_worth_no_more_than_the_seat_that_it_was_drawn_for() {
    let invited = Invited::make(Role::Participant, false).await;
    let bo = invited.walk_in(invited.guest("Bo")).await;
    invited.take_back().await;
    invited.ana.guest.deed(Deed::Remove(bo.id)).await.json::<()>();
    assert_eq!(invited.opens(&bo.guest, bo.ticket).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(bo.guest.act("reconnect").await.refusal(), ErrorCode::NotPresent);
    let asked = invited.ask(&bo.guest).await;
    assert!(matches!(asked.json(), JoinOutcome::Waiting { .. }), "whoever was removed waits");

    let cy = invited.guest("Cy");
    let early = cy.knock().await;
    invited.ana.guest.deed(Deed::Deny(early.id)).await.json::<()>();
    let asked = invited.ask(&early.guest).await;
    assert_eq!(asked.refusal(), ErrorCode::Door(Barrier::InviteRevoked), "knocking made nobody known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_host_decides_stands_against_a_link_that_was_used_before() {
    let invited = Invited::make(Role::Participant, false).await;
    let bo = invited.walk_in(invited.guest("Bo")).await;
    invited.ana.guest.deed(Deed::Appoint { participant: bo.id, role: Role::Guest }).await.json::<()>();
    bo.guest.act("leave").await.json::<()>();
    for is_worth_something in [true, false] {
        if !is_worth_something {
            invited.take_back().await;
        }
        let entry = invited.entry(&bo.guest).await;
        assert_eq!((entry.state, entry.role), (EntryState::Knock { host_present: true }, Role::Guest));
        let asked = invited.ask(&bo.guest).await;
        assert!(matches!(asked.json(), JoinOutcome::Waiting { .. }), "{}", asked.text());
    }
}

//! How somebody is called who did something for a room without ever having been inside.

use crate::accounts::{ANA, BEARS, sign_up};
use crate::browser::Browser;
use crate::guest::{Guest, hosted};
use crate::harness::Server;
use crate::peer::Peer;
use model::{DisplayName, InviteId, Policy, Role, RoomCode, RoomName, WebAddress};
use protocol::{EntryView, Errand, HistoryView, InviteRequest, InviteView, JoinOutcome, RoomSettings};
use serde_json::json;

async fn settings(browser: &Browser, room: RoomCode) -> RoomSettings {
    browser.call("/api/rooms/settings", &json!({ "room": room })).await.json()
}

async fn entry(browser: &Browser, room: RoomCode, invite: Option<&str>) -> EntryView {
    browser.call("/api/rooms/entry", &json!({ "room": room, "invite": invite })).await.json()
}

fn rename() -> Errand {
    Errand::Rename(RoomName::parse("Choir").expect("a name"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_who_never_came_in_is_called_as_their_account_is() {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, ANA, BEARS).await.json::<()>();
    let room = browser.create(true).await;
    let ana = Guest::with(&server, browser, (room, "Ana"));
    ana.errand(&rename()).await.json::<()>();
    let id = InviteId::from_bits(1);
    let invite =
        InviteRequest { label: None, role: Role::Participant, personal: false, uses: None, hours: None };
    ana.errand(&Errand::Invite { id, invite }).await.json::<()>();

    let known = settings(&ana.browser, room).await;
    let owner = &known.members[0];
    let name = owner.name.as_ref().map(|name| name.as_str());
    assert_eq!((name, owner.role, owner.mine), (Some("Ana"), Role::Owner, true));
    let history =
        ana.browser.call("/api/rooms/history", &json!({ "room": room })).await.json::<HistoryView>();
    let by: Vec<_> = history.happenings.iter().map(|line| line.by.as_deref()).collect();
    assert_eq!(by, [Some("Ana"), Some("Ana")]);

    let stranger = server.browser();
    assert_eq!(entry(&stranger, room, None).await.host, None);
    let invited = entry(&stranger, room, Some(&known.invites[0].token)).await;
    assert_eq!(invited.host.map(String::from).as_deref(), Some("Ana"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_under_which_somebody_came_in_counts_more() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    sign_up(&ana.guest.browser, ANA, BEARS).await.json::<()>();
    ana.guest.act("leave").await.json::<()>();
    ana.guest.errand(&rename()).await.json::<()>();
    let owner = settings(&ana.guest.browser, room).await.members.remove(0);
    assert_eq!(owner.name.map(String::from).as_deref(), Some("Ana Overheard"));
    let page = ana.guest.browser.get(&format!("/r/{room}/history")).await;
    assert!(page.text().contains("Ana Overheard gave the room another name"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_host_without_any_name_it_is_said_that_it_was_a_host() {
    let server = Server::start().await;
    let browser = server.browser();
    let room = browser.create(true).await;
    let ana = Guest::with(&server, browser, (room, "Ana"));
    ana.errand(&rename()).await.json::<()>();
    let page = ana.browser.get(&format!("/r/{room}/history")).await;
    assert!(page.text().contains("A host gave the room another name"), "{}", page.text());
    let page = ana.browser.get(&format!("/r/{room}/settings")).await;
    assert!(page.text().contains(">You<"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_whoever_may_come_in_learns_their_name_and_where_it_goes_on() {
    let server = Server::start().await;
    let ana = hosted(&server).await.guest;
    let room = ana.seat.room;
    let page = WebAddress::parse("https://desk.example.org/17").expect("a page");
    let after = |policy: Policy| Errand::SetPolicy(Box::new(Policy { after: Some(page.clone()), ..policy }));
    ana.errand(&after(Policy::plain(true))).await.json::<()>();
    for (id, personal) in [(1, true), (2, false)] {
        let label = DisplayName::parse("Bo Lind").ok();
        let invite = InviteRequest { label, role: Role::Participant, personal, uses: None, hours: None };
        ana.errand(&Errand::Invite { id: InviteId::from_bits(id), invite }).await.json::<()>();
    }
    let invites = settings(&ana.browser, room).await.invites;
    let token =
        |personal| &invites.iter().find(|invite| invite.personal == personal).expect("it was made").token;
    let stranger = server.browser();
    let named = async |invite: Option<&str>| {
        let view = entry(&stranger, room, invite).await;
        (view.invited_as.map(String::from), view.after)
    };
    assert_eq!(named(Some(token(true))).await, (Some("Bo Lind".to_owned()), Some(page.clone())));
    // A link for many is not about one of them.
    assert_eq!(named(Some(token(false))).await, (None, Some(page.clone())));
    assert_eq!(named(None).await, (None, Some(page.clone())));
    ana.errand(&after(Policy { locked: true, ..Policy::plain(true) })).await.json::<()>();
    assert_eq!(named(Some(token(true))).await, (None, None));
    assert_eq!(named(None).await, (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_on_an_invite_reaches_its_holder_and_hosts_and_nobody_else() {
    let server = Server::start().await;
    let ana = hosted(&server).await.guest;
    let room = ana.seat.room;
    let labels = ["Label of Dee", "Label of Gus"];
    for (id, label) in (1..).zip(labels) {
        let (label, role) = (DisplayName::parse(label).ok(), Role::Participant);
        let invite = InviteRequest { label, role, personal: true, uses: None, hours: None };
        ana.errand(&Errand::Invite { id: InviteId::from_bits(id), invite }).await.json::<()>();
    }
    let known = settings(&ana.browser, room).await.invites;
    let token = |label| {
        let of = |invite: &&InviteView| invite.label.as_ref().is_some_and(|known| known.as_str() == label);
        &known.iter().find(of).expect("hosts see whose it is").token
    };
    let tokens = labels.map(token);
    let mut people = Vec::new();
    for (name, token) in ["Dee", "Gus"].into_iter().zip(tokens) {
        let guest = Guest::new(&server, room, name);
        let mut request = guest.request(Peer::new().await.offer());
        request["request"]["invite"] = token.as_str().into();
        let joined = guest.browser.call("/api/rooms/join", &request).await;
        assert!(matches!(joined.json(), JoinOutcome::Joined { .. }), "{}", joined.text());
        assert!(labels.iter().all(|label| !joined.text().contains(label)), "{}", joined.text());
        people.push(guest);
    }
    let (stranger, waiting) = (server.browser(), Guest::new(&server, room, "Wanda").knock().await);
    let readers = [&people[0].browser, &people[1].browser, &stranger, &waiting.guest.browser];
    for (reader, browser) in readers.into_iter().enumerate() {
        for (holder, (token, label)) in tokens.into_iter().zip(labels).enumerate() {
            let named = entry(browser, room, Some(token)).await.invited_as.map(String::from);
            assert_eq!(named, (reader == holder).then(|| label.to_owned()), "reader {reader}");
            let page = browser.get(&format!("/r/{room}?invite={token}")).await;
            assert_eq!(page.text().contains(label), reader == holder, "{reader}: {}", page.text());
        }
        for page in ["", "/settings", "/history", "/invitation.ics", "/history.csv", "/history.json"] {
            let page = browser.get(&format!("/r/{room}{page}")).await;
            assert!(labels.iter().all(|label| !page.text().contains(label)), "{reader}: {}", page.text());
        }
    }
}

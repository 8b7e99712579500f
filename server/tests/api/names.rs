//! How somebody is called who did something for a room without ever having been inside.

use crate::accounts::{ANA, BEARS, sign_up};
use crate::browser::Browser;
use crate::guest::{Guest, hosted};
use crate::harness::Server;
use model::{DisplayName, InviteId, Policy, Role, RoomCode, RoomName, WebAddress};
use protocol::{EntryView, Errand, HistoryView, InviteRequest, RoomSettings};
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

//! Contacts: nobody becomes one, sees whether somebody is there, or learns who exists without their yes.

use crate::accounts::BEARS;
use crate::browser::{Answer, Browser, Socket};
use crate::harness::{Folder, Server};
use http::StatusCode;
use model::{ContactToken, Ticket, UserId};
use protocol::limits::TICKET_MS;
use protocol::{
    AccountRefusal, ErrorCode, LineMessage, LinkView, PeopleErrand, PeopleRefusal, PeopleView, Presence,
    Relation,
};
use serde_json::json;
use server::config::Layer;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::Message;

/// Somebody with an account, in one of their browsers.
pub struct Account {
    pub browser: Browser,
    pub user: UserId,
    name: &'static str,
}

impl Account {
    /// Makes an account by this name.
    pub async fn new(server: &Server, name: &'static str) -> Self {
        let browser = server.browser();
        let email = format!("{}@example.org", name.to_lowercase());
        let fields = [("name", name), ("email", &email), ("password", BEARS)];
        browser.submit("/api/accounts/sign-up", &fields).await.json::<()>();
        // Who one is tells nobody but the list of somebody who was asked.
        Self { browser, user: UserId::from_bits(0), name }
    }

    /// The same person in another browser.
    pub async fn elsewhere(&self, server: &Server) -> Browser {
        let browser = server.browser();
        let email = format!("{}@example.org", self.name.to_lowercase());
        let fields = [("email", email.as_str()), ("password", BEARS)];
        browser.submit("/api/accounts/sign-in", &fields).await.json::<()>();
        browser
    }

    pub async fn view(&self) -> PeopleView {
        self.browser.call("/api/people/view", &json!({})).await.json()
    }

    pub async fn ask(&self, token: ContactToken) -> Answer {
        self.browser.call("/api/people/ask", &json!({ "token": token })).await
    }

    pub async fn errand(&self, errand: PeopleErrand) -> Answer {
        self.browser.call("/api/people/errand", &json!({ "errand": errand })).await
    }

    /// Opens a line, as a page of theirs does.
    pub async fn line(&self) -> Socket {
        line(&self.browser).await
    }
}

/// Opens a line in any browser of somebody who is signed in.
pub async fn line(browser: &Browser) -> Socket {
    let ticket: Ticket = browser.call("/api/people/line", &json!({})).await.json();
    let origin = format!("http://{}", browser.addr());
    let opened = browser.try_socket(&format!("/line?ticket={}", ticket.to_hex()), Some(&origin)).await;
    opened.unwrap_or_else(|refused| panic!("no line: {} {}", refused.status, refused.text()))
}

/// Two people who are contacts of each other, and know by which number.
pub async fn contacts(server: &Server) -> (Account, Account) {
    let (mut ana, mut bo) = (Account::new(server, "Ana").await, Account::new(server, "Bo").await);
    befriend(&mut ana, &mut bo).await;
    (ana, bo)
}

/// Makes two people contacts.
pub async fn befriend(one: &mut Account, other: &mut Account) {
    other.ask(one.view().await.link).await.json::<()>();
    other.user = one.view().await.asking.last().expect("somebody asks").user;
    one.errand(PeopleErrand::Accept(other.user)).await.json::<()>();
    let contacts = other.view().await.contacts;
    let me = contacts.iter().find(|contact| contact.person.name.as_str() == one.name);
    one.user = me.expect("they are contacts").person.user;
}

pub fn refused(answer: &Answer, refusal: PeopleRefusal) {
    assert_eq!(answer.refusal(), ErrorCode::People(refusal), "{}", answer.text());
}

fn snapshot(message: LineMessage) -> Option<PeopleView> {
    match message {
        LineMessage::Snapshot(view) => Some(*view),
        _ => None,
    }
}

/// Waits until somebody is told this about somebody.
pub async fn hears(line: &mut Socket, who: UserId, wanted: Presence) {
    line.find_line(|message| match message {
        LineMessage::Presence { user, presence } if user == who && presence == wanted => Some(()),
        LineMessage::Snapshot(view) => {
            let known = view.contacts.iter().find(|contact| contact.person.user == who);
            known.is_some_and(|contact| contact.presence == wanted).then_some(())
        }
        _ => None,
    })
    .await;
}

fn names(people: &[protocol::PersonView]) -> Vec<&str> {
    people.iter().map(|person| person.name.as_str()).collect()
}

#[tokio::test]
async fn two_become_contacts_by_the_yes_of_both() {
    let server = Server::start().await;
    let (ana, bo) = (Account::new(&server, "Ana").await, Account::new(&server, "Bo").await);
    let link = ana.view().await.link;
    let who = async |account: &Account| {
        account.browser.call("/api/people/who", &json!({ "token": link })).await.json::<LinkView>().relation
    };
    assert_eq!((who(&ana).await, who(&bo).await), (Relation::Myself, Relation::Stranger));
    bo.ask(link).await.json::<()>();
    bo.ask(link).await.json::<()>();
    let (hers, his) = (ana.view().await, bo.view().await);
    assert_eq!((names(&hers.asking), names(&his.asked)), (vec!["Bo"], vec!["Ana"]));
    assert_eq!((hers.contacts.len(), his.contacts.len()), (0, 0), "asking alone makes nobody a contact");
    assert_eq!(who(&bo).await, Relation::Asked);

    ana.errand(PeopleErrand::Accept(hers.asking[0].user)).await.json::<()>();
    let (hers, his) = (ana.view().await, bo.view().await);
    assert_eq!((hers.contacts.len(), his.contacts.len()), (1, 1));
    assert_eq!((hers.asking.len(), his.asked.len()), (0, 0));
    assert_eq!(who(&bo).await, Relation::Contact);

    bo.errand(PeopleErrand::Remove(his.contacts[0].person.user)).await.json::<()>();
    assert_eq!((ana.view().await.contacts.len(), bo.view().await.contacts.len()), (0, 0));
}

#[tokio::test]
async fn whoever_asks_each_other_is_a_contact_and_a_request_can_be_refused_or_withdrawn() {
    let server = Server::start().await;
    let (ana, bo) = (Account::new(&server, "Ana").await, Account::new(&server, "Bo").await);
    let (hers, his) = (ana.view().await.link, bo.view().await.link);
    bo.ask(hers).await.json::<()>();
    ana.errand(PeopleErrand::Decline(ana.view().await.asking[0].user)).await.json::<()>();
    assert_eq!(names(&bo.view().await.asked), Vec::<&str>::new());
    bo.ask(hers).await.json::<()>();
    bo.errand(PeopleErrand::Withdraw(bo.view().await.asked[0].user)).await.json::<()>();
    assert_eq!(names(&ana.view().await.asking), Vec::<&str>::new());
    bo.ask(hers).await.json::<()>();
    ana.ask(his).await.json::<()>();
    assert_eq!((ana.view().await.contacts.len(), bo.view().await.contacts.len()), (1, 1));
    refused(&ana.ask(hers).await, PeopleRefusal::Yourself);
}

#[tokio::test]
async fn a_renewed_link_is_worth_nothing_and_a_forged_one_never_was() {
    let server = Server::start().await;
    let (ana, bo) = (Account::new(&server, "Ana").await, Account::new(&server, "Bo").await);
    let old = ana.view().await.link;
    ana.errand(PeopleErrand::RenewLink).await.json::<()>();
    let new = ana.view().await.link;
    assert_ne!(old, new);
    for token in [old, ContactToken { tag: new.tag ^ 1, ..new }, ContactToken { id: old.id, tag: new.tag }] {
        refused(&bo.ask(token).await, PeopleRefusal::LinkUnknown);
        let who = bo.browser.call("/api/people/who", &json!({ "token": token })).await;
        refused(&who, PeopleRefusal::LinkUnknown);
    }
    bo.ask(new).await.json::<()>();
}

#[tokio::test]
async fn nobody_answers_for_others_or_finds_out_who_exists() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let cy = Account::new(&server, "Cy").await;
    cy.ask(bo.view().await.link).await.json::<()>();
    let cys = bo.view().await.asking[0].user;
    let nobody = UserId::from_bits(5);
    // Cy knows the numbers of both, and is nothing to Ana.
    for other in [ana.user, nobody] {
        refused(&cy.errand(PeopleErrand::Block(other)).await, PeopleRefusal::NotContact);
    }
    refused(&cy.errand(PeopleErrand::Accept(ana.user)).await, PeopleRefusal::NotAsking);
    refused(&ana.errand(PeopleErrand::Accept(cys)).await, PeopleRefusal::NotAsking);
    refused(&cy.errand(PeopleErrand::Accept(bo.user)).await, PeopleRefusal::NotAsking);
    for errand in [PeopleErrand::Remove(bo.user), PeopleErrand::Decline(bo.user)] {
        ana.view().await;
        cy.errand(errand).await;
    }
    assert_eq!((ana.view().await.contacts.len(), bo.view().await.contacts.len()), (1, 1));
    let seen = serde_json::to_string(&cy.view().await).expect("it is plain");
    assert!(!seen.contains("Ana") && !seen.contains(&ana.user.to_hex()), "{seen}");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_refused_everything_and_learns_nothing() {
    let server = Server::start().await;
    let (ana, _) = contacts(&server).await;
    let guest = server.browser();
    guest.create(true).await;
    let token = ana.view().await.link;
    for (path, arguments) in [
        ("view", json!({})),
        ("who", json!({ "token": token })),
        ("ask", json!({ "token": token })),
        ("errand", json!({ "errand": "renew_link" })),
        ("call", json!({ "contact": ana.user })),
        ("answer", json!({ "ring": "0".repeat(32), "answer": "accept" })),
        ("line", json!({})),
    ] {
        for browser in [&guest, &server.browser()] {
            let answer = browser.call(&format!("/api/people/{path}"), &arguments).await;
            assert_eq!(answer.refusal(), ErrorCode::Account(AccountRefusal::NotSignedIn), "{path}");
        }
    }
    assert_eq!(ana.view().await.link, token);
}

#[tokio::test]
async fn a_line_needs_our_own_origin_and_a_ticket_that_was_not_used() {
    let server = Server::start().await;
    let ana = Account::new(&server, "Ana").await;
    let ticket = async || {
        let ticket: Ticket = ana.browser.call("/api/people/line", &json!({})).await.json();
        format!("/line?ticket={}", ticket.to_hex())
    };
    let own = format!("http://{}", server.addr);
    let path = ticket().await;
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let refused = ana.browser.try_socket(&path, origin).await.err().expect("a foreign page gets none");
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    ana.browser.try_socket(&path, Some(&own)).await.expect("the ticket is good");
    let late = ticket().await;
    server.world.pass(TICKET_MS);
    let other_kind = path.replace("/line", "/signal");
    for path in [&path, &late, "/line", "/line?ticket=x", &other_kind] {
        let refused = ana.browser.try_socket(path, Some(&own)).await.err().expect("no ticket, no line");
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn whoever_breaks_protocol_on_a_line_is_put_out() {
    let server = Server::start().await;
    let ana = Account::new(&server, "Ana").await;
    for message in [Message::text("garbage"), Message::text("x".repeat(1_000)), Message::binary(vec![1])] {
        let mut line = ana.line().await;
        line.send(message).await;
        assert_eq!(line.closed().await, 1008);
    }
    let mut line = ana.line().await;
    for _ in 0..60 {
        line.send(Message::text("\"here\"")).await;
    }
    assert_eq!(line.closed().await, 1008);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_see_each_other_come_and_go_and_a_reload_is_no_going() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    assert_eq!(ana.view().await.contacts[0].presence, Presence::Offline);
    let mut hers = ana.line().await;
    let first = snapshot(hers.next_line().await).expect("a line begins with a snapshot");
    assert_eq!(first.contacts[0].presence, Presence::Offline);
    let his = bo.line().await;
    hears(&mut hers, bo.user, Presence::Online).await;
    his.close().await;
    let again = bo.line().await;
    assert_eq!(ana.view().await.contacts[0].presence, Presence::Online, "it was a reload");
    again.close().await;
    hears(&mut hers, bo.user, Presence::Offline).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_inside_a_room_is_in_a_call() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let mut hers = ana.line().await;
    let room = bo.browser.create(true).await;
    let guest = crate::guest::Guest::with(&server, bo.browser, (room, "Bo"));
    let present = guest.enter().await;
    hears(&mut hers, bo.user, Presence::InCall).await;
    present.guest.act("leave").await.json::<()>();
    hears(&mut hers, bo.user, Presence::Offline).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_ends_all_there_was_and_tells_nobody() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let mut his = bo.line().await;
    his.next_line().await;
    ana.errand(PeopleErrand::Block(bo.user)).await.json::<()>();
    let seen = his.find_line(snapshot).await;
    assert_eq!((seen.contacts.len(), seen.blocked.len()), (0, 0));
    let mut hers = ana.line().await;
    assert_eq!(names(&hers.find_line(snapshot).await.blocked), ["Bo"]);
    // What is said of her goes to nobody any more: the next thing that he hears is about himself.
    refused(&bo.ask(ana.view().await.link).await, PeopleRefusal::LinkUnknown);
    let call = bo.browser.call("/api/people/call", &json!({ "contact": ana.user })).await;
    refused(&call, PeopleRefusal::NotContact);
    bo.errand(PeopleErrand::RenewLink).await.json::<()>();
    assert!(snapshot(his.next_line().await).is_some(), "no word of her presence came before");
    ana.errand(PeopleErrand::Unblock(bo.user)).await.json::<()>();
    assert_eq!(bo.view().await.contacts.len(), 0, "they are strangers again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_ends_with_the_login_by_which_it_was_opened() {
    let server = Server::start().await;
    let (ana, _) = contacts(&server).await;
    let other = ana.elsewhere(&server).await;
    let (mut here, mut there) = (ana.line().await, line(&other).await);
    let lying: Ticket = other.call("/api/people/line", &json!({})).await.json();
    other.submit("/api/accounts/sign-out", &[]).await.json::<()>();
    there.find_line(|message| (message == LineMessage::Farewell).then_some(())).await;
    let own = format!("http://{}", server.addr);
    let path = format!("/line?ticket={}", lying.to_hex());
    let refused = other.try_socket(&path, Some(&own)).await.err().expect("the ticket is void");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    ana.errand(PeopleErrand::RenewLink).await.json::<()>();
    here.find_line(snapshot).await;
    here.find_line(snapshot).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_is_nobodys_contact() {
    let server = Server::start().await;
    let (ana, bo) = contacts(&server).await;
    let mut hers = ana.line().await;
    hers.next_line().await;
    bo.browser.submit("/api/accounts/delete", &[("password", BEARS)]).await.json::<()>();
    let gone = hers.find_line(|message| snapshot(message).filter(|view| view.contacts.is_empty())).await;
    assert!(gone.missed.is_empty());
}

#[tokio::test]
async fn lines_close_when_the_server_stops_so_that_pages_come_back() {
    let mut server = Server::start().await;
    let ana = Account::new(&server, "Ana").await;
    let mut line = ana.line().await;
    line.next_line().await;
    server.ask_to_stop();
    assert_eq!(line.closed().await, 1012);
    server.stopped().await;
}

#[tokio::test]
async fn asking_without_end_is_stopped() {
    let server = Server::start_in(Arc::new(Folder::new()), Layer::default()).await;
    let (ana, bo) = (Account::new(&server, "Ana").await, Account::new(&server, "Bo").await);
    let link = ana.view().await.link;
    let mut allowed = 0;
    while bo.ask(link).await.status == StatusCode::OK {
        allowed += 1;
    }
    assert_eq!(allowed, 20);
    assert_eq!(bo.ask(link).await.refusal(), ErrorCode::TooManyRequests);
    assert_eq!(ana.view().await.asking.len(), 1);
}

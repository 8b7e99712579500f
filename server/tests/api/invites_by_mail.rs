//! Invites by mail: who may send them, what they say, and whether those who were invited hear of every
//! change. Over real SMTP.

use crate::accounts::{BEARS, sign_up};
use crate::browser::{Answer, Browser};
use crate::guest::Guest;
use crate::harness::Server;
use crate::mails::{ORIGIN, server_with_ana, server_with_mail};
use crate::peer::Peer;
use crate::post::{PostOffice, Received, UNKNOWN};
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{EmailAddress, InviteId, Role, RoomCode, Schedule};
use protocol::{
    AccountRefusal, Barrier, EntryState, EntryView, Errand, ErrorCode, InviteRequest, InviteView,
    JoinOutcome, MailRequest, MailState, MailWay, RoomSettings, Rule,
};
use serde_json::json;

const BO: &str = "bo@example.org";
const HOUR_MS: i64 = 3_600_000;

/// Ana with an account of a confirmed address, and a room of hers.
async fn house() -> (Server, PostOffice, Guest) {
    let (server, office, browser) = server_with_ana().await;
    let room = browser.create(true).await;
    let ana = Guest::with(&server, browser, (room, "Ana"));
    (server, office, ana)
}

fn lesson(starts: &str) -> Errand {
    Errand::Plan(Some(Schedule {
        starts: starts.parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(45).expect("less than a day"),
        repeat: Repeat::Weekly,
        until: None,
    }))
}

fn mail(number: u128, to: &str) -> Errand {
    let to = EmailAddress::parse(to).expect("an address");
    let name = model::DisplayName::parse("Bo Lind").ok();
    let id = InviteId::from_bits(number);
    Errand::Mail { id, mail: MailRequest { to, name, role: Role::Participant } }
}

async fn settings(browser: &Browser, room: RoomCode) -> RoomSettings {
    browser.call("/api/rooms/settings", &json!({ "room": room })).await.json()
}

async fn invite(ana: &Guest, number: u128) -> InviteView {
    let invites = settings(&ana.browser, ana.seat.room).await.invites;
    invites.into_iter().find(|invite| invite.id == InviteId::from_bits(number)).expect("the invite is there")
}

fn refused(answer: &Answer, rule: Rule) {
    assert_eq!(answer.refusal(), ErrorCode::Rule(rule));
}

/// The lines of the calendar part, unfolded.
fn calendar(mail: &Received) -> Vec<String> {
    let from = mail.text.find("BEGIN:VCALENDAR").unwrap_or_else(|| panic!("no calendar in {}", mail.text));
    let to = mail.text.find("END:VCALENDAR").expect("a calendar that begins ends");
    mail.text[from..to].replace("\n ", "").lines().map(str::to_owned).collect()
}

fn says(mail: &Received, lines: &[&str]) {
    let calendar = calendar(mail);
    for line in lines {
        assert!(calendar.iter().any(|said| said == line), "{line} is not in {calendar:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_by_mail_opens_the_room_and_its_guest_hears_of_every_change() {
    let (server, mut office, ana) = house().await;
    let room = ana.seat.room;
    ana.errand(&mail(1, BO)).await.json::<()>();
    let first = office.next().await;
    assert_eq!(first.to, BO);
    for said in ["Subject: Invitation: Planning", "Hello Bo Lind,", "Ana invites you to the video call"] {
        assert!(first.text.contains(said), "{said}: {}", first.text);
    }
    assert!(!first.text.contains("VCALENDAR"), "there is no time yet: {}", first.text);
    let mailed = invite(&ana, 1).await;
    let told = mailed.mailed.expect("the list says so");
    assert_eq!((told.to.as_str(), told.state, mailed.personal), (BO, MailState::Sent, true));

    let link = format!("{ORIGIN}/r/{room}?invite={}", mailed.token);
    assert!(first.text.contains(&link), "{link}: {}", first.text);
    let entry = json!({ "room": room, "invite": mailed.token });
    let entry: EntryView = server.browser().call("/api/rooms/entry", &entry).await.json();
    assert_eq!((entry.state, entry.role), (EntryState::Open, Role::Participant));

    ana.errand(&lesson("2023-11-20T16:00")).await.json::<()>();
    let planned = office.next().await;
    assert!(planned.text.contains("New time: Planning"), "{}", planned.text);
    let when = "When: Monday, 20 November 2023, 16:00 (Europe/Berlin), for 45 minutes, every week";
    assert!(planned.text.contains(when), "{}", planned.text);
    assert!(planned.text.contains("multipart/alternative"), "{}", planned.text);
    assert!(planned.text.contains("method=REQUEST"), "{}", planned.text);
    says(
        &planned,
        &[
            "METHOD:REQUEST",
            "SEQUENCE:1",
            "DTSTART;TZID=Europe/Berlin:20231120T160000",
            "RRULE:FREQ=WEEKLY",
            "ORGANIZER:mailto:anteroom@example.org",
            "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:bo@example.org",
            &format!("URL:{link}"),
        ],
    );

    ana.errand(&lesson("2023-11-21T09:00")).await.json::<()>();
    says(&office.next().await, &["METHOD:REQUEST", "SEQUENCE:2"]);
    ana.errand(&Errand::Plan(None)).await.json::<()>();
    says(&office.next().await, &["METHOD:CANCEL", "SEQUENCE:3", "STATUS:CANCELLED"]);
    ana.errand(&lesson("2023-11-22T09:00")).await.json::<()>();
    says(&office.next().await, &["METHOD:REQUEST", "SEQUENCE:4"]);

    ana.errand(&Errand::Revoke(InviteId::from_bits(1))).await.json::<()>();
    let off = office.next().await;
    assert!(off.text.contains("does not take place as planned"), "{}", off.text);
    says(
        &off,
        &["METHOD:CANCEL", "SEQUENCE:5", "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:bo@example.org"],
    );
    assert_eq!(invite(&ana, 1).await.mailed, None, "the address is forgotten");
    ana.errand(&lesson("2023-11-23T09:00")).await.json::<()>();
    // Whoever comes next gets the next mail, so that nobody else had one before.
    server.world.pass(HOUR_MS);
    ana.errand(&mail(2, "cy@example.org")).await.json::<()>();
    let next = office.next().await;
    assert_eq!(next.to, "cy@example.org");
    says(&next, &["METHOD:REQUEST", "SEQUENCE:6"]);

    ana.errand(&Errand::End).await.json::<()>();
    let off = office.next().await;
    assert_eq!(off.to, "cy@example.org");
    says(&off, &["METHOD:CANCEL", "SEQUENCE:7"]);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_invited_by_somebody_whose_account_is_gone_is_told_which_call_is_off() {
    let (_server, mut office, ana) = house().await;
    ana.errand(&lesson("2023-11-20T16:00")).await.json::<()>();
    ana.errand(&mail(1, BO)).await.json::<()>();
    says(&office.next().await, &["METHOD:REQUEST", "SUMMARY:Planning"]);
    ana.browser.submit("/api/accounts/delete", &[("password", BEARS)]).await.json::<()>();
    let off = office.next().await;
    assert!(off.text.contains("Subject: Cancelled: Planning"), "{}", off.text);
    says(&off, &["METHOD:CANCEL", "SUMMARY:Planning"]);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_mail_server_does_not_take_is_said_plainly() {
    let (_server, mut office, ana) = house().await;
    let to = format!("{UNKNOWN}@example.org");
    refused(&ana.errand(&mail(1, &to)).await, Rule::MailRefused);
    let mailed = invite(&ana, 1).await;
    assert_eq!(mailed.mailed.map(|mailed| mailed.state), Some(MailState::Refused));
    assert!(!mailed.revoked && !mailed.token.is_empty(), "its link can be copied");
    refused(&ana.errand(&Errand::MailAgain(InviteId::from_bits(1))).await, Rule::MailRefused);
    office.assert_empty();
    let page = ana.browser.get(&format!("/r/{}/settings", ana.seat.room)).await;
    assert!(page.text().contains("The mail server did not take the mail to unknown@"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_can_be_mailed_again_but_not_without_end() {
    let (server, mut office, ana) = house().await;
    ana.errand(&mail(1, BO)).await.json::<()>();
    // A repeat, because an answer was lost, sends nothing.
    ana.errand(&mail(1, BO)).await.json::<()>();
    for _ in 0..5 {
        ana.errand(&Errand::MailAgain(InviteId::from_bits(1))).await.json::<()>();
    }
    let too_often = ana.errand(&Errand::MailAgain(InviteId::from_bits(1))).await;
    assert_eq!(too_often.refusal(), ErrorCode::TooManyRequests);
    for _ in 0..6 {
        assert_eq!(office.next().await.to, BO);
    }
    office.assert_empty();
    // Other addresses have limits of their own, and the host has one for all.
    for number in 10..24 {
        ana.errand(&mail(number, &format!("guest{number}@example.org"))).await.json::<()>();
    }
    let too_many = ana.errand(&mail(30, "guest30@example.org")).await;
    assert_eq!(too_many.refusal(), ErrorCode::TooManyRequests);
    server.world.pass(HOUR_MS);
    ana.errand(&mail(30, "guest30@example.org")).await.json::<()>();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_host_with_a_confirmed_address_mails_to_others() {
    let (server, mut office) = server_with_mail().await;
    let browser = server.browser();
    let room = browser.create(true).await;
    let ana = Guest::with(&server, browser, (room, "Ana"));
    assert_eq!(settings(&ana.browser, room).await.mail, MailWay::NeedsAccount);
    refused(&ana.errand(&mail(1, BO)).await, Rule::MailNeedsAccount);
    assert!(settings(&ana.browser, room).await.invites.is_empty(), "no invite is left behind");
    office.assert_empty();

    let without = Server::start().await;
    let browser = without.browser();
    let room = browser.create(true).await;
    let ana = Guest::with(&without, browser, (room, "Ana"));
    assert_eq!(settings(&ana.browser, room).await.mail, MailWay::NoServer);
    let refusal = ana.errand(&mail(1, BO)).await.refusal();
    assert_eq!(refusal, ErrorCode::Account(AccountRefusal::NoMail));
}

/// Somebody with an account of a confirmed address, who may mail to others in rooms of their own.
async fn account(server: &Server, office: &mut PostOffice, email: &str) -> Browser {
    let browser = server.browser();
    sign_up(&browser, email, BEARS).await.json::<()>();
    let token = office.next().await.token("/verify/");
    let fields = [("token", token.as_str()), ("password", BEARS)];
    browser.submit("/api/accounts/confirm", &fields).await.json::<()>();
    browser
}

/// Comes in by an invite.
async fn come_by(guest: &Guest, token: &str) {
    let mut request = guest.request(Peer::new().await.offer());
    request["request"]["invite"] = token.into();
    let joined = guest.browser.call("/api/rooms/join", &request).await;
    assert!(matches!(joined.json(), JoinOutcome::Joined { .. }), "{}", joined.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_but_its_hosts_mails_or_lists_the_invites_of_a_room() {
    let (server, mut office, ana) = house().await;
    let room = ana.seat.room;
    ana.errand(&mail(1, BO)).await.json::<()>();
    assert_eq!(office.next().await.to, BO);
    let token = invite(&ana, 1).await.token;
    let guest = |browser, name| Guest::with(&server, browser, (room, name));
    let eve = guest(account(&server, &mut office, "eve@example.org").await, "Eve");
    let own = eve.browser.create(true).await;
    let bo = guest(account(&server, &mut office, "bo.lind@example.org").await, "Bo");
    come_by(&bo, &token).await;
    let wanda = Guest::new(&server, room, "Wanda");
    assert!(matches!(wanda.ask().await.json(), JoinOutcome::Waiting { .. }));
    let stranger = Guest::new(&server, room, "Stan");

    let (first, none) = (InviteId::from_bits(1), InviteId::from_bits(7));
    for (who, code) in [
        (&eve, ErrorCode::NotHost),
        (&bo, ErrorCode::NotHost),
        (&wanda, ErrorCode::NotHost),
        (&stranger, ErrorCode::NoIdentity),
    ] {
        let tries = [
            mail(1, "eve@example.org"),
            mail(2, "eve@example.org"),
            Errand::MailAgain(first),
            Errand::MailAgain(none),
            Errand::Revoke(first),
        ];
        for errand in tries {
            assert_eq!(who.errand(&errand).await.refusal(), code, "{}: {errand:?}", who.name);
        }
        let listed = who.browser.call("/api/rooms/settings", &json!({ "room": room })).await;
        assert_eq!(listed.refusal(), code, "{}", who.name);
        let page = who.browser.get(&format!("/r/{room}/settings")).await;
        for secret in [BO, "Bo Lind", &token] {
            assert!(!page.text().contains(secret), "{}: {secret} in {}", who.name, page.text());
        }
    }
    // The number of an invite means something in its own room only.
    let again = json!({ "room": own, "errand": Errand::MailAgain(first) });
    let again = eve.browser.call("/api/rooms/errand", &again).await;
    assert_eq!(again.refusal(), ErrorCode::Door(Barrier::InviteUnknown));
    office.assert_empty();
    let same = json!({ "room": own, "errand": mail(1, "cy@example.org") });
    eve.browser.call("/api/rooms/errand", &same).await.json::<()>();
    let theirs = office.next().await;
    assert_eq!(theirs.to, "cy@example.org");
    assert!(!theirs.text.contains(&token) && !theirs.text.contains(&room.to_string()), "{}", theirs.text);
    let kept = invite(&ana, 1).await;
    assert_eq!((kept.token, kept.mailed.map(|mailed| String::from(mailed.to))), (token, Some(BO.to_owned())));
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_co_host_mails_no_invite_that_is_for_the_owners_eyes() {
    let (server, mut office, ana) = house().await;
    for id in [1, 2] {
        let (id, role) = (InviteId::from_bits(id), Role::CoHost);
        let invite = InviteRequest { label: None, role, personal: id.bits() == 1, uses: None, hours: None };
        ana.errand(&Errand::Invite { id, invite }).await.json::<()>();
    }
    let cora = account(&server, &mut office, "cora@example.org").await;
    let cora = Guest::with(&server, cora, (ana.seat.room, "Cora"));
    come_by(&cora, &invite(&ana, 1).await.token).await;
    // She hosts, and may mail invites of her own.
    cora.errand(&mail(3, BO)).await.json::<()>();
    assert_eq!(office.next().await.to, BO);
    let to = EmailAddress::parse("cora@example.org").expect("an address");
    let id = InviteId::from_bits(4);
    let co_host = Errand::Mail { id, mail: MailRequest { to, name: None, role: Role::CoHost } };
    refused(&cora.errand(&co_host).await, Rule::NotOwner);
    // Not even if she knows by which number the owner made it.
    refused(&cora.errand(&mail(2, "cora@example.org")).await, Rule::NotOwner);
    let again = cora.errand(&Errand::MailAgain(InviteId::from_bits(2))).await;
    assert_eq!(again.refusal(), ErrorCode::Door(Barrier::InviteUnknown));
    assert_eq!(invite(&ana, 2).await.mailed, None);
    office.assert_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_a_crash_cut_off_from_its_invite_is_sent_when_it_is_asked_for_again() {
    let (_server, mut office, ana) = house().await;
    // The server died when the invite was made, and before anything of a mail was written.
    let label = model::DisplayName::parse("Bo Lind").ok();
    let made = InviteRequest { label, role: Role::Participant, personal: true, uses: None, hours: None };
    let id = InviteId::from_bits(1);
    ana.errand(&Errand::Invite { id, invite: made }).await.json::<()>();
    ana.errand(&mail(1, BO)).await.json::<()>();
    assert_eq!(office.next().await.to, BO);
    // Asked for once more, it is not sent again.
    ana.errand(&mail(1, BO)).await.json::<()>();
    ana.errand(&mail(2, "cy@example.org")).await.json::<()>();
    assert_eq!(office.next().await.to, "cy@example.org");
    assert_eq!(settings(&ana.browser, ana.seat.room).await.invites.len(), 2);
}

//! Whoever was not let in learns nothing and changes nothing, by whatever way they try.
//!
//! The table asks every server function that there is, so that one which is added later must be added
//! here as well.

use crate::browser::Answer;
use crate::guest::{Guest, Present, change, hosted, let_in};
use crate::harness::Server;
use http::StatusCode;
use model::{InviteId, ParticipantId, Policy, Role, RoomName, UserId};
use protocol::{
    Change, ClientMessage, Deed, EntryView, Errand, ErrorCode, Farewell, HostedRoom, InviteRequest,
    JoinOutcome, MailRequest, ServerMessage, Tweak, Wanted,
};
use serde_json::json;
use std::collections::BTreeSet;

/// Whatever stands in a room that an outsider must never see.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(ana: &Present, bo: &Present) -> Self {
        let words = ["Overheard", "Insider", "the secret plan"].map(str::to_owned);
        let ids = [ana.id.to_string(), bo.id.to_string(), ana.guest.seat.key.to_hex()];
        Self(words.into_iter().chain(ids).collect())
    }

    fn assert_kept(&self, text: &str, place: &str) {
        for secret in &self.0 {
            assert!(!text.contains(secret), "{place} tells {secret}: {text}");
        }
    }
}

/// A room in which there is something to overhear.
struct House {
    server: Server,
    ana: Present,
    bo: Present,
    secrets: Secrets,
}

impl House {
    async fn full() -> Self {
        let server = Server::start().await;
        let ana = hosted(&server).await;
        let bo = let_in(&server, &ana, "Bo Insider").await;
        ana.guest.say(1, "the secret plan").await.json::<()>();
        let secrets = Secrets::of(&ana, &bo);
        Self { server, ana, bo, secrets }
    }

    fn outsider(&self) -> Guest {
        Guest::new(&self.server, self.ana.guest.seat.room, "Eve")
    }

    /// Everything that the table must hold.
    async fn try_everything(&self, eve: &Guest, standing: Standing) {
        let mut tried = BTreeSet::new();
        for (function, expected) in table(standing) {
            for answer in self.call(eve, function).await {
                let place = format!("{function} for {standing:?}");
                self.secrets.assert_kept(answer.text(), &place);
                for (name, value) in &answer.headers {
                    self.secrets
                        .assert_kept(value.to_str().unwrap_or_default(), &format!("{name} of {place}"));
                }
                expected.check(&answer, &place);
            }
            tried.insert(format!("/api/rooms/{function}"));
        }
        let known = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
        let about_rooms = known.filter(|path| path.starts_with("/api/rooms/"));
        assert_eq!(tried, about_rooms.collect(), "the table names every server function");
    }

    /// Calls a function in every way that could matter.
    async fn call(&self, eve: &Guest, function: &str) -> Vec<Answer> {
        let mut answers = Vec::new();
        match function {
            "act" => {
                for participant in [self.ana.id, self.bo.id, ParticipantId::from_bits(7)] {
                    for deed in deeds(participant) {
                        answers.push(eve.deed(deed).await);
                    }
                }
            }
            "errand" => {
                for errand in errands() {
                    answers.push(eve.errand(&errand).await);
                }
            }
            "settings" | "history" => {
                let arguments = json!({ "room": eve.seat.room });
                answers.push(eve.browser.call(&format!("/api/rooms/{function}"), &arguments).await);
            }
            "say" => answers.push(eve.say(9, "let me in").await),
            "join" => answers.push(eve.ask().await),
            "entry" => {
                let arguments = json!({ "room": eve.seat.room });
                answers.push(eve.browser.call("/api/rooms/entry", &arguments).await);
            }
            "hosted" => answers.push(eve.browser.call("/api/rooms/hosted", &json!({})).await),
            "create" => {
                eve.browser.create(true).await;
            }
            _ => answers.push(eve.act(function).await),
        }
        answers
    }

    /// Nobody inside noticed anything but knocks, and the room works.
    async fn assert_undisturbed(&mut self) {
        self.ana.guest.say(2, "still here").await.json::<()>();
        loop {
            match change(self.bo.socket.next().await) {
                Some(Change::Said(message)) if message.text.as_str() == "still here" => return,
                Some(Change::Said(message)) => assert_eq!(message.text.as_str(), "the secret plan"),
                Some(Change::Left { .. } | Change::Knocked(_) | Change::KnockEnded { .. }) => {
                    panic!("a guest heard of it")
                }
                _ => {}
            }
        }
    }
}

/// What somebody outside is to the room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// A browser that was never here.
    Unknown,
    /// A browser that hosts a room of its own.
    Known,
    Waiting,
    Denied,
    Removed,
}

/// What a function must answer.
#[derive(Clone, Copy, Debug)]
enum Expected {
    Refused(ErrorCode),
    /// Done, and nothing said.
    Nothing,
    /// A ticket to one's own place at the door.
    Ticket,
    /// What everybody may know of the room.
    Entry,
    /// A place at the door.
    Door,
    /// Rooms of one's own.
    OwnRooms,
}

impl Expected {
    fn check(self, answer: &Answer, place: &str) {
        match self {
            Self::Refused(code) => assert_eq!(answer.refusal(), code, "{place}"),
            Self::Nothing => assert_eq!((answer.status, answer.text()), (StatusCode::OK, "null"), "{place}"),
            Self::Ticket => assert_eq!(answer.json::<String>().len(), 32, "{place}"),
            Self::Entry => assert_eq!(answer.json::<EntryView>().role, Role::Guest, "{place}"),
            Self::Door => assert!(matches!(answer.json(), JoinOutcome::Waiting { .. }), "{place}"),
            Self::OwnRooms => assert!(answer.json::<Vec<HostedRoom>>().len() <= 1, "{place}"),
        }
    }
}

/// Every server function, in an order that leaves the standing alone for as long as possible.
fn table(standing: Standing) -> [(&'static str, Expected); 11] {
    let no = match standing {
        Standing::Unknown => Expected::Refused(ErrorCode::NoIdentity),
        Standing::Known | Standing::Waiting | Standing::Denied | Standing::Removed => {
            Expected::Refused(ErrorCode::NotPresent)
        }
    };
    let not_theirs = match standing {
        Standing::Unknown => no,
        _ => Expected::Refused(ErrorCode::NotHost),
    };
    [
        ("act", no),
        ("errand", not_theirs),
        ("settings", not_theirs),
        ("history", not_theirs),
        ("say", no),
        ("reconnect", if standing == Standing::Waiting { Expected::Ticket } else { no }),
        ("entry", Expected::Entry),
        ("hosted", Expected::OwnRooms),
        ("leave", if standing == Standing::Unknown { no } else { Expected::Nothing }),
        ("join", Expected::Door),
        ("create", Expected::Nothing),
    ]
}

/// Everything that hosts do during a call.
fn deeds(participant: ParticipantId) -> [Deed; 13] {
    [
        Deed::Admit(participant),
        Deed::AdmitAll,
        Deed::Deny(participant),
        Deed::DenyAll,
        Deed::Remove(participant),
        Deed::Ban(participant),
        Deed::Mute { participant, source: model::Source::Microphone },
        Deed::LetSpeak(participant),
        Deed::Appoint { participant, role: Role::CoHost },
        Deed::TakeBack(participant),
        Deed::HandOver(participant),
        Deed::Tweak(Tweak::Lock(true)),
        Deed::End,
    ]
}

/// Everything that hosts set on the room's page.
fn errands() -> [Errand; 10] {
    let (id, user) = (InviteId::from_bits(1), UserId::from_bits(1));
    let role = Role::CoHost;
    let to = model::EmailAddress::parse("bo@example.org").expect("an address");
    let mail = MailRequest { to, name: None, role };
    let invite = InviteRequest { label: None, role, personal: false, uses: None, hours: None };
    [
        Errand::SetPolicy(Box::new(Policy::plain(false))),
        Errand::Rename(RoomName::parse("Mine").expect("a name")),
        Errand::Plan(None),
        Errand::Invite { id, invite },
        Errand::Mail { id, mail },
        Errand::MailAgain(id),
        Errand::Revoke(id),
        Errand::Appoint { user, role },
        Errand::Pardon(user),
        Errand::End,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_refused_everywhere() {
    let mut house = House::full().await;
    house.try_everything(&house.outsider(), Standing::Unknown).await;
    let known = house.outsider();
    known.browser.create(true).await;
    house.try_everything(&known, Standing::Known).await;
    house.assert_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_of_another_person_opens_nothing() {
    let mut house = House::full().await;
    let mut thief = house.outsider();
    thief.browser.create(true).await;
    thief.seat.key = house.ana.guest.seat.key;
    house.try_everything(&thief, Standing::Known).await;
    house.assert_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_guest_is_refused_everywhere() {
    let mut house = House::full().await;
    let waiting = house.outsider().knock().await;
    house.try_everything(&waiting.guest, Standing::Waiting).await;
    house.assert_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_guest_is_refused_everywhere() {
    let mut house = House::full().await;
    let waiting = house.outsider().knock().await;
    house.ana.guest.deed(Deed::Deny(waiting.id)).await.json::<()>();
    house.try_everything(&waiting.guest, Standing::Denied).await;
    house.assert_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_guest_is_refused_everywhere() {
    let mut house = House::full().await;
    let eve = let_in(&house.server, &house.ana, "Eve").await;
    let left = async |house: &mut House| {
        let gone = |message| matches!(change(message), Some(Change::Left { .. })).then_some(());
        house.bo.socket.find(gone).await;
    };
    house.ana.guest.deed(Deed::Remove(eve.id)).await.json::<()>();
    left(&mut house).await;
    house.try_everything(&eve.guest, Standing::Removed).await;
    house.assert_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_door_nothing_is_heard() {
    let mut house = House::full().await;
    let mut eve = house.outsider().knock().await;
    assert_eq!(eve.socket.next().await, ServerMessage::Waiting { host_present: true, notice: None });
    let wanted = vec![Wanted { participant: house.ana.id, source: model::Source::Camera, height: 720 }];
    for message in [ClientMessage::Resync, ClientMessage::Demand { wanted }] {
        eve.socket.say(&message).await;
    }
    house.assert_undisturbed().await;
    eve.socket.say(&ClientMessage::Ping).await;
    let all = ServerMessage::Waiting { host_present: true, notice: None };
    assert_eq!(eve.socket.next().await, all, "all that they may know");
    assert_eq!(eve.socket.next().await, ServerMessage::Pong, "nothing else came before it");
    house.ana.guest.deed(Deed::End).await.json::<()>();
    assert_eq!(eve.socket.next().await, ServerMessage::Farewell(Farewell::Ended));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_tell_nothing_of_who_is_inside() {
    let house = House::full().await;
    let room = house.ana.guest.seat.room;
    for path in ["/".to_owned(), format!("/r/{room}"), "/api/rooms/hosted".to_owned()] {
        let answer = house.server.browser().get(&path).await;
        house.secrets.assert_kept(answer.text(), &path);
    }
}

//! Golden wire messages: the JSON of every message, pinned, and read back to the same value.
//!
//! A change here is a change of the protocol: old tabs are open while a new server starts.

use expect_test::{Expect, expect};
use model::{
    ChatText, DisplayName, MessageId, Mid, ParticipantId, ParticipantKey, Role, RoomCode, RoomName, Source,
    Ticket, UnixMillis,
};
use protocol::{
    AccountRefusal, Change, ChatMessage, ClientMessage, EntryState, EntryView, ErrorCode, Farewell, HostedRoom, JoinOutcome,
    JoinRequest, LeaveReason, Link, ParticipantView, Publishing, RoomView, Seat, SendLine, ServerMessage,
    SlotView, Snapshot, WaitingGuest, Wanted, wire,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(values: &[T], expected: Expect) {
    let mut lines = String::new();
    for value in values {
        let json = serde_json::to_string(value).expect("messages can be written");
        let read: T = serde_json::from_str(&json).expect("messages can be read");
        assert_eq!(&read, value);
        lines.push_str(&json);
        lines.push('\n');
    }
    expected.assert_eq(&lines);
}

fn code() -> RoomCode {
    "bcd-fghj-kmn".parse().expect("a valid code")
}

fn name() -> DisplayName {
    DisplayName::parse("Bo").expect("a valid name")
}

fn room_name() -> RoomName {
    RoomName::parse("Lesson").expect("a valid name")
}

fn mid(text: &str) -> Mid {
    Mid::parse(text).expect("a valid mid")
}

fn participant() -> ParticipantView {
    ParticipantView {
        id: ParticipantId::from_bits(1),
        name: name(),
        role: Role::Guest,
        link: Link::Connected,
        microphone: true,
        camera: false,
        screen: false,
        joined_at: UnixMillis(1_700_000_000_000),
    }
}

fn chat() -> ChatMessage {
    ChatMessage {
        id: MessageId::from_bits(5),
        from: ParticipantId::from_bits(1),
        name: name(),
        text: ChatText::parse("hello").expect("valid text"),
        at: UnixMillis(7),
    }
}

fn guest() -> WaitingGuest {
    WaitingGuest { id: ParticipantId::from_bits(2), name: name(), since: UnixMillis(9) }
}

fn slot() -> SlotView {
    SlotView { mid: mid("4"), participant: ParticipantId::from_bits(1), source: Source::Camera }
}

fn snapshot() -> Box<Snapshot> {
    Box::new(Snapshot {
        revision: 3,
        room: RoomView { code: code(), name: room_name(), waiting_room: true },
        me: ParticipantId::from_bits(1),
        participants: vec![participant()],
        waiting: vec![guest()],
        chat: vec![chat()],
        slots: vec![slot()],
        now: UnixMillis(11),
    })
}

#[test]
fn browser_to_server() {
    check(
        &[
            ClientMessage::Publish(Publishing { microphone: true, camera: false, screen: true }),
            ClientMessage::Demand {
                wanted: vec![Wanted {
                    participant: ParticipantId::from_bits(1),
                    source: Source::Screen,
                    height: 720,
                }],
            },
            ClientMessage::Resync,
            ClientMessage::Ping,
        ],
        expect![[r#"
            {"publish":{"microphone":true,"camera":false,"screen":true}}
            {"demand":{"wanted":[{"participant":"00000000000000000000000000000001","source":"screen","height":720}]}}
            "resync"
            "ping"
        "#]],
    );
}

#[test]
fn server_to_browser() {
    let change = |change| ServerMessage::Change { revision: 4, change };
    check(
        &[
            ServerMessage::Waiting { host_present: false },
            ServerMessage::Admitted,
            ServerMessage::Snapshot(snapshot()),
            change(Change::Joined(participant())),
            change(Change::Updated(ParticipantView {
                link: Link::Reconnecting,
                role: Role::Host,
                ..participant()
            })),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Left }),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Removed }),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Lost }),
            change(Change::Knocked(guest())),
            change(Change::KnockEnded { participant: ParticipantId::from_bits(2) }),
            change(Change::Said(chat())),
            change(Change::Slots(vec![slot(), SlotView { source: Source::Microphone, ..slot() }])),
            change(Change::Speaking(vec![ParticipantId::from_bits(1)])),
            ServerMessage::Farewell(Farewell::Denied),
            ServerMessage::Farewell(Farewell::Removed),
            ServerMessage::Farewell(Farewell::Ended),
            ServerMessage::Farewell(Farewell::Replaced),
            ServerMessage::Farewell(Farewell::Gone),
            ServerMessage::Pong,
        ],
        expect![[r#"
            {"waiting":{"host_present":false}}
            "admitted"
            {"snapshot":{"revision":3,"room":{"code":"bcd-fghj-kmn","name":"Lesson","waiting_room":true},"me":"00000000000000000000000000000001","participants":[{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"joined_at":1700000000000}],"waiting":[{"id":"00000000000000000000000000000002","name":"Bo","since":9}],"chat":[{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}],"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"}],"now":11}}
            {"change":{"revision":4,"change":{"joined":{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"joined_at":1700000000000}}}}
            {"change":{"revision":4,"change":{"updated":{"id":"00000000000000000000000000000001","name":"Bo","role":"host","link":"reconnecting","microphone":true,"camera":false,"screen":false,"joined_at":1700000000000}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"left"}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"removed"}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"lost"}}}}
            {"change":{"revision":4,"change":{"knocked":{"id":"00000000000000000000000000000002","name":"Bo","since":9}}}}
            {"change":{"revision":4,"change":{"knock_ended":{"participant":"00000000000000000000000000000002"}}}}
            {"change":{"revision":4,"change":{"said":{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}}}}
            {"change":{"revision":4,"change":{"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"},{"mid":"4","participant":"00000000000000000000000000000001","source":"microphone"}]}}}
            {"change":{"revision":4,"change":{"speaking":["00000000000000000000000000000001"]}}}
            {"farewell":"denied"}
            {"farewell":"removed"}
            {"farewell":"ended"}
            {"farewell":"replaced"}
            {"farewell":"gone"}
            "pong"
        "#]],
    );
}

#[test]
fn joining() {
    let seat = Seat { room: code(), key: ParticipantKey::from_bits(6) };
    check(
        &[JoinRequest {
            seat,
            name: name(),
            offer: "v=0\r\n".to_owned(),
            lines: vec![SendLine { mid: mid("0"), source: Source::Microphone }],
            publishing: Publishing::default(),
        }],
        expect![[r#"
            {"seat":{"room":"bcd-fghj-kmn","key":"00000000000000000000000000000006"},"name":"Bo","offer":"v=0\r\n","lines":[{"mid":"0","source":"microphone"}],"publishing":{"microphone":false,"camera":false,"screen":false}}
        "#]],
    );
    let (participant, ticket) = (ParticipantId::from_bits(1), Ticket::from_bits(8));
    let answer = "v=0\r\n".to_owned();
    check(
        &[
            JoinOutcome::Waiting { participant, ticket },
            JoinOutcome::Joined { participant, ticket, answer, snapshot: snapshot() },
        ],
        expect![[r#"
            {"waiting":{"participant":"00000000000000000000000000000001","ticket":"00000000000000000000000000000008"}}
            {"joined":{"participant":"00000000000000000000000000000001","ticket":"00000000000000000000000000000008","answer":"v=0\r\n","snapshot":{"revision":3,"room":{"code":"bcd-fghj-kmn","name":"Lesson","waiting_room":true},"me":"00000000000000000000000000000001","participants":[{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"joined_at":1700000000000}],"waiting":[{"id":"00000000000000000000000000000002","name":"Bo","since":9}],"chat":[{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}],"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"}],"now":11}}}
        "#]],
    );
}

#[test]
fn the_entry_page_and_the_list() {
    let view = |state| EntryView { code: code(), name: room_name(), state, hosting: false };
    check(
        &[
            view(EntryState::Open),
            view(EntryState::Knock { host_present: true }),
            view(EntryState::Full),
            view(EntryState::Ended { at: UnixMillis(5) }),
        ],
        expect![[r#"
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"open","hosting":false}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"knock":{"host_present":true}},"hosting":false}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"full","hosting":false}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"ended":{"at":5}},"hosting":false}
        "#]],
    );
    let room =
        HostedRoom { code: code(), name: room_name(), created_at: UnixMillis(1), present: 2, waiting: 1 };
    check(
        &[room],
        expect![[r#"
        {"code":"bcd-fghj-kmn","name":"Lesson","created_at":1,"present":2,"waiting":1}
    "#]],
    );
}

#[test]
fn error_codes() {
    check(
        &[
            ErrorCode::RoomNotFound,
            ErrorCode::RoomEnded,
            ErrorCode::RoomFull,
            ErrorCode::DoorFull,
            ErrorCode::NotHost,
            ErrorCode::NotPresent,
            ErrorCode::NotWaiting,
            ErrorCode::NoSuchParticipant,
            ErrorCode::NotRemovable,
            ErrorCode::BadRequest,
            ErrorCode::BadOffer,
            ErrorCode::ForeignOrigin,
            ErrorCode::NoIdentity,
            ErrorCode::TooManyRequests,
            ErrorCode::Overloaded,
            ErrorCode::Unreachable,
            ErrorCode::Internal,
        ],
        expect![[r#"
            "room_not_found"
            "room_ended"
            "room_full"
            "door_full"
            "not_host"
            "not_present"
            "not_waiting"
            "no_such_participant"
            "not_removable"
            "bad_request"
            "bad_offer"
            "foreign_origin"
            "no_identity"
            "too_many_requests"
            "overloaded"
            "unreachable"
            "internal"
        "#]],
    );
}

#[test]
fn refusals_about_accounts() {
    check(
        &[
            AccountRefusal::BadEmail,
            AccountRefusal::BadName,
            AccountRefusal::PasswordTooShort,
            AccountRefusal::PasswordTooLong,
            AccountRefusal::PasswordTooCommon,
            AccountRefusal::EmailTaken,
            AccountRefusal::WrongCredentials,
            AccountRefusal::NotSignedIn,
            AccountRefusal::LinkExpired,
            AccountRefusal::NoMail,
            AccountRefusal::NotFresh,
            AccountRefusal::PasskeyRefused,
            AccountRefusal::TooManyPasskeys,
            AccountRefusal::LastWayIn,
            AccountRefusal::ProviderRefused,
            AccountRefusal::IdentityTaken,
        ]
        .map(ErrorCode::Account),
        expect![[r#"
            {"account":"bad_email"}
            {"account":"bad_name"}
            {"account":"password_too_short"}
            {"account":"password_too_long"}
            {"account":"password_too_common"}
            {"account":"email_taken"}
            {"account":"wrong_credentials"}
            {"account":"not_signed_in"}
            {"account":"link_expired"}
            {"account":"no_mail"}
            {"account":"not_fresh"}
            {"account":"passkey_refused"}
            {"account":"too_many_passkeys"}
            {"account":"last_way_in"}
            {"account":"provider_refused"}
            {"account":"identity_taken"}
        "#]],
    );
}

#[test]
fn what_a_browser_may_not_send_is_refused() {
    let wanted = Wanted { participant: ParticipantId::from_bits(1), source: Source::Camera, height: 1 };
    let many = wire::encode_client(&ClientMessage::Demand { wanted: vec![wanted; 65] });
    for (text, violation) in [
        (many.as_str(), wire::Violation::TooMany { limit: 64 }),
        (&"x".repeat(20_000), wire::Violation::TooLong { limit: 16_384 }),
        ("", wire::Violation::Malformed),
        ("{}", wire::Violation::Malformed),
        ("\"pong\"", wire::Violation::Malformed),
        ("{\"publish\":{\"microphone\":1}}", wire::Violation::Malformed),
    ] {
        assert_eq!(wire::parse_client(text), Err(violation), "{}", &text[..text.len().min(40)]);
    }
    let full = wire::encode_client(&ClientMessage::Demand { wanted: vec![wanted; 64] });
    assert!(wire::parse_client(&full).is_ok());
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_message_or_a_violation(text in ".{0,400}") {
        drop(wire::parse_client(&text));
        drop(wire::parse_server(&text));
    }
}

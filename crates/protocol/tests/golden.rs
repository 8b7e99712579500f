//! Golden wire messages: the JSON of every message, pinned, and read back to the same value.
//!
//! A change here is a change of the protocol: old tabs are open while a new server starts.

use expect_test::{Expect, expect};
use model::policy::{Circle, Door, Minutes};
use model::schedule::Repeat;
use model::{
    ChatText, Currency, DisplayName, EmailAddress, InviteId, InviteToken, MessageId, Mid, Money, Notice,
    Occurrence, ParticipantId, ParticipantKey, Passcode, Policy, Rights, Role, RoomCode, RoomName, Schedule,
    SessionId, Source, Ticket, UnixMillis, UserId, WebAddress,
};
use protocol::{
    AccountRefusal, Barrier, BillView, Change, ChatMessage, ClientMessage, Deed, EntryState, EntryView,
    Errand, ErrorCode, ExtensionView, Farewell, HostedRoom, InviteRequest, InviteView, JoinOutcome,
    JoinRequest, LeaveReason, Link, MailRequest, MailState, MailWay, MailedView, MemberView, PaidTime,
    ParticipantView, Place, PriceView, Publishing, RoomRules, RoomSettings, RoomView, Rule, Seat, Selling,
    SendLine, ServerMessage, SlotView, Snapshot, TermsIn, Tweak, WaitingGuest, Wanted, wire,
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

fn address() -> EmailAddress {
    EmailAddress::parse("bo@example.org").expect("an address")
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
        held: false,
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
    SlotView {
        mid: mid("4"),
        participant: ParticipantId::from_bits(1),
        source: Source::Camera,
        paused: false,
        undecodable: false,
    }
}

fn room() -> RoomView {
    let rules = RoomRules::from(&Policy::plain(true));
    RoomView {
        code: code(),
        name: room_name(),
        rules,
        ends_at: Some(UnixMillis(99)),
        paid: None,
        extension: None,
    }
}

fn snapshot() -> Box<Snapshot> {
    Box::new(Snapshot {
        revision: 3,
        room: room(),
        me: ParticipantId::from_bits(1),
        rights: Rights { speak: true, chat: true, ..Rights::default() },
        participants: vec![participant()],
        waiting: vec![guest()],
        chat: vec![chat()],
        slots: vec![slot()],
        layers: 0b011,
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
            ServerMessage::Waiting { host_present: false, notice: None },
            ServerMessage::Waiting { host_present: true, notice: Notice::parse("Two minutes").ok() },
            ServerMessage::Admitted,
            ServerMessage::Snapshot(snapshot()),
            change(Change::Joined(participant())),
            change(Change::Updated(ParticipantView {
                link: Link::Reconnecting,
                role: Role::CoHost,
                ..participant()
            })),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Left }),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Removed }),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::Lost }),
            change(Change::Knocked(guest())),
            change(Change::KnockEnded { participant: ParticipantId::from_bits(2) }),
            change(Change::Left { participant: ParticipantId::from_bits(1), reason: LeaveReason::TimeUp }),
            change(Change::Room(RoomView {
                ends_at: None,
                paid: Some(PaidTime::OnHold),
                extension: Some(ExtensionView { minutes: 15, price: "20.00 EUR".to_owned() }),
                ..room()
            })),
            change(Change::Rights(Rights::default())),
            change(Change::Stopped {
                source: Source::Microphone,
                by: ParticipantId::from_bits(1),
                held: true,
            }),
            change(Change::Said(chat())),
            change(Change::Layers { camera: 0b001 }),
            change(Change::Slots(vec![
                slot(),
                SlotView { source: Source::Screen, paused: true, ..slot() },
                SlotView { undecodable: true, ..slot() },
            ])),
            change(Change::Speaking(vec![ParticipantId::from_bits(1)])),
            ServerMessage::Farewell(Farewell::Denied),
            ServerMessage::Farewell(Farewell::Removed),
            ServerMessage::Farewell(Farewell::Banned),
            ServerMessage::Farewell(Farewell::TimeUp),
            ServerMessage::Farewell(Farewell::Ended),
            ServerMessage::Farewell(Farewell::Replaced),
            ServerMessage::Farewell(Farewell::Gone),
            ServerMessage::Farewell(Farewell::SignedOut),
            ServerMessage::Pong,
        ],
        expect![[r#"
            {"waiting":{"host_present":false,"notice":null}}
            {"waiting":{"host_present":true,"notice":"Two minutes"}}
            "admitted"
            {"snapshot":{"revision":3,"room":{"code":"bcd-fghj-kmn","name":"Lesson","rules":{"door":"knock","locked":false,"hard_mute":false,"speak":"everybody","share":"everybody","chat":"everybody","favour":"continuity"},"ends_at":99},"me":"00000000000000000000000000000001","rights":{"moderate":false,"appoint":false,"speak":true,"show":false,"share":false,"chat":true,"record":false},"participants":[{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"held":false,"joined_at":1700000000000}],"waiting":[{"id":"00000000000000000000000000000002","name":"Bo","since":9}],"chat":[{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}],"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"}],"layers":3,"now":11}}
            {"change":{"revision":4,"change":{"joined":{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"held":false,"joined_at":1700000000000}}}}
            {"change":{"revision":4,"change":{"updated":{"id":"00000000000000000000000000000001","name":"Bo","role":"co_host","link":"reconnecting","microphone":true,"camera":false,"screen":false,"held":false,"joined_at":1700000000000}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"left"}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"removed"}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"lost"}}}}
            {"change":{"revision":4,"change":{"knocked":{"id":"00000000000000000000000000000002","name":"Bo","since":9}}}}
            {"change":{"revision":4,"change":{"knock_ended":{"participant":"00000000000000000000000000000002"}}}}
            {"change":{"revision":4,"change":{"left":{"participant":"00000000000000000000000000000001","reason":"time_up"}}}}
            {"change":{"revision":4,"change":{"room":{"code":"bcd-fghj-kmn","name":"Lesson","rules":{"door":"knock","locked":false,"hard_mute":false,"speak":"everybody","share":"everybody","chat":"everybody","favour":"continuity"},"ends_at":null,"paid":"on_hold","extension":{"minutes":15,"price":"20.00 EUR"}}}}}
            {"change":{"revision":4,"change":{"rights":{"moderate":false,"appoint":false,"speak":false,"show":false,"share":false,"chat":false,"record":false}}}}
            {"change":{"revision":4,"change":{"stopped":{"source":"microphone","by":"00000000000000000000000000000001","held":true}}}}
            {"change":{"revision":4,"change":{"said":{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}}}}
            {"change":{"revision":4,"change":{"layers":{"camera":1}}}}
            {"change":{"revision":4,"change":{"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"},{"mid":"4","participant":"00000000000000000000000000000001","source":"screen","paused":true},{"mid":"4","participant":"00000000000000000000000000000001","source":"camera","undecodable":true}]}}}
            {"change":{"revision":4,"change":{"speaking":["00000000000000000000000000000001"]}}}
            {"farewell":"denied"}
            {"farewell":"removed"}
            {"farewell":"banned"}
            {"farewell":"time_up"}
            {"farewell":"ended"}
            {"farewell":"replaced"}
            {"farewell":"gone"}
            {"farewell":"signed_out"}
            "pong"
        "#]],
    );
}

#[test]
fn joining() {
    let request = JoinRequest {
        seat: Seat { room: code(), key: ParticipantKey::from_bits(6) },
        name: name(),
        invite: None,
        passcode: None,
        offer: "v=0\r\n".to_owned(),
        lines: vec![SendLine { mid: mid("0"), source: Source::Microphone }],
        publishing: Publishing::default(),
    };
    check(
        &[
            request.clone(),
            JoinRequest {
                invite: Some(InviteToken { id: InviteId::from_bits(3), tag: 4 }),
                passcode: Passcode::parse("tulip").ok(),
                ..request
            },
        ],
        expect![[r#"
            {"seat":{"room":"bcd-fghj-kmn","key":"00000000000000000000000000000006"},"name":"Bo","offer":"v=0\r\n","lines":[{"mid":"0","source":"microphone"}],"publishing":{"microphone":false,"camera":false,"screen":false}}
            {"seat":{"room":"bcd-fghj-kmn","key":"00000000000000000000000000000006"},"name":"Bo","invite":"0000000000000000000000000000000300000000000000000000000000000004","passcode":"tulip","offer":"v=0\r\n","lines":[{"mid":"0","source":"microphone"}],"publishing":{"microphone":false,"camera":false,"screen":false}}
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
            {"joined":{"participant":"00000000000000000000000000000001","ticket":"00000000000000000000000000000008","answer":"v=0\r\n","snapshot":{"revision":3,"room":{"code":"bcd-fghj-kmn","name":"Lesson","rules":{"door":"knock","locked":false,"hard_mute":false,"speak":"everybody","share":"everybody","chat":"everybody","favour":"continuity"},"ends_at":99},"me":"00000000000000000000000000000001","rights":{"moderate":false,"appoint":false,"speak":true,"show":false,"share":false,"chat":true,"record":false},"participants":[{"id":"00000000000000000000000000000001","name":"Bo","role":"guest","link":"connected","microphone":true,"camera":false,"screen":false,"held":false,"joined_at":1700000000000}],"waiting":[{"id":"00000000000000000000000000000002","name":"Bo","since":9}],"chat":[{"id":"00000000000000000000000000000005","from":"00000000000000000000000000000001","name":"Bo","text":"hello","at":7}],"slots":[{"mid":"4","participant":"00000000000000000000000000000001","source":"camera"}],"layers":3,"now":11}}}
        "#]],
    );
}

#[test]
fn the_entry_page_and_the_list() {
    let view = |state| EntryView {
        code: code(),
        name: room_name(),
        state,
        place: None,
        role: Role::Guest,
        host: None,
        occurrence: None,
        open_since: None,
        inside: None,
        notice: None,
        invited_as: None,
        after: None,
        price: None,
        now: UnixMillis(4),
    };
    let occurrence = Some(Occurrence { starts: UnixMillis(1), ends: UnixMillis(2) });
    check(
        &[
            EntryView {
                place: Some(Place::Waiting { host_present: true }),
                role: Role::Participant,
                host: Some(name()),
                occurrence,
                open_since: Some(UnixMillis(3)),
                inside: Some(vec![name()]),
                notice: Notice::parse("Two minutes").ok(),
                invited_as: Some(name()),
                after: WebAddress::parse("https://desk.example.org/17").ok(),
                ..view(EntryState::Early { opens_at: UnixMillis(5) })
            },
            EntryView { place: Some(Place::Inside), ..view(EntryState::Passcode) },
            view(EntryState::Barred { barrier: Barrier::Locked }),
            EntryView {
                price: Some(PriceView {
                    sentences: vec!["You pay 50.00 EUR for 50 minutes.".to_owned()],
                    translations: vec![TermsIn {
                        lang: "de".to_owned(),
                        sentences: vec!["Sie zahlen 50.00 EUR für 50 Minuten.".to_owned()],
                    }],
                    due: Some("50.00 EUR".to_owned()),
                    is_kept_ready: true,
                    terms: "07".repeat(32),
                    minutes_left: Some(30),
                    sells_minutes: true,
                    until: Some(UnixMillis(6)),
                    taken_until: Some(UnixMillis(7)),
                    bill: Some(BillView { session: SessionId::from_bits(8), due: "5.00 EUR".to_owned() }),
                    is_test: true,
                }),
                ..view(EntryState::Barred { barrier: Barrier::Unpaid })
            },
            view(EntryState::Open),
            view(EntryState::Knock { host_present: true }),
            view(EntryState::Full),
            view(EntryState::DoorFull),
            view(EntryState::Ended { at: UnixMillis(5), expired: true }),
        ],
        expect![[r#"
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"early":{"opens_at":5}},"place":{"waiting":{"host_present":true}},"role":"participant","host":"Bo","occurrence":{"starts":1,"ends":2},"open_since":3,"inside":["Bo"],"notice":"Two minutes","invited_as":"Bo","after":"https://desk.example.org/17","price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"passcode","place":"inside","role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"barred":{"barrier":"locked"}},"place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"barred":{"barrier":"unpaid"}},"place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":{"sentences":["You pay 50.00 EUR for 50 minutes."],"translations":[{"lang":"de","sentences":["Sie zahlen 50.00 EUR für 50 Minuten."]}],"terms":"0707070707070707070707070707070707070707070707070707070707070707","due":"50.00 EUR","is_kept_ready":true,"minutes_left":30,"sells_minutes":true,"until":6,"taken_until":7,"bill":{"session":"00000000000000000000000000000008","due":"5.00 EUR"},"is_test":true},"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"open","place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"knock":{"host_present":true}},"place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"full","place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":"door_full","place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
            {"code":"bcd-fghj-kmn","name":"Lesson","state":{"ended":{"at":5,"expired":true}},"place":null,"role":"guest","host":null,"occurrence":null,"open_since":null,"inside":null,"notice":null,"invited_as":null,"after":null,"price":null,"now":4}
        "#]],
    );
    let room = HostedRoom {
        code: code(),
        name: room_name(),
        created_at: UnixMillis(1),
        occurrence,
        present: 2,
        waiting: 1,
    };
    check(
        &[room],
        expect![[r#"
            {"code":"bcd-fghj-kmn","name":"Lesson","created_at":1,"occurrence":{"starts":1,"ends":2},"present":2,"waiting":1}
        "#]],
    );
}

#[test]
fn the_rules_of_a_room() {
    check(
        &[
            Tweak::Lock(true),
            Tweak::Door(Door::Members),
            Tweak::HardMute(false),
            Tweak::Speak(Circle::Hosts),
            Tweak::Share(Circle::Participants),
            Tweak::Chat(Circle::Everybody),
        ],
        expect![[r#"
            {"lock":true}
            {"door":"members"}
            {"hard_mute":false}
            {"speak":"hosts"}
            {"share":"participants"}
            {"chat":"everybody"}
        "#]],
    );
    let one = ParticipantId::from_bits(1);
    check(
        &[
            Deed::Admit(one),
            Deed::AdmitAll,
            Deed::Deny(one),
            Deed::DenyAll,
            Deed::Remove(one),
            Deed::Ban(one),
            Deed::Mute { participant: one, source: Source::Microphone },
            Deed::LetSpeak(one),
            Deed::Appoint { participant: one, role: Role::CoHost },
            Deed::TakeBack(one),
            Deed::HandOver(one),
            Deed::Tweak(Tweak::Lock(true)),
            Deed::End,
        ],
        expect![[r#"
            {"admit":"00000000000000000000000000000001"}
            "admit_all"
            {"deny":"00000000000000000000000000000001"}
            "deny_all"
            {"remove":"00000000000000000000000000000001"}
            {"ban":"00000000000000000000000000000001"}
            {"mute":{"participant":"00000000000000000000000000000001","source":"microphone"}}
            {"let_speak":"00000000000000000000000000000001"}
            {"appoint":{"participant":"00000000000000000000000000000001","role":"co_host"}}
            {"take_back":"00000000000000000000000000000001"}
            {"hand_over":"00000000000000000000000000000001"}
            {"tweak":{"lock":true}}
            "end"
        "#]],
    );
    let schedule = Schedule {
        starts: "2026-11-21T16:00".parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(50).expect("less than a day"),
        repeat: Repeat::Weekly,
        until: "2026-12-24".parse().ok(),
    };
    let member =
        MemberView { user: UserId::from_bits(7), name: Some(name()), role: Role::CoHost, mine: false };
    let invite = InviteView {
        id: InviteId::from_bits(3),
        token: "ab".to_owned(),
        label: Some(name()),
        role: Role::Viewer,
        personal: true,
        uses: Some(1),
        used: 0,
        until: Some(UnixMillis(5)),
        made_at: UnixMillis(4),
        revoked: false,
        mailed: Some(MailedView { to: address(), state: MailState::Sent }),
    };
    let policy = Policy {
        passcode: Passcode::parse("tulip").ok(),
        longest: Minutes::new(90).ok(),
        ..Policy::plain(true)
    };
    check(
        &[RoomSettings {
            code: code(),
            name: room_name(),
            role: Role::Owner,
            policy,
            schedule: Some(schedule),
            occurrence: None,
            members: vec![member],
            banned: Vec::new(),
            invites: vec![invite],
            mail: MailWay::NeedsAccount,
            selling: Selling::Test,
            least: vec![Money::new(50, Currency::parse("JPY").expect("a currency"))],
            ended: None,
        }],
        expect![[r#"
            {"code":"bcd-fghj-kmn","name":"Lesson","role":"owner","policy":{"door":"knock","locked":false,"passcode":"tulip","capacity":25,"speak":"everybody","share":"everybody","chat":"everybody","record":"hosts","hard_mute":false,"reconnect":"resume","favour":"continuity","show_inside":false,"early":10,"longest":90,"ending":"run_on","notice":null,"after":null,"offer":null},"schedule":{"starts":"2026-11-21T16:00","zone":"Europe/Berlin","length":50,"repeat":"weekly","until":"2026-12-24"},"occurrence":null,"members":[{"user":"00000000000000000000000000000007","name":"Bo","role":"co_host","mine":false}],"banned":[],"invites":[{"id":"00000000000000000000000000000003","token":"ab","label":"Bo","role":"viewer","personal":true,"uses":1,"used":0,"until":5,"made_at":4,"revoked":false,"mailed":{"to":"bo@example.org","state":"sent"}}],"mail":"needs_account","selling":"test","least":[{"minor":50,"currency":"JPY"}],"ended":null}
        "#]],
    );
    let request = InviteRequest {
        label: None,
        role: Role::Participant,
        personal: true,
        uses: Some(2),
        hours: Some(24),
    };
    check(
        &[
            Errand::Rename(room_name()),
            Errand::Plan(None),
            Errand::Invite { id: InviteId::from_bits(3), invite: request },
            Errand::Mail {
                id: InviteId::from_bits(3),
                mail: MailRequest { to: address(), name: Some(name()), role: Role::Participant },
            },
            Errand::MailAgain(InviteId::from_bits(3)),
            Errand::Revoke(InviteId::from_bits(3)),
            Errand::Appoint { user: UserId::from_bits(7), role: Role::Viewer },
            Errand::Pardon(UserId::from_bits(7)),
            Errand::End,
        ],
        expect![[r#"
            {"rename":"Lesson"}
            {"plan":null}
            {"invite":{"id":"00000000000000000000000000000003","invite":{"label":null,"role":"participant","personal":true,"uses":2,"hours":24}}}
            {"mail":{"id":"00000000000000000000000000000003","mail":{"to":"bo@example.org","name":"Bo","role":"participant"}}}
            {"mail_again":"00000000000000000000000000000003"}
            {"revoke":"00000000000000000000000000000003"}
            {"appoint":{"user":"00000000000000000000000000000007","role":"viewer"}}
            {"pardon":"00000000000000000000000000000007"}
            "end"
        "#]],
    );
    check(
        &[InviteRequest {
            label: None,
            role: Role::Participant,
            personal: false,
            uses: None,
            hours: Some(24),
        }],
        expect![[r#"
            {"label":null,"role":"participant","personal":false,"uses":null,"hours":24}
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
            ErrorCode::Door(Barrier::TooEarly),
            ErrorCode::Door(Barrier::TooLate),
            ErrorCode::Door(Barrier::Locked),
            ErrorCode::Door(Barrier::PasscodeMissing),
            ErrorCode::Door(Barrier::PasscodeWrong),
            ErrorCode::Door(Barrier::MembersOnly),
            ErrorCode::Door(Barrier::Banned),
            ErrorCode::Door(Barrier::InviteUnknown),
            ErrorCode::Door(Barrier::InviteExpired),
            ErrorCode::Door(Barrier::InviteUsedUp),
            ErrorCode::Door(Barrier::InviteRevoked),
            ErrorCode::Door(Barrier::InviteTaken),
            ErrorCode::Door(Barrier::Unpaid),
            ErrorCode::Rule(Rule::NotOwner),
            ErrorCode::Rule(Rule::NotAppointable),
            ErrorCode::Rule(Rule::TooMany),
            ErrorCode::Rule(Rule::UnknownZone),
            ErrorCode::Rule(Rule::PlanOver),
            ErrorCode::Rule(Rule::NotAllowed),
            ErrorCode::Rule(Rule::MailNeedsAccount),
            ErrorCode::Rule(Rule::MailRefused),
            ErrorCode::Rule(Rule::MailFailed),
            ErrorCode::Rule(Rule::NotSold),
            ErrorCode::Rule(Rule::SellerNeedsAccount),
            ErrorCode::Rule(Rule::SellerNotListed),
            ErrorCode::Rule(Rule::SellerNeedsStripe),
            ErrorCode::Rule(Rule::OtherTerms),
            ErrorCode::Rule(Rule::NothingToPay),
            ErrorCode::Rule(Rule::ProcessorAway),
            ErrorCode::Rule(Rule::PaymentRefused),
            ErrorCode::Rule(Rule::TooLittle),
            ErrorCode::Rule(Rule::PlaceTaken),
            ErrorCode::BadRequest,
            ErrorCode::BadOffer,
            ErrorCode::ForeignOrigin,
            ErrorCode::NoIdentity,
            ErrorCode::TooManyRequests,
            ErrorCode::Overloaded,
            ErrorCode::ServerFull,
            ErrorCode::Elsewhere,
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
            {"door":"too_early"}
            {"door":"too_late"}
            {"door":"locked"}
            {"door":"passcode_missing"}
            {"door":"passcode_wrong"}
            {"door":"members_only"}
            {"door":"banned"}
            {"door":"invite_unknown"}
            {"door":"invite_expired"}
            {"door":"invite_used_up"}
            {"door":"invite_revoked"}
            {"door":"invite_taken"}
            {"door":"unpaid"}
            {"rule":"not_owner"}
            {"rule":"not_appointable"}
            {"rule":"too_many"}
            {"rule":"unknown_zone"}
            {"rule":"plan_over"}
            {"rule":"not_allowed"}
            {"rule":"mail_needs_account"}
            {"rule":"mail_refused"}
            {"rule":"mail_failed"}
            {"rule":"not_sold"}
            {"rule":"seller_needs_account"}
            {"rule":"seller_not_listed"}
            {"rule":"seller_needs_stripe"}
            {"rule":"other_terms"}
            {"rule":"nothing_to_pay"}
            {"rule":"processor_away"}
            {"rule":"payment_refused"}
            {"rule":"too_little"}
            {"rule":"place_taken"}
            "bad_request"
            "bad_offer"
            "foreign_origin"
            "no_identity"
            "too_many_requests"
            "overloaded"
            "server_full"
            "elsewhere"
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
            AccountRefusal::ProviderUnreachable,
            AccountRefusal::ProviderCancelled,
            AccountRefusal::ProviderExpired,
            AccountRefusal::IdentityTaken,
            AccountRefusal::LinkFirst,
            AccountRefusal::TooManyIdentities,
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
            {"account":"provider_unreachable"}
            {"account":"provider_cancelled"}
            {"account":"provider_expired"}
            {"account":"identity_taken"}
            {"account":"link_first"}
            {"account":"too_many_identities"}
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

#[test]
fn the_history_of_a_room() {
    let happening = protocol::HappeningView {
        at: UnixMillis(5),
        what: "admitted".to_owned(),
        who: Some("Bo".to_owned()),
        by: Some("Ana".to_owned()),
    };
    let person = protocol::AttendanceView {
        name: "Bo".to_owned(),
        role: Some(Role::Guest),
        visits: 2,
        total_ms: 60_000,
        first: UnixMillis(6),
        last: None,
    };
    check(
        &[protocol::HistoryView {
            code: code(),
            name: room_name(),
            ended: false,
            is_complete: true,
            happenings: vec![happening],
            attendance: vec![person],
        }],
        expect![[r#"
            {"code":"bcd-fghj-kmn","name":"Lesson","ended":false,"is_complete":true,"happenings":[{"at":5,"what":"admitted","who":"Bo","by":"Ana"}],"attendance":[{"name":"Bo","role":"guest","visits":2,"total_ms":60000,"first":6,"last":null}]}
        "#]],
    );
}

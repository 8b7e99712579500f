//! What travels about contacts and direct calls, letter for letter.

use expect_test::{Expect, expect};
use model::{ContactLinkId, ContactToken, DisplayName, RingId, RoomCode, UnixMillis, UserId};
use protocol::{
    CallEnding, CallState, CallView, ContactView, ErrorCode, LineMessage, LineWord, LinkView, MissedView,
    PeopleErrand, PeopleRefusal, PeopleView, PersonView, Presence, Relation, RingAnswer, wire,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(values: &[T], expected: Expect) {
    let mut lines = String::new();
    for value in values {
        let line = serde_json::to_string(value).expect("it is plain");
        assert_eq!(&serde_json::from_str::<T>(&line).expect("it is read back"), value);
        lines.push_str(&line);
        lines.push('\n');
    }
    expected.assert_eq(&lines);
}

fn person(bits: u128, name: &str) -> PersonView {
    PersonView { user: UserId::from_bits(bits), name: DisplayName::parse(name).expect("a name") }
}

fn call(state: CallState) -> CallView {
    CallView { ring: RingId::from_bits(9), with: person(2, "Bo"), incoming: true, state }
}

fn people() -> PeopleView {
    PeopleView {
        link: ContactToken { id: ContactLinkId::from_bits(1), tag: 2 },
        contacts: vec![ContactView { person: person(2, "Bo"), presence: Presence::InCall }],
        asking: vec![person(3, "Cy")],
        asked: vec![person(4, "Dag")],
        blocked: vec![person(5, "Eva")],
        missed: vec![MissedView { ring: RingId::from_bits(8), from: person(2, "Bo"), at: UnixMillis(7) }],
        call: Some(call(CallState::Ringing { until: UnixMillis(6) })),
    }
}

#[test]
fn what_the_server_says_on_a_line() {
    check(
        &[
            LineMessage::Snapshot(Box::new(people())),
            LineMessage::Presence { user: UserId::from_bits(2), presence: Presence::Online },
            LineMessage::Call(None),
            LineMessage::Call(Some(call(CallState::Connected { room: RoomCode::from_bits(7) }))),
            LineMessage::Ended(call(CallState::Ended(CallEnding::Missed))),
            LineMessage::Pulse,
            LineMessage::Farewell,
        ],
        expect![[r#"
            {"snapshot":{"link":"0000000000000000000000000000000100000000000000000000000000000002","contacts":[{"person":{"user":"00000000000000000000000000000002","name":"Bo"},"presence":"in_call"}],"asking":[{"user":"00000000000000000000000000000003","name":"Cy"}],"asked":[{"user":"00000000000000000000000000000004","name":"Dag"}],"blocked":[{"user":"00000000000000000000000000000005","name":"Eva"}],"missed":[{"ring":"00000000000000000000000000000008","from":{"user":"00000000000000000000000000000002","name":"Bo"},"at":7}],"call":{"ring":"00000000000000000000000000000009","with":{"user":"00000000000000000000000000000002","name":"Bo"},"incoming":true,"state":{"ringing":{"until":6}}}}}
            {"presence":{"user":"00000000000000000000000000000002","presence":"online"}}
            {"call":null}
            {"call":{"ring":"00000000000000000000000000000009","with":{"user":"00000000000000000000000000000002","name":"Bo"},"incoming":true,"state":{"connected":{"room":"haa-aaaa-aaa"}}}}
            {"ended":{"ring":"00000000000000000000000000000009","with":{"user":"00000000000000000000000000000002","name":"Bo"},"incoming":true,"state":{"ended":"missed"}}}
            "pulse"
            "farewell"
        "#]],
    );
}

#[test]
fn what_a_browser_says_and_asks() {
    check(
        &[LineWord::Here],
        expect![[r#"
        "here"
    "#]],
    );
    let who = UserId::from_bits(2);
    check(
        &[
            PeopleErrand::Accept(who),
            PeopleErrand::Decline(who),
            PeopleErrand::Withdraw(who),
            PeopleErrand::Remove(who),
            PeopleErrand::Block(who),
            PeopleErrand::Unblock(who),
            PeopleErrand::RenewLink,
            PeopleErrand::ForgetMissed,
        ],
        expect![[r#"
            {"accept":"00000000000000000000000000000002"}
            {"decline":"00000000000000000000000000000002"}
            {"withdraw":"00000000000000000000000000000002"}
            {"remove":"00000000000000000000000000000002"}
            {"block":"00000000000000000000000000000002"}
            {"unblock":"00000000000000000000000000000002"}
            "renew_link"
            "forget_missed"
        "#]],
    );
    check(
        &[RingAnswer::Accept, RingAnswer::Decline, RingAnswer::Cancel],
        expect![[r#"
        "accept"
        "decline"
        "cancel"
    "#]],
    );
}

#[test]
fn how_calls_end_and_what_people_are_to_each_other() {
    check(
        &[
            CallEnding::Over,
            CallEnding::Declined,
            CallEnding::Cancelled,
            CallEnding::Missed,
            CallEnding::Busy,
        ],
        expect![[r#"
            "over"
            "declined"
            "cancelled"
            "missed"
            "busy"
        "#]],
    );
    let relations = [
        Relation::Stranger,
        Relation::Asked,
        Relation::AsksMe,
        Relation::Contact,
        Relation::Blocked,
        Relation::Myself,
    ];
    check(
        &relations.map(|relation| LinkView { name: DisplayName::parse("Bo").expect("a name"), relation }),
        expect![[r#"
            {"name":"Bo","relation":"stranger"}
            {"name":"Bo","relation":"asked"}
            {"name":"Bo","relation":"asks_me"}
            {"name":"Bo","relation":"contact"}
            {"name":"Bo","relation":"blocked"}
            {"name":"Bo","relation":"myself"}
        "#]],
    );
    check(
        &[Presence::Online, Presence::InCall, Presence::Offline],
        expect![[r#"
        "online"
        "in_call"
        "offline"
    "#]],
    );
}

#[test]
fn refusals_about_people() {
    check(
        &[
            PeopleRefusal::LinkUnknown,
            PeopleRefusal::Yourself,
            PeopleRefusal::Blocked,
            PeopleRefusal::TooManyContacts,
            PeopleRefusal::TooManyRequests,
            PeopleRefusal::NotAsking,
            PeopleRefusal::NotContact,
            PeopleRefusal::CallOver,
            PeopleRefusal::InCall,
            PeopleRefusal::TooManyBlocked,
        ]
        .map(ErrorCode::People),
        expect![[r#"
            {"people":"link_unknown"}
            {"people":"yourself"}
            {"people":"blocked"}
            {"people":"too_many_contacts"}
            {"people":"too_many_requests"}
            {"people":"not_asking"}
            {"people":"not_contact"}
            {"people":"call_over"}
            {"people":"in_call"}
            {"people":"too_many_blocked"}
        "#]],
    );
}

#[test]
fn what_does_not_belong_on_a_line_is_refused() {
    for text in ["", "{}", "\"pulse\"", "{\"here\":1}", "\"ping\""] {
        assert_eq!(wire::parse_word(text), Err(wire::Violation::Malformed), "{text}");
    }
    assert_eq!(wire::parse_word(&"x".repeat(65)), Err(wire::Violation::TooLong { limit: 64 }));
    assert_eq!(wire::parse_word(&wire::encode_word(LineWord::Here)), Ok(LineWord::Here));
    let message = LineMessage::Snapshot(Box::new(people()));
    assert_eq!(wire::parse_line(&wire::encode_line(&message)), Ok(message));
}

/// The longest lists that an account can have fit into one message.
#[test]
fn a_full_account_fits_on_the_line() {
    let name = "é".repeat(60);
    let many = |count: u128| (0..count).map(|bits| person(bits, &name)).collect::<Vec<_>>();
    let contacts = many(200).into_iter().map(|person| ContactView { person, presence: Presence::Offline });
    let full = PeopleView {
        contacts: contacts.collect(),
        asking: many(50),
        asked: many(50),
        blocked: many(500),
        missed: vec![people().missed.remove(0); 50],
        ..people()
    };
    let text = wire::encode_line(&LineMessage::Snapshot(Box::new(full)));
    assert!(wire::parse_line(&text).is_ok(), "{} bytes", text.len());
}

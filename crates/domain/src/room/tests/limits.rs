//! What happens where there is as much of something as there may be, and who cannot be shut out by it.

use super::*;
use crate::limits::{ROOM_INVITES, ROOM_MEMBERS};

fn bits(number: usize) -> u128 {
    1_000 + number as u128
}

/// Somebody whom no script names, each at a browser of their own.
fn stranger(number: usize, key: Key) -> Command {
    let visitor = Visitor {
        user: UserId::from_bits(bits(number)),
        device: DeviceId::from_bits(bits(number)),
        name: DisplayName::parse("Somebody").expect("it is short"),
    };
    Command::Join { participant: ParticipantId::from_bits(bits(number)), visitor, key }
}

fn by(invite: &str) -> Key {
    Key { invite: Some(invite_id(invite)), ..Key::default() }
}

#[test]
fn whoever_comes_with_one_seat_too_many_gives_up_the_oldest() {
    check(
        true,
        "join ana
         join bo
         wait 1
         join bo/2
         admit bo by ana
         join bo
         join bo/3
         join bo/4
         join bo/5
         join bo/2
         join bo/6",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> knocked bo
            wait 1           -> nothing
            join bo/2        -> knocked bo/2
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            join bo/3        -> knocked bo/3
            join bo/4        -> knocked bo/4
            join bo/5        -> withdrew bo/2 (Left), knocked bo/5
            join bo/2        -> withdrew bo/3 (Left), knocked bo/2
            join bo/6        -> withdrew bo/2 (Left), knocked bo/6
        "#]],
    );
}

#[test]
fn strangers_who_fill_an_open_room_leave_the_owner_a_place() {
    let mut stage = Stage::new(false);
    for number in 1..ROOM_PEOPLE {
        assert!(stage.carry_out(&stranger(number, Key::default())).is_ok(), "{number}");
    }
    let one_more = stranger(ROOM_PEOPLE, Key::default());
    assert_eq!(stage.carry_out(&one_more).err(), Some(Refusal::Full));
    stage.play("invite host co_host by ana");
    assert_eq!(stage.carry_out(&stranger(ROOM_PEOPLE, by("host"))).err(), Some(Refusal::Full));
    assert_eq!(stage.play("join ana"), "entered ana (Owner)");
    assert_eq!(stage.room.seated_count(), ROOM_PEOPLE);
}

#[test]
fn a_co_host_who_is_put_out_rules_no_more() {
    check(
        false,
        "join ana
         join bo
         join cy
         appoint bo co_host by ana
         appoint cy co_host by ana
         ban bo by ana
         pardon bo by bo
         end by bo
         policy open by bo
         appoint bo co_host by ana
         remove cy by ana
         end by cy
         join cy
         admit cy by ana
         join cy
         pardon bo by ana
         join bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            join cy          -> entered cy (Guest)
            appoint bo co_host by ana -> appointed bo (CoHost)
            appoint cy co_host by ana -> appointed cy (CoHost)
            ban bo by ana    -> appointed bo (Guest), banned bo at bo, removed bo
            pardon bo by bo  -> refused: only a host may do this
            end by bo        -> refused: only a host may do this
            policy open by bo -> refused: only a host may do this
            appoint bo co_host by ana -> refused: this role cannot be given
            remove cy by ana -> appointed cy (Participant), barred cy, removed cy
            end by cy        -> refused: only a host may do this
            join cy          -> knocked cy
            admit cy by ana  -> admitted cy
            join cy          -> entered cy (Participant)
            pardon bo by ana -> pardoned bo
            join bo          -> entered bo (Guest)
        "#]],
    );
}

#[test]
fn a_room_that_knows_as_many_as_it_may_forgets_one_who_came_by_a_link_that_others_have() {
    let mut stage = Stage::new(true);
    stage.play("invite all participant by ana");
    stage.play("invite own participant personal by ana");
    stage.carry_out(&stranger(0, by("own"))).expect("they are invited");
    stage.play("appoint bo viewer by ana");
    stage.play("appoint cy participant by ana");
    stage.play("invite over participant uses=1 by ana");
    stage.play("join dee invite over");
    stage.play("leave dee");
    let come_and_go = |stage: &mut Stage, number: usize| {
        let come = stage.carry_out(&stranger(number, by("all")));
        stage.carry_out(&Command::Leave { participant: ParticipantId::from_bits(bits(number)) })?;
        come
    };
    for number in 1..ROOM_MEMBERS - 3 {
        come_and_go(&mut stage, number).expect("they are invited");
    }
    assert_eq!(stage.room.members.len(), ROOM_MEMBERS);
    let events = come_and_go(&mut stage, ROOM_MEMBERS).expect("they are invited, too");
    assert!(events.iter().any(|event| matches!(event, Event::InviteUsed { instead_of: Some(_), .. })));
    assert_eq!(stage.room.members.len(), ROOM_MEMBERS);
    let known = [UserId::from_bits(bits(0)), UserId::from_bits(bits(ROOM_MEMBERS))];
    for kept in known.into_iter().chain(["bo", "cy", "dee"].map(user)) {
        assert!(stage.room.members.contains_key(&kept), "whoever would not become so again stays");
    }
    // Once the link is taken back, nobody is forgotten for anybody.
    stage.play("revoke all by ana");
    stage.play("invite more participant by ana");
    let refused = stage.carry_out(&stranger(ROOM_MEMBERS + 1, by("more"))).err();
    assert_eq!(refused, Some(Refusal::Full));
}

#[test]
fn the_invites_of_a_room_do_not_run_out_as_long_as_some_are_spent() {
    let mut stage = Stage::new(true);
    let invite = |stage: &mut Stage, number: usize, until: Option<i64>| {
        let invite = Invite { until: until.map(UnixMillis), ..plain_invite(Role::Participant) };
        let id = InviteId::from_bits(bits(number));
        stage.now = stage.now.plus(1);
        stage.carry_out(&Command::Invite { by: user("ana"), id, invite })
    };
    stage.play("invite own participant personal by ana");
    stage.play("join bo invite own");
    invite(&mut stage, 1, Some(9_000)).expect("there is room");
    invite(&mut stage, 2, None).expect("there is room");
    stage
        .carry_out(&Command::Revoke { by: user("ana"), id: InviteId::from_bits(bits(2)) })
        .expect("it is hers");
    for number in 3..ROOM_INVITES {
        invite(&mut stage, number, None).expect("there is room");
    }
    assert_eq!(stage.room.invites.len(), ROOM_INVITES);
    stage.now = UnixMillis(10_000);
    // What was taken back or has run out, the oldest first; then no more.
    for (number, gone) in [(500, bits(1)), (501, bits(2))] {
        invite(&mut stage, number, None).expect("one is spent");
        assert!(!stage.room.invites.contains_key(&InviteId::from_bits(gone)), "{number}");
        assert_eq!(stage.room.invites.len(), ROOM_INVITES);
    }
    assert_eq!(invite(&mut stage, 503, None).err(), Some(Refusal::TooMany));
    // A host who needs more takes back what nobody needs.
    assert_eq!(stage.play("revoke own by ana"), "invite own revoked");
    invite(&mut stage, 503, None).expect("one was taken back");
    assert_eq!(stage.play("leave bo"), "left bo (Left), emptied");
    assert_eq!(stage.play("join bo"), "opened, entered bo (Participant)", "they need it no more");
}

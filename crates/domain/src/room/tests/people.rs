//! Coming, waiting, being let in, dropping and going, in a room as one click makes it.

use super::*;
use crate::limits::GRACE_LOST_MS;

fn door(stage: &Stage) -> Result<(Admission, Role), Refusal> {
    admission(&stage.room, None, &Key::default(), stage.now)
}

#[test]
fn a_guest_waits_until_a_host_admits_them() {
    check(
        true,
        "join ana
         return ana
         join bo
         return bo
         admit bo by bo
         admit bo by cy
         admit bo by ana
         admit bo by ana
         join bo
         return bo
         admit bo by bo
         leave bo
         leave bo
         leave ana",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            admit bo by bo   -> refused: only somebody inside may do this
            admit bo by cy   -> refused: only somebody inside may do this
            admit bo by ana  -> admitted bo
            admit bo by ana  -> nothing
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            admit bo by bo   -> refused: only a host may do this
            leave bo         -> left bo (Left)
            leave bo         -> nothing
            leave ana        -> left ana (Left), emptied
        "#]],
    );
}

#[test]
fn the_door_holds_while_no_host_is_there() {
    check(
        true,
        "join bo
         return bo
         join ana
         join bo
         leave ana
         join bo
         leave bo",
        expect![[r#"
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            join ana         -> opened, entered ana (Owner)
            join bo          -> nothing
            leave ana        -> left ana (Left), emptied
            join bo          -> nothing
            leave bo         -> withdrew bo (Left)
        "#]],
    );
}

#[test]
fn a_denied_guest_may_knock_again() {
    check(
        true,
        "join ana
         join bo
         deny bo by ana
         deny bo by ana
         join bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> knocked bo
            deny bo by ana   -> denied bo
            deny bo by ana   -> refused: nobody by that id is waiting
            join bo          -> knocked bo
        "#]],
    );
}

#[test]
fn a_removed_user_waits_even_where_others_walk_in() {
    check(
        false,
        "join ana
         join bo
         join bo/2
         remove cy by ana
         remove ana by ana
         remove bo by bo/2
         remove bo by ana
         join bo
         join bo/2
         join cy
         remove bo by ana
         admit bo by ana
         join bo
         leave bo
         join bo
         join bo/3",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            join bo/2        -> entered bo/2 (Guest)
            remove cy by ana -> refused: nobody by that id is inside
            remove ana by ana -> refused: this cannot be done to a host
            remove bo by bo/2 -> refused: only a host may do this
            remove bo by ana -> barred bo, removed bo, removed bo/2
            join bo          -> knocked bo
            join bo/2        -> knocked bo/2
            join cy          -> entered cy (Guest)
            remove bo by ana -> refused: nobody by that id is inside
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            leave bo         -> left bo (Left)
            join bo          -> entered bo (Guest)
            join bo/3        -> entered bo/3 (Guest)
        "#]],
    );
}

#[test]
fn removing_somebody_takes_back_what_their_other_tabs_were_promised() {
    check(
        true,
        "join ana
         join bo
         join bo/2
         admit-all by ana
         join bo
         remove bo by ana
         join bo/2",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> knocked bo
            join bo/2        -> knocked bo/2
            admit-all by ana -> admitted bo, admitted bo/2
            join bo          -> entered bo (Guest)
            remove bo by ana -> barred bo, removed bo, revoked bo/2
            join bo/2        -> knocked bo/2
        "#]],
    );
}

#[test]
fn a_host_sends_everybody_away_who_waits_and_nobody_else() {
    check(
        true,
        "join ana
         deny-all by ana
         join bo
         join cy
         join dee
         join eve
         admit dee by ana
         join dee
         admit eve by ana
         deny-all by bo
         deny-all by dee
         deny-all by ana
         deny-all by ana
         join eve
         join bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            deny-all by ana  -> nothing
            join bo          -> knocked bo
            join cy          -> knocked cy
            join dee         -> knocked dee
            join eve         -> knocked eve
            admit dee by ana -> admitted dee
            join dee         -> entered dee (Guest)
            admit eve by ana -> admitted eve
            deny-all by bo   -> refused: only somebody inside may do this
            deny-all by dee  -> refused: only a host may do this
            deny-all by ana  -> denied bo, denied cy
            deny-all by ana  -> nothing
            join eve         -> entered eve (Guest)
            join bo          -> knocked bo
        "#]],
    );
}

#[test]
fn a_dropped_person_returns_within_the_grace_time() {
    check(
        false,
        "join ana
         return ana
         lose ana
         wait 40
         lose ana
         return ana
         close ana
         wait 5
         join ana
         wait 19
         return ana
         wait 100000",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            lose ana         -> dropped ana (kept until 45)
            wait 40          -> nothing
            lose ana         -> nothing
            return ana       -> returned ana (connected)
            close ana        -> dropped ana (kept until 46)
            wait 5           -> nothing
            join ana         -> returned ana (expected until 65)
            wait 19          -> nothing
            return ana       -> linked ana (connected)
            wait 100000      -> nothing
        "#]],
    );
}

#[test]
fn whoever_does_not_return_is_gone() {
    check(
        false,
        "join ana
         return ana
         join bo
         wait 19
         wait 1
         join bo
         return bo
         close bo
         lose ana
         wait 6
         wait 38
         wait 1
         return ana",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> entered bo (Guest)
            wait 19          -> nothing
            wait 1           -> left bo (Lost)
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            close bo         -> dropped bo (kept until 26)
            lose ana         -> dropped ana (kept until 65)
            wait 6           -> left bo (Lost)
            wait 38          -> nothing
            wait 1           -> left ana (Lost), emptied
            return ana       -> nothing
        "#]],
    );
}

#[test]
fn the_door_forgets_who_goes_away_and_who_does_not_come() {
    check(
        true,
        "join ana
         return ana
         join bo
         join cy
         return cy
         lose cy
         wait 5
         join cy
         return cy
         close cy
         wait 6
         wait 9
         join dee
         return dee
         admit dee by ana
         lose dee
         wait 59
         wait 1",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            join cy          -> knocked cy
            return cy        -> linked cy (connected)
            lose cy          -> dropped cy (kept until 6)
            wait 5           -> nothing
            join cy          -> returned cy (expected until 25)
            return cy        -> linked cy (connected)
            close cy         -> dropped cy (kept until 11)
            wait 6           -> withdrew cy (Lost)
            wait 9           -> withdrew bo (Lost)
            join dee         -> knocked dee
            return dee       -> linked dee (connected)
            admit dee by ana -> admitted dee
            lose dee         -> nothing
            wait 59          -> nothing
            wait 1           -> lapsed dee
        "#]],
    );
}

#[test]
fn an_ended_room_stays_ended() {
    check(
        true,
        "join ana
         join bo
         end by bo
         end by ana
         end by ana
         join ana
         leave bo
         wait 60",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> knocked bo
            end by bo        -> refused: only a host may do this
            end by ana       -> ended (host)
            end by ana       -> refused: the room has ended
            join ana         -> refused: the room has ended
            leave bo         -> refused: the room has ended
            wait 60          -> refused: the room has ended
        "#]],
    );
}

#[test]
fn a_host_who_dropped_does_not_answer_knocks() {
    let mut stage = Stage::new(true);
    for (line, there) in [
        ("join bo", false),
        ("join ana", true),
        ("return ana", true),
        ("lose ana", false),
        ("join ana", true),
    ] {
        stage.play(line);
        assert_eq!(stage.room.host_is_present(), there, "{line}");
    }
}

#[test]
fn a_room_holds_so_many_people_and_no_more() {
    let mut stage = Stage::new(false);
    stage.play("join ana");
    for number in 1..ROOM_PEOPLE {
        assert!(stage.carry_out(&join(&format!("p{number}"))).is_ok());
    }
    assert_eq!(stage.carry_out(&join("late")), Err(Refusal::Full));
    assert_eq!(door(&stage), Err(Refusal::Full));
    stage.play("leave p7");
    assert_eq!(door(&stage), Ok((Admission::WalkIn, Role::Guest)));
    assert_eq!(stage.play("join late"), "entered late (Guest)");
}

#[test]
fn a_door_holds_so_many_people_and_admits_as_many_as_fit() {
    let mut stage = Stage::new(true);
    stage.play("join ana");
    for number in 0..ROOM_WAITING {
        assert!(stage.carry_out(&join(&format!("p{number:02}"))).is_ok());
        stage.now = stage.now.plus(1);
    }
    assert_eq!(stage.carry_out(&join("late")), Err(Refusal::DoorFull));
    assert_eq!(stage.carry_out(&Command::AdmitAll { by: id("ana") }).map(|events| events.len()), Ok(24));
    assert!(matches!(stage.room.people[&id("p23")].standing, Standing::Admitted { .. }));
    assert!(stage.room.people[&id("p24")].standing.is_waiting());
    assert_eq!(stage.play("admit-all by ana"), "refused: the room holds no more people");
    assert_eq!(stage.play("admit p24 by ana"), "refused: the room holds no more people");
    assert_eq!(stage.play("leave p00"), "lapsed p00");
    assert_eq!(stage.play("admit p24 by ana"), "admitted p24");
}

#[test]
fn the_name_under_which_somebody_was_let_in_stays() {
    let mut stage = Stage::new(true);
    stage.play("join ana");
    stage.play("join bo");
    stage.play("admit bo by ana");
    let name = DisplayName::parse("Ana, your host").expect("the name is short");
    let Command::Join { participant, visitor, key } = join("bo") else { unreachable!("a join is a join") };
    let again = Command::Join { participant, visitor: Visitor { name, ..visitor }, key };
    assert!(stage.carry_out(&again).is_ok());
    assert_eq!(stage.room.people[&id("bo")].name.as_str(), "bo");
}

#[test]
fn after_a_restart_everybody_has_time_to_come_back() {
    let mut stage = Stage::new(true);
    for line in ["join ana", "return ana", "join bo", "join cy", "admit cy by ana"] {
        stage.play(line);
    }
    stage.restart(10_000);
    assert_eq!(stage.room.next_deadline(), Some(stage.now.plus(GRACE_LOST_MS)));
    assert_eq!(stage.play("wait 44"), "nothing");
    assert_eq!(stage.play("return ana"), "returned ana (connected)");
    assert_eq!(stage.play("join cy"), "entered cy (Guest)");
    assert_eq!(stage.play("wait 1"), "withdrew bo (Lost)");
}

#[test]
fn whoever_is_signed_out_has_neither_seat_nor_place_nor_promise() {
    check(
        true,
        "join ana
         join ana/2@pad
         join bo
         join bo/2@pad
         join bo/3@web
         admit bo by ana
         admit bo/2 by ana
         join bo
         sign-out bo@pad here
         sign-out bo@web elsewhere
         sign-out bo@web elsewhere
         sign-out bo
         sign-out ana@pad elsewhere
         sign-out ana
         sign-out ana",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join ana/2@pad   -> entered ana/2 (Owner)
            join bo          -> knocked bo
            join bo/2@pad    -> knocked bo/2
            join bo/3@web    -> knocked bo/3
            admit bo by ana  -> admitted bo
            admit bo/2 by ana -> admitted bo/2
            join bo          -> entered bo (Guest)
            sign-out bo@pad here -> withdrew bo/2 (SignedOut)
            sign-out bo@web elsewhere -> left bo (SignedOut)
            sign-out bo@web elsewhere -> nothing
            sign-out bo      -> withdrew bo/3 (SignedOut)
            sign-out ana@pad elsewhere -> left ana (SignedOut)
            sign-out ana     -> left ana/2 (SignedOut), emptied
            sign-out ana     -> nothing
        "#]],
    );
}

#[test]
fn whoever_has_paid_is_sent_away_by_name_alone() {
    let mut stage = Stage::new(true);
    stage.room.paid.insert(user("bo"));
    for line in ["join ana", "return ana", "join bo", "join cy"] {
        stage.play(line);
    }
    assert_eq!(stage.play("deny-all by ana"), "denied cy");
    assert_eq!(stage.play("deny bo by ana"), "denied bo");
}

//! Transcripts of whole lives of a room, and a model test over any order of commands.
//!
//! A script is lines such as `join bo`, `admit bo by ana`, `drop bo lost`, `wait 6`, `end by ana`. Names
//! are participants; `bo/2` is the second tab of the user `bo`. `ana` made the room. `wait` lets so many
//! seconds pass and then sweeps.

use super::*;
use crate::limits::ROOM_PEOPLE;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn check(waiting_room: bool, script: &str, expected: Expect) {
    let mut stage = Stage::new(waiting_room);
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: String = lines.map(|line| format!("{line:<16} -> {}\n", stage.play(line))).collect();
    expected.assert_eq(&told);
}

struct Stage {
    room: Room,
    now: UnixMillis,
}

impl Stage {
    fn new(waiting_room: bool) -> Self {
        Self { room: empty_room(waiting_room), now: UnixMillis(0) }
    }

    fn play(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let command = match words[..] {
            ["wait", seconds] => {
                let seconds: i64 = seconds.parse().expect("a script waits for whole seconds");
                self.now = self.now.plus(seconds * 1_000);
                Command::Sweep
            }
            ["join", who] => join(who),
            ["admit", who, "by", by] => Command::Admit { by: id(by), participant: id(who) },
            ["admit-all", "by", by] => Command::AdmitAll { by: id(by) },
            ["deny", who, "by", by] => Command::Deny { by: id(by), participant: id(who) },
            ["remove", who, "by", by] => Command::Remove { by: id(by), participant: id(who) },
            ["leave", who] => Command::Leave { participant: id(who) },
            ["close", who] => Command::Drop { participant: id(who), closing: Closing::Clean },
            ["lose", who] => Command::Drop { participant: id(who), closing: Closing::Lost },
            ["return", who] => Command::Return { participant: id(who) },
            ["end", "by", by] => Command::End { by: id(by) },
            _ => panic!("a script cannot say {line:?}"),
        };
        match self.carry_out(&command) {
            Ok(events) if events.is_empty() => "nothing".to_owned(),
            Ok(events) => events.iter().map(told).collect::<Vec<_>>().join(", "),
            Err(refusal) => format!("refused: {refusal}"),
        }
    }

    fn carry_out(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = decide(&self.room, command, self.now)?;
        for event in &events {
            self.room.apply(event);
        }
        assert_sound(&self.room);
        Ok(events)
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Opened { .. } => "opened".to_owned(),
        Event::Emptied => "emptied".to_owned(),
        Event::Knocked { participant, .. } => format!("knocked {}", name(*participant)),
        Event::Admitted { participant, .. } => format!("admitted {}", name(*participant)),
        Event::Denied { participant, .. } => format!("denied {}", name(*participant)),
        Event::Withdrew { participant, reason } => format!("withdrew {} ({reason:?})", name(*participant)),
        Event::Lapsed { participant } => format!("lapsed {}", name(*participant)),
        Event::Revoked { participant, .. } => format!("revoked {}", name(*participant)),
        Event::Entered { participant, role, .. } => format!("entered {} ({role:?})", name(*participant)),
        Event::Linked { participant, link } => format!("linked {} ({})", name(*participant), line(*link)),
        Event::Dropped { participant, link } => format!("dropped {} ({})", name(*participant), line(*link)),
        Event::Returned { participant, link } => format!("returned {} ({})", name(*participant), line(*link)),
        Event::Left { participant, reason } => format!("left {} ({reason:?})", name(*participant)),
        Event::Removed { participant, .. } => format!("removed {}", name(*participant)),
        Event::Barred { user, .. } => format!("barred {}", text(user.bits())),
        Event::Ended { .. } => "ended".to_owned(),
    }
}

fn line(link: Link) -> String {
    match link {
        Link::Expected { until } => format!("expected until {}", until.0 / 1_000),
        Link::Connected => "connected".to_owned(),
        Link::Dropped { until, .. } => format!("kept until {}", until.0 / 1_000),
    }
}

/// The id of a participant is its name in bytes.
fn id(name: &str) -> ParticipantId {
    ParticipantId::from_bits(bits(name))
}

fn user(name: &str) -> UserId {
    UserId::from_bits(bits(name.split('/').next().unwrap_or(name)))
}

fn bits(name: &str) -> u128 {
    name.bytes().fold(0, |bits, byte| bits << 8 | u128::from(byte))
}

fn name(id: ParticipantId) -> String {
    text(id.bits())
}

fn text(bits: u128) -> String {
    bits.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
}

fn join(name: &str) -> Command {
    let spoken = DisplayName::parse(name).expect("a script uses short names");
    Command::Join { participant: id(name), user: user(name), name: spoken }
}

fn empty_room(waiting_room: bool) -> Room {
    Room {
        id: RoomId::from_bits(1),
        code: RoomCode::from_bits(1),
        name: RoomName::parse("Choir").expect("the name is short"),
        owner: user("ana"),
        waiting_room,
        phase: Phase::Idle,
        people: BTreeMap::new(),
        barred: BTreeSet::new(),
    }
}

/// What must hold of every room at every time.
fn assert_sound(room: &Room) {
    assert!(room.seated_count() <= ROOM_PEOPLE && room.waiting_count() <= ROOM_WAITING);
    match room.phase {
        Phase::Idle => assert_eq!(room.present_count(), 0, "nobody is in an idle room"),
        Phase::Open { .. } => assert!(room.present_count() > 0, "somebody is in an open room"),
        Phase::Ended { .. } => assert!(room.people.is_empty(), "an ended room is empty"),
    }
    for person in room.people.values() {
        assert_eq!(person.role, room.role_of(person.user));
        if person.role == Role::Host {
            assert!(person.standing.is_present(), "a host never waits");
        }
        if room.barred.contains(&person.user) {
            assert!(person.standing.is_waiting(), "a barred user is at the door or nowhere");
        }
    }
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
            join bo          -> entered bo (Guest)
            join bo/2        -> entered bo/2 (Guest)
            remove cy by ana -> refused: nobody by that id is inside
            remove ana by ana -> refused: a host cannot be removed
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
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
            join ana         -> opened, entered ana (Host)
            join bo          -> knocked bo
            end by bo        -> refused: only somebody inside may do this
            end by ana       -> ended
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
    for number in 0..ROOM_PEOPLE {
        assert!(stage.carry_out(&join(&format!("p{number}"))).is_ok());
    }
    assert_eq!(stage.carry_out(&join("late")), Err(Refusal::Full));
    assert_eq!(admission(&stage.room, None), Admission::Full);
    stage.play("leave p7");
    assert_eq!(admission(&stage.room, None), Admission::WalkIn);
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
    let again = Command::Join { participant: id("bo"), user: user("bo"), name };
    assert!(stage.carry_out(&again).is_ok());
    assert_eq!(stage.room.people[&id("bo")].name.as_str(), "bo");
}

#[test]
fn after_a_restart_everybody_has_time_to_come_back() {
    let mut stage = Stage::new(true);
    for line in ["join ana", "return ana", "join bo", "join cy", "admit cy by ana"] {
        stage.play(line);
    }
    stage.now = UnixMillis(1_000_000_000);
    stage.room.resume(stage.now);
    assert_eq!(stage.room.next_deadline(), Some(stage.now.plus(GRACE_LOST_MS)));
    assert_eq!(stage.play("wait 44"), "nothing");
    assert_eq!(stage.play("return ana"), "returned ana (connected)");
    assert_eq!(stage.play("join cy"), "entered cy (Guest)");
    assert_eq!(stage.play("wait 1"), "withdrew bo (Lost)");
}

/// What the model test may do.
#[derive(Clone, Debug)]
enum Step {
    Jump(i64),
    Do(Command),
}

fn step() -> impl Strategy<Value = Step> {
    // Sixty participants of twenty users: enough to fill a room and a door, few enough to meet often.
    let who = || (0_u128..60).prop_map(ParticipantId::from_bits);
    let host = || prop_oneof![3 => Just(ParticipantId::from_bits(0)), 1 => who()];
    let closing = || prop_oneof![Just(Closing::Clean), Just(Closing::Lost)];
    prop_oneof![
        6 => who().prop_map(|participant| {
            let name = DisplayName::parse("somebody").expect("the name is short");
            Step::Do(Command::Join { participant, user: user_of(participant), name })
        }),
        3 => who().prop_map(|participant| Step::Do(Command::Return { participant })),
        3 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Admit { by, participant })),
        1 => host().prop_map(|by| Step::Do(Command::AdmitAll { by })),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Deny { by, participant })),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Remove { by, participant })),
        1 => who().prop_map(|participant| Step::Do(Command::Leave { participant })),
        2 => (who(), closing())
            .prop_map(|(participant, closing)| Step::Do(Command::Drop { participant, closing })),
        1 => Just(Step::Do(Command::Sweep)),
        1 => (-20_000_i64..70_000).prop_map(Step::Jump),
    ]
}

fn user_of(participant: ParticipantId) -> UserId {
    UserId::from_bits(participant.bits() % 20)
}

proptest! {
    // The same histories every time; a longer search is one larger number away.
    #![proptest_config(ProptestConfig {
        cases: 256,
        rng_seed: RngSeed::Fixed(0xa17e),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_of_commands_and_clock_jumps_keeps_the_rules(
        waiting_room in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..250),
        ended_after in 0_usize..500,
    ) {
        let mut stage = Stage::new(waiting_room);
        stage.room.owner = UserId::from_bits(0);
        let mut admitted = BTreeSet::new();
        for (count, step) in steps.into_iter().enumerate() {
            let command = match step {
                Step::Jump(millis) => {
                    stage.now = stage.now.plus(millis);
                    continue;
                }
                Step::Do(_) if count == ended_after => Command::End { by: ParticipantId::from_bits(0) },
                Step::Do(command) => command,
            };
            let before = stage.room.clone();
            // Every step asserts the invariants.
            let Ok(events) = stage.carry_out(&command) else {
                prop_assert_eq!(&before, &stage.room, "a refusal changes nothing");
                continue;
            };
            if let Phase::Ended { .. } = before.phase {
                prop_assert!(events.is_empty(), "nothing happens in an ended room");
            }
            for event in &events {
                match event {
                    Event::Admitted { participant, .. } => {
                        admitted.insert(*participant);
                    }
                    Event::Entered { participant, user, .. } => {
                        let knocks = admission(&before, Some(*user)) != Admission::WalkIn;
                        let was_admitted = admitted.remove(participant);
                        prop_assert!(was_admitted || !knocks, "nobody slips in");
                    }
                    Event::Lapsed { participant } | Event::Revoked { participant, .. } => {
                        admitted.remove(participant);
                    }
                    _ => {}
                }
            }
            if command == Command::Sweep {
                let due = stage.room.next_deadline();
                prop_assert!(due.is_none_or(|due| due > stage.now), "a sweep leaves nothing due");
            }
            if let Command::Join { participant, .. } = command {
                let again = decide(&stage.room, &command, stage.now).map(|again| {
                    again.iter().all(|event| matches!(event, Event::Linked { .. }))
                });
                prop_assert_eq!(again, Ok(true), "a repeated join changes nothing but the deadline");
                prop_assert!(stage.room.people.contains_key(&participant));
            }
        }
    }
}

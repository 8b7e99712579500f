//! Direct calls, told as transcripts, and in any order.

use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;

const ANA: UserId = UserId::from_bits(1);
const BO: UserId = UserId::from_bits(2);
const CY: UserId = UserId::from_bits(3);

fn room() -> RoomCode {
    RoomCode::from_bits(7)
}

fn rung() -> Ring {
    match start(RingId::from_bits(1), (ANA, BO), &[], UnixMillis(0)) {
        Ok(Start::New(ring)) => ring,
        other => panic!("it does not ring: {other:?}"),
    }
}

const fn look(caller: bool, callee: bool) -> Command {
    Command::Look(Two { inside: [caller, callee], met: caller && callee, is_open: true })
}

/// Tells what comes of commands, each with the second at which it is given.
fn check(commands: &[(i64, Command)], expected: Expect) {
    let mut ring = rung();
    let mut told = String::new();
    for (second, command) in commands {
        let now = UnixMillis(second * 1_000);
        let line = match decide(&ring, *command, now) {
            Ok(events) => {
                events.iter().for_each(|event| ring.apply(*event));
                format!("{:?}", ring.stage)
            }
            Err(refusal) => format!("refused: {refusal}"),
        };
        told.push_str(&format!("{second} {line}\n"));
    }
    expected.assert_eq(&told);
}

#[test]
fn a_call_is_answered_and_is_over_when_one_hangs_up() {
    check(
        &[
            (5, Command::Accept { by: BO, room: room() }),
            (6, Command::Accept { by: BO, room: room() }),
            (7, look(false, true)),
            (9, look(true, true)),
            (60, look(true, false)),
            (61, look(true, true)),
        ],
        expect![[r#"
            5 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: Some(UnixMillis(125000)) }
            6 refused: the call rings no more
            7 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: None }
            9 Connected { room: RoomCode(haa-aaaa-aaa), met: true, until: None }
            60 Ended { how: Over, at: UnixMillis(60000) }
            61 Ended { how: Over, at: UnixMillis(60000) }
        "#]],
    );
}

#[test]
fn without_an_answer_it_ends_by_its_deadline_whenever_somebody_looks() {
    check(
        &[(44, Command::Sweep), (46, Command::Accept { by: BO, room: room() }), (500, Command::Sweep)],
        expect![[r#"
            44 Ringing { until: UnixMillis(45000) }
            46 refused: the call rings no more
            500 Ended { how: Missed, at: UnixMillis(45000) }
        "#]],
    );
}

#[test]
fn only_the_callee_answers_and_only_the_caller_cancels() {
    check(
        &[
            (1, Command::Accept { by: ANA, room: room() }),
            (2, Command::Decline { by: CY }),
            (3, Command::Cancel { by: BO }),
            (4, Command::Cancel { by: ANA }),
            (5, Command::Accept { by: BO, room: room() }),
        ],
        expect![[r#"
               1 refused: the call is not there for this person
               2 refused: the call is not there for this person
               3 refused: the call is not there for this person
               4 Ended { how: Cancelled, at: UnixMillis(4000) }
               5 refused: the call rings no more
        "#]],
    );
}

#[test]
fn a_room_to_which_nobody_came_ends_the_call() {
    check(
        &[
            (1, Command::Accept { by: BO, room: room() }),
            (2, look(true, false)),
            (300, look(false, false)),
            (419, Command::Sweep),
            (420, Command::Sweep),
        ],
        expect![[r#"
            1 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: Some(UnixMillis(121000)) }
            2 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: None }
            300 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: Some(UnixMillis(420000)) }
            419 Connected { room: RoomCode(haa-aaaa-aaa), met: false, until: Some(UnixMillis(420000)) }
            420 Ended { how: Over, at: UnixMillis(420000) }
        "#]],
    );
}

#[test]
fn who_calls_whoever_calls_them_answers() {
    let id = RingId::from_bits(2);
    let ring = rung();
    let live = [ring.clone()];
    assert_eq!(start(id, (BO, ANA), &live, UnixMillis(9)), Ok(Start::Answers(ring.id)));
    assert_eq!(start(id, (ANA, BO), &live, UnixMillis(9)), Ok(Start::Known(ring)));
}

#[test]
fn who_is_rung_is_busy_for_others_and_calls_nobody_else() {
    let id = RingId::from_bits(2);
    let live = [rung()];
    let busy = start(id, (CY, BO), &live, UnixMillis(9));
    assert!(matches!(busy, Ok(Start::Busy(Ring { stage: Stage::Ended { how: Ending::Busy, .. }, .. }))));
    assert_eq!(start(id, (BO, CY), &live, UnixMillis(9)), Err(Refusal::InCall));
    assert_eq!(start(id, (ANA, CY), &live, UnixMillis(9)), Err(Refusal::InCall));
}

/// What the model test may do.
#[derive(Clone, Debug)]
enum Step {
    Jump(i64),
    Call(UserId, UserId),
    /// To the call of this number, of those there are.
    Do(usize, Command),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || (1_u128..5).prop_map(UserId::from_bits);
    let command = prop_oneof![
        who().prop_map(|by| Command::Accept { by, room: room() }),
        who().prop_map(|by| Command::Decline { by }),
        who().prop_map(|by| Command::Cancel { by }),
        (any::<bool>(), any::<bool>(), prop::bool::weighted(0.9)).prop_map(|(caller, callee, is_open)| {
            Command::Look(Two { inside: [caller, callee], met: caller && callee, is_open })
        }),
    ];
    prop_oneof![
        2 => (-100_000_i64..200_000).prop_map(Step::Jump),
        3 => (who(), who()).prop_map(|(caller, callee)| Step::Call(caller, callee)),
        4 => (0_usize..6, command).prop_map(|(which, command)| Step::Do(which, command)),
    ]
}

proptest! {
    #[test]
    fn any_order_of_commands_and_clock_jumps_keeps_the_rules(steps in prop::collection::vec(step(), 1..80)) {
        let mut now = UnixMillis(1_000_000);
        let mut rings: Vec<Ring> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            let before = rings.clone();
            match step {
                Step::Jump(millis) => now = now.plus(millis),
                Step::Call(caller, callee) if caller != callee => {
                    let live: Vec<Ring> = rings
                        .iter()
                        .filter(|ring| ring.is_live() && (ring.has(caller) || ring.has(callee)))
                        .cloned()
                        .collect();
                    let id = RingId::from_bits(number as u128);
                    if let Ok(Start::New(ring) | Start::Busy(ring)) = start(id, (caller, callee), &live, now) {
                        rings.push(ring);
                    }
                }
                Step::Call(..) => {}
                Step::Do(which, command) => {
                    if let Some(ring) = rings.get_mut(which) {
                        let events = decide(ring, command, now).unwrap_or_default();
                        events.into_iter().for_each(|event| ring.apply(event));
                    }
                }
            }
            for ring in &mut rings {
                let events = decide(ring, Command::Sweep, now).unwrap_or_default();
                events.into_iter().for_each(|event| ring.apply(event));
                prop_assert!(ring.due().is_none_or(|due| now < due), "it ends by its deadline");
            }
            for (old, new) in before.iter().zip(&rings) {
                prop_assert!(old.is_live() || old == new, "ended is for ever");
                let was_connected = matches!(old.stage, Stage::Connected { .. });
                let rings = matches!(new.stage, Stage::Ringing { .. });
                prop_assert!(!(was_connected && rings), "what was answered rings no more");
            }
            for user in (1..5).map(UserId::from_bits) {
                let live = rings.iter().filter(|ring| ring.is_live() && ring.has(user)).count();
                prop_assert!(live <= 1, "{:?} has {} calls under way", user, live);
            }
        }
    }
}

#[test]
fn two_who_met_while_nobody_looked_have_met() {
    let mut ring = rung();
    let answered = decide(&ring, Command::Accept { by: BO, room: room() }, UnixMillis(0));
    answered.expect("it rings").into_iter().for_each(|event| ring.apply(event));
    let gone = Command::Look(Two { inside: [true, false], met: true, is_open: true });
    let events = decide(&ring, gone, UnixMillis(20_000)).expect("anybody may look");
    events.into_iter().for_each(|event| ring.apply(event));
    assert_eq!(ring.stage, Stage::Ended { how: Ending::Over, at: UnixMillis(20_000) });
}

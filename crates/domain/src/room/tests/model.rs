//! Any order of commands, drops, restarts and clock jumps keeps the rules.

use super::*;
use crate::limits::SEATS_PER_USER;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What the model test may do.
#[derive(Clone, Debug)]
enum Step {
    Jump(i64),
    /// The server stops, and comes back so many milliseconds later.
    Restart(i64),
    /// Somebody pays, or what they paid for is over.
    Pay(UserId, bool),
    Do(Command),
}

fn step() -> impl Strategy<Value = Step> {
    // Six participants of each of twenty users: enough to fill a room and a door, and more than one may have.
    let who = || (0_u128..120).prop_map(ParticipantId::from_bits);
    let host = || prop_oneof![3 => Just(ParticipantId::from_bits(0)), 1 => who()];
    let closing = || prop_oneof![Just(Closing::Clean), Just(Closing::Lost)];
    prop_oneof![
        6 => who().prop_map(|participant| {
            Step::Do(arrive(participant, Key::default()))
        }),
        2 => (who(), 0_u128..4, program()).prop_map(|(participant, invite, program)| {
            let key = Key {
                invite: Some(InviteId::from_bits(invite)),
                passcode: Passcode::parse("tulip").ok(),
                entitled: false,
                agreed: false,
                program,
            };
            Step::Do(arrive(participant, key))
        }),
        2 => desk().prop_map(Step::Do),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Ban { by, participant })),
        1 => (host(), who()).prop_map(|(by, participant)| {
            Step::Do(Command::Mute { by, participant, source: Source::Microphone })
        }),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::LetSpeak { by, participant })),
        1 => prop_oneof![3 => Just(10_000), 1 => (1_i64..72).prop_map(|hours| hours * HOUR_MS)]
            .prop_map(Step::Restart),
        3 => who().prop_map(|participant| Step::Do(Command::Return { participant })),
        3 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Admit { by, participant })),
        1 => host().prop_map(|by| Step::Do(Command::AdmitAll { by })),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Deny { by, participant })),
        1 => host().prop_map(|by| Step::Do(Command::DenyAll { by })),
        1 => (host(), who()).prop_map(|(by, participant)| Step::Do(Command::Remove { by, participant })),
        1 => who().prop_map(|participant| Step::Do(Command::Leave { participant })),
        1 => (1_u128..5, any::<bool>()).prop_map(|(user, pays)| Step::Pay(UserId::from_bits(user), pays)),
        1 => (1_u128..5, proptest::collection::vec(who(), 0..3))
            .prop_map(|(user, seats)| Step::Do(Command::RunOut { user: UserId::from_bits(user), seats })),
        1 => (who(), 0_u128..3).prop_map(|(participant, which)| {
            let user = user_of(participant);
            let device = DeviceId::from_bits(user.bits() / 2);
            let browsers = [Browsers::All, Browsers::Only(device), Browsers::AllBut(device)];
            Step::Do(Command::SignOut { user, browsers: browsers[which as usize] })
        }),
        2 => (who(), closing())
            .prop_map(|(participant, closing)| Step::Do(Command::Drop { participant, closing })),
        1 => Just(Step::Do(Command::Sweep)),
        4 => (-20_000_i64..70_000).prop_map(Step::Jump),
        // Nobody does anything for hours, or the clock is set to another day, or another year.
        1 => (-48_i64..72).prop_map(|hours| Step::Jump(hours * HOUR_MS)),
        1 => proptest::sample::select(vec![-400_i64, -30, 30, 100]).prop_map(|days| Step::Jump(days * DAY_MS)),
    ]
}

fn program() -> impl Strategy<Value = Option<Program>> {
    proptest::sample::select(vec![None, None, Some(Program::Publishes), Some(Program::Watches)])
}

/// What hosts do to the room; most of it is asked for by the first owner.
fn desk() -> impl Strategy<Value = Command> {
    let by = || prop_oneof![4 => Just(0_u128), 1 => 0_u128..20].prop_map(UserId::from_bits);
    let user = || (0_u128..20).prop_map(UserId::from_bits);
    let role = || proptest::sample::select(Role::ALL.to_vec());
    let rule = || {
        proptest::sample::select(vec![
            "open",
            "knock",
            "members",
            "lock",
            "unlock",
            "passcode=tulip",
            "passcode=",
            "capacity=2",
            "capacity=25",
            "hard-mute",
            "soft-mute",
            "rejoin",
            "fresh",
            "longest=1",
            "longest=1440",
            "close",
        ])
    };
    let day = || proptest::sample::select(vec!["1970-01-01T00:05", "1970-01-02T00:00"]);
    prop_oneof![
        1 => (by(), user(), role()).prop_map(|(by, user, role)| Command::Appoint { by, user, role }),
        1 => (by(), user()).prop_map(|(by, user)| Command::TakeBack { by, user }),
        1 => (by(), 0_u128..120).prop_map(|(by, participant)| {
            Command::HandOver { by, participant: ParticipantId::from_bits(participant) }
        }),
        1 => (by(), user()).prop_map(|(by, user)| Command::Pardon { by, user }),
        3 => (by(), any::<bool>(), rule(), rule()).prop_map(|(by, waiting_room, first, second)| {
            let mut policy = Policy::plain(waiting_room);
            set_rule(&mut policy, first);
            set_rule(&mut policy, second);
            Command::SetPolicy { by, policy: Box::new(policy) }
        }),
        1 => (by(), day(), any::<bool>()).prop_map(|(by, day, daily)| {
            Command::Plan { by, schedule: Some(plan(day, "5", if daily { "daily" } else { "once" })) }
        }),
        1 => by().prop_map(|by| Command::Plan { by, schedule: None }),
        1 => (by(), 0_u128..4, role(), any::<bool>(), 1_u16..4).prop_map(|(by, id, role, personal, uses)| {
            let invite = Invite { personal, uses: Some(uses), ..plain_invite(role) };
            Command::Invite { by, id: InviteId::from_bits(id), invite }
        }),
        1 => (by(), 0_u128..4).prop_map(|(by, id)| Command::Revoke { by, id: InviteId::from_bits(id) }),
    ]
}

fn arrive(participant: ParticipantId, key: Key) -> Command {
    let name = DisplayName::parse("somebody").expect("the name is short");
    let user = user_of(participant);
    // Two neighbours share each device.
    let visitor = Visitor { user, device: DeviceId::from_bits(user.bits() / 2), name };
    Command::Join { participant, visitor, key }
}

fn user_of(participant: ParticipantId) -> UserId {
    UserId::from_bits(participant.bits() % 20)
}

/// A room, and what somebody who only hears of its events knows of it.
struct Witness {
    stage: Stage,
    /// Who has been let in and is not inside yet.
    admitted: BTreeSet<ParticipantId>,
    open_segments: BTreeSet<ParticipantId>,
}

impl Witness {
    fn new(waiting_room: bool) -> Self {
        let mut stage = Stage::new(waiting_room);
        stage.room.owner = UserId::from_bits(0);
        stage.room.idle_since = stage.now;
        Self { stage, admitted: BTreeSet::new(), open_segments: BTreeSet::new() }
    }

    /// Lets what is due happen, one after the other and each as of when it was, as a room's actor does after
    /// however long nobody looked.
    fn sweep(&mut self) -> Result<(), TestCaseError> {
        let now = self.stage.now;
        while let Some(due) = self.stage.room.next_deadline().filter(|due| *due <= now) {
            self.stage.now = due;
            self.carry_out(&Command::Sweep)?;
            // What comes to light by it may have been due before: whoever waited kept a forgotten room alive.
            prop_assert!(self.stage.room.next_deadline() != Some(due), "a sweep does what is due");
        }
        self.stage.now = now;
        Ok(())
    }

    /// Does something, and holds what comes of it against the rules.
    fn carry_out(&mut self, command: &Command) -> Result<(), TestCaseError> {
        let before = self.stage.room.clone();
        // Every step asserts the invariants.
        let Ok(events) = self.stage.carry_out(command) else {
            prop_assert_eq!(&before, &self.stage.room, "a refusal changes nothing");
            return Ok(());
        };
        if let Phase::Ended { .. } = before.phase {
            prop_assert!(events.is_empty(), "nothing happens in an ended room");
        }
        for event in &events {
            self.hear(event, &before, command)?;
        }
        let (room, now) = (&self.stage.room, self.stage.now);
        let grew = room.seated_count() > before.seated_count();
        let by_a_host =
            events.iter().any(|event| matches!(event, Event::Entered { role, .. } if role.is_host()));
        let came = |(id, person): &(&ParticipantId, &Person)| {
            let was_out = before.people.get(id).is_none_or(|person| person.standing.is_waiting());
            was_out && !person.standing.is_waiting() && !before.is_kept_a_place(person.user)
        };
        let took_a_free_place = room.people.iter().any(|pair| came(&pair));
        prop_assert!(
            !grew
                || by_a_host
                || !took_a_free_place
                || room.seated_count() + room.kept_places() <= room.capacity(),
            "only hosts and whoever has paid exceed the capacity that the policy sets"
        );
        if *command == Command::Sweep {
            let over = before.ends_at().is_some_and(|end| end <= now);
            prop_assert!(!over || room.seated_count() == 0, "nobody keeps a place in a call that is over");
        }
        for participant in room.people.keys() {
            let slept_in = room.is_present(*participant) && !before.is_present(*participant);
            prop_assert!(!slept_in || matches!(command, Command::Join { .. }), "only a join brings in");
        }
        if let Command::Join { participant, .. } = command {
            let again = decide(room, command, now)
                .map(|again| again.iter().all(|event| matches!(event, Event::Linked { .. })));
            prop_assert_eq!(again, Ok(true), "a repeated join changes nothing but the deadline");
            prop_assert!(room.people.contains_key(participant));
        }
        if let Command::Join { visitor, key: Key { program: None, .. }, .. } = command {
            let seats = |room: &Room| room.people.values().filter(|one| one.user == visitor.user).count();
            prop_assert!(seats(room) <= SEATS_PER_USER.max(seats(&before)), "no browser fills a room alone");
        }
        Ok(())
    }

    fn hear(&mut self, event: &Event, before: &Room, command: &Command) -> Result<(), TestCaseError> {
        // Each stretch of attendance is closed once.
        match event {
            Event::Entered { participant, .. } => prop_assert!(self.open_segments.insert(*participant)),
            Event::Left { participant, .. } | Event::Removed { participant, .. } => {
                prop_assert!(self.open_segments.remove(participant));
            }
            Event::Ended { .. } => self.open_segments.clear(),
            _ => {}
        }
        match event {
            Event::Admitted { participant, .. } | Event::Excused { participant, .. } => {
                self.admitted.insert(*participant);
            }
            Event::Entered { participant, visitor, .. } => {
                let Command::Join { key, .. } = command else { panic!("who enters has joined") };
                let caller = Some((visitor.user, visitor.device));
                let way = admission(before, caller, key, self.stage.now).map(|(way, _)| way);
                let was_admitted = self.admitted.remove(participant);
                prop_assert!(was_admitted || way == Ok(Admission::WalkIn), "nobody slips in");
            }
            Event::Lapsed { participant }
            | Event::Withdrew { participant, .. }
            | Event::Revoked { participant, .. } => {
                self.admitted.remove(participant);
            }
            _ => {}
        }
        Ok(())
    }
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
        let mut witness = Witness::new(waiting_room);
        for (count, step) in steps.into_iter().enumerate() {
            match step {
                Step::Jump(millis) => witness.stage.now = witness.stage.now.plus(millis),
                Step::Restart(away_ms) => witness.stage.restart(away_ms),
                Step::Do(_) if count == ended_after => {
                    let by = witness.stage.room.owner;
                    witness.carry_out(&Command::End { by })?;
                }
                Step::Pay(user, true) => drop(witness.stage.room.paid.insert(user)),
                Step::Pay(user, false) => drop(witness.stage.room.paid.remove(&user)),
                Step::Do(Command::Join { participant, visitor, key }) => {
                    let entitled = witness.stage.room.paid.contains(&visitor.user);
                    let key = Key { entitled, ..key };
                    witness.carry_out(&Command::Join { participant, visitor, key })?;
                }
                Step::Do(Command::Sweep) => witness.sweep()?,
                Step::Do(command) => witness.carry_out(&command)?,
            }
        }
    }
}

#[test]
fn no_co_host_takes_the_place_of_whoever_has_paid() {
    let mut stage = Stage::new(false);
    stage.room.owner = UserId::from_bits(0);
    let join = |stage: &mut Stage, seat| {
        stage.carry_out(&arrive(ParticipantId::from_bits(seat), Key::default())).expect("they may come");
    };
    // Everybody but user 19, some with two tabs.
    (0..25).filter(|seat| *seat != 19).for_each(|seat| join(&mut stage, seat));
    let (ana, payer) = (ParticipantId::from_bits(0), ParticipantId::from_bits(39));
    let by = UserId::from_bits(0);
    stage
        .carry_out(&Command::SetPolicy { by, policy: Box::new(Policy::plain(true)) })
        .expect("an owner may set rules");
    stage.room.paid.insert(user_of(payer));
    let key = Key { entitled: true, ..Key::default() };
    stage.carry_out(&arrive(payer, key)).expect("there is a place at the door");
    stage
        .carry_out(&Command::Appoint { by, user: UserId::from_bits(1), role: Role::CoHost })
        .expect("an owner may appoint");
    let co_host = arrive(ParticipantId::from_bits(41), Key::default());
    assert_eq!(stage.carry_out(&co_host), Err(Refusal::Full));
    stage.carry_out(&Command::Admit { by: ana, participant: payer }).expect("it is kept for them");
    assert_eq!(stage.room.seated_count(), 25);
}

#[test]
fn who_only_agreed_to_pay_meets_what_anybody_meets() {
    let mut stage = Stage::new(false);
    let price = ::model::Currency::parse("EUR").and_then(|euro| ::model::Price::parse("5", euro));
    let access = ::model::offer::Access::PerCall { price: price.expect("it is a price") };
    let offer = ::model::Offer::new(::model::offer::Wishes::plain(access)).expect("an offer");
    let open = Policy { offer: Some(offer), ..Policy::plain(false) };
    let guest = ParticipantId::from_bits(39);
    let with = |agreed, entitled| Key { agreed, entitled, ..Key::default() };
    let mut met = |policy: Policy, key: Key| {
        stage.room.policy = policy;
        stage.carry_out(&arrive(guest, key)).err()
    };
    let locked = Policy { locked: true, ..open.clone() };
    let secret = Policy { passcode: Passcode::parse("tulip").ok(), ..open.clone() };
    assert_eq!(met(open.clone(), Key::default()), Some(Refusal::Unpaid));
    assert_eq!(met(locked.clone(), with(true, false)), Some(Refusal::Locked));
    assert_eq!(met(secret, with(true, false)), Some(Refusal::PasscodeMissing));
    assert_eq!(met(locked, with(false, true)), None, "who has paid comes in");
    assert_eq!(met(open, with(true, false)), None);
}

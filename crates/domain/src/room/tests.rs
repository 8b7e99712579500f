//! Transcripts of whole lives of a room, and a model test over any order of commands.
//!
//! A script is lines such as `join bo`, `admit bo by ana`, `lose bo`, `wait 6`, `end by ana`. Names are
//! participants; `bo/2` is the second tab of the user `bo`, and `bo@pad` is the user `bo` at the device
//! `pad`. `ana` made the room. `wait` lets so many seconds pass and then sweeps.

mod limits;
mod model;
mod people;
mod programs;
mod rules;

use super::*;
use crate::limits::ROOM_PEOPLE;
use crate::resume::resumed;
use ::model::offer::{Access, Wishes};
use ::model::policy::{Capacity, Circle, Door, Ending, Minutes, Reconnect};
use ::model::{Currency, Offer, Passcode, Price, Source};
use expect_test::{Expect, expect};

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
        let command = self.command(&words).unwrap_or_else(|| panic!("a script cannot say {line:?}"));
        match self.carry_out(&command) {
            Ok(events) if events.is_empty() => "nothing".to_owned(),
            Ok(events) => events.iter().map(told).collect::<Vec<_>>().join(", "),
            Err(refusal) => format!("refused: {refusal}"),
        }
    }

    fn command(&mut self, words: &[&str]) -> Option<Command> {
        Some(match words {
            ["wait", seconds] => {
                let seconds: i64 = seconds.parse().expect("a script waits for whole seconds");
                self.now = self.now.plus(seconds * 1_000);
                Command::Sweep
            }
            ["join", who] => join(who),
            ["join", who, "invite", invite] => {
                join_with(who, Key { invite: Some(invite_id(invite)), ..Key::default() })
            }
            ["publish", who, "by", invite] => come_as(Program::Publishes, who, invite),
            ["watch", who, "by", invite] => come_as(Program::Watches, who, invite),
            ["join", who, "passcode", passcode] => {
                join_with(who, Key { passcode: Passcode::parse(passcode).ok(), ..Key::default() })
            }
            ["admit", who, "by", by] => Command::Admit { by: id(by), participant: id(who) },
            ["admit-all", "by", by] => Command::AdmitAll { by: id(by) },
            ["deny-all", "by", by] => Command::DenyAll { by: id(by) },
            ["deny", who, "by", by] => Command::Deny { by: id(by), participant: id(who) },
            ["remove", who, "by", by] => Command::Remove { by: id(by), participant: id(who) },
            ["ban", who, "by", by] => Command::Ban { by: id(by), participant: id(who) },
            ["mute", who, "by", by] => mute(who, Source::Microphone, by),
            ["stop-camera", who, "by", by] => mute(who, Source::Camera, by),
            ["let-speak", who, "by", by] => Command::LetSpeak { by: id(by), participant: id(who) },
            ["sign-out", who] => Command::SignOut { user: user(who), browsers: Browsers::All },
            ["sign-out", who, "here"] => {
                Command::SignOut { user: user(who), browsers: Browsers::Only(device(who)) }
            }
            ["sign-out", who, "elsewhere"] => {
                Command::SignOut { user: user(who), browsers: Browsers::AllBut(device(who)) }
            }
            ["leave", who] => Command::Leave { participant: id(who) },
            ["close", who] => Command::Drop { participant: id(who), closing: Closing::Clean },
            ["lose", who] => Command::Drop { participant: id(who), closing: Closing::Lost },
            ["return", who] => Command::Return { participant: id(who) },
            [at_the_desk @ .., "by", by] => self.desk_command(at_the_desk, user(by))?,
            _ => return None,
        })
    }

    fn desk_command(&self, words: &[&str], by: UserId) -> Option<Command> {
        Some(match words {
            ["end"] => Command::End { by },
            ["appoint", who, role] => Command::Appoint { by, user: user(who), role: Role::parse(role)? },
            ["take-back", who] => Command::TakeBack { by, user: user(who) },
            ["hand-over", who] => Command::HandOver { by, participant: id(who) },
            ["pardon", who] => Command::Pardon { by, user: user(who) },
            ["rename", name] => Command::Rename { by, name: RoomName::parse(name).ok()? },
            ["policy", rules @ ..] => {
                let mut policy = self.room.policy.clone();
                rules.iter().for_each(|rule| set_rule(&mut policy, rule));
                Command::SetPolicy { by, policy: Box::new(policy) }
            }
            ["price", "none"] => Command::Price { by, offer: None },
            ["price", amount] => Command::Price { by, offer: Some(Box::new(offer(amount)?)) },
            ["plan", "none"] => Command::Plan { by, schedule: None },
            ["plan", starts, minutes, repeat] => {
                Command::Plan { by, schedule: Some(plan(starts, minutes, repeat)) }
            }
            ["invite", name, role, limits @ ..] => {
                let mut invite = plain_invite(Role::parse(role)?);
                limits.iter().for_each(|limit| set_limit(&mut invite, limit));
                Command::Invite { by, id: invite_id(name), invite }
            }
            ["revoke", name] => Command::Revoke { by, id: invite_id(name) },
            _ => return None,
        })
    }

    fn carry_out(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = decide(&self.room, command, self.now)?;
        for event in &events {
            self.room.apply(event);
        }
        assert_sound(&self.room);
        Ok(events)
    }

    /// The server dies and is back after so many milliseconds.
    fn restart(&mut self, away_ms: i64) {
        let last_alive = self.now;
        self.now = self.now.plus(away_ms);
        for person in self.room.people.values_mut() {
            person.standing = resumed(person.standing, last_alive, self.now);
        }
        assert_sound(&self.room);
    }
}

/// A call that costs so much.
fn offer(amount: &str) -> Option<Offer> {
    let price = Price::parse(amount, Currency::parse("EUR").ok()?).ok()?;
    Offer::new(Wishes::plain(Access::PerCall { price })).ok()
}

fn set_rule(policy: &mut Policy, rule: &str) {
    match rule.split_once('=').unwrap_or((rule, "")) {
        ("open", _) => policy.door = Door::Open,
        ("knock", _) => policy.door = Door::Knock,
        ("members", _) => policy.door = Door::Members,
        ("lock", _) => policy.locked = true,
        ("unlock", _) => policy.locked = false,
        ("passcode", word) => policy.passcode = Passcode::parse(word).ok(),
        ("capacity", people) => {
            policy.capacity = Capacity::new(number(people)).expect("a script keeps to the limits");
        }
        ("hard-mute", _) => policy.hard_mute = true,
        ("soft-mute", _) => policy.hard_mute = false,
        ("hosts-speak", _) => policy.speak = Circle::Hosts,
        ("hosts-chat", _) => policy.chat = Circle::Hosts,
        ("rejoin", _) => policy.reconnect = Reconnect::Rejoin,
        ("fresh", _) => policy.reconnect = Reconnect::Fresh,
        ("longest", minutes) => policy.longest = Minutes::new(number(minutes)).ok(),
        ("close", _) => policy.ending = Ending::Close,
        _ => panic!("a script cannot set {rule:?}"),
    }
}

fn set_limit(invite: &mut Invite, limit: &str) {
    match limit.split_once('=').unwrap_or((limit, "")) {
        ("personal", _) => invite.personal = true,
        ("uses", count) => invite.uses = Some(number(count)),
        ("until", seconds) => invite.until = Some(UnixMillis(i64::from(number(seconds)) * 1_000)),
        _ => panic!("a script cannot limit an invite by {limit:?}"),
    }
}

fn number(text: &str) -> u16 {
    text.parse().expect("a script counts in small numbers")
}

fn plain_invite(role: Role) -> Invite {
    Invite {
        label: None,
        role,
        personal: false,
        uses: None,
        until: None,
        made_at: UnixMillis(0),
        used: 0,
        holder: None,
        revoked: false,
    }
}

fn plan(starts: &str, minutes: &str, repeat: &str) -> Schedule {
    use ::model::schedule::Repeat;
    Schedule {
        starts: starts.parse().expect("a script writes a time"),
        zone: "UTC".parse().expect("the zone is plain"),
        length: Minutes::new(number(minutes)).expect("a script keeps to the limits"),
        repeat: if repeat == "daily" { Repeat::Daily } else { Repeat::Once },
        until: None,
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Opened { .. } => "opened".to_owned(),
        Event::Emptied { .. } => "emptied".to_owned(),
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
        Event::Excused { participant, until, .. } => {
            format!("excused {} until {}", name(*participant), until.0 / 1_000)
        }
        Event::Removed { participant, .. } => format!("removed {}", name(*participant)),
        Event::Muted { participant, source, held, .. } => {
            format!("muted {} ({source:?}{})", name(*participant), if *held { ", held" } else { "" })
        }
        Event::Unmuted { participant, .. } => format!("unmuted {}", name(*participant)),
        Event::Ended { by, .. } => {
            format!("ended ({})", if *by == EndedBy::Expiry { "expiry" } else { "host" })
        }
        _ => told_of_rules(event),
    }
}

fn told_of_rules(event: &Event) -> String {
    match event {
        Event::Barred { user, .. } => format!("barred {}", text(user.bits())),
        Event::Banned { user, device, .. } => {
            format!("banned {} at {}", text(user.bits()), text(device.bits()))
        }
        Event::Pardoned { user, .. } => format!("pardoned {}", text(user.bits())),
        Event::Appointed { user, role, .. } => format!("appointed {} ({role:?})", text(user.bits())),
        Event::HandedOver { to, .. } => format!("handed over to {}", text(to.bits())),
        Event::PolicySet { by: Ruler::Host(_), .. } => "policy set".to_owned(),
        Event::PolicySet { by: Ruler::Operator(_), .. } => "priced".to_owned(),
        Event::Renamed { name, .. } => format!("renamed {name}"),
        Event::Planned { schedule, .. } => {
            if schedule.is_some() { "planned" } else { "unplanned" }.to_owned()
        }
        Event::Invited { id, .. } => format!("invited by {}", text(id.bits())),
        Event::InviteUsed { id, user, role, .. } => {
            format!("invite {} used by {} ({role:?})", text(id.bits()), text(user.bits()))
        }
        Event::InviteRevoked { id, .. } => format!("invite {} revoked", text(id.bits())),
        _ => unreachable!("the other events are told of elsewhere"),
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
    ParticipantId::from_bits(bits(name.split('@').next().unwrap_or(name)))
}

fn user(name: &str) -> UserId {
    UserId::from_bits(bits(name.split(['/', '@']).next().unwrap_or(name)))
}

/// Everybody has a device of their own unless the script says otherwise.
fn device(name: &str) -> DeviceId {
    let device =
        name.split_once('@').map_or_else(|| text(user(name).bits()), |(_, device)| device.to_owned());
    DeviceId::from_bits(bits(&device))
}

fn invite_id(name: &str) -> InviteId {
    InviteId::from_bits(bits(name))
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
    join_with(name, Key::default())
}

fn join_with(name: &str, key: Key) -> Command {
    let spoken = DisplayName::parse(name).expect("a script uses short names");
    let visitor = Visitor { user: user(name), device: device(name), name: spoken };
    Command::Join { participant: id(name), visitor, key }
}

fn come_as(program: Program, who: &str, invite: &str) -> Command {
    join_with(who, Key { invite: Some(invite_id(invite)), program: Some(program), ..Key::default() })
}

fn mute(who: &str, source: Source, by: &str) -> Command {
    Command::Mute { by: id(by), participant: id(who), source }
}

fn empty_room(waiting_room: bool) -> Room {
    Room {
        id: RoomId::from_bits(1),
        code: RoomCode::from_bits(1),
        name: RoomName::parse("Choir").expect("the name is short"),
        owner: user("ana"),
        policy: Policy::plain(waiting_room),
        schedule: None,
        members: BTreeMap::new(),
        former: BTreeMap::new(),
        came_by: BTreeMap::new(),
        invites: BTreeMap::new(),
        phase: Phase::Idle,
        idle_since: UnixMillis(0),
        people: BTreeMap::new(),
        held: BTreeSet::new(),
        barred: BTreeSet::new(),
        banned: BTreeMap::new(),
        paid: BTreeSet::new(),
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
        assert!(!room.is_banned(person.user, person.device), "nobody is here who is banned");
        if room.barred.contains(&person.user) {
            assert!(person.standing.is_waiting(), "a barred user is at the door or nowhere");
        } else if person.role == Role::Owner && room.owner == user("ana") {
            assert!(person.standing.is_present() || !room.members.is_empty(), "an owner never waits");
        }
    }
    for (user, former) in &room.former {
        assert!(
            matches!(room.role_of(*user), Role::CoHost | Role::Viewer),
            "only these roles are taken back"
        );
        assert!(
            !former.is_host() && *former != room.role_of(*user),
            "going back leads down or up, not to hosts"
        );
    }
    for (id, invite) in &room.invites {
        let over = invite.uses.is_some_and(|uses| invite.used > uses);
        assert!(!over, "invite {id} is used more often than it may be");
    }
}

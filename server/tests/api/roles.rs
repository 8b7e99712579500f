//! Who may do what, and when: everybody whom a room can know tries everything that there is, in each of its
//! states, and every answer is held against the table in `domain::room::permission`.
//!
//! The permissions come from the functions of that table, by which `docs/ROOMS.md` is held as well. What is
//! said here besides is why somebody is refused whom the table does not even ask: they are nobody, they are
//! not inside, or the room is over.
//!
//! Whoever may do something finds it done (`effects`). Whoever is refused changes nothing and learns nothing: after each of them the room is what it was, and no
//! byte that they were sent names anybody inside, what was said, or what only hosts know.

use crate::browser::Answer;
use crate::cast::{HOST, House, NAME, NOTICE, When, Who, later, nobody};
use crate::effects::{assert_deed_is_done, assert_errand_is_done};
use crate::harness::Server;
use domain::room::rights;
use http::StatusCode;
use model::policy::{Circle, Door};
use model::{InviteId, ParticipantId, Policy, Rights, Role, RoomName, Source, Ticket};
use protocol::{
    Barrier, ClientMessage, Deed, EntryState, EntryView, Errand, ErrorCode, HostedRoom, InviteRequest,
    JoinOutcome, Publishing, Rule, ServerMessage, Tweak, Wanted,
};
use serde_json::json;

type Verdict = Result<(), ErrorCode>;

/// One person in one state of the room.
#[derive(Clone, Copy, Debug)]
struct Cell {
    who: Who,
    when: When,
}

impl Cell {
    fn rights(self) -> Rights {
        rights(self.who.role(), false, &self.when.policy())
    }

    /// Whether they can act from a seat inside; if not, why.
    fn seat(self) -> Verdict {
        match (self.who, self.when) {
            (Who::Stranger, _) => Err(ErrorCode::NoIdentity),
            (_, When::Ended) => Err(ErrorCode::RoomEnded),
            (who, when) if who.is_inside(when) => Ok(()),
            _ => Err(ErrorCode::NotPresent),
        }
    }

    /// Whether they may do this to somebody of that role, from inside.
    fn deed(self, deed: Deed, target: Role) -> Verdict {
        self.seat()?;
        let rights = self.rights();
        if !rights.moderate {
            return Err(ErrorCode::NotHost);
        }
        match deed {
            Deed::Admit(_) | Deed::AdmitAll if self.when == When::Full => Err(ErrorCode::RoomFull),
            Deed::HandOver(_) | Deed::Appoint { role: Role::CoHost, .. } if !rights.appoint => {
                Err(ErrorCode::Rule(Rule::NotOwner))
            }
            Deed::Remove(_) | Deed::Ban(_) | Deed::Mute { .. } | Deed::LetSpeak(_)
                if !self.who.role().is_above(target) =>
            {
                Err(ErrorCode::NotRemovable)
            }
            _ => Ok(()),
        }
    }

    /// Whether they may set this on the room's page.
    fn errand(self, errand: &Errand) -> Verdict {
        match (self.who, self.when) {
            (Who::Stranger, _) => return Err(ErrorCode::NoIdentity),
            (_, When::Ended) => return Err(ErrorCode::RoomEnded),
            _ if !self.rights().moderate => return Err(ErrorCode::NotHost),
            _ => {}
        }
        let makes_co_hosts = match errand {
            Errand::Appoint { role, .. } => *role == Role::CoHost,
            Errand::Invite { invite, .. } => invite.role == Role::CoHost,
            // The first invite of the cast is the co-host's.
            Errand::Revoke(id) => *id == InviteId::from_bits(1),
            _ => false,
        };
        if makes_co_hosts && !self.rights().appoint {
            return Err(ErrorCode::Rule(Rule::NotOwner));
        }
        Ok(())
    }

    /// Whether they may read what only hosts read.
    fn reading(self) -> Verdict {
        match self.who {
            Who::Stranger => Err(ErrorCode::NoIdentity),
            _ if self.rights().moderate => Ok(()),
            _ => Err(ErrorCode::NotHost),
        }
    }

    fn saying(self) -> Verdict {
        self.seat()?;
        if self.rights().chat { Ok(()) } else { Err(ErrorCode::Rule(Rule::NotAllowed)) }
    }

    fn reconnecting(self) -> Verdict {
        match (self.who, self.when) {
            (_, When::Ended) => self.seat(),
            (Who::Waiting, _) => Ok(()),
            (Who::LetIn, when) if when != When::Over => Ok(()),
            _ => self.seat(),
        }
    }

    fn leaving(self) -> Verdict {
        if self.who == Who::Stranger { Err(ErrorCode::NoIdentity) } else { Ok(()) }
    }

    /// What the door says to somebody who comes anew.
    fn door(self) -> EntryState {
        let barred = |barrier| EntryState::Barred { barrier };
        match (self.who, self.when) {
            (_, When::Ended) => EntryState::Ended { at: model::UnixMillis(0), expired: false },
            (Who::Banned, _) => barred(Barrier::Banned),
            (Who::Owner | Who::CoHost, _) => EntryState::Open,
            // What they were promised holds, for as long as it holds.
            (Who::LetIn, when) if when != When::Over => EntryState::Open,
            (_, When::Early) => EntryState::Early { opens_at: model::UnixMillis(0) },
            (_, When::Locked) => barred(Barrier::Locked),
            (_, When::Over) => barred(Barrier::TooLate),
            (Who::Removed, When::Full) => EntryState::Knock { host_present: true },
            (_, When::Full) => EntryState::Full,
            (Who::Participant | Who::Viewer, When::Open | When::Idle | When::Members) => EntryState::Open,
            (_, When::Open | When::Idle) => EntryState::Passcode,
            (_, When::Members) => barred(Barrier::MembersOnly),
        }
    }

    /// Whether they are told anything of the room at all.
    fn looking(self) -> Verdict {
        if self.who == Who::Banned { Err(ErrorCode::Door(Barrier::Banned)) } else { Ok(()) }
    }

    /// Whether they may know what the room is about.
    fn knows_the_subject(self) -> bool {
        let is_shut = matches!(self.door(), EntryState::Barred { .. } | EntryState::Ended { .. });
        !is_shut || self.seat().is_ok() || self.reconnecting().is_ok()
    }

    /// The same, as it answers a join.
    fn joining(self) -> Verdict {
        match self.door() {
            EntryState::Open | EntryState::Knock { .. } => Ok(()),
            EntryState::Ended { .. } => Err(ErrorCode::RoomEnded),
            EntryState::Early { .. } => Err(ErrorCode::Door(Barrier::TooEarly)),
            EntryState::Passcode => Err(ErrorCode::Door(Barrier::PasscodeMissing)),
            EntryState::Barred { barrier } => Err(ErrorCode::Door(barrier)),
            EntryState::Full => Err(ErrorCode::RoomFull),
            EntryState::DoorFull => Err(ErrorCode::DoorFull),
        }
    }
}

/// Everything that can be done to people, with the role of whom it is done to; what ends or gives away the
/// room comes last.
fn deeds(house: &House<'_>) -> Vec<(Deed, Role)> {
    let [first, second] = [house.inside[0], house.inside[1]];
    let id = |who: Who| house.cast[&who].id.expect("they have a seat");
    let microphone = |participant| Deed::Mute { participant, source: Source::Microphone };
    let stop = |who, source| (Deed::Mute { participant: id(who), source }, who.role());
    let appoint = |participant, role| Deed::Appoint { participant, role };
    let mut deeds = vec![
        // So that it can be seen that whoever was muted may speak again.
        (Deed::Tweak(Tweak::HardMute(true)), Role::Guest),
        (Deed::Admit(house.waiting[0]), Role::Guest),
        (Deed::Deny(house.waiting[1]), Role::Guest),
        (Deed::AdmitAll, Role::Guest),
        (Deed::DenyAll, Role::Guest),
    ];
    for who in [Who::Owner, Who::CoHost, Who::Participant] {
        deeds.push((microphone(id(who)), who.role()));
        deeds.push((Deed::LetSpeak(id(who)), who.role()));
    }
    for source in [Source::Camera, Source::Screen] {
        deeds.extend([stop(Who::Owner, source), stop(Who::Participant, source)]);
    }
    deeds.extend([
        (Deed::TakeBack(id(Who::Viewer)), Role::Viewer),
        (Deed::Remove(id(Who::Owner)), Role::Owner),
        (Deed::Ban(id(Who::Owner)), Role::Owner),
        (Deed::Ban(id(Who::CoHost)), Role::CoHost),
        (Deed::Remove(first), Role::Guest),
        (Deed::Ban(second), Role::Guest),
        (appoint(id(Who::Guest), Role::Participant), Role::Guest),
        (appoint(id(Who::Participant), Role::CoHost), Role::Participant),
    ]);
    deeds.extend(tweaks().map(|tweak| (Deed::Tweak(tweak), Role::Guest)));
    deeds.extend([(Deed::HandOver(id(Who::Viewer)), Role::Viewer), (Deed::End, Role::Guest)]);
    deeds
}

/// A number for each kind of deed: one that is new does not compile here until it has one, and then it is
/// missed in the list.
const fn kind_of_deed(deed: &Deed) -> usize {
    match deed {
        Deed::Admit(_) => 0,
        Deed::AdmitAll => 1,
        Deed::Deny(_) => 2,
        Deed::Remove(_) => 3,
        Deed::Ban(_) => 4,
        Deed::Mute { .. } => 5,
        Deed::LetSpeak(_) => 6,
        Deed::Appoint { .. } => 7,
        Deed::TakeBack(_) => 8,
        Deed::HandOver(_) => 9,
        Deed::Tweak(_) => 10,
        Deed::End => 11,
        Deed::DenyAll => 12,
    }
}

/// The same for errands. Those that mail have a test of their own.
const fn kind_of_errand(errand: &Errand) -> usize {
    match errand {
        Errand::SetPolicy(_) => 0,
        Errand::Rename(_) => 1,
        Errand::Plan(_) => 2,
        Errand::Invite { .. } => 3,
        Errand::Revoke(_) => 4,
        Errand::Appoint { .. } => 5,
        Errand::Pardon(_) => 6,
        Errand::End => 7,
        Errand::Mail { .. } | Errand::MailAgain(_) => usize::MAX,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lists_leave_nothing_out() {
    let server = Server::start().await;
    let house = House::build(&server, When::Open).await;
    let deeds = deeds(&house);
    assert!((0..13).all(|kind| deeds.iter().any(|(deed, _)| kind_of_deed(deed) == kind)));
    assert!((0..8).all(|kind| errands().iter().any(|errand| kind_of_errand(errand) == kind)));
}

fn tweaks() -> [Tweak; 6] {
    [
        Tweak::HardMute(true),
        Tweak::Speak(Circle::Everybody),
        Tweak::Share(Circle::Everybody),
        Tweak::Chat(Circle::Hosts),
        Tweak::Door(Door::Members),
        Tweak::Lock(false),
    ]
}

/// Everything that can be set on the room's page; what ends the room comes last.
fn errands() -> Vec<Errand> {
    let invite = |role| InviteRequest { label: None, role, personal: false, uses: None, hours: None };
    let appoint = |role| Errand::Appoint { user: nobody(), role };
    vec![
        Errand::Rename(RoomName::parse("Mine").expect("a name")),
        Errand::Invite { id: InviteId::from_bits(8), invite: invite(Role::Participant) },
        Errand::Invite { id: InviteId::from_bits(9), invite: invite(Role::CoHost) },
        Errand::Revoke(InviteId::from_bits(2)),
        Errand::Revoke(InviteId::from_bits(1)),
        appoint(Role::Viewer),
        appoint(Role::CoHost),
        Errand::Pardon(nobody()),
        Errand::Plan(Some(later())),
        Errand::SetPolicy(Box::new(Policy::plain(false))),
        Errand::End,
    ]
}

/// What somebody was sent, held against what they may know.
fn assert_kept(house: &House<'_>, cell: Cell, (text, place): (&str, &str)) {
    let inside = cell.who.is_inside(cell.when);
    let outside_only = house.for_the_inside.iter().filter(|_| !inside);
    for secret in house.for_hosts.iter().chain(outside_only) {
        assert!(!text.contains(secret.as_str()), "{cell:?}: {place} tells {secret}: {text}");
    }
    if !cell.who.knows_the_host(cell.when) {
        assert!(!text.contains(HOST), "{cell:?}: {place} tells who hosts: {text}");
    }
    if cell.looking().is_err() && !place.ends_with(".ics") {
        assert!(!text.contains(NAME), "{cell:?}: {place} tells which room it is: {text}");
    }
    // A file for calendars is the same for whoever has the link.
    let reader = if place.ends_with(".ics") { Cell { who: Who::Stranger, ..cell } } else { cell };
    if !reader.knows_the_subject() {
        assert!(!text.contains(NOTICE), "{cell:?}: {place} tells what it is about: {text}");
    }
}

fn check(house: &House<'_>, cell: Cell, (answer, place): (&Answer, &str), expected: Verdict) {
    match expected {
        Ok(()) => assert_eq!(answer.status, StatusCode::OK, "{cell:?}: {place}: {}", answer.text()),
        Err(code) => assert_eq!(answer.refusal(), code, "{cell:?}: {place}"),
    }
    // Whoever runs the room may read it all.
    if !cell.rights().moderate {
        let headers = answer.headers.values().filter_map(|value| value.to_str().ok());
        for text in headers.chain([answer.text()]) {
            assert_kept(house, cell, (text, place));
        }
    }
}

/// Reads everything that there is to read.
async fn read_everything(house: &House<'_>, cell: Cell) {
    let guest = &house.cast[&cell.who].guest;
    let room = json!({ "room": house.room });
    for function in ["settings", "history"] {
        let answer = guest.browser.call(&format!("/api/rooms/{function}"), &room).await;
        check(house, cell, (&answer, function), cell.reading());
    }
    for file in ["history.csv", "history.json"] {
        let answer = guest.browser.get(&format!("/r/{}/{file}", house.room)).await;
        check(house, cell, (&answer, file), cell.reading());
    }
    for page in ["", "/settings", "/history", "/invitation.ics"] {
        let answer = guest.browser.get(&format!("/r/{}{page}", house.room)).await;
        if !cell.rights().moderate {
            assert_kept(house, cell, (answer.text(), page));
        }
    }
    let answer = guest.browser.call("/api/rooms/hosted", &json!({})).await;
    let shown = answer.json::<Vec<HostedRoom>>().iter().any(|room| room.code == house.room);
    assert_eq!(shown, cell.rights().moderate && cell.when != When::Ended, "{cell:?}");
    let answer = guest.browser.call("/api/rooms/entry", &room).await;
    check(house, cell, (&answer, "entry"), cell.looking());
    if cell.looking().is_err() {
        return;
    }
    let entry: EntryView = answer.json();
    // The times are the calendar's.
    let kind = |state: EntryState| std::mem::discriminant(&state);
    match (entry.state, cell.door()) {
        (EntryState::Barred { barrier }, EntryState::Barred { barrier: expected }) => {
            assert_eq!(barrier, expected, "{cell:?}");
        }
        (state, expected) => assert_eq!(kind(state), kind(expected), "{cell:?}: {state:?}"),
    }
}

/// Says everything that can be said on a call socket, and looks at what became of it.
async fn use_the_socket(house: &mut House<'_>, cell: Cell) {
    let all = Publishing { microphone: true, camera: true, screen: true };
    let wanted = |participant: ParticipantId| Wanted { participant, source: Source::Camera, height: 720 };
    let owner = house.cast[&Who::Owner].id.expect("the owner has a seat");
    let wishes = [
        ClientMessage::Publish(all),
        ClientMessage::Demand { wanted: vec![wanted(owner)] },
        ClientMessage::Resync,
        ClientMessage::Ping,
    ];
    if cell.reconnecting().is_err() {
        let browser = &house.cast[&cell.who].guest.browser;
        let origin = format!("http://{}", browser.addr());
        let path = format!("/signal?ticket={}", Ticket::from_bits(7).to_hex());
        let refused = browser.try_socket(&path, Some(&origin)).await.err();
        assert_eq!(refused.expect("there is no such ticket").status, StatusCode::UNAUTHORIZED, "{cell:?}");
        return;
    }
    let socket = house.actor(cell.who).socket.as_mut().expect("they have a socket");
    for wish in &wishes {
        socket.say(wish).await;
    }
    let mut heard = Vec::new();
    loop {
        match socket.next().await {
            ServerMessage::Pong => break,
            other => heard.push(other),
        }
    }
    for message in &heard {
        let quiet = matches!(message, ServerMessage::Waiting { .. } | ServerMessage::Admitted);
        assert!(cell.who.is_inside(cell.when) || quiet, "{cell:?} heard {message:?}");
        if !cell.rights().moderate {
            assert_kept(house, cell, (&protocol::wire::encode_server(message), "the socket"));
        }
    }
    if !cell.who.is_inside(cell.when) {
        return;
    }
    let me = house.cast[&cell.who].id.expect("whoever is inside has a seat");
    let snapshot = house.snapshot_of(cell.who).await;
    let own = snapshot.participants.iter().find(|one| one.id == me).expect("everybody sees themselves");
    let rights = cell.rights();
    assert_eq!(
        (own.microphone, own.camera, own.screen),
        (rights.speak, rights.show, rights.share),
        "{cell:?}"
    );
    assert_eq!(snapshot.rights, rights, "{cell:?}");
    assert_eq!(snapshot.waiting.is_empty(), !rights.moderate, "{cell:?}");
    house
        .actor(cell.who)
        .socket
        .as_mut()
        .expect("still open")
        .say(&ClientMessage::Publish(all.with(Source::Microphone, false)))
        .await;
}

/// Does everything that can be done; whoever may do none of it leaves the room as it was.
async fn try_deeds(house: &mut House<'_>, cell: Cell) {
    // The owner who gave the room away in the end is a co-host, who may still end it.
    for (deed, target) in deeds(house) {
        let answer = house.cast[&cell.who].guest.deed(deed).await;
        let verdict = cell.deed(deed, target);
        check(house, cell, (&answer, &format!("{deed:?}")), verdict);
        if verdict.is_ok() {
            assert_deed_is_done(house, cell.who, deed).await;
        }
    }
}

async fn try_errands(house: &mut House<'_>, cell: Cell) {
    for errand in errands() {
        let answer = house.cast[&cell.who].guest.errand(&errand).await;
        let verdict = cell.errand(&errand);
        check(house, cell, (&answer, &format!("{errand:?}")), verdict);
        if verdict.is_ok() {
            assert_errand_is_done(house, cell.who, &errand).await;
        }
    }
}

/// Comes and goes.
async fn come_and_go(house: &mut House<'_>, cell: Cell) {
    let guest = &house.cast[&cell.who].guest;
    let answer = guest.act("reconnect").await;
    check(house, cell, (&answer, "reconnect"), cell.reconnecting());
    let answer = guest.say(2, "let me say something").await;
    check(house, cell, (&answer, "say"), cell.saying());
    let answer = guest.act("leave").await;
    check(house, cell, (&answer, "leave"), cell.leaving());
    // From here on they are whoever stands before the door, whatever they were: a promise is given up, too.
    let answer = guest.ask().await;
    let who = if cell.who == Who::LetIn { Who::Denied } else { cell.who };
    let cell = Cell { who, ..cell };
    match cell.door() {
        // Whoever is inside from here on may know what people inside know.
        EntryState::Open => assert!(matches!(answer.json(), JoinOutcome::Joined { .. }), "{cell:?}"),
        EntryState::Knock { .. } => {
            check(house, cell, (&answer, "join"), Ok(()));
            assert!(matches!(answer.json(), JoinOutcome::Waiting { .. }), "{cell:?}");
        }
        _ => check(house, cell, (&answer, "join"), cell.joining()),
    }
}

/// Everybody in one state. Hosts have a room of their own each, for they change it.
async fn walk(when: When) {
    let server = Server::start().await;
    let mut house = House::build(&server, when).await;
    for who in Who::ALL {
        let cell = Cell { who, when };
        read_everything(&house, cell).await;
        use_the_socket(&mut house, cell).await;
    }
    let before = house.state().await;
    for who in Who::ALL.into_iter().filter(|who| !who.role().is_host()) {
        let cell = Cell { who, when };
        try_deeds(&mut house, cell).await;
        try_errands(&mut house, cell).await;
        assert_eq!(house.state().await, before, "{cell:?} changed something");
    }
    for who in Who::ALL.into_iter().filter(|who| !who.role().is_host()) {
        come_and_go(&mut house, Cell { who, when }).await;
    }
    for who in [Who::CoHost, Who::Owner] {
        let cell = Cell { who, when };
        let mut house = House::build(&server, when).await;
        try_deeds(&mut house, cell).await;
        let mut house = House::build(&server, when).await;
        try_errands(&mut house, cell).await;
        let mut house = House::build(&server, when).await;
        come_and_go(&mut house, cell).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_door_opens_everybody_may_do_what_the_table_says() {
    walk(When::Early).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_an_empty_room_everybody_may_do_what_the_table_says() {
    walk(When::Idle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_an_open_room_everybody_may_do_what_the_table_says() {
    walk(When::Open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_locked_door_everybody_may_do_what_the_table_says() {
    walk(When::Locked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_full_room_everybody_may_do_what_the_table_says() {
    walk(When::Full).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_only_members_come_in_everybody_may_do_what_the_table_says() {
    walk(When::Members).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_planned_time_everybody_may_do_what_the_table_says() {
    walk(When::Over).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_end_everybody_may_do_what_the_table_says() {
    walk(When::Ended).await;
}

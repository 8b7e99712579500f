//! Before the call: the state of the room, the device check, the name, and the door.
//!
//! | state | what the page offers |
//! |---|---|
//! | early | a countdown and the plan for a calendar; the page moves on when the door opens |
//! | open, knock, passcode | name and door; since when the call runs, who is inside, the host's notice |
//! | full, locked, barred, ended | why, and the way on |
//! | whatever it is, where this browser has a place already | the place ([`super::place`]) |
//!
//! The server renders the first state with the page. What may change by itself is asked for again
//! ([`Door::keep_asking`]), and each refusal of a join is followed by a fresh look at the room.

use super::clock::Clock;
use super::devices::DevicePanel;
use super::door::{self, Door};
use super::left_scene::{history_of_ended, shut, way_on};
use super::link::Link;
use super::place::{self, KeptPlace};
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::other_account::{OtherAccount, depends_on_account};
use crate::pages::refusal;
use crate::room::RoomCall;
use call::view::{JoinProblem, Stage};
use leptos::prelude::*;
use model::{DisplayName, InviteToken, Passcode, Role, RoomCode, TextError};
use protocol::{Barrier, EntryState, EntryView, ErrorCode, PriceView, addresses};
use ui::words::{Words, filled};
use ui::{
    ButtonKind, EarlyPanel, EntryCard, EntryFacts, EntryForm, EntryWay, Fact, LiveRegion, Outcome,
    OutcomePanel, PricePanel, PriceTerms, RoomLink, Urgency,
};

/// The entry page.
#[component]
pub fn EntryScene(
    /// The door.
    door: Door,
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let clock = Clock::at(door.room.with_untracked(|room| room.now));
    let stage = call.stage();
    let idle = Memo::new(move |_| stage.with(|stage| matches!(stage, Stage::Preview { .. })));
    door.keep_asking(clock, idle.into());
    hear_refusals(words, (door, clock), stage);
    let closed = Memo::new(move |_| door.room.with(|room| closed(room.state, room.role)));
    let kept = place::kept(door, call);
    view! {
        <Frame>
            {move || match (kept.get(), closed.get()) {
                (Some(kept), _) => view! { <KeptPlace kept door /> }.into_any(),
                (None, Some(outcome)) => view! { <ClosedDoor outcome door clock /> }.into_any(),
                (None, None) => view! { <OpenDoor door call clock /> }.into_any(),
            }}
            <LiveRegion text=opening(words, door) urgency=Urgency::Polite />
        </Frame>
    }
}

const fn closed(state: EntryState, role: Role) -> Option<Outcome> {
    match state {
        EntryState::Full => Some(Outcome::Full),
        EntryState::DoorFull => Some(Outcome::DoorFull),
        EntryState::Ended { .. } if role.is_host() => Some(Outcome::EndedHosted),
        EntryState::Ended { expired: true, .. } => Some(Outcome::Expired),
        EntryState::Ended { .. } => Some(Outcome::Ended),
        EntryState::Barred {
            barrier: Barrier::PasscodeMissing | Barrier::PasscodeWrong | Barrier::Unpaid,
        } => None,
        EntryState::Barred { barrier } => Some(shut(barrier)),
        EntryState::Open | EntryState::Knock { .. } | EntryState::Early { .. } | EntryState::Passcode => None,
    }
}

/// Says so when a door opens that was shut, for those who do not see it.
fn opening(words: &'static Words, door: Door) -> Signal<String> {
    let open = Memo::new(move |_| {
        let (state, role) = door.room.with(|room| (room.state, room.role));
        closed(state, role).is_none() && !matches!(state, EntryState::Early { .. })
    });
    let opened = Memo::new(move |before: Option<&(bool, bool)>| {
        let now = open.get();
        (now, before.is_some_and(|(was, _)| now && !was))
    });
    Signal::derive(move || if opened.get().1 { words.door.now_open.to_owned() } else { String::new() })
}

/// The door is shut: why, and the way on.
#[component]
fn ClosedDoor(outcome: Outcome, door: Door, clock: Clock) -> impl IntoView {
    let words = words();
    let address = door.room.with_untracked(|room| format!("/r/{}", room.code));
    let note = Signal::derive(move || match door.room.with(|room| room.state) {
        _ if place::is_inside(door) => words.entry.inside.to_owned(),
        EntryState::Ended { at, .. } => filled(words.door.ended_at, &[("time", &clock.moment(at))]),
        state if door::pause_ms(state).is_some() => words.door.asks_again.to_owned(),
        _ => String::new(),
    });
    let on_again = Callback::new(move |()| {
        door.pressed.set(true);
        door.ask(clock);
    });
    let after = way_on(door, outcome);
    view! {
        <OutcomePanel words outcome room=address note pending=door.asking on_again after>
            {depends_on_account(outcome).then(|| view! { <OtherAccount /> })}
            {history_of_ended(door, outcome)}
        </OutcomePanel>
    }
}

/// The door opens now or later.
#[component]
fn OpenDoor(door: Door, call: RoomCall, clock: Clock) -> impl IntoView {
    let words = words();
    let (code, name, hosting) =
        door.room.with_untracked(|room| (room.code, room.name.to_string(), room.role.is_host()));
    let note = Signal::derive(move || match place::is_inside(door) {
        true => words.entry.inside.to_owned(),
        false => door.room.with(|room| note(words, room)).to_owned(),
    });
    let inside = Memo::new(move |_| door.room.with(|room| Inside::of(room, door, clock)));
    // Whoever reads a price and may come in all the same has paid it.
    let has_paid = Memo::new(move |_| {
        let is_price = inside.with(|inside| matches!(inside, Inside::Price(_)));
        !is_price && door.room.with(|room| room.price.is_some())
    });
    let pays = addresses::of(code, addresses::PAY);
    let facts = Signal::derive(move || door.room.with(|room| facts(words, room, clock)));
    let notice = Memo::new(move |_| door.room.with(|room| room.notice.as_ref().map(ToString::to_string)));
    let link = Link::of(code);
    let invite = hosting.then(|| {
        let label = words.entry.share_link;
        view! { <RoomLink words label link=link.address copied=link.copied on_copy=link.copy() /> }
    });
    view! {
        <EntryCard title=name note>
            <div>
                <DevicePanel call />
            </div>
            <div>
                <EntryFacts words facts notice />
                {move || match inside.get() {
                    Inside::Early => view! { <Early door clock /> }.into_any(),
                    Inside::Price(terms) => {
                        let (action, payments) = (pays.clone(), addresses::PAYMENTS);
                        view! { <PricePanel words terms=*terms action payments /> }.into_any()
                    }
                    Inside::NotSold => view! { <p role="status">{words.pay.not_sold_now}</p> }.into_any(),
                    Inside::Name => view! { <Name door call /> }.into_any(),
                }}
                {move || has_paid.get().then(|| view! {
                    <a class=ButtonKind::Quiet.class() href=addresses::PAYMENTS rel="external">{words.pay.papers}</a>
                })}
                {invite}
            </div>
        </EntryCard>
    }
}

/// What stands where one comes in.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Inside {
    Early,
    Price(Box<PriceTerms>),
    /// There is a price, and nobody can pay it.
    NotSold,
    Name,
}

impl Inside {
    fn of(room: &EntryView, door: Door, clock: Clock) -> Self {
        match (&room.state, &room.price) {
            (EntryState::Early { .. }, _) => Self::Early,
            (EntryState::Barred { barrier: Barrier::Unpaid }, Some(price)) => {
                Self::Price(Box::new(terms(room.code, price, door.invite, clock)))
            }
            (EntryState::Barred { barrier: Barrier::Unpaid }, None) => Self::NotSold,
            _ => Self::Name,
        }
    }
}

/// What somebody agrees to who has not paid.
fn terms(room: RoomCode, price: &PriceView, invite: Option<InviteToken>, clock: Clock) -> PriceTerms {
    PriceTerms {
        sentences: price.sentences.clone(),
        translation: price.translations.first().map(|terms| (terms.lang.clone(), terms.sentences.clone())),
        digest: price.terms.clone(),
        due: price.due.clone(),
        is_kept_ready: price.is_kept_ready,
        invite: invite.map(String::from),
        until: price.until.map(|until| clock.time(until)),
        taken: price.taken_until.map(|until| clock.time(until)),
        minutes: price
            .minutes_left
            .map(|left| (left, price.sells_minutes.then(|| addresses::of_minutes(room, invite)))),
        bill: price
            .bill
            .as_ref()
            .map(|bill| (bill.due.clone(), addresses::of_session(bill.session, addresses::RECEIPT))),
        is_test: price.is_test,
    }
}

/// The door opens later.
#[component]
fn Early(door: Door, clock: Clock) -> impl IntoView {
    let words = words();
    let calendar = door.room.with_untracked(|room| addresses::of(room.code, addresses::CALENDAR));
    let left_ms = Memo::new(move |_| match door.room.with(|room| room.state) {
        EntryState::Early { opens_at } => opens_at.since(clock.now().get()),
        _ => 0,
    });
    view! { <EarlyPanel words left_ms calendar /> }
}

/// Name, passcode and door.
#[component]
fn Name(door: Door, call: RoomCall) -> impl IntoView {
    let words = words();
    let entry = &words.entry;
    let name_error = RwSignal::new(None::<String>);
    let name_ref = NodeRef::new();
    let stage = call.stage();
    // Once the person is inside, this page stands until the call's own is there.
    let pending =
        Signal::derive(move || stage.with(|stage| matches!(stage, Stage::Joining | Stage::InCall { .. })));
    let way = Memo::new(move |_| door.room.with(way));
    let note = Signal::derive(move || door.refused.get().unwrap_or_default().to_owned());
    let on_enter = Callback::new(move |()| match DisplayName::parse(&door.name.get_untracked()) {
        Ok(parsed) => {
            name_error.set(None);
            if passcode_is_typed(words, door) {
                call.join(parsed, door.pass());
            }
        }
        Err(error) => {
            let text = match error {
                TextError::Empty => entry.name_missing,
                TextError::TooLong { .. } => entry.name_long,
            };
            name_error.set(Some(text.to_owned()));
            focus(name_ref);
        }
    });
    // Whoever asked by a press, and is let on, goes on where they can type.
    Effect::new(move |_| {
        if name_ref.get().is_some() && door.pressed.get_untracked() {
            door.pressed.set(false);
            focus(name_ref);
        }
    });
    view! {
        <EntryForm
            words
            name=door.name
            name_error
            way
            pending
            on_enter
            note
            name_ref
            passcode=door.passcode
        />
    }
}

/// What the press on the door means.
const fn way(room: &EntryView) -> EntryWay {
    match room.state {
        _ if room.role.is_host() && room.open_since.is_none() => EntryWay::Start,
        _ if room.role.is_host() => EntryWay::Join,
        EntryState::Knock { .. } => EntryWay::Knock,
        EntryState::Open
        | EntryState::Early { .. }
        | EntryState::Passcode
        | EntryState::Barred { .. }
        | EntryState::Full
        | EntryState::DoorFull
        | EntryState::Ended { .. } => EntryWay::Join,
    }
}

/// What the reader will meet, in one sentence.
const fn note(words: &'static Words, room: &EntryView) -> &'static str {
    let entry = &words.entry;
    match room.state {
        _ if room.role.is_host() => entry.hosting,
        EntryState::Knock { host_present: true } => entry.knock_host_there,
        EntryState::Knock { host_present: false } => entry.knock_host_away,
        EntryState::Open => entry.open,
        EntryState::Passcode => words.door.passcode_note,
        EntryState::Early { .. }
        | EntryState::Barred { .. }
        | EntryState::Full
        | EntryState::DoorFull
        | EntryState::Ended { .. } => "",
    }
}

/// What is known of the room from outside.
fn facts(words: &'static Words, room: &EntryView, clock: Clock) -> Vec<Fact> {
    let planned = room
        .occurrence
        .map(|planned| Fact::planned(words, &clock.moment(planned.starts), &clock.time(planned.ends)));
    let opens = match room.state {
        EntryState::Early { opens_at } => Some(Fact::opens(words, clock.moment(opens_at))),
        EntryState::Open
        | EntryState::Knock { .. }
        | EntryState::Passcode
        | EntryState::Barred { .. }
        | EntryState::Full
        | EntryState::DoorFull
        | EntryState::Ended { .. } => None,
    };
    let since = room.open_since.map(|since| {
        let minutes = usize::try_from(room.now.since(since) / 60_000).unwrap_or_default();
        Fact::since(words, &clock.time(since), minutes)
    });
    let names = |inside: &Vec<DisplayName>| inside.iter().map(ToString::to_string).collect::<Vec<_>>();
    let inside = room.inside.as_ref().map(|inside| Fact::inside(words, &names(inside)));
    let host = room.host.as_ref().map(|host| Fact::host(words, host.as_str()));
    [host, planned, opens, since, inside].into_iter().flatten().collect()
}

/// Puts what was refused where it belongs: to the passcode, or below the door. A refusal says that the
/// page knows less than the server, so that the room is looked at again.
fn hear_refusals(words: &'static Words, (door, clock): (Door, Clock), stage: Memo<Stage>) {
    let typing = RwSignal::new(false);
    Effect::new(move |_| {
        door.refused.set(None);
        let Stage::Preview { problem: Some(problem) } = stage.get() else { return };
        // A place that cannot be taken up again must not stand in the way.
        door.anew.set(true);
        let about_passcode = match problem {
            JoinProblem::Refused(ErrorCode::Door(Barrier::PasscodeMissing)) => {
                door.room.update(|room| room.state = EntryState::Passcode);
                Some(words.door.passcode_missing)
            }
            JoinProblem::Refused(ErrorCode::Door(Barrier::PasscodeWrong)) => Some(words.door.passcode_wrong),
            JoinProblem::Refused(ErrorCode::TooManyRequests) if door.passcode.asked.get_untracked() => {
                Some(words.door.passcode_wait)
            }
            JoinProblem::Refused(code) => {
                door.refused.set(Some(refusal::text(words, code)));
                door.ask(clock);
                None
            }
            JoinProblem::Unsupported | JoinProblem::TimedOut => {
                door.refused.set(Some(sentence(words, problem)));
                None
            }
        };
        if let Some(text) = about_passcode {
            door.passcode.error.set(Some(text.to_owned()));
            typing.set(true);
        }
    });
    // What was refused in one state of the room says nothing about the next.
    let state = Memo::new(move |_| door.room.with(|room| room.state));
    Effect::new(move |before: Option<EntryState>| {
        let now = state.get();
        if before.is_some_and(|before| before != now) {
            door.refused.set(None);
        }
        now
    });
    Effect::new(move |_| {
        if let Some(field) = door.passcode.field.get().filter(|_| typing.get()) {
            typing.set(false);
            drop(field.focus());
            field.select();
        }
    });
}

/// Whether the passcode can be sent; if not, the field says why.
fn passcode_is_typed(words: &'static Words, door: Door) -> bool {
    let passcode = door.passcode;
    passcode.error.set(None);
    if !passcode.asked.get_untracked() {
        return true;
    }
    let typed = passcode.value.get_untracked();
    if Passcode::parse(&typed).is_ok() {
        return true;
    }
    let empty = typed.trim().is_empty();
    let text = if empty { words.door.passcode_missing } else { words.door.passcode_shape };
    passcode.error.set(Some(text.to_owned()));
    focus(passcode.field);
    false
}

fn focus(field: NodeRef<leptos::html::Input>) {
    if let Some(field) = field.get_untracked() {
        // A field that cannot be focused is no reason to stop.
        drop(field.focus());
    }
}

const fn sentence(words: &'static Words, problem: JoinProblem) -> &'static str {
    match problem {
        JoinProblem::Refused(code) => refusal::text(words, code),
        JoinProblem::Unsupported => words.ways.unsupported_text,
        JoinProblem::TimedOut => words.errors.timed_out,
    }
}

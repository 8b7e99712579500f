//! The rules of a room, as fields: who comes in, who may do what, and what happens in the end.
//!
//! All fields write into one draft of the [`Policy`]; what of it is saved is the page's choice. A room's
//! lock is not here: it is turned during the call.

use crate::checkbox::Checkbox;
use crate::choice_group::ChoiceGroup;
use crate::plan_fields::spans;
use crate::select_field::{Choice, SelectField};
use crate::words::{Words, counted};
use leptos::prelude::*;
use model::Policy;
use model::policy::{Capacity, Circle, Door, Ending, Favour, Minutes, Reconnect};

const EARLY: [u16; 6] = [5, 10, 15, 30, 60, 120];
const LONGEST: [u16; 9] = [30, 45, 60, 90, 120, 180, 240, 480, 1440];

const DOORS: [(Door, &str); 3] = [(Door::Open, "open"), (Door::Knock, "knock"), (Door::Members, "members")];
const CIRCLES: [(Circle, &str); 3] =
    [(Circle::Hosts, "hosts"), (Circle::Participants, "participants"), (Circle::Everybody, "everybody")];
const RECONNECTS: [(Reconnect, &str); 3] =
    [(Reconnect::Resume, "resume"), (Reconnect::Rejoin, "rejoin"), (Reconnect::Fresh, "fresh")];
const FAVOURS: [(Favour, &str); 2] = [(Favour::Quality, "quality"), (Favour::Continuity, "continuity")];
const ENDINGS: [(Ending, &str); 2] = [(Ending::RunOn, "run_on"), (Ending::Close, "close")];

/// A rule whose values have words, as a field reads and writes it.
struct Listed<T: 'static> {
    words: &'static [(T, &'static str)],
    draft: RwSignal<Policy>,
    read: fn(&Policy) -> T,
    write: fn(&mut Policy, T),
}

impl<T: Copy + PartialEq + Send + Sync> Listed<T> {
    fn value(&self) -> Signal<String> {
        let (words, draft, read) = (self.words, self.draft, self.read);
        Signal::derive(move || {
            let set = draft.with(read);
            words.iter().find(|(value, _)| *value == set).map_or("", |(_, word)| word).to_owned()
        })
    }

    fn on_change(&self) -> Callback<String> {
        let (words, draft, write) = (self.words, self.draft, self.write);
        Callback::new(move |chosen: String| {
            if let Some((value, _)) = words.iter().find(|(_, word)| *word == chosen) {
                draft.update(|policy| write(policy, *value));
            }
        })
    }

    fn choices(&self, labels: &[&'static str]) -> Vec<Choice> {
        self.words.iter().zip(labels).map(|((_, word), label)| Choice::new(*word, *label)).collect()
    }
}

/// Who comes in without being let in.
#[component]
pub fn DoorChoice(
    /// The words.
    words: &'static Words,
    /// The rules as they stand in the fields.
    draft: RwSignal<Policy>,
) -> impl IntoView {
    let text = &words.settings;
    let rule = Listed {
        words: &DOORS,
        draft,
        read: |policy| policy.door,
        write: |policy: &mut Policy, door| policy.door = door,
    };
    let hints = [text.door_open_hint, text.door_knock_hint, text.door_members_hint];
    let labels = [text.door_open, text.door_knock, text.door_members];
    let choices = rule.choices(&labels).into_iter().zip(hints).collect();
    let (value, on_change) = (rule.value(), rule.on_change());
    view! { <ChoiceGroup name="door" legend=text.door choices value on_change /> }
}

/// What people learn at the door, and when it opens.
#[component]
pub fn DoorManner(
    /// The words.
    words: &'static Words,
    /// The rules as they stand in the fields.
    draft: RwSignal<Policy>,
) -> impl IntoView {
    let text = &words.settings;
    let early = Signal::derive(move || draft.with(|policy| policy.early.count().to_string()));
    let on_early = move |chosen: String| {
        if let Some(minutes) = chosen.parse().ok().and_then(|count| Minutes::new(count).ok()) {
            draft.update(|policy| policy.early = minutes);
        }
    };
    let set = draft.with_untracked(|policy| policy.early.count());
    let mut choices = spans(words, &EARLY, (set > 0).then_some(set));
    choices.insert(0, Choice::new("0", text.early_none));
    view! {
        <SelectField
            id="door-early"
            label=text.early
            hint=text.early_hint
            choices
            value=early
            on_change=on_early
        />
        <Checkbox
            id="door-inside"
            name="inside"
            label=text.show_inside
            hint=text.show_inside_hint
            checked=Signal::derive(move || draft.with(|policy| policy.show_inside))
            on_change=move |shown| draft.update(|policy| policy.show_inside = shown)
        />
    }
}

/// Who may do what in the call.
#[component]
pub fn CallRules(
    /// The words.
    words: &'static Words,
    /// The rules as they stand in the fields.
    draft: RwSignal<Policy>,
) -> impl IntoView {
    let text = &words.settings;
    let labels = [text.circle_hosts, text.circle_participants, text.circle_everybody];
    let circle = |id: &'static str, label: &'static str, read: fn(&Policy) -> Circle, write| {
        let rule = Listed { words: &CIRCLES, draft, read, write };
        let (choices, value, on_change) = (rule.choices(&labels), rule.value(), rule.on_change());
        view! { <SelectField id label choices value on_change /> }
    };
    let count = |people: u16| {
        let label = counted(text.people_count, text.people_count, usize::from(people));
        Choice::new(people.to_string(), label)
    };
    let capacity = Signal::derive(move || draft.with(|policy| u16::from(policy.capacity).to_string()));
    let on_capacity = move |chosen: String| {
        if let Some(people) = chosen.parse().ok().and_then(|people| Capacity::new(people).ok()) {
            draft.update(|policy| policy.capacity = people);
        }
    };
    view! {
        <div class="policy-fields">
            {circle("call-speak", text.speak, |policy| policy.speak, |policy, circle| policy.speak = circle)}
            {circle("call-share", text.share, |policy| policy.share, |policy, circle| policy.share = circle)}
            {circle("call-chat", text.chat, |policy| policy.chat, |policy, circle| policy.chat = circle)}
            {circle("call-record", text.record, |policy| policy.record, |policy, circle| policy.record = circle)}
            <SelectField
                id="call-capacity"
                label=text.capacity
                hint=text.capacity_hint
                choices=(2..=Capacity::MOST).map(count).collect()
                value=capacity
                on_change=on_capacity
            />
            <div class="policy-fields__wide">
                <Checkbox
                    id="call-hard-mute"
                    name="hard_mute"
                    label=text.hard_mute
                    hint=text.hard_mute_hint
                    checked=Signal::derive(move || draft.with(|policy| policy.hard_mute))
                    on_change=move |hard| draft.update(|policy| policy.hard_mute = hard)
                />
            </div>
        </div>
    }
}

/// What happens when time is up or a network fails.
#[component]
pub fn TimeRules(
    /// The words.
    words: &'static Words,
    /// The rules as they stand in the fields.
    draft: RwSignal<Policy>,
) -> impl IntoView {
    let text = &words.settings;
    let reconnect = Listed {
        words: &RECONNECTS,
        draft,
        read: |policy| policy.reconnect,
        write: |policy: &mut Policy, value| policy.reconnect = value,
    };
    let favour = Listed {
        words: &FAVOURS,
        draft,
        read: |policy| policy.favour,
        write: |policy: &mut Policy, value| policy.favour = value,
    };
    let ending = Listed {
        words: &ENDINGS,
        draft,
        read: |policy| policy.ending,
        write: |policy: &mut Policy, value| policy.ending = value,
    };
    let ways = [text.reconnect_resume, text.reconnect_rejoin, text.reconnect_fresh];
    let wishes = [text.favour_quality, text.favour_continuity];
    let ends = [text.ending_run_on, text.ending_close];
    view! {
        <div class="policy-fields">
            <SelectField
                id="time-ending"
                label=text.ending
                hint=text.ending_hint
                choices=ending.choices(&ends)
                value=ending.value()
                on_change=ending.on_change()
            />
            <Longest words draft />
            <SelectField
                id="time-reconnect"
                label=text.reconnect
                hint=text.reconnect_hint
                choices=reconnect.choices(&ways)
                value=reconnect.value()
                on_change=reconnect.on_change()
            />
            <SelectField
                id="time-favour"
                label=text.favour
                hint=text.favour_hint
                choices=favour.choices(&wishes)
                value=favour.value()
                on_change=favour.on_change()
            />
        </div>
    }
}

/// How long a call may last that is not planned.
#[component]
fn Longest(words: &'static Words, draft: RwSignal<Policy>) -> impl IntoView {
    let text = &words.settings;
    let longest = move || draft.with(|policy| policy.longest.map_or(0, Minutes::count).to_string());
    let on_change = move |chosen: String| {
        if let Some(minutes) = chosen.parse().ok().and_then(|count| Minutes::new(count).ok()) {
            draft.update(|policy| policy.longest = Some(minutes).filter(|minutes| minutes.count() > 0));
        }
    };
    let set = draft.with_untracked(|policy| policy.longest.map(Minutes::count));
    let mut choices = spans(words, &LONGEST, set);
    choices.insert(0, Choice::new("0", text.longest_none));
    view! {
        <SelectField
            id="time-longest"
            label=text.longest
            hint=text.longest_hint
            choices
            value=Signal::derive(longest)
            on_change
        />
    }
}

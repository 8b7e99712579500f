//! The rules that a host changes during the call, each by one press. It shows the rules as they are; what
//! another host changes changes here, too.

use crate::checkbox::Checkbox;
use crate::icons::{Glyph, Icon};
use crate::side_panel::SidePanel;
use crate::words::Words;
use leptos::prelude::*;
use model::policy::{Circle, Door};

/// The rules as the panel shows them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    pub locked: bool,
    pub door: Door,
    pub share: Circle,
    pub speak: Circle,
    pub chat: Circle,
    pub hard_mute: bool,
}

/// One rule with its new value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RuleChange {
    Lock(bool),
    Door(Door),
    Share(Circle),
    Speak(Circle),
    Chat(Circle),
    HardMute(bool),
}

impl Rules {
    /// The rules with this one changed.
    #[must_use]
    pub const fn with(mut self, change: RuleChange) -> Self {
        match change {
            RuleChange::Lock(locked) => self.locked = locked,
            RuleChange::Door(door) => self.door = door,
            RuleChange::Share(circle) => self.share = circle,
            RuleChange::Speak(circle) => self.speak = circle,
            RuleChange::Chat(circle) => self.chat = circle,
            RuleChange::HardMute(hard) => self.hard_mute = hard,
        }
        self
    }
}

/// The panel of the room's rules.
#[component]
pub fn RoomRulesPanel(
    /// The words.
    words: &'static Words,
    /// The rules as they are.
    #[prop(into)]
    rules: Signal<Rules>,
    /// Where all the other settings are.
    #[prop(into)]
    settings: String,
    /// Changes one rule.
    #[prop(into)]
    on_change: Callback<RuleChange>,
    /// Closes the panel.
    #[prop(into)]
    on_close: Callback<()>,
    /// The heading, so that the focus can be moved to where the panel begins.
    #[prop(optional)]
    heading: NodeRef<leptos::html::H2>,
) -> impl IntoView {
    let said = &words.rules;
    let part = move |part: fn(Rules) -> bool| Signal::derive(move || part(rules.get()));
    view! {
        <SidePanel words=words id="rules-title" title=said.title on_close=on_close heading=heading>
            <div class="room-rules">
                <Checkbox
                    id="rule-lock"
                    name="lock"
                    label=said.lock
                    hint=said.lock_hint
                    checked=part(|rules| rules.locked)
                    on_change=move |locked| on_change.run(RuleChange::Lock(locked))
                />
                <RuleLists words=words rules=rules on_change=on_change />
                <Checkbox
                    id="rule-hard-mute"
                    name="hard_mute"
                    label=said.hard_mute
                    hint=said.hard_mute_hint
                    checked=part(|rules| rules.hard_mute)
                    on_change=move |hard| on_change.run(RuleChange::HardMute(hard))
                />
                <div class="room-rules__more">
                    <a class="room-rules__link" href=settings target="_blank" rel="noopener">
                        <Icon glyph=Glyph::Door />
                        <span>{said.settings}</span>
                    </a>
                    <p class="room-rules__hint">{said.settings_hint}</p>
                </div>
            </div>
        </SidePanel>
    }
}

#[component]
fn RuleLists(words: &'static Words, rules: Signal<Rules>, on_change: Callback<RuleChange>) -> impl IntoView {
    let said = &words.rules;
    let circles =
        [words.settings.circle_everybody, words.settings.circle_participants, words.settings.circle_hosts];
    let circle = move |part: fn(Rules) -> Circle, change: fn(Circle) -> RuleChange| {
        let chosen = Signal::derive(move || circle_index(part(rules.get())));
        (chosen, Callback::new(move |at| on_change.run(change(CIRCLES[at]))))
    };
    let (share, on_share) = circle(|rules| rules.share, RuleChange::Share);
    let (speak, on_speak) = circle(|rules| rules.speak, RuleChange::Speak);
    let (chat, on_chat) = circle(|rules| rules.chat, RuleChange::Chat);
    let doors = [words.settings.door_open, words.settings.door_knock, words.settings.door_members];
    view! {
        <Choice
            id="rule-door"
            label=said.door
            options=doors
            chosen=Signal::derive(move || door_index(rules.get().door))
            on_change=move |at: usize| on_change.run(RuleChange::Door(DOORS[at]))
        />
        <Choice id="rule-speak" label=said.speak options=circles chosen=speak on_change=on_speak />
        <Choice id="rule-share" label=said.share options=circles chosen=share on_change=on_share />
        <Choice id="rule-chat" label=said.chat options=circles chosen=chat on_change=on_chat />
    }
}

const CIRCLES: [Circle; 3] = [Circle::Everybody, Circle::Participants, Circle::Hosts];
const DOORS: [Door; 3] = [Door::Open, Door::Knock, Door::Members];

const fn circle_index(circle: Circle) -> usize {
    match circle {
        Circle::Everybody => 0,
        Circle::Participants => 1,
        Circle::Hosts => 2,
    }
}

const fn door_index(door: Door) -> usize {
    match door {
        Door::Open => 0,
        Door::Knock => 1,
        Door::Members => 2,
    }
}

/// A labelled list of three.
#[component]
fn Choice(
    id: &'static str,
    label: &'static str,
    options: [&'static str; 3],
    chosen: Signal<usize>,
    #[prop(into)] on_change: Callback<usize>,
) -> impl IntoView {
    let lines = options.into_iter().enumerate().map(|(at, text)| {
        view! { <option value=at.to_string() selected=move || chosen.get() == at>{text}</option> }
    });
    view! {
        <div class="room-rules__choice">
            <label class="room-rules__label" for=id>{label}</label>
            <div class="room-rules__field">
                <select
                    class="room-rules__list"
                    id=id
                    prop:value=move || chosen.get().to_string()
                    on:change=move |event| {
                        let at = event_target_value(&event).parse().unwrap_or_default();
                        on_change.run(usize::min(at, 2));
                    }
                >
                    {lines.collect_view()}
                </select>
                <Icon glyph=Glyph::Open />
            </div>
        </div>
    }
}

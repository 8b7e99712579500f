//! One round button of the bar: a drawing to see, words to hear, a key to press.

use crate::icons::{Glyph, Icon};
use leptos::prelude::*;

/// How a control looks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ControlTone {
    #[default]
    Plain,
    /// What it controls is off.
    Off,
    /// What it controls is on and others notice: a shared screen, an open panel.
    On,
    /// What it controls does not work just now.
    Warning,
    /// It ends something.
    Danger,
}

impl ControlTone {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "control-button",
            Self::Off => "control-button control-button--off",
            Self::On => "control-button control-button--on",
            Self::Warning => "control-button control-button--warning",
            Self::Danger => "control-button control-button--danger",
        }
    }
}

/// A round button with a drawing. Its words and its key show on hover and focus.
#[component]
pub fn ControlButton(
    /// The drawing.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// What a press does; it changes with the state, so there is no pressed state beside it.
    #[prop(into)]
    label: Signal<String>,
    /// The key that does the same, if there is one.
    #[prop(optional)]
    key: Option<&'static str>,
    /// How it looks.
    #[prop(optional, into)]
    tone: Signal<ControlTone>,
    /// For a button that opens something: whether it is open.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    /// A number at the corner; the label says it too.
    #[prop(optional, into)]
    badge: Signal<usize>,
    /// The action is under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Why it is at rest. A press still runs, so that whoever cannot hover is told, too.
    #[prop(optional, into)]
    barred: Signal<Option<String>>,
    /// The id of the popover that a press opens.
    #[prop(optional)]
    opens: Option<&'static str>,
    /// Runs on a press.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    let tip = move || match (barred.get(), key) {
        (Some(why), _) => why,
        (None, Some(key)) => format!("{} ({key})", label.get()),
        (None, None) => label.get(),
    };
    let rests = move || pending.get() || barred.with(Option::is_some);
    let press = move |_| {
        if let Some(on_press) = on_press.filter(|_| !pending.get_untracked()) {
            on_press.run(());
        }
    };
    view! {
        <button
            type="button"
            class=move || tone.get().class()
            aria-label=move || label.get()
            aria-keyshortcuts=key
            aria-expanded=move || expanded.map(|open| if open.get() { "true" } else { "false" })
            aria-disabled=move || rests().then_some("true")
            aria-busy=move || pending.get().then_some("true")
            aria-description=move || barred.get()
            popovertarget=opens
            data-tip=tip
            on:click=press
        >
            <Icon glyph=Signal::derive(move || if pending.get() { Glyph::Wait } else { glyph.get() }) />
            <span class="control-button__badge" hidden=move || badge.get() == 0 aria-hidden="true">
                {move || if badge.get() > 99 { "99+".to_owned() } else { badge.get().to_string() }}
            </span>
        </button>
    }
}

//! The button. One look for each weight that an action can have.

use crate::icons::{Glyph, Icon};
use leptos::prelude::*;

/// How much an action weighs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ButtonKind {
    /// The one thing that the page is for.
    Primary,
    #[default]
    Secondary,
    /// Beside a stronger one.
    Quiet,
    /// Ends something for somebody.
    Danger,
}

impl ButtonKind {
    /// The class of a link or button of this weight.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Secondary => "button button--secondary",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button with words.
#[component]
pub fn Button(
    /// How much the action weighs.
    #[prop(optional)]
    kind: ButtonKind,
    /// `submit` in a form; `button` otherwise.
    #[prop(default = "button")]
    role: &'static str,
    /// A drawing before the words.
    #[prop(optional, into)]
    glyph: Option<Signal<Glyph>>,
    /// The action is under way: the button keeps its place and its focus, but does not act again.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// The action makes no sense just now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What a screen reader says instead of the words, where the words need their surroundings.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    /// Whether a dialog that opens puts the focus here.
    #[prop(optional)]
    first: bool,
    /// Runs on a press, unless pending or disabled.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let rests = move || pending.get() || disabled.get();
    let press = move |event: leptos::ev::MouseEvent| {
        if rests() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            type=role
            class=kind.class()
            autofocus=first
            aria-label=move || label.map(|label| label.get())
            aria-disabled=move || rests().then_some("true")
            aria-busy=move || pending.get().then_some("true")
            on:click=press
        >
            {glyph.map(|glyph| view! {
                <Icon glyph=Signal::derive(move || if pending.get() { Glyph::Wait } else { glyph.get() }) />
            })}
            <span class="button__words">{children()}</span>
        </button>
    }
}

//! What does not fit on the bar.

use crate::control_button::ControlButton;
use crate::icons::{Glyph, Icon};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, MouseEvent};

/// A button that opens a short list of actions. The browser closes it on Escape and on a press elsewhere.
#[component]
pub fn MoreMenu(
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// The actions, each a [`MenuItem`].
    children: Children,
) -> impl IntoView {
    view! {
        <div class="more-menu">
            <ControlButton glyph=Glyph::More label=label opens="more-menu" />
            <div class="more-menu__list" id="more-menu" popover="auto">{children()}</div>
        </div>
    }
}

/// One action of the list, which closes after it.
#[component]
pub fn MenuItem(
    /// The drawing.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// The key that does the same, if there is one.
    #[prop(optional)]
    key: Option<&'static str>,
    /// Runs on a press.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="more-menu__item"
            popovertarget="more-menu"
            popovertargetaction="hide"
            aria-keyshortcuts=key
            on:click=move |event| {
                give_focus_back(&event);
                on_press.run(());
            }
        >
            <Icon glyph=glyph />
            <span>{move || label.get()}</span>
            {key.map(|key| view! { <kbd class="more-menu__key" aria-hidden="true">{key}</kbd> })}
        </button>
    }
}

/// Puts the focus on the button of the list before the list goes: what the action opens gives the focus
/// back to where it was, and an item that is hidden again would lose it to the page.
fn give_focus_back(event: &MouseEvent) {
    let menu = event_target::<Element>(event).closest(".more-menu").ok().flatten();
    let button = menu.and_then(|menu| menu.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // A button that cannot be focused is no reason to do nothing.
        drop(button.focus());
    }
}

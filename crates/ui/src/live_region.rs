//! Says things to screen readers without showing them.

use leptos::prelude::*;

/// How urgently something is said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Urgency {
    /// When the reader pauses.
    #[default]
    Polite,
    /// At once: removed, connection lost.
    Assertive,
}

/// A region that is read out whenever its text changes. It must be in the page before the text is.
#[component]
pub fn LiveRegion(
    /// What to say; an empty text says nothing.
    #[prop(into)]
    text: Signal<String>,
    /// How urgently.
    #[prop(optional)]
    urgency: Urgency,
) -> impl IntoView {
    let (role, live) = match urgency {
        Urgency::Polite => ("status", "polite"),
        Urgency::Assertive => ("alert", "assertive"),
    };
    view! {
        <div class="live-region visually-hidden" role=role aria-live=live aria-atomic="true">
            {move || text.get()}
        </div>
    }
}

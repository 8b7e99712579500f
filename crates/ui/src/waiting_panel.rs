//! At the door: who knows about it, what happens next, and the way out.

use crate::button::Button;
use crate::host_notice::HostNotice;
use crate::words::Words;
use leptos::prelude::*;

/// What a waiting person sees. Changes are read out when the reader pauses.
#[component]
pub fn WaitingPanel(
    /// The words.
    words: &'static Words,
    /// The room's name.
    #[prop(into)]
    room_name: Signal<String>,
    /// Whether a host is in the room just now.
    #[prop(into)]
    host_present: Signal<bool>,
    /// The connection is being rebuilt; the place is kept.
    #[prop(optional, into)]
    reconnecting: Signal<bool>,
    /// What the host tells people at the door.
    #[prop(optional, into)]
    notice: Signal<Option<String>>,
    /// Stops waiting.
    #[prop(into)]
    on_leave: Callback<()>,
    /// The device check, so that one can get ready meanwhile.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let waiting = &words.waiting;
    let text = move || match (reconnecting.get(), host_present.get()) {
        (true, _) => waiting.reconnecting,
        (false, true) => waiting.host_knows,
        (false, false) => waiting.host_away,
    };
    view! {
        <section class="waiting-panel" aria-labelledby="waiting-title">
            {door()}
            <p class="waiting-panel__room" dir="auto">{move || room_name.get()}</p>
            <h1 class="waiting-panel__title" id="waiting-title" tabindex="-1">{waiting.title}</h1>
            <p class="waiting-panel__text" role="status">{text}</p>
            <p class="waiting-panel__stay">{waiting.stay}</p>
            <HostNotice words notice />
            <Button on_press=move |()| on_leave.run(())>{waiting.leave}</Button>
            {children.map(|children| view! { <div class="waiting-panel__devices">{children()}</div> })}
        </section>
    }
}

/// The door with light under it.
pub(crate) fn door() -> impl IntoView {
    view! {
        <svg class="waiting-panel__door" viewBox="0 0 32 32" aria-hidden="true">
            <path class="waiting-panel__light" d="M12 28V13.5a4 4 0 0 1 8 0V28z" />
            <path class="waiting-panel__frame" d="M7 28V13a9 9 0 0 1 18 0v15M3 28h26" />
        </svg>
    }
}

//! The head of the pages about one room: its name, and the ways between them.

use crate::words::Words;
use leptos::prelude::*;

/// Which page this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RoomPart {
    Settings,
    History,
}

/// The room's name, and links to its pages.
#[component]
pub fn RoomHeading(
    /// The words.
    words: &'static Words,
    /// The room's name.
    #[prop(into)]
    name: Signal<String>,
    /// The address of the room's entry page.
    address: String,
    /// Which page this is.
    part: RoomPart,
    /// Whether the room has ended.
    #[prop(into)]
    ended: Signal<bool>,
) -> impl IntoView {
    let settings = &words.settings;
    let current = |of: RoomPart| (part == of).then_some("page");
    view! {
        <header class="room-heading">
            <h1 class="room-heading__name" dir="auto">{move || name.get()}</h1>
            <nav class="room-heading__ways" aria-label=settings.nav>
                <a
                    class="room-heading__way"
                    href=format!("{address}/settings")
                    aria-current=current(RoomPart::Settings)
                >
                    {settings.settings}
                </a>
                <a
                    class="room-heading__way"
                    href=format!("{address}/history")
                    aria-current=current(RoomPart::History)
                >
                    {settings.history}
                </a>
                <a class="room-heading__way" href="programs" rel="external">{settings.programs}</a>
                <a class="room-heading__way" href=address>{settings.go_room}</a>
            </nav>
            <Show when=move || ended.get()>
                <p class="room-heading__ended">{settings.ended_note}</p>
            </Show>
        </header>
    }
}

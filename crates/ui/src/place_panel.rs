//! A page whose browser has a place in the room already: this page's own, which it takes up again once it is
//! alive, or another tab's.
//!
//! The server cannot tell one from the other. What it renders is true of both, and of a page that never
//! comes alive.

use crate::button::{Button, ButtonKind};
use crate::host_notice::HostNotice;
use crate::waiting_panel::door;
use crate::words::Words;
use leptos::prelude::*;

/// What somebody sees who waits or is inside, where the page does not know it by itself.
#[component]
pub fn PlacePanel(
    /// The words.
    words: &'static Words,
    /// The room's name.
    #[prop(into)]
    room_name: Signal<String>,
    /// Whether a host is in the room, for somebody who waits; `None` for somebody who is inside.
    #[prop(into)]
    host_present: Signal<Option<bool>>,
    /// What the host tells people at the door.
    #[prop(optional, into)]
    notice: Signal<Option<String>>,
    /// The page's own address, for whoever has to ask for it once more.
    #[prop(into)]
    address: String,
    /// Comes in from here as well, for the place is another tab's; without it this page takes it up.
    #[prop(optional, into)]
    on_here: Option<Callback<()>>,
) -> impl IntoView {
    let waiting = &words.waiting;
    let title = move || if host_present.get().is_some() { waiting.title } else { words.entry.reconnecting };
    let text = move || match host_present.get() {
        Some(true) => waiting.host_knows,
        Some(false) => waiting.host_away,
        None => "",
    };
    let (stay, ways) = match on_here {
        Some(on_here) => {
            let here = view! { <Button on_press=move |()| on_here.run(())>{waiting.here}</Button> };
            (waiting.elsewhere, here.into_any())
        }
        None => (waiting.returning, reload(words, address).into_any()),
    };
    view! {
        <section class="waiting-panel" aria-labelledby="waiting-title">
            {door()}
            <p class="waiting-panel__room" dir="auto">{move || room_name.get()}</p>
            <h1 class="waiting-panel__title" id="waiting-title" tabindex="-1">{title}</h1>
            <p class="waiting-panel__text" role="status">{text}</p>
            <p class="waiting-panel__stay">{stay}</p>
            <HostNotice words notice />
            <div class="place-panel__ways">
                {ways}
                <a class=ButtonKind::Quiet.class() href="/">{words.ways.back}</a>
            </div>
        </section>
    }
}

/// The one thing that can be done where no script runs, or none has arrived.
fn reload(words: &'static Words, address: String) -> impl IntoView {
    view! {
        <a class=ButtonKind::Secondary.class() href=address rel="external">{words.waiting.reload}</a>
        // Browsers that run scripts read this as plain text, so there must be no elements to hydrate.
        <noscript inner_html=words.entry.needs_script></noscript>
    }
}

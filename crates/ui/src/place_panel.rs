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
    room_name: String,
    /// Whether a host is in the room, for somebody who waits; `None` for somebody who is inside.
    host_present: Option<bool>,
    /// What the host tells people at the door.
    notice: Option<String>,
    /// The page's own address, for whoever has to ask for it once more.
    #[prop(into)]
    address: String,
    /// Comes in from here as well, for the place is another tab's; without it this page takes it up.
    on_here: Option<Callback<()>>,
) -> impl IntoView {
    let waiting = &words.waiting;
    let (title, text) = match host_present {
        Some(true) => (waiting.title, waiting.host_knows),
        Some(false) => (waiting.title, waiting.host_away),
        None => (words.entry.reconnecting, ""),
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
            <p class="waiting-panel__room" dir="auto">{room_name}</p>
            <h1 class="waiting-panel__title" id="waiting-title" tabindex="-1">{title}</h1>
            <p class="waiting-panel__text">{text}</p>
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

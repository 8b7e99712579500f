//! A room's link, to be copied and sent.

use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// The link with a copy button. The button keeps its width when it says that the link was copied.
#[component]
pub fn RoomLink(
    /// The words.
    words: &'static Words,
    /// The whole address.
    #[prop(into)]
    link: Signal<String>,
    /// What the link is for, said above it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The link was copied a moment ago.
    #[prop(optional, into)]
    copied: Signal<bool>,
    /// Copies the link.
    #[prop(into)]
    on_copy: Callback<()>,
) -> impl IntoView {
    let glyph = Signal::derive(move || if copied.get() { Glyph::Check } else { Glyph::Copy });
    let press = move || if copied.get() { words.common.copied } else { words.common.copy };
    let spoken = move || if copied.get() { words.call.link_copied } else { words.call.copy_link };
    let plain = move || {
        let link = link.get();
        link.split_once("://").map_or(link.clone(), |(_, rest)| rest.to_owned())
    };
    let heading = label.map(|label| view! { <p class="room-link__label">{label}</p> });
    view! {
        <div class="room-link" class:room-link--copied=move || copied.get()>
            {heading}
            <div class="room-link__field">
                <a class="room-link__address" href=move || link.get() title=move || link.get()>
                    // The end of the address is what differs, so a narrow field cuts its beginning off.
                    <bdi>{plain}</bdi>
                </a>
                <button
                    type="button"
                    class="room-link__copy"
                    aria-label=spoken
                    on:click=move |_| on_copy.run(())
                >
                    <Icon glyph=glyph />
                    <span class="room-link__words">{press}</span>
                </button>
            </div>
        </div>
    }
}

//! What the host tells people at the door, in the host's own words.

use crate::words::Words;
use leptos::prelude::*;

/// The host's notice. Its place is always there, so that a change is read out.
#[component]
pub fn HostNotice(
    /// The words.
    words: &'static Words,
    /// The notice, if there is one; it may have several lines.
    #[prop(into)]
    notice: Signal<Option<String>>,
) -> impl IntoView {
    let said = move || {
        notice.get().map(|text| {
            view! {
                <figure class="host-notice__said">
                    <figcaption class="host-notice__from">{words.door.notice}</figcaption>
                    <blockquote class="host-notice__text" dir="auto">{text}</blockquote>
                </figure>
            }
        })
    };
    view! { <div class="host-notice" role="status">{said}</div> }
}

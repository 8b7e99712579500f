//! Nobody else is in the call: the link to change that.

use crate::arrangement::Rect;
use crate::room_link::RoomLink;
use crate::words::Words;
use leptos::prelude::*;

/// An invitation beside one's own picture, in the place of the first other person.
#[component]
pub fn AloneCard(
    /// The words.
    words: &'static Words,
    /// Where it stands.
    #[prop(into)]
    place: Signal<Option<Rect>>,
    /// The room's link.
    #[prop(into)]
    link: Signal<String>,
    /// The link was copied a moment ago.
    #[prop(optional, into)]
    copied: Signal<bool>,
    /// Copies the link.
    #[prop(into)]
    on_copy: Callback<()>,
) -> impl IntoView {
    view! {
        <div
            class="alone-card"
            hidden=move || place.get().is_none()
            style=move || place.get().unwrap_or_default().style()
        >
            <h2 class="alone-card__title">{words.call.alone_title}</h2>
            <p class="alone-card__text">{words.call.alone_text}</p>
            <RoomLink words=words link=link copied=copied on_copy=on_copy />
        </div>
    }
}

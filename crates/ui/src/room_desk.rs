//! The layout of the pages where a host sets up a room and reads its history.

use leptos::prelude::*;

/// Cards below each other, as wide as lines that can be read.
#[component]
pub fn RoomDesk(
    /// The heading and the cards.
    children: Children,
) -> impl IntoView {
    view! { <div class="room-desk">{children()}</div> }
}

/// The links to a room's history as files.
#[component]
pub fn HistoryFiles(
    /// The words.
    words: &'static crate::Words,
    /// The address of the table.
    csv: String,
    /// The address of the file for programs.
    json: String,
) -> impl IntoView {
    let text = &words.history;
    let class = crate::ButtonKind::Secondary.class();
    view! {
        <p class="room-desk__files">
            <a class=class href=csv rel="external" download>{text.export_csv}</a>
            <a class=class href=json rel="external" download>{text.export_json}</a>
        </p>
    }
}

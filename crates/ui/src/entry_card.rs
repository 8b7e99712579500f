//! The entry page: what room this is, the picture and the devices on one side, name and door on the other.

use leptos::prelude::*;

/// The layout of the entry page.
///
/// ```text
/// wide:  DeviceCheck   EntryForm    phone:  DeviceCheck
///        DeviceLists                        EntryForm
///                                           DeviceLists
/// ```
#[component]
pub fn EntryCard(
    /// The room's name.
    #[prop(into)]
    title: Signal<String>,
    /// What the reader will meet at the door.
    #[prop(optional, into)]
    note: Signal<String>,
    /// Two elements: `DeviceCheck` with its notes and `DeviceLists`; `EntryForm` and what belongs to it.
    children: Children,
) -> impl IntoView {
    let said = move || Some(note.get()).filter(|note| !note.is_empty());
    view! {
        <section class="entry-card" aria-labelledby="entry-title">
            <header class="entry-card__header">
                <h1 class="entry-card__title" id="entry-title" dir="auto">{move || title.get()}</h1>
                <p class="entry-card__note">{said}</p>
            </header>
            <div class="entry-card__columns">{children()}</div>
        </section>
    }
}

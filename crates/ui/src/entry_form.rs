//! The name, and the door.

use crate::button::{Button, ButtonKind};
use crate::icons::Glyph;
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;
use model::DisplayName;

/// What the press on the door means.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum EntryWay {
    /// The reader hosts the room.
    Start,
    /// The reader may walk in.
    Join,
    /// The reader will wait for a host.
    #[default]
    Knock,
}

/// The name field and the button to come in.
#[component]
pub fn EntryForm(
    /// The words.
    words: &'static Words,
    /// The name as it stands in the field.
    name: RwSignal<String>,
    /// What is wrong with the name.
    #[prop(optional, into)]
    name_error: Signal<Option<String>>,
    /// What the press means.
    #[prop(into)]
    way: Signal<EntryWay>,
    /// The question is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Runs when the person wants in; the name may still be empty.
    #[prop(into)]
    on_enter: Callback<()>,
    /// Said below the button: what happens next, or why it did not work.
    #[prop(optional, into)]
    note: Signal<String>,
    /// The name field, so that the focus can be moved there.
    #[prop(optional)]
    name_ref: NodeRef<leptos::html::Input>,
) -> impl IntoView {
    let entry = &words.entry;
    let press = move || match (pending.get(), way.get()) {
        (true, _) => entry.joining,
        (false, EntryWay::Start) => entry.start,
        (false, EntryWay::Join) => entry.join,
        (false, EntryWay::Knock) => entry.knock,
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !pending.get_untracked() {
            on_enter.run(());
        }
    };
    view! {
        <form class="entry-form" novalidate on:submit=submit>
            <TextField
                id="entry-name"
                name="name"
                label=entry.name
                hint=entry.name_hint
                error=name_error
                value=name
                on_input=move |text| name.set(text)
                limit=DisplayName::LIMIT
                autocomplete="name"
                required=true
                node_ref=name_ref
            />
            <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Door pending=pending>{press}</Button>
            <p class="entry-form__note" role="status">{move || note.get()}</p>
            // Browsers that run scripts read this as plain text, so there must be no elements to hydrate.
            <noscript inner_html=entry.needs_script></noscript>
        </form>
    }
}

//! The name, the passcode where the room asks for one, and the door.

use crate::button::{Button, ButtonKind};
use crate::icons::Glyph;
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;
use model::{DisplayName, Passcode};

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

/// The field for the passcode, for a room that asks for one.
#[derive(Clone, Copy, Debug)]
pub struct PasscodeAsked {
    /// Whether the room asks for it just now.
    pub asked: Signal<bool>,
    /// What stands in the field.
    pub value: RwSignal<String>,
    /// What is wrong with it.
    pub error: RwSignal<Option<String>>,
    /// The field, so that the focus can be kept there.
    pub field: NodeRef<leptos::html::Input>,
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
    /// The passcode, if the room may ask for one.
    #[prop(optional, into)]
    passcode: Option<PasscodeAsked>,
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
    let asked = passcode.map(|passcode| {
        // A field that is drawn anew loses what is typed and where one types.
        let asked = Memo::new(move |_| passcode.asked.get());
        move || asked.get().then(|| passcode_field(words, passcode))
    });
    let said = move || Some(note.get()).filter(|note| !note.is_empty());
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
            {asked}
            <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Door pending=pending>{press}</Button>
            <p class="entry-form__note" role="status">{said}</p>
            // Browsers that run scripts read this as plain text, so there must be no elements to hydrate.
            <noscript inner_html=entry.needs_script></noscript>
        </form>
    }
}

fn passcode_field(words: &'static Words, asked: PasscodeAsked) -> impl IntoView {
    let door = &words.door;
    view! {
        <TextField
            id="entry-passcode"
            name="passcode"
            label=door.passcode
            hint=door.passcode_hint
            error=asked.error
            value=asked.value
            on_input=move |text| asked.value.set(text)
            // Spaces may be typed between the characters.
            limit=2 * Passcode::LIMITS.1
            required=true
            node_ref=asked.field
        />
    }
}

//! The passcode of a room: shown to hosts, made up on demand, removed by one press.

use crate::button::{Button, ButtonKind};
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;
use model::Passcode;

/// The field with its two buttons. Nothing is set before the card around it is saved.
#[component]
pub fn PasscodeField(
    /// The words.
    words: &'static Words,
    /// What stands in the field.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Makes one up.
    #[prop(into)]
    on_make: Callback<()>,
) -> impl IntoView {
    let text = &words.settings;
    let empty = Signal::derive(move || value.with(String::is_empty));
    view! {
        <div class="passcode-field">
            <TextField
                id="door-passcode"
                name="passcode"
                label=text.passcode
                hint=text.passcode_hint
                error=error
                value=value
                on_input=move |typed| value.set(typed)
                // Spaces may be typed between the characters.
                limit=2 * Passcode::LIMITS.1
            />
            <div class="passcode-field__ways">
                <Button on_press=move |()| on_make.run(())>{text.passcode_make}</Button>
                <Button kind=ButtonKind::Quiet disabled=empty on_press=move |()| value.set(String::new())>
                    {text.passcode_remove}
                </Button>
            </div>
        </div>
    }
}

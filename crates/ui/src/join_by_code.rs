//! The way into a room that one was invited to: its code, or its link as it was pasted.

use crate::button::{Button, ButtonKind};
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;

/// A form for a code or link. Without script it goes to `action` with the field `code`.
#[component]
pub fn JoinByCode(
    /// The words.
    words: &'static Words,
    /// Where the form goes without script.
    #[prop(default = "/join")]
    action: &'static str,
    /// What stands in the field at first.
    #[prop(optional, into)]
    code: String,
    /// Whether what was typed is no code: says how one looks.
    #[prop(optional, into)]
    refused: Signal<bool>,
    /// Runs with what was typed; the page does not load anew.
    #[prop(optional, into)]
    on_join: Option<Callback<String>>,
) -> impl IntoView {
    let home = &words.home;
    let typed = RwSignal::new(code);
    let submit = move |event: leptos::ev::SubmitEvent| {
        if let Some(on_join) = on_join {
            event.prevent_default();
            on_join.run(typed.get_untracked());
        }
    };
    view! {
        <form class="join-by-code" method="get" action=action on:submit=submit>
            <h2 class="join-by-code__heading">{home.join_heading}</h2>
            <TextField
                id="join-code"
                name="code"
                label=home.join_label
                hint=home.join_hint
                error=Signal::derive(move || refused.get().then(|| home.join_bad.to_owned()))
                value=typed
                on_input=move |text| typed.set(text)
                limit=500_usize
            />
            <Button kind=ButtonKind::Secondary role="submit">{home.join}</Button>
        </form>
    }
}

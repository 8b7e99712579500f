//! The way into a room that one was invited to: its code, or its link as it was pasted.

use crate::button::{Button, ButtonKind};
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;

/// A form for a code or link, which goes to `action` as the field `code`. It works without script.
#[component]
pub fn JoinByCode(
    /// The words.
    words: &'static Words,
    /// Where the form goes.
    #[prop(default = "/join")]
    action: &'static str,
    /// What stands in the field at first.
    #[prop(optional, into)]
    code: String,
    /// Whether what was typed is no code: says how one looks.
    #[prop(optional, into)]
    refused: Signal<bool>,
) -> impl IntoView {
    let home = &words.home;
    view! {
        <form class="join-by-code" method="get" action=action>
            <h2 class="join-by-code__heading">{home.join_heading}</h2>
            <TextField
                id="join-code"
                name="code"
                label=home.join_label
                hint=home.join_hint
                error=Signal::derive(move || refused.get().then(|| home.join_bad.to_owned()))
                value=code
                limit=500_usize
            />
            <Button kind=ButtonKind::Secondary role="submit">{home.join}</Button>
        </form>
    }
}

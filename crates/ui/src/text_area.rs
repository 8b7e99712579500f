//! Several lines of text to fill in, with their label and one line below.

use leptos::prelude::*;

/// A labelled field for several lines of text.
#[component]
pub fn TextArea(
    /// The element's id; label and hint refer to it.
    id: &'static str,
    /// What to write.
    #[prop(into)]
    label: Signal<String>,
    /// What stands in it.
    value: RwSignal<String>,
    /// Good to know before writing.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong; takes the place of the hint.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The most characters.
    limit: usize,
) -> impl IntoView {
    let below = format!("{id}-below");
    let wrong = move || error.with(Option::is_some);
    view! {
        <div class="text-area" class:text-area--wrong=wrong>
            <label class="text-area__label" for=id>{move || label.get()}</label>
            <textarea
                class="text-area__input"
                id=id
                rows="3"
                dir="auto"
                autocomplete="off"
                maxlength=limit.to_string()
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=below.clone()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            >
                {value.get_untracked()}
            </textarea>
            <p class="text-area__below" id=below.clone() role=move || wrong().then_some("alert")>
                {move || error.get().unwrap_or_else(|| hint.get())}
            </p>
        </div>
    }
}

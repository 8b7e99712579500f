//! A date, a time of day or something else that the browser itself knows how to ask for.

use leptos::prelude::*;

/// A labelled field of one of the browser's own kinds, with one line below.
#[component]
pub fn MomentField(
    /// The element's id; label and hint refer to it.
    id: &'static str,
    /// What to choose.
    #[prop(into)]
    label: Signal<String>,
    /// The kind of the input: `date`, `time`, or `text` for a list that is searched.
    kind: &'static str,
    /// The id of the `<datalist>` with what there is to choose from.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What stands in it, as the browser writes it.
    value: RwSignal<String>,
    /// Good to know before.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong; takes the place of the hint.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let below = format!("{id}-below");
    let wrong = move || error.with(Option::is_some);
    view! {
        <div class="moment-field" class:moment-field--wrong=wrong>
            <label class="moment-field__label" for=id>{move || label.get()}</label>
            <input
                class="moment-field__input"
                id=id
                type=kind
                list=list
                autocomplete="off"
                spellcheck="false"
                value=value.get_untracked()
                prop:value=move || value.get()
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=below.clone()
                on:input=move |event| value.set(event_target_value(&event))
                on:focus=move |event| {
                    // A list shows what fits what stands there: writing must take its place.
                    if list.is_some() {
                        event_target::<leptos::web_sys::HtmlInputElement>(&event).select();
                    }
                }
            />
            <p class="moment-field__below" id=below.clone() role=move || wrong().then_some("alert")>
                {move || error.get().unwrap_or_else(|| hint.get())}
            </p>
        </div>
    }
}

//! One line of text to fill in, with its label, and one line below for the hint or what is wrong.
//!
//! The page can be used before its script has arrived. What somebody typed by then stays, and is reported
//! like any other change.

use leptos::prelude::*;

/// A labelled field for one line of text. The line below keeps its place, so that nothing jumps.
#[component]
pub fn TextField(
    /// The element's id; label and hint refer to it.
    id: &'static str,
    /// The field's name in the form.
    name: &'static str,
    /// What to write.
    #[prop(into)]
    label: Signal<String>,
    /// What stands in it; only at first, if nobody listens to changes.
    #[prop(optional, into)]
    value: Option<Signal<String>>,
    /// Runs with the whole text on every change.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// Good to know before writing.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong; takes the place of the hint.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The most characters.
    #[prop(optional, into)]
    limit: Option<usize>,
    /// What kind of text it is (`type`): `text`, `url`, `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in (`autocomplete`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether the form needs it.
    #[prop(optional)]
    required: bool,
    /// The element, for those who must move the focus to it.
    #[prop(optional)]
    node_ref: NodeRef<leptos::html::Input>,
) -> impl IntoView {
    let below = format!("{id}-below");
    let text = move || error.get().unwrap_or_else(|| hint.get());
    let taken_over = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(input) = node_ref.get() else { return };
        let typed = input.value();
        let is_news = value.is_some_and(|value| value.with_untracked(|value| *value != typed));
        if let Some(on_input) = on_input.filter(|_| is_news && !typed.is_empty()) {
            on_input.run(typed);
        }
        taken_over.set(true);
    });
    // Not by `prop:value`: it writes “undefined” for nothing when the page around the field is drawn anew.
    Effect::new(move |_| {
        let Some(value) = value.filter(|_| on_input.is_some() && taken_over.get()) else { return };
        let (value, Some(input)) = (value.get(), node_ref.get()) else { return };
        if input.value() != value {
            input.set_value(&value);
        }
    });
    view! {
        <div class="text-field" class:text-field--wrong=move || error.get().is_some()>
            <label class="text-field__label" for=id>{move || label.get()}</label>
            <input
                class="text-field__input"
                id=id
                name=name
                type=kind
                dir="auto"
                autocomplete=autocomplete
                autocapitalize=if kind != "text" || autocomplete == "off" { "none" } else { "words" }
                spellcheck="false"
                maxlength=limit.map(|limit| limit.to_string())
                required=required
                value=value.map(|value| value.get_untracked())
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=below.clone()
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run(event_target_value(&event));
                    }
                }
                node_ref=node_ref
            />
            <p
                class="text-field__below"
                id=below.clone()
                role=move || error.get().is_some().then_some("alert")
            >
                {text}
            </p>
        </div>
    }
}

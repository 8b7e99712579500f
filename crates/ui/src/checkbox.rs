//! A choice of yes or no, with a sentence on what it means.

use leptos::prelude::*;

/// A labelled check box.
#[component]
pub fn Checkbox(
    /// The element's id.
    id: &'static str,
    /// The field's name in the form; a ticked box sends `true`.
    name: &'static str,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// What it means.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// Whether it is ticked; only at first, if nobody listens to changes.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// Runs with the new choice.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    let below = format!("{id}-below");
    view! {
        <div class="checkbox">
            <input
                class="checkbox__box"
                id=id
                name=name
                type="checkbox"
                value="true"
                checked=checked.get_untracked()
                prop:checked=move || on_change.map(|_| checked.get())
                aria-describedby=below.clone()
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <label class="checkbox__label" for=id>{move || label.get()}</label>
            <p class="checkbox__hint" id=below.clone()>{move || hint.get()}</p>
        </div>
    }
}

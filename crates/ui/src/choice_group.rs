//! One of a few, each with a sentence on what it means: all can be seen before one is chosen.

use crate::select_field::Choice;
use leptos::prelude::*;

/// A group of radio buttons.
#[component]
pub fn ChoiceGroup(
    /// The name of the group in the page; the ids of its buttons begin with it.
    name: &'static str,
    /// What is chosen.
    legend: &'static str,
    /// What there is to choose from, each with what it means.
    choices: Vec<(Choice, &'static str)>,
    /// The value of the chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the value of the new choice.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let line = |(choice, hint): (Choice, &'static str)| {
        let id = format!("{name}-{}", choice.value);
        let below = format!("{id}-below");
        let own = StoredValue::new(choice.value.clone());
        let chosen = move || value.with(|value| own.with_value(|own| value == own));
        view! {
            <div class="choice-group__choice">
                <input
                    class="choice-group__mark"
                    type="radio"
                    id=id.clone()
                    name=name
                    value=choice.value
                    autocomplete="off"
                    checked=untrack(chosen)
                    prop:checked=chosen
                    aria-describedby=below.clone()
                    on:change=move |_| on_change.run(own.get_value())
                />
                <label class="choice-group__label" for=id>{choice.label}</label>
                <p class="choice-group__hint" id=below>{hint}</p>
            </div>
        }
    };
    view! {
        <fieldset class="choice-group">
            <legend class="choice-group__legend">{legend}</legend>
            {choices.into_iter().map(line).collect_view()}
        </fieldset>
    }
}

//! A choice among several, with its label and one line below for the hint or what is wrong.

use crate::icons::{Glyph, Icon};
use leptos::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// What the field's value is when this is chosen.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled list to choose from: the browser's own, which phones and keyboards know best.
#[component]
pub fn SelectField(
    /// The element's id; label and hint refer to it.
    #[prop(into)]
    id: String,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the label is only spoken, where the surroundings show it.
    #[prop(optional)]
    quiet: bool,
    /// What there is to choose from.
    choices: Vec<Choice>,
    /// The value of the chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the value of the new choice.
    #[prop(into)]
    on_change: Callback<String>,
    /// Good to know before choosing.
    #[prop(optional, into)]
    hint: Signal<String>,
) -> impl IntoView {
    let below = format!("{id}-below");
    let first = value.get_untracked();
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == first;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    let label_class = if quiet { "visually-hidden" } else { "select-field__label" };
    view! {
        <div class="select-field">
            <label class=label_class for=id.clone()>{move || label.get()}</label>
            <div class="select-field__box">
                <select
                    class="select-field__list"
                    id=id
                    autocomplete="off"
                    aria-describedby=(!quiet).then(|| below.clone())
                    prop:value=move || value.get()
                    on:change=move |event| on_change.run(event_target_value(&event))
                >
                    {options}
                </select>
                <Icon glyph=Glyph::Open />
            </div>
            {(!quiet).then(|| view! {
                <p class="select-field__below" id=below.clone()>{move || hint.get()}</p>
            })}
        </div>
    }
}

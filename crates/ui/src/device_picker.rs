//! The choice among several microphones, cameras or speakers.

use crate::icons::{Glyph, Icon};
use leptos::prelude::*;

/// One device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceOption {
    /// The browser's name of the device.
    pub id: String,
    /// The name that people read; never empty.
    pub label: String,
}

/// A labelled list to choose from.
#[component]
pub fn DevicePicker(
    /// The element's id.
    id: &'static str,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// The drawing before the list.
    glyph: Glyph,
    /// What there is to choose from.
    #[prop(into)]
    options: Signal<Vec<DeviceOption>>,
    /// The id of the chosen one.
    #[prop(into)]
    chosen: Signal<String>,
    /// What stands there when there is nothing to choose from; the list is then at rest.
    #[prop(into)]
    none: Signal<String>,
    /// Runs with the id of the new choice.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let empty = move || options.with(Vec::is_empty);
    let list = move || {
        let chosen = chosen.get();
        let option = |option: DeviceOption| {
            let selected = option.id == chosen;
            view! { <option value=option.id selected=selected>{option.label}</option> }
        };
        match options.get() {
            none_there if none_there.is_empty() => {
                view! { <option value="" selected=true>{none.get()}</option> }.into_any()
            }
            options => options.into_iter().map(option).collect_view().into_any(),
        }
    };
    view! {
        <div class="device-picker">
            <label class="device-picker__label" for=id>{move || label.get()}</label>
            <div class="device-picker__field">
                <Icon glyph=glyph />
                <select
                    class="device-picker__list"
                    id=id
                    disabled=empty
                    prop:value=move || chosen.get()
                    on:change=move |event| on_change.run(event_target_value(&event))
                >
                    {list}
                </select>
                <Icon glyph=Glyph::Open />
            </div>
        </div>
    }
}

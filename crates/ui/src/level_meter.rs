//! How loud the microphone is just now.

use leptos::prelude::*;

/// A bar that follows one's voice.
#[component]
pub fn LevelMeter(
    /// What is measured.
    #[prop(into)]
    label: Signal<String>,
    /// The level, 0 to 1.
    #[prop(into)]
    level: Signal<f64>,
) -> impl IntoView {
    let bounded = move || level.get().clamp(0.0, 1.0);
    view! {
        <div
            class="level-meter"
            role="meter"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || format!("{:.0}", bounded() * 100.0)
            style=("--level", move || format!("{:.2}", bounded()))
        ></div>
    }
}

//! The name and the sign of the product: an open door with light behind it.

use leptos::prelude::*;

/// The logo with the product's name.
#[component]
pub fn Wordmark(
    /// The product's name.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="wordmark">
            <svg class="wordmark__sign" viewBox="0 0 32 32" aria-hidden="true">
                <path class="wordmark__frame" d="M7 28V13a9 9 0 0 1 18 0v15" />
                <path class="wordmark__light" d="M12 28V13.5a4 4 0 0 1 8 0V28z" />
                <path class="wordmark__frame" d="M3 28h26" />
            </svg>
            <span class="wordmark__name">{move || name.get()}</span>
        </span>
    }
}

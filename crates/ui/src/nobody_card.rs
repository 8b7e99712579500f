//! Everybody in the call is a viewer: there is no tile, and a word about why.

use crate::words::Words;
use leptos::prelude::*;

/// Stands where the tiles would be.
#[component]
pub fn NobodyCard(
    /// The words.
    words: &'static Words,
) -> impl IntoView {
    view! {
        <div class="nobody-card">
            <h2 class="nobody-card__title">{words.barred.nobody_shown_title}</h2>
            <p class="nobody-card__text">{words.barred.nobody_shown_text}</p>
        </div>
    }
}

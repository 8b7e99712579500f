//! Every other address.

use crate::language::words;
use crate::pages::frame::Frame;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Outcome, OutcomePanel};

/// There is no such page; most likely a link was cut short.
#[component]
pub fn NotFound() -> impl IntoView {
    let words = words();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=words.ways.not_found_title />
        <Frame>
            <OutcomePanel words outcome=Outcome::NotFound />
        </Frame>
    }
}

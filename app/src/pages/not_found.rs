//! Every other address.

use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use protocol::addresses::{BALANCE, EARNINGS, PAYMENTS};
use ui::{Outcome, OutcomePanel};

/// Pages that the server makes without our program.
const OF_THE_SERVER: [&str; 3] = [BALANCE, EARNINGS, PAYMENTS];

/// There is no such page; most likely a link was cut short.
#[component]
pub fn NotFound() -> impl IntoView {
    let words = words();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    // Papers are pages of the server's own, to which signing in may lead: the browser has to ask for them.
    let path = use_location().pathname;
    Effect::new(move |_| {
        if path.with(|path| OF_THE_SERVER.contains(&path.as_str())) {
            dom::reload();
        }
    });
    view! {
        <Title text=words.ways.not_found_title />
        <Frame>
            <OutcomePanel words outcome=Outcome::NotFound />
        </Frame>
    }
}

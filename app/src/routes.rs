//! Which address shows which page.

use crate::language;
use crate::pages::{Home, JoinByLink, NotFound, RoomPage};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    language::provide();
    view! {
        <Title formatter=title />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Home /> } />
                <Route path=path!("/join") view=JoinByLink />
                <Route path=path!("/r/:code") view=RoomPage />
            </Routes>
        </Router>
    }
}

/// Puts the product's name behind the title of a page.
fn title(page: String) -> String {
    if page.is_empty() { "Anteroom".to_owned() } else { format!("{page} · Anteroom") }
}

//! Which address shows which page.

use crate::pages::{
    Forgot, Home, JoinByLink, NotFound, OwnAccount, Reset, RoomHistory, RoomPage, RoomSettingsPage, SignIn,
    SignUp, Verify,
};
use crate::{language, visitor};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    language::provide();
    visitor::provide();
    view! {
        <Title formatter=title />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Home /> } />
                <Route path=path!("/join") view=JoinByLink />
                <Route path=path!("/r/:code") view=RoomPage />
                <Route path=path!("/r/:code/settings") view=RoomSettingsPage />
                <Route path=path!("/r/:code/history") view=RoomHistory />
                <Route path=path!("/sign-in") view=SignIn />
                <Route path=path!("/sign-up") view=SignUp />
                <Route path=path!("/forgot") view=Forgot />
                <Route path=path!("/reset/:token") view=Reset />
                <Route path=path!("/verify/:token") view=Verify />
                <Route path=path!("/account") view=OwnAccount />
            </Routes>
        </Router>
    }
}

/// Puts the product's name behind the title of a page.
fn title(page: String) -> String {
    if page.is_empty() { "Anteroom".to_owned() } else { format!("{page} · Anteroom") }
}

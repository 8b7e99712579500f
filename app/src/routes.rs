//! Which address shows which page.

use crate::pages::{
    ForgotRoute, HistoryRoute, Home, JoinByLink, NotFound, OwnAccountRoute, ResetRoute, RoomRoute,
    SettingsRoute, SignInRoute, SignUpRoute, VerifyRoute,
};
use crate::{language, visitor};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{Lazy, path};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    language::provide();
    visitor::provide();
    view! {
        <Title formatter=title />
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Home /> } />
                <Route path=path!("/join") view=JoinByLink />
                <Route path=path!("/r/:code") view={Lazy::<RoomRoute>::new()} />
                <Route path=path!("/r/:code/settings") view={Lazy::<SettingsRoute>::new()} />
                <Route path=path!("/r/:code/history") view={Lazy::<HistoryRoute>::new()} />
                <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} />
                <Route path=path!("/sign-up") view={Lazy::<SignUpRoute>::new()} />
                <Route path=path!("/forgot") view={Lazy::<ForgotRoute>::new()} />
                <Route path=path!("/reset/:token") view={Lazy::<ResetRoute>::new()} />
                <Route path=path!("/verify/:token") view={Lazy::<VerifyRoute>::new()} />
                <Route path=path!("/account") view={Lazy::<OwnAccountRoute>::new()} />
            </FlatRoutes>
        </Router>
    }
}

/// Puts the product's name behind the title of a page.
fn title(page: String) -> String {
    if page.is_empty() { "Anteroom".to_owned() } else { format!("{page} · Anteroom") }
}

//! Which address shows which page.

use crate::pages::{
    ForgotRoute, HistoryRoute, Home, JoinByLink, MeetRoute, NotFound, OwnAccountRoute, PeopleRoute,
    ResetRoute, RoomRoute, SettingsRoute, SignInRoute, SignUpRoute, VerifyRoute,
};
use crate::{language, visitor};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{Lazy, SsrMode, path};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    language::provide();
    visitor::provide();
    view! {
        <Title formatter=title />
        <Router>
            // Each page is sent when it is whole, so that it can be read where no script runs: a page whose
            // code is a chunk asks for its own words too late to hold a stream back.
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Home /> } ssr=SsrMode::Async />
                <Route path=path!("/join") view=JoinByLink ssr=SsrMode::Async />
                <Route path=path!("/r/:code") view={Lazy::<RoomRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/r/:code/settings") view={Lazy::<SettingsRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/r/:code/history") view={Lazy::<HistoryRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view={Lazy::<SignUpRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/forgot") view={Lazy::<ForgotRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view={Lazy::<ResetRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/verify/:token") view={Lazy::<VerifyRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/meet") view={Lazy::<MeetRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/people") view={Lazy::<PeopleRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/account") view={Lazy::<OwnAccountRoute>::new()} ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}

/// Puts the product's name behind the title of a page.
fn title(page: String) -> String {
    if page.is_empty() { "Anteroom".to_owned() } else { format!("{page} · Anteroom") }
}

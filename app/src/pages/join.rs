//! `/join?code=…`: where the form on the first page leads, with or without script.

use crate::pages::Home;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;
use model::RoomCode;

/// Sends the reader to the room, or back to the form with a word about what a code looks like.
#[component]
pub fn JoinByLink() -> impl IntoView {
    let typed = use_query_map().with_untracked(|query| query.get("code").unwrap_or_default());
    match RoomCode::from_pasted(&typed) {
        Ok(code) => Either::Left(view! { <Redirect path=format!("/r/{code}") /> }),
        Err(_) => Either::Right(view! { <Home refused_code=typed /> }),
    }
}

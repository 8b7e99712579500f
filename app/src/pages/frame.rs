//! The frame of every page outside the call, with who is signed in.

use crate::api::accounts::SIGN_OUT;
use crate::language::words;
use crate::visitor;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::{AccountMenu, PageFrame, SignInLink};

/// A page with the logo, and the way to one's account.
#[component]
pub fn Frame(
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <PageFrame words=words() corner=|| view! { <Corner /> }.into_any()>{children()}</PageFrame> }
}

/// Who is signed in, or the way to sign in, and back to this page.
#[component]
fn Corner() -> impl IntoView {
    let visitor = visitor::current();
    let path = use_location().pathname;
    let href = Signal::derive(move || match path.get() {
        path if path.starts_with("/r/") => format!("/sign-in?next={path}"),
        _ => "/sign-in".to_owned(),
    });
    view! {
        {move || match visitor.seen() {
            Some(visitor) => {
                let name = visitor.name.to_string();
                Either::Left(view! { <AccountMenu words=words() name sign_out=SIGN_OUT /> })
            }
            None => Either::Right(view! { <SignInLink words=words() href /> }),
        }}
    }
}

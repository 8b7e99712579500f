//! The frame of every page outside the call, with who is signed in.

use crate::api::accounts::SIGN_OUT;
use crate::language::words;
use crate::visitor;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::InviteToken;
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
    let href = sign_in_way();
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

/// Where to sign in, and from there back to the room whose page this is.
pub fn sign_in_way() -> Signal<String> {
    let place = use_location();
    Signal::derive(move || match place.pathname.get() {
        path if path.starts_with("/r/") => {
            // Whoever came by an invite comes back by it. What parsed needs no escape.
            let invite = place.query.with(|query| query.get("invite"));
            let invite = invite.and_then(|text| text.parse::<InviteToken>().ok()).map(String::from);
            let invite = invite.map(|token| format!("%3Finvite%3D{token}"));
            format!("/sign-in?next={path}{}", invite.unwrap_or_default())
        }
        path if path == "/people" => "/sign-in?next=/people".to_owned(),
        _ => "/sign-in".to_owned(),
    })
}

//! Who is signed in, in the corner of every page, or the way to sign in.

use crate::icons::{Glyph, Icon};
use crate::words::{Words, named};
use leptos::prelude::*;

/// The corner of a page for somebody who is not signed in.
#[component]
pub fn SignInLink(
    /// The words.
    words: &'static Words,
    /// Where the link leads.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    view! { <a class="account-menu__sign-in" href=move || href.get()>{words.account.sign_in}</a> }
}

/// The corner of a page for somebody who is: the name, and a list that the browser opens and closes.
/// Signing out is a plain form, so that it works in every state of the page and leaves nothing of it.
#[component]
pub fn AccountMenu(
    /// The words.
    words: &'static Words,
    /// The name that the account goes by.
    #[prop(into)]
    name: String,
    /// Where the form that signs out is sent.
    sign_out: &'static str,
) -> impl IntoView {
    let account = &words.account;
    let label = named(account.menu, &name);
    view! {
        <div class="account-menu">
            <button type="button" class="account-menu__button" popovertarget="account-menu" aria-label=label>
                <Icon glyph=Glyph::People />
                <span class="account-menu__name" dir="auto">{name}</span>
            </button>
            <div class="account-menu__list" id="account-menu" popover="auto">
                <a class="account-menu__item" href="/people">{words.contacts.menu}</a>
                <a class="account-menu__item" href="/account">{account.account}</a>
                <form method="post" action=sign_out>
                    <button type="submit" class="account-menu__item">{account.sign_out}</button>
                </form>
            </div>
        </div>
    }
}

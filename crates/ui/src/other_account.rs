//! As whom the reader stands before a shut door, and the way to stand there as somebody else.

use crate::words::{Words, named};
use leptos::prelude::*;

/// One line below a refusal that another account might not meet.
#[component]
pub fn OtherAccount(
    /// The words.
    words: &'static Words,
    /// The name of the account that is signed in, if one is.
    #[prop(into)]
    name: Signal<Option<String>>,
    /// The page to sign in on; it leads back here.
    #[prop(into)]
    sign_in: Signal<String>,
) -> impl IntoView {
    let account = &words.account;
    let said = move || match name.get() {
        Some(name) => named(account.other_than, &name),
        None => account.other_than_nobody.to_owned(),
    };
    let press = move || match name.with(Option::is_some) {
        true => account.other_sign_in,
        false => account.sign_in,
    };
    view! {
        <p class="other-account">
            <span dir="auto">{said}</span>
            " "
            <a class="other-account__way" href=move || sign_in.get()>{press}</a>
        </p>
    }
}

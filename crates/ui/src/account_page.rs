//! The page of one's own account: who one is, and one section for each thing to change.

use leptos::prelude::*;

/// The head of the page; the sections are its children.
#[component]
pub fn AccountPage(
    /// The heading.
    title: &'static str,
    /// The name that the account goes by.
    #[prop(into)]
    name: String,
    /// The address, or that there is none.
    #[prop(into)]
    email: String,
    /// What is to be known of the address.
    note: Option<&'static str>,
    /// The sections, each an [`AccountSection`].
    children: Children,
) -> impl IntoView {
    view! {
        <section class="account-page" aria-labelledby="account-page-title">
            <header class="account-page__head">
                <h1 class="account-page__title" id="account-page-title">{title}</h1>
                <p class="account-page__name" dir="auto">{name}</p>
                <p class="account-page__email">{email}</p>
                {note.map(|note| view! { <p class="account-page__note">{note}</p> })}
            </header>
            {children()}
        </section>
    }
}

/// One thing about the account: a heading, a sentence, and what to do.
#[component]
pub fn AccountSection(
    /// The element's id; the heading refers to it.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// What it is about.
    #[prop(optional, into)]
    text: Option<&'static str>,
    /// What went well a moment ago.
    #[prop(optional, into)]
    news: Signal<Option<String>>,
    /// What did not work.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="account-page__section" aria-labelledby=id>
            <h2 class="account-page__heading" id=id>{title}</h2>
            {text.map(|text| view! { <p class="account-page__text">{text}</p> })}
            <p class="account-page__news" role="status">{move || news.get()}</p>
            <p class="account-page__problem" role="alert">{move || problem.get()}</p>
            {children()}
        </section>
    }
}

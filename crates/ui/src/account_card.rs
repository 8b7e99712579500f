//! The card of every page about signing in: what it is for, a form, and where else to go.

use leptos::prelude::*;

/// A narrow card with a heading. Its children are the form; the links below lead elsewhere.
#[component]
pub fn AccountCard(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// What it is for.
    #[prop(optional, into)]
    lead: Signal<String>,
    /// What went well a moment ago.
    #[prop(optional, into)]
    news: Signal<Option<String>>,
    /// What did not work.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// Where else to go: address and words.
    #[prop(optional)]
    links: Vec<(String, &'static str)>,
    /// The form.
    children: Children,
) -> impl IntoView {
    let links = links.into_iter().map(|(href, words)| {
        view! { <a class="account-card__link" href=href>{words}</a> }
    });
    view! {
        <section class="account-card" aria-labelledby="account-card-title">
            <h1 class="account-card__title" id="account-card-title">{move || title.get()}</h1>
            <p class="account-card__lead">{move || lead.get()}</p>
            <p class="account-card__news" role="status">{move || news.get()}</p>
            <p class="account-card__problem" role="alert">{move || problem.get()}</p>
            <div class="account-card__form">{children()}</div>
            <p class="account-card__links">{links.collect_view()}</p>
        </section>
    }
}

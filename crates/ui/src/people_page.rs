//! The page of one's contacts: a head, and the cards below.

use leptos::prelude::*;

/// The frame of the page.
#[component]
pub fn PeoplePage(
    /// The heading.
    title: &'static str,
    /// What it is for.
    lead: &'static str,
    /// What is to be known of the page itself just now.
    #[prop(into)]
    note: Signal<String>,
    /// The cards.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="people-page">
            <header class="people-page__head">
                <h1 class="people-page__title">{title}</h1>
                <p class="people-page__lead">{lead}</p>
                <p class="people-page__note" role="status">{move || spoken(note)}</p>
            </header>
            {children()}
        </div>
    }
}

/// A card with a heading.
#[component]
pub fn PeopleCard(
    /// The id of the heading.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    heading: Signal<String>,
    /// What it is about.
    #[prop(into)]
    text: Signal<String>,
    /// What went well, or did not, a moment ago.
    #[prop(optional, into)]
    said: Signal<String>,
    /// What to do.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="people-page__card" aria-labelledby=id>
            <h2 class="people-page__heading" id=id>{move || heading.get()}</h2>
            <p class="people-page__text">{move || text.get()}</p>
            {children()}
            <p class="people-page__said" role="status">{move || spoken(said)}</p>
        </section>
    }
}

/// What everybody keeps to.
#[component]
pub fn PeopleRules(
    /// A sentence each.
    rules: Vec<&'static str>,
) -> impl IntoView {
    let line = |rule: &'static str| view! { <li>{rule}</li> };
    view! { <ul class="people-page__rules">{rules.into_iter().map(line).collect_view()}</ul> }
}

/// The fields and the button of a form, one below the other.
#[component]
pub fn PeopleFields(
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! { <div class="people-page__form">{children()}</div> }
}

/// An empty text takes no place.
fn spoken(text: Signal<String>) -> Option<String> {
    Some(text.get()).filter(|text| !text.is_empty())
}

//! People who are no contacts, for one reason: they ask, were asked, are blocked, or called in vain.

use crate::button::{Button, ButtonKind};
use crate::words::named;
use leptos::prelude::*;
use model::UserId;

/// Somebody, and what is to be known besides.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownPerson {
    pub user: UserId,
    pub name: String,
    /// When, for example.
    pub note: Option<String>,
}

/// What can be done about each of them.
#[derive(Clone, Copy)]
pub struct KnownDeed {
    /// What the button says.
    pub word: &'static str,
    /// What it says where the words need the person, with `{name}` in it.
    pub label: &'static str,
    pub kind: ButtonKind,
    pub on_press: Callback<UserId>,
}

/// A card with a line for each of them; nothing where there is nobody.
#[component]
pub fn KnownPeople(
    /// The id of the heading.
    id: &'static str,
    /// Why these people are listed.
    heading: &'static str,
    /// What is said of each; the name alone if it is empty.
    #[prop(optional)]
    sentence: &'static str,
    /// What is to be known of all of them.
    #[prop(optional)]
    hint: &'static str,
    /// The people.
    #[prop(into)]
    people: Signal<Vec<KnownPerson>>,
    /// What can be done about each.
    deeds: Vec<KnownDeed>,
    /// Whether nothing can be done just now.
    #[prop(into)]
    locked: Signal<bool>,
    /// What can be done about all of them.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
) -> impl IntoView {
    let deeds = StoredValue::new(deeds);
    let line = move |person: KnownPerson| {
        let user = person.user;
        let says = if sentence.is_empty() { person.name.clone() } else { named(sentence, &person.name) };
        let button = move |deed: KnownDeed| {
            let label = Signal::stored(named(deed.label, &person.name));
            let press = move |()| deed.on_press.run(user);
            view! { <Button kind=deed.kind label disabled=locked on_press=press>{deed.word}</Button> }
        };
        view! {
            <li class="known-people__line">
                <span class="known-people__who">
                    <span class="known-people__name" dir="auto">{says}</span>
                    <span class="known-people__note">{person.note}</span>
                </span>
                <span class="known-people__deeds">
                    {deeds.get_value().into_iter().map(button).collect_view()}
                </span>
            </li>
        }
    };
    view! {
        <Show when=move || !people.with(Vec::is_empty)>
            <section class="known-people" aria-labelledby=id>
                <h2 class="known-people__heading" id=id>{heading}</h2>
                <p class="known-people__hint">{(!hint.is_empty()).then_some(hint)}</p>
                <ul class="known-people__lines">
                    {move || people.get().into_iter().map(line).collect_view()}
                </ul>
                {foot.clone().map(|foot| view! { <div class="known-people__foot">{foot.run()}</div> })}
            </section>
        </Show>
    }
}

//! Who waits and who is here. Hosts answer the door from it.

use crate::button::Button;
use crate::person_line::{Person, PersonLine};
use crate::side_panel::SidePanel;
use crate::waiting_line::{WaitingLine, WaitingPerson};
use crate::words::Words;
use leptos::prelude::*;
use model::ParticipantId;

/// The list of people.
#[component]
pub fn PeoplePanel(
    /// The words.
    words: &'static Words,
    /// Who waits at the door; always empty for guests.
    #[prop(into)]
    waiting: Signal<Vec<WaitingPerson>>,
    /// Who is present, in the order of the list.
    #[prop(into)]
    people: Signal<Vec<Person>>,
    /// Lets one person in.
    #[prop(into)]
    on_admit: Callback<ParticipantId>,
    /// Lets everybody in.
    #[prop(into)]
    on_admit_all: Callback<()>,
    /// Does not let one person in.
    #[prop(into)]
    on_deny: Callback<ParticipantId>,
    /// Removes one person from the call.
    #[prop(into)]
    on_remove: Callback<ParticipantId>,
    /// Closes the panel.
    #[prop(into)]
    on_close: Callback<()>,
    /// The heading, so that the focus can be moved to where the panel begins.
    #[prop(optional)]
    heading: NodeRef<leptos::html::H2>,
) -> impl IntoView {
    let said = &words.people;
    let knocking = move || waiting.with(|waiting| !waiting.is_empty());
    let alone = move || people.with(Vec::len) <= 1;
    view! {
        <SidePanel words=words id="people-title" title=said.title on_close=on_close heading=heading>
            <div class="people-panel">
                <Show when=knocking>
                    <section
                        class="people-panel__part people-panel__part--waiting"
                        aria-labelledby="people-waiting"
                    >
                        <header class="people-panel__header">
                            <h3 class="people-panel__heading" id="people-waiting">
                                {said.waiting}
                                " "
                                <span class="people-panel__count">{move || waiting.with(Vec::len)}</span>
                            </h3>
                            <Show when=move || { waiting.with(Vec::len) > 1 }>
                                <Button on_press=on_admit_all>{said.admit_all}</Button>
                            </Show>
                        </header>
                        <ul class="people-panel__list">
                            <WaitingLines words=words waiting=waiting on_admit=on_admit on_deny=on_deny />
                        </ul>
                    </section>
                </Show>
                <section class="people-panel__part" aria-labelledby="people-present">
                    <header class="people-panel__header">
                        <h3 class="people-panel__heading" id="people-present">
                            {said.in_call}
                            " "
                            <span class="people-panel__count">{move || people.with(Vec::len)}</span>
                        </h3>
                    </header>
                    <ul class="people-panel__list">
                        <PersonLines words=words people=people on_remove=on_remove />
                    </ul>
                    <p class="people-panel__alone" hidden=move || !alone()>{said.alone}</p>
                </section>
            </div>
        </SidePanel>
    }
}

#[component]
fn WaitingLines(
    words: &'static Words,
    waiting: Signal<Vec<WaitingPerson>>,
    on_admit: Callback<ParticipantId>,
    on_deny: Callback<ParticipantId>,
) -> impl IntoView {
    let line = move |first: WaitingPerson| {
        let id = first.id;
        // The line follows its person while the list changes, and keeps its last word when they go.
        let person = Memo::new(move |before: Option<&WaitingPerson>| {
            let now = waiting.with(|waiting| waiting.iter().find(|person| person.id == id).cloned());
            now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <WaitingLine words=words person=person on_admit=on_admit on_deny=on_deny /> }
    };
    view! { <For each=move || waiting.get() key=|person| person.id children=line /> }
}

#[component]
fn PersonLines(
    words: &'static Words,
    people: Signal<Vec<Person>>,
    on_remove: Callback<ParticipantId>,
) -> impl IntoView {
    let line = move |first: Person| {
        let id = first.id;
        let person = Memo::new(move |before: Option<&Person>| {
            let now = people.with(|people| people.iter().find(|person| person.id == id).cloned());
            now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <PersonLine words=words person=person on_remove=on_remove /> }
    };
    view! { <For each=move || people.get() key=|person| person.id children=line /> }
}

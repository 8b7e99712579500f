//! Who waits and who is here. Hosts answer the door from it, and look after the people.

use crate::button::{Button, ButtonKind};
use crate::person_line::{Person, PersonLine};
use crate::person_menu::PersonDeed;
use crate::side_panel::SidePanel;
use crate::waiting_line::{WaitingLine, WaitingPerson};
use crate::words::Words;
use leptos::prelude::*;
use model::{ParticipantId, Rights};

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
    /// Lets nobody in who waits.
    #[prop(into)]
    on_deny_all: Callback<()>,
    /// Does not let one person in.
    #[prop(into)]
    on_deny: Callback<ParticipantId>,
    /// What the reader may do.
    #[prop(into)]
    rights: Signal<Rights>,
    /// Runs with what the reader wants to do about somebody, inside or at the door.
    #[prop(into)]
    on_deed: Callback<(PersonDeed, ParticipantId)>,
    /// Mutes everybody whom the reader may mute.
    #[prop(into)]
    on_mute_all: Callback<()>,
    /// Closes the panel.
    #[prop(into)]
    on_close: Callback<()>,
    /// The heading, so that the focus can be moved to where the panel begins.
    #[prop(optional)]
    heading: NodeRef<leptos::html::H2>,
) -> impl IntoView {
    let said = &words.people;
    let on_ban = Callback::new(move |id| on_deed.run((PersonDeed::Ban, id)));
    let knocking = move || waiting.with(|waiting| !waiting.is_empty());
    let alone = move || people.with(Vec::len) <= 1;
    let loud = move || people.with(|people| people.iter().any(|person| person.below && !person.muted));
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
                            <Show when=move || several(waiting)>
                                <Button on_press=on_admit_all>{said.admit_all}</Button>
                            </Show>
                        </header>
                        <WaitingLines
                            words=words
                            waiting=waiting
                            on_admit=on_admit
                            on_deny=on_deny
                            on_deny_all=on_deny_all
                            on_ban=on_ban
                        />
                    </section>
                </Show>
                <section class="people-panel__part" aria-labelledby="people-present">
                    <header class="people-panel__header">
                        <h3 class="people-panel__heading" id="people-present">
                            {said.in_call}
                            " "
                            <span class="people-panel__count">{move || people.with(Vec::len)}</span>
                        </h3>
                        <Show when=loud>
                            <Button kind=ButtonKind::Quiet on_press=on_mute_all>
                                {words.deeds.mute_all}
                            </Button>
                        </Show>
                    </header>
                    <ul class="people-panel__list">
                        <PersonLines words=words people=people rights=rights on_deed=on_deed />
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
    on_deny_all: Callback<()>,
    on_ban: Callback<ParticipantId>,
) -> impl IntoView {
    let line = move |first: WaitingPerson| {
        let id = first.id;
        // The line follows its person while the list changes, and keeps its last word when they go.
        let person = Memo::new(move |before: Option<&WaitingPerson>| {
            let now = waiting.with(|waiting| waiting.iter().find(|person| person.id == id).cloned());
            now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <WaitingLine words=words person=person on_admit=on_admit on_deny=on_deny on_ban=on_ban /> }
    };
    view! {
        <ul class="people-panel__list">
            <For each=move || waiting.get() key=|person| person.id children=line />
        </ul>
        // Below the list, where nobody presses it for the other answer to all.
        <Show when=move || several(waiting)>
            <footer class="people-panel__header">
                <Button kind=ButtonKind::Quiet on_press=on_deny_all>
                    {words.people.deny_all}
                </Button>
            </footer>
        </Show>
    }
}

fn several(waiting: Signal<Vec<WaitingPerson>>) -> bool {
    waiting.with(Vec::len) > 1
}

#[component]
fn PersonLines(
    words: &'static Words,
    people: Signal<Vec<Person>>,
    rights: Signal<Rights>,
    on_deed: Callback<(PersonDeed, ParticipantId)>,
) -> impl IntoView {
    let line = move |first: Person| {
        let id = first.id;
        let person = Memo::new(move |before: Option<&Person>| {
            let now = people.with(|people| people.iter().find(|person| person.id == id).cloned());
            now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <PersonLine words=words person=person rights=rights on_deed=on_deed /> }
    };
    view! { <For each=move || people.get() key=|person| person.id children=line /> }
}

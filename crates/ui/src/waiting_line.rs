//! One person at the door, with the host's two answers, and behind a button the way to keep them out for
//! good.

use crate::avatar::Avatar;
use crate::button::{Button, ButtonKind};
use crate::person_menu::{PersonDeed, PersonMenu};
use crate::words::{Words, named};
use leptos::prelude::*;
use model::ParticipantId;

/// Somebody who waits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaitingPerson {
    pub id: ParticipantId,
    pub name: String,
    /// An answer to this person is on its way.
    pub pending: bool,
}

/// One line of the waiting list.
#[component]
pub fn WaitingLine(
    /// The words.
    words: &'static Words,
    /// Who waits.
    #[prop(into)]
    person: Signal<WaitingPerson>,
    /// Lets the person in.
    #[prop(into)]
    on_admit: Callback<ParticipantId>,
    /// Does not let the person in.
    #[prop(into)]
    on_deny: Callback<ParticipantId>,
    /// Runs when the host wants the person kept out for good.
    #[prop(into)]
    on_ban: Callback<ParticipantId>,
) -> impl IntoView {
    let people = &words.people;
    let id = person.with_untracked(|person| person.id);
    let name = Signal::derive(move || person.with(|person| person.name.clone()));
    let pending = Signal::derive(move || person.with(|person| person.pending));
    let label = move |text: &'static str| Signal::derive(move || named(text, &name.get()));
    view! {
        <li class="waiting-line">
            <Avatar name=name id=id />
            <span class="waiting-line__name" dir="auto" title=move || name.get()>{move || name.get()}</span>
            <span class="waiting-line__answers">
                <Button
                    kind=ButtonKind::Quiet
                    label=label(people.deny_name)
                    disabled=pending
                    on_press=move |()| on_deny.run(id)
                >
                    {people.deny}
                </Button>
                <Button label=label(people.admit_name) pending=pending on_press=move |()| on_admit.run(id)>
                    {people.admit}
                </Button>
                <PersonMenu
                    words=words
                    id=format!("waiting-{id}")
                    name=name
                    offers=vec![PersonDeed::Ban]
                    on_choose=move |_| on_ban.run(id)
                />
            </span>
        </li>
    }
}

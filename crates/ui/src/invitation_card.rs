//! The text that invites somebody, as it will be read, and the ways to send it.

use crate::invitation_actions::{InvitationActions, InvitationText};
use crate::select_field::{Choice, SelectField};
use crate::words::Words;
use leptos::prelude::*;

/// A card with the text of an invitation and the choice of the link in it.
#[component]
pub fn InvitationCard(
    /// The words.
    words: &'static Words,
    /// The links: each by its address.
    #[prop(into)]
    links: Signal<Vec<Choice>>,
    /// The address of the chosen one.
    link: RwSignal<String>,
    /// The text with the chosen link.
    #[prop(into)]
    invitation: Signal<InvitationText>,
    /// The address of the plan as a calendar file, if there is a plan.
    #[prop(into)]
    calendar: Signal<Option<String>>,
    /// The text was copied a moment ago.
    #[prop(into)]
    copied: Signal<bool>,
    /// Copies the text.
    #[prop(into)]
    on_copy: Callback<String>,
) -> impl IntoView {
    let text = &words.invites;
    // A link that is worth nothing any more is not chosen any more.
    let chosen = Signal::derive(move || {
        let link = link.get();
        if links.with(|links| links.iter().any(|one| one.value == link)) { link } else { String::new() }
    });
    let choice = move || {
        links.with(|links| links.len() > 1).then(|| {
            view! {
                <SelectField
                    id="invitation-link"
                    label=text.message_link
                    choices=links.get()
                    value=chosen
                    on_change=move |chosen| link.set(chosen)
                />
            }
        })
    };
    view! {
        <section class="invitation-card" aria-labelledby="invitation">
            <h2 class="invitation-card__heading" id="invitation">{text.message}</h2>
            <p class="invitation-card__hint">{text.message_hint}</p>
            {choice}
            <p class="invitation-card__text" dir="auto">{move || invitation.with(|one| one.text.clone())}</p>
            <InvitationActions words invitation calendar copied on_copy />
        </section>
    }
}

//! One's contacts: who they are, whether they can be reached, and what to do about each.

use crate::avatar::Avatar;
use crate::button::{Button, ButtonKind};
use crate::icons::{Glyph, Icon};
use crate::words::{Words, named};
use leptos::prelude::*;
use model::{ParticipantId, UserId};

/// A contact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contact {
    pub user: UserId,
    pub name: String,
    pub reach: ContactReach,
}

/// Whether somebody can be called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContactReach {
    Online,
    InCall,
    Offline,
}

/// The list, or a sentence on how somebody comes into it.
#[component]
pub fn ContactList(
    /// The words.
    words: &'static Words,
    /// The contacts, in the order in which they are shown.
    #[prop(into)]
    contacts: Signal<Vec<Contact>>,
    /// Whether nothing can be done just now.
    #[prop(into)]
    locked: Signal<bool>,
    /// Calls somebody.
    #[prop(into)]
    on_call: Callback<UserId>,
    /// Asks whether somebody shall be removed.
    #[prop(into)]
    on_remove: Callback<UserId>,
    /// Asks whether somebody shall be blocked.
    #[prop(into)]
    on_block: Callback<UserId>,
) -> impl IntoView {
    let text = &words.contacts;
    let users = Memo::new(move |_| contacts.with(|all| all.iter().map(|one| one.user).collect::<Vec<_>>()));
    let line = move |user: UserId| {
        let known = Memo::new(move |_| contacts.with(|all| all.iter().find(|one| one.user == user).cloned()));
        let name = Signal::derive(move || known.get().map(|one| one.name).unwrap_or_default());
        let reach = move || known.get().map_or(ContactReach::Offline, |one| one.reach);
        let label = move |text: &'static str| Signal::derive(move || named(text, &name.get()));
        view! {
            <li class="contact-list__line">
                <Avatar name id=ParticipantId::from_bits(user.bits()) />
                <span class="contact-list__who">
                    <span class="contact-list__name" dir="auto" title=move || name.get()>{move || name.get()}</span>
                    <span class="contact-list__reach" data-reach=move || mark(reach())>
                        {move || said(words, reach())}
                    </span>
                </span>
                <Button
                    kind=ButtonKind::Primary
                    label=label(text.call_name)
                    disabled=locked
                    on_press=move |()| on_call.run(user)
                >
                    {text.call}
                </Button>
                <details class="contact-list__more">
                    <summary class="contact-list__summary" aria-label=label(text.more_name)>
                        <Icon glyph=Glyph::More />
                    </summary>
                    <div class="contact-list__deeds">
                        <Button disabled=locked on_press=move |()| on_remove.run(user)>{text.remove}</Button>
                        <Button disabled=locked on_press=move |()| on_block.run(user)>{text.block}</Button>
                    </div>
                </details>
            </li>
        }
    };
    view! {
        <section class="contact-list" aria-labelledby="contacts">
            <h2 class="contact-list__heading" id="contacts" tabindex="-1">{text.heading}</h2>
            <Show
                when=move || !users.with(Vec::is_empty)
                fallback=move || view! { <p class="contact-list__empty">{text.empty}</p> }
            >
                <ul class="contact-list__lines">
                    <For each=move || users.get() key=|user| *user children=line />
                </ul>
            </Show>
        </section>
    }
}

const fn said(words: &'static Words, reach: ContactReach) -> &'static str {
    match reach {
        ContactReach::Online => words.contacts.online,
        ContactReach::InCall => words.contacts.in_call,
        ContactReach::Offline => words.contacts.offline,
    }
}

const fn mark(reach: ContactReach) -> &'static str {
    match reach {
        ContactReach::Online => "online",
        ContactReach::InCall => "busy",
        ContactReach::Offline => "offline",
    }
}

//! Everybody whom a room knows by role, and everybody who may not come back.

use crate::button::Button;
use crate::member_line::{Member, MemberLine};
use crate::settings_card::Saving;
use crate::words::{Words, named};
use leptos::prelude::*;
use model::{Role, UserId};

/// The people of a room.
#[component]
pub fn MemberList(
    /// The words.
    words: &'static Words,
    /// Who has a role.
    #[prop(into)]
    members: Signal<Vec<Member>>,
    /// Who may not come back; their role does not matter.
    #[prop(into)]
    banned: Signal<Vec<Member>>,
    /// How far the last change has come.
    #[prop(into)]
    saving: Signal<Saving>,
    /// Whether nothing can be changed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Gives a role.
    #[prop(into)]
    on_appoint: Callback<(UserId, Role)>,
    /// Lets somebody come back.
    #[prop(into)]
    on_pardon: Callback<UserId>,
) -> impl IntoView {
    let text = &words.members;
    let lines = move || {
        let line = |member| view! { <MemberLine words member locked on_appoint /> };
        let members = members.get();
        // The owner is always there.
        let alone = members.iter().all(|one| one.role == Role::Owner);
        view! {
            <ul class="member-list__lines">{members.into_iter().map(line).collect_view()}</ul>
            {alone.then(|| view! { <p class="member-list__empty">{text.empty}</p> })}
        }
    };
    let banned_lines = move || {
        let line = |one| banned_line(words, one, locked, on_pardon);
        banned.get().into_iter().map(line).collect_view()
    };
    let failed = move || matches!(saving.get(), Saving::Failed(_));
    let said = move || match saving.get() {
        Saving::Rest => None,
        Saving::Busy => Some(words.settings.saving.to_owned()),
        Saving::Done => Some(words.settings.saved.to_owned()),
        Saving::Failed(why) => Some(why),
    };
    view! {
        <section class="member-list" aria-labelledby="members">
            <h2 class="member-list__heading" id="members" tabindex="-1">{text.heading}</h2>
            <p class="member-list__hint">{text.hint}</p>
            {lines}
            <Show when=move || !banned.with(Vec::is_empty)>
                <h3 class="member-list__banned">{text.banned_heading}</h3>
                <p class="member-list__hint">{text.banned_hint}</p>
                <ul class="member-list__lines">
                    {banned_lines}
                </ul>
            </Show>
            <p class="member-list__said" class:member-list__said--wrong=failed role="status">{said}</p>
        </section>
    }
}

fn banned_line(
    words: &'static Words,
    member: Member,
    locked: Signal<bool>,
    on_pardon: Callback<UserId>,
) -> impl IntoView {
    let text = &words.members;
    let name = member.name.unwrap_or_else(|| text.unnamed.to_owned());
    let label = Signal::stored(named(text.pardon_of, &name));
    let user = member.user;
    view! {
        <li class="member-list__line">
            <span class="member-list__name" dir="auto">{name}</span>
            <Button label disabled=locked on_press=move |()| on_pardon.run(user)>{text.pardon}</Button>
        </li>
    }
}

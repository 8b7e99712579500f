//! The invites of a room, newest first.

use crate::invite_line::{InviteEntry, InviteLine};
use crate::settings_card::Saving;
use crate::words::Words;
use leptos::prelude::*;
use model::InviteId;

/// The list of invites; the form for a new one stands below it.
#[component]
pub fn InviteList(
    /// The words.
    words: &'static Words,
    /// The invites.
    #[prop(into)]
    invites: Signal<Vec<InviteEntry>>,
    /// The one whose link was copied a moment ago.
    #[prop(into)]
    copied: Signal<Option<InviteId>>,
    /// How far the last change has come.
    #[prop(into)]
    saving: Signal<Saving>,
    /// Whether nothing can be changed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Copies a link.
    #[prop(into)]
    on_copy: Callback<InviteId>,
    /// Mails an invite once more.
    #[prop(into)]
    on_mail: Callback<InviteId>,
    /// Makes an invite worthless.
    #[prop(into)]
    on_revoke: Callback<InviteId>,
) -> impl IntoView {
    let text = &words.invites;
    let line = move |invite: InviteEntry| {
        let id = invite.id;
        let copied = Signal::derive(move || copied.get() == Some(id));
        view! { <InviteLine words invite copied locked on_copy on_mail on_revoke /> }
    };
    let failed = move || match saving.get() {
        Saving::Failed(why) => why,
        Saving::Busy => words.settings.saving.to_owned(),
        Saving::Rest | Saving::Done => String::new(),
    };
    view! {
        <section class="invite-list" aria-labelledby="invites">
            <h2 class="invite-list__heading" id="invites">{text.heading}</h2>
            <p class="invite-list__hint">{text.hint}</p>
            <Show
                when=move || !invites.with(Vec::is_empty)
                fallback=move || view! { <p class="invite-list__empty">{text.empty}</p> }
            >
                <ul class="invite-list__lines">
                    <For each=move || invites.get() key=key children=line />
                </ul>
            </Show>
            <p class="invite-list__said" role="status">{failed}</p>
        </section>
    }
}

/// A line is drawn anew when something about it changes.
fn key(invite: &InviteEntry) -> String {
    let InviteEntry { id, used, until, state, mailed, .. } = invite;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("{id} {used} {state:?} {} {}", text(until), text(mailed))
}

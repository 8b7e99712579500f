//! Whom an invite is mailed to.

use crate::invite_form::roles;
use crate::select_field::SelectField;
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;
use model::{DisplayName, EmailAddress, Role};

/// A mail with an invite, as it stands in the fields.
#[derive(Clone, Copy)]
pub struct MailDraft {
    pub to: RwSignal<String>,
    pub to_wrong: RwSignal<Option<&'static str>>,
    pub name: RwSignal<String>,
    pub name_wrong: RwSignal<Option<&'static str>>,
    pub role: RwSignal<Role>,
}

impl MailDraft {
    /// The fields as they stand at first.
    pub fn new() -> Self {
        Self {
            to: RwSignal::new(String::new()),
            to_wrong: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            name_wrong: RwSignal::new(None),
            role: RwSignal::new(Role::Participant),
        }
    }

    /// Empties what is meant for one person alone.
    pub fn clear(self) {
        self.to.set(String::new());
        self.name.set(String::new());
        self.to_wrong.set(None);
        self.name_wrong.set(None);
    }
}

impl Default for MailDraft {
    fn default() -> Self {
        Self::new()
    }
}

/// The fields of an invite that is mailed.
#[component]
pub fn MailInviteForm(
    /// The words.
    words: &'static Words,
    /// What stands in the fields.
    draft: MailDraft,
    /// Whether the reader may invite co-hosts.
    #[prop(into)]
    may_appoint: Signal<bool>,
) -> impl IntoView {
    let text = &words.mailing;
    let said = |wrong: RwSignal<Option<&'static str>>| Signal::derive(move || wrong.get().map(str::to_owned));
    let on_role = move |word: String| {
        if let Some(role) = Role::parse(&word) {
            draft.role.set(role);
        }
    };
    view! {
        <div class="mail-invite-form">
            <TextField
                id="mail-to"
                name="to"
                label=text.to
                hint=text.to_hint
                error=said(draft.to_wrong)
                value=draft.to
                on_input=move |typed| draft.to.set(typed)
                limit=EmailAddress::LIMIT
            />
            <TextField
                id="mail-name"
                name="person"
                label=text.name
                hint=text.name_hint
                error=said(draft.name_wrong)
                value=draft.name
                on_input=move |typed| draft.name.set(typed)
                limit=DisplayName::LIMIT
            />
            <SelectField
                id="mail-role"
                label=words.invites.role
                choices=roles(words, may_appoint.get_untracked())
                value=Signal::derive(move || draft.role.get().word().to_owned())
                on_change=on_role
            />
        </div>
    }
}

/// Why nothing can be mailed, and the way on.
#[component]
pub fn MailInviteNote(
    /// The words.
    words: &'static Words,
    /// What is in the way.
    text: &'static str,
    /// Where one signs in, if that helps.
    #[prop(optional_no_strip)]
    sign_in: Option<String>,
) -> impl IntoView {
    let class = crate::ButtonKind::Secondary.class();
    view! {
        <section class="mail-invite-form__note" aria-labelledby="mail-invite">
            <h2 class="mail-invite-form__heading" id="mail-invite">{words.mailing.heading}</h2>
            <p class="mail-invite-form__text">{text}</p>
            {sign_in.map(|href| view! {
                <p><a class=class href=href>{words.mailing.sign_in}</a></p>
            })}
        </section>
    }
}

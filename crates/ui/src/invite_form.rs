//! What one chooses to make an invite.

use crate::checkbox::Checkbox;
use crate::select_field::{Choice, SelectField};
use crate::text_field::TextField;
use crate::words::{Words, counted};
use leptos::prelude::*;
use model::{DisplayName, Role};

/// How many people an invite may be good for, besides any number.
const USES: [u16; 7] = [1, 2, 3, 5, 10, 20, 50];
const DAY_HOURS: u16 = 24;

/// An invite as it stands in the fields.
#[derive(Clone, Copy)]
pub struct InviteDraft {
    pub label: RwSignal<String>,
    pub label_wrong: RwSignal<Option<&'static str>>,
    pub role: RwSignal<Role>,
    pub personal: RwSignal<bool>,
    pub uses: RwSignal<Option<u16>>,
    /// For how many hours; `None` for as long as the room lives.
    pub hours: RwSignal<Option<u16>>,
}

impl InviteDraft {
    /// The fields as they stand at first.
    pub fn new() -> Self {
        Self {
            label: RwSignal::new(String::new()),
            label_wrong: RwSignal::new(None),
            role: RwSignal::new(Role::Participant),
            personal: RwSignal::new(false),
            uses: RwSignal::new(None),
            hours: RwSignal::new(Some(7 * DAY_HOURS)),
        }
    }

    /// Empties what is meant for one invite alone.
    pub fn clear(self) {
        self.label.set(String::new());
        self.label_wrong.set(None);
    }
}

impl Default for InviteDraft {
    fn default() -> Self {
        Self::new()
    }
}

/// The fields of a new invite.
#[component]
pub fn InviteForm(
    /// The words.
    words: &'static Words,
    /// What stands in the fields.
    draft: InviteDraft,
    /// Whether the reader may invite co-hosts.
    #[prop(into)]
    may_appoint: Signal<bool>,
) -> impl IntoView {
    let text = &words.invites;
    let roles = roles(words, may_appoint.get_untracked());
    let on_role = move |word: String| {
        if let Some(role) = Role::parse(&word) {
            draft.role.set(role);
        }
    };
    let number = |chosen: RwSignal<Option<u16>>| {
        move || chosen.get().map(|number| number.to_string()).unwrap_or_default()
    };
    let (uses, lasts) = (StoredValue::new(uses(words)), lasts(words));
    view! {
        <div class="invite-form">
            <TextField
                id="invite-label"
                name="label"
                label=text.label
                hint=text.label_hint
                error=Signal::derive(move || draft.label_wrong.get().map(str::to_owned))
                value=draft.label
                on_input=move |typed| draft.label.set(typed)
                limit=DisplayName::LIMIT
            />
            <SelectField
                id="invite-role"
                label=text.role
                choices=roles
                value=Signal::derive(move || draft.role.get().word().to_owned())
                on_change=on_role
            />
            <SelectField
                id="invite-hours"
                label=text.lasts
                choices=lasts
                value=Signal::derive(number(draft.hours))
                on_change=move |chosen: String| draft.hours.set(chosen.parse().ok())
            />
            <Show when=move || !draft.personal.get()>
                <SelectField
                    id="invite-uses"
                    label=text.uses
                    choices=uses.get_value()
                    value=Signal::derive(number(draft.uses))
                    on_change=move |chosen: String| draft.uses.set(chosen.parse().ok())
                />
            </Show>
            <div class="invite-form__wide">
                <Checkbox
                    id="invite-personal"
                    name="personal"
                    label=text.personal
                    hint=text.personal_hint
                    checked=draft.personal
                    on_change=move |personal| draft.personal.set(personal)
                />
            </div>
        </div>
    }
}

/// For how many people.
fn uses(words: &Words) -> Vec<Choice> {
    let text = &words.invites;
    let uses = USES.map(|uses| {
        let label = counted(text.uses_one, text.uses_many, usize::from(uses));
        Choice::new(uses.to_string(), label)
    });
    std::iter::once(Choice::new("", text.uses_any)).chain(uses).collect()
}

/// For how long.
fn lasts(words: &Words) -> Vec<Choice> {
    let text = &words.invites;
    let lasts = [
        (1, text.lasts_hour),
        (DAY_HOURS, text.lasts_day),
        (7 * DAY_HOURS, text.lasts_week),
        (30 * DAY_HOURS, text.lasts_month),
    ];
    let lasts = lasts.map(|(hours, label)| Choice::new(hours.to_string(), label));
    lasts.into_iter().chain([Choice::new("", text.lasts_ever)]).collect()
}

/// What an invite may promise: hosts only by who may appoint them.
pub(crate) fn roles(words: &Words, may_appoint: bool) -> Vec<Choice> {
    let text = &words.invites;
    let roles = [
        (Role::Participant, text.role_participant),
        (Role::Viewer, text.role_viewer),
        (Role::CoHost, text.role_co_host),
    ];
    let given = roles.into_iter().filter(|(role, _)| may_appoint || !role.is_host());
    given.map(|(role, label)| Choice::new(role.word(), label)).collect()
}

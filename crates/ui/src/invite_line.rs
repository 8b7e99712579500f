//! One invite: what it promises, how far it is used, and what can be done with it.

use crate::button::{Button, ButtonKind};
use crate::icons::Glyph;
use crate::member_line::role_name;
use crate::words::{Words, counted, named};
use leptos::prelude::*;
use model::{InviteId, Role};

/// Whether an invite is worth something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InviteState {
    Live,
    Expired,
    Spent,
    Revoked,
}

/// One invite, as a host sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InviteEntry {
    pub id: InviteId,
    pub label: Option<String>,
    pub role: Role,
    pub personal: bool,
    pub uses: Option<u16>,
    pub used: u16,
    /// Until when, in the reader's own manner.
    pub until: Option<String>,
    pub state: InviteState,
    /// To whom it was mailed and what became of it, as a sentence.
    pub mailed: Option<String>,
}

/// A line with the invite and its two actions; revoking asks first.
#[component]
pub fn InviteLine(
    /// The words.
    words: &'static Words,
    /// The invite.
    invite: InviteEntry,
    /// Whether its link was copied a moment ago.
    #[prop(into)]
    copied: Signal<bool>,
    /// Whether nothing can be changed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Copies the link.
    #[prop(into)]
    on_copy: Callback<InviteId>,
    /// Mails it once more.
    #[prop(into)]
    on_mail: Callback<InviteId>,
    /// Makes the invite worthless.
    #[prop(into)]
    on_revoke: Callback<InviteId>,
) -> impl IntoView {
    let text = &words.invites;
    let id = invite.id;
    let name = invite.label.clone().unwrap_or_else(|| text.unlabelled.to_owned());
    let live = invite.state == InviteState::Live;
    let facts = facts(words, &invite).join(" · ");
    let state = match invite.state {
        InviteState::Live => text.live,
        InviteState::Expired => text.expired,
        InviteState::Spent => text.spent,
        InviteState::Revoked => text.revoked,
    };
    let (sentence, mailed) = (invite.mailed.clone(), invite.mailed.is_some());
    let asking = RwSignal::new(false);
    let names = StoredValue::new(
        [text.copy_of, text.revoke_of, text.revoke_ask, words.mailing.again_of]
            .map(|text| named(text, &name)),
    );
    let spoken = move |which: usize| names.with_value(|names| names[which].clone());
    let actions = move || {
        if asking.get() {
            return view! {
                <p class="invite-line__ask">{spoken(2)}</p>
                <Button kind=ButtonKind::Danger first=true on_press=move |()| on_revoke.run(id)>
                    {text.revoke_confirm}
                </Button>
                <Button kind=ButtonKind::Quiet on_press=move |()| asking.set(false)>
                    {text.revoke_keep}
                </Button>
            }
            .into_any();
        }
        let glyph = Signal::derive(move || if copied.get() { Glyph::Check } else { Glyph::Copy });
        view! {
            <Button glyph label=Signal::stored(spoken(0)) on_press=move |()| on_copy.run(id)>
                {move || if copied.get() { words.common.copied } else { text.copy }}
            </Button>
            {mailed.then(|| again(words, spoken(3), locked, move || on_mail.run(id)))}
            <Button
                kind=ButtonKind::Quiet
                label=Signal::stored(spoken(1))
                disabled=locked
                on_press=move |()| asking.set(true)
            >
                {text.revoke}
            </Button>
        }
        .into_any()
    };
    view! {
        <li class="invite-line" class:invite-line--over=!live>
            <p class="invite-line__name" dir="auto">{name}</p>
            <p class="invite-line__state">{state}</p>
            <p class="invite-line__facts">{facts}</p>
            {sentence.map(|sentence| view! { <p class="invite-line__facts" dir="auto">{sentence}</p> })}
            {live.then(|| view! { <div class="invite-line__ways">{actions}</div> })}
        </li>
    }
}

/// The button that mails an invite once more.
fn again(
    words: &'static Words,
    spoken: String,
    disabled: Signal<bool>,
    on_press: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Button label=Signal::stored(spoken) disabled on_press=move |()| on_press()>
            {words.mailing.again}
        </Button>
    }
}

/// What is worth knowing about it, in a few words each.
fn facts(words: &'static Words, invite: &InviteEntry) -> Vec<String> {
    let text = &words.invites;
    let used = match invite.used {
        0 => text.used_none.to_owned(),
        used => counted(text.used_one, text.used_many, usize::from(used)),
    };
    // One person is the limit that a personal invite has anyway.
    let limit = invite.uses.filter(|_| !invite.personal);
    let limit = limit.map(|uses| counted(text.limit_one, text.limit_many, usize::from(uses)));
    let personal = invite.personal.then(|| text.for_one.to_owned());
    let until = invite.until.as_ref().map(|until| format!("{} {until}", text.until));
    let role = role_name(words, invite.role).to_owned();
    [Some(role), personal, Some(used), limit, until].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    #[test]
    fn an_invite_tells_how_far_it_is_used() {
        let mut invite = InviteEntry {
            id: InviteId::from_bits(1),
            label: None,
            role: Role::Participant,
            personal: false,
            uses: Some(5),
            used: 0,
            until: Some("tomorrow".to_owned()),
            state: InviteState::Live,
            mailed: None,
        };
        assert_eq!(facts(&EN, &invite), ["Participant", "Not used yet", "At most 5 uses", "until tomorrow"]);
        invite.used = 2;
        assert_eq!(facts(&EN, &invite)[1], "Used 2 times");
        invite.personal = true;
        assert_eq!(facts(&EN, &invite)[1..], ["For one person", "Used 2 times", "until tomorrow"]);
    }
}

//! The cards of the invites: those there are, a new one, and the text to send.

use super::bench::Bench;
use super::mail_card::{MailCard, told};
use crate::dom;
use crate::room;
use leptos::prelude::*;
use model::{DisplayName, InviteId, TextError};
use protocol::{Errand, InviteRequest, InviteView, addresses};
use std::time::Duration;
use ui::words::named;
use ui::{
    Choice, InvitationCard, InvitationText, InviteDraft, InviteEntry, InviteForm, InviteList, InviteState,
    Saving, SettingsCard, Words,
};

/// How long "copied" stands there.
const COPIED: Duration = Duration::from_secs(3);

/// Everything about invites.
#[component]
pub fn Invites(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let address = RwSignal::new(format!("/r/{}", bench.code));
    Effect::new(move |_| {
        let origin = window().location().origin().unwrap_or_default();
        address.set(format!("{origin}/r/{}", bench.code));
    });
    view! {
        <Existing bench address />
        <New bench />
        <MailCard bench />
        <Sending bench address />
    }
}

/// The address that carries an invite.
fn link(address: &str, invite: &InviteView) -> String {
    format!("{address}?invite={}", invite.token)
}

/// The invites there are.
#[component]
fn Existing(bench: Bench, address: RwSignal<String>) -> impl IntoView {
    let saving = RwSignal::new(Saving::Rest);
    let copied = RwSignal::new(None::<InviteId>);
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    let invites = Signal::derive(move || {
        let local = in_browser.get();
        bench.known.with(|known| {
            let mut invites: Vec<&InviteView> = known.invites.iter().collect();
            invites.sort_by_key(|invite| std::cmp::Reverse((invite.made_at, invite.id)));
            invites.into_iter().map(|invite| entry(bench.words, invite, local)).collect::<Vec<_>>()
        })
    });
    let on_copy = move |id: InviteId| {
        let known = bench.known.get_untracked();
        let Some(invite) = known.invites.iter().find(|invite| invite.id == id) else { return };
        let text = address.with_untracked(|address| link(address, invite));
        copy(
            text,
            move |done| copied.set(done.then_some(id)),
            move || {
                copied.try_set(None);
            },
        );
    };
    let on_revoke = move |id| {
        bench.run(Errand::Revoke(id), saving, |result| {
            if result.is_ok() {
                dom::focus("invites");
            }
        });
    };
    let on_mail = move |id| {
        bench.run(Errand::MailAgain(id), saving, move |result| {
            // The line may be drawn anew, and with it the button.
            dom::focus("invites");
            if result.is_err() {
                bench.look_again();
            }
        });
    };
    view! {
        <InviteList words=bench.words invites copied saving locked=bench.locked on_copy on_mail on_revoke />
    }
}

/// The invite as the list shows it. Clock and zone are the reader's, so that the server leaves them out.
fn entry(words: &'static Words, invite: &InviteView, in_browser: bool) -> InviteEntry {
    let expired = |until: model::UnixMillis| in_browser && until <= dom::wall_clock();
    let spent = invite.uses.is_some_and(|uses| invite.used >= uses);
    let state = if invite.revoked {
        InviteState::Revoked
    } else if invite.until.is_some_and(expired) {
        InviteState::Expired
    } else if spent && !invite.personal {
        InviteState::Spent
    } else {
        InviteState::Live
    };
    InviteEntry {
        id: invite.id,
        label: invite.label.as_ref().map(ToString::to_string),
        role: invite.role,
        personal: invite.personal,
        uses: invite.uses,
        used: invite.used,
        until: invite.until.filter(|_| in_browser).map(dom::moment),
        state,
        mailed: told(words, invite),
    }
}

/// A new invite.
#[component]
fn New(bench: Bench) -> impl IntoView {
    let words = bench.words;
    let text = &words.invites;
    let saving = RwSignal::new(Saving::Rest);
    let draft = InviteDraft::new();
    // A press that is repeated after a lost answer must not make a second invite.
    let id = RwSignal::new(None::<InviteId>);
    let on_save = move |()| {
        let Some(invite) = read(words, draft) else {
            saving.set(Saving::Rest);
            return dom::focus("invite-label");
        };
        let fresh = id.get_untracked().unwrap_or_else(|| InviteId::from_bits(room::fresh_key().bits()));
        id.set(Some(fresh));
        bench.run(Errand::Invite { id: fresh, invite }, saving, move |result| {
            if result.is_ok() {
                id.set(None);
                draft.clear();
            }
        });
    };
    view! {
        <SettingsCard
            words
            id="invite-card"
            heading=text.new_heading
            saving
            locked=bench.locked
            press=text.make
            done=text.made
            on_save
        >
            <InviteForm words draft may_appoint=Signal::derive(move || bench.may_appoint()) />
        </SettingsCard>
    }
}

/// The invite that stands in the fields; what is wrong with it is then shown beside them.
fn read(words: &'static Words, draft: InviteDraft) -> Option<InviteRequest> {
    let label = match DisplayName::parse(&draft.label.get_untracked()) {
        Ok(label) => Some(label),
        Err(TextError::Empty) => None,
        Err(TextError::TooLong { .. }) => {
            draft.label_wrong.set(Some(words.invites.label_long));
            return None;
        }
    };
    draft.label_wrong.set(None);
    let personal = draft.personal.get_untracked();
    Some(InviteRequest {
        label,
        role: draft.role.get_untracked(),
        personal,
        uses: draft.uses.get_untracked().filter(|_| !personal),
        hours: draft.hours.get_untracked(),
    })
}

/// The text to send.
#[component]
fn Sending(bench: Bench, address: RwSignal<String>) -> impl IntoView {
    let words = bench.words;
    let plain = address;
    // Empty for the plain link, so that the choice survives the address becoming known.
    let chosen = RwSignal::new(String::new());
    let copied = RwSignal::new(false);
    let time = RwSignal::new(None::<String>);
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| {
        in_browser.set(true);
        time.set(bench.known.with(|known| known.occurrence).map(|next| dom::moment(next.starts)));
    });
    let links = Signal::derive(move || {
        bench.known.with(|known| {
            let live =
                |invite: &&InviteView| entry(words, invite, in_browser.get()).state == InviteState::Live;
            let choice = |invite: &InviteView| {
                let label = invite.label.as_ref().map(ToString::to_string);
                Choice::new(
                    invite.token.clone(),
                    label.unwrap_or_else(|| words.invites.unlabelled.to_owned()),
                )
            };
            let plain = Choice::new("", words.invites.message_plain);
            std::iter::once(plain).chain(known.invites.iter().filter(live).map(choice)).collect::<Vec<_>>()
        })
    });
    let invitation = Signal::derive(move || {
        let token = chosen.get();
        let plain = plain.get();
        bench.known.with(|known| {
            let live = known.invites.iter().find(|invite| !token.is_empty() && invite.token == token);
            let link = live.map_or_else(|| plain.clone(), |invite| link(&plain, invite));
            let time = time.get();
            let mut invitation = InvitationText::write(words, known.name.as_str(), &link, time.as_deref());
            // Whoever has an invite is not asked for the passcode.
            if let (None, Some(passcode)) = (live, &known.policy.passcode) {
                let line = named(words.invites.message_passcode, passcode.as_str());
                invitation.text = format!("{}\n\n{line}", invitation.text);
            }
            invitation
        })
    });
    let calendar = Signal::derive(move || {
        let planned = bench.known.with(|known| known.schedule.is_some());
        planned.then(|| addresses::of(bench.code, addresses::CALENDAR))
    });
    let on_copy = move |text: String| {
        copy(
            text,
            move |done| copied.set(done),
            move || {
                copied.try_set(false);
            },
        );
    };
    view! {
        <InvitationCard words links link=chosen invitation calendar copied on_copy />
    }
}

/// Copies a text, says whether that was done, and after a while says that this is long ago.
fn copy(text: String, said: impl Fn(bool) + 'static, over: impl FnOnce() + 'static) {
    leptos::task::spawn_local(async move {
        let done = dom::copy(text).await;
        said(done);
        if done {
            set_timeout(over, COPIED);
        }
    });
}

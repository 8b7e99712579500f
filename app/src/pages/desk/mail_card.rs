//! The card from which an invite goes to one person by mail, and what the list of invites says of mails.

use super::bench::Bench;
use crate::dom;
use crate::room;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use model::{DisplayName, EmailAddress, InviteId, TextError};
use protocol::{Errand, InviteView, MailRequest, MailState, MailWay};
use ui::words::named;
use ui::{MailDraft, MailInviteForm, MailInviteNote, Saving, SettingsCard, Words};

/// A mail to one person; or why there is none, and what to do instead.
#[component]
pub fn MailCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    match bench.known.with_untracked(|known| known.mail) {
        MailWay::Ready => EitherOf3::A(view! { <Sending bench /> }),
        MailWay::NoServer => {
            EitherOf3::B(view! { <MailInviteNote words text=words.mailing.no_server sign_in=None /> })
        }
        MailWay::NeedsAccount => {
            let sign_in = Some(format!("/sign-in?next=/r/{}/settings", bench.code));
            EitherOf3::C(view! { <MailInviteNote words text=words.mailing.needs_account sign_in /> })
        }
    }
}

#[component]
fn Sending(bench: Bench) -> impl IntoView {
    let words = bench.words;
    let text = &words.mailing;
    let saving = RwSignal::new(Saving::Rest);
    let draft = MailDraft::new();
    // A press that is repeated after a lost answer must not send a second mail.
    let id = RwSignal::new(None::<InviteId>);
    let on_save = move |()| {
        let mail = match read(words, draft) {
            Ok(mail) => mail,
            Err(field) => {
                saving.set(Saving::Rest);
                return dom::focus(field);
            }
        };
        let fresh = id.get_untracked().unwrap_or_else(|| InviteId::from_bits(room::fresh_key().bits()));
        id.set(Some(fresh));
        bench.run(Errand::Mail { id: fresh, mail }, saving, move |result| {
            // Whatever became of the mail, the invite is there, and the list says how the mail fared.
            id.set(None);
            match result {
                Ok(()) => draft.clear(),
                Err(_) => bench.look_again(),
            }
        });
    };
    view! {
        <SettingsCard
            words
            id="mail-invite"
            heading=text.heading
            hint=text.hint
            saving
            locked=bench.locked
            press=text.send
            done=text.done
            on_save
        >
            <MailInviteForm words draft may_appoint=Signal::derive(move || bench.may_appoint()) />
        </SettingsCard>
    }
}

/// The mail that stands in the fields; or the field that is wrong, which then says so.
fn read(words: &'static Words, draft: MailDraft) -> Result<MailRequest, &'static str> {
    let to = EmailAddress::parse(&draft.to.get_untracked());
    draft.to_wrong.set(to.is_err().then_some(words.mailing.to_wrong));
    let name = match DisplayName::parse(&draft.name.get_untracked()) {
        Ok(name) => Ok(Some(name)),
        Err(TextError::Empty) => Ok(None),
        Err(TextError::TooLong { .. }) => Err("mail-name"),
    };
    draft.name_wrong.set(name.is_err().then_some(words.invites.label_long));
    let to = to.map_err(|_| "mail-to")?;
    Ok(MailRequest { to, name: name?, role: draft.role.get_untracked() })
}

/// What became of the mail about an invite, as a sentence.
pub fn told(words: &'static Words, invite: &InviteView) -> Option<String> {
    let mailed = invite.mailed.as_ref()?;
    let text = match mailed.state {
        MailState::Waiting => words.mailing.waiting,
        MailState::Sent => words.mailing.sent,
        MailState::Refused => words.mailing.refused_line,
        MailState::Failed => words.mailing.failed_line,
    };
    Some(named(text, mailed.to.as_str()))
}

//! Where the way in ends, or the call: what happened, and the way on. Never a dead end.

use crate::button::{Button, ButtonKind};
use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// No more people fit in.
    Full,
    /// No more people fit in front of the door.
    DoorFull,
    /// The host ended the call for everybody.
    Ended,
    /// The reader ended it.
    EndedByYou,
    /// Over, as one reads it who hosted it.
    EndedHosted,
    /// Over by time alone.
    Expired,
    NotFound,
    /// The host did not let the reader in.
    Denied,
    Removed,
    /// The seat was taken over by another tab.
    Replaced,
    /// The connection was lost for too long.
    Lost,
    /// The reader hung up.
    Left,
    /// The seat is gone, for no reason that the reader knows.
    Gone,
    /// The browser was signed out of the account by which the reader came.
    SignedOut,
    Unreachable,
    /// The browser cannot make calls.
    Unsupported,
    /// The browser keeps no cookies.
    Cookies,
    Overloaded,
    /// As many people are on the server as it can bear.
    ServerFull,
    Failed,
    /// A host locked the door.
    Locked,
    /// The door opens later.
    NotOpen,
    /// Every planned time is over.
    TooLate,
    MembersOnly,
    /// The reader may not come back.
    Banned,
    /// The time of the call was over.
    TimeUp,
    InviteUnknown,
    InviteExpired,
    InviteUsedUp,
    InviteRevoked,
    InviteTaken,
    /// A part of the page's program could not be fetched.
    Incomplete,
}

/// What the strongest button does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Again {
    /// Asks once more, under these words.
    Yes(&'static str),
    /// The room itself may be open to somebody without an invite, or without the account.
    Plainly(&'static str),
    /// There is nothing to try: home it is.
    No,
}

/// A page that says what happened and offers the way on. Serves before, instead of and after a call.
#[component]
pub fn OutcomePanel(
    /// The words.
    words: &'static Words,
    /// What happened.
    outcome: Outcome,
    /// The room's address, for the way back without script.
    #[prop(optional, into)]
    room: String,
    /// Tries again; without it the way back is a link to `room`.
    #[prop(optional, into)]
    on_again: Option<Callback<()>>,
    /// One more line: when it was, or what the page does by itself.
    #[prop(optional, into)]
    note: Signal<String>,
    /// The question is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// The heading, so that the focus can be moved there when the call is over.
    #[prop(optional)]
    heading: NodeRef<leptos::html::H1>,
    /// Where the reader goes on after the call: the address, and what leads there.
    #[prop(default = None)]
    after: Option<(String, String)>,
    /// What else there is to say, below the ways on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (title, text) = said(words, outcome);
    let kind = if after.is_some() { ButtonKind::Secondary } else { ButtonKind::Primary };
    let again = match again(words, outcome) {
        Again::No => None,
        Again::Yes(press) => Some(match on_again {
            Some(on_again) => view! {
                <Button kind pending on_press=move |()| on_again.run(())>{press}</Button>
            }
            .into_any(),
            None => way(room, press, kind).into_any(),
        }),
        Again::Plainly(press) => Some(way(room, press, kind).into_any()),
    };
    let home = if again.is_some() || after.is_some() { ButtonKind::Quiet } else { ButtonKind::Primary };
    let after = after.map(|(address, press)| way(address, press, ButtonKind::Primary));
    let note = move || {
        note.with(|note| !note.is_empty()).then(|| {
            view! {
                <p class="outcome-panel__note" dir="auto">{note.get()}</p>
            }
        })
    };
    view! {
        <section class="outcome-panel" aria-labelledby="outcome-title">
            <span class="outcome-panel__sign" class:outcome-panel__sign--trouble=is_trouble(outcome)>
                <Icon glyph=glyph(outcome) />
            </span>
            <h1 class="outcome-panel__title" id="outcome-title" tabindex="-1" node_ref=heading>{title}</h1>
            <p class="outcome-panel__text">{text}</p>
            {note}
            <div class="outcome-panel__ways">
                {after}
                {again}
                <a class=home.class() href="/">{words.ways.back}</a>
            </div>
            {children.map(|children| children())}
        </section>
    }
}

/// A link to the room, or elsewhere. The page is asked for anew, for it may be the one that the reader is on.
fn way(address: String, press: impl Into<String>, kind: ButtonKind) -> impl IntoView {
    view! { <a class=kind.class() href=address rel="external">{press.into()}</a> }
}

fn said(words: &Words, outcome: Outcome) -> (&'static str, &'static str) {
    let (ways, shut) = (&words.ways, &words.shut);
    match outcome {
        Outcome::Full => (ways.full_title, ways.full_text),
        Outcome::DoorFull => (ways.door_full_title, ways.door_full_text),
        Outcome::Ended => (ways.ended_title, ways.ended_text),
        Outcome::EndedByYou => (ways.you_ended_title, ways.you_ended_text),
        Outcome::EndedHosted => (ways.expired_title, ways.ended_hosted_text),
        Outcome::Expired => (ways.expired_title, ways.expired_text),
        Outcome::NotFound => (ways.not_found_title, ways.not_found_text),
        Outcome::Denied => (ways.denied_title, ways.denied_text),
        Outcome::Removed => (ways.removed_title, ways.removed_text),
        Outcome::Replaced => (ways.replaced_title, ways.replaced_text),
        Outcome::Lost => (ways.lost_title, ways.lost_text),
        Outcome::Left => (ways.left_title, ways.left_text),
        Outcome::Gone => (ways.gone_title, ways.gone_text),
        Outcome::SignedOut => (ways.signed_out_title, ways.signed_out_text),
        Outcome::Unreachable => (ways.unreachable_title, ways.unreachable_text),
        Outcome::Unsupported => (ways.unsupported_title, ways.unsupported_text),
        Outcome::Cookies => (ways.cookies_title, ways.cookies_text),
        Outcome::Overloaded => (ways.overloaded_title, ways.overloaded_text),
        Outcome::ServerFull => (ways.server_full_title, ways.server_full_text),
        Outcome::Failed => (ways.failed_title, ways.failed_text),
        Outcome::Locked => (shut.locked_title, shut.locked_text),
        Outcome::NotOpen => (shut.not_open_title, shut.not_open_text),
        Outcome::TooLate => (shut.too_late_title, shut.too_late_text),
        Outcome::MembersOnly => (shut.members_only_title, shut.members_only_text),
        Outcome::Banned => (shut.banned_title, shut.banned_text),
        Outcome::TimeUp => (shut.time_up_title, shut.time_up_text),
        Outcome::InviteUnknown => (shut.invite_unknown_title, shut.invite_unknown_text),
        Outcome::InviteExpired => (shut.invite_expired_title, shut.invite_expired_text),
        Outcome::InviteUsedUp => (shut.invite_used_up_title, shut.invite_used_up_text),
        Outcome::InviteRevoked => (shut.invite_revoked_title, shut.invite_revoked_text),
        Outcome::InviteTaken => (shut.invite_taken_title, shut.invite_taken_text),
        Outcome::Incomplete => (ways.incomplete_title, ways.incomplete_text),
    }
}

fn again(words: &Words, outcome: Outcome) -> Again {
    match outcome {
        Outcome::Full
        | Outcome::DoorFull
        | Outcome::Unreachable
        | Outcome::Cookies
        | Outcome::Overloaded
        | Outcome::ServerFull
        | Outcome::Failed
        | Outcome::Locked
        | Outcome::NotOpen
        | Outcome::MembersOnly
        | Outcome::Incomplete => Again::Yes(words.common.retry),
        Outcome::Denied | Outcome::Removed => Again::Yes(words.ways.knock_again),
        Outcome::Replaced => Again::Yes(words.ways.use_here),
        Outcome::Lost | Outcome::Left | Outcome::Gone | Outcome::TimeUp => Again::Yes(words.ways.look_again),
        // The page must be asked for anew: who its reader is has changed.
        Outcome::SignedOut => Again::Plainly(words.ways.look_again),
        Outcome::InviteUnknown
        | Outcome::InviteExpired
        | Outcome::InviteUsedUp
        | Outcome::InviteRevoked
        | Outcome::InviteTaken => Again::Plainly(words.door.without_invite),
        Outcome::Ended
        | Outcome::EndedByYou
        | Outcome::EndedHosted
        | Outcome::Expired
        | Outcome::NotFound
        | Outcome::Unsupported
        | Outcome::TooLate
        | Outcome::Banned => Again::No,
    }
}

fn glyph(outcome: Outcome) -> Glyph {
    match outcome {
        Outcome::Full | Outcome::DoorFull | Outcome::ServerFull => Glyph::People,
        Outcome::Ended | Outcome::EndedByYou | Outcome::Left | Outcome::SignedOut => Glyph::Leave,
        Outcome::EndedHosted | Outcome::Expired => Glyph::Clock,
        Outcome::NotFound | Outcome::Denied | Outcome::Removed => Glyph::Door,
        Outcome::Locked | Outcome::MembersOnly | Outcome::Banned => Glyph::Door,
        Outcome::InviteUnknown
        | Outcome::InviteExpired
        | Outcome::InviteUsedUp
        | Outcome::InviteRevoked
        | Outcome::InviteTaken => Glyph::Door,
        Outcome::Replaced => Glyph::Copy,
        Outcome::Lost | Outcome::Gone | Outcome::Unreachable | Outcome::Incomplete => Glyph::Offline,
        Outcome::Unsupported | Outcome::Cookies | Outcome::Failed => Glyph::Warning,
        Outcome::Overloaded | Outcome::NotOpen | Outcome::TooLate | Outcome::TimeUp => Glyph::Clock,
    }
}

fn is_trouble(outcome: Outcome) -> bool {
    matches!(glyph(outcome), Glyph::Offline | Glyph::Warning)
}

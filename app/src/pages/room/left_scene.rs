//! After the call, or instead of it: what happened, and the way on.

use super::door::Door;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::other_account::{OtherAccount, depends_on_account};
use crate::room::RoomCall;
use call::view::{LeftReason, Stage};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::DisplayName;
use protocol::{AccountRefusal, Barrier, ErrorCode, Farewell, addresses};
use ui::words::named;
use ui::{Outcome, OutcomePanel};

/// The page after the call.
#[component]
pub fn LeftScene(
    /// The door, with the name and the pass to come back with.
    door: Door,
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let code = door.room.with_untracked(|room| room.code);
    let reason = match call.stage().get_untracked() {
        Stage::Left { reason } => reason,
        Stage::Preview { .. } | Stage::Joining | Stage::Waiting { .. } | Stage::InCall { .. } => {
            LeftReason::ByChoice
        }
    };
    let outcome = match reason {
        LeftReason::ByChoice => Outcome::Left,
        LeftReason::Told(Farewell::Denied) => Outcome::Denied,
        LeftReason::Told(Farewell::Removed) => Outcome::Removed,
        LeftReason::Told(Farewell::Banned) => Outcome::Banned,
        LeftReason::Told(Farewell::TimeUp) => Outcome::TimeUp,
        LeftReason::Ended => Outcome::EndedByYou,
        LeftReason::Told(Farewell::Ended) => Outcome::Ended,
        LeftReason::Told(Farewell::Replaced) => Outcome::Replaced,
        LeftReason::Told(Farewell::Gone) => Outcome::Gone,
        LeftReason::Told(Farewell::SignedOut) => Outcome::SignedOut,
        LeftReason::Refused(code) => outcome(code),
    };
    // The passcode is asked for on the entry page, which the link leads to.
    let needs_passcode = matches!(reason, LeftReason::Refused(code) if is_about_the_passcode(code));
    let on_again = Callback::new(move |()| {
        if let Ok(name) = DisplayName::parse(&door.name.get_untracked()) {
            call.join(name, door.pass());
        }
    });
    let room = format!("/r/{code}");
    let after = way_on(door, outcome);
    // Whoever pays afterwards is led to the bill.
    let price = was_inside(outcome).then(|| door.room.with_untracked(|room| room.price.clone())).flatten();
    let paid = price.map(|price| match price.due {
        Some(_) => (addresses::PAYMENTS.to_owned(), words.pay.payments),
        None => (addresses::of(code, addresses::CAME_TO), words.pay.came_to),
    });
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // Whoever listens to the page hears first what happened.
            drop(heading.focus());
        }
    });
    view! {
        <Frame>
            {if needs_passcode {
                view! { <OutcomePanel words outcome room heading /> }
            } else {
                view! {
                    <OutcomePanel words outcome room on_again heading after>
                        {depends_on_account(outcome).then(|| view! { <OtherAccount /> })}
                        {history_of_ended(door, outcome)}
                        {paid.map(|(address, text)| view! { <a href=address rel="external">{text}</a> })}
                    </OutcomePanel>
                }
            }}
        </Frame>
    }
}

/// The way to what happened, for a host of a room that is over.
pub fn history_of_ended(door: Door, outcome: Outcome) -> Option<impl IntoView> {
    let is_over = matches!(outcome, Outcome::Ended | Outcome::EndedByYou | Outcome::EndedHosted);
    let address = door.room.with_untracked(|room| {
        (is_over && room.role.is_host()).then(|| addresses::of(room.code, addresses::HISTORY))
    });
    let text = words().door.its_history;
    address.map(|address| view! { <a href=address rel="external">{text}</a> })
}

/// Where somebody goes on after the call, and what leads there.
pub fn way_on(door: Door, outcome: Outcome) -> Option<(String, String)> {
    let words = words();
    if !was_inside(outcome) {
        return None;
    }
    let after = door.room.with_untracked(|room| room.after.clone());
    // Strangers came from there, and are asked there about each other.
    let is_met = use_query_map().with_untracked(|query| query.get("from").is_some_and(|from| from == "meet"));
    let meet = is_met.then(|| ("/meet".to_owned(), words.meeting.title.to_owned()));
    after.map(|page| (page.to_string(), named(words.ways.after, page.host()))).or(meet)
}

/// What a refusal means for somebody who wanted in.
pub const fn outcome(code: ErrorCode) -> Outcome {
    match code {
        ErrorCode::RoomNotFound => Outcome::NotFound,
        ErrorCode::RoomEnded => Outcome::Ended,
        ErrorCode::RoomFull => Outcome::Full,
        ErrorCode::DoorFull => Outcome::DoorFull,
        ErrorCode::NotPresent => Outcome::Gone,
        ErrorCode::NoIdentity => Outcome::Cookies,
        ErrorCode::Unreachable => Outcome::Unreachable,
        ErrorCode::ServerFull => Outcome::ServerFull,
        ErrorCode::Overloaded | ErrorCode::Elsewhere | ErrorCode::TooManyRequests => Outcome::Overloaded,
        ErrorCode::Account(AccountRefusal::NotSignedIn) => Outcome::SignedOut,
        ErrorCode::Door(barrier) => shut(barrier),
        ErrorCode::NotHost
        | ErrorCode::NotWaiting
        | ErrorCode::NoSuchParticipant
        | ErrorCode::NotRemovable
        | ErrorCode::BadRequest
        | ErrorCode::BadOffer
        | ErrorCode::ForeignOrigin
        | ErrorCode::Internal
        | ErrorCode::Rule(_)
        | ErrorCode::Account(_)
        | ErrorCode::People(_) => Outcome::Failed,
    }
}

/// What a shut door means for somebody who stands before it.
pub const fn shut(barrier: Barrier) -> Outcome {
    match barrier {
        Barrier::TooEarly => Outcome::NotOpen,
        Barrier::TooLate => Outcome::TooLate,
        Barrier::Locked => Outcome::Locked,
        // The seat is gone, and coming back is coming anew.
        Barrier::PasscodeMissing | Barrier::PasscodeWrong => Outcome::Gone,
        Barrier::MembersOnly => Outcome::MembersOnly,
        Barrier::Banned => Outcome::Banned,
        Barrier::InviteUnknown => Outcome::InviteUnknown,
        Barrier::InviteExpired => Outcome::InviteExpired,
        Barrier::InviteUsedUp => Outcome::InviteUsedUp,
        Barrier::InviteRevoked => Outcome::InviteRevoked,
        Barrier::InviteTaken => Outcome::InviteTaken,
        // What somebody paid for is over; to go on is to come anew.
        Barrier::Unpaid => Outcome::TimeUp,
    }
}

const fn is_about_the_passcode(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Door(Barrier::PasscodeMissing | Barrier::PasscodeWrong))
}

/// Whether the call itself is over for somebody who was in it.
const fn was_inside(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Left | Outcome::Ended | Outcome::EndedByYou | Outcome::TimeUp)
}

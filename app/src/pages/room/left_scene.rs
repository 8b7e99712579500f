//! After the call, or instead of it: what happened, and the way on.

use crate::language::words;
use crate::pages::frame::Frame;
use crate::room::RoomCall;
use call::view::{LeftReason, Stage};
use leptos::html;
use leptos::prelude::*;
use model::DisplayName;
use protocol::{EntryView, ErrorCode, Farewell};
use ui::{Outcome, OutcomePanel};

/// The page after the call.
#[component]
pub fn LeftScene(
    /// The room.
    room: EntryView,
    /// The call.
    call: RoomCall,
    /// The name to come back with.
    name: RwSignal<String>,
) -> impl IntoView {
    let words = words();
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
        LeftReason::Told(Farewell::Ended) if room.hosting => Outcome::EndedByYou,
        LeftReason::Told(Farewell::Ended) => Outcome::Ended,
        LeftReason::Told(Farewell::Replaced) => Outcome::Replaced,
        LeftReason::Told(Farewell::Gone) => Outcome::Gone,
        LeftReason::Refused(code) => outcome(code),
    };
    let on_again = Callback::new(move |()| {
        if let Ok(name) = DisplayName::parse(&name.get_untracked()) {
            call.join(name);
        }
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
            <OutcomePanel words outcome room=format!("/r/{}", room.code) on_again heading />
        </Frame>
    }
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
        ErrorCode::Overloaded | ErrorCode::TooManyRequests => Outcome::Overloaded,
        ErrorCode::NotHost
        | ErrorCode::NotWaiting
        | ErrorCode::NoSuchParticipant
        | ErrorCode::NotRemovable
        | ErrorCode::BadRequest
        | ErrorCode::BadOffer
        | ErrorCode::ForeignOrigin
        | ErrorCode::Internal
        | ErrorCode::Account(_) => Outcome::Failed,
    }
}

//! `/r/{code}/settings` and `/r/{code}/history`: where a host sets up a room and reads what happened.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | the page with all its cards |
//! | `bench` | what the cards share: the settings as they are known, and saving |
//! | `rule_cards`, `plan_card`, `people`, `invites`, `mail_card` | the cards |
//! | [`history`] | the page of the journal and the attendance |
//! | `journal` | the sentence for each kind of line |
//!
//! Whoever does not run the room is told so plainly, and nothing of it is sent to them.

mod bench;
pub mod history;
mod invites;
mod journal;
mod mail_card;
mod people;
mod plan_card;
mod price_card;
mod rule_cards;
pub mod settings;

pub use history::RoomHistory;
pub use settings::RoomSettingsPage;

use crate::api::ApiError;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use crate::pages::other_account::OtherAccount;
use crate::pages::room::outcome;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::RoomCode;
use protocol::ErrorCode;
use ui::{NotYours, OutcomePanel};

/// The room in the address, if it could be one.
fn room_in_address() -> Option<RoomCode> {
    use_params_map().with_untracked(|params| params.get("code").unwrap_or_default()).parse().ok()
}

/// Why the page of a room is not shown, and the way on.
#[component]
fn NoEntry(
    /// Why.
    error: ApiError,
    /// Which room.
    code: RoomCode,
) -> impl IntoView {
    let words = words();
    let room = format!("/r/{code}");
    match error.code {
        ErrorCode::RoomNotFound => EitherOf3::A(view! { <NotFound /> }),
        ErrorCode::NotHost | ErrorCode::NoIdentity => EitherOf3::B(view! {
            <Title text=words.settings.not_yours_title />
            <Frame>
                <NotYours words room>
                    <OtherAccount />
                </NotYours>
            </Frame>
        }),
        other => EitherOf3::C(view! {
            <Title text=words.common.product />
            <Frame>
                <OutcomePanel words outcome=outcome(other) room />
            </Frame>
        }),
    }
}

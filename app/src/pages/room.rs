//! `/r/{code}`: one address for the whole life of a meeting, before, during and after.
//!
//! ```text
//! entry page ──▶ at the door ──▶ call ──▶ afterwards
//! ```
//!
//! The server renders the entry page with the state of the room; the scenes after it exist only in the
//! browser. Which one is shown follows from the call's stage alone.

mod call_chunk;
mod call_scene;
mod clock;
mod devices;
mod door;
mod entry_scene;
mod hosting;
mod left_scene;
mod link;
mod notices;
mod panels;
mod picture;
mod place;
mod remaining;
mod rights;
mod shortcuts;
mod tiles;
mod told;
mod waiting_scene;

use crate::api::ApiError;
use crate::api::rooms::entry;
use crate::dom;
use crate::language::words;
use crate::pages::chunks::Incomplete;
use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use crate::room::RoomCall;
use ::call::view::Stage;
use call_chunk::CallFromChunk;
use door::Door;
use entry_scene::EntryScene;
use left_scene::LeftScene;
pub use left_scene::outcome;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{InviteToken, RoomCode};
use protocol::{EntryView, ErrorCode};
use ui::OutcomePanel;
use waiting_scene::WaitingScene;

/// The page of a room.
#[component]
pub fn RoomPage() -> impl IntoView {
    let code = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    match code.parse::<RoomCode>() {
        Ok(code) => Either::Left(view! { <KnownAddress code /> }),
        Err(_) => Either::Right(view! { <NotFound /> }),
    }
}

/// An address that could be a room's.
#[component]
fn KnownAddress(
    /// The room's code.
    code: RoomCode,
) -> impl IntoView {
    // The page waits for the room's state: what it says first must be true, and its HTTP status too.
    let shown = use_query_map().with_untracked(|query| query.get("invite"));
    let invite = shown.map(|text| door::invite(&text));
    let room = Resource::new_blocking(|| (), move |()| entry(code, invite));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match room.await {
                    Ok(room) => EitherOf3::A(view! { <Room room invite /> }),
                    Err(ApiError { code: ErrorCode::RoomNotFound, .. }) => {
                        EitherOf3::B(view! { <NotFound /> })
                    }
                    Err(error) => EitherOf3::C(view! { <Failed error code /> }),
                }
            })}
        </Suspense>
    }
}

/// The state of the room could not be read, or is not for this reader.
#[component]
fn Failed(
    /// Why.
    error: ApiError,
    /// Which room.
    code: RoomCode,
) -> impl IntoView {
    let words = words();
    let outcome = outcome(error.code);
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=words.common.product />
        <Frame>
            <OutcomePanel words outcome room=format!("/r/{code}") />
        </Frame>
    }
}

/// What is on the page.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Scene {
    Entry,
    Waiting,
    Call,
    Left,
}

const fn scene(stage: &Stage) -> Scene {
    match stage {
        Stage::Preview { .. } | Stage::Joining => Scene::Entry,
        Stage::Waiting { .. } => Scene::Waiting,
        Stage::InCall { .. } => Scene::Call,
        Stage::Left { .. } => Scene::Left,
    }
}

/// A room that exists.
#[component]
fn Room(
    /// What the entry page knows of it.
    room: EntryView,
    /// The invite that the page's address carries.
    invite: Option<InviteToken>,
) -> impl IntoView {
    let call = RoomCall::new(room.code, invite);
    let title = room.name.to_string();
    let door = Door::new(room, invite);
    Effect::new(move |_| {
        if let Some(remembered) = dom::remembered_name() {
            door.name.set(remembered);
        }
        dom::wake();
    });
    let failed = call.failed();
    let called = call.part(|view| scene(&view.stage));
    let settled = call_chunk::fetch();
    let scene = Memo::new(move |before: Option<&Scene>| match called.get() {
        Scene::Call if !settled.get() => before.copied().unwrap_or(Scene::Entry),
        scene => scene,
    });
    Effect::new(move |_| {
        if scene.get() != Scene::Entry {
            door.anew.set(true);
        }
    });
    view! {
        <Title text=title />
        {move || {
            let room = door.room.get_untracked();
            if failed.get() {
                return view! { <Incomplete /> }.into_any();
            }
            match scene.get() {
                Scene::Entry => view! { <EntryScene door call /> }.into_any(),
                Scene::Waiting => view! { <WaitingScene room call /> }.into_any(),
                Scene::Call => view! { <CallFromChunk room call /> }.into_any(),
                Scene::Left => view! { <LeftScene door call /> }.into_any(),
            }
        }}
    }
}

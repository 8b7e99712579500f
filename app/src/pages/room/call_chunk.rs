//! The call as a chunk of its own: whoever stands before the door does not wait for its code.
//!
//! ```text
//! entry page alive ──▶ fetch ──▶ arrived        meanwhile devices are checked and the name is typed
//!                        └─────▶ failed ──▶ tried again when the call begins, else a page that says so
//! ```
//!
//! Invariant: the page before stays until there is something to show.

use super::call_scene::CallScene;
use crate::pages::chunks::Incomplete;
use crate::room::RoomCall;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use protocol::EntryView;

#[wasm_split(call, wasm_split_path = leptos::wasm_split, preload(fetch_call_scene), fallible)]
fn call_scene(room: EntryView, call: RoomCall) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <CallScene room call /> }.into_any())
}

/// Fetches the code of the call as soon as the page is alive; true once it is there or cannot be had.
pub fn fetch() -> RwSignal<bool> {
    let settled = RwSignal::new(false);
    Effect::new(move |_| {
        spawn_local(async move {
            drop(fetch_call_scene().await);
            settled.try_set(true);
        });
    });
    settled
}

/// The call, or a page that says that its code did not arrive.
#[component]
pub fn CallFromChunk(
    /// The room.
    room: EntryView,
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    Suspend::new(async move {
        call_scene(room, call).await.unwrap_or_else(|_| view! { <Incomplete /> }.into_any())
    })
}

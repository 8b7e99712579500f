//! The call's place on the screen.
//!
//! ```text
//! ┌ header ────────────────┬─────────┐      phone: the panel covers
//! │ room, notice           │         │      header, stage and bar
//! ├ stage ─────────────────┤  panel  │      as a sheet
//! │ TileGrid               │         │
//! ├ bar ───────────────────┴─────────┤
//! └──────────────────────────────────┘
//! ```
//! Each child finds its own area: [`CallHeader`](crate::CallHeader), [`TileGrid`](crate::TileGrid),
//! [`SidePanel`](crate::SidePanel) (also inside the chat and people panels) and
//! [`ControlBar`](crate::ControlBar). Dialogs and live regions take no space.

use leptos::prelude::*;

/// The whole window of a call.
#[component]
pub fn CallFrame(
    /// Header, grid, the open panel if there is one, bar; in this order, which is that of the Tab key.
    children: Children,
) -> impl IntoView {
    view! { <main class="call-frame" id="content">{children()}</main> }
}

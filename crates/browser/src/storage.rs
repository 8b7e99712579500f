//! What outlives the page: the seat of this tab and the person's name.
//!
//! | key | where | until |
//! |---|---|---|
//! | `seat:{room}` | `sessionStorage`: this tab alone | the call ends or the tab is closed |
//! | `name` | `localStorage`: this browser | the person clears it |
//! | `shortcuts` | `localStorage`: this browser | the person clears it |
//!
//! Storage may be missing, full or forbidden (private windows, blocked cookies); then nothing is kept
//! and nothing fails.

use crate::platform;
use model::{DisplayName, ParticipantKey, RoomCode};
use web_sys::Storage;

const NAME: &str = "name";
const SHORTCUTS: &str = "shortcuts";

/// The key of the seat that this tab held in `room` before it was reloaded.
pub fn stored_seat(room: RoomCode) -> Option<ParticipantKey> {
    of_tab()?.get_item(&seat_name(room)).ok()??.parse().ok()
}

/// The name that the person last used in this browser.
pub fn remembered_name() -> Option<String> {
    of_browser()?.get_item(NAME).ok()?
}

/// Keeps the seat for a reload of this tab.
pub fn keep_seat(room: RoomCode, key: ParticipantKey) {
    if let Some(storage) = of_tab() {
        let _ = storage.set_item(&seat_name(room), &key.to_hex());
    }
}

/// Forgets the seat.
pub(crate) fn forget_seat(room: RoomCode) {
    if let Some(storage) = of_tab() {
        let _ = storage.remove_item(&seat_name(room));
    }
}

/// Remembers the name for the next call.
pub fn remember_name(name: &DisplayName) {
    if let Some(storage) = of_browser() {
        let _ = storage.set_item(NAME, name.as_str());
    }
}

/// Whether the keyboard shortcuts are wanted.
pub fn shortcuts_enabled() -> bool {
    let kept = of_browser().and_then(|storage| storage.get_item(SHORTCUTS).ok().flatten());
    kept.as_deref() != Some("off")
}

/// Remembers whether the keyboard shortcuts are wanted; a browser that keeps nothing asks again.
pub fn set_shortcuts_enabled(enabled: bool) {
    if let Some(storage) = of_browser() {
        let _ = storage.set_item(SHORTCUTS, if enabled { "on" } else { "off" });
    }
}

fn of_tab() -> Option<Storage> {
    platform::window().session_storage().ok()?
}

fn of_browser() -> Option<Storage> {
    platform::window().local_storage().ok()?
}

fn seat_name(room: RoomCode) -> String {
    let mut name = String::from("seat:");
    name.push_str(&room.to_string());
    name
}

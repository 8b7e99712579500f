//! The server's half: there is no page here.

use leptos::prelude::RwSignal;
use leptos::web_sys::HtmlElement;
use model::{DisplayName, MonoMillis, RoomCode, UnixMillis};
use ui::BrowserFamily;

/// A key of a browser.
pub struct Key {
    pub key: String,
    pub down: bool,
    /// The key repeats because it is held.
    pub repeat: bool,
    /// Somebody is writing: only Escape is for us.
    pub writing: bool,
    /// A dialog or a menu is open, or a modifier is held: nothing is for us.
    pub taken: bool,
    /// A button has the focus: Space and Enter press it.
    pub on_button: bool,
}

pub fn can_share_screen() -> bool {
    false
}

pub fn clock_time(_at: UnixMillis) -> String {
    String::new()
}

pub fn wall_clock() -> UnixMillis {
    UnixMillis(0)
}

pub fn day(_at: UnixMillis) -> String {
    String::new()
}

pub fn moment(_at: UnixMillis) -> String {
    String::new()
}

pub fn own_zone() -> Option<String> {
    None
}

pub fn zones() -> Vec<String> {
    Vec::new()
}

pub async fn copy(_text: String) -> bool {
    false
}

pub fn remember_name(_name: &DisplayName) {}

pub fn expect_seat(_room: RoomCode) {}

pub fn family() -> BrowserFamily {
    BrowserFamily::Other
}

pub fn focus(_id: &str) {}

pub fn now() -> MonoMillis {
    MonoMillis(0)
}

pub fn on_full_screen_change(_handle: impl Fn(Option<bool>) + 'static) {}

pub fn toggle_full_screen() {}

pub fn watch_hidden(_hidden: RwSignal<bool>) {}

/// The answer says whether the key was used.
pub fn on_key(_handle: impl Fn(Key) -> bool + 'static) {}

pub fn on_size(_element: &HtmlElement, _handle: impl Fn(f64, f64) + 'static) {}

pub fn reload() {}

pub fn remembered_name() -> Option<String> {
    None
}

/// Whoever closes a panel goes on where they were.
pub fn return_focus() {}

pub fn shortcuts_enabled() -> bool {
    true
}

pub fn set_shortcuts_enabled(_enabled: bool) {}

pub fn wake() {}

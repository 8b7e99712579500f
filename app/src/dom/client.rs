//! The browser's half. What listens does so until whoever asked is cleaned up.

use super::Key;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use model::RoomCode;
use std::any::Any;
use ui::BrowserFamily;

pub use browser::clock::{clock_time, day, moment, own_zone, wall_clock, zones};
pub use browser::page::{can_share_screen, focus, toggle_full_screen, wake};
pub use browser::storage::{set_shortcuts_enabled, shortcuts_enabled};
pub use browser::{now, reload, remember_name, remembered_name};

/// Copies a text; false where the browser does not allow it.
pub async fn copy(text: String) -> bool {
    browser::copy_text(&text).await
}

/// Whose menus an advice must describe.
pub fn family() -> BrowserFamily {
    match browser::family() {
        browser::BrowserFamily::Chromium => BrowserFamily::Chromium,
        browser::BrowserFamily::Firefox => BrowserFamily::Firefox,
        browser::BrowserFamily::Safari => BrowserFamily::Safari,
        browser::BrowserFamily::Other => BrowserFamily::Other,
    }
}

/// Tells, now and after each change, whether the page fills the screen.
pub fn on_full_screen_change(handle: impl Fn(Option<bool>) + 'static) {
    keep(browser::page::on_full_screen_change(handle));
}

/// Keeps `hidden` at whether nobody can see the page.
pub fn watch_hidden(hidden: RwSignal<bool>) {
    keep(browser::page::on_hidden_change(move |now| hidden.set(now)));
}

/// Hears every key of the page.
pub fn on_key(handle: impl Fn(Key) -> bool + 'static) {
    keep(browser::page::on_key(handle));
}

/// Tells the inner size of an element, now and after each change.
pub fn on_size(element: &HtmlElement, handle: impl Fn(f64, f64) + 'static) {
    keep(browser::page::on_size(element, handle));
}

/// Has the page of a room come in at once, where it is opened next in this tab.
pub fn expect_seat(room: RoomCode) {
    browser::keep_seat(room, browser::fresh_key());
}

/// Remembers what has the focus, and gives it back when the caller is cleaned up with the focus in its panel.
pub fn return_focus() {
    keep(browser::page::focused().map(|before| before.within(".side-panel")));
}

/// Keeps what listens until the caller is cleaned up.
fn keep(kept: impl Sized + 'static) {
    // One type for all of them: each type that the framework stores is more program to fetch.
    let kept: Box<dyn Any> = Box::new(kept);
    let kept = StoredValue::new_local(kept);
    on_cleanup(move || kept.dispose());
}

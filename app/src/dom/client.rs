//! The browser's half.

use super::Key;
use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use model::{DisplayName, MonoMillis, RoomCode, UnixMillis};
use ui::BrowserFamily;
use wasm_bindgen::prelude::*;
use web_sys::{Element, KeyboardEvent, ResizeObserver};

/// Where the switch for the shortcuts is kept.
const SHORTCUTS: &str = "shortcuts";

/// Whether this browser can share a screen at all; phones cannot.
pub fn can_share_screen() -> bool {
    let devices = js_sys::Reflect::get(&window().navigator(), &"mediaDevices".into());
    devices.is_ok_and(|devices| {
        devices.is_object() && js_sys::Reflect::has(&devices, &"getDisplayMedia".into()).unwrap_or(false)
    })
}

/// Hours and minutes in the reader's own manner and zone.
pub fn clock_time(at: UnixMillis) -> String {
    let options = options(&[("hour", "2-digit"), ("minute", "2-digit")]);
    date(at).to_locale_time_string_with_options(&language(), &options).into()
}

/// The reader's own clock, which may be wrong.
pub fn wall_clock() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}

/// The day in the reader's own manner and zone, with its weekday.
pub fn day(at: UnixMillis) -> String {
    let options = options(&[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]);
    date(at).to_locale_date_string(&language(), &options).into()
}

/// Day and time in the reader's own manner, with the zone that they are meant in.
pub fn moment(at: UnixMillis) -> String {
    let options = options(&[
        ("weekday", "long"),
        ("day", "numeric"),
        ("month", "long"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ]);
    date(at).to_locale_string(&language(), &options).into()
}

/// The time zone of the reader's clock, by its IANA name.
pub fn own_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::default().resolved_options();
    js_sys::Reflect::get(&format, &"timeZone".into()).ok()?.as_string()
}

/// The time zones that the browser knows, by their IANA names; none in a browser that does not tell.
pub fn zones() -> Vec<String> {
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into());
    let supported = intl.and_then(|intl| {
        let ask = js_sys::Reflect::get(&intl, &"supportedValuesOf".into())?;
        ask.dyn_into::<js_sys::Function>()?.call1(&intl, &"timeZone".into())
    });
    let list = supported.map(|zones| js_sys::Array::from(&zones)).unwrap_or_default();
    list.iter().filter_map(|zone| zone.as_string()).collect()
}

fn date(at: UnixMillis) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

/// The language of the page.
fn language() -> String {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

fn options(parts: &[(&str, &str)]) -> js_sys::Object {
    let options = js_sys::Object::new();
    for (name, value) in parts {
        // Setting a field of a fresh object cannot fail.
        drop(js_sys::Reflect::set(&options, &(*name).into(), &(*value).into()));
    }
    options
}

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

/// Gives the focus to an element; one that is not there, or cannot have it, leaves it where it is.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
    }
}

/// The shell's own clock.
pub fn now() -> MonoMillis {
    browser::now()
}

/// Whether the page fills the screen; `None` where the browser cannot do that.
fn full_screen() -> Option<bool> {
    let document = document();
    document.fullscreen_enabled().then(|| document.fullscreen_element().is_some())
}

/// Tells, now and after each change, whether the page fills the screen.
pub fn on_full_screen_change(handle: impl Fn(Option<bool>) + 'static) {
    handle(full_screen());
    let listener = window_event_listener_untyped("fullscreenchange", move |_| handle(full_screen()));
    on_cleanup(move || listener.remove());
}

/// Fills the screen, or does so no longer.
pub fn toggle_full_screen() {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // A refusal leaves the page as it is, which says it all.
        drop(root.request_fullscreen());
    }
}

/// Tells, now and after each change, whether nobody can see the page.
pub fn on_hidden_change(handle: impl Fn(bool) + 'static) {
    handle(document().hidden());
    let listener = window_event_listener_untyped("visibilitychange", move |_| handle(document().hidden()));
    on_cleanup(move || listener.remove());
}

/// Hears every key of the page until the caller is cleaned up.
pub fn on_key(handle: impl Fn(Key) -> bool + 'static) {
    let handle = std::rc::Rc::new(handle);
    let listen = |down: bool| {
        let handle = handle.clone();
        move |event: KeyboardEvent| {
            if handle(key(&event, down)) {
                event.prevent_default();
            }
        }
    };
    let pressed = window_event_listener(ev::keydown, listen(true));
    let released = window_event_listener(ev::keyup, listen(false));
    on_cleanup(move || {
        pressed.remove();
        released.remove();
    });
}

fn key(event: &KeyboardEvent, down: bool) -> Key {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| {
        element.as_ref().is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
    };
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    Key {
        key: event.key(),
        down,
        repeat: event.repeat(),
        writing: within("input, textarea, select, [contenteditable]"),
        taken: modified || within("dialog[open], [role=menu]"),
        on_button: within("button, a[href], summary"),
    }
}

/// Tells the inner size of an element, now and after each change, until the caller is cleaned up.
pub fn on_size(element: &HtmlElement, handle: impl Fn(f64, f64) + 'static) {
    let measured = element.clone();
    let measure = move || {
        handle(f64::from(measured.client_width()), f64::from(measured.client_height()));
    };
    measure();
    let callback = Closure::<dyn Fn()>::new(measure);
    let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) else { return };
    observer.observe(element);
    let kept = StoredValue::new_local(Some((observer, callback)));
    on_cleanup(move || {
        if let Some((observer, callback)) = kept.try_update_value(Option::take).flatten() {
            observer.disconnect();
            drop(callback);
        }
    });
}

/// Asks the server for the page once more.
pub fn reload() {
    // A browser that refuses still has its own button for it.
    drop(window().location().reload());
}

/// The name that the person wants to be called by from now on.
pub fn remember_name(name: &DisplayName) {
    browser::remember_name(name);
}

/// Has the page of a room come in at once, where it is opened next in this tab.
pub fn expect_seat(room: RoomCode) {
    browser::keep_seat(room, browser::fresh_key());
}

/// The name that was used in this browser before.
pub fn remembered_name() -> Option<String> {
    browser::remembered_name()
}

/// Remembers what has the focus, and gives it back when the caller is cleaned up with the focus in its panel.
pub fn return_focus() {
    let focused = || document().active_element().and_then(|one| one.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(focused());
    on_cleanup(move || {
        let within =
            focused().is_some_and(|now| now.closest(".side-panel").is_ok_and(|panel| panel.is_some()));
        if let Some(before) = before.try_get_value().flatten().filter(|_| within) {
            // Something that is no longer there takes no focus, and then the page has it.
            drop(before.focus());
        }
    });
}

/// Whether the keyboard shortcuts are wanted.
pub fn shortcuts_enabled() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(SHORTCUTS).ok().flatten()).as_deref() != Some("off")
}

/// Remembers whether the keyboard shortcuts are wanted; a browser that keeps nothing asks again.
pub fn set_shortcuts_enabled(enabled: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        drop(storage.set_item(SHORTCUTS, if enabled { "on" } else { "off" }));
    }
}

/// Marks the page as alive: from now on buttons do something.
pub fn wake() {
    if let Some(root) = document().document_element() {
        drop(root.set_attribute("data-alive", ""));
    }
}

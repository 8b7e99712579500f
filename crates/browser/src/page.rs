//! The page itself: its focus, its size, its keys, whether it fills the screen and whether anybody sees it.
//!
//! What listens does so until the value that it returns is dropped.

use crate::js;
use crate::listener::Listener;
use crate::platform::window;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, ResizeObserver};

/// What listens, until it is dropped.
pub struct Listening {
    _listeners: Vec<Listener>,
}

/// A key that was pressed or let go, as shortcuts need it.
pub struct Key {
    /// `KeyboardEvent.key`.
    pub key: String,
    pub down: bool,
    /// The key repeats because it is held.
    pub repeat: bool,
    /// Somebody is writing: only Escape is a shortcut.
    pub writing: bool,
    /// A dialog or a menu is open, or a modifier is held: nothing is a shortcut.
    pub taken: bool,
    /// A button has the focus: Space and Enter press it.
    pub on_button: bool,
}

/// Watches the size of an element, until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _callback: Closure<dyn Fn()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// What had the focus.
pub struct Focused(HtmlElement);

/// Gives the focus back when it is dropped, if it is within the panel then.
pub struct FocusKept {
    before: Focused,
    panel: &'static str,
}

impl Drop for FocusKept {
    fn drop(&mut self) {
        let is_within = |now: &Focused| now.0.closest(self.panel).is_ok_and(|found| found.is_some());
        if focused().is_some_and(|now| is_within(&now)) {
            // Something that is no longer there takes no focus, and then the page has it.
            drop(self.before.0.focus());
        }
    }
}

/// Whether this browser can share a screen at all; phones cannot.
pub fn can_share_screen() -> bool {
    js::field(&js::field(&window().navigator(), "mediaDevices"), "getDisplayMedia").is_function()
}

/// Gives the focus to an element; one that is not there, or cannot have it, leaves it where it is.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(html) {
        drop(element.focus());
    }
}

/// What has the focus now.
pub fn focused() -> Option<Focused> {
    document().active_element().and_then(html).map(Focused)
}

impl Focused {
    /// Takes the focus back from the panel that `selector` names, when the answer is dropped.
    pub const fn within(self, selector: &'static str) -> FocusKept {
        FocusKept { before: self, panel: selector }
    }
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

/// Whether the page fills the screen; `None` where the browser cannot do that.
fn full_screen() -> Option<bool> {
    let document = document();
    document.fullscreen_enabled().then(|| document.fullscreen_element().is_some())
}

/// Tells, now and after each change, whether the page fills the screen.
pub fn on_full_screen_change(handle: impl Fn(Option<bool>) + 'static) -> Listening {
    handle(full_screen());
    listening([Listener::new(&window(), "fullscreenchange", move |_| handle(full_screen()))])
}

/// Tells, now and after each change, whether nobody can see the page.
pub fn on_hidden_change(handle: impl Fn(bool) + 'static) -> Listening {
    handle(document().hidden());
    listening([Listener::new(&window(), "visibilitychange", move |_| handle(document().hidden()))])
}

/// Hears every key of the page. The answer says whether the key was used.
pub fn on_key(handle: impl Fn(Key) -> bool + 'static) -> Listening {
    let handle = Rc::new(handle);
    let listen = |event: &'static str, down: bool| {
        let handle = Rc::clone(&handle);
        Listener::new(&window(), event, move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if handle(key(event, down)) {
                event.prevent_default();
            }
        })
    };
    listening([listen("keydown", true), listen("keyup", false)])
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

/// Tells the inner size of an element, in CSS pixels, now and after each change.
pub fn on_size(element: &HtmlElement, handle: impl Fn(f64, f64) + 'static) -> Option<SizeWatch> {
    let measured = js::same(element);
    let measure = move || {
        handle(f64::from(measured.client_width()), f64::from(measured.client_height()));
    };
    measure();
    let callback = Closure::<dyn Fn()>::new(measure);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(SizeWatch { observer, _callback: callback })
}

/// Marks the page as alive: from now on buttons do something.
pub fn wake() {
    if let Some(root) = document().document_element() {
        drop(root.set_attribute("data-alive", ""));
    }
}

fn document() -> Document {
    window().document().expect("a window of a page has a document")
}

fn html(element: Element) -> Option<HtmlElement> {
    element.dyn_into().ok()
}

fn listening<const N: usize>(listeners: [Listener; N]) -> Listening {
    Listening { _listeners: listeners.into() }
}

//! An event listener that is removed when it is dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Hears one kind of event of one target for as long as it lives. It may be dropped by its own handler.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// Starts to listen.
    pub fn new(target: &EventTarget, event: &'static str, handler: impl Fn(Event) + 'static) -> Self {
        Self::boxed(target, event, Box::new(handler))
    }

    /// One function for all handlers: whatever is generic is fetched once for each of them.
    fn boxed(target: &EventTarget, event: &'static str, handler: Box<dyn Fn(Event)>) -> Self {
        let closure = Closure::wrap(handler);
        // Adding a listener fails for no target and no name.
        let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        Self { target: target.clone(), event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.event, function);
    }
}

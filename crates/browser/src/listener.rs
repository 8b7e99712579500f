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
        let closure = Closure::wrap(Box::new(handler) as Box<dyn Fn(Event)>);
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

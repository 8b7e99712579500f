//! How long the call may still last, looked at as often as the header shows another number.

use crate::dom;
use crate::room::RoomCall;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use model::MonoMillis;
use std::time::Duration;

/// What is left of the call in milliseconds; nothing if it need not end.
pub fn left_ms(call: RoomCall) -> RwSignal<Option<u64>> {
    let ends_at = call.part(|view| view.ends_at);
    let clock = Clock { left_ms: RwSignal::new(None), alarm: StoredValue::new(None) };
    Effect::new(move |_| clock.look(ends_at.get()));
    on_cleanup(move || clock.stop());
    clock.left_ms
}

#[derive(Clone, Copy)]
struct Clock {
    left_ms: RwSignal<Option<u64>>,
    alarm: StoredValue<Option<TimeoutHandle>>,
}

impl Clock {
    /// Reads the time, and looks again when the number changes.
    fn look(self, ends_at: Option<MonoMillis>) {
        self.stop();
        let left = ends_at.map(|at| at.since(dom::now()));
        self.left_ms.set(left);
        if let Some(wait) = left.and_then(ui::left_changes_in_ms) {
            let alarm = set_timeout_with_handle(move || self.look(ends_at), Duration::from_millis(wait));
            self.alarm.set_value(alarm.ok());
        }
    }

    fn stop(self) {
        if let Some(alarm) = self.alarm.try_get_value().flatten() {
            alarm.clear();
        }
    }
}

//! The named timers of a call.
//!
//! Invariant: at most one of each name runs.

use crate::driver::Inbox;
use call::{Input, Timer};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Longer waits would overflow the browser's timers and fire at once.
const LONGEST_MS: u32 = i32::MAX as u32;

/// The running timers.
#[derive(Default)]
pub struct Timers {
    running: RefCell<BTreeMap<Timer, Timeout>>,
}

impl Timers {
    /// Fires once after `after_ms`; a running timer of that name starts anew.
    pub fn start(&self, inbox: &Inbox, timer: Timer, after_ms: u64) {
        let millis = u32::try_from(after_ms).unwrap_or(LONGEST_MS).min(LONGEST_MS);
        let inbox = inbox.clone();
        let timeout = Timeout::new(millis, move || {
            if let Some(shell) = inbox.shell() {
                shell.timers.stop(timer);
                inbox.put(Input::TimerFired(timer));
            }
        });
        self.running.borrow_mut().insert(timer, timeout);
    }

    /// Forgets a timer.
    pub fn stop(&self, timer: Timer) {
        self.running.borrow_mut().remove(&timer);
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.running.borrow_mut().clear();
    }
}

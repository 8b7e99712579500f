//! The ringing of a direct call: two soft notes, again and again, where the browser lets a page sound.
//!
//! Browsers start no sound before the first click in a page; until then the ringing is only to be seen.

use crate::cues::{RING, play_tune};
use crate::js;
use gloo_timers::callback::Interval;
use web_sys::{AudioContext, AudioContextState};

/// How long from one ring to the next, in milliseconds.
const AGAIN_MS: u32 = 3_000;
/// Full volume is 1.
const VOLUME: f32 = 0.12;

/// A bell that rings until it is dropped.
pub struct Bell {
    context: AudioContext,
    _again: Interval,
}

impl Bell {
    /// Starts to ring; `None` where the browser has no sound to give.
    pub fn ring() -> Option<Self> {
        let context = AudioContext::new().ok()?;
        strike(&context);
        let again = context.clone();
        Some(Self { context, _again: Interval::new(AGAIN_MS, move || strike(&again)) })
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        js::ignore(self.context.close());
    }
}

fn strike(context: &AudioContext) {
    if context.state() == AudioContextState::Running {
        let _ = play_tune(context, &context.destination(), RING, VOLUME);
    } else {
        // It stays silent until somebody has clicked; the next ring is heard then.
        js::ignore(context.resume());
    }
}

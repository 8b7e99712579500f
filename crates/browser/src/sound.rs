//! The one audio context of a call, for tones and the microphone's level.
//!
//! Browsers start a context only after a click, so it is made when first needed and woken by every
//! action of the person.

use crate::js::{self, Sink};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{AudioContext, AudioContextState, HtmlAudioElement};

/// The audio context, once somebody needed it.
#[derive(Default)]
pub struct Sound {
    context: RefCell<Option<AudioContext>>,
    speaker: RefCell<String>,
    test: RefCell<Option<Test>>,
}

/// The element that plays the speaker test, until the timer lets it go.
pub struct Test {
    pub element: HtmlAudioElement,
    pub end: Timeout,
}

impl Sound {
    /// The context, made now if there was none; `None` where the browser has none to give.
    pub fn context(&self) -> Option<AudioContext> {
        let mut context = self.context.borrow_mut();
        if context.is_none() {
            let made = AudioContext::new().ok()?;
            choose_speaker(&made, &self.speaker.borrow());
            *context = Some(made);
        }
        context.clone()
    }

    /// Wakes the context after a click; without a context there is nothing to wake.
    pub fn wake(&self) {
        if let Some(context) = self.context.borrow().as_ref()
            && context.state() == AudioContextState::Suspended
        {
            js::ignore(context.resume());
        }
    }

    /// Plays tones on another speaker, where a context can choose one.
    pub fn set_speaker(&self, device: &str) {
        self.speaker.replace(device.to_owned());
        if let Some(context) = self.context.borrow().as_ref() {
            choose_speaker(context, device);
        }
    }

    /// Keeps the speaker test alive, in place of one that was still playing.
    pub fn keep_test(&self, test: Option<Test>) {
        if let Some(old) = self.test.replace(test) {
            old.element.set_src_object(None);
            old.end.cancel();
        }
    }

    /// Ends every sound.
    pub fn clear(&self) {
        self.keep_test(None);
        if let Some(context) = self.context.take() {
            js::ignore(context.close());
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.clear();
    }
}

fn choose_speaker(context: &AudioContext, device: &str) {
    if !device.is_empty() {
        js::ignore(context.unchecked_ref::<Sink>().set_sink_id(device));
    }
}

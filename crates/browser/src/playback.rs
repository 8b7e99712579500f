//! Remote sound: one hidden audio element per audio slot.
//!
//! The elements outlive a peer connection, because one that a click has started once may start again
//! without a click.

use crate::driver::Inbox;
use crate::js::{self, Sink};
use crate::platform;
use call::Input;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlAudioElement, HtmlElement, MediaStream};

/// The audio elements, and the speaker they play on.
pub struct Playback {
    inbox: Inbox,
    elements: RefCell<Vec<HtmlAudioElement>>,
    speaker: RefCell<String>,
}

impl Playback {
    /// Plays nothing yet.
    pub fn new(inbox: Inbox) -> Self {
        Self { inbox, elements: RefCell::default(), speaker: RefCell::default() }
    }

    /// Plays these streams, and only these.
    pub fn play(&self, streams: &[MediaStream]) {
        self.grow(streams.len());
        let elements = self.elements.borrow().clone();
        for (index, element) in elements.iter().enumerate() {
            element.set_src_object(streams.get(index));
        }
        self.resume();
    }

    /// Starts again whatever did not start; reports `PlaybackBlocked` if it may not.
    pub fn resume(&self) {
        for element in self.elements.borrow().iter().filter(|it| it.src_object().is_some()) {
            let started = element.play();
            let inbox = self.inbox.clone();
            spawn_local(async move {
                if let Err(error) = js::settle(started).await
                    && js::error_name(&error) == "NotAllowedError"
                {
                    inbox.put(Input::PlaybackBlocked);
                }
            });
        }
    }

    /// Plays nothing until the next connection.
    pub fn silence(&self) {
        for element in self.elements.borrow().iter() {
            element.set_src_object(None);
        }
    }

    /// The chosen speaker; empty for the browser's own choice.
    pub fn speaker(&self) -> String {
        self.speaker.borrow().clone()
    }

    /// Plays on another speaker, where the browser can choose one.
    pub fn set_speaker(&self, device: &str) {
        self.speaker.replace(device.to_owned());
        for element in self.elements.borrow().iter() {
            choose_speaker(element, device);
        }
    }

    /// Takes the elements out of the page.
    pub fn clear(&self) {
        self.silence();
        for element in self.elements.take() {
            element.remove();
        }
    }

    fn grow(&self, count: usize) {
        let mut elements = self.elements.borrow_mut();
        while elements.len() < count {
            let Some(element) = hidden_element() else { return };
            let speaker = self.speaker.borrow();
            if !speaker.is_empty() {
                choose_speaker(&element, &speaker);
            }
            elements.push(element);
        }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Plays an element on a speaker; a browser that cannot, or a speaker that is gone, changes nothing.
pub fn choose_speaker(element: &HtmlAudioElement, device: &str) {
    js::ignore(element.unchecked_ref::<Sink>().set_sink_id(device));
}

fn hidden_element() -> Option<HtmlAudioElement> {
    let element = HtmlAudioElement::new().ok()?;
    element.set_autoplay(true);
    element.unchecked_ref::<HtmlElement>().set_hidden(true);
    let body = platform::window().document()?.body()?;
    body.append_child(&element).ok()?;
    Some(element)
}

//! Which element shows which picture, kept true when a track is replaced.
//!
//! Elements are held weakly: one that left the page and was forgotten there is forgotten here too.

use crate::driver::Shell;
use call::view::Picture;
use js_sys::WeakRef;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{HtmlVideoElement, MediaStream};

/// The elements that show pictures.
#[derive(Default)]
pub struct Pictures {
    attached: RefCell<Vec<Attached>>,
}

#[derive(Clone)]
struct Attached {
    element: WeakRef,
    picture: Picture,
}

impl Pictures {
    /// Shows `picture` in `element` from now on, or nothing.
    pub fn attach(&self, shell: &Shell, element: &HtmlVideoElement, picture: Option<Picture>) {
        {
            let mut attached = self.attached.borrow_mut();
            attached.retain(|it| it.element().is_some_and(|other| other != *element));
            if let Some(picture) = picture {
                attached.push(Attached { element: WeakRef::new(element.as_ref()), picture });
            }
        }
        show(element, picture.and_then(|picture| stream(shell, picture)).as_ref());
    }

    /// Shows in every element the track that its picture has now.
    pub fn refresh(&self, shell: &Shell) {
        let attached = self.attached.borrow().clone();
        for it in attached {
            if let Some(element) = it.element() {
                show(&element, stream(shell, it.picture).as_ref());
            }
        }
    }

    /// Clears every element.
    pub fn clear(&self) {
        for element in self.attached.take().iter().filter_map(Attached::element) {
            show(&element, None);
        }
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Attached {
    fn element(&self) -> Option<HtmlVideoElement> {
        self.element.deref().map(JsCast::unchecked_into)
    }
}

fn stream(shell: &Shell, picture: Picture) -> Option<MediaStream> {
    match picture {
        Picture::Local(source) => shell.captures.stream(source),
        Picture::Slot(mid) => shell.peers.stream(mid),
    }
}

fn show(element: &HtmlVideoElement, stream: Option<&MediaStream>) {
    if element.src_object().as_ref() == stream {
        return;
    }
    // Muted pictures may start without a click, and sound is not theirs to make. Setting an attribute
    // fails only for names that are none.
    element.set_muted(true);
    element.set_autoplay(true);
    let _ = element.set_attribute("playsinline", "");
    element.set_src_object(stream);
    if stream.is_some() {
        crate::js::ignore(element.play());
    }
}

//! The bridge from a page to its call: a view that can be watched, and a way to act.
//!
//! ```text
//! page ── act ──▶ RoomCall ──▶ Engine ── is ──▶ browser::Driver ──▶ call::Call
//!   ▲                                                                   │
//!   └───────────── view (one signal) ◀──────────────────────────────────┘
//! ```
//!
//! On the server there is no driver: the view stays what a call shows before anything happened, and
//! acting does nothing. Both halves have the same signatures, so pages need no `cfg`.

#[cfg_attr(feature = "hydrate", path = "room/client.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "room/inert.rs")]
mod half;

pub use half::{Browser, fresh_key, fresh_message_id};

use call::view::{Picture, Stage};
use call::{Action, DeviceId, Pass, View};
use leptos::prelude::*;
use leptos::web_sys::HtmlVideoElement;
use model::{DisplayName, InviteToken, RoomCode};
use std::sync::Arc;

/// The call of a room's page. A copy is the same call.
#[derive(Clone, Copy)]
pub struct RoomCall {
    view: RwSignal<View>,
    level: RwSignal<f32>,
    browser: Browser,
}

impl RoomCall {
    /// The call of `room`, on its entry page. It comes alive in the browser, once the page is there. The
    /// invite of the page's address is shown again if a reloaded tab takes its seat up and finds it gone.
    pub fn new(room: RoomCode, invite: Option<InviteToken>) -> Self {
        let view = RwSignal::new(View::default());
        let level = RwSignal::new(0.0);
        Self { view, level, browser: Browser::new((room, invite), view, level) }
    }

    /// Everything that can be seen.
    pub const fn view(self) -> RwSignal<View> {
        self.view
    }

    /// A part of what can be seen; tells its readers only when that part changes.
    pub fn part<T>(self, part: impl Fn(&View) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        self.memo(Arc::new(part))
    }

    /// Compiled once for each kind of part, not for each part: there are many.
    fn memo<T>(self, part: Arc<dyn Fn(&View) -> T + Send + Sync>) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.view.with(|view| part(view)))
    }

    /// Where the person is.
    pub fn stage(self) -> Memo<Stage> {
        self.part(|view| view.stage.clone())
    }

    /// The level of the own microphone, 0 to 1.
    pub const fn level(self) -> RwSignal<f32> {
        self.level
    }

    /// True if the code that makes calls did not arrive.
    pub fn failed(self) -> RwSignal<bool> {
        self.browser.failed()
    }

    /// Whether this tab takes up a seat that it had before it was loaded anew; unknown until the page is
    /// alive.
    pub fn returning(self) -> RwSignal<Option<bool>> {
        self.browser.returning()
    }

    /// Does what the person asked for.
    pub fn act(self, action: Action) {
        self.browser.act(action);
    }

    /// Knocks, or walks in, with what opens the door.
    pub fn join(self, name: DisplayName, pass: Pass) {
        self.act(Action::Join { name, key: fresh_key(), pass });
    }

    /// Draws a picture in a video element from now on.
    pub fn attach(self, element: &HtmlVideoElement, picture: Option<Picture>) {
        self.browser.attach(element, picture);
    }

    /// Plays remote sound on another speaker.
    pub fn set_speaker(self, device: DeviceId) {
        self.browser.set_speaker(device);
    }

    /// Plays a short melody.
    pub fn test_speaker(self) {
        self.browser.test_speaker();
    }
}

//! The browser's half: fetches the engine once the page is alive, and closes it with the page.
//!
//! What a person does before it is there is done when it comes, in order.

#[path = "engine.rs"]
mod engine;

use browser::LevelSubscription;
use call::view::{DeviceView, Picture};
use call::{Action, DeviceId, Pass, View};
use engine::Engine;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlVideoElement;
use model::{DisplayName, InviteToken, RoomCode};
use std::mem;
use std::rc::Rc;

pub use browser::{fresh_key, fresh_message_id};

/// What drives the call of this page.
#[derive(Clone, Copy)]
pub struct Browser {
    engine: StoredValue<Coming, LocalStorage>,
    /// The engine did not arrive.
    failed: RwSignal<bool>,
    /// Whether the tab takes up a seat that it had.
    returning: RwSignal<Option<bool>>,
}

/// The engine, or what it has to do first.
enum Coming {
    Awaited(Vec<Action>),
    Here(Rc<dyn Engine>),
    Closed,
}

impl Browser {
    pub fn new(
        (room, invite): (RoomCode, Option<InviteToken>),
        view: RwSignal<View>,
        level: RwSignal<f32>,
    ) -> Self {
        let engine = StoredValue::new_local(Coming::Awaited(Vec::new()));
        let this = Self { engine, failed: RwSignal::new(false), returning: RwSignal::new(None) };
        Effect::new(move |_| {
            this.resume(room, invite);
            spawn_local(async move {
                let on_view = Box::new(move |seen| {
                    // The last view may come when the page is gone already.
                    view.try_set(seen);
                });
                match engine::start(room, on_view).await {
                    Ok(engine) => this.begin(engine),
                    Err(_) => {
                        this.failed.try_set(true);
                    }
                }
            });
        });
        this.watch_level(view, level);
        on_cleanup(move || {
            let last = engine.try_update_value(|coming| mem::replace(coming, Coming::Closed));
            if let Some(Coming::Here(engine)) = last {
                engine.close();
            }
        });
        this
    }

    /// True if the page's code did not arrive.
    pub const fn failed(self) -> RwSignal<bool> {
        self.failed
    }

    /// Whether the tab takes up a seat that it had; unknown until the page is alive.
    pub const fn returning(self) -> RwSignal<Option<bool>> {
        self.returning
    }

    pub fn act(self, action: Action) {
        if let Some(engine) = self.engine() {
            engine.handle(action);
        } else {
            self.engine.try_update_value(|coming| {
                if let Coming::Awaited(first) = coming {
                    first.push(action);
                }
            });
        }
    }

    pub fn attach(self, element: &HtmlVideoElement, picture: Option<Picture>) {
        if let Some(engine) = self.engine() {
            engine.attach(element, picture);
        }
    }

    pub fn set_speaker(self, device: DeviceId) {
        if let Some(engine) = self.engine() {
            engine.set_speaker(&device);
        }
    }

    pub fn test_speaker(self) {
        if let Some(engine) = self.engine() {
            engine.test_speaker();
        }
    }

    fn engine(self) -> Option<Rc<dyn Engine>> {
        let here = |coming: &Coming| match coming {
            Coming::Here(engine) => Some(Rc::clone(engine)),
            Coming::Awaited(_) | Coming::Closed => None,
        };
        self.engine.try_with_value(here).flatten()
    }

    /// Hands over what the person did meanwhile; a page that is gone needs no engine.
    fn begin(self, engine: Rc<dyn Engine>) {
        let first = self.engine.try_update_value(|coming| match mem::replace(coming, Coming::Closed) {
            Coming::Awaited(first) => {
                *coming = Coming::Here(Rc::clone(&engine));
                Some(first)
            }
            Coming::Here(_) | Coming::Closed => None,
        });
        match first.flatten() {
            Some(first) => first.into_iter().for_each(|action| engine.handle(action)),
            None => engine.close(),
        }
    }

    /// A tab that was reloaded in the middle of a call takes its seat again, with the devices that it had
    /// been allowed.
    fn resume(self, room: RoomCode, invite: Option<InviteToken>) {
        let name = browser::remembered_name().and_then(|name| DisplayName::parse(&name).ok());
        let seat = browser::stored_seat(room).zip(name);
        self.returning.set(Some(seat.is_some()));
        if let Some((key, name)) = seat {
            self.act(Action::CheckDevices);
            self.act(Action::Join { name, key, pass: Pass { invite, passcode: None } });
        }
    }

    /// Measures the microphone for as long as there is one.
    fn watch_level(self, view: RwSignal<View>, level: RwSignal<f32>) {
        let captured =
            Memo::new(move |_| view.with(|view| matches!(view.devices.microphone, DeviceView::On { .. })));
        let subscription = StoredValue::new_local(None::<LevelSubscription>);
        Effect::new(move |_| {
            let engine = captured.get().then(|| self.engine()).flatten();
            let listen =
                |engine: Rc<dyn Engine>| engine.microphone_level(Box::new(move |now| level.set(now)));
            subscription.set_value(engine.map(listen));
        });
    }
}

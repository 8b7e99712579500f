//! The browser's half: owns the driver, and calls the server functions for it.

use crate::api::{ApiError, rooms};
use browser::{Api, Driver, LevelSubscription};
use call::view::{DeviceView, Picture};
use call::{Action, ApiAnswer, ApiCall, DeviceId, Pass, View};
use leptos::prelude::*;
use leptos::web_sys::HtmlVideoElement;
use model::{DisplayName, InviteToken, RoomCode};
use protocol::ErrorCode;
use std::pin::Pin;
use std::rc::Rc;

pub use browser::{fresh_key, fresh_message_id};

/// The driver of this page. It is made after hydration and closed with the page.
#[derive(Clone, Copy)]
pub struct Browser {
    driver: StoredValue<Option<Driver>, LocalStorage>,
}

impl Browser {
    pub fn new(
        (room, invite): (RoomCode, Option<InviteToken>),
        view: RwSignal<View>,
        level: RwSignal<f32>,
    ) -> Self {
        let this = Self { driver: StoredValue::new_local(None) };
        Effect::new(move |_| {
            let driver = Driver::new(room, Rc::new(ServerFunctions), move |seen| view.set(seen));
            this.driver.set_value(Some(driver));
            this.resume(room, invite);
        });
        this.watch_level(view, level);
        on_cleanup(move || {
            if let Some(driver) = this.driver.try_get_value().flatten() {
                driver.close();
            }
        });
        this
    }

    pub fn act(self, action: Action) {
        if let Some(driver) = self.driver.get_value() {
            driver.handle(action);
        }
    }

    pub fn attach(self, element: &HtmlVideoElement, picture: Option<Picture>) {
        if let Some(driver) = self.driver.try_get_value().flatten() {
            driver.attach(element, picture);
        }
    }

    pub fn set_speaker(self, device: DeviceId) {
        if let Some(driver) = self.driver.get_value() {
            driver.set_speaker(&device);
        }
    }

    pub fn test_speaker(self) {
        if let Some(driver) = self.driver.get_value() {
            driver.test_speaker();
        }
    }

    /// A tab that was reloaded in the middle of a call takes its seat again, with the devices that it had
    /// been allowed.
    fn resume(self, room: RoomCode, invite: Option<InviteToken>) {
        let name = browser::remembered_name().and_then(|name| DisplayName::parse(&name).ok());
        if let (Some(key), Some(name)) = (browser::stored_seat(room), name) {
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
            let driver = captured.get().then(|| self.driver.get_value()).flatten();
            subscription.set_value(driver.map(|driver| driver.microphone_level(move |now| level.set(now))));
        });
    }
}

/// The way from the call to the server.
struct ServerFunctions;

type Answer = Pin<Box<dyn Future<Output = Result<ApiAnswer, ErrorCode>>>>;

impl Api for ServerFunctions {
    fn call(&self, call: ApiCall) -> Answer {
        Box::pin(async move { ask(call).await.map_err(|error| error.code) })
    }
}

async fn ask(call: ApiCall) -> Result<ApiAnswer, ApiError> {
    match call {
        ApiCall::Join(request) => return rooms::join(*request).await.map(ApiAnswer::Joined),
        ApiCall::Reconnect(seat) => return rooms::reconnect(seat).await.map(ApiAnswer::Ticket),
        ApiCall::Leave(seat) => rooms::leave(seat).await?,
        ApiCall::Act { seat, deed } => rooms::act(seat, deed).await?,
        ApiCall::Say { seat, id, text } => rooms::say(seat, id, text).await?,
    }
    Ok(ApiAnswer::Done)
}

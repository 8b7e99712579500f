//! What makes a call work, as a chunk of its own: the page can be read and typed in before it is there.
//!
//! The page knows it as an [`Engine`] and never by its type, so that nothing of it is in the page's chunk.

use crate::api::{ApiError, rooms};
use browser::{Api, Driver, LevelSubscription};
use call::view::Picture;
use call::{Action, ApiAnswer, ApiCall, DeviceId, View};
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::web_sys::HtmlVideoElement;
use model::RoomCode;
use protocol::ErrorCode;
use std::pin::Pin;
use std::rc::Rc;

/// A call that can be driven; [`Driver`] says what each of these does.
pub trait Engine {
    fn handle(&self, action: Action);
    fn attach(&self, element: &HtmlVideoElement, picture: Option<Picture>);
    fn set_speaker(&self, speaker: &DeviceId);
    fn test_speaker(&self);
    fn microphone_level(&self, on_level: Box<dyn Fn(f32)>) -> LevelSubscription;
    fn close(&self);
}

impl Engine for Driver {
    fn handle(&self, action: Action) {
        Self::handle(self, action);
    }

    fn attach(&self, element: &HtmlVideoElement, picture: Option<Picture>) {
        Self::attach(self, element, picture);
    }

    fn set_speaker(&self, speaker: &DeviceId) {
        Self::set_speaker(self, speaker);
    }

    fn test_speaker(&self) {
        Self::test_speaker(self);
    }

    fn microphone_level(&self, on_level: Box<dyn Fn(f32)>) -> LevelSubscription {
        Self::microphone_level(self, on_level)
    }

    fn close(&self) {
        Self::close(self);
    }
}

/// Starts a call on the entry page of `room`; opens nothing yet.
#[wasm_split(engine, wasm_split_path = leptos::wasm_split, fallible)]
pub fn start(room: RoomCode, on_view: Box<dyn Fn(View)>) -> Result<Rc<dyn Engine>, SplitLoaderError> {
    Ok(Rc::new(Driver::new(room, Rc::new(ServerFunctions), on_view)))
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

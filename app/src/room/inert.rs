//! The server's half: nothing is alive here.

use call::view::Picture;
use call::{Action, DeviceId, View};
use leptos::prelude::*;
use leptos::web_sys::HtmlVideoElement;
use model::{InviteToken, MessageId, ParticipantKey, RoomCode};

/// There is no browser on the server.
#[derive(Clone, Copy)]
pub struct Browser;

impl Browser {
    pub fn new(_room: (RoomCode, Option<InviteToken>), _view: RwSignal<View>, _level: RwSignal<f32>) -> Self {
        Self
    }

    pub fn failed(self) -> RwSignal<bool> {
        RwSignal::new(false)
    }

    pub fn returning(self) -> RwSignal<Option<bool>> {
        RwSignal::new(None)
    }

    pub fn act(self, _action: Action) {}

    pub fn attach(self, _element: &HtmlVideoElement, _picture: Option<Picture>) {}

    pub fn set_speaker(self, _device: DeviceId) {}

    pub fn test_speaker(self) {}
}

/// Never used: nobody acts on the server.
pub fn fresh_key() -> ParticipantKey {
    ParticipantKey::from_bits(0)
}

/// Never used: nobody acts on the server.
pub fn fresh_message_id() -> MessageId {
    MessageId::from_bits(0)
}

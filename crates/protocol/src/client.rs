//! Browser to server on the call socket. Each message is a whole wish, so a repeat is harmless.

use model::{ParticipantId, Source};

/// What a participant sends just now. The whole truth each time, never a difference.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Publishing {
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
}

impl Publishing {
    /// Whether `source` is being sent.
    pub const fn has(self, source: Source) -> bool {
        match source {
            Source::Microphone => self.microphone,
            Source::Camera => self.camera,
            Source::Screen => self.screen,
        }
    }

    /// The same with `source` switched.
    #[must_use]
    pub const fn with(mut self, source: Source, on: bool) -> Self {
        match source {
            Source::Microphone => self.microphone = on,
            Source::Camera => self.camera = on,
            Source::Screen => self.screen = on,
        }
        self
    }
}

/// One picture that is on the screen, with its height in device pixels.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    pub participant: ParticipantId,
    pub source: Source,
    pub height: u16,
}

/// What a browser says on its call socket.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// Everything I send.
    Publish(Publishing),
    /// Everything I show, most important first.
    Demand { wanted: Vec<Wanted> },
    /// I missed something: send me a snapshot.
    Resync,
    /// I am here.
    Ping,
}

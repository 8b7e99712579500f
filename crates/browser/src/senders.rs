//! What a peer connection sends: one sender per source, made once and never renegotiated.
//!
//! | source | encodings |
//! |---|---|
//! | microphone | one, with priority |
//! | camera | `q` a quarter, `h` half, `f` full size |
//! | screen | one |
//!
//! Codecs are cut down to those that the SFU forwards (VP8 with retransmission, Opus): twenty m-lines
//! with every codec of a browser would not fit into [`protocol::limits::SDP_BYTES`].
//!
//! A source that is off has no track in its sender, so that nothing at all is sent.

use crate::driver::Shell;
use crate::js::{self, PeerConnection, Receiver, Sender, Transceiver, object};
use crate::sources::{PerSource, SOURCES};
use js_sys::Array;
use model::{Mid, Source};
use protocol::SendLine;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MediaStreamTrack;

/// Which sources shall be sent. Held apart from any peer connection, so that the next one knows too.
#[derive(Default)]
pub struct Wishes(PerSource<Cell<bool>>);

impl Wishes {
    /// Wishes that `source` is sent, or not.
    pub fn set(&self, source: Source, on: bool) {
        self.0.of(source).set(on);
    }

    /// The track that the sender of `source` shall carry now.
    pub fn track(&self, shell: &Shell, source: Source) -> Option<MediaStreamTrack> {
        let track = shell.captures.track(source).filter(|_| self.0.of(source).get())?;
        track.set_enabled(true);
        Some(track)
    }
}

/// The sending transceivers of one peer connection.
#[derive(Clone)]
pub struct Senders(std::rc::Rc<PerSource<Transceiver>>);

impl Senders {
    /// Adds the three m-lines, in the order of [`SOURCES`].
    pub fn add_to(connection: &PeerConnection) -> Result<Self, JsValue> {
        let microphone = add(connection, "audio", "sendonly", &[voice()])?;
        let camera = add(connection, "video", "sendonly", &camera_layers())?;
        let screen = add(connection, "video", "sendonly", &[screen_layer()])?;
        Ok(Self(std::rc::Rc::new(PerSource::new(microphone, camera, screen))))
    }

    /// Sends `track` as `source`, or nothing.
    pub fn replace(&self, source: Source, track: Option<&MediaStreamTrack>) {
        js::ignore(self.0.of(source).sender().replace_track(track));
    }

    /// Which m-line sends what; `None` before the local description is set.
    pub fn lines(&self) -> Option<Vec<SendLine>> {
        let line = |source| {
            let mid = Mid::parse(&self.0.of(source).mid()?).ok()?;
            Some(SendLine { mid, source })
        };
        SOURCES.into_iter().map(line).collect()
    }

    /// Says what may suffer first when the network or the processor is short; possible only once
    /// negotiated, and only a wish.
    pub fn tune(&self) {
        prefer(&self.0.of(Source::Camera).sender(), "balanced");
        prefer(&self.0.of(Source::Screen).sender(), "maintain-resolution");
    }
}

/// Adds a receive-only m-line.
pub fn add_slot(connection: &PeerConnection, kind: &str) -> Result<Transceiver, JsValue> {
    add(connection, kind, "recvonly", &[])
}

fn add(
    connection: &PeerConnection,
    kind: &str,
    direction: &str,
    encodings: &[JsValue],
) -> Result<Transceiver, JsValue> {
    let init = object(&[("direction", direction.into())]);
    if !encodings.is_empty() {
        js::set(&init, "sendEncodings", &encodings.iter().collect::<Array>());
    }
    let transceiver = connection.add_transceiver(kind, &init)?;
    if let Some(codecs) = codecs(kind) {
        // A browser that does not let us choose offers all that it has, and the SFU picks.
        let _ = transceiver.set_codec_preferences(&codecs);
    }
    Ok(transceiver)
}

fn voice() -> JsValue {
    object(&[("priority", "high".into()), ("networkPriority", "high".into())]).into()
}

fn camera_layers() -> [JsValue; 3] {
    let layer = |rid: &str, scale: u32, bitrate: u32| {
        object(&[
            ("rid", rid.into()),
            ("scaleResolutionDownBy", scale.into()),
            ("maxBitrate", bitrate.into()),
        ])
        .into()
    };
    [layer("q", 4, 150_000), layer("h", 2, 500_000), layer("f", 1, 1_700_000)]
}

fn screen_layer() -> JsValue {
    object(&[("maxBitrate", 2_500_000.into()), ("maxFramerate", 30.into())]).into()
}

/// The codecs that the SFU forwards, as this browser names them; `None` if it has not the one we need.
fn codecs(kind: &str) -> Option<Array> {
    let all = js::field(&Receiver::capabilities(kind).ok()?, "codecs").dyn_into::<Array>().ok()?;
    let name = |codec: &JsValue| js::field(codec, "mimeType").as_string().unwrap_or_default();
    let is_payload = |codec: &JsValue| {
        name(codec).eq_ignore_ascii_case("video/vp8") || name(codec).eq_ignore_ascii_case("audio/opus")
    };
    if !all.iter().any(|codec| is_payload(&codec)) {
        return None;
    }
    let kept = all.iter().filter(|codec| is_payload(codec) || name(codec).eq_ignore_ascii_case("video/rtx"));
    Some(kept.collect())
}

fn prefer(sender: &Sender, preference: &str) {
    if let Ok(parameters) = sender.parameters() {
        js::set(&parameters, "degradationPreference", &preference.into());
        js::ignore(sender.set_parameters(&parameters));
    }
}

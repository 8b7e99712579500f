//! What a peer connection sends: one sender per source, made once and never renegotiated.
//!
//! | source | encodings |
//! |---|---|
//! | microphone | one, with priority |
//! | camera | `q`, `h`, `f`: its sizes, smallest first ([`call::layers`]), each with two layers in time |
//! | screen | one |
//!
//! Codecs are cut down to those that the SFU forwards, with retransmission: twenty m-lines with every codec
//! of a browser would not fit into [`protocol::limits::SDP_BYTES`]. VP8 is offered first, which everybody
//! decodes. Cameras and slots have H.264, VP9 and AV1 too where the browser has them: of a camera's the
//! server chooses one, and programs send them.
//!
//! A source that is off has no track in its sender, and its pictures' encodings are inactive besides:
//! without the second, Firefox repeats the last picture once a second for ever and pads the rest.

use crate::driver::Shell;
use crate::js::{self, PeerConnection, Receiver, Sender, Transceiver, object};
use crate::sources::{PerSource, SOURCES};
use call::layers::camera_layers;
use js_sys::Array;
use model::policy::Favour;
use model::{Mid, Source};
use protocol::SendLine;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

/// Which sources shall be sent, and how. Held apart from any peer connection, so that the next one knows too.
pub struct Wishes {
    sources: PerSource<Cell<bool>>,
    favour: Rc<Cell<Favour>>,
    layers: Rc<Cell<u8>>,
}

impl Wishes {
    /// Wishes that `source` is sent, or not.
    pub fn set(&self, source: Source, on: bool) {
        self.sources.of(source).set(on);
    }

    /// Wishes that this is what the camera's encoder saves.
    pub fn favour(&self, favour: Favour) {
        self.favour.set(favour);
    }

    /// Wishes that these encodings of the camera are sent, one bit each.
    pub fn layers(&self, layers: u8) {
        self.layers.set(layers);
    }

    /// The track that the sender of `source` shall carry now.
    pub fn track(&self, shell: &Shell, source: Source) -> Option<MediaStreamTrack> {
        let track = shell.captures.track(source).filter(|_| self.sources.of(source).get())?;
        track.set_enabled(true);
        Some(track)
    }
}

impl Default for Wishes {
    fn default() -> Self {
        let favour = Rc::new(Cell::new(Favour::Continuity));
        Self { sources: PerSource::default(), favour, layers: Rc::new(Cell::new(u8::MAX)) }
    }
}

/// The sending transceivers of one peer connection.
#[derive(Clone)]
pub struct Senders {
    lines: Rc<PerSource<Line>>,
    favour: Rc<Cell<Favour>>,
    layers: Rc<Cell<u8>>,
}

/// One sending transceiver, and what is said to its encoder.
struct Line {
    transceiver: Transceiver,
    tuning: Cell<Tuning>,
}

/// Parameters are read, changed and written back, and two of those at once would undo each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tuning {
    /// Nothing is negotiated yet.
    Early,
    Idle,
    Writing,
    /// Something changed while the last state was being written.
    WritingStale,
}

impl Senders {
    /// Adds the three m-lines, in the order of [`SOURCES`].
    pub fn add_to(connection: &PeerConnection, wishes: &Wishes) -> Result<Self, JsValue> {
        let microphone = add(connection, "audio", "sendonly", &[voice()])?;
        // A browser that knows no layers in time may refuse all of it for that, and then makes no line.
        let camera = add(connection, "video", "sendonly", &camera_encodings(Some(TWO_IN_TIME)))
            .or_else(|_| add(connection, "video", "sendonly", &camera_encodings(None)))?;
        let screen = add(connection, "video", "sendonly", &[screen_layer()])?;
        let line = |transceiver| Line { transceiver, tuning: Cell::new(Tuning::Early) };
        let lines = PerSource::new(line(microphone), line(camera), line(screen));
        Ok(Self { lines: Rc::new(lines), favour: wishes.favour.clone(), layers: wishes.layers.clone() })
    }

    /// Sends `track` as `source`, or nothing.
    pub fn replace(&self, source: Source, track: Option<&MediaStreamTrack>) {
        let replaced = self.lines.of(source).transceiver.sender().replace_track(track);
        let senders = self.clone();
        spawn_local(async move {
            if js::settle(replaced).await.is_ok() {
                senders.tune_anew(source).await;
            }
        });
    }

    /// Says to an encoder anew what to do, once it is known with whom it talks.
    pub fn retune(&self, source: Source) {
        let senders = self.clone();
        spawn_local(async move { senders.tune_anew(source).await });
    }

    async fn tune_anew(&self, source: Source) {
        if self.lines.of(source).tuning.get() != Tuning::Early {
            self.tune(source).await;
        }
    }

    /// Which m-line sends what; `None` before the local description is set.
    pub fn lines(&self) -> Option<Vec<SendLine>> {
        let line = |source| {
            let mid = Mid::parse(&self.lines.of(source).transceiver.mid()?).ok()?;
            Some(SendLine { mid, source })
        };
        SOURCES.into_iter().map(line).collect()
    }

    /// Says to every encoder what to do, now that it is known with whom it talks.
    pub fn negotiated(&self) {
        for source in SOURCES {
            let senders = self.clone();
            spawn_local(async move { senders.tune(source).await });
        }
    }

    /// What may suffer first when the network or the processor is short; `None` for sound.
    fn preference(&self, source: Source) -> Option<&'static str> {
        match (source, self.favour.get()) {
            (Source::Microphone, _) => None,
            (Source::Camera, Favour::Continuity) => Some("balanced"),
            (Source::Camera, Favour::Quality) | (Source::Screen, _) => Some("maintain-resolution"),
        }
    }

    /// Writes the parameters that follow from the track which the sender carries now, and from the rules.
    async fn tune(&self, source: Source) {
        let Line { transceiver, tuning } = self.lines.of(source);
        if matches!(tuning.get(), Tuning::Writing | Tuning::WritingStale) {
            tuning.set(Tuning::WritingStale);
            return;
        }
        let sender = transceiver.sender();
        loop {
            let Some(preference) = self.preference(source) else { return };
            tuning.set(Tuning::Writing);
            let layers = if source == Source::Camera { self.layers.get() } else { u8::MAX };
            write_parameters(&sender, (source, layers), preference).await;
            if tuning.get() == Tuning::Writing {
                break;
            }
        }
        tuning.set(Tuning::Idle);
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
    // Of a camera's the server chooses one. Browsers that know no layers in time send other codecs than VP8
    // in one size, or in three small ones.
    let is_camera = encodings.len() > 1;
    if let Some(codecs) =
        codecs(kind, direction == "recvonly" || is_camera && keeps_layers(&transceiver.sender()))
    {
        // A browser that does not let us choose offers all that it has, and the SFU picks.
        let _ = transceiver.set_codec_preferences(&codecs);
    }
    Ok(transceiver)
}

/// Whether a browser has taken the layers in time that it was asked for.
fn keeps_layers(sender: &Sender) -> bool {
    let Ok(parameters) = sender.parameters() else { return false };
    let encodings = js::field(&parameters, "encodings").dyn_into::<Array>().unwrap_or_default();
    let is_kept = |encoding: JsValue| js::field(&encoding, "scalabilityMode") == TWO_IN_TIME;
    encodings.length() > 0 && encodings.iter().all(is_kept)
}

fn voice() -> JsValue {
    object(&[("priority", "high".into()), ("networkPriority", "high".into())]).into()
}

/// One size, of which every other picture can be left out (W3C webrtc-svc, section 6).
const TWO_IN_TIME: &str = "L1T2";

fn camera_encodings(scalability: Option<&str>) -> [JsValue; 3] {
    let layer = |rid: &str, scale: u32, bitrate: u32| {
        let encoding = object(&[
            ("rid", rid.into()),
            ("scaleResolutionDownBy", scale.into()),
            ("maxBitrate", bitrate.into()),
        ]);
        if let Some(mode) = scalability {
            js::set(&encoding, "scalabilityMode", &mode.into());
        }
        encoding.into()
    };
    [layer("q", 4, 150_000), layer("h", 2, 500_000), layer("f", 1, 1_700_000)]
}

/// The sizes in which the picture of a track is sent.
fn layers_of(track: &MediaStreamTrack) -> [Option<u32>; 3] {
    let settings = track.get_settings();
    let pixels = |name| js::field(&settings, name).as_f64().filter(|pixels| *pixels > 0.0);
    match (pixels("width"), pixels("height")) {
        (Some(width), Some(height)) => camera_layers(width as u32, height as u32),
        // Unknown before the first picture; then it is as large as was asked for.
        _ => camera_layers(1_280, 720),
    }
}

fn screen_layer() -> JsValue {
    object(&[("maxBitrate", 2_500_000.into()), ("maxFramerate", 30.into())]).into()
}

/// The codecs that the SFU forwards, as this browser names them, most preferred first; `None` if it has not
/// the one we need.
fn codecs(kind: &str, has_others: bool) -> Option<Array> {
    let all = js::field(&Receiver::capabilities(kind).ok()?, "codecs").dyn_into::<Array>().ok()?;
    let is = |codec: &JsValue, name: &str| {
        js::field(codec, "mimeType").as_string().is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    let is_needed = |codec: &JsValue| is(codec, "video/vp8") || is(codec, "audio/opus");
    let is_other = |codec: &JsValue| {
        has_others
            && (is(codec, "video/h264") && is_plain_h264(codec)
                || is(codec, "video/vp9") && is_plain(codec, "profile-id")
                || is(codec, "video/av1") && is_plain(codec, "profile"))
    };
    let kept = |wanted: &dyn Fn(&JsValue) -> bool| all.iter().filter(wanted).collect::<Vec<_>>();
    let needed = kept(&is_needed);
    let others = kept(&|codec| is_other(codec) || is(codec, "video/rtx"));
    let has_it = !needed.is_empty();
    has_it.then(|| needed.into_iter().chain(others).collect())
}

fn format(codec: &JsValue) -> String {
    js::field(codec, "sdpFmtpLine").as_string().unwrap_or_default().to_ascii_lowercase()
}

/// Whether VP9 or AV1 is in profile 0, which no profile means too (RFC 9628, section 6).
fn is_plain(codec: &JsValue, parameter: &str) -> bool {
    let format = format(codec);
    let profile = format.split_once(parameter).map(|(_, behind)| behind);
    profile.is_none_or(|profile| profile.starts_with("=0"))
}

/// Whether H.264 is in the form that the SFU forwards to pages: packetization mode 1, constrained baseline.
fn is_plain_h264(codec: &JsValue) -> bool {
    let format = format(codec);
    let mut parameters = format.split(';').map(str::trim);
    let is_mode_1 = parameters.clone().any(|parameter| parameter == "packetization-mode=1");
    is_mode_1 && parameters.any(|parameter| parameter.starts_with("profile-level-id=42e0"))
}

/// What a browser refuses stays as it was: all of this is about thrift, not about what is sent.
async fn write_parameters(sender: &Sender, (source, wanted): (Source, u8), preference: &str) {
    let Ok(parameters) = sender.parameters() else { return };
    let track = sender.track();
    if let Ok(encodings) = js::field(&parameters, "encodings").dyn_into::<Array>() {
        let layers = track.as_ref().filter(|_| source == Source::Camera).map(layers_of);
        for (index, encoding) in encodings.iter().enumerate() {
            let Ok(encoding) = encoding.dyn_into() else { continue };
            let layer = layers.and_then(|layers| layers.get(index).copied());
            let is_wanted = wanted >> index.min(7) & 1 == 1;
            let active = track.is_some() && layer != Some(None) && is_wanted;
            js::set(&encoding, "active", &active.into());
            if let Some(Some(scale)) = layer {
                js::set(&encoding, "scaleResolutionDownBy", &scale.into());
            }
        }
    }
    js::set(&parameters, "degradationPreference", &preference.into());
    let _ = js::settle(sender.set_parameters(&parameters)).await;
}

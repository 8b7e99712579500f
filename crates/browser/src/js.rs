//! Bindings that web-sys lacks or declares as if they could not throw, and how to build and read
//! plain JavaScript values.
//!
//! An exception that nobody catches would leave the driver in the middle of an input for ever, so
//! everything here that a browser may refuse says so in its type.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{EventTarget, MediaStreamTrack};

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection`.
    #[wasm_bindgen(js_name = RTCPeerConnection, extends = EventTarget)]
    #[derive(Clone)]
    pub type PeerConnection;

    #[wasm_bindgen(constructor, catch, js_class = "RTCPeerConnection")]
    pub fn new(configuration: &Object) -> Result<PeerConnection, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCPeerConnection", js_name = addTransceiver)]
    pub fn add_transceiver(this: &PeerConnection, kind: &str, init: &Object) -> Result<Transceiver, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCPeerConnection", js_name = createOffer)]
    pub fn create_offer(this: &PeerConnection) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCPeerConnection", js_name = setLocalDescription)]
    pub fn set_local_description(this: &PeerConnection, description: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCPeerConnection", js_name = setRemoteDescription)]
    pub fn set_remote_description(this: &PeerConnection, description: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, getter, js_class = "RTCPeerConnection", js_name = localDescription)]
    pub fn local_description(this: &PeerConnection) -> Option<Description>;

    #[wasm_bindgen(method, getter, js_class = "RTCPeerConnection", js_name = connectionState)]
    pub fn connection_state(this: &PeerConnection) -> Option<String>;

    #[wasm_bindgen(method, js_class = "RTCPeerConnection")]
    pub fn close(this: &PeerConnection);

    /// `RTCSessionDescription`.
    #[wasm_bindgen(js_name = RTCSessionDescription)]
    pub type Description;

    #[wasm_bindgen(method, getter, js_class = "RTCSessionDescription")]
    pub fn sdp(this: &Description) -> String;

    /// `RTCRtpTransceiver`.
    #[wasm_bindgen(js_name = RTCRtpTransceiver)]
    #[derive(Clone)]
    pub type Transceiver;

    #[wasm_bindgen(method, getter, js_class = "RTCRtpTransceiver")]
    pub fn mid(this: &Transceiver) -> Option<String>;

    #[wasm_bindgen(method, getter, js_class = "RTCRtpTransceiver")]
    pub fn sender(this: &Transceiver) -> Sender;

    #[wasm_bindgen(method, getter, js_class = "RTCRtpTransceiver")]
    pub fn receiver(this: &Transceiver) -> Receiver;

    #[wasm_bindgen(method, catch, js_class = "RTCRtpTransceiver", js_name = setCodecPreferences)]
    pub fn set_codec_preferences(this: &Transceiver, codecs: &js_sys::Array) -> Result<(), JsValue>;

    /// `RTCRtpSender`.
    #[wasm_bindgen(js_name = RTCRtpSender)]
    pub type Sender;

    #[wasm_bindgen(method, getter, js_class = "RTCRtpSender")]
    pub fn track(this: &Sender) -> Option<MediaStreamTrack>;

    #[wasm_bindgen(method, catch, js_class = "RTCRtpSender", js_name = replaceTrack)]
    pub fn replace_track(this: &Sender, track: Option<&MediaStreamTrack>) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCRtpSender", js_name = getParameters)]
    pub fn parameters(this: &Sender) -> Result<Object, JsValue>;

    #[wasm_bindgen(method, catch, js_class = "RTCRtpSender", js_name = setParameters)]
    pub fn set_parameters(this: &Sender, parameters: &Object) -> Result<Promise, JsValue>;

    /// `RTCRtpReceiver`.
    #[wasm_bindgen(js_name = RTCRtpReceiver)]
    pub type Receiver;

    #[wasm_bindgen(method, getter, js_class = "RTCRtpReceiver")]
    pub fn track(this: &Receiver) -> MediaStreamTrack;

    #[wasm_bindgen(catch, static_method_of = Receiver, js_class = "RTCRtpReceiver", js_name = getCapabilities)]
    pub fn capabilities(kind: &str) -> Result<JsValue, JsValue>;

    /// Anything with a speaker to choose: media elements nearly everywhere, audio contexts in some.
    pub type Sink;

    #[wasm_bindgen(method, catch, js_name = setSinkId)]
    pub fn set_sink_id(this: &Sink, device: &str) -> Result<Promise, JsValue>;

    /// `navigator.clipboard`, which may be missing.
    pub type ClipboardLike;

    #[wasm_bindgen(method, catch, js_name = writeText)]
    pub fn write_text(this: &ClipboardLike, text: &str) -> Result<Promise, JsValue>;

    /// `navigator.permissions`, which may be missing, and refuses names that it does not know.
    pub type PermissionsLike;

    #[wasm_bindgen(method, catch)]
    pub fn query(this: &PermissionsLike, descriptor: &Object) -> Result<Promise, JsValue>;

    /// A track of a shared screen or a camera.
    pub type HintedTrack;

    #[wasm_bindgen(method, setter, js_name = contentHint)]
    pub fn set_content_hint(this: &HintedTrack, hint: &str);
}

/// Another handle of the same object. Streams and tracks have a `clone` of their own in JavaScript, which
/// makes a new track that nobody would ever stop, and a plain `.clone()` on them calls that one.
pub fn same<T: Clone>(object: &T) -> T {
    Clone::clone(object)
}

/// A plain object with these fields.
pub fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

/// Sets a field of an object.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a field fails only on frozen objects, and none of ours is.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Reads a field; `undefined` where there is none, or nothing that could have one.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The name of an error, such as `NotAllowedError`; empty where it has none.
pub fn error_name(error: &JsValue) -> String {
    field(error, "name").as_string().unwrap_or_default()
}

/// Waits for what a call promised, whether it threw or rejected.
pub async fn settle(promised: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promised?).await
}

/// Lets a promise go its way; a refusal changes nothing.
pub fn ignore(promised: Result<Promise, JsValue>) {
    if let Ok(promise) = promised {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

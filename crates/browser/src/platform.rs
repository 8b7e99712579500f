//! What the browser is, and the small things that it has.

use crate::js;
use model::{MessageId, MonoMillis, ParticipantKey};
use wasm_bindgen::JsCast;
use web_sys::Window;

/// Which instructions fit, for example for allowing a camera again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BrowserFamily {
    /// Chromium and what is made of it.
    Chromium,
    Firefox,
    /// Safari, and every browser on iOS.
    Safari,
    Other,
}

/// The family of this browser.
pub fn family() -> BrowserFamily {
    let agent = window().navigator().user_agent().unwrap_or_default();
    // In this order: each name also stands in the agent strings of some that come after it.
    if agent.contains("Firefox/") {
        BrowserFamily::Firefox
    } else if agent.contains("Chrome/") || agent.contains("Chromium/") {
        BrowserFamily::Chromium
    } else if agent.contains("AppleWebKit/") {
        BrowserFamily::Safari
    } else {
        BrowserFamily::Other
    }
}

/// Whether this browser can make calls at all; devices may still be missing.
pub fn can_call() -> bool {
    let window = window();
    let has = |name| js::field(&window, name).is_function();
    has("RTCPeerConnection") && has("RTCRtpTransceiver") && has("WebSocket") && has("WeakRef")
}

/// Copies text to the clipboard; false where the browser does not let us.
pub async fn copy_text(text: &str) -> bool {
    let clipboard = js::field(&window().navigator(), "clipboard");
    if clipboard.is_undefined() || clipboard.is_null() {
        return false;
    }
    let written = clipboard.unchecked_ref::<js::ClipboardLike>().write_text(text);
    js::settle(written).await.is_ok()
}

/// A fresh secret for a seat.
pub fn fresh_key() -> ParticipantKey {
    ParticipantKey::from_bits(random_bits())
}

/// A fresh name for a chat message.
pub fn fresh_message_id() -> MessageId {
    MessageId::from_bits(random_bits())
}

/// The page's window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("a call runs in a page, never in a worker")
}

/// The time since the page was opened.
pub fn now() -> MonoMillis {
    let millis = window().performance().map_or(0.0, |performance| performance.now());
    MonoMillis(millis as u64)
}

/// Loads the page anew.
pub fn reload() {
    // A page that may not reload stays as it is.
    let _ = window().location().reload();
}

fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    let drawn =
        window().crypto().is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    assert!(drawn, "every browser that runs WebAssembly draws random numbers");
    u128::from_le_bytes(bytes)
}

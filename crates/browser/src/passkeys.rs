//! Passkeys: making one, and signing in with one (Web Authentication, Level 2).
//!
//! Nothing is asked of the browser before somebody presses a button. Whoever cancels, or has no passkey, is
//! told so by the browser itself; here that is `None`.

use crate::js::{field, object, settle};
use crate::platform::window;
use js_sys::{Array, Object, Promise, Uint8Array};
use model::DisplayName;
use protocol::account::{PasskeyAsserted, PasskeyCreated, PasskeyCreation};
use std::fmt::Write;
use wasm_bindgen::prelude::*;

/// How long somebody may take, in milliseconds.
const PATIENCE_MS: u32 = 240_000;
/// ES256, EdDSA, RS256, by the numbers that COSE gives them.
const ALGORITHMS: [i32; 3] = [-7, -8, -257];

#[wasm_bindgen]
extern "C" {
    /// `navigator.credentials`.
    type Container;

    #[wasm_bindgen(method, catch)]
    fn create(this: &Container, options: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn get(this: &Container, options: &Object) -> Result<Promise, JsValue>;

    /// `AuthenticatorAttestationResponse`.
    type Made;

    #[wasm_bindgen(method, catch, js_name = getPublicKey)]
    fn public_key(this: &Made) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getPublicKeyAlgorithm)]
    fn algorithm(this: &Made) -> Result<f64, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getAuthenticatorData)]
    fn authenticator_data(this: &Made) -> Result<JsValue, JsValue>;
}

/// Whether this browser knows passkeys on this page.
pub fn are_there() -> bool {
    field(&window(), "PublicKeyCredential").is_function()
}

/// Makes a passkey, after the browser has asked the person.
pub async fn make(creation: PasskeyCreation, name: DisplayName) -> Option<PasskeyCreated> {
    let key = |fields: &[(&str, JsValue)]| JsValue::from(object(fields));
    let parameters = ALGORITHMS.map(|alg| key(&[("type", "public-key".into()), ("alg", alg.into())]));
    let known = creation.known.iter().filter_map(|id| from_base64url(id));
    let known = known.map(|id| key(&[("type", "public-key".into()), ("id", id.into())]));
    let options = object(&[
        ("challenge", Uint8Array::from(creation.challenge.as_bytes()).into()),
        ("rp", key(&[("name", "Anteroom".into())])),
        (
            "user",
            key(&[
                ("id", Uint8Array::from(creation.user.as_bytes()).into()),
                ("name", creation.label.into()),
                ("displayName", creation.name.as_str().into()),
            ]),
        ),
        ("pubKeyCredParams", parameters.iter().collect::<Array>().into()),
        (
            "authenticatorSelection",
            key(&[
                ("residentKey", "required".into()),
                ("requireResidentKey", true.into()),
                ("userVerification", "required".into()),
            ]),
        ),
        ("excludeCredentials", known.collect::<Array>().into()),
        ("attestation", "none".into()),
        ("timeout", PATIENCE_MS.into()),
    ]);
    let made = settle(container().create(&object(&[("publicKey", options.into())]))).await.ok()?;
    let response = field(&made, "response");
    let keys = response.unchecked_ref::<Made>();
    Some(PasskeyCreated {
        id: field(&made, "id").as_string()?,
        name,
        client_data: hex(&field(&response, "clientDataJSON")),
        authenticator_data: hex(&keys.authenticator_data().ok()?),
        public_key: hex(&keys.public_key().ok()?),
        algorithm: keys.algorithm().ok()? as i64,
    })
}

/// Lets the person choose a passkey and sign this challenge with it.
pub async fn ask(challenge: String) -> Option<PasskeyAsserted> {
    let options = object(&[
        ("challenge", Uint8Array::from(challenge.as_bytes()).into()),
        ("userVerification", "required".into()),
        ("timeout", PATIENCE_MS.into()),
    ]);
    let said = settle(container().get(&object(&[("publicKey", options.into())]))).await.ok()?;
    let response = field(&said, "response");
    Some(PasskeyAsserted {
        id: field(&said, "id").as_string()?,
        user: hex(&field(&response, "userHandle")),
        client_data: hex(&field(&response, "clientDataJSON")),
        authenticator_data: hex(&field(&response, "authenticatorData")),
        signature: hex(&field(&response, "signature")),
    })
}

fn container() -> Container {
    field(&window().navigator(), "credentials").unchecked_into()
}

/// The bytes of a buffer as hexadecimal digits; none where there is no buffer.
fn hex(buffer: &JsValue) -> String {
    if !buffer.is_object() {
        return String::new();
    }
    Uint8Array::new(buffer).to_vec().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_base64url(text: &str) -> Option<Uint8Array> {
    let plain = text.replace('-', "+").replace('_', "/");
    let binary = window().atob(&plain).ok()?;
    // Each character of the answer is one byte.
    let bytes: Vec<u8> = binary.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    Some(Uint8Array::from(bytes.as_slice()))
}

//! The WASM entry: takes over the page that the server rendered.
//!
//! ```text
//! script ──▶ hydrate ──▶ fetch the page's chunk, if it has one ──▶ take the page over, in one go
//!                                 └──────── did not arrive ──────▶ a page that says so
//! ```
//!
//! Until then the server's page stands: readable, and its forms work.

use app::App;
use app::pages::{Incomplete, ready};
use leptos::mount::{hydrate_body, mount_to};
use leptos::prelude::*;

/// Called by the page's own script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        if ready(&location().pathname().unwrap_or_default()).await {
            hydrate_body(App);
        } else if let Some(body) = document().body() {
            // Only its own code could take the server's page over, so that has to go.
            body.set_text_content(None);
            mount_to(body, Incomplete).forget();
        }
    });
}

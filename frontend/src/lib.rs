//! The WASM entry: takes over the page that the server rendered.

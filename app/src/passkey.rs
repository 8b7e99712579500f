//! The browser's passkeys, for the two pages that use them. Inert on the server.

#[cfg_attr(feature = "hydrate", path = "passkey/client.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "passkey/inert.rs")]
mod half;

pub use half::{are_there, ask, make};

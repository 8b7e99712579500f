//! The line of a page that rings, and its bell; inert on the server.

#[cfg_attr(feature = "hydrate", path = "line/client.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "line/inert.rs")]
mod half;

pub use half::{RingBell, open};

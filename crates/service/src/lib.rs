//! Use cases and room actors: the only crate that sees `domain` and `store` together.
//!
//! ```text
//! Rooms ──letter──▶ registry ──▶ room_actor ──▶ domain (decide, apply), store (save)
//!                                    └──translate──▶ call sockets, media threads
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`rooms`] | the use cases of a room |
//! | [`connection`] | one call socket |
//! | `registry` | which rooms are live |
//! | `room_actor` | one live room |
//! | `translate` | who hears of an event |
//! | `rate`, `tickets`, `secret` | how often, how once, and known only by its hash |
//! | [`media`], [`time`] | the two seams: media threads, clock and dice |
//!
//! Not here: HTTP, cookies, WebSockets, and any rule about rooms.

pub mod connection;
pub mod error;
pub mod media;
pub mod rooms;
pub mod time;

mod rate;
mod registry;
mod room_actor;
mod secret;
mod tickets;
mod translate;

pub use connection::{Closing, Connection};
pub use error::Error;
pub use media::MediaPort;
pub use rooms::Rooms;
pub use time::Ambient;

use std::sync::Arc;

/// Everything that the pages, the sockets and the jobs may call.
#[derive(Clone)]
pub struct Services {
    pub rooms: Rooms,
    /// The clock and the dice, the same ones that `rooms` uses.
    pub ambient: Arc<dyn Ambient>,
}

//! Use cases and room actors: the only crate that sees `domain` and `store` together.

pub mod error;
pub mod media;
pub mod rooms;
pub mod time;

pub use error::Error;
pub use media::MediaPort;
pub use rooms::{Closing, Connection, Rooms};
pub use time::Ambient;

use std::sync::Arc;

/// Everything that the pages, the sockets and the jobs may call.
#[derive(Clone)]
pub struct Services {
    pub rooms: Rooms,
    /// The clock and the dice, the same ones that `rooms` uses.
    pub ambient: Arc<dyn Ambient>,
}

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
//! | [`accounts`] | the use cases of an account |
//! | [`people`] | contacts, and direct calls between them |
//! | [`lines`] | the lines of pages that ring |
//! | [`history`] | what happened in a room, for its host |
//! | `invitation` | a room's plan as a calendar file |
//! | `mailing` | invites by mail, and who has to hear of a change |
//! | [`invites`] | the secret in the link of an invite |
//! | [`connection`] | one call socket |
//! | [`bus`] | the way from a room to its call sockets |
//! | `registry` | which rooms are live |
//! | `room_actor` | one live room |
//! | `translate` | who hears of an event |
//! | [`turnstile`] | whether the server takes more people |
//! | `guesses` | how often passcodes may be guessed |
//! | `rate`, `tickets`, `secret` | how often, how once, and known only by its hash |
//! | `passwords`, `webauthn` | what a password or a passkey proves |
//! | [`payments`] | the seam to whoever moves money, and the worker behind it |
//! | [`media`], [`mail`], [`time`] | the other seams: media threads, mails, clock and dice |
//!
//! Not here: HTTP, cookies, WebSockets, and any rule about rooms.

pub mod accounts;
pub mod bus;
pub mod connection;
pub mod error;
pub mod history;
pub mod invites;
pub mod lines;
pub mod mail;
pub mod media;
pub mod payments;
pub mod people;
pub mod programs;
pub mod rooms;
pub mod time;
pub mod turnstile;

mod guesses;
mod invitation;
mod mailing;
mod passwords;
mod rate;
mod registry;
mod room_actor;
mod secret;
mod spread;
mod tickets;
mod translate;
mod webauthn;

pub use accounts::Accounts;
pub use bus::{Bus, LocalBus};
pub use domain::load;

pub use connection::{Closing, Connection};
pub use error::Error;
pub use guesses::Address;
pub use lines::Line;
pub use mail::MailPort;
pub use media::MediaPort;
pub use people::People;
pub use rooms::{Identity, Rooms};
pub use time::Ambient;
pub use turnstile::Turnstile;

use std::sync::Arc;

/// Everything that the pages, the sockets and the jobs may call.
#[derive(Clone)]
pub struct Services {
    pub rooms: Rooms,
    pub accounts: Accounts,
    pub people: People,
    /// The clock and the dice, the same ones that `rooms` uses.
    pub ambient: Arc<dyn Ambient>,
}

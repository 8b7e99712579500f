//! Selective forwarding, sans I/O (RFC 7667, section 3.7): packets of each participant go to the slots
//! of the others in the same room, without being decoded.
//!
//! ```text
//!             handle_datagram        accept_offer, handle_command
//!                    │                          │
//!                  demux ──▶ peer ──▶ room ◀────┘
//!                              │        │ assignment: who is in which slot
//!                          transport    ▼
//!                              ▲     up_track ──▶ down_track: layer, numbers ──▶ transport
//!                              │                                                     │
//!                        handle_timeout          poll_event ◀── poll_transmit ◀──────┘
//! ```
//!
//! | module | knows |
//! |---|---|
//! | [`shard`] | [`Sfu`]: the peers of one shard and their way in and out |
//! | `demux`, `inbound` | which peer a datagram is for, and how it gets there |
//! | [`framing`] | datagrams on a TCP stream |
//! | `offer`, `narrow` | the m-lines of an offer, and the codec of a camera |
//! | [`plain`] | offers that nobody explains, of programs |
//! | `transport` | one WebRTC connection; `transport::rtc` is the only user of str0m |
//! | `peer`, `up_track`, `down_track` | one connection, what it sends, what it is sent |
//! | `forward` | the way of one packet |
//! | `assignment`, `slots`, `loudest` | which publication is in which slot |
//! | `serving`, `budget`, `allocation`, `meter` | what a subscriber's way carries, and which pictures it gets by that |
//! | `layers`, `keyframe`, `rewrite`, `thin` | simulcast, layers in time, and how switches stay invisible |
//! | `picture`, `vp8`, `vp9`, `av1`, `h264`, `sps` | what packets say of their pictures |
//! | `dependency` | the same, in a header extension |
//! | `reader` | bytes and bits |
//! | `speakers` | who speaks |
//! | `fuzz` | what holds for any bytes from the network; for tests |
//!
//! Invariants: nothing crosses from room to room; what a participant says is off is not forwarded;
//! a peer never receives itself; whatever a peer sends costs at most that peer.
//!
//! Not here: sockets, threads, clocks (all in `server::media`), room rules and permissions (`domain`).

pub mod command;
pub mod config;
pub mod event;
pub mod framing;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod plain;
pub mod shard;

mod allocation;
mod arena;
mod assignment;
mod av1;
mod budget;
mod demux;
mod dependency;
mod dice;
mod down_track;
mod forward;
mod h264;
mod inbound;
mod keyframe;
mod layers;
mod loudest;
mod meter;
mod narrow;
mod offer;
mod peer;
mod picture;
mod reader;
mod rewrite;
mod serving;
mod slots;
mod speakers;
mod sps;
mod thin;
mod timers;
mod transport;
mod up_track;
mod vp8;
mod vp9;

pub use command::{Command, PeerOffer, Want};
pub use config::{CameraCodec, SfuConfig};
pub use event::{Event, LostReason, SlotContent};
pub use shard::{Census, Sfu};
pub use transport::{Datagram, Protocol, Transmit};

/// Why an offer was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OfferError {
    #[error("the session description is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the session description does not parse")]
    Malformed,
    #[error("the session description lacks what a call needs")]
    Unusable,
    #[error("the shard holds no more connections")]
    Full,
}

//! Whole calls in virtual time: the real SFU, str0m peers in the place of browsers, and a network that can be
//! as bad as one likes.
//!
//! ```text
//!  Client ──up link──▶                ──down link──▶ Client ─▶ Player
//!  (encoders,           World: one Sfu,              (a model decoder: what
//!   str0m)              one clock, one dice           is shown, what is not)
//! ```
//!
//! | module | knows |
//! |---|---|
//! | [`world`] | everything there is, and how time passes |
//! | [`client`] | one browser: what it offers, sends and receives |
//! | [`picture`] | payloads as encoders write them |
//! | [`received`] | what a packet says of itself |
//! | [`player`] | what a decoder makes of the packets of one slot |
//! | [`link`] | delay, loss, rate, queue of one direction |
//! | [`dice`] | chance, from a seed |
//!
//! Not here: browsers' own bandwidth estimation for what they send, and the signalling.

pub mod client;
pub mod dice;
pub mod link;
pub mod picture;
pub mod player;
pub mod received;
pub mod world;

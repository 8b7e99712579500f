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
//! | [`room`] | a room of many: who is shown large, who small |
//! | [`encoder`] | one encoding of a client |
//! | [`skill`] | which codecs a client has |
//! | [`picture`], [`descriptor`] | payloads and descriptors as encoders write them |
//! | [`received`] | what a packet says of itself |
//! | [`player`] | what a decoder makes of the packets of one slot |
//! | [`link`] | delay, loss, rate, queue of one direction |
//! | [`gauge`] | what the shard costs, in time and memory |
//! | [`dice`] | chance, from a seed |
//! | [`seeds`] | which seeds are tried, and which failed |
//!
//! Not here: browsers' own bandwidth estimation for what they send, and the signalling.

pub mod client;
pub mod descriptor;
pub mod dice;
mod encoder;
pub mod gauge;
pub mod link;
pub mod picture;
pub mod player;
pub mod received;
pub mod room;
pub mod seeds;
pub mod skill;
pub mod world;

//! Selective forwarding, sans I/O (RFC 7667, section 3.7).

pub mod command;
pub mod event;

pub use command::{Command, PeerOffer, Want};
pub use event::{Event, LostReason, SlotContent};

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

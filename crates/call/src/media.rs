//! The states of the peer connection.

use crate::effect::{Epoch, RequestId};
use crate::input::{Offer, PeerState};

/// The peer connection, and the way to one.
#[derive(Clone, Debug, PartialEq)]
pub enum Media {
    /// The browser is making the offer.
    Offering { epoch: Epoch },
    /// The join that carries the offer is under way.
    Asking { epoch: Epoch, request: RequestId, offer: Offer },
    /// At the door: the offer is kept for the moment of admission.
    Kept { epoch: Epoch, offer: Offer },
    /// The answer is there; the connection comes up, works, or is in trouble.
    Up { epoch: Epoch, state: PeerState },
    /// It failed and is closed; the rebuild timer runs.
    Down,
}

impl Media {
    /// The connection that exists in the browser.
    pub const fn epoch(&self) -> Option<Epoch> {
        match self {
            Self::Offering { epoch }
            | Self::Asking { epoch, .. }
            | Self::Kept { epoch, .. }
            | Self::Up { epoch, .. } => Some(*epoch),
            Self::Down => None,
        }
    }
}

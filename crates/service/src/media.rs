//! The seam to the media threads: values in, values out.

use std::future::Future;
use std::pin::Pin;

/// The answer to an offer, sometime soon.
pub type AnswerFuture = Pin<Box<dyn Future<Output = Result<String, OfferRefusal>> + Send>>;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OfferRefusal {
    #[error(transparent)]
    Offer(#[from] sfu::OfferError),
    #[error("the media thread does not answer")]
    Gone,
}

/// What the use cases need of the media threads. `server::media` implements it with real ones.
/// Events come back through the channel that [`Rooms::start`](crate::Rooms::start) is given.
pub trait MediaPort: Send + Sync + 'static {
    /// Opens a connection for this offer; the SDP answer comes back.
    fn open(&self, offer: sfu::PeerOffer) -> AnswerFuture;
    /// Passes a command on to the shard that holds the connection; never blocks.
    fn command(&self, command: sfu::Command);
}

//! What money or an order is about: a session, or a purchase of a pack. Two columns, of which one is set.

use model::{PurchaseId, SessionId};

/// What was sold.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Deal {
    Session(SessionId),
    Purchase(PurchaseId),
}

impl Deal {
    /// The columns `session_id` and `purchase_id`.
    pub(crate) fn columns(self) -> [Option<String>; 2] {
        match self {
            Self::Session(id) => [Some(id.to_hex()), None],
            Self::Purchase(id) => [None, Some(id.to_hex())],
        }
    }

    /// What the columns say, if one of them says something.
    pub(crate) fn parse(session: Option<&str>, purchase: Option<&str>) -> Option<Self> {
        match (session, purchase) {
            (Some(id), None) => id.parse().ok().map(Self::Session),
            (None, Some(id)) => id.parse().ok().map(Self::Purchase),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

impl From<SessionId> for Deal {
    fn from(session: SessionId) -> Self {
        Self::Session(session)
    }
}

impl From<PurchaseId> for Deal {
    fn from(purchase: PurchaseId) -> Self {
        Self::Purchase(purchase)
    }
}

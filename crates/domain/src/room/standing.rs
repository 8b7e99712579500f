//! What somebody is to a room just now: at its door, let in, or inside; and whether their line holds.

use model::UnixMillis;

/// What a person is to the room just now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// At the door.
    Waiting { since: UnixMillis, link: Link },
    /// Let in, but not yet in.
    Admitted { until: UnixMillis },
    /// Inside.
    Present { since: UnixMillis, link: Link },
}

/// The state of a person's socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Link {
    /// The person joined a moment ago and is about to open it.
    Expected {
        until: UnixMillis,
    },
    Connected,
    /// It is gone; the person is forgotten at the deadline.
    Dropped {
        since: UnixMillis,
        until: UnixMillis,
    },
}

impl Standing {
    /// Whether the person is inside.
    pub const fn is_present(self) -> bool {
        matches!(self, Self::Present { .. })
    }

    /// Whether the person is at the door.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    /// The state of the person's socket, where it matters.
    pub const fn link(self) -> Option<Link> {
        match self {
            Self::Waiting { link, .. } | Self::Present { link, .. } => Some(link),
            Self::Admitted { .. } => None,
        }
    }

    pub(super) fn with_link(self, link: Link) -> Self {
        match self {
            Self::Waiting { since, .. } => Self::Waiting { since, link },
            Self::Present { since, .. } => Self::Present { since, link },
            Self::Admitted { .. } => self,
        }
    }

    pub(super) fn deadline(self) -> Option<UnixMillis> {
        match self {
            Self::Admitted { until } => Some(until),
            Self::Waiting { link, .. } | Self::Present { link, .. } => match link {
                Link::Expected { until } | Link::Dropped { until, .. } => Some(until),
                Link::Connected => None,
            },
        }
    }

    /// In which order somebody with too many seats gives them up: first places at the door, the oldest first.
    pub(super) const fn rank(self) -> (u8, UnixMillis) {
        match self {
            Self::Waiting { since, .. } => (0, since),
            Self::Present { since, .. } => (1, since),
            Self::Admitted { until } => (2, until),
        }
    }
}

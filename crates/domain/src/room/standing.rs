//! What somebody is to a room just now: at its door, let in, or inside; and whether their line holds.

use crate::limits::{REJOIN_MS, SOCKET_EXPECTED_MS};
use model::UnixMillis;

/// How far a clock may be set back without a deadline being taken for one that lies too far ahead, in
/// milliseconds.
const CLOCK_SLACK_MS: i64 = 10_000;

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

    /// Whether the deadline has come. One that is further away than it can have been set was set before the
    /// clock went back: nobody is kept for an hour because of that.
    pub(super) fn is_due(self, now: UnixMillis) -> bool {
        let longest_ms = match self {
            Self::Admitted { .. } => REJOIN_MS,
            Self::Waiting { link, .. } | Self::Present { link, .. } => match link {
                Link::Expected { .. } => SOCKET_EXPECTED_MS,
                Link::Dropped { since, until } => until.0.saturating_sub(since.0),
                Link::Connected => return false,
            },
        };
        self.deadline().is_some_and(|deadline| {
            deadline <= now || deadline.0.saturating_sub(now.0) > longest_ms.saturating_add(CLOCK_SLACK_MS)
        })
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

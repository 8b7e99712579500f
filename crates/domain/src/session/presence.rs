//! Who of host and payer is inside, and whose absence it is when they are not together.
//!
//! Somebody with two tabs is inside until the last of them is gone. Whoever is away has **dropped**, as a
//! broken line does, or **left** by their own will.

use super::event::Party;
use crate::limits::{SESSION_GRACE_MS, TOGETHER_MS};
use model::{ParticipantId, UnixMillis};
use std::collections::BTreeSet;

/// Host and payer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Presence {
    pub host: Side,
    pub payer: Side,
}

/// One of the two.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Side {
    /// They have not come yet.
    Never,
    /// With these seats, of which there is one at least.
    In { since: UnixMillis, seats: BTreeSet<ParticipantId> },
    /// The last seat was this one.
    Out { since: UnixMillis, how: Departure, seat: ParticipantId },
}

/// How somebody went.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    Dropped,
    Left,
}

/// Whose doing it is that host and payer are not together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Host,
    Payer,
    /// Both lines broke at once, or the server was away.
    Outage,
}

impl Presence {
    /// Nobody has come yet.
    pub const fn nobody() -> Self {
        Self { host: Side::Never, payer: Side::Never }
    }

    /// Whether host and payer are both in.
    pub const fn is_together(&self) -> bool {
        self.host.is_in() && self.payer.is_in()
    }

    /// Whose seat this is, or was last.
    pub fn party_of(&self, participant: ParticipantId) -> Option<Party> {
        let sides = [(Party::Host, &self.host), (Party::Payer, &self.payer)];
        sides.into_iter().find(|(_, side)| side.has(participant)).map(|(party, _)| party)
    }

    /// The side of a party; the operator has none.
    pub(super) const fn side_mut(&mut self, party: Party) -> Option<&mut Side> {
        match party {
            Party::Host => Some(&mut self.host),
            Party::Payer => Some(&mut self.payer),
            Party::Operator => None,
        }
    }

    /// Whose doing it is that they are not together; nobody's while they are, or while nobody has come.
    pub fn fault(&self) -> Option<Fault> {
        match (&self.host, &self.payer) {
            (Side::In { .. }, Side::In { .. }) | (Side::Never, Side::Never) => None,
            (Side::In { .. }, Side::Never | Side::Out { .. }) | (Side::Out { .. }, Side::Never) => {
                Some(Fault::Payer)
            }
            (Side::Never | Side::Out { .. }, Side::In { .. }) | (Side::Never, Side::Out { .. }) => {
                Some(Fault::Host)
            }
            (
                Side::Out { since: host_since, how: host, .. },
                Side::Out { since: payer_since, how: payer, .. },
            ) => Some(fault_of_both((*host_since, *host), (*payer_since, *payer))),
        }
    }

    /// Whether both left by their own will, so that nobody is waited for.
    pub const fn has_parted(&self) -> bool {
        self.host.has_left() && self.payer.has_left()
    }
}

/// Of two who are away it is whoever went first, but for two cases. Two who break off at the same moment were
/// cut off by something else. And a payer whose line broke may come back for a while, so that the host has to
/// be there. Two who leave at the very same time part by agreement, which is the payer's as well; a payer who
/// leaves behind a host agrees to nothing, however soon that is.
fn fault_of_both(host: (UnixMillis, Departure), payer: (UnixMillis, Departure)) -> Fault {
    let ((host_since, host), (payer_since, payer)) = (host, payer);
    let apart_ms = host_since.since(payer_since).max(payer_since.since(host_since));
    match (host, payer) {
        (Departure::Dropped, Departure::Dropped) if apart_ms <= TOGETHER_MS => Fault::Outage,
        _ if host_since < payer_since => Fault::Host,
        (Departure::Left, Departure::Dropped) if apart_ms <= SESSION_GRACE_MS => Fault::Host,
        (Departure::Dropped, Departure::Dropped) if apart_ms <= SESSION_GRACE_MS => Fault::Outage,
        (Departure::Left | Departure::Dropped, _) => Fault::Payer,
    }
}

impl Side {
    /// Whether they are inside.
    pub const fn is_in(&self) -> bool {
        matches!(self, Self::In { .. })
    }

    /// The seats with which they are inside, or were last.
    pub fn seats(&self) -> Vec<ParticipantId> {
        match self {
            Self::Never => Vec::new(),
            Self::In { seats, .. } => seats.iter().copied().collect(),
            Self::Out { seat, .. } => vec![*seat],
        }
    }

    /// Whether they went by their own will.
    pub const fn has_left(&self) -> bool {
        matches!(self, Self::Out { how: Departure::Left, .. })
    }

    /// Since when they have been away after they were inside.
    pub const fn out_since(&self) -> Option<UnixMillis> {
        match self {
            Self::Out { since, .. } => Some(*since),
            Self::Never | Self::In { .. } => None,
        }
    }

    /// Since when their line has been broken.
    pub const fn dropped_since(&self) -> Option<UnixMillis> {
        match self {
            Self::Out { since, how: Departure::Dropped, .. } => Some(*since),
            Self::Out { how: Departure::Left, .. } | Self::Never | Self::In { .. } => None,
        }
    }

    /// Whether something changes if this seat goes so.
    pub(super) fn would_change(&self, participant: ParticipantId, how: Departure) -> bool {
        match self {
            Self::Never => false,
            Self::In { seats, .. } => seats.contains(&participant),
            // Somebody whose line broke may still say that they do not come back.
            Self::Out { how: before, seat, .. } => {
                *seat == participant && *before != how && how == Departure::Left
            }
        }
    }

    pub(super) fn enter(&mut self, participant: ParticipantId, now: UnixMillis) {
        match self {
            Self::In { seats, .. } => {
                seats.insert(participant);
            }
            Self::Never | Self::Out { .. } => {
                *self = Self::In { since: now, seats: BTreeSet::from([participant]) };
            }
        }
    }

    pub(super) fn lose(&mut self, participant: ParticipantId, how: Departure, now: UnixMillis) {
        match self {
            Self::Never => {}
            Self::In { seats, .. } => {
                seats.remove(&participant);
                if seats.is_empty() {
                    *self = Self::Out { since: now, how, seat: participant };
                }
            }
            Self::Out { how: before, .. } => *before = how,
        }
    }

    /// The server was away: whoever did not leave has been cut off, and has the time to return anew.
    pub(super) fn cut_off(&mut self, now: UnixMillis) {
        let seat = match self {
            Self::Never | Self::Out { how: Departure::Left, .. } => return,
            Self::In { seats, .. } => *seats.first().expect("whoever is in has a seat"),
            Self::Out { how: Departure::Dropped, seat, .. } => *seat,
        };
        *self = Self::Out { since: now, how: Departure::Dropped, seat };
    }

    /// Whether this seat is inside.
    pub(super) fn holds(&self, participant: ParticipantId) -> bool {
        matches!(self, Self::In { seats, .. } if seats.contains(&participant))
    }

    fn has(&self, participant: ParticipantId) -> bool {
        self.holds(participant) || matches!(self, Self::Out { seat, .. } if *seat == participant)
    }
}

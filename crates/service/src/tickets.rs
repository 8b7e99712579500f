//! Tickets to call sockets and lines: used once, soon, and never kept as such.
//!
//! A participant has one ticket at most; a new one voids the old one. So has a line. Tickets live in memory
//! only: after a restart a browser asks for another. When the table is full, nobody gets one until some
//! expire.

use crate::secret::ticket_hash;
use model::{ParticipantId, RoomCode, Ticket, UnixMillis};
use protocol::limits::TICKET_MS;
use std::collections::BTreeMap;

/// The most tickets that may be out at one time.
const TICKETS: usize = 20_000;

/// What a ticket opens, and for whom: each holder has one at most.
pub trait Admits: Copy {
    type Holder: Copy + Ord;

    fn holder(&self) -> Self::Holder;
}

/// What a ticket to a call socket opens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Admit {
    pub room: RoomCode,
    pub participant: ParticipantId,
}

impl Admits for Admit {
    type Holder = ParticipantId;

    fn holder(&self) -> ParticipantId {
        self.participant
    }
}

/// Every ticket of one kind that is out.
#[derive(Debug)]
pub struct Tickets<T: Admits> {
    by_hash: BTreeMap<[u8; 32], (T, UnixMillis)>,
    by_holder: BTreeMap<T::Holder, [u8; 32]>,
}

impl<T: Admits> Default for Tickets<T> {
    fn default() -> Self {
        Self { by_hash: BTreeMap::new(), by_holder: BTreeMap::new() }
    }
}

impl<T: Admits> Tickets<T> {
    /// Gives a ticket out; says no when too many are out.
    pub fn issue(&mut self, ticket: Ticket, admit: T, now: UnixMillis) -> bool {
        self.void(admit.holder());
        if self.by_hash.len() >= TICKETS {
            self.forget_expired(now);
        }
        if self.by_hash.len() >= TICKETS {
            return false;
        }
        let hash = ticket_hash(ticket);
        self.by_hash.insert(hash, (admit, now.plus(TICKET_MS)));
        self.by_holder.insert(admit.holder(), hash);
        true
    }

    /// Takes a ticket in; it is void from now on.
    pub fn redeem(&mut self, ticket: Ticket, now: UnixMillis) -> Option<T> {
        let (admit, expires_at) = self.by_hash.remove(&ticket_hash(ticket))?;
        self.by_holder.remove(&admit.holder());
        (now < expires_at).then_some(admit)
    }

    /// Takes back the ticket of somebody who is gone.
    pub fn void(&mut self, holder: T::Holder) {
        if let Some(hash) = self.by_holder.remove(&holder) {
            self.by_hash.remove(&hash);
        }
    }

    /// Takes back every ticket of this sort.
    pub fn void_all(&mut self, is_void: impl Fn(&T) -> bool) {
        self.by_hash.retain(|_, (admit, _)| !is_void(admit));
        self.by_holder.retain(|_, hash| self.by_hash.contains_key(hash));
    }

    fn forget_expired(&mut self, now: UnixMillis) {
        self.by_hash.retain(|_, (_, expires_at)| now < *expires_at);
        self.by_holder.retain(|_, hash| self.by_hash.contains_key(hash));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(participant: u128) -> Admit {
        Admit { room: RoomCode::from_bits(1), participant: ParticipantId::from_bits(participant) }
    }

    #[test]
    fn a_ticket_works_once() {
        let mut tickets = Tickets::default();
        let ticket = Ticket::from_bits(7);
        assert!(tickets.issue(ticket, admit(1), UnixMillis(0)));
        assert_eq!(tickets.redeem(Ticket::from_bits(8), UnixMillis(0)), None);
        assert_eq!(tickets.redeem(ticket, UnixMillis(0)), Some(admit(1)));
        assert_eq!(tickets.redeem(ticket, UnixMillis(0)), None);
    }

    #[test]
    fn a_ticket_expires() {
        let mut tickets = Tickets::default();
        let ticket = Ticket::from_bits(7);
        assert!(tickets.issue(ticket, admit(1), UnixMillis(0)));
        assert_eq!(tickets.redeem(ticket, UnixMillis(TICKET_MS)), None);
    }

    #[test]
    fn a_second_ticket_voids_the_first() {
        let mut tickets = Tickets::default();
        assert!(tickets.issue(Ticket::from_bits(7), admit(1), UnixMillis(0)));
        assert!(tickets.issue(Ticket::from_bits(8), admit(1), UnixMillis(0)));
        assert_eq!(tickets.redeem(Ticket::from_bits(7), UnixMillis(0)), None);
        assert_eq!(tickets.redeem(Ticket::from_bits(8), UnixMillis(0)), Some(admit(1)));
    }

    #[test]
    fn tickets_are_bounded_until_some_expire() {
        let mut tickets = Tickets::default();
        for bits in 0..TICKETS as u128 {
            assert!(tickets.issue(Ticket::from_bits(bits), admit(bits), UnixMillis(0)));
        }
        let late = Ticket::from_bits(u128::MAX);
        assert!(!tickets.issue(late, admit(u128::MAX), UnixMillis(0)));
        assert!(tickets.issue(late, admit(u128::MAX), UnixMillis(TICKET_MS)));
        assert_eq!(tickets.by_hash.len(), 1);
        assert_eq!(tickets.by_holder.len(), 1);
    }
}

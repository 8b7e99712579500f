//! What it means that host or payer come and go. Facts are never refused; what changes nothing says nothing.

use super::event::{Ending, Party, What};
use super::presence::{Departure, Fault};
use super::stage::Stage;
use super::story::Story;
use model::{ParticipantId, UnixMillis};

impl Story {
    pub(super) fn enter(&mut self, party: Party, participant: ParticipantId) {
        let presence = &self.session.presence;
        let side = match party {
            Party::Host => &presence.host,
            Party::Payer => &presence.payer,
            Party::Operator => return,
        };
        if !self.session.is_closed() && !side.holds(participant) {
            self.push(What::Entered { party, participant });
        }
    }

    pub(super) fn go(&mut self, participant: ParticipantId, how: Departure) {
        let Some(party) = self.session.presence.party_of(participant) else { return };
        let side =
            if party == Party::Host { &self.session.presence.host } else { &self.session.presence.payer };
        if side.would_change(participant, how) {
            self.push(What::Gone { party, participant, how });
        }
    }

    /// The server was away. What was due before happened before; a slot that passed meanwhile never was.
    pub(super) fn revive(&mut self, last_alive: UnixMillis) {
        let last_alive = last_alive.min(self.now).max(self.session.as_of);
        self.sweep_until(last_alive);
        if self.session.is_closed() {
            return;
        }
        self.push(What::Revived { last_alive });
        self.follow_up();
        let slot_is_over = self.session.planned_slot().is_some_and(|(_, ends)| ends <= self.now);
        if let (Stage::Confirmed { .. }, true) = (&self.session.stage, slot_is_over) {
            self.close(Ending::Aborted(Fault::Outage));
        }
    }
}

//! When what belongs to somebody passes to another, or to nobody.
//!
//! Both are written to the database before the actor hears of it; here the live room follows.

use super::{Arrival, RoomActor};
use domain::Event;
use domain::room::{EndedBy, Phase};
use model::UserId;

impl RoomActor {
    /// Takes note that a browser signed in: the room, seats and bars of `from` are `to`'s.
    pub(super) fn adopt(&mut self, from: UserId, to: UserId) {
        if self.room.owner == from {
            self.room.owner = to;
        }
        if self.room.barred.contains(&from) {
            self.room.barred.insert(to);
        }
        if self.room.held.contains(&from) {
            self.room.held.insert(to);
        }
        if let Some(device) = self.room.banned.get(&from).copied() {
            self.room.banned.entry(to).or_insert(device);
        }
        if let Some(role) = self.room.members.get(&from).copied().filter(|_| self.room.owner != to) {
            self.room.members.entry(to).or_insert(role);
        }
        let role = self.room.role_of(to);
        for person in self.room.people.values_mut().filter(|person| person.user == from) {
            (person.user, person.role) = (to, role);
        }
        let moving: Vec<_> = self.claims.keys().filter(|(user, _)| *user == from).copied().collect();
        for claim in moving {
            if let Some(participant) = self.claims.remove(&claim) {
                // Whoever sits there under the account already keeps the seat.
                self.claims.entry((to, claim.1)).or_insert(participant);
            }
        }
    }

    /// Ends the room, because nobody owns it any more.
    pub(super) async fn end_without_owner(&mut self) {
        if let Phase::Ended { .. } = self.room.phase {
            return;
        }
        let now = self.now();
        let ended = Event::Ended { by: EndedBy::OwnerGone, at: now };
        if let Err(error) = self.make_true(&[ended], Arrival::default(), now).await {
            self.note_failure(&error);
        }
    }
}

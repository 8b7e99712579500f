//! What was decided is saved, then holds, and then everybody is told who may know.
//!
//! Room and sessions are saved in one transaction of the database, so that after a crash neither says
//! anything that the other does not.

use super::seat::Seat;
use super::{Arrival, RoomActor};
use crate::spread::spread;
use crate::{Error, translate};
use domain::Event;
use model::{UnixMillis, UserId};
use protocol::{AccountRefusal, Publishing};
use std::collections::BTreeSet;
use store::owners::RoomTransaction;
use store::sessions::Change;
use store::{accounts, journal, participants, rooms};

/// Whether an event may change what somebody else knows of the room, or may do there.
const fn is_about_rules(event: &Event) -> bool {
    matches!(
        event,
        Event::Muted { .. }
            | Event::Unmuted { .. }
            | Event::Appointed { .. }
            | Event::HandedOver { .. }
            | Event::InviteUsed { .. }
            | Event::PolicySet { .. }
            | Event::Renamed { .. }
            | Event::Planned { .. }
    )
}

/// Whether somebody who was invited by mail may have to hear of an event.
const fn is_about_guests(event: &Event) -> bool {
    matches!(event, Event::Planned { .. } | Event::InviteRevoked { .. } | Event::Ended { .. })
}

/// Tells the operator what the journal tells.
fn log(event: &Event) {
    match journal::word(event) {
        Some((event, Some(participant))) => {
            tracing::info!(event, participant.id = %participant, "Somebody's place in a room changed.");
        }
        Some((event, None)) => tracing::info!(event, "A room changed."),
        None => {}
    }
}

impl RoomActor {
    /// Saves, applies and publishes what was decided; `at` is when it happened.
    pub(super) async fn make_true(
        &mut self,
        events: &[Event],
        arrival: Arrival,
        at: UnixMillis,
    ) -> Result<(), Error> {
        self.make_all_true(events, Vec::new(), arrival, at).await
    }

    /// The same with what was decided for sessions, in one transaction of the database.
    pub(super) async fn make_all_true(
        &mut self,
        events: &[Event],
        changes: Vec<Change>,
        arrival: Arrival,
        at: UnixMillis,
    ) -> Result<(), Error> {
        let (events, changes) = spread((&self.room, &self.sessions), events, changes, at);
        self.save(&events, &changes, &arrival, at).await?;
        self.hold(&events, changes, &arrival);
        Ok(())
    }

    /// Lets hold what was saved, and tells whoever may know.
    pub(super) fn hold(&mut self, events: &[Event], changes: Vec<Change>, arrival: &Arrival) {
        let host_was_present = self.room.host_is_present();
        let were_inside = self.users_inside();
        let known = (!changes.is_empty() || events.iter().any(is_about_rules)).then(|| self.known());
        self.keep(changes);
        let banned = events.iter().any(|event| matches!(event, Event::Banned { .. }));
        for event in events {
            self.room.apply(event);
            self.make_seat(event, arrival.publishing);
            self.publish(event, banned);
            self.release(event);
            log(event);
        }
        if let Some(mailing) = self.registry.mailing.as_ref().filter(|_| events.iter().any(is_about_guests)) {
            mailing.nudge();
        }
        if let Some(known) = known {
            self.tell_of_rules(&known);
        }
        for user in were_inside.symmetric_difference(&self.users_inside()) {
            self.registry.note_move(*user);
        }
        if host_was_present != self.room.host_is_present() {
            self.tell_the_door();
        }
    }

    /// Everybody who is inside, however many seats they have.
    fn users_inside(&self) -> BTreeSet<UserId> {
        let inside = self.room.people.values().filter(|person| person.standing.is_present());
        inside.map(|person| person.user).collect()
    }

    async fn save(
        &mut self,
        events: &[Event],
        changes: &[Change],
        arrival: &Arrival,
        at: UnixMillis,
    ) -> Result<(), Error> {
        if !changes.is_empty() || events.iter().any(journal::is_durable) {
            let mut tx = self.begin().await?;
            // Asked here, so that whoever ends the login finds the seat, or ends it before there is one.
            if let Some((user, epoch)) = arrival.login
                && !accounts::lock_login(&mut tx, user, epoch).await?
            {
                return Err(AccountRefusal::NotSignedIn.into());
            }
            if let Some((seat, name)) = &arrival.seat {
                participants::insert_new(&mut tx, seat, name).await?;
            }
            self.write(&mut tx, events, changes, at).await?;
            self.commit(tx).await?;
        }
        Ok(())
    }

    /// Writes what was decided for room and sessions; the last of a transaction, which the caller ends.
    pub(super) async fn write(
        &self,
        tx: &mut RoomTransaction,
        events: &[Event],
        changes: &[Change],
        at: UnixMillis,
    ) -> Result<(), Error> {
        let mut next = self.room.clone();
        for event in events {
            journal::append(tx, &next, event, at).await?;
            next.apply(event);
        }
        if next.expires_at() != self.room.expires_at() {
            rooms::save_due(tx, next.expires_at()).await?;
        }
        // The ledger last: its accounts are those that other rooms may wait for.
        store::sessions::append(tx, changes).await?;
        Ok(())
    }

    /// Makes the things that a seat has, before anybody is told of it.
    fn make_seat(&mut self, event: &Event, publishing: Publishing) {
        if let Event::Knocked { participant, .. } = event {
            self.seats.insert(*participant, Seat::new());
        }
        if let Event::Entered { participant, .. } = event {
            let seat = self.seats.entry(*participant).or_insert_with(Seat::new);
            seat.newcomer = true;
            seat.publishing = publishing;
            seat.doorbell = seat.socket.take();
        }
    }

    /// Gives back what the seats had of those who are gone, after everybody was told.
    fn release(&mut self, event: &Event) {
        if let Some(command) = translate::command(event, self.room.id, |id| self.seats.get(&id)?.peer) {
            self.registry.media.command(command);
        }
        let people = &self.room.people;
        self.seats.retain(|participant, seat| {
            let stays = people.contains_key(participant);
            if !stays {
                // A connection that is still being made is closed when its answer comes.
                seat.opening = None;
            }
            stays
        });
        self.claims.retain(|_, participant| people.contains_key(participant));
    }
}

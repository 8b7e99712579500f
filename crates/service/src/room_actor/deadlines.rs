//! What happens because time passes: seats are lost, leases renewed, empty rooms unloaded.
//!
//! What was due happens at its own time: after a pause, of a server that was down too, deadlines take effect
//! one after the other, each as of when it was. So nobody's stay is longer because nobody looked.

use super::seat::Seat;
use super::{Arrival, RoomActor};
use crate::Error;
use domain::room::{Closing, Command, Link, decide};
use model::UnixMillis;
use std::time::Duration;

/// How long an actor stays after the last person is gone, in milliseconds.
const IDLE_MS: i64 = 60_000;
/// After a failure of the database, how long until a deadline is tried again, in milliseconds.
pub(super) const RETRY_MS: i64 = 1_000;

impl RoomActor {
    /// Waits until something is due.
    pub(super) async fn deadline(&self) {
        let due = self.next_due().min(self.renew_at);
        let wait_ms = due.since(self.now());
        if wait_ms == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await;
    }

    /// Does what is due.
    pub(super) async fn meet_deadlines(&mut self) {
        self.renew().await;
        if self.ending.is_none() && self.next_due() <= self.now() {
            self.sweep().await;
        }
    }

    pub(super) fn may_unload(&self) -> bool {
        self.room.people.is_empty()
            && !self.is_underway()
            && self.retry_at.is_none()
            && self.now() >= self.unloads_at()
    }

    pub(super) fn note_failure(&mut self, error: &Error) {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, "A room could not be saved.");
        self.retry_at = Some(self.now().plus(RETRY_MS));
    }

    /// When the room itself needs something; a lease is not its concern.
    fn next_due(&self) -> UnixMillis {
        match (self.retry_at, self.next_rule()) {
            // While the database fails, what is due waits for the retry.
            (Some(retry_at), _) => retry_at,
            // What is due for an empty room later than that, the database remembers.
            (None, deadline) if self.room.people.is_empty() && !self.is_underway() => {
                let unload = self.unloads_at();
                deadline.map_or(unload, |deadline| deadline.min(unload))
            }
            (None, Some(deadline)) => deadline,
            (None, None) => UnixMillis(i64::MAX),
        }
    }

    /// Whom a place was kept for is forgotten with the actor, and who asked for one in vain must not have it
    /// kept again sooner by that.
    fn unloads_at(&self) -> UnixMillis {
        let idle = self.idle_since.plus(IDLE_MS);
        self.promised.over_at().map_or(idle, |over| over.max(idle))
    }

    /// When a rule of the room or of a session in it acts next.
    fn next_rule(&self) -> Option<UnixMillis> {
        self.room.next_deadline().into_iter().chain(self.sessions_due()).min()
    }

    async fn sweep(&mut self) {
        self.retry_at = None;
        // Only a failing database leaves somebody connected who has no socket.
        let connected = |link: Option<Link>| link == Some(Link::Connected);
        let has_socket = |participant| self.seats.get(participant).is_some_and(Seat::is_reached);
        let people = self.room.people.iter();
        let stale = people.filter(|(id, person)| connected(person.standing.link()) && !has_socket(id));
        for participant in stale.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.drop_link(participant, Closing::Lost).await;
        }
        for participant in self.unreturned_programs() {
            self.return_program(participant).await;
        }
        while let Some(due) = self.next_rule().filter(|due| *due <= self.now()) {
            let swept = match self.room.next_deadline() {
                Some(of_room) if of_room <= due => self.sweep_as_of(due).await,
                _ => self.tick_sessions(due).await,
            };
            if let Err(error) = swept {
                self.note_failure(&error);
                return;
            }
            if self.next_rule() == Some(due) {
                // A rule that does not act on its own deadline must not keep the processor busy.
                self.retry_at = Some(self.now().plus(RETRY_MS));
                return;
            }
        }
    }

    async fn sweep_as_of(&mut self, due: UnixMillis) -> Result<(), Error> {
        match decide(&self.room, &Command::Sweep, due) {
            Ok(events) => self.make_true(&events, Arrival::default(), due).await,
            // An ended room has nothing left to lose.
            Err(_) => Ok(()),
        }
    }
}

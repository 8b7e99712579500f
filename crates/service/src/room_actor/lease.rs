//! Owning the room: every write says that we do, and the first one that finds otherwise ends the actor.
//!
//! | ending | because | what follows |
//! |---|---|---|
//! | done | the server stops, or nobody has been here for a while | the room is let go |
//! | stale | another server has the room | sockets and media end here; browsers ask again |
//! | unconfirmed | nobody knows whether a transaction was kept | the room starts again from what was saved |
//!
//! Not here: how a room is taken; that is `revival`'s.

use super::RoomActor;
use crate::Error;
use store::owners::{self, RoomTransaction};

/// How long after a sign of life the next one is due, in milliseconds: a third of the lease.
const RENEW_MS: i64 = owners::LEASE_MS / 3;

/// Why an actor ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    Done,
    Stale,
    Unconfirmed,
}

impl RoomActor {
    /// Begins to write the room.
    pub(super) async fn begin(&mut self) -> Result<RoomTransaction, Error> {
        let begun = self.registry.store.begin_room(&self.ownership, self.now()).await;
        begun.map_err(|error| self.failed(error))
    }

    /// Makes what was written lasting.
    pub(super) async fn commit(&mut self, tx: RoomTransaction) -> Result<(), Error> {
        let now = self.now();
        match tx.commit(&mut self.ownership).await {
            Ok(()) => {
                self.renew_at = now.plus(RENEW_MS);
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Renews the lease, if nothing has for a while.
    pub(super) async fn renew(&mut self) {
        let now = self.now();
        if now < self.renew_at {
            return;
        }
        match owners::renew(&self.registry.store, &self.ownership, now).await {
            Ok(()) => self.renew_at = now.plus(RENEW_MS),
            Err(error) => {
                let error = self.failed(error);
                if self.ending.is_none() {
                    self.note_failure(&error);
                    self.renew_at = now.plus(super::deadlines::RETRY_MS);
                }
            }
        }
    }

    /// Does what an ending asks for.
    pub(super) async fn let_go(&mut self, ending: Ending) {
        match ending {
            Ending::Done => {
                if let Err(error) = owners::release(&self.registry.store, &self.ownership, self.now()).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "A room could not be let go; its lease will run out.");
                }
            }
            Ending::Stale => {
                tracing::warn!(room.id = %self.room.id, "Another server has taken a room.");
                self.registry.media.command(sfu::Command::CloseRoom { room: self.room.id });
            }
            Ending::Unconfirmed => {
                tracing::error!(room.id = %self.room.id, "A room starts again, for a write was not confirmed.");
            }
        }
    }

    /// Takes note of what a failure means for the actor.
    fn failed(&mut self, error: store::Error) -> Error {
        match error {
            store::Error::Stale => self.ending = Some(Ending::Stale),
            store::Error::Unconfirmed(_) => self.ending = Some(Ending::Unconfirmed),
            store::Error::Sql(_)
            | store::Error::Migrate(_)
            | store::Error::Corrupt { .. }
            | store::Error::UnknownScheme => {}
        }
        error.into()
    }
}

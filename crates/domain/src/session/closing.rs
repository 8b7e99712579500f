//! Moving a session, calling it off, and ending it with its room.

use super::event::{Ending, Party, Refusal, What};
use super::presence::Fault;
use super::stage::Stage;
use super::story::Story;
use crate::limits::SESSION_GRACE_MS;
use model::UnixMillis;

impl Story {
    pub(super) fn cancel(&mut self, by: Party) -> Result<(), Refusal> {
        match &self.session.stage {
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Confirmed { .. } => {
                self.close(Ending::Cancelled { by });
                Ok(())
            }
            Stage::Live(_) | Stage::Grace(_) => Err(Refusal::Underway),
            // A second click says the same.
            Stage::Closed { ending: Ending::Cancelled { by: before }, .. } if *before == by => Ok(()),
            Stage::Closed { .. } => Err(Refusal::Over),
        }
    }

    /// Whoever has not paid for the time that it was planned for does not pay for another that they were not
    /// shown. Whoever has keeps the session, and may call it off for all of their money.
    pub(super) fn move_to(&mut self, to: Option<UnixMillis>) {
        match &self.session.stage {
            _ if to == self.session.planned => {}
            Stage::Offered { .. } | Stage::Awaiting { .. } => {
                self.close(Ending::Cancelled { by: Party::Host });
            }
            Stage::Confirmed { .. } => self.push(What::Moved { to }),
            Stage::Live(_) | Stage::Grace(_) | Stage::Closed { .. } => {}
        }
    }

    /// A host who ends the room cuts off a payer who is in, and one who may still come back. A payer who
    /// left, or was away for longer than the grace time, is not cut off.
    pub(super) fn end_room(&mut self, by: Party) {
        let fault = match by {
            Party::Host => Some(Fault::Host),
            Party::Operator => Some(Fault::Outage),
            Party::Payer => None,
        };
        let payer = &self.session.presence.payer;
        let is_gone = payer.out_since().is_some_and(|since| self.now.since(since) >= SESSION_GRACE_MS);
        let ending = match &self.session.stage {
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Confirmed { .. } => {
                Ending::Cancelled { by }
            }
            Stage::Grace(_) if payer.has_left() || is_gone => {
                // Who went first still counts.
                let first = self.session.presence.fault().filter(|fault| *fault != Fault::Payer);
                self.session.at(self.now).ending_without(first)
            }
            Stage::Live(_) | Stage::Grace(_) => self.session.at(self.now).ending_without(fault),
            Stage::Closed { .. } => return,
        };
        self.close(ending);
    }

    pub(super) fn forgive(&mut self, by: Party) -> Result<(), Refusal> {
        if by == Party::Payer {
            return Err(Refusal::NotAllowed);
        }
        if self.session.owing().is_some() {
            self.void_checkouts(super::Purpose::Bill);
            self.push(What::Forgiven { by });
        }
        Ok(())
    }
}

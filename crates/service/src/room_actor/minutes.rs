//! Coming in with prepaid minutes: agreeing sets them aside in the same transaction, or nothing happens.
//!
//! Minutes are sold by accounts to accounts, so that a balance outlives cookies. The ledger has the last word
//! on whether they suffice: whoever spends them elsewhere at the same moment leaves too few here, and is
//! told. Not here: buying them, which is `rooms::packs`'.

use super::RoomActor;
use super::letter::PayStep;
use crate::Error;
use domain::session::{Command, Refusal, decide};
use model::offer::Access;
use model::{Offer, TermsDigest, UnixMillis, UserId};
use protocol::ErrorCode;
use store::ledger::PostError;
use store::purchases::spendable_ms;
use store::sessions::Change;

/// How often it is tried again when others spend the same minutes at the same moment.
const TRIES: usize = 3;

impl RoomActor {
    /// How many whole minutes somebody has with this host, where they cost something.
    pub(super) async fn minutes_left(
        &self,
        user: Option<UserId>,
        offer: &Offer,
    ) -> Result<Option<u32>, Error> {
        if !is_prepaid(offer) {
            return Ok(None);
        }
        let left_ms = match user {
            Some(user) => spendable_ms(&self.registry.store, self.room.owner, user).await?,
            None => 0,
        };
        Ok(Some(u32::try_from(left_ms / 60_000).unwrap_or(u32::MAX)))
    }

    /// Agrees in somebody's name and sets minutes aside, as many as there are and one session may use.
    pub(super) async fn pay_with_minutes(
        &mut self,
        payer: UserId,
        (offer, terms): (Offer, TermsDigest),
        now: UnixMillis,
    ) -> Result<PayStep, Error> {
        if !self.has_paid_place(payer) {
            return Err(Error::Refused(ErrorCode::RoomFull));
        }
        let (session, is_new) = match self.session_of(payer) {
            Some(session) => (session.clone(), false),
            None => (self.propose(payer, offer)?, true),
        };
        let agreed = Change::new(session.clone(), decide(&session, &Command::Consent { terms }, now)?);
        for _ in 0..TRIES {
            let available_ms = spendable_ms(&self.registry.store, session.host, session.payer).await?;
            let mut change = agreed.clone();
            match decide(&change.after, &Command::Reserve { available_ms }, now) {
                Ok(events) => change.and_then(events),
                Err(Refusal::NotEnoughMinutes) => return Ok(PayStep::Minutes),
                Err(refusal) => return Err(refusal.into()),
            }
            self.seat_who_is_inside(&mut change, now);
            match self.save_agreed(change, is_new).await {
                Ok(()) => return Ok(PayStep::Enter),
                // They were spent elsewhere since they were counted.
                Err(Error::Ledger(PostError::Overdrawn { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(PayStep::Minutes)
    }
}

/// Whether coming in costs minutes that were bought before.
pub(super) const fn is_prepaid(offer: &Offer) -> bool {
    matches!(offer.parts().access, Access::Prepaid { .. })
}

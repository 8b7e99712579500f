//! Money that goes back, and whether it arrived.
//!
//! | Stripe says of a refund | the order |
//! |---|---|
//! | `succeeded` | is done; it may still come undone |
//! | `pending`, `requires_action`, nothing | is on its way: looked at after a minute, then every hour, and when something is told |
//! | `failed`, `canceled` | is set aside; whoever runs the server decides whether it is asked for anew |
//!
//! Source: <https://docs.stripe.com/api/refunds/object>. What is told of one that went is only a reason to
//! look, so that nothing depends on the order in which it is told. What failed is asked for anew once that is
//! known here, under another key: under its old one Stripe would repeat the failure.

use super::answer::{Event, Metadata, Name, Refund};
use super::webhook::Way;
use super::{Movement, Stripe, away, form, pages, refused, telling};
use model::{Money, OutboxId, PaymentId};
use serde::Deserialize;
use service::Rooms;
use service::payments::ProviderError;
use store::sessions::orders::{self, RefundOfOrder, Undone};
use store::stripe_checkouts::StripeCheckout;

/// The kinds of messages that tell how a refund stands.
pub(super) const TOLD: [&str; 3] = ["refund.updated", "refund.failed", "charge.refund.updated"];

impl Stripe {
    /// Sends money back. Stripe forgets keys after a day, so that it is asked first whether it has done so.
    pub(super) async fn refund(
        &self,
        order: OutboxId,
        payment: PaymentId,
        money: Money,
    ) -> Result<(), ProviderError> {
        let Movement { intent, account } = self.intent(payment).await?;
        let line = self.client.of(account.as_deref());
        let id = order.to_hex();
        let is_ours = |metadata: &Metadata| metadata.get("order") == Some(&id);
        let mut ours: Vec<Refund> = pages::all(line, &format!("/v1/refunds?payment_intent={intent}")).await?;
        // Whoever owns the account can write our name on less.
        ours.retain(|refund| refund.metadata.as_ref().is_some_and(is_ours) && refund.amount == money.minor);
        let (failed, alive): (Vec<Refund>, Vec<Refund>) = ours.into_iter().partition(Refund::has_failed);
        let mut news = None;
        for refund in &failed {
            // What is known by now is no news when it is told once more.
            if self.note_failure(refund, order).await? {
                news = Some(refund);
            }
        }
        match (alive.into_iter().next(), news) {
            (Some(refund), _) => gone(&refund),
            (None, Some(refund)) => gone(refund),
            (None, None) => {
                let form = form::refund(order, payment, &intent, money).map_err(|error| refused(&error))?;
                let key = if failed.is_empty() { id } else { format!("{id}-{}", failed.len()) };
                let refund: Refund = line.post("/v1/refunds", form, &key).await?;
                if refund.has_failed() {
                    self.note_failure(&refund, order).await?;
                }
                gone(&refund)
            }
        }
    }

    async fn note_failure(&self, refund: &Refund, order: OutboxId) -> Result<bool, ProviderError> {
        let now = self.ambient.now();
        orders::note_failure(&self.store, refund.id.as_str(), order, now).await.map_err(away)
    }

    /// Hears how a refund stands: of one that failed the order is set aside, for the operator to look at; of
    /// one that went it is looked at.
    pub(super) async fn hear_of_refund(
        &self,
        rooms: &Rooms,
        event: &Event,
        way: Way,
    ) -> Result<(), ProviderError> {
        let Ok(told) = Refund::deserialize(&event.data.object) else { return Ok(()) };
        let Some(payment) = told.payment() else { return Ok(()) };
        if !told.has_gone() && !told.has_failed() {
            return Ok(());
        }
        let Some(row) = self.load(payment).await? else { return Ok(()) };
        let is_there = row.account.as_deref() == event.account.as_ref().map(Name::as_str);
        if told.has_gone() {
            return if is_there { self.hasten(rooms, &row, (&told, way)).await } else { Ok(()) };
        }
        let said = ("refund_failed", Some(Money::new(told.amount, row.amount.currency)));
        let refuse = async |why| self.note_refused((&row, way), said, why).await.map_err(away);
        if !is_there {
            return refuse(telling::OTHER_ACCOUNT).await;
        }
        match self.failure_of(&row, told, way).await {
            Ok(Some(failed)) if self.undo(&row, &failed).await? => Ok(()),
            Ok(_) | Err(ProviderError::Refused(_)) => refuse(telling::DOES_NOT_FIT).await,
            Err(ProviderError::Closed(_)) => refuse(telling::ACCOUNT_CLOSED).await,
            Err(error) => Err(error),
        }
    }

    /// Has the order of a refund looked at that is said to have gone, if it is one of our own movement of
    /// money. Stripe is asked whether it has, once for each look, and so often because an account of a host's
    /// own told something.
    async fn hasten(
        &self,
        rooms: &Rooms,
        row: &StripeCheckout,
        (told, way): (&Refund, Way),
    ) -> Result<(), ProviderError> {
        if !told.is_of(row.intent.as_deref()) {
            return Ok(());
        }
        let Some(told) = of_order(row, told) else { return Ok(()) };
        if let Some(merchant) = row.merchant {
            self.take_turn(merchant, way)?;
        }
        if orders::hasten(&self.store, &told, self.ambient.now()).await.map_err(away)? {
            rooms.look_at_orders();
        }
        Ok(())
    }

    /// A refund of our own movement of money that failed. Whoever owns the account can write our numbers on
    /// refunds of their own, and on ours that failed for another reason: it is asked there how it stands.
    async fn failure_of(
        &self,
        row: &StripeCheckout,
        told: Refund,
        way: Way,
    ) -> Result<Option<Refund>, ProviderError> {
        let refund = match (row.account.as_deref(), row.merchant) {
            (Some(account), Some(merchant)) => {
                self.take_turn(merchant, way)?;
                let path = format!("/v1/refunds/{}", told.id.as_str());
                self.client.of(Some(account)).get::<Refund>(&path).await?
            }
            _ => told,
        };
        let is_ours = refund.is_of(row.intent.as_deref()) && refund.has_failed();
        Ok(is_ours.then_some(refund))
    }

    /// Sets the order of a refund aside that failed. `false` if no order of ours asked for it.
    async fn undo(&self, row: &StripeCheckout, failed: &Refund) -> Result<bool, ProviderError> {
        let Some(of) = of_order(row, failed) else {
            tracing::warn!("Money that somebody sent back by hand at Stripe did not arrive.");
            return Ok(true);
        };
        let complaint = failed.complaint();
        match orders::undo(&self.store, &of, &complaint, self.ambient.now()).await.map_err(away)? {
            Undone::Now => {
                tracing::error!(order.id = of.order.to_hex(), "Stripe could not send money back.");
                Ok(true)
            }
            Undone::Before => Ok(true),
            Undone::NotThis => Ok(false),
        }
    }
}

/// The order of which a refund says that it is.
fn of_order<'a>(row: &StripeCheckout, told: &'a Refund) -> Option<RefundOfOrder<'a>> {
    let (order, payment) = (told.order()?, row.payment);
    let amount = Money::new(told.amount, row.amount.currency);
    Some(RefundOfOrder { refund: told.id.as_str(), order, payment, amount })
}

/// Whether money went back.
fn gone(refund: &Refund) -> Result<(), ProviderError> {
    match (refund.has_gone(), refund.has_failed()) {
        (true, _) => Ok(()),
        (false, true) => Err(ProviderError::Refused(refund.complaint())),
        (false, false) => Err(ProviderError::UnderWay(refund.standing())),
    }
}

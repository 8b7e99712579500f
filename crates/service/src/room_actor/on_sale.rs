//! Whether the room's price is on sale: what its host reads and may set, and whether anybody can pay it anew.
//!
//! Who may not sell any more keeps the price in the settings, and nobody pays it; what somebody has paid, and
//! minutes that they bought, hold. Not here: what a price means.

use super::RoomActor;
use super::minutes::is_prepaid;
use crate::Error;
use domain::room::{Command, Phase};
use model::offer::{Access, Point};
use model::{Currency, MerchantId, Money, Offer, Price, RoomCode, RoomId, RoomName, UnixMillis, UserId};
use protocol::{ErrorCode, Rule, Selling};

impl RoomActor {
    /// What the host of the room can sell, or why they cannot.
    pub(super) async fn selling(&self) -> Result<Selling, Error> {
        let Some(payments) = self.registry.payments() else { return Ok(Selling::Nothing) };
        Ok(match payments.refusal(&self.registry.store, self.room.owner).await? {
            Some(Rule::SellerNotListed) => Selling::NotListed,
            Some(Rule::SellerNeedsStripe) => Selling::NeedsStripe,
            Some(_) => Selling::NeedsAccount,
            None if payments.provider.is_test() => Selling::Test,
            None => Selling::Money,
        })
    }

    /// Who takes what is paid to a host now, where something is sold: their own account, or the operator.
    pub(super) async fn receiver(&self, host: UserId) -> Result<Option<MerchantId>, Error> {
        match self.registry.payments() {
            Some(payments) => payments.receiver(&self.registry.store, host).await,
            None => Ok(None),
        }
    }

    /// What whoever runs the server reads of what the room costs.
    pub(super) async fn priced(&self) -> Result<Priced, Error> {
        let kept = self.sessions.values().filter(|session| session.entitles_payer()).count();
        Ok(Priced {
            code: self.room.code,
            id: self.room.id,
            name: self.room.name.clone(),
            owner: self.room.owner,
            offer: self.room.policy.offer.clone(),
            selling: self.selling().await?,
            least: self.least(),
            kept,
            ended: match self.room.phase {
                Phase::Ended { at, .. } => Some(at),
                Phase::Idle | Phase::Open { .. } => None,
            },
        })
    }

    /// Sets the price of the room for whoever runs the server: by what a host may set, and the same check.
    pub(super) async fn price_as_operator(
        &mut self,
        by: UserId,
        offer: Option<Box<Offer>>,
    ) -> Result<(), Error> {
        self.check_price(offer.as_deref()).await?;
        self.carry_out(&Command::Price { by, offer }).await
    }

    /// Refuses rules that bring a price that cannot be sold here. An old one does not keep a host from
    /// setting other rules, for the room or for what happens if somebody is late.
    pub(super) async fn check_price(&self, offer: Option<&Offer>) -> Result<(), Error> {
        let old = self.room.policy.offer.as_ref().map(asked);
        let new = offer.filter(|offer| Some(asked(offer)) != old);
        match new {
            Some(offer) => self.check_offer(offer).await,
            None => Ok(()),
        }
    }

    async fn check_offer(&self, offer: &Offer) -> Result<(), Error> {
        let refused = |rule| Err(Error::Refused(ErrorCode::Rule(rule)));
        let Some(payments) = self.registry.payments() else { return refused(Rule::NotSold) };
        let store = &self.registry.store;
        if let Some(rule) = payments.refusal(store, self.room.owner).await? {
            return refused(rule);
        }
        // Minutes outlive the cookie of whoever owes them.
        if is_prepaid(offer) && store::accounts::load(store, self.room.owner).await?.is_none() {
            return refused(Rule::SellerNeedsAccount);
        }
        let is_little = |asked: Money| {
            payments.provider.least(asked.currency).is_some_and(|least| asked.minor < least.minor)
        };
        if amounts(offer).any(|price| is_little(price.money())) {
            return refused(Rule::TooLittle);
        }
        Ok(())
    }

    /// The smallest amounts that the processor takes, in the currencies for which it names one.
    pub(super) fn least(&self) -> Vec<Money> {
        let payments = self.registry.payments().into_iter();
        payments
            .flat_map(|payments| Currency::all().filter_map(|currency| payments.provider.least(currency)))
            .collect()
    }

    /// Whether what the room asks for can be paid anew.
    pub(super) async fn is_on_sale(&self) -> Result<bool, Error> {
        Ok(self.not_on_sale().await?.is_none())
    }

    /// Why it cannot, as whoever would pay reads it.
    pub(super) async fn not_on_sale(&self) -> Result<Option<Rule>, Error> {
        Ok(match self.selling().await? {
            Selling::Test | Selling::Money => None,
            Selling::NeedsStripe => Some(Rule::SellerNeedsStripe),
            Selling::Nothing | Selling::NeedsAccount | Selling::NotListed => Some(Rule::NotSold),
        })
    }
}

/// What a room costs, and whether it can, as whoever runs the server reads it.
#[derive(Clone, Debug)]
pub struct Priced {
    pub code: RoomCode,
    pub id: RoomId,
    pub name: RoomName,
    pub owner: UserId,
    pub offer: Option<Offer>,
    /// What its owner can sell.
    pub selling: Selling,
    /// The smallest amounts that the processor takes.
    pub least: Vec<Money>,
    /// How many sessions are paid for, or agreed to, and not over: they keep their terms.
    pub kept: usize,
    pub ended: Option<UnixMillis>,
}

/// What is asked for what, and when.
fn asked(offer: &Offer) -> (&Access, Point) {
    (&offer.parts().access, offer.parts().point)
}

/// Everything that somebody may be asked to pay at once.
fn amounts(offer: &Offer) -> impl Iterator<Item = Price> {
    let parts = offer.parts();
    let packs = match &parts.access {
        Access::Prepaid { packs, .. } => packs.list(),
        Access::Free | Access::Fixed { .. } | Access::PerCall { .. } => &[],
    };
    let more = match parts.point {
        Point::During { price, .. } => Some(price),
        Point::Before | Point::After => None,
    };
    packs.iter().map(|pack| pack.price).chain(offer.price()).chain(more)
}

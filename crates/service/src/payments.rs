//! The seam to whoever moves money, and what is done there once a session's events are saved.
//!
//! ```text
//! actor ──saved──▶ checkout ──▶ PaymentProvider ──▶ the payer's browser is led there
//!                  session_orders ──▶ outbox ─────▶ captured, let go, refunded
//! its page, its webhook ──▶ Rooms::payment_said ──▶ the room's actor, or the purchase
//! ```
//!
//! The processor may say everything twice, late and in any order; sessions and purchases take that. What it
//! is asked carries an id that stays the same however often it is asked. Amounts are whole minor units.
//!
//! | module | holds |
//! |---|---|
//! | [`test_processor`] | the embedded processor, at which no money moves |
//! | `outbox` | the worker that carries orders out, again and again |
//! | `letters` | the mails among them |
//! | `sellers` | whose rooms may cost something |

pub(crate) mod letters;
mod outbox;
mod sellers;
pub mod test_processor;
mod unconfirmed;

pub(crate) use outbox::Outbox;

pub use domain::session::{Command, Confirmation, Instruction};
pub use sellers::Sellers;
pub use store::Deal;

use crate::Error;
use model::{
    Currency, MerchantId, Money, OutboxId, PaymentId, Permille, RoomCode, RoomName, UnixMillis, UserId,
};
use protocol::{ErrorCode, Rule};
use std::pin::Pin;
use std::sync::Arc;
use store::{Store, merchants};

/// What is being waited for.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// A hosted page on which somebody pays.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkout {
    /// What it is for.
    pub deal: Deal,
    pub payment: PaymentId,
    pub amount: Money,
    pub until: UnixMillis,
    /// Whether the money may be kept ready, to be captured or let go when the session is over.
    pub may_keep_ready: bool,
    pub room: RoomCode,
    pub name: RoomName,
    /// Where the host takes the money themselves.
    pub direct: Option<Direct>,
}

/// A payment that goes to an account of the host's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Direct {
    pub merchant: MerchantId,
    /// What of it comes to the operator, if all of it is taken.
    pub fee: Money,
}

/// Where a payer returns to: the site by which they came, and a path of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Back {
    /// An origin, such as `https://meet.example.org`.
    pub site: String,
    pub path: String,
}

/// Why the processor did not do as it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It may work if it is asked again.
    #[error("the processor could not be reached: {0}")]
    Away(String),
    /// The account of the host who takes the money is closed to this server; it may work once they mend it.
    #[error("the account of the host is closed: {0}")]
    Closed(String),
    /// It is begun, and nobody knows yet how it ends; it is looked at again.
    #[error("it is on its way: {0}")]
    UnderWay(String),
    /// It will not work however often it is asked.
    #[error("the processor refused: {0}")]
    Refused(String),
}

/// Moves money.
pub trait PaymentProvider: Send + Sync + 'static {
    /// Opens a checkout, and says where the payer is led: an address, or a path of this site. The same
    /// payment is the same checkout.
    fn open(&self, checkout: Checkout, back: Back) -> Pending<'_, String>;

    /// Carries out an order that is not a mail. The same order twice is carried out once.
    fn carry_out(&self, order: OutboxId, what: Instruction) -> Pending<'_, ()>;

    /// Whether it keeps money ready where a checkout says that it may.
    fn keeps_ready(&self) -> bool {
        false
    }

    /// The smallest amount that it takes in a currency, where it names one.
    fn least(&self, _currency: Currency) -> Option<Money> {
        None
    }

    /// Whether no money moves.
    fn is_test(&self) -> bool;
}

/// How this server takes money.
#[derive(Clone)]
pub struct Payments {
    pub provider: Arc<dyn PaymentProvider>,
    /// The operator's share of what is kept.
    pub fee: Permille,
    pub sellers: Sellers,
    /// Whether hosts take the money themselves, in accounts of their own at the processor.
    pub direct: bool,
}

impl Payments {
    /// Why a host may not sell here, if so: whom the operator does not name, and where hosts take the money
    /// themselves also who cannot.
    pub(crate) async fn refusal(&self, store: &Store, host: UserId) -> Result<Option<Rule>, Error> {
        if let Some(rule) = self.sellers.refusal(store, host).await? {
            return Ok(Some(rule));
        }
        match self.receiver(store, host).await {
            Ok(_) => Ok(None),
            Err(Error::Refused(ErrorCode::Rule(rule))) => Ok(Some(rule)),
            Err(error) => Err(error),
        }
    }

    /// Who takes what is paid to a host from now on: their own account, or the operator. Where hosts take it
    /// themselves, nobody does it for one who cannot.
    pub(crate) async fn receiver(&self, store: &Store, host: UserId) -> Result<Option<MerchantId>, Error> {
        if !self.direct {
            return Ok(None);
        }
        let merchant = merchants::load_of(store, host).await?.filter(merchants::Merchant::is_ready);
        let refused = Error::Refused(ErrorCode::Rule(Rule::SellerNeedsStripe));
        merchant.map(|merchant| Some(merchant.id)).ok_or(refused)
    }
}

//! Who takes the money, as the settings say.
//!
//! Not here: what a processor is asked, and what it says; `stripe` and `test_checkout` have that.

use crate::config::{PaymentSettings, Settings, Taker};
use crate::stripe::Stripe;
use model::Permille;
use service::payments::test_processor::TestProcessor;
use service::payments::{PaymentProvider, Payments, Sellers};
use service::time::Ambient;
use std::sync::Arc;
use store::Store;
use store::ledger::trials::{self, Posted};
use store::sessions::orders;

/// Why nothing is sold here.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the database holds payments that were tried out, and the key in stripe-key is for real ones: their sums would \
         be one. Sell with a new database, or go on trying with a key for tests"
    )]
    TriedOut,
    #[error(
        "the database holds payments with real money, and payments would be tried out: their sums would be one. Try \
         them out with a new database"
    )]
    Real,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Money that moved and money that never did share no books.
async fn keep_apart(settings: &Settings, store: &Store) -> Result<(), OpenError> {
    let is_live = match &settings.payments.taker {
        Taker::None => return Ok(()),
        Taker::Test => false,
        Taker::Stripe(account) => account.is_live(),
    };
    match (is_live, trials::posted(store).await?) {
        // They were put together before this was refused, and people have bills and minutes in there.
        (true, Posted { trials: true, real: true }) => {
            tracing::warn!("The database holds payments that were tried out beside real ones.");
            Ok(())
        }
        (true, Posted { trials: true, real: false }) => Err(OpenError::TriedOut),
        (false, Posted { real: true, .. }) => Err(OpenError::Real),
        _ => Ok(()),
    }
}

/// At most one of them.
pub struct Till {
    /// The embedded test processor.
    pub tester: Option<TestProcessor>,
    /// The operator's account at Stripe.
    pub stripe: Option<Arc<Stripe>>,
    fee: Permille,
    sellers: Sellers,
    direct: bool,
}

impl Till {
    /// Opens what the settings name. Says so if no money moves there, and if money waits for the operator.
    pub async fn open(
        settings: &Settings,
        store: &Store,
        ambient: &Arc<dyn Ambient>,
    ) -> Result<Self, OpenError> {
        keep_apart(settings, store).await?;
        let PaymentSettings { fee, ref sellers, .. } = settings.payments;
        let mut till = Self { tester: None, stripe: None, fee, sellers: sellers.clone(), direct: false };
        match &settings.payments.taker {
            Taker::None => {}
            Taker::Test => {
                tracing::warn!(
                    "Rooms may cost something, but no money moves: payments are the test processor's."
                );
                till.tester = Some(TestProcessor::new(store.clone()));
            }
            Taker::Stripe(account) => {
                if !account.is_live() {
                    tracing::warn!(
                        "Rooms may cost something, but no money moves: the key of Stripe is one for tests."
                    );
                } else if settings.origins.iter().any(|origin| !origin.is_secure()) {
                    tracing::warn!(
                        "Money moves, and people may come by plain HTTP. Name https origins only."
                    );
                }
                till.direct = account.connect;
                let stripe = Stripe::new((**account).clone(), store.clone(), ambient.clone());
                till.stripe = Some(Arc::new(stripe));
            }
        }
        till.warn_of_orders(store).await?;
        Ok(till)
    }

    /// Tells the operator of what waits for them: orders that nobody carries out here, and dead ones.
    async fn warn_of_orders(&self, store: &Store) -> Result<(), store::Error> {
        let (waiting, dead) = orders::count(store).await?;
        let is_closed = self.tester.is_none() && self.stripe.is_none();
        if is_closed && waiting > 0 {
            tracing::warn!(
                orders.waiting = waiting,
                "Paid sessions ordered refunds or mails, and payments are turned off: nobody carries them out."
            );
        }
        if dead > 0 {
            tracing::warn!(orders.dead = dead, "Orders of paid sessions were given up and need a look.");
        }
        Ok(())
    }

    /// The same as rooms know it.
    pub fn payments(&self) -> Option<Payments> {
        let tester = self.tester.clone().map(|tester| Arc::new(tester) as Arc<dyn PaymentProvider>);
        let stripe = self.stripe.clone().map(|stripe| stripe as Arc<dyn PaymentProvider>);
        let (provider, direct) = (tester.or(stripe)?, self.direct);
        Some(Payments { provider, fee: self.fee, sellers: self.sellers.clone(), direct })
    }
}

//! The embedded test processor: whoever tries Anteroom out pays here with a click, and no money moves.
//!
//! It keeps its checkouts in the database of the server, so that they outlive it. Its page is the server's
//! (`server::test_checkout`); what is clicked there comes back as a processor's word.

use super::{Back, Checkout, PaymentProvider, Pending, ProviderError};
use domain::session::Instruction;
use model::{OutboxId, PaymentId};
use store::Store;
use store::test_payments::{self, State, TestPayment};

/// The path of its page, before the id of the payment.
pub const PATH: &str = "/test-checkout";

/// The embedded processor.
#[derive(Clone)]
pub struct TestProcessor {
    store: Store,
}

impl TestProcessor {
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// What a checkout is about.
    pub async fn load(&self, payment: PaymentId) -> Result<Option<TestPayment>, ProviderError> {
        test_payments::load(&self.store, payment).await.map_err(away)
    }

    /// Somebody paid, or gave up; says whether the checkout was open until then.
    pub async fn close(&self, payment: PaymentId, to: State) -> Result<bool, ProviderError> {
        test_payments::close(&self.store, payment, to).await.map_err(away)
    }
}

impl PaymentProvider for TestProcessor {
    fn open(&self, checkout: Checkout, back: Back) -> Pending<'_, String> {
        Box::pin(async move {
            let payment = TestPayment {
                payment: checkout.payment,
                deal: checkout.deal,
                amount: checkout.amount,
                words: checkout.name.to_string(),
                back: back.path,
                state: State::Open,
                until: checkout.until,
            };
            test_payments::insert(&self.store, &payment).await.map_err(away)?;
            Ok(format!("{PATH}/{}", checkout.payment.to_hex()))
        })
    }

    fn carry_out(&self, order: OutboxId, what: Instruction) -> Pending<'_, ()> {
        Box::pin(async move {
            match what {
                Instruction::Refund { payment, amount } => {
                    test_payments::give_back(&self.store, order, (payment, amount)).await.map_err(refused)
                }
                Instruction::EndCheckout { payment } => {
                    // One that was paid meanwhile has told so.
                    self.close(payment, State::Ended).await.map(drop)
                }
                // It takes money at once and keeps none ready, so there is nothing to take or let go.
                Instruction::Capture { .. } | Instruction::VoidHold { .. } => {
                    Err(ProviderError::Refused("the test processor keeps no money ready".to_owned()))
                }
                Instruction::ReturnFee { .. } => {
                    Err(ProviderError::Refused("the test processor knows no accounts of hosts".to_owned()))
                }
                Instruction::Mail(_) => Err(ProviderError::Refused("a processor sends no mails".to_owned())),
            }
        })
    }

    fn is_test(&self) -> bool {
        true
    }
}

fn away(error: store::Error) -> ProviderError {
    ProviderError::Away(error.to_string())
}

fn refused(error: store::Error) -> ProviderError {
    match error {
        store::Error::Corrupt { .. } => ProviderError::Refused("more would go back than was paid".to_owned()),
        other => away(other),
    }
}

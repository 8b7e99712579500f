//! Stripe, as who moves money: hosted checkouts with the operator's own key, at the operator's account or at
//! one of a host's own that is connected to it.
//!
//! ```text
//! Rooms::pay ──▶ open ─────────▶ POST checkout/sessions ──▶ the payer's browser is led there
//! outbox ──────▶ carry_out ────▶ refunds, expire, capture, cancel
//! webhook, return, a look at what was silent ──▶ word ──▶ Rooms::payment_said
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`client`] | one question: pinned version, bounds, and what may be asked again |
//! | [`keys`] | under which key something is asked for that was refused before |
//! | [`form`], [`answer`] | what is asked, and what is answered |
//! | [`least`] | the smallest amounts that it takes |
//! | [`signature`], [`word`] | whether a message is Stripe's, and what it means |
//! | [`refund`] | money that goes back, and whether it arrived |
//! | [`pages`] | lists of which an answer holds a part |
//! | [`connect`] | accounts of hosts' own, and the operator's share of what they take |
//! | [`telling`] | how a word reaches its session |
//! | [`webhook`], [`visit`], [`watch`], [`lost`] | the four ways by which words come |
//! | [`limits`] | how much is asked because somebody told or pressed something |
//! | [`readers`] | when what was lost is read |
//!
//! Invariants: whatever is asked is asked with a key that stays the same, so that it is done once; what a
//! checkout was asked with is saved before it is asked, and what Stripe calls it before anybody is led there.
//! A word may come twice, late and in any order: sessions and purchases take that, so that no list of
//! messages is kept.
//!
//! Whatever is asked of a payment is asked of the account that was noted with it.
//!
//! Not here: cards, which Stripe's own page takes.

pub mod answer;
pub mod client;
pub mod connect;
pub mod form;
mod keys;
pub mod least;
mod limits;
pub mod lost;
pub mod pages;
pub mod readers;
pub mod refund;
pub mod signature;
pub mod telling;
pub mod visit;
pub mod watch;
pub mod webhook;
pub mod word;

use crate::config::StripeSettings;
use crate::throttle::Throttle;
use answer::{CheckoutSession, PaymentIntent, Reference};
use client::Client;
use form::AmountError;
use limits::Limits;
use model::{Currency, Money, OutboxId, PaymentId, UserId};
use readers::Wanted;
use service::payments::{Back, Checkout, Instruction, PaymentProvider, Pending, ProviderError};
use service::time::Ambient;
use std::sync::{Arc, Mutex};
use store::Store;
use store::stripe_checkouts::{self, Stage, State, StripeCheckout};
use tokio::sync::Notify;

/// The movement of the money of a payment.
struct Movement {
    intent: String,
    /// Where it is, if not at the operator's.
    account: Option<String>,
}

/// The operator's account at Stripe.
pub struct Stripe {
    client: Client,
    settings: StripeSettings,
    store: Store,
    ambient: Arc<dyn Ambient>,
    limits: Mutex<Limits>,
    wanted: Wanted,
    /// Something is to be ended at an account that was disconnected.
    cut: Notify,
    /// How often somebody is led to Stripe's questions.
    led: Mutex<Throttle<UserId>>,
}

impl Stripe {
    /// The account of these settings; it is not asked anything yet.
    pub fn new(settings: StripeSettings, store: Store, ambient: Arc<dyn Ambient>) -> Self {
        let client = Client::new(&settings.api, &settings.key);
        if settings.connect && settings.webhook_secrets.len() < 2 {
            tracing::warn!(
                "stripe-webhook-secrets has one secret; the endpoint for accounts of hosts has one of its own."
            );
        }
        let limits = Mutex::new(Limits::new(connect::instant(&*ambient)));
        let led = Mutex::new(Throttle::new(connect::LED));
        Self { client, settings, store, ambient, limits, wanted: Wanted::default(), cut: Notify::new(), led }
    }

    /// Asks for a checkout, unless it has been answered, and says what Stripe calls it and where it is.
    async fn opened(&self, row: StripeCheckout) -> Result<(String, String), ProviderError> {
        let form = match row.stage {
            Stage::Opened { checkout, address } => return Ok((checkout, address)),
            Stage::Asked { form } => form,
        };
        let key = format!("open-{}", row.payment.to_hex());
        let line = self.client.of(row.account.as_deref());
        let session: CheckoutSession = line.post("/v1/checkout/sessions", form, &key).await?;
        let address = session.page().ok_or_else(|| nonsense("a checkout without a page"))?;
        let answer = (session.id.as_str().to_owned(), address.to_owned());
        stripe_checkouts::note_opened(&self.store, row.payment, (&answer.0, &answer.1))
            .await
            .map_err(away)?;
        Ok(answer)
    }

    /// How a checkout stands just now.
    async fn look_at(&self, account: Option<&str>, checkout: &str) -> Result<CheckoutSession, ProviderError> {
        self.client.of(account).get(&format!("/v1/checkout/sessions/{checkout}")).await
    }

    async fn load(&self, payment: PaymentId) -> Result<Option<StripeCheckout>, ProviderError> {
        stripe_checkouts::load(&self.store, payment).await.map_err(away)
    }

    /// What Stripe calls the movement of the money of a payment, and the account at which it is.
    async fn intent(&self, payment: PaymentId) -> Result<Movement, ProviderError> {
        let none = || ProviderError::Refused("no money moved for this payment".to_owned());
        let row = self.load(payment).await?.ok_or_else(none)?;
        let account = row.account;
        if let Some(intent) = row.intent {
            return Ok(Movement { intent, account });
        }
        let Stage::Opened { checkout, .. } = row.stage else { return Err(none()) };
        let session = self.look_at(account.as_deref(), &checkout).await?;
        let intent = session.payment_intent.map(Reference::name).ok_or_else(none)?;
        stripe_checkouts::note_intent(&self.store, payment, intent.as_str()).await.map_err(away)?;
        Ok(Movement { intent: intent.as_str().to_owned(), account })
    }

    /// Closes a checkout, so that nobody pays in vain. One that somebody has paid meanwhile says so itself.
    async fn end(&self, payment: PaymentId, key: &str) -> Result<(), ProviderError> {
        let Some(row) = self.load(payment).await? else { return Ok(()) };
        if row.state != State::Open {
            return Ok(());
        }
        // Of one whose answer was lost the name is asked once more. One that was never made needs no end.
        let account = row.account.clone();
        let checkout = match self.opened(row).await {
            Ok((checkout, _)) => checkout,
            Err(ProviderError::Refused(_)) => return self.close(payment).await,
            Err(error) => return Err(error),
        };
        let path = format!("/v1/checkout/sessions/{checkout}/expire");
        match self.client.of(account.as_deref()).post::<CheckoutSession>(&path, String::new(), key).await {
            Ok(_) => self.close(payment).await,
            Err(ProviderError::Refused(words)) => {
                match self.look_at(account.as_deref(), &checkout).await?.status.as_deref() {
                    Some("expired") => self.close(payment).await,
                    // It stays open here until its word is told, by whichever way that comes.
                    Some("complete") => Ok(()),
                    _ => Err(ProviderError::Refused(words)),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn close(&self, payment: PaymentId) -> Result<(), ProviderError> {
        stripe_checkouts::close(&self.store, payment, State::Ended).await.map_err(away)
    }

    /// Takes so much of what is kept ready; the rest is let go. Of what a host takes `fee` is the operator's.
    async fn capture(
        &self,
        payment: PaymentId,
        (money, fee): (Money, Option<Money>),
        key: &str,
    ) -> Result<(), ProviderError> {
        let movement = self.intent(payment).await?;
        let form = form::capture(money, fee).map_err(|error| refused(&error))?;
        let path = format!("/v1/payment_intents/{}/capture", movement.intent);
        let line = self.client.of(movement.account.as_deref());
        let answer = line.post::<PaymentIntent>(&path, form, key).await;
        let is_taken = |now: &PaymentIntent| {
            let is_shared = movement.account.is_none() || now.shared() == fee.map_or(0, |fee| fee.minor);
            now.status == "succeeded" && now.amount_received == money.minor && is_shared
        };
        self.settled(answer, &movement, is_taken).await
    }

    /// Lets go what is kept ready.
    async fn let_go(&self, payment: PaymentId, key: &str) -> Result<(), ProviderError> {
        let movement = self.intent(payment).await?;
        let path = format!("/v1/payment_intents/{}/cancel", movement.intent);
        let line = self.client.of(movement.account.as_deref());
        let answer = line.post::<PaymentIntent>(&path, String::new(), key).await;
        self.settled(answer, &movement, |now| now.status == "canceled").await
    }

    /// What is refused because it has happened already is done.
    async fn settled(
        &self,
        answer: Result<PaymentIntent, ProviderError>,
        movement: &Movement,
        is_done: impl Fn(&PaymentIntent) -> bool,
    ) -> Result<(), ProviderError> {
        let Err(ProviderError::Refused(words)) = answer else { return answer.map(drop) };
        let now = self.written_out(movement).await?;
        if is_done(&now) { Ok(()) } else { Err(ProviderError::Refused(words)) }
    }
}

impl PaymentProvider for Stripe {
    fn open(&self, checkout: Checkout, back: Back) -> Pending<'_, String> {
        Box::pin(async move {
            let form = form::opening(&checkout, &self.settings, &self.settings.site)
                .map_err(|error| refused(&error))?;
            let row = StripeCheckout {
                payment: checkout.payment,
                deal: checkout.deal,
                amount: checkout.amount,
                back: format!("{}{}", back.site, back.path),
                stage: Stage::Asked { form },
                intent: None,
                state: State::Open,
                until: checkout.until,
                merchant: checkout.direct.map(|direct| direct.merchant),
                account: None,
            };
            let now = self.ambient.now();
            stripe_checkouts::insert(&self.store, &row, now).await.map_err(away)?;
            // What was noted first is what is asked.
            let row = self.load(checkout.payment).await?.ok_or_else(|| nonsense("no such checkout"))?;
            let merchant = row.merchant;
            match self.opened(row).await {
                Ok((_, address)) => match merchant {
                    Some(merchant) if self.is_cut(merchant).await? => {
                        Err(self.end_unled(checkout.payment).await)
                    }
                    _ => Ok(address),
                },
                Err(error) => Err(self.whose_fault(merchant, error).await),
            }
        })
    }

    fn carry_out(&self, order: OutboxId, what: Instruction) -> Pending<'_, ()> {
        Box::pin(async move {
            let key = order.to_hex();
            match what {
                Instruction::Refund { payment, amount } => self.refund(order, payment, amount).await,
                Instruction::EndCheckout { payment } => self.end(payment, &key).await,
                Instruction::Capture { payment, amount, fee } => {
                    self.capture(payment, (amount, fee), &key).await
                }
                Instruction::ReturnFee { payment, amount } => self.share_back(order, payment, amount).await,
                Instruction::VoidHold { payment } => self.let_go(payment, &key).await,
                Instruction::Mail(_) => Err(ProviderError::Refused("a processor sends no mails".to_owned())),
            }
        })
    }

    fn keeps_ready(&self) -> bool {
        self.settings.keeps_ready()
    }

    fn least(&self, currency: Currency) -> Option<Money> {
        least::least(currency)
    }

    fn is_test(&self) -> bool {
        !self.settings.is_live()
    }
}

fn away(error: store::Error) -> ProviderError {
    ProviderError::Away(error.to_string())
}

fn refused(error: &AmountError) -> ProviderError {
    ProviderError::Refused(error.to_string())
}

fn nonsense(what: &str) -> ProviderError {
    ProviderError::Away(format!("its answer does not make sense: {what}"))
}

//! What is remembered of checkouts at Stripe: how each was asked for, what Stripe calls it, and what was told
//! of it here.
//!
//! ```text
//! form ──answered──▶ checkout, address ──somebody pays──▶ intent
//! open ──told──▶ paid | ended        ended ──late money──▶ paid
//! ```
//!
//! Not here: what a session makes of it, and asking Stripe.

pub use crate::checkout_state::State;

use crate::statement::Statement;
use crate::{Deal, Error, Store};
use model::{Currency, MerchantId, Money, PaymentId, UnixMillis};

/// One checkout.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StripeCheckout {
    pub payment: PaymentId,
    pub deal: Deal,
    pub amount: Money,
    /// Where the payer is led when they come back.
    pub back: String,
    pub stage: Stage,
    /// What Stripe calls the movement of the money, once somebody has begun to pay.
    pub intent: Option<String>,
    pub state: State,
    pub until: UnixMillis,
    /// The host's own account that takes the payment; without one the operator does.
    pub merchant: Option<MerchantId>,
    /// What Stripe calls that account. It follows from the merchant and is not noted here.
    pub account: Option<String>,
}

/// What [`Raw`] is read from.
macro_rules! select_checkouts {
    () => {
        "select payment_id, session_id, purchase_id, amount, currency, back, form, checkout_id, address, \
         intent_id, stripe_checkouts.state, until_at, merchant_id, account_id from stripe_checkouts \
         left join merchants on merchants.id = merchant_id "
    };
}

/// Whether Stripe has answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stage {
    /// It is asked with this form, until it answers.
    Asked { form: String },
    /// What Stripe calls it, and where its page is.
    Opened { checkout: String, address: String },
}

#[derive(sqlx::FromRow)]
struct Raw {
    payment_id: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    amount: i64,
    currency: String,
    back: String,
    form: Option<String>,
    checkout_id: Option<String>,
    address: Option<String>,
    intent_id: Option<String>,
    state: String,
    until_at: i64,
    merchant_id: Option<String>,
    account_id: Option<String>,
}

/// How long after a question Stripe may be asked the next one about the same checkout, in milliseconds.
const TURN_MS: i64 = 1_000;

const CORRUPT: Error = Error::Corrupt { table: "stripe_checkouts" };

/// Notes a checkout that is about to be asked for; harmless if it is known.
pub async fn insert(store: &Store, checkout: &StripeCheckout, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into stripe_checkouts \
         (payment_id, session_id, purchase_id, amount, currency, back, form, state, until_at, asked_at, \
         merchant_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing";
    let Stage::Asked { form } = &checkout.stage else { return Err(CORRUPT) };
    let statement = Statement::new(SQL)
        .text(checkout.payment.to_hex())
        .deal(checkout.deal)
        .integer(checkout.amount.minor)
        .text(checkout.amount.currency.code())
        .text(&checkout.back)
        .text(form)
        .text(checkout.state.word())
        .time(checkout.until)
        .time(now)
        .optional_text(checkout.merchant.map(MerchantId::to_hex));
    store.execute(statement).await?;
    Ok(())
}

/// Reads one checkout.
pub async fn load(store: &Store, payment: PaymentId) -> Result<Option<StripeCheckout>, Error> {
    const SQL: &str = concat!(select_checkouts!(), "where payment_id = $1");
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(payment.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Reads the checkout by which money moved.
pub async fn load_by_intent(store: &Store, intent: &str) -> Result<Option<StripeCheckout>, Error> {
    const SQL: &str = concat!(select_checkouts!(), "where intent_id = $1");
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(intent)).await?;
    raw.map(Raw::parse).transpose()
}

/// The open checkouts of which nothing was heard since then, the longest ago first. What has been over for
/// long comes up ever more seldom.
pub async fn load_unheard(
    store: &Store,
    (since, now): (UnixMillis, UnixMillis),
    limit: u32,
) -> Result<Vec<StripeCheckout>, Error> {
    const SQL: &str = concat!(
        select_checkouts!(),
        "where stripe_checkouts.state = 'open' and checkout_id is not null \
         and stripe_checkouts.asked_at <= $1 \
         and ($2 - stripe_checkouts.asked_at) * 10 >= $2 - until_at \
         order by stripe_checkouts.asked_at limit $3"
    );
    let statement = Statement::new(SQL).time(since).time(now).integer(i64::from(limit));
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// The open checkouts at accounts that were disconnected here, of which nothing was asked since then, or
/// since that; what has been over for long comes up ever more seldom.
pub async fn load_cut(
    store: &Store,
    (since, now): (UnixMillis, UnixMillis),
    limit: u32,
) -> Result<Vec<StripeCheckout>, Error> {
    const SQL: &str = concat!(
        select_checkouts!(),
        "where stripe_checkouts.state = 'open' and checkout_id is not null and merchants.closed_at is not null \
         and (stripe_checkouts.asked_at <= merchants.closed_at or (stripe_checkouts.asked_at <= $1 \
         and ($2 - stripe_checkouts.asked_at) * 10 >= $2 - until_at)) \
         order by stripe_checkouts.asked_at, payment_id limit $3"
    );
    let statement = Statement::new(SQL).time(since).time(now).integer(i64::from(limit));
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Whether nobody was ever led to a checkout.
pub async fn are_none(store: &Store) -> Result<bool, Error> {
    const SQL: &str = "select payment_id from stripe_checkouts limit 1";
    let row: Option<(String,)> = store.fetch_optional(Statement::new(SQL)).await?;
    Ok(row.is_none())
}

/// Takes the right to ask Stripe about a checkout now; nobody else has it for a second.
pub async fn take_turn(store: &Store, payment: PaymentId, now: UnixMillis) -> Result<bool, Error> {
    const SQL: &str = "update stripe_checkouts set asked_at = $2 where payment_id = $1 and asked_at <= $3";
    let statement = Statement::new(SQL).text(payment.to_hex()).time(now).time(now.plus(-TURN_MS));
    Ok(store.execute(statement).await? == 1)
}

/// Notes that Stripe was asked about a checkout, or that it is not its turn: others come first.
pub async fn note_asked(store: &Store, payment: PaymentId, now: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update stripe_checkouts set asked_at = $2 where payment_id = $1";
    store.execute(Statement::new(SQL).text(payment.to_hex()).time(now)).await?;
    Ok(())
}

/// Notes what Stripe answered; the first answer stays.
pub async fn note_opened(
    store: &Store,
    payment: PaymentId,
    (checkout, address): (&str, &str),
) -> Result<(), Error> {
    const SQL: &str = "update stripe_checkouts set checkout_id = $2, address = $3, form = null \
         where payment_id = $1 and checkout_id is null";
    store.execute(Statement::new(SQL).text(payment.to_hex()).text(checkout).text(address)).await?;
    Ok(())
}

/// Notes what Stripe calls the movement of the money; the first name stays.
pub async fn note_intent(store: &Store, payment: PaymentId, intent: &str) -> Result<(), Error> {
    const SQL: &str =
        "update stripe_checkouts set intent_id = $2 where payment_id = $1 and intent_id is null";
    store.execute(Statement::new(SQL).text(payment.to_hex()).text(intent)).await?;
    Ok(())
}

/// Notes a word about a card that was refused; says whether it is not the one that was told last.
pub async fn note_decline(store: &Store, payment: PaymentId, word: &str) -> Result<bool, Error> {
    const SQL: &str = "update stripe_checkouts set decline = $2 \
         where payment_id = $1 and (decline is null or decline <> $2)";
    Ok(store.execute(Statement::new(SQL).text(payment.to_hex()).text(word)).await? == 1)
}

/// Notes what the session was told. What was paid stays paid.
pub async fn close(store: &Store, payment: PaymentId, to: State) -> Result<(), Error> {
    const SQL: &str = "update stripe_checkouts set state = $2 where payment_id = $1 and state <> 'paid'";
    store.execute(Statement::new(SQL).text(payment.to_hex()).text(to.word())).await?;
    Ok(())
}

impl Raw {
    fn parse(self) -> Result<StripeCheckout, Error> {
        let currency = Currency::parse(&self.currency).map_err(|_| CORRUPT)?;
        let stage = match (self.form, self.checkout_id, self.address) {
            (Some(form), None, None) => Stage::Asked { form },
            (None, Some(checkout), Some(address)) => Stage::Opened { checkout, address },
            _ => return Err(CORRUPT),
        };
        let merchant = match (self.merchant_id, &self.account_id) {
            (None, None) => None,
            (Some(merchant), Some(_)) => Some(merchant.parse().map_err(|_| CORRUPT)?),
            // Nobody is led to an account that has no name.
            _ => return Err(CORRUPT),
        };
        Ok(StripeCheckout {
            payment: self.payment_id.parse().map_err(|_| CORRUPT)?,
            deal: Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref()).ok_or(CORRUPT)?,
            amount: Money::new(self.amount, currency),
            back: self.back,
            stage,
            intent: self.intent_id,
            state: State::parse(&self.state).ok_or(CORRUPT)?,
            until: UnixMillis(self.until_at),
            merchant,
            account: self.account_id,
        })
    }
}

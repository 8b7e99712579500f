//! What the embedded test processor remembers: its checkouts, and which orders it has carried out.
//!
//! Not here: what a session makes of it, which hears of it as it would of any processor.

pub use crate::checkout_state::State;

use crate::statement::Statement;
use crate::{Deal, Error, Store};
use model::{Currency, Money, OutboxId, PaymentId, UnixMillis};

/// One checkout.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TestPayment {
    pub payment: PaymentId,
    pub deal: Deal,
    pub amount: Money,
    /// What the payer reads on the page.
    pub words: String,
    /// Where the payer is led when they are done.
    pub back: String,
    pub state: State,
    pub until: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    payment_id: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    amount: i64,
    currency: String,
    words: String,
    back: String,
    state: String,
    until_at: i64,
}

const CORRUPT: Error = Error::Corrupt { table: "test_payments" };

/// Notes a checkout; harmless if it is known.
pub async fn insert(store: &Store, payment: &TestPayment) -> Result<(), Error> {
    const SQL: &str = "insert into test_payments \
         (payment_id, session_id, purchase_id, amount, currency, words, back, state, until_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";
    let statement = Statement::new(SQL)
        .text(payment.payment.to_hex())
        .deal(payment.deal)
        .integer(payment.amount.minor)
        .text(payment.amount.currency.code())
        .text(&payment.words)
        .text(&payment.back)
        .text(payment.state.word())
        .time(payment.until);
    store.execute(statement).await?;
    Ok(())
}

/// Reads one checkout.
pub async fn load(store: &Store, payment: PaymentId) -> Result<Option<TestPayment>, Error> {
    const SQL: &str = "select payment_id, session_id, purchase_id, amount, currency, words, back, state, until_at \
         from test_payments where payment_id = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(payment.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Moves an open checkout on; says whether it was open.
pub async fn close(store: &Store, payment: PaymentId, to: State) -> Result<bool, Error> {
    const SQL: &str = "update test_payments set state = $2 where payment_id = $1 and state = 'open'";
    let statement = Statement::new(SQL).text(payment.to_hex()).text(to.word());
    Ok(store.execute(statement).await? == 1)
}

/// Gives money back for an order, once; [`Error::Corrupt`] if there is not as much.
pub async fn give_back(
    store: &Store,
    order: OutboxId,
    (payment, amount): (PaymentId, Money),
) -> Result<(), Error> {
    const ONCE: &str = "insert into test_payment_orders (order_id, payment_id) values ($1, $2) \
         on conflict do nothing";
    const SQL: &str = "update test_payments set returned = returned + $2 \
         where payment_id = $1 and state = 'paid' and returned + $2 <= amount";
    let mut tx = store.begin().await?;
    let first = Statement::new(ONCE).text(order.to_hex()).text(payment.to_hex());
    if tx.execute(first).await? == 1 {
        let back = Statement::new(SQL).text(payment.to_hex()).integer(amount.minor);
        if tx.execute(back).await? != 1 {
            return Err(CORRUPT);
        }
    }
    tx.commit().await
}

/// How much went back of a payment.
pub async fn returned(store: &Store, payment: PaymentId) -> Result<Option<i64>, Error> {
    const SQL: &str = "select returned from test_payments where payment_id = $1";
    let row: Option<(i64,)> = store.fetch_optional(Statement::new(SQL).text(payment.to_hex())).await?;
    Ok(row.map(|(returned,)| returned))
}

impl Raw {
    fn parse(self) -> Result<TestPayment, Error> {
        let currency = Currency::parse(&self.currency).map_err(|_| CORRUPT)?;
        Ok(TestPayment {
            payment: self.payment_id.parse().map_err(|_| CORRUPT)?,
            deal: Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref()).ok_or(CORRUPT)?,
            amount: Money::new(self.amount, currency),
            words: self.words,
            back: self.back,
            state: State::parse(&self.state).ok_or(CORRUPT)?,
            until: UnixMillis(self.until_at),
        })
    }
}

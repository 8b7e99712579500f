//! What no event says of disputes: until when a bank takes evidence, and how many are open.

use crate::sessions::papers::count;
use crate::statement::Statement;
use crate::{Error, Store};
use model::{PaymentId, UnixMillis};

/// Notes until when a bank takes evidence about a payment; the last word stands.
pub async fn note_deadline(store: &Store, payment: PaymentId, until: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into dispute_deadlines (payment_id, until_at) values ($1, $2) \
         on conflict (payment_id) do update set until_at = excluded.until_at";
    store.execute(Statement::new(SQL).text(payment.to_hex()).time(until)).await?;
    Ok(())
}

/// Until when a bank takes evidence about a payment, if the processor named a time.
pub async fn load_deadline(store: &Store, payment: PaymentId) -> Result<Option<UnixMillis>, Error> {
    const SQL: &str = "select until_at from dispute_deadlines where payment_id = $1";
    let row: Option<(i64,)> = store.fetch_optional(Statement::new(SQL).text(payment.to_hex())).await?;
    Ok(row.map(|(until,)| UnixMillis(until)))
}

/// How many payments have a dispute that is open: one begins and ends with a transaction each.
pub async fn count_open(store: &Store) -> Result<u32, Error> {
    const SQL: &str = "select coalesce(sum(case when cause = 'dispute_opened' then 1 else -1 end), 0) \
         from ledger_transactions where cause in ('dispute_opened', 'dispute_won', 'dispute_lost')";
    count(store, Statement::new(SQL)).await
}

//! How far it is read what Stripe has told: one row, once it was asked.

use crate::statement::Statement;
use crate::{Error, Store};
use model::UnixMillis;

/// Until when everything that was told is taken, if it was ever asked for.
pub async fn load(store: &Store) -> Result<Option<UnixMillis>, Error> {
    let row: Option<(i64,)> =
        store.fetch_optional(Statement::new("select until_at from stripe_reads where id = 1")).await?;
    Ok(row.map(|(until,)| UnixMillis(until)))
}

/// Notes until when everything that was told is taken. Of two servers the further one stands, unless it is of
/// a clock that was ahead.
pub async fn save(store: &Store, (until, now): (UnixMillis, UnixMillis)) -> Result<(), Error> {
    const SQL: &str = "insert into stripe_reads (id, until_at) values (1, $1) on conflict (id) do update \
         set until_at = excluded.until_at where excluded.until_at > stripe_reads.until_at \
         or stripe_reads.until_at > $2";
    store.execute(Statement::new(SQL).time(until).time(now)).await?;
    Ok(())
}

/// Has what was told since then read again.
pub async fn read_again(store: &Store, since: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update stripe_reads set until_at = $1 where id = 1 and until_at > $1";
    store.execute(Statement::new(SQL).time(since)).await?;
    Ok(())
}

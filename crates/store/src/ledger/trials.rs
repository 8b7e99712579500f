//! Whether the books hold money that never moved, and money that did.

use crate::sessions::papers::count;
use crate::statement::Statement;
use crate::{Error, Store};

/// What the postings of a database are about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Posted {
    /// Payments of the test processor, or of Stripe in its test mode.
    pub trials: bool,
    pub real: bool,
}

/// How many of the payments that a statement names the ledger knows anything of: one, or none.
macro_rules! posted {
    ($payments:literal) => {
        concat!(
            "select count(*) from (select 1 from (",
            $payments,
            ") as payments where exists (select 1 from ledger_transactions \
             where ledger_transactions.session_id = payments.session_id \
             or ledger_transactions.purchase_id = payments.purchase_id) limit 1) as found"
        )
    };
}

/// Looks through the payments of which the ledger knows anything.
pub async fn posted(store: &Store) -> Result<Posted, Error> {
    const TRIALS: &str = posted!(
        "select session_id, purchase_id from test_payments where state = 'paid' union all \
         select session_id, purchase_id from stripe_checkouts where checkout_id like 'cs_test_%' and state = 'paid'"
    );
    const REAL: &str = posted!(
        "select session_id, purchase_id from stripe_checkouts where checkout_id like 'cs_live_%' and state = 'paid'"
    );
    let is_any = async |sql| Ok::<_, Error>(count(store, Statement::new(sql)).await? > 0);
    Ok(Posted { trials: is_any(TRIALS).await?, real: is_any(REAL).await? })
}

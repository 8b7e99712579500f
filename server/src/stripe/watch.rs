//! Words that were lost: of checkouts of which nothing was heard for long, Stripe is asked.
//!
//! Messages get lost when this server is away for days, when their address or secret is wrong, and when the
//! payer does not come back. A checkout is asked about until its session was told how it ended. At an account
//! of a host's own that is closed to this server nobody can be asked: a day after its end such a checkout is
//! left to whoever runs the server. If the account opens again, what was told meanwhile is read (`lost`).

use super::Stripe;
use service::Rooms;
use service::payments::ProviderError;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::stripe_checkouts;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(15);
/// For how long a checkout may be silent, in milliseconds.
const SILENT_MS: i64 = 120_000;
/// How many are asked about at one look.
const AT_ONCE: u32 = 20;

/// How long after its end a checkout is given up at an account that is closed, in milliseconds.
const GIVEN_UP_MS: i64 = 24 * 3_600_000;

/// Looks again and again.
pub async fn run(stripe: Arc<Stripe>, rooms: Rooms) {
    loop {
        tokio::time::sleep(EVERY).await;
        look(&stripe, &rooms).await;
    }
}

async fn look(stripe: &Stripe, rooms: &Rooms) {
    let now = stripe.ambient.now();
    let silent = (now.plus(-SILENT_MS), now);
    let unheard = match stripe_checkouts::load_unheard(&stripe.store, silent, AT_ONCE).await {
        Ok(unheard) => unheard,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "The checkouts of which nothing was heard could not be read.");
            return;
        }
    };
    // What is wrong with the account of one host holds up nobody else.
    let mut silent = BTreeSet::new();
    for row in unheard {
        if row.account.as_ref().is_some_and(|account| silent.contains(account)) {
            continue;
        }
        let Err(error) = stripe.ask_about(rooms, row.clone()).await else { continue };
        tracing::warn!(%error, account = row.account, "Stripe did not say how a silent checkout stands.");
        match (error, row.account.clone()) {
            (ProviderError::Closed(_), _) if row.until.plus(GIVEN_UP_MS) < now => stripe.give_up(&row).await,
            (ProviderError::Closed(_), _) => {}
            (_, Some(account)) => {
                silent.insert(account);
            }
            (_, None) => return,
        }
    }
}

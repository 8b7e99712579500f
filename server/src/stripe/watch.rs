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

/// How often in a row that many checkouts are ended, before those have their turn that are silent.
const ROUNDS: u32 = 3;

/// How long after its end a checkout is given up at an account that is closed, in milliseconds.
const GIVEN_UP_MS: i64 = 24 * 3_600_000;

/// Looks again and again, and at once when an account was disconnected.
pub async fn run(stripe: Arc<Stripe>, rooms: Rooms) {
    loop {
        let _ = tokio::time::timeout(EVERY, stripe.cut.notified()).await;
        for _ in 0..ROUNDS {
            if !end_cut(&stripe, &rooms).await {
                break;
            }
        }
        look(&stripe, &rooms).await;
    }
}

/// Ends what is open at accounts that were disconnected here, so that nobody pays to them. Says whether there
/// may be more.
async fn end_cut(stripe: &Stripe, rooms: &Rooms) -> bool {
    let now = stripe.ambient.now();
    let since = (now.plus(-SILENT_MS), now);
    let cut = match stripe_checkouts::load_cut(&stripe.store, since, AT_ONCE).await {
        Ok(cut) => cut,
        Err(error) => {
            told(&error);
            return false;
        }
    };
    let is_full = cut.len() == AT_ONCE as usize;
    let mut silent = BTreeSet::new();
    for row in cut {
        if let Err(error) = stripe_checkouts::note_asked(&stripe.store, row.payment, now).await {
            told(&error);
            return false;
        }
        if row.account.as_ref().is_some_and(|account| silent.contains(account)) {
            continue;
        }
        let Err(error) = stripe.end_now(rooms, row.clone()).await else { continue };
        let account = row.account.clone();
        tracing::warn!(%error, account, "A checkout at an account that was disconnected may still be open.");
        match error {
            // At one that is closed to this server nobody can end it, and nobody says how it ended.
            ProviderError::Closed(_) if row.until.plus(GIVEN_UP_MS) < now => stripe.give_up(&row).await,
            ProviderError::Closed(_) => {}
            _ => silent.extend(account),
        }
    }
    is_full && silent.is_empty()
}

fn told(error: &store::Error) {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "Open checkouts could not be looked through.");
}

async fn look(stripe: &Stripe, rooms: &Rooms) {
    let now = stripe.ambient.now();
    let silent = (now.plus(-SILENT_MS), now);
    let unheard = match stripe_checkouts::load_unheard(&stripe.store, silent, AT_ONCE).await {
        Ok(unheard) => unheard,
        Err(error) => return told(&error),
    };
    // What is wrong with the account of one host holds up nobody else.
    let mut silent = BTreeSet::new();
    for row in unheard {
        if row.account.as_ref().is_some_and(|account| silent.contains(account)) {
            // It has had its turn, so that those come up that stand behind it.
            if let Err(error) = stripe_checkouts::note_asked(&stripe.store, row.payment, now).await {
                return told(&error);
            }
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

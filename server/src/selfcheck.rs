//! The nightly look at the books: everything is added up and played again, as by `anteroom verify-ledger`.
//!
//! The first look is a minute after the start, then one a day, and one whenever an operator asks. What was
//! found stays until the next; metrics and the operator's page tell it, and the log what is wrong.

use crate::ledger::{self, Verdict};
use model::UnixMillis;
use service::time::Ambient;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Store;
use tokio::sync::Notify;

const FIRST: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// The books and what was last found in them. Cheap to clone.
#[derive(Clone)]
pub struct SelfCheck(Arc<Inner>);

struct Inner {
    store: Store,
    ambient: Arc<dyn Ambient>,
    state: Mutex<State>,
    nudge: Notify,
}

#[derive(Default)]
struct State {
    last: Option<Checked>,
    is_asked: bool,
}

/// What one look has found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checked {
    pub at: UnixMillis,
    pub verdict: Verdict,
}

impl SelfCheck {
    /// Nothing was looked at yet.
    pub fn new(store: Store, ambient: Arc<dyn Ambient>) -> Self {
        Self(Arc::new(Inner { store, ambient, state: Mutex::default(), nudge: Notify::new() }))
    }

    /// What was last found, if anything was looked at since the start.
    pub fn last(&self) -> Option<Checked> {
        self.state().last.clone()
    }

    /// Whether a look that was asked for is not over.
    pub fn is_asked(&self) -> bool {
        self.state().is_asked
    }

    /// Asks for a look now.
    pub fn ask(&self) {
        self.state().is_asked = true;
        self.0.nudge.notify_one();
    }

    /// Looks again and again.
    pub async fn run(self) {
        let mut wait = FIRST;
        loop {
            // Who asks while a look goes on gets another: the first may have passed what they mean.
            let _ = tokio::time::timeout(wait, self.0.nudge.notified()).await;
            self.look().await;
            wait = EVERY;
        }
    }

    async fn look(&self) {
        let at = self.0.ambient.now();
        let looked = ledger::look(&self.0.store, at).await;
        let mut state = self.state();
        state.is_asked = false;
        match looked {
            Ok(verdict) => {
                if !verdict.is_sound() {
                    tracing::error!(found = %verdict, "The books of the paid sessions are not sound.");
                }
                state.last = Some(Checked { at, verdict });
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "The books of the paid sessions could not be looked at.");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The nightly look at the books: everything is added up and played again, as by `anteroom verify-ledger`.
//!
//! The first look is a minute after the start, then one a day, and one whenever an operator asks. What was
//! found stays until the next; metrics and the operator's page tell it, and the log what is wrong. After a
//! look that failed nobody knows how the books are: what was found before counts no more, and the next look
//! is a minute later.

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
    last: Last,
    is_asked: bool,
}

/// What the last look came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Last {
    /// Nobody has looked since the start.
    #[default]
    None,
    /// The books could not be looked at.
    Failed,
    Found(Checked),
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

    /// What the last look came to.
    pub fn last(&self) -> Last {
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
            wait = match self.look().await {
                Last::Found(_) => EVERY,
                Last::None | Last::Failed => FIRST,
            };
        }
    }

    async fn look(&self) -> Last {
        let at = self.0.ambient.now();
        let looked = ledger::look(&self.0.store, at).await;
        let last = match looked {
            Ok(verdict) => {
                if !verdict.is_sound() {
                    tracing::error!(found = %verdict, "The books of the paid sessions are not sound.");
                }
                Last::Found(Checked { at, verdict })
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "The books of the paid sessions could not be looked at.");
                Last::Failed
            }
        };
        let mut state = self.state();
        *state = State { last: last.clone(), is_asked: false };
        last
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::testing::TestDatabase;
    use tokio::time::advance;

    /// Always the same time.
    struct Still;

    impl Ambient for Still {
        fn now(&self) -> UnixMillis {
            UnixMillis(5)
        }

        fn draw(&self) -> u128 {
            4
        }
    }

    /// A look at empty books is under way for as long as the database works; the clock stands meanwhile.
    async fn looks(check: &SelfCheck) -> Last {
        for _ in 0..100_000 {
            if check.last() != Last::None {
                return std::mem::take(&mut check.state().last);
            }
            tokio::task::yield_now().await;
        }
        panic!("nobody looks");
    }

    async fn nobody_looks(check: &SelfCheck) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
            assert_eq!(check.last(), Last::None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_looks_after_a_minute_then_daily_and_soon_again_where_it_failed() {
        // As long as this blocks, the clock of the runtime moves only by hand.
        let (_still, end) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || end.recv());
        let database = TestDatabase::sqlite();
        let store = Store::open(&database.url).await.expect("a new database opens");
        let check = SelfCheck::new(store.clone(), Arc::new(Still));
        let looking = tokio::spawn(check.clone().run());
        nobody_looks(&check).await;
        for wait in [Duration::from_secs(60), Duration::from_secs(86_400), Duration::from_secs(86_400)] {
            advance(wait - Duration::from_millis(2)).await;
            nobody_looks(&check).await;
            advance(Duration::from_millis(2)).await;
            let Last::Found(found) = looks(&check).await else { panic!("empty books are read") };
            assert!(found.at == UnixMillis(5) && found.verdict.is_sound());
        }
        check.ask();
        assert!(matches!(looks(&check).await, Last::Found(_)), "whoever asks is heard at once");
        store.close().await;
        check.ask();
        assert_eq!(looks(&check).await, Last::Failed);
        advance(Duration::from_secs(59)).await;
        nobody_looks(&check).await;
        advance(Duration::from_millis(1_001)).await;
        assert_eq!(looks(&check).await, Last::Failed);
        looking.abort();
    }
}

//! Many lives of sessions, each step saved by the transactions that rooms use, on as many databases as there are
//! searchers: read back now and then by playing its events, and held against the ledger at the end.
//!
//! `ANTEROOM_STEPS=1000000 ANTEROOM_SECONDS=100000 cargo test -p store many_lives -- --nocapture` searches until
//! it has a million steps, and `ANTEROOM_SEED` elsewhere. Without them it searches for some seconds and says how
//! far it came. What the same seed searches is the same; how much of it is a matter of the machine.

use super::{MINUTE_MS, Till, anything, call, faults, hour, later, minutes, pack, receiver, verify};
use crate::ledger::{self, PostError};
use crate::sessions::papers;
use crate::statement::Statement;
use crate::testing::TestDatabase;
use crate::tests::{draws, purchases};
use crate::{Store, sessions};
use domain::session::{Dispute, decide};
use std::time::{Duration, Instant};

/// How many search at once, each on a database of its own.
const SEARCHERS: u64 = 2;
/// How many steps a life has.
const STEPS: u64 = 60;
/// How many lives share a database.
const LIVES: u128 = 40;

/// How far a search came.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// What was asked of a session, and decided.
    steps: u64,
    /// What of that changed it, and was saved.
    saved: u64,
    closed: u64,
    lives: u64,
}

fn number(name: &str, plain: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(plain)
}

#[test]
fn many_lives_are_saved_as_they_were_decided() {
    let (seed, asked) = (number("ANTEROOM_SEED", 1), number("ANTEROOM_STEPS", 1_000_000));
    let seconds = number("ANTEROOM_SECONDS", 15);
    println!("ANTEROOM_SEED={seed} ANTEROOM_STEPS={asked} ANTEROOM_SECONDS={seconds}");
    let until = Instant::now() + Duration::from_secs(seconds);
    let search = |searcher: u64| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(search_from(
            seed * SEARCHERS + searcher,
            asked / SEARCHERS,
            until,
        ))
    };
    let mut all = Seen::default();
    std::thread::scope(|scope| {
        let searchers: Vec<_> = (0..SEARCHERS).map(|nth| scope.spawn(move || search(nth))).collect();
        for searcher in searchers {
            let seen = searcher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.steps += seen.steps;
            all.saved += seen.saved;
            all.closed += seen.closed;
            all.lives += seen.lives;
        }
    });
    println!("{all:?}");
    assert!(all.closed * 4 > all.lives && all.saved * 20 > all.steps, "it comes to something: {all:?}");
}

/// Searches until it is time, or until there are so many steps; one database in any case.
async fn search_from(seed: u64, asked: u64, until: Instant) -> Seen {
    let (mut draw, mut seen) = (draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), Seen::default());
    loop {
        let database = TestDatabase::sqlite();
        let store = Store::open(&database.url).await.expect("a new database opens");
        // It is thrown away, so that nobody has to wait for a disk.
        store.execute(Statement::new("pragma synchronous = off")).await.expect("it is a setting");
        for id in 1..=LIVES {
            live(&store, id, &mut draw, &mut seen).await;
            if seen.steps >= asked || Instant::now() >= until {
                break;
            }
        }
        is_sound(&store).await;
        store.close().await;
        if seen.steps >= asked || Instant::now() >= until {
            return seen;
        }
    }
}

/// One life in a room of its own.
async fn live(store: &Store, id: u128, draw: &mut impl FnMut(u64) -> u64, seen: &mut Seen) {
    let offer = match draw(4) {
        0 => minutes(),
        1 => call(),
        2 => later(),
        _ => hour(),
    };
    let mut till = Till::of(store.clone(), id, offer).await;
    if draw(2) == 0 {
        purchases::buy_from(store, (id, id), receiver(draw), pack()).await;
    }
    for _ in 0..STEPS {
        let wait_ms = i64::try_from(draw(5 * 60_000)).unwrap_or(MINUTE_MS);
        till.now = till.now.plus(wait_ms);
        let command = anything(&till.session, draw);
        seen.steps += 1;
        let Ok(events) = decide(&till.session, &command, till.now) else { continue };
        if events.is_empty() {
            continue;
        }
        let before = till.session.clone();
        match till.save(&events).await {
            Ok(()) => seen.saved += 1,
            // The ledger has the last word on minutes.
            Err(PostError::Overdrawn { .. }) => assert_eq!(till.session, before),
            Err(error) => panic!("{command:?}: {error}"),
        }
        if draw(16) == 0 {
            is_read_back(&till).await;
        }
    }
    is_read_back(&till).await;
    agrees_with_the_ledger(&till).await;
    seen.lives += 1;
    seen.closed += u64::from(till.session.is_closed());
}

async fn is_read_back(till: &Till) {
    let loaded = sessions::load(&till.store, till.session.id).await.expect("it is read");
    assert_eq!(loaded.as_ref(), Some(&till.session), "the events say all");
}

/// What the ledger's view says of a session is what its payments come to.
async fn agrees_with_the_ledger(till: &Till) {
    let takings = || till.session.till.takings().map(|(_, takings)| *takings);
    let Some(sums) = papers::load_sums(&till.store, &till.session).await.expect("they are read") else {
        return assert_eq!(takings().count(), 0, "nothing came");
    };
    let paid: i64 = takings().map(|takings| takings.captured.minor).sum();
    let back: i64 = takings().map(|takings| takings.refunded.minor).sum();
    let disputed = takings().map(|takings| match takings.dispute {
        Dispute::Open { amount } => amount.minor,
        Dispute::None | Dispute::Won | Dispute::Lost { .. } => 0,
    });
    assert_eq!((sums.paid.minor, sums.back.minor, sums.disputed.minor), (paid, back, disputed.sum::<i64>()));
}

/// Every session and every account is what the events say. These rooms have no attendance, so that no time may
/// be billed.
async fn is_sound(store: &Store) {
    let far = model::UnixMillis(1_000_000_000_000);
    let is_time = |fault: &verify::Fault| matches!(fault, verify::Fault::Overbilled { .. });
    let found = faults(store, far).await;
    assert!(found.iter().all(is_time), "{found:?}");
    purchases::is_sound(store).await;
    assert_eq!(ledger::verify::add_up(store).await.expect("the ledger is read").faults, []);
}

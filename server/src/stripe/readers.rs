//! Who reads what was lost (`lost`), and when: the operator's own list by itself, and those of hosts'
//! accounts a few at a time, each when its own turn comes.
//!
//! | a go | the next one |
//! |---|---|
//! | read up to now; shut; the key may not read | after an hour |
//! | read in part | after a second |
//! | failed, or something could not be taken | after five minutes, then twice as long each time, up to an hour |
//! | something was told that could not be taken | at once, once a minute at most |
//!
//! What is wrong with one account holds up no other. When each is due is remembered while the server runs: at
//! its start all of them are read.

use super::Stripe;
use super::lost::{Far, Gap, Place};
use futures_util::FutureExt;
use model::{MerchantId, UnixMillis};
use service::Rooms;
use service::payments::ProviderError;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::merchants;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};

/// How often a list is read.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long after a go that failed.
const AGAIN: Duration = Duration::from_secs(300);
/// How long after one that read a part.
const ON: Duration = Duration::from_secs(1);
/// How long after the last go one begins because something was told.
const WANTED: Duration = Duration::from_secs(60);
/// How long one go may take. It ends by itself long before that, unless Stripe is slow.
const PATIENCE: Duration = Duration::from_secs(300);
/// How many accounts of hosts' are read at once.
const AT_ONCE: usize = 4;
/// For how long something may be told of a payment, in milliseconds: banks take up to four months.
const RECENT_MS: i64 = 180 * 24 * 3_600_000;

/// Of which lists something is to be read soon.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    hosts: Mutex<BTreeSet<MerchantId>>,
    host: Notify,
    own: Notify,
}

impl Wanted {
    /// Something was told of an account, or of the operator's, that has to be read.
    pub fn note(&self, merchant: Option<MerchantId>) {
        let Some(merchant) = merchant else { return self.own.notify_one() };
        self.hosts().insert(merchant);
        self.host.notify_one();
    }

    fn hosts(&self) -> MutexGuard<'_, BTreeSet<MerchantId>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the operator's own list again and again.
pub async fn run_own(stripe: Arc<Stripe>, rooms: Rooms) {
    let (mut turn, mut place) = (Turn::new(Instant::now()), None);
    loop {
        turn.begin(Instant::now());
        let gone = within(stripe.catch_up(&rooms, place)).await;
        turn.note(tell(None, gone), Instant::now());
        place = turn.place;
        tokio::select! {
            () = tokio::time::sleep(turn.next.saturating_duration_since(Instant::now())) => {}
            () = stripe.wanted.own.notified() => {
                turn.hasten(Instant::now());
                tokio::time::sleep(turn.next.saturating_duration_since(Instant::now())).await;
            }
        }
    }
}

/// Reads the lists of hosts' accounts, each when its turn comes.
pub async fn run_hosts(stripe: Arc<Stripe>, rooms: Rooms) {
    let (mut turns, mut reading) = (Turns::default(), JoinSet::new());
    loop {
        let wait = match begin(&stripe, &rooms, (&mut turns, &mut reading)).await {
            Ok(()) => turns.wait(Instant::now(), reading.len() < AT_ONCE),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "The accounts of hosts could not be looked through.");
                AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stripe.wanted.host.notified() => {}
            Some(done) = reading.join_next() => note(done, (&mut turns, &mut reading)).await,
        }
    }
}

/// Notes how a go ended. Nobody knows whose it was that broke off: all of them begin anew.
async fn note(
    done: Result<(MerchantId, Gone), JoinError>,
    (turns, reading): (&mut Turns, &mut JoinSet<(MerchantId, Gone)>),
) {
    match done {
        Ok((merchant, gone)) => turns.note(merchant, gone, Instant::now()),
        Err(error) if error.is_cancelled() => {}
        Err(error) => {
            tracing::error!(%error, "The list of an account was not read to its end.");
            reading.abort_all();
            // What is joined later would end what is begun next.
            while reading.join_next().await.is_some() {}
            *turns = Turns::default();
        }
    }
}

/// Begins to read the lists whose turn it is, as many as there are places.
async fn begin(
    stripe: &Arc<Stripe>,
    rooms: &Rooms,
    (turns, reading): (&mut Turns, &mut JoinSet<(MerchantId, Gone)>),
) -> Result<(), store::Error> {
    let since: UnixMillis = stripe.ambient.now().plus(-RECENT_MS);
    let watched = merchants::load_watched(&stripe.store, since).await?;
    turns.keep(&watched.iter().map(|merchant| merchant.id).collect());
    let now = Instant::now();
    for merchant in std::mem::take(&mut *stripe.wanted.hosts()) {
        turns.hasten(merchant, now);
    }
    let mut due: Vec<_> = watched.into_iter().filter(|merchant| turns.is_due(merchant.id, now)).collect();
    due.sort_by_key(|merchant| turns.next(merchant.id));
    for merchant in due.into_iter().take(AT_ONCE.saturating_sub(reading.len())) {
        let place = turns.begin(merchant.id, now);
        let (stripe, rooms) = (stripe.clone(), rooms.clone());
        reading.spawn(async move {
            let gone = within(stripe.catch_up_with(&rooms, &merchant, place)).await;
            (merchant.id, tell(merchant.account.as_deref(), gone))
        });
    }
    Ok(())
}

/// One go, which neither takes too long nor ends anything but itself.
async fn within(reading: impl Future<Output = Result<Far, Gap>>) -> Result<Far, Gap> {
    let late = |_| Err(Gap::Unsaid(ProviderError::Away("it takes too long".to_owned())));
    let going = AssertUnwindSafe(tokio::time::timeout(PATIENCE, reading)).catch_unwind();
    going.await.map_or(Err(Gap::Broken), |gone| gone.unwrap_or_else(late))
}

/// Tells the log what is wrong.
fn tell(account: Option<&str>, gone: Result<Far, Gap>) -> Gone {
    match gone {
        Ok(far) => Gone::Read(far),
        Err(gap) => {
            let error = &gap as &dyn std::error::Error;
            match gap {
                Gap::Unsaid(_) | Gap::Shut(_) => {
                    tracing::warn!(error, account, "What was lost is asked for again.");
                }
                _ => tracing::error!(error, account, "What was lost is asked for again."),
            }
            match gap {
                Gap::Forbidden(_) | Gap::Shut(_) => Gone::InVain,
                Gap::Untaken => Gone::Lacking,
                Gap::Unsaid(_) | Gap::Unsaved(_) | Gap::Broken => Gone::Failed,
            }
        }
    }
}

/// How a go at a list went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Gone {
    Read(Far),
    Failed,
    /// It was read to its end, and is read again for what could not be taken.
    Lacking,
    /// Asking again soon is in vain.
    InVain,
}

/// When one list is read.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// When the last go began.
    begun: Instant,
    next: Instant,
    failures: u32,
    /// Where it is read on.
    place: Option<Place>,
    is_reading: bool,
    /// Whether something was told since the last go began.
    is_wanted: bool,
}

impl Turn {
    const fn new(now: Instant) -> Self {
        Self { begun: now, next: now, failures: 0, place: None, is_reading: false, is_wanted: false }
    }

    fn begin(&mut self, now: Instant) {
        *self = Self { begun: now, is_reading: true, is_wanted: false, ..*self };
    }

    fn hasten(&mut self, now: Instant) {
        self.is_wanted = true;
        self.next = self.next.min(now.max(self.begun + WANTED));
    }

    fn note(&mut self, gone: Gone, now: Instant) {
        self.is_reading = false;
        (self.place, self.failures) = match gone {
            Gone::Read(Far::Part(place)) => (Some(place), if place.lacks { self.failures } else { 0 }),
            Gone::Read(Far::All) | Gone::InVain => (None, 0),
            Gone::Failed => (self.place, self.failures.saturating_add(1)),
            Gone::Lacking => (None, self.failures.saturating_add(1)),
        };
        let wait = match gone {
            Gone::Read(Far::Part(_)) => ON,
            Gone::Read(Far::All) | Gone::InVain => EVERY,
            Gone::Failed | Gone::Lacking => AGAIN.saturating_mul(1 << (self.failures - 1).min(8)).min(EVERY),
        };
        self.next = now + wait;
        if self.is_wanted {
            self.hasten(now);
        }
    }
}

/// When each of many is read. Whoever is not known yet is read at once.
#[derive(Debug, Default)]
struct Turns(BTreeMap<MerchantId, Turn>);

impl Turns {
    fn keep(&mut self, watched: &BTreeSet<MerchantId>) {
        self.0.retain(|merchant, turn| turn.is_reading || watched.contains(merchant));
    }

    fn hasten(&mut self, merchant: MerchantId, now: Instant) {
        if let Some(turn) = self.0.get_mut(&merchant) {
            turn.hasten(now);
        }
    }

    fn is_due(&self, merchant: MerchantId, now: Instant) -> bool {
        self.0.get(&merchant).is_none_or(|turn| !turn.is_reading && turn.next <= now)
    }

    fn next(&self, merchant: MerchantId) -> Option<Instant> {
        self.0.get(&merchant).map(|turn| turn.next)
    }

    fn begin(&mut self, merchant: MerchantId, now: Instant) -> Option<Place> {
        let turn = self.0.entry(merchant).or_insert_with(|| Turn::new(now));
        turn.begin(now);
        turn.place
    }

    fn note(&mut self, merchant: MerchantId, gone: Gone, now: Instant) {
        if let Some(turn) = self.0.get_mut(&merchant) {
            turn.note(gone, now);
        }
    }

    /// How long nothing is to be begun. Where all places are taken, somebody ends first.
    fn wait(&self, now: Instant, has_place: bool) -> Duration {
        let next = self.0.values().filter(|turn| has_place && !turn.is_reading).map(|turn| turn.next).min();
        next.map_or(AGAIN, |next| next.saturating_duration_since(now).min(AGAIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn ids<const N: usize>(numbers: [u128; N]) -> BTreeSet<MerchantId> {
        numbers.map(MerchantId::from_bits).into()
    }

    #[test]
    fn what_is_wrong_with_one_account_holds_up_no_other() {
        let (one, other) = (MerchantId::from_bits(1), MerchantId::from_bits(2));
        let (mut turns, mut now) = (Turns::default(), Instant::now());
        turns.keep(&ids([1, 2]));
        let mut waits = Vec::new();
        for _ in 0..6 {
            assert!(turns.is_due(one, now));
            turns.begin(one, now);
            assert!(!turns.is_due(one, now), "once at a time");
            turns.note(one, Gone::Failed, now);
            let wait = turns.wait(now, true);
            waits.push((turns.next(one).expect("it is known") - now).as_secs() / 60);
            assert!(wait <= AGAIN, "whoever connects an account meanwhile is seen");
            now = turns.next(one).expect("it is known");
        }
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        assert!(turns.is_due(other, now), "it was never kept waiting");
        turns.begin(other, now);
        turns.note(other, Gone::Read(Far::All), now);
        assert!(!turns.is_due(other, now + EVERY - MINUTE) && turns.is_due(other, now + EVERY));
        turns.begin(one, now);
        turns.note(one, Gone::Read(Far::All), now);
        turns.begin(one, now);
        turns.note(one, Gone::Failed, now);
        assert_eq!(turns.next(one), Some(now + AGAIN), "it begins anew");
        turns.keep(&ids([2]));
        assert_eq!(turns.next(one), None);
    }

    #[test]
    fn a_go_that_fails_loses_no_place_and_what_cannot_be_taken_is_read_ever_more_seldom() {
        let (place, now) = (Place::lacking(UnixMillis(7)), Instant::now());
        let mut turn = Turn::new(now);
        let mut waits = Vec::new();
        for gone in [Gone::Read(Far::Part(place)), Gone::Failed, Gone::Read(Far::Part(place))] {
            turn.begin(now);
            turn.note(gone, now);
            assert_eq!(turn.place, Some(place), "{gone:?}");
            waits.push(turn.next - now);
        }
        turn.note(Gone::Lacking, now);
        assert_eq!(turn.place, None, "it is read again from where it is noted");
        waits.push(turn.next - now);
        assert_eq!(waits, [ON, AGAIN, ON, 2 * AGAIN]);
    }

    #[tokio::test]
    async fn a_go_that_panics_ends_nothing_but_itself() {
        let gone = within(async { panic!("a go ends so") }).await;
        assert!(matches!(gone, Err(Gap::Broken)), "{gone:?}");
        // Nor does a task that does end what is begun after it.
        let (mut turns, mut reading) = (Turns::default(), JoinSet::new());
        reading.spawn(async { panic!("a task ends so") });
        for number in 2..=4 {
            turns.begin(MerchantId::from_bits(number), Instant::now());
            reading.spawn(std::future::pending());
        }
        let done = reading.join_next().await.expect("one ends");
        note(done, (&mut turns, &mut reading)).await;
        assert!(turns.is_due(MerchantId::from_bits(2), Instant::now()), "it begins anew");
        let one = MerchantId::from_bits(1);
        turns.begin(one, Instant::now());
        reading.spawn(async move { (one, Gone::Read(Far::All)) });
        while let Some(done) = reading.join_next().await {
            note(done, (&mut turns, &mut reading)).await;
        }
        assert!(!turns.is_due(one, Instant::now()), "it was read");
    }

    #[test]
    fn whoever_tells_much_is_read_once_a_minute() {
        let (one, now) = (MerchantId::from_bits(1), Instant::now());
        let mut turns = Turns::default();
        turns.begin(one, now);
        turns.hasten(one, now);
        turns.note(one, Gone::Read(Far::All), now + ON);
        assert_eq!(turns.next(one), Some(now + WANTED), "it was told while it was read");
        let later = now + 10 * MINUTE;
        turns.begin(one, now);
        turns.note(one, Gone::Read(Far::All), now);
        turns.hasten(one, later);
        assert!(turns.is_due(one, later), "nobody has asked for long");
    }
}

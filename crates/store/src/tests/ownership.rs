//! Who may write a room: taking, renewing, releasing, and what the others then may not do.

use super::{ANA, BO, CY, Stage, code, insert_room, load, name, new_room, on_both, seat, take, writer};
use crate::owners::{self, LEASE_MS, NodeId, Ownership, Writer};
use crate::{Error, Store, journal, participants, rooms};
use domain::Event;
use model::UnixMillis;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

async fn try_take(store: &Store, writer: &Writer, now: UnixMillis) -> Option<owners::Taken> {
    owners::take(store, writer, code(), now).await.expect("a room can be asked for")
}

/// One line in the journal, the shortest write there is.
async fn write(store: &Store, own: &mut Ownership, now: UnixMillis) -> Result<(), Error> {
    let room = load(store).await.room;
    let event = Event::Lapsed { participant: super::participant(BO) };
    let mut tx = store.begin_room(own, now).await?;
    journal::append(&mut tx, &room, &event, now).await?;
    tx.commit(own).await
}

#[tokio::test]
async fn a_room_is_taken_when_its_lease_is_over_and_not_before() {
    on_both(async |store| {
        insert_room(&store, &new_room(7)).await;
        let (first, second) = (writer(1, 1), writer(2, 2));
        let start = UnixMillis(5_000);
        let taken = try_take(&store, &first, start).await.expect("nobody has it");
        assert_eq!((taken.ownership.epoch(), taken.last_alive), (1, None));
        assert!(try_take(&store, &second, start.plus(LEASE_MS - 1)).await.is_none());
        owners::renew(&store, &taken.ownership, start.plus(10_000)).await.expect("it is still ours");
        assert!(try_take(&store, &second, start.plus(LEASE_MS)).await.is_none(), "the lease was renewed");
        let over = start.plus(10_000 + LEASE_MS);
        let other = try_take(&store, &second, over).await.expect("the lease is over");
        assert_eq!((other.ownership.epoch(), other.last_alive), (2, Some(start.plus(10_000))));
        let stale = owners::renew(&store, &taken.ownership, over).await;
        assert!(matches!(stale, Err(Error::Stale)));
        owners::release(&store, &taken.ownership, over).await.expect("letting go twice is harmless");
        assert!(try_take(&store, &first, over).await.is_none(), "only the owner can let go");
        owners::release(&store, &other.ownership, over.plus(5)).await.expect("the owner lets go");
        let back = try_take(&store, &first, over.plus(5)).await.expect("it was let go");
        assert_eq!((back.ownership.epoch(), back.last_alive), (3, Some(over.plus(5))));
    })
    .await;
}

#[tokio::test]
async fn an_owner_that_dies_before_its_first_write_gave_no_sign_of_life() {
    on_both(async |store| {
        insert_room(&store, &new_room(7)).await;
        let start = UnixMillis(5_000);
        let first = try_take(&store, &writer(1, 1), start).await.expect("nobody has it");
        owners::renew(&store, &first.ownership, start.plus(1_000)).await.expect("it is ours");
        for attempt in [2_u8, 3] {
            let later = start.plus(100_000 * i64::from(attempt));
            let taken =
                try_take(&store, &writer(1, attempt.into()), later).await.expect("it is ours by right");
            assert_eq!(taken.last_alive, Some(start.plus(1_000)), "attempt {attempt}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_write_renews_the_lease() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        stage.now = stage.now.plus(20_000);
        stage.arrive(ANA, "Ana").await;
        assert!(try_take(&store, &writer(2, 2), UnixMillis(5_000 + LEASE_MS)).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_server_that_starts_again_takes_its_own_rooms_at_once() {
    on_both(async |store| {
        let stage = Stage::new(store.clone()).await;
        let again = try_take(&store, &writer(1, 9), stage.now).await.expect("it is the same node");
        assert_eq!(again.ownership.epoch(), stage.ownership.epoch() + 1);
        let stale = store.begin_room(&stage.ownership, stage.now).await;
        assert!(matches!(stale, Err(Error::Stale)), "the process before is out");
    })
    .await;
}

#[tokio::test]
async fn a_stale_owner_writes_nothing_at_all() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        stage.arrive(ANA, "Ana").await;
        let later = stage.now.plus(LEASE_MS + 1);
        let mut other = take(&store, &writer(2, 2), later).await;
        write(&store, &mut other, later).await.expect("the new owner writes");
        let before = journal::load_newest(&store, stage.room.id, 100).await.expect("a journal is read");
        let refused = write(&store, &mut stage.ownership, later).await;
        assert!(matches!(refused, Err(Error::Stale)));
        let refused = store.begin_room(&stage.ownership, later).await;
        assert!(matches!(refused, Err(Error::Stale)));
        let after = journal::load_newest(&store, stage.room.id, 100).await.expect("a journal is read");
        assert_eq!(before, after);
        assert_eq!(after.iter().map(|line| line.epoch).collect::<Vec<_>>(), [1, 2]);
    })
    .await;
}

/// The new owner waits for a transaction that was begun before it came, and then finds all of it.
#[tokio::test]
async fn a_room_is_not_taken_in_the_middle_of_a_write() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        let later = stage.now.plus(LEASE_MS + 1);
        // Begun while the lease was nearly over, and slow: the write itself renews it.
        let mut tx = stage.begin().await;
        let taking = tokio::spawn({
            let store = store.clone();
            async move { try_take(&store, &writer(2, 2), later).await }
        });
        participants::insert_new(&mut tx, &seat(CY), &name("Cy")).await.expect("a seat can be added");
        tx.commit(&mut stage.ownership).await.expect("nobody could come between");
        let taken = taking.await.expect("no panic").expect("by its clock the lease is over");
        let found = participants::find(&store, stage.room.id, seat(CY).user, seat(CY).key).await;
        assert_eq!(found.expect("seats can be read"), Some(seat(CY).participant));
        assert_eq!(taken.ownership.epoch(), 2);
        assert!(matches!(store.begin_room(&stage.ownership, later).await, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn orphaned_rooms_are_those_that_a_node_may_take() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        stage.arrive(ANA, "Ana").await;
        let found = async |node, at: UnixMillis| {
            rooms::load_orphaned(&store, NodeId(node), at).await.expect("rooms can be read").len()
        };
        assert_eq!(found(1, stage.now).await, 1);
        assert_eq!(found(2, stage.now).await, 0, "its owner lives");
        assert_eq!(found(2, stage.now.plus(LEASE_MS)).await, 1);
    })
    .await;
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[derive(Default)]
struct Tally {
    /// How many lines each owner got through, by epoch.
    accepted: Mutex<BTreeMap<i64, (u128, u64)>>,
    stale: AtomicU64,
}

impl Tally {
    /// Whether the room changed hands often, each had a turn, and old owners tried to write.
    fn is_enough(&self) -> bool {
        let accepted = self.accepted.lock().expect("no test panics here");
        let owners: BTreeSet<u128> = accepted.values().map(|(node, _)| *node).collect();
        accepted.len() > 10 && owners.len() == 3 && self.stale.load(Ordering::SeqCst) > 5
    }
}

/// Takes the room whenever it can, writes, and goes on writing with what it believes to own.
async fn contend(store: Store, node: u128, (clock, tally): (Arc<AtomicI64>, Arc<Tally>)) {
    let mut dice = Dice(u64::try_from(node).expect("a test has few nodes"));
    let me = writer(node, node);
    let mut own: Option<Ownership> = None;
    for round in 0.. {
        // How the servers' turns fall is up to the machine; they fight until enough has happened.
        if round >= 120 && tally.is_enough() {
            return;
        }
        assert!(round < 20_000, "every server gets its turn some time");
        // Time jumps, so that leases end while their owners believe in them.
        let step = i64::try_from(dice.below(3)).expect("a small number") * LEASE_MS / 2;
        let now = UnixMillis(clock.fetch_add(step, Ordering::SeqCst));
        if own.is_none() {
            own = try_take(&store, &me, now).await.map(|taken| taken.ownership);
        }
        let Some(mine) = &mut own else { continue };
        match write(&store, mine, now).await {
            Ok(()) => {
                let mut accepted = tally.accepted.lock().expect("no test panics here");
                let entry = accepted.entry(mine.epoch()).or_insert((node, 0));
                assert_eq!(entry.0, node, "an epoch has one owner");
                entry.1 += 1;
            }
            Err(Error::Stale) => {
                tally.stale.fetch_add(1, Ordering::SeqCst);
                own = None;
            }
            Err(error) => panic!("{error:?}"),
        }
        if dice.below(8) == 0 {
            // Forgets that it owns the room, as a process does that is killed.
            own = None;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_fight_for_a_room_never_both_write_it() {
    for database in crate::testing::TestDatabase::both() {
        let store = Store::open(&database.url).await.expect("a new database opens");
        insert_room(&store, &new_room(7)).await;
        let (clock, tally) = (Arc::new(AtomicI64::new(5_000)), Arc::new(Tally::default()));
        let mut servers = tokio::task::JoinSet::new();
        let mut stores = Vec::new();
        for node in 1..=3 {
            // Each server has connections of its own.
            let own = Store::open(&database.url).await.expect("a database opens twice");
            stores.push(own.clone());
            servers.spawn(contend(own, node, (clock.clone(), tally.clone())));
        }
        servers.join_all().await;

        let room = load(&store).await.room;
        let lines = journal::load_newest(&store, room.id, 1_000).await.expect("a journal is read");
        let positions: Vec<i64> = lines.iter().map(|line| line.position).collect();
        let count = i64::try_from(lines.len()).expect("a test is short");
        assert_eq!(positions, (1..=count).collect::<Vec<_>>(), "no line is missing");
        assert!(lines.is_sorted_by_key(|line| line.epoch), "whoever is replaced writes no more");
        let accepted = std::mem::take(&mut *tally.accepted.lock().expect("no test panics here"));
        let mut written: BTreeMap<i64, u64> = BTreeMap::new();
        lines.iter().for_each(|line| *written.entry(line.epoch).or_default() += 1);
        assert_eq!(written, accepted.iter().map(|(epoch, (_, count))| (*epoch, *count)).collect());
        let owners: BTreeSet<u128> = accepted.values().map(|(node, _)| *node).collect();
        assert_eq!(owners.len(), 3, "each had its turn");
        assert!(accepted.len() > 10, "the room changed hands often");
        assert!(tally.stale.load(Ordering::SeqCst) > 5, "old owners tried to write");
        let report = crate::verify::walk(&store, &super::key(), None).await.expect("a history is walked");
        assert_eq!(report.expect("all rooms").findings, []);
        for store in stores.into_iter().chain([store]) {
            store.close().await;
        }
    }
}

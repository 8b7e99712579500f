//! Contacts and direct calls, on both databases.

use super::{ANA, BO, CY, name, on_both, user};
use crate::accounts::{self, AccountRow};
use crate::contacts::{self, List};
use crate::{Store, Transaction, rings};
use domain::contacts::{Counts, Relation};
use domain::ring::{Command, Ending, Event, Ring, Stage, Start, decide, start};
use domain::two::Two;
use model::{ContactLinkId, RingId, RoomCode, UnixMillis, UserId};

async fn begin(store: &Store) -> Transaction {
    store.begin().await.expect("a transaction begins")
}

async fn commit(tx: Transaction) {
    tx.commit().await.expect("a transaction ends");
}

const fn look(inside: [bool; 2]) -> Command {
    Command::Look(Two { inside, met: inside[0] && inside[1], is_open: true })
}

async fn make_accounts(store: &Store) {
    let mut tx = begin(store).await;
    for (bits, called) in [(ANA, "Ana"), (BO, "bo"), (CY, "Cy")] {
        let row = AccountRow {
            id: user(bits),
            email: None,
            name: name(called),
            password_hash: None,
            lang: "en".to_owned(),
            epoch: 1,
            created_at: UnixMillis(0),
            verified_at: None,
        };
        assert!(accounts::insert_new(&mut tx, &row).await.expect("an account can be written"));
    }
    commit(tx).await;
}

async fn names(store: &Store, list: List, of: u128) -> Vec<String> {
    let rows = contacts::load(store, list, user(of)).await.expect("lists can be read");
    rows.into_iter().map(|row| row.name.to_string()).collect()
}

async fn relation(store: &Store, me: u128, other: u128) -> Relation {
    let mut tx = begin(store).await;
    let relation = contacts::relation(&mut tx, user(me), user(other)).await.expect("it can be read");
    commit(tx).await;
    relation
}

#[tokio::test]
async fn contacts_are_mutual_and_end_for_both() {
    on_both(async |store| {
        make_accounts(&store).await;
        let mut tx = begin(&store).await;
        assert!(contacts::lock_both(&mut tx, user(BO), user(ANA)).await.expect("both are there"));
        assert!(!contacts::lock_both(&mut tx, user(BO), user(99)).await.expect("one is not"));
        contacts::insert_request(&mut tx, user(BO), user(ANA), UnixMillis(1)).await.expect("asked");
        contacts::insert_request(&mut tx, user(BO), user(ANA), UnixMillis(2)).await.expect("again");
        let counts = contacts::counts(&mut tx, user(BO), user(ANA)).await.expect("counted");
        assert_eq!(counts, Counts { contacts: (0, 0), requests: (1, 1) });
        commit(tx).await;
        assert_eq!(relation(&store, BO, ANA).await, Relation::Asked);
        assert_eq!(relation(&store, ANA, BO).await, Relation::AsksMe);
        assert_eq!(names(&store, List::Asking, ANA).await, ["bo"]);
        assert_eq!(names(&store, List::Asked, BO).await, ["Ana"]);

        let mut tx = begin(&store).await;
        contacts::join(&mut tx, user(ANA), user(BO), UnixMillis(3)).await.expect("joined");
        contacts::join(&mut tx, user(CY), user(ANA), UnixMillis(3)).await.expect("joined");
        commit(tx).await;
        assert_eq!(relation(&store, BO, ANA).await, Relation::Contact);
        assert_eq!(names(&store, List::Contacts, ANA).await, ["bo", "Cy"], "by name, however it is written");
        assert_eq!(names(&store, List::Asking, ANA).await, Vec::<String>::new());
        assert_eq!(contacts::load_ids(&store, user(BO)).await.expect("ids are read"), [user(ANA)]);

        let mut tx = begin(&store).await;
        contacts::part(&mut tx, user(BO), user(ANA)).await.expect("parted");
        commit(tx).await;
        assert_eq!(relation(&store, ANA, BO).await, Relation::Stranger);
        assert_eq!(names(&store, List::Contacts, ANA).await, ["Cy"]);
    })
    .await;
}

#[tokio::test]
async fn a_block_takes_everything_away_and_an_account_takes_its_lines_along() {
    on_both(async |store| {
        make_accounts(&store).await;
        let mut tx = begin(&store).await;
        contacts::join(&mut tx, user(ANA), user(BO), UnixMillis(1)).await.expect("joined");
        contacts::block(&mut tx, user(ANA), user(BO), UnixMillis(2)).await.expect("blocked");
        assert_eq!(contacts::count_blocked(&mut tx, user(ANA)).await.expect("counted"), 1);
        commit(tx).await;
        assert_eq!(relation(&store, ANA, BO).await, Relation::Blocked);
        assert_eq!(relation(&store, BO, ANA).await, Relation::BlockedMe);
        assert_eq!(relation(&store, BO, BO).await, Relation::Myself);
        assert_eq!(names(&store, List::Blocked, ANA).await, ["bo"]);
        assert_eq!(names(&store, List::Contacts, BO).await, Vec::<String>::new());
        let mut tx = begin(&store).await;
        contacts::unblock(&mut tx, user(ANA), user(BO)).await.expect("unblocked");
        contacts::join(&mut tx, user(ANA), user(CY), UnixMillis(3)).await.expect("joined");
        commit(tx).await;
        assert_eq!(relation(&store, BO, ANA).await, Relation::Stranger);
        let mut tx = begin(&store).await;
        accounts::delete(&mut tx, user(CY)).await.expect("deleted");
        commit(tx).await;
        assert_eq!(names(&store, List::Contacts, ANA).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_link_is_made_once_and_a_new_one_voids_it() {
    on_both(async |store| {
        make_accounts(&store).await;
        let link = async |fresh| {
            let link = contacts::link_of(&store, user(ANA), ContactLinkId::from_bits(fresh)).await;
            link.expect("a link is made").bits()
        };
        assert_eq!((link(7).await, link(8).await), (7, 7));
        let found = contacts::load_by_link(&store, ContactLinkId::from_bits(7)).await.expect("it is read");
        assert_eq!(found.map(|row| row.user), Some(user(ANA)));
        contacts::renew_link(&store, user(ANA), ContactLinkId::from_bits(9)).await.expect("renewed");
        assert_eq!(contacts::load_by_link(&store, ContactLinkId::from_bits(7)).await.expect("read"), None);
        assert_eq!(link(8).await, 9);
    })
    .await;
}

fn rung(id: u128, caller: u128, callee: u128, at: i64) -> Ring {
    match start(RingId::from_bits(id), (user(caller), user(callee)), &[], UnixMillis(at)) {
        Ok(Start::New(ring)) => ring,
        other => panic!("it does not ring: {other:?}"),
    }
}

async fn change(store: &Store, ring: &mut Ring, command: Command, at: i64) {
    let events: Vec<Event> = decide(ring, command, UnixMillis(at)).expect("it may");
    events.into_iter().for_each(|event| ring.apply(event));
    let mut tx = begin(store).await;
    rings::save(&mut tx, ring).await.expect("a call is saved");
    commit(tx).await;
    assert_eq!(rings::load(store, ring.id).await.expect("a call is read").as_ref(), Some(&*ring));
}

#[tokio::test]
async fn a_call_is_read_as_it_was_saved_in_every_stage() {
    on_both(async |store| {
        make_accounts(&store).await;
        let mut ring = rung(1, ANA, BO, 1_000);
        let mut tx = begin(&store).await;
        rings::insert(&mut tx, &ring).await.expect("a call is added");
        commit(tx).await;
        let live = |who: UserId| rings::load_live(&store, who);
        assert_eq!(live(user(BO)).await.expect("it is read"), Some(ring.clone()));
        assert_eq!(rings::next_due(&store).await.expect("it is read"), ring.due());
        assert_eq!(rings::load_due(&store, UnixMillis(45_999)).await.expect("it is read"), []);
        assert_eq!(rings::load_due(&store, UnixMillis(46_000)).await.expect("read").len(), 1);
        change(&store, &mut ring, Command::Accept { by: user(BO), room: RoomCode::from_bits(7) }, 2_000)
            .await;
        change(&store, &mut ring, look([true, true]), 3_000).await;
        assert_eq!(rings::next_due(&store).await.expect("it is read"), None);
        assert!(rings::is_inside(&store, user(BO)).await.expect("it is read"), "on the way");
        let inside = rings::look_inside(&store, RoomCode::from_bits(7), (user(ANA), user(BO))).await;
        let nobody = Two { inside: [false; 2], met: false, is_open: false };
        assert_eq!(inside.expect("it is read"), nobody, "there is no such room");
        change(&store, &mut ring, look([true, false]), 4_000).await;
        assert_eq!(live(user(BO)).await.expect("it is read"), None);
        assert!(!rings::is_inside(&store, user(BO)).await.expect("it is read"));
        assert_eq!(rings::load_contacts_inside(&store, user(BO)).await.expect("it is read"), []);
        assert_eq!(rings::delete_ended(&store, UnixMillis(0)).await.expect("swept"), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_rung_twice_at_once() {
    on_both(async |store| {
        make_accounts(&store).await;
        let mut tx = begin(&store).await;
        rings::insert(&mut tx, &rung(1, ANA, BO, 0)).await.expect("a call is added");
        commit(tx).await;
        let mut tx = begin(&store).await;
        assert!(rings::insert(&mut tx, &rung(2, CY, BO, 0)).await.is_err(), "the database itself refuses");
    })
    .await;
}

#[tokio::test]
async fn missed_calls_are_kept_for_the_callee_until_they_are_forgotten() {
    on_both(async |store| {
        make_accounts(&store).await;
        let endings = [Ending::Missed, Ending::Declined, Ending::Busy, Ending::Cancelled, Ending::Over];
        let mut tx = begin(&store).await;
        for (index, how) in (1_u8..).zip(endings) {
            let mut ring = rung(u128::from(index), ANA, BO, i64::from(index));
            ring.stage = Stage::Ended { how, at: UnixMillis(100 + i64::from(index)) };
            rings::insert(&mut tx, &ring).await.expect("a call is added");
        }
        commit(tx).await;
        let missed = async |of: u128, since| {
            let rows = rings::load_missed(&store, user(of), UnixMillis(since), 9).await.expect("read");
            rows.into_iter().map(|row| row.made_at.0).collect::<Vec<_>>()
        };
        assert_eq!(missed(BO, 0).await, [4, 3, 1]);
        assert_eq!(missed(BO, 3).await, [4]);
        assert_eq!(missed(ANA, 0).await, Vec::<i64>::new(), "the caller keeps no list");
        assert_eq!(rings::delete_ended(&store, UnixMillis(101)).await.expect("swept"), 3);
        assert_eq!(missed(BO, 0).await, [4, 3]);
        let mut tx = begin(&store).await;
        contacts::block(&mut tx, user(BO), user(ANA), UnixMillis(1)).await.expect("blocked");
        commit(tx).await;
        assert_eq!(missed(BO, 0).await, Vec::<i64>::new(), "nothing is heard of who is blocked");
        rings::forget_missed(&store, user(BO)).await.expect("forgotten");
        assert_eq!(rings::delete_ended(&store, UnixMillis(999)).await.expect("swept"), 0);
    })
    .await;
}

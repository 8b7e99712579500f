//! Two servers on one database: one owns the room, the other says so, and never do both write it.

use crate::stage::{ANA, BO, CY, Stage, refused};
use protocol::ErrorCode;
use service::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::owners::LEASE_MS;
use store::testing::{Choice, TestDatabase};

const LEASE: u64 = LEASE_MS as u64;

/// Runs one test on both databases.
async fn on_both(test: impl AsyncFn(Stage)) {
    // The run on PostgreSQL repeats what ran on SQLite alone; this ran on both.
    if Choice::of_this_run() == Choice::Postgres {
        return;
    }
    for database in TestDatabase::both() {
        test(Stage::on(database, false).await).await;
    }
}

/// The history is whole: no position twice, none missing, and whoever was replaced wrote no more.
async fn assert_one_hand(stage: &Stage) -> Vec<i64> {
    let room = stage.saved().await.id;
    let lines = store::journal::load_newest(&stage.store, room, 1_000).await.expect("a journal is read");
    let positions: Vec<i64> = lines.iter().map(|line| line.position).collect();
    assert_eq!(positions, (1..).take(lines.len()).collect::<Vec<_>>());
    assert!(lines.is_sorted_by_key(|line| line.epoch));
    let key = store::audit::AuditKey::derive(b"the secret of the tests");
    let report = store::verify::walk(&stage.store, &key, None).await.expect("a history is walked");
    assert_eq!(report.expect("all rooms").findings, []);
    lines.iter().map(|line| line.epoch).collect()
}

#[tokio::test(start_paused = true)]
async fn a_room_that_another_server_holds_is_refused_for_now() {
    on_both(async |ours| {
        let mut ana = ours.enter(ANA).await;
        let theirs = ours.rival().await;
        for _ in 0..3 {
            let answer = theirs.ask(BO, "good").await;
            assert!(matches!(answer, Err(Error::Elsewhere)), "{answer:?}");
        }
        let code = refused(theirs.rooms.entry(ours.room, None, None).await);
        assert!(code.is_passing(), "browsers ask again by themselves");
        assert_eq!(refused(theirs.rooms.reconnect(ANA.user, ours.seat(ANA)).await), ErrorCode::Elsewhere);
        // An owner that lives keeps the room for as long as it likes.
        for _ in 0..6 {
            ours.wait(10).await;
        }
        assert!(matches!(theirs.ask(BO, "good").await, Err(Error::Elsewhere)));
        let _bo = ours.enter(BO).await;
        assert_eq!(ours.heard(&mut ana).await.len(), 2);
        assert_eq!(assert_one_hand(&ours).await, [1, 1]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_in_good_order_lets_its_rooms_go_at_once() {
    on_both(async |ours| {
        ours.enter(ANA).await;
        let theirs = ours.rival().await;
        ours.rooms.shut_down().await;
        theirs.reconnect(ANA).await;
        theirs.enter(BO).await;
        assert_eq!(theirs.attendance().await, ["Ana 0-", "Bo 0-"], "nobody's stay was interrupted");
        assert_one_hand(&theirs).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_is_replaced_and_writes_nothing_when_it_is_back() {
    on_both(async |ours| {
        let mut ana = ours.enter(ANA).await;
        let mut bo = ours.enter(BO).await;
        let theirs = ours.rival().await;
        ours.heard(&mut ana).await;
        ours.heard(&mut bo).await;
        // It stands still, and does not know.
        ours.ambient.freeze();
        theirs.pass(LEASE - 1).await;
        assert!(matches!(theirs.ask(CY, "good").await, Err(Error::Elsewhere)));
        theirs.pass(1).await;
        let mut there = theirs.reconnect(ANA).await;
        assert_eq!(theirs.heard(&mut there).await.len(), 1);
        let before = theirs.journal().await;
        assert_eq!(
            before,
            ["0 entered Ana", "0 entered Bo", "0 dropped Ana", "0 dropped Bo", "30 returned Ana"]
        );

        ours.ambient.thaw();
        ours.media.commands();
        assert!(matches!(ours.say(BO, 1, "still here?").await, Err(Error::Elsewhere)));
        for line in [&mut ana, &mut bo] {
            assert_eq!(line.connection.receive().await, None, "browsers are sent to find the room");
        }
        assert!(matches!(ours.ask(BO, "good").await, Err(Error::Elsewhere)));
        assert_eq!(ours.media.rooms_closed(), 1, "nobody's media stay behind");
        assert_eq!(ours.occupancy().await, (0, 0));
        assert_eq!(theirs.journal().await, before, "nothing was written");
        let said = store::chat::load_newest(&theirs.store, theirs.saved().await.id, 9).await;
        assert_eq!(said.expect("chat is read"), []);
        assert_eq!(assert_one_hand(&theirs).await, [1, 1, 2, 2, 2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_was_replaced_notices_though_nobody_speaks_to_it() {
    let ours = Stage::with_open_door().await;
    let mut ana = ours.enter(ANA).await;
    let theirs = ours.rival().await;
    ours.heard(&mut ana).await;
    ours.ambient.freeze();
    theirs.pass(LEASE).await;
    theirs.enter(BO).await;
    ours.ambient.thaw();
    theirs.pass(LEASE).await;
    assert_eq!(ana.connection.receive().await, None);
}

/// Many people at both doors at once, while the room changes hands again and again.
#[tokio::test(start_paused = true)]
async fn servers_that_are_asked_for_the_same_room_never_both_write_it() {
    on_both(async |ours| {
        let theirs = ours.rival().await;
        let accepted = AtomicUsize::new(0);
        let elsewhere = AtomicUsize::new(0);
        for round in 0..6_u64 {
            let hammer = async |stage: &Stage, first: u128| {
                for number in first..first + 8 {
                    let tab = crate::stage::tab("Guest", number, number);
                    match stage.ask(tab, "good").await {
                        Ok(_) => accepted.fetch_add(1, Ordering::SeqCst),
                        Err(Error::Elsewhere) => elsewhere.fetch_add(1, Ordering::SeqCst),
                        Err(error) => panic!("{error:?}"),
                    };
                    match stage.rooms.leave(tab.user, stage.seat(tab)).await {
                        Ok(()) | Err(Error::Elsewhere) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            };
            let first = 100 + u128::from(round) * 100;
            tokio::join!(
                hammer(&ours, first),
                hammer(&theirs, first + 20),
                hammer(&ours, first + 40),
                hammer(&theirs, first + 60),
            );
            // One of the two stands still for the length of a lease, and its room goes over.
            let (gone, stays) = if round % 2 == 0 { (&ours, &theirs) } else { (&theirs, &ours) };
            gone.ambient.freeze();
            stays.pass(LEASE).await;
            tokio::join!(hammer(stays, first + 80), hammer(gone, first + 90));
            gone.ambient.thaw();
        }
        let epochs = assert_one_hand(&ours).await;
        let (accepted, elsewhere) = (accepted.into_inner(), elsewhere.into_inner());
        assert_eq!(ours.attendance().await.len(), accepted, "each yes is one stay, each no is none");
        assert!(accepted >= 60 && elsewhere >= 60, "{accepted} accepted, {elsewhere} sent elsewhere");
        let hands: std::collections::BTreeSet<i64> = epochs.into_iter().collect();
        assert!(hands.len() >= 3, "the room changed hands: {hands:?}");
    })
    .await;
}

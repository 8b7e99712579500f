//! Names in rooms that go on, which are erased when they are old, whoever is inside.

use crate::stage::{ANA, BO, START, Stage};
use model::UnixMillis;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

#[tokio::test(start_paused = true)]
async fn old_names_fade_while_somebody_is_inside() {
    let stage = Stage::with_open_door().await;
    let _ana = stage.enter(ANA).await;
    let bo = stage.enter(BO).await;
    stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave");
    drop(bo);
    stage.settled().await;
    let before = stage.journal().await;
    assert!(before.iter().any(|line| line.ends_with("left Bo")), "{before:?}");

    let fade = async |stage: &Stage, by| stage.rooms.fade(UnixMillis(by)).await.expect("names can be erased");
    assert_eq!(fade(&stage, START - DAY_MS).await, 0, "nothing is that old");
    assert_eq!(stage.journal().await, before);
    let rival = stage.rival().await;
    assert_eq!(fade(&rival, START + DAY_MS).await, 0, "nobody writes what another server has");
    // He came and left, was inside once, and had one seat.
    assert_eq!(fade(&stage, START + DAY_MS).await, 4);
    assert_eq!(fade(&stage, START + DAY_MS).await, 0);
    let after = stage.journal().await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|line| !line.contains("Bo")), "{after:?}");
    assert!(after.iter().any(|line| line.ends_with("entered Ana")), "who is inside has a name: {after:?}");
    assert_eq!(stage.attendance().await, [" 0-0 left", "Ana 0-"]);

    let _bo = stage.enter(BO).await;
    assert_eq!(stage.attendance().await, [" 0-0 left", "Ana 0-", "Bo 0-"], "whoever comes again has one");
    assert_eq!(stage.occupancy().await, (2, 0), "the room went on all the time");
}

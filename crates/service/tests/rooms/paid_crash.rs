//! Servers that are killed between any two statements: while they come back, while a paid call ends, and while
//! its orders are carried out. The books are never wrong in between, and nobody pays for the time without one.

use crate::paid::{agree_as, is_closed, kept, pay, say_paid, session, session_behind, set, slot};
use crate::prepaid;
use crate::stage::{ANA, BO, CY, Stage, identity};
use domain::session::Status;
use model::{Policy, SessionId};
use store::testing::{Choice, crash_after};

/// The statements are the same on PostgreSQL, where starting a server takes longer.
fn stride() -> u32 {
    match Choice::of_this_run() {
        Choice::Sqlite => 1,
        Choice::Postgres => 3,
    }
}

/// The server is killed, is away for an hour, and killed again at each statement of coming back.
async fn comes_back(mut stage: Stage) -> Stage {
    let mut killed = 0;
    loop {
        stage.ambient.freeze();
        stage.pass(3_600_000).await;
        crash_after(Some(killed));
        stage = stage.restarted().await;
        let answer = stage.rooms.entry(stage.room, Some(identity(ANA.user)), None).await;
        crash_after(None);
        if answer.is_ok() {
            break;
        }
        killed += stride();
    }
    assert!(killed > 4, "there are more statements than that: {killed}");
    stage
}

/// Two and a half minutes pass, and the server dies with a sign of life.
async fn have_it_and_die(stage: &Stage, lines: impl Sized) {
    stage.live(150).await;
    stage.say(ANA, 1, "Are you there?").await.expect("whoever is inside may speak");
    std::mem::forget(lines);
}

async fn had_what_it_lasted(stage: &Stage, id: SessionId) {
    is_closed(stage, id).await;
    let over = session(stage, id).await;
    let attended_ms = over.settlement().expect("it is over").attended_ms;
    assert_eq!(attended_ms, 150_000);
}

#[tokio::test(start_paused = true)]
async fn wherever_a_server_is_killed_as_it_comes_back_its_absence_is_nobodys_time() {
    let stage = Stage::with_open_door().await;
    set(&stage, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
    let bos = pay(&stage).await;
    let path = agree_as(&stage, CY).await.expect("there is a checkout");
    let (cys, payment) = session_behind(&stage, &path).await;
    say_paid(&stage, cys, payment).await;
    let lines = (stage.enter(ANA).await, stage.enter(BO).await, stage.enter(CY).await);
    have_it_and_die(&stage, lines).await;
    let stage = comes_back(stage).await;
    stage.wait(130).await;
    for id in [bos, cys] {
        had_what_it_lasted(&stage, id).await;
        assert_eq!(session(&stage, id).await.status(), Status::Aborted);
        // A twelfth of the half hour was had.
        assert_eq!(kept(&stage, id).await, 105);
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_a_server_is_killed_as_it_comes_back_minutes_are_not_used_up() {
    let stage = Stage::with_open_door().await;
    prepaid::sold(&stage).await;
    prepaid::buy(&stage).await;
    agree_as(&stage, BO).await;
    let lines = (stage.enter(ANA).await, stage.enter(BO).await);
    have_it_and_die(&stage, lines).await;
    let stage = comes_back(stage).await;
    stage.wait(130).await;
    let id = prepaid::own(&stage).await;
    had_what_it_lasted(&stage, id).await;
    kept(&stage, id).await;
    assert_eq!(prepaid::left(&stage).await, 27);
}

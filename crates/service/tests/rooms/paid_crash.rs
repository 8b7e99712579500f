//! Servers that are killed between any two writes: while they come back, while a paid call ends, and while
//! its orders are carried out. The books are never wrong in between, and nobody pays for the time without one.

use crate::paid::{agree_as, is_closed, kept, pay, say_paid, session, session_behind, set, slot};
use crate::prepaid;
use crate::stage::{ANA, BO, CY, Stage, identity};
use domain::session::{Instruction, Status};
use model::{PaymentId, Policy, SessionId};
use protocol::Errand;
use service::Ambient;
use store::sessions::orders;
use store::test_payments;
use store::testing::{Choice, crash_after};

/// The points are the same on PostgreSQL, where starting a server takes longer.
fn stride() -> u32 {
    match Choice::of_this_run() {
        Choice::Sqlite => 1,
        Choice::Postgres => 3,
    }
}

/// The server is killed, is away for an hour, and killed again at each point of coming back.
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
    assert!(killed > 4, "there are more points than that: {killed}");
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

/// Ends Ana's room, and is killed at each point of doing so; what becomes of it in the end is the same.
#[tokio::test(start_paused = true)]
async fn wherever_a_server_is_killed_as_a_paid_call_ends_it_ends_once() {
    let stage = Stage::with_open_door().await;
    set(&stage, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
    let id = pay(&stage).await;
    let payment = session(&stage, id).await.till.payments[0].id;
    let _lines = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(150).await;
    let mut killed = 0;
    loop {
        crash_after(Some(killed));
        let ended = stage.rooms.errand(ANA.user, stage.room, Errand::End).await;
        crash_after(None);
        stage.settled().await;
        // Room, attendance, history and books say the same, whatever they say.
        kept(&stage, id).await;
        let stays = stage.attendance().await;
        let is_over = session(&stage, id).await.is_closed();
        assert_eq!(is_over, stays.iter().any(|stay| stay.ends_with("ended")), "{stays:?}");
        if is_over {
            assert!(ended.is_err(), "it is saved before anybody is told");
            break;
        }
        killed += 1;
    }
    assert!(killed > 20, "there are more points than that: {killed}");
    assert_eq!(session(&stage, id).await.status(), Status::Aborted);
    let all_but = 1_250 - kept(&stage, id).await;
    goes_back_once(&stage, payment, all_but).await;
}

/// The worker is killed at each point of carrying orders out, and goes on where it was.
async fn goes_back_once(stage: &Stage, payment: PaymentId, amount: i64) {
    let is_done = async || {
        let later = stage.ambient.now().plus(48 * 3_600_000);
        let due = orders::load_due(&stage.store, later, 100).await.expect("they are read");
        due.iter().all(|order| matches!(order.instruction, Instruction::Mail(_)))
    };
    // Reading counts for nothing, so that it stays armed: the worker never runs unharmed in between.
    let mut killed = 0;
    crash_after(Some(killed));
    while !is_done().await {
        // Until nobody has it any more, and it is tried again.
        stage.pass(61_000).await;
        stage.try_wait(16).await;
        let back = test_payments::returned(&stage.store, payment).await.expect("it is read");
        assert!([Some(0), Some(amount)].contains(&back), "{back:?}");
        killed += 1;
        assert!(killed < 200, "it is never done");
        crash_after(Some(killed));
    }
    crash_after(None);
    assert!(killed > 3, "there are more points than that: {killed}");
    let back = test_payments::returned(&stage.store, payment).await.expect("it is read");
    assert_eq!(back, Some(amount));
    let (_, dead) = orders::count(&stage.store).await.expect("they are counted");
    assert_eq!(dead, 0, "nobody gave it up");
}

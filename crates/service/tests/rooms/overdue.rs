//! What is due for a whole room comes due though the server was killed, as of its own time, and though
//! nobody comes: the end of a call, and the end of the room.
//!
//! Each test kills the server where it stands and starts another on the same database. Nobody joins, knocks
//! or looks at the page afterwards: what happens then is the work of the search for orphans.

use crate::stage::{ANA, BO, CY, Line, START, Stage};
use domain::room::Phase;
use model::policy::{Door, Ending, Minutes};
use model::schedule::Repeat;
use model::{Policy, Schedule, UnixMillis};
use protocol::Errand;

const DAY: u64 = 24 * 60 * 60;
/// When the plan of these tests is over, in seconds after the start.
const PLAN_ENDS: u64 = 2_800;

/// An hour in which the tests begin: from 22:00 to 23:00, and it is 22:13:20.
fn plan() -> Schedule {
    Schedule {
        starts: "2023-11-14T22:00".parse().expect("a time"),
        zone: "UTC".parse().expect("a zone"),
        length: Minutes::new(60).expect("an hour is within a day"),
        repeat: Repeat::Once,
        until: None,
    }
}

async fn set(stage: &Stage, errand: Errand) {
    stage.rooms.errand(ANA.user, stage.room, errand).await.expect("a host may");
}

/// The server is killed at `killed`, and another starts at `again`, in seconds after the start.
async fn restarted(stage: Stage, lines: Vec<Line>, (killed, again): (u64, u64)) -> Stage {
    let passed = (service::Ambient::now(&*stage.ambient).0 - START).unsigned_abs() / 1_000;
    stage.wait(killed - passed).await;
    lines.into_iter().for_each(std::mem::forget);
    stage.ambient.freeze();
    stage.pass((again - killed) * 1_000).await;
    stage.restarted().await
}

/// Ana and Bo inside, Cy at the door.
async fn call(stage: &Stage) -> Vec<Line> {
    let mut lines = vec![stage.enter(ANA).await, stage.enter(BO).await];
    let knock = Policy { door: Door::Knock, ..stage.saved().await.policy };
    set(stage, Errand::SetPolicy(Box::new(knock))).await;
    lines.push(stage.knock(CY).await);
    lines
}

/// The last lines of the journal.
async fn last_lines(stage: &Stage, count: usize) -> Vec<String> {
    let mut journal = stage.journal().await;
    journal.split_off(journal.len().saturating_sub(count))
}

/// A call that must be over at `end`: the server dies before, and returns before or after.
async fn assert_over_at(end: u64, policy: Policy, schedule: Option<Schedule>) {
    let time_up = [format!("Ana 0-{end} time_up"), format!("Bo 0-{end} time_up")];
    let lost = ["Ana 0-1045 lost", "Bo 0-1045 lost"].map(str::to_owned);
    for (killed, again, expected) in [
        // The new server still holds the call when its time is up.
        (end - 10, end - 5, &time_up),
        // It starts when everybody is still awaited, but the time is up.
        (end - 10, end + 20, &time_up),
        // It starts long after.
        (end - 10, end + 40_000, &time_up),
        // Whoever was lost before the time was up was lost.
        (1_000, end + 40_000, &lost),
    ] {
        let stage = Stage::with_open_door().await;
        set(&stage, Errand::SetPolicy(Box::new(policy.clone()))).await;
        set(&stage, Errand::Plan(schedule.clone())).await;
        let lines = call(&stage).await;
        let stage = restarted(stage, lines, (killed, again)).await;
        if again < end {
            stage.until("the room came to life", async |stage| stage.occupancy().await == (2, 1)).await;
            assert_eq!(stage.attendance().await, ["Ana 0-", "Bo 0-"], "the time is not up yet");
            stage.live(end - again).await;
        }
        stage.until("the call is over", async |stage| stage.attendance().await == *expected).await;
        let room = stage.saved().await;
        assert_eq!(room.phase, Phase::Idle, "the room stays");
        let over = if killed == 1_000 { 1_045 } else { end };
        let over_ms = i64::try_from(over).expect("a test is short") * 1_000;
        assert_eq!(room.idle_since, UnixMillis(START + over_ms), "it was over when it was over");
        let journal = stage.journal().await;
        let ended = |name: &str| {
            let word = if killed == 1_000 { "lost" } else { "time_up" };
            journal.iter().filter(|line| **line == format!("{over} {word} {name}")).count()
        };
        assert_eq!((ended("Ana"), ended("Bo")), (1, 1), "{journal:?}");
        // Another crash ends nothing again.
        let stage = stage.restarted().await;
        let door_is_empty = async |stage: &Stage| stage.saved().await.people.is_empty();
        let is_looked_after = async |stage: &Stage| stage.occupancy().await.1 == 1;
        let either = async |stage: &Stage| door_is_empty(stage).await || is_looked_after(stage).await;
        stage.until("whoever waits is looked after", either).await;
        stage.live(60).await;
        stage.until("the door is empty", door_is_empty).await;
        assert_eq!(stage.attendance().await, *expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_planned_end_comes_at_its_time_though_the_server_was_killed() {
    let policy = Policy { ending: Ending::Close, ..Policy::plain(false) };
    assert_over_at(PLAN_ENDS, policy, Some(plan())).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_lasts_no_longer_because_the_server_was_killed() {
    let longest = Minutes::new(30).ok();
    assert_over_at(1_800, Policy { longest, ..Policy::plain(false) }, None).await;
}

/// A room that is over `end` after the start, whenever another server starts.
async fn assert_expires_at(end: u64, schedule: Option<Schedule>) {
    for again in [end - 2, end, end + 100 * DAY] {
        let stage = Stage::with_open_door().await;
        set(&stage, Errand::Plan(schedule.clone())).await;
        let ana = stage.enter(ANA).await;
        stage.wait(10).await;
        stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
        let stage = restarted(stage, vec![ana], (10, again)).await;
        if again < end {
            stage.live(1).await;
            assert_eq!(stage.saved().await.phase, Phase::Idle, "a second too early");
            stage.live(60).await;
        }
        let end_ms = i64::try_from(end).expect("a test is short") * 1_000;
        let ended = Phase::Ended { at: UnixMillis(START + end_ms), expired: true };
        stage.until("the room is over", async |stage| stage.saved().await.phase == ended).await;
        assert_eq!(last_lines(&stage, 2).await, ["10 left Ana".to_owned(), format!("{end} expired")]);
        assert_eq!(stage.attendance().await, ["Ana 0-10 left"]);
        let stage = stage.restarted().await;
        stage.live(30).await;
        assert_eq!(last_lines(&stage, 2).await[0], "10 left Ana", "it is over once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_that_nobody_visits_is_over_after_ninety_days_though_the_server_was_killed() {
    assert_expires_at(10 + 90 * DAY, None).await;
}

#[tokio::test(start_paused = true)]
async fn a_room_is_over_a_day_after_its_last_time_though_the_server_was_killed() {
    assert_expires_at(PLAN_ENDS + DAY, Some(plan())).await;
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_call_the_server_did_not_survive_expires_as_if_it_had() {
    let stage = Stage::with_open_door().await;
    let lines = call(&stage).await;
    let stage = restarted(stage, lines, (10, 200 * DAY)).await;
    let is_over = async |stage: &Stage| matches!(stage.saved().await.phase, Phase::Ended { .. });
    stage.until("the room is over", is_over).await;
    assert_eq!(stage.attendance().await, ["Ana 0-55 lost", "Bo 0-55 lost"]);
    assert_eq!(last_lines(&stage, 1).await, [format!("{} expired", 55 + 90 * DAY)]);
}

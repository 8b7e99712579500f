//! The server is killed, and another starts later: every room is as the rules say, though nobody asks.

use crate::stage::{ANA, BO, CY, DEE, Line, Stage};
use domain::room::{Link, Phase, Standing};
use expect_test::{Expect, expect};
use model::UnixMillis;
use protocol::Deed;

/// The process is killed: nobody hears of these sockets again.
fn forget(lines: impl IntoIterator<Item = Line>) {
    lines.into_iter().for_each(std::mem::forget);
}

/// What the database says of everybody who is here, by name: their standing, and in how many seconds they
/// lose it.
async fn standings(stage: &Stage) -> Vec<String> {
    let now = service::Ambient::now(&*stage.ambient);
    let left = |until: UnixMillis| (until.0 - now.0) / 1_000;
    let link = |link| match link {
        Link::Expected { until } => format!("expected {}", left(until)),
        Link::Connected => "connected".to_owned(),
        Link::Dropped { until, .. } => format!("dropped {}", left(until)),
    };
    let mut told: Vec<_> = stage
        .saved()
        .await
        .people
        .values()
        .map(|person| match person.standing {
            Standing::Waiting { link: at, .. } => format!("{} waiting, {}", person.name, link(at)),
            Standing::Admitted { until } => format!("{} admitted, {}", person.name, left(until)),
            Standing::Present { link: at, .. } => format!("{} present, {}", person.name, link(at)),
        })
        .collect();
    told.sort();
    told
}

async fn check(stage: &Stage, expected: Expect) {
    let told = [standings(stage).await, stage.attendance().await].concat();
    expected.assert_eq(&told.iter().map(|line| format!("{line}\n")).collect::<String>());
}

/// Ana inside, Bo inside and just dropped, Cy let in, Dee at the door, after ten seconds.
async fn full_house() -> Stage {
    let stage = Stage::with_waiting_room().await;
    let ana = stage.enter(ANA).await;
    let mut door = Vec::new();
    for tab in [BO, CY] {
        let line = stage.knock(tab).await;
        let admitted = stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(line.participant)).await;
        admitted.expect("a host may admit");
        door.push(line);
    }
    let bo = stage.enter(BO).await;
    door.push(stage.knock(DEE).await);
    stage.wait(10).await;
    bo.close(service::Closing::Clean).await;
    stage.settled().await;
    forget(door);
    forget([ana]);
    stage
}

#[tokio::test(start_paused = true)]
async fn every_deadline_stands_in_the_database() {
    let stage = full_house().await;
    check(
        &stage,
        expect![[r#"
            Ana present, connected
            Bo present, dropped 6
            Cy admitted, 50
            Dee waiting, connected
            Ana 0-
            Bo 0-
        "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_a_short_absence_everybody_has_the_grace_time_anew() {
    let stage = full_house().await;
    stage.ambient.freeze();
    stage.pass(20_000).await;
    let stage = stage.restarted().await;
    stage.until("the room came to life", async |stage| stage.occupancy().await == (2, 1)).await;
    check(
        &stage,
        expect![[r#"
            Ana present, dropped 45
            Bo present, dropped 45
            Cy admitted, 60
            Dee waiting, dropped 45
            Ana 0-
            Bo 0-
        "#]],
    )
    .await;
    // Killed again before anybody is back: nobody gets more, and nobody less.
    let stage = stage.restarted().await;
    stage.until("the room came to life", async |stage| stage.occupancy().await == (2, 1)).await;
    stage.reconnect(ANA).await;
    stage.live(45).await;
    stage.until("the lost are gone", async |stage| stage.occupancy().await.1 == 0).await;
    stage.until("stays are closed", async |stage| stage.attendance().await[1] == "Bo 0-75 lost").await;
}

#[tokio::test(start_paused = true)]
async fn after_a_long_absence_everybody_is_gone_as_of_their_own_deadline() {
    let stage = full_house().await;
    stage.ambient.freeze();
    stage.pass(3_600_000).await;
    let stage = stage.restarted().await;
    let gone = async |stage: &Stage| stage.saved().await.people.is_empty();
    stage.until("everybody is gone", gone).await;
    check(
        &stage,
        expect![[r#"
            Ana 0-55 lost
            Bo 0-16 lost
        "#]],
    )
    .await;
    assert_eq!(
        stage.journal().await[7..],
        [
            "10 dropped Bo",
            "10 dropped Ana",
            "16 lost Bo",
            "55 lost Ana",
            "55 withdrew_lost Dee",
            "60 lapsed Cy"
        ]
    );
    assert_eq!(stage.saved().await.phase, Phase::Idle);
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_return_is_gone_though_nobody_asks_for_the_room() {
    let stage = full_house().await.restarted().await;
    stage.until("the room came to life", async |stage| stage.occupancy().await == (2, 1)).await;
    stage.live(60).await;
    stage.until("nobody is shown inside", async |stage| stage.occupancy().await == (0, 0)).await;
    stage.until("nobody is saved inside", async |stage| stage.saved().await.people.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn the_rooms_of_a_server_that_never_returns_are_looked_after_by_another() {
    let stage = full_house().await;
    let theirs = stage.rival().await;
    stage.ambient.freeze();
    theirs.live(29).await;
    assert_eq!(theirs.occupancy().await, (0, 0), "its owner may still live");
    theirs.live(20).await;
    theirs.until("the room is looked after", async |stage| stage.occupancy().await.0 > 0).await;
    theirs.live(120).await;
    theirs.until("everybody is gone", async |stage| stage.saved().await.people.is_empty()).await;
    assert!(theirs.attendance().await.iter().all(|stay| stay.ends_with("lost")));
}

/// Kills the server after each step of a call and starts it again at once, and again much later.
#[tokio::test(start_paused = true)]
async fn wherever_it_is_killed_each_stay_is_closed_once() {
    for step in 0..7 {
        let stage = Stage::with_waiting_room().await;
        let mut lines = Vec::new();
        for number in 0..=step {
            match number {
                0 => lines.push(stage.enter(ANA).await),
                1 => lines.push(stage.knock(BO).await),
                2 => {
                    let bo = lines[1].participant;
                    stage
                        .rooms
                        .act(ANA.user, stage.seat(ANA), Deed::Admit(bo))
                        .await
                        .expect("a host may admit");
                }
                3 => drop(stage.join(BO).await),
                4 => lines.push(stage.reconnect(BO).await),
                5 => stage.rooms.leave(BO.user, stage.seat(BO)).await.expect("anybody may leave"),
                _ => stage
                    .rooms
                    .act(ANA.user, stage.seat(ANA), Deed::End)
                    .await
                    .expect("a host may end the room"),
            }
        }
        stage.settled().await;
        let before = (standings(&stage).await, stage.attendance().await);
        forget(lines);
        let stage = stage.restarted().await;
        let bo = if step < 3 { 0 } else { 1 };
        assert_eq!(before.1.len(), 1 + bo, "step {step}");
        if step < 6 {
            stage.until("the room came to life", async |stage| stage.occupancy().await.0 > 0).await;
        }
        assert_eq!(stage.attendance().await, before.1, "a restart neither opens nor closes a stay");
        assert_eq!(standings(&stage).await.len(), before.0.len(), "step {step}");
        stage.ambient.freeze();
        stage.pass(600_000).await;
        let stage = stage.restarted().await;
        stage.until("everybody is gone", async |stage| stage.saved().await.people.is_empty()).await;
        let after = stage.attendance().await;
        let expected = match step {
            0..=2 => vec!["Ana 0-45 lost"],
            3 | 4 => vec!["Ana 0-45 lost", "Bo 0-45 lost"],
            5 => vec!["Ana 0-45 lost", "Bo 0-0 left"],
            _ => vec!["Ana 0-0 ended", "Bo 0-0 left"],
        };
        assert_eq!(after, expected, "step {step}");
    }
}

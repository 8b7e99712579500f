//! The chain through a history and the record of attendance: what is found when somebody lays hands on them.

use super::{ANA, BO, CY, Stage, code, insert_room, key, name, new_room, on_both, participant, user};
use crate::attendance::{self, Exit};
use crate::audit::AuditKey;
use crate::statement::Statement;
use crate::verify::{self, Fault, Report};
use crate::{Error, Store, journal};
use domain::room::{Closing, Command};
use model::RoomCode;

pub(super) async fn walk(store: &Store) -> Report {
    verify::walk(store, &key(), None).await.expect("a history is walked").expect("all rooms")
}

/// A room with seven lines: five people's worth of coming and going.
pub(super) async fn told(store: Store) -> Stage {
    let mut stage = Stage::new(store).await;
    let (ana, bo) = (participant(ANA), participant(BO));
    stage.arrive(ANA, "Ana").await;
    stage.arrive(BO, "Bo").await;
    stage.play(Command::Admit { by: ana, participant: bo }).await;
    stage.join(BO, "Bo").await;
    stage.play(Command::Drop { participant: bo, closing: Closing::Clean }).await;
    stage.play(Command::Remove { by: ana, participant: bo }).await;
    stage.play(Command::Leave { participant: ana }).await;
    stage
}

/// Lays hands on the database, past what keeps honest programs from it.
pub(super) async fn tamper(store: &Store, sql: &'static str) {
    let disarm: &[&'static str] = match store {
        Store::Sqlite { .. } => &[
            "drop trigger if exists room_events_are_not_changed",
            "drop trigger if exists room_events_are_not_deleted",
        ],
        Store::Postgres(_) => &["alter table room_events disable trigger user"],
    };
    for sql in disarm {
        store.execute(Statement::new(sql)).await.expect("a trigger can be taken away");
    }
    let touched = store.execute(Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    assert!(touched > 0, "{sql}");
}

#[tokio::test]
async fn an_honest_history_is_found_whole() {
    on_both(async |store| {
        insert_room(&store, &new_room(8)).await;
        told(store.clone()).await;
        let report = walk(&store).await;
        assert_eq!((report.rooms, report.lines), (2, 7));
        assert_eq!(report.findings, []);
        let one = verify::walk(&store, &key(), Some(code())).await.expect("a history is walked");
        assert_eq!(one.expect("there is such a room").lines, 7);
        let none = verify::walk(&store, &key(), Some(RoomCode::from_bits(9))).await;
        assert_eq!(none.expect("it can be looked for"), None);
    })
    .await;
}

#[tokio::test]
async fn whatever_is_changed_is_found_and_named() {
    let changed = |position| format!("line {position} was changed after it was written");
    let missing = |position| format!("line {position} is missing");
    for (sql, finding) in [
        ("update room_events set at = at + 1 where position = 3", changed(3)),
        ("update room_events set kind = 'denied' where position = 3", changed(3)),
        ("update room_events set participant_id = by_id where position = 3", changed(3)),
        ("update room_events set participant_id = null where position = 3", changed(3)),
        ("update room_events set by_id = null where position = 3", changed(3)),
        ("update room_events set name = 'Eve' where position = 3", changed(3)),
        ("update room_events set by_name = 'Eve' where position = 3", changed(3)),
        ("update room_events set name_seal = null where position = 3", changed(3)),
        ("update room_events set name_seal = by_name_seal where position = 3", changed(3)),
        ("update room_events set by_name_seal = null where position = 3", changed(3)),
        ("update room_events set epoch = 2 where position = 3", changed(3)),
        ("update room_events set previous = hash where position = 3", changed(3)),
        ("update room_events set hash = previous where position = 3", changed(3)),
        ("update room_events set hash = '' where position = 3", changed(3)),
        (
            "update room_events set room_id = '00000000000000000000000000000008' where position = 3",
            missing(3),
        ),
        ("update room_events set position = 99 where position = 3", missing(3)),
        ("delete from room_events where position = 1", missing(1)),
        ("delete from room_events where position = 4", missing(4)),
        ("delete from room_events where position = 7", missing(7)),
        ("delete from room_events where position > 2", missing(3)),
        ("delete from room_events where position > 0", missing(1)),
        (
            "insert into room_events (room_id, position, at, kind) \
             values ('00000000000000000000000000000007', 8, 1, 'left')",
            "line 8 stands behind the end of the history".to_owned(),
        ),
        ("update room_chains set hash = seal where position = 7", seal(7)),
        ("update room_chains set seal = hash where position = 7", seal(7)),
        ("update room_chains set seal = '' where position = 7", seal(7)),
        ("update room_chains set first_position = 3 where position = 7", changed(1)),
        ("update room_chains set position = 8 where position = 7", missing(8)),
        (
            "update room_chains set position = 6, hash = \
             (select hash from room_events where position = 6) where position = 7",
            seal(6),
        ),
        (
            "delete from room_chains where position = 7",
            "the seal at the end of the history is missing; the last line is 7".to_owned(),
        ),
    ] {
        on_both(async |store| {
            insert_room(&store, &new_room(8)).await;
            told(store.clone()).await;
            tamper(&store, sql).await;
            let findings = walk(&store).await.findings;
            let first = findings.first().unwrap_or_else(|| panic!("nobody noticed: {sql}"));
            assert_eq!(first.to_string(), format!("room {}: {finding}", code()), "{sql}");
        })
        .await;
    }
}

fn seal(position: i64) -> String {
    format!("the end of the history, at line {position}, does not match its seal")
}

#[tokio::test]
async fn lines_that_change_places_are_found() {
    on_both(async |store| {
        told(store.clone()).await;
        tamper(&store, "update room_events set position = -4 where position = 4").await;
        tamper(&store, "update room_events set position = 4 where position = 5").await;
        tamper(&store, "update room_events set position = 5 where position = -4").await;
        let findings = walk(&store).await.findings;
        assert_eq!(
            findings[0].to_string(),
            format!("room {}: line 4 was changed after it was written", code())
        );
    })
    .await;
}

#[tokio::test]
async fn another_key_is_called_another_key() {
    on_both(async |store| {
        told(store.clone()).await;
        let other = AuditKey::derive(b"the secret of somebody else");
        let report = verify::walk(&store, &other, None).await.expect("a history is walked");
        let findings = report.expect("all rooms").findings;
        assert_eq!(
            findings[0].to_string(),
            format!(
                "room {}: nothing matches this key, from line 1 on; is it the secret of another installation?",
                code()
            )
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_cut_off_is_found_though_the_room_lives_on() {
    on_both(async |store| {
        told(store.clone()).await;
        tamper(&store, "delete from room_events where position = 7").await;
        tamper(&store, "delete from room_chains where position = 7").await;
        let mut taken = super::take(&store, &super::writer(1, 2), model::UnixMillis(6_000)).await;
        let room = super::load(&store).await.room;
        let mut tx = store.begin_room(&taken, model::UnixMillis(6_000)).await.expect("the room is ours");
        let event = domain::Event::Lapsed { participant: participant(BO) };
        journal::append(&mut tx, &room, &event, model::UnixMillis(6_000)).await.expect("a room lives on");
        tx.commit(&mut taken).await.expect("a room lives on");
        let findings = walk(&store).await.findings;
        assert_eq!(
            findings[0].to_string(),
            format!("room {}: line 7 does not follow the line before it", code())
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_a_history_look_older_than_its_chain() {
    on_both(async |store| {
        let mut stage = told(store.clone()).await;
        tamper(&store, "update room_events set hash = '', previous = '', kind = 'left' where position > 3")
            .await;
        tamper(&store, "update room_events set hash = '', previous = ''").await;
        tamper(&store, "update room_chains set first_position = 8, hash = '', seal = ''").await;
        let changed = format!("room {}: line 1 was changed after it was written", code());
        assert_eq!(walk(&store).await.findings[0].to_string(), changed);
        stage.ownership = super::take(&store, &super::writer(1, 2), stage.now).await;
        stage.join(ANA, "Ana").await;
        assert_eq!(walk(&store).await.findings[0].to_string(), changed, "nor by letting the room go on");
    })
    .await;
}

#[tokio::test]
async fn nobody_has_a_new_history_begun_by_wiping_the_old_one() {
    for wiped in ["delete from room_chains", "update room_chains set position = 0, hash = '', seal = ''"] {
        on_both(async |store| {
            let mut stage = told(store.clone()).await;
            tamper(&store, "delete from room_events").await;
            tamper(&store, wiped).await;
            stage.ownership = super::take(&store, &super::writer(1, 2), stage.now).await;
            stage.join(ANA, "Ana").await;
            let findings = walk(&store).await.findings;
            let link = format!("room {}: line 1 does not follow the line before it", code());
            assert!(findings.iter().any(|finding| finding.to_string() == link), "{findings:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn nobody_has_an_end_sealed_that_they_cut_off() {
    on_both(async |store| {
        let mut stage = told(store.clone()).await;
        tamper(&store, "delete from room_events where position = 7").await;
        let moved = "update room_chains set position = 6, hash = \
             (select hash from room_events where position = 6 and room_id = room_chains.room_id) where position = 7";
        tamper(&store, moved).await;
        stage.ownership = super::take(&store, &super::writer(1, 2), stage.now).await;
        stage.join(ANA, "Ana").await;
        let link = format!("room {}: line 7 does not follow the line before it", code());
        assert_eq!(walk(&store).await.findings[0].to_string(), link);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_a_history() {
    on_both(async |store| {
        told(store.clone()).await;
        for sql in [
            "update room_events set kind = 'left' where position = 3",
            "update room_events set name = 'Eve' where position = 3",
            "update room_events set name = null, at = 0 where position = 3",
            "delete from room_events where position = 3",
            "delete from room_events",
        ] {
            let refused = store.execute(Statement::new(sql)).await;
            assert!(matches!(refused, Err(Error::Sql(_))), "{sql}");
        }
        if matches!(store, Store::Postgres(_)) {
            let refused = store.execute(Statement::new("truncate room_events")).await;
            assert!(refused.is_err());
        }
        assert_eq!(walk(&store).await.lines, 7);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_erased_is_gone_and_the_chain_holds() {
    on_both(async |store| {
        let mut stage = told(store.clone()).await;
        let room = stage.room.id;
        let names = async || {
            let lines = journal::load_newest(&store, room, 9).await.expect("a journal is read");
            lines.into_iter().flat_map(|line| [line.name, line.by_name]).flatten().collect::<Vec<_>>()
        };
        assert_eq!(names().await.iter().filter(|name| *name == "Bo").count(), 5);
        let mut tx = stage.begin().await;
        crate::accounts::forget(&mut tx, user(BO), user(99)).await.expect("a person can be forgotten");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(names().await, ["Ana", "Ana", "Ana", "Ana"]);
        let stays = attendance::load_newest(&store, stage.room.id, 9).await.expect("attendance is read");
        let told: Vec<_> = stays.iter().map(|stay| (stay.name.as_str(), stay.user)).collect();
        assert_eq!(told, [("Ana", user(ANA)), ("", user(99))]);
        assert_eq!(walk(&store).await.findings, []);
    })
    .await;
}

#[tokio::test]
async fn each_stay_is_one_segment_and_closed_once() {
    on_both(async |store| {
        let mut stage = told(store.clone()).await;
        stage.join(ANA, "Ana again").await;
        stage.arrive(CY, "Cy").await;
        stage.play(Command::Admit { by: participant(ANA), participant: participant(CY) }).await;
        stage.join(CY, "Cy").await;
        let told = async |store: &Store| {
            let stays = attendance::load_newest(store, stage.room.id, 9).await.expect("attendance is read");
            let line = |stay: &attendance::Segment| {
                let left = stay.left.map(|(at, exit)| format!("{} {}", at.0, exit.word()));
                format!("{} {} {}", stay.name, stay.entered_at.0, left.unwrap_or_default())
            };
            stays.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&store).await,
            ["Ana 5001 5007 left", "Bo 5004 5006 removed", "Ana again 5008 ", "Cy 5011 "]
        );
        stage.now = stage.now.plus(10);
        // Closing again, as a server does that is not sure, changes nothing.
        let mut tx = stage.begin().await;
        for exit in [Exit::Lost, Exit::Left] {
            attendance::close(&mut tx, participant(CY), exit, stage.now).await.expect("harmless");
            attendance::close_all(&mut tx, Exit::Ended, stage.now.plus(5)).await.expect("harmless");
        }
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(
            told(&store).await[2..],
            ["Ana again 5008 5026 ended".to_owned(), "Cy 5011 5021 lost".to_owned()]
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_inside_twice() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        stage.arrive(ANA, "Ana").await;
        let mut tx = stage.begin().await;
        let called = name("Ana");
        let entry = attendance::Entry {
            participant: participant(ANA),
            user: user(ANA),
            name: &called,
            role: model::Role::Owner,
            at: stage.now,
        };
        assert!(attendance::open(&mut tx, &entry).await.is_err());
    })
    .await;
}

/// A room in which somebody is inside, somebody came twice and somebody was put out.
async fn attended(store: Store) -> Stage {
    let mut stage = told(store).await;
    stage.join(ANA, "Ana").await;
    stage.arrive(CY, "Cy").await;
    stage.play(Command::Admit { by: participant(ANA), participant: participant(CY) }).await;
    stage.join(CY, "Cy").await;
    stage.play(Command::Leave { participant: participant(CY) }).await;
    stage
}

#[tokio::test]
async fn attendance_that_the_lines_do_not_tell_is_found_and_named() {
    let changed = |line| format!("the attendance says otherwise of the stay that began with line {line}");
    let lost = |line| format!("the attendance has lost the stay that began with line {line}");
    let extra =
        |at| format!("the attendance has a stay from {at} (milliseconds since 1970) that no line tells of");
    // Ana was inside from 5001 to 5007 and is again since 5008, Bo from 5004 to 5006, Cy from 5011 to 5012.
    let hands = [
        ("update attendance set left_at = left_at + 3600000 where entered_at = 5001", changed(1)),
        ("update attendance set left_at = 5009, reason = 'left' where entered_at = 5008", changed(8)),
        ("update attendance set left_at = null, reason = null where entered_at = 5011", changed(11)),
        ("update attendance set reason = 'left' where entered_at = 5004", changed(4)),
        ("update attendance set entered_at = 4000 where entered_at = 5004", changed(4)),
        ("update attendance set name = 'Eve' where entered_at = 5004", changed(4)),
        (
            "update attendance set user_id = '00000000000000000000000000000003' where entered_at = 5004",
            changed(4),
        ),
        (
            "update attendance set participant_id = '00000000000000000000000000000003', number = 2 \
             where entered_at = 5004",
            extra(5004),
        ),
        ("update attendance set number = 7 where entered_at = 5004", extra(5004)),
        ("delete from attendance where entered_at = 5001", lost(1)),
        ("delete from attendance where entered_at = 5008", lost(8)),
        ("delete from attendance where entered_at > 0", lost(1)),
        (
            "insert into attendance \
             (participant_id, number, room_id, user_id, name, role, entered_at, left_at, reason) \
             select participant_id, 2, room_id, user_id, name, role, 6000, 9000, 'left' \
             from attendance where entered_at = 5011",
            extra(6000),
        ),
    ];
    on_both(async |store| {
        attended(store.clone()).await;
        let keep = Statement::new("create table genuine as select * from attendance");
        store.execute(keep).await.expect("a table can be copied");
        for (sql, finding) in &hands {
            assert_eq!(walk(&store).await.findings, []);
            tamper(&store, sql).await;
            let told: Vec<_> = walk(&store).await.findings.iter().map(ToString::to_string).collect();
            assert_eq!(told, [format!("room {}: {finding}", code())], "{sql}");
            for undo in ["delete from attendance", "insert into attendance select * from genuine"] {
                store.execute(Statement::new(undo)).await.expect("it can be put back");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_room_with_more_stays_than_one_page_holds_is_compared_to_the_end() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        stage.arrive(ANA, "Ana").await;
        stage.come_and_go(ANA, 520).await;
        assert_eq!(walk(&store).await.findings, []);
        assert_eq!(turned(&stage).await, (1_041, 521), "page by page it is the same");
        tamper(&store, "update attendance set left_at = left_at + 1 where number = 519").await;
        assert_eq!(walk(&store).await.findings.len(), 1);
        tamper(&store, "update attendance set left_at = left_at - 1 where number = 519").await;
        tamper(&store, "delete from attendance where number = 500").await;
        let findings = walk(&store).await.findings;
        assert!(matches!(findings[..], [ref one] if matches!(one.fault, Fault::MissingStay { .. })));
    })
    .await;
}

/// Reads history and attendance page by page, and says how much there is.
async fn turned(stage: &Stage) -> (usize, usize) {
    let (store, room) = (&stage.store, stage.room.id);
    let (mut lines, mut stays) = (Vec::new(), Vec::new());
    loop {
        let after = lines.last().map_or(0, |line: &journal::Line| line.position);
        match journal::load_next(store, room, after, 100).await.expect("a journal is read") {
            page if page.is_empty() => break,
            page => lines.extend(page),
        }
    }
    assert_eq!(lines, journal::load_newest(store, room, 2_000).await.expect("a journal is read"));
    loop {
        match attendance::load_next(store, room, stays.last(), 100).await.expect("attendance is read") {
            page if page.is_empty() => break,
            page => stays.extend(page),
        }
    }
    assert_eq!(stays, attendance::load_newest(store, room, 2_000).await.expect("attendance is read"));
    (lines.len(), stays.len())
}

#[tokio::test]
async fn a_stay_that_stands_beside_an_anchor_is_found() {
    on_both(async |store| {
        let mut stage = attended(store.clone()).await;
        stage.play(Command::End { by: user(ANA) }).await;
        assert_eq!(walk(&store).await.findings, [], "the end closes every stay");
        let mut tx = stage.begin().await;
        crate::keeping::erase(&mut tx, stage.now).await.expect("a room can be erased");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(walk(&store).await.findings, []);
        for sql in [
            "insert into participants (id, room_id, user_id, device_id, key_hash, name, standing, since) \
             select id, id, id, id, id, 'Bo', 'gone', 1 from rooms",
            "insert into attendance (participant_id, number, room_id, user_id, name, role, entered_at) \
             select id, 1, id, id, 'Bo', 'guest', 5004 from rooms",
        ] {
            tamper(&store, sql).await;
        }
        let findings = walk(&store).await.findings;
        assert!(matches!(findings[..], [ref one] if one.fault == Fault::ExtraStay { entered_at: 5004 }));
    })
    .await;
}

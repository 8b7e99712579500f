//! Rooms that are erased when their time is over, and the document that says what is stored of people.

use super::histories::{tamper, told, walk};
use super::{ANA, BO, CY, code, insert_room, load, new_room, on_both, participant, take, user, writer};
use crate::statement::Statement;
use crate::verify::Fault;
use crate::{Error, Store, chat, keeping, owners};
use domain::room::Command;
use model::{RoomCode, UnixMillis};
use std::collections::{BTreeMap, BTreeSet};

const LATER: UnixMillis = UnixMillis(9_000_000);

/// A room with seven lines and an end, and one that goes on.
async fn ended(store: &Store) {
    insert_room(store, &new_room(8)).await;
    let mut stage = told(store.clone()).await;
    stage.join(ANA, "Ana").await;
    stage.play(Command::End { by: user(ANA) }).await;
}

async fn erase(store: &Store, room: RoomCode) {
    let taken = owners::seize(store, &writer(2, 2), room, LATER).await.expect("a room can be taken");
    let mut own = taken.expect("there is such a room").ownership;
    let mut tx = store.begin_room(&own, LATER).await.expect("the room is ours");
    keeping::erase(&mut tx, LATER).await.expect("a room can be erased");
    tx.commit(&mut own).await.expect("a transaction ends");
}

async fn due(store: &Store, ended_by: UnixMillis) -> Vec<RoomCode> {
    keeping::load_due(store, ended_by, 9).await.expect("rooms can be read")
}

#[tokio::test]
async fn an_erased_room_holds_nobody_and_its_chain_is_proven() {
    on_both(async |store| {
        ended(&store).await;
        let room = load(&store).await.room;
        assert_eq!(due(&store, UnixMillis(5_000)).await, []);
        assert_eq!(due(&store, LATER).await, [code()]);
        erase(&store, code()).await;
        assert_eq!(due(&store, LATER).await, []);
        let report = walk(&store).await;
        assert_eq!((report.rooms, report.lines, report.erased, report.findings), (2, 0, 1, Vec::new()));
        let loaded = load(&store).await;
        assert_eq!(loaded.room.name.as_str(), "–");
        assert_ne!(loaded.room.owner, user(ANA));
        assert_eq!(loaded.room.phase, room.phase, "it stays ended");
        for table in ["participants", "attendance", "chat_messages", "room_events", "members", "invites"] {
            assert_eq!(count(&store, table).await, 0, "{table}");
        }
        assert_eq!(chat::load_newest(&store, room.id, 9).await.expect("chat is read"), []);
        erase(&store, code()).await;
        assert_eq!(walk(&store).await.findings, [], "twice is no harm");
    })
    .await;
}

async fn count(store: &Store, table: &str) -> i64 {
    // Every table that is asked about hangs on rooms, of which only one ever had people.
    let sql = match table {
        "participants" => "select count(*) from participants",
        "attendance" => "select count(*) from attendance",
        "chat_messages" => "select count(*) from chat_messages",
        "room_events" => "select count(*) from room_events",
        "members" => "select count(*) from members",
        _ => "select count(*) from invites",
    };
    let found: Option<(i64,)> = store.fetch_optional(Statement::new(sql)).await.expect("a table is counted");
    found.map_or(0, |(count,)| count)
}

#[tokio::test]
async fn a_room_that_goes_on_cannot_be_erased() {
    on_both(async |store| {
        let stage = told(store.clone()).await;
        erase(&store, code()).await;
        let report = walk(&store).await;
        assert_eq!((report.lines, report.erased), (7, 0));
        assert_eq!(load(&store).await.room.name, stage.room.name);
    })
    .await;
}

/// Who is named in a room's lines, stays and seats.
async fn named(store: &Store) -> [Vec<String>; 3] {
    let mut all = Vec::new();
    for sql in [
        "select name from (select position, name from room_events where name is not null \
         union all select position, by_name from room_events where by_name is not null) as named \
         order by position, name",
        "select name from attendance where name <> '' order by entered_at, name",
        "select name from participants where name <> '' order by name",
    ] {
        let found: Vec<(String,)> = store.fetch_all(Statement::new(sql)).await.expect("names are read");
        all.push(found.into_iter().map(|(name,)| name).collect());
    }
    all.try_into().expect("three lists")
}

/// Lets everything fade that happened by then; says how many batches it took.
async fn fade(stage: &mut super::Stage, by: i64) -> usize {
    let (mut batches, mut from) = (0, 0);
    let room = stage.room.id;
    while let Some(line) =
        keeping::load_fading(&stage.store, room, UnixMillis(by), from).await.expect("it can be asked")
    {
        from = line;
        let mut tx = stage.begin().await;
        let faded = keeping::fade(&mut tx, UnixMillis(by), from).await.expect("names can be erased");
        assert!(faded > 0, "what is due is done");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        batches += 1;
    }
    batches
}

#[tokio::test]
async fn a_room_that_goes_on_forgets_the_names_of_those_who_are_gone() {
    on_both(async |store| {
        let mut stage = told(store.clone()).await;
        // Bo was put out at 5006, Ana left at 5007. She is back, and Cy waits.
        stage.join(ANA, "Ana").await;
        stage.arrive(CY, "Cy").await;
        let before = named(&store).await;
        assert_eq!(fade(&mut stage, 4_999).await, 0);
        assert_eq!(named(&store).await, before, "nothing is that old");
        assert_eq!(fade(&mut stage, 5_006).await, 1);
        let [lines, stays, seats] = named(&store).await;
        assert_eq!(lines, ["Ana", "Ana", "Ana", "Ana", "Ana", "Cy"], "whoever is here is named still");
        assert_eq!(stays, ["Ana", "Ana"]);
        assert_eq!(seats, ["Ana", "Cy"]);
        assert_eq!(fade(&mut stage, 9_000).await, 1);
        let [lines, stays, seats] = named(&store).await;
        assert_eq!((stays, seats), (vec!["Ana".to_owned()], vec!["Ana".to_owned(), "Cy".to_owned()]));
        assert_eq!(lines, ["Ana", "Ana", "Ana", "Ana", "Ana", "Cy"]);
        assert_eq!(fade(&mut stage, 9_000).await, 0, "once is enough");
        let report = walk(&store).await;
        assert_eq!((report.lines, report.findings), (9, Vec::new()));
        stage.assert_saved().await;
        let going_on = keeping::load_going_on(&store, None, 9).await.expect("rooms can be read");
        assert_eq!(going_on, [(stage.room.id, code())]);
    })
    .await;
}

#[tokio::test]
async fn a_long_history_fades_in_batches_and_hosts_are_still_known() {
    on_both(async |store| {
        let mut stage = super::Stage::new(store.clone()).await;
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        stage.play(Command::Deny { by: participant(ANA), participant: participant(BO) }).await;
        stage.come_and_go(ANA, 250).await;
        stage.play(Command::Leave { participant: participant(ANA) }).await;
        assert_eq!(fade(&mut stage, 9_000).await, 3, "504 lines, 200 at a time");
        assert_eq!(named(&store).await, [vec![], vec![], vec!["Restless".to_owned()]], "the owner's seat");
        let report = walk(&store).await;
        assert_eq!((report.lines, report.findings), (504, Vec::new()));
        stage.join(BO, "Bo again").await;
        assert_eq!(named(&store).await[2], ["Bo again", "Restless"], "whoever comes back has a name");
        stage.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_only_pretends_that_a_room_was_erased_is_found_out() {
    on_both(async |store| {
        ended(&store).await;
        let pretend = [
            "update rooms set erased_at = 1 where ended_at is not null",
            "update room_chains set first_position = position + 1 where position > 0",
        ];
        let refused = store.execute(Statement::new("delete from room_events")).await;
        assert!(matches!(refused, Err(Error::Sql(_))), "the database itself refuses at first");
        for sql in pretend {
            tamper(&store, sql).await;
        }
        tamper(&store, "delete from room_events").await;
        let findings = walk(&store).await.findings;
        assert_eq!(findings.len(), 1);
        assert!(matches!(findings[0].fault, Fault::Missing { position: 1 }), "{findings:?}");
    })
    .await;
}

#[tokio::test]
async fn lines_that_stand_before_an_anchor_are_found() {
    on_both(async |store| {
        ended(&store).await;
        erase(&store, code()).await;
        tamper(
            &store,
            "insert into room_events (room_id, position, at, kind) \
             select room_id, 1, 1, 'entered' from room_chains where position > 0",
        )
        .await;
        let findings = walk(&store).await.findings;
        assert!(
            matches!(findings[..], [ref one] if one.fault == Fault::Extra { position: 1 }),
            "{findings:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_owner_whose_room_was_seized_writes_nothing_more() {
    on_both(async |store| {
        insert_room(&store, &new_room(7)).await;
        let own = take(&store, &writer(1, 1), UnixMillis(5_000)).await;
        assert!(
            owners::seize(&store, &writer(2, 2), code(), UnixMillis(5_001))
                .await
                .expect("it is taken")
                .is_some()
        );
        let refused = store.begin_room(&own, UnixMillis(5_002)).await;
        assert!(matches!(refused, Err(Error::Stale)));
    })
    .await;
}

/// Every table with its columns, as the database has them.
async fn schema(store: &Store) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match store {
        Store::Sqlite { .. } => {
            "select tables.name, columns.name from sqlite_master as tables \
             join pragma_table_info(tables.name) as columns where tables.type = 'table'"
        }
        Store::Postgres(_) => {
            "select cast(table_name as text), cast(column_name as text) from information_schema.columns \
             where table_schema = 'public' and table_name in \
             (select table_name from information_schema.tables where table_type = 'BASE TABLE')"
        }
    };
    let columns: Vec<(String, String)> =
        store.fetch_all(Statement::new(sql)).await.expect("a database describes itself");
    let mut schema = BTreeMap::<String, BTreeSet<String>>::new();
    for (table, column) in columns.into_iter().filter(|(table, _)| !table.starts_with("_sqlx")) {
        schema.entry(table).or_default().insert(column);
    }
    schema
}

/// Every table with its columns, as the document lists them: about people, and not.
fn listed() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../../../docs/PRIVACY.md");
    let lines = text.lines().skip_while(|line| !line.starts_with("<!-- schema"));
    let rows = lines.skip(3).take_while(|line| line.starts_with('|'));
    let quoted =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut listed = BTreeMap::<String, BTreeSet<String>>::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let table = quoted(cells[0]).pop().expect("a row names its table");
        let columns = listed.entry(table.clone()).or_default();
        for column in quoted(cells[1]).into_iter().chain(quoted(cells[2])) {
            assert!(columns.insert(column.clone()), "{table}.{column} is listed twice");
        }
    }
    listed
}

#[tokio::test]
async fn the_document_says_of_every_column_whether_it_is_about_people() {
    on_both(async |store| {
        let (schema, listed) = (schema(&store).await, listed());
        let tables = |of: &BTreeMap<String, BTreeSet<String>>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(tables(&listed), tables(&schema), "docs/PRIVACY.md lists the tables");
        for (table, columns) in schema {
            assert_eq!(listed[&table], columns, "docs/PRIVACY.md lists the columns of {table}");
        }
    })
    .await;
}

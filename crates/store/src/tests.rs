//! Every statement, on SQLite and on PostgreSQL, through the functions that hold them.

mod accounts;
mod encounters;
mod histories;
mod keeping;
mod ledger;
mod merchants;
mod ownership;
mod people;
mod purchases;
mod refused_words;
mod rules;
mod session_words;
mod sessions;
mod stripe_checkouts;
mod upgrade;
mod upgrade_merchants;

use crate::audit::AuditKey;
use crate::chat::{self, ChatRow};
use crate::journal;
use crate::logins::{self, LoginRow};
use crate::owners::{self, Incarnation, NodeId, Ownership, RoomTransaction, Writer};
use crate::participants::{self, KeyHash, Seat};
use crate::rooms::{self, NewRoom};
use crate::testing::TestDatabase;
use crate::{Error, Store};
use domain::Room;
use domain::room::{Closing, Command, Key, Phase, Standing, Visitor, decide};
use expect_test::expect;
use model::{
    ChatText, DeviceId, DisplayName, MessageId, ParticipantId, Policy, Role, RoomCode, RoomId, RoomName,
    UnixMillis, UserId,
};

/// Runs one test on both databases.
async fn on_both(test: impl AsyncFn(Store)) {
    for database in TestDatabase::both() {
        let store = Store::open(&database.url).await.expect("a new database opens");
        test(store.clone()).await;
        store.close().await;
    }
}

/// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
fn draws(mut seed: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    }
}

const ANA: u128 = 1;
const BO: u128 = 2;
const CY: u128 = 3;

const fn user(bits: u128) -> UserId {
    UserId::from_bits(bits)
}

fn device(bits: u128) -> DeviceId {
    DeviceId::from_bits(bits + 100)
}

fn participant(bits: u128) -> ParticipantId {
    ParticipantId::from_bits(bits)
}

fn seat(bits: u128) -> Seat {
    let byte = u8::try_from(bits).expect("a test has few people");
    Seat { participant: participant(bits), user: user(bits), device: device(bits), key: KeyHash([byte; 32]) }
}

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("the name is short")
}

fn code() -> RoomCode {
    RoomCode::from_bits(7)
}

fn new_room(id: u128) -> NewRoom {
    NewRoom {
        id: RoomId::from_bits(id),
        code: RoomCode::from_bits(id),
        name: RoomName::parse("Choir – Größe 'XL'").expect("the name is short"),
        owner: user(ANA),
        policy: Policy::plain(true),
        created_at: UnixMillis(1_000 + i64::try_from(id).expect("a test has few rooms")),
    }
}

fn key() -> AuditKey {
    AuditKey::derive(b"the secret of the tests")
}

fn writer(node: u128, incarnation: u128) -> Writer {
    Writer { node: NodeId(node), incarnation: Incarnation(incarnation), key: key() }
}

/// Makes a room unless there is one of this code.
async fn insert_room(store: &Store, room: &NewRoom) -> bool {
    rooms::insert_new(store, room, &key()).await.expect("a room can be written")
}

/// Takes the room of this code, which must be free.
async fn take(store: &Store, writer: &Writer, now: UnixMillis) -> Ownership {
    let taken = owners::take(store, writer, code(), now).await.expect("a room can be asked for");
    taken.expect("the room is free").ownership
}

async fn load(store: &Store) -> rooms::Loaded {
    rooms::load(store, code()).await.expect("the room can be read").expect("there is such a room")
}

/// A room in the making: what is decided is saved and applied, as the actor does it.
struct Stage {
    store: Store,
    room: Room,
    ownership: Ownership,
    now: UnixMillis,
}

impl Stage {
    async fn new(store: Store) -> Self {
        assert!(insert_room(&store, &new_room(7)).await);
        let now = UnixMillis(5_000);
        let ownership = take(&store, &writer(1, 1), now).await;
        let room = load(&store).await.room;
        Self { store, room, ownership, now }
    }

    async fn play(&mut self, command: Command) {
        self.now = self.now.plus(1);
        let events = decide(&self.room, &command, self.now).expect("the script breaks no rule");
        let mut tx = self.begin().await;
        for event in &events {
            journal::append(&mut tx, &self.room, event, self.now).await.expect("an event can be saved");
        }
        tx.commit(&mut self.ownership).await.expect("a transaction ends");
        for event in &events {
            self.room.apply(event);
        }
    }

    async fn begin(&self) -> RoomTransaction {
        self.store.begin_room(&self.ownership, self.now).await.expect("the room is ours")
    }

    async fn arrive(&mut self, bits: u128, called: &str) {
        let mut tx = self.begin().await;
        let inserted = participants::insert_new(&mut tx, &seat(bits), &name("nobody")).await;
        inserted.expect("a seat can be added");
        tx.commit(&mut self.ownership).await.expect("a transaction ends");
        self.join(bits, called).await;
    }

    async fn join(&mut self, bits: u128, called: &str) {
        let visitor = Visitor { user: user(bits), device: device(bits), name: name(called) };
        let command = Command::Join { participant: participant(bits), visitor, key: Key::default() };
        self.play(command).await;
    }

    /// Somebody inside leaves and comes again, so many times, all in one transaction.
    async fn come_and_go(&mut self, bits: u128, times: usize) {
        let (participant, called) = (participant(bits), name("Restless"));
        let mut tx = self.begin().await;
        for _ in 0..times {
            let visitor = Visitor { user: user(bits), device: device(bits), name: called.clone() };
            let leave = Command::Leave { participant };
            for command in [leave, Command::Join { participant, visitor, key: Key::default() }] {
                self.now = self.now.plus(1);
                for event in decide(&self.room, &command, self.now).expect("the script breaks no rule") {
                    let appended = journal::append(&mut tx, &self.room, &event, self.now).await;
                    appended.expect("an event can be saved");
                    self.room.apply(&event);
                }
            }
        }
        tx.commit(&mut self.ownership).await.expect("a transaction ends");
    }

    /// Asserts that the database holds the same people, bars and phase as the memory.
    async fn assert_saved(&self) {
        let loaded = load(&self.store).await;
        assert_eq!(loaded.room, self.room, "every deadline stands in the database");
        let seats: Vec<Seat> = self.room.people.keys().map(|id| seat(id.bits())).collect();
        assert_eq!(loaded.seats.len(), seats.len());
        assert!(seats.iter().all(|seat| loaded.seats.contains(seat)));
    }
}

#[tokio::test]
async fn the_migrations_run_once() {
    for database in TestDatabase::both() {
        let first = Store::open(&database.url).await.expect("a new database opens");
        assert!(insert_room(&first, &new_room(7)).await);
        first.close().await;
        let second = Store::open(&database.url).await.expect("an old database opens");
        second.ping().await.expect("the database answers");
        assert_eq!(load(&second).await.room.name, new_room(7).name);
        second.close().await;
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused() {
    assert!(matches!(Store::open("mysql://somewhere").await, Err(Error::UnknownScheme)));
}

#[tokio::test]
async fn a_code_belongs_to_one_room() {
    on_both(async |store| {
        assert!(insert_room(&store, &new_room(7)).await);
        let other = NewRoom { id: RoomId::from_bits(8), ..new_room(7) };
        assert!(!insert_room(&store, &other).await);
        let unknown = rooms::load(&store, RoomCode::from_bits(9)).await.expect("the room can be read");
        assert_eq!(unknown, None);
    })
    .await;
}

#[tokio::test]
async fn a_host_finds_their_rooms_newest_first_without_the_ended_ones() {
    on_both(async |store| {
        for id in [5, 6, 7] {
            insert_room(&store, &new_room(id)).await;
        }
        let foreign = NewRoom { owner: user(BO), ..new_room(9) };
        insert_room(&store, &foreign).await;
        let taken = owners::take(&store, &writer(1, 1), RoomCode::from_bits(6), UnixMillis(9)).await;
        let mut own = taken.expect("a room can be asked for").expect("it is free").ownership;
        let mut tx = store.begin_room(&own, UnixMillis(9)).await.expect("the room is ours");
        rooms::save_ended(&mut tx, UnixMillis(9), false).await.expect("a room can end");
        tx.commit(&mut own).await.expect("a transaction ends");

        let codes = |rows: Vec<rooms::HostedRow>| rows.into_iter().map(|row| row.code).collect::<Vec<_>>();
        let hosted = rooms::load_hosted(&store, user(ANA), 100).await.expect("rooms can be read");
        assert_eq!(hosted[0].created_at, UnixMillis(1_007));
        assert_eq!(codes(hosted), [RoomCode::from_bits(7), RoomCode::from_bits(5)]);
        let newest = rooms::load_hosted(&store, user(ANA), 1).await.expect("rooms can be read");
        assert_eq!(codes(newest), [RoomCode::from_bits(7)]);
    })
    .await;
}

#[tokio::test]
async fn a_room_is_loaded_as_it_was_saved_after_every_event() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let (ana, bo, cy) = (participant(ANA), participant(BO), participant(CY));
        stage.arrive(ANA, "Ana").await;
        stage.assert_saved().await;
        stage.play(Command::Return { participant: ana }).await;
        stage.arrive(BO, "Bo").await;
        stage.arrive(CY, "Cy").await;
        stage.assert_saved().await;
        stage.play(Command::Admit { by: ana, participant: bo }).await;
        stage.play(Command::Deny { by: ana, participant: cy }).await;
        stage.assert_saved().await;
        stage.join(BO, "Bo").await;
        stage.play(Command::Drop { participant: ana, closing: Closing::Lost }).await;
        stage.play(Command::Return { participant: ana }).await;
        stage.assert_saved().await;
        stage.play(Command::Remove { by: ana, participant: bo }).await;
        stage.assert_saved().await;
        assert!(stage.room.barred.contains(&user(BO)));
        stage.join(BO, "Bo").await;
        stage.play(Command::Admit { by: ana, participant: bo }).await;
        stage.assert_saved().await;
        assert!(stage.room.barred.is_empty(), "whoever is let in again is forgiven");
        stage.play(Command::Leave { participant: bo }).await;
        stage.play(Command::Leave { participant: ana }).await;
        stage.assert_saved().await;
        assert_eq!(stage.room.phase, Phase::Idle);
        stage.join(ANA, "Ana").await;
        stage.join(CY, "Cy").await;
        stage.play(Command::End { by: user(ANA) }).await;
        stage.assert_saved().await;
        assert!(matches!(load(&stage.store).await.room.phase, Phase::Ended { .. }));
    })
    .await;
}

#[tokio::test]
async fn the_journal_says_what_happened_in_order() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let (ana, bo) = (participant(ANA), participant(BO));
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        stage.play(Command::Return { participant: bo }).await;
        stage.play(Command::Admit { by: ana, participant: bo }).await;
        stage.join(BO, "Bo").await;
        stage.play(Command::Return { participant: bo }).await;
        stage.play(Command::Drop { participant: bo, closing: Closing::Clean }).await;
        stage.now = stage.now.plus(6_000);
        stage.play(Command::Sweep).await;
        stage.play(Command::End { by: user(ANA) }).await;
        let lines = journal::load_newest(&stage.store, stage.room.id, 100).await.expect("a journal is read");
        let told = lines.iter().map(|line| {
            let id =
                |id: Option<ParticipantId>| id.map_or_else(|| "-".to_owned(), |id| id.bits().to_string());
            format!("{} {} {} by {}\n", line.at.0, line.kind, id(line.participant), id(line.by))
        });
        expect![[r#"
            5001 entered 1 by -
            5002 knocked 2 by -
            5004 admitted 2 by 1
            5005 entered 2 by -
            5007 dropped 2 by -
            11008 lost 2 by -
            11009 ended - by 1
        "#]]
        .assert_eq(&told.collect::<String>());
        let last = journal::load_newest(&stage.store, stage.room.id, 1).await.expect("a journal is read");
        assert_eq!(last, lines[lines.len() - 1..]);
    })
    .await;
}

#[tokio::test]
async fn a_seat_is_found_by_user_and_key_together() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        stage.play(Command::Leave { participant: participant(ANA) }).await;
        let find = async |room, user_id, key| {
            participants::find(&stage.store, room, user_id, key).await.expect("seats can be read")
        };
        let (room, own) = (stage.room.id, seat(ANA));
        assert_eq!(find(room, own.user, own.key).await, Some(own.participant));
        assert_eq!(find(room, user(BO), own.key).await, None);
        assert_eq!(find(room, own.user, seat(BO).key).await, None);
        assert_eq!(find(RoomId::from_bits(8), own.user, own.key).await, None);
    })
    .await;
}

#[tokio::test]
async fn rooms_with_people_are_found_after_a_restart() {
    on_both(async |store| {
        let mut stage = Stage::new(store.clone()).await;
        insert_room(&store, &new_room(8)).await;
        let peopled = async || {
            let found = rooms::load_orphaned(&store, NodeId(1), UnixMillis(5_000)).await;
            found.expect("rooms can be read")
        };
        assert_eq!(peopled().await, []);
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        assert_eq!(peopled().await, [code()]);
        stage.play(Command::Leave { participant: participant(ANA) }).await;
        stage.play(Command::Leave { participant: participant(BO) }).await;
        assert_eq!(peopled().await, []);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    on_both(async |store| {
        let stage = Stage::new(store).await;
        let mut tx = stage.begin().await;
        let inserted = participants::insert_new(&mut tx, &seat(ANA), &name("Ana")).await;
        inserted.expect("a seat can be added");
        drop(tx);
        let own = seat(ANA);
        let found = participants::find(&stage.store, stage.room.id, own.user, own.key).await;
        assert_eq!(found.expect("seats can be read"), None);
        stage.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn writers_wait_for_each_other() {
    on_both(async |store| {
        let stage = Stage::new(store).await;
        let mut writers = tokio::task::JoinSet::new();
        for bits in 0..20 {
            let (store, mut own) = (stage.store.clone(), stage.ownership.clone());
            writers.spawn(async move {
                let mut tx = store.begin_room(&own, UnixMillis(5_000)).await.expect("the room is ours");
                let inserted = participants::insert_new(&mut tx, &seat(bits), &name("Bo")).await;
                inserted.expect("a seat can be added");
                tokio::task::yield_now().await;
                tx.commit(&mut own).await.expect("a transaction ends");
            });
        }
        assert_eq!(writers.join_all().await.len(), 20);
    })
    .await;
}

#[tokio::test]
async fn chat_is_said_once_kept_in_order_and_bounded() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let row = |id: u128, text: &str| ChatRow {
            id: MessageId::from_bits(id),
            from: participant(BO),
            name: name("Bo"),
            text: ChatText::parse(text).expect("the text is short"),
            // The clock stands still: the order is that of arrival.
            at: UnixMillis(9),
        };
        let room = stage.room.id;
        let mut tx = stage.begin().await;
        for (id, text) in [(30, "one"), (20, "two\n'lines' \\"), (10, "three")] {
            assert!(chat::insert_new(&mut tx, &row(id, text)).await.expect("chat can be written"));
        }
        assert!(!chat::insert_new(&mut tx, &row(20, "again")).await.expect("chat can be written"));
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let store = stage.store.clone();
        let read = async |limit| chat::load_newest(&store, room, limit).await.expect("chat is read");
        assert_eq!(read(9).await, [row(30, "one"), row(20, "two\n'lines' \\"), row(10, "three")]);
        assert_eq!(read(2).await.len(), 2);

        let mut tx = stage.begin().await;
        assert_eq!(chat::trim(&mut tx, 2).await.expect("chat can be trimmed"), 1);
        assert_eq!(chat::trim(&mut tx, 2).await.expect("chat can be trimmed"), 0);
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(read(9).await, [row(20, "two\n'lines' \\"), row(10, "three")]);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_does_not_parse_is_reported() {
    on_both(async |store| {
        let stage = Stage::new(store).await;
        let broken = crate::statement::Statement::new("update rooms set owner_id = 'nobody'");
        stage.store.execute(broken).await.expect("a row can be broken");
        let loaded = rooms::load(&stage.store, code()).await;
        assert!(matches!(loaded, Err(Error::Corrupt { table: "rooms" })));
    })
    .await;
}

#[tokio::test]
async fn a_login_lives_until_it_expires_or_is_deleted() {
    on_both(async |store| {
        let row = |id: &str, body: &str, expires_at| LoginRow {
            id: id.to_owned(),
            user: Some(user(ANA)),
            body: body.to_owned(),
            expires_at: UnixMillis(expires_at),
        };
        let load = async |id, now| logins::load(&store, id, UnixMillis(now)).await.expect("logins are read");
        let (first, other) = (row("a", "one", 100), row("a", "two", 200));
        assert!(logins::insert_new(&store, &first).await.expect("logins are written"));
        assert!(!logins::insert_new(&store, &other).await.expect("logins are written"));
        assert_eq!(load("a", 99).await, Some(first));
        assert_eq!(load("a", 100).await, None);
        assert_eq!(load("b", 0).await, None);

        logins::save(&store, &other).await.expect("logins are written");
        let nobody = LoginRow { user: None, ..row("b", "three", 150) };
        logins::save(&store, &nobody).await.expect("logins are written");
        assert_eq!(load("a", 100).await, Some(other));
        assert_eq!(load("b", 100).await, Some(nobody));

        let expired = logins::delete_expired(&store, UnixMillis(150)).await;
        assert_eq!(expired.expect("logins are deleted"), 1);
        logins::delete(&store, "a").await.expect("logins are deleted");
        logins::delete(&store, "a").await.expect("logins are deleted");
        assert_eq!(load("a", 0).await, None);
    })
    .await;
}

#[test]
fn a_hash_survives_text_and_does_not_print() {
    let hash = KeyHash(std::array::from_fn(|index| u8::try_from(index * 7).expect("a byte")));
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert_eq!(format!("{hash:?}"), "KeyHash(…)");
    for text in ["", "00", &"g".repeat(64), &"é".repeat(32)] {
        assert!(text.parse::<KeyHash>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn roles_and_standings_survive() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        let people = load(&stage.store).await.room.people;
        let of = |bits| people[&participant(bits)].clone();
        assert_eq!((of(ANA).role, of(ANA).name), (Role::Owner, name("Ana")));
        assert_eq!((of(BO).role, of(BO).name), (Role::Guest, name("Bo")));
        assert!(matches!(of(ANA).standing, Standing::Present { since: UnixMillis(5_001), .. }));
        assert!(matches!(of(BO).standing, Standing::Waiting { since: UnixMillis(5_002), .. }));
    })
    .await;
}

//! Two programs on one database: one has the room, the other says so, and takes it when the first is gone.
//!
//! Real processes by real clocks, so that a lease takes as long as it takes.

use crate::aftermath::Running;
use crate::browser::Browser;
use crate::guest::{Guest, Present};
use crate::harness::Folder;
use crate::running::program;
use http::StatusCode;
use model::{ParticipantKey, RoomCode};
use protocol::{EntryView, ErrorCode, Link, Seat, ServerMessage};
use serde_json::json;
use std::time::{Duration, Instant};
use store::Store;
use store::owners::LEASE_MS;

/// Two servers with one secret and one database.
struct Pair {
    folders: [Folder; 2],
    database: String,
}

impl Pair {
    fn new() -> Self {
        let folders = [Folder::new(), Folder::new()];
        let file = || format!("sqlite:{}", folders[0].path().join("data/anteroom.sqlite").display());
        let database = folders[0].database().map_or_else(file, str::to_owned);
        Self { folders, database }
    }

    async fn start(&self, number: usize) -> Running {
        if number == 1 {
            let secret = std::fs::read(self.folders[0].path().join("data/secret.key")).expect("the secret");
            let data = self.folders[1].path().join("data");
            std::fs::create_dir_all(&data).expect("a folder can be made");
            std::fs::write(data.join("secret.key"), secret).expect("a secret can be shared");
        }
        let mut command = program(&self.folders[number]);
        command.env("ANTEROOM_DATABASE", &self.database);
        Running::start_with(command).await
    }

    /// Who wrote each line of a room's history, by epoch.
    async fn hands(&self, room: RoomCode) -> Vec<i64> {
        let store = Store::open(&self.database).await.expect("the database opens");
        let loaded = store::rooms::load(&store, room).await.expect("the room can be read");
        let id = loaded.expect("there is such a room").room.id;
        let lines = store::journal::load_newest(&store, id, 1_000).await.expect("a journal is read");
        let positions: Vec<i64> = lines.iter().map(|line| line.position).collect();
        assert_eq!(positions, (1..).take(lines.len()).collect::<Vec<_>>(), "none twice and none missing");
        store.close().await;
        lines.into_iter().map(|line| line.epoch).collect()
    }
}

/// The same person, with the same cookie and key, at another server.
fn at(server: &Running, guest: &Guest) -> Guest {
    let browser = Browser::new(server.1);
    browser.set_cookie(guest.browser.cookie());
    Guest { browser, seat: guest.seat, name: guest.name }
}

async fn enter(server: &Running, room: Option<RoomCode>, name: &'static str) -> Present {
    let browser = Browser::new(server.1);
    let room = match room {
        Some(room) => room,
        None => browser.create(false).await,
    };
    let key = ParticipantKey::from_bits(u128::from(name.as_bytes()[0]));
    Guest { browser, seat: Seat { room, key }, name }.enter().await
}

/// Nothing that a server without the room is asked about it is done or told.
async fn assert_elsewhere(guest: &Guest) {
    let room = json!({ "room": guest.seat.room });
    for answer in [
        guest.ask().await,
        guest.act("reconnect").await,
        guest.act("leave").await,
        guest.say(99, "on the wrong server").await,
        guest.browser.call("/api/rooms/entry", &room).await,
        guest.browser.call("/api/rooms/settings", &room).await,
    ] {
        assert_eq!(answer.refusal(), ErrorCode::Elsewhere);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_are_asked_at_once_one_has_the_room() {
    let pair = Pair::new();
    let servers = [pair.start(0).await, pair.start(1).await];
    for _ in 0..10 {
        let host = Browser::new(servers[0].1);
        let room = host.create(true).await;
        let arguments = json!({ "room": room });
        let [one, other] = [&servers[0], &servers[1]].map(|server| Browser::new(server.1));
        let (one, other) = tokio::join!(
            one.call("/api/rooms/entry", &arguments),
            other.call("/api/rooms/entry", &arguments),
        );
        let (yes, no) = if one.status == StatusCode::OK { (one, other) } else { (other, one) };
        assert_eq!(yes.json::<EntryView>().code, room);
        assert_eq!(no.refusal(), ErrorCode::Elsewhere);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_owner_is_killed_the_other_takes_over_within_the_lease_and_everybody_resumes() {
    let pair = Pair::new();
    let (ours, theirs) = (pair.start(0).await, pair.start(1).await);
    let ana = enter(&ours, None, "Ana Overheard").await;
    let room = ana.guest.seat.room;
    let bo = enter(&ours, Some(room), "Bo").await;
    let there = at(&theirs, &ana.guest);
    for number in 0..5 {
        let (said, ()) = tokio::join!(ana.guest.say(number, "still here"), assert_elsewhere(&there));
        said.json::<()>();
    }
    assert_eq!(pair.hands(room).await, [1, 1], "two people came in, and one server wrote it");

    ours.kill();
    let killed = Instant::now();
    let ticket = loop {
        let answer = there.act("reconnect").await;
        if answer.status == StatusCode::OK {
            break answer.json();
        }
        assert_eq!(answer.refusal(), ErrorCode::Elsewhere);
        assert!(killed.elapsed() < Duration::from_millis(LEASE_MS as u64 + 5_000), "the lease is over");
        // Browsers ask again like this.
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let mut socket = there.browser.socket(ticket).await;
    let ServerMessage::Snapshot(snapshot) = socket.next().await else { panic!("a snapshot comes first") };
    assert_eq!((snapshot.me, snapshot.chat.len()), (ana.id, 5), "the same seat, and what was said");
    let link = |id| snapshot.participants.iter().find(|one| one.id == id).map(|one| one.link);
    assert_eq!((link(ana.id), link(bo.id)), (Some(Link::Connected), Some(Link::Reconnecting)));
    at(&theirs, &bo.guest).reconnect().await;

    // The first one comes back, and is a stranger to the room.
    let ours = pair.start(0).await;
    assert_elsewhere(&at(&ours, &ana.guest)).await;
    there.say(50, "over here").await.json::<()>();
    let hands = pair.hands(room).await;
    assert!(hands.is_sorted() && hands.starts_with(&[1, 1, 2, 2]), "{hands:?}");
    assert!(hands.iter().all(|epoch| *epoch <= 2), "{hands:?}");
    let csv = there.browser.get(&format!("/r/{room}/history.csv")).await;
    assert_eq!(csv.text().matches("attendance,").count(), 2, "nobody's stay was interrupted: {}", csv.text());
    theirs.kill();
    let mut verify = program(&pair.folders[1]);
    verify.arg("verify-audit").env("ANTEROOM_DATABASE", &pair.database);
    assert_eq!(verify.output().expect("it runs").status.code(), Some(0));
}

//! Whoever guesses passcodes is stopped before the door is, and the door before anybody has guessed it.

use crate::browser::{Answer, Browser};
use crate::gate::behind_a_proxy;
use crate::guest::Guest;
use crate::harness::Server;
use model::{InviteId, Passcode, Policy, Role, RoomCode};
use protocol::{Barrier, Errand, ErrorCode, InviteRequest, RoomSettings};
use serde_json::json;

const EVE: &str = "192.0.2.1";
const BO: &str = "192.0.2.2";

/// Past the door it is the offer that is refused, for there is none.
const INSIDE: ErrorCode = ErrorCode::BadOffer;
const WRONG: ErrorCode = ErrorCode::Door(Barrier::PasscodeWrong);
const STOPPED: ErrorCode = ErrorCode::TooManyRequests;

/// A server behind a proxy, and a room that opens to a word.
struct Door {
    server: Server,
    room: RoomCode,
    /// The token of an invite, whose holders need no word.
    invite: String,
}

impl Door {
    async fn shut() -> Self {
        let server = behind_a_proxy().await;
        let browser = server.browser();
        let room = browser.create(false).await;
        let ana = Guest::with(&server, browser, (room, "Ana"));
        let policy = Policy { passcode: Passcode::parse("tulip").ok(), ..Policy::plain(false) };
        ana.errand(&Errand::SetPolicy(Box::new(policy))).await.json::<()>();
        let invite =
            InviteRequest { label: None, role: Role::Participant, personal: false, uses: None, hours: None };
        ana.errand(&Errand::Invite { id: InviteId::from_bits(1), invite }).await.json::<()>();
        let settings = ana.browser.call("/api/rooms/settings", &json!({ "room": room })).await;
        let invite = settings.json::<RoomSettings>().invites[0].token.clone();
        Self { server, room, invite }
    }

    /// Somebody new at this address.
    fn at(&self, address: &'static str) -> Guest {
        self.known(self.server.browser_at(address))
    }

    fn known(&self, browser: Browser) -> Guest {
        Guest::with(&self.server, browser, (self.room, "Somebody"))
    }
}

async fn show(guest: &Guest, field: &str, value: &str) -> Answer {
    let mut request = guest.request((String::new(), Vec::new()));
    request["request"][field] = value.into();
    guest.browser.call("/api/rooms/join", &request).await
}

async fn type_in(guest: &Guest, word: &str) -> ErrorCode {
    show(guest, "passcode", word).await.refusal()
}

/// Guesses until it is enough; says how often that was, and what was said in the end.
async fn guess(guesser: impl Fn(u32) -> Guest) -> (u32, ErrorCode) {
    for count in 0..400 {
        let said = type_in(&guesser(count), "rose").await;
        if said != WRONG {
            return (count, said);
        }
    }
    panic!("somebody guesses without end");
}

#[tokio::test]
async fn one_guesser_does_not_keep_out_whoever_has_the_passcode() {
    let door = Door::shut().await;
    assert_eq!(guess(|_| door.at(EVE)).await, (20, STOPPED), "new identities do not help");
    let late = show(&door.at(EVE), "passcode", "tulip").await;
    assert_eq!((late.refusal(), late.header("retry-after")), (STOPPED, "30"));
    assert_eq!(type_in(&door.at(BO), "tulip").await, INSIDE);
    assert_eq!(show(&door.at(EVE), "invite", &door.invite).await.refusal(), INSIDE, "invites need none");
    door.server.world.pass(30_000);
    assert_eq!(type_in(&door.at(EVE), "tulip").await, INSIDE, "the right one opens");
}

#[tokio::test]
async fn one_browser_that_guesses_does_not_keep_out_the_others_at_its_address() {
    let door = Door::shut().await;
    let eve = door.server.browser_at(EVE);
    eve.create(true).await;
    let cookie = eve.cookie();
    let same = |address| {
        let browser = door.server.browser_at(address);
        browser.set_cookie(cookie.clone());
        door.known(browser)
    };
    assert_eq!(guess(|_| same(EVE)).await, (8, STOPPED));
    assert_eq!(type_in(&same(BO), "tulip").await, STOPPED, "another address does not help");
    assert_eq!(type_in(&door.at(EVE), "tulip").await, INSIDE);
    door.server.world.pass(30_000);
    assert_eq!(type_in(&same(EVE), "rose").await, WRONG);
    assert_eq!(type_in(&same(EVE), "tulip").await, STOPPED, "one more, and no other");
}

#[tokio::test]
async fn many_guessers_at_many_addresses_are_bounded_together() {
    let door = Door::shut().await;
    let place = |number: u32| -> &'static str { format!("198.51.100.{number}").leak() };
    // Nobody guesses more than ten times at one address, so that only the door can stop them.
    assert_eq!(guess(|count| door.at(place(count / 10))).await, (120, STOPPED));
    assert_eq!(type_in(&door.at(BO), "tulip").await, STOPPED, "that is the price");
    assert_eq!(show(&door.at(BO), "invite", &door.invite).await.refusal(), INSIDE);
    door.server.world.pass(10_000);
    assert_eq!(guess(|count| door.at(place(100 + count))).await, (1, STOPPED), "one in ten seconds");
    door.server.world.pass(10_000);
    assert_eq!(type_in(&door.at(BO), "tulip").await, INSIDE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_buries_the_history_of_a_room_by_knocking_as_ever_new_people() {
    let server = behind_a_proxy().await;
    let browser = server.browser();
    let room = browser.create(true).await;
    let knock = async |address| {
        let guest = Guest::with(&server, server.browser_at(address), (room, "Somebody"));
        let answer = guest.ask().await;
        guest.act("leave").await;
        answer
    };
    // Who is refused leaves nothing, and costs nobody else the way in.
    let host = Guest::with(&server, browser, (room, "Ana"));
    let lock = async |locked| {
        let policy = Policy { locked, ..Policy::plain(true) };
        host.errand(&Errand::SetPolicy(Box::new(policy))).await.json::<()>();
    };
    lock(true).await;
    for _ in 0..20 {
        assert_eq!(knock(EVE).await.refusal(), ErrorCode::Door(Barrier::Locked));
    }
    lock(false).await;
    for number in 0..60 {
        assert_eq!(
            knock(EVE).await.status,
            http::StatusCode::OK,
            "{number}: a class sits behind one address"
        );
    }
    assert_eq!(knock(EVE).await.refusal(), STOPPED);
    assert_eq!(knock(BO).await.status, http::StatusCode::OK);
    server.world.pass(60_000);
    assert_eq!(knock(EVE).await.status, http::StatusCode::OK);
}

//! Paid sessions in both databases: what is saved together, what a crash leaves, and what playing them again
//! finds.

mod direct;
mod moved_addresses;
mod papers;
mod search;
mod settlement;

use super::{ANA, BO, code, draws, insert_room, new_room, on_both, participant, take, user, writer};
use crate::ledger::{self, PostError};
use crate::owners::{self, Ownership};
use crate::sessions::orders::{RefundOfOrder, Undone};
use crate::sessions::{self, Change, orders, verify};
use crate::statement::Statement;
use crate::testing::{TestDatabase, crash_after};
use crate::{Error, Store};
use domain::ledger::{Account, Unit};
use domain::session::{
    Command, Confirmation, Event, Instruction, Letter, Party, Proposal, Purpose, RefundOf, Session, Status,
    What, decide,
};
use expect_test::expect;
use model::offer::{Access, Length, Pack, Packs, Point, Wishes};
use model::{
    Currency, MerchantId, Money, Offer, OutboxId, PaymentId, Permille, Price, RefundId, RoomCode, RoomId,
    SessionId, TermsDigest, UnixMillis,
};

const TERMS: TermsDigest = TermsDigest([7; 32]);
const MINUTE_MS: i64 = 60_000;

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("the euro is known"))
}

fn price(minor: i64) -> Price {
    Price::new(euro(minor)).expect("it is a price")
}

fn hour() -> Offer {
    let length = Length::new(60).expect("an hour is a length");
    let fee = Permille::new(100).expect("a tenth");
    let point = Point::During { price: price(3_000), length: Length::new(30).expect("half an hour") };
    let access = Access::Fixed { price: price(6_001), length };
    Offer::new(Wishes { fee, point, ..Wishes::plain(access) }).expect("it does not contradict itself")
}

fn pack() -> Pack {
    Pack { minutes: 60, price: price(4_000) }
}

fn minutes() -> Offer {
    let packs = Packs::new(vec![pack()]).expect("one pack");
    let most = Length::new(60).expect("an hour is a length");
    Offer::new(Wishes::plain(Access::Prepaid { packs, most })).expect("it does not contradict itself")
}

/// A call, however long.
fn call() -> Offer {
    let call = Wishes::plain(Access::PerCall { price: price(999) });
    Offer::new(Wishes { fee: Permille::new(333).expect("a third"), ..call })
        .expect("it does not contradict itself")
}

/// An hour by a bill.
fn later() -> Offer {
    let length = Length::new(60).expect("an hour is a length");
    let hour = Wishes::plain(Access::Fixed { price: price(6_001), length });
    Offer::new(Wishes { point: Point::After, ..hour }).expect("it does not contradict itself")
}

fn offered(id: u128, offer: Offer) -> Session {
    let proposal = Proposal {
        id: SessionId::from_bits(id),
        room: RoomId::from_bits(7),
        host: user(ANA),
        payer: user(BO),
        offer,
        terms: TERMS,
        planned: None,
    };
    Session::offered(proposal, UnixMillis(5_000))
}

/// One session in a room of this server, saved as it goes.
struct Till {
    store: Store,
    own: Ownership,
    session: Session,
    now: UnixMillis,
}

impl Till {
    async fn new(store: Store, offer: Offer) -> Self {
        Self::of(store, 7, offer).await
    }

    /// The same in a room of another number.
    async fn of(store: Store, id: u128, offer: Offer) -> Self {
        assert!(insert_room(&store, &new_room(id)).await);
        let taken = owners::take(&store, &writer(1, 1), RoomCode::from_bits(id), UnixMillis(5_000)).await;
        let own = taken.expect("a room can be asked for").expect("the room is free").ownership;
        let session = Session { room: RoomId::from_bits(id), ..offered(id, offer) };
        let mut till = Self { store, own, session, now: UnixMillis(5_000) };
        let mut tx = till.store.begin_room(&till.own, till.now).await.expect("the room is ours");
        assert!(
            sessions::insert_new(&mut tx, &till.session, "You pay 60.01 EUR.").await.expect("it is saved")
        );
        tx.commit(&mut till.own).await.expect("a transaction ends");
        till
    }

    async fn play(&mut self, command: Command) -> Result<(), PostError> {
        let events = decide(&self.session, &command, self.now).expect("the script breaks no rule");
        self.save(&events).await
    }

    async fn save(&mut self, events: &[Event]) -> Result<(), PostError> {
        let mut tx = self.store.begin_room(&self.own, self.now).await?;
        let change = Change::new(self.session.clone(), events.to_vec());
        sessions::append(&mut tx, std::slice::from_ref(&change)).await?;
        let next = change.after;
        tx.commit(&mut self.own).await?;
        self.session = next;
        Ok(())
    }

    async fn script(&mut self, commands: impl IntoIterator<Item = (i64, Command)>) {
        for (wait_ms, command) in commands {
            self.now = self.now.plus(wait_ms);
            self.play(command).await.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        }
    }

    /// The payment that was asked for last, confirmed.
    async fn pay(&mut self, purpose: Purpose) {
        self.pay_to(purpose, None).await;
    }

    async fn pay_to(&mut self, purpose: Purpose, merchant: Option<MerchantId>) {
        self.script([(0, Command::StartCheckout { purpose, merchant })]).await;
        let payment = *self.session.till.payments.last().expect("a checkout was started");
        let (payment, amount) = (payment.id, payment.amount);
        let confirmed = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
        self.script([(1_000, confirmed)]).await;
    }

    /// Asserts that the database holds what memory does, and nothing that the events do not ask for. The room
    /// in these tests has no attendance, so no time may be billed either.
    async fn assert_saved(&self) {
        let loaded = sessions::load(&self.store, self.session.id).await.expect("it is read");
        assert_eq!(loaded.as_ref(), Some(&self.session));
        assert_eq!(ledger::verify::add_up(&self.store).await.expect("the ledger is read").faults, []);
        let found = faults(&self.store, self.now).await;
        let is_time = |fault: &verify::Fault| matches!(fault, verify::Fault::Overbilled { .. });
        assert!(found.iter().all(is_time), "{found:?}");
    }
}

async fn faults(store: &Store, now: UnixMillis) -> Vec<verify::Fault> {
    let report = verify::replay(store, now).await.expect("sessions are read");
    report.findings.into_iter().map(|finding| finding.fault).collect()
}

fn enter(party: Party, seat: u128) -> Command {
    Command::Enter { party, participant: participant(seat) }
}

/// Paid, an hour in which both are there, run out.
async fn lived(store: Store) -> Till {
    lived_at(store, None).await
}

/// The same, paid to an account of the host's own.
async fn lived_at(store: Store, merchant: Option<MerchantId>) -> Till {
    let mut till = Till::new(store, hour()).await;
    till.script([(10, Command::Consent { terms: TERMS })]).await;
    till.pay_to(Purpose::Entry, merchant).await;
    till.script([
        (1_000, enter(Party::Payer, BO)),
        (1_000, enter(Party::Host, ANA)),
        (56 * MINUTE_MS, Command::Tick),
        (5 * MINUTE_MS, Command::Tick),
    ])
    .await;
    assert_eq!(till.session.status(), Status::Settled);
    till
}

async fn balances(store: &Store) -> String {
    let balances = ledger::load_balances(store).await.expect("balances are read");
    let line = |one: &ledger::Balance| format!("{} {} {}\n", one.name, one.balance, one.unit);
    balances.iter().map(line).collect()
}

#[tokio::test]
async fn a_paid_hour_is_settled_and_read_back_as_it_was() {
    on_both(async |store| {
        let till = lived(store.clone()).await;
        till.assert_saved().await;
        let words = sessions::load_terms(&store, till.session.id).await.expect("terms are read");
        assert_eq!(words.as_deref(), Some("You pay 60.01 EUR."));
        assert_eq!(sessions::load_open(&store, till.session.room).await.expect("they are read"), []);
        let report = verify::replay(&store, till.now).await.expect("sessions are read");
        assert_eq!((report.sessions, report.closed), (1, 1));
        expect![[r#"
            deferred:00000000000000000000000000000007 0 EUR
            host_payable:00000000000000000000000000000001 -5401 EUR
            platform_fee -600 EUR
            processor_clearing 6001 EUR
        "#]]
        .assert_eq(&balances(&store).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_pays_in_a_room_has_one_session_there_that_is_not_over() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        let mut tx = store.begin_room(&till.own, till.now).await.expect("the room is ours");
        let again = sessions::insert_new(&mut tx, &offered(8, hour()), "You pay 60.01 EUR.").await;
        assert!(!again.expect("it is looked for"));
        drop(tx);
        till.script([(1, Command::Cancel { by: Party::Host })]).await;
        let mut tx = store.begin_room(&till.own, till.now).await.expect("the room is ours");
        assert!(sessions::insert_new(&mut tx, &offered(8, hour()), "Others.").await.expect("it is saved"));
        tx.commit(&mut till.own).await.expect("a transaction ends");
        let open = sessions::load_open(&store, till.session.room).await.expect("they are read");
        assert_eq!(open, [offered(8, hour())]);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_decide_about_one_session_one_saves() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        let before = till.session.clone();
        let consent = Command::Consent { terms: TERMS };
        till.script([(1, consent)]).await;
        let after = std::mem::replace(&mut till.session, before);
        // With what it knew before, under the same epoch.
        let late = till.play(Command::Cancel { by: Party::Host }).await;
        assert!(matches!(late, Err(PostError::Store(Error::Stale))), "{late:?}");
        till.session = after;
        till.assert_saved().await;
        // An owner whose epoch is over saves nothing either.
        let other = owners::seize(&store, &writer(2, 2), code(), till.now).await;
        other.expect("the room can be taken").expect("there is such a room");
        let stale = till.play(Command::StartCheckout { purpose: Purpose::Entry, merchant: None }).await;
        assert!(matches!(stale, Err(PostError::Store(Error::Stale))));
        till.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn minutes_that_are_gone_reserve_nothing() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), minutes()).await;
        till.script([(1, Command::Consent { terms: TERMS })]).await;
        // The core was told of minutes that the ledger does not know.
        let events = decide(&till.session, &Command::Reserve { available_ms: MINUTE_MS }, till.now);
        let saved = till.save(&events.expect("there are minutes, it was told")).await;
        assert!(matches!(saved, Err(PostError::Overdrawn { .. })), "{saved:?}");
        till.assert_saved().await;
        super::purchases::buy(&store, (1, pack())).await;
        till.script([
            (1, Command::Reserve { available_ms: 60 * MINUTE_MS }),
            (1, enter(Party::Payer, BO)),
            (1, enter(Party::Host, ANA)),
            (10 * MINUTE_MS, Command::EndRoom { by: Party::Host }),
        ])
        .await;
        let account = Account::Minutes { seller: user(ANA), buyer: user(BO) };
        let left = ledger::balance(&store, account, Unit::Time).await.expect("it is read");
        assert_eq!(left, -50 * MINUTE_MS);
        till.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_point_of_closing_leaves_nothing_of_it() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        till.script([(10, Command::Consent { terms: TERMS })]).await;
        till.pay(Purpose::Entry).await;
        till.script([(1_000, enter(Party::Payer, BO)), (1_000, enter(Party::Host, ANA))]).await;
        till.now = till.now.plus(61 * MINUTE_MS);
        let before = till.session.clone();
        let events = decide(&before, &Command::Tick, till.now).expect("time is up");
        assert!(events.iter().any(|event| matches!(event.what, What::Closed { .. })));
        let mut crashes = 0;
        loop {
            crash_after(Some(crashes));
            let saved = till.save(&events).await;
            crash_after(None);
            assert!(saved.is_err(), "the last point is behind the commit");
            let found = sessions::load(&store, before.id).await.expect("it is read").expect("there is one");
            if found.is_closed() {
                assert!(matches!(saved, Err(PostError::Store(Error::Unconfirmed(_)))), "{saved:?}");
                till.session = found;
                till.own = take(&store, &writer(1, 1), till.now).await;
                break;
            }
            till.assert_saved().await;
            assert_eq!(till.session, before, "nothing of it");
            assert_eq!(orders::load_due(&store, till.now, 9).await.expect("they are read"), []);
            crashes += 1;
        }
        assert!(crashes > 15, "there are more points than that: {crashes}");
        assert!(till.session.is_closed());
        till.assert_saved().await;
        // Whoever was told nothing of it tries again, and is told that it is late.
        let closed = std::mem::replace(&mut till.session, before);
        assert!(till.save(&events).await.is_err());
        till.session = closed;
        till.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn orders_are_taken_by_one_tried_again_and_given_up() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        till.script([(10, Command::Consent { terms: TERMS })]).await;
        till.pay(Purpose::Entry).await;
        till.script([(1_000, Command::Cancel { by: Party::Host })]).await;
        let due = async |now| orders::load_due(&store, now, 9).await.expect("they are read");
        let all = due(till.now).await;
        let wanted: Vec<Instruction> = all.iter().map(|order| order.instruction).collect();
        let payment = till.session.till.payments[0].id;
        let refund = Instruction::Refund { payment, amount: euro(6_001) };
        assert!(wanted.contains(&refund), "{wanted:?}");
        assert!(wanted.contains(&Instruction::Mail(Letter::Receipt)), "{wanted:?}");
        let order = all.iter().find(|order| order.instruction == refund).expect("it was found");
        let later = till.now.plus(30_000);
        assert!(orders::claim(&store, order, later).await.expect("it can be asked for"));
        assert!(!orders::claim(&store, order, later).await.expect("it can be asked for"), "one has it");
        assert!(!due(till.now).await.iter().any(|other| other.id == order.id));
        // Its worker died: it is due again, and known to have been tried.
        let again = due(later).await.into_iter().find(|other| other.id == order.id).expect("it is due");
        assert_eq!(again.attempts, 1);
        orders::fail(&store, again.id, "the card is closed", (None, later)).await.expect("it is noted");
        assert!(!due(later).await.iter().any(|other| other.id == order.id));
        let dead = orders::load_troubled(&store, 9).await.expect("they are read");
        let told: Vec<_> = dead.iter().map(|order| (order.error.as_str(), order.due_at)).collect();
        assert_eq!(told, [("the card is closed", None)]);
        assert_eq!(dead[0].what, Some((till.session.id.into(), refund)));
        let all = due(later).await.len() as u64;
        assert_eq!(orders::count(&store).await.expect("they are counted"), (all, 1));
        let id = again.id.to_hex();
        assert!(orders::revive(&store, &id, later).await.expect("it can be asked for"));
        assert!(!orders::revive(&store, &id, later).await.expect("it can be asked for"), "it lives");
        assert!(!orders::settle(&store, &id, later).await.expect("it can be asked for"), "it lives");
        assert!(due(later).await.iter().any(|other| other.id == order.id));
        // It is on its way for as long as that takes, unless it is told that something happened.
        let (told, hour) = (again.id, later.plus(3_600_000));
        let told = RefundOfOrder { refund: "re_0", order: told, payment, amount: euro(6_001) };
        let hasten = async |now| orders::hasten(&store, &told, now).await.expect("it can be asked for");
        // While somebody has it, and after a failure, it waits for nothing that is told.
        let revived = due(later).await.into_iter().find(|other| other.id == order.id).expect("it is due");
        assert!(orders::claim(&store, &revived, hour).await.expect("it can be asked for"));
        assert!(!hasten(later).await, "somebody has it");
        orders::fail(&store, again.id, "silence", (Some(hour), later)).await.expect("it is noted");
        assert!(!hasten(later).await, "it failed");
        orders::wait(&store, again.id, "it is on its way", hour).await.expect("it is noted");
        assert!(!due(hour.plus(-1)).await.iter().any(|other| other.id == order.id));
        let waiting = due(hour).await.into_iter().find(|other| other.id == order.id);
        assert_eq!(waiting.map(|order| order.attempts), Some(0), "that is no failure");
        assert!(hasten(later).await);
        assert!(!hasten(later).await, "it is due");
        assert!(due(later).await.iter().any(|other| other.id == order.id));
        orders::finish(&store, again.id, later).await.expect("it is noted");
        assert!(!hasten(later.plus(-1)).await);
        orders::finish(&store, again.id, later.plus(1)).await.expect("a repeat is harmless");
        assert!(!due(later.plus(99_000)).await.iter().any(|other| other.id == order.id));
        // The money did not arrive, and somebody carries it there in the end.
        let failed = |refund| RefundOfOrder { refund, order: again.id, payment, amount: euro(6_001) };
        let undo = async |failed: RefundOfOrder<'_>| {
            let undone = orders::undo(&store, &failed, "the account is closed", later).await;
            undone.expect("it is noted")
        };
        // What somebody else is about, or comes to less, is not what was asked for.
        for other in [
            RefundOfOrder { payment: PaymentId::from_bits(9), ..failed("re_9") },
            RefundOfOrder { amount: euro(6_000), ..failed("re_9") },
            RefundOfOrder { order: OutboxId::from_bits(9), ..failed("re_9") },
        ] {
            assert_eq!(undo(other).await, Undone::NotThis, "{other:?}");
            assert!(!orders::hasten(&store, &other, later).await.expect("it can be asked for"));
        }
        let noted = orders::note_failure(&store, "re_0", again.id, later).await;
        assert!(noted.expect("it is noted"));
        assert_eq!(undo(failed("re_0")).await, Undone::Before);
        assert_eq!(orders::count(&store).await.expect("they are counted"), (all, 0));
        assert_eq!(undo(failed("re_1")).await, Undone::Now);
        assert_eq!(orders::count(&store).await.expect("they are counted"), (all, 1));
        orders::finish(&store, again.id, later.plus(2)).await.expect("a late word changes nothing");
        assert_eq!(orders::count(&store).await.expect("they are counted"), (all, 1));
        let late = orders::fail(&store, again.id, "late", (Some(later), later)).await;
        late.expect("a late word changes nothing");
        assert!(orders::settle(&store, &id, later.plus(3)).await.expect("it can be asked for"));
        assert_eq!(undo(failed("re_1")).await, Undone::Before, "it was mended since");
        assert_eq!(orders::count(&store).await.expect("they are counted"), (all, 0));
        till.assert_saved().await;
    })
    .await;
}

/// Lays hands on sessions, past what keeps honest programs from it.
pub(super) async fn tamper(store: &Store, sql: &'static str) {
    disarm(store).await;
    run(store, sql).await;
}

async fn run(store: &Store, sql: &'static str) {
    store.execute(Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Takes away what keeps honest programs from changing what happened.
async fn disarm(store: &Store) {
    let triggers: &[&'static str] = match store {
        Store::Sqlite { .. } => &[
            "drop trigger session_events_are_not_changed",
            "drop trigger session_events_are_not_deleted",
            "drop trigger sessions_keep_what_was_agreed",
            "drop trigger session_orders_are_not_deleted",
            "drop trigger session_orders_stand",
            "drop trigger ledger_entries_come_before_the_seal",
            "drop trigger ledger_entries_add_up",
            "drop trigger ledger_transactions_are_not_changed",
        ],
        Store::Postgres(_) => &[
            "alter table session_events disable trigger user",
            "alter table sessions disable trigger user",
            "alter table session_orders disable trigger user",
            "alter table ledger_transactions disable trigger user",
            "alter table ledger_entries disable trigger user",
        ],
    };
    for sql in triggers {
        run(store, sql).await;
    }
}

#[tokio::test]
async fn playing_it_again_finds_whatever_was_changed() {
    for (sql, found) in [
        ("delete from session_events where number = 3", "its events are not those of a session"),
        ("update session_events set event = '{}' where number = 3", "its events are not those of a session"),
        ("update sessions set status = 'refunded'", "it is listed as refunded, revision"),
        ("update sessions set closed_at = closed_at + 1", "it is listed as settled, revision"),
        ("delete from session_orders", "order "),
        ("update session_orders set instruction = replace(instruction, 'receipt', 'refunded')", "order "),
        ("update sessions set offer = '{}'", "its events are not those of a session"),
        ("update ledger_transactions set session_id = null", "does not stand in the ledger"),
        ("update ledger_transactions set cause = 'refunded'", "does not stand in the ledger"),
        // Honest, but for the attendance that this room does not have.
        ("update sessions set planned = planned", "and the two were inside together for 0 ms"),
    ] {
        on_both(async |store| {
            let till = lived(store.clone()).await;
            tamper(&store, sql).await;
            let told: Vec<String> = faults(&store, till.now).await.iter().map(ToString::to_string).collect();
            assert!(told.len() == 1 && told[0].contains(found), "{sql}: {told:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_happened_is_not_changed_by_anybody() {
    for sql in [
        "update session_events set at = 0",
        "delete from session_events",
        "update terms set words = 'Others.'",
        "delete from terms",
        "update sessions set offer = '{}'",
        "update sessions set revision = 0",
        "update sessions set closed_at = null",
        "update sessions set payer_id = host_id",
        "delete from sessions",
        "update session_orders set instruction = '{}'",
        "delete from session_orders",
    ] {
        on_both(async |store| {
            let till = lived(store.clone()).await;
            assert!(store.execute(Statement::new(sql)).await.is_err(), "{sql}");
            till.assert_saved().await;
        })
        .await;
    }
}

/// The operator, or one of two accounts of the host's own.
fn receiver(draw: &mut impl FnMut(u64) -> u64) -> Option<MerchantId> {
    [None, Some(1), Some(2)][usize::try_from(draw(3)).expect("few")].map(MerchantId::from_bits)
}

/// Something that somebody may want of a session, or that may happen to it.
fn anything(session: &Session, draw: &mut impl FnMut(u64) -> u64) -> Command {
    let asked = session.till.payments.last().map(|payment| (payment.id, payment.amount));
    let (payment, amount) = asked.unwrap_or((PaymentId::from_bits(1), euro(1)));
    let party = if draw(2) == 0 { Party::Host } else { Party::Payer };
    let seat = participant(if party == Party::Host { ANA } else { BO } + 10 * u128::from(draw(2)));
    match draw(22) {
        0 => Command::Consent { terms: TERMS },
        1 => Command::StartCheckout { purpose: Purpose::Entry, merchant: receiver(draw) },
        2 => Command::StartCheckout { purpose: Purpose::Extension, merchant: receiver(draw) },
        3 => Command::Reserve { available_ms: 60 * MINUTE_MS },
        4..=6 => Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured },
        7 => Command::PaymentConfirmed { payment, amount, kind: Confirmation::Held },
        8 => Command::CheckoutEnded { payment },
        9..=11 => Command::Enter { party, participant: seat },
        12 => Command::Drop { participant: seat },
        13 if draw(4) == 0 => Command::Leave { participant: seat },
        14 if draw(8) == 0 => Command::Cancel { by: party },
        15 if draw(8) == 0 => Command::EndRoom { by: party },
        16 => {
            let refund = RefundId::from_bits(u128::from(draw(4)));
            Command::Refund { refund, by: Party::Host, what: RefundOf::Part(euro(100)) }
        }
        17 if draw(4) == 0 => Command::DisputeOpened { payment, amount },
        18 if draw(4) == 0 => Command::DisputeLost { payment, amount },
        19 if draw(4) == 0 => Command::DisputeWon { payment, amount },
        20 => Command::StartCheckout { purpose: Purpose::Bill, merchant: receiver(draw) },
        21 if draw(4) == 0 => Command::Forgive { by: party },
        _ => Command::Tick,
    }
}

#[tokio::test]
async fn any_life_is_saved_as_it_was_decided() {
    let mut closed = 0;
    for seed in 1..=12 {
        for database in TestDatabase::both() {
            let store = Store::open(&database.url).await.expect("a new database opens");
            let mut draw = draws(seed);
            let mut till = Till::new(store.clone(), if seed % 3 == 0 { minutes() } else { hour() }).await;
            for _ in 0..60 {
                till.now = till.now.plus(i64::try_from(draw(5 * 60_000)).unwrap_or(0));
                let command = anything(&till.session, &mut draw);
                let Ok(events) = decide(&till.session, &command, till.now) else { continue };
                let before = till.session.clone();
                match till.save(&events).await {
                    Ok(()) => {}
                    // Nobody bought minutes.
                    Err(PostError::Overdrawn { .. }) => assert_eq!(till.session, before),
                    Err(error) => panic!("seed {seed}: {command:?}: {error}"),
                }
            }
            till.assert_saved().await;
            closed += usize::from(till.session.is_closed());
            store.close().await;
        }
    }
    assert!(closed > 4, "some of them came to an end: {closed}");
}

#[tokio::test]
async fn an_order_that_cannot_be_read_keeps_no_other_waiting() {
    on_both(async |store| {
        let till = lived(store.clone()).await;
        let all = orders::load_due(&store, till.now, 9).await.expect("they are read");
        const SQL: &str = "insert into session_orders (id, session_id, at, instruction, due_at) \
             select '0', session_id, at, '{\"new\":1}', 0 from session_orders limit 1";
        store.execute(Statement::new(SQL)).await.expect("a newer server wrote it");
        assert_eq!(orders::load_due(&store, till.now, 9).await.expect("they are read"), all);
        let dead = orders::load_troubled(&store, 9).await.expect("they are read");
        let told: Vec<_> = dead.iter().map(|order| (order.id.as_str(), order.what, order.due_at)).collect();
        assert_eq!(told, [("0", None, None)]);
        let found = faults(&store, till.now).await;
        assert_eq!(found, [verify::Fault::Orders { order: "0".to_owned() }]);
    })
    .await;
}

#[tokio::test]
async fn entries_behind_the_seal_are_found_though_they_balance() {
    on_both(async |store| {
        let till = lived(store.clone()).await;
        for sql in [
            "update sessions set planned = planned",
            "insert into ledger_accounts (name, unit, side, balance) values ('x', 'EUR', 'either', 0), \
                ('y', 'EUR', 'either', 0)",
            "insert into ledger_entries (transaction_id, number, account, unit, amount) \
                select id, 7, 'x', 'EUR', 5 from ledger_transactions where cause = 'captured'",
            "insert into ledger_entries (transaction_id, number, account, unit, amount) \
                select id, 8, 'y', 'EUR', -5 from ledger_transactions where cause = 'captured'",
        ] {
            if sql.starts_with("update") {
                tamper(&store, sql).await;
            } else {
                store.execute(Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
        }
        let found = faults(&store, till.now).await;
        assert!(matches!(found[..], [verify::Fault::Ledger(verify::Discord::Unposted { .. })]), "{found:?}");
    })
    .await;
}

//! Packs in both databases: what is saved together, who is late, and what playing them again finds.

use super::sessions::tamper;
use super::{ANA, BO, insert_room, new_room, on_both, user};
use crate::ledger::{self, PostError, Posting};
use crate::purchases::papers::{Balance, Whose, load_balances, load_lines, load_sums, load_uses};
use crate::purchases::{Change, append, insert_new, load, load_open, load_terms, spendable_ms, verify};
use crate::sessions::orders;
use crate::sessions::papers::Window;
use crate::statement::Statement;
use crate::testing::crash_after;
use crate::{Deal, Error, Store, disputes};
use domain::ledger::{Account, Cause, Entry, PackSale, Transaction, Value};
use domain::purchase::{Command, Consent, Event, Purchase, What, decide};
use domain::session::{Answerable, DisputeNews, Instruction, Letter, Party};
use expect_test::expect;
use model::offer::Pack;
use model::{
    Currency, MerchantId, Money, Permille, Price, PurchaseId, RefundId, RoomId, SessionId, TermsDigest,
    TransactionId, UnixMillis,
};

const NOW: UnixMillis = UnixMillis(5_000);
/// What buyers agree to here, and its digest.
const WORDS: &str = "Pack, form 1\n60 minutes cost 9.99 EUR.\n";
const TERMS: TermsDigest = TermsDigest([7; 32]);
const HOUR_MS: i64 = 3_600_000;
const ALL: Window = Window { offset: 0, limit: 9 };

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("the euro is known"))
}

fn hour() -> Pack {
    Pack { minutes: 60, price: Price::new(euro(999)).expect("it is a price") }
}

fn asked(id: u128, pack: Pack) -> Purchase {
    let fee = Permille::new(100).expect("a tenth");
    let sale = PackSale { seller: user(ANA), buyer: user(BO), pack, fee, merchant: None };
    let asked =
        Purchase::asked(PurchaseId::from_bits(id), (RoomId::from_bits(7), sale), NOW.plus(60_000), NOW);
    asked.agreed(Some(Consent { terms: TERMS, at: NOW }))
}

async fn insert(store: &Store, purchase: &Purchase) -> bool {
    let mut tx = store.begin().await.expect("a transaction begins");
    let is_new = insert_new(&mut tx, purchase, WORDS).await.expect("it is saved");
    tx.commit().await.expect("a transaction ends");
    is_new
}

async fn save(store: &Store, purchase: &Purchase, events: Vec<Event>) -> Result<Purchase, PostError> {
    let change = Change::new(purchase.clone(), events);
    let mut tx = store.begin().await?;
    append(&mut tx, &change).await?;
    tx.commit().await?;
    Ok(change.after)
}

async fn play(store: &Store, purchase: &Purchase, command: Command) -> Purchase {
    let events = decide(purchase, &command, NOW).expect("the script breaks no rule");
    save(store, purchase, events).await.expect("it is saved")
}

/// Bo buys a pack of Ana's in the room of these tests.
pub(super) async fn buy(store: &Store, (id, pack): (u128, Pack)) -> Purchase {
    buy_asked(store, asked(id, pack)).await
}

/// The same in a room of another number, paid to an account of Ana's own or to the operator.
pub(super) async fn buy_from(
    store: &Store,
    (id, room): (u128, u128),
    merchant: Option<MerchantId>,
    pack: Pack,
) -> Purchase {
    if let Some(merchant) = merchant {
        let owner = user(1_000 + merchant.bits());
        crate::merchants::begin(store, merchant, owner, NOW).await.expect("it is noted");
    }
    let asked = asked(id, pack);
    let sale = PackSale { merchant, ..asked.sale };
    buy_asked(store, Purchase { room: RoomId::from_bits(room), sale, ..asked }).await
}

async fn buy_asked(store: &Store, purchase: Purchase) -> Purchase {
    assert!(insert(store, &purchase).await);
    play(store, &purchase, Command::PaymentConfirmed { amount: purchase.price() }).await
}

pub(super) async fn is_sound(store: &Store) {
    let found = verify::replay(store).await.expect("purchases are read").findings;
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(ledger::verify::add_up(store).await.expect("the ledger is read").faults, []);
}

async fn with_room(store: &Store) {
    assert!(insert_room(store, &new_room(7)).await);
}

fn sell_back(refund: u128, available_ms: i64) -> Command {
    Command::SellBack { refund: RefundId::from_bits(refund), by: Party::Host, available_ms }
}

#[tokio::test]
async fn a_pack_is_bought_once_and_read_back_as_it_was() {
    on_both(async |store| {
        with_room(&store).await;
        let first = asked(1, hour());
        assert!(insert(&store, &first).await);
        assert!(!insert(&store, &asked(2, hour())).await, "who presses twice has one checkout");
        let open = load_open(&store, user(ANA), user(BO)).await.expect("it is read");
        assert_eq!(open.as_ref(), Some(&first));
        let paid = play(&store, &first, Command::PaymentConfirmed { amount: euro(999) }).await;
        assert_eq!(load(&store, first.id).await.expect("it is read"), Some(paid.clone()));
        assert_eq!(load_open(&store, user(ANA), user(BO)).await.expect("it is read"), None);
        assert_eq!(spendable_ms(&store, user(ANA), user(BO)).await.expect("it is read"), HOUR_MS);
        // Somebody else has saved meanwhile.
        let late = save(&store, &first, vec![Event { at: NOW, what: What::Paid }]).await;
        assert!(matches!(late, Err(PostError::Store(Error::Stale))), "{late:?}");
        assert!(insert(&store, &asked(2, hour())).await, "another pack may follow");
        is_sound(&store).await;
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_point_leaves_nothing_of_it() {
    on_both(async |store| {
        with_room(&store).await;
        let first = asked(1, hour());
        assert!(insert(&store, &first).await);
        let events = vec![Event { at: NOW, what: What::Paid }];
        let mut crashes = 0;
        loop {
            crash_after(Some(crashes));
            let saved = save(&store, &first, events.clone()).await;
            crash_after(None);
            assert!(saved.is_err(), "the last point is behind the commit");
            let found = load(&store, first.id).await.expect("it is read").expect("there is one");
            if found != first {
                assert_eq!(found.word(), "paid", "it is saved, and nobody was told");
                break;
            }
            assert_eq!(spendable_ms(&store, user(ANA), user(BO)).await.expect("it is read"), 0);
            is_sound(&store).await;
            crashes += 1;
        }
        assert!(crashes > 10, "there are more points than that: {crashes}");
        is_sound(&store).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_sold_back_is_ordered_and_no_more_than_is_there() {
    on_both(async |store| {
        with_room(&store).await;
        let paid = buy(&store, (1, hour())).await;
        let half = play(&store, &paid, sell_back(1, HOUR_MS / 2)).await;
        assert_eq!((half.word(), half.back_ms), ("paid", HOUR_MS / 2));
        let due = orders::load_due(&store, NOW, 9).await.expect("they are read");
        assert!(due.iter().all(|order| order.deal == Deal::Purchase(paid.id)), "{due:?}");
        let due: Vec<_> = due.iter().map(|order| order.instruction).collect();
        let refund = Instruction::Refund { payment: paid.payment(), amount: euro(499) };
        for wanted in [Instruction::Mail(Letter::Receipt), refund, Instruction::Mail(Letter::Refunded)] {
            assert!(due.contains(&wanted) && due.len() == 3, "{due:?}");
        }
        is_sound(&store).await;
        // The rest is used before it is sold back, and the core was told of more than there is.
        let held = Account::Held(SessionId::from_bits(7));
        let minutes = Account::Minutes { seller: user(ANA), buyer: user(BO) };
        let used = Value::time(HOUR_MS / 2);
        let entries = vec![Entry::debit(minutes, used), Entry::credit(held, used)];
        let transaction = Transaction::new(TransactionId::from_bits(1), Cause::MinutesReserved, entries);
        let transaction = transaction.expect("it balances");
        let posting = Posting { at: NOW, deal: SessionId::from_bits(7).into(), transaction };
        let mut tx = store.begin().await.expect("a transaction begins");
        ledger::post(&mut tx, &[posting]).await.expect("half an hour is there");
        tx.commit().await.expect("a transaction ends");
        let events = decide(&half, &sell_back(2, HOUR_MS), NOW).expect("so it was told");
        let saved = save(&store, &half, events).await;
        assert!(matches!(saved, Err(PostError::Overdrawn { account }) if account == minutes), "{saved:?}");
        assert_eq!(load(&store, paid.id).await.expect("it is read"), Some(half));
    })
    .await;
}

#[tokio::test]
async fn a_dispute_is_counted_while_it_is_open_and_told_unless_it_is_from_before() {
    on_both(async |store| {
        with_room(&store).await;
        let bought = buy(&store, (1, hour())).await;
        let open = async || disputes::count_open(&store).await.expect("they are counted");
        assert_eq!(open().await, 0);
        let disputed = play(&store, &bought, Command::DisputeOpened { amount: euro(999) }).await;
        assert_eq!(open().await, 1);
        let payment = bought.payment();
        let due = orders::load_due(&store, NOW, 9).await.expect("they are read");
        for to in [Answerable::Seller, Answerable::Operators] {
            let news = DisputeNews::Opened;
            let letter = Instruction::Mail(Letter::Dispute { payment, amount: euro(999), news, to });
            assert!(due.iter().any(|order| order.instruction == letter), "{due:?}");
        }
        play(&store, &disputed, Command::DisputeLost { amount: euro(999) }).await;
        assert_eq!(open().await, 0);
        is_sound(&store).await;
        tamper(&store, "delete from session_orders where instruction like '%dispute%'").await;
        is_sound(&store).await;
        const RECEIPT: &str = "delete from session_orders where instruction = '{\"mail\":\"receipt\"}'";
        store.execute(Statement::new(RECEIPT)).await.expect("nothing keeps anybody from it now");
        let found = verify::replay(&store).await.expect("purchases are read").findings;
        assert!(matches!(found[0].fault, verify::Fault::Orders { .. }), "{found:?}");
        for until in [8, 9] {
            disputes::note_deadline(&store, payment, UnixMillis(until)).await.expect("it is noted");
        }
        let deadline = disputes::load_deadline(&store, payment).await.expect("it is read");
        assert_eq!(deadline, Some(UnixMillis(9)));
    })
    .await;
}

#[tokio::test]
async fn minutes_of_which_a_bank_has_the_price_are_withheld() {
    on_both(async |store| {
        with_room(&store).await;
        let [first, second] = [buy(&store, (1, hour())).await, buy(&store, (2, hour())).await];
        let spendable = async || spendable_ms(&store, user(ANA), user(BO)).await.expect("it is read");
        let opened = play(&store, &first, Command::DisputeOpened { amount: euro(999) }).await;
        assert_eq!(spendable().await, HOUR_MS);
        let won = play(&store, &opened, Command::DisputeWon { amount: euro(999) }).await;
        assert_eq!((won.word(), spendable().await), ("dispute_won", 2 * HOUR_MS));
        play(&store, &second, Command::DisputeLost { amount: euro(999) }).await;
        assert_eq!(spendable().await, HOUR_MS);
        is_sound(&store).await;
        let disputed = load_lines(&store, Whose::Disputed, ALL).await.expect("they are read");
        assert_eq!(disputed.len(), 2);
        let sums = load_sums(&store, Whose::SoldBy(user(ANA))).await.expect("they are read");
        assert_eq!((sums[0].paid, sums[0].host, sums[0].fee), (euro(1_998), euro(1_800), euro(198)));
        assert_eq!((sums[0].disputed, sums[0].lost), (euro(0), euro(999)));
        let balances = load_balances(&store, user(BO), ALL).await.expect("they are read");
        let expected = Balance {
            seller: user(ANA),
            seller_name: None,
            left_ms: 2 * HOUR_MS,
            withheld_ms: HOUR_MS,
            held_ms: 0,
            room: balances[0].room,
        };
        assert_eq!(balances, [expected]);
        assert!(balances[0].room.is_some(), "the room goes on");
        assert_eq!(load_uses(&store, user(BO), ALL).await.expect("they are read"), []);
    })
    .await;
}

#[tokio::test]
async fn what_was_bought_is_not_changed_by_anybody() {
    for sql in [
        "update purchase_events set at = 0",
        "delete from purchase_events",
        "update purchases set minutes = 61",
        "update purchases set buyer_id = seller_id",
        "update purchases set revision = 0",
        "delete from purchases",
    ] {
        on_both(async |store| {
            with_room(&store).await;
            buy(&store, (1, hour())).await;
            assert!(store.execute(Statement::new(sql)).await.is_err(), "{sql}");
            is_sound(&store).await;
        })
        .await;
    }
}

#[tokio::test]
async fn whoever_writes_the_index_by_hand_is_found() {
    on_both(async |store| {
        with_room(&store).await;
        buy(&store, (1, hour())).await;
        store
            .execute(Statement::new("update purchases set status = 'over'"))
            .await
            .expect("the index may be written");
        let found = verify::replay(&store).await.expect("purchases are read").findings;
        assert!(
            matches!(found[..], [verify::Finding { fault: verify::Fault::Index { .. }, .. }]),
            "{found:?}"
        );
    })
    .await;
}

#[test]
fn every_word_of_a_purchase_is_a_word_for_ever() {
    let (refund, by) = (RefundId::from_bits(6), Party::Operator);
    let all = [
        What::Paid,
        What::CheckoutEnded { by_us: true },
        What::SoldBack { refund, by, millis: 60_000, amount: euro(10) },
        What::DisputeOpened { amount: euro(10) },
        What::DisputeWon { amount: euro(10) },
        What::DisputeLost { amount: euro(10) },
    ];
    let written = all.map(|what| {
        let event = Event { at: UnixMillis(9), what };
        let text = serde_json::to_string(&event).expect("it is plain data");
        assert_eq!(serde_json::from_str::<Event>(&text).expect("it is read back"), event);
        text + "\n"
    });
    expect![[r#"
        {"at":9,"what":"paid"}
        {"at":9,"what":{"checkout_ended":{"by_us":true}}}
        {"at":9,"what":{"sold_back":{"refund":"00000000000000000000000000000006","by":"operator","millis":60000,"amount":{"minor":10,"currency":"EUR"}}}}
        {"at":9,"what":{"dispute_opened":{"amount":{"minor":10,"currency":"EUR"}}}}
        {"at":9,"what":{"dispute_won":{"amount":{"minor":10,"currency":"EUR"}}}}
        {"at":9,"what":{"dispute_lost":{"amount":{"minor":10,"currency":"EUR"}}}}
    "#]].assert_eq(&written.concat());
}

#[tokio::test]
async fn what_a_buyer_agreed_to_stays_and_older_purchases_have_nothing() {
    on_both(async |store| {
        with_room(&store).await;
        let new = asked(1, hour());
        assert!(insert(&store, &new).await);
        assert_eq!(load(&store, new.id).await.expect("it is read"), Some(new.clone()));
        assert_eq!(load_terms(&store, new.id).await.expect("it is read").as_deref(), Some(WORDS));
        let ended = play(&store, &new, Command::CheckoutEnded).await;
        assert_eq!(ended.consent, new.consent);
        for forged in [
            "update purchases set terms = null, consented_at = null where id = $1",
            "update purchases set consented_at = 1 where id = $1",
            "update purchases set terms = 'x' where id = $1",
        ] {
            let mut tx = store.begin().await.expect("a transaction begins");
            assert!(tx.execute(Statement::new(forged).text(new.id.to_hex())).await.is_err(), "{forged}");
        }
        let older = Purchase { consent: None, ..asked(2, hour()) };
        assert!(insert(&store, &older).await);
        assert_eq!(load(&store, older.id).await.expect("it is read"), Some(older.clone()));
        assert_eq!(load_terms(&store, older.id).await.expect("it is read"), None);
        // It was paid when no mails were ordered yet.
        play(&store, &older, Command::PaymentConfirmed { amount: older.price() }).await;
        tamper(&store, "delete from session_orders where purchase_id is not null").await;
        let report = verify::replay(&store).await.expect("they are read");
        assert!(report.findings.is_empty(), "{:?}", report.findings);
    })
    .await;
}

//! A database from before hosts had accounts of their own at Stripe, with money in it: who takes it stays the
//! operator, the sums are the same, and the books still say what happened.

use super::purchases::is_sound;
use super::stripe_checkouts::{checkout, sold};
use super::{ANA, BO, code, user};
use crate::purchases::papers::load_sums_of;
use crate::sessions::papers;
use crate::statement::Statement;
use crate::stripe_checkouts::{self, StripeCheckout};
use crate::testing::TestDatabase;
use crate::{Store, ledger, merchants, migrations, purchases, sessions};
use domain::ledger::{PackSale, Transaction};
use domain::purchase::{Command, Event, Purchase, decide, orders, postings};
use model::offer::Pack;
use model::{MerchantId, Permille, Price, PurchaseId, RoomId, SessionId, UnixMillis};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use std::fmt::Write as _;

/// The last migration before.
const BEFORE: i64 = 27;
const NOW: UnixMillis = UnixMillis(5_000);

/// A pack that Bo bought of Ana, and what happened to it.
fn bought() -> (Purchase, Vec<Event>) {
    let price = Price::new(checkout().amount).expect("it is a price");
    let (pack, fee) = (Pack { minutes: 60, price }, Permille::new(100).expect("a tenth"));
    let sale = PackSale { seller: user(ANA), buyer: user(BO), pack, fee, merchant: None };
    let asked = Purchase::asked(PurchaseId::from_bits(3), (RoomId::from_bits(7), sale), NOW.plus(9), NOW);
    let paid = Command::PaymentConfirmed { amount: checkout().amount };
    let events = decide(&asked, &paid, NOW).expect("it can be paid");
    (asked, events)
}

/// A transaction as the ledger of that day has it.
fn post(sql: &mut String, purchase: &Purchase, transaction: &Transaction) {
    let id = transaction.id().to_hex();
    let cause = transaction.cause().name();
    let purchase = purchase.id.to_hex();
    for entry in transaction.entries() {
        let (account, unit) = (entry.account.name(), ledger::unit_text(entry.unit));
        let side = match account.split(':').next() {
            Some("minutes") => "credit",
            Some("issued") => "debit",
            _ => "either",
        };
        write!(
            sql,
            "insert into ledger_accounts (name, unit, side, balance) values ('{account}', '{unit}', '{side}', 0) \
             on conflict do nothing; "
        )
        .expect("a text grows");
    }
    write!(
        sql,
        "insert into ledger_transactions (id, at, cause, purchase_id) values ('{id}', 5000, '{cause}', '{purchase}'); "
    )
    .expect("a text grows");
    for (number, entry) in (1..).zip(transaction.entries()) {
        let (account, unit) = (entry.account.name(), ledger::unit_text(entry.unit));
        write!(
            sql,
            "insert into ledger_entries (transaction_id, number, account, unit, amount) \
             values ('{id}', {number}, '{account}', '{unit}', {}); ",
            entry.amount
        )
        .expect("a text grows");
    }
    write!(sql, "insert into ledger_seals (transaction_id) values ('{id}'); ").expect("a text grows");
}

/// The pack, its money, and a session that Bo was led to pay for, as they were written then.
fn old() -> String {
    let (ana, bo, room, code) =
        (user(ANA).to_hex(), user(BO).to_hex(), RoomId::from_bits(7).to_hex(), code());
    let (session, money) = (sold(), checkout().amount);
    let (offer, digest) =
        (serde_json::to_string(&session.offer).expect("plain data"), session.terms.to_hex());
    let (mut purchase, events) = bought();
    let mut after = purchase.clone();
    events.iter().for_each(|event| after.apply(event));
    let mut sql = format!(
        "begin; insert into rooms (id, code, name, owner_id, created_at, open_since) \
             values ('{room}', '{code}', 'Choir', '{ana}', 1, 5); \
         insert into terms (digest, words) values ('{digest}', 'words'); \
         insert into sessions (id, room_id, host_id, payer_id, offer, terms, made_at, status, revision) \
             values ('{session}', '{room}', '{ana}', '{bo}', '{offer}', '{digest}', 5000, 'offered', 0); \
         insert into stripe_checkouts (payment_id, session_id, amount, currency, back, form, state, until_at, \
             asked_at) values ('{payment}', '{session}', {amount}, 'EUR', '/r/x', 'mode=payment', 'open', 9000, \
             5000); \
         insert into purchases (id, room_id, seller_id, buyer_id, minutes, amount, currency, fee, made_at, \
             until_at, status, back_ms, revision) values ('{id}', '{room}', '{ana}', '{bo}', 60, {amount}, \
             'EUR', 100, 5000, 5009, '{status}', 0, {revision}); ",
        session = session.id.to_hex(),
        payment = checkout().payment.to_hex(),
        amount = money.minor,
        id = purchase.id.to_hex(),
        status = after.word(),
        revision = after.revision,
    );
    for event in &events {
        let (id, number) = (purchase.id.to_hex(), purchase.revision + 1);
        let said = serde_json::to_string(event).expect("plain data");
        write!(sql, "insert into purchase_events values ('{id}', {number}, 5000, '{said}'); ")
            .expect("a text grows");
        for (order, what) in orders(&purchase, event).iter().map(sessions::orders::columns) {
            write!(
                sql,
                "insert into session_orders (id, purchase_id, at, instruction, due_at) \
                 values ('{order}', '{id}', 5000, '{what}', 5000); "
            )
            .expect("a text grows");
        }
        postings(&purchase, event).iter().for_each(|transaction| post(&mut sql, &purchase, transaction));
        purchase.apply(event);
    }
    sql + "commit"
}

async fn make_old(url: &str) {
    let old = AssertSqlSafe(old());
    if url.starts_with("sqlite:") {
        let pool = SqlitePool::connect(&format!("{url}?mode=rwc")).await.expect("a file can be made");
        migrations::for_sqlite().run_to(BEFORE, &pool).await.expect("old migrations run");
        sqlx::raw_sql(old).execute(&pool).await.expect("old rows can be written");
        pool.close().await;
    } else {
        let pool = PgPool::connect(url).await.expect("the database answers");
        migrations::for_postgres().run_to(BEFORE, &pool).await.expect("old migrations run");
        sqlx::raw_sql(old).execute(&pool).await.expect("old rows can be written");
        pool.close().await;
    }
}

#[tokio::test]
async fn what_was_paid_before_hosts_had_accounts_is_the_operators_as_before() {
    for database in TestDatabase::both() {
        make_old(&database.url).await;
        let store = Store::open(&database.url).await.expect("an old database opens");
        is_sound(&store).await;
        let (purchase, _) = bought();
        let known = purchases::load(&store, purchase.id).await.expect("it is read").expect("it is there");
        assert_eq!((known.sale, known.word()), (purchase.sale, "paid"));
        let sums = load_sums_of(&store, purchase.id).await.expect("they are read").expect("it was paid");
        assert_eq!(
            (sums.paid.minor, sums.back.minor, sums.host.minor, sums.fee.minor),
            (1_250, 0, 1_125, 125)
        );
        let row = stripe_checkouts::load(&store, checkout().payment).await.expect("it is read");
        let old = StripeCheckout { back: "/r/x".to_owned(), ..checkout() };
        assert_eq!(row, Some(old), "nobody but the operator takes it");
        let session = sessions::load(&store, SessionId::from_bits(7)).await.expect("it is read");
        let sums = papers::load_sums(&store, &session.expect("it is there")).await.expect("they are read");
        assert_eq!(sums.map(|sums| sums.paid.minor), Some(0));

        // Who takes it is never changed, and new accounts can be connected.
        let (merchant, hex) = (MerchantId::from_bits(9), MerchantId::from_bits(9).to_hex());
        merchants::begin(&store, merchant, user(ANA), NOW).await.expect("it is noted");
        assert!(merchants::load_of(&store, user(ANA)).await.expect("it is read").is_some());
        for sql in [
            "update purchases set merchant_id = $1",
            "update stripe_checkouts set merchant_id = $1",
            "update purchases set amount = 1, merchant_id = null where id <> $1",
        ] {
            store.execute(Statement::new(sql).text(hex.clone())).await.expect_err(sql);
        }
        store.close().await;
    }
}

//! The ledger in both databases: what is posted, what the schema refuses by itself, and what adding up finds.

use super::{ANA, BO, draws, on_both, user};
use crate::Store;
use crate::ledger::{self, PostError, Posting, verify};
use crate::statement::Statement;
use crate::testing::TestDatabase;
use domain::ledger::{Account, Cause, Entry, Ledger, Posted, Transaction, Unit, Value};
use model::{Currency, Money, SessionId, TransactionId, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_000);
const MINUTES: Account = Account::Minutes { seller: user(ANA), buyer: user(BO) };

fn euro() -> Currency {
    Currency::parse("EUR").expect("the euro is known")
}

fn session(bits: u128) -> SessionId {
    SessionId::from_bits(bits)
}

fn moved(id: u128, debit: Account, credit: Account, value: impl Into<Value>) -> Transaction {
    let value = value.into();
    let entries = vec![Entry::debit(debit, value), Entry::credit(credit, value)];
    Transaction::new(TransactionId::from_bits(id), Cause::Captured, entries).expect("it balances")
}

fn paid(id: u128, minor: i64) -> Transaction {
    let deferred = Account::Deferred(session(1));
    moved(id, Account::ProcessorClearing, deferred, Money::new(minor, euro()))
}

/// Posts in a transaction of its own, as a change that is about nothing else.
async fn post(store: &Store, transactions: &[Transaction]) -> Result<Vec<Posted>, PostError> {
    let mut tx = store.begin().await?;
    let posting = |one: &Transaction| Posting { at: NOW, deal: session(1).into(), transaction: one.clone() };
    let postings: Vec<_> = transactions.iter().map(posting).collect();
    let posted = ledger::post(&mut tx, &postings).await?;
    tx.commit().await?;
    Ok(posted)
}

async fn balance(store: &Store, account: Account, unit: Unit) -> i64 {
    ledger::balance(store, account, unit).await.expect("balances are read")
}

/// What adding up finds, but that these transactions are about sessions which these tests do not make.
async fn add_up(store: &Store) -> verify::Report {
    let mut report = verify::add_up(store).await.expect("the ledger is read");
    report.faults.retain(|fault| !matches!(fault, verify::Fault::Nowhere { .. }));
    report
}

async fn is_sound(store: &Store) -> verify::Report {
    let report = add_up(store).await;
    assert_eq!(report.faults, []);
    report
}

#[tokio::test]
async fn a_transaction_is_posted_once_and_never_replaced() {
    on_both(async |store| {
        let unit = Unit::Money(euro());
        assert_eq!(post(&store, &[paid(1, 500), paid(2, 30)]).await.ok(), Some(vec![Posted::Now; 2]));
        let again = post(&store, &[paid(2, 30), paid(3, 7)]).await;
        assert_eq!(again.ok(), Some(vec![Posted::Before, Posted::Now]));
        assert!(matches!(post(&store, &[paid(4, 1), paid(1, 501)]).await, Err(PostError::Conflict)));
        assert_eq!(balance(&store, Account::ProcessorClearing, unit).await, 537);
        assert_eq!(balance(&store, Account::Deferred(session(1)), unit).await, -537);
        assert_eq!(balance(&store, Account::Deferred(session(2)), unit).await, 0);
        let report = is_sound(&store).await;
        assert_eq!((report.transactions, report.accounts), (3, 2));
    })
    .await;
}

#[tokio::test]
async fn what_would_overdraw_is_refused_with_all_that_came_with_it() {
    on_both(async |store| {
        let (unit, deferred) = (Unit::Money(euro()), Account::Deferred(session(1)));
        post(&store, &[paid(1, 500)]).await.expect("it is the first");
        let earn = moved(3, deferred, Account::PlatformFee, Money::new(501, euro()));
        let refused = post(
            &store,
            &[paid(2, 0x7fff), moved(4, deferred, Account::PlatformFee, Money::new(0x7fff + 501, euro()))],
        )
        .await;
        assert!(matches!(refused, Err(PostError::Overdrawn { account }) if account == deferred));
        assert!(matches!(post(&store, &[earn]).await, Err(PostError::Overdrawn { .. })));
        assert_eq!(balance(&store, deferred, unit).await, -500);
        assert_eq!(balance(&store, Account::PlatformFee, unit).await, 0);
        assert_eq!(is_sound(&store).await.transactions, 1);
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_who_spend_the_same_minutes_at_once_one_does() {
    on_both(async |store| {
        let hour = Value::time(3_600_000);
        post(&store, &[moved(1, Account::Issued, MINUTES, hour)]).await.expect("an hour is bought");
        let mut spenders = tokio::task::JoinSet::new();
        for number in 0..100_u128 {
            let store = store.clone();
            spenders.spawn(async move {
                // Each names the accounts in its own order.
                let other = moved(1_000 + number, Account::Issued, MINUTES, Value::time(1));
                let back = moved(3_000 + number, MINUTES, Account::Issued, Value::time(1));
                let spend = moved(2_000 + number, MINUTES, Account::Held(session(number)), hour);
                match post(&store, &if number % 2 == 0 { [other, back, spend] } else { [other, spend, back] })
                    .await
                {
                    Ok(posted) => posted == [Posted::Now; 3],
                    Err(PostError::Overdrawn { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            });
        }
        let won = spenders.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        assert_eq!(balance(&store, MINUTES, Unit::Time).await, 0);
        is_sound(&store).await;
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_who_post_the_same_at_once_one_does() {
    on_both(async |store| {
        let mut posters = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let store = store.clone();
            posters
                .spawn(async move { post(&store, &[paid(1, 500)]).await.expect("it may be posted again") });
        }
        let now = posters.join_all().await.into_iter().filter(|posted| posted == &[Posted::Now]).count();
        assert_eq!(now, 1);
        assert_eq!(balance(&store, Account::ProcessorClearing, Unit::Money(euro())).await, 500);
    })
    .await;
}

#[tokio::test]
async fn the_schema_refuses_by_itself_what_must_not_be() {
    const ACCOUNT: &str = "insert into ledger_accounts (name, unit, side, balance) values ";
    for sql in [
        "update ledger_entries set amount = amount + 1",
        "delete from ledger_entries",
        "update ledger_transactions set at = 0",
        "delete from ledger_transactions",
        "delete from ledger_seals",
        "delete from ledger_accounts",
        "update ledger_accounts set side = 'either'",
        "update ledger_accounts set balance = -1 where name = 'issued'",
        // Behind the seal, and without one.
        "insert into ledger_entries (transaction_id, number, account, unit, amount) \
            select id, 3, 'issued', 'ms', 1 from ledger_transactions",
        "insert into ledger_transactions (id, at, cause) values ('x', 0, 'captured')",
        // A seal for nothing.
        "insert into ledger_seals (transaction_id) values ('x')",
    ] {
        on_both(async |store| {
            let issue = moved(1, Account::Issued, MINUTES, Value::time(60));
            post(&store, &[issue, paid(2, 500)]).await.expect("it is the first");
            let before = ledger::load_balances(&store).await.expect("balances are read");
            assert!(store.execute(Statement::new(sql)).await.is_err(), "{sql}");
            assert_eq!(ledger::load_balances(&store).await.expect("balances are read"), before, "{sql}");
            is_sound(&store).await;
        })
        .await;
    }
    on_both(async |store| {
        for values in
            ["('loss', 'EUR', 'debit', 5)", "('used', 'EUR', 'credit', 0)", "('loss', 'ms', 'debit', 0)"]
        {
            let sql: &'static str = Box::leak(format!("{ACCOUNT}{values}").into_boxed_str());
            assert!(store.execute(Statement::new(sql)).await.is_err(), "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_does_not_balance_gets_no_seal_and_overdraws_nothing() {
    on_both(async |store| {
        post(&store, &[paid(1, 500)]).await.expect("it is the first");
        for (number, entries, seals) in [
            (1, [("processor_clearing", 5), ("platform_fee", -4)], true),
            // The account itself refuses before there is a seal.
            (2, [("processor_clearing", -501), ("deferred:00000000000000000000000000000001", 501)], false),
        ] {
            let mut tx = store.begin().await.expect("a transaction begins");
            for account in ["platform_fee"] {
                const SQL: &str = "insert into ledger_accounts (name, unit, side, balance) \
                     values ($1, 'EUR', 'either', 0) on conflict do nothing";
                tx.execute(Statement::new(SQL).text(account)).await.expect("an account is opened");
            }
            const OPEN: &str = "insert into ledger_transactions (id, at, cause) values ('x', 0, 'captured')";
            tx.execute(Statement::new(OPEN)).await.expect("a transaction waits for its seal");
            let mut refused = false;
            for (number, (account, amount)) in (1_i64..).zip(entries) {
                const SQL: &str = "insert into ledger_entries \
                     (transaction_id, number, account, unit, amount) values ('x', $1, $2, 'EUR', $3)";
                let statement = Statement::new(SQL).integer(number).text(account).integer(amount);
                refused |= tx.execute(statement).await.is_err();
            }
            assert_eq!(refused, !seals, "case {number}");
            if seals {
                const SEAL: &str = "insert into ledger_seals (transaction_id) values ('x')";
                assert!(tx.execute(Statement::new(SEAL)).await.is_err(), "case {number}");
            }
            drop(tx);
            is_sound(&store).await;
        }
    })
    .await;
}

/// Lays hands on the ledger, past what the schema refuses.
async fn tamper(store: &Store, sql: &'static str) {
    let disarm: &[&'static str] = match store {
        Store::Sqlite { .. } => &[
            "drop trigger ledger_entries_are_not_changed",
            "drop trigger ledger_entries_are_not_deleted",
            "drop trigger ledger_seals_are_not_deleted",
            "pragma ignore_check_constraints = on",
            "pragma foreign_keys = off",
        ],
        Store::Postgres(_) => &[
            "alter table ledger_entries disable trigger user",
            "alter table ledger_seals disable trigger user",
            "alter table ledger_accounts drop constraint nothing_guarded_is_overdrawn",
            "alter table ledger_transactions drop constraint ledger_transactions_id_fkey",
        ],
    };
    for sql in disarm.iter().copied().chain([sql]) {
        store.execute(Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

#[tokio::test]
async fn adding_up_finds_whatever_was_changed() {
    for (sql, found) in [
        (
            "update ledger_entries set amount = 499 where number = 1",
            "transaction 00000000000000000000000000000001 is off by -1 EUR; \
             account processor_clearing says 500 EUR, and its entries come to 499",
        ),
        (
            "delete from ledger_entries where number = 2",
            "transaction 00000000000000000000000000000001 has 1 entries; \
             transaction 00000000000000000000000000000001 is off by 500 EUR; \
             account deferred:00000000000000000000000000000001 says -500 EUR, and its entries come to 0",
        ),
        ("delete from ledger_seals", "transaction 00000000000000000000000000000001 is not sealed"),
        (
            "update ledger_accounts set balance = 3 where name like 'deferred%'",
            "account deferred:00000000000000000000000000000001 says 3 EUR, and its entries come to -500; \
             account deferred:00000000000000000000000000000001 is overdrawn: 3 EUR; \
             all accounts together are off by 503 EUR",
        ),
    ] {
        on_both(async |store| {
            post(&store, &[paid(1, 500)]).await.expect("it is the first");
            tamper(&store, sql).await;
            let report = add_up(&store).await;
            let told = report.faults.iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(told.join("; "), found, "{sql}");
        })
        .await;
    }
}

/// Something between accounts that may or may not hold it, under an id that may be taken.
fn anything(draw: &mut impl FnMut(u64) -> u64) -> Transaction {
    let money = [
        Account::ProcessorClearing,
        Account::Deferred(session(1)),
        Account::Deferred(session(2)),
        Account::HostPayable(user(ANA)),
        Account::DisputeReserve,
        Account::Loss,
    ];
    let time = [Account::Issued, MINUTES, Account::Held(session(1)), Account::Used];
    let (accounts, is_money): (&[Account], bool) = if draw(2) == 0 { (&money, true) } else { (&time, false) };
    let mut pick =
        |past: usize| past + usize::try_from(draw(accounts.len() as u64 - past as u64)).unwrap_or(0);
    let (debit, credit) = (pick(0), pick(1));
    let credit = if credit == debit { 0 } else { credit };
    let debit = if credit == debit { 1 } else { debit };
    let amount = i64::try_from(draw(50) + 1).unwrap_or(1);
    let value = if is_money { Money::new(amount, euro()).into() } else { Value::time(amount) };
    moved(u128::from(draw(160)), accounts[debit], accounts[credit], value)
}

#[tokio::test]
async fn the_database_and_the_ledger_in_memory_agree_about_everything() {
    for seed in 1..=3 {
        on_both(async |store| {
            let (mut memory, mut draw) = (Ledger::default(), draws(seed));
            for step in 0..150 {
                let transaction = anything(&mut draw);
                let (wanted, done) = (memory.post(&transaction), post(&store, &[transaction]).await);
                match (wanted, done) {
                    (Ok(wanted), Ok(done)) => assert_eq!(vec![wanted], done, "seed {seed}, step {step}"),
                    (
                        Err(domain::ledger::PostError::Overdrawn { account: wanted }),
                        Err(PostError::Overdrawn { account }),
                    ) => assert_eq!(wanted, account, "seed {seed}, step {step}"),
                    (Err(domain::ledger::PostError::Conflict), Err(PostError::Conflict)) => {}
                    (wanted, done) => panic!("seed {seed}, step {step}: {wanted:?}, {done:?}"),
                }
            }
            for ((account, unit), wanted) in memory.balances() {
                assert_eq!(balance(&store, *account, *unit).await, *wanted, "seed {seed}, {account:?}");
            }
            is_sound(&store).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_transaction_about_nothing_that_was_sold_is_found() {
    on_both(async |store| {
        post(&store, &[paid(1, 500)]).await.expect("it is the first");
        let id = TransactionId::from_bits(1).to_hex();
        let report = verify::add_up(&store).await.expect("the ledger is read");
        assert_eq!(report.faults, [verify::Fault::Nowhere { id }]);
    })
    .await;
}

#[tokio::test]
async fn what_stands_is_not_replaced() {
    let database = TestDatabase::sqlite();
    let store = Store::open(&database.url).await.expect("a new database opens");
    post(&store, &[paid(1, 500)]).await.expect("it is the first");
    let before = ledger::load_balances(&store).await.expect("balances are read");
    // With the connections of the server, and with those of a program that does not know of it.
    for recursive in ["pragma recursive_triggers = on", "pragma recursive_triggers = off"] {
        store.execute(Statement::new(recursive)).await.expect("it can be set");
        for sql in [
            "insert or replace into ledger_accounts (name, unit, side, balance) \
                select name, unit, 'either', 0 from ledger_accounts",
            "insert or replace into ledger_transactions (id, at, cause) \
                select id, 0, cause from ledger_transactions",
            "insert or replace into ledger_seals (transaction_id) select transaction_id from ledger_seals",
            "insert or replace into ledger_entries (transaction_id, number, account, unit, amount) \
                select transaction_id, number, account, unit, amount * 2 from ledger_entries",
        ] {
            let _ = store.execute(Statement::new(sql)).await;
            assert_eq!(ledger::load_balances(&store).await.expect("balances are read"), before, "{sql}");
            is_sound(&store).await;
        }
    }
    store.close().await;
}

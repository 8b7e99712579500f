//! What hosts take themselves, beside what the operator takes: both are played again to the same books, what was
//! changed is found, and what was saved before there were accounts of hosts' own reads as it did.

use super::{Till, balances, faults, lived_at, pack, tamper};
use crate::Store;
use crate::ledger;
use crate::statement::Statement;
use crate::tests::{on_both, purchases};
use domain::session::{Command, Party, RefundOf};
use model::{MerchantId, RefundId};

const MERCHANT: MerchantId = MerchantId::from_bits(1);

/// How an event names an account.
macro_rules! merchant {
    ($last:literal) => {
        concat!("',\"merchant\":\"0000000000000000000000000000000", $last, "\"'")
    };
}

/// A paid hour of which something went back.
async fn sold(store: &Store, merchant: Option<MerchantId>) -> Till {
    let mut till = lived_at(store.clone(), merchant).await;
    let refund = RefundId::from_bits(1);
    let what = RefundOf::Part(super::euro(1_000));
    till.script([(0, Command::Refund { refund, by: Party::Host, what })]).await;
    till
}

async fn texts(store: &Store, sql: &'static str) -> Vec<String> {
    let rows: Vec<(String,)> = store.fetch_all(Statement::new(sql)).await.expect("they are read");
    rows.into_iter().map(|(text,)| text).collect()
}

#[tokio::test]
async fn what_the_operator_takes_is_saved_as_it_was_before_hosts_took_any() {
    on_both(async |store| {
        sold(&store, None).await;
        purchases::buy_from(&store, (8, 7), None, pack()).await;
        let saved = [
            texts(&store, "select event from session_events").await,
            texts(&store, "select instruction from session_orders").await,
            texts(&store, "select event from purchase_events").await,
            texts(&store, "select name from ledger_accounts").await,
        ];
        let saved = saved.concat().join("\n");
        for new in ["merchant", "return_fee", "host_clearing", "host_earned"] {
            assert!(!saved.contains(new), "{new}: {saved}");
        }
        assert!(saved.contains("host_payable"), "{saved}");
    })
    .await;
}

#[tokio::test]
async fn of_both_kinds_whatever_was_changed_is_found() {
    const OTHER: &str = "does not stand in the ledger as its events ask for it";
    for (sql, found) in [
        (
            concat!(
                "update session_events set event = replace(event, ",
                merchant!("1"),
                ", ",
                merchant!("2"),
                ")"
            ),
            OTHER,
        ),
        (concat!("update session_events set event = replace(event, ", merchant!("1"), ", '')"), OTHER),
        ("update session_orders set instruction = replace(instruction, 'return_fee', 'refund')", "order "),
        ("delete from session_orders where instruction like '%return_fee%'", "order "),
        ("update ledger_transactions set cause = 'captured' where cause = 'fee_taken'", OTHER),
    ] {
        on_both(async |store| {
            let till = sold(&store, Some(MERCHANT)).await;
            purchases::buy_from(&store, (8, 7), Some(MERCHANT), pack()).await;
            purchases::is_sound(&store).await;
            assert!(balances(&store).await.contains("host_earned"), "it is the host's");
            tamper(&store, sql).await;
            let told: Vec<String> = faults(&store, till.now).await.iter().map(ToString::to_string).collect();
            assert!(told.len() == 1 && told[0].contains(found), "{sql}: {told:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn who_takes_the_price_of_a_pack_is_never_another() {
    on_both(async |store| {
        sold(&store, None).await;
        purchases::buy_from(&store, (8, 7), Some(MERCHANT), pack()).await;
        purchases::buy_from(&store, (9, 7), None, pack()).await;
        for sql in [
            "update purchases set merchant_id = null where merchant_id is not null",
            "update purchases set merchant_id = (select id from merchants) where merchant_id is null",
        ] {
            store.execute(Statement::new(sql)).await.expect_err(sql);
        }
        purchases::is_sound(&store).await;
        assert_eq!(ledger::verify::add_up(&store).await.expect("the ledger is read").faults, []);
    })
    .await;
}

//! Settlements that somebody wrote by hand: closing is worked out anew, and nothing is taken at its word.

use super::{MINUTE_MS, TERMS, Till, disarm, enter, euro, faults, lived, minutes, pack, price, run};
use crate::Store;
use crate::tests::{ANA, BO, on_both, purchases};
use domain::session::{Command, Confirmation, Party, Purpose, RefundOf, Rules, Status, What, decide};
use model::offer::{Access, Wishes};
use model::{Offer, RefundId};

/// What somebody bought, and the twenty minutes that they used of it.
async fn used(store: Store) -> Till {
    let mut till = Till::new(store.clone(), minutes()).await;
    purchases::buy(&store, (1, pack())).await;
    till.script([
        (1, Command::Consent { terms: TERMS }),
        (1, Command::Reserve { available_ms: 60 * MINUTE_MS }),
        (1, enter(Party::Payer, BO)),
        (1, enter(Party::Host, ANA)),
        (20 * MINUTE_MS, Command::EndRoom { by: Party::Host }),
    ])
    .await;
    assert_eq!(till.session.status(), Status::Settled);
    till
}

#[tokio::test]
async fn a_settlement_that_was_written_by_hand_is_found() {
    const MONEY: [(&str, &str); 3] = [
        (
            r#"update session_events set event = replace(event, '"attended_ms":3600000', '"attended_ms":3599999')"#,
            "closed with 3599999 ms",
        ),
        (
            r#"update session_events set event = replace(event, '"owed":{"minor":6001', '"owed":{"minor":6000')"#,
            "come to 3600000 ms",
        ),
        (
            r#"update session_events set event = replace(event, '"completed"', '{"cancelled":{"by":"host"}}')"#,
            "come to 3600000 ms",
        ),
    ];
    const TIME: [(&str, &str); 2] = [
        (
            r#"update session_events set event = replace(event, '"attended_ms":1200000', '"attended_ms":1200001')"#,
            "closed with 1200001 ms",
        ),
        (
            r#"update session_events set event = replace(event, '"used_ms":1200000,"returned_ms":2400000',
               '"used_ms":1800000,"returned_ms":1800000')"#,
            "come to 1200000 ms and Minutes { used_ms: 1200000",
        ),
    ];
    on_both(async |store| {
        let till = lived(store.clone()).await;
        disarm(&store).await;
        for (sql, found) in MONEY {
            is_found(&till, sql, found).await;
        }
    })
    .await;
    on_both(async |store| {
        let till = used(store.clone()).await;
        disarm(&store).await;
        for (sql, found) in TIME {
            is_found(&till, sql, found).await;
        }
    })
    .await;
}

/// Changes the events and finds it, and changes them back.
async fn is_found(till: &Till, sql: &'static str, found: &str) {
    const KEEP: &str = "create table kept as select session_id, number, event from session_events";
    const BACK: &str = "update session_events set event = (select kept.event from kept \
         where kept.session_id = session_events.session_id and kept.number = session_events.number)";
    run(&till.store, KEEP).await;
    run(&till.store, sql).await;
    let told: Vec<String> = faults(&till.store, till.now).await.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains(found), "{sql}: {told:?}");
    for sql in [BACK, "drop table kept"] {
        run(&till.store, sql).await;
    }
    till.assert_saved().await;
}

#[tokio::test]
async fn what_was_settled_by_older_rules_stands() {
    // As a server wrote it that knew no other rules.
    const UNNAMED: &str = r#"update session_events set event = replace(event, '"rules":1,', '')"#;
    const NEWER: &str = r#"update session_events set event = replace(event, '"what":{"closed"', '"rules":2,"what":{"closed"')"#;
    on_both(async |store| {
        let till = billed_by(store.clone(), Rules::One).await;
        assert_eq!(till.session.owing(), Some(euro(6_000)), "the first rules forgot what was given back");
        till.assert_saved().await;
        disarm(&store).await;
        run(&store, UNNAMED).await;
        till.assert_saved().await;
        is_found(&till, NEWER, "due: Money { minor: 4000").await;
    })
    .await;
    on_both(async |store| {
        let till = billed_by(store.clone(), Rules::NEWEST).await;
        assert_eq!(till.session.owing(), Some(euro(4_000)));
        till.assert_saved().await;
    })
    .await;
}

/// A call for sixty euros, of which twenty were given back before their capture failed, closed by some rules.
async fn billed_by(store: Store, rules: Rules) -> Till {
    let call = Offer::new(Wishes::plain(Access::PerCall { price: price(6_000) }));
    let mut till = Till::new(store, call.expect("it does not contradict itself")).await;
    till.script([
        (10, Command::Consent { terms: TERMS }),
        (0, Command::StartCheckout { purpose: Purpose::Entry, merchant: None }),
    ])
    .await;
    let (payment, amount) = (till.session.till.payments[0].id, euro(6_000));
    let refund = RefundId::from_bits(1);
    till.script([
        (10, Command::PaymentConfirmed { payment, amount, kind: Confirmation::Held }),
        (1, enter(Party::Payer, BO)),
        (1, enter(Party::Host, ANA)),
        (5 * 24 * 60 * MINUTE_MS, Command::Tick),
        (1, Command::Refund { refund, by: Party::Host, what: RefundOf::Part(euro(2_000)) }),
        (1, Command::CheckoutEnded { payment }),
    ])
    .await;
    let mut events =
        decide(&till.session, &Command::EndRoom { by: Party::Payer }, till.now).expect("it ends");
    for event in &mut events {
        event.rules = rules;
        if let What::Closed { ending, settlement } = &mut event.what {
            **settlement = till.session.settled_by(rules, *ending, event.at);
        }
    }
    till.save(&events).await.expect("it is saved");
    till
}

//! Settlements that somebody wrote by hand: closing is worked out anew, and nothing is taken at its word.

use super::{MINUTE_MS, TERMS, Till, disarm, enter, faults, lived, minutes, pack, run};
use crate::Store;
use crate::tests::{ANA, BO, on_both, purchases};
use domain::session::{Command, Party, Status};

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

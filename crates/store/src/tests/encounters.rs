//! Strangers who were brought together, on both databases.

use super::{device, on_both, user};
use crate::Store;
use crate::encounters::{self, Forgotten, ReportRow};
use domain::encounter::{Encounter, Party, Stage};
use model::{Complaint, EncounterId, ReportReason, RoomCode, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_000_000);

fn party(bits: u128) -> Party {
    Party { user: user(bits), device: device(bits) }
}

async fn meet(store: &Store, id: u128, two: [u128; 2], now: UnixMillis) -> Encounter {
    let room = RoomCode::from_bits(id);
    let encounter = Encounter::new(EncounterId::from_bits(id), two.map(party), room, now);
    encounters::insert(store, &encounter).await.expect("it can be written");
    encounter
}

async fn move_to(store: &Store, encounter: &Encounter, stage: Stage) {
    let row = encounters::load(store, encounter.id).await.expect("readable").expect("there");
    assert!(encounters::save(store, &row, stage).await.expect("writable"));
}

async fn report(store: &Store, encounter: u128, (by, of): (u128, u128), at: UnixMillis) -> Option<u64> {
    let row = ReportRow {
        encounter: EncounterId::from_bits(encounter),
        reporter: party(by),
        reported: party(of),
        at,
        reason: ReportReason::Abuse,
        complaint: Some(Complaint::parse("shouted").expect("it is short")),
    };
    let mut tx = store.begin().await.expect("a transaction begins");
    let count = encounters::report(&mut tx, &row, UnixMillis(0)).await.expect("it is taken down");
    tx.commit().await.expect("a transaction ends");
    count
}

#[tokio::test]
async fn an_encounter_is_read_as_it_was_written() {
    on_both(async |store| {
        let made = meet(&store, 7, [1, 2], NOW).await;
        for who in [1, 2] {
            let live = encounters::load_live(&store, user(who)).await.expect("readable").expect("live");
            assert_eq!(live.encounter, made);
        }
        for stage in [Stage::Awaited { until: NOW.plus(9), came: [false, true] }, Stage::Met] {
            move_to(&store, &made, stage).await;
            let row = encounters::load(&store, made.id).await.expect("readable").expect("there");
            assert_eq!(row.encounter.stage, stage);
        }
        let ended = Stage::Ended { at: NOW.plus(20), met: true };
        move_to(&store, &made, ended).await;
        assert_eq!(encounters::load_live(&store, user(1)).await.expect("readable"), None);
        let last = encounters::load_last(&store, party(2), UnixMillis(0)).await.expect("readable");
        assert_eq!(last.expect("they met").encounter, Encounter { stage: ended, ..made });
    })
    .await;
}

#[tokio::test]
async fn of_two_writers_one_begins_anew() {
    on_both(async |store| {
        let made = meet(&store, 7, [1, 2], NOW).await;
        let row = encounters::load(&store, made.id).await.expect("readable").expect("there");
        assert!(encounters::save(&store, &row, Stage::Met).await.expect("writable"));
        let late = encounters::save(&store, &row, Stage::Ended { at: NOW, met: false }).await;
        assert!(!late.expect("writable"), "it was written since it was read");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_in_two_encounters_and_whoever_did_not_come_is_found() {
    on_both(async |store| {
        let made = meet(&store, 7, [1, 2], NOW).await;
        let again = Encounter::new(EncounterId::from_bits(8), [party(1), party(3)], made.room, NOW);
        assert!(encounters::insert(&store, &again).await.is_err());
        let due = made.due().expect("they are awaited");
        assert!(encounters::load_due(&store, due.plus(-1)).await.expect("readable").is_empty());
        assert_eq!(encounters::load_due(&store, due).await.expect("readable").len(), 1);
        move_to(&store, &made, Stage::Ended { at: due, met: false }).await;
        assert!(encounters::load_due(&store, due).await.expect("readable").is_empty());
        // Nobody is asked about somebody whom they never saw.
        assert_eq!(encounters::load_last(&store, party(1), UnixMillis(0)).await.expect("readable"), None);
    })
    .await;
}

#[tokio::test]
async fn reports_are_counted_by_people_and_keep_the_two_apart() {
    on_both(async |store| {
        for (id, by) in [(1, 11), (2, 12), (3, 11)] {
            let made = meet(&store, id, [by, 9], NOW).await;
            move_to(&store, &made, Stage::Ended { at: NOW, met: true }).await;
        }
        assert_eq!(report(&store, 1, (11, 9), NOW).await, Some(1));
        assert_eq!(report(&store, 1, (11, 9), NOW).await, None, "a second click");
        assert_eq!(report(&store, 3, (11, 9), NOW).await, Some(1), "the same person");
        assert_eq!(report(&store, 2, (12, 9), NOW).await, Some(2));
        for (one, other) in [(11, 9), (9, 11)] {
            let avoided = encounters::load_avoided(&store, party(one)).await.expect("readable");
            assert!(avoided.users.contains(&user(other)) && avoided.devices.contains(&device(other)));
        }
        let open = encounters::load_reports(&store, NOW, 10).await.expect("readable");
        assert_eq!(open.len(), 3);
        assert!(open.iter().all(|open| open.reporters == 2 && open.barred_until.is_none()));
        assert_eq!(open[0].complaint.as_ref().map(Complaint::as_str), Some("shouted"));
        let mut tx = store.begin().await.expect("a transaction begins");
        assert_eq!(
            encounters::device_of_reported(&mut tx, user(9)).await.expect("readable"),
            Some(device(9))
        );
        assert!(encounters::decide_reports(&mut tx, user(9), NOW).await.expect("writable"));
        assert!(!encounters::decide_reports(&mut tx, user(9), NOW).await.expect("writable"));
        tx.commit().await.expect("a transaction ends");
        assert!(encounters::load_reports(&store, NOW, 10).await.expect("readable").is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_in_or_out_is_still_the_one_in_that_browser() {
    on_both(async |store| {
        for (id, by) in [(1, 11), (2, 12)] {
            let made = meet(&store, id, [by, 9], NOW).await;
            move_to(&store, &made, Stage::Ended { at: NOW, met: true }).await;
        }
        let signed_in = |bits, browser| Party { user: user(bits), device: device(browser) };
        let last = encounters::load_last(&store, signed_in(50, 11), UnixMillis(0)).await.expect("readable");
        assert_eq!(last.map(|row| row.encounter.id.bits()), Some(1), "whom they met as a guest");
        assert_eq!(report(&store, 1, (11, 9), NOW).await, Some(1));
        let has_reported = async |party| {
            encounters::has_reported(&store, EncounterId::from_bits(1), party).await.expect("readable")
        };
        assert!(has_reported(signed_in(50, 11)).await, "the same browser");
        assert!(!has_reported(signed_in(50, 12)).await);
        // The same browser as another user is no second reporter.
        let again = ReportRow {
            encounter: EncounterId::from_bits(2),
            reporter: signed_in(50, 11),
            reported: signed_in(60, 9),
            at: NOW,
            reason: ReportReason::Spam,
            complaint: None,
        };
        let mut tx = store.begin().await.expect("a transaction begins");
        let count = encounters::report(&mut tx, &again, UnixMillis(0)).await.expect("it is taken down");
        tx.commit().await.expect("a transaction ends");
        assert_eq!(count, Some(1));
        assert_eq!(report(&store, 2, (12, 9), NOW).await, Some(2), "whoever the reported one is there");
        let avoided = encounters::load_avoided(&store, signed_in(70, 11)).await.expect("readable");
        assert!(avoided.devices.contains(&device(9)) && !avoided.devices.contains(&device(11)));
        let avoided = encounters::load_avoided(&store, signed_in(70, 9)).await.expect("readable");
        assert_eq!(avoided.devices.len(), 2, "{avoided:?}");
    })
    .await;
}

#[tokio::test]
async fn a_bar_holds_for_the_person_and_for_the_browser_and_is_never_shortened() {
    on_both(async |store| {
        let mut tx = store.begin().await.expect("a transaction begins");
        encounters::bar(&mut tx, party(9), NOW, NOW.plus(100)).await.expect("writable");
        encounters::bar(&mut tx, party(9), NOW, NOW.plus(50)).await.expect("writable");
        tx.commit().await.expect("a transaction ends");
        let until = async |party: Party, at: UnixMillis| {
            encounters::barred_until(&store, party, at).await.expect("readable")
        };
        assert_eq!(until(party(9), NOW).await, Some(NOW.plus(100)));
        let other_user = Party { user: user(5), device: device(9) };
        assert_eq!(until(other_user, NOW).await, Some(NOW.plus(100)), "the same browser");
        assert_eq!(until(party(5), NOW).await, None);
        assert_eq!(until(party(9), NOW.plus(100)).await, None);
        assert_eq!(encounters::load_bars(&store, NOW, 10).await.expect("readable").len(), 1);
        assert!(encounters::lift(&store, user(9)).await.expect("writable"));
        assert!(!encounters::lift(&store, user(9)).await.expect("writable"));
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_for_long_enough_is_forgotten_and_a_report_keeps_its_encounter() {
    on_both(async |store| {
        for (id, by) in [(1, 11), (2, 12)] {
            let made = meet(&store, id, [by, 9], NOW).await;
            move_to(&store, &made, Stage::Ended { at: NOW, met: true }).await;
        }
        report(&store, 1, (11, 9), NOW).await;
        let early = UnixMillis(0);
        let by = Forgotten { encounters: NOW, reports: early, blocks: early, bars: early };
        assert_eq!(encounters::forget(&store, by).await.expect("writable"), 1);
        let by = Forgotten { reports: NOW, blocks: NOW, ..by };
        assert_eq!(encounters::forget(&store, by).await.expect("writable"), 3);
    })
    .await;
}

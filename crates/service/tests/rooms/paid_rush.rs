//! A hundred at once: whatever they ask for, one of them has it, and the money of the others goes back.

use crate::heirs::on_both;
use crate::paid::{agree, agree_as, back, kept, pay, price, session, session_behind, set, slot};
use crate::stage::{ANA, BO, Stage, Tab, identity};
use domain::session::{Command, Confirmation, Status};
use model::policy::Capacity;
use model::{ParticipantKey, PaymentId, Policy, SessionId, UserId};
use tokio::task::JoinSet;

const MANY: u128 = 100;

async fn priced(stage: &Stage) {
    set(stage, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
}

/// The processor says of all of these payments at once that it has the money.
async fn say_all_paid(stage: &Stage, payments: Vec<(SessionId, PaymentId)>) {
    let mut rush = JoinSet::new();
    for (session, payment) in payments {
        let (rooms, amount) = (stage.rooms.clone(), price("12.50").money());
        let word = Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured };
        rush.spawn(async move { rooms.payment_said(session, word).await });
    }
    for said in rush.join_all().await {
        said.expect("a word of the processor is always taken");
    }
}

#[tokio::test(start_paused = true)]
async fn many_clicks_are_one_checkout_and_a_hundred_words_one_payment() {
    on_both(async |stage| {
        priced(&stage).await;
        let path = agree(&stage).await.expect("there is a checkout");
        let (id, payment) = session_behind(&stage, &path).await;
        let terms = session(&stage, id).await.terms;
        let mut rush = JoinSet::new();
        // More would be refused, as more than somebody clicks.
        for _ in 0..9 {
            let (rooms, room) = (stage.rooms.clone(), stage.room);
            let agreed = async move { rooms.pay(identity(BO.user), room, (terms, None), back()).await };
            rush.spawn(agreed);
        }
        for agreed in rush.join_all().await {
            assert_eq!(agreed.expect("Bo may pay"), Some(path.clone()));
        }
        say_all_paid(&stage, vec![(id, payment); MANY as usize]).await;
        let paid = session(&stage, id).await;
        assert_eq!((paid.status(), paid.till.takings().count()), (Status::Confirmed, 1));
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_a_hundred_who_pay_for_the_last_place_one_has_it() {
    on_both(async |stage| {
        priced(&stage).await;
        set(&stage, |policy| Policy { capacity: Capacity::new(2).expect("two"), ..policy }).await;
        let _ana = stage.enter(ANA).await;
        let mut payments = Vec::new();
        for nth in 0..MANY {
            let tab = Tab { user: UserId::from_bits(1_000 + nth), ..BO };
            let path = agree_as(&stage, tab).await.expect("nobody has paid yet");
            payments.push(session_behind(&stage, &path).await);
        }
        say_all_paid(&stage, payments.clone()).await;
        let mut won = Vec::new();
        for (id, _) in &payments {
            match session(&stage, *id).await {
                paid if paid.entitles_payer() => won.push(paid.payer),
                lost => assert_eq!(lost.status(), Status::Cancelled),
            }
        }
        let [winner] = won[..] else { panic!("{} of {MANY} have the last place", won.len()) };
        kept(&stage, payments[0].0).await;
        let _winner = stage.enter(Tab { user: winner, ..BO }).await;
        assert_eq!(stage.occupancy().await, (2, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_strangers_with_the_link_of_a_payer_stay_out() {
    on_both(async |stage| {
        priced(&stage).await;
        pay(&stage).await;
        let mut rush = JoinSet::new();
        for nth in 0..MANY {
            // The same tab, copied: only who asks is another.
            let stranger = UserId::from_bits(1_000 + nth);
            let tab = Tab { user: stranger, key: ParticipantKey::from_bits(BO.key.bits()), ..BO };
            let (rooms, request) = (stage.rooms.clone(), stage.request(tab));
            rush.spawn(async move { rooms.join(identity(stranger), request).await });
        }
        assert!(rush.join_all().await.iter().all(Result::is_err), "a copied link is worth nothing");
        let _bo = stage.enter(BO).await;
        assert_eq!(stage.occupancy().await, (1, 0));
    })
    .await;
}

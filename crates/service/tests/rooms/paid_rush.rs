//! A hundred at once: whatever they ask for, one of them has it, and the money of the others goes back.

use crate::heirs::on_both;
use crate::paid::{agree, agree_as, back, kept, pay, price, seen, session, session_behind, set, slot};
use crate::stage::{ANA, BO, Line, Stage, Tab, identity, refused};
use domain::places::KEPT_MS;
use domain::session::{Command, Confirmation, Status};
use model::policy::Capacity;
use model::{ParticipantKey, PaymentId, Policy, SessionId, UserId};
use protocol::{EntryState, ErrorCode, Rule};
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

/// A room for two with Ana inside: there is one place left.
async fn with_one_place(stage: &Stage) -> Line {
    priced(stage).await;
    set(stage, |policy| Policy { capacity: Capacity::new(2).expect("two"), ..policy }).await;
    stage.enter(ANA).await
}

/// One of the hundred.
fn rival(nth: u128) -> Tab {
    Tab { user: UserId::from_bits(1_000 + nth), ..BO }
}

/// When the last place is free again for somebody, if others are just paying for it.
async fn taken_until(stage: &Stage, tab: Tab) -> Option<i64> {
    let view = seen(stage, tab).await;
    let taken = view.price.expect("it costs something").taken_until;
    taken.map(|until| until.since(view.now))
}

/// Agrees in somebody's name, and is told that somebody else is just paying.
async fn is_told_to_wait(stage: &Stage, tab: Tab) {
    let terms = seen(stage, tab).await.price.expect("it costs something").terms.parse().expect("a digest");
    let agreed = stage.rooms.pay(identity(tab.user), stage.room, (terms, None), back()).await;
    assert_eq!(refused(agreed), ErrorCode::Rule(Rule::PlaceTaken));
}

#[tokio::test(start_paused = true)]
async fn the_last_place_is_kept_for_whoever_is_just_paying() {
    on_both(async |stage| {
        let ana = with_one_place(&stage).await;
        assert_eq!(taken_until(&stage, rival(1)).await, None);
        let path = agree_as(&stage, rival(0)).await.expect("there is a checkout");
        let (id, payment) = session_behind(&stage, &path).await;
        for nth in 1..MANY {
            is_told_to_wait(&stage, rival(nth)).await;
        }
        assert_eq!(taken_until(&stage, rival(1)).await, Some(KEPT_MS));
        assert_eq!(taken_until(&stage, rival(0)).await, None, "it is kept for him");
        assert_eq!(agree_as(&stage, rival(0)).await, Some(path), "who asks again is led there again");
        // Nobody forgets it with the server.
        std::mem::forget(ana);
        stage.ambient.freeze();
        let stage = stage.restarted().await;
        is_told_to_wait(&stage, rival(1)).await;
        say_all_paid(&stage, vec![(id, payment)]).await;
        assert!(session(&stage, id).await.entitles_payer());
        assert_eq!(seen(&stage, rival(1)).await.state, EntryState::Full);
        kept(&stage, id).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_lets_the_next_pay() {
    on_both(async |stage| {
        let _ana = with_one_place(&stage).await;
        let path = agree_as(&stage, rival(0)).await.expect("there is a checkout");
        let (first, _) = session_behind(&stage, &path).await;
        is_told_to_wait(&stage, rival(1)).await;
        assert!(stage.rooms.cancel(rival(0).user, first, 0).await.expect("an answer"));
        assert_eq!(taken_until(&stage, rival(1)).await, None);
        let path = agree_as(&stage, rival(1)).await.expect("there is a checkout");
        let (id, payment) = session_behind(&stage, &path).await;
        say_all_paid(&stage, vec![(id, payment)]).await;
        assert!(session(&stage, id).await.entitles_payer());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_a_hundred_who_pay_for_the_last_place_one_has_it() {
    on_both(async |stage| {
        let _ana = with_one_place(&stage).await;
        // Somebody lets the time pass in which it is kept for them, so that whoever pays first has it.
        agree_as(&stage, rival(0)).await.expect("nobody has paid yet");
        stage.live(600).await;
        let mut payments = Vec::new();
        for nth in 0..MANY {
            let path = agree_as(&stage, rival(nth)).await.expect("nobody has paid yet");
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
async fn strangers_who_never_pay_do_not_keep_payers_out() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    // Whoever has paid keeps their session, though it is the first of all.
    let bos = pay(&stage).await;
    set(&stage, |policy| Policy { capacity: Capacity::new(3).expect("three"), ..policy }).await;
    let _ana = stage.enter(ANA).await;
    let first = agree_as(&stage, rival(0)).await.expect("there is a checkout");
    let (first, late) = session_behind(&stage, &first).await;
    // From now on the last place is kept for nobody, and anybody may pay for it.
    stage.wait(600).await;
    for nth in 1..1_000 {
        agree_as(&stage, rival(nth)).await.expect("there is always one more");
    }
    assert_eq!(session(&stage, first).await.status(), Status::Cancelled, "the first gave way");
    assert!(session(&stage, bos).await.entitles_payer());
    say_all_paid(&stage, vec![(first, late)]).await;
    let gone = session(&stage, first).await;
    let (_, takings) = gone.till.takings().next().expect("it came");
    assert_eq!(takings.refunded, takings.captured, "all of it goes back");
    kept(&stage, first).await;
}

#[tokio::test(start_paused = true)]
async fn money_for_a_place_that_is_kept_for_somebody_else_goes_back() {
    on_both(async |stage| {
        let _ana = with_one_place(&stage).await;
        let path = agree_as(&stage, rival(0)).await.expect("there is a checkout");
        let slow = session_behind(&stage, &path).await;
        // He is slow: the place has rested for as long again when somebody else asks for it.
        stage.live(1_200).await;
        let path = agree_as(&stage, rival(1)).await.expect("there is a checkout");
        let quick = session_behind(&stage, &path).await;
        assert_eq!(taken_until(&stage, rival(0)).await, Some(KEPT_MS));
        say_all_paid(&stage, vec![slow]).await;
        assert_eq!(session(&stage, slow.0).await.status(), Status::Cancelled);
        say_all_paid(&stage, vec![quick]).await;
        assert!(session(&stage, quick.0).await.entitles_payer());
        kept(&stage, quick.0).await;
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

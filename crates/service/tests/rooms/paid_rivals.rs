//! Two servers on one database, on several threads, while the room is taken from whoever has it again and again:
//! a hundred words of the processor, a hundred who want the last place or would pay for it, a hundred who spend the
//! same minutes.

use crate::heirs::on_both;
use crate::paid::{agree, back, kept, price, seen, session, session_behind, set, slot};
use crate::prepaid;
use crate::stage::{ANA, BO, Stage, identity};
use domain::session::{Command, Confirmation, Status};
use model::policy::Capacity;
use model::{Policy, UserId};
use protocol::{ErrorCode, JoinOutcome, Rule};
use service::{Ambient, Error};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::audit::AuditKey;
use store::owners::{self, Incarnation, NodeId, Writer};
use tokio::task::{JoinHandle, JoinSet};

const MANY: u128 = 100;

/// Asks again for as long as the answer is that somebody else has the room just now.
async fn insist<T, F: Future<Output = Result<T, Error>>>(mut ask: impl FnMut() -> F) -> Result<T, Error> {
    loop {
        match ask().await {
            Err(error) if error.code().is_passing() || matches!(error, Error::Gone) => {
                tokio::task::yield_now().await;
            }
            answer => return answer,
        }
    }
}

/// Takes the room from whoever has it and lets it go at once, until it is aborted; counts how often.
fn take_over(stage: &Stage) -> (JoinHandle<()>, Arc<AtomicU64>) {
    let key = AuditKey::derive(b"the secret of the tests");
    let writer = Writer { node: NodeId(9), incarnation: Incarnation(9), key };
    let (store, room, ambient) = (stage.store.clone(), stage.room, stage.ambient.clone());
    let count = Arc::new(AtomicU64::new(0));
    let counted = count.clone();
    let taking = tokio::spawn(async move {
        // Time for each of the two to do something in between: more and more, for on a busy machine one may not
        // come to anything at first.
        let mut pause = std::time::Duration::from_millis(40);
        loop {
            let now = ambient.now();
            let taken = owners::seize(&store, &writer, room, now).await.expect("it can be taken");
            let taken = taken.expect("there is such a room");
            owners::release(&store, &taken.ownership, now).await.expect("it can be let go");
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
            pause = pause * 9 / 8;
        }
    });
    (taking, count)
}

/// Does something a hundred times at once, half of them at each of two servers.
async fn rush<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    ours: &Stage,
    theirs: &Stage,
    act: impl Fn(u128, service::Rooms) -> F,
) -> Vec<T> {
    let (taking, count) = take_over(ours);
    let mut all = JoinSet::new();
    for nth in 0..MANY {
        let rooms = if nth % 2 == 0 { ours.rooms.clone() } else { theirs.rooms.clone() };
        all.spawn(act(nth, rooms));
    }
    let answers = all.join_all().await;
    taking.abort();
    assert!(count.load(Ordering::Relaxed) > 0, "nobody took it over");
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_words_at_two_servers_are_one_payment() {
    on_both(async |ours| {
        set(&ours, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
        let path = agree(&ours).await.expect("there is a checkout");
        let (id, payment) = session_behind(&ours, &path).await;
        let theirs = ours.rival().await;
        let (amount, kind) = (price("12.50").money(), Confirmation::Captured);
        let word = Command::PaymentConfirmed { payment, amount, kind };
        let answers = rush(&ours, &theirs, move |_, rooms| async move {
            let say = || rooms.payment_said(id, word);
            insist(say).await
        });
        for answer in answers.await {
            answer.expect("a word of the processor is always taken");
        }
        let paid = session(&ours, id).await;
        assert_eq!((paid.status(), paid.till.takings().count()), (Status::Confirmed, 1));
        kept(&ours, id).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_at_two_servers_one_has_the_last_place() {
    on_both(async |ours| {
        set(&ours, |policy| Policy { capacity: Capacity::new(2).expect("two"), ..policy }).await;
        let _ana = ours.enter(ANA).await;
        let theirs = ours.rival().await;
        let request = ours.request(BO);
        let answers = rush(&ours, &theirs, move |nth, rooms| {
            let (user, request) = (UserId::from_bits(1_000 + nth), request.clone());
            async move { insist(|| rooms.join(identity(user), request.clone())).await }
        });
        let mut inside = 0;
        for answer in answers.await {
            match answer {
                Ok(JoinOutcome::Joined { .. }) => inside += 1,
                Err(Error::Refused(ErrorCode::RoomFull)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(inside, 1, "of {MANY}");
        let seated = ours.saved().await;
        assert_eq!(seated.people.len(), 2, "with Ana");
        // One hand wrote at a time, whoever it was.
        ours.attendance().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_who_would_pay_at_two_servers_one_is_led_to_pay() {
    on_both(async |ours| {
        let offer = Some(slot("12.50"));
        set(&ours, |policy| Policy { offer, capacity: Capacity::new(2).expect("two"), ..policy }).await;
        let _ana = ours.enter(ANA).await;
        let terms = seen(&ours, BO).await.price.expect("it costs something").terms.parse().expect("a digest");
        let theirs = ours.rival().await;
        let room = ours.room;
        let answers = rush(&ours, &theirs, move |nth, rooms| async move {
            let user = UserId::from_bits(1_000 + nth);
            insist(|| async {
                match rooms.pay(identity(user), room, (terms, None), back()).await {
                    Err(Error::Refused(ErrorCode::TooManyRequests)) => Ok(None),
                    answer => answer,
                }
            })
            .await
        });
        for answer in answers.await {
            match answer {
                Ok(_) | Err(Error::Refused(ErrorCode::Rule(Rule::PlaceTaken))) => {}
                other => panic!("{other:?}"),
            }
        }
        // Whoever was led to pay may have lost the answer; what counts is what was saved.
        let room = ours.saved().await.id;
        let led = store::sessions::load_open(&ours.store, room).await.expect("they are read");
        let [led] = &led[..] else { panic!("{} of {MANY} are led to pay", led.len()) };
        let (id, payment) = (led.id, led.till.payments[0].id);
        let (amount, kind) = (price("12.50").money(), Confirmation::Captured);
        let word = Command::PaymentConfirmed { payment, amount, kind };
        // Whoever of the two had it last keeps it while somebody pays.
        let told = insist(|| async {
            match ours.rooms.payment_said(id, word).await {
                Err(Error::Elsewhere) => theirs.rooms.payment_said(id, word).await,
                answer => answer,
            }
        });
        told.await.expect("the word is taken");
        assert!(session(&ours, id).await.entitles_payer(), "nobody's money goes back");
        kept(&ours, id).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_presses_at_two_servers_one_sets_the_minutes_aside() {
    on_both(async |ours| {
        prepaid::sold(&ours).await;
        prepaid::buy(&ours).await;
        let view = seen(&ours, BO).await;
        let terms = view.price.expect("it costs something").terms.parse().expect("a digest");
        let theirs = ours.rival().await;
        let room = ours.room;
        let answers = rush(&ours, &theirs, move |_, rooms| async move {
            insist(|| async {
                match rooms.pay(identity(BO.user), room, (terms, None), back()).await {
                    // He presses more often than people do.
                    Err(Error::Refused(ErrorCode::TooManyRequests)) => Ok(None),
                    answer => answer,
                }
            })
            .await
        });
        for answer in answers.await {
            assert_eq!(answer.expect("he may come in"), None);
        }
        assert_eq!(prepaid::left(&ours).await, 0);
        let id = prepaid::own(&ours).await;
        assert_eq!(session(&ours, id).await.till.reserved_ms, 30 * 60_000);
        kept(&ours, id).await;
    })
    .await;
}

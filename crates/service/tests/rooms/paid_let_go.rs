//! Money that was kept ready, and that the bank let go before it was taken: nothing of it can go back.

use crate::bank::{Bank, State};
use crate::paid::{agree, ask_for, kept, session, slot};
use crate::stage::{ANA, BO, Stage};
use domain::session::{Command, Confirmation, Instruction, Party, RefundOf};
use model::RefundId;
use protocol::Errand;
use std::sync::Arc;
use store::Deal;
use store::sessions::orders;
use store::testing::TestDatabase;

#[tokio::test(start_paused = true)]
async fn what_never_came_is_not_sent_back() {
    let bank = Bank::new(1);
    bank.books().failing = 0;
    let stage = Stage::with_provider(TestDatabase::chosen(), Arc::new(bank.clone())).await;
    ask_for(&stage, Some(slot("12.50"))).await;
    let path = agree(&stage).await.expect("there is a checkout");
    let payment = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let deposit = bank.books().payments[&payment];
    let Deal::Session(id) = deposit.deal else { panic!("{deposit:?} is for coming in") };
    let become_so = |state| bank.books().payments.get_mut(&payment).expect("it is there").state = state;
    let say = async |word| stage.rooms.payment_said(id, word).await.expect("the word is taken");
    become_so(State::Held);
    say(Command::PaymentConfirmed { payment, amount: deposit.amount, kind: Confirmation::Held }).await;
    let _inside = (stage.enter(ANA).await, stage.enter(BO).await);
    stage.live(120).await;

    // Nobody reaches the bank while the call ends and its host gives all of it back; and then it has let go.
    bank.books().failing = 1_000;
    stage.rooms.errand(ANA.user, stage.room, Errand::End).await.expect("a host may");
    let refund = Command::Refund { refund: RefundId::from_bits(1), by: Party::Host, what: RefundOf::All };
    stage.rooms.refund(ANA.user, id, refund).await.expect("a host may");
    become_so(State::Released);
    say(Command::CheckoutEnded { payment }).await;
    bank.books().failing = 0;
    // What failed is tried again, and then what waited for it.
    stage.wait(3_600).await;
    stage.wait(60).await;

    let later = service::Ambient::now(&*stage.ambient).plus(24 * 3_600_000);
    let is_done = async |stage: &Stage| {
        let due = orders::load_due(&stage.store, later, 100).await.expect("they are read");
        due.iter().all(|due| matches!(due.instruction, Instruction::Mail(_)))
    };
    stage.until("all is carried out", is_done).await;
    assert_eq!(orders::count(&stage.store).await.expect("they are counted").1, 0, "nothing was given up");
    assert_eq!(session(&stage, id).await.owing(), None, "what was given back is not asked for");
    kept(&stage, id).await;
}

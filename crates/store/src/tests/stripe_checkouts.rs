//! Checkouts at Stripe, in both databases: the first answer stays, and what was paid stays paid.

use super::{ANA, BO, insert_room, new_room, on_both, take, user, writer};
use crate::Store;
use crate::sessions;
use crate::stripe_checkouts::{
    Stage, State, StripeCheckout, close, insert, load, load_by_intent, load_unheard, note_decline,
    note_intent, note_opened, take_turn,
};
use domain::session::{Proposal, Session};
use model::offer::{Access, Length, Wishes};
use model::{Currency, Money, Offer, PaymentId, Price, RoomId, SessionId, TermsDigest, UnixMillis};

pub(super) fn checkout() -> StripeCheckout {
    StripeCheckout {
        payment: PaymentId::from_bits(3),
        deal: SessionId::from_bits(7).into(),
        amount: Money::new(1_250, Currency::parse("EUR").expect("the euro is known")),
        back: "https://meet.test/r/bcd-fghj-kmn".to_owned(),
        stage: Stage::Asked { form: "mode=payment".to_owned() },
        intent: None,
        state: State::Open,
        until: UnixMillis(9_000),
        merchant: None,
        account: None,
    }
}

/// What was offered in the room of these tests.
pub(super) fn sold() -> Session {
    let price = Price::new(checkout().amount).expect("it is a price");
    let access = Access::Fixed { price, length: Length::new(60).expect("an hour is a length") };
    Session::offered(
        Proposal {
            id: SessionId::from_bits(7),
            room: RoomId::from_bits(7),
            host: user(ANA),
            payer: user(BO),
            offer: Offer::new(Wishes::plain(access)).expect("it does not contradict itself"),
            terms: TermsDigest([7; 32]),
            planned: None,
        },
        UnixMillis(5_000),
    )
}

pub(super) async fn sell(store: &Store) {
    assert!(insert_room(store, &new_room(7)).await);
    let mut own = take(store, &writer(1, 1), UnixMillis(5_000)).await;
    let session = sold();
    let mut tx = store.begin_room(&own, UnixMillis(5_000)).await.expect("the room is ours");
    assert!(sessions::insert_new(&mut tx, &session, "words").await.expect("it is saved"));
    tx.commit(&mut own).await.expect("a transaction ends");
}

#[tokio::test]
async fn a_checkout_is_read_back_as_it_was_noted() {
    on_both(async |store| {
        sell(&store).await;
        let (id, asked) = (checkout().payment, checkout());
        assert_eq!(load(&store, id).await.expect("it is read"), None);
        insert(&store, &asked, UnixMillis(10)).await.expect("it is noted");
        let other = StripeCheckout { stage: Stage::Asked { form: "mode=setup".to_owned() }, ..checkout() };
        insert(&store, &other, UnixMillis(11)).await.expect("it is known");
        assert_eq!(load(&store, id).await.expect("it is read"), Some(asked), "the first question stays");
        for name in ["cs_1", "cs_2"] {
            note_opened(&store, id, (name, "https://pay.test/1")).await.expect("it is noted");
        }
        for intent in ["pi_1", "pi_2"] {
            note_intent(&store, id, intent).await.expect("it is noted");
        }
        let stage = Stage::Opened { checkout: "cs_1".to_owned(), address: "https://pay.test/1".to_owned() };
        let opened = StripeCheckout { stage, intent: Some("pi_1".to_owned()), ..checkout() };
        assert_eq!(load_by_intent(&store, "pi_1").await.expect("it is read"), Some(opened));
        assert_eq!(load_by_intent(&store, "pi_2").await.expect("it is read"), None);
        let mut new = Vec::new();
        for word in ["evt_1", "evt_1", "evt_2"] {
            new.push(note_decline(&store, id, word).await.expect("it is noted"));
        }
        assert_eq!(new, [true, false, true]);
        for (to, stands) in
            [(State::Ended, State::Ended), (State::Paid, State::Paid), (State::Ended, State::Paid)]
        {
            close(&store, id, to).await.expect("it is noted");
            assert_eq!(load(&store, id).await.expect("it is read").map(|row| row.state), Some(stands));
        }
    })
    .await;
}

#[tokio::test]
async fn only_open_checkouts_that_were_silent_for_long_are_asked_about() {
    on_both(async |store| {
        sell(&store).await;
        let id = checkout().payment;
        let unheard = async |since, now| {
            let found = load_unheard(&store, (UnixMillis(since), UnixMillis(now)), 10).await;
            found.expect("they are read").len()
        };
        insert(&store, &checkout(), UnixMillis(10)).await.expect("it is noted");
        assert_eq!(unheard(10, 20).await, 0, "nothing can be asked about it yet");
        note_opened(&store, id, ("cs_1", "https://pay.test/1")).await.expect("it is noted");
        assert_eq!([unheard(9, 20).await, unheard(10, 20).await], [0, 1]);
        let mut turns = Vec::new();
        for now in [1_009, 1_010, 1_010, 2_009, 10_000] {
            turns.push(take_turn(&store, id, UnixMillis(now)).await.expect("it is noted"));
        }
        assert_eq!(turns, [false, true, false, false, true]);
        // Over since 9,000: a tenth of the time since then has to pass.
        assert_eq!([unheard(10_000, 10_111).await, unheard(10_000, 10_112).await], [0, 1]);
        close(&store, id, State::Ended).await.expect("it is noted");
        assert_eq!(unheard(90_000, 99_000).await, 0);
    })
    .await;
}

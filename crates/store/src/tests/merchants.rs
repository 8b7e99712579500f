//! Accounts of hosts' own, in both databases: one at a time, its name never another, and what it was paid
//! stays.

use super::stripe_checkouts::{checkout, sell};
use super::{ANA, BO, on_both, user};
use crate::merchants::{
    Merchant, State, begin, close, load, load_by_account, load_of, load_watched, name, note, note_read,
    read_again, take_turn,
};
use crate::statement::Statement;
use crate::stripe_checkouts::{self, StripeCheckout};
use model::{MerchantId, UnixMillis};

const FIRST: MerchantId = MerchantId::from_bits(1);
const SECOND: MerchantId = MerchantId::from_bits(2);

#[tokio::test]
async fn a_host_has_one_account_at_a_time_and_its_name_stays() {
    on_both(async |store| {
        for id in [FIRST, SECOND] {
            begin(&store, id, user(ANA), UnixMillis(5)).await.expect("it is noted");
        }
        let begun = Merchant {
            id: FIRST,
            user: user(ANA),
            account: None,
            state: State::Begun,
            reason: None,
            made: UnixMillis(5),
            closed: None,
            read: None,
        };
        assert_eq!(load_of(&store, user(ANA)).await.expect("it is read"), Some(begun.clone()));
        assert_eq!(load(&store, SECOND).await.expect("it is read"), None, "one at a time");
        assert_eq!(load_of(&store, user(BO)).await.expect("it is read"), None);
        note(&store, FIRST, (State::Ready, None), UnixMillis(8)).await.expect("it is harmless");
        assert_eq!(load(&store, FIRST).await.expect("it is read"), Some(begun), "it has no name yet");
        for account in ["acct_1", "acct_2"] {
            name(&store, FIRST, account).await.expect("it is noted");
        }
        note(&store, FIRST, (State::Restricted, Some("listed")), UnixMillis(8)).await.expect("it is noted");
        let known = load_by_account(&store, "acct_1").await.expect("it is read").expect("it is known");
        assert_eq!((known.state, known.reason.as_deref()), (State::Restricted, Some("listed")));
        assert_eq!(load_by_account(&store, "acct_2").await.expect("it is read"), None);
        for (at, taken) in [(1_000, true), (1_999, false), (2_000, true)] {
            assert_eq!(take_turn(&store, FIRST, UnixMillis(at)).await.expect("it is asked"), taken, "{at}");
        }
        note(&store, FIRST, (State::Ready, None), UnixMillis(8)).await.expect("it is noted");
        assert!(load(&store, FIRST).await.expect("it is read").expect("it is known").is_ready());
        // An answer that was asked for before says nothing any more, unless a clock was far ahead.
        for (asked, is_ready) in [(7, true), (9, false)] {
            note(&store, FIRST, (State::Restricted, None), UnixMillis(asked)).await.expect("it is noted");
            let known = load(&store, FIRST).await.expect("it is read").expect("it is known");
            assert_eq!(known.is_ready(), is_ready, "{asked}");
        }
        for asked in [900_000, 10] {
            note(&store, FIRST, (State::Ready, None), UnixMillis(asked)).await.expect("it is noted");
        }
        note(&store, FIRST, (State::Ready, None), UnixMillis(11)).await.expect("it is noted");
        assert!(load(&store, FIRST).await.expect("it is read").expect("it is known").is_ready());
        for (until, read, now) in [(70, 70, 90), (60, 70, 90), (80, 80, 90), (75, 75, 79)] {
            note_read(&store, FIRST, (UnixMillis(until), UnixMillis(now))).await.expect("it is noted");
            let known = load(&store, FIRST).await.expect("it is read").expect("it is known");
            assert_eq!(known.read, Some(UnixMillis(read)), "of two servers the further one stands");
        }
        // What was told and not taken is read again, from there on.
        for (since, read) in [(78, 75), (60, 60)] {
            read_again(&store, FIRST, UnixMillis(since)).await.expect("it is noted");
            let known = load(&store, FIRST).await.expect("it is read").expect("it is known");
            assert_eq!(known.read, Some(UnixMillis(read)));
        }
        close(&store, FIRST, UnixMillis(9)).await.expect("it is noted");
        assert!(!load(&store, FIRST).await.expect("it is read").expect("it stays").is_ready());
        begin(&store, SECOND, user(ANA), UnixMillis(10)).await.expect("it is noted");
        let now = load_of(&store, user(ANA)).await.expect("it is read").expect("there is another");
        assert_eq!(now.id, SECOND);
        for sql in [
            "update merchants set account_id = 'acct_3' where account_id = 'acct_1'",
            "update merchants set user_id = 'x' where account_id = 'acct_1'",
            "delete from merchants where account_id = 'acct_1'",
        ] {
            store.execute(Statement::new(sql)).await.expect_err(sql);
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_is_watched_while_it_is_connected_and_while_something_may_be_told_of_what_it_was_paid() {
    on_both(async |store| {
        begin(&store, FIRST, user(ANA), UnixMillis(5)).await.expect("it is noted");
        let watched = async |since| {
            let all = load_watched(&store, UnixMillis(since)).await.expect("they are read");
            all.into_iter().map(|merchant| merchant.id).collect::<Vec<_>>()
        };
        assert_eq!(watched(0).await, [], "it has no name yet");
        name(&store, FIRST, "acct_1").await.expect("it is noted");
        assert_eq!(watched(0).await, [FIRST], "how it stands may be told before anybody pays to it");
        sell(&store).await;
        let paid = StripeCheckout { merchant: Some(FIRST), ..checkout() };
        stripe_checkouts::insert(&store, &paid, UnixMillis(9)).await.expect("it is noted");
        let until = paid.until.0;
        assert_eq!(watched(until + 1).await, [FIRST]);
        close(&store, FIRST, UnixMillis(9)).await.expect("it is noted");
        assert_eq!((watched(until).await, watched(until + 1).await), (vec![FIRST], vec![]));
        begin(&store, SECOND, user(ANA), UnixMillis(10)).await.expect("it is noted");
        name(&store, SECOND, "acct_2").await.expect("it is noted");
        assert_eq!(watched(until + 1).await, [SECOND]);
        close(&store, SECOND, UnixMillis(11)).await.expect("it is noted");
        assert_eq!(watched(until + 1).await, [], "nothing was ever to be paid to it");
    })
    .await;
}

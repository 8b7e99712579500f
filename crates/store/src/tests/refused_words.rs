//! Words that were not taken, in both databases: one row for each, and never more than there may be.

use super::stripe_checkouts::{checkout, sell};
use super::{ANA, on_both, user};
use crate::refused_words::{MOST, OF_HOST, RefusedWord, count_unseen, load, mark_seen, note};
use crate::stripe_checkouts::{self, StripeCheckout};
use crate::{Deal, Store, merchants};
use model::{Currency, MerchantId, Money, PaymentId, SessionId, UnixMillis};

fn word(payment: u128, minor: i64) -> RefusedWord {
    let euro = Currency::parse("EUR").expect("the euro is known");
    RefusedWord {
        about: Some((PaymentId::from_bits(payment), Deal::Session(SessionId::from_bits(1)))),
        said: "dispute_opened".to_owned(),
        why: "too_much".to_owned(),
        amount: Some(Money::new(minor, euro)),
    }
}

async fn say(store: &Store, word: &RefusedWord, at: i64) {
    note(store, word, (true, UnixMillis(at))).await.expect("it is noted");
}

async fn see(store: &Store, payment: u128) -> bool {
    let key = (Some(PaymentId::from_bits(payment)), "dispute_opened", "too_much");
    mark_seen(store, key, UnixMillis(99)).await.expect("it is marked")
}

#[tokio::test]
async fn a_flood_of_one_word_is_one_row_and_what_was_seen_stays_seen() {
    on_both(async |store| {
        for at in 1..=5 {
            say(&store, &word(1, 10), at).await;
        }
        // It is read again every hour, and was not said again.
        note(&store, &word(1, 10), (false, UnixMillis(9))).await.expect("it is noted");
        let unread = RefusedWord { about: None, amount: None, ..word(0, 0) };
        say(&store, &unread, 3).await;
        let lines = load(&store).await.expect("they are read");
        assert_eq!((lines.len(), lines[0].times, lines[0].first_at.0, lines[0].last_at.0), (2, 5, 1, 5));
        assert_eq!((&lines[0].word, &lines[1].word), (&word(1, 10), &unread));
        assert!(see(&store, 1).await && !see(&store, 1).await && !see(&store, 2).await);
        assert_eq!(count_unseen(&store).await.expect("they are counted"), 1);
        say(&store, &word(1, 10), 6).await;
        let lines = load(&store).await.expect("they are read");
        assert_eq!((lines[1].is_seen, lines[1].times), (true, 6), "what was seen comes last");
        say(&store, &word(1, 11), 7).await;
        assert_eq!(count_unseen(&store).await.expect("they are counted"), 2, "that is something else");
    })
    .await;
}

#[tokio::test]
async fn there_are_never_more_than_there_may_be_and_what_was_seen_goes_first() {
    on_both(async |store| {
        for payment in 1..=u128::from(MOST) {
            say(&store, &word(payment, 10), i64::try_from(payment).expect("it is small")).await;
        }
        assert!(see(&store, 300).await && see(&store, 200).await);
        say(&store, &word(1_000, 10), 1_000).await;
        let has = async |payment| {
            let lines = load(&store).await.expect("they are read");
            assert_eq!(lines.len(), MOST as usize);
            let about = |line: &crate::refused_words::RefusedLine| line.word == word(payment, 10);
            lines.iter().any(about)
        };
        assert!(!has(200).await && has(300).await && has(1).await && has(1_000).await);
        say(&store, &word(1_001, 10), 1_001).await;
        say(&store, &word(1_002, 10), 1_002).await;
        assert!(!has(300).await && !has(1).await && has(2).await, "then the oldest");
    })
    .await;
}

/// Payments from there on to the account of a host's own.
async fn sold_by(store: &Store, merchant: u128, payments: std::ops::Range<u128>) {
    let (id, account) = (MerchantId::from_bits(merchant), format!("acct_{merchant}"));
    merchants::begin(store, id, user(ANA + merchant), UnixMillis(1)).await.expect("it is noted");
    merchants::name(store, id, &account).await.expect("it is noted");
    for payment in payments {
        let paid =
            StripeCheckout { payment: PaymentId::from_bits(payment), merchant: Some(id), ..checkout() };
        stripe_checkouts::insert(store, &paid, UnixMillis(1)).await.expect("it is noted");
    }
}

#[tokio::test]
async fn a_flood_about_accounts_of_hosts_pushes_nobody_elses_words_off() {
    on_both(async |store| {
        sell(&store).await;
        say(&store, &word(7, 10), 1).await;
        // Twelve hosts who have sixty words each said of them, and one of whom one word was said before.
        sold_by(&store, 99, 9_900..9_901).await;
        say(&store, &word(9_900, 10), 2).await;
        for host in 1..=12_u128 {
            sold_by(&store, host, host * 100..host * 100 + 60).await;
            for payment in host * 100..host * 100 + 60 {
                say(&store, &word(payment, 10), i64::try_from(payment).expect("it is small")).await;
            }
            let lines = load(&store).await.expect("they are read");
            let of = |first: u128| {
                let payments = (first..first + 60).map(|payment| word(payment, 10)).collect::<Vec<_>>();
                lines.iter().filter(|line| payments.contains(&line.word)).count()
            };
            assert!(of(host * 100) <= OF_HOST as usize, "host {host}");
            assert!(of(100) >= 5, "host {host} pushed off the first: {}", of(100));
            assert!(lines.len() <= MOST as usize);
            for kept in [7, 9_900] {
                assert!(lines.iter().any(|line| line.word == word(kept, 10)), "host {host}: {kept}");
            }
        }
    })
    .await;
}

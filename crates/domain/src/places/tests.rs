//! Who has a place while they pay, and that nobody keeps others out for ever.

use super::*;
use proptest::prelude::*;

const MINUTE_MS: i64 = 60_000;

fn user(id: u128) -> UserId {
    UserId::from_bits(id)
}

fn at(minute: i64) -> UnixMillis {
    UnixMillis(minute * MINUTE_MS)
}

#[test]
fn the_last_place_is_kept_for_whoever_asks_first() {
    let mut places = Places::default();
    let kept = Promise::Kept { until: at(10) };
    assert_eq!(places.ask(user(1), 1, at(0)), kept);
    assert_eq!(places.ask(user(1), 1, at(3)), kept, "asking again keeps it no longer");
    assert_eq!(places.ask(user(2), 1, at(3)), Promise::Taken { until: at(10) });
    assert_eq!(
        (places.kept_for_others(Some(user(2)), at(9)), places.kept_for_others(Some(user(1)), at(9))),
        (1, 0)
    );
    // It was kept in vain, and rests: the first who pays has it.
    assert_eq!(places.kept_for_others(None, at(10)), 0);
    assert_eq!(places.ask(user(2), 1, at(10)), Promise::Open);
    assert_eq!(places.ask(user(1), 1, at(19)), Promise::Open);
    assert_eq!(places.ask(user(3), 1, at(20)), Promise::Open, "nobody is promised what others pay for");
    assert_eq!(places.ask(user(2), 1, at(30)), Promise::Kept { until: at(40) });
    assert_eq!(places.ask(user(1), 1, at(31)), Promise::Taken { until: at(40) });
}

#[test]
fn whoever_was_led_to_pay_for_a_resting_place_has_ten_minutes_in_which_nobody_is_promised_it() {
    let mut places = Places::default();
    places.ask(user(1), 1, at(0));
    assert_eq!(places.ask(user(2), 1, at(19)), Promise::Open);
    assert_eq!(places.ask(user(3), 1, at(21)), Promise::Open, "the second is still paying");
    assert_eq!(places.kept_for_others(Some(user(2)), at(28)), 0);
    places.give_up(user(2), at(28));
    places.forget(user(3));
    assert_eq!(places.ask(user(4), 1, at(28)), Promise::Kept { until: at(38) });
}

#[test]
fn a_server_that_takes_over_keeps_no_more_than_is_free() {
    let asked = vec![(user(2), at(4)), (user(1), at(1)), (user(3), at(5))];
    let mut places = Places::recall(asked, 1, at(6));
    assert!(places.is_kept_for(user(1), at(6)) && !places.is_kept_for(user(2), at(6)));
    assert_eq!(places.kept_for_others(Some(user(1)), at(6)), 0);
    assert_eq!(places.kept_for_others(Some(user(2)), at(6)), 1);
    assert_eq!(places.ask(user(4), 2, at(6)), Promise::Open, "three pay already");
    assert_eq!(Places::recall(vec![(user(1), at(1))], 1, at(30)), Places::default());
}

#[test]
fn whoever_is_led_to_pay_again_asks_anew_once_their_place_has_rested() {
    assert_eq!(asked_since([]), None);
    assert_eq!(asked_since([at(1), at(8), at(20)]), Some(at(1)));
    assert_eq!(asked_since([at(1), at(8), at(31)]), Some(at(31)));
    assert_eq!(asked_since([at(1), at(21), at(40), at(41)]), Some(at(41)));
}

#[test]
fn whoever_gives_up_lets_others_pay_at_once_and_gains_nothing() {
    let mut places = Places::default();
    places.ask(user(1), 1, at(0));
    places.give_up(user(1), at(2));
    for (who, minute) in [(2, 2), (3, 9), (1, 10), (3, 19)] {
        assert_eq!(
            places.promise(Some(user(who)), 1, at(minute)),
            Promise::Open,
            "{who} after {minute} minutes"
        );
    }
    assert_eq!(places.ask(user(1), 1, at(3)), Promise::Kept { until: at(10) }, "who comes back has the rest");
    assert_eq!(places.ask(user(2), 1, at(4)), Promise::Taken { until: at(10) });
    // Somebody else was led to pay for it meanwhile.
    places.give_up(user(1), at(5));
    assert_eq!(places.ask(user(2), 1, at(5)), Promise::Open);
    assert_eq!(places.ask(user(1), 1, at(6)), Promise::Open);
    assert_eq!(places.kept_for_others(Some(user(2)), at(7)), 0, "what the second pays is taken");
}

#[test]
fn whoever_paid_leaves_the_next_place_to_the_next() {
    let mut places = Places::default();
    places.ask(user(1), 2, at(0));
    places.forget(user(1));
    assert_eq!(places.ask(user(2), 1, at(1)), Promise::Kept { until: at(11) });
    places.inherit(user(2), user(3));
    assert_eq!(places.promise(Some(user(3)), 1, at(2)), Promise::Kept { until: at(11) });
    assert_eq!(places.promise(Some(user(2)), 1, at(2)), Promise::Taken { until: at(11) });
}

proptest! {
    /// However strangers ask and give up, each time as somebody else: no more is kept than is free, and of any
    /// twenty minutes whoever wants to pay is turned away during ten at most.
    #[test]
    fn nobody_keeps_the_others_out_for_ever(
        free in 1_usize..4,
        steps in proptest::collection::vec((0_i64..400, any::<bool>()), 1..300),
    ) {
        let mut places = Places::default();
        let (mut now, mut turned_away_since) = (UnixMillis(0), None::<UnixMillis>);
        let honest = None;
        for (nth, (seconds, gives_up)) in (1..).zip(steps) {
            now = now.plus(seconds * 1_000);
            places.ask(user(nth), free, now);
            if gives_up {
                places.give_up(user(nth), now.plus(1));
            }
            prop_assert!(places.kept_for_others(honest, now) <= free);
            prop_assert!(places.kept.len() <= free, "{} entries", places.kept.len());
            match places.promise(honest, free, now) {
                Promise::Taken { until } => {
                    let since = *turned_away_since.get_or_insert(now);
                    prop_assert!(until > now && until.since(since) <= KEPT_MS, "since {since:?} until {until:?}");
                }
                Promise::Kept { .. } | Promise::Open => turned_away_since = None,
            }
        }
    }
}

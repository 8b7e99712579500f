//! The words of what costs something.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Pay`] | the entry page of a room with a price, and the test processor's checkout |
//! | [`Price`] | the settings of such a room |
//!
//! The terms themselves are not here: they are agreed to word for word.

part! {
    /// What it costs to come in.
    Pay {
        title, terms, wording, agree, agree_and_pay, pay, awaiting, test, test_title, test_text, test_pay,
        test_decline, test_cancel, test_declined, test_over, back, not_sold, not_sold_now, other_terms,
        nothing_to_pay, processor_away, unpaid, time_waits, time_runs, time_on_hold,
        time_over, add_time, extend, papers, papers_heading, payments, balance, earnings, bill, to_bill,
        came_to, minutes_left, buy_minutes, seller_needs_account, seller_not_listed,
        seller_needs_stripe, payouts,
        payment_refused, too_little, kept_ready, place_kept, place_taken, place_taken_until,
    }
}

part! {
    /// What a host asks for.
    Price {
        heading, hint, kind, free, fixed, per_call, amount, amount_hint, currency, minutes, minutes_hint,
        more, more_hint, more_minutes, point, before, after, amount_wrong, minutes_wrong, test_note,
        none_note, rest, policies, prepaid, pack_minutes, pack_amount, pack_hint, most, most_hint, pack_wrong,
        least,
    }
}

//! Payments that a host takes in an account of their own, and the operator's share of them.

use super::*;
use expect_test::expect;

#[test]
fn a_host_takes_the_money_and_the_operator_the_share() {
    check(
        hour(),
        None,
        "consent
        checkout by 1
        checkout by 1
        captured p0
        books
        host in
        payer in
        wait 61m
        books
        refund a 20 by host
        books
        refund b all by host
        books",
        expect![[r#"
            consent            -> consented
            checkout by 1      -> checkout p0 for 60.00 EUR
            checkout by 1      -> nothing
            captured p0        -> captured p0, confirmed
            books              -> processor_clearing 6.00 EUR, deferred -60.00 EUR, host_clearing 54.00 EUR
            host in            -> host came
            payer in           -> payer came, began until 60m
            wait 61m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 60m, [mail receipt]
            books              -> processor_clearing 6.00 EUR, platform_fee -6.00 EUR, host_clearing 54.00 EUR, host_earned -54.00 EUR
            refund a 20 by host -> refunded 20.00 EUR of p0, [refund 20.00 EUR of p0], [mail refunded], [return fee 2.00 EUR of p0]
            books              -> processor_clearing 4.00 EUR, platform_fee -4.00 EUR, host_clearing 36.00 EUR, host_earned -36.00 EUR
            refund b all by host -> refunded 40.00 EUR of p0, [refund 40.00 EUR of p0], [mail refunded], [return fee 4.00 EUR of p0]
            books              ->
        "#]],
    );
}

#[test]
fn of_what_is_kept_ready_the_share_of_what_is_kept_is_taken() {
    check(
        Wishes { cancellation: cancel_half(), ..hour() },
        Some(60),
        "consent
        checkout by 1
        held p0
        books
        cancel by payer
        books
        captured p0 30
        books",
        expect![[r#"
            consent            -> consented
            checkout by 1      -> checkout p0 for 60.00 EUR
            held p0            -> held p0, confirmed
            books              ->
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 30.00 EUR, host 27.00 EUR, fee 3.00 EUR, due 0.00 EUR), [capture 30.00 EUR of p0 with 3.00 EUR], [mail receipt]
            books              -> processor_clearing 3.00 EUR, platform_fee -3.00 EUR, host_clearing 27.00 EUR, host_earned -27.00 EUR
            captured p0 30     -> confirmed capture of p0
            books              -> processor_clearing 3.00 EUR, platform_fee -3.00 EUR, host_clearing 27.00 EUR, host_earned -27.00 EUR
        "#]],
    );
}

#[test]
fn a_capture_that_fails_leaves_nothing_with_anybody() {
    check(
        Wishes { cancellation: cancel_half(), ..hour() },
        Some(60),
        "consent
        checkout by 1
        held p0
        cancel by payer
        ended p0
        books
        pay-bill by 2
        captured p1
        books",
        expect![[r#"
            consent            -> consented
            checkout by 1      -> checkout p0 for 60.00 EUR
            held p0            -> held p0, confirmed
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 30.00 EUR, host 27.00 EUR, fee 3.00 EUR, due 0.00 EUR), [capture 30.00 EUR of p0 with 3.00 EUR], [mail receipt]
            ended p0           -> capture of p0 failed, [mail bill 30.00 EUR], [mail host gone]
            books              ->
            pay-bill by 2      -> checkout p1 for 30.00 EUR
            captured p1        -> bill paid by p1, [mail paid 30.00 EUR]
            books              -> processor_clearing 3.00 EUR, platform_fee -3.00 EUR, host_clearing 27.00 EUR, host_earned -27.00 EUR
        "#]],
    );
}

#[test]
fn of_so_little_that_the_share_is_nothing_the_least_is_taken_and_goes_back() {
    let wishes = Wishes {
        fee: permille(10),
        cancellation: cancel_half(),
        ..Wishes::plain(Access::Fixed { price: price("1"), length: length(60) })
    };
    check(
        wishes,
        Some(60),
        "consent
        checkout by 1
        held p0
        cancel by payer
        books",
        expect![[r#"
            consent            -> consented
            checkout by 1      -> checkout p0 for 1.00 EUR
            held p0            -> held p0, confirmed
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.50 EUR, host 0.50 EUR, fee 0.00 EUR, due 0.00 EUR), [capture 0.50 EUR of p0 with 0.01 EUR], [mail receipt], [return fee 0.01 EUR of p0]
            books              -> host_clearing 0.50 EUR, host_earned -0.50 EUR
        "#]],
    );
}

#[test]
fn money_that_nobody_needs_goes_back_with_the_share() {
    check(
        hour(),
        None,
        "consent
        checkout by 1
        checkout by 2
        captured p0
        captured p1
        books",
        expect![[r#"
            consent            -> consented
            checkout by 1      -> checkout p0 for 60.00 EUR
            checkout by 2      -> checkout p0 ended, [end checkout p0], checkout p1 for 60.00 EUR
            captured p0        -> captured p0, checkout p1 ended, [end checkout p1], confirmed
            captured p1        -> sent back 60.00 EUR of p1, [refund 60.00 EUR of p1], [mail refunded], [return fee 6.00 EUR of p1]
            books              -> processor_clearing 6.00 EUR, deferred -60.00 EUR, host_clearing 54.00 EUR
        "#]],
    );
}

#[test]
fn a_dispute_is_between_the_bank_and_the_host() {
    let script = |end: &str| {
        format!(
            "consent
            checkout by 1
            captured p0
            host in
            payer in
            ...
            wait 61m
            disputed p0 60
            books
            {end} p0 60
            books"
        )
    };
    check(
        hour(),
        None,
        &script("won"),
        expect![[r#"
            wait 61m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 60m, [mail receipt]
            disputed p0 60     -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened]
            books              -> processor_clearing 6.00 EUR, platform_fee -6.00 EUR, host_clearing -6.00 EUR, host_earned -54.00 EUR, host_reserve 60.00 EUR
            won p0 60          -> won p0, [mail Seller of 60.00 EUR of p0 Won], [mail Operators of 60.00 EUR of p0 Won]
            books              -> processor_clearing 6.00 EUR, platform_fee -6.00 EUR, host_clearing 54.00 EUR, host_earned -54.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &script("lost"),
        expect![[r#"
            wait 61m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 60m, [mail receipt]
            disputed p0 60     -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened]
            books              -> processor_clearing 6.00 EUR, platform_fee -6.00 EUR, host_clearing -6.00 EUR, host_earned -54.00 EUR, host_reserve 60.00 EUR
            lost p0 60         -> lost p0, forgone 0.00 EUR, [mail Seller of 60.00 EUR of p0 Lost], [mail Operators of 60.00 EUR of p0 Lost]
            books              -> processor_clearing 6.00 EUR, platform_fee -6.00 EUR, host_clearing -6.00 EUR, host_earned -54.00 EUR, host_loss 60.00 EUR
        "#]],
    );
}

#[test]
fn what_is_lost_before_anybody_earned_it_takes_the_share_along() {
    check(
        hour(),
        None,
        "consent
        checkout by 1
        captured p0
        ...
        disputed p0 20
        books
        lost p0 20
        books",
        expect![[r#"
            disputed p0 20     -> disputed p0, [mail Seller of 20.00 EUR of p0 Opened], [mail Operators of 20.00 EUR of p0 Opened], closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt]
            books              -> processor_clearing 6.00 EUR, deferred -60.00 EUR, host_clearing 34.00 EUR, host_reserve 20.00 EUR
            lost p0 20         -> lost p0, forgone 20.00 EUR, [refund 40.00 EUR of p0], [mail Seller of 20.00 EUR of p0 Lost], [mail Operators of 20.00 EUR of p0 Lost], [return fee 6.00 EUR of p0]
            books              ->
        "#]],
    );
}

#[test]
fn one_session_may_be_paid_to_both() {
    check(
        extendable(),
        None,
        "consent
        checkout
        captured p0
        host in
        payer in
        ...
        extend by 1
        captured p1
        wait 71m
        books",
        expect![[r#"
            extend by 1        -> checkout p1 for 10.00 EUR
            captured p1        -> captured p1, extended
            wait 71m           -> 5m left at 65m, 1m left at 69m, paid time over at 70m
            books              -> processor_clearing 61.00 EUR, deferred -70.00 EUR, host_clearing 9.00 EUR
        "#]],
    );
}

/// Half of it is the payer's, however early they cancel.
fn cancel_half() -> Cancellation {
    let step = ::model::offer::Step { hours: 0, refund: permille(500) };
    Cancellation::new(vec![step]).expect("one step is in order")
}

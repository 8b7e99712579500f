//! Consent, checkouts, the processor's words, cancelling.

use super::*;
use expect_test::expect;

#[test]
fn consent_is_to_the_terms_that_were_shown() {
    check(
        hour(),
        None,
        "checkout\n consent other\n consent\n consent\n host in",
        expect![[r#"
        checkout           -> refused: the payer has not agreed to the terms
        consent other      -> refused: these are not the terms of this session
        consent            -> consented
        consent            -> nothing
        host in            -> host came
    "#]],
    );
}

#[test]
fn a_double_click_is_one_checkout() {
    check(
        hour(),
        None,
        "consent\n checkout\n checkout\n captured p0\n captured p0\n checkout\n consent",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            checkout           -> nothing
            captured p0        -> captured p0, confirmed
            captured p0        -> nothing
            checkout           -> refused: there is nothing to pay
            consent            -> nothing
        "#]],
    );
}

#[test]
fn a_declined_card_may_be_followed_by_another() {
    check(
        hour(),
        None,
        "consent\n checkout\n declined p0\n captured p0\n declined p0",
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        declined p0        -> declined p0
        captured p0        -> captured p0, confirmed
        declined p0        -> nothing
    "#]],
    );
}

#[test]
fn money_that_is_needed_is_taken_by_whichever_checkout_it_came() {
    check(
        hour(),
        None,
        "consent\n checkout\n ended p0\n checkout\n captured p0\n captured p1\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            ended p0           -> checkout p0 ended
            checkout           -> checkout p1 for 60.00 EUR
            captured p0        -> captured p0, checkout p1 ended, [end checkout p1], confirmed
            captured p1        -> sent back 60.00 EUR of p1, [refund 60.00 EUR of p1], [mail refunded]
            books              -> processor_clearing 60.00 EUR, deferred -60.00 EUR
        "#]],
    );
}

#[test]
fn money_that_comes_too_late_or_wrong_goes_back() {
    check(
        hour(),
        None,
        "consent\n checkout\n wait 30m\n captured p0\n captured p0\n books\n status",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            wait 30m           -> closed (Expired, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [end checkout p0]
            captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
            captured p0        -> nothing
            books              ->
            status             -> Expired
        "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n cancel by payer\n captured p0\n books",
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [end checkout p0]
        captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
        books              ->
    "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n captured p0 59.99\n status\n captured p1\n checkout\n captured p1\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            captured p0 59.99  -> sent back 59.99 EUR of p0, [refund 59.99 EUR of p0], [mail refunded]
            status             -> AwaitingPayment
            captured p1        -> refused: the session knows no such payment
            checkout           -> checkout p1 for 60.00 EUR
            captured p1        -> captured p1, confirmed
            books              -> processor_clearing 60.00 EUR, deferred -60.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n cancel by host\n held p0\n held p0\n captured p0",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            cancel by host     -> closed (Cancelled { by: Host }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [end checkout p0]
            held p0            -> hold refused p0, [void hold p0]
            held p0            -> nothing
            captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
        "#]],
    );
}

#[test]
fn a_payment_after_the_slot_began_still_gets_the_rest_of_it() {
    let script =
        "consent\n host in\n wait 20m\n checkout\n wait 20m\n captured p0\n payer in\n wait 30m\n wait 1m";
    check(
        on_plan(hour()),
        Some(10),
        "wait 20m\n consent\n host in\n checkout\n wait 20m\n captured p0\n payer in\n wait 30m",
        expect![[r#"
            wait 20m           -> nothing
            consent            -> consented
            host in            -> host came
            checkout           -> checkout p0 for 60.00 EUR
            wait 20m           -> nothing
            captured p0        -> captured p0, confirmed
            payer in           -> payer came, began until 70m
            wait 30m           -> 5m left at 65m, 1m left at 69m, closed (Completed, 30m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        "#]],
    );
    check(
        on_plan(hour()),
        Some(10),
        script,
        expect![[r#"
        consent            -> consented
        host in            -> host came
        wait 20m           -> nothing
        checkout           -> checkout p0 for 60.00 EUR
        wait 20m           -> nothing
        captured p0        -> captured p0, confirmed
        payer in           -> payer came, began until 70m
        wait 30m           -> 5m left at 65m, 1m left at 69m, closed (Completed, 30m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        wait 1m            -> nothing
    "#]],
    );
}

#[test]
fn money_that_is_kept_ready_is_captured_as_far_as_it_is_owed() {
    let meet = "consent\n checkout\n held p0\n host in\n payer in\n";
    check(
        hour(),
        None,
        &format!("{meet}...\n wait 1h\n captured p0\n books"),
        expect![[r#"
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [capture 60.00 EUR of p0], [mail receipt]
            captured p0        -> confirmed capture of p0
            books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{meet}...\n wait 30m\n end by host\n books"),
        expect![[r#"
        wait 30m           -> nothing
        end by host        -> closed (Aborted(Host), 30m, owed 30.00 EUR, host 27.00 EUR, fee 3.00 EUR, due 0.00 EUR), [capture 30.00 EUR of p0], [mail receipt]
        books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
    "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n held p0\n cancel by host\n books",
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        held p0            -> held p0, confirmed
        cancel by host     -> closed (Cancelled { by: Host }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [void hold p0], [mail receipt]
        books              ->
    "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n held p0\n ended p0",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            held p0            -> held p0, confirmed
            ended p0           -> checkout p0 ended, [mail payer off], [mail host off], closed (Expired, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR)
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{meet}...\n ended p0\n wait 1h\n status"),
        expect![[r#"
            ended p0           -> checkout p0 ended, [mail payer gone], [mail host gone]
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 60.00 EUR), [mail bill 60.00 EUR]
            status             -> Closed
        "#]],
    );
}

#[test]
fn an_extension_is_paid_by_a_click_of_its_own() {
    let meet = "consent\n checkout\n captured p0\n host in\n payer in\n";
    check(
        extendable(),
        None,
        &format!(
            "{meet}...\n wait 50m\n extend\n extend\n captured p1\n captured p1\n wait 20m\n wait 2m\n books"
        ),
        expect![[r#"
            wait 50m           -> nothing
            extend             -> checkout p1 for 10.00 EUR
            extend             -> nothing
            captured p1        -> captured p1, extended
            captured p1        -> nothing
            wait 20m           -> 5m left at 65m, 1m left at 69m, paid time over
            wait 2m            -> closed (Completed, 70m, owed 70.00 EUR, host 63.00 EUR, fee 7.00 EUR, due 0.00 EUR), [mail receipt]
            books              -> processor_clearing 70.00 EUR, host_payable -63.00 EUR, platform_fee -7.00 EUR
        "#]],
    );
    check(
        extendable(),
        None,
        &format!("{meet}...\n extend\n end by host\n captured p1\n books"),
        expect![[r#"
            extend             -> checkout p1 for 10.00 EUR
            end by host        -> closed (Aborted(Host), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [end checkout p1], [refund 60.00 EUR of p0], [mail receipt]
            captured p1        -> sent back 10.00 EUR of p1, [refund 10.00 EUR of p1], [mail refunded]
            books              ->
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{meet}...\n extend"),
        expect![[r#"
        extend             -> refused: the time cannot be extended now
    "#]],
    );
}

#[test]
fn a_session_can_be_paid_when_it_is_over() {
    let after = Wishes { point: Point::After, ..hour() };
    let script = "consent\n host in\n payer in\n wait 30m\n end by host\n status\n checkout\n pay-bill\n pay-bill\n captured p0\n status\n books\n pay-bill";
    check(
        after.clone(),
        None,
        script,
        expect![[r#"
        consent            -> consented, confirmed
        host in            -> host came
        payer in           -> payer came, began until 60m
        wait 30m           -> nothing
        end by host        -> closed (Aborted(Host), 30m, owed 30.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 30.00 EUR), [mail bill 30.00 EUR]
        status             -> Closed
        checkout           -> refused: the session is over
        pay-bill           -> checkout p0 for 30.00 EUR
        pay-bill           -> nothing
        captured p0        -> bill paid by p0, [mail paid 30.00 EUR]
        status             -> Aborted
        books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
        pay-bill           -> refused: there is nothing to pay
    "#]],
    );
    check(
        after,
        None,
        "consent\n host in\n payer in\n wait 1h\n pay-bill\n forgive by payer\n forgive by host\n captured p0\n books\n status",
        expect![[r#"
            consent            -> consented, confirmed
            host in            -> host came
            payer in           -> payer came, began until 60m
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 60.00 EUR), [mail bill 60.00 EUR]
            pay-bill           -> checkout p0 for 60.00 EUR
            forgive by payer   -> refused: only the host or the operator may do this
            forgive by host    -> checkout p0 ended, [end checkout p0], forgiven
            captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
            books              ->
            status             -> Settled
        "#]],
    );
}

#[test]
fn cancelling_gives_back_what_the_terms_say() {
    let steps = vec![
        ::model::offer::Step { hours: 2, refund: permille(1_000) },
        ::model::offer::Step { hours: 1, refund: permille(333) },
    ];
    let wishes = Wishes { cancellation: Cancellation::new(steps).expect("in order"), ..hour() };
    let paid = |rest: &str| format!("consent\n checkout\n captured p0\n ...\n {rest}");
    check(
        wishes.clone(),
        Some(180),
        &paid("wait 1h\n cancel by payer\n cancel by payer\n cancel by host"),
        expect![[r#"
            wait 1h            -> nothing
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
            cancel by payer    -> nothing
            cancel by host     -> refused: the session is over
        "#]],
    );
    check(
        wishes.clone(),
        Some(180),
        &paid("wait 61m\n cancel by payer\n books"),
        expect![[r#"
        wait 61m           -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 40.02 EUR, host 36.02 EUR, fee 4.00 EUR, due 0.00 EUR), [refund 19.98 EUR of p0], [mail receipt]
        books              -> processor_clearing 40.02 EUR, host_payable -36.02 EUR, platform_fee -4.00 EUR
    "#]],
    );
    check(
        wishes.clone(),
        Some(180),
        &paid("wait 150m\n cancel by payer\n books"),
        expect![[r#"
        wait 150m          -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
    "#]],
    );
    check(
        wishes.clone(),
        Some(180),
        &paid("wait 150m\n cancel by host\n books"),
        expect![[r#"
        wait 150m          -> nothing
        cancel by host     -> closed (Cancelled { by: Host }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
        books              ->
    "#]],
    );
    check(
        wishes.clone(),
        Some(180),
        &paid("wait 185m\n cancel by payer"),
        expect![[r#"
        wait 185m          -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    check(
        wishes,
        None,
        &paid("cancel by payer"),
        expect![[r#"
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &paid("host in\n payer in\n cancel by payer"),
        expect![[r#"
        host in            -> host came
        payer in           -> payer came, began until 60m
        cancel by payer    -> refused: the session has begun and can only be left
    "#]],
    );
}

#[test]
fn minutes_that_the_payer_does_not_have_open_no_door() {
    check(
        minutes(),
        None,
        "reserve\n consent\n checkout\n reserve\n cancel by payer\n books\n reserve",
        expect![[r#"
            reserve            -> refused: the payer has not agreed to the terms
            consent            -> consented
            checkout           -> refused: the session is paid with minutes
            reserve            -> reserved 30m, confirmed
            cancel by payer    -> closed (Cancelled { by: Payer }, used 0m, returned 30m), [mail receipt]
            books              -> processor_clearing 50.00 EUR, host_payable -45.00 EUR, platform_fee -5.00 EUR, issued 100m, minutes -100m
            reserve            -> refused: the session is over
        "#]],
    );
    check(
        hour(),
        None,
        "consent\n reserve",
        expect![[r#"
        consent            -> consented
        reserve            -> refused: the session is not paid with minutes
    "#]],
    );
}

#[test]
fn amounts_without_decimals_and_the_largest_ones_come_out_even() {
    let yen = Wishes { fee: permille(333), ..Wishes::plain(Access::PerCall { price: price("1001 JPY") }) };
    check(
        yen,
        None,
        "consent\n checkout\n captured p0\n host in\n payer in\n wait 5m\n payer leave\n host leave\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 1001 JPY
            captured p0        -> captured p0, confirmed
            host in            -> host came
            payer in           -> payer came, began
            wait 5m            -> nothing
            payer leave        -> payer left, paused
            host leave         -> host left, closed (Completed, 5m, owed 1001 JPY, host 668 JPY, fee 333 JPY, due 0 JPY), [mail receipt]
            books              -> processor_clearing 1001 JPY, host_payable -668 JPY, platform_fee -333 JPY
        "#]],
    );
    let largest =
        Wishes { fee: permille(500), ..Wishes::plain(Access::PerCall { price: price("999999.99") }) };
    check(
        largest,
        None,
        "consent\n checkout\n captured p0\n host in\n payer in\n wait 5m\n payer leave\n host leave\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 999999.99 EUR
            captured p0        -> captured p0, confirmed
            host in            -> host came
            payer in           -> payer came, began
            wait 5m            -> nothing
            payer leave        -> payer left, paused
            host leave         -> host left, closed (Completed, 5m, owed 999999.99 EUR, host 500000.00 EUR, fee 499999.99 EUR, due 0.00 EUR), [mail receipt]
            books              -> processor_clearing 999999.99 EUR, host_payable -500000.00 EUR, platform_fee -499999.99 EUR
        "#]],
    );
}

#[test]
fn a_free_session_needs_consent_alone() {
    check(
        Wishes::plain(Access::Free),
        None,
        "consent\n checkout\n host in\n payer in\n wait 5m\n host drop\n wait 2m\n books\n status",
        expect![[r#"
            consent            -> consented, confirmed
            checkout           -> refused: there is nothing to pay
            host in            -> host came
            payer in           -> payer came, began
            wait 5m            -> nothing
            host drop          -> host dropped, paused
            wait 2m            -> closed (Completed, 5m)
            books              ->
            status             -> Settled
        "#]],
    );
}

#[test]
fn nothing_is_sold_of_a_slot_that_is_over() {
    check(
        on_plan(hour()),
        Some(10),
        "away 70m\n consent\n status",
        expect![[r#"
        away 70m           -> revived
        consent            -> consented, closed (Expired, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR)
        status             -> Expired
    "#]],
    );
    check(
        on_plan(hour()),
        Some(10),
        "consent\n wait 69m\n status\n wait 1m",
        expect![[r#"
        consent            -> consented
        wait 69m           -> closed (Expired, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 30m
        status             -> Expired
        wait 1m            -> nothing
    "#]],
    );
}

#[test]
fn one_wish_for_more_time_is_paid_once() {
    let meet = "consent\n checkout\n captured p0\n host in\n payer in\n wait 29m\n extend\n";
    check(
        extendable(),
        None,
        &format!("{meet}...\n wait 31m\n extend\n captured p2\n captured p1\n books"),
        expect![[r#"
            wait 31m           -> 5m left at 55m, 1m left at 59m, paid time over
            extend             -> checkout p1 ended, [end checkout p1], checkout p2 for 10.00 EUR
            captured p2        -> captured p2, extended
            captured p1        -> sent back 10.00 EUR of p1, [refund 10.00 EUR of p1], [mail refunded]
            books              -> processor_clearing 70.00 EUR, deferred -70.00 EUR
        "#]],
    );
    check(
        extendable(),
        None,
        &format!("{meet}...\n wait 31m\n extend\n captured p1\n captured p2\n books"),
        expect![[r#"
            wait 31m           -> 5m left at 55m, 1m left at 59m, paid time over
            extend             -> checkout p1 ended, [end checkout p1], checkout p2 for 10.00 EUR
            captured p1        -> captured p1, checkout p2 ended, [end checkout p2], extended
            captured p2        -> sent back 10.00 EUR of p2, [refund 10.00 EUR of p2], [mail refunded]
            books              -> processor_clearing 70.00 EUR, deferred -70.00 EUR
        "#]],
    );
    check(
        extendable(),
        None,
        &format!("{meet}...\n ended p1\n captured p1\n extend\n captured p2\n books"),
        expect![[r#"
            ended p1           -> checkout p1 ended
            captured p1        -> captured p1, extended
            extend             -> checkout p2 for 10.00 EUR
            captured p2        -> captured p2, extended
            books              -> processor_clearing 80.00 EUR, deferred -80.00 EUR
        "#]],
    );
}

#[test]
fn whoever_waits_for_a_late_host_may_go() {
    let paid = |rest: &str| format!("consent\n checkout\n captured p0\n ...\n {rest}\n cancel by payer");
    check(
        hour(),
        Some(180),
        &paid("payer in\n wait 180m\n wait 119s"),
        expect![[r#"
        payer in           -> payer came
        wait 180m          -> nothing
        wait 119s          -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    check(
        hour(),
        Some(180),
        &paid("wait 185m\n payer in"),
        expect![[r#"
        wait 185m          -> nothing
        payer in           -> payer came
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        Some(180),
        &paid("payer in\n wait 185m\n payer leave"),
        expect![[r#"
        payer in           -> payer came
        wait 185m          -> nothing
        payer leave        -> payer left
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    let host_was_in = "host in\n wait 190m\n host leave\n payer in";
    check(
        hour(),
        Some(180),
        &paid(&format!("{host_was_in}\n wait 119s")),
        expect![[r#"
        host in            -> host came
        wait 190m          -> nothing
        host leave         -> host left
        payer in           -> payer came
        wait 119s          -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    check(
        hour(),
        Some(180),
        &paid(&format!("{host_was_in}\n wait 2m")),
        expect![[r#"
        host in            -> host came
        wait 190m          -> nothing
        host leave         -> host left
        payer in           -> payer came
        wait 2m            -> nothing
        cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
}

#[test]
fn a_capture_that_failed_becomes_a_bill() {
    let over = "consent\n checkout\n held p0\n host in\n payer in\n wait 30m\n end by host\n ...\n";
    check(
        hour(),
        None,
        &format!(
            "{over} ended p0\n ended p0\n books\n status\n held p0\n pay-bill\n captured p1\n books\n captured p0 30\n books"
        ),
        expect![[r#"
            ended p0           -> capture of p0 failed, [mail bill 30.00 EUR], [mail host gone]
            ended p0           -> nothing
            books              ->
            status             -> Closed
            held p0            -> nothing
            pay-bill           -> checkout p1 for 30.00 EUR
            captured p1        -> bill paid by p1, [mail paid 30.00 EUR]
            books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
            captured p0 30     -> sent back 30.00 EUR of p0, [refund 30.00 EUR of p0], [mail refunded]
            books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{over} captured p0 29\n captured p0 30\n captured p0 30\n ended p0\n books"),
        expect![[r#"
            captured p0 29     -> nothing
            captured p0 30     -> confirmed capture of p0
            captured p0 30     -> nothing
            ended p0           -> nothing
            books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{over} disputed p0 30\n ended p0\n lost p0 30\n books"),
        expect![[r#"
            disputed p0 30     -> confirmed capture of p0, disputed p0, [mail Seller of 30.00 EUR of p0 Opened], [mail Operators of 30.00 EUR of p0 Opened]
            ended p0           -> nothing
            lost p0 30         -> lost p0, forgone 0.00 EUR, [mail Seller of 30.00 EUR of p0 Lost], [mail Operators of 30.00 EUR of p0 Lost]
            books              -> host_payable -27.00 EUR, platform_fee -3.00 EUR, loss 30.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!(
            "{over} refund a 9.99 by host\n ended p0\n books\n refund b 1 by host\n forgive by host\n status"
        ),
        expect![[r#"
            refund a 9.99 by host -> refunded 9.99 EUR of p0, [refund 9.99 EUR of p0], [mail refunded]
            ended p0           -> capture of p0 failed, [mail bill 20.01 EUR], [mail host gone]
            books              ->
            refund b 1 by host -> refused: nothing is left that could go back
            forgive by host    -> forgiven
            status             -> Aborted
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{over} refund a all by host\n ended p0\n books\n status"),
        expect![[r#"
        refund a all by host -> refunded 30.00 EUR of p0, [refund 30.00 EUR of p0], [mail refunded]
        ended p0           -> capture of p0 failed
        books              ->
        status             -> Aborted
    "#]],
    );
    let half = "consent\n checkout\n held p0\n host in\n payer in\n extend\n held p1\n extend\n held p2\n ended p1\n wait 82m\n ...\n";
    check(
        extendable(),
        None,
        &format!(
            "{half} pay-bill\n ended p0\n pay-bill\n captured p3\n captured p4\n ended p2\n books\n status"
        ),
        expect![[r#"
            pay-bill           -> checkout p3 for 10.00 EUR
            ended p0           -> checkout p3 ended, [end checkout p3], capture of p0 failed, [mail bill 70.00 EUR], [mail host gone]
            pay-bill           -> checkout p4 for 70.00 EUR
            captured p3        -> sent back 10.00 EUR of p3, [refund 10.00 EUR of p3], [mail refunded]
            captured p4        -> bill paid by p4, [mail paid 70.00 EUR]
            ended p2           -> capture of p2 failed, [mail bill 10.00 EUR], [mail host gone]
            books              -> processor_clearing 70.00 EUR, host_payable -63.00 EUR, platform_fee -7.00 EUR
            status             -> Closed
        "#]],
    );
}

#[test]
fn what_is_kept_ready_for_too_long_is_taken_before_it_is_let_go() {
    let moved = "consent\n checkout\n held p0\n move 10000m\n ...\n";
    check(
        hour(),
        Some(60),
        &format!(
            "{moved} wait 7200m\n captured p0\n books\n wait 2800m\n host in\n payer in\n wait 30m\n end by host\n books"
        ),
        expect![[r#"
            wait 7200m         -> took p0, [capture 60.00 EUR of p0], [mail taken 60.00 EUR]
            captured p0        -> confirmed capture of p0
            books              -> processor_clearing 60.00 EUR, deferred -60.00 EUR
            wait 2800m         -> nothing
            host in            -> host came
            payer in           -> payer came, began until 10060m
            wait 30m           -> nothing
            end by host        -> closed (Aborted(Host), 30m, owed 30.00 EUR, host 27.00 EUR, fee 3.00 EUR, due 0.00 EUR), [refund 30.00 EUR of p0], [mail receipt]
            books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
        "#]],
    );
    check(
        hour(),
        Some(60),
        &format!("{moved} wait 7200m\n cancel by payer\n books"),
        expect![[r#"
            wait 7200m         -> took p0, [capture 60.00 EUR of p0], [mail taken 60.00 EUR]
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
            books              ->
        "#]],
    );
    check(
        hour(),
        Some(60),
        &format!("{moved} wait 7200m\n ended p0\n ended p0\n books"),
        expect![[r#"
            wait 7200m         -> took p0, [capture 60.00 EUR of p0], [mail taken 60.00 EUR]
            ended p0           -> capture of p0 failed, [mail payer off], [mail host off], closed (Expired, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR)
            ended p0           -> nothing
            books              ->
        "#]],
    );
    let met = "consent\n checkout\n held p0\n host in\n payer in\n away 7200m\n ...\n";
    check(
        hour(),
        None,
        &format!("{met} books\n ended p0\n books"),
        expect![[r#"
        books              ->
        ended p0           -> nothing
        books              ->
    "#]],
    );
    let call = "consent\n checkout\n held p0\n host in\n payer in\n wait 7200m\n ...\n";
    check(
        Wishes::plain(Access::PerCall { price: price("60") }),
        None,
        &format!("{call} ended p0\n books\n payer leave\n wait 2m\n pay-bill\n captured p1\n books"),
        expect![[r#"
            ended p0           -> capture of p0 failed, [mail payer gone], [mail host gone]
            books              ->
            payer leave        -> payer left, paused
            wait 2m            -> closed (Completed, 7200m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 60.00 EUR), [mail bill 60.00 EUR]
            pay-bill           -> checkout p1 for 60.00 EUR
            captured p1        -> bill paid by p1, [mail paid 60.00 EUR]
            books              -> processor_clearing 60.00 EUR, host_payable -60.00 EUR
        "#]],
    );
}

#[test]
fn what_was_given_back_by_hand_is_not_billed_when_its_capture_fails() {
    // The hold ends and all of it is captured, the host gives some of it back, and the capture fails.
    let taken = "consent\n checkout\n held p0\n host in\n payer in\n wait 7200m\n";
    let given = |amount: &str| format!("{taken} refund a {amount} by host\n ...\n");
    let call = || Wishes::plain(Access::PerCall { price: price("60") });
    let end = "payer leave\n wait 2m";
    check(
        call(),
        None,
        &format!("{} ended p0\n {end}\n books\n pay-bill\n captured p1\n books", given("20")),
        expect![[r#"
            ended p0           -> capture of p0 failed, [mail payer gone], [mail host gone]
            payer leave        -> payer left, paused
            wait 2m            -> closed (Completed, 7200m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 40.00 EUR), [mail bill 40.00 EUR]
            books              ->
            pay-bill           -> checkout p1 for 40.00 EUR
            captured p1        -> bill paid by p1, [mail paid 40.00 EUR]
            books              -> processor_clearing 40.00 EUR, host_payable -40.00 EUR
        "#]],
    );
    // Failing after the end comes to the same.
    check(
        call(),
        None,
        &format!("{} {end}\n ended p0\n pay-bill", given("20")),
        expect![[r#"
            payer leave        -> payer left, paused
            wait 2m            -> closed (Completed, 7200m, owed 60.00 EUR, host 40.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt]
            ended p0           -> capture of p0 failed, [mail bill 40.00 EUR], [mail host gone]
            pay-bill           -> checkout p1 for 40.00 EUR
        "#]],
    );
    check(
        call(),
        None,
        &format!("{} ended p0\n {end}\n status", given("all")),
        expect![[r#"
            ended p0           -> capture of p0 failed, [mail payer gone], [mail host gone]
            payer leave        -> payer left, paused
            wait 2m            -> closed (Completed, 7200m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR)
            status             -> Settled
        "#]],
    );
}

#[test]
fn what_is_given_back_of_one_payment_is_asked_for_by_no_other() {
    let moved = "consent\n checkout\n held p0\n move 10000m\n wait 7200m\n refund a 20 by host\n wait 2800m\n host in\n payer in\n extend\n captured p1\n";
    let over =
        |before: &str, after: &str| format!("{moved} {before}wait 35m\n ...\n end by host\n {after}books");
    // Of 70 for 70 minutes half is owed: what would have been kept of the 60 is due, less what was paid.
    check(
        extendable(),
        Some(60),
        &over("ended p0\n ", "captured p0\n "),
        expect![[r#"
        end by host        -> closed (Aborted(Host), 35m, owed 35.00 EUR, host 9.00 EUR, fee 1.00 EUR, due 25.00 EUR), [mail bill 25.00 EUR]
        captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
        books              -> processor_clearing 10.00 EUR, host_payable -9.00 EUR, platform_fee -1.00 EUR
    "#]],
    );
    check(
        extendable(),
        Some(60),
        &over("", "ended p0\n "),
        expect![[r#"
            end by host        -> closed (Aborted(Host), 35m, owed 35.00 EUR, host 31.50 EUR, fee 3.50 EUR, due 0.00 EUR), [refund 5.00 EUR of p0], [refund 10.00 EUR of p1], [mail receipt]
            ended p0           -> capture of p0 failed, [mail bill 35.00 EUR], [mail host gone]
            books              ->
        "#]],
    );
}

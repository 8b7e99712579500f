//! Refunds and disputes.

use super::*;
use expect_test::expect;

const HAD: &str = "consent\n checkout\n captured p0\n host in\n payer in\n wait 1h\n";

fn had(script: &str) -> String {
    format!("{HAD}...\n{script}")
}

#[test]
fn refunds_come_from_host_and_operator_as_they_earned() {
    check(
        hour(),
        None,
        &had(
            "refund a 10 by host\n refund a 10 by host\n books\n refund b 50.01 by host\n refund c all by operator\n refund d all by host\n status\n books",
        ),
        expect![[r#"
            refund a 10 by host -> refunded 10.00 EUR of p0, [refund 10.00 EUR of p0], [mail refunded]
            refund a 10 by host -> nothing
            books              -> processor_clearing 50.00 EUR, host_payable -45.00 EUR, platform_fee -5.00 EUR
            refund b 50.01 by host -> refused: only 50.00 EUR is left
            refund c all by operator -> refunded 50.00 EUR of p0, [refund 50.00 EUR of p0], [mail refunded]
            refund d all by host -> refused: nothing is left that could go back
            status             -> Refunded
            books              ->
        "#]],
    );
    check(
        hour(),
        None,
        &had("refund a 1 by payer\n refund a 0.00 by host"),
        expect![[r#"
        refund a 1 by payer -> refused: only the host or the operator may do this
        refund a 0.00 by host -> refused: this amount cannot be moved
    "#]],
    );
}

#[test]
fn what_went_back_before_the_end_is_not_kept() {
    let meet = "consent\n checkout\n captured p0\n host in\n payer in\n";
    check(
        hour(),
        None,
        &format!("{meet}...\n wait 5m\n refund a 15 by host\n wait 1h\n books"),
        expect![[r#"
            wait 5m            -> nothing
            refund a 15 by host -> refunded 15.00 EUR of p0, [refund 15.00 EUR of p0], [mail refunded]
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 40.50 EUR, fee 4.50 EUR, due 0.00 EUR) at 60m, [mail receipt]
            books              -> processor_clearing 45.00 EUR, host_payable -40.50 EUR, platform_fee -4.50 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{meet}...\n wait 5m\n refund a all by host\n wait 1h\n status\n books"),
        expect![[r#"
            wait 5m            -> nothing
            refund a all by host -> refunded 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 60m, [mail receipt]
            status             -> Settled
            books              ->
        "#]],
    );
}

#[test]
fn a_refund_takes_the_newest_payment_first() {
    let script = "consent\n checkout\n captured p0\n host in\n payer in\n extend\n captured p1\n wait 72m\n refund a 15 by host\n refund b all by host";
    check(
        extendable(),
        None,
        script,
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        host in            -> host came
        payer in           -> payer came, began until 60m
        extend             -> checkout p1 for 10.00 EUR
        captured p1        -> captured p1, extended
        wait 72m           -> 5m left at 65m, 1m left at 69m, paid time over at 70m, closed (Completed, 70m, owed 70.00 EUR, host 63.00 EUR, fee 7.00 EUR, due 0.00 EUR), [mail receipt]
        refund a 15 by host -> refunded 10.00 EUR of p1 and 5.00 EUR of p0, [refund 10.00 EUR of p1], [refund 5.00 EUR of p0], [mail refunded]
        refund b all by host -> refunded 55.00 EUR of p0, [refund 55.00 EUR of p0], [mail refunded]
    "#]],
    );
}

#[test]
fn minutes_go_back_to_the_payer() {
    let script = "consent\n reserve\n host in\n payer in\n wait 10m\n refund a all by host\n payer leave\n host leave\n refund b 4m by host\n refund c 7m by host\n refund d 5 by host\n refund e all by host\n refund f all by host\n books\n status";
    check(
        minutes(),
        None,
        script,
        expect![[r#"
        consent            -> consented
        reserve            -> reserved 30m, confirmed
        host in            -> host came
        payer in           -> payer came, began
        wait 10m           -> nothing
        refund a all by host -> refused: minutes go back when the session is over
        payer leave        -> payer left, paused
        host leave         -> host left, closed (Completed, used 10m, returned 20m), [mail receipt]
        refund b 4m by host -> returned 4m, [mail refunded]
        refund c 7m by host -> refused: there are not enough minutes left
        refund d 5 by host -> refused: the session is paid with minutes
        refund e all by host -> returned 6m, [mail refunded]
        refund f all by host -> refused: nothing is left that could go back
        books              -> processor_clearing 50.00 EUR, host_payable -45.00 EUR, platform_fee -5.00 EUR, issued 100m, minutes -100m
        status             -> Refunded
    "#]],
    );
}

#[test]
fn a_dispute_is_opened_and_decided_once() {
    check(
        hour(),
        None,
        &had(
            "disputed p0 60\n disputed p0 60\n books\n refund a 1 by host\n status\n won p0 60\n lost p0 60\n books\n status\n refund a 1 by host",
        ),
        expect![[r#"
            disputed p0 60     -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened]
            disputed p0 60     -> nothing
            books              -> host_payable -54.00 EUR, platform_fee -6.00 EUR, dispute_reserve 60.00 EUR
            refund a 1 by host -> refused: nothing is left that could go back
            status             -> Disputed
            won p0 60          -> won p0, [mail Seller of 60.00 EUR of p0 Won], [mail Operators of 60.00 EUR of p0 Won]
            lost p0 60         -> nothing
            books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
            status             -> DisputeWon
            refund a 1 by host -> refunded 1.00 EUR of p0, [refund 1.00 EUR of p0], [mail refunded]
        "#]],
    );
    check(
        hour(),
        None,
        &had("disputed p0 60\n lost p0 60\n won p0 60\n books\n status\n refund a 1 by host"),
        expect![[r#"
            disputed p0 60     -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened]
            lost p0 60         -> lost p0, forgone 0.00 EUR, [mail Seller of 60.00 EUR of p0 Lost], [mail Operators of 60.00 EUR of p0 Lost]
            won p0 60          -> nothing
            books              -> host_payable -54.00 EUR, platform_fee -6.00 EUR, loss 60.00 EUR
            status             -> DisputeLost
            refund a 1 by host -> refused: nothing is left that could go back
        "#]],
    );
}

#[test]
fn the_processors_words_about_a_dispute_may_come_in_any_order() {
    check(
        hour(),
        None,
        &had("won p0 60\n disputed p0 60\n books"),
        expect![[r#"
            won p0 60          -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened], won p0, [mail Seller of 60.00 EUR of p0 Won], [mail Operators of 60.00 EUR of p0 Won]
            disputed p0 60     -> nothing
            books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n lost p0 60\n disputed p0 60\n captured p0\n status\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            lost p0 60         -> captured p0, confirmed, disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened], closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt], lost p0, forgone 60.00 EUR, [mail Seller of 60.00 EUR of p0 Lost], [mail Operators of 60.00 EUR of p0 Lost]
            disputed p0 60     -> nothing
            captured p0        -> nothing
            status             -> DisputeLost
            books              ->
        "#]],
    );
    check(
        hour(),
        None,
        &had("disputed p0 60.01\n disputed p1 5"),
        expect![[r#"
        disputed p0 60.01  -> refused: this amount cannot be moved
        disputed p1 5      -> refused: the session knows no such payment
    "#]],
    );
}

#[test]
fn a_dispute_after_a_refund_is_about_what_came() {
    check(
        hour(),
        None,
        &had("refund a 20 by host\n disputed p0 60\n lost p0 60\n books"),
        expect![[r#"
            refund a 20 by host -> refunded 20.00 EUR of p0, [refund 20.00 EUR of p0], [mail refunded]
            disputed p0 60     -> disputed p0, [mail Seller of 60.00 EUR of p0 Opened], [mail Operators of 60.00 EUR of p0 Opened]
            lost p0 60         -> lost p0, forgone 0.00 EUR, [mail Seller of 60.00 EUR of p0 Lost], [mail Operators of 60.00 EUR of p0 Lost]
            books              -> processor_clearing -20.00 EUR, host_payable -36.00 EUR, platform_fee -4.00 EUR, loss 60.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &had("refund a all by host\n disputed p0 40\n won p0 40\n books\n status"),
        expect![[r#"
            refund a all by host -> refunded 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
            disputed p0 40     -> disputed p0, [mail Seller of 40.00 EUR of p0 Opened], [mail Operators of 40.00 EUR of p0 Opened]
            won p0 40          -> won p0, [mail Seller of 40.00 EUR of p0 Won], [mail Operators of 40.00 EUR of p0 Won]
            books              ->
            status             -> DisputeWon
        "#]],
    );
}

#[test]
fn what_is_in_dispute_at_the_end_is_divided_when_that_is_over() {
    let disputed = "consent\n checkout\n captured p0\n host in\n payer in\n wait 30m\n disputed p0 60\n ...\n end by host\n books\n";
    check(
        hour(),
        None,
        &format!("{disputed} won p0 60\n books"),
        expect![[r#"
            end by host        -> closed (Aborted(Host), 30m, owed 30.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt]
            books              -> deferred -60.00 EUR, dispute_reserve 60.00 EUR
            won p0 60          -> won p0, [refund 30.00 EUR of p0], [mail Seller of 60.00 EUR of p0 Won], [mail Operators of 60.00 EUR of p0 Won]
            books              -> processor_clearing 30.00 EUR, host_payable -27.00 EUR, platform_fee -3.00 EUR
        "#]],
    );
    check(
        hour(),
        None,
        &format!("{disputed} lost p0 60\n books"),
        expect![[r#"
            end by host        -> closed (Aborted(Host), 30m, owed 30.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt]
            books              -> deferred -60.00 EUR, dispute_reserve 60.00 EUR
            lost p0 60         -> lost p0, forgone 60.00 EUR, [mail Seller of 60.00 EUR of p0 Lost], [mail Operators of 60.00 EUR of p0 Lost]
            books              ->
        "#]],
    );
    check(
        hour(),
        None,
        "consent\n checkout\n captured p0\n host in\n payer in\n disputed p0 20\n wait 1h\n lost p0 20\n books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            captured p0        -> captured p0, confirmed
            host in            -> host came
            payer in           -> payer came, began until 60m
            disputed p0 20     -> disputed p0, [mail Seller of 20.00 EUR of p0 Opened], [mail Operators of 20.00 EUR of p0 Opened]
            wait 1h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [mail receipt]
            lost p0 20         -> lost p0, forgone 20.00 EUR, [mail Seller of 20.00 EUR of p0 Lost], [mail Operators of 20.00 EUR of p0 Lost]
            books              -> processor_clearing 40.00 EUR, host_payable -36.00 EUR, platform_fee -4.00 EUR
        "#]],
    );
}

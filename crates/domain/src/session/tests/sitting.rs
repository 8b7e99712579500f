//! Coming, going, the clock and the end.

use super::*;
use expect_test::expect;

/// What brings a session to the point at which both are in.
const MEET: &str = "consent\n checkout\n captured p0\n host in\n payer in\n";

fn met(script: &str) -> String {
    format!("{MEET}...\n{script}")
}

#[test]
fn an_hour_is_paid_had_and_settled() {
    check(
        hour(),
        None,
        &format!("{MEET}wait 30m\n wait 30m\n status\n books\n wait 1m"),
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        host in            -> host came
        payer in           -> payer came, began until 60m
        wait 30m           -> nothing
        wait 30m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        status             -> Settled
        books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
        wait 1m            -> nothing
    "#]],
    );
}

#[test]
fn nothing_begins_before_both_are_in_and_paid() {
    let script =
        "host in\n payer in\n wait 1m\n status\n consent\n checkout\n wait 1m\n captured p0\n status";
    check(
        hour(),
        None,
        script,
        expect![[r#"
        host in            -> host came
        payer in           -> payer came
        wait 1m            -> nothing
        status             -> Offered
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        wait 1m            -> nothing
        captured p0        -> captured p0, confirmed, began until 62m
        status             -> Live
    "#]],
    );
}

#[test]
fn a_fixed_length_runs_on_while_the_payer_is_away() {
    let script = "wait 20m\n payer drop\n wait 10m\n status\n payer in\n wait 30m";
    check(
        hour(),
        None,
        &met(script),
        expect![[r#"
        wait 20m           -> nothing
        payer drop         -> payer dropped, paused
        wait 10m           -> nothing
        status             -> Grace
        payer in           -> payer came, resumed
        wait 30m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 50m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
}

#[test]
fn a_second_tab_keeps_somebody_in() {
    let script = "payer/2 in\n payer drop\n wait 1m\n payer/2 drop\n payer in\n payer in";
    check(
        hour(),
        None,
        &met(script),
        expect![[r#"
        payer/2 in         -> payer came
        payer drop         -> payer dropped
        wait 1m            -> nothing
        payer/2 drop       -> payer dropped, paused
        payer in           -> payer came, resumed
        payer in           -> nothing
    "#]],
    );
}

#[test]
fn a_host_who_does_not_come_back_is_not_paid_for_the_rest() {
    check(
        hour(),
        None,
        &met("wait 20m\n host drop\n wait 119s\n wait 1s\n status\n books"),
        expect![[r#"
        wait 20m           -> nothing
        host drop          -> host dropped, paused
        wait 119s          -> nothing
        wait 1s            -> closed (Aborted(Host), 20m, owed 20.00 EUR, host 18.00 EUR, fee 2.00 EUR, due 0.00 EUR), [refund 40.00 EUR of p0], [mail receipt]
        status             -> Aborted
        books              -> processor_clearing 20.00 EUR, host_payable -18.00 EUR, platform_fee -2.00 EUR
    "#]],
    );
}

#[test]
fn a_host_who_ends_within_a_minute_is_paid_nothing() {
    check(
        hour(),
        None,
        &met("wait 59s\n end by host\n books"),
        expect![[r#"
        wait 59s           -> nothing
        end by host        -> closed (Aborted(Host), 0m59s, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
        books              ->
    "#]],
    );
    check(
        call(),
        None,
        &met("wait 59s\n end by host\n books"),
        expect![[r#"
        wait 59s           -> nothing
        end by host        -> closed (Aborted(Host), 0m59s, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 9.99 EUR of p0], [mail receipt]
        books              ->
    "#]],
    );
    check(
        call(),
        None,
        &met("wait 61s\n end by host\n books"),
        expect![[r#"
        wait 61s           -> nothing
        end by host        -> closed (Completed, 1m1s, owed 9.99 EUR, host 9.00 EUR, fee 0.99 EUR, due 0.00 EUR), [mail receipt]
        books              -> processor_clearing 9.99 EUR, host_payable -9.00 EUR, platform_fee -0.99 EUR
    "#]],
    );
}

#[test]
fn a_host_who_ends_a_moment_early_is_paid_in_full() {
    check(
        hour(),
        None,
        &met("wait 58m\n end by host"),
        expect![[r#"
        wait 58m           -> 5m left at 55m
        end by host        -> closed (Completed, 58m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 57m\n end by host"),
        expect![[r#"
        wait 57m           -> 5m left at 55m
        end by host        -> closed (Aborted(Host), 57m, owed 57.00 EUR, host 51.30 EUR, fee 5.70 EUR, due 0.00 EUR), [refund 3.00 EUR of p0], [mail receipt]
    "#]],
    );
}

#[test]
fn two_who_say_goodbye_are_not_waited_for() {
    check(
        hour(),
        None,
        &met("wait 50m\n host leave\n wait 3s\n payer leave\n status"),
        expect![[r#"
            wait 50m           -> nothing
            host leave         -> host left, paused
            wait 3s            -> nothing
            payer leave        -> payer left, closed (Aborted(Host), 50m, owed 50.00 EUR, host 45.00 EUR, fee 5.00 EUR, due 0.00 EUR), [refund 10.00 EUR of p0], [mail receipt]
            status             -> Aborted
        "#]],
    );
    check(
        hour(),
        None,
        &met("wait 5m\n payer leave\n host leave"),
        expect![[r#"
            wait 5m            -> nothing
            payer leave        -> payer left, paused
            host leave         -> host left, closed (Completed, 5m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        "#]],
    );
    check(
        hour(),
        None,
        &met("wait 5m\n host leave\n payer leave"),
        expect![[r#"
            wait 5m            -> nothing
            host leave         -> host left, paused
            payer leave        -> payer left, closed (Completed, 5m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        "#]],
    );
    check(
        hour(),
        None,
        &met("wait 5m\n host drop\n wait 1s\n payer leave\n wait 1s\n host leave"),
        expect![[r#"
            wait 5m            -> nothing
            host drop          -> host dropped, paused
            wait 1s            -> nothing
            payer leave        -> payer left
            wait 1s            -> nothing
            host leave         -> host left, closed (Aborted(Host), 5m, owed 5.00 EUR, host 4.50 EUR, fee 0.50 EUR, due 0.00 EUR), [refund 55.00 EUR of p0], [mail receipt]
        "#]],
    );
    check(
        hour(),
        None,
        &met("wait 50m\n host leave\n wait 16s\n payer leave\n status"),
        expect![[r#"
        wait 50m           -> nothing
        host leave         -> host left, paused
        wait 16s           -> nothing
        payer leave        -> payer left, closed (Aborted(Host), 50m, owed 50.00 EUR, host 45.00 EUR, fee 5.00 EUR, due 0.00 EUR), [refund 10.00 EUR of p0], [mail receipt]
        status             -> Aborted
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 50m\n payer leave\n wait 5m\n host leave\n status"),
        expect![[r#"
        wait 50m           -> nothing
        payer leave        -> payer left, paused
        wait 5m            -> 5m left
        host leave         -> host left, closed (Completed, 50m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        status             -> Settled
    "#]],
    );
}

#[test]
fn a_host_does_not_cut_off_a_payer_who_may_come_back() {
    check(
        hour(),
        None,
        &met("wait 20m\n payer drop\n wait 10s\n end by host"),
        expect![[r#"
        wait 20m           -> nothing
        payer drop         -> payer dropped, paused
        wait 10s           -> nothing
        end by host        -> closed (Aborted(Host), 20m, owed 20.17 EUR, host 18.16 EUR, fee 2.01 EUR, due 0.00 EUR), [refund 39.83 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 20m\n payer drop\n wait 2m\n end by host"),
        expect![[r#"
        wait 20m           -> nothing
        payer drop         -> payer dropped, paused
        wait 2m            -> nothing
        end by host        -> closed (Completed, 20m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 20m\n payer leave\n wait 10s\n end by host"),
        expect![[r#"
        wait 20m           -> nothing
        payer leave        -> payer left, paused
        wait 10s           -> nothing
        end by host        -> closed (Completed, 20m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
}

#[test]
fn both_lines_that_break_at_once_are_nobodys_doing() {
    check(
        hour(),
        None,
        &met("wait 30m\n host drop\n wait 10s\n payer drop\n wait 2m"),
        expect![[r#"
        wait 30m           -> nothing
        host drop          -> host dropped, paused
        wait 10s           -> nothing
        payer drop         -> payer dropped
        wait 2m            -> closed (Aborted(Outage), 30m, owed 30.00 EUR, host 27.00 EUR, fee 3.00 EUR, due 0.00 EUR) at 32m, [refund 30.00 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 30m\n payer drop\n wait 121s\n host drop\n wait 2m"),
        expect![[r#"
        wait 30m           -> nothing
        payer drop         -> payer dropped, paused
        wait 121s          -> nothing
        host drop          -> host dropped
        wait 2m            -> closed (Completed, 30m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
}

#[test]
fn a_late_tick_finds_everything_at_its_own_time() {
    check(
        hour(),
        None,
        &met("wait 3h"),
        expect![[r#"
        wait 3h            -> 5m left at 55m, 1m left at 59m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 60m, [mail receipt]
    "#]],
    );
    check(
        minutes(),
        None,
        "consent\n reserve\n host in\n payer in\n wait 10m\n payer drop\n wait 3h",
        expect![[r#"
            consent            -> consented
            reserve            -> reserved 30m, confirmed
            host in            -> host came
            payer in           -> payer came, began
            wait 10m           -> nothing
            payer drop         -> payer dropped, paused
            wait 3h            -> closed (Completed, used 10m, returned 20m) at 12m, [mail receipt]
        "#]],
    );
}

#[test]
fn a_server_that_was_away_costs_nobody_anything() {
    check(
        hour(),
        None,
        &met("wait 20m\n away 10m\n host in\n payer in\n wait 30m"),
        expect![[r#"
        wait 20m           -> nothing
        away 10m           -> revived, paused
        host in            -> host came
        payer in           -> payer came, resumed
        wait 30m           -> 5m left at 55m, 1m left at 59m, closed (Completed, 50m, owed 50.00 EUR, host 45.00 EUR, fee 5.00 EUR, due 0.00 EUR), [refund 10.00 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 20m\n away 2h"),
        expect![[r#"
            wait 20m           -> nothing
            away 2h            -> revived, paused, 5m left, 1m left, closed (Aborted(Outage), 20m, owed 20.00 EUR, host 18.00 EUR, fee 2.00 EUR, due 0.00 EUR), [refund 40.00 EUR of p0], [mail receipt]
        "#]],
    );
    check(
        on_plan(hour()),
        Some(10),
        "consent\n checkout\n captured p0\n away 2h",
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        away 2h            -> revived, closed (Aborted(Outage), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
    let prepaid = "consent\n reserve\n host in\n payer in\n wait 10m\n away 1h\n host in\n payer in\n wait 5m\n payer leave\n host leave";
    check(
        minutes(),
        None,
        prepaid,
        expect![[r#"
        consent            -> consented
        reserve            -> reserved 30m, confirmed
        host in            -> host came
        payer in           -> payer came, began
        wait 10m           -> nothing
        away 1h            -> revived, paused
        host in            -> host came
        payer in           -> payer came, resumed
        wait 5m            -> nothing
        payer leave        -> payer left, paused
        host leave         -> host left, closed (Completed, used 15m, returned 15m), [mail receipt]
    "#]],
    );
}

#[test]
fn a_clock_that_is_set_back_stands_still() {
    check(
        minutes(),
        None,
        "consent\n reserve\n host in\n payer in\n wait 5m\n payer drop\n back 3m\n payer in\n wait 4m\n payer leave\n host leave",
        expect![[r#"
            consent            -> consented
            reserve            -> reserved 30m, confirmed
            host in            -> host came
            payer in           -> payer came, began
            wait 5m            -> nothing
            payer drop         -> payer dropped, paused
            back 3m            -> nothing
            payer in           -> payer came, resumed at 5m
            wait 4m            -> nothing
            payer leave        -> payer left, paused
            host leave         -> host left, closed (Completed, used 6m, returned 24m), [mail receipt]
        "#]],
    );
}

#[test]
fn minutes_pause_while_somebody_is_away_and_count_to_the_millisecond() {
    let script = "consent\n reserve\n books\n host in\n payer in\n wait 61s\n payer drop\n wait 20s\n payer in\n wait 1s\n payer drop\n wait 2m\n books\n status";
    check(
        minutes(),
        None,
        script,
        expect![[r#"
        consent            -> consented
        reserve            -> reserved 30m, confirmed
        books              -> processor_clearing 50.00 EUR, host_payable -45.00 EUR, platform_fee -5.00 EUR, issued 100m, minutes -70m, held -30m
        host in            -> host came
        payer in           -> payer came, began
        wait 61s           -> nothing
        payer drop         -> payer dropped, paused
        wait 20s           -> nothing
        payer in           -> payer came, resumed
        wait 1s            -> nothing
        payer drop         -> payer dropped, paused
        wait 2m            -> closed (Completed, used 1m2s, returned 28m58s), [mail receipt]
        books              -> processor_clearing 50.00 EUR, host_payable -45.00 EUR, platform_fee -5.00 EUR, issued 100m, minutes -98m58s, used -1m2s
        status             -> Settled
    "#]],
    );
}

#[test]
fn minutes_run_out_with_warnings_and_can_be_topped_up() {
    let free = wait(3);
    let wishes = Wishes { overrun: Overrun::RunOn { free }, ..minutes() };
    check(
        wishes,
        None,
        "consent\n reserve\n reserve\n host in\n payer in\n wait 29m\n wait 2m\n wait 2m",
        expect![[r#"
            consent            -> consented
            reserve            -> reserved 30m, confirmed
            reserve            -> nothing
            host in            -> host came
            payer in           -> payer came, began
            wait 29m           -> 5m left at 25m, 1m left
            wait 2m            -> paid time over at 30m
            wait 2m            -> closed (Completed, used 30m, returned 0m), [mail receipt]
        "#]],
    );
}

#[test]
fn a_planned_slot_begins_by_the_plan() {
    let wishes = on_plan(hour());
    let early = "consent\n checkout\n captured p0\n host in\n payer in\n status\n wait 10m\n wait 1h";
    check(
        wishes.clone(),
        Some(10),
        early,
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        host in            -> host came
        payer in           -> payer came
        status             -> Lobby
        wait 10m           -> began until 70m
        wait 1h            -> 5m left at 65m, 1m left at 69m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
    let payer_late = "consent\n checkout\n captured p0\n wait 10m\n host in\n wait 12m\n payer in\n wait 1h";
    check(
        wishes.clone(),
        Some(10),
        payer_late,
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        wait 10m           -> nothing
        host in            -> host came
        wait 12m           -> nothing
        payer in           -> payer came, began until 70m
        wait 1h            -> 5m left at 65m, 1m left at 69m, closed (Completed, 48m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 70m, [mail receipt]
    "#]],
    );
    let host_late = "consent\n checkout\n captured p0\n payer in\n wait 10m\n wait 6m\n host in\n wait 1h";
    check(
        wishes,
        Some(10),
        host_late,
        expect![[r#"
        consent            -> consented
        checkout           -> checkout p0 for 60.00 EUR
        captured p0        -> captured p0, confirmed
        payer in           -> payer came
        wait 10m           -> nothing
        wait 6m            -> nothing
        host in            -> host came, began until 70m
        wait 1h            -> 5m left at 65m, 1m left at 69m, closed (Completed, 54m, owed 54.00 EUR, host 48.60 EUR, fee 5.40 EUR, due 0.00 EUR) at 70m, [refund 6.00 EUR of p0], [mail receipt]
    "#]],
    );
}

#[test]
fn whoever_does_not_come_is_named() {
    let paid = |rest: &str| format!("consent\n checkout\n captured p0\n ...\n {rest}");
    check(
        hour(),
        Some(10),
        &paid("host in\n wait 24m\n wait 1m\n books"),
        expect![[r#"
        host in            -> host came
        wait 24m           -> nothing
        wait 1m            -> closed (NoShow(Payer), 0m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        books              -> processor_clearing 60.00 EUR, host_payable -54.00 EUR, platform_fee -6.00 EUR
    "#]],
    );
    check(
        hour(),
        Some(10),
        &paid("payer in\n wait 25m\n books"),
        expect![[r#"
        payer in           -> payer came
        wait 25m           -> closed (NoShow(Host), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
        books              ->
    "#]],
    );
    check(
        hour(),
        Some(10),
        &paid("wait 25m\n status"),
        expect![[r#"
        wait 25m           -> closed (NoShow(Both), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
        status             -> NoShow(Both)
    "#]],
    );
    check(
        hour(),
        Some(10),
        &paid("payer in\n wait 24m\n payer drop\n wait 1m\n payer in\n wait 1m"),
        expect![[r#"
            payer in           -> payer came
            wait 24m           -> nothing
            payer drop         -> payer dropped
            wait 1m            -> nothing
            payer in           -> payer came, closed (NoShow(Host), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
            wait 1m            -> nothing
        "#]],
    );
    check(
        hour(),
        None,
        &paid("wait 24h\n payer in\n wait 15m"),
        expect![[r#"
        wait 24h           -> nothing
        payer in           -> payer came
        wait 15m           -> closed (NoShow(Host), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
}

#[test]
fn whoever_looked_in_and_did_not_wait_has_not_come() {
    let ends = |planned, wait: &str, expected| {
        let script = format!("consent\n checkout\n captured p0\n {wait}\n ...\n status");
        check(hour(), planned, &script, expected);
    };
    let both = || {
        expect![[r#"
        status             -> NoShow(Both)
    "#]]
    };
    ends(Some(10), "host in\n wait 5m\n host leave\n wait 20m", both());
    ends(Some(10), "host in\n wait 15m\n host leave\n wait 10m", both());
    ends(Some(10), "payer in\n wait 5m\n payer leave\n wait 20m", both());
    ends(None, "host in\n wait 1m\n host leave\n wait 720h", both());
    let host = expect![["status             -> NoShow(Host)\n"]];
    ends(Some(10), "payer in\n wait 15m\n payer leave\n wait 10m", host);
    let payer = expect![["status             -> NoShow(Payer)\n"]];
    let missed = "payer in\n wait 12m\n payer leave\n wait 1m\n host in\n wait 1m\n host leave\n wait 11m";
    ends(Some(10), missed, payer);
}

#[test]
fn what_was_sold_moves_with_the_plan_and_may_be_called_off() {
    check(
        on_plan(hour()),
        Some(10),
        "consent
         checkout
         captured p0
         payer in
         wait 15m
         move 30m
         wait 10m
         host in
         wait 10m
         books
         wait 1h",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            captured p0        -> captured p0, confirmed
            payer in           -> payer came
            wait 15m           -> nothing
            move 30m           -> moved to 30m, [mail moved]
            wait 10m           -> nothing
            host in            -> host came
            wait 10m           -> began until 90m at 30m
            books              -> processor_clearing 60.00 EUR, deferred -60.00 EUR
            wait 1h            -> 5m left at 85m, 1m left at 89m, closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR) at 90m, [mail receipt]
        "#]],
    );
    check(
        hour(),
        Some(10),
        "consent
         checkout
         captured p0
         move 60m
         cancel by payer
         books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            captured p0        -> captured p0, confirmed
            move 60m           -> moved to 60m, [mail moved]
            cancel by payer    -> closed (Cancelled { by: Payer }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
            books              ->
        "#]],
    );
    check(
        hour(),
        Some(10),
        "consent
         checkout
         captured p0
         move 30m
         host in
         ...
         wait 45m",
        expect![[r#"
            wait 45m           -> closed (NoShow(Payer), 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [refund 60.00 EUR of p0], [mail receipt]
        "#]],
    );
    check(
        hour(),
        Some(10),
        "consent
         checkout
         move off
         captured p0
         books",
        expect![[r#"
            consent            -> consented
            checkout           -> checkout p0 for 60.00 EUR
            move off           -> closed (Cancelled { by: Host }, 0m, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR), [end checkout p0]
            captured p0        -> sent back 60.00 EUR of p0, [refund 60.00 EUR of p0], [mail refunded]
            books              ->
        "#]],
    );
}

#[test]
fn an_overrun_follows_its_rule() {
    let free = wait(3);
    check(
        Wishes { overrun: Overrun::RunOn { free }, ..hour() },
        None,
        &met("wait 1h\n wait 2m\n wait 1m"),
        expect![[r#"
            wait 1h            -> 5m left at 55m, 1m left at 59m, paid time over
            wait 2m            -> nothing
            wait 1m            -> closed (Completed, 60m, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
        "#]],
    );
    check(
        extendable(),
        None,
        &met("wait 1h\n wait 1m\n extend\n captured p1\n wait 10m\n wait 2m\n books"),
        expect![[r#"
            wait 1h            -> 5m left at 55m, 1m left at 59m, paid time over
            wait 1m            -> nothing
            extend             -> checkout p1 for 10.00 EUR
            captured p1        -> captured p1, extended
            wait 10m           -> 5m left at 66m, 1m left at 70m, paid time over
            wait 2m            -> closed (Completed, 70m, owed 70.00 EUR, host 63.00 EUR, fee 7.00 EUR, due 0.00 EUR), [mail receipt]
            books              -> processor_clearing 70.00 EUR, host_payable -63.00 EUR, platform_fee -7.00 EUR
        "#]],
    );
}

#[test]
fn a_host_has_to_be_there_while_the_payer_may_come_back() {
    check(
        hour(),
        None,
        &met("wait 30m\n payer drop\n wait 1m\n host leave\n wait 2m"),
        expect![[r#"
        wait 30m           -> nothing
        payer drop         -> payer dropped, paused
        wait 1m            -> nothing
        host leave         -> host left
        wait 2m            -> closed (Aborted(Host), 30m, owed 31.00 EUR, host 27.90 EUR, fee 3.10 EUR, due 0.00 EUR), [refund 29.00 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        hour(),
        None,
        &met("wait 30m\n payer drop\n wait 1m\n host drop\n wait 2m"),
        expect![[r#"
        wait 30m           -> nothing
        payer drop         -> payer dropped, paused
        wait 1m            -> nothing
        host drop          -> host dropped
        wait 2m            -> closed (Aborted(Outage), 30m, owed 31.00 EUR, host 27.90 EUR, fee 3.10 EUR, due 0.00 EUR), [refund 29.00 EUR of p0], [mail receipt]
    "#]],
    );
}

#[test]
fn a_payer_who_comes_at_the_last_moment_has_used_the_slot() {
    let paid = "consent\n checkout\n captured p0\n host in\n wait 55m\n ...\n";
    let wishes = Wishes { no_show: NoShow { wait: wait(120), ..hour().no_show }, ..on_plan(hour()) };
    check(
        wishes.clone(),
        Some(0),
        &format!("{paid} payer in\n wait 30s\n end by host"),
        expect![[r#"
        payer in           -> payer came, began until 60m
        wait 30s           -> nothing
        end by host        -> closed (Aborted(Host), 0m30s, owed 55.50 EUR, host 49.95 EUR, fee 5.55 EUR, due 0.00 EUR), [refund 4.50 EUR of p0], [mail receipt]
    "#]],
    );
    check(
        wishes,
        Some(0),
        &format!("{paid} wait 4m\n payer in\n wait 30s\n end by host"),
        expect![[r#"
        wait 4m            -> nothing
        payer in           -> payer came, began until 60m
        wait 30s           -> nothing
        end by host        -> closed (Completed, 0m30s, owed 60.00 EUR, host 54.00 EUR, fee 6.00 EUR, due 0.00 EUR), [mail receipt]
    "#]],
    );
}

#[test]
fn a_slot_that_had_hardly_begun_is_not_owed_at_its_end_either() {
    let short = |minutes| Wishes::plain(Access::Fixed { price: price("60"), length: length(minutes) });
    let leaves = "wait 5s\n host leave\n wait 2m";
    check(
        short(2),
        None,
        &met(leaves),
        expect![[r#"
        wait 5s            -> nothing
        host leave         -> host left, paused
        wait 2m            -> 1m left at 1m, closed (Aborted(Host), 0m5s, owed 0.00 EUR, host 0.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 2m, [refund 60.00 EUR of p0], [mail receipt]
    "#]],
    );
    let later = "wait 65s\n host leave\n wait 2m";
    check(
        short(2),
        None,
        &met(later),
        expect![[r#"
        wait 65s           -> 1m left at 1m
        host leave         -> host left, paused
        wait 2m            -> closed (Completed, 1m5s, owed 60.00 EUR, host 60.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 2m, [mail receipt]
    "#]],
    );
    check(
        short(2),
        None,
        &met("wait 5s\n payer leave\n wait 2m"),
        expect![[r#"
        wait 5s            -> nothing
        payer leave        -> payer left, paused
        wait 2m            -> 1m left at 1m, closed (Completed, 0m5s, owed 60.00 EUR, host 60.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 2m, [mail receipt]
    "#]],
    );
    let run_on = Wishes { overrun: Overrun::RunOn { free: wait(3) }, ..short(2) };
    check(
        run_on,
        None,
        &met("wait 2m\n wait 100s\n host leave\n wait 2m"),
        expect![[r#"
        wait 2m            -> 1m left at 1m, paid time over
        wait 100s          -> nothing
        host leave         -> host left, paused
        wait 2m            -> closed (Completed, 2m, owed 60.00 EUR, host 60.00 EUR, fee 0.00 EUR, due 0.00 EUR) at 5m, [mail receipt]
    "#]],
    );
}

#[test]
fn free_time_counts_down_over_the_whole_session() {
    let run_on = |wishes| Wishes { overrun: Overrun::RunOn { free: wait(3) }, ..wishes };
    let twice = "wait 62m\n extend\n captured p1\n wait 10m\n wait 1m\n extend\n captured p2\n wait 11m";
    check(
        run_on(extendable()),
        None,
        &met(twice),
        expect![[r#"
        wait 62m           -> 5m left at 55m, 1m left at 59m, paid time over at 60m
        extend             -> checkout p1 for 10.00 EUR
        captured p1        -> captured p1, extended
        wait 10m           -> 5m left at 67m, 1m left at 71m, paid time over
        wait 1m            -> closed (Completed, 70m, owed 70.00 EUR, host 63.00 EUR, fee 7.00 EUR, due 0.00 EUR), [mail receipt]
        extend             -> refused: the session is over
        captured p2        -> refused: the session knows no such payment
        wait 11m           -> nothing
    "#]],
    );
    let extended = "wait 61m\n extend\n captured p1\n wait 12m\n books";
    check(
        run_on(extendable()),
        None,
        &met(extended),
        expect![[r#"
        wait 61m           -> 5m left at 55m, 1m left at 59m, paid time over at 60m
        extend             -> checkout p1 for 10.00 EUR
        captured p1        -> captured p1, extended
        wait 12m           -> 5m left at 66m, 1m left at 70m, paid time over at 71m, closed (Completed, 70m, owed 70.00 EUR, host 63.00 EUR, fee 7.00 EUR, due 0.00 EUR), [mail receipt]
        books              -> processor_clearing 70.00 EUR, host_payable -63.00 EUR, platform_fee -7.00 EUR
    "#]],
    );
    let meet = "consent\n minutes 5m\n host in\n payer in\n ...\n";
    let topped_up = "wait 7m\n minutes 59s\n minutes 5m\n minutes 0s\n wait 5m\n wait 1m";
    check(
        run_on(minutes()),
        None,
        &format!("{meet}{topped_up}"),
        expect![[r#"
        wait 7m            -> 1m left at 4m, paid time over at 5m
        minutes 59s        -> refused: there are not enough minutes left
        minutes 5m         -> reserved 5m
        minutes 0s         -> nothing
        wait 5m            -> 1m left at 11m, paid time over
        wait 1m            -> closed (Completed, used 10m, returned 0m), [mail receipt]
    "#]],
    );
}

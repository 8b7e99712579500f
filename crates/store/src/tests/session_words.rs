//! What stands in `session_events` and `session_orders`, word for word: rows of today are read for ever.

use super::participant;
use domain::session::{
    Absent, Act, Answerable, Bill, Clock, Departure, DisputeNews, Ending, Event, Fault, Instruction, Letter,
    MoneyBill, Move, Party, Purpose, RefundPart, Release, Rules, Settlement, Split, Warned, What,
};
use expect_test::expect;
use model::{Currency, MerchantId, Money, PaymentId, RefundId, TermsDigest, UnixMillis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

const PAYMENT: PaymentId = PaymentId::from_bits(5);
const REFUND: RefundId = RefundId::from_bits(6);

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("the euro is known"))
}

fn split() -> Split {
    Split { host: euro(9), fee: euro(1) }
}

/// Writes each value, and reads it back as it was.
fn written<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T]) -> String {
    let line = |value: &T| {
        let text = serde_json::to_string(value).expect("it is plain data");
        assert_eq!(&serde_json::from_str::<T>(&text).expect("it is read back"), value);
        text + "\n"
    };
    values.iter().map(line).collect()
}

fn payments() -> Vec<What> {
    vec![
        What::Consented { terms: TermsDigest([7; 32]) },
        What::CheckoutStarted {
            payment: PAYMENT,
            purpose: Purpose::Entry,
            amount: euro(10),
            until: UnixMillis(9),
            merchant: None,
        },
        What::CheckoutStarted {
            payment: PAYMENT,
            purpose: Purpose::Bill,
            amount: euro(10),
            until: UnixMillis(9),
            merchant: Some(MerchantId::from_bits(6)),
        },
        What::Declined { payment: PAYMENT },
        What::CheckoutEnded { payment: PAYMENT, by_us: true },
        What::HoldPlaced { payment: PAYMENT },
        What::HoldRefused { payment: PAYMENT },
        What::HoldTaken { payment: PAYMENT },
        What::Captured { payment: PAYMENT },
        What::CaptureConfirmed { payment: PAYMENT },
        What::CaptureFailed { payment: PAYMENT },
        What::SentBack { payment: PAYMENT, amount: euro(10) },
        What::BillPaid { payment: PAYMENT },
        What::Forgiven { by: Party::Operator },
        What::Reserved { millis: 60_000 },
        What::Confirmed,
        What::Moved { to: Some(UnixMillis(9)) },
        What::Moved { to: None },
    ]
}

fn sitting() -> Vec<What> {
    let bo = participant(2);
    vec![
        What::Entered { party: Party::Payer, participant: bo },
        What::Gone { party: Party::Host, participant: bo, how: Departure::Dropped },
        What::Gone { party: Party::Host, participant: bo, how: Departure::Left },
        What::Revived { last_alive: UnixMillis(8) },
        What::Began { clock: Clock::Slot { from: UnixMillis(1), ends: UnixMillis(2) } },
        What::Began { clock: Clock::Open },
        What::Began { clock: Clock::Minutes },
        What::Began { clock: Clock::Overrun { since: UnixMillis(1) } },
        What::Paused,
        What::Resumed,
        What::Warned { warned: Warned::FiveMinutes },
        What::Warned { warned: Warned::OneMinute },
        What::PaidTimeOver,
        What::Extended,
    ]
}

fn endings() -> Vec<What> {
    let moved = |act| Move { payment: PAYMENT, act };
    let moves = vec![
        moved(Act::Divide { kept: split(), refund: euro(2) }),
        moved(Act::Capture { kept: split() }),
        moved(Act::LetGo),
        moved(Act::Freeze { keep: euro(3) }),
    ];
    let money = MoneyBill {
        owed: euro(1),
        captured: euro(2),
        refunded: euro(3),
        kept: split(),
        frozen: euro(4),
        due: euro(5),
        moves,
    };
    let closed = |ending, bill| {
        let settlement = Box::new(Settlement { attended_ms: 60_000, bill });
        What::Closed { ending, settlement }
    };
    vec![
        closed(Ending::Completed, Bill::Money(money)),
        closed(Ending::Expired, Bill::Free),
        closed(Ending::Cancelled { by: Party::Host }, Bill::Minutes { used_ms: 1, returned_ms: 2 }),
        closed(Ending::NoShow(Absent::Host), Bill::Free),
        closed(Ending::NoShow(Absent::Payer), Bill::Free),
        closed(Ending::NoShow(Absent::Both), Bill::Free),
        closed(Ending::Aborted(Fault::Outage), Bill::Free),
    ]
}

fn aftermath() -> Vec<What> {
    let parts = vec![RefundPart { payment: PAYMENT, amount: euro(2), from_fee: euro(1) }];
    let release = Some(Release { kept: split(), refund: euro(1) });
    vec![
        What::Refunded { refund: REFUND, by: Party::Host, parts },
        What::MinutesReturned { refund: REFUND, by: Party::Host, millis: 5 },
        What::DisputeOpened { payment: PAYMENT, amount: euro(2) },
        What::DisputeWon { payment: PAYMENT, amount: euro(2), release },
        What::DisputeLost { payment: PAYMENT, amount: euro(2), forgone: euro(1), release: None },
    ]
}

#[test]
fn events_are_written_so() {
    let whats = [payments(), sitting(), endings(), aftermath()].concat();
    let events: Vec<Event> =
        whats.into_iter().map(|what| Event { at: UnixMillis(7), rules: Rules::NEWEST, what }).collect();
    expect![[r#"
        {"at":7,"rules":3,"what":{"consented":{"terms":"0707070707070707070707070707070707070707070707070707070707070707"}}}
        {"at":7,"rules":3,"what":{"checkout_started":{"payment":"00000000000000000000000000000005","purpose":"entry","amount":{"minor":10,"currency":"EUR"},"until":9}}}
        {"at":7,"rules":3,"what":{"checkout_started":{"payment":"00000000000000000000000000000005","purpose":"bill","amount":{"minor":10,"currency":"EUR"},"until":9,"merchant":"00000000000000000000000000000006"}}}
        {"at":7,"rules":3,"what":{"declined":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"checkout_ended":{"payment":"00000000000000000000000000000005","by_us":true}}}
        {"at":7,"rules":3,"what":{"hold_placed":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"hold_refused":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"hold_taken":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"captured":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"capture_confirmed":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"capture_failed":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"sent_back":{"payment":"00000000000000000000000000000005","amount":{"minor":10,"currency":"EUR"}}}}
        {"at":7,"rules":3,"what":{"bill_paid":{"payment":"00000000000000000000000000000005"}}}
        {"at":7,"rules":3,"what":{"forgiven":{"by":"operator"}}}
        {"at":7,"rules":3,"what":{"reserved":{"millis":60000}}}
        {"at":7,"rules":3,"what":"confirmed"}
        {"at":7,"rules":3,"what":{"moved":{"to":9}}}
        {"at":7,"rules":3,"what":{"moved":{"to":null}}}
        {"at":7,"rules":3,"what":{"entered":{"party":"payer","participant":"00000000000000000000000000000002"}}}
        {"at":7,"rules":3,"what":{"gone":{"party":"host","participant":"00000000000000000000000000000002","how":"dropped"}}}
        {"at":7,"rules":3,"what":{"gone":{"party":"host","participant":"00000000000000000000000000000002","how":"left"}}}
        {"at":7,"rules":3,"what":{"revived":{"last_alive":8}}}
        {"at":7,"rules":3,"what":{"began":{"clock":{"slot":{"from":1,"ends":2}}}}}
        {"at":7,"rules":3,"what":{"began":{"clock":"open"}}}
        {"at":7,"rules":3,"what":{"began":{"clock":"minutes"}}}
        {"at":7,"rules":3,"what":{"began":{"clock":{"overrun":{"since":1}}}}}
        {"at":7,"rules":3,"what":"paused"}
        {"at":7,"rules":3,"what":"resumed"}
        {"at":7,"rules":3,"what":{"warned":{"warned":"five_minutes"}}}
        {"at":7,"rules":3,"what":{"warned":{"warned":"one_minute"}}}
        {"at":7,"rules":3,"what":"paid_time_over"}
        {"at":7,"rules":3,"what":"extended"}
        {"at":7,"rules":3,"what":{"closed":{"ending":"completed","settlement":{"attended_ms":60000,"bill":{"money":{"owed":{"minor":1,"currency":"EUR"},"captured":{"minor":2,"currency":"EUR"},"refunded":{"minor":3,"currency":"EUR"},"kept":{"host":{"minor":9,"currency":"EUR"},"fee":{"minor":1,"currency":"EUR"}},"frozen":{"minor":4,"currency":"EUR"},"due":{"minor":5,"currency":"EUR"},"moves":[{"payment":"00000000000000000000000000000005","act":{"divide":{"kept":{"host":{"minor":9,"currency":"EUR"},"fee":{"minor":1,"currency":"EUR"}},"refund":{"minor":2,"currency":"EUR"}}}},{"payment":"00000000000000000000000000000005","act":{"capture":{"kept":{"host":{"minor":9,"currency":"EUR"},"fee":{"minor":1,"currency":"EUR"}}}}},{"payment":"00000000000000000000000000000005","act":"let_go"},{"payment":"00000000000000000000000000000005","act":{"freeze":{"keep":{"minor":3,"currency":"EUR"}}}}]}}}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":"expired","settlement":{"attended_ms":60000,"bill":"free"}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":{"cancelled":{"by":"host"}},"settlement":{"attended_ms":60000,"bill":{"minutes":{"used_ms":1,"returned_ms":2}}}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":{"no_show":"host"},"settlement":{"attended_ms":60000,"bill":"free"}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":{"no_show":"payer"},"settlement":{"attended_ms":60000,"bill":"free"}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":{"no_show":"both"},"settlement":{"attended_ms":60000,"bill":"free"}}}}
        {"at":7,"rules":3,"what":{"closed":{"ending":{"aborted":"outage"},"settlement":{"attended_ms":60000,"bill":"free"}}}}
        {"at":7,"rules":3,"what":{"refunded":{"refund":"00000000000000000000000000000006","by":"host","parts":[{"payment":"00000000000000000000000000000005","amount":{"minor":2,"currency":"EUR"},"from_fee":{"minor":1,"currency":"EUR"}}]}}}
        {"at":7,"rules":3,"what":{"minutes_returned":{"refund":"00000000000000000000000000000006","by":"host","millis":5}}}
        {"at":7,"rules":3,"what":{"dispute_opened":{"payment":"00000000000000000000000000000005","amount":{"minor":2,"currency":"EUR"}}}}
        {"at":7,"rules":3,"what":{"dispute_won":{"payment":"00000000000000000000000000000005","amount":{"minor":2,"currency":"EUR"},"release":{"kept":{"host":{"minor":9,"currency":"EUR"},"fee":{"minor":1,"currency":"EUR"}},"refund":{"minor":1,"currency":"EUR"}}}}}
        {"at":7,"rules":3,"what":{"dispute_lost":{"payment":"00000000000000000000000000000005","amount":{"minor":2,"currency":"EUR"},"forgone":{"minor":1,"currency":"EUR"},"release":null}}}
    "#]].assert_eq(&written(&events));
}

#[test]
fn events_that_name_no_rules_are_of_the_first() {
    let read = |text: &str| serde_json::from_str::<Event>(text);
    let first = Event { at: UnixMillis(7), rules: Rules::One, what: What::Paused };
    assert_eq!(read(r#"{"at":7,"what":"paused"}"#).expect("it was written once"), first);
    for rules in Rules::ALL {
        let text = format!(r#"{{"at":7,"rules":{},"what":"paused"}}"#, rules.number());
        assert_eq!(read(&text).expect("it is known"), Event { rules, ..first.clone() });
    }
    let newer = format!(r#"{{"at":7,"rules":{},"what":"paused"}}"#, Rules::NEWEST.number() + 1);
    assert!(read(&newer).is_err(), "what newer rules mean is not guessed");
}

#[test]
fn orders_are_written_so() {
    let letters = [
        Letter::Receipt,
        Letter::Bill { due: euro(5) },
        Letter::Paid { amount: euro(5) },
        Letter::Refunded,
        Letter::Moved,
        Letter::HoldTaken,
        Letter::TakenEarly { amount: euro(5) },
        Letter::HoldGone { to: Party::Host, is_off: true },
        Letter::Dispute {
            payment: PAYMENT,
            amount: euro(5),
            news: DisputeNews::Opened,
            to: Answerable::Seller,
        },
        Letter::Dispute {
            payment: PAYMENT,
            amount: euro(5),
            news: DisputeNews::Won,
            to: Answerable::Operators,
        },
        Letter::Dispute {
            payment: PAYMENT,
            amount: euro(5),
            news: DisputeNews::Lost,
            to: Answerable::Operators,
        },
    ];
    let orders = [
        Instruction::Capture { payment: PAYMENT, amount: euro(5), fee: None },
        Instruction::Capture { payment: PAYMENT, amount: euro(5), fee: Some(euro(1)) },
        Instruction::VoidHold { payment: PAYMENT },
        Instruction::Refund { payment: PAYMENT, amount: euro(5) },
        Instruction::ReturnFee { payment: PAYMENT, amount: euro(5) },
        Instruction::EndCheckout { payment: PAYMENT },
    ];
    let all: Vec<_> = orders.into_iter().chain(letters.map(Instruction::Mail)).collect();
    expect![[r#"
        {"capture":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"}}}
        {"capture":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"},"fee":{"minor":1,"currency":"EUR"}}}
        {"void_hold":{"payment":"00000000000000000000000000000005"}}
        {"refund":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"}}}
        {"return_fee":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"}}}
        {"end_checkout":{"payment":"00000000000000000000000000000005"}}
        {"mail":"receipt"}
        {"mail":{"bill":{"due":{"minor":5,"currency":"EUR"}}}}
        {"mail":{"paid":{"amount":{"minor":5,"currency":"EUR"}}}}
        {"mail":"refunded"}
        {"mail":"moved"}
        {"mail":"hold_taken"}
        {"mail":{"taken_early":{"amount":{"minor":5,"currency":"EUR"}}}}
        {"mail":{"hold_gone":{"to":"host","is_off":true}}}
        {"mail":{"dispute":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"},"news":"opened","to":"seller"}}}
        {"mail":{"dispute":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"},"news":"won","to":"operators"}}}
        {"mail":{"dispute":{"payment":"00000000000000000000000000000005","amount":{"minor":5,"currency":"EUR"},"news":"lost","to":"operators"}}}
    "#]]
    .assert_eq(&written(&all));
}

//! English, for what costs something.

use crate::words::pay::{Pay, Price};

pub(super) const PAY: Pay = Pay {
    title: "This call has a price",
    terms: "What you agree to",
    agree: "Agree and go on",
    agree_and_pay: "Agree and pay {amount}",
    pay: "Pay {amount}",
    awaiting: "You have agreed, and the payment is not here yet. You have until {time}. If you have just paid, this page moves on by itself.",
    test: "This server tries payments out: no money moves.",
    test_title: "Test payment",
    test_text: "No money moves here. Choose what should happen.",
    test_pay: "Pay {amount}",
    test_decline: "Have the card declined",
    test_cancel: "Cancel and go back",
    test_declined: "The card was declined. Nothing was paid; you can try again.",
    test_over: "This payment is over.",
    back: "Back to the room",
    not_sold: "Nothing of this kind can be sold on this server.",
    other_terms: "The price or its terms have changed. Please read them again before you agree.",
    nothing_to_pay: "There is nothing to pay just now.",
    processor_away: "The payment service could not be reached. Nothing was paid. Please try again in a moment.",
    unpaid: "This call has a price, and it is not paid.",
    time_waits: "Paid time has not begun",
    time_runs: "Paid time runs",
    time_on_hold: "Paid time is on hold",
};

pub(super) const PRICE: Price = Price {
    heading: "Price",
    hint: "Who is not a host pays before they come in, and reads the terms first. What somebody has agreed to stays as it was.",
    kind: "Coming in",
    free: "Is free",
    fixed: "Costs so much for a fixed time",
    per_call: "Costs so much for a call",
    amount: "Amount",
    amount_hint: "For example 50.00",
    currency: "Currency",
    minutes: "Minutes",
    minutes_hint: "How long it lasts for that: 1 to 1440",
    amount_wrong: "This is no amount in that currency.",
    minutes_wrong: "Please enter minutes from 1 to 1440.",
    test_note: "This server tries payments out: its checkout is marked as a test, and no money moves.",
    none_note: "This server takes no payments. Whoever runs it can turn them on in its settings.",
    rest: "Guests can cancel free of charge up to 24 hours before a planned time, and get everything back if the host does not come within 15 minutes.",
};

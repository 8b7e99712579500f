//! Deutsch, für das, was etwas kostet.

use crate::words::pay::{Pay, Price};

pub(super) const PAY: Pay = Pay {
    title: "Dieses Gespräch hat einen Preis",
    terms: "Dem stimmen Sie zu (auf Englisch)",
    agree: "Zustimmen und weiter",
    agree_and_pay: "Zustimmen und {amount} zahlen",
    pay: "{amount} zahlen",
    awaiting: "Sie haben zugestimmt, und die Zahlung ist noch nicht da. Sie haben Zeit bis {time}. Falls Sie gerade gezahlt haben, geht es hier von selbst weiter.",
    test: "Dieser Server probiert Zahlungen nur aus: Es fließt kein Geld.",
    test_title: "Testzahlung",
    test_text: "Hier fließt kein Geld. Wählen Sie, was geschehen soll.",
    test_pay: "{amount} zahlen",
    test_decline: "Die Karte ablehnen lassen",
    test_cancel: "Abbrechen und zurück",
    test_declined: "Die Karte wurde abgelehnt. Es wurde nichts gezahlt; Sie können es noch einmal versuchen.",
    test_over: "Diese Zahlung ist vorbei.",
    back: "Zurück zum Raum",
    not_sold: "So etwas kann auf diesem Server nicht verkauft werden.",
    other_terms: "Der Preis oder seine Bedingungen haben sich geändert. Bitte lesen Sie sie noch einmal, bevor Sie zustimmen.",
    nothing_to_pay: "Gerade gibt es nichts zu zahlen.",
    processor_away: "Der Zahlungsdienst war nicht zu erreichen. Es wurde nichts gezahlt. Bitte versuchen Sie es gleich noch einmal.",
    unpaid: "Dieses Gespräch hat einen Preis, und er ist nicht gezahlt.",
    time_waits: "Bezahlte Zeit hat nicht begonnen",
    time_runs: "Bezahlte Zeit läuft",
    time_on_hold: "Bezahlte Zeit ruht",
};

pub(super) const PRICE: Price = Price {
    heading: "Preis",
    hint: "Wer nicht Gastgeber ist, zahlt vor dem Eintreten und liest vorher die Bedingungen. Wem jemand zugestimmt hat, das bleibt, wie es war.",
    kind: "Das Eintreten",
    free: "Ist frei",
    fixed: "Kostet so viel für eine feste Zeit",
    per_call: "Kostet so viel für ein Gespräch",
    amount: "Betrag",
    amount_hint: "Zum Beispiel 50.00",
    currency: "Währung",
    minutes: "Minuten",
    minutes_hint: "Wie lange es dafür dauert: 1 bis 1440",
    amount_wrong: "Das ist kein Betrag in dieser Währung.",
    minutes_wrong: "Bitte geben Sie 1 bis 1440 Minuten ein.",
    test_note: "Dieser Server probiert Zahlungen nur aus: Seine Kasse ist als Test gekennzeichnet, und es fließt kein Geld.",
    none_note: "Dieser Server nimmt keine Zahlungen an. Wer ihn betreibt, kann sie in seinen Einstellungen einschalten.",
    rest: "Gäste können bis 24 Stunden vor einer geplanten Zeit kostenlos absagen und bekommen alles zurück, wenn der Gastgeber nicht binnen 15 Minuten kommt.",
};

//! Words for what is known: states, endings, payments, times and spans.

use super::html::Html;
use model::statement::{Sentence, in_language};
use model::{Money, UnixMillis};
use service::rooms::papers::{
    Absent, Dispute, Ending, Fault, Left, Paid, Paper, Party, PaymentState, Purpose, Share, Why,
};
use ui::words::papers::Papers;
use ui::{UtcMoment, Words};

/// A moment, to the second for people and to the millisecond for machines.
pub fn moment(at: UnixMillis) -> Html {
    Html::new().raw("<time datetime=\"").text(&machine(at)).raw("\">").text(&plain(at)).raw("</time>")
}

/// A moment as text.
pub fn plain(at: UnixMillis) -> String {
    let (utc, second) = (UtcMoment::of(at), at.0.rem_euclid(60_000) / 1_000);
    format!("{} {}:{second:02} UTC", utc.day(), utc.time())
}

/// A moment for machines (ISO 8601).
pub fn machine(at: UnixMillis) -> String {
    let (utc, millis) = (UtcMoment::of(at), at.0.rem_euclid(60_000));
    format!("{}T{}:{:02}.{:03}Z", utc.day(), utc.time(), millis / 1_000, millis % 1_000)
}

/// How long something was, in hours, minutes and seconds.
pub fn span(words: &Papers, millis: i64) -> String {
    let (seconds, course) = (millis.max(0) / 1_000, &words.course);
    let parts = [
        (seconds / 3_600, course.hours),
        (seconds / 60 % 60, course.minutes),
        (seconds % 60, course.seconds),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(2);
    let parts = parts[first..].iter().map(|(count, unit)| format!("{count} {unit}"));
    parts.collect::<Vec<_>>().join(" ")
}

/// An amount, if it is worth a line.
pub fn unless_zero(amount: Money) -> Option<Html> {
    (!amount.is_zero()).then(|| money(amount))
}

/// An amount with its currency.
pub fn money(amount: Money) -> Html {
    Html::new().text(&amount.to_string())
}

/// What links to signing in are called.
pub fn sign_in(words: &Papers) -> &'static str {
    Words::of(words.lang).account.sign_in
}

/// What somebody is called who has no name here.
pub fn name<'a>(words: &Papers, name: Option<&'a String>) -> &'a str {
    name.map_or(words.receipt.somebody, String::as_str)
}

/// A session's status, by its word.
pub fn status(words: &Papers, status: &str) -> &'static str {
    let states = &words.states;
    match status {
        "offered" => states.offered,
        "awaiting_payment" => states.awaiting_payment,
        "confirmed" => states.confirmed,
        "lobby" => states.lobby,
        "live" => states.live,
        "grace" => states.grace,
        "closed" => states.closed,
        "expired" => states.expired,
        "cancelled" => states.cancelled,
        "no_show_host" => states.no_show_host,
        "no_show_payer" => states.no_show_payer,
        "no_show_both" => states.no_show_both,
        "aborted" => states.aborted,
        "refunded" => states.refunded,
        "disputed" => states.disputed,
        "dispute_won" => states.dispute_won,
        "dispute_lost" => states.dispute_lost,
        _ => states.settled,
    }
}

/// A purchase's status, by its word.
pub fn pack_status(words: &Papers, status: &str) -> &'static str {
    match status {
        "asked" => words.money.asked,
        "over" => words.money.void,
        "sold_back" => words.packs.status_sold_back,
        "disputed" => words.states.disputed,
        "dispute_won" => words.states.dispute_won,
        "dispute_lost" => words.states.dispute_lost,
        _ => words.money.taken,
    }
}

/// How a session came to its end.
pub fn ending(words: &Papers, ending: Ending) -> &'static str {
    let endings = &words.endings;
    match ending {
        Ending::Expired => endings.expired,
        Ending::Cancelled { by: Party::Host } => endings.cancelled_host,
        Ending::Cancelled { by: Party::Payer } => endings.cancelled_payer,
        Ending::Cancelled { by: Party::Operator } => endings.cancelled_operator,
        Ending::NoShow(Absent::Host) => endings.no_show_host,
        Ending::NoShow(Absent::Payer) => endings.no_show_payer,
        Ending::NoShow(Absent::Both) => endings.no_show_both,
        Ending::Completed => endings.completed,
        Ending::Aborted(Fault::Host) => endings.aborted_host,
        Ending::Aborted(Fault::Payer) => endings.aborted_payer,
        Ending::Aborted(Fault::Outage) => endings.aborted_outage,
    }
}

/// Host or payer, with the name as far as it is known.
pub fn party(words: &Papers, paper: &Paper, party: Party) -> String {
    let (role, name) = match party {
        Party::Host | Party::Operator => (words.course.host, &paper.host),
        Party::Payer => (words.course.payer, &paper.payer),
    };
    name.as_ref().map_or_else(|| role.to_owned(), |name| format!("{name} ({role})"))
}

/// How a stay ended.
pub const fn left(words: &Papers, left: Left) -> &'static str {
    match left {
        Left::Dropped => words.course.dropped,
        Left::Left => words.course.left,
        Left::Over => words.course.over,
        Left::Outage => words.course.outage,
    }
}

/// What a payment is for.
pub const fn purpose(words: &Papers, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Entry => words.money.entry,
        Purpose::Extension => words.money.extension,
        Purpose::Bill => words.money.bill,
    }
}

/// Where a payment is.
pub const fn payment(words: &Papers, paid: &Paid) -> &'static str {
    let money = &words.money;
    match paid.payment.state {
        PaymentState::Asked { .. } => money.asked,
        PaymentState::Void => money.void,
        PaymentState::LetGo => money.let_go,
        PaymentState::Held => money.ready,
        PaymentState::Taken(takings) => match (takings.dispute, takings.share) {
            (Dispute::Open { .. }, _) => money.dispute_open,
            (Dispute::Won, _) => money.dispute_won,
            (Dispute::Lost { .. }, _) => money.dispute_lost,
            (Dispute::None, Share::SentBack) => money.sent_back,
            (Dispute::None, Share::Frozen { .. }) => money.frozen,
            (Dispute::None, Share::Deferred | Share::Earned { .. }) if takings.is_promised => money.promised,
            (Dispute::None, Share::Deferred | Share::Earned { .. }) => money.taken,
        },
    }
}

/// Why money went back.
pub const fn why(words: &Papers, why: Why) -> &'static str {
    match why {
        Why::By(Party::Host | Party::Payer) => words.money.by_host,
        Why::By(Party::Operator) => words.money.by_operator,
        Why::Closing => words.money.closing,
        Why::NotNeeded => words.money.not_needed,
        Why::Dispute => words.money.dispute,
    }
}

/// Terms, a sentence each.
pub fn sentences<'a>(lang: &str, sentences: impl Iterator<Item = &'a str>) -> Html {
    let lines = sentences.map(|sentence| Html::new().raw("<li>").text(sentence).raw("</li>"));
    Html::new().raw("<ul class=\"terms\" lang=\"").text(lang).raw("\">").all(lines).raw("</ul>")
}

/// The words that are kept, a press away from what says the same.
pub fn wording(words: &Papers, sentences: Html) -> Html {
    let heading = Words::of(words.lang).pay.wording;
    Html::new().raw("<details><summary>").text(heading).raw("</summary>").add(sentences).raw("</details>")
}

/// Sentences in the reader's language.
pub fn said(words: &Papers, said: &[Sentence]) -> Html {
    match in_language(said, words.lang) {
        Some(translated) => sentences(words.lang, translated.iter().map(String::as_str)),
        None => {
            let english: Vec<_> = said.iter().map(ToString::to_string).collect();
            sentences("en", english.iter().map(String::as_str))
        }
    }
}

/// What was agreed to: in the reader's language, with the words that were kept a press away. What was said
/// otherwise then than it is said now is known in those words alone.
pub fn kept(words: &Papers, kept: &str, (today, canonical): (&[Sentence], &str)) -> Html {
    // The first line names the form of the text.
    let wording = sentences("en", kept.lines().skip(1));
    match canonical == kept && in_language(today, words.lang).is_some() {
        true => said(words, today).add(self::wording(words, wording)),
        false => {
            let note = Html::new().raw("<p class=\"hint\">").text(words.receipt.said_otherwise).raw("</p>");
            note.add(wording)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_words_that_are_not_said_so_today_the_reader_hears_in_their_language() {
        let words = Papers::of("de");
        let old = kept(words, "form 1\nIt costs 9 francs.\n", (&[], "form 2\nIt costs 9 CHF.\n")).finish();
        assert!(old.contains(words.receipt.said_otherwise) && old.contains("It costs 9 francs."), "{old}");
        let same = "form 2\nIt costs 9 CHF.\n";
        assert!(!kept(words, same, (&[], same)).finish().contains(words.receipt.said_otherwise));
    }

    #[test]
    fn moments_and_spans_are_told() {
        let at = UnixMillis(1_795_276_867_089);
        assert_eq!(machine(at), "2026-11-21T16:01:07.089Z");
        assert_eq!(plain(at), "2026-11-21 16:01:07 UTC");
        let told = |millis| span(Papers::of("en"), millis);
        assert_eq!([told(0), told(61_999), told(3_600_000)], ["0 s", "1 min 1 s", "1 h 0 min 0 s"]);
    }
}

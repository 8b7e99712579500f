//! What the processor said and was not taken: about which payment, and why.

use super::html::{Html, code, terms, text};
use super::operator::{WORDS, deal_link, framed};
use super::said::{self, moment};
use service::rooms::books::RefusedLine;
use ui::words::filled;
use ui::words::operator::Operator;
use ui::words::papers::Papers;

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn refused(preferred: &str, lines: &[RefusedLine], is_seen_now: bool) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let told = is_seen_now
        .then(|| Html::new().raw("<p class=\"note good\" role=\"status\">").text(said.was_seen).raw("</p>"));
    let body = Html::new().all(told).raw("<p class=\"lead\">").text(said.words_lead).raw("</p>");
    let body = match lines {
        [] => body.raw("<div class=\"empty\">").p(said.empty_words).raw("</div>"),
        lines => body.all(lines.iter().map(|line| one(words, line))),
    };
    framed(words, said.words, WORDS, body)
}

/// One word, with the press by which it is seen.
fn one(words: &Papers, line: &RefusedLine) -> Html {
    let (said, word) = (&words.operator, &line.word);
    let payment = word.about.map(|(payment, _)| payment.to_hex()).unwrap_or_default();
    let facts = terms(
        "facts",
        [
            (said.why, Some(text(why(said, &word.why)))),
            (said.amount, word.amount.map(said::money)),
            (said.session, word.about.map(|(_, deal)| deal_link(words, deal))),
            (words.money.payments, word.about.map(|_| code(&payment))),
            (said.first_at, Some(moment(line.first_at))),
            (said.last_at, Some(moment(line.last_at))),
            (said.times, Some(text(&line.times.to_string()))),
            (said.seen, line.is_seen.then(|| text(said.is_seen))),
        ],
    );
    let section = Html::new().raw("<section>").h2(&heading(said, &word.said)).add(facts);
    if line.is_seen {
        return section.raw("</section>");
    }
    section
        .raw("<form method=\"post\" action=\"")
        .raw(WORDS)
        .raw("\">")
        .hidden("payment", &payment)
        .hidden("said", &word.said)
        .hidden("why", &word.why)
        .raw("<button>")
        .text(said.see)
        .raw("</button></form></section>")
}

fn heading(words: &Operator, said: &str) -> String {
    let known = match said {
        "paid" => words.word_paid,
        "held" => words.word_held,
        "declined" => words.word_declined,
        "ended" => words.word_ended,
        "dispute_opened" => words.word_dispute_opened,
        "dispute_won" => words.word_dispute_won,
        "dispute_lost" => words.word_dispute_lost,
        "dispute" => words.word_dispute,
        "refund_failed" => words.word_refund_failed,
        "silence" => words.word_silence,
        kind => return filled(words.word_unreadable, &[("name", kind)]),
    };
    known.to_owned()
}

fn why(words: &Operator, why: &str) -> &'static str {
    match why {
        "other_currency" => words.why_other_currency,
        "other_account" => words.why_other_account,
        "account_closed" => words.why_account_closed,
        "other_amount" => words.why_other_amount,
        "too_much" => words.why_too_much,
        "too_many" => words.why_too_many,
        "unreadable" => words.why_unreadable,
        _ => words.why_does_not_fit,
    }
}

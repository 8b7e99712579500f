//! Everything that is known of one session in one file, which needs nothing but itself.
//!
//! The words around it are in the reader's language; what happened stands in it as it was saved.

use super::frame::{file, test_note};
use super::html::{Html, code, table, terms, text};
use super::receipt::{course, facts, payments, sums};
use super::said::{machine, moment};
use model::UnixMillis;
use service::rooms::papers::{OrderLine, Paper};
use ui::words::papers::Papers;

/// One line of the file: when something was, and what, as it was saved.
pub struct Saved {
    pub at: UnixMillis,
    pub words: String,
}

/// The file, in the language that a browser prefers (`Accept-Language`).
pub fn evidence(preferred: &str, paper: &Paper, events: &[Saved], orders: &[Saved]) -> String {
    let words = Papers::of(preferred);
    let said = &words.evidence;
    let attended = format!("{} ms", paper.session.tally.attended_ms);
    let entitled = match paper.entitled_at() {
        Some(at) => Html::new().text(&machine(at)),
        None => text(said.not_entitled),
    };
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .add(facts(words, paper))
        .add(terms(
            "",
            [
                (said.entitled, Some(entitled)),
                (said.millis, Some(text(&attended))),
                (said.written, Some(moment(paper.at))),
            ],
        ))
        .raw("</section>")
        .add(policy(words, &paper.terms, (&paper.session.terms.to_hex(), paper.consented_at())))
        .add(course(words, paper))
        .add(payments(words, paper))
        .add(sums(words, paper))
        .add(saved(said.events, (said.at, said.event), events))
        .add(asked(words, &paper.orders, orders))
        .add(chain(words, paper));
    file(words, said.title, body)
}

/// The words that were agreed to, by their digest and with the time.
pub(super) fn policy(words: &Papers, kept: &str, (digest, at): (&str, Option<UnixMillis>)) -> Html {
    let said = &words.receipt;
    Html::new()
        .raw("<section>")
        .h2(words.evidence.policy)
        .raw("<pre class=\"code scroll\" lang=\"en\" tabindex=\"0\">")
        .text(kept)
        .raw("</pre>")
        .add(terms(
            "",
            [(said.digest, Some(text(digest))), (said.agreed_at, at.map(|at| text(&machine(at))))],
        ))
        .raw("</section>")
}

pub(super) fn saved(heading: &'static str, (at, what): (&str, &str), lines: &[Saved]) -> Html {
    let rows = lines.iter().map(|line| {
        let words = code(&line.words);
        vec![text(&machine(line.at)), words]
    });
    let table = table(heading, &[(at, false), (what, false)], rows);
    Html::new().raw("<section>").h2(heading).add(table).raw("</section>")
}

/// What the processor was asked, and whether it has done it.
pub(super) fn asked(words: &Papers, lines: &[OrderLine], orders: &[Saved]) -> Html {
    let said = &words.evidence;
    if orders.is_empty() {
        return Html::new();
    }
    let columns = [(said.at, false), (said.order, false), (said.attempts, true), (said.done_at, false)];
    let rows = orders.iter().zip(lines).map(|(saved, order)| {
        vec![
            text(&machine(order.at)),
            code(&saved.words),
            text(&order.attempts.to_string()),
            order.done_at.map_or_else(|| text(said.not_done), |at| text(&machine(at))),
        ]
    });
    Html::new().raw("<section>").h2(said.orders).add(table(said.orders, &columns, rows)).raw("</section>")
}

fn chain(words: &Papers, paper: &Paper) -> Html {
    let said = &words.evidence;
    let (position, hash) = &paper.room.chain;
    Html::new()
        .raw("<section>")
        .h2(said.chain)
        .p(said.chain_lead)
        .add(terms("", [(said.position, Some(text(&position.to_string()))), ("SHA-256", Some(code(hash)))]))
        .raw("</section>")
}

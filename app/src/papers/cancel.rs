//! Calling a call off before it begins: the section on the payer's receipt, and the page that says beforehand
//! what goes back.

use super::frame::{page, test_note};
use super::html::Html;
use super::{CANCEL, RECEIPT, of, said};
use model::Money;
use service::rooms::papers::{Cancelling, Paper};
use ui::words::filled;
use ui::words::papers::Papers;

/// The section on the receipt of a payer; nothing where it cannot be called off any more.
pub(super) fn section(words: &Papers, paper: &Paper) -> Html {
    let Some(cancelling) = paper.cancelling() else { return Html::new() };
    Html::new()
        .raw("<section class=\"screen\">")
        .h2(words.cancel.heading)
        .p(&sentence(words, cancelling))
        .raw("<form action=\"")
        .text(&of(paper.session.id, CANCEL))
        .raw("\"><button>")
        .text(words.cancel.go_on)
        .raw("</button></form></section>")
}

/// The page that says what will happen.
pub fn confirm(preferred: &str, paper: &Paper, cancelling: Cancelling) -> String {
    let words = Papers::of(preferred);
    let said = &words.cancel;
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .p(&sentence(words, cancelling))
        .p(if cancelling.gain() >= 0 { said.no_undo } else { words.refund.no_undo })
        .raw("<form method=\"post\">")
        .hidden("gain", &cancelling.gain().to_string())
        .raw("<button class=\"danger\">")
        .text(said.confirm)
        .raw("</button></form><p class=\"links\">")
        .link(&of(paper.session.id, RECEIPT), said.stay)
        .raw("</p></section>");
    page(words, said.heading, "", body)
}

/// What goes back of what was paid, or what is to be paid.
fn sentence(words: &Papers, cancelling: Cancelling) -> String {
    let said = &words.cancel;
    let (paid, back, due) = match cancelling {
        Cancelling::Money { taken, .. } if !taken.is_zero() => {
            return filled(said.takes, &[("amount", &taken.to_string())]);
        }
        Cancelling::Money { paid, back, due, .. } => (paid, back, due),
        Cancelling::Minutes { back_ms: 0 } => return said.nothing_paid.to_owned(),
        Cancelling::Minutes { back_ms } => {
            return filled(said.minutes_back, &[("time", &said::span(words, back_ms))]);
        }
    };
    let kept: Option<Money> = paid.minus(back);
    let text = match kept {
        _ if !due.is_zero() => said.bill,
        _ if paid.is_zero() => said.nothing_paid,
        Some(kept) if kept.is_zero() => said.all_back,
        _ if back.is_zero() => said.nothing_back,
        _ => said.part_back,
    };
    let kept = kept.unwrap_or(paid).to_string();
    let (paid, back, due) = (paid.to_string(), back.to_string(), due.to_string());
    filled(text, &[("paid", &paid), ("back", &back), ("kept", &kept), ("amount", &due)])
}

//! Giving money back by hand: the form on the receipt, and the page that says beforehand what will happen.
//!
//! ```text
//! receipt ──so much──▶ what will happen ──yes, with the refund's own id──▶ receipt
//! ```
//!
//! The id is drawn when the second page is made and goes with its form, so that a second press is the same.

use super::frame::{page, test_note};
use super::html::Html;
use super::said;
use super::{RECEIPT, REFUND, of};
use model::{Money, RefundId};
use service::rooms::papers::{Going, Paper, Refusal, Stage};
use ui::words::filled;
use ui::words::papers::Papers;

/// How much is asked for, as it was typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Asked {
    All,
    Part(String),
}

/// The form on the receipt of a host; nothing where nothing is left.
pub(super) fn form(words: &Papers, paper: &Paper) -> Html {
    let said = &words.refund;
    let open = Html::new().raw("<section class=\"screen\">").h2(said.heading);
    let address = of(paper.session.id, REFUND);
    let go_on = Html::new().raw("<button>").text(said.go_on).raw("</button></form></section>");
    if let Some(left) = paper.refundable() {
        return open
            .p(&filled(said.lead, &[("amount", &left.to_string())]))
            .raw("<form action=\"")
            .text(&address)
            .raw("\"><fieldset><legend class=\"hint\">")
            .text(said.how_much)
            .raw("</legend>")
            .raw("<label class=\"choice\"><input type=\"radio\" name=\"what\" value=\"all\" checked>")
            .text(said.all)
            .raw("</label><label class=\"choice\"><input type=\"radio\" name=\"what\" value=\"part\">")
            .text(said.part)
            .raw("</label></fieldset><div class=\"field\"><label for=\"amount\">")
            .text(&format!("{} ({})", said.amount, left.currency))
            .raw("</label><input id=\"amount\" name=\"amount\" inputmode=\"decimal\" autocomplete=\"off\" ")
            .raw("aria-describedby=\"amount-hint\"><span class=\"hint\" id=\"amount-hint\">")
            .text(said.amount_hint)
            .raw("</span></div>")
            .add(go_on);
    }
    let is_over = matches!(paper.session.stage, Stage::Closed { .. });
    let has_minutes = paper.session.till.reserved_ms > 0
        && paper.session.tally.attended_ms > paper.session.till.returned_ms;
    if is_over && has_minutes {
        let form = open.p(said.minutes_lead).raw("<form action=\"").text(&address).raw("\">");
        return form.hidden("what", "all").add(go_on);
    }
    Html::new()
}

/// The page that says what will happen.
pub fn confirm(preferred: &str, paper: &Paper, (refund, asked): (RefundId, &Asked), going: Going) -> String {
    let words = Papers::of(preferred);
    let said = &words.refund;
    let payer = said::name(words, paper.payer.as_ref());
    let (amount, sentences) = match going {
        Going::Money { amount, from_fee } => {
            (amount.to_string(), money_sentences(words, paper, (amount, from_fee), payer))
        }
        Going::Minutes { millis } => {
            let time = said::span(words, millis);
            let sentence = filled(said.confirm_minutes, &[("time", &time), ("name", payer)]);
            (time, vec![sentence])
        }
        Going::Nothing => (String::new(), vec![said.done_before.to_owned()]),
    };
    let named = |text: &str| filled(text, &[("amount", &amount)]);
    let fields = match asked {
        Asked::All => Html::new().hidden("what", "all"),
        Asked::Part(amount) => Html::new().hidden("what", "part").hidden("amount", amount),
    };
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .all(sentences.iter().map(|sentence| Html::new().p(sentence)))
        .raw("<form method=\"post\">")
        .hidden("refund", &refund.to_hex())
        .add(fields)
        .raw("<button class=\"danger\">")
        .text(&named(said.confirm))
        .raw("</button></form><p class=\"links\">")
        .link(&of(paper.session.id, RECEIPT), said.stay)
        .raw("</p></section>");
    page(words, &named(said.confirm_title), "", body)
}

fn money_sentences(
    words: &Papers,
    paper: &Paper,
    (amount, from_fee): (Money, Money),
    payer: &str,
) -> Vec<String> {
    let said = &words.refund;
    let named = |text: &str, amount: Money| filled(text, &[("amount", &amount.to_string())]);
    let whole = filled(said.confirm_text, &[("amount", &amount.to_string()), ("name", payer)]);
    let mut sentences = vec![whole];
    if paper.session.is_closed() {
        let from_host = amount.minus(from_fee).unwrap_or(amount);
        sentences.push(named(said.from_host, from_host));
        if !from_fee.is_zero() {
            sentences.push(named(said.from_fee, from_fee));
        }
    } else {
        sentences.push(said.deferred.to_owned());
    }
    if !paper.is_test {
        sentences.push(said.slow.to_owned());
    }
    sentences.push(said.no_undo.to_owned());
    sentences
}

/// Why nothing was given back.
pub(super) fn refused(words: &Papers, refusal: Refusal) -> String {
    let said = &words.refund;
    match refusal {
        Refusal::TooMuch { left } => filled(said.too_much, &[("amount", &left.to_string())]),
        Refusal::NothingLeft | Refusal::NotEnoughMinutes => said.nothing_left.to_owned(),
        Refusal::WrongAmount => said.wrong_amount.to_owned(),
        Refusal::TooMany => said.too_many.to_owned(),
        Refusal::NotOver => said.not_over.to_owned(),
        _ => said.refused.to_owned(),
    }
}

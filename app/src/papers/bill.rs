//! What is due when a session is over: the section of its payer and of its host on the receipt, and the page
//! that asks the host before a bill is let go.

use super::frame::{page, test_note};
use super::html::Html;
use super::{PAY_BILL, RECEIPT, WAIVE, of, said};
use model::Money;
use service::rooms::papers::{Paper, Party, Purpose};
use ui::words::filled;
use ui::words::papers::Papers;

/// The section on the receipt; nothing where nothing is due.
pub(super) fn section(words: &Papers, paper: &Paper) -> Html {
    let said = &words.bill;
    let Some(due) = paper.session.owing() else {
        let text = Html::new().raw("<p class=\"note\">").text(said.waived).raw("</p>");
        return if paper.is_waived() { text } else { Html::new() };
    };
    let is_payer = paper.reader == Party::Payer;
    let (heading, lead) = match is_payer {
        true => (said.heading, said.lead),
        false => (said.waive_heading, said.waive_lead),
    };
    let open = Html::new().raw("<section class=\"screen\">").h2(heading).p(&named(lead, due)).raw("<form ");
    let form = match is_payer {
        true => open.raw("method=\"post\" action=\"").text(&of(paper.session.id, PAY_BILL)),
        false => open.raw("action=\"").text(&of(paper.session.id, WAIVE)),
    };
    let press = if is_payer { named(said.pay, due) } else { said.waive_go_on.to_owned() };
    let is_asked = is_payer && paper.session.till.open_checkout(Purpose::Bill).is_some();
    let pending = is_asked.then(|| Html::new().raw("<p class=\"hint\">").text(said.pending).raw("</p>"));
    form.raw("\"><button>").text(&press).raw("</button></form>").all(pending).raw("</section>")
}

/// The page that says what letting it go means.
pub fn confirm(preferred: &str, paper: &Paper, due: Money) -> String {
    let words = Papers::of(preferred);
    let said = &words.bill;
    let payer = said::name(words, paper.payer.as_ref());
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .p(&filled(said.waive_text, &[("name", payer)]))
        .p(said.waive_late)
        .p(words.refund.no_undo)
        .raw("<form method=\"post\"><button class=\"danger\">")
        .text(&named(said.waive, due))
        .raw("</button></form><p class=\"links\">")
        .link(&of(paper.session.id, RECEIPT), said.keep)
        .raw("</p></section>");
    page(words, &named(said.waive_title, due), "", body)
}

fn named(text: &str, due: Money) -> String {
    filled(text, &[("amount", &due.to_string())])
}

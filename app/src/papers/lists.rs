//! Everything that somebody paid, and everything that somebody earned.

use super::frame::{links, page, trial_note};
use super::html::{Html, table, text};
use super::said::{self, moment, money};
use super::{EARNINGS, EARNINGS_CSV, PAYMENTS, PAYOUTS, RECEIPT, SOLD_PACKS, of};
use model::{Money, SessionId};
use service::rooms::papers::{Line, Listing, Sums};
use ui::words::filled;
use ui::words::papers::Papers;

/// What somebody paid, in the language that a browser prefers (`Accept-Language`).
pub fn payments(preferred: &str, listing: &Listing) -> String {
    let words = Papers::of(preferred);
    let said = &words.lists;
    let lead = Html::new().raw("<p class=\"lead\">").text(said.payments_lead).raw("</p>");
    if listing.count == 0 {
        return page(words, said.payments_title, PAYMENTS, empty(said.payments_empty));
    }
    let columns = [
        (said.date, false),
        (said.room, false),
        (said.status, false),
        (said.paid, true),
        (said.back, true),
        (said.number, false),
    ];
    let rows = listing.lines.iter().map(|line| {
        let to_pay = |due: Money| {
            let press = filled(words.bill.pay, &[("amount", &due.to_string())]);
            Html::new().link(&of(line.id, RECEIPT), &press)
        };
        vec![
            moment(line.made_at),
            text(room(words, line)),
            status(words, line, to_pay),
            amount(line, |sums| money(sums.paid)),
            amount(line, |sums| money(sums.back)),
            session_link(words, line.id),
        ]
    });
    let body = trial_note(words, listing.is_test)
        .add(lead)
        .raw("<section>")
        .add(table(said.table, &columns, rows))
        .add(pager(words, (listing.page, listing.pages()), PAYMENTS, ""))
        .raw("</section>");
    page(words, said.payments_title, PAYMENTS, body)
}

/// What somebody earned; of one month, if one is chosen, such as `2026-11`.
pub fn earnings(preferred: &str, listing: &Listing, month: Option<&str>) -> String {
    let words = Papers::of(preferred);
    let said = &words.lists;
    if listing.count == 0 && month.is_none() {
        let body = empty(said.earnings_empty).add(others(words, listing));
        return page(words, said.earnings_title, EARNINGS, body);
    }
    let query = month.map(|month| format!("month={month}")).unwrap_or_default();
    let file = if query.is_empty() { EARNINGS_CSV.to_owned() } else { format!("{EARNINGS_CSV}?{query}") };
    let body = trial_note(words, listing.is_test)
        .raw("<p class=\"lead\">")
        .text(said.earnings_lead)
        .raw("</p>")
        .add(others(words, listing))
        .add(chooser(words, month));
    if listing.count == 0 {
        return page(words, said.earnings_title, EARNINGS, body.add(empty(said.month_empty)));
    }
    let body = body
        .add(totals(words, listing))
        .raw("<section>")
        .h2(said.table)
        .add(sold(words, listing))
        .add(pager(words, (listing.page, listing.pages()), EARNINGS, &query))
        .add(links([(&file, said.csv)]))
        .raw("</section>");
    page(words, said.earnings_title, EARNINGS, body)
}

/// What else there is about what somebody earns.
fn others(words: &Papers, listing: &Listing) -> Html {
    let sold = (SOLD_PACKS, words.packs.sold_title);
    match listing.is_direct {
        true => links([sold, (PAYOUTS, words.payouts.title)]),
        false => links([sold]),
    }
}

fn totals(words: &Papers, listing: &Listing) -> Html {
    let said = &words.lists;
    if listing.totals.is_empty() {
        return Html::new();
    }
    let columns = [
        (said.currency, false),
        (said.earned, true),
        (said.fee, true),
        (said.back, true),
        (said.held, true),
        (said.disputed, true),
        (said.paid, true),
    ];
    let rows = listing.totals.iter().map(|sums| {
        let amounts = [sums.host, sums.fee, sums.back, sums.held, sums.disputed, sums.paid];
        let amounts = amounts.into_iter().map(money);
        [text(sums.paid.currency.code())].into_iter().chain(amounts).collect()
    });
    Html::new().raw("<section>").h2(said.sums).add(table(said.sums, &columns, rows)).raw("</section>")
}

fn sold(words: &Papers, listing: &Listing) -> Html {
    let said = &words.lists;
    let columns = [
        (said.date, false),
        (said.room, false),
        (said.payer, false),
        (said.status, false),
        (said.earned, true),
        (said.fee, true),
        (said.back, true),
        (said.held, true),
        (said.number, false),
    ];
    let rows = listing.lines.iter().map(|line| {
        vec![
            moment(line.made_at),
            text(room(words, line)),
            text(said::name(words, line.payer_name.as_ref())),
            status(words, line, money),
            amount(line, |sums| money(sums.host)),
            amount(line, |sums| money(sums.fee)),
            amount(line, |sums| money(sums.back)),
            amount(line, |sums| money(sums.held)),
            session_link(words, line.id),
        ]
    });
    table(said.table, &columns, rows)
}

/// Where a session is, and what is still to be paid for it.
fn status(words: &Papers, line: &Line, due: impl Fn(Money) -> Html) -> Html {
    let status = text(said::status(words, &line.status));
    match line.due {
        Some(amount) => status.raw("<br>").add(due(amount)),
        None => status,
    }
}

fn chooser(words: &Papers, month: Option<&str>) -> Html {
    let said = &words.lists;
    let whole = Html::new().raw("<p class=\"links\">").link(EARNINGS, said.whole).raw("</p>");
    Html::new()
        .raw("<form action=\"")
        .text(EARNINGS)
        .raw("\"><div class=\"field\"><label for=\"month\">")
        .text(said.month)
        .raw("</label><input id=\"month\" name=\"month\" type=\"month\" pattern=\"[0-9]{4}-[0-9]{2}\" ")
        .raw("placeholder=\"2026-11\" value=\"")
        .text(month.unwrap_or_default())
        .raw("\"></div><button>")
        .text(said.show)
        .raw("</button></form>")
        .all(month.map(|_| whole))
}

/// The ways to the pages before and behind this one; the first is 0.
pub(super) fn pager(words: &Papers, (this, all): (u32, u32), address: &str, query: &str) -> Html {
    let said = &words.lists;
    if all == 1 {
        return Html::new();
    }
    let (page, pages) = ((this + 1).to_string(), all.to_string());
    let of = |page: u32| {
        let start = if query.is_empty() { String::new() } else { format!("{query}&") };
        format!("{address}?{start}page={page}")
    };
    let newer = (this > 0).then(|| Html::new().link(&of(this), said.newer));
    let is_last = this + 1 >= all;
    let older = (!is_last).then(|| Html::new().link(&of(this + 2), said.older));
    Html::new()
        .p(&filled(said.pages, &[("page", &page), ("pages", &pages)]))
        .raw("<p class=\"links\">")
        .all(newer)
        .all(older)
        .raw("</p>")
}

fn room<'a>(words: &Papers, line: &'a Line) -> &'a str {
    line.room_name.as_deref().unwrap_or(words.receipt.nameless_room)
}

fn amount(line: &Line, of: impl Fn(&Sums) -> Html) -> Html {
    line.sums.as_ref().map_or_else(|| text("–"), of)
}

/// To the receipt, by a text that tells one line from another.
pub(super) fn session_link(words: &Papers, session: SessionId) -> Html {
    let number = session.to_hex();
    let name = format!("{} {}", words.lists.receipt, number.get(..8).unwrap_or(&number));
    Html::new().link(&of(session, RECEIPT), &name)
}

fn empty(said: &str) -> Html {
    Html::new().raw("<div class=\"empty\">").p(said).raw("</div>")
}

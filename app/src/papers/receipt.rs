//! One session as its payer and its host read it: what was agreed, paid and had, and what it came to.

use super::frame::{links, page, test_note};
use super::html::{Html, code, table, terms, text};
use super::mailed::{self, MailedNews};
use super::said::{self, moment, money};
use super::{BALANCE, EVIDENCE, EVIDENCE_JSON, bill, cancel, going, of, refund};
use model::Money;
use model::statement::{canonical, statement};
use service::rooms::papers::{Paper, Party, PaymentState, Refusal, Sums};
use ui::words::papers::Papers;

/// What is said above the receipt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    None,
    /// Money was given back just now.
    Refunded,
    /// A refund was refused.
    Refused(Refusal),
    /// An address was left for the receipt.
    Mailed(MailedNews),
}

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn receipt(preferred: &str, paper: &Paper, news: News) -> String {
    let words = Papers::of(preferred);
    let title = match (paper.session.is_closed(), paper.session.owing()) {
        (true, None) => words.receipt.title,
        (true, Some(_)) => words.receipt.title_bill,
        (false, _) => words.receipt.title_now,
    };
    let is_host = paper.reader != Party::Payer;
    // What a host may do stands below what they read.
    let (told_first, told_last) = match (is_host, paper.session.owing()) {
        (true, Some(_)) => (Html::new(), bill::section(words, paper)),
        _ => (bill::section(words, paper), Html::new()),
    };
    let body = test_note(words, paper.is_test)
        .add(told(words, news))
        .raw("<section>")
        .add(facts(words, paper))
        .raw("</section>")
        .add(sums(words, paper))
        .add(told_first)
        .add(payments(words, paper))
        .add(course(words, paper))
        .add(agreed(words, paper))
        .add(told_last)
        .add(if is_host { refund::form(words, paper) } else { cancel::section(words, paper) })
        .add(if is_host { evidence(words, paper) } else { Html::new() })
        .add(mailed::section(words, paper, if let News::Mailed(news) = news { Some(news) } else { None }))
        .raw("<p class=\"lead screen\">")
        .text(words.receipt.print)
        .raw("</p>");
    page(words, title, "", body)
}

fn told(words: &Papers, news: News) -> Html {
    match news {
        News::None | News::Mailed(_) => Html::new(),
        News::Refunded => Html::new()
            .raw("<p class=\"note good\" role=\"status\">")
            .text(words.receipt.refunded)
            .raw("</p>"),
        News::Refused(refusal) => {
            let said = refund::refused(words, refusal);
            Html::new().raw("<p class=\"note bad\" role=\"alert\">").text(&said).raw("</p>")
        }
    }
}

/// What the session is, and when it was.
pub(super) fn facts(words: &Papers, paper: &Paper) -> Html {
    let (said, session) = (&words.receipt, &paper.session);
    let status = said::status(words, session.status().word());
    let until = (!session.is_closed()).then(|| {
        let sentence = said.as_of.replace("{time}", &said::plain(paper.at));
        Html::new().raw("<p class=\"hint\">").text(&sentence).raw("</p>")
    });
    let room = paper.room.name.as_deref().unwrap_or(said.nameless_room);
    let facts = terms(
        "facts",
        [
            (said.room, Some(text(room))),
            (said.host, Some(text(said::name(words, paper.host.as_ref())))),
            (said.payer, Some(text(said::name(words, paper.payer.as_ref())))),
            (said.status, Some(text(status))),
            (said.agreed_at, paper.consented_at().map(moment)),
            (said.planned, session.planned.map(moment)),
            (said.began, paper.began_at().map(moment)),
            (said.ended, session.closed_at().map(moment)),
            (said.ending, paper.ending().map(|ending| text(said::ending(words, ending)))),
            (said.number, Some(code(&session.id.to_hex()))),
        ],
    );
    facts.all(until)
}

/// What it came to: the sums of the ledger, and what is still to be paid.
pub(super) fn sums(words: &Papers, paper: &Paper) -> Html {
    let (said, session) = (&words.money, &paper.session);
    if session.till.reserved_ms > 0 {
        return minutes(words, paper);
    }
    let Some(sums) = paper.sums else {
        return Html::new().raw("<section>").h2(said.sums).p(said.free).raw("</section>");
    };
    let is_host = paper.reader != Party::Payer;
    let rows = terms(
        "sums",
        [
            (said.price, paper.owed().map(money)),
            (said.paid, Some(money(sums.paid))),
            (said.back, said::unless_zero(sums.back)),
            (said.kept, kept(&sums, is_host).filter(|_| session.is_closed()).map(money)),
            (said.fee, said::unless_zero(sums.fee).filter(|_| is_host)),
            (said.held, said::unless_zero(sums.held)),
            (said.disputed, said::unless_zero(sums.disputed)),
            (said.lost, said::unless_zero(sums.lost).filter(|_| is_host)),
            (said.due, session.owing().map(money)),
        ],
    );
    Html::new().raw("<section>").h2(said.sums).add(rows).raw("</section>")
}

/// The same of a session that is paid with minutes.
fn minutes(words: &Papers, paper: &Paper) -> Html {
    let (said, session) = (&words.money, &paper.session);
    let span = |millis| text(&said::span(words, millis));
    let used_ms = session.tally.attended_ms;
    let unused_ms = session.is_closed().then_some(session.till.reserved_ms - used_ms);
    let by_hand_ms = Some(session.till.returned_ms).filter(|millis| *millis > 0);
    let rows = terms(
        "sums",
        [
            (said.minutes_reserved, Some(span(session.till.reserved_ms))),
            (said.minutes_used, Some(span(used_ms))),
            (said.minutes_unused, unused_ms.map(span)),
            (said.minutes_returned, by_hand_ms.map(span)),
        ],
    );
    let to_balance = (paper.reader == Party::Payer).then(|| links([(BALANCE, words.frame.balance)]));
    Html::new().raw("<section>").h2(said.sums).add(rows).all(to_balance).raw("</section>")
}

/// What was kept. How host and operator share it is nothing to the payer.
fn kept(sums: &Sums, is_host: bool) -> Option<Money> {
    if is_host { Some(sums.host) } else { sums.host.plus(sums.fee) }
}

/// Every payment, and everything that went back.
pub(super) fn payments(words: &Papers, paper: &Paper) -> Html {
    let said = &words.money;
    let payments = paper.payments();
    let (mut section, returned) = (Html::new().raw("<section>").h2(said.payments), paper.returned());
    if paper.session.till.reserved_ms > 0 {
        return Html::new();
    }
    if payments.is_empty() {
        return section.p(said.none).raw("</section>");
    }
    let columns = [
        (said.asked_at, false),
        (said.purpose, false),
        (said.amount, true),
        (said.state, false),
        (said.came_at, false),
    ];
    let rows = payments.iter().map(|paid| {
        vec![
            moment(paid.asked_at),
            text(said::purpose(words, paid.payment.purpose)),
            money(paid.payment.amount),
            text(said::payment(words, paid)),
            paid.came_at.map_or_else(|| text("–"), moment),
        ]
    });
    let is_ready = payments.iter().any(|paid| paid.payment.state == PaymentState::Held);
    let ready = is_ready.then(|| Html::new().p(said.ready_note));
    section = section.add(table(said.payments, &columns, rows)).all(ready).raw("</section>");
    if returned.is_empty() {
        return section;
    }
    let columns = [(said.when, false), (said.amount, true), (said.why, false)];
    let rows = returned
        .iter()
        .map(|back| vec![moment(back.at), money(back.amount), text(said::why(words, back.why))]);
    let (table, far) = (table(said.returns, &columns, rows), going::how_far(words, &paper.orders));
    section.raw("<section>").h2(said.returns).add(table).add(far).raw("</section>")
}

/// When both were inside, and how long together.
pub(super) fn course(words: &Papers, paper: &Paper) -> Html {
    let said = &words.course;
    let stays = paper.stays();
    let section = Html::new().raw("<section>").h2(said.heading);
    if stays.is_empty() {
        return section.p(said.nobody).raw("</section>");
    }
    let together = if paper.session.is_closed() { said.together } else { said.together_so_far };
    let attended = said::span(words, paper.session.tally.attended_ms);
    let columns = [(said.who, false), (said.from, false), (said.until, false), (said.how, false)];
    let rows = stays.iter().map(|stay| {
        vec![
            text(&said::party(words, paper, stay.party)),
            moment(stay.from),
            stay.left.map_or_else(|| text("–"), |(at, _)| moment(at)),
            text(stay.left.map_or(said.inside, |(_, left)| said::left(words, left))),
        ]
    });
    section
        .add(terms("sums", [(together, Some(text(&attended)))]))
        .add(table(said.heading, &columns, rows))
        .raw("</section>")
}

/// What was agreed to, in the reader's language. The words whose digest was kept are English, and stand a
/// press away.
fn agreed(words: &Papers, paper: &Paper) -> Html {
    let said = &words.receipt;
    let offer = &paper.session.offer;
    let list = said::kept(words, &paper.terms, (&statement(offer), &canonical(offer)));
    let digest = code(&paper.session.terms.to_hex());
    Html::new()
        .raw("<section>")
        .h2(said.agreed_heading)
        .raw("<p class=\"hint\">")
        .text(said.agreed_lead)
        .raw("</p>")
        .add(list)
        .add(terms("", [(said.agreed_at, paper.consented_at().map(moment)), (said.digest, Some(digest))]))
        .raw("</section>")
}

fn evidence(words: &Papers, paper: &Paper) -> Html {
    let (said, id) = (&words.evidence, paper.session.id);
    Html::new()
        .raw("<section class=\"screen\">")
        .h2(said.heading)
        .p(said.lead)
        .add(links([(&of(id, EVIDENCE), said.html), (&of(id, EVIDENCE_JSON), said.json)]))
        .raw("</section>")
}

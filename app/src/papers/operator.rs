//! What operators read: how everything stands, all sessions, orders in trouble, and the ledger by account.

use super::frame::{Place, page_among, trial_note};
use super::html::{Html, code, table, terms, text};
use super::lists::{pager, session_link};
use super::packs::{list, purchase_link};
use super::said::{self, moment};
use model::{Currency, Money, UnixMillis};
use service::payments::{Deal, Instruction};
use service::rooms::books::{AccountLine, EntryLine, Kind, Overview, Part, Troubled};
use service::rooms::packs::Sold;
use service::rooms::papers::{Line, Listing};
use ui::words::filled;
use ui::words::operator::Operator;
use ui::words::papers::Papers;

/// How everything stands.
pub const OPERATOR: &str = "/operator";
/// Has the books looked at.
pub const CHECK: &str = "/operator/check";
/// All sessions, or those of one kind.
pub const SESSIONS: &str = "/operator/sessions";
/// All packs of minutes that were sold, or those of one kind.
pub const PACKS: &str = "/operator/packs";
/// What the processor or the mailer did not do.
pub const ORDERS: &str = "/operator/orders";
/// What the processor said and was not taken.
pub const WORDS: &str = "/operator/words";
/// One room and its price.
pub const ROOMS: &str = "/operator/rooms";
/// What people said of strangers whom they met.
pub const REPORTS: &str = "/operator/reports";
/// Every account that holds something.
pub const LEDGER: &str = "/operator/ledger";
/// What was posted to one account.
pub const ACCOUNT: &str = "/operator/ledger/account";

/// What the last look at the books has found.
#[derive(Clone, Debug)]
pub struct Books {
    pub last: Look,
    pub is_asked: bool,
}

/// What the last look at the books came to.
#[derive(Clone, Debug)]
pub enum Look {
    /// There was none since the start.
    None,
    /// The books could not be read.
    Failed,
    /// When it was, and what is wrong, if anything is.
    Found(UnixMillis, Option<String>),
}

/// What became of an order that the operator decided on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    None,
    Retried,
    Settled,
    /// Somebody was quicker.
    Gone,
}

/// How everything stands, in the language that a browser prefers (`Accept-Language`).
pub fn overview(preferred: &str, overview: &Overview, books: &Books) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let count = |count: u64| Some(text(&count.to_string()));
    let linked = |address: &str, count: u32| Some(Html::new().link(address, &count.to_string()));
    let sessions = terms(
        "facts",
        [
            (said.all, linked(SESSIONS, overview.all)),
            (said.open, linked(&of_kind(Kind::Open), overview.open)),
            (said.disputes, linked(&of_kind(Kind::Disputes), overview.disputes)),
            (said.packs, linked(PACKS, overview.packs)),
        ],
    );
    let dead = Html::new().link(ORDERS, &overview.dead.to_string());
    let refused = linked(WORDS, overview.refused);
    let orders =
        [(said.waiting, count(overview.waiting)), (said.dead, Some(dead)), (said.words_new, refused)];
    let orders = terms("facts", orders);
    let off = (!overview.sells).then(|| Html::new().raw("<p class=\"note\">").text(said.off).raw("</p>"));
    let body = trial_note(words, overview.is_test)
        .all(off)
        .all((overview.dead > 0).then(|| dead_note(said, overview.dead)))
        .add(told_books(said, books))
        .raw("<section>")
        .h2(said.now)
        .add(orders)
        .raw("</section><section>")
        .h2(said.sessions)
        .add(sessions)
        .raw("</section>")
        .add(kinds(words, overview));
    framed(words, said.title, OPERATOR, body)
}

fn dead_note(said: &Operator, dead: u64) -> Html {
    let sentence = filled(said.dead_note, &[("count", &dead.to_string())]);
    Html::new().raw("<p class=\"note bad\">").link(ORDERS, &sentence).raw("</p>")
}

fn told_books(said: &Operator, books: &Books) -> Html {
    let note = |class: &'static str, words: &str, at: UnixMillis| {
        let sentence = filled(words, &[("time", &said::plain(at))]);
        Html::new().raw("<p class=\"note ").raw(class).raw("\">").text(&sentence).raw("</p>")
    };
    let section = Html::new().raw("<section>").h2(said.books);
    let section = match &books.last {
        Look::Found(at, None) => section.add(note("good", said.sound, *at)),
        Look::Found(at, Some(found)) => section
            .add(note("bad", said.unsound, *at))
            .raw("<pre class=\"code\" lang=\"en\">")
            .text(found)
            .raw("</pre>"),
        Look::Failed => section.raw("<p class=\"note bad\">").text(said.unread).raw("</p>"),
        Look::None => section.p(said.unchecked),
    };
    let section = if books.is_asked {
        section.raw("<p role=\"status\">").text(said.checking).raw("</p>")
    } else {
        let form = section.raw("<form method=\"post\" action=\"").raw(CHECK).raw("\"><button>");
        form.text(said.check_now).raw("</button></form>")
    };
    section.raw("</section>")
}

fn kinds(words: &Papers, overview: &Overview) -> Html {
    let said = &words.operator;
    if overview.kinds.is_empty() {
        return Html::new();
    }
    let columns = [(said.kind, false), (said.accounts, true), (said.debit, true), (said.credit, true)];
    let rows = overview.kinds.iter().map(|kind| {
        let [debit, credit] = sides(words, kind.balance, &kind.unit);
        vec![text(&kind.kind), text(&kind.accounts.to_string()), debit, credit]
    });
    let rows: Vec<_> = rows.collect();
    Html::new().raw("<section>").h2(said.kinds).add(table(said.kinds, &columns, rows)).raw("</section>")
}

/// Sessions of everybody.
pub fn sessions(preferred: &str, listing: &Listing, kind: Kind) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let choice = |of: Kind, name: &str| {
        let here = if of == kind { " aria-current=\"page\"" } else { "" };
        let open = Html::new().raw("<a href=\"").text(&of_kind(of)).raw("\"").raw(here);
        open.raw(">").text(name).raw("</a>")
    };
    let body = trial_note(words, listing.is_test)
        .raw("<p class=\"lead\">")
        .text(said.sessions_lead)
        .raw("</p><p class=\"links\">")
        .add(choice(Kind::All, said.all))
        .add(choice(Kind::Open, said.open))
        .add(choice(Kind::Disputes, said.disputes))
        .raw("</p>");
    let body = if listing.count == 0 {
        body.raw("<div class=\"empty\">").p(said.empty_sessions).raw("</div>")
    } else {
        let query = format!("kind={}", kind.word());
        let at = (listing.page, listing.pages());
        let list = body.raw("<section>").add(list_of_sessions(words, &listing.lines));
        list.add(pager(words, at, SESSIONS, &query)).raw("</section>")
    };
    framed(words, said.sessions, SESSIONS, body)
}

fn list_of_sessions(words: &Papers, lines: &[Line]) -> Html {
    let said = &words.lists;
    let columns = [
        (said.date, false),
        (said.room, false),
        (said.status, false),
        (said.paid, true),
        (said.back, true),
        (said.held, true),
        (said.disputed, true),
        (said.number, false),
    ];
    let rows = lines.iter().map(|line| {
        let room = line.room_name.as_deref().unwrap_or(words.receipt.nameless_room);
        let amounts = line.sums.map(|sums| [sums.paid, sums.back, sums.held, sums.disputed].map(said::money));
        let amounts = amounts.unwrap_or_else(|| std::array::from_fn(|_| text("–")));
        let first = [moment(line.made_at), text(room), text(said::status(words, &line.status))];
        first.into_iter().chain(amounts).chain([session_link(words, line.id)]).collect()
    });
    table(said.table, &columns, rows)
}

/// What the processor or the mailer did not do.
pub fn orders(preferred: &str, orders: &[Troubled], news: News) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let note = |class: &'static str, role: &'static str, sentence: &str| {
        let open = Html::new().raw("<p class=\"note ").raw(class).raw("\" role=\"").raw(role).raw("\">");
        open.text(sentence).raw("</p>")
    };
    let told = match news {
        News::None => Html::new(),
        News::Retried => note("good", "status", said.retried),
        News::Settled => note("good", "status", said.settled),
        News::Gone => note("bad", "alert", said.gone),
    };
    let body = told.raw("<p class=\"lead\">").text(said.orders_lead).raw("</p>");
    let body = match orders {
        [] => body.raw("<div class=\"empty\">").p(said.empty_orders).raw("</div>"),
        orders => body.all(orders.iter().map(|order| troubled(words, order))),
    };
    framed(words, said.orders, ORDERS, body)
}

/// One order, with what the operator can do about it.
fn troubled(words: &Papers, order: &Troubled) -> Html {
    let said = &words.operator;
    let next = match order.due_at {
        Some(at) => moment(at),
        None => text(said.given_up),
    };
    let heading = order.what.map_or_else(|| said.unreadable.to_owned(), |(_, what)| ordered(said, what));
    let facts = terms(
        "facts",
        [
            (said.at, Some(moment(order.at))),
            (said.problem, Some(text(&order.error))),
            (said.tries, Some(text(&order.attempts.to_string()))),
            (said.next, Some(next)),
            (said.session, order.what.map(|(deal, _)| deal_link(words, deal))),
        ],
    );
    let section = Html::new().raw("<section>").h2(&heading).add(facts);
    if order.due_at.is_some() {
        return section.raw("</section>");
    }
    let form = |what: &'static str| {
        let open = Html::new().raw("<form method=\"post\" action=\"").raw(ORDERS).raw("\">");
        open.hidden("order", &order.id).hidden("what", what)
    };
    section
        .all(order.what.map(|_| form("again").raw("<button>").text(said.again).raw("</button></form>")))
        .raw("<details><summary>")
        .text(said.by_hand)
        .raw("</summary>")
        .p(said.by_hand_lead)
        .add(form("done"))
        .raw("<label class=\"choice\"><input type=\"checkbox\" name=\"sure\" value=\"yes\" required>")
        .text(said.confirm)
        .raw("</label><button class=\"danger\">")
        .text(said.by_hand_button)
        .raw("</button></form></details></section>")
}

fn ordered(said: &Operator, what: Instruction) -> String {
    let of = |words: &str, amount: Money| filled(words, &[("amount", &amount.to_string())]);
    match what {
        Instruction::Capture { amount, .. } => of(said.take, amount),
        Instruction::Refund { amount, .. } => of(said.send_back, amount),
        Instruction::ReturnFee { amount, .. } => of(said.share_back, amount),
        Instruction::VoidHold { .. } => said.let_go.to_owned(),
        Instruction::EndCheckout { .. } => said.end_checkout.to_owned(),
        Instruction::Mail(_) => said.write.to_owned(),
    }
}

/// Every account that holds something.
pub fn ledger(preferred: &str, part: &Part<AccountLine>) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let body = Html::new().raw("<p class=\"lead\">").text(said.ledger_lead).raw("</p>");
    if part.count == 0 {
        let body = body.raw("<div class=\"empty\">").p(said.empty_ledger).raw("</div>");
        return framed(words, said.ledger, LEDGER, body);
    }
    let columns = [(said.account, false), (said.holder, false), (said.debit, true), (said.credit, true)];
    let rows = part.lines.iter().map(|line| {
        let [debit, credit] = sides(words, line.balance, &line.unit);
        let holder = line.holder.as_ref().map_or_else(
            || text("–"),
            |holder| {
                let email = holder.email.as_deref().map(|email| format!(" ({email})")).unwrap_or_default();
                text(&format!("{}{email}", holder.name))
            },
        );
        vec![account_link(line), holder, debit, credit]
    });
    let rows: Vec<_> = rows.collect();
    let body = body.raw("<section>").add(table(said.ledger, &columns, rows));
    let body = body.add(pager(words, (part.page, part.pages()), LEDGER, "")).raw("</section>");
    framed(words, said.ledger, LEDGER, body)
}

/// What was posted to one account.
pub fn account(preferred: &str, (name, unit): (&str, &str), part: &Part<EntryLine>) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let columns = [
        (said.at, false),
        (said.cause, false),
        (said.debit, true),
        (said.credit, true),
        (said.session, false),
        (said.transaction, false),
    ];
    let rows = part.lines.iter().map(|line| {
        let [debit, credit] = sides(words, line.amount, unit);
        let session = line.deal.map_or_else(|| text("–"), |deal| deal_link(words, deal));
        let transaction = code(&line.transaction.to_hex());
        vec![moment(line.at), text(&line.cause), debit, credit, session, transaction]
    });
    let title = filled(said.entries, &[("name", name)]);
    let query = format!("name={name}&unit={unit}");
    let body = Html::new()
        .raw("<p class=\"links\">")
        .link(LEDGER, said.back_to_ledger)
        .raw("</p><section>")
        .add(table(&title, &columns, rows))
        .add(pager(words, (part.page, part.pages()), ACCOUNT, &query))
        .raw("</section>");
    framed(words, &title, LEDGER, body)
}

/// To the receipt of a session, or to a purchase.
pub(super) fn deal_link(words: &Papers, deal: Deal) -> Html {
    match deal {
        Deal::Session(session) => session_link(words, session),
        Deal::Purchase(purchase) => purchase_link(words, purchase),
    }
}

/// Packs of everybody, or those that are or were disputed.
pub fn packs(preferred: &str, sold: &Sold, disputes: bool) -> String {
    let words = Papers::of(preferred);
    let said = &words.operator;
    let choice = |address: &str, name: &str, is_here: bool| {
        let here = if is_here { " aria-current=\"page\"" } else { "" };
        let open = Html::new().raw("<a href=\"").text(address).raw("\"").raw(here);
        open.raw(">").text(name).raw("</a>")
    };
    let disputed = format!("{PACKS}?kind={}", Kind::Disputes.word());
    let body = trial_note(words, sold.is_test)
        .raw("<p class=\"lead\">")
        .text(said.packs_lead)
        .raw("</p><p class=\"links\">")
        .add(choice(PACKS, said.all_packs, !disputes))
        .add(choice(&disputed, said.disputes, disputes))
        .raw("</p>");
    let body = if sold.count == 0 {
        body.raw("<div class=\"empty\">").p(said.empty_packs).raw("</div>")
    } else {
        let query = if disputes { format!("kind={}", Kind::Disputes.word()) } else { String::new() };
        let list = body.raw("<section>").add(list(words, &sold.lines));
        list.add(pager(words, (sold.page, sold.pages()), PACKS, &query)).raw("</section>")
    };
    framed(words, said.packs, PACKS, body)
}

fn account_link(line: &AccountLine) -> Html {
    Html::new().link(&format!("{ACCOUNT}?name={}&unit={}", line.name, line.unit), &line.name)
}

/// A balance on the side on which it stands; a debit is positive.
fn sides(words: &Papers, balance: i64, unit: &str) -> [Html; 2] {
    let size = i64::try_from(balance.unsigned_abs()).unwrap_or(i64::MAX);
    let amount = match Currency::parse(unit) {
        Ok(currency) => said::money(Money::new(size, currency)),
        // The other unit of the ledger is prepaid time.
        Err(_) => text(&said::span(words, size)),
    };
    if balance >= 0 { [amount, Html::new()] } else { [Html::new(), amount] }
}

fn of_kind(kind: Kind) -> String {
    format!("{SESSIONS}?kind={}", kind.word())
}

pub(super) fn framed(words: &Papers, title: &str, current: &str, body: Html) -> String {
    let said = &words.operator;
    let places: [Place<'_>; 8] = [
        (OPERATOR, said.overview),
        (SESSIONS, said.sessions),
        (PACKS, said.packs),
        (ORDERS, said.orders),
        (WORDS, said.words),
        (LEDGER, said.ledger),
        (ROOMS, words.pricing.title),
        (REPORTS, words.strangers.reports),
    ];
    page_among(words, title, (said.places, &places), current, body)
}

//! Packs of prepaid minutes: what a room sells, what somebody has, one purchase, and taking back what is not
//! used of it.
//!
//! ```text
//! room ──▶ its packs ──buy──▶ the processor ──▶ room            /balance ──▶ purchase
//! /earnings/packs ──▶ purchase ──so much goes back──▶ what will happen ──yes──▶ purchase
//! ```

use super::frame::{links, page, test_note, trial_note};
use super::html::{Html, code, table, terms, text};
use super::lists::{pager, session_link};
use super::said::{self, moment, money};
use super::{
    BALANCE, PURCHASE, PURCHASE_EVIDENCE, PURCHASE_EVIDENCE_JSON, PURCHASE_REFUND, SOLD_PACKS,
    SOLD_PACKS_CSV, going,
};
use model::offer::Pack;
use model::statement::{canonical_pack, of_pack};
use model::{Money, PurchaseId, RefundId};
use protocol::addresses;
use service::rooms::packs::{
    Balance, Line, Party, PurchasePaper, Refusal, Sheet, Shop, Sold, Sums, Use, What, pack_terms,
};
use ui::words::filled;
use ui::words::papers::Papers;

/// What is said above what a room sells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ShopNews {
    None,
    /// What was asked for is not on sale any more.
    Changed,
}

/// What is said above a purchase.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    None,
    /// Minutes were taken back just now.
    SoldBack,
    /// A rule said no.
    Refused(Refusal),
}

/// The address of one purchase.
pub fn of_purchase(purchase: PurchaseId, address: &str) -> String {
    address.replace("{purchase}", &purchase.to_hex())
}

/// What a room sells, in the language that a browser prefers (`Accept-Language`).
pub fn shop(preferred: &str, shop: &Shop, news: ShopNews) -> String {
    let words = Papers::of(preferred);
    let said = &words.packs;
    let invite = shop.invite.map(|invite| format!("?invite={}", String::from(invite))).unwrap_or_default();
    let room = format!("/r/{}{invite}", shop.room);
    let changed = (news == ShopNews::Changed)
        .then(|| Html::new().raw("<p class=\"note bad\" role=\"alert\">").text(said.changed).raw("</p>"));
    let have = match shop.left_ms {
        0 => said.have_none.to_owned(),
        left_ms => filled(said.have, &[("time", &said::span(words, left_ms))]),
    };
    let section = Html::new().raw("<section>").h2(said.packs);
    let section = if shop.has_account {
        let waiting = Html::new().raw("<p class=\"hint\">").text(said.waiting).raw("</p>");
        section
            .p(&have)
            .add(conditions(words, shop.packs.list()))
            .all(shop.is_waiting.then_some(waiting))
            .all(shop.packs.list().iter().map(|pack| buying(words, shop, *pack)))
    } else {
        let listed = shop.packs.list().iter().map(|pack| {
            let (minutes, price) = (pack.minutes.to_string(), pack.price.money().to_string());
            let sentence = filled(said.offered, &[("minutes", &minutes), ("amount", &price)]);
            Html::new().raw("<li>").text(&sentence).raw("</li>")
        });
        let next = format!("/sign-in?next={}", room.replace('?', "%3F").replace('=', "%3D"));
        section
            .raw("<ul>")
            .all(listed)
            .raw("</ul>")
            .p(said.sign_in_first)
            .add(links([(&next, said::sign_in(words))]))
    };
    let body = trial_note(words, shop.is_test)
        .all(changed)
        .raw("<p class=\"lead\">")
        .text(&filled(said.shop_lead, &[("room", shop.name.as_str())]))
        .raw("</p>")
        .add(section)
        .raw("</section>")
        .add(links([(&room, said.to_room), (BALANCE, words.frame.balance)]));
    page(words, said.shop_title, "", body)
}

/// What holds for every pack, in the reader's language.
fn conditions(words: &Papers, packs: &[Pack]) -> Html {
    let shared = packs.first().map(|pack| of_pack(*pack).split_off(1)).unwrap_or_default();
    Html::new().p(words.packs.agree).add(said::said(words, &shared))
}

/// The exact words for one pack, to which its buyer agrees.
fn exact(words: &Papers, pack: Pack) -> Html {
    let text = canonical_pack(pack);
    let digest = pack_terms(pack).to_hex();
    let kept = said::sentences("en", text.lines().skip(1));
    said::wording(words, kept.raw("<p class=\"hint code\">SHA-256: ").text(&digest).raw("</p>"))
}

/// What the buyer agreed to, and when.
fn agreed(words: &Papers, paper: &PurchasePaper) -> Html {
    let said = &words.receipt;
    let (Some(kept), Some(consent)) = (&paper.terms, paper.purchase.consent) else { return Html::new() };
    let pack = paper.purchase.sale.pack;
    let digest = code(&consent.terms.to_hex());
    Html::new()
        .raw("<section>")
        .h2(said.agreed_heading)
        .add(said::kept(words, kept, (&of_pack(pack), &canonical_pack(pack))))
        .add(terms("", [(said.agreed_at, Some(moment(consent.at))), (said.digest, Some(digest))]))
        .raw("</section>")
}

/// One press buys one pack: the one that was read, or none.
fn buying(words: &Papers, shop: &Shop, pack: Pack) -> Html {
    let price = pack.price.money();
    let (minutes, amount) = (pack.minutes.to_string(), price.to_string());
    let press = filled(words.packs.buy, &[("minutes", &minutes), ("amount", &amount)]);
    Html::new()
        .raw("<form method=\"post\" action=\"")
        .text(&addresses::of(shop.room, addresses::MINUTES))
        .raw("\">")
        .hidden("minutes", &minutes)
        .hidden("price", &price.minor.to_string())
        .hidden("currency", price.currency.code())
        .hidden("terms", &pack_terms(pack).to_hex())
        .all(shop.invite.map(|invite| Html::new().hidden("invite", &String::from(invite))))
        .raw("<button>")
        .text(&press)
        .raw("</button></form>")
        .add(exact(words, pack))
}

/// Everything that somebody has, bought and used; `has_account` says whether they are signed in.
pub fn balance(preferred: &str, sheet: &Sheet, has_account: bool) -> String {
    let words = Papers::of(preferred);
    let said = &words.packs;
    if sheet.count == 0 {
        let empty = Html::new().raw("<div class=\"empty\">").p(said.balance_empty);
        let body = match has_account {
            true => empty,
            false => {
                let sign_in = format!("/sign-in?next={BALANCE}");
                empty.p(said.balance_guest).add(links([(&sign_in, said::sign_in(words))]))
            }
        };
        return page(words, said.balance_title, BALANCE, body.raw("</div>"));
    }
    let columns = [
        (said.bought_at, false),
        (said.host, false),
        (said.pack, false),
        (words.lists.status, false),
        (said.back, true),
        (said.purchase, false),
    ];
    let rows = sheet.purchases.iter().map(|line| {
        vec![
            moment(line.made_at),
            text(said::name(words, line.seller.as_ref())),
            text(&pack(words, line.pack)),
            text(said::pack_status(words, &line.status)),
            time(words, line.back_ms),
            purchase_link(words, line.id),
        ]
    });
    let body = trial_note(words, sheet.is_test)
        .raw("<p class=\"lead\">")
        .text(said.balance_lead)
        .raw("</p>")
        .add(balances(words, &sheet.balances))
        .raw("<section>")
        .h2(said.purchases)
        .add(table(said.purchases, &columns, rows))
        .raw("</section>")
        .add(uses(words, &sheet.uses))
        .add(pager(words, (sheet.page, sheet.pages()), BALANCE, ""));
    page(words, said.balance_title, BALANCE, body)
}

fn balances(words: &Papers, balances: &[Balance]) -> Html {
    let said = &words.packs;
    let columns = [(said.host, false), (said.left, true), (said.held, true), (said.again, false)];
    let rows = balances.iter().map(|balance| {
        let more = balance.room.map(|room| Html::new().link(&addresses::of_minutes(room, None), said.again));
        vec![
            text(said::name(words, balance.seller_name.as_ref())),
            text(&said::span(words, balance.left_ms - balance.withheld_ms)),
            time(words, balance.held_ms),
            more.unwrap_or_else(|| text("–")),
        ]
    });
    let withheld = balances.iter().filter(|balance| balance.withheld_ms > 0).map(|balance| {
        let (time, name) =
            (said::span(words, balance.withheld_ms), said::name(words, balance.seller_name.as_ref()));
        let sentence = filled(said.withheld, &[("time", &time), ("name", name)]);
        Html::new().raw("<p class=\"note\">").text(&sentence).raw("</p>")
    });
    Html::new()
        .raw("<section>")
        .h2(said.hosts)
        .add(table(said.hosts, &columns, rows))
        .all(withheld)
        .raw("</section>")
}

fn uses(words: &Papers, uses: &[Use]) -> Html {
    let said = &words.packs;
    if uses.is_empty() {
        return Html::new();
    }
    let columns = [
        (words.lists.date, false),
        (words.lists.room, false),
        (words.lists.status, false),
        (said.held, true),
        (said.used, true),
        (said.returned, true),
        (words.lists.number, false),
    ];
    let rows = uses.iter().map(|used| {
        vec![
            moment(used.made_at),
            text(used.room_name.as_deref().unwrap_or(words.receipt.nameless_room)),
            text(said::status(words, &used.status)),
            time(words, used.reserved_ms),
            time(words, used.used_ms),
            time(words, used.returned_ms),
            session_link(words, used.session),
        ]
    });
    Html::new().raw("<section>").h2(said.uses).add(table(said.uses, &columns, rows)).raw("</section>")
}

/// The packs that somebody sold.
pub fn sold(preferred: &str, sold: &Sold) -> String {
    let words = Papers::of(preferred);
    let said = &words.packs;
    let lead = Html::new().raw("<p class=\"lead\">").text(said.sold_lead).raw("</p>");
    if sold.count == 0 {
        let body = Html::new().raw("<div class=\"empty\">").p(said.sold_empty).raw("</div>");
        return page(words, said.sold_title, SOLD_PACKS, body);
    }
    let body = trial_note(words, sold.is_test)
        .add(lead)
        .add(totals(words, &sold.totals))
        .raw("<section>")
        .h2(said.packs)
        .add(list(words, &sold.lines))
        .add(pager(words, (sold.page, sold.pages()), SOLD_PACKS, ""))
        .add(links([(SOLD_PACKS_CSV, words.lists.csv)]))
        .raw("</section>");
    page(words, said.sold_title, SOLD_PACKS, body)
}

fn totals(words: &Papers, totals: &[Sums]) -> Html {
    let said = &words.lists;
    let columns = [
        (said.currency, false),
        (said.earned, true),
        (said.fee, true),
        (said.back, true),
        (said.disputed, true),
        (said.paid, true),
    ];
    let rows = totals.iter().map(|sums| {
        let amounts = [sums.host, sums.fee, sums.back, sums.disputed, sums.paid].into_iter().map(money);
        [text(sums.paid.currency.code())].into_iter().chain(amounts).collect()
    });
    Html::new().raw("<section>").h2(said.sums).add(table(said.sums, &columns, rows)).raw("</section>")
}

/// Purchases as their sellers and operators read them.
pub(super) fn list(words: &Papers, lines: &[Line]) -> Html {
    let said = &words.packs;
    let columns = [
        (said.bought_at, false),
        (said.buyer, false),
        (said.seller, false),
        (said.pack, false),
        (words.lists.status, false),
        (said.back, true),
        (said.purchase, false),
    ];
    let rows = lines.iter().map(|line| {
        vec![
            moment(line.made_at),
            text(said::name(words, line.buyer.as_ref())),
            text(said::name(words, line.seller.as_ref())),
            text(&pack(words, line.pack)),
            text(said::pack_status(words, &line.status)),
            time(words, line.back_ms),
            purchase_link(words, line.id),
        ]
    });
    table(said.packs, &columns, rows)
}

/// One purchase. `refund` names what would go back if its seller presses.
pub fn purchase(preferred: &str, paper: &PurchasePaper, news: News) -> String {
    let words = Papers::of(preferred);
    let said = &words.packs;
    let told = match news {
        News::None => Html::new(),
        News::SoldBack => {
            Html::new().raw("<p class=\"note good\" role=\"status\">").text(said.sold_back).raw("</p>")
        }
        News::Refused(refusal) => {
            Html::new().raw("<p class=\"note bad\" role=\"alert\">").text(refused(words, refusal)).raw("</p>")
        }
    };
    let body = test_note(words, paper.is_test)
        .add(told)
        .raw("<section>")
        .add(facts(words, paper))
        .raw("</section>")
        .add(sums(words, paper))
        .add(agreed(words, paper))
        .add(returns(words, paper))
        .add(form(words, paper))
        .add(evidence(words, paper))
        .raw("<p class=\"lead screen\">")
        .text(words.receipt.print)
        .raw("</p>");
    page(words, said.purchase_title, "", body)
}

/// What was bought, by whom from whom, and when.
pub(super) fn facts(words: &Papers, paper: &PurchasePaper) -> Html {
    let (said, purchase) = (&words.packs, &paper.purchase);
    let paid = paper.events.iter().find(|event| matches!(event.what, What::Paid)).map(|event| event.at);
    let room = paper.room.as_deref().unwrap_or(words.receipt.nameless_room);
    let number = code(&purchase.id.to_hex());
    terms(
        "facts",
        [
            (said.pack, Some(text(&pack(words, purchase.sale.pack)))),
            (words.lists.status, Some(text(said::pack_status(words, purchase.word())))),
            (said.seller, Some(text(said::name(words, paper.seller.as_ref())))),
            (said.buyer, Some(text(said::name(words, paper.buyer.as_ref())))),
            (said.on_sale_in, Some(text(room))),
            (words.money.asked_at, Some(moment(paper.asked_at))),
            (words.money.came_at, paid.map(moment)),
            (said.left_now, Some(text(&said::span(words, paper.left_ms)))),
            (said.number, Some(number)),
        ],
    )
}

/// The way to the file that proves it, for whoever sold it.
fn evidence(words: &Papers, paper: &PurchasePaper) -> Html {
    let (said, id) = (&words.evidence, paper.purchase.id);
    if paper.reader == Party::Payer {
        return Html::new();
    }
    let to = |address| of_purchase(id, address);
    Html::new()
        .raw("<section class=\"screen\">")
        .h2(said.heading)
        .p(said.lead_pack)
        .add(links([(&to(PURCHASE_EVIDENCE), said.html), (&to(PURCHASE_EVIDENCE_JSON), said.json)]))
        .raw("</section>")
}

pub(super) fn sums(words: &Papers, paper: &PurchasePaper) -> Html {
    let (said, is_host) = (&words.money, paper.reader != Party::Payer);
    let Some(sums) = paper.sums else { return Html::new() };
    let kept = if is_host { Some(sums.host) } else { sums.host.plus(sums.fee) };
    let rows = terms(
        "sums",
        [
            (said.paid, Some(money(sums.paid))),
            (said.back, said::unless_zero(sums.back)),
            (said.kept, kept.map(money)),
            (said.fee, said::unless_zero(sums.fee).filter(|_| is_host)),
            (said.disputed, said::unless_zero(sums.disputed)),
            (said.lost, said::unless_zero(sums.lost).filter(|_| is_host)),
        ],
    );
    Html::new().raw("<section>").h2(said.sums).add(rows).raw("</section>")
}

/// What went back, and by whom.
pub(super) fn returns(words: &Papers, paper: &PurchasePaper) -> Html {
    let said = &words.money;
    let rows: Vec<_> = paper
        .events
        .iter()
        .filter_map(|event| match event.what {
            What::SoldBack { by, millis, amount, .. } => Some((event.at, by, millis, amount)),
            _ => None,
        })
        .map(|(at, by, millis, amount)| {
            let why = if by == Party::Operator { said.by_operator } else { said.by_host };
            vec![moment(at), time(words, millis), money(amount), text(why)]
        })
        .collect();
    if rows.is_empty() {
        return Html::new();
    }
    let columns = [(said.when, false), (words.packs.back, true), (said.amount, true), (said.why, false)];
    let table = table(said.returns, &columns, rows);
    let far = going::how_far(words, &paper.orders);
    Html::new().raw("<section>").h2(said.returns).add(table).add(far).raw("</section>")
}

/// The way to taking back what is not used, for whoever may.
fn form(words: &Papers, paper: &PurchasePaper) -> Html {
    let said = &words.packs;
    if paper.reader == Party::Payer {
        return Html::new();
    }
    let section = Html::new().raw("<section class=\"screen\">").h2(said.sell_back);
    let left_ms = paper.purchase.left_ms(paper.left_ms);
    if left_ms == 0 {
        return section.p(said.nothing_left).raw("</section>");
    }
    let amount = paper.purchase.price_of(left_ms).to_string();
    let values = [("time", &*said::span(words, left_ms)), ("amount", &*amount)];
    section
        .p(&filled(said.sell_back_lead, &values))
        .raw("<form action=\"")
        .text(&of_purchase(paper.purchase.id, PURCHASE_REFUND))
        .raw("\"><button>")
        .text(words.refund.go_on)
        .raw("</button></form></section>")
}

/// The page that says what will happen.
pub fn confirm(
    preferred: &str,
    paper: &PurchasePaper,
    refund: RefundId,
    (millis, amount): (i64, Money),
) -> String {
    let words = Papers::of(preferred);
    let said = &words.packs;
    let (time, amount) = (said::span(words, millis), amount.to_string());
    let name = said::name(words, paper.buyer.as_ref());
    let values = [("time", &*time), ("amount", &*amount), ("name", name)];
    let slow = (!paper.is_test).then(|| Html::new().p(words.refund.slow));
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .p(&filled(said.confirm_text, &values))
        .p(said.from_whom)
        .all(slow)
        .p(words.refund.no_undo)
        .raw("<form method=\"post\">")
        .hidden("refund", &refund.to_hex())
        .raw("<button class=\"danger\">")
        .text(&filled(said.confirm, &values))
        .raw("</button></form><p class=\"links\">")
        .link(&of_purchase(paper.purchase.id, PURCHASE), words.refund.stay)
        .raw("</p></section>");
    page(words, &filled(said.confirm_title, &values), "", body)
}

/// Why nothing was taken back.
const fn refused(words: &Papers, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NothingLeft | Refusal::NotPaid => words.refund.nothing_left,
        Refusal::Disputed => words.packs.bank_has_it,
        Refusal::TooMany => words.refund.too_many,
        Refusal::WrongAmount => words.refund.refused,
    }
}

fn pack(words: &Papers, pack: Pack) -> String {
    let (minutes, amount) = (pack.minutes.to_string(), pack.price.money().to_string());
    filled(words.packs.offered, &[("minutes", &minutes), ("amount", &amount)])
}

fn time(words: &Papers, millis: i64) -> Html {
    text(&if millis == 0 { "–".to_owned() } else { said::span(words, millis) })
}

/// To a purchase, by a text that tells one line from another.
pub(super) fn purchase_link(words: &Papers, purchase: PurchaseId) -> Html {
    let number = purchase.to_hex();
    let name = format!("{} {}", words.packs.purchase, number.get(..8).unwrap_or(&number));
    Html::new().link(&of_purchase(purchase, PURCHASE), &name)
}

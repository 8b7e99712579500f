//! What is around every page about money: the head, the way to the other pages, one heading.

use super::html::Html;
use super::{BALANCE, EARNINGS, PAYMENTS};
use ui::Words;
use ui::words::papers::Papers;

/// The address of the stylesheet, a file, because pages of ours have no style of their own.
pub const STYLE_PATH: &str = "/papers.css";
/// The stylesheet, with the colours of `style/tokens.css`.
pub const STYLE: &str = include_str!("papers.css");

/// The address of a page and what links to it are called.
pub(super) type Place<'a> = (&'a str, &'a str);

/// A page under its heading. `current` is the address of a list, if this is one.
pub(super) fn page(words: &Papers, title: &str, current: &str, body: Html) -> String {
    let frame = &words.frame;
    let places = [(PAYMENTS, frame.payments), (BALANCE, frame.balance), (EARNINGS, frame.earnings)];
    page_among(words, title, (frame.places, &places), current, body)
}

/// The same with the way to other pages than those of payers and hosts.
pub(super) fn page_among(
    words: &Papers,
    title: &str,
    (name, places): (&str, &[Place<'_>]),
    current: &str,
    body: Html,
) -> String {
    let frame = &words.frame;
    let place = |address: &str, text: &str| {
        let here = if address == current { " aria-current=\"page\"" } else { "" };
        Html::new().raw("<a href=\"").text(address).raw("\"").raw(here).raw(">").text(text).raw("</a>")
    };
    head(words, title)
        .raw("<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"")
        .raw(STYLE_PATH)
        .raw("\"></head><body><a class=\"skip\" href=\"#content\">")
        .text(frame.skip)
        .raw("</a><header><a class=\"product\" href=\"/\">")
        .text(frame.product)
        .raw("</a><nav aria-label=\"")
        .text(name)
        .raw("\">")
        .all(places.iter().map(|(address, text)| place(address, text)))
        .raw("</nav></header><main id=\"content\"><h1>")
        .text(title)
        .raw("</h1>")
        .add(body)
        .raw("</main></body></html>")
        .finish()
}

/// A page that needs nothing but itself, to be kept as a file.
pub(super) fn file(words: &Papers, title: &str, body: Html) -> String {
    head(words, title)
        .raw("<style>")
        .raw(STYLE)
        .raw("</style></head><body><main><h1>")
        .text(title)
        .raw("</h1>")
        .add(body)
        .raw("</main></body></html>")
        .finish()
}

/// The page for whoever may not read, in the language that a browser prefers (`Accept-Language`). It is the
/// same whether there is something to read or not.
pub fn unknown(preferred: &str) -> String {
    let words = Papers::of(preferred);
    let links = links([("/sign-in", crate::papers::said::sign_in(words)), ("/", words.frame.home)]);
    let body = Html::new().raw("<div class=\"empty\">").p(words.frame.unknown_text).add(links).raw("</div>");
    page(words, words.frame.unknown_title, "", body)
}

/// The page for when the server failed; `again` is the address that was asked for.
pub fn failed(preferred: &str, again: &str) -> String {
    let words = Papers::of(preferred);
    let links = links([(again, words.frame.again), ("/", words.frame.home)]);
    let body = Html::new().raw("<div class=\"empty\">").p(words.frame.failed_text).add(links).raw("</div>");
    page(words, words.frame.failed_title, "", body)
}

/// Links in a row.
pub(super) fn links<const N: usize>(links: [(&str, &str); N]) -> Html {
    let links = links.into_iter().map(|(address, text)| Html::new().link(address, text));
    Html::new().raw("<p class=\"links\">").all(links).raw("</p>")
}

/// Says that no money moves.
pub(super) fn test_note(words: &Papers, is_test: bool) -> Html {
    match is_test {
        true => Html::new().raw("<p class=\"note\">").text(words.frame.test).raw("</p>"),
        false => Html::new(),
    }
}

/// Says that this server tries payments out; what is listed may be from another time.
pub(super) fn trial_note(words: &Papers, is_test: bool) -> Html {
    match is_test {
        true => Html::new().raw("<p class=\"note\">").text(Words::of(words.lang).pay.test).raw("</p>"),
        false => Html::new(),
    }
}

fn head(words: &Papers, title: &str) -> Html {
    Html::new()
        .raw("<!DOCTYPE html><html lang=\"")
        .raw(words.lang)
        .raw("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" ")
        .raw("content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>")
        .text(title)
        .raw(" · Anteroom</title>")
}

//! The account at Stripe to which a host's money goes: connecting one, how it stands, and disconnecting it.
//!
//! Not here: what Stripe asks its owner, which it does on pages of its own.

use super::frame::{links, page, trial_note};
use super::html::{Html, terms, text};
use super::{EARNINGS, PAYOUTS, PAYOUTS_CUT};
use ui::words::papers::Papers;

/// An account as its owner reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub stands: Stands,
    /// What Stripe calls it.
    pub number: Option<String>,
}

/// How an account stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stands {
    /// Its owner has not told all that is needed.
    Unfinished,
    Ready,
    /// It takes nothing, for this reason in Stripe's words.
    Restricted(Option<String>),
    /// This server has no way to it any more.
    Closed,
}

/// Who reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reader {
    /// Somebody without an account here.
    Guest,
    Host {
        /// What they have connected.
        account: Option<Account>,
        /// Whether Stripe could not be asked just before.
        is_away: bool,
    },
}

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn payouts(preferred: &str, reader: &Reader, is_test: bool) -> String {
    let words = Papers::of(preferred);
    let said = &words.payouts;
    let lead = trial_note(words, is_test).raw("<p class=\"lead\">").text(said.lead).raw("</p>").p(said.share);
    let (account, is_away) = match reader {
        Reader::Guest => {
            let in_first = links([("/sign-in", super::said::sign_in(words))]);
            return page(words, said.title, EARNINGS, lead.p(said.sign_in_first).add(in_first));
        }
        Reader::Host { account, is_away } => (account.as_ref(), *is_away),
    };
    let away =
        is_away.then(|| Html::new().raw("<p class=\"note bad\" role=\"alert\">").text(said.away).raw("</p>"));
    let body = lead.all(away).add(standing(words, account)).all(account.map(|_| cutting(words)));
    page(words, said.title, EARNINGS, body)
}

fn standing(words: &Papers, account: Option<&Account>) -> Html {
    let said = &words.payouts;
    let stands = account.map(|account| &account.stands);
    let (sentence, press) = match stands {
        None => (said.none, Some(said.connect)),
        Some(Stands::Unfinished) => (said.unfinished, Some(said.go_on)),
        Some(Stands::Ready) => (said.ready, None),
        Some(Stands::Closed) => (said.closed, None),
        Some(Stands::Restricted(reason)) if is_pending(reason.as_deref()) => (said.pending, None),
        Some(Stands::Restricted(_)) => (said.restricted, Some(said.look)),
    };
    let code = |value: &str| Html::new().raw("<span class=\"code\">").text(value).raw("</span>");
    let reason = match stands {
        Some(Stands::Restricted(reason)) => reason.as_deref().map(code),
        Some(Stands::Unfinished | Stands::Ready | Stands::Closed) | None => None,
    };
    let number = account.and_then(|account| account.number.as_deref()).map(code);
    let rows = [(said.state, Some(text(sentence))), (said.word, reason), (said.number, number)];
    let form = press.map(|press| {
        let open = Html::new().raw("<form method=\"post\" action=\"").text(PAYOUTS);
        open.raw("\"><button>").text(press).raw("</button></form>")
    });
    Html::new().raw("<section>").add(terms("facts", rows)).all(form).raw("</section>")
}

/// Whether it is Stripe's turn.
fn is_pending(reason: Option<&str>) -> bool {
    matches!(reason, Some("requirements.pending_verification" | "under_review"))
}

fn cutting(words: &Papers) -> Html {
    let said = &words.payouts;
    Html::new()
        .raw("<section>")
        .h2(said.cut_heading)
        .p(said.cut_text)
        .raw("<form method=\"post\" action=\"")
        .text(PAYOUTS_CUT)
        .raw("\"><button class=\"danger\">")
        .text(said.cut)
        .raw("</button></form></section>")
}

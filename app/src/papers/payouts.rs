//! The account at Stripe to which a host's money goes: connecting one, how it stands, and disconnecting it.
//!
//! Not here: what Stripe asks its owner, which it does on pages of its own.

use super::frame::{links, page, trial_note};
use super::html::{Html, terms, text};
use super::{EARNINGS, PAYOUTS, PAYOUTS_CUT};
use crate::pages::refusal;
use protocol::{ErrorCode, Rule};
use ui::Words;
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
        /// Why they may not sell here whatever they connect, if so.
        refusal: Option<Rule>,
        /// Why what they pressed was not done just before.
        failed: Option<Failed>,
    },
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failed {
    /// Stripe could not be asked.
    Away,
    /// Stripe has refused it.
    Refused,
}

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn payouts(preferred: &str, reader: &Reader, is_test: bool) -> String {
    let words = Papers::of(preferred);
    let said = &words.payouts;
    let lead = trial_note(words, is_test).raw("<p class=\"lead\">").text(said.lead).raw("</p>").p(said.share);
    let (account, refusal, failed) = match reader {
        Reader::Guest => {
            let in_first = links([("/sign-in", super::said::sign_in(words))]);
            return page(words, said.title, EARNINGS, lead.p(said.sign_in_first).add(in_first));
        }
        Reader::Host { account, refusal, failed } => (account.as_ref(), *refusal, *failed),
    };
    let alert = |why: &str| Html::new().raw("<p class=\"note bad\" role=\"alert\">").text(why).raw("</p>");
    let failed = failed.map(|failed| match failed {
        Failed::Away => alert(said.away),
        Failed::Refused => alert(said.refused),
    });
    let refused = refusal.map(|rule| alert(refusal::text(Words::of(words.lang), ErrorCode::Rule(rule))));
    let body = lead.all(failed).all(refused).add(standing(words, account, refusal.is_none()));
    let body = body.all(account.map(|_| cutting(words)));
    page(words, said.title, EARNINGS, body)
}

fn standing(words: &Papers, account: Option<&Account>, may_sell: bool) -> Html {
    let said = &words.payouts;
    let stands = account.map(|account| &account.stands);
    let (sentence, press) = match stands {
        None => (said.none, Some(said.connect)),
        Some(Stands::Unfinished) => (said.unfinished, Some(said.go_on)),
        Some(Stands::Ready) => (said.ready, None),
        Some(Stands::Closed) => (said.closed, None),
        Some(Stands::Restricted(reason)) if is_pending(reason.as_deref()) => (said.pending, None),
        Some(Stands::Restricted(reason)) if is_rejected(reason.as_deref()) => (said.rejected, None),
        Some(Stands::Restricted(_)) => (said.restricted, Some(said.look)),
    };
    let press = press.filter(|_| may_sell);
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

/// Whether Stripe wants nothing more to do with it.
fn is_rejected(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| reason.starts_with("rejected."))
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

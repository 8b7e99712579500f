//! What it costs to come in: the terms word for word, and the press that agrees to them.
//!
//! A plain form, so that nobody needs a script to pay.

use crate::button::{Button, ButtonKind};
use crate::words::{Words, filled};
use leptos::prelude::*;

/// What somebody agrees to who presses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PriceTerms {
    /// The terms, a sentence each, as they are agreed to.
    pub sentences: Vec<String>,
    /// The same in the reader's language, and which that is.
    pub translation: Option<(String, Vec<String>)>,
    /// The digest of the terms.
    pub digest: String,
    /// What has to be paid before, as an amount with its currency.
    pub due: Option<String>,
    /// That is only kept ready on the card until the session is over.
    pub is_kept_ready: bool,
    /// The invite of the reader's link.
    pub invite: Option<String>,
    /// Until when the reader may pay who has agreed already, by their clock.
    pub until: Option<String>,
    /// Until when others may be paying for every place that is left, by the reader's clock.
    pub taken: Option<String>,
    /// Where it costs minutes that were bought before: how many the reader has, and where they buy more, if
    /// they can.
    pub minutes: Option<(u32, Option<String>)>,
    /// What has to be paid first, of an earlier call, and where.
    pub bill: Option<(String, String)>,
    /// No money moves.
    pub is_test: bool,
}

/// The price of a room. It takes the place of the name and the door.
#[component]
pub fn PricePanel(
    /// The words.
    words: &'static Words,
    /// What is agreed to.
    terms: PriceTerms,
    /// The address that takes the form.
    action: String,
    /// Where the reader finds what they paid before.
    payments: &'static str,
) -> impl IntoView {
    let pay = &words.pay;
    let PriceTerms {
        sentences,
        translation,
        digest,
        due,
        is_kept_ready,
        invite,
        until,
        taken,
        minutes,
        bill,
        is_test,
    } = terms;
    let press = match (&due, &until) {
        (None, _) => pay.agree.to_owned(),
        (Some(due), None) => filled(pay.agree_and_pay, &[("amount", due)]),
        (Some(due), Some(_)) => filled(pay.pay, &[("amount", due)]),
    };
    let note = |text: String| view! { <p class="price-panel__note" role="status">{text}</p> };
    let owing = bill.as_ref().map(|(due, _)| note(filled(pay.bill, &[("amount", due)])));
    let left = minutes.as_ref();
    let left = left.map(|(left, _)| note(filled(pay.minutes_left, &[("count", &left.to_string())])));
    let is_short = minutes.as_ref().is_some_and(|(left, _)| *left == 0);
    let buy = minutes.and_then(|(_, shop)| shop).map(|shop| {
        let kind = if is_short { ButtonKind::Primary } else { ButtonKind::Quiet };
        view! { <a class=kind.class() href=shop rel="external">{pay.buy_minutes}</a> }
    });
    let said = agreed(words, (sentences, translation), &digest);
    let awaiting = until.map(|until| note(filled(pay.awaiting, &[("time", &until)])));
    let is_taken = taken.is_some();
    let place = about_place(words, taken, due.is_some()).map(note);
    let press = match bill {
        None if is_short || is_taken => ().into_any(),
        None => view! { <Button kind=ButtonKind::Primary role="submit">{press}</Button> }.into_any(),
        Some((_, bill)) => {
            view! { <a class=ButtonKind::Primary.class() href=bill rel="external">{pay.to_bill}</a> }
                .into_any()
        }
    };
    view! {
        <form class="price-panel" method="post" action=action aria-labelledby="price-title">
            <h2 class="price-panel__title" id="price-title">{pay.title}</h2>
            {awaiting}
            {owing}
            {left}
            {said}
            <input type="hidden" name="terms" value=digest />
            {invite.map(|invite| view! { <input type="hidden" name="invite" value=invite /> })}
            {is_kept_ready.then(|| view! { <p class="price-panel__note">{pay.kept_ready}</p> })}
            {place}
            {is_test.then(|| view! { <p class="price-panel__note">{pay.test}</p> })}
            <div class="price-panel__ways">
                {press}
                {buy}
                <a class=ButtonKind::Quiet.class() href="/">{words.ways.back}</a>
                <a class=ButtonKind::Quiet.class() href=payments rel="external">{pay.payments}</a>
            </div>
        </form>
    }
}

/// What is said of the place of somebody who would pay now.
fn about_place(words: &'static Words, taken: Option<String>, is_paid_before: bool) -> Option<String> {
    let taken = taken.map(|until| filled(words.pay.place_taken_until, &[("time", &until)]));
    taken.or_else(|| is_paid_before.then(|| words.pay.place_kept.to_owned()))
}

/// What is agreed to, in the reader's language, with the wording that is kept a press away.
fn agreed(
    words: &'static Words,
    (sentences, translation): (Vec<String>, Option<(String, Vec<String>)>),
    digest: &str,
) -> AnyView {
    let pay = &words.pay;
    let (said, wording) = match translation {
        Some((lang, translated)) => (list(lang, translated), Some(list("en".to_owned(), sentences))),
        None => (list("en".to_owned(), sentences), None),
    };
    view! {
        <h3 class="price-panel__heading">{pay.terms}</h3>
        {said}
        <details class="price-panel__wording">
            <summary>{pay.wording}</summary>
            {wording}
            <p class="price-panel__digest">"SHA-256: " {digest.to_owned()}</p>
        </details>
    }
    .into_any()
}

/// Terms in a language.
fn list(lang: String, sentences: Vec<String>) -> AnyView {
    let sentences = sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view();
    view! { <ul class="price-panel__terms" lang=lang>{sentences}</ul> }.into_any()
}

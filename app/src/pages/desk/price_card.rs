//! The card of what it costs to come in.

use super::bench::Bench;
use crate::dom;
use leptos::prelude::*;
use model::money::{Currency, Money, Price};
use model::offer::{Access, Length, Overrun, Point, Wishes};
use model::{Offer, Policy};
use protocol::Selling;
use protocol::addresses::EARNINGS;
use ui::{Choice, Saving, SelectField, SettingsCard, TextField};

/// The currencies that are offered first; whatever a room has already is offered as well.
const CURRENCIES: [&str; 8] = ["EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "CAD"];

/// The fields as they stand.
#[derive(Clone, Copy)]
struct Fields {
    /// `free`, `fixed` or `per_call`.
    kind: RwSignal<String>,
    amount: RwSignal<String>,
    currency: RwSignal<String>,
    minutes: RwSignal<String>,
    /// `before` or `after`.
    point: RwSignal<String>,
    /// What more time costs, and how much it is; empty if there is none to be had.
    more: RwSignal<String>,
    more_minutes: RwSignal<String>,
}

/// Which field is wrong.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Wrong {
    Amount,
    Minutes,
    More,
    MoreMinutes,
}

/// What it costs to come in.
#[component]
pub fn PriceCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let text = &words.price;
    let selling = bench.known.with_untracked(|known| known.selling);
    let saving = RwSignal::new(Saving::Rest);
    let fields = Fields::of(bench.draft.with_untracked(|policy| policy.offer.clone()).as_ref());
    let wrong = RwSignal::new(None::<Wrong>);
    let on_save = move |()| match fields.read() {
        Ok(offer) => {
            wrong.set(None);
            bench.draft.update(|draft| draft.offer = offer);
            bench.set_rules(saving, |policy, draft| {
                *policy = Policy { offer: draft.offer.clone(), ..policy.clone() };
            });
        }
        Err(field) => {
            wrong.set(Some(field));
            saving.set(Saving::Rest);
            dom::focus(match field {
                Wrong::Amount => "price-amount",
                Wrong::Minutes => "price-minutes",
                Wrong::More => "price-more",
                Wrong::MoreMinutes => "price-more-minutes",
            });
        }
    };
    let note = match selling {
        Selling::Nothing => text.none_note,
        Selling::Test => text.test_note,
        Selling::Money => text.rest,
    };
    // A price that was set before can be taken away all the same.
    let costs = bench.known.with_untracked(|known| known.policy.offer.is_some());
    let locked = Signal::derive(move || bench.locked.get() || (selling == Selling::Nothing && !costs));
    view! {
        <SettingsCard words id="price-card" heading=text.heading hint=text.hint saving locked on_save>
            <p class="settings-card__hint">{note}</p>
            <p><a href=EARNINGS rel="external">{words.pay.earnings}</a></p>
            <PriceFields bench fields wrong />
        </SettingsCard>
    }
}

#[component]
fn PriceFields(bench: Bench, fields: Fields, wrong: RwSignal<Option<Wrong>>) -> impl IntoView {
    let text = &bench.words.price;
    let kinds = [("free", text.free), ("fixed", text.fixed), ("per_call", text.per_call)];
    let listed = |of: &[(&'static str, &'static str)]| {
        of.iter().map(|(value, label)| Choice::new(*value, *label)).collect::<Vec<_>>()
    };
    let currencies = currencies(&fields.currency.get_untracked());
    let says = move |field, said: &'static str| {
        Signal::derive(move || (wrong.get() == Some(field)).then(|| said.to_owned()))
    };
    let kind = fields.kind;
    let costs = Memo::new(move |_| kind.with(|kind| kind != "free"));
    let is_fixed = Memo::new(move |_| kind.with(|kind| kind == "fixed"));
    let point = fields.point;
    let has_more = Memo::new(move |_| is_fixed.get() && point.with(|point| point != "after"));
    let amount_of =
        |id, (label, hint), field, value| typed(id, (label, hint), says(field, text.amount_wrong), value);
    let minutes_of = |id, label, field, value| {
        typed(id, (label, text.minutes_hint), says(field, text.minutes_wrong), value)
    };
    view! {
        {chosen("price-kind", text.kind, listed(&kinds), kind)}
        <div class="policy-fields" hidden=move || !costs.get()>
            {amount_of("price-amount", (text.amount, text.amount_hint), Wrong::Amount, fields.amount)}
            {chosen("price-currency", text.currency, currencies, fields.currency)}
            {chosen("price-point", text.point, listed(&[("before", text.before), ("after", text.after)]), point)}
            <div class="policy-fields" hidden=move || !is_fixed.get()>
                {minutes_of("price-minutes", text.minutes, Wrong::Minutes, fields.minutes)}
            </div>
            <div class="policy-fields" hidden=move || !has_more.get()>
                {amount_of("price-more", (text.more, text.more_hint), Wrong::More, fields.more)}
                {minutes_of("price-more-minutes", text.more_minutes, Wrong::MoreMinutes, fields.more_minutes)}
            </div>
        </div>
    }
}

/// A field for a number.
fn typed(
    id: &'static str,
    (label, hint): (&'static str, &'static str),
    error: Signal<Option<String>>,
    value: RwSignal<String>,
) -> AnyView {
    let on_input = move |typed| value.set(typed);
    view! { <TextField id name=id label hint error value on_input limit=14_usize /> }.into_any()
}

/// A field for a choice.
fn chosen(id: &'static str, label: &'static str, choices: Vec<Choice>, value: RwSignal<String>) -> AnyView {
    let on_change = move |chosen| value.set(chosen);
    view! { <SelectField id label choices value on_change /> }.into_any()
}

/// The currencies that are offered, and the one that is set.
fn currencies(set: &str) -> Vec<Choice> {
    let other = Some(set).filter(|set| !CURRENCIES.contains(set));
    CURRENCIES.into_iter().chain(other).map(|code| Choice::new(code, code)).collect()
}

impl Fields {
    fn of(offer: Option<&Offer>) -> Self {
        let parts = offer.map(Offer::parts);
        let kind = match parts.map(|parts| &parts.access) {
            Some(Access::Fixed { .. }) => "fixed",
            Some(Access::PerCall { .. }) => "per_call",
            Some(Access::Free | Access::Prepaid { .. }) | None => "free",
        };
        let minutes = match parts.map(|parts| &parts.access) {
            Some(Access::Fixed { length, .. }) => length.count(),
            _ => 50,
        };
        let money = offer.and_then(Offer::price).map(Price::money);
        let written = |money: Option<Money>| {
            let text = money.map(|money| money.to_string()).unwrap_or_default();
            text.split(' ').next().unwrap_or_default().to_owned()
        };
        let (more, more_minutes) = match parts.map(|parts| parts.point) {
            Some(Point::During { price, length }) => (Some(price.money()), length.count()),
            Some(Point::Before | Point::After) | None => (None, 15),
        };
        let is_after = parts.is_some_and(|parts| parts.point == Point::After);
        let currency = money.map_or("EUR", |money| money.currency.code());
        let held = |text: &str| RwSignal::new(text.to_owned());
        Self {
            kind: held(kind),
            amount: held(&written(money)),
            currency: held(currency),
            minutes: held(&minutes.to_string()),
            point: held(if is_after { "after" } else { "before" }),
            more: held(&written(more)),
            more_minutes: held(&more_minutes.to_string()),
        }
    }

    /// What the fields ask for; nothing where coming in is free.
    fn read(self) -> Result<Option<Offer>, Wrong> {
        let kind = self.kind.get_untracked();
        if kind == "free" {
            return Ok(None);
        }
        let currency = Currency::parse(&self.currency.get_untracked()).map_err(|_| Wrong::Amount)?;
        let price = price_of(self.amount, currency).ok_or(Wrong::Amount)?;
        let access = match kind == "fixed" {
            true => Access::Fixed { price, length: length(self.minutes).ok_or(Wrong::Minutes)? },
            false => Access::PerCall { price },
        };
        let is_after = self.point.with_untracked(|point| point == "after");
        let point = if is_after { Point::After } else { Point::Before };
        let wishes = Wishes { point, ..Wishes::plain(access) };
        if is_after || kind != "fixed" || self.more.with_untracked(|more| more.trim().is_empty()) {
            return Offer::new(wishes).map(Some).map_err(|_| Wrong::Amount);
        }
        let more = price_of(self.more, currency).ok_or(Wrong::More)?;
        let point =
            Point::During { price: more, length: length(self.more_minutes).ok_or(Wrong::MoreMinutes)? };
        Offer::new(Wishes { point, overrun: Overrun::Extension, ..wishes }).map(Some).map_err(|_| Wrong::More)
    }
}

fn price_of(typed: RwSignal<String>, currency: Currency) -> Option<Price> {
    let typed = typed.get_untracked().trim().replace(',', ".");
    Price::parse(&typed, currency).ok()
}

fn length(typed: RwSignal<String>) -> Option<Length> {
    Length::new(typed.get_untracked().trim().parse().ok()?).ok()
}

//! The card of what it costs to come in.

use super::bench::Bench;
use crate::dom;
use leptos::prelude::*;
use model::money::{Currency, Money, Price};
use model::offer::{Access, Length, Pack, Packs, Point, Wishes};
use model::{Offer, Policy};
use protocol::addresses::EARNINGS;
use protocol::{Selling, addresses};
use ui::words::filled;
use ui::{Choice, Saving, SelectField, SettingsCard, TextField};

/// The currencies that are offered first; whatever a room has already is offered as well.
const CURRENCIES: [&str; 8] = ["EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "CAD"];

/// The fields as they stand.
#[derive(Clone, Copy)]
struct Fields {
    /// `free`, `fixed`, `per_call` or `prepaid`.
    kind: RwSignal<String>,
    amount: RwSignal<String>,
    currency: RwSignal<String>,
    minutes: RwSignal<String>,
    /// `before` or `after`.
    point: RwSignal<String>,
    /// What more time costs, and how much it is; empty if there is none to be had.
    more: RwSignal<String>,
    more_minutes: RwSignal<String>,
    /// Minutes and price of each pack; those that are empty are none.
    packs: [(RwSignal<String>, RwSignal<String>); Packs::COUNT],
    most: RwSignal<String>,
}

/// The elements of each pack: minutes and price.
const PACKS: [(&str, &str); Packs::COUNT] = [
    ("price-pack-1", "price-pack-1-amount"),
    ("price-pack-2", "price-pack-2-amount"),
    ("price-pack-3", "price-pack-3-amount"),
    ("price-pack-4", "price-pack-4-amount"),
    ("price-pack-5", "price-pack-5-amount"),
    ("price-pack-6", "price-pack-6-amount"),
];

/// Which field is wrong.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Wrong {
    Amount,
    Minutes,
    More,
    MoreMinutes,
    /// The pack in this place.
    Pack(usize),
    Most,
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
        Ok(sold) => {
            wrong.set(None);
            bench.set_rules(saving, move |policy, _| {
                let offer = sold.map(|sold| over(policy.offer.as_ref(), sold));
                *policy = Policy { offer, ..policy.clone() };
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
                Wrong::Pack(place) => PACKS[place].0,
                Wrong::Most => "price-most",
            });
        }
    };
    let note = match selling {
        Selling::Nothing => text.none_note,
        Selling::Test => text.test_note,
        Selling::Money => text.rest,
        Selling::NeedsAccount => words.pay.seller_needs_account,
        Selling::NotListed => words.pay.seller_not_listed,
        Selling::NeedsStripe => words.pay.seller_needs_stripe,
    };
    // A price that was set before can be taken away all the same.
    let costs = Memo::new(move |_| bench.known.with(|known| known.policy.offer.is_some()));
    let sells = matches!(selling, Selling::Test | Selling::Money);
    let locked = Signal::derive(move || bench.locked.get() || !(sells || costs.get()));
    view! {
        <SettingsCard words id="price-card" heading=text.heading hint=text.hint saving locked on_save>
            <p class="settings-card__hint">{note}</p>
            {(selling == Selling::NeedsStripe).then(|| {
                view! { <p><a href=addresses::PAYOUTS rel="external">{words.pay.payouts}</a></p> }
            })}
            <p><a href=EARNINGS rel="external">{words.pay.earnings}</a></p>
            {move || costs.get().then(|| {
                let policies = addresses::of(bench.code, addresses::POLICIES);
                view! { <p><a href=policies rel="external">{text.policies}</a></p> }
            })}
            <PriceFields bench fields wrong />
        </SettingsCard>
    }
}

#[component]
fn PriceFields(bench: Bench, fields: Fields, wrong: RwSignal<Option<Wrong>>) -> impl IntoView {
    let text = &bench.words.price;
    let kinds =
        [("free", text.free), ("fixed", text.fixed), ("per_call", text.per_call), ("prepaid", text.prepaid)];
    let listed = |of: &[(&'static str, &'static str)]| {
        of.iter().map(|(value, label)| Choice::new(*value, *label)).collect::<Vec<_>>()
    };
    let currencies = currencies(&fields.currency.get_untracked());
    let says = move |field, said: &'static str| {
        Signal::derive(move || (wrong.get() == Some(field)).then(|| said.to_owned()))
    };
    let least = bench.known.with_untracked(|known| known.least.clone());
    let least = move || {
        let is_chosen = |least: &&Money| fields.currency.with(|code| least.currency.code() == code);
        let amount = least.iter().find(is_chosen)?.to_string();
        Some(view! { <p class="settings-card__hint">{filled(text.least, &[("amount", &amount)])}</p> })
    };
    let kind = fields.kind;
    let costs = Memo::new(move |_| kind.with(|kind| kind != "free"));
    let is_fixed = Memo::new(move |_| kind.with(|kind| kind == "fixed"));
    let is_prepaid = Memo::new(move |_| kind.with(|kind| kind == "prepaid"));
    let (point, points) = (fields.point, listed(&[("before", text.before), ("after", text.after)]));
    let has_more = Memo::new(move |_| is_fixed.get() && point.with(|point| point != "after"));
    let amount_of = |id, (label, hint): (&str, _), field, value| {
        typed(id, (label.to_owned(), hint), says(field, text.amount_wrong), value)
    };
    let minutes_of = |id, label: &str, field, value| {
        typed(id, (label.to_owned(), text.minutes_hint), says(field, text.minutes_wrong), value)
    };
    view! {
        {chosen("price-kind", text.kind, listed(&kinds), kind)}
        <div class="policy-fields" hidden=move || !costs.get()>
            <div class="policy-fields" hidden=move || is_prepaid.get()>
                {amount_of("price-amount", (text.amount, text.amount_hint), Wrong::Amount, fields.amount)}
            </div>
            {chosen("price-currency", text.currency, currencies, fields.currency)}
            {least}
            <div class="policy-fields" hidden=move || is_prepaid.get()>
                {chosen("price-point", text.point, points, point)}
            </div>
            <div class="policy-fields" hidden=move || !is_prepaid.get()>
                <PackFields bench fields wrong />
            </div>
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

/// The packs, of which one more is shown whenever the last is filled in.
#[component]
fn PackFields(bench: Bench, fields: Fields, wrong: RwSignal<Option<Wrong>>) -> impl IntoView {
    let text = &bench.words.price;
    let packs = PACKS.into_iter().enumerate().map(|(place, (minutes_id, amount_id))| {
        let (minutes, amount) = fields.packs[place];
        let before = place.checked_sub(1).map(|before| fields.packs[before].0);
        let is_idle = move || before.is_some_and(|before| before.with(String::is_empty));
        let label = |said| filled(said, &[("count", &(place + 1).to_string())]);
        let says = Signal::derive(move || {
            (wrong.get() == Some(Wrong::Pack(place))).then(|| text.pack_wrong.to_owned())
        });
        let hint = if place == 0 { text.amount_hint } else { text.pack_hint };
        view! {
            <div class="policy-fields" hidden=is_idle>
                {typed(minutes_id, (label(text.pack_minutes), ""), says, minutes)}
                {typed(amount_id, (label(text.pack_amount), hint), Signal::derive(|| None), amount)}
            </div>
        }
    });
    let says =
        Signal::derive(move || (wrong.get() == Some(Wrong::Most)).then(|| text.minutes_wrong.to_owned()));
    let most = typed("price-most", (text.most.to_owned(), text.most_hint), says, fields.most);
    view! {
        {packs.collect_view()}
        {most}
    }
}

/// A field for a number.
fn typed(
    id: &'static str,
    (label, hint): (String, &'static str),
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
            Some(Access::Prepaid { .. }) => "prepaid",
            Some(Access::Free) | None => "free",
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
        let currency = offer.and_then(Offer::currency).map_or("EUR", Currency::code);
        let held = |text: &str| RwSignal::new(text.to_owned());
        let (packs, most) = match parts.map(|parts| &parts.access) {
            Some(Access::Prepaid { packs, most }) => (packs.list(), most.count()),
            _ => (&[][..], 60),
        };
        let packs = std::array::from_fn(|place| match packs.get(place) {
            Some(pack) => (held(&pack.minutes.to_string()), held(&written(Some(pack.price.money())))),
            None => (held(""), held("")),
        });
        Self {
            packs,
            most: held(&most.to_string()),
            kind: held(kind),
            amount: held(&written(money)),
            currency: held(currency),
            minutes: held(&minutes.to_string()),
            point: held(if is_after { "after" } else { "before" }),
            more: held(&written(more)),
            more_minutes: held(&more_minutes.to_string()),
        }
    }

    /// What the fields ask for, with plain policies; nothing where coming in is free.
    fn read(self) -> Result<Option<Offer>, Wrong> {
        let set = Wishes::plain(Access::Free);
        let kind = self.kind.get_untracked();
        if kind == "free" {
            return Ok(None);
        }
        let currency = Currency::parse(&self.currency.get_untracked()).map_err(|_| Wrong::Amount)?;
        if kind == "prepaid" {
            let packs = self.read_packs(currency)?;
            let access = Access::Prepaid { packs, most: length(self.most).ok_or(Wrong::Most)? };
            return Offer::new(set.selling(access, Point::Before)).map(Some).map_err(|_| Wrong::Most);
        }
        let price = price_of(self.amount, currency).ok_or(Wrong::Amount)?;
        let access = match kind == "fixed" {
            true => Access::Fixed { price, length: length(self.minutes).ok_or(Wrong::Minutes)? },
            false => Access::PerCall { price },
        };
        let is_after = self.point.with_untracked(|point| point == "after");
        let point = if is_after { Point::After } else { Point::Before };
        if is_after || kind != "fixed" || self.more.with_untracked(|more| more.trim().is_empty()) {
            return Offer::new(set.selling(access, point)).map(Some).map_err(|_| Wrong::Amount);
        }
        let more = price_of(self.more, currency).ok_or(Wrong::More)?;
        let point =
            Point::During { price: more, length: length(self.more_minutes).ok_or(Wrong::MoreMinutes)? };
        Offer::new(set.selling(access, point)).map(Some).map_err(|_| Wrong::More)
    }
}

impl Fields {
    /// The packs that are filled in.
    fn read_packs(self, currency: Currency) -> Result<Packs, Wrong> {
        let mut packs = Vec::new();
        for (place, (minutes, amount)) in self.packs.into_iter().enumerate() {
            if minutes.with_untracked(|typed| typed.trim().is_empty())
                && amount.with_untracked(|typed| typed.trim().is_empty())
            {
                continue;
            }
            let minutes = minutes.get_untracked().trim().parse().map_err(|_| Wrong::Pack(place))?;
            packs.push(Pack { minutes, price: price_of(amount, currency).ok_or(Wrong::Pack(place))? });
        }
        Packs::new(packs).map_err(|_| Wrong::Pack(0))
    }
}

/// What is sold from now on, with the policies that the room has.
fn over(set: Option<&Offer>, sold: Offer) -> Offer {
    let Wishes { access, point, .. } = sold.parts().clone();
    let kept = set.and_then(|set| Offer::new(set.parts().clone().selling(access, point)).ok());
    kept.unwrap_or(sold)
}

fn price_of(typed: RwSignal<String>, currency: Currency) -> Option<Price> {
    let typed = typed.get_untracked().trim().replace(',', ".");
    Price::parse(&typed, currency).ok()
}

fn length(typed: RwSignal<String>) -> Option<Length> {
    Length::new(typed.get_untracked().trim().parse().ok()?).ok()
}

//! The card of what it costs to come in.

use super::bench::Bench;
use crate::dom;
use crate::pricing::{self, Typed, Wrong, over};
use leptos::prelude::*;
use model::money::Money;
use model::offer::Packs;
use model::{Offer, Policy};
use protocol::addresses::EARNINGS;
use protocol::{Selling, addresses};
use ui::words::filled;
use ui::{Choice, Saving, SelectField, SettingsCard, TextField};

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
    let on_save = move |()| match fields.typed().read() {
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
    pricing::currencies(set).map(|code| Choice::new(code, code)).collect()
}

impl Fields {
    fn of(offer: Option<&Offer>) -> Self {
        let Typed { kind, amount, currency, minutes, point, more, more_minutes, packs, most } =
            Typed::of(offer);
        Self {
            kind: RwSignal::new(kind),
            amount: RwSignal::new(amount),
            currency: RwSignal::new(currency),
            minutes: RwSignal::new(minutes),
            point: RwSignal::new(point),
            more: RwSignal::new(more),
            more_minutes: RwSignal::new(more_minutes),
            packs: packs.map(|(minutes, amount)| (RwSignal::new(minutes), RwSignal::new(amount))),
            most: RwSignal::new(most),
        }
    }

    /// What stands in them.
    fn typed(self) -> Typed {
        let text = |field: RwSignal<String>| field.get_untracked();
        Typed {
            kind: text(self.kind),
            amount: text(self.amount),
            currency: text(self.currency),
            minutes: text(self.minutes),
            point: text(self.point),
            more: text(self.more),
            more_minutes: text(self.more_minutes),
            packs: self.packs.map(|(minutes, amount)| (text(minutes), text(amount))),
            most: text(self.most),
        }
    }
}

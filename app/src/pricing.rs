//! What a room is to cost, as the fields of a form say it: for the hosts' card of the price, and for the page
//! on which whoever runs the server does the same without scripts.
//!
//! Not here: what is said when it is late or nobody comes, which stays as the room has it ([`over`]).

use model::Offer;
use model::money::{Currency, Money, Price};
use model::offer::{Access, Length, Pack, Packs, Point, Wishes};

/// The currencies that are offered first; whatever a room has already is offered as well.
pub const CURRENCIES: [&str; 8] = ["EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "CAD"];

/// What stands in the fields.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Typed {
    /// `free`, `fixed`, `per_call` or `prepaid`.
    pub kind: String,
    pub amount: String,
    pub currency: String,
    pub minutes: String,
    /// `before` or `after`.
    pub point: String,
    /// What more time costs, and how much it is; empty if there is none to be had.
    pub more: String,
    pub more_minutes: String,
    /// Minutes and price of each pack; those that are empty are none.
    pub packs: [(String, String); Packs::COUNT],
    pub most: String,
}

/// Which field is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wrong {
    Amount,
    Minutes,
    More,
    MoreMinutes,
    /// The pack in this place.
    Pack(usize),
    Most,
}

impl Typed {
    /// What the fields hold where nobody has typed.
    pub fn of(offer: Option<&Offer>) -> Self {
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
        let (more, more_minutes) = match parts.map(|parts| parts.point) {
            Some(Point::During { price, length }) => (Some(price.money()), length.count()),
            Some(Point::Before | Point::After) | None => (None, 15),
        };
        let is_after = parts.is_some_and(|parts| parts.point == Point::After);
        let (packs, most) = match parts.map(|parts| &parts.access) {
            Some(Access::Prepaid { packs, most }) => (packs.list(), most.count()),
            _ => (&[][..], 60),
        };
        Self {
            kind: kind.to_owned(),
            amount: written(offer.and_then(Offer::price).map(Price::money)),
            currency: offer.and_then(Offer::currency).map_or("EUR", Currency::code).to_owned(),
            minutes: minutes.to_string(),
            point: if is_after { "after" } else { "before" }.to_owned(),
            more: written(more),
            more_minutes: more_minutes.to_string(),
            packs: std::array::from_fn(|place| match packs.get(place) {
                Some(pack) => (pack.minutes.to_string(), written(Some(pack.price.money()))),
                None => Default::default(),
            }),
            most: most.to_string(),
        }
    }

    /// What the fields ask for, with plain policies; nothing where coming in is free.
    pub fn read(&self) -> Result<Option<Offer>, Wrong> {
        let set = Wishes::plain(Access::Free);
        if self.kind == "free" {
            return Ok(None);
        }
        let currency = Currency::parse(&self.currency).map_err(|_| Wrong::Amount)?;
        if self.kind == "prepaid" {
            let packs = self.read_packs(currency)?;
            let access = Access::Prepaid { packs, most: length(&self.most).ok_or(Wrong::Most)? };
            return Offer::new(set.selling(access, Point::Before)).map(Some).map_err(|_| Wrong::Most);
        }
        let price = price_of(&self.amount, currency).ok_or(Wrong::Amount)?;
        let is_fixed = self.kind == "fixed";
        let access = match is_fixed {
            true => Access::Fixed { price, length: length(&self.minutes).ok_or(Wrong::Minutes)? },
            false => Access::PerCall { price },
        };
        let is_after = self.point == "after";
        let point = if is_after { Point::After } else { Point::Before };
        if is_after || !is_fixed || self.more.trim().is_empty() {
            return Offer::new(set.selling(access, point)).map(Some).map_err(|_| Wrong::Amount);
        }
        let more = price_of(&self.more, currency).ok_or(Wrong::More)?;
        let point =
            Point::During { price: more, length: length(&self.more_minutes).ok_or(Wrong::MoreMinutes)? };
        Offer::new(set.selling(access, point)).map(Some).map_err(|_| Wrong::More)
    }

    /// The packs that are filled in.
    fn read_packs(&self, currency: Currency) -> Result<Packs, Wrong> {
        let mut packs = Vec::new();
        for (place, (minutes, amount)) in self.packs.iter().enumerate() {
            if minutes.trim().is_empty() && amount.trim().is_empty() {
                continue;
            }
            let minutes = minutes.trim().parse().map_err(|_| Wrong::Pack(place))?;
            packs.push(Pack { minutes, price: price_of(amount, currency).ok_or(Wrong::Pack(place))? });
        }
        Packs::new(packs).map_err(|_| Wrong::Pack(0))
    }
}

/// What is sold from now on, with the policies that the room has.
pub fn over(set: Option<&Offer>, sold: Offer) -> Offer {
    let Wishes { access, point, .. } = sold.parts().clone();
    let kept = set.and_then(|set| Offer::new(set.parts().clone().selling(access, point)).ok());
    kept.unwrap_or(sold)
}

/// The currencies that are offered, and the one that is set.
pub fn currencies(set: &str) -> impl Iterator<Item = &str> {
    let other = Some(set).filter(|set| !CURRENCIES.contains(set));
    CURRENCIES.into_iter().chain(other)
}

fn written(money: Option<Money>) -> String {
    let text = money.map(|money| money.to_string()).unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn price_of(typed: &str, currency: Currency) -> Option<Price> {
    Price::parse(&typed.trim().replace(',', "."), currency).ok()
}

fn length(typed: &str) -> Option<Length> {
    Length::new(typed.trim().parse().ok()?).ok()
}

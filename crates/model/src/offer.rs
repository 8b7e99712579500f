//! What a session costs, and what holds when it goes otherwise than planned. Chosen when the session is
//! made, and never changed.
//!
//! | part | says |
//! |---|---|
//! | [`Access`] | free, a fixed price for a fixed length, a price per call, prepaid minutes |
//! | [`Point`] | paid before, before and again during the call, or after |
//! | [`SlotStart`] | when the clock of a fixed length starts |
//! | [`NoShow`] | how long who came waits for who did not, and what then goes back |
//! | [`Overrun`] | what happens when the paid time is over |
//! | [`Cancellation`] | what goes back by how long before |
//! | fee | the operator's share of what is kept |
//!
//! A value that exists is within its limits and does not contradict itself. Minutes are bought in packs
//! and spent one for one, by the millisecond, with the host who sold them.
//! Not here: what the rules come to, which is `domain`'s, and their words, which are `statement`'s.

use crate::money::{Currency, Permille, Price};

/// What one session costs, with all that holds for it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Wishes", into = "Wishes")]
pub struct Offer(Wishes);

/// The parts of an offer, which may still contradict each other.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wishes {
    pub access: Access,
    pub point: Point,
    pub start: SlotStart,
    pub no_show: NoShow,
    pub overrun: Overrun,
    pub cancellation: Cancellation,
    /// The operator's share of what is kept.
    pub fee: Permille,
}

/// What is sold.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Free,
    /// So much for so long.
    Fixed {
        price: Price,
        length: Length,
    },
    /// So much for a call, however long it lasts.
    PerCall {
        price: Price,
    },
    /// Minutes that were bought before; at most `most` of them for one session.
    Prepaid {
        packs: Packs,
        most: Length,
    },
}

/// When money changes hands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// Before the payer comes in.
    Before,
    /// Before, and again for each extension that the payer asks for.
    During { price: Price, length: Length },
    /// When the session is closed.
    After,
}

/// When the clock of a fixed length starts. Without a plan it starts when both are in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotStart {
    /// At the planned time, whoever is there.
    Planned,
    /// When host and payer are both in.
    BothIn,
}

/// What holds if somebody does not come: how long the other waits, and which share the payer gets back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NoShow {
    pub wait: Wait,
    /// If the host does not come.
    pub host: Permille,
    /// If the payer does not come.
    pub payer: Permille,
    /// If nobody comes.
    pub both: Permille,
}

/// What happens when the paid time is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overrun {
    /// The session ends.
    Close,
    /// It goes on for free for so long.
    RunOn { free: Wait },
    /// It waits a moment for the payer to extend it, and then ends.
    Extension,
}

/// Which share the payer gets back for cancelling, from the longest time before to the shortest.
/// Without a step that is early enough, nothing goes back.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Cancellation(Vec<Step>);

/// Whoever cancels at least so many hours before gets so much back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    pub hours: u16,
    pub refund: Permille,
}

/// The packs in which minutes are sold, from the smallest to the largest.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Pack>", into = "Vec<Pack>")]
pub struct Packs(Vec<Pack>);

/// So many minutes for so much.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pack {
    pub minutes: u16,
    pub price: Price,
}

/// How long something is that is sold: a minute to a day.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Length(u16);

/// How long somebody waits, or goes on for free: a minute to two hours.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Wait(u16);

/// Why an offer cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OfferError {
    #[error("the span is outside its limits")]
    Span,
    #[error("there are too few or too many packs")]
    PackCount,
    #[error("packs have different sizes, from small to large, and one currency")]
    PackOrder,
    #[error("there are too many steps")]
    StepCount,
    #[error("cancelling later never gives more back")]
    StepOrder,
    #[error("the operator's share is too large")]
    Fee,
    #[error("only a fixed length can be extended")]
    NotExtendable,
    #[error("to wait for an extension, there must be one")]
    NoExtension,
    #[error("free sessions and prepaid minutes are not paid later")]
    NotPayableLater,
    #[error("one offer is in one currency")]
    MixedCurrencies,
}

impl Offer {
    /// The largest share of the operator, in thousandths.
    pub const FEE_MOST: u16 = 500;

    /// The offer, if its parts fit together.
    pub fn new(mut wishes: Wishes) -> Result<Self, OfferError> {
        if wishes.point == Point::After {
            // Nothing was paid for a place: whoever does not come, or was kept out meanwhile, owes nothing.
            wishes.no_show.payer = Permille::ALL;
            wishes.no_show.both = Permille::ALL;
        }
        if wishes.fee.count() > Self::FEE_MOST {
            return Err(OfferError::Fee);
        }
        match (wishes.point, &wishes.access) {
            (Point::During { price, .. }, Access::Fixed { price: first, .. }) => {
                if !price.money().is_like(first.money()) {
                    return Err(OfferError::MixedCurrencies);
                }
            }
            (Point::During { .. }, Access::Free | Access::PerCall { .. } | Access::Prepaid { .. }) => {
                return Err(OfferError::NotExtendable);
            }
            (Point::After, Access::Free | Access::Prepaid { .. }) => return Err(OfferError::NotPayableLater),
            (Point::After, Access::Fixed { .. } | Access::PerCall { .. }) | (Point::Before, _) => {}
        }
        match (wishes.overrun, wishes.point) {
            (Overrun::Extension, Point::Before | Point::After) => Err(OfferError::NoExtension),
            (Overrun::Extension, Point::During { .. }) | (Overrun::Close | Overrun::RunOn { .. }, _) => {
                Ok(Self(wishes))
            }
        }
    }

    /// The parts.
    pub const fn parts(&self) -> &Wishes {
        &self.0
    }

    /// What has to be paid for the session as a whole, without extensions; nothing where no money is asked.
    pub const fn price(&self) -> Option<Price> {
        match &self.0.access {
            Access::Fixed { price, .. } | Access::PerCall { price } => Some(*price),
            Access::Free | Access::Prepaid { .. } => None,
        }
    }

    /// The currency, if there is one.
    pub fn currency(&self) -> Option<Currency> {
        let packs = match &self.0.access {
            Access::Prepaid { packs, .. } => packs.0.first().map(|pack| pack.price),
            Access::Free | Access::Fixed { .. } | Access::PerCall { .. } => None,
        };
        self.price().or(packs).map(|price| price.money().currency)
    }
}

impl Wishes {
    /// An offer as it is first shown to a host: paid before, and fair to both.
    pub fn plain(access: Access) -> Self {
        Self {
            access,
            point: Point::Before,
            start: SlotStart::BothIn,
            no_show: NoShow {
                wait: Wait(15),
                host: Permille::ALL,
                payer: Permille::NONE,
                both: Permille::ALL,
            },
            overrun: Overrun::Close,
            cancellation: Cancellation(vec![Step { hours: 24, refund: Permille::ALL }]),
            fee: Permille::NONE,
        }
    }

    /// The same policies for something else that is sold, or paid at another time, as far as they fit it.
    pub fn selling(self, access: Access, point: Point) -> Self {
        let overrun = match (self.overrun, self.point, point) {
            (Overrun::Extension, _, Point::Before | Point::After) => Overrun::Close,
            // More time came to be sold: that it can be bought at the end is what its host means.
            (Overrun::Close, Point::Before | Point::After, Point::During { .. }) => Overrun::Extension,
            (overrun, ..) => overrun,
        };
        let mut no_show = self.no_show;
        if self.point == Point::After && point != Point::After {
            // That nothing is owed was for trust alone.
            let NoShow { payer, both, .. } = Self::plain(Access::Free).no_show;
            no_show = NoShow { payer, both, ..no_show };
        }
        Self { access, point, overrun, no_show, ..self }
    }
}

impl Cancellation {
    /// The most steps.
    pub const STEPS: usize = 5;
    /// The longest time before, in hours: thirty days.
    pub const HOURS: u16 = 30 * 24;

    /// The steps, if there are not too many and later never gives more.
    pub fn new(steps: Vec<Step>) -> Result<Self, OfferError> {
        if steps.len() > Self::STEPS {
            return Err(OfferError::StepCount);
        }
        let in_order = |pair: &[Step]| pair[0].hours > pair[1].hours && pair[0].refund >= pair[1].refund;
        let within = steps.iter().all(|step| step.hours <= Self::HOURS);
        if within && steps.windows(2).all(in_order) { Ok(Self(steps)) } else { Err(OfferError::StepOrder) }
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What goes back to somebody who cancels so many milliseconds before.
    pub fn refund(&self, before_ms: i64) -> Permille {
        let early_enough = |step: &&Step| before_ms >= i64::from(step.hours) * 3_600_000;
        self.0.iter().find(early_enough).map_or(Permille::NONE, |step| step.refund)
    }
}

impl Packs {
    /// The most packs of one offer.
    pub const COUNT: usize = 6;
    /// The most minutes of one pack: a hundred hours.
    pub const MINUTES: u16 = 6_000;

    /// The packs, if they are in order and in one currency.
    pub fn new(packs: Vec<Pack>) -> Result<Self, OfferError> {
        if packs.is_empty() || packs.len() > Self::COUNT {
            return Err(OfferError::PackCount);
        }
        let within = packs.iter().all(|pack| pack.minutes >= 1 && pack.minutes <= Self::MINUTES);
        let in_order = |pair: &[Pack]| {
            pair[0].minutes < pair[1].minutes && pair[0].price.money().is_like(pair[1].price.money())
        };
        if within && packs.windows(2).all(in_order) { Ok(Self(packs)) } else { Err(OfferError::PackOrder) }
    }

    /// The packs.
    pub fn list(&self) -> &[Pack] {
        &self.0
    }
}

impl Pack {
    /// How long the pack lasts, in milliseconds.
    pub const fn millis(self) -> i64 {
        self.minutes as i64 * 60_000
    }
}

macro_rules! span {
    ($name:ident, $most:expr) => {
        impl $name {
            /// The most minutes.
            pub const MOST: u16 = $most;

            /// The span, if it is within its limits.
            pub const fn new(minutes: u16) -> Result<Self, OfferError> {
                if minutes >= 1 && minutes <= Self::MOST { Ok(Self(minutes)) } else { Err(OfferError::Span) }
            }

            /// How many minutes.
            pub const fn count(self) -> u16 {
                self.0
            }

            /// The same in milliseconds.
            pub const fn millis(self) -> i64 {
                self.0 as i64 * 60_000
            }
        }

        impl TryFrom<u16> for $name {
            type Error = OfferError;

            fn try_from(minutes: u16) -> Result<Self, OfferError> {
                Self::new(minutes)
            }
        }

        impl From<$name> for u16 {
            fn from(span: $name) -> Self {
                span.0
            }
        }
    };
}

span!(Length, 24 * 60);
span!(Wait, 120);

macro_rules! parses {
    ($raw:ty => $name:ident) => {
        impl TryFrom<$raw> for $name {
            type Error = OfferError;

            fn try_from(raw: $raw) -> Result<Self, OfferError> {
                Self::new(raw)
            }
        }

        impl From<$name> for $raw {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

parses!(Wishes => Offer);
parses!(Vec<Step> => Cancellation);
parses!(Vec<Pack> => Packs);

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> Price {
        let (amount, code) = text.split_once(' ').expect("a test writes a price with its currency");
        Currency::parse(code).and_then(|currency| Price::parse(amount, currency)).expect("it is a price")
    }

    fn hour() -> Access {
        Access::Fixed { price: price("60 EUR"), length: Length(60) }
    }

    fn step(hours: u16, refund: u16) -> Step {
        Step { hours, refund: Permille::new(refund).expect("the test keeps to the limits") }
    }

    #[test]
    fn an_offer_does_not_contradict_itself() {
        let plain = Wishes::plain(hour());
        let refused = |wishes: Wishes| Offer::new(wishes).err();
        assert_eq!(refused(plain.clone()), None);
        assert_eq!(
            refused(Wishes { overrun: Overrun::Extension, ..plain.clone() }),
            Some(OfferError::NoExtension)
        );
        let extension = Point::During { price: price("10 USD"), length: Length(15) };
        assert_eq!(refused(Wishes { point: extension, ..plain.clone() }), Some(OfferError::MixedCurrencies));
        let call = Wishes::plain(Access::PerCall { price: price("5 EUR") });
        assert_eq!(refused(Wishes { point: extension, ..call }), Some(OfferError::NotExtendable));
        let free = Wishes::plain(Access::Free);
        assert_eq!(refused(Wishes { point: Point::After, ..free }), Some(OfferError::NotPayableLater));
        let fee = Permille::new(501).expect("it is a share");
        assert_eq!(refused(Wishes { fee, ..plain }), Some(OfferError::Fee));
    }

    #[test]
    fn cancelling_later_never_gives_more_back() {
        let steps = Cancellation::new(vec![step(48, 1_000), step(24, 500), step(1, 500)]);
        let refund = |hours: i64| steps.as_ref().map(|steps| steps.refund(hours * 3_600_000).count());
        assert_eq!(refund(48), Ok(1_000));
        assert_eq!(refund(47), Ok(500));
        assert_eq!(refund(0), Ok(0));
        assert_eq!(refund(-5), Ok(0));
        assert_eq!(Cancellation::new(vec![step(24, 500), step(48, 1_000)]), Err(OfferError::StepOrder));
        assert_eq!(Cancellation::new(vec![step(24, 500), step(12, 501)]), Err(OfferError::StepOrder));
        assert_eq!(Cancellation::new(vec![step(1, 0); 6]), Err(OfferError::StepCount));
    }

    #[test]
    fn packs_go_from_small_to_large_in_one_currency() {
        let pack = |minutes, text| Pack { minutes, price: price(text) };
        assert!(Packs::new(vec![pack(60, "50 EUR"), pack(120, "90 EUR")]).is_ok());
        assert_eq!(Packs::new(Vec::new()), Err(OfferError::PackCount));
        assert_eq!(Packs::new(vec![pack(60, "50 EUR"), pack(60, "90 EUR")]), Err(OfferError::PackOrder));
        assert_eq!(Packs::new(vec![pack(60, "50 EUR"), pack(90, "90 USD")]), Err(OfferError::PackOrder));
        assert_eq!(Packs::new(vec![pack(6_001, "50 EUR")]), Err(OfferError::PackOrder));
    }

    #[test]
    fn policies_outlive_what_is_sold() {
        let more = Point::During { price: price("5 EUR"), length: Length(15) };
        let fixed = || Access::Fixed { price: price("50 EUR"), length: Length(50) };
        let no_show = NoShow { wait: Wait(5), ..Wishes::plain(fixed()).no_show };
        let strict = Wishes { no_show, start: SlotStart::Planned, ..Wishes::plain(fixed()) };
        let extended = strict.clone().selling(fixed(), more);
        assert_eq!(
            (extended.overrun, extended.no_show, extended.start),
            (Overrun::Extension, no_show, strict.start)
        );
        assert_eq!(extended.clone().selling(fixed(), Point::Before), strict);
        let closing = Wishes { overrun: Overrun::Close, ..extended };
        assert_eq!(closing.selling(fixed(), more).overrun, Overrun::Close, "its host chose that");
        let running = Wishes { overrun: Overrun::RunOn { free: Wait(3) }, ..strict.clone() };
        assert_eq!(running.clone().selling(fixed(), more).overrun, running.overrun);
        let trusted = Offer::new(strict.clone().selling(fixed(), Point::After)).expect("an offer");
        assert_eq!(trusted.parts().no_show.payer, Permille::ALL);
        assert_eq!(trusted.parts().clone().selling(fixed(), Point::Before), strict, "trust ends with it");
    }

    #[test]
    fn spans_have_limits() {
        assert_eq!(Length::new(0), Err(OfferError::Span));
        assert_eq!(Length::new(1_440).map(Length::millis), Ok(86_400_000));
        assert_eq!(Wait::new(121), Err(OfferError::Span));
    }
}

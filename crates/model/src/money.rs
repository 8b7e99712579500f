//! Money: whole minor units of a currency, such as 1250 cents.
//!
//! | type | holds |
//! |---|---|
//! | [`Currency`] | one of a bounded list of currencies, with its number of decimals |
//! | [`Money`] | an amount, which may be negative, and its currency |
//! | [`Price`] | what a person can be asked for: more than nothing, and not more than processors take |
//! | [`Permille`] | a share in thousandths |
//!
//! Nothing here is a fraction: whoever divides says where the rest goes. [`Money::share`] rounds down.
//! Not here: exchange rates, taxes, and how one processor writes an amount.

use std::fmt;
use std::str::FromStr;

/// Code and number of decimals (ISO 4217), by code. Currencies in which processors count other minor
/// units than the standard (ISK, MGA, UGX) are left out: an amount must mean the same everywhere.
const CURRENCIES: [(&str, u8); 47] = [
    ("AED", 2),
    ("ARS", 2),
    ("AUD", 2),
    ("BGN", 2),
    ("BHD", 3),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CLP", 0),
    ("COP", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EGP", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("GEL", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("IDR", 2),
    ("ILS", 2),
    ("INR", 2),
    ("JOD", 3),
    ("JPY", 0),
    ("KES", 2),
    ("KRW", 0),
    ("KWD", 3),
    ("MAD", 2),
    ("MXN", 2),
    ("MYR", 2),
    ("NGN", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("OMR", 3),
    ("PEN", 2),
    ("PHP", 2),
    ("PLN", 2),
    ("PYG", 0),
    ("RON", 2),
    ("RSD", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TND", 3),
    ("TRY", 2),
    ("USD", 2),
    ("VND", 0),
    ("ZAR", 2),
];

/// A currency, by its place in the list; they sort by code.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(u8);

/// An amount of money, in minor units.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// What something costs: more than nothing, at most [`Price::MOST`], and an amount that can be charged.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Money", into = "Money")]
pub struct Price(Money);

/// A share in thousandths of the whole.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Permille(u16);

/// Why a text or a number is no money.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MoneyError {
    #[error("this currency is not known")]
    UnknownCurrency,
    #[error("an amount is written like 12.50")]
    NotAnAmount,
    #[error("the currency has fewer decimals")]
    TooManyDecimals,
    #[error("the amount is too large")]
    TooLarge,
    #[error("a price is more than nothing")]
    Nothing,
    #[error("amounts of this currency end in 0")]
    NotMovable,
    #[error("a share is between 0 and 1000 thousandths")]
    NotAShare,
}

impl Currency {
    /// Every currency, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CURRENCIES.len()).filter_map(|place| u8::try_from(place).ok()).map(Self)
    }

    /// The currency of a code such as `EUR`, however it is spelled.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let code = code.trim();
        let known = |currency: &Self| currency.code().eq_ignore_ascii_case(code);
        Self::all().find(known).ok_or(MoneyError::UnknownCurrency)
    }

    /// The code, three capital letters.
    pub const fn code(self) -> &'static str {
        CURRENCIES[self.0 as usize].0
    }

    /// How many decimals an amount has: 2 for EUR, none for JPY, 3 for KWD.
    pub const fn decimals(self) -> u8 {
        CURRENCIES[self.0 as usize].1
    }

    /// The smallest number of minor units that cards can move: those with three decimals move tens.
    pub const fn step(self) -> i64 {
        if self.decimals() == 3 { 10 } else { 1 }
    }
}

impl Money {
    /// The longest text that may be an amount.
    const TEXT: usize = 24;

    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads what a person typed: digits, and perhaps a point or a comma with as many digits as the
    /// currency has decimals. Nothing separates thousands, because a comma could mean either.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
        if text.len() > Self::TEXT {
            return Err(MoneyError::TooLarge);
        }
        let has_mark = whole.len() < text.len();
        if whole.is_empty() || !digits(whole) || !digits(part) || (has_mark && part.is_empty()) {
            return Err(MoneyError::NotAnAmount);
        }
        let decimals = usize::from(currency.decimals());
        if part.len() > decimals {
            return Err(MoneyError::TooManyDecimals);
        }
        let minor = format!("{whole}{part:0<decimals$}").parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor, currency })
    }

    /// The sum, if it is one currency and not too large.
    pub const fn plus(self, other: Self) -> Option<Self> {
        match self.minor.checked_add(other.minor) {
            Some(minor) if self.is_like(other) => Some(Self { minor, currency: self.currency }),
            Some(_) | None => None,
        }
    }

    /// The difference, if it is one currency and not too large.
    pub const fn minus(self, other: Self) -> Option<Self> {
        match self.minor.checked_sub(other.minor) {
            Some(minor) if self.is_like(other) => Some(Self { minor, currency: self.currency }),
            Some(_) | None => None,
        }
    }

    /// Whether both are of one currency.
    pub const fn is_like(self, other: Self) -> bool {
        self.currency.0 == other.currency.0
    }

    /// Whether it is no money at all.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// A share of an amount that is not negative, rounded down to what cards can move.
    pub fn share(self, share: Permille) -> Self {
        self.fraction(i64::from(share.0), 1_000)
    }

    /// The fraction `part / whole` of an amount that is not negative, rounded down to what cards can
    /// move. A part that is larger than the whole is the whole, one below zero nothing.
    pub fn fraction(self, part: i64, whole: i64) -> Self {
        let (part, whole) = (part.clamp(0, whole.max(0)), whole.max(1));
        let exact = i128::from(self.minor.max(0)) * i128::from(part) / i128::from(whole);
        let minor = i64::try_from(exact).expect("a part is not larger than the whole");
        Self { minor: minor - minor % self.currency.step(), currency: self.currency }
    }
}

impl Price {
    /// The most minor units that processors take in one payment.
    pub const MOST: i64 = 99_999_999;

    /// The price, if somebody can be asked for it.
    pub const fn new(money: Money) -> Result<Self, MoneyError> {
        if money.minor <= 0 {
            return Err(MoneyError::Nothing);
        }
        if money.minor > Self::MOST {
            return Err(MoneyError::TooLarge);
        }
        if money.minor % money.currency.step() != 0 {
            return Err(MoneyError::NotMovable);
        }
        Ok(Self(money))
    }

    /// Reads what a person typed.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Self::new(Money::parse(text, currency)?)
    }

    /// The amount.
    pub const fn money(self) -> Money {
        self.0
    }
}

impl Permille {
    /// Nothing of it.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(1_000);

    /// The share, if it is one.
    pub const fn new(thousandths: u16) -> Result<Self, MoneyError> {
        if thousandths <= 1_000 { Ok(Self(thousandths)) } else { Err(MoneyError::NotAShare) }
    }

    /// What is left of the whole without this share.
    pub const fn rest(self) -> Self {
        Self(1_000 - self.0)
    }

    /// How many thousandths.
    pub const fn count(self) -> u16 {
        self.0
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads an amount with its currency, as it is displayed.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.trim().rsplit_once(' ').ok_or(MoneyError::NotAnAmount)?;
        let currency = Currency::parse(code)?;
        match amount.strip_prefix('-') {
            Some(amount) => Self::parse(amount, currency)
                .map(|money| Self { minor: money.minor.saturating_neg(), currency }),
            None => Self::parse(amount, currency),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = 10_u64.pow(u32::from(self.currency.decimals()));
        let (whole, part) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        match self.currency.decimals() {
            0 => write!(f, "{sign}{whole} {}", self.currency),
            decimals => write!(f, "{sign}{whole}.{part:0width$} {}", self.currency, width = decimals.into()),
        }
    }
}

impl fmt::Display for Permille {
    /// As percent: `12.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{} %", self.0 / 10),
            tenths => write!(f, "{}.{tenths} %", self.0 / 10),
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl TryFrom<Money> for Price {
    type Error = MoneyError;

    fn try_from(money: Money) -> Result<Self, MoneyError> {
        Self::new(money)
    }
}

impl From<Price> for Money {
    fn from(price: Price) -> Self {
        price.0
    }
}

impl TryFrom<u16> for Permille {
    type Error = MoneyError;

    fn try_from(thousandths: u16) -> Result<Self, MoneyError> {
        Self::new(thousandths)
    }
}

impl From<Permille> for u16 {
    fn from(share: Permille) -> Self {
        share.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("the test names a currency of the list")
    }

    #[test]
    fn currencies_are_known_once_and_in_order() {
        assert!(CURRENCIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(Currency::all().all(|currency| Currency::parse(currency.code()) == Ok(currency)));
        assert_eq!(Currency::parse("eur"), Ok(currency("EUR")));
        assert_eq!(Currency::parse("ISK"), Err(MoneyError::UnknownCurrency));
    }

    #[test]
    fn amounts_are_written_with_the_decimals_of_their_currency() {
        let text = |minor, code| Money::new(minor, currency(code)).to_string();
        assert_eq!(text(1_250, "EUR"), "12.50 EUR");
        assert_eq!(text(1_200, "JPY"), "1200 JPY");
        assert_eq!(text(1_230, "KWD"), "1.230 KWD");
        assert_eq!(text(-5, "USD"), "-0.05 USD");
        assert_eq!(text(i64::MIN, "EUR"), "-92233720368547758.08 EUR");
        for shown in ["12.50 EUR", "1200 JPY", "-0.050 KWD"] {
            assert_eq!(shown.parse::<Money>().map(|money| money.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn what_people_type_is_read_or_refused() {
        let minor = |text, code| Money::parse(text, currency(code)).map(|money| money.minor);
        assert_eq!(minor(" 12.5 ", "EUR"), Ok(1_250));
        assert_eq!(minor("12,50", "EUR"), Ok(1_250));
        assert_eq!(minor("0012", "JPY"), Ok(12));
        assert_eq!(minor("1,200", "JPY"), Err(MoneyError::TooManyDecimals));
        assert_eq!(minor("1.234", "EUR"), Err(MoneyError::TooManyDecimals));
        assert_eq!(minor("92233720368547758.08", "EUR"), Err(MoneyError::TooLarge));
        for wrong in ["", ".", ".5", "5.", "-5", "+5", "1 200", "1.2.3", "１２", "5 EUR"] {
            assert_eq!(minor(wrong, "EUR"), Err(MoneyError::NotAnAmount), "{wrong}");
        }
    }

    #[test]
    fn a_price_can_be_charged() {
        let price = |minor, code| Price::new(Money::new(minor, currency(code))).map(|price| price.0.minor);
        assert_eq!(price(0, "EUR"), Err(MoneyError::Nothing));
        assert_eq!(price(Price::MOST, "EUR"), Ok(Price::MOST));
        assert_eq!(price(Price::MOST + 1, "EUR"), Err(MoneyError::TooLarge));
        assert_eq!(price(1_235, "KWD"), Err(MoneyError::NotMovable));
    }

    #[test]
    fn sums_stay_within_one_currency_and_the_limits() {
        let (euro, yen) = (Money::new(1, currency("EUR")), Money::new(1, currency("JPY")));
        assert_eq!(euro.plus(euro), Some(Money::new(2, currency("EUR"))));
        assert_eq!(euro.plus(yen), None);
        assert_eq!(Money::new(i64::MAX, euro.currency).plus(euro), None);
        assert_eq!(Money::new(i64::MIN, euro.currency).minus(euro), None);
    }

    #[test]
    fn a_share_is_rounded_down_to_what_can_be_moved() {
        let share = |minor, code, thousandths| {
            Permille::new(thousandths).map(|share| Money::new(minor, currency(code)).share(share).minor)
        };
        assert_eq!(share(999, "EUR", 100), Ok(99));
        assert_eq!(share(1_990, "KWD", 500), Ok(990));
        assert_eq!(share(i64::MAX, "EUR", 1_000), Ok(i64::MAX));
        assert_eq!(share(1, "EUR", 1_001), Err(MoneyError::NotAShare));
        assert_eq!(Money::new(100, currency("EUR")).fraction(7, 0).minor, 0);
    }
}

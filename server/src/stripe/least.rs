//! The smallest amounts that Stripe takes. Pure.
//!
//! They are those for accounts that are paid out in the same currency
//! (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>). Where an account has another,
//! what an amount is worth in that one counts as well, which Stripe says when it is asked and nobody else.

use model::{Currency, Money};

/// By code, in minor units.
const LEAST: [(&str, i64); 24] = [
    ("AED", 200),
    ("AUD", 50),
    ("BGN", 100),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1_500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1_000),
    ("USD", 50),
];

/// The smallest amount in a currency, where Stripe names one.
pub fn least(currency: Currency) -> Option<Money> {
    let (_, minor) = LEAST.into_iter().find(|(code, _)| *code == currency.code())?;
    Some(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_of_a_currency_that_rooms_may_have() {
        let named = Currency::all().filter_map(least).count();
        assert_eq!(named, LEAST.len());
        let written =
            |code| least(Currency::parse(code).expect("it is known")).map(|least| least.to_string());
        assert_eq!(written("EUR").as_deref(), Some("0.50 EUR"));
        assert_eq!(written("JPY").as_deref(), Some("50 JPY"));
        assert_eq!(written("HUF").as_deref(), Some("175.00 HUF"));
        assert_eq!(written("KWD"), None);
    }
}

//! What Stripe is asked, as forms: `line_items[0][quantity]=1&…`. Pure.
//!
//! A form follows from what is paid and from the settings alone, never from the clock, so that a question
//! that is asked again is the same to the letter: Stripe holds repeated questions to that.
//!
//! Amounts are whole minor units on both sides: our list of currencies leaves out those that Stripe counts
//! otherwise. Those with three decimals move in tens.

use crate::config::StripeSettings;
use form_urlencoded::Serializer;
use model::{MerchantId, Money, OutboxId, PaymentId};
use service::payments::{Checkout, Deal, Direct};

/// The path to which payers come back, before the id of the payment.
pub const RETURN: &str = "/pay/return";
/// How long after its own end a checkout closes at Stripe at the latest, in milliseconds. Stripe takes no end
/// that is nearer than half an hour; the rest is for clocks that differ. An order closes it in time.
const OUTLIVES_MS: i64 = 35 * 60_000;

/// Why Stripe is not asked for an amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0} cannot be moved by cards")]
pub struct AmountError(Money);

/// An amount as Stripe counts it.
pub fn amount(money: Money) -> Result<String, AmountError> {
    let is_movable = money.minor > 0 && money.minor % money.currency.step() == 0;
    if is_movable { Ok(money.minor.to_string()) } else { Err(AmountError(money)) }
}

/// Asks for a checkout of which people come back to `site`.
pub fn opening(checkout: &Checkout, settings: &StripeSettings, site: &str) -> Result<String, AmountError> {
    let payment = checkout.payment.to_hex();
    let back = format!("{site}{RETURN}/{payment}");
    let expires = (checkout.until.0 + OUTLIVES_MS).div_euclid(1_000);
    let mut form = Serializer::new(String::new());
    form.append_pair("mode", "payment")
        .append_pair("client_reference_id", &payment)
        .append_pair("success_url", &back)
        .append_pair("cancel_url", &back)
        .append_pair("expires_at", &expires.to_string())
        // The payer agreed to an amount in one currency, and pays that.
        .append_pair("adaptive_pricing[enabled]", "false")
        .append_pair("line_items[0][quantity]", "1")
        .append_pair("line_items[0][price_data][currency]", &currency(checkout.amount))
        .append_pair("line_items[0][price_data][unit_amount]", &amount(checkout.amount)?)
        .append_pair("line_items[0][price_data][product_data][name]", checkout.name.as_str());
    if settings.tax {
        // The price is what the payer agreed to; whatever tax there is, is in it.
        form.append_pair("line_items[0][price_data][tax_behavior]", "inclusive")
            .append_pair("automatic_tax[enabled]", "true");
    }
    // Stripe knows no share of nothing. Of what is kept ready it is told again when that is taken.
    if let Some(Direct { fee, .. }) = checkout.direct.filter(|direct| !direct.fee.is_zero()) {
        form.append_pair("payment_intent_data[application_fee_amount]", &amount(fee)?);
    }
    if checkout.may_keep_ready && settings.keeps_ready() {
        form.append_pair("payment_intent_data[capture_method]", "manual");
    }
    for (index, method) in settings.methods.iter().enumerate() {
        form.append_pair(&format!("payment_method_types[{index}]"), method);
    }
    let deal = match checkout.deal {
        Deal::Session(session) => ("session", session.to_hex()),
        Deal::Purchase(purchase) => ("purchase", purchase.to_hex()),
    };
    let about = [("payment", payment), deal, ("room", checkout.room.to_string())];
    for (name, value) in &about {
        form.append_pair(&format!("metadata[{name}]"), value)
            .append_pair(&format!("payment_intent_data[metadata][{name}]"), value);
    }
    Ok(form.finish())
}

/// Asks for money to go back.
pub fn refund(
    order: OutboxId,
    payment: PaymentId,
    intent: &str,
    money: Money,
) -> Result<String, AmountError> {
    Ok(Serializer::new(String::new())
        .append_pair("payment_intent", intent)
        .append_pair("amount", &amount(money)?)
        .append_pair("metadata[order]", &order.to_hex())
        .append_pair("metadata[payment]", &payment.to_hex())
        .finish())
}

/// Asks for so much of what is kept ready, and how much of that comes to the operator where a host takes it.
/// Stripe takes no share that is not below the amount: without one it takes what the checkout named, and at
/// most the amount.
pub fn capture(money: Money, fee: Option<Money>) -> Result<String, AmountError> {
    let mut form = Serializer::new(String::new());
    form.append_pair("amount_to_capture", &amount(money)?);
    if let Some(fee) = fee.filter(|fee| fee.minor < money.minor) {
        form.append_pair("application_fee_amount", &amount(fee)?);
    }
    Ok(form.finish())
}

/// Asks for what came to the operator to go back to a host. Where it came in another currency than that of
/// the price, so much of that one goes back, and what it is of the price is written on it.
pub fn share_back(
    order: OutboxId,
    payment: PaymentId,
    money: Money,
    abroad: Option<i64>,
) -> Result<String, AmountError> {
    let share = amount(money)?;
    let mut form = Serializer::new(String::new());
    form.append_pair("amount", &abroad.map_or_else(|| share.clone(), |abroad| abroad.to_string()))
        .append_pair("metadata[order]", &order.to_hex())
        .append_pair("metadata[payment]", &payment.to_hex());
    if abroad.is_some() {
        form.append_pair("metadata[share]", &share);
    }
    Ok(form.finish())
}

/// Asks for an account of a host's own. Whatever else it needs, Stripe asks its owner.
pub fn account(merchant: MerchantId) -> String {
    Serializer::new(String::new())
        .append_pair("type", "standard")
        .append_pair("metadata[merchant]", &merchant.to_hex())
        .finish()
}

/// Asks for the address at which Stripe asks the owner of an account, and from which they come back.
pub fn onboarding(account: &str, back: &str) -> String {
    Serializer::new(String::new())
        .append_pair("account", account)
        .append_pair("type", "account_onboarding")
        .append_pair("refresh_url", back)
        .append_pair("return_url", back)
        .finish()
}

fn currency(money: Money) -> String {
    money.currency.code().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Currency, RoomCode, RoomName, SessionId, UnixMillis};

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, Currency::parse(code).expect("the currency is known"))
    }

    fn checkout() -> Checkout {
        Checkout {
            deal: SessionId::from_bits(7).into(),
            payment: PaymentId::from_bits(3),
            amount: money(1_250, "EUR"),
            until: UnixMillis(1_700_000_000_999),
            may_keep_ready: false,
            room: RoomCode::from_bits(7),
            name: RoomName::parse("Rat & Tat: 50 % für dich").expect("a name"),
            direct: None,
        }
    }

    fn settings(tax: bool, methods: &[&str]) -> StripeSettings {
        let methods = methods.iter().map(|&method| method.to_owned()).collect();
        StripeSettings { tax, methods, ..StripeSettings::of_tests("http://localhost:1") }
    }

    #[test]
    fn a_checkout_is_asked_for_to_the_letter() {
        let form = opening(&checkout(), &settings(false, &["card"]), "https://meet.test");
        let room = RoomCode::from_bits(7).to_string();
        let (payment, session) = (format!("{}3", "0".repeat(31)), format!("{}7", "0".repeat(31)));
        let golden = format!(
            "mode=payment&client_reference_id={payment}\
             &success_url=https%3A%2F%2Fmeet.test%2Fpay%2Freturn%2F{payment}\
             &cancel_url=https%3A%2F%2Fmeet.test%2Fpay%2Freturn%2F{payment}\
             &expires_at=1700002100&adaptive_pricing%5Benabled%5D=false\
             &line_items%5B0%5D%5Bquantity%5D=1\
             &line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur\
             &line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1250\
             &line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=Rat+%26+Tat%3A+50+%25+f%C3%BCr+dich\
             &payment_method_types%5B0%5D=card\
             &metadata%5Bpayment%5D={payment}&payment_intent_data%5Bmetadata%5D%5Bpayment%5D={payment}\
             &metadata%5Bsession%5D={session}&payment_intent_data%5Bmetadata%5D%5Bsession%5D={session}\
             &metadata%5Broom%5D={room}&payment_intent_data%5Bmetadata%5D%5Broom%5D={room}"
        );
        assert_eq!(form, Ok(golden));
    }

    #[test]
    fn tax_is_within_the_price() {
        let form = opening(&checkout(), &settings(true, &[]), "https://meet.test").expect("it can be moved");
        assert!(form.contains("%5Btax_behavior%5D=inclusive&automatic_tax%5Benabled%5D=true"), "{form}");
        assert!(!form.contains("payment_method_types"), "{form}");
    }

    #[test]
    fn only_cards_keep_money_ready_and_only_where_it_may_be() {
        for (may_keep_ready, methods, is_manual) in [
            (true, &["card"][..], true),
            (false, &["card"], false),
            (true, &["card", "sepa_debit"], false),
            (true, &["paypal"], false),
            (true, &[], false),
        ] {
            let checkout = Checkout { may_keep_ready, ..checkout() };
            let form = opening(&checkout, &settings(false, methods), "https://meet.test");
            let form = form.expect("it can be moved");
            let asked = form.contains("&payment_intent_data%5Bcapture_method%5D=manual&");
            assert_eq!(asked, is_manual, "{may_keep_ready} {methods:?}");
        }
    }

    #[test]
    fn money_goes_back_and_is_captured_to_the_letter() {
        let (order, payment) = (OutboxId::from_bits(5), PaymentId::from_bits(3));
        let (order_hex, payment_hex) = (format!("{}5", "0".repeat(31)), format!("{}3", "0".repeat(31)));
        let golden = format!(
            "payment_intent=pi_1&amount=250&metadata%5Border%5D={order_hex}&metadata%5Bpayment%5D={payment_hex}"
        );
        assert_eq!(refund(order, payment, "pi_1", money(250, "EUR")), Ok(golden));
        assert_eq!(capture(money(1_000, "JPY"), None).as_deref(), Ok("amount_to_capture=1000"));
        let shared = capture(money(1_000, "EUR"), Some(money(99, "EUR")));
        assert_eq!(shared.as_deref(), Ok("amount_to_capture=1000&application_fee_amount=99"));
        let golden = format!("amount=25&metadata%5Border%5D={order_hex}&metadata%5Bpayment%5D={payment_hex}");
        assert_eq!(share_back(order, payment, money(25, "EUR"), None).as_ref(), Ok(&golden));
        let abroad = golden.replace("=25&", "=23&") + "&metadata%5Bshare%5D=25";
        assert_eq!(share_back(order, payment, money(25, "EUR"), Some(23)), Ok(abroad));
        // A share that is not below the amount is none that Stripe takes.
        let all = capture(money(1, "EUR"), Some(money(1, "EUR")));
        assert_eq!(all.as_deref(), Ok("amount_to_capture=1"));
    }

    #[test]
    fn of_what_a_host_takes_the_share_is_named_unless_it_is_nothing() {
        let merchant = MerchantId::from_bits(9);
        for (fee, named) in [(125, true), (0, false)] {
            let direct = Some(Direct { merchant, fee: money(fee, "EUR") });
            let checkout = Checkout { direct, ..checkout() };
            let form = opening(&checkout, &settings(false, &["card"]), "https://meet.test");
            let is_named = form
                .expect("it can be moved")
                .contains("&payment_intent_data%5Bapplication_fee_amount%5D=125&");
            assert_eq!(is_named, named, "{fee}");
        }
        let hex = format!("{}9", "0".repeat(31));
        assert_eq!(account(merchant), format!("type=standard&metadata%5Bmerchant%5D={hex}"));
        assert_eq!(
            onboarding("acct_1", "https://meet.test/b"),
            "account=acct_1&type=account_onboarding&refresh_url=https%3A%2F%2Fmeet.test%2Fb\
             &return_url=https%3A%2F%2Fmeet.test%2Fb"
        );
    }

    #[test]
    fn every_currency_is_counted_as_stripe_counts_it() {
        // Stripe's own lists; all others have two decimals there.
        let without = [
            "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
            "XOF", "XPF",
        ];
        let three = ["BHD", "JOD", "KWD", "OMR", "TND"];
        // Written without decimals and counted with two, or the other way round.
        let special = ["ISK", "UGX", "MGA"];
        for currency in Currency::all() {
            let code = currency.code();
            assert!(!special.contains(&code), "{code} would have to be translated");
            let decimals = match code {
                code if without.contains(&code) => 0,
                code if three.contains(&code) => 3,
                _ => 2,
            };
            assert_eq!(currency.decimals(), decimals, "{code}");
            let step = if decimals == 3 { 10 } else { 1 };
            assert_eq!(amount(Money::new(5 * step, currency)), Ok((5 * step).to_string()), "{code}");
        }
        for wrong in [money(0, "EUR"), money(-1, "EUR"), money(1_235, "KWD")] {
            assert_eq!(amount(wrong), Err(AmountError(wrong)));
        }
    }
}

//! Who takes money, and the operator's account there.
//!
//! Keys stand in the settings and nowhere else: not in the database, not in the log. Not here: asking anybody
//! anything; `stripe` does that.

use super::openid::is_confidential;
use super::{ConfigError, Layer};
use model::{EmailAddress, Permille};
use service::payments::Sellers;
use std::fmt;

/// Where Stripe is asked, unless the operator says otherwise.
const API: &str = "https://api.stripe.com";
/// What people may pay with by themselves: what is settled at once.
const METHODS: [&str; 1] = ["card"];
/// The longest key, secret or method, and the most secrets and methods.
const LONGEST: usize = 255;
const MOST: usize = 16;

/// Who takes money for rooms that cost something.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Processor {
    /// Nobody: no room costs anything.
    None,
    /// The embedded one, at which no money moves.
    Test,
    /// The operator's account at Stripe.
    Stripe,
}

/// How money is taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PaymentSettings {
    pub taker: Taker,
    /// The operator's share of what is kept.
    pub fee: Permille,
    /// Whose rooms may cost something.
    pub sellers: Sellers,
}

/// Who takes it, with what that needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Taker {
    None,
    Test,
    Stripe(Box<StripeSettings>),
}

/// The operator's account at Stripe.
#[derive(Clone, Eq, PartialEq)]
pub struct StripeSettings {
    pub key: String,
    /// Any of them signs what Stripe tells; two while one is replaced.
    pub webhook_secrets: Vec<String>,
    /// What people may pay with; empty means what the account offers.
    pub methods: Vec<String>,
    /// Whether Stripe works out the tax that is in the price.
    pub tax: bool,
    /// Whether hosts take the money themselves, in accounts of their own.
    pub connect: bool,
    /// Where Stripe is asked.
    pub api: String,
    /// The origin to which Stripe sends payers back.
    pub site: String,
}

impl fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key and the secrets.
        f.debug_struct("StripeSettings")
            .field("methods", &self.methods)
            .field("tax", &self.tax)
            .field("connect", &self.connect)
            .field("api", &self.api)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl StripeSettings {
    /// Whether money moves.
    pub fn is_live(&self) -> bool {
        self.key.starts_with("sk_live_") || self.key.starts_with("rk_live_")
    }

    /// Whether money may be kept ready: with a card alone, for of the others most are taken at once or not at
    /// all, and one checkout treats all its methods alike.
    pub fn keeps_ready(&self) -> bool {
        self.methods == ["card"]
    }

    /// Settings for tests of what is made of them.
    #[cfg(test)]
    pub fn of_tests(api: &str) -> Self {
        Self {
            key: "sk_test_1".to_owned(),
            webhook_secrets: vec!["whsec_1".to_owned()],
            methods: Vec::new(),
            tax: false,
            connect: false,
            api: api.to_owned(),
            site: "https://meet.test".to_owned(),
        }
    }
}

/// Refuses half an account, one that nobody opened, and one whose payers could not find back.
pub fn settle(layer: &Layer) -> Result<PaymentSettings, ConfigError> {
    let fee = Permille::new(layer.payments_fee.unwrap_or(0)).expect("its parser knows the range");
    let processor = layer.payments.unwrap_or(Processor::None);
    let taker = match processor {
        Processor::Stripe => Taker::Stripe(Box::new(settle_stripe(layer)?)),
        Processor::None | Processor::Test => {
            let given = [
                (layer.stripe_key.is_some(), "stripe-key"),
                (!layer.stripe_webhook_secrets.is_empty(), "stripe-webhook-secrets"),
                (!layer.stripe_methods.is_empty(), "stripe-methods"),
                (layer.stripe_tax.is_some(), "stripe-tax"),
                (layer.stripe_connect.is_some(), "stripe-connect"),
                (layer.stripe_api.is_some(), "stripe-api"),
            ];
            if let Some((_, present)) = given.into_iter().find(|(is_given, _)| *is_given) {
                return Err(ConfigError::Alone { present, missing: "payments = stripe" });
            }
            if processor == Processor::Test { Taker::Test } else { Taker::None }
        }
    };
    let sellers = settle_sellers(&layer.sellers, &taker)?;
    if sellers == Sellers::Anyone && matches!(&taker, Taker::Stripe(stripe) if stripe.connect) {
        let problem = "with stripe-connect hosts have accounts here, to which theirs at Stripe belong; \
                       say members, or name addresses";
        return Err(invalid("sellers", problem));
    }
    Ok(PaymentSettings { taker, fee, sellers })
}

/// Where money moves, the operator knows to whom it belongs; where none does, anybody may try it out.
fn settle_sellers(given: &[String], taker: &Taker) -> Result<Sellers, ConfigError> {
    match given {
        [] if matches!(taker, Taker::Stripe(_)) => Ok(Sellers::Members),
        [] => Ok(Sellers::Anyone),
        [anyone] if anyone == "anyone" => Ok(Sellers::Anyone),
        [members] if members == "members" => Ok(Sellers::Members),
        listed => {
            let parse = |text: &String| {
                let problem =
                    || format!("`{text}` is no address of mail; alone, anyone and members do as well");
                EmailAddress::parse(text).map_err(|_| invalid("sellers", &problem()))
            };
            Ok(Sellers::Listed(listed.iter().map(parse).collect::<Result<_, _>>()?))
        }
    }
}

fn settle_stripe(layer: &Layer) -> Result<StripeSettings, ConfigError> {
    let alone = |missing| Err(ConfigError::Alone { present: "payments = stripe", missing });
    let Some(key) = layer.stripe_key.as_ref().filter(|key| !key.is_empty()) else {
        return alone("stripe-key");
    };
    check_key(key)?;
    if layer.stripe_webhook_secrets.is_empty() {
        return alone("stripe-webhook-secrets");
    }
    let is_secret = |secret: &String| secret.starts_with("whsec_") && is_plain(secret);
    if layer.stripe_webhook_secrets.len() > MOST || !layer.stripe_webhook_secrets.iter().all(is_secret) {
        return Err(invalid("stripe-webhook-secrets", "a secret of a webhook begins with whsec_"));
    }
    let methods = match layer.stripe_methods.as_slice() {
        [] => METHODS.map(str::to_owned).to_vec(),
        [all] if all == "all" => Vec::new(),
        methods => methods.to_vec(),
    };
    if methods.len() > MOST || !methods.iter().all(|method| is_plain(method)) {
        return Err(invalid("stripe-methods", "a method is a word of Stripe's, such as card"));
    }
    let api = layer.stripe_api.as_deref().unwrap_or(API);
    if !api.parse().is_ok_and(|uri| is_confidential(&uri)) || api.contains(['?', '#', '@']) {
        return Err(invalid("stripe-api", "it is an address over https; http is for this machine only"));
    }
    let (tax, connect) = (layer.stripe_tax.unwrap_or(false), layer.stripe_connect.unwrap_or(false));
    if tax && connect {
        let problem = "with stripe-connect the sale is the host's, and so are its taxes; leave it out";
        return Err(invalid("stripe-tax", problem));
    }
    // Stripe sends people back to an address that it is told.
    let Some(origin) = layer.origin.first() else { return alone("origin") };
    Ok(StripeSettings {
        key: key.clone(),
        webhook_secrets: layer.stripe_webhook_secrets.clone(),
        methods,
        tax,
        connect,
        api: api.to_owned(),
        site: origin.to_string(),
    })
}

/// The sentences do not repeat the key.
fn check_key(key: &str) -> Result<(), ConfigError> {
    if key.starts_with("pk_") {
        let problem = "this key begins with pk_ and is for everybody; the secret one begins with sk_ or rk_";
        return Err(invalid("stripe-key", problem));
    }
    let is_key = ["sk_test_", "sk_live_", "rk_test_", "rk_live_"].iter().any(|start| key.starts_with(start));
    if is_key && is_plain(key) { Ok(()) } else { Err(invalid("stripe-key", "a key begins with sk_ or rk_")) }
}

fn is_plain(text: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_good)
}

fn invalid(setting: &str, problem: &str) -> ConfigError {
    ConfigError::Invalid { setting: setting.to_owned(), problem: problem.to_owned() }
}

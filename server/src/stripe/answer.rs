//! What Stripe answers and tells, as far as anything here depends on it. Pure.
//!
//! What is not named here is not looked at. Names that Stripe gives are kept in the database and come back in
//! paths, so that they are held to what such names look like; the address of a page is held to HTTPS.

use crate::config::openid::is_confidential;
use http::Uri;
use model::{Currency, Money, OutboxId, PaymentId, UnixMillis};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The longest name and the longest address that Stripe gives.
const NAME: usize = 255;
const ADDRESS: usize = 4_096;
/// Later than any time that is named: the year 3000, in seconds.
const LATEST: i64 = 32_503_680_000;

/// Reads an answer.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

/// A name that Stripe gave: letters, digits and underscores.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Name(String);

/// The text is no name of Stripe's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no name of Stripe's")]
pub struct NameError;

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_good = !text.is_empty() && text.len() <= NAME && text.bytes().all(is_name);
        if is_good { Ok(Self(text)) } else { Err(NameError) }
    }
}

/// A thing of which only the name matters, which Stripe may write out in full.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Reference {
    Short(Name),
    Full { id: Name },
}

impl Reference {
    /// The name, to look at.
    pub const fn as_name(&self) -> &Name {
        match self {
            Self::Short(name) | Self::Full { id: name } => name,
        }
    }

    /// The name.
    pub fn name(self) -> Name {
        match self {
            Self::Short(name) | Self::Full { id: name } => name,
        }
    }
}

/// What was said of what it belongs to, by us.
pub type Metadata = BTreeMap<String, String>;

/// A hosted checkout.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutSession {
    pub id: Name,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub payment_status: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<Reference>,
    #[serde(default)]
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub amount_total: Option<i64>,
    #[serde(default)]
    pub currency: Option<String>,
}

impl CheckoutSession {
    /// The address of its page, if people may be led there.
    pub fn page(&self) -> Option<&str> {
        page(self.url.as_deref()?)
    }

    /// What it comes to.
    pub fn money(&self) -> Option<Money> {
        money(self.amount_total?, self.currency.as_deref()?)
    }
}

/// An address to which people may be led.
fn page(address: &str) -> Option<&str> {
    let address = Some(address).filter(|address| address.len() <= ADDRESS)?;
    let uri: Uri = address.split('#').next().unwrap_or_default().parse().ok()?;
    (is_confidential(&uri) && address.bytes().all(|byte| byte.is_ascii_graphic())).then_some(address)
}

/// The movement of money behind a checkout.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    pub id: Name,
    pub status: String,
    #[serde(default)]
    pub amount_received: i64,
    #[serde(default)]
    pub amount_capturable: i64,
    pub currency: String,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    /// Written out where that was asked for.
    #[serde(default)]
    pub latest_charge: Option<Charge>,
}

impl PaymentIntent {
    /// What of it came to the operator, where what was charged is written out.
    pub fn shared(&self) -> i64 {
        match &self.latest_charge {
            Some(Charge::Full { application_fee_amount, .. }) => application_fee_amount.unwrap_or(0),
            Some(Charge::Short(_)) | None => 0,
        }
    }
}

/// What was charged, of which only the operator's share matters.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Charge {
    Short(Name),
    Full {
        #[serde(default)]
        application_fee: Option<Reference>,
        #[serde(default)]
        application_fee_amount: Option<i64>,
    },
}

/// Money that goes back.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    pub id: Name,
    pub amount: i64,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub failure_reason: Option<String>,
    /// The movement of money of which it is.
    #[serde(default)]
    pub payment_intent: Option<Reference>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

impl Refund {
    /// Whether the money has gone. Until then a bank, or the payer, has something to do.
    pub fn has_gone(&self) -> bool {
        self.status.as_deref() == Some("succeeded")
    }

    /// Whether the money stayed where it was.
    pub fn has_failed(&self) -> bool {
        matches!(self.status.as_deref(), Some("failed" | "canceled"))
    }

    /// Whether it is of that movement of money.
    pub fn is_of(&self, intent: Option<&str>) -> bool {
        let own = self.payment_intent.as_ref().map(|intent| intent.as_name().as_str());
        own.is_some() && own == intent
    }

    /// What the operator reads of one that failed.
    pub fn complaint(&self) -> String {
        let reason = self.failure_reason.clone().and_then(|reason| Name::try_from(reason).ok());
        format!("the money did not go back: {}", reason.as_ref().map_or("no reason", Name::as_str))
    }

    /// What the operator reads of one that is on its way.
    pub fn standing(&self) -> String {
        let status = self.status.clone().and_then(|status| Name::try_from(status).ok());
        format!("Stripe says {}", status.as_ref().map_or("nothing", Name::as_str))
    }

    /// The order that asked for it.
    pub fn order(&self) -> Option<OutboxId> {
        self.metadata.as_ref()?.get("order")?.parse().ok()
    }

    /// The payment of which it is.
    pub fn payment(&self) -> Option<PaymentId> {
        self.metadata.as_ref()?.get("payment")?.parse().ok()
    }
}

/// The operator's share of a payment, in the currency in which the host's account is paid out.
#[derive(Clone, Debug, Deserialize)]
pub struct Fee {
    pub amount: i64,
    #[serde(default)]
    pub amount_refunded: i64,
    pub currency: String,
}

/// What of the operator's share went back to a host.
#[derive(Clone, Debug, Deserialize)]
pub struct SharedBack {
    pub id: Name,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

/// An account of a host's own.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    pub id: Name,
    #[serde(default)]
    pub charges_enabled: bool,
    #[serde(default)]
    pub details_submitted: bool,
    #[serde(default)]
    pub requirements: Option<Requirements>,
}

/// What Stripe wants of its owner.
#[derive(Clone, Debug, Deserialize)]
pub struct Requirements {
    #[serde(default)]
    pub disabled_reason: Option<String>,
}

/// A page of Stripe's for the owner of an account.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountLink {
    pub url: String,
}

impl AccountLink {
    /// Its address, if people may be led there.
    pub fn page(&self) -> Option<&str> {
        page(&self.url)
    }
}

/// Money that the payer's bank asked back.
#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    pub amount: i64,
    pub currency: String,
    pub status: String,
    #[serde(default)]
    pub payment_intent: Option<Reference>,
    #[serde(default)]
    pub evidence_details: Option<EvidenceDetails>,
}

/// What the bank wants to see.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct EvidenceDetails {
    /// Until when, in seconds since 1970.
    #[serde(default)]
    pub due_by: Option<i64>,
}

impl Event {
    /// When it happened, if it is a time that can be.
    pub fn at(&self) -> Option<UnixMillis> {
        let seconds = self.created?;
        (0..LATEST).contains(&seconds).then(|| UnixMillis(seconds * 1_000))
    }
}

impl Dispute {
    /// Until when the bank takes evidence, if it is a time that can be.
    pub fn until(&self) -> Option<UnixMillis> {
        let seconds = self.evidence_details?.due_by?;
        (0..LATEST).contains(&seconds).then(|| UnixMillis(seconds * 1_000))
    }
}

/// Why something was not done.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Failure {
    #[serde(default)]
    pub error: Reason,
}

/// The same, in Stripe's words.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Reason {
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub message: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: Name,
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether money moves: a message of the other mode is about nothing here.
    pub livemode: bool,
    /// When it happened, in seconds since 1970.
    #[serde(default)]
    pub created: Option<i64>,
    /// The account of a host's own at which it happened; without one it was the operator's.
    #[serde(default)]
    pub account: Option<Name>,
    pub data: EventData,
}

/// A page of what happened, the newest first. Each is read by itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Events {
    pub data: Vec<serde_json::Value>,
    #[serde(default)]
    pub has_more: bool,
}

/// What it happened to, as it was then.
#[derive(Clone, Debug, Deserialize)]
pub struct EventData {
    pub object: serde_json::Value,
}

/// An amount as Stripe counts it, in a currency that is known here.
pub fn money(minor: i64, currency: &str) -> Option<Money> {
    Some(Money::new(minor, Currency::parse(currency).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_may_stand_in_a_path() {
        for (text, is_name) in
            [("cs_test_a1B2", true), ("", false), ("cs/../x", false), ("cs?x", false), ("cs 1", false)]
        {
            assert_eq!(Name::try_from(text.to_owned()).is_ok(), is_name, "{text}");
        }
        assert!(Name::try_from("x".repeat(NAME + 1)).is_err());
    }

    #[test]
    fn people_are_led_to_pages_over_https_only() {
        let page = |url: &str| {
            let session = serde_json::json!({ "id": "cs_1", "url": url });
            let session: CheckoutSession = serde_json::from_value(session).expect("a checkout");
            session.page().map(str::to_owned)
        };
        for good in ["https://checkout.stripe.com/c/pay/cs_1#fid%20x", "http://127.0.0.1:9/pay/cs_1"] {
            assert_eq!(page(good).as_deref(), Some(good));
        }
        for bad in [
            "http://checkout.stripe.com/",
            "javascript:alert(1)",
            "/pay",
            "",
            "https://x/a b",
            "https://x/\u{e4}",
        ] {
            assert_eq!(page(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reference_may_be_written_out() {
        for session in [
            serde_json::json!({ "id": "cs_1", "payment_intent": "pi_1" }),
            serde_json::json!({ "id": "cs_1", "payment_intent": { "id": "pi_1", "object": "payment_intent" } }),
        ] {
            let session: CheckoutSession = serde_json::from_value(session).expect("a checkout");
            assert_eq!(session.payment_intent.map(Reference::name), Name::try_from("pi_1".to_owned()).ok());
        }
    }
}

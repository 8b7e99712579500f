//! What Stripe's messages mean for a payment. Pure.
//!
//! | message | word |
//! |---|---|
//! | `checkout.session.completed`, `….async_payment_succeeded` and paid | paid |
//! | `payment_intent.succeeded` | paid |
//! | `payment_intent.amount_capturable_updated` | kept ready |
//! | `payment_intent.payment_failed` | declined |
//! | `checkout.session.async_payment_failed` | declined, and ended: nobody can pay there again |
//! | `checkout.session.expired`, `payment_intent.canceled` | ended |
//! | `charge.dispute.created`, `….funds_withdrawn` | a dispute is open, unless it is a mere question |
//! | `charge.dispute.closed` | it is won or lost |
//! | any other | nothing: what goes back was ordered here |
//!
//! Whose payment it is, is said by the id that we gave the checkout; of a dispute, by the movement of money.
//! Messages that are about somebody else's payments mean nothing here.

use super::answer::{CheckoutSession, Dispute, Event, Name, PaymentIntent, Reference, money};
use model::{Money, PaymentId, UnixMillis};

/// A word about one payment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Word {
    pub about: About,
    pub said: Said,
}

/// Which payment it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum About {
    /// By the id that we gave it, and what Stripe calls the parts of it that the word names.
    Payment { payment: PaymentId, checkout: Option<Name>, intent: Option<Name> },
    /// By the movement of money alone.
    Intent(Name),
}

/// What is said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    Paid(Money),
    Held(Money),
    /// Which message says so, so that it is told once, and of which movement of money.
    Declined {
        word: Name,
        intent: Option<Name>,
    },
    Ended,
    /// Until when the bank takes evidence, if it says so.
    DisputeOpened(Money, Option<UnixMillis>),
    DisputeWon(Money),
    DisputeLost(Money),
    /// Something about a dispute, in a currency that is not known here.
    DisputedAbroad,
}

impl Said {
    /// Its name where it is kept.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Paid(_) => "paid",
            Self::Held(_) => "held",
            Self::Declined { .. } => "declined",
            Self::Ended => "ended",
            Self::DisputeOpened(..) => "dispute_opened",
            Self::DisputeWon(_) => "dispute_won",
            Self::DisputeLost(_) => "dispute_lost",
            Self::DisputedAbroad => "dispute",
        }
    }

    /// The amount that it names.
    pub const fn amount(&self) -> Option<Money> {
        match self {
            Self::Paid(amount)
            | Self::Held(amount)
            | Self::DisputeOpened(amount, _)
            | Self::DisputeWon(amount)
            | Self::DisputeLost(amount) => Some(*amount),
            Self::Declined { .. } | Self::Ended | Self::DisputedAbroad => None,
        }
    }

    /// Whether it is about a dispute, which is found by our own movement of money alone.
    pub const fn is_of_dispute(&self) -> bool {
        matches!(
            self,
            Self::DisputeOpened(..) | Self::DisputeWon(_) | Self::DisputeLost(_) | Self::DisputedAbroad
        )
    }
}

/// Why a message cannot be read that should mean something.
#[derive(Debug, thiserror::Error)]
#[error("a message of the kind {kind} does not make sense")]
pub struct Nonsense {
    /// One of those above.
    pub kind: String,
}

/// The kinds of messages that are read again when they were lost, each of them below, and those of refunds.
pub const READ: [&str; 11] = [
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed",
    "refund.failed",
    "refund.updated",
    "charge.refund.updated",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "payment_intent.amount_capturable_updated",
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
];

/// The kinds of messages of hosts' accounts that may be lost: of a card that was declined is only taken note,
/// and a checkout that is silent is asked how it ended.
pub const SPARE: [&str; 3] =
    ["payment_intent.payment_failed", "checkout.session.expired", "checkout.session.async_payment_failed"];

/// What a message means.
pub fn words(event: Event) -> Result<Vec<Word>, Nonsense> {
    let Event { id, kind, data, .. } = event;
    let nonsense = |_| Nonsense { kind: kind.clone() };
    let one = |word: Option<Word>| Ok(word.into_iter().collect());
    match kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            one(of_checkout(serde_json::from_value(data.object).map_err(nonsense)?))
        }
        "checkout.session.async_payment_failed" => {
            let session: CheckoutSession = serde_json::from_value(data.object).map_err(nonsense)?;
            let intent = session.payment_intent.clone().map(Reference::name);
            let Some(about) = about_checkout(session) else { return Ok(Vec::new()) };
            let declined = Word { about: about.clone(), said: Said::Declined { word: id, intent } };
            Ok(vec![declined, Word { about, said: Said::Ended }])
        }
        "checkout.session.expired" => {
            let session = serde_json::from_value(data.object).map_err(nonsense)?;
            one(about_checkout(session).map(|about| Word { about, said: Said::Ended }))
        }
        "payment_intent.succeeded"
        | "payment_intent.amount_capturable_updated"
        | "payment_intent.canceled"
        | "payment_intent.payment_failed" => {
            let intent: PaymentIntent = serde_json::from_value(data.object).map_err(nonsense)?;
            one(of_intent(&kind, intent, id))
        }
        "charge.dispute.created" | "charge.dispute.funds_withdrawn" | "charge.dispute.closed" => {
            one(of_dispute(&kind, serde_json::from_value(data.object).map_err(nonsense)?))
        }
        _ => Ok(Vec::new()),
    }
}

/// What a checkout says as it stands.
pub fn of_checkout(session: CheckoutSession) -> Option<Word> {
    let said = match (session.status.as_deref(), session.payment_status.as_deref()) {
        (_, Some("paid")) => Said::Paid(session.money()?),
        (Some("expired"), _) => Said::Ended,
        // Still open, or the bank takes its time.
        _ => return None,
    };
    Some(Word { about: about_checkout(session)?, said })
}

/// What the movement of money behind a checkout says as it stands.
pub fn said_by(intent: &PaymentIntent) -> Option<Said> {
    match intent.status.as_str() {
        "succeeded" => Some(Said::Paid(money(intent.amount_received, &intent.currency)?)),
        "requires_capture" => Some(Said::Held(money(intent.amount_capturable, &intent.currency)?)),
        "canceled" => Some(Said::Ended),
        // The bank takes its time.
        _ => None,
    }
}

fn payment_of(intent: &PaymentIntent) -> Option<PaymentId> {
    intent.metadata.as_ref()?.get("payment")?.parse().ok()
}

fn about_checkout(session: CheckoutSession) -> Option<About> {
    let payment = session.client_reference_id?.parse().ok()?;
    let intent = session.payment_intent.map(Reference::name);
    Some(About::Payment { payment, checkout: Some(session.id), intent })
}

fn of_intent(kind: &str, intent: PaymentIntent, event: Name) -> Option<Word> {
    let payment = payment_of(&intent)?;
    let said = match kind {
        "payment_intent.succeeded" => Said::Paid(money(intent.amount_received, &intent.currency)?),
        "payment_intent.amount_capturable_updated" if intent.status == "requires_capture" => {
            Said::Held(money(intent.amount_capturable, &intent.currency)?)
        }
        "payment_intent.canceled" => Said::Ended,
        "payment_intent.payment_failed" => Said::Declined { word: event, intent: Some(intent.id.clone()) },
        _ => return None,
    };
    // A declined card may be followed by another movement for the same checkout; only money names it.
    let intent = matches!(said, Said::Paid(_) | Said::Held(_)).then_some(intent.id);
    Some(Word { about: About::Payment { payment, checkout: None, intent }, said })
}

fn of_dispute(kind: &str, dispute: Dispute) -> Option<Word> {
    let amount = money(dispute.amount, &dispute.currency);
    let said = match (kind, dispute.status.as_str(), amount) {
        ("charge.dispute.closed", status, _) if !matches!(status, "won" | "lost") => return None,
        // A question of the bank, which takes nothing away; it may become a dispute.
        ("charge.dispute.created", status, _) if status.starts_with("warning_") => return None,
        (_, _, None) => Said::DisputedAbroad,
        ("charge.dispute.closed", "won", Some(amount)) => Said::DisputeWon(amount),
        ("charge.dispute.closed", _, Some(amount)) => Said::DisputeLost(amount),
        (_, _, Some(amount)) => Said::DisputeOpened(amount, dispute.until()),
    };
    let intent = dispute.payment_intent.map(Reference::name)?;
    Some(Word { about: About::Intent(intent), said })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn heard(kind: &str, object: &Value) -> String {
        let event = json!({ "id": "evt_1", "object": "event", "type": kind, "livemode": false, "data": { "object": object } });
        let event = serde_json::from_value(event).expect("an event");
        let said = |word: &Word| match (&word.about, &word.said) {
            (About::Payment { payment, checkout, intent }, said) => {
                let name = |name: &Option<Name>| name.as_ref().map_or("-", Name::as_str).to_owned();
                format!("{} {} {}: {said:?}", payment.bits(), name(checkout), name(intent))
            }
            (About::Intent(intent), said) => format!("{}: {said:?}", intent.as_str()),
        };
        match words(event) {
            Ok(words) => words.iter().map(said).collect::<Vec<_>>().join("; ").replace("minor: ", ""),
            Err(error) => error.to_string(),
        }
    }

    fn checkout(status: &str, paid: &str) -> Value {
        json!({
            "id": "cs_1", "object": "checkout.session", "status": status, "payment_status": paid,
            "client_reference_id": format!("{}3", "0".repeat(31)), "amount_total": 1250, "currency": "eur",
            "payment_intent": "pi_1", "metadata": {},
        })
    }

    fn intent(status: &str) -> Value {
        let payment = format!("{}3", "0".repeat(31));
        json!({
            "id": "pi_1", "object": "payment_intent", "status": status, "amount": 1250,
            "amount_received": 1250, "amount_capturable": 1200, "currency": "eur",
            "metadata": { "payment": payment },
        })
    }

    #[test]
    fn checkouts_are_paid_declined_and_ended() {
        let paid = "3 cs_1 pi_1: Paid(Money { 1250, currency: EUR })";
        for (kind, status, payment_status, word) in [
            ("checkout.session.completed", "complete", "paid", paid),
            ("checkout.session.completed", "complete", "unpaid", ""),
            ("checkout.session.async_payment_succeeded", "complete", "paid", paid),
            (
                "checkout.session.async_payment_failed",
                "complete",
                "unpaid",
                "3 cs_1 pi_1: Declined { word: Name(\"evt_1\"), intent: Some(Name(\"pi_1\")) }; 3 cs_1 pi_1: Ended",
            ),
            ("checkout.session.expired", "expired", "unpaid", "3 cs_1 pi_1: Ended"),
            ("checkout.session.whatever", "complete", "paid", ""),
        ] {
            assert_eq!(heard(kind, &checkout(status, payment_status)), word, "{kind} {payment_status}");
        }
    }

    #[test]
    fn movements_of_money_are_told() {
        for (kind, status, word) in [
            ("payment_intent.succeeded", "succeeded", "3 - pi_1: Paid(Money { 1250, currency: EUR })"),
            (
                "payment_intent.amount_capturable_updated",
                "requires_capture",
                "3 - pi_1: Held(Money { 1200, currency: EUR })",
            ),
            ("payment_intent.canceled", "canceled", "3 - -: Ended"),
            (
                "payment_intent.payment_failed",
                "requires_payment_method",
                "3 - -: Declined { word: Name(\"evt_1\"), intent: Some(Name(\"pi_1\")) }",
            ),
            ("payment_intent.created", "requires_payment_method", ""),
            ("charge.refunded", "succeeded", ""),
        ] {
            assert_eq!(heard(kind, &intent(status)), word, "{kind}");
        }
    }

    #[test]
    fn a_movement_of_money_says_how_it_stands() {
        for (status, word) in [
            ("succeeded", Some(Said::Paid(Money::new(1_250, euro())))),
            ("requires_capture", Some(Said::Held(Money::new(1_200, euro())))),
            ("canceled", Some(Said::Ended)),
            ("processing", None),
            ("requires_payment_method", None),
        ] {
            let movement: PaymentIntent = serde_json::from_value(intent(status)).expect("a movement");
            assert_eq!(said_by(&movement), word, "{status}");
        }
    }

    fn euro() -> model::Currency {
        model::Currency::parse("EUR").expect("a currency")
    }

    #[test]
    fn whatever_is_read_again_means_something() {
        for kind in READ {
            let heard = heard(kind, &json!(7));
            let is_known = heard == format!("a message of the kind {kind} does not make sense");
            assert_eq!(is_known, !super::super::refund::TOLD.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn disputes_are_found_by_their_movement_of_money() {
        let dispute = |status: &str| {
            json!({
                "id": "dp_1", "amount": 1250, "currency": "eur", "status": status, "payment_intent": "pi_1",
                "evidence_details": { "due_by": if status == "lost" { json!(null) } else { json!(1_700) } },
            })
        };
        let word = |kind: &str| format!("pi_1: Dispute{kind}(Money {{ 1250, currency: EUR }})");
        let opened = word("Opened").replace(" })", " }, Some(UnixMillis(1700000)))");
        for (kind, status, expected) in [
            ("created", "needs_response", opened.clone()),
            ("created", "warning_needs_response", String::new()),
            ("funds_withdrawn", "needs_response", opened),
            ("closed", "won", word("Won")),
            ("closed", "lost", word("Lost")),
            ("closed", "warning_closed", String::new()),
        ] {
            assert_eq!(
                heard(&format!("charge.dispute.{kind}"), &dispute(status)),
                expected,
                "{kind} {status}"
            );
        }
    }

    #[test]
    fn a_dispute_in_a_currency_that_is_not_known_here_is_told_all_the_same() {
        let dispute = json!({
            "id": "dp_1", "amount": 7, "currency": "zzz", "status": "needs_response", "payment_intent": "pi_1",
        });
        assert_eq!(heard("charge.dispute.created", &dispute), "pi_1: DisputedAbroad");
    }

    #[test]
    fn what_belongs_to_others_means_nothing_and_nonsense_is_told() {
        let mut other = checkout("complete", "paid");
        for reference in [json!(null), json!("order-17"), json!("")] {
            other["client_reference_id"] = reference;
            assert_eq!(heard("checkout.session.completed", &other), "");
        }
        let mut other = intent("succeeded");
        for metadata in [json!(null), json!({}), json!({ "payment": "17" })] {
            other["metadata"] = metadata;
            assert_eq!(heard("payment_intent.succeeded", &other), "");
        }
        let mut unknown = checkout("complete", "paid");
        unknown["currency"] = json!("xxx");
        assert_eq!(heard("checkout.session.completed", &unknown), "");
        assert_eq!(
            heard("checkout.session.completed", &json!({ "id": 7 })),
            "a message of the kind checkout.session.completed does not make sense"
        );
    }
}

//! One question to Stripe and its answer: the version is pinned, the time and the size are bounded, and every
//! way to fail is either worth asking again or is not.
//!
//! | answer | is |
//! |---|---|
//! | nothing, or nonsense; 409, 429, 5xx | away: asked again with the same key, it is done once |
//! | `account_invalid` (403) | closed: the key opens no such account, which its host mends, or the operator |
//! | any other 401, 403 | away: the key does not do, which the operator mends |
//! | any other | refused, with Stripe's code and words |
//!
//! What was refused is asked for anew under another key ([`super::keys`]).
//!
//! What is of a host's own account is asked in its name (`Stripe-Account`). Keys of repeated questions are of
//! one account each, at Stripe.
//!
//! Invariant: the key stands in one header and nowhere else; not in the log, not in an error.

use super::answer::{Failure, parse};
use super::keys::{self, Keys};
use crate::exchange::{Exchange, ExchangeError};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use serde::de::DeserializeOwned;
use service::payments::ProviderError;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The version of the interface that these forms and answers are written for.
pub const VERSION: &str = "2025-03-31.basil";
/// How long one answer may take. An order is up to a dozen questions, and is somebody's for three minutes.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer, in bytes: a hundred events, each with all of what it is about.
const LONGEST: usize = 4 * 1024 * 1024;
/// Where what was told is listed.
const TOLD: &str = "/v1/events?";
/// How Stripe says that it repeats an answer.
const REPLAYED: &str = "idempotent-replayed";
/// How many characters of Stripe's words are kept.
const WORDS: usize = 160;
/// Stripe's word for an account that the key does not open.
pub const NO_ACCESS: &str = "account_invalid";
/// Its word for a key that was one of another question.
const OTHER_QUESTION: &str = "idempotency_error";
/// A run of so many digits may be the number of a card.
const DIGITS: usize = 12;

/// The way to Stripe.
pub struct Client {
    exchange: Exchange,
    /// The address before the path.
    base: String,
    /// What says who asks; marked so that nobody prints it.
    authorization: HeaderValue,
    /// Which keys were refused.
    keys: Mutex<Keys>,
    /// The accounts of which the key could not read what they told when it was last asked.
    unread: Mutex<BTreeSet<Option<String>>>,
}

/// The way to one of the accounts there: the operator's own, or one that is connected to it.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    client: &'a Client,
    account: Option<&'a str>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key.
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// The way to Stripe at this address with this key. Nothing is asked yet.
    pub fn new(base: &str, key: &str) -> Self {
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {key}")).expect("settings refuse keys that are no header");
        authorization.set_sensitive(true);
        let base = base.trim_end_matches('/').to_owned();
        let exchange = Exchange::within(PATIENCE).up_to(LONGEST);
        Self { exchange, base, authorization, keys: Mutex::default(), unread: Mutex::default() }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what an account told can be read from its list, or the operator's, as far as is known.
    pub fn may_list(&self, account: Option<&str>) -> bool {
        !self.unread().contains(&account.map(str::to_owned))
    }

    /// Notes whether the list of an account could be read. What is out of order for a while says nothing.
    pub(super) fn note_list<T>(&self, account: Option<&str>, answer: &Result<T, ProviderError>) {
        let account = account.map(str::to_owned);
        match answer {
            Ok(_) => _ = self.unread().remove(&account),
            Err(error) if is_forbidden(error) => _ = self.unread().insert(account),
            Err(_) => {}
        }
    }

    fn unread(&self) -> MutexGuard<'_, BTreeSet<Option<String>>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The way to the account of that name, or to the operator's.
    pub const fn of<'a>(&'a self, account: Option<&'a str>) -> Line<'a> {
        Line { client: self, account }
    }
}

impl Line<'_> {
    /// Reads what is there.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ProviderError> {
        let request = Request::get(format!("{}{path}", self.client.base));
        let answer = self.ask(request, String::new()).await.0;
        if path.starts_with(TOLD) {
            self.client.note_list(self.account, &answer);
        }
        answer
    }

    /// Has something done, once for each key.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: String,
        key: &str,
    ) -> Result<T, ProviderError> {
        let row = (self.account, key);
        let refused = self.client.keys().refused(row, Instant::now());
        for refused in refused..keys::ANEW {
            let key = keys::key(key, refused);
            let request = Request::post(format!("{}{path}", self.client.base))
                .header("idempotency-key", key)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            match self.ask(request, form.clone()).await {
                (answer, Key::Good) => return answer,
                (answer, Key::Refused) => {
                    self.client.keys().note(row, refused, Instant::now());
                    return answer;
                }
                (_, Key::Repeats) => self.client.keys().note(row, refused, Instant::now()),
            }
        }
        Err(ProviderError::Refused("it was refused very often today".to_owned()))
    }

    /// The answer, and what it says of the key.
    async fn ask<T: DeserializeOwned>(
        &self,
        request: http::request::Builder,
        form: String,
    ) -> (Result<T, ProviderError>, Key) {
        let mut request = request
            .header(AUTHORIZATION, self.client.authorization.clone())
            .header(ACCEPT, "application/json")
            .header("stripe-version", VERSION);
        if let Some(account) = self.account {
            request = request.header("stripe-account", account);
        }
        let answer = match self.client.exchange.ask_with_head(request, form).await {
            Ok(answer) => answer,
            Err(error) => return (Err(ProviderError::Away(told(&error))), Key::Good),
        };
        let is_repeated = answer.headers().get(REPLAYED).is_some_and(|replayed| replayed == "true");
        let (status, body) = (answer.status(), answer.body());
        let read = match status.is_success() {
            true => {
                parse(body).ok_or_else(|| ProviderError::Away("its answer does not make sense".to_owned()))
            }
            false => Err(sorted(status, parse(body).unwrap_or_default())),
        };
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            tracing::error!(
                status = status.as_u16(),
                account = self.account,
                "Stripe does not take the key in stripe-key, for the account of a host if it names one."
            );
        }
        let key = match &read {
            Err(_) if is_repeated && status.is_client_error() => Key::Repeats,
            // Of a key that is said to be of another question nobody knows what it did.
            Err(ProviderError::Refused(known)) if !known.contains(OTHER_QUESTION) => Key::Refused,
            _ => Key::Good,
        };
        (read, key)
    }
}

/// What an answer says of the key.
enum Key {
    /// Something may have been done under it.
    Good,
    /// Nothing was done under it, and Stripe will say so again.
    Refused,
    /// It says so again.
    Repeats,
}

/// Whether the key does not do for what was asked.
pub fn is_forbidden(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Away(known) if known.starts_with("403 ") || known.starts_with("401 "))
}

/// Whether it is worth asking again.
fn sorted(status: StatusCode, Failure { error }: Failure) -> ProviderError {
    let kind = error.code.or(error.kind).unwrap_or_default();
    let kind: String = kind.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
    let known = format!("{} {kind}", status.as_u16());
    match status {
        // Its owner has cut the connection, or closed it; or the key is another platform's.
        status if status.is_client_error() && kind == NO_ACCESS => ProviderError::Closed(known),
        // Its words repeat a part of the key.
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::CONFLICT
        | StatusCode::TOO_MANY_REQUESTS => ProviderError::Away(known),
        // The account may have money again tomorrow, and a refund is owed until then.
        status if status.is_client_error() && is_out_of_money(&kind, error.message.as_deref()) => {
            tracing::error!("A balance at Stripe does not suffice for what has to go back.");
            ProviderError::Away(known)
        }
        status if status.is_client_error() => {
            let words = redacted(&error.message.unwrap_or_default());
            ProviderError::Refused(format!("{known}: {words}"))
        }
        _ => ProviderError::Away(known),
    }
}

/// Whether the operator's balance does not suffice. Stripe has a code for it, and often says it in words.
fn is_out_of_money(kind: &str, message: Option<&str>) -> bool {
    let words = message.unwrap_or_default().to_ascii_lowercase();
    kind == "balance_insufficient" || words.contains("insufficient funds in your stripe")
}

/// What Stripe says, without what may be a key or a card, in one line.
fn redacted(words: &str) -> String {
    let secrets = ["sk_", "rk_", "pk_", "whsec_"];
    let is_secret = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        secrets.iter().any(|secret| word.contains(secret)) || (is_number(word) && digits >= DIGITS)
    };
    let words = words.split_whitespace().map(|word| if is_secret(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

/// Whether a word is a number, however it is grouped.
fn is_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

fn told(error: &ExchangeError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(status: u16, body: &str) -> String {
        let status = StatusCode::from_u16(status).expect("the table holds statuses");
        match sorted(status, parse(body.as_bytes()).unwrap_or_default()) {
            ProviderError::Away(words) | ProviderError::UnderWay(words) => format!("away {words}"),
            ProviderError::Refused(words) => format!("refused {words}"),
            ProviderError::Closed(words) => format!("closed {words}"),
        }
    }

    #[test]
    fn what_may_work_later_is_told_from_what_never_will() {
        let body = |kind: &str, code: &str| {
            format!(r#"{{"error": {{"type": "{kind}", "code": "{code}", "message": "No.", "param": "x"}}}}"#)
        };
        for (status, body, sentence) in [
            (
                400,
                body("invalid_request_error", "charge_already_refunded"),
                "refused 400 charge_already_refunded: No.",
            ),
            (403, body("invalid_request_error", "account_invalid"), "closed 403 account_invalid"),
            (
                403,
                body("invalid_request_error", "more_permissions_required"),
                "away 403 more_permissions_required",
            ),
            (402, body("card_error", "card_declined"), "refused 402 card_declined: No."),
            (404, body("invalid_request_error", "resource_missing"), "refused 404 resource_missing: No."),
            (
                400,
                r#"{"error": {"type": "idempotency_error", "message": "Keys differ."}}"#.to_owned(),
                "refused 400 idempotency_error: Keys differ.",
            ),
            (409, body("invalid_request_error", "idempotency_key_in_use"), "away 409 idempotency_key_in_use"),
            (429, body("invalid_request_error", "lock_timeout"), "away 429 lock_timeout"),
            (
                401,
                r#"{"error": {"message": "Invalid API Key provided: sk_live_****1234"}}"#.to_owned(),
                "away 401 ",
            ),
            (
                403,
                body("invalid_request_error", "more_permissions_required"),
                "away 403 more_permissions_required",
            ),
            (500, body("api_error", ""), "away 500 "),
            (503, "<html>".to_owned(), "away 503 "),
            (302, String::new(), "away 302 "),
            (400, "<html>".to_owned(), "refused 400 : "),
        ] {
            assert_eq!(sort(status, &body), sentence);
        }
    }

    #[test]
    fn neither_keys_nor_cards_are_repeated() {
        for (words, told) in [
            ("Invalid API Key: sk_live_abc", "Invalid API Key: …"),
            ("Key `rk_test_x`\nis \u{1b}[31mwrong", "Key … is [31mwrong"),
            ("Card 4242424242424242 is stolen", "Card … is stolen"),
            ("Card (4242-4242-4242-4242).", "Card …"),
            ("Amount 1250 of pi_3NabcDEF12345678901234", "Amount 1250 of pi_3NabcDEF12345678901234"),
        ] {
            assert_eq!(redacted(words), told);
        }
        assert_eq!(redacted(&"x".repeat(900)).len(), WORDS);
    }

    #[test]
    fn a_list_that_the_key_does_not_open_is_known_until_it_does() {
        let client = Client::new("http://localhost:1/", "sk_test_hidden");
        let (own, host) = (None, Some("acct_1"));
        let may = || [own, host].map(|account| client.may_list(account));
        let away = |known: &str| Err::<(), _>(ProviderError::Away(known.to_owned()));
        client.note_list(own, &away("503 "));
        assert_eq!(may(), [true, true]);
        client.note_list(own, &away("403 more_permissions_required"));
        assert_eq!(may(), [false, true]);
        client.note_list(host, &away("401 "));
        client.note_list(own, &away("503 "));
        assert_eq!(may(), [false, false]);
        client.note_list(own, &Ok(()));
        assert_eq!(may(), [true, false]);
    }

    #[test]
    fn a_client_does_not_show_its_key() {
        let client = Client::new("http://localhost:1/", "sk_test_hidden");
        let shown = format!("{client:?} {:?}", client.authorization);
        assert!(!shown.contains("hidden") && shown.contains("http://localhost:1"), "{shown}");
    }
}

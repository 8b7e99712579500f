//! Words that were lost after their checkout: disputes, refunds that failed, money that came late, and what
//! is kept ready and was let go. Nobody asks about those payments any more, so that Stripe is asked what it
//! told.
//!
//! ```text
//! read until ──an hour less──▶ one day ───pages of 100──▶ take, as if it were told now ──▶ read until
//!     ▲                                                                                 │
//!     └───────────────────────────────── until now ◀────────────────────────────────────┘
//! ```
//!
//! It is asked at the start and every hour, a day at a time from the oldest on; how far it is read is noted
//! when all of these are taken; before the first checkout there is nothing to be asked. What was told
//! already is told twice, which sessions and purchases take. Stripe keeps what it told for thirty days. A
//! card that was declined is not among it: its word would stand twice in the record.
//!
//! An account of a host's own has a list of its own, asked for in its name, and how far it is read is noted
//! with it. It is read for as long as it is connected, and for half a year after the last payment to it. What
//! it tells is taken as a message of that account would be (`telling`). Beside it is asked how it stands.

use super::answer::{Event, Events, Name};
use super::webhook::Way;
use super::word::{READ, words};
use super::{Stripe, client, nonsense, refund};
use model::UnixMillis;
use serde::Deserialize;
use service::Rooms;
use service::payments::ProviderError;
use std::sync::Arc;
use std::time::Duration;
use store::merchants::{self, Merchant};
use store::{stripe_checkouts, stripe_reads};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long after a question that was not answered.
const AGAIN: Duration = Duration::from_secs(300);
/// What is asked for once more, in milliseconds: clocks differ, and what happened may be told late.
const OVERLAP_MS: i64 = 3_600_000;
/// How much is asked for at a time, in milliseconds: a day.
const SPAN_MS: i64 = 24 * 3_600_000;
/// For how long Stripe keeps what it told, in milliseconds.
const KEPT_MS: i64 = 30 * SPAN_MS;
/// How many events a page has, and the most pages of one span.
const PAGE: usize = 100;
const PAGES: usize = 1_000;
/// The same of an account of a host's own.
const PAGES_OF_HOST: usize = 100;
/// For how long something may be told of a payment, in milliseconds: banks take up to four months.
const RECENT_MS: i64 = 180 * SPAN_MS;

/// Why not everything is taken that was told.
#[derive(Debug, thiserror::Error)]
enum Gap {
    #[error("Stripe did not say what it told while nobody listened")]
    Unsaid(#[source] ProviderError),
    /// Who runs the server has to give the key more rights; asking again soon is in vain.
    #[error("the key in stripe-key may not read events, so that what is lost is not heard of")]
    Forbidden(#[source] ProviderError),
    #[error("what Stripe told could not be taken")]
    Untaken(#[source] ProviderError),
    #[error("how far it is read what Stripe told could not be saved")]
    Unsaved(#[from] store::Error),
}

/// Asks again and again.
pub async fn run(stripe: Arc<Stripe>, rooms: Rooms) {
    loop {
        let wait = match stripe.catch_up(&rooms).await {
            Ok(()) => EVERY,
            Err(gap) => {
                let error = &gap as &dyn std::error::Error;
                match gap {
                    Gap::Unsaid(_) => tracing::warn!(error, "What was lost is asked for again."),
                    _ => tracing::error!(error, "What was lost is asked for again."),
                }
                if matches!(gap, Gap::Forbidden(_)) { EVERY } else { AGAIN }
            }
        };
        tokio::time::sleep(wait).await;
    }
}

impl Stripe {
    /// Takes everything that was told since Stripe was last asked: of the operator's account, and of each of
    /// a host's own of which something may still be told. What fails at one of these holds up no other.
    async fn catch_up(&self, rooms: &Rooms) -> Result<(), Gap> {
        let now = self.ambient.now();
        let read = stripe_reads::load(&self.store).await?;
        if read.is_none() && stripe_checkouts::are_none(&self.store).await? {
            // Nobody has paid here yet, so that nothing was told.
            return Ok(stripe_reads::save(&self.store, (now, now)).await?);
        }
        let mut taken = self.catch_up_at(rooms, None, (read, now)).await;
        if matches!(taken, Err(Gap::Unsaid(_) | Gap::Forbidden(_))) {
            return taken;
        }
        let since = now.plus(-RECENT_MS);
        for merchant in merchants::load_watched(&self.store, since).await? {
            taken = taken.and(self.catch_up_with(rooms, &merchant, now).await);
        }
        taken
    }

    /// The same of one account of a host's own. One that is closed to this server tells nothing, which is no
    /// reason to ask again before the hour is over.
    async fn catch_up_with(&self, rooms: &Rooms, merchant: &Merchant, now: UnixMillis) -> Result<(), Gap> {
        // That it changed may have been lost as well.
        if merchant.closed.is_none() {
            self.look_into(merchant).await.map_err(Gap::Unsaid)?;
        }
        let read = merchant.read.or(Some(merchant.made));
        match self.catch_up_at(rooms, Some(merchant), (read, now)).await {
            Err(Gap::Unsaid(ProviderError::Closed(words))) => {
                tracing::warn!(account = merchant.account, words, "The account of a host cannot be read.");
                Ok(())
            }
            taken => taken,
        }
    }

    /// Takes one day after the other. What cannot be taken of one is asked for again, and holds up no other
    /// day; where Stripe does not answer it is asked no more.
    async fn catch_up_at(
        &self,
        rooms: &Rooms,
        merchant: Option<&Merchant>,
        (read, now): (Option<UnixMillis>, UnixMillis),
    ) -> Result<(), Gap> {
        let mut taken = Ok(());
        for span in spans(read, now) {
            let told =
                self.told(merchant, span).await.map_err(|error| match client::is_forbidden(&error) {
                    true if merchant.is_none() => Gap::Forbidden(error),
                    _ => Gap::Unsaid(error),
                })?;
            taken = taken.and(self.take_all(rooms, told).await.map_err(Gap::Untaken));
            match (&taken, merchant) {
                (Ok(()), None) => stripe_reads::save(&self.store, (span.1, now)).await?,
                (Ok(()), Some(merchant)) => {
                    merchants::note_read(&self.store, merchant.id, (span.1, now)).await?;
                }
                (Err(_), _) => {}
            }
        }
        taken
    }

    /// Takes what was told, the oldest first, for a dispute is found by what its payment said. What cannot be
    /// taken just now holds up nothing else; it is asked for again.
    async fn take_all(&self, rooms: &Rooms, mut told: Vec<Event>) -> Result<(), ProviderError> {
        let mut taken = Ok(());
        while let Some(event) = told.pop() {
            taken = taken.and(self.take(rooms, event, Way::Read).await);
        }
        taken
    }

    /// What was told within a span of time that may be about a payment of ours, the newest first.
    async fn told(
        &self,
        merchant: Option<&Merchant>,
        span: (UnixMillis, UnixMillis),
    ) -> Result<Vec<Event>, ProviderError> {
        let mut told = Vec::new();
        let account = merchant.and_then(|merchant| merchant.account.as_deref());
        let line = self.client.of(account);
        let mut after = None;
        for _ in 0..(if account.is_some() { PAGES_OF_HOST } else { PAGES }) {
            let page: Events = line.get(&question(span, after.as_deref())).await?;
            let Some(last) = page.data.last().and_then(|event| event["id"].as_str()).map(str::to_owned)
            else {
                return Ok(told);
            };
            told.extend(page.data.iter().filter_map(|event| read(event, account)));
            if !page.has_more {
                return Ok(told);
            }
            after = Some(last);
        }
        match account {
            None => Err(nonsense("a list of events without an end")),
            // Whoever sells so much elsewhere holds up nobody; of theirs the newest have to do.
            Some(account) => {
                tracing::error!(
                    account,
                    "The account of a host tells more than is read. The oldest is left out."
                );
                Ok(told)
            }
        }
    }
}

/// One of what was told by an account, if it may be about a payment of ours: an account of a host's own tells
/// of everything that it sells elsewhere. It is of the account that was asked, whatever it says.
fn read(event: &serde_json::Value, account: Option<&str>) -> Option<Event> {
    let mut event = match Event::deserialize(event) {
        Ok(event) => event,
        Err(error) => {
            tracing::error!(%error, "Stripe told something that makes no sense.");
            return None;
        }
    };
    if let Some(account) = account {
        event.account = Some(Name::try_from(account.to_owned()).ok()?);
    }
    let is_of_refund = refund::TOLD.contains(&&*event.kind);
    let is_nothing = !is_of_refund && words(event.clone()).is_ok_and(|words| words.is_empty());
    (!is_nothing).then_some(event)
}

/// The spans of time that are to be asked for, the oldest first, up to now. A clock that was ahead left no
/// word of how far it is read.
fn spans(read: Option<UnixMillis>, now: UnixMillis) -> impl Iterator<Item = (UnixMillis, UnixMillis)> {
    let oldest = now.plus(-KEPT_MS);
    let read = read.map(|read| if read > now { now.plus(-OVERLAP_MS) } else { read });
    let from = read.map_or(oldest, |read| read.plus(-OVERLAP_MS).max(oldest));
    let mut next = Some(from);
    std::iter::from_fn(move || {
        let from = next?;
        let to = from.plus(SPAN_MS).min(now);
        next = (to < now).then_some(to);
        Some((from, to))
    })
}

/// The question for one page of a span.
fn question((from, to): (UnixMillis, UnixMillis), after: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for kind in READ {
        query.append_pair("types[]", kind);
    }
    query.append_pair("created[gte]", &(from.0 / 1_000).to_string());
    // A second on both sides: what is told twice is harmless.
    query.append_pair("created[lte]", &(to.0 / 1_000 + 1).to_string());
    query.append_pair("limit", &PAGE.to_string());
    if let Some(after) = after {
        query.append_pair("starting_after", after);
    }
    format!("/v1/events?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    fn asked(read: Option<i64>, now: i64) -> Vec<(i64, i64)> {
        spans(read.map(UnixMillis), UnixMillis(now)).map(|(from, to)| (from.0, to.0)).collect()
    }

    #[test]
    fn nothing_is_left_out_between_two_questions_and_nothing_is_asked_for_that_is_gone() {
        let now = 100 * DAY_MS;
        let never = asked(None, now);
        assert_eq!((never.len(), never[0].0), (30, now - 30 * DAY_MS));
        assert!(never.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!(never[29].1, now);
        assert_eq!(asked(Some(now - 60_000), now), [(now - 60_000 - OVERLAP_MS, now)]);
        let away = asked(Some(now - 10 * DAY_MS), now);
        assert_eq!((away.len(), away[0].0), (11, now - 10 * DAY_MS - OVERLAP_MS));
        assert_eq!(asked(Some(0), now).len(), 30);
        // A clock that was set back still asks for what happens now.
        let back = asked(Some(now + 9 * DAY_MS), now);
        assert_eq!(back, [(now - 2 * OVERLAP_MS, now)]);
    }

    #[test]
    fn a_question_names_what_it_is_about() {
        let question = question((UnixMillis(5_999), UnixMillis(9_000)), Some("evt_7"));
        let (path, query) = question.split_once('?').expect("there is a query");
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
        assert_eq!(
            (path, value("limit"), value("starting_after")),
            ("/v1/events", Some("100"), Some("evt_7"))
        );
        assert_eq!((value("created[gte]"), value("created[lte]")), (Some("5"), Some("10")));
        assert!(READ.len() <= 20 && pairs.iter().filter(|(key, _)| key == "types[]").count() == READ.len());
    }
}

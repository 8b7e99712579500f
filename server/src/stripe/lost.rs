//! Words that were lost after their checkout: disputes, refunds, money that came late, and what is kept ready
//! and was let go. Nobody asks about those payments any more, so that Stripe is asked what it told.
//!
//! ```text
//! read until ──an hour less──▶ one day ───pages of 100──▶ take, as if it were told now ──▶ read until
//!     ▲                          └─more than ten pages: a shorter time                     │
//!     └───────────────────────────────── until now ◀────────────────────────────────────┘
//! ```
//!
//! It is asked a day at a time from the oldest on, or less where a day holds much; how far it is read is
//! noted when all of these are taken; before the first checkout there is nothing to be asked. What was told
//! already is told twice, which sessions and purchases take. Stripe keeps what it told for thirty days. A
//! card that was declined is not among it: its word would stand twice in the record.
//!
//! An account of a host's own has a list of its own, asked for in its name, and how far it is read is noted
//! with it. It is read for as long as it is connected, and for half a year after the last payment to it, if
//! there ever was a checkout there. What it tells is taken as a message of that account would be (`telling`),
//! but asked about once for each payment. Beside it is asked how it stands.
//!
//! One go at a list is so many pages, and so long ([`Budget`]); what is left is for the next one. When that
//! is says `readers`. What cannot be taken keeps nothing behind it waiting: the list is read to its end, but
//! how far it is read is noted no more, so that all of it is read once more from there.

use super::answer::{Event, Events, Name, Refund};
use super::webhook::Way;
use super::word::{About, READ, words};
use super::{Stripe, client, refund};
use model::UnixMillis;
use serde::Deserialize;
use service::Rooms;
use service::payments::ProviderError;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::merchants::{self, Merchant};
use store::{stripe_checkouts, stripe_reads};

/// What is asked for once more, in milliseconds: clocks differ, and what happened may be told late.
const OVERLAP_MS: i64 = 3_600_000;
/// How much is asked for at a time at most, in milliseconds: a day; and at least, whatever it holds.
const SPAN_MS: i64 = 24 * 3_600_000;
const LEAST_MS: i64 = 1_000;
/// For how long Stripe keeps what it told, in milliseconds.
const KEPT_MS: i64 = 30 * SPAN_MS;
/// How many events a page has, and the most pages of one span.
const PAGE: usize = 100;
const PAGES: usize = 10;
/// How many pages are read in one go, and for how long.
const BUDGET: usize = 100;
const A_GO: Duration = Duration::from_secs(30);

/// Why not everything is taken that was told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Gap {
    #[error("Stripe did not say what it told while nobody listened")]
    Unsaid(#[source] ProviderError),
    /// Who runs the server has to give the key more rights; asking again soon is in vain.
    #[error("the key in stripe-key may not read events, so that what is lost is not heard of")]
    Forbidden(#[source] ProviderError),
    /// Its owner has to open the account again; asking again soon is in vain.
    #[error("the account of a host cannot be read")]
    Shut(#[source] ProviderError),
    /// It is read to its end; it says by itself what of it was not taken.
    #[error("something that Stripe told could not be taken")]
    Untaken,
    #[error("it broke off while what Stripe told was read")]
    Broken,
    #[error("how far it is read what Stripe told could not be saved")]
    Unsaved(#[from] store::Error),
}

/// How far a list is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Far {
    /// Up to now.
    All,
    /// Up to there; the rest is for another go.
    Part(Place),
}

/// Where a list is read on, and how long a time is asked for there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    from: UnixMillis,
    length_ms: i64,
    /// Whether something before it was not taken, so that how far it is read is not noted.
    pub(super) lacks: bool,
}

/// What is left of one go.
struct Budget {
    pages: usize,
    until: Instant,
}

/// What a span of time holds.
enum Told {
    /// The newest first.
    All(Vec<Event>),
    /// More than is read at a time, of which this is the oldest that was read.
    Much { oldest: UnixMillis },
    /// Nothing may be asked any more.
    Spent,
}

/// What became of what a span of time holds.
struct Taken {
    /// Whether all of it was taken that was looked at.
    is_whole: bool,
    /// From when on the rest was told for which no time was left.
    left: Option<UnixMillis>,
}

impl Stripe {
    /// Takes what was told of the operator's account since Stripe was last asked.
    pub(super) async fn catch_up(&self, rooms: &Rooms, place: Option<Place>) -> Result<Far, Gap> {
        let now = self.ambient.now();
        let read = stripe_reads::load(&self.store).await?;
        if read.is_none() && stripe_checkouts::are_none(&self.store).await? {
            // Nobody has paid here yet, so that nothing was told.
            stripe_reads::save(&self.store, (now, now)).await?;
            return Ok(Far::All);
        }
        self.catch_up_at(rooms, None, (on_from(place, since(read, now)), now)).await
    }

    /// The same of one account of a host's own. One that is closed to this server tells nothing.
    pub(super) async fn catch_up_with(
        &self,
        rooms: &Rooms,
        merchant: &Merchant,
        place: Option<Place>,
    ) -> Result<Far, Gap> {
        let now = self.ambient.now();
        // That it changed may have been lost as well.
        if merchant.closed.is_none() && place.is_none() {
            self.look_into(merchant).await.map_err(Gap::Unsaid)?;
        }
        let place = on_from(place, since(merchant.read.or(Some(merchant.made)), now));
        self.catch_up_at(rooms, Some(merchant), (place, now)).await
    }

    /// Takes one span of time after the other. What cannot be taken of one is asked for again, and holds up
    /// no other; where Stripe does not answer it is asked no more.
    async fn catch_up_at(
        &self,
        rooms: &Rooms,
        merchant: Option<&Merchant>,
        (mut place, now): (Place, UnixMillis),
    ) -> Result<Far, Gap> {
        let account = merchant.and_then(|merchant| merchant.account.as_deref());
        let mut budget = Budget { pages: BUDGET, until: Instant::now() + A_GO };
        let mut known = BTreeSet::new();
        loop {
            let span = place.span(now);
            let told = self.told(account, span, &mut budget).await;
            match told.map_err(|error| Gap::of(error, merchant))? {
                Told::Spent => return Ok(Far::Part(place)),
                Told::Much { oldest } => place.shorten(span, oldest),
                Told::All(told) => {
                    let taken = self.take_all(rooms, told, (span.0, budget.until), &mut known).await;
                    place.lacks |= !taken.is_whole;
                    let until = taken.left.unwrap_or(span.1).min(span.1);
                    if !place.lacks {
                        self.note_read(merchant, (until, now)).await?;
                    }
                    if taken.left.is_none() && until >= now {
                        return if place.lacks { Err(Gap::Untaken) } else { Ok(Far::All) };
                    }
                    place.go_on(until);
                    if taken.left.is_some() || Instant::now() >= budget.until {
                        return Ok(Far::Part(place));
                    }
                }
            }
        }
    }

    async fn note_read(
        &self,
        merchant: Option<&Merchant>,
        until: (UnixMillis, UnixMillis),
    ) -> Result<(), store::Error> {
        match merchant {
            None => stripe_reads::save(&self.store, until).await,
            Some(merchant) => merchants::note_read(&self.store, merchant.id, until).await,
        }
    }

    /// Takes what was told, the oldest first, for a dispute is found by what its payment said. What cannot be
    /// taken just now holds up nothing else; it is asked for again. About what is `known` nobody is asked
    /// again, for the answer is how it stands now. It ends when the time is over, and before that it takes at
    /// least what was told within the first second.
    async fn take_all(
        &self,
        rooms: &Rooms,
        mut told: Vec<Event>,
        (from, until): (UnixMillis, Instant),
        known: &mut BTreeSet<String>,
    ) -> Taken {
        let mut taken = Taken { is_whole: true, left: None };
        loop {
            if Instant::now() >= until {
                taken.left = left(&told, from);
            }
            let Some(event) = told.pop().filter(|_| taken.left.is_none()) else { return taken };
            let asked = asked_about(&event);
            if asked.as_ref().is_some_and(|asked| known.contains(asked)) {
                continue;
            }
            let (id, account) = (event.id.clone(), event.account.clone());
            match self.take(rooms, event, Way::Read).await {
                Ok(()) => known.extend(asked),
                Err(error) => {
                    let (error, account) =
                        (&error as &dyn std::error::Error, account.as_ref().map(Name::as_str));
                    tracing::warn!(error, account, event.id = id.as_str(), "What Stripe told is not taken.");
                    taken.is_whole = false;
                }
            }
        }
    }

    /// What was told within a span of time that may be about a payment of ours.
    async fn told(
        &self,
        account: Option<&str>,
        span: (UnixMillis, UnixMillis),
        budget: &mut Budget,
    ) -> Result<Told, ProviderError> {
        let (line, mut told, mut after) = (self.client.of(account), Vec::new(), None);
        let is_least = span.1.0 - span.0.0 <= LEAST_MS;
        let mut oldest = span.1;
        for _ in 0..(if is_least { BUDGET } else { PAGES }) {
            let Some(left) = budget.pages.checked_sub(1) else { return Ok(Told::Spent) };
            budget.pages = left;
            let page: Events = line.get(&question(span, after.as_deref())).await?;
            let last = page.data.last();
            let Some(name) = last.and_then(|event| event["id"].as_str()).map(str::to_owned) else {
                return Ok(Told::All(told));
            };
            if let Some(seconds) = last.and_then(|event| event["created"].as_i64()) {
                oldest = UnixMillis(seconds.saturating_mul(1_000));
            }
            told.extend(page.data.iter().filter_map(|event| read(event, account)));
            if !page.has_more {
                return Ok(Told::All(told));
            }
            after = Some(name);
        }
        if is_least {
            tracing::error!(account, "More was told within a second than is read in one go.");
            return Ok(Told::Spent);
        }
        Ok(Told::Much { oldest })
    }
}

impl Gap {
    fn of(error: ProviderError, merchant: Option<&Merchant>) -> Self {
        match error {
            error if merchant.is_none() && client::is_forbidden(&error) => Self::Forbidden(error),
            error @ ProviderError::Closed(_) if merchant.is_some() => Self::Shut(error),
            error => Self::Unsaid(error),
        }
    }
}

impl Place {
    const fn at(from: UnixMillis) -> Self {
        Self { from, length_ms: SPAN_MS, lacks: false }
    }

    #[cfg(test)]
    pub(super) const fn lacking(from: UnixMillis) -> Self {
        Self { lacks: true, ..Self::at(from) }
    }

    /// What is asked for there.
    fn span(&self, now: UnixMillis) -> (UnixMillis, UnixMillis) {
        (self.from, self.from.plus(self.length_ms).min(now))
    }

    /// Goes on behind what was read, with a longer time if there is little.
    fn go_on(&mut self, to: UnixMillis) {
        *self = Self { from: to, length_ms: (self.length_ms * 2).min(SPAN_MS), ..*self };
    }

    /// Asks for a shorter time: as much of it as was read, which holds about as many, and at most half.
    fn shorten(&mut self, (from, to): (UnixMillis, UnixMillis), oldest: UnixMillis) {
        let (length, read) = (to.0 - from.0, to.0 - oldest.0);
        self.length_ms = read.min(length / 2).max(LEAST_MS);
    }
}

/// From when on a list is asked for that was read until then. A clock that was ahead left no word of how far
/// it is read.
fn since(read: Option<UnixMillis>, now: UnixMillis) -> Place {
    let oldest = now.plus(-KEPT_MS);
    let read = read.map(|read| if read > now { now.plus(-OVERLAP_MS) } else { read });
    Place::at(read.map_or(oldest, |read| read.plus(-OVERLAP_MS).max(oldest)))
}

/// Where a list is read on: where the last go ended, unless something was told since then that is to be read
/// `again`. Where something was not taken, it is read from there once its end is reached.
fn on_from(place: Option<Place>, again: Place) -> Place {
    let is_good = |place: &Place| place.lacks || place.from <= again.from.plus(OVERLAP_MS);
    place.filter(is_good).unwrap_or(again)
}

/// From when on the rest was told of what was told since then, the newest first. What was told at once is
/// taken at once, so that every go gets on.
fn left(told: &[Event], from: UnixMillis) -> Option<UnixMillis> {
    told.iter().filter_map(Event::at).min().filter(|at| *at > from)
}

/// About what of an account of a host's own is asked because of an event: the answer is the same for all that
/// are about the same. What the operator's account says, and disputes, are taken as they are told.
fn asked_about(event: &Event) -> Option<String> {
    event.account.as_ref()?;
    if refund::TOLD.contains(&&*event.kind) {
        let refund = Refund::deserialize(&event.data.object).ok().filter(Refund::has_failed)?;
        return Some(refund.id.as_str().to_owned());
    }
    match words(event.clone()).ok()?.into_iter().next()?.about {
        About::Payment { payment, .. } => Some(payment.to_hex()),
        About::Intent(_) => None,
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
        let (mut place, mut spans) = (since(read.map(UnixMillis), UnixMillis(now)), Vec::new());
        loop {
            let (from, to) = place.span(UnixMillis(now));
            spans.push((from.0, to.0));
            if to.0 >= now {
                return spans;
            }
            place.go_on(to);
        }
    }

    #[test]
    fn a_time_that_holds_much_is_read_in_parts_and_none_is_left_out() {
        // So many events lie between two times, all of them within an hour of the day.
        let (start, end) = (10 * 3_600_000, 11 * 3_600_000);
        for events in [0, 900, 5_000, 400_000] {
            let within = |(from, to): (UnixMillis, UnixMillis)| {
                let part = to.0.min(end).saturating_sub(from.0.max(start)).max(0);
                events * part / (end - start)
            };
            let now = UnixMillis(DAY_MS);
            let (mut place, mut read, mut asked, mut until) = (Place::at(UnixMillis(0)), 0, 0, UnixMillis(0));
            while until < now {
                let span = place.span(now);
                assert_eq!(span.0, until, "nothing is left out");
                asked += 1;
                if within(span) > 1_000 {
                    // The newest thousand of them.
                    let width = 1_000 * (end - start) / events;
                    place.shorten(span, UnixMillis(span.1.0.min(end) - width));
                    assert!(place.length_ms >= LEAST_MS && place.length_ms <= (span.1.0 - span.0.0) / 2);
                    continue;
                }
                read += within(span);
                until = span.1;
                place.go_on(until);
            }
            assert!(read <= events && read >= events - asked, "{read} of {events}");
            assert!(asked <= 30 + 6 * events / 1_000, "{asked} questions for {events}");
        }
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
    fn what_is_left_when_the_time_is_over_is_read_on_from_its_first_second() {
        let at = |seconds: i64| {
            let event = serde_json::json!({
                "id": "evt_1", "type": "refund.failed", "livemode": false, "created": seconds,
                "data": { "object": {} },
            });
            Event::deserialize(&event).expect("an event")
        };
        let told: Vec<Event> = [9, 9, 7, 5, 5].map(at).into();
        let left = |count: usize, from| left(&told[..count], UnixMillis(from)).map(|at| at.0);
        assert_eq!(left(5, 5_500), None, "every go takes what its first second holds");
        assert_eq!(left(4, 5_500), None);
        assert_eq!((left(3, 5_500), left(2, 5_500)), (Some(7_000), Some(9_000)));
        assert_eq!(left(5, 4_000), Some(5_000));
        assert_eq!(left(0, 4_000), None, "nothing is left");
    }

    #[test]
    fn a_list_is_read_on_where_the_last_go_ended_unless_more_is_to_be_read_again() {
        let now = 100 * DAY_MS;
        let place = |from| Place { length_ms: LEAST_MS, ..Place::at(UnixMillis(from)) };
        let on =
            |place, read: Option<i64>| on_from(Some(place), since(read.map(UnixMillis), UnixMillis(now)));
        assert_eq!(on(place(now - DAY_MS), Some(now - DAY_MS)), place(now - DAY_MS), "it was noted");
        assert_eq!(on(place(now - 31 * DAY_MS), None), place(now - 31 * DAY_MS), "nothing was noted yet");
        let set_back = Some(now - 2 * DAY_MS);
        assert_eq!(on(place(now - DAY_MS), set_back).from.0, now - 2 * DAY_MS - OVERLAP_MS);
        let lacking = Place { lacks: true, ..place(now - DAY_MS) };
        assert_eq!(on(lacking, set_back), lacking, "it gets on to its end");
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

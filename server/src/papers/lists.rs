//! `/payments` and `/earnings`: the caller's own sessions, a page at a time.

use super::{Turned, caller};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::{EARNINGS, PAYMENTS, lists};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use model::{UnixMillis, UserId};
use service::rooms::papers::{Listing, PAGE_ROWS, Span};
use time::{Date, Month, OffsetDateTime};
use tower_sessions::Session;

/// The last page that can be asked for.
const PAGES: u32 = 100_000;

const _: () = assert!(PAGES.checked_mul(PAGE_ROWS).is_some());

/// Which part of a list is wished for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct Part {
    /// The first is 1.
    #[serde(default)]
    page: Option<String>,
    /// Such as `2026-11`.
    #[serde(default)]
    month: Option<String>,
}

impl Part {
    fn page(&self) -> u32 {
        page(self.page.as_ref())
    }

    /// The month, if it is one, with its span.
    pub(super) fn month(&self) -> Option<(&str, Span)> {
        let month = self.month.as_deref()?;
        Some((month, span(month)?))
    }
}

/// The page that is asked for, whose first is 1, as one whose first is 0.
pub(super) fn page(asked: Option<&String>) -> u32 {
    asked.and_then(|page| page.parse::<u32>().ok()).unwrap_or(1).saturating_sub(1).min(PAGES)
}

/// From the first to the last time of a month in UTC.
fn span(month: &str) -> Option<Span> {
    let (year, number) =
        month.split_once('-').filter(|(year, number)| (year.len(), number.len()) == (4, 2))?;
    let (year, number): (i32, u8) = (year.parse().ok()?, number.parse().ok()?);
    let start = |year, number| {
        let date = Date::from_calendar_date(year, Month::try_from(number).ok()?, 1).ok()?;
        let start = OffsetDateTime::new_utc(date, time::Time::MIDNIGHT).unix_timestamp();
        Some(UnixMillis(start.checked_mul(1_000)?))
    };
    let next = if number == 12 { start(year.checked_add(1)?, 1) } else { start(year, number + 1) };
    Some((start(year, number)?, next?))
}

/// From the beginning to the end.
pub(super) const EVER: Span = (UnixMillis(i64::MIN), UnixMillis(i64::MAX));

/// What the caller paid.
pub(super) async fn payments(
    State(shared): State<Shared>,
    session: Session,
    part: Result<Query<Part>, QueryRejection>,
    parts: Parts,
) -> Response {
    let part = part.map(|Query(part)| part).unwrap_or_default();
    match load_bought(&shared, &session, &part).await {
        Ok(listing) if listing.lines.is_empty() && listing.page > 0 => Redirect::to(PAYMENTS).into_response(),
        Ok(listing) => Html(lists::payments(preferred(&parts.headers), &listing)).into_response(),
        Err(turned) => turned.answer(&parts),
    }
}

/// What the caller earned.
pub(super) async fn earnings(
    State(shared): State<Shared>,
    session: Session,
    part: Result<Query<Part>, QueryRejection>,
    parts: Parts,
) -> Response {
    let part = part.map(|Query(part)| part).unwrap_or_default();
    match load_sold(&shared, &session, &part).await {
        Ok(listing) if listing.lines.is_empty() && listing.page > 0 => Redirect::to(EARNINGS).into_response(),
        Ok(listing) => {
            let month = part.month().map(|(month, _)| month);
            Html(lists::earnings(preferred(&parts.headers), &listing, month)).into_response()
        }
        Err(turned) => turned.answer(&parts),
    }
}

async fn load_bought(shared: &Shared, session: &Session, part: &Part) -> Result<Listing, Turned> {
    let user = caller(session).await?.unwrap_or(NOBODY);
    shared.services.rooms.bought(user, part.page()).await.map_err(|error| Turned::of(&error))
}

async fn load_sold(shared: &Shared, session: &Session, part: &Part) -> Result<Listing, Turned> {
    let user = caller(session).await?.unwrap_or(NOBODY);
    let span = part.month().map_or(EVER, |(_, span)| span);
    shared.services.rooms.earnings(user, span, part.page()).await.map_err(|error| Turned::of(&error))
}

/// Whose lists are empty. It is drawn for nobody: identities are random.
pub(super) const NOBODY: UserId = UserId::from_bits(0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let (from, to) = span("2026-11").expect("a month");
        assert_eq!((from.0, to.0), (1_793_491_200_000, 1_796_083_200_000));
        assert_eq!(span("2026-12").map(|(from, _)| from), Some(to));
        assert_eq!(span("2027-01").map(|(from, _)| from), span("2026-12").map(|(_, to)| to));
        for nonsense in
            ["", "2026", "2026-13", "2026-00", "2026-1", "26-0111", "x026-01", "2026-11-01", "-026-01"]
        {
            assert!(span(nonsense).is_none(), "{nonsense}");
        }
    }
}

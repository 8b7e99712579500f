//! `/meet/report` and `/operator/reports`: reporting whom one met, and deciding about it.
//!
//! Whoever met nobody is told so, and nobody learns by these pages whom others met.

use super::asked::{Asked, Operator, Own, Sent};
use super::{Turned, known};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::papers::operator::REPORTS;
use app::papers::strangers::{self as pages, AVOID, Bar, News, REPORT, Report, Said};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::request::Parts;
use model::{Complaint, EncounterId, ReportReason, TextError, UserId};
use protocol::ErrorCode;
use service::Identity;
use service::people::strangers::Verdict;
use tower_sessions::Session;

/// Every address of pages about strangers.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(REPORT, get(ask).post(report))
        .route(AVOID, post(avoid))
        .route(REPORTS, get(reports).post(judge))
}

/// Whoever has met anybody: a browser without identity has not.
struct Visitor(Identity);

impl Own for Visitor {
    async fn find(_: &Shared, session: &Session, _: &str) -> Result<Self, Turned> {
        known(session).await?.map(Self).ok_or(Turned::Unknown)
    }
}

/// What somebody says of whom they met.
#[derive(Debug, serde::Deserialize)]
struct Told {
    encounter: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    complaint: Option<String>,
}

/// What was decided about somebody.
#[derive(Debug, serde::Deserialize)]
struct Judged {
    person: String,
    what: String,
}

/// What became of something.
#[derive(Debug, Default, serde::Deserialize)]
struct Done {
    #[serde(default)]
    done: Option<String>,
}

async fn ask(
    State(shared): State<Shared>,
    session: Session,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    let said = match done.ok().and_then(|Query(done)| done.done).as_deref() {
        Some("reported") => Said::Reported,
        Some("avoided") => Said::Avoided,
        _ => Said::Nothing,
    };
    page(&shared, &session, &parts, said).await
}

async fn report(
    Asked(Visitor(visitor)): Asked<Visitor>,
    State(shared): State<Shared>,
    session: Session,
    parts: Parts,
    Sent(told): Sent<Told>,
) -> Response {
    let Ok(encounter) = told.encounter.parse::<EncounterId>() else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    let Some(reason) = told.reason.as_deref().and_then(ReportReason::parse) else {
        return page(&shared, &session, &parts, Said::NoReason).await;
    };
    let complaint = match told.complaint.as_deref().map(Complaint::parse) {
        None | Some(Err(TextError::Empty)) => None,
        Some(Ok(complaint)) => Some(complaint),
        Some(Err(_)) => return page(&shared, &session, &parts, Said::TooLong).await,
    };
    let done = shared.services.people.report_stranger(visitor, encounter, (reason, complaint)).await;
    settled(&shared, &session, &parts, done.map(|()| "reported")).await
}

async fn avoid(
    Asked(Visitor(visitor)): Asked<Visitor>,
    State(shared): State<Shared>,
    session: Session,
    parts: Parts,
    Sent(told): Sent<Told>,
) -> Response {
    let Ok(encounter) = told.encounter.parse::<EncounterId>() else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    let done = shared.services.people.avoid_stranger(visitor, encounter).await;
    settled(&shared, &session, &parts, done.map(|()| "avoided")).await
}

/// Leads on when it was done, and says why when it was not.
async fn settled(
    shared: &Shared,
    session: &Session,
    parts: &Parts,
    done: Result<&'static str, service::Error>,
) -> Response {
    match done {
        Ok(what) => Redirect::to(&format!("{REPORT}?done={what}")).into_response(),
        Err(service::Error::Refused(ErrorCode::NoSuchParticipant)) => {
            page(shared, session, parts, Said::Nothing).await
        }
        Err(service::Error::Refused(ErrorCode::TooManyRequests)) => {
            page(shared, session, parts, Said::TooOften).await
        }
        Err(error) => Turned::of(&error).answer_with(parts, REPORT),
    }
}

/// The page on which the last person is reported.
async fn page(shared: &Shared, session: &Session, parts: &Parts, said: Said) -> Response {
    if !shared.services.people.brings_strangers_together() {
        return Turned::Unknown.answer(parts);
    }
    let last = match known(session).await {
        Ok(Some(visitor)) => shared.services.people.last_met(visitor).await,
        Ok(None) => Ok(None),
        Err(turned) => return turned.answer(parts),
    };
    match last {
        Ok(last) => {
            let open = last.filter(|last| !last.is_reported).map(|last| last.encounter);
            let page = Html(pages::report(preferred(&parts.headers), open, said));
            match said {
                Said::NoReason | Said::TooLong | Said::TooOften => {
                    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
                }
                Said::Nothing | Said::Reported | Said::Avoided => page.into_response(),
            }
        }
        Err(error) => Turned::of(&error).answer_with(parts, REPORT),
    }
}

async fn reports(
    _: Asked<Operator>,
    State(shared): State<Shared>,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    let news = match done.ok().and_then(|Query(done)| done.done).as_deref() {
        Some("decided") => News::Decided,
        Some("gone") => News::Gone,
        _ => News::None,
    };
    let people = &shared.services.people;
    match people.reports().await {
        Ok((open, bars)) => {
            let reports = open.into_iter().map(|open| Report {
                reported: open.reported.user,
                at: open.at,
                reason: open.reason,
                complaint: open.complaint,
                reporters: open.reporters,
                barred_until: open.barred_until,
            });
            let bars = bars.into_iter().map(|bar| Bar { user: bar.party.user, until: bar.until });
            let (reports, bars) = (reports.collect::<Vec<_>>(), bars.collect::<Vec<_>>());
            let is_on = people.brings_strangers_together();
            Html(pages::reports(preferred(&parts.headers), (&reports, &bars), (is_on, news))).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn judge(
    Asked(Operator(by)): Asked<Operator>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(Judged { person, what }): Sent<Judged>,
) -> Response {
    let verdict = match what.as_str() {
        "bar" => Verdict::Bar,
        "dismiss" => Verdict::Dismiss,
        "lift" => Verdict::Lift,
        _ => return refuse_visit(&parts, ErrorCode::BadRequest),
    };
    let Ok(person) = person.parse::<UserId>() else { return refuse_visit(&parts, ErrorCode::BadRequest) };
    match shared.services.people.judge(person, verdict).await {
        Ok(is_done) => {
            if is_done {
                tracing::warn!(user.id = %by.to_hex(), ?verdict, "An operator decided about a stranger.");
            }
            let news = if is_done { "decided" } else { "gone" };
            Redirect::to(&format!("{REPORTS}?done={news}")).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

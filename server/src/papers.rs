//! What payers and hosts read about their money, and money that a host gives back.
//!
//! | caller | answer about a session |
//! |---|---|
//! | its payer | the receipt, paying what is due, calling it off |
//! | its host, whoever runs this server | the receipt, refunds, letting a bill go, the evidence |
//! | anybody else, or nobody known | 404, the same as for one that does not exist |
//!
//! Lists are the caller's own; a browser without identity has empty ones, and is given no identity here.
//! What is served here is never kept by a cache. Not here: the pages' words, and the rules.

mod asked;
mod bill;
mod files;
mod lists;
mod mailed;
mod operator;
mod packs;
mod payouts;
mod policies;
mod pricing;
mod programs;
mod proofs;
mod refused;
mod strangers;

use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::caller::{identity_in, known_in};
use app::papers::mailed::MailedNews;
use app::papers::receipt::{News, receipt};
use app::papers::refund::{Asked as Wanted, confirm};
use app::papers::{
    ADDRESS, CAME_TO, CANCEL, EARNINGS, EARNINGS_CSV, EVIDENCE, EVIDENCE_JSON, PAY_BILL, PAYMENTS, RECEIPT,
    REFUND, STYLE, STYLE_PATH, WAIVE, WITHDRAW, failed, of, unknown,
};
use asked::{Asked, Bought, Dealt, Sent, Sold};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use model::{Money, RefundId, UserId};
use protocol::ErrorCode;
use protocol::addresses::MAILS;
use service::Identity;
use service::rooms::papers::{Command, Paper, RefundError, RefundOf, Refusal};
use tower_sessions::Session;

/// Every address of pages about money.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route(STYLE_PATH, get(style))
        .route(PAYMENTS, get(lists::payments))
        .route(EARNINGS, get(lists::earnings))
        .route(EARNINGS_CSV, get(files::csv))
        .route(RECEIPT, get(show))
        .route(REFUND, get(ask).post(give_back))
        .route(CANCEL, get(ask_to_cancel).post(cancel))
        .route(ADDRESS, post(mailed::leave))
        .route(WITHDRAW, post(mailed::withdraw))
        .route(MAILS, get(mailed::ask_to_stop).post(mailed::stop))
        .route(PAY_BILL, post(bill::pay))
        .route(WAIVE, get(bill::ask).post(bill::waive))
        .route(CAME_TO, get(bill::find_newest))
        .route(EVIDENCE, get(files::html))
        .route(EVIDENCE_JSON, get(files::json))
        .merge(operator::routes())
        .merge(refused::routes())
        .merge(strangers::routes())
        .merge(packs::routes())
        .merge(payouts::routes())
        .merge(programs::routes())
        .merge(policies::routes())
        .merge(pricing::routes())
}

/// What was typed into the form of a refund.
#[derive(Debug, serde::Deserialize)]
struct Wish {
    #[serde(default)]
    what: Option<String>,
    #[serde(default)]
    amount: Option<String>,
    /// Drawn when the page was made that said what will happen.
    #[serde(default)]
    refund: Option<String>,
}

/// Which refund led back to the receipt.
#[derive(Debug, serde::Deserialize)]
struct Done {
    #[serde(default)]
    refunded: Option<String>,
    /// What became of an address that was left.
    #[serde(default)]
    mailed: Option<String>,
}

/// Why a page is not shown.
enum Turned {
    /// There is nothing for this caller.
    Unknown,
    Failed,
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Shows one session.
async fn show(
    Asked(Dealt { paper, .. }): Asked<Dealt>,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    let (refunded, mailed) = done.map(|Query(done)| (done.refunded, done.mailed)).unwrap_or_default();
    let named = refunded.and_then(|refund| refund.parse::<RefundId>().ok());
    // A link of somebody else's must not say of money that it was given back.
    let is_done = named.is_some_and(|refund| paper.session.till.refunds.contains(&refund));
    let news = match mailed.and_then(|word| MailedNews::parse(&word)) {
        _ if is_done => News::Refunded,
        Some(news) => News::Mailed(news),
        None => News::None,
    };
    Html(receipt(preferred(&parts.headers), &paper, news)).into_response()
}

/// Says what a refund would do.
async fn ask(
    Asked(Sold { paper, .. }): Asked<Sold>,
    State(shared): State<Shared>,
    wish: Result<Query<Wish>, QueryRejection>,
    parts: Parts,
) -> Response {
    let refund = RefundId::from_bits(shared.services.ambient.draw());
    let asked = wish.map_or(Wanted::All, |Query(wish)| wish.asked());
    let going = command(&paper, refund, &asked).and_then(|command| paper.going(&command));
    match going {
        Ok(going) => {
            Html(confirm(preferred(&parts.headers), &paper, (refund, &asked), going)).into_response()
        }
        Err(refusal) => refused(&parts, &paper, refusal),
    }
}

/// Gives money back.
async fn give_back(
    Asked(Sold { user, paper }): Asked<Sold>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(wish): Sent<Wish>,
) -> Response {
    let Some(refund) = wish.refund.as_ref().and_then(|refund| refund.parse::<RefundId>().ok()) else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    let id = paper.session.id;
    let done = match command(&paper, refund, &wish.asked()) {
        Ok(command) => shared.services.rooms.refund(user, id, command).await,
        Err(refusal) => Err(RefundError::Refused(refusal)),
    };
    match done {
        Ok(()) => {
            let address = format!("{}?refunded={}", of(id, RECEIPT), refund.to_hex());
            Redirect::to(&address).into_response()
        }
        Err(RefundError::Refused(refusal)) => refused(&parts, &paper, refusal),
        // Somebody else was quicker.
        Err(RefundError::Failed(service::Error::Refused(_))) => refused(&parts, &paper, Refusal::NothingLeft),
        Err(RefundError::Failed(error)) => Turned::of(&error).answer_with(&parts, &of(id, RECEIPT)),
    }
}

/// Says what calling it off would do.
async fn ask_to_cancel(Asked(Bought { paper, .. }): Asked<Bought>, parts: Parts) -> Response {
    match paper.cancelling() {
        Some(cancelling) => {
            Html(app::papers::cancel::confirm(preferred(&parts.headers), &paper, cancelling)).into_response()
        }
        // It has begun, or is over: the receipt says which.
        None => Redirect::to(&of(paper.session.id, RECEIPT)).into_response(),
    }
}

/// What the payer was told before they pressed.
#[derive(Debug, serde::Deserialize)]
struct Told {
    gain: i64,
}

/// Calls it off.
async fn cancel(
    Asked(Dealt { user, paper }): Asked<Dealt>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(told): Sent<Told>,
) -> Response {
    let id = paper.session.id;
    match shared.services.rooms.cancel(user, id, told.gain).await {
        Ok(true) => Redirect::to(&of(id, RECEIPT)).into_response(),
        // Less goes back by now: they read it before it happens.
        Ok(false) => Redirect::to(&of(id, CANCEL)).into_response(),
        // It began, or ended, meanwhile.
        Err(service::Error::Refused(ErrorCode::Rule(_))) => Redirect::to(&of(id, RECEIPT)).into_response(),
        Err(error) => Turned::of(&error).answer_with(&parts, &of(id, RECEIPT)),
    }
}

/// The receipt, with the reason why nothing was given back.
fn refused(parts: &Parts, paper: &Paper, refusal: Refusal) -> Response {
    let page = Html(receipt(preferred(&parts.headers), paper, News::Refused(refusal)));
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

fn command(paper: &Paper, refund: RefundId, asked: &Wanted) -> Result<Command, Refusal> {
    let what = match asked {
        Wanted::All => RefundOf::All,
        Wanted::Part(typed) => {
            let currency = paper.session.offer.currency().ok_or(Refusal::WrongAmount)?;
            RefundOf::Part(Money::parse(typed, currency).map_err(|_| Refusal::WrongAmount)?)
        }
    };
    Ok(Command::Refund { refund, by: paper.reader, what })
}

impl Wish {
    fn asked(&self) -> Wanted {
        match self.what.as_deref() {
            Some("part") => Wanted::Part(self.amount.clone().unwrap_or_default()),
            _ => Wanted::All,
        }
    }
}

/// Who asks, if this browser has an identity.
async fn caller(session: &Session) -> Result<Option<UserId>, Turned> {
    Ok(known_in(session).await.map_err(|error| unread(&error))?.map(|(user, _)| user))
}

/// Who asks and with which browser, if this browser has an identity; it is given none here.
async fn known(session: &Session) -> Result<Option<Identity>, Turned> {
    if caller(session).await?.is_none() {
        return Ok(None);
    }
    // Whoever is known needs no number.
    identity_in(session, || 0).await.map(Some).map_err(|error| unread(&error))
}

fn unread(error: &tower_sessions::session::Error) -> Turned {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "It could not be read who asks for a page.");
    Turned::Failed
}

impl Turned {
    fn of(error: &service::Error) -> Self {
        if let service::Error::Refused(ErrorCode::RoomNotFound) = error {
            return Self::Unknown;
        }
        let error = error as &dyn std::error::Error;
        tracing::error!(error, "A page about money could not be made.");
        Self::Failed
    }

    fn answer(self, parts: &Parts) -> Response {
        self.answer_with(parts, parts.uri.path())
    }

    fn answer_with(self, parts: &Parts, again: &str) -> Response {
        match self {
            Self::Unknown => {
                (StatusCode::NOT_FOUND, Html(unknown(preferred(&parts.headers)))).into_response()
            }
            Self::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, Html(failed(preferred(&parts.headers), again)))
                    .into_response()
            }
        }
    }
}

//! `/operator`: what whoever runs this server reads about all paid sessions, and orders that they decide on.
//!
//! To anybody else these pages do not exist. Every deed is logged with who did it.

use super::{Turned, caller};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use crate::selfcheck::{Checked, Last, SelfCheck};
use app::papers::operator as pages;
use app::papers::operator::{ACCOUNT, Books, CHECK, LEDGER, Look, News, OPERATOR, ORDERS, PACKS, SESSIONS};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::request::Parts;
use model::UserId;
use protocol::ErrorCode;
use service::rooms::books::Kind;
use tower_sessions::Session;

/// Every address of pages for operators.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(OPERATOR, get(overview))
        .route(CHECK, post(check))
        .route(SESSIONS, get(sessions))
        .route(PACKS, get(packs))
        .route(ORDERS, get(orders).post(decide))
        .route(LEDGER, get(ledger))
        .route(ACCOUNT, get(account))
}

/// Which part of what is wished for.
#[derive(Debug, Default, serde::Deserialize)]
struct Asked {
    /// The first is 1.
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    /// What became of an order.
    #[serde(default)]
    news: Option<String>,
}

/// What was decided about an order.
#[derive(Debug, serde::Deserialize)]
struct Decision {
    order: String,
    what: String,
    #[serde(default)]
    sure: Option<String>,
}

type AskedFor = Result<Query<Asked>, QueryRejection>;

async fn overview(State(shared): State<Shared>, session: Session, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    match shared.services.rooms.overview().await {
        Ok(overview) => {
            let books = books(&shared.selfcheck);
            Html(pages::overview(preferred(&parts.headers), &overview, &books)).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn check(State(shared): State<Shared>, session: Session, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    shared.selfcheck.ask();
    Redirect::to(OPERATOR).into_response()
}

async fn sessions(State(shared): State<Shared>, session: Session, asked: AskedFor, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let kind = asked.kind();
    match shared.services.rooms.all_sessions(kind, asked.page()).await {
        Ok(listing) => Html(pages::sessions(preferred(&parts.headers), &listing, kind)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn packs(State(shared): State<Shared>, session: Session, asked: AskedFor, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let disputes = asked.kind() == Kind::Disputes;
    match shared.services.rooms.all_packs(disputes, asked.page()).await {
        Ok(sold) => Html(pages::packs(preferred(&parts.headers), &sold, disputes)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn orders(State(shared): State<Shared>, session: Session, asked: AskedFor, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let news = asked.ok().and_then(|Query(asked)| asked.news);
    let news = match news.as_deref() {
        Some("again") => News::Retried,
        Some("done") => News::Settled,
        Some("gone") => News::Gone,
        _ => News::None,
    };
    match shared.services.rooms.troubled_orders().await {
        Ok(orders) => Html(pages::orders(preferred(&parts.headers), &orders, news)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn decide(
    State(shared): State<Shared>,
    session: Session,
    parts: Parts,
    decision: Result<Form<Decision>, FormRejection>,
) -> Response {
    let user = match operator(&shared, &session).await {
        Ok(user) => user,
        Err(turned) => return turned.answer(&parts),
    };
    let Ok(Form(Decision { order, what, sure })) = decision else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    let rooms = &shared.services.rooms;
    let done = match (what.as_str(), sure.as_deref()) {
        ("again", _) => rooms.retry_order(&order).await,
        ("done", Some("yes")) => rooms.settle_order(&order).await,
        _ => return refuse_visit(&parts, ErrorCode::BadRequest),
    };
    match done {
        Ok(is_done) => {
            if is_done {
                tracing::warn!(user.id = %user.to_hex(), order.id = order, what, "An operator decided.");
            }
            let news = if is_done { what.as_str() } else { "gone" };
            Redirect::to(&format!("{ORDERS}?news={news}")).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn ledger(State(shared): State<Shared>, session: Session, asked: AskedFor, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    match shared.services.rooms.ledger_accounts(asked.page()).await {
        Ok(part) => Html(pages::ledger(preferred(&parts.headers), &part)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn account(State(shared): State<Shared>, session: Session, asked: AskedFor, parts: Parts) -> Response {
    if let Err(turned) = operator(&shared, &session).await {
        return turned.answer(&parts);
    }
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let Some((name, unit)) = asked.name.as_deref().zip(asked.unit.as_deref()) else {
        return Redirect::to(LEDGER).into_response();
    };
    match shared.services.rooms.ledger_entries((name, unit), asked.page()).await {
        Ok(part) if part.count == 0 => Redirect::to(LEDGER).into_response(),
        Ok(part) => Html(pages::account(preferred(&parts.headers), (name, unit), &part)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

/// Who asks, if they run this server.
pub(super) async fn operator(shared: &Shared, session: &Session) -> Result<UserId, Turned> {
    let user = caller(session).await?.ok_or(Turned::Unknown)?;
    match shared.services.rooms.is_operator(user).await {
        Ok(true) => Ok(user),
        Ok(false) => Err(Turned::Unknown),
        Err(error) => Err(Turned::of(&error)),
    }
}

fn books(selfcheck: &SelfCheck) -> Books {
    Books {
        last: match selfcheck.last() {
            Last::None => Look::None,
            Last::Failed => Look::Failed,
            Last::Found(Checked { at, verdict }) => {
                Look::Found(at, (!verdict.is_sound()).then(|| verdict.to_string()))
            }
        },
        is_asked: selfcheck.is_asked(),
    }
}

impl Asked {
    fn page(&self) -> u32 {
        super::lists::page(self.page.as_ref())
    }

    fn kind(&self) -> Kind {
        match self.kind.as_deref() {
            Some("open") => Kind::Open,
            Some("disputes") => Kind::Disputes,
            _ => Kind::All,
        }
    }
}

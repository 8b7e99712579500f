//! `/operator`: what whoever runs this server reads about all paid sessions, and orders that they decide on.
//!
//! To anybody else these pages do not exist. Every deed is logged with who did it.

use super::Turned;
use super::asked::{Asked, Operator, Sent, shown};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use crate::selfcheck::{Checked, Last, SelfCheck};
use app::papers::operator as pages;
use app::papers::operator::{ACCOUNT, Books, CHECK, LEDGER, Look, News, OPERATOR, ORDERS, PACKS, SESSIONS};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::request::Parts;
use protocol::ErrorCode;
use service::rooms::books::Kind;

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
struct Wish {
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

type Wished = Result<Query<Wish>, QueryRejection>;

async fn overview(_: Asked<Operator>, State(shared): State<Shared>, parts: Parts) -> Response {
    let read = shared.services.rooms.overview().await;
    shown(&parts, read, |language, overview| pages::overview(language, &overview, &books(&shared.selfcheck)))
}

async fn check(_: Asked<Operator>, State(shared): State<Shared>) -> Response {
    shared.selfcheck.ask();
    Redirect::to(OPERATOR).into_response()
}

async fn sessions(_: Asked<Operator>, State(shared): State<Shared>, wish: Wished, parts: Parts) -> Response {
    let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
    let kind = wish.kind();
    let read = shared.services.rooms.all_sessions(kind, wish.page()).await;
    shown(&parts, read, |language, listing| pages::sessions(language, &listing, kind))
}

async fn packs(_: Asked<Operator>, State(shared): State<Shared>, wish: Wished, parts: Parts) -> Response {
    let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
    let disputes = wish.kind() == Kind::Disputes;
    let read = shared.services.rooms.all_packs(disputes, wish.page()).await;
    shown(&parts, read, |language, sold| pages::packs(language, &sold, disputes))
}

async fn orders(_: Asked<Operator>, State(shared): State<Shared>, wish: Wished, parts: Parts) -> Response {
    let news = wish.ok().and_then(|Query(wish)| wish.news);
    let news = match news.as_deref() {
        Some("again") => News::Retried,
        Some("done") => News::Settled,
        Some("gone") => News::Gone,
        _ => News::None,
    };
    let read = shared.services.rooms.troubled_orders().await;
    shown(&parts, read, |language, orders| pages::orders(language, &orders, news))
}

async fn decide(
    Asked(Operator(user)): Asked<Operator>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(Decision { order, what, sure }): Sent<Decision>,
) -> Response {
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

async fn ledger(_: Asked<Operator>, State(shared): State<Shared>, wish: Wished, parts: Parts) -> Response {
    let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
    let read = shared.services.rooms.ledger_accounts(wish.page()).await;
    shown(&parts, read, |language, part| pages::ledger(language, &part))
}

async fn account(_: Asked<Operator>, State(shared): State<Shared>, wish: Wished, parts: Parts) -> Response {
    let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
    let Some((name, unit)) = wish.name.as_deref().zip(wish.unit.as_deref()) else {
        return Redirect::to(LEDGER).into_response();
    };
    match shared.services.rooms.ledger_entries((name, unit), wish.page()).await {
        Ok(part) if part.count == 0 => Redirect::to(LEDGER).into_response(),
        Ok(part) => Html(pages::account(preferred(&parts.headers), (name, unit), &part)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
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

impl Wish {
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

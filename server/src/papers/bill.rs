//! What is due when a session is over: its payer pays it, and its host may let it go.
//!
//! ```text
//! call ──over──▶ /r/{code}/receipt ──▶ receipt ──Pay──▶ the processor ──▶ receipt
//!                                         └──a host──▶ let it go? ──yes──▶ receipt
//! ```

use super::asked::{Asked, Bought, Sold};
use super::{Turned, caller};
use crate::pay::{lead_on, site};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::{PAYMENTS, RECEIPT, bill, of};
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use model::RoomCode;
use protocol::ErrorCode;
use tower_sessions::Session;

/// Opens a checkout for a bill, and leads there. Where nothing is due any more, the receipt says so.
pub(super) async fn pay(
    Asked(Bought { user, paper }): Asked<Bought>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let id = paper.session.id;
    match shared.services.rooms.pay_bill(user, id, site(&shared, &parts)).await {
        Err(service::Error::Refused(ErrorCode::Rule(protocol::Rule::NothingToPay))) => {
            Redirect::to(&of(id, RECEIPT)).into_response()
        }
        to => lead_on(&parts, to),
    }
}

/// Says what letting a bill go means.
pub(super) async fn ask(Asked(Sold { paper, .. }): Asked<Sold>, parts: Parts) -> Response {
    match paper.session.owing() {
        Some(due) => Html(bill::confirm(preferred(&parts.headers), &paper, due)).into_response(),
        // It was paid meanwhile, or let go.
        None => Redirect::to(&of(paper.session.id, RECEIPT)).into_response(),
    }
}

/// Lets a bill go.
pub(super) async fn waive(
    Asked(Sold { user, paper }): Asked<Sold>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let receipt = of(paper.session.id, RECEIPT);
    match shared.services.rooms.waive(user, paper.session.id).await {
        Ok(()) => Redirect::to(&receipt).into_response(),
        Err(error) => Turned::of(&error).answer_with(&parts, &receipt),
    }
}

/// Leads whoever was in a call to what it came to, and whoever has no such session to the list.
pub(super) async fn find_newest(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
) -> Response {
    let user = match caller(&session).await {
        Ok(user) => user,
        Err(turned) => return turned.answer(&parts),
    };
    let newest = match user.zip(code.parse::<RoomCode>().ok()) {
        Some((user, room)) => shared.services.rooms.newest_bought(user, room).await,
        None => Ok(None),
    };
    match newest {
        Ok(Some(id)) => Redirect::to(&of(id, RECEIPT)).into_response(),
        Ok(None) => Redirect::to(PAYMENTS).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

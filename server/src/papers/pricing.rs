//! `/operator/rooms`: whoever runs this server finds a room by its code or link, and sets what it costs.
//!
//! To anybody else the page does not exist. Every deed is logged with who did it; the room's history says
//! that whoever runs the server did. The form works without scripts.

use super::Turned;
use super::asked::{Asked as Of, Operator, Sent};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::operator::ROOMS;
use app::papers::pricing::{Asked, News, Sent as Typed, address, pricing};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use model::RoomCode;
use protocol::{ErrorCode, Rule};
use service::Error;
use service::rooms::pricing::PricedRoom;

/// The address of the page.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(ROOMS, get(show).post(save))
}

/// Which room is looked for, and whether its price was set just now.
#[derive(Debug, Default, serde::Deserialize)]
struct Wish {
    #[serde(default)]
    room: Option<String>,
    #[serde(default)]
    news: Option<String>,
}

async fn show(
    _: Of<Operator>,
    State(shared): State<Shared>,
    wish: Result<Query<Wish>, QueryRejection>,
    parts: Parts,
) -> Response {
    let Wish { room, news } = wish.map(|Query(wish)| wish).unwrap_or_default();
    let Some(room) = room else { return page(&parts, StatusCode::OK, &Asked::Nothing) };
    match find(&shared, &room).await {
        Ok(room) => {
            let news = if news.as_deref() == Some("saved") { News::Saved } else { News::None };
            page(&parts, StatusCode::OK, &Asked::Room(Box::new(room), news))
        }
        Err(missed) => missed.answer(&parts),
    }
}

async fn save(
    Of(Operator(user)): Of<Operator>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(typed): Sent<Typed>,
) -> Response {
    let found = match find(&shared, typed.room()).await {
        Ok(found) => found,
        Err(missed) => return missed.answer(&parts),
    };
    let code = found.room.code;
    let offer = match typed.read(found.room.offer.as_ref()) {
        Ok(offer) => offer,
        Err((typed, wrong)) => {
            let asked = Asked::Room(Box::new(found), News::Wrong(typed, wrong));
            return page(&parts, StatusCode::UNPROCESSABLE_ENTITY, &asked);
        }
    };
    let news = match shared.services.rooms.price(user, code, offer).await {
        Ok(()) => {
            tracing::warn!(user.id = %user.to_hex(), room.code = %code, "An operator priced a room.");
            return Redirect::to(&format!("{}&news=saved", address(code))).into_response();
        }
        Err(Error::Refused(ErrorCode::Rule(Rule::TooLittle))) => News::TooLittle(Box::new(typed.typed())),
        Err(Error::Refused(ErrorCode::Rule(Rule::SellerNeedsAccount))) => News::NeedsAccount,
        Err(Error::Refused(_)) => News::Refused,
        Err(error) => return Turned::of(&error).answer(&parts),
    };
    // What is shown below the refusal is how it stands now.
    match find(&shared, typed.room()).await {
        Ok(room) => page(&parts, StatusCode::UNPROCESSABLE_ENTITY, &Asked::Room(Box::new(room), news)),
        Err(missed) => missed.answer(&parts),
    }
}

/// Why no room was found.
enum Missed {
    NoCode(String),
    NoRoom(RoomCode),
    Failed(Error),
}

async fn find(shared: &Shared, typed: &str) -> Result<PricedRoom, Missed> {
    let code = RoomCode::from_pasted(typed).map_err(|_| Missed::NoCode(typed.to_owned()))?;
    shared.services.rooms.priced_room(code).await.map_err(|error| match error {
        Error::Refused(ErrorCode::RoomNotFound) => Missed::NoRoom(code),
        error => Missed::Failed(error),
    })
}

impl Missed {
    fn answer(self, parts: &Parts) -> Response {
        match self {
            Self::NoCode(typed) => page(parts, StatusCode::NOT_FOUND, &Asked::NoCode(typed)),
            Self::NoRoom(code) => page(parts, StatusCode::NOT_FOUND, &Asked::NoRoom(code)),
            Self::Failed(error) => Turned::of(&error).answer(parts),
        }
    }
}

fn page(parts: &Parts, status: StatusCode, asked: &Asked) -> Response {
    (status, Html(pricing(preferred(&parts.headers), asked))).into_response()
}

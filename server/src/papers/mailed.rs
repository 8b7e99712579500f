//! An address to which the payer of a session has its receipt sent: leaving it, withdrawing it, and the link
//! by which whoever reads there wants no more. That one needs no cookie: it carries what only a mail could
//! tell.

use super::Turned;
use super::asked::{Asked, Bought, Sent};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::papers::mailed::{MailedNews, language, stopping};
use app::papers::{RECEIPT, of};
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use model::{EmailAddress, SessionId};
use protocol::ErrorCode;
use protocol::addresses::MAILS;

/// What was typed.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Typed {
    email: String,
}

pub(super) async fn leave(
    Asked(Bought { user, paper }): Asked<Bought>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(typed): Sent<Typed>,
) -> Response {
    let id = paper.session.id;
    let news = match EmailAddress::parse(typed.email.trim()) {
        Ok(email) => {
            let lang = language(preferred(&parts.headers));
            match shared.services.rooms.mail_receipt(user, id, (email, lang)).await {
                Ok(left) => MailedNews::Left(left),
                Err(error) => return Turned::of(&error).answer_with(&parts, &of(id, RECEIPT)),
            }
        }
        Err(_) => MailedNews::Wrong,
    };
    Redirect::to(&format!("{}?mailed={}#mail", of(id, RECEIPT), news.word())).into_response()
}

/// Forgets the address.
pub(super) async fn withdraw(
    Asked(Bought { user, paper }): Asked<Bought>,
    State(shared): State<Shared>,
    parts: Parts,
) -> Response {
    let id = paper.session.id;
    match shared.services.rooms.withdraw_address(user, id).await {
        Ok(_) => {
            let news = MailedNews::Withdrawn.word();
            Redirect::to(&format!("{}?mailed={news}#mail", of(id, RECEIPT))).into_response()
        }
        Err(error) => Turned::of(&error).answer_with(&parts, &of(id, RECEIPT)),
    }
}

/// What the link in a mail carries.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    key: String,
}

/// Asks whoever followed the link: mail programs follow links by themselves.
pub(super) async fn ask_to_stop(
    State(shared): State<Shared>,
    Path(session): Path<String>,
    Query(Link { key }): Query<Link>,
    parts: Parts,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else { return Turned::Unknown.answer(&parts) };
    match shared.services.rooms.is_mailed(session, &key).await {
        Ok(is_mailed) => {
            let key = is_mailed.then_some(&*key);
            Html(stopping(preferred(&parts.headers), session, key)).into_response()
        }
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

/// Mails them no more.
pub(super) async fn stop(
    State(shared): State<Shared>,
    Path(session): Path<String>,
    parts: Parts,
    Sent(Link { key }): Sent<Link>,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    match shared.services.rooms.stop_mails(session, &key).await {
        Ok(()) => Redirect::to(&of(session, MAILS)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

//! An address to which the payer of a session has its receipt sent.

use super::Turned;
use super::asked::{Asked, Bought, Sent};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::mailed::{MailedNews, language};
use app::papers::{RECEIPT, of};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use model::EmailAddress;

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

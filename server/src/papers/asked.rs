//! What a page is asked for: who asks, what of theirs they ask for, the form they sent. Whoever may not ask
//! is answered here, so that a page only has to say what it shows.

use super::{Turned, caller};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;
use model::{SessionId, UserId};
use protocol::ErrorCode;
use serde::de::DeserializeOwned;
use service::rooms::papers::{Paper, Party};
use std::future::Future;
use tower_sessions::Session;

/// Something that only some people may ask for; to all others it does not exist.
pub(super) trait Own: Sized {
    /// What the address names, if the caller may ask for it.
    fn find(
        shared: &Shared,
        session: &Session,
        id: &str,
    ) -> impl Future<Output = Result<Self, Turned>> + Send;
}

/// What the address names by its only part, or nothing in particular where it has none.
pub(super) struct Asked<T>(pub T);

impl<T: Own> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Response> {
        let session =
            Session::from_request_parts(parts, shared).await.map_err(IntoResponse::into_response)?;
        let id = Path::<String>::from_request_parts(parts, shared).await.map(|Path(id)| id);
        match T::find(shared, &session, &id.unwrap_or_default()).await {
            Ok(found) => Ok(Self(found)),
            Err(turned) => Err(turned.answer(parts)),
        }
    }
}

/// Whoever runs this server.
pub(super) struct Operator(pub UserId);

impl Own for Operator {
    async fn find(shared: &Shared, session: &Session, _: &str) -> Result<Self, Turned> {
        let user = caller(session).await?.ok_or(Turned::Unknown)?;
        match shared.services.rooms.is_operator(user).await {
            Ok(true) => Ok(Self(user)),
            Ok(false) => Err(Turned::Unknown),
            Err(error) => Err(Turned::of(&error)),
        }
    }
}

/// A session that the caller paid for or sold, or that was sold on the server that they run.
pub(super) struct Dealt {
    pub user: UserId,
    pub paper: Paper,
}

impl Own for Dealt {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let id: SessionId = id.parse().map_err(|_| Turned::Unknown)?;
        let user = caller(session).await?.ok_or(Turned::Unknown)?;
        let paper = shared.services.rooms.paper(user, id).await.map_err(|error| Turned::of(&error))?;
        Ok(Self { user, paper })
    }
}

/// The same for its payer alone.
pub(super) struct Bought {
    pub user: UserId,
    pub paper: Paper,
}

impl Own for Bought {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let Dealt { user, paper } = Dealt::find(shared, session, id).await?;
        if paper.reader == Party::Payer { Ok(Self { user, paper }) } else { Err(Turned::Unknown) }
    }
}

/// The same for everybody but its payer.
pub(super) struct Sold {
    pub user: UserId,
    pub paper: Paper,
}

impl Own for Sold {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let Dealt { user, paper } = Dealt::find(shared, session, id).await?;
        if paper.reader == Party::Payer { Err(Turned::Unknown) } else { Ok(Self { user, paper }) }
    }
}

/// A form that has the fields it should have; of any other nothing is done.
pub(super) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let form = Form::from_request(Request::from_parts(parts.clone(), body), shared).await;
        form.map(|Form(sent)| Self(sent)).map_err(|_| refuse_visit(&parts, ErrorCode::BadRequest))
    }
}

/// The page about what was read, in the languages that the reader prefers, or the one that says that it
/// could not be read.
pub(super) fn shown<T>(
    parts: &Parts,
    read: Result<T, service::Error>,
    page: impl FnOnce(&str, T) -> String,
) -> Response {
    match read {
        Ok(read) => Html(page(preferred(&parts.headers), read)).into_response(),
        Err(error) => Turned::of(&error).answer(parts),
    }
}

//! Who asks: the services of this process and the person behind the cookie. Server only.
//!
//! A person becomes known with their first room or their first join; a page view alone writes nothing.

use crate::api::ApiError;
use model::{DeviceId, UserId};
use protocol::ErrorCode;
use service::{Identity, Services};
use tower_sessions::Session;

/// The key of the login record that holds the person.
const USER: &str = "user";

/// A person who asks for something.
pub struct Caller {
    pub services: Services,
    pub user: UserId,
}

impl Caller {
    /// The person and the browser that they come from.
    pub fn identity(&self) -> Identity {
        // A guest is known by their browser alone.
        Identity { user: self.user, device: DeviceId::from_bits(self.user.bits()) }
    }

    /// The person, if this browser has an identity.
    pub async fn known() -> Result<Option<Self>, ApiError> {
        let services = services()?;
        let user = session().await?.get::<UserId>(USER).await.map_err(failed)?;
        Ok(user.map(|user| Self { services, user }))
    }

    /// The person; a browser without an identity is given one.
    pub async fn known_or_new() -> Result<Self, ApiError> {
        if let Some(caller) = Self::known().await? {
            return Ok(caller);
        }
        let services = services()?;
        let user = UserId::from_bits(services.ambient.draw());
        session().await?.insert(USER, user).await.map_err(failed)?;
        Ok(Self { services, user })
    }

    /// The person; a browser without an identity is refused.
    pub async fn required() -> Result<Self, ApiError> {
        let caller = Self::known().await?;
        caller.ok_or_else(|| service::Error::Refused(ErrorCode::NoIdentity).into())
    }
}

/// The services of this process.
pub fn services() -> Result<Services, ApiError> {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    let found = parts.and_then(|parts| parts.extensions.get::<Services>().cloned());
    found.ok_or_else(|| ApiError::fault(ErrorCode::Internal, &Missing))
}

async fn session() -> Result<Session, ApiError> {
    leptos_axum::extract::<Session>().await.map_err(|_| ApiError::fault(ErrorCode::Internal, &Missing))
}

fn failed(error: tower_sessions::session::Error) -> ApiError {
    ApiError::fault(ErrorCode::Internal, &error)
}

/// The request came past the router's own layers: a mistake in `server::routes`.
#[derive(Debug)]
struct Missing;

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the request carries no services or no session")
    }
}

impl std::error::Error for Missing {}

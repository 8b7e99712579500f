//! Who asks: the services of this process and the person behind the cookie. Server only.
//!
//! ```text
//! login record:  user + device              a guest, known by nothing else
//!                user + device + account    somebody who is signed in
//!                device                     a browser that was signed out
//! ```
//!
//! The device is the browser, whoever uses it: it stays the same when somebody signs in or out, so that a
//! ban holds for it too.
//!
//! A person becomes known with their first room or their first join; a page view alone writes nothing.
//! A record that counts no longer was thrown away by `server::login` before it comes here.
//!
//! Server functions ask for the session of their request; routes of `server` bring theirs along.
//!
//! Invariant: the session's id is a new one whenever somebody signs in, so that nobody can know it
//! beforehand.

use crate::api::ApiError;
use http::request::Parts;
use leptos::prelude::use_context;
use model::{DeviceId, UnixMillis, UserId};
use protocol::{AccountRefusal, ErrorCode};
use service::accounts::{Asked, SignedIn};
use service::{Address, Identity, Services};
use tower_sessions::Session;
use tower_sessions::session::Error as SessionError;

/// The name of the cookie by which a browser is known.
pub const COOKIE: &str = "anteroom";
/// The key of the login record that holds the person.
const USER: &str = "user";
/// The key of the login record that holds the browser.
const DEVICE: &str = "device";
/// The key of the login record that holds what makes the person somebody with an account.
const ACCOUNT: &str = "account";

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ceremony {
    Create,
    Get,
}

/// How long somebody may take to use a passkey, in milliseconds.
const CHALLENGE_MS: i64 = 5 * 60_000;

/// What of an identity is new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Made {
    Nothing,
    /// The person, at a browser that was known.
    User,
    All,
}

/// A person who asks for something.
pub struct Caller {
    pub services: Services,
    pub user: UserId,
    device: DeviceId,
    /// What proves that the person is signed in; guests are not.
    login: Option<SignedIn>,
    /// What of the identity was made for this request.
    made: Made,
}

/// What the login record of somebody who is signed in holds.
#[derive(serde::Serialize, serde::Deserialize)]
struct Login {
    epoch: i64,
    at: UnixMillis,
}

impl Caller {
    /// The person and the browser that they come from.
    pub fn identity(&self) -> Identity {
        Identity {
            user: self.user,
            device: self.device,
            epoch: self.login.map(|login| login.epoch),
            address: use_context::<Parts>().and_then(|parts| parts.extensions.get::<Address>().copied()),
        }
    }

    /// The person, if this browser has an identity.
    pub async fn known() -> Result<Option<Self>, ApiError> {
        let (services, session) = (services()?, session()?);
        let Some((user, login)) = known_in(&session).await.map_err(failed)? else { return Ok(None) };
        let device = device_in(&session).await.map_err(failed)?;
        let device = device.unwrap_or_else(|| DeviceId::from_bits(user.bits()));
        Ok(Some(Self { services, user, device, login, made: Made::Nothing }))
    }

    /// The person; a browser without an identity is given one.
    pub async fn known_or_new() -> Result<Self, ApiError> {
        if let Some(caller) = Self::known().await? {
            return Ok(caller);
        }
        let (services, session) = (services()?, session()?);
        let has_number = device_in(&session).await.map_err(failed)?.is_some();
        let Identity { user, device, .. } =
            identity_in(&session, || services.ambient.draw()).await.map_err(failed)?;
        Ok(Self {
            services,
            user,
            device,
            login: None,
            made: if has_number { Made::User } else { Made::All },
        })
    }

    /// Whoever was given an identity for something that came to nothing goes without: nobody makes the server
    /// remember them by being refused.
    pub async fn forget_if_new(&self) -> Result<(), ApiError> {
        match self.made {
            Made::Nothing => {}
            // A browser that had a number keeps it.
            Made::User => drop(session()?.remove::<UserId>(USER).await.map_err(failed)?),
            Made::All => session()?.clear().await,
        }
        Ok(())
    }

    /// The person; a browser without an identity is refused.
    pub async fn required() -> Result<Self, ApiError> {
        let caller = Self::known().await?;
        caller.ok_or_else(|| service::Error::Refused(ErrorCode::NoIdentity).into())
    }

    /// Whoever says that they have a seat. A browser that was known and is not any more was signed out; one
    /// that brings no cookie keeps none.
    pub async fn seated() -> Result<Self, ApiError> {
        let caller = Self::known().await?;
        caller.ok_or_else(|| match brings_cookie() {
            true => service::Error::from(AccountRefusal::NotSignedIn).into(),
            false => service::Error::Refused(ErrorCode::NoIdentity).into(),
        })
    }

    /// Somebody who is signed in; everybody else is refused.
    pub async fn signed_in() -> Result<(Services, SignedIn), ApiError> {
        let (services, login, _) = Self::signed_in_at().await?;
        Ok((services, login))
    }

    /// The same, and the browser where they are.
    pub async fn signed_in_at() -> Result<(Services, SignedIn, DeviceId), ApiError> {
        let caller = Self::known().await?;
        let found = caller.and_then(|caller| Some((caller.services, caller.login?, caller.device)));
        found.ok_or_else(|| service::Error::from(AccountRefusal::NotSignedIn).into())
    }

    /// The same for those who only look, on every page: also where there are no sessions, as behind an
    /// address that leads nowhere.
    pub async fn signed_in_if_asked() -> Result<Option<(Services, SignedIn)>, ApiError> {
        if session().is_err() {
            return Ok(None);
        }
        let caller = Self::known().await?;
        Ok(caller.and_then(|caller| Some((caller.services, caller.login?))))
    }

    /// The browser's identity, if it is not that of an account: what signing in takes along.
    pub async fn guest() -> Result<Option<UserId>, ApiError> {
        Ok(Self::known().await?.filter(|caller| caller.login.is_none()).map(|caller| caller.user))
    }
}

/// Whether somebody was refused at the door, and so left nothing in the room. Whoever types a passcode is
/// remembered: guesses are counted for each, so that one who guesses stops nobody else.
pub const fn is_turned_away(error: &service::Error) -> bool {
    use ErrorCode::{Door, DoorFull, RoomEnded, RoomFull, RoomNotFound, TooManyRequests};
    use protocol::Barrier::{PasscodeMissing, PasscodeWrong};
    match error {
        service::Error::Refused(Door(barrier)) => !matches!(barrier, PasscodeMissing | PasscodeWrong),
        service::Error::Refused(code) => {
            matches!(code, RoomNotFound | RoomEnded | RoomFull | DoorFull | TooManyRequests)
        }
        _ => false,
    }
}

/// The person of a session, and what proves that they are signed in, if they are.
pub async fn known_in(session: &Session) -> Result<Option<(UserId, Option<SignedIn>)>, SessionError> {
    let Some(user) = session.get::<UserId>(USER).await? else { return Ok(None) };
    let login = session.get::<Login>(ACCOUNT).await?;
    Ok(Some((user, login.map(|login| SignedIn { user, epoch: login.epoch, at: login.at }))))
}

/// The person and browser of a session; whoever has no identity is given one.
pub async fn identity_in(session: &Session, draw: impl Fn() -> u128) -> Result<Identity, SessionError> {
    let device = device_in(session).await?;
    if let Some((user, login)) = known_in(session).await? {
        let device = device.unwrap_or_else(|| DeviceId::from_bits(user.bits()));
        return Ok(Identity { user, device, epoch: login.map(|login| login.epoch), address: None });
    }
    let user = UserId::from_bits(draw());
    let device = device.unwrap_or_else(|| DeviceId::from_bits(draw()));
    session.insert(USER, user).await?;
    session.insert(DEVICE, device).await?;
    Ok(Identity { user, device, epoch: None, address: None })
}

/// The browser of a session, if it is known. One that was known before browsers had numbers of their own has
/// its first user's.
async fn device_in(session: &Session) -> Result<Option<DeviceId>, SessionError> {
    if let Some(device) = session.get::<DeviceId>(DEVICE).await? {
        return Ok(Some(device));
    }
    Ok(session.get::<UserId>(USER).await?.map(|user| DeviceId::from_bits(user.bits())))
}

/// Forgets the person of a session, and everything else but which browser it is.
pub async fn leave_in(session: &Session) -> Result<(), SessionError> {
    let device = device_in(session).await?;
    session.flush().await?;
    // What the browser holds from now on is worth nothing to whoever had a copy of what it held.
    session.cycle_id().await?;
    match device {
        Some(device) => session.insert(DEVICE, device).await,
        None => Ok(()),
    }
}

/// Signs a session in, under a new id. `number` is for a browser that has none yet.
pub async fn enter_in(session: &Session, login: SignedIn, number: DeviceId) -> Result<(), SessionError> {
    let device = device_in(session).await?.unwrap_or(number);
    session.cycle_id().await?;
    session.insert(DEVICE, device).await?;
    session.insert(USER, login.user).await?;
    session.insert(ACCOUNT, Login { epoch: login.epoch, at: login.at }).await
}

/// Who is signed out of a session because somebody else signs in there.
pub async fn replaced_in(session: &Session, by: UserId) -> Result<Option<Identity>, SessionError> {
    let Some((user, Some(login))) = known_in(session).await? else { return Ok(None) };
    let device = device_in(session).await?.filter(|_| user != by);
    Ok(device.map(|device| Identity { user, device, epoch: Some(login.epoch), address: None }))
}

/// Signs this browser in, under a new session id, and leads on.
pub async fn enter(login: SignedIn, next: &str) -> Result<(), ApiError> {
    let (services, session) = (services()?, session()?);
    if let Some(other) = replaced_in(&session, login.user).await.map_err(failed)? {
        services.rooms.sign_out_at(other).await?;
    }
    let number = DeviceId::from_bits(services.ambient.draw());
    enter_in(&session, login, number).await.map_err(failed)?;
    lead_to(next)
}

impl Ceremony {
    /// The key of the login record that holds what a passkey is to sign.
    const fn key(self) -> &'static str {
        match self {
            Self::Create => "challenge-create",
            Self::Get => "challenge",
        }
    }
}

/// Draws what a passkey is to sign, and keeps it for this browser.
pub async fn challenge(ceremony: Ceremony) -> Result<String, ApiError> {
    let services = services()?;
    let challenge = services.accounts.challenge();
    let until = services.ambient.now().plus(CHALLENGE_MS);
    session()?.insert(ceremony.key(), (&challenge, until)).await.map_err(failed)?;
    Ok(challenge)
}

/// What a passkey was to sign in this browser; once.
pub async fn take_challenge(ceremony: Ceremony) -> Result<Asked, ApiError> {
    let (services, session) = (services()?, session()?);
    let kept = session.remove::<(String, UnixMillis)>(ceremony.key()).await.map_err(failed)?;
    if kept.is_some() {
        // At once: whatever becomes of the answer, the same one is not looked at again.
        session.save().await.map_err(failed)?;
    }
    let fresh = kept.filter(|(_, until)| services.ambient.now() < *until);
    let (challenge, _) = fresh.ok_or_else(|| service::Error::from(AccountRefusal::PasskeyRefused))?;
    let named = services.accounts.origins().to_vec();
    Ok(Asked { challenge, origins: if named.is_empty() { own_origins() } else { named } })
}

/// The origins of the host that the browser asked for.
fn own_origins() -> Vec<String> {
    let Some(parts) = use_context::<Parts>() else { return Vec::new() };
    let header = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 has no Host header; the address of the request says the same.
    let host = header.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    host.map(|host| vec![format!("https://{host}"), format!("http://{host}")]).unwrap_or_default()
}

/// Forgets who this browser is, ends the calls that it is in, and leads on.
pub async fn leave(next: &str) -> Result<(), ApiError> {
    let caller = Caller::known().await?;
    // First, so that nothing is opened with it any more by what was asked at the same time.
    leave_in(&session()?).await.map_err(failed)?;
    if let Some(caller) = caller {
        caller.services.rooms.sign_out_at(caller.identity()).await?;
    }
    lead_to(next)
}

/// Leads on to a page of ours; whatever is none leads home.
pub fn lead_to(next: &str) -> Result<(), ApiError> {
    leptos_axum::redirect(ours_or_home(next));
    Ok(())
}

/// A page of ours as it stands; for whatever is none, the home page.
pub fn ours_or_home(next: &str) -> &str {
    if is_ours(next) { next } else { "/" }
}

/// Whether an address can only be a page of this site. A browser takes `//host` and `/\host` for others.
fn is_ours(address: &str) -> bool {
    let mut bytes = address.bytes();
    let first = (bytes.next(), bytes.next());
    let is_path = matches!(first, (Some(b'/'), second) if !matches!(second, Some(b'/' | b'\\')));
    is_path && address.len() <= 500 && address.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether the browser believes that it is known.
fn brings_cookie() -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    let lines = parts.headers.get_all(http::header::COOKIE).into_iter();
    let mut pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    pairs.any(|pair| pair.trim_start().split_once('=').is_some_and(|(name, _)| name == COOKIE))
}

/// The services of this process.
pub fn services() -> Result<Services, ApiError> {
    let parts = use_context::<Parts>();
    let found = parts.and_then(|parts| parts.extensions.get::<Services>().cloned());
    found.ok_or_else(|| ApiError::fault(ErrorCode::Internal, &Missing))
}

fn session() -> Result<Session, Missing> {
    let parts = use_context::<Parts>();
    parts.and_then(|parts| parts.extensions.get::<Session>().cloned()).ok_or(Missing)
}

fn failed(error: SessionError) -> ApiError {
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

impl From<Missing> for ApiError {
    fn from(missing: Missing) -> Self {
        Self::fault(ErrorCode::Internal, &missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_led_to() {
        for address in ["/", "/account", "/r/bcd-fghj-kmn", "/sign-in?done=reset"] {
            assert!(is_ours(address), "{address}");
        }
        let long = format!("/{}", "a".repeat(500));
        for address in
            ["", "account", "//evil.test", "/\\evil.test", "https://evil.test", "/a\r\nb", "/ä", &long]
        {
            assert!(!is_ours(address), "{address}");
        }
    }
}

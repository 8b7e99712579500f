//! Logins: who a browser is, from one visit to the next.
//!
//! ```text
//! cookie `anteroom` = signed(session id) ──sha-256──▶ row of `logins`, body as JSON
//!
//! body:  user + device              a guest, known by nothing else
//!        user + device + account    somebody who is signed in, while the account's epoch is this one
//!        device                     a browser that was signed out
//! ```
//!
//! A guest's whole identity is a random user id in the session; it is made when first needed, so that
//! looking at a page leaves nothing behind. The database holds only the hash of what the browser holds.
//! A login ends after `IDLE` without a visit. One that names an account without its present epoch is thrown
//! away before anybody looks at it: its browser was signed out elsewhere, or the account is gone.
//!
//! Invariant: whoever forges or alters a cookie is nobody, never somebody else.

pub use app::caller::COOKIE;

use crate::ambient::fill;
use crate::refusal::refuse;
use async_trait::async_trait;
use aws_lc_rs::digest;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{UnixMillis, UserId};
use protocol::{ErrorCode, Visitor};
use service::time::Ambient;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::logins::{self, LoginRow};
use time::OffsetDateTime;
use tower_sessions::cookie::{Key, SameSite};
use tower_sessions::service::SignedCookie;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

/// Where a session keeps who it belongs to.
pub const USER: &str = "user";
/// Where a session keeps what makes its user somebody with an account; `epoch` is a part of it.
pub const ACCOUNT: &str = "account";
/// Where a session keeps the day of its last renewal.
const RENEWED: &str = "renewed";
/// How long a login lasts without a visit.
const IDLE: time::Duration = time::Duration::days(60);
const DAY_MS: i64 = 24 * 3_600 * 1_000;
const KEY_BYTES: usize = 64;

/// Session records in the database.
#[derive(Clone)]
pub struct Logins {
    store: Store,
    ambient: Arc<dyn Ambient>,
}

impl Logins {
    /// Records in this database.
    pub fn new(store: Store, ambient: Arc<dyn Ambient>) -> Self {
        Self { store, ambient }
    }

    /// The layer that gives every request its session.
    pub fn layer(&self, key: Key, secure: bool) -> SessionManagerLayer<Self, SignedCookie> {
        SessionManagerLayer::new(self.clone())
            .with_name(COOKIE)
            .with_http_only(true)
            .with_same_site(SameSite::Lax)
            .with_secure(secure)
            .with_expiry(Expiry::OnInactivity(IDLE))
            .with_signed(key)
    }

    /// Deletes expired rows; says how many there were.
    pub async fn sweep(&self) -> std::result::Result<u64, store::Error> {
        logins::delete_expired(&self.store, self.ambient.now()).await
    }

    /// Throws a login away that counts no longer, and notes the visit of a known browser, at most once a day,
    /// which prolongs its login.
    pub async fn renew(self, session: Session, mut request: Request, next: Next) -> Response {
        if session.id().is_some() {
            match self.account_of(&session).await {
                Ok(Some(visitor)) => drop(request.extensions_mut().insert(visitor)),
                Ok(None) => {}
                Err(_) => return refuse(ErrorCode::Internal),
            }
        }
        if session.id().is_some() {
            let today = self.ambient.now().0 / DAY_MS;
            let renewed = session.get::<i64>(RENEWED).await.ok().flatten();
            // A session that the database no longer has must not be made anew by a mere visit.
            if session.id().is_some() && renewed != Some(today) {
                let _ = session.insert(RENEWED, today).await;
            }
        }
        next.run(request).await
    }
}

impl Logins {
    /// Throws a login away that counts no longer; says who is signed in.
    async fn account_of(
        &self,
        session: &Session,
    ) -> std::result::Result<Option<Visitor>, tower_sessions::session::Error> {
        let Some(user) = session.get::<UserId>(USER).await? else { return Ok(None) };
        let account = session.get::<serde_json::Value>(ACCOUNT).await?;
        let epoch = account.and_then(|account| account.get("epoch")?.as_i64());
        let row = store::accounts::load(&self.store, user).await.map_err(|error| {
            tracing::error!(%error, "It cannot be read whether a login still counts.");
            backend(error)
        })?;
        if epoch == row.as_ref().map(|row| row.epoch) {
            return Ok(row.map(|row| Visitor { name: row.name }));
        }
        app::caller::leave_in(session).await?;
        Ok(None)
    }
}

impl std::fmt::Debug for Logins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logins").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for Logins {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !logins::insert_new(&self.store, &row(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        logins::save(&self.store, &row(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = logins::load(&self.store, &hash(id), self.ambient.now()).await.map_err(backend)?;
        found.map(|row| record(*id, &row)).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        logins::delete(&self.store, &hash(id)).await.map_err(backend)
    }
}

/// What the database holds instead of the session id.
fn hash(id: &Id) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &id.0.to_be_bytes()))
}

fn row(record: &Record) -> Result<LoginRow> {
    let user = record.data.get(USER).cloned().map(serde_json::from_value::<UserId>);
    let millis = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    Ok(LoginRow {
        id: hash(&record.id),
        user: user.transpose().map_err(|error| Error::Encode(error.to_string()))?,
        body: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: UnixMillis(i64::try_from(millis).unwrap_or(i64::MAX)),
    })
}

fn record(id: Id, row: &LoginRow) -> Result<Record> {
    let nanos = i128::from(row.expires_at.0) * 1_000_000;
    Ok(Record {
        id,
        data: serde_json::from_str(&row.body).map_err(|error| Error::Decode(error.to_string()))?,
        expiry_date: OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .map_err(|error| Error::Decode(error.to_string()))?,
    })
}

fn backend(error: store::Error) -> Error {
    Error::Backend(error.to_string())
}

/// Reads the key that signs cookies, or makes one; only our own user may read the file.
pub fn open_key(path: &Path) -> io::Result<Key> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Ok(file) => {
            // One byte more than a key has, so that a longer file is noticed and a huge one is not read.
            file.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bytes.resize(KEY_BYTES, 0);
            fill(&mut bytes);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
        }
        Err(error) => return Err(error),
    }
    if bytes.len() == KEY_BYTES {
        return Ok(Key::from(&bytes));
    }
    Err(io::Error::new(ErrorKind::InvalidData, format!("it should hold {KEY_BYTES} bytes")))
}

//! `anteroom verify-audit`: whether the histories in the database are what servers with this secret wrote.
//!
//! It reads the same settings as a server and may run beside one. What is found is one sentence for each
//! room.

use crate::config::Settings;
use crate::login;
use crate::startup::KEY_FILE;
use model::RoomCode;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use store::Store;
use store::audit::AuditKey;
use store::verify::{self, Report};

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("the key {path} cannot be used: {source}", path = path.display())]
    Key { path: PathBuf, source: io::Error },
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
    #[error("there is no room {0}")]
    NoSuchRoom(RoomCode),
}

/// What was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict(Report);

/// Walks the history of one room, or of all.
pub async fn verify(settings: &Settings, room: Option<RoomCode>) -> Result<Verdict, AuditError> {
    let path = settings.data.join(KEY_FILE);
    // To verify with a key that was made just now would tell nothing.
    let found = if path.exists() { login::open_key(&path) } else { Err(ErrorKind::NotFound.into()) };
    let key = found.map_err(|source| AuditError::Key { path, source })?;
    let store = Store::open(&settings.database).await?;
    let walked = verify::walk(&store, &AuditKey::derive(key.master()), room).await;
    store.close().await;
    match (walked?, room) {
        (Some(report), _) => Ok(Verdict(report)),
        (None, Some(room)) => Err(AuditError::NoSuchRoom(room)),
        (None, None) => Ok(Verdict(Report::default())),
    }
}

impl Verdict {
    /// Whether every history is what was written.
    pub fn is_whole(&self) -> bool {
        self.0.findings.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { rooms, lines, erased, findings } = &self.0;
        for finding in findings {
            writeln!(f, "The history was changed: {finding}.")?;
        }
        if *erased > 0 {
            writeln!(f, "Rooms that were erased when their time was over, as their seals prove: {erased}.")?;
        }
        let whole = rooms - u64::try_from(findings.len()).unwrap_or(u64::MAX).min(*rooms);
        writeln!(f, "Rooms whose history is whole: {whole} of {rooms}. Lines that were verified: {lines}.")
    }
}

//! Why a use case did not happen.

use protocol::ErrorCode;

/// A refusal that the person is told, or a fault that the operator must see.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error("refused: {0:?}")]
    Refused(ErrorCode),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] store::Error),
    /// The room's actor or the media thread is gone: we are shutting down, or it crashed.
    #[error("a part of the server does not answer")]
    Gone,
}

impl Error {
    /// The stable code that crosses the wire.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Store(_) => ErrorCode::Internal,
            Self::Gone => ErrorCode::Overloaded,
        }
    }
}

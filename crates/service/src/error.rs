//! Why a use case did not happen, and the one place where a rule's no becomes a stable code.

use domain::Refusal;
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

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(match refusal {
            Refusal::Ended => ErrorCode::RoomEnded,
            Refusal::Full => ErrorCode::RoomFull,
            Refusal::DoorFull => ErrorCode::DoorFull,
            Refusal::NotHost => ErrorCode::NotHost,
            Refusal::NotPresent => ErrorCode::NotPresent,
            Refusal::NotWaiting => ErrorCode::NotWaiting,
            Refusal::NoSuchParticipant => ErrorCode::NoSuchParticipant,
            Refusal::NotRemovable => ErrorCode::NotRemovable,
        })
    }
}

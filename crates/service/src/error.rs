//! Why a use case did not happen, and the one place where a rule's no becomes a stable code.

use domain::Refusal;
use domain::account::PasswordRefusal;
use protocol::{AccountRefusal, Barrier, ErrorCode, PeopleRefusal, Rule};
use store::ledger::PostError;

/// A refusal that the person is told, or a fault that the operator must see.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error("refused: {0:?}")]
    Refused(ErrorCode),
    /// The database failed.
    #[error("the store failed")]
    Store(#[source] store::Error),
    /// The ledger would not take what was decided.
    #[error("the ledger refused")]
    Ledger(#[source] PostError),
    /// Another server holds the room; it may be here in a moment.
    #[error("another server holds the room")]
    Elsewhere,
    /// The room's actor or the media thread is gone: we are shutting down, or it crashed.
    #[error("a part of the server does not answer")]
    Gone,
}

impl Error {
    /// The stable code that crosses the wire.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Store(_) | Self::Ledger(_) => ErrorCode::Internal,
            // Both pass, and browsers ask again by themselves.
            Self::Elsewhere => ErrorCode::Elsewhere,
            Self::Gone => ErrorCode::Overloaded,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Stale => Self::Elsewhere,
            other => Self::Store(other),
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
            Refusal::NotOwner => ErrorCode::Rule(Rule::NotOwner),
            Refusal::NotAppointable => ErrorCode::Rule(Rule::NotAppointable),
            Refusal::NotAllowed => ErrorCode::Rule(Rule::NotAllowed),
            Refusal::TooMany => ErrorCode::Rule(Rule::TooMany),
            Refusal::UnknownZone => ErrorCode::Rule(Rule::UnknownZone),
            Refusal::PlanOver => ErrorCode::Rule(Rule::PlanOver),
            Refusal::NotSold => ErrorCode::Rule(Rule::NotSold),
            Refusal::TooEarly
            | Refusal::TooLate
            | Refusal::Locked
            | Refusal::PasscodeMissing
            | Refusal::PasscodeWrong
            | Refusal::MembersOnly
            | Refusal::Banned
            | Refusal::InviteUnknown
            | Refusal::InviteExpired
            | Refusal::InviteUsedUp
            | Refusal::InviteRevoked
            | Refusal::InviteTaken
            | Refusal::Unpaid => ErrorCode::Door(barrier(refusal).expect("these are about the door")),
        })
    }
}

/// Why the door stays shut, if the refusal is about the door.
pub(crate) const fn barrier(refusal: Refusal) -> Option<Barrier> {
    Some(match refusal {
        Refusal::TooEarly => Barrier::TooEarly,
        Refusal::TooLate => Barrier::TooLate,
        Refusal::Locked => Barrier::Locked,
        Refusal::PasscodeMissing => Barrier::PasscodeMissing,
        Refusal::PasscodeWrong => Barrier::PasscodeWrong,
        Refusal::MembersOnly => Barrier::MembersOnly,
        Refusal::Banned => Barrier::Banned,
        Refusal::InviteUnknown => Barrier::InviteUnknown,
        Refusal::InviteExpired => Barrier::InviteExpired,
        Refusal::InviteUsedUp => Barrier::InviteUsedUp,
        Refusal::InviteRevoked => Barrier::InviteRevoked,
        Refusal::InviteTaken => Barrier::InviteTaken,
        Refusal::Unpaid => Barrier::Unpaid,
        _ => return None,
    })
}

impl From<domain::session::Refusal> for Error {
    fn from(refusal: domain::session::Refusal) -> Self {
        use domain::session::Refusal;
        Self::Refused(match refusal {
            Refusal::OtherTerms => ErrorCode::Rule(Rule::OtherTerms),
            Refusal::TooMany => ErrorCode::Rule(Rule::TooMany),
            Refusal::NotAllowed => ErrorCode::Rule(Rule::NotAllowed),
            Refusal::NoMinutes | Refusal::NoMoney | Refusal::NotEnoughMinutes => {
                ErrorCode::Rule(Rule::NotSold)
            }
            Refusal::Over
            | Refusal::NoConsent
            | Refusal::NothingToPay
            | Refusal::NotExtendable
            | Refusal::Underway
            | Refusal::NothingLeft
            | Refusal::TooMuch { .. }
            | Refusal::WrongAmount
            | Refusal::UnknownPayment
            | Refusal::NotOver => ErrorCode::Rule(Rule::NothingToPay),
        })
    }
}

impl From<PostError> for Error {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Store(error) => error.into(),
            PostError::Conflict | PostError::Overdrawn { .. } => Self::Ledger(error),
        }
    }
}

impl From<AccountRefusal> for Error {
    fn from(refusal: AccountRefusal) -> Self {
        Self::Refused(ErrorCode::Account(refusal))
    }
}

impl From<PeopleRefusal> for Error {
    fn from(refusal: PeopleRefusal) -> Self {
        Self::Refused(ErrorCode::People(refusal))
    }
}

impl From<domain::contacts::Refusal> for Error {
    fn from(refusal: domain::contacts::Refusal) -> Self {
        use domain::contacts::Refusal;
        Self::from(match refusal {
            Refusal::LinkUnknown => PeopleRefusal::LinkUnknown,
            Refusal::Yourself => PeopleRefusal::Yourself,
            Refusal::Blocked => PeopleRefusal::Blocked,
            Refusal::TooManyContacts => PeopleRefusal::TooManyContacts,
            Refusal::TooManyRequests => PeopleRefusal::TooManyRequests,
        })
    }
}

impl From<domain::ring::Refusal> for Error {
    fn from(refusal: domain::ring::Refusal) -> Self {
        use domain::ring::Refusal;
        Self::from(match refusal {
            Refusal::NotYours | Refusal::Over => PeopleRefusal::CallOver,
            Refusal::InCall => PeopleRefusal::InCall,
        })
    }
}

impl From<PasswordRefusal> for Error {
    fn from(refusal: PasswordRefusal) -> Self {
        Self::from(match refusal {
            PasswordRefusal::TooShort => AccountRefusal::PasswordTooShort,
            PasswordRefusal::TooLong => AccountRefusal::PasswordTooLong,
            PasswordRefusal::TooCommon => AccountRefusal::PasswordTooCommon,
        })
    }
}

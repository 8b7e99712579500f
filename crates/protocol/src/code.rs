//! The closed, stable list of error codes. Adding one is a protocol change; renaming one is forbidden.

use crate::{AccountRefusal, Barrier, PeopleRefusal, Rule};

/// Why the server said no. The text for a person is chosen by the browser, in their language.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No room has this address.
    RoomNotFound,
    /// The room is over and stays over.
    RoomEnded,
    /// The room holds no more people.
    RoomFull,
    /// Too many people are already waiting at the door.
    DoorFull,
    /// Only a host may do this.
    NotHost,
    /// The caller has no place in this room.
    NotPresent,
    /// Nobody by that id is waiting.
    NotWaiting,
    /// Nobody by that id is in the room.
    NoSuchParticipant,
    /// A host cannot be removed by this action.
    NotRemovable,
    /// The door stays shut.
    Door(Barrier),
    /// A rule of the room forbids it.
    Rule(Rule),
    /// A field of the request did not parse.
    BadRequest,
    /// The session description could not be used.
    BadOffer,
    /// The request came from another site.
    ForeignOrigin,
    /// The browser sent no identity: cookies are blocked.
    NoIdentity,
    /// Too many requests in a short time.
    TooManyRequests,
    /// The server takes no more calls just now.
    Overloaded,
    /// As many people are on this server as it can bear; whoever is inside stays.
    ServerFull,
    /// Another server holds the room; it may be here in a moment.
    Elsewhere,
    /// The server could not be reached, or its answer did not arrive.
    Unreachable,
    /// The server failed; the trace id finds out why.
    Internal,
    /// Something about an account was refused.
    Account(AccountRefusal),
    /// Something about contacts or direct calls was refused.
    People(PeopleRefusal),
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            // Nothing else is: who asks for rooms that there are none of is guessing.
            Self::RoomNotFound => 404,
            Self::RoomEnded => 410,
            Self::RoomFull
            | Self::DoorFull
            | Self::NotWaiting
            | Self::NotRemovable
            | Self::NoSuchParticipant => 409,
            Self::NotHost | Self::NotPresent | Self::ForeignOrigin | Self::Door(_) => 403,
            Self::Rule(Rule::NotOwner | Rule::NotAllowed | Rule::MailNeedsAccount) => 403,
            Self::Rule(
                Rule::NotAppointable
                | Rule::TooMany
                | Rule::OtherTerms
                | Rule::NothingToPay
                | Rule::NotSold
                | Rule::PlaceTaken
                | Rule::SellerNeedsAccount
                | Rule::SellerNotListed
                | Rule::SellerNeedsStripe,
            ) => 409,
            Self::Rule(Rule::UnknownZone | Rule::PlanOver | Rule::MailRefused) => 422,
            Self::Rule(Rule::PaymentRefused | Rule::TooLittle) => 422,
            Self::Rule(Rule::MailFailed | Rule::ProcessorAway) => 502,
            Self::BadRequest | Self::BadOffer => 400,
            Self::NoIdentity => 401,
            Self::TooManyRequests => 429,
            Self::Overloaded | Self::ServerFull | Self::Elsewhere | Self::Unreachable => 503,
            Self::Internal => 500,
            Self::Account(refusal) => refusal.status(),
            Self::People(refusal) => refusal.status(),
        }
    }

    /// After how many seconds it makes sense to send the same request again, where the server knows.
    pub const fn retry_seconds(self) -> Option<u16> {
        if let Self::ServerFull = self {
            return Some(120);
        }
        // As long as it takes until a password may be tried again; most other limits are kinder.
        if let Self::TooManyRequests = self {
            return Some(30);
        }
        None
    }

    /// Whether the same request may succeed if it is simply sent again.
    pub const fn is_passing(self) -> bool {
        match self {
            Self::TooManyRequests
            | Self::Overloaded
            | Self::ServerFull
            | Self::Elsewhere
            | Self::Unreachable
            | Self::Internal => true,
            Self::RoomNotFound
            | Self::RoomEnded
            | Self::RoomFull
            | Self::DoorFull
            | Self::NotHost
            | Self::NotPresent
            | Self::NotWaiting
            | Self::NoSuchParticipant
            | Self::NotRemovable
            | Self::Door(_)
            | Self::Rule(_)
            | Self::BadRequest
            | Self::BadOffer
            | Self::ForeignOrigin
            | Self::NoIdentity
            | Self::Account(_)
            | Self::People(_) => false,
        }
    }
}

//! One sentence for each code that the server may refuse with.

use protocol::ErrorCode;
use ui::Words;

/// The sentence for a person.
pub const fn text(words: &'static Words, code: ErrorCode) -> &'static str {
    let errors = &words.errors;
    match code {
        ErrorCode::RoomNotFound => errors.room_not_found,
        ErrorCode::RoomEnded => errors.room_ended,
        ErrorCode::RoomFull => errors.room_full,
        ErrorCode::DoorFull => errors.door_full,
        ErrorCode::NotHost => errors.not_host,
        ErrorCode::NotPresent => errors.not_present,
        ErrorCode::NotWaiting => errors.not_waiting,
        ErrorCode::NoSuchParticipant => errors.no_such_participant,
        ErrorCode::NotRemovable => errors.not_removable,
        ErrorCode::Door(_) | ErrorCode::Rule(_) | ErrorCode::Account(_) => errors.internal,
        ErrorCode::BadRequest => errors.bad_request,
        ErrorCode::BadOffer => errors.bad_offer,
        ErrorCode::ForeignOrigin => errors.foreign_origin,
        ErrorCode::NoIdentity => errors.no_identity,
        ErrorCode::TooManyRequests => errors.too_many_requests,
        ErrorCode::Overloaded => errors.overloaded,
        ErrorCode::Unreachable => errors.unreachable,
        ErrorCode::Internal => errors.internal,
    }
}

//! One sentence for each code that the server may refuse with.

use protocol::{AccountRefusal, ErrorCode};
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
        ErrorCode::BadRequest => errors.bad_request,
        ErrorCode::BadOffer => errors.bad_offer,
        ErrorCode::ForeignOrigin => errors.foreign_origin,
        ErrorCode::NoIdentity => errors.no_identity,
        ErrorCode::TooManyRequests => errors.too_many_requests,
        ErrorCode::Overloaded => errors.overloaded,
        ErrorCode::Unreachable => errors.unreachable,
        ErrorCode::Internal => errors.internal,
        ErrorCode::Account(refusal) => text_about_account(words, refusal),
    }
}

const fn text_about_account(words: &'static Words, refusal: AccountRefusal) -> &'static str {
    let refusals = &words.refusals;
    match refusal {
        AccountRefusal::BadEmail => refusals.bad_email,
        AccountRefusal::BadName => refusals.bad_name,
        AccountRefusal::PasswordTooShort => refusals.password_too_short,
        AccountRefusal::PasswordTooLong => refusals.password_too_long,
        AccountRefusal::PasswordTooCommon => refusals.password_too_common,
        AccountRefusal::EmailTaken => refusals.email_taken,
        AccountRefusal::WrongCredentials => refusals.wrong_credentials,
        AccountRefusal::NotSignedIn => refusals.not_signed_in,
        AccountRefusal::LinkExpired => refusals.link_expired,
        AccountRefusal::NoMail => refusals.no_mail,
        AccountRefusal::NotFresh => refusals.not_fresh,
        AccountRefusal::PasskeyRefused => refusals.passkey_refused,
        AccountRefusal::TooManyPasskeys => refusals.too_many_passkeys,
        AccountRefusal::LastWayIn => refusals.last_way_in,
        AccountRefusal::ProviderRefused => refusals.provider_refused,
        AccountRefusal::IdentityTaken => refusals.identity_taken,
    }
}

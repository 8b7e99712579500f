//! One sentence for each code that the server may refuse with.

use protocol::{AccountRefusal, Barrier, ErrorCode, PeopleRefusal, Rule};
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
        ErrorCode::Door(barrier) => text_about_door(words, barrier),
        ErrorCode::Rule(rule) => text_about_rule(words, rule),
        ErrorCode::BadRequest => errors.bad_request,
        ErrorCode::BadOffer => errors.bad_offer,
        ErrorCode::ForeignOrigin => errors.foreign_origin,
        ErrorCode::NoIdentity => errors.no_identity,
        ErrorCode::TooManyRequests => errors.too_many_requests,
        ErrorCode::Overloaded => errors.overloaded,
        ErrorCode::ServerFull => words.ways.server_full_text,
        ErrorCode::Elsewhere => errors.elsewhere,
        ErrorCode::Unreachable => errors.unreachable,
        ErrorCode::Internal => errors.internal,
        ErrorCode::Account(refusal) => text_about_account(words, refusal),
        ErrorCode::People(refusal) => text_about_people(words, refusal),
    }
}

const fn text_about_door(words: &'static Words, barrier: Barrier) -> &'static str {
    let (door, shut) = (&words.door, &words.shut);
    match barrier {
        Barrier::TooEarly => shut.not_open_text,
        Barrier::TooLate => shut.too_late_text,
        Barrier::Locked => shut.locked_text,
        Barrier::PasscodeMissing => door.passcode_missing,
        Barrier::PasscodeWrong => door.passcode_wrong,
        Barrier::MembersOnly => shut.members_only_text,
        Barrier::Banned => shut.banned_text,
        Barrier::InviteUnknown => shut.invite_unknown_text,
        Barrier::InviteExpired => shut.invite_expired_text,
        Barrier::InviteUsedUp => shut.invite_used_up_text,
        Barrier::InviteRevoked => shut.invite_revoked_text,
        Barrier::InviteTaken => shut.invite_taken_text,
        Barrier::Unpaid => words.pay.unpaid,
    }
}

const fn text_about_rule(words: &'static Words, rule: Rule) -> &'static str {
    let settings = &words.settings;
    match rule {
        Rule::NotOwner => settings.not_owner,
        Rule::NotAppointable => settings.not_appointable,
        Rule::TooMany => settings.too_many,
        Rule::UnknownZone => settings.unknown_zone,
        Rule::PlanOver => settings.plan_over,
        Rule::NotAllowed => settings.not_allowed,
        Rule::MailNeedsAccount => words.mailing.needs_account,
        Rule::MailRefused => words.mailing.refused,
        Rule::MailFailed => words.mailing.failed,
        Rule::NotSold => words.pay.not_sold,
        Rule::OtherTerms => words.pay.other_terms,
        Rule::NothingToPay => words.pay.nothing_to_pay,
        Rule::ProcessorAway => words.pay.processor_away,
        Rule::PaymentRefused => words.pay.payment_refused,
        Rule::TooLittle => words.pay.too_little,
        Rule::PlaceTaken => words.pay.place_taken,
        Rule::SellerNeedsAccount => words.pay.seller_needs_account,
        Rule::SellerNotListed => words.pay.seller_not_listed,
        Rule::SellerNeedsStripe => words.pay.seller_needs_stripe,
    }
}

const fn text_about_people(words: &'static Words, refusal: PeopleRefusal) -> &'static str {
    let unreached = &words.unreached;
    match refusal {
        PeopleRefusal::LinkUnknown => unreached.link_unknown,
        PeopleRefusal::Yourself => unreached.yourself,
        PeopleRefusal::Blocked => unreached.blocked,
        PeopleRefusal::TooManyContacts => unreached.too_many_contacts,
        PeopleRefusal::TooManyRequests => unreached.too_many_requests,
        PeopleRefusal::NotAsking => unreached.not_asking,
        PeopleRefusal::NotContact => unreached.not_contact,
        PeopleRefusal::CallOver => unreached.call_over,
        PeopleRefusal::InCall => unreached.in_call,
        PeopleRefusal::TooManyBlocked => unreached.too_many_blocked,
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
        AccountRefusal::ProviderUnreachable => refusals.provider_unreachable,
        AccountRefusal::ProviderCancelled => refusals.provider_cancelled,
        AccountRefusal::ProviderExpired => refusals.provider_expired,
        AccountRefusal::IdentityTaken => refusals.identity_taken,
        AccountRefusal::LinkFirst => refusals.link_first,
        AccountRefusal::TooManyIdentities => refusals.too_many_identities,
    }
}

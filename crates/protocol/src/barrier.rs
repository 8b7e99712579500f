//! Why a door stays shut, and which rule a host ran into.

/// Why somebody may not come in just now.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// The door is not open yet.
    TooEarly,
    /// Every planned time is over.
    TooLate,
    /// A host locked the door.
    Locked,
    /// The door asks for a passcode.
    PasscodeMissing,
    /// The passcode was another.
    PasscodeWrong,
    /// Only people with an invite come in.
    MembersOnly,
    /// A host banned the person or the device.
    Banned,
    /// The link carries no invite of this room.
    InviteUnknown,
    InviteExpired,
    InviteUsedUp,
    InviteRevoked,
    /// The invite was for one person, and somebody else has used it.
    InviteTaken,
    /// Coming in costs something that is not paid.
    Unpaid,
}

/// Which rule somebody ran into who is in the room or runs it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Only the owner may do this.
    NotOwner,
    /// This role cannot be given.
    NotAppointable,
    /// The room can remember no more of these.
    TooMany,
    /// The time zone is not known.
    UnknownZone,
    /// The plan is already over.
    PlanOver,
    /// The policy does not let the caller do this.
    NotAllowed,
    /// Only somebody with an account and a confirmed address sends mails to others.
    MailNeedsAccount,
    /// The mail server did not take the mail.
    MailRefused,
    /// The mail server could not be reached.
    MailFailed,
    /// This server sells nothing of the kind.
    NotSold,
    /// The owner of the room needs an account to sell this.
    SellerNeedsAccount,
    /// The owner of the room is not among those who sell on this server.
    SellerNotListed,
    /// The owner of the room has connected no account at Stripe that takes payments.
    SellerNeedsStripe,
    /// The price or its terms are others than those that were agreed to.
    OtherTerms,
    /// There is nothing to pay just now.
    NothingToPay,
    /// The payment processor could not be reached.
    ProcessorAway,
    /// The payment processor was reached, and does not take this payment.
    PaymentRefused,
    /// A price is below the smallest amount that the payment processor takes.
    TooLittle,
    /// Others are just paying for every place that is left.
    PlaceTaken,
}

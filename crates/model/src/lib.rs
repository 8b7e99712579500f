//! The shared vocabulary: ids, validated values and the two clocks.
//!
//! | module | holds |
//! |---|---|
//! | [`id`] | 128-bit random ids and secrets, each its own type |
//! | [`money`] | currencies, amounts, prices |
//! | [`offer`] | what a session costs, and what holds when it goes otherwise than planned |
//! | [`statement`] | the same in plain words, for the payer's consent |
//! | [`email`] | e-mail addresses in one spelling |
//! | [`text`] | names and chat lines that were parsed and bounded |
//! | [`role`] | what somebody is to a room, and what they may do |
//! | [`policy`] | the rules that a host sets |
//! | [`schedule`] | when a room is meant to be used |
//! | [`room_code`] | the speakable address of a room |
//! | [`web_address`] | pages elsewhere |
//! | [`time`] | wall time and monotonic time, which cannot be swapped |
//!
//! Everything here crosses the wire, so everything parses: a value that exists is valid.
//! Not here: a clock, a source of randomness, a database type.

pub mod email;
pub mod id;
pub mod money;
pub mod offer;
pub mod policy;
pub mod report;
pub mod role;
pub mod room_code;
pub mod schedule;
pub mod source;
pub mod statement;
pub mod text;
pub mod time;
pub mod web_address;

pub use email::{EmailAddress, EmailError};
pub use id::{
    ContactLinkId, ContactToken, DeviceId, EncounterId, InviteId, InviteToken, MerchantId, MessageId,
    OutboxId, ParticipantId, ParticipantKey, PaymentId, PeerId, PurchaseId, RefundId, RingId, RoomId,
    SessionId, StreamKey, Ticket, TransactionId, UserId,
};
pub use money::{Currency, Money, MoneyError, Permille, Price};
pub use offer::{Offer, OfferError};
pub use policy::Policy;
pub use report::ReportReason;
pub use role::{Rights, Role};
pub use room_code::RoomCode;
pub use schedule::{Occurrence, Schedule};
pub use source::{Mid, Source};
pub use statement::TermsDigest;
pub use text::{ChatText, Complaint, DisplayName, Notice, Passcode, RoomName, TextError};
pub use time::{MonoMillis, UnixMillis};
pub use web_address::{WebAddress, WebAddressError};

//! Every message and error code between browser and server, and their limits.
//!
//! | module | holds |
//! |---|---|
//! | [`join`] | the one question that opens every call, and its answer |
//! | [`client`] | browser to server, on the call socket |
//! | [`server`] | server to browser, on the call socket |
//! | [`snapshot`] | all that a participant may know of a room |
//! | [`rules`] | the rules of a room, and what hosts may see and set |
//! | [`entry`] | what the entry page may know of a room before anybody joined |
//! | [`barrier`] | why a door stays shut |
//! | [`addresses`] | where files of a room are |
//! | [`account`] | what a page may know of an account, and why something about it is refused |
//! | [`people`] | contacts and direct calls |
//! | [`mod@line`] | both directions on the line of a page that rings |
//! | [`history`] | what happened in a room |
//! | [`code`] | the closed list of error codes |
//! | [`limits`] | sizes, counts and rates |
//!
//! The encoding is JSON with externally tagged snake_case variants; `docs/PROTOCOL.md` describes it
//! and `tests/golden` pins it. Not here: any rule about who may send what.

pub mod account;
pub mod addresses;
pub mod barrier;
pub mod client;
pub mod code;
pub mod entry;
pub mod history;
pub mod join;
pub mod limits;
pub mod line;
pub mod people;
pub mod rules;
pub mod server;
pub mod snapshot;
pub mod strangers;
pub mod wire;

pub use account::{AccountRefusal, AccountView, IdentityView, PasskeyView, SignInWays, Visitor};
pub use barrier::{Barrier, Rule};
pub use client::{ClientMessage, Publishing, Wanted};
pub use code::ErrorCode;
pub use entry::{BillView, EntryState, EntryView, HostedRoom, Place, PriceView, TermsIn};
pub use history::{AttendanceView, HISTORY_LINES, HappeningView, HistoryView};
pub use join::{JoinOutcome, JoinRequest, Seat, SendLine};
pub use line::{LineMessage, LineWord};
pub use people::{
    CallEnding, CallState, CallView, ContactView, LinkView, MissedView, PeopleErrand, PeopleRefusal,
    PeopleView, PersonView, Presence, Relation, RingAnswer,
};
pub use rules::{
    Deed, Errand, InviteRequest, InviteView, MailRequest, MailState, MailWay, MailedView, MemberView,
    RoomRules, RoomSettings, Selling, Tweak,
};
pub use server::{Change, Farewell, LeaveReason, ServerMessage};
pub use snapshot::{
    ALL_LAYERS, ChatMessage, ExtensionView, Link, PaidTime, ParticipantView, RoomView, SlotView, Snapshot,
    WaitingGuest,
};
pub use strangers::{Approach, MeetView, SeekOutcome};

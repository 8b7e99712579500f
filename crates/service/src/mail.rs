//! The seam to the post: what a mail is about, and who carries it.
//!
//! The words are chosen by whoever carries it, in the language of the person. Not here: SMTP, queues.

pub use crate::secret::LinkToken;
pub use domain::mailing::Letter;
pub use domain::session::{DisputeNews, Party};

use domain::calendar;
use model::offer::Pack;
use model::schedule::LocalTime;
use model::{DisplayName, EmailAddress, Money, PurchaseId, RoomName, Schedule, SessionId, UnixMillis};
use tokio::sync::oneshot;

/// A mail to a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mail {
    pub to: EmailAddress,
    pub name: Option<DisplayName>,
    /// The language that the person reads.
    pub lang: String,
    pub about: MailAbout,
    /// Where on this site its reader says that they want no more of these, if nobody confirmed the address.
    pub stop: Option<String>,
}

/// What a mail says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MailAbout {
    /// Follow the link to finish signing up.
    Confirm(LinkToken),
    /// Somebody signed up with an address that has an account.
    Taken,
    /// Follow the link to choose a new password.
    Reset(LinkToken),
    /// The password was changed.
    PasswordChanged,
    /// Come to a call.
    Invited(Box<InvitedMail>),
    /// What a paid call came to.
    Money(Box<MoneyMail>),
    /// A pack of minutes was paid, or taken back.
    Pack(Box<PackMail>),
    /// What a call came to that was paid with minutes.
    Minutes(Box<MinutesMail>),
    /// A bank asked for money, or has decided about it.
    Dispute(Box<DisputeMail>),
}

/// A mail to a payer of a call that was paid with minutes; times are in milliseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MinutesMail {
    /// What the room is called; absent once it is erased.
    pub room: Option<String>,
    pub session: SessionId,
    /// What both were inside.
    pub used_ms: i64,
    /// What was set aside and not used.
    pub unused_ms: i64,
    /// What was given back later, if that is what the mail is about.
    pub returned_ms: Option<i64>,
}

/// A mail to whoever has to answer a bank.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DisputeMail {
    pub news: DisputeNews,
    /// What the bank asked for.
    pub amount: Money,
    pub paid_for: PaidFor,
    /// Until when the bank takes evidence, if it named a time.
    pub until: Option<UnixMillis>,
    /// Whether no money moved.
    pub is_test: bool,
}

/// What was paid for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PaidFor {
    /// A call in this room; it has no name any more once it is erased.
    Session(SessionId, Option<String>),
    /// A pack of so many minutes.
    Purchase(PurchaseId, u16),
}

/// What of a paid call a mail is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MoneyLetter {
    /// It is over, and this is what it came to.
    Receipt,
    /// The same, and so much is still to be paid.
    Bill { due: Money },
    /// The bill is paid.
    Paid { amount: Money },
    /// Money went back.
    Refunded,
    /// The host planned it for another time.
    Moved,
    /// So much that was kept ready is taken before it is over.
    TakenEarly { amount: Money },
    /// What was kept ready is gone: the call is off, or what it comes to becomes a bill.
    HoldGone { to: Party, is_off: bool },
}

/// A mail about a paid call, to its payer or to its host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MoneyMail {
    pub letter: MoneyLetter,
    /// What the room is called; absent once it is erased.
    pub room: Option<String>,
    pub session: SessionId,
    /// What was paid, what the call came to, and what went back, as it stands.
    pub money: [Money; 3],
    /// Whether no money moved.
    pub is_test: bool,
}

/// A mail to somebody who bought a pack of minutes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PackMail {
    pub purchase: PurchaseId,
    pub pack: Pack,
    /// As the account calls itself that sold it; absent once it is deleted.
    pub seller: Option<DisplayName>,
    /// What went back so far, in milliseconds and of the price; `None` if the pack was just paid.
    pub back: Option<(i64, Money)>,
    /// Whether no money moved.
    pub is_test: bool,
}

/// A mail to somebody who is invited to a room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvitedMail {
    pub letter: Letter,
    pub room: RoomName,
    /// Where their link leads on this site.
    pub path: String,
    /// Who invites, if they have a name.
    pub by: Option<DisplayName>,
    /// The time that is next.
    pub when: Option<When>,
    pub calendar: Option<CalendarPart>,
}

/// A time of a plan, by the wall clock of its zone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct When {
    pub starts: LocalTime,
    /// Which day of the week that is; Monday is 0.
    pub weekday: usize,
    pub schedule: Schedule,
}

/// The same for the reader's calendar.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CalendarPart {
    pub method: &'static str,
    pub text: String,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// The mail server took it.
    Sent,
    /// The mail server does not take it.
    Refused,
    /// The mail server could not be reached, or wants to be asked later.
    Failed,
}

/// As whom this site sends mails, and where their links lead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Site {
    /// Without a slash at the end.
    pub origin: String,
    pub sender: EmailAddress,
}

/// Carries mails. `server::mail` implements it with SMTP.
pub trait MailPort: Send + Sync + 'static {
    /// Takes a mail on; never blocks. One that cannot be delivered is the operator's to know of.
    fn send(&self, mail: Mail);

    /// The same for whoever wants to know what becomes of it.
    fn deliver(&self, mail: Mail) -> oneshot::Receiver<Delivery>;

    /// As whom mails are sent.
    fn site(&self) -> &Site;
}

impl When {
    /// The time of a plan that is on or next, if there is one.
    pub fn next(schedule: &Schedule, now: UnixMillis) -> Option<Self> {
        let (starts, weekday) = calendar::next_by_the_wall(schedule, now)?;
        Some(Self { starts, weekday, schedule: schedule.clone() })
    }
}

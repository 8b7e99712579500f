//! The seam to the post: what a mail is about, and who carries it.
//!
//! The words are chosen by whoever carries it, in the language of the person. Not here: SMTP, queues.

pub use crate::secret::LinkToken;

use model::{DisplayName, EmailAddress};

/// A mail to a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mail {
    pub to: EmailAddress,
    pub name: DisplayName,
    /// The language that the person reads.
    pub lang: String,
    pub about: MailAbout,
}

/// What a mail says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailAbout {
    /// Follow the link to finish signing up.
    Confirm(LinkToken),
    /// Somebody signed up with an address that has an account.
    Taken,
    /// Follow the link to choose a new password.
    Reset(LinkToken),
    /// The password was changed.
    PasswordChanged,
}

/// Carries mails. `server::mail` implements it with SMTP.
pub trait MailPort: Send + Sync + 'static {
    /// Takes a mail on; never blocks. One that cannot be delivered is the operator's to know of.
    fn send(&self, mail: Mail);
}

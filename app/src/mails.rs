//! The words of a mail, in the language of the person. Server only.

use service::mail::{Mail, MailAbout};
use ui::words::mails::Mails;

/// A mail as it is read.
pub struct Composed {
    pub subject: &'static str,
    pub body: String,
}

/// Writes a mail. `origin` is the address of this site, without a slash at the end.
pub fn compose(mail: &Mail, origin: &str) -> Composed {
    let mails = Mails::of(&mail.lang);
    let (letter, path) = match mail.about {
        MailAbout::Confirm(token) => (&mails.confirm, format!("/verify/{}", token.to_hex())),
        MailAbout::Taken => (&mails.taken, "/sign-in".to_owned()),
        MailAbout::Reset(token) => (&mails.reset, format!("/reset/{}", token.to_hex())),
        MailAbout::PasswordChanged => (&mails.password_changed, "/forgot".to_owned()),
    };
    // The name last: whoever calls themselves {link} stays a name.
    let text = letter.text.replace("{link}", &format!("{origin}{path}"));
    let hello = mails.hello.replace("{name}", mail.name.as_str());
    Composed { subject: letter.subject, body: format!("{hello}\n\n{text}\n") }
}

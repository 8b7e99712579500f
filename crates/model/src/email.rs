//! An e-mail address: what accounts are found by, in one spelling.
//!
//! Letters are lower case, also before the `@`: no mail server that people use tells them apart, and two
//! accounts that differ in nothing else would only be mistaken for each other. Addresses are ASCII, so
//! that no letter can pass for another; domains of other scripts have an ASCII spelling (`xn--…`).
//! Not here: whether anybody reads what is sent there. Only a mail that is answered proves that.

use std::fmt;

/// The text is no e-mail address.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an e-mail address looks like ana@example.org")]
pub struct EmailError;

/// An e-mail address.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The most characters that an address may have (RFC 5321).
    pub const LIMIT: usize = 254;
    /// The most characters before the `@`.
    const LOCAL: usize = 64;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > Self::LIMIT {
            return Err(EmailError);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        if local.len() > Self::LOCAL || !is_dotted(local, is_local_byte) || !is_domain(domain) {
            return Err(EmailError);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// Whether a text is one or more words with a dot between each two.
fn is_dotted(text: &str, allowed: fn(u8) -> bool) -> bool {
    text.split('.').all(|word| !word.is_empty() && word.bytes().all(allowed))
}

fn is_domain(text: &str) -> bool {
    let labels_end_well =
        text.split('.').all(|label| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'));
    labels_end_well && is_dotted(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// What RFC 5322 calls an atom; quoted names exist on paper only.
fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for text in ["ana@example.org", " Ana@Example.ORG\n", "ANA@EXAMPLE.ORG"] {
            assert_eq!(EmailAddress::parse(text).map(String::from), Ok("ana@example.org".to_owned()));
        }
        for text in ["a+b@x.org", "o'hara@x.org", "a.b@x-y.org", "root@localhost", "a@xn--mller-kva.de"] {
            assert_eq!(EmailAddress::parse(text).map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn other_text_is_no_address() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long = format!("a@{}.org", "a.".repeat(130));
        for text in [
            "",
            "@",
            "ana",
            "ana@",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a@example..org",
            "a@-example.org",
            "ana@example.org\r\nBcc: x@example.org",
            "\"a\"@example.org",
            "änä@example.org",
            "ana@müller.de",
            "<ana@example.org>",
            &long_local,
            &long,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailError), "{text}");
        }
    }
}

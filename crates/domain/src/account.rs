//! The rules of accounts: what a password must be, and how long what was mailed or begun may lie.
//!
//! | | |
//! |---|---|
//! | password | 10 to 128 characters of any kind, not among the first that anybody would try |
//! | link that confirms an address | once, within a day |
//! | link that sets a new password | once, within an hour |
//! | deleting an account that has no password | within ten minutes after signing in |
//!
//! There is no rule about digits and capitals: it makes passwords alike, not strong (NIST SP 800-63B).
//! Not here: hashing, mails, limits on how often somebody may try.

use model::{EmailAddress, UnixMillis};
use std::fmt;

/// How long the link that confirms an address works, in milliseconds.
pub const CONFIRMATION_MS: i64 = 24 * 3_600_000;
/// How long the link that sets a new password works, in milliseconds.
pub const RESET_MS: i64 = 3_600_000;
/// How long after signing in somebody without a password may delete the account, in milliseconds.
pub const FRESH_MS: i64 = 10 * 60_000;
/// How many passkeys one account may have.
pub const PASSKEYS: usize = 20;
/// How many people elsewhere one account may be.
pub const IDENTITIES: usize = 10;

/// A password that somebody chose, known to be good enough. It does not print.
#[derive(Clone, Eq, PartialEq)]
pub struct Password(String);

/// Why a password will not do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("the password is shorter than {} characters", Password::LEAST)]
    TooShort,
    #[error("the password is longer than {} characters", Password::MOST)]
    TooLong,
    #[error("the password is among the first that anybody would try")]
    TooCommon,
}

impl Password {
    /// The fewest characters.
    pub const LEAST: usize = 10;
    /// The most characters, so that nobody makes us hash a book.
    pub const MOST: usize = 128;

    /// Judges a new password of whoever has this address.
    pub fn parse(text: &str, owner: Option<&EmailAddress>) -> Result<Self, PasswordRefusal> {
        // Counting an endless text would itself be work.
        if text.len() > 4 * Self::MOST || text.chars().count() > Self::MOST {
            return Err(PasswordRefusal::TooLong);
        }
        if text.chars().count() < Self::LEAST {
            return Err(PasswordRefusal::TooShort);
        }
        if is_common(text, owner) {
            return Err(PasswordRefusal::TooCommon);
        }
        Ok(Self(text.to_owned()))
    }

    /// The password, for hashing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether somebody who left an account at this time ago may still do what only its owner may.
pub fn is_fresh(signed_in_at: UnixMillis, now: UnixMillis) -> bool {
    now.since(signed_in_at) <= FRESH_MS
}

/// Words that make a password common, whatever stands behind them: `password2026!` is one of the first.
const COMMON_STEMS: &[&str] = &[
    "adminadmin",
    "administrator",
    "anteroom",
    "asdfasdf",
    "asdfghjkl",
    "baseball",
    "basketball",
    "changeme",
    "chocolate",
    "computer",
    "correcthorsebatterystaple",
    "dragon",
    "football",
    "geheim",
    "hallo",
    "hallohallo",
    "iloveyou",
    "internet",
    "letmein",
    "liverpool",
    "login",
    "manchester",
    "master",
    "monkey",
    "passw0rd",
    "passwort",
    "password",
    "passwordpassword",
    "princess",
    "qazwsxedc",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "qwertzuiop",
    "schatz",
    "sommer",
    "sonnenschein",
    "starwars",
    "sunshine",
    "superman",
    "test",
    "testtest",
    "trustno",
    "welcome",
    "willkommen",
    "winter",
    "yxcvbnm",
    "zaq1zaq1",
];

/// Rows of keys and counts that people run a finger along.
const RUNS: &[&str] = &[
    "12345678901234567890",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t6z7u8i9o0p",
];

fn is_common(text: &str, owner: Option<&EmailAddress>) -> bool {
    let text = text.to_lowercase();
    let stem = text.trim_end_matches(|c: char| !c.is_alphabetic());
    let is_of_owner =
        owner.is_some_and(|owner| text == owner.as_str() || stem == owner.local() || text == owner.local());
    is_of_owner
        || COMMON_STEMS.contains(&stem)
        || COMMON_STEMS.contains(&text.as_str())
        || RUNS.iter().any(|run| run.contains(&text))
        || repeats(&text)
}

/// Whether a text is a few characters over and over, like `aaaaaaaaaa` or `abcabcabcabc`.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|period| chars.iter().zip(chars.iter().skip(period)).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<(), PasswordRefusal> {
        let ana = EmailAddress::parse("ana.lindqvist@example.org").expect("an address");
        Password::parse(text, Some(&ana)).map(|_| ())
    }

    #[test]
    fn a_long_password_of_any_kind_will_do() {
        for text in [
            "four brown bears",
            "lowercaseonly",
            "Zwölf Boxkämpfer",
            "9274610385",
            "   spaces   in   it",
            "🦊🐻🐼🦁🐯🐨🐸🐙🦄🐝",
        ] {
            assert_eq!(judged(text), Ok(()), "{text}");
        }
        assert_eq!(judged(&"aB3".repeat(42)), Err(PasswordRefusal::TooCommon));
        assert_eq!(judged(&format!("{}x", "abcdefg".repeat(18))), Ok(()), "127 characters");
    }

    #[test]
    fn length_counts_characters_and_has_bounds() {
        assert_eq!(judged("ninechars"), Err(PasswordRefusal::TooShort));
        assert_eq!(judged("äöüßéèêñç"), Err(PasswordRefusal::TooShort));
        assert_eq!(judged(""), Err(PasswordRefusal::TooShort));
        let most = "abcdefgh".repeat(16);
        assert_eq!(judged(&most), Ok(()));
        assert_eq!(judged(&format!("{most}x")), Err(PasswordRefusal::TooLong));
        assert_eq!(judged(&"x".repeat(100_000)), Err(PasswordRefusal::TooLong));
    }

    #[test]
    fn what_anybody_would_try_is_refused() {
        for text in [
            "password12",
            "Password2026!",
            "passwordpassword",
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "QWERTZUIOP1",
            "1q2w3e4r5t",
            "aaaaaaaaaa",
            "ababababab",
            "anteroom2026",
            "sommer2026!!",
            "ana.lindqvist",
            "Ana.Lindqvist1",
            "ana.lindqvist@example.org",
        ] {
            assert_eq!(judged(text), Err(PasswordRefusal::TooCommon), "{text}");
        }
    }

    #[test]
    fn a_password_does_not_print() {
        let password = Password::parse("four brown bears", None).expect("it is good enough");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    #[test]
    fn a_sign_in_is_fresh_for_ten_minutes() {
        let then = UnixMillis(1_000);
        assert!(is_fresh(then, then.plus(FRESH_MS)));
        assert!(!is_fresh(then, then.plus(FRESH_MS + 1)));
    }
}

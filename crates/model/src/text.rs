//! Text that people write for other people: trimmed, bounded, without control characters.
//!
//! Direction overrides and invisible characters are dropped from names, because a name stands beside
//! buttons and must not be able to reorder or imitate them.

use std::fmt;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {limit} characters")]
    TooLong { limit: usize },
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $limit:literal, $clean:ident) => {
        $(#[$doc])*
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The most characters that the text may have.
            pub const LIMIT: usize = $limit;

            /// Cleans and bounds what a person wrote.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                // Cleaning an endless text would itself be the attack.
                if text.len() > 8 * Self::LIMIT {
                    return Err(TextError::TooLong { limit: Self::LIMIT });
                }
                let clean = $clean(text);
                match clean.chars().count() {
                    0 => Err(TextError::Empty),
                    count if count > Self::LIMIT => Err(TextError::TooLong { limit: Self::LIMIT }),
                    _ => Ok(Self(clean)),
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text!(
    /// The name that a participant goes by.
    DisplayName, 60, one_line
);
text!(
    /// The name of a room.
    RoomName, 80, one_line
);
text!(
    /// What a host tells the people at the door; may have several lines.
    Notice, 300, lines
);
text!(
    /// One chat message; may have several lines.
    ChatText, 2000, lines
);
text!(
    /// What somebody says about a stranger whom they report; may have several lines.
    Complaint, 500, lines
);

/// The word that opens a room's door to whoever has no invite: 4 to 16 letters and digits. It is told
/// from person to person, so that case and spaces do not count; it never appears in a log.
#[derive(Clone, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Passcode(String);

impl Passcode {
    /// The fewest and the most characters.
    pub const LIMITS: (usize, usize) = (4, 16);

    /// Cleans and bounds what a person typed.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.len() > 8 * Self::LIMITS.1 {
            return Err(TextError::TooLong { limit: Self::LIMITS.1 });
        }
        let clean: String =
            text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        match clean.len() {
            count if count < Self::LIMITS.0 => Err(TextError::Empty),
            count if count > Self::LIMITS.1 => Err(TextError::TooLong { limit: Self::LIMITS.1 }),
            _ => Ok(Self(clean)),
        }
    }

    /// The text, for the people who may know it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Passcode {
    /// Compares without telling by the time it takes how much was right.
    fn eq(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.0.as_bytes(), other.0.as_bytes());
        let differs = mine
            .iter()
            .zip(theirs)
            .fold(mine.len() ^ theirs.len(), |so_far, (a, b)| so_far | usize::from(a ^ b));
        differs == 0
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passcode(…)")
    }
}

impl TryFrom<String> for Passcode {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}

impl From<Passcode> for String {
    fn from(passcode: Passcode) -> Self {
        passcode.0
    }
}

/// One line: runs of white space become one space, invisible characters go.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several lines: line breaks stay, other control characters go.
fn lines(text: &str) -> String {
    let kept: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_invisible(*c)).collect();
    kept.trim().to_owned()
}

/// Control characters, direction marks and zero-width characters other than the joiners that scripts
/// and emoji need (U+200C, U+200D).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned() {
        let name = DisplayName::parse("  Bo \t\n \u{202e}Lind\u{7}  ").map(String::from);
        assert_eq!(name, Ok("Bo Lind".to_owned()));
    }

    #[test]
    fn a_name_has_bounds() {
        assert_eq!(DisplayName::parse(" \u{200b} "), Err(TextError::Empty));
        assert!(DisplayName::parse(&"é".repeat(60)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(61)), Err(TextError::TooLong { limit: 60 }));
        assert_eq!(DisplayName::parse(&" ".repeat(10_000)), Err(TextError::TooLong { limit: 60 }));
    }

    #[test]
    fn a_passcode_is_the_same_however_it_is_typed() {
        let passcode = |text| Passcode::parse(text);
        assert_eq!(passcode("Tulip 42"), passcode("tulip42"));
        assert_ne!(passcode("tulip42"), passcode("tulip43"));
        assert_ne!(passcode("tulip42"), passcode("tulip"));
        assert_eq!(passcode("a-b-c"), Err(TextError::Empty));
        assert_eq!(passcode("12345678901234567"), Err(TextError::TooLong { limit: 16 }));
        assert_eq!(format!("{:?}", passcode("tulip42")), "Ok(Passcode(…))");
    }

    #[test]
    fn a_chat_line_keeps_its_breaks() {
        let text = ChatText::parse("a\nb\u{0}\n").map(String::from);
        assert_eq!(text, Ok("a\nb".to_owned()));
    }
}

//! What a track carries, and where it sits in a session description.

use std::fmt;

/// What a track carries.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Microphone,
    Camera,
    Screen,
}

/// The media stream identification of one m-line (RFC 5888): 1 to 16 token characters.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mid {
    bytes: [u8; 16],
    length: u8,
}

/// The text is no media stream identification.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a mid is 1 to 16 letters, digits, dashes or underscores")]
pub struct MidError;

impl Mid {
    /// Reads a mid.
    pub fn parse(text: &str) -> Result<Self, MidError> {
        let token = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if text.is_empty() || text.len() > 16 || !text.bytes().all(token) {
            return Err(MidError);
        }
        let mut bytes = [0; 16];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, length: text.len() as u8 })
    }

    /// The mid as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Display for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mid({self})")
    }
}

impl TryFrom<String> for Mid {
    type Error = MidError;

    fn try_from(text: String) -> Result<Self, MidError> {
        Self::parse(&text)
    }
}

impl From<Mid> for String {
    fn from(mid: Mid) -> Self {
        mid.to_string()
    }
}

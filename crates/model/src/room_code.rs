//! The address of a room: ten letters that can be read out on a phone, `bcd-fghj-klm`.
//!
//! Consonants and few vowels, so that no words appear by chance and nothing looks like another
//! letter. 23^10 codes are 45 bits: guessing is hopeless at the join rate that the server allows,
//! and the waiting room stands behind it anyway.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 23] = b"abcdefghijkmnpqrstvwxyz";
const LETTERS: usize = 10;

/// The text is no room code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a room code is ten letters, like bcd-fghj-klm")]
pub struct RoomCodeError;

/// The ten letters of a room's address, without the dashes.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomCode([u8; LETTERS]);

impl RoomCode {
    /// Makes a code from random bits.
    pub fn from_bits(mut bits: u128) -> Self {
        let mut letters = [0; LETTERS];
        for letter in &mut letters {
            *letter = ALPHABET[(bits % ALPHABET.len() as u128) as usize];
            bits /= ALPHABET.len() as u128;
        }
        Self(letters)
    }

    /// Finds a code in what a person typed or pasted: the code itself, with or without dashes and in
    /// any case, or a whole link that ends in it.
    pub fn from_pasted(text: &str) -> Result<Self, RoomCodeError> {
        let path = text.trim().split(['?', '#']).next().unwrap_or_default();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        last.parse()
    }
}

impl FromStr for RoomCode {
    type Err = RoomCodeError;

    fn from_str(text: &str) -> Result<Self, RoomCodeError> {
        let mut letters = [0; LETTERS];
        let mut count = 0;
        for byte in text.bytes().filter(|b| !matches!(b, b'-' | b' ')) {
            let letter = byte.to_ascii_lowercase();
            if count == LETTERS || !ALPHABET.contains(&letter) {
                return Err(RoomCodeError);
            }
            letters[count] = letter;
            count += 1;
        }
        if count == LETTERS { Ok(Self(letters)) } else { Err(RoomCodeError) }
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, letter) in self.0.iter().enumerate() {
            if matches!(index, 3 | 7) {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomCode({self})")
    }
}

impl TryFrom<String> for RoomCode {
    type Error = RoomCodeError;

    fn try_from(text: String) -> Result<Self, RoomCodeError> {
        text.parse()
    }
}

impl From<RoomCode> for String {
    fn from(code: RoomCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_text() {
        let code = RoomCode::from_bits(u128::MAX / 3);
        assert_eq!(code.to_string().len(), 12);
        assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn a_code_is_found_in_what_people_paste() {
        let code = Ok(RoomCode(*b"bcdfghjkmn"));
        for text in [
            "bcd-fghj-kmn",
            " BCDFGHJKMN ",
            "https://meet.example.org/r/bcd-fghj-kmn",
            "https://meet.example.org/r/bcd-fghj-kmn/?from=mail#x",
        ] {
            assert_eq!(RoomCode::from_pasted(text), code, "{text}");
        }
    }

    #[test]
    fn other_text_is_no_code() {
        for text in ["", "abc", "bcd-fghj-kmnp", "bcd-fghj-kml", "https://example.org/"] {
            assert_eq!(RoomCode::from_pasted(text), Err(RoomCodeError), "{text}");
        }
    }
}

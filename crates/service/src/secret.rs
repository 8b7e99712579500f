//! Hashes of secrets: what is kept and compared in place of the secrets themselves.
//!
//! Comparing hashes of 128 random bits in ordinary time gives nothing away: whoever guesses cannot
//! steer the hash of the guess towards the hash of the secret.

use crate::time::Ambient;
use aws_lc_rs::digest::{SHA256, digest};
use model::{EmailAddress, ParticipantKey, TermsDigest, Ticket};
use std::fmt;
use std::str::FromStr;
use store::participants::KeyHash;

/// The hash by which a participant is found.
pub fn key_hash(key: ParticipantKey) -> KeyHash {
    KeyHash(sha256(key.bits()))
}

/// The hash by which a ticket is found.
pub fn ticket_hash(ticket: Ticket) -> [u8; 32] {
    sha256(ticket.bits())
}

/// The secret in a link that was mailed: 256 random bits. It does not print.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct LinkToken([u128; 2]);

impl LinkToken {
    /// Draws a new one.
    pub fn draw(ambient: &dyn Ambient) -> Self {
        Self([ambient.draw(), ambient.draw()])
    }

    /// How it stands in the link: 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        let Self([one, other]) = self;
        format!("{one:032x}{other:032x}")
    }

    /// What is kept in its place.
    pub fn hash(self) -> String {
        KeyHash(sha256_of(self.to_hex().as_bytes())).to_string()
    }
}

impl FromStr for LinkToken {
    type Err = model::id::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (one, other) = text.split_at_checked(32).ok_or(model::id::IdError)?;
        Ok(Self([one.parse::<Ticket>()?.bits(), other.parse::<Ticket>()?.bits()]))
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// What stands for an address where limits are counted: the address itself need not be remembered.
pub fn email_key(email: &EmailAddress) -> u128 {
    let hash = sha256_of(email.as_str().as_bytes());
    u128::from_be_bytes(std::array::from_fn(|at| hash[at]))
}

/// The digest under which somebody agrees to a text.
pub fn terms_digest(text: &str) -> TermsDigest {
    TermsDigest(sha256_of(text.as_bytes()))
}

fn sha256_of(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn sha256(bits: u128) -> [u8; 32] {
    sha256_of(&bits.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_token_survives_text_and_does_not_print() {
        let token = LinkToken([7, u128::MAX]);
        assert_eq!(token.to_hex().parse(), Ok(token));
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
        for text in ["", "7", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
            assert!(text.parse::<LinkToken>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_kept_of_a_link_does_not_open_it() {
        let token = LinkToken([7, 8]);
        assert_eq!(token.hash().len(), 64);
        assert_ne!(token.hash(), token.to_hex());
        assert_ne!(token.hash(), LinkToken([8, 7]).hash());
    }
}

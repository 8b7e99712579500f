//! Hashes of secrets: what is kept and compared in place of the secrets themselves.
//!
//! Comparing hashes of 128 random bits in ordinary time gives nothing away: whoever guesses cannot
//! steer the hash of the guess towards the hash of the secret.

use aws_lc_rs::digest::{SHA256, digest};
use model::{ParticipantKey, Ticket};
use store::participants::KeyHash;

/// The hash by which a participant is found.
pub fn key_hash(key: ParticipantKey) -> KeyHash {
    KeyHash(sha256(key.bits()))
}

/// The hash by which a ticket is found.
pub fn ticket_hash(ticket: Ticket) -> [u8; 32] {
    sha256(ticket.bits())
}

fn sha256(bits: u128) -> [u8; 32] {
    let digest = digest(&SHA256, &bits.to_be_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

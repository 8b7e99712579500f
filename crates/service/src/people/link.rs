//! The secret in somebody's personal link.
//!
//! ```text
//! tag = first 128 bits of HMAC-SHA256(key, "anteroom/contact/1" ‖ link ‖ 0)
//! ```
//!
//! As with invites nothing secret is stored: the owner can be shown the link again, and whoever reads the
//! database learns no link. Another number in its place makes the old link worthless.

use crate::invites::{derive_key, tag};
use aws_lc_rs::{constant_time, hmac};
use model::{ContactLinkId, ContactToken};
use std::fmt;

/// What the key is derived for; another purpose of the same secret has another label.
const PURPOSE: &[u8] = b"anteroom/contact/1";

/// The key of every personal link of this installation.
#[derive(Clone)]
pub struct ContactKey(hmac::Key);

impl ContactKey {
    /// Derives the key from the secret in the data folder.
    pub fn derive(master: &[u8]) -> Self {
        Self(derive_key(master, PURPOSE))
    }

    /// What a link carries.
    pub(super) fn token(&self, id: ContactLinkId) -> ContactToken {
        ContactToken { id, tag: tag(&self.0, PURPOSE, [id.bits(), 0]) }
    }

    /// The link that somebody shows, if it is our own work.
    pub(super) fn open(&self, token: ContactToken) -> Option<ContactLinkId> {
        let right = self.token(token.id).tag.to_be_bytes();
        let same = constant_time::verify_slices_are_equal(&right, &token.tag.to_be_bytes());
        same.ok().map(|()| token.id)
    }
}

impl fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_links_open_anything() {
        let key = ContactKey::derive(b"the secret of the tests");
        let id = ContactLinkId::from_bits(7);
        let token = key.token(id);
        assert_eq!(key.open(token), Some(id));
        assert_eq!(key.open(ContactToken { tag: token.tag ^ 1, ..token }), None);
        assert_eq!(key.open(ContactToken { id: ContactLinkId::from_bits(8), ..token }), None);
        assert_eq!(ContactKey::derive(b"another secret").open(token), None);
    }
}

//! The secret in the link of an invite.
//!
//! ```text
//! tag = first 128 bits of HMAC-SHA256(key, "anteroom/invite/1" ‖ room ‖ invite)
//! ```
//!
//! Nothing secret is stored: a host can be shown a link again, and whoever reads the database learns no
//! link. The key is derived from the secret in the data folder.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::{constant_time, hmac};
use model::{InviteId, InviteToken, RoomId};
use std::fmt;

/// What the key is derived for; another purpose of the same secret has another label.
const PURPOSE: &[u8] = b"anteroom/invite/1";

/// The key of every invite of this installation.
#[derive(Clone)]
pub struct InviteKey(hmac::Key);

impl InviteKey {
    /// Derives the key from the secret in the data folder.
    pub fn derive(master: &[u8]) -> Self {
        Self(derive_key(master, PURPOSE))
    }

    /// What the link of an invite carries.
    pub fn token(&self, room: RoomId, id: InviteId) -> InviteToken {
        InviteToken { id, tag: self.tag(room, id) }
    }

    /// The invite of this room that a link carries, if the link is our own work.
    pub fn open(&self, room: RoomId, token: InviteToken) -> Option<InviteId> {
        let right = self.tag(room, token.id).to_be_bytes();
        let same = constant_time::verify_slices_are_equal(&right, &token.tag.to_be_bytes());
        same.ok().map(|()| token.id)
    }

    fn tag(&self, room: RoomId, id: InviteId) -> u128 {
        tag(&self.0, PURPOSE, [room.bits(), id.bits()])
    }
}

/// A key of its own for one purpose, from the secret in the data folder.
pub(crate) fn derive_key(master: &[u8], purpose: &'static [u8]) -> hmac::Key {
    let salt = Salt::new(HKDF_SHA256, b"anteroom");
    let secret = salt.extract(master);
    let purpose = [purpose];
    let material = secret.expand(&purpose, hmac::HMAC_SHA256).expect("a key is not longer than HKDF gives");
    hmac::Key::from(material)
}

/// What only the holder of the key can say about two numbers.
pub(crate) fn tag(key: &hmac::Key, purpose: &[u8], about: [u128; 2]) -> u128 {
    let mut context = hmac::Context::with_key(key);
    context.update(purpose);
    for number in about {
        context.update(&number.to_be_bytes());
    }
    let whole = context.sign();
    u128::from_be_bytes(std::array::from_fn(|at| whole.as_ref()[at]))
}

impl fmt::Debug for InviteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_own_invite_of_its_own_room_only() {
        let key = InviteKey::derive(b"the secret of the tests");
        let (room, id) = (RoomId::from_bits(7), InviteId::from_bits(8));
        let token = key.token(room, id);
        assert_eq!(key.open(room, token), Some(id));
        assert_eq!(key.open(RoomId::from_bits(9), token), None);
        assert_eq!(key.open(room, InviteToken { id: InviteId::from_bits(9), ..token }), None);
        assert_eq!(key.open(room, InviteToken { tag: token.tag ^ 1, ..token }), None);
        assert_eq!(InviteKey::derive(b"another secret").open(room, token), None);
    }
}

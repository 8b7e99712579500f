//! The secret in the link of an invite.
//!
//! ```text
//! tag = first 128 bits of HMAC-SHA256(key, "anteroom/invite/1" ‖ room ‖ invite)
//! ```
//!
//! The programs of an invite are one person, whose id is made in the same way with another label: nobody can
//! choose an invite whose programs would be somebody who exists.
//!
//! Nothing secret is stored: a host can be shown a link again, and whoever reads the database learns no
//! link. The key is derived from the secret in the data folder.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::{constant_time, hmac};
use model::{DeviceId, InviteId, InviteToken, ParticipantKey, RoomId, SessionId, UserId};
use std::fmt;

/// What the key is derived for; another purpose of the same secret has another label.
const PURPOSE: &[u8] = b"anteroom/invite/1";
/// The same for whom the programs of an invite are, and for the place that they share.
const PERSON: &[u8] = b"anteroom/program/1";
const PLACE: &[u8] = b"anteroom/program-place/1";
/// The same for the link by which somebody wants no more mails.
const STOP: &[u8] = b"anteroom/receipt-stop/1";

/// Who comes by WHIP or WHEP with an invite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ProgramPerson {
    pub user: UserId,
    pub device: DeviceId,
    /// The place of whoever has one only, however often they come.
    pub key: ParticipantKey,
}

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

    /// Who the programs of an invite are.
    pub(crate) fn person(&self, room: RoomId, id: InviteId) -> ProgramPerson {
        let of = |purpose| tag(&self.0, purpose, [room.bits(), id.bits()]);
        let person = of(PERSON);
        ProgramPerson {
            user: UserId::from_bits(person),
            device: DeviceId::from_bits(person),
            key: ParticipantKey::from_bits(of(PLACE)),
        }
    }

    /// What the link in a mail about a session carries, by which no more of them go to that address, which
    /// stands here as [`email_key`](crate::secret::email_key).
    pub(crate) fn stop(&self, session: SessionId, address: u128) -> String {
        format!("{:032x}", tag(&self.0, STOP, [session.bits(), address]))
    }

    /// Whether a link carries that.
    pub(crate) fn opens_stop(&self, (session, address): (SessionId, u128), shown: &str) -> bool {
        let right = self.stop(session, address);
        constant_time::verify_slices_are_equal(right.as_bytes(), shown.as_bytes()).is_ok()
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

    #[test]
    fn a_link_stops_the_mails_of_its_own_session_to_its_own_address_only() {
        let key = InviteKey::derive(b"the secret of the tests");
        let (id, to) = (SessionId::from_bits(7), 8);
        let shown = key.stop(id, to);
        assert!(key.opens_stop((id, to), &shown));
        assert!(!key.opens_stop((SessionId::from_bits(9), to), &shown));
        assert!(!key.opens_stop((id, 9), &shown) && !key.opens_stop((id, to), ""));
        assert!(!InviteKey::derive(b"another secret").opens_stop((id, to), &shown));
    }

    #[test]
    fn the_programs_of_an_invite_are_one_person_whom_nobody_can_choose() {
        let key = InviteKey::derive(b"the secret of the tests");
        let (room, id) = (RoomId::from_bits(7), InviteId::from_bits(8));
        let person = key.person(room, id);
        assert_eq!(key.person(room, id), person);
        let others = [key.person(RoomId::from_bits(9), id), key.person(room, InviteId::from_bits(9))];
        assert!(others.iter().all(|other| other.user != person.user && other.key != person.key));
        let known = [id.bits(), key.token(room, id).tag, person.key.bits()];
        assert!(!known.contains(&person.user.bits()), "who sees the one cannot tell the other");
        assert_ne!(InviteKey::derive(b"another secret").person(room, id).user, person.user);
    }
}

//! The chain through a room's history, by which it shows when somebody changed it.
//!
//! ```text
//! seal(name) = HMAC-SHA256(key, "anteroom/room_event/name/1" ‖ room ‖ position ‖ whose ‖ name)
//! hash(line) = HMAC-SHA256(key, "anteroom/room_event/1" ‖ room ‖ position ‖ epoch ‖ at ‖ kind
//!                               ‖ participant ‖ seal(name) ‖ by ‖ seal(by name) ‖ hash of the line before)
//! seal(room) = HMAC-SHA256(key, "anteroom/room_chain/1" ‖ room ‖ first ‖ last position ‖ last hash)
//! ```
//!
//! Each part after the label is one byte, 0 if it is absent and else 1, then its length in four bytes and
//! its bytes; numbers are eight bytes; all most significant byte first. Ids and hashes are hexadecimal
//! digits, `whose` is `participant` or `by`. The first line follows [`GENESIS`]. So no two histories have the
//! same bytes under a hash. A line holds the seals of its names, so that a person's name can be erased for
//! good and the chain still holds; a name that is there must match its seal.
//!
//! The seal stands beside the room and moves with each line: lines that were cut off at the end are missed.
//! The key is derived from the secret in the data folder, which the database does not hold: whoever can
//! write the database alone can destroy a history, but not rewrite it. Not found is the return to an older
//! copy of the whole database, for that was once true.
//!
//! Not here: walking a chain, which is [`verify`](crate::verify)'s.

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use model::RoomId;
use std::fmt;
use std::fmt::Write;

/// What stands in the place of the hash before the first line.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const EVENT: &[u8] = b"anteroom/room_event/1";
const NAME: &[u8] = b"anteroom/room_event/name/1";
const CHAIN: &[u8] = b"anteroom/room_chain/1";
/// What the key is derived for; another purpose of the same secret has another label.
const PURPOSE: &[u8] = b"anteroom/audit/1";

/// The key of every chain of this installation.
#[derive(Clone)]
pub struct AuditKey(hmac::Key);

/// One line as it stands in the database.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub(crate) struct Row {
    pub position: i64,
    pub epoch: i64,
    pub at: i64,
    pub kind: String,
    pub participant_id: Option<String>,
    /// Absent if nobody is concerned, or if it was erased.
    pub name: Option<String>,
    pub name_seal: Option<String>,
    pub by_id: Option<String>,
    pub by_name: Option<String>,
    pub by_name_seal: Option<String>,
    pub previous: String,
    pub hash: String,
}

/// The end of a room's chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Head {
    /// The position of the first line that the chain holds.
    pub first: i64,
    pub position: i64,
    pub hash: String,
}

/// A head as it stands in the database; it may say anything.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Sealed {
    pub head: Head,
    /// Empty for a room from before the chain.
    pub seal: String,
}

impl AuditKey {
    /// The key that goes with the installation's secret.
    pub fn derive(secret: &[u8]) -> Self {
        let prk = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let purpose = [PURPOSE];
        let okm = prk.expand(&purpose, hmac::HMAC_SHA256).expect("an HMAC key is short enough for HKDF");
        Self(hmac::Key::from(okm))
    }

    /// Seals the names of a line and gives it its hash.
    pub(crate) fn finish(&self, room: RoomId, row: &mut Row) {
        row.name_seal =
            row.name.as_deref().map(|name| self.name_seal(room, row.position, ("participant", name)));
        row.by_name_seal =
            row.by_name.as_deref().map(|name| self.name_seal(room, row.position, ("by", name)));
        row.hash = self.hash(room, row);
    }

    /// Whether a line is as it was written, but for names that were erased.
    pub(crate) fn vouches_for(&self, room: RoomId, row: &Row) -> bool {
        let fits = |whose, name: Option<&String>, seal: Option<&String>| {
            name.is_none_or(|name| seal == Some(&self.name_seal(room, row.position, (whose, name))))
        };
        row.hash == self.hash(room, row)
            && fits("participant", row.name.as_ref(), row.name_seal.as_ref())
            && fits("by", row.by_name.as_ref(), row.by_name_seal.as_ref())
    }

    fn name_seal(&self, room: RoomId, position: i64, (whose, name): (&str, &str)) -> String {
        let mut parts = Parts::new(NAME);
        parts.text(Some(&room.to_hex()));
        parts.number(position);
        parts.text(Some(whose));
        parts.text(Some(name));
        self.sign(&parts)
    }

    /// The hash that a line of this room must have.
    fn hash(&self, room: RoomId, row: &Row) -> String {
        let mut parts = Parts::new(EVENT);
        parts.text(Some(&room.to_hex()));
        parts.number(row.position);
        parts.number(row.epoch);
        parts.number(row.at);
        parts.text(Some(&row.kind));
        for text in [&row.participant_id, &row.name_seal, &row.by_id, &row.by_name_seal] {
            parts.text(text.as_deref());
        }
        parts.text(Some(&row.previous));
        self.sign(&parts)
    }

    /// The seal that this room's head must have.
    pub(crate) fn seal(&self, room: RoomId, head: &Head) -> String {
        let mut parts = Parts::new(CHAIN);
        parts.text(Some(&room.to_hex()));
        parts.number(head.first);
        parts.number(head.position);
        parts.text(Some(&head.hash));
        self.sign(&parts)
    }

    fn sign(&self, parts: &Parts) -> String {
        let tag = hmac::sign(&self.0, &parts.0);
        tag.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a text takes what is written to it");
            text
        })
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(…)")
    }
}

impl Head {
    /// The chain of a room in which nothing has happened yet.
    pub const fn empty() -> Self {
        Self { first: 1, position: 0, hash: String::new() }
    }

    /// The chain of a room of which nothing can be believed any more: what follows does not even follow the
    /// beginning, so that nobody wipes a history and has a new one begun.
    pub const fn broken() -> Self {
        Self { first: 0, position: 0, hash: String::new() }
    }

    /// Whether the lines before it were erased: the chain begins behind its end.
    pub const fn is_anchor(&self) -> bool {
        self.position > 0 && self.first > self.position
    }

    /// The hash that the next line names as the one before it.
    pub fn link(&self) -> &str {
        if self.position < self.first { GENESIS } else { &self.hash }
    }

    /// The chain with one more line.
    pub fn advance(&mut self, row: &Row) {
        self.position = row.position;
        self.hash.clone_from(&row.hash);
    }
}

/// Reads the end of a room's chain.
pub(crate) async fn load_head(store: &Store, room: RoomId) -> Result<Option<Sealed>, Error> {
    const SQL: &str = "select first_position, position, hash, seal from room_chains where room_id = $1";
    let raw: Option<(i64, i64, String, String)> =
        store.fetch_optional(Statement::new(SQL).text(room.to_hex())).await?;
    Ok(raw.map(|(first, position, hash, seal)| Sealed { head: Head { first, position, hash }, seal }))
}

/// Writes and seals the end of a room's chain.
pub(crate) async fn save_head(
    tx: &mut Transaction,
    room: RoomId,
    key: &AuditKey,
    head: &Head,
) -> Result<(), Error> {
    const SQL: &str = "insert into room_chains (room_id, first_position, position, hash, seal) \
         values ($1, $2, $3, $4, $5) on conflict (room_id) do update \
         set first_position = excluded.first_position, position = excluded.position, \
         hash = excluded.hash, seal = excluded.seal";
    let statement = Statement::new(SQL)
        .text(room.to_hex())
        .integer(head.first)
        .integer(head.position)
        .text(&head.hash)
        .text(key.seal(room, head));
    tx.execute(statement).await?;
    Ok(())
}

/// The bytes under a hash.
struct Parts(Vec<u8>);

impl Parts {
    fn new(label: &[u8]) -> Self {
        Self(label.to_vec())
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.bytes(text.as_bytes()),
            None => self.0.push(0),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).expect("a part of a line is far shorter than 4 GiB");
        self.0.push(1);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            position: 7,
            epoch: 2,
            at: 9,
            kind: "admitted".to_owned(),
            participant_id: Some("a".to_owned()),
            name: Some("Bo".to_owned()),
            name_seal: Some("c0".to_owned()),
            by_id: None,
            by_name: None,
            by_name_seal: None,
            previous: GENESIS.to_owned(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_encoding_never_changes() {
        let key = AuditKey::derive(b"the secret of a test");
        let room = RoomId::from_bits(7);
        let head = Head { first: 1, position: 7, hash: GENESIS.to_owned() };
        expect_test::expect![[r#"
            4d20d578f949cb5e0bf872503d0fbea74b82991941944b51946597b6bb2cb689
            ce3de0cb2dd19e110e4779e959dd0eb11bc2fa5bdbaa35d26ff3e7c27e9e262f
            292cc47ed28c5f3d7af10630796eb084118e5977e53bb99df3f08ad963c90baf
        "#]]
        .assert_eq(&format!(
            "{}\n{}\n{}\n",
            key.name_seal(room, 7, ("by", "Größe")),
            key.hash(room, &row()),
            key.seal(room, &head)
        ));
    }

    #[test]
    fn what_slides_from_one_part_into_the_next_changes_the_hash() {
        let key = AuditKey::derive(b"the secret of a test");
        let hash = |row: &Row| key.hash(RoomId::from_bits(7), row);
        let slid = Row { participant_id: Some("ac".to_owned()), name_seal: Some("0".to_owned()), ..row() };
        let empty = Row { by_id: Some(String::new()), ..row() };
        let moved = Row { by_id: Some("c0".to_owned()), name_seal: None, ..row() };
        let hashes = [hash(&row()), hash(&slid), hash(&empty), hash(&moved)];
        let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
        assert_ne!(key.hash(RoomId::from_bits(8), &row()), hashes[0]);
        assert_ne!(AuditKey::derive(b"another secret").hash(RoomId::from_bits(7), &row()), hashes[0]);
    }
}

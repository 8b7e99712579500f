//! Seats: who took them, how their holders prove it, and what they are to the room.
//!
//! A seat is found by user *and* key hash: a stolen key alone, or a stolen cookie alone, finds nothing.

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use domain::room::{Link, Person, Standing};
use model::{DisplayName, ParticipantId, Role, RoomId, UnixMillis, UserId};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// SHA-256 of a participant key.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyHash(pub [u8; 32]);

/// Whose seat it is, and by which proof.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Seat {
    pub participant: ParticipantId,
    pub user: UserId,
    pub key: KeyHash,
}

/// Everybody of one room who has not gone.
pub(crate) struct Here {
    pub people: BTreeMap<ParticipantId, Person>,
    pub seats: Vec<Seat>,
}

/// What a participant's row says of their standing.
#[derive(Clone, Copy)]
pub(crate) enum Saved {
    Waiting,
    Admitted,
    Present,
    Gone,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    key_hash: String,
    name: String,
    role: String,
    standing: String,
    since: i64,
}

/// Finds the seat that this user once took with this key, whether or not they are still here.
pub async fn find(
    store: &Store,
    room: RoomId,
    user: UserId,
    key: KeyHash,
) -> Result<Option<ParticipantId>, Error> {
    const SQL: &str = "select id from participants where room_id = $1 and user_id = $2 and key_hash = $3";
    let statement = Statement::new(SQL).text(room.to_hex()).text(user.to_hex()).text(key.to_string());
    let raw: Option<(String,)> = store.fetch_optional(statement).await?;
    raw.map(|(id,)| id.parse().map_err(|_| CORRUPT)).transpose()
}

/// Adds a seat of which nobody has made use yet.
pub async fn insert_new(
    tx: &mut Transaction,
    room: RoomId,
    seat: &Seat,
    name: &DisplayName,
) -> Result<(), Error> {
    const SQL: &str = "insert into participants (id, room_id, user_id, key_hash, name, role, standing, since) \
         values ($1, $2, $3, $4, $5, 'guest', 'gone', 0)";
    let statement = Statement::new(SQL)
        .text(seat.participant.to_hex())
        .text(room.to_hex())
        .text(seat.user.to_hex())
        .text(seat.key.to_string())
        .text(name.as_str());
    tx.execute(statement).await?;
    Ok(())
}

/// Notes who takes the seat, and as what.
pub(crate) async fn save_arrival(
    tx: &mut Transaction,
    participant: ParticipantId,
    person: (&DisplayName, Role),
    standing: Saved,
    since: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update participants set name = $2, role = $3, standing = $4, since = $5 where id = $1";
    let (name, role) = person;
    let statement = Statement::new(SQL)
        .text(participant.to_hex())
        .text(name.as_str())
        .text(role_text(role))
        .text(standing.text())
        .time(since);
    tx.execute(statement).await?;
    Ok(())
}

/// Notes what a participant is to the room from now on.
pub(crate) async fn save_standing(
    tx: &mut Transaction,
    participant: ParticipantId,
    standing: Saved,
    since: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update participants set standing = $2, since = $3 where id = $1";
    let statement = Statement::new(SQL).text(participant.to_hex()).text(standing.text()).time(since);
    tx.execute(statement).await?;
    Ok(())
}

/// Notes that everybody is gone.
pub(crate) async fn save_all_gone(tx: &mut Transaction, room: RoomId, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str =
        "update participants set standing = 'gone', since = $2 where room_id = $1 and standing <> 'gone'";
    tx.execute(Statement::new(SQL).text(room.to_hex()).time(at)).await?;
    Ok(())
}

/// Reads everybody who has not gone, as if their sockets had just dropped.
pub(crate) async fn load_here(store: &Store, room: RoomId) -> Result<Here, Error> {
    const SQL: &str = "select id, user_id, key_hash, name, role, standing, since from participants \
         where room_id = $1 and standing <> 'gone'";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).text(room.to_hex())).await?;
    let mut here = Here { people: BTreeMap::new(), seats: Vec::with_capacity(raw.len()) };
    for row in raw {
        let (seat, person) = row.parse().ok_or(CORRUPT)?;
        here.people.insert(seat.participant, person);
        here.seats.push(seat);
    }
    Ok(here)
}

const CORRUPT: Error = Error::Corrupt { table: "participants" };

impl Raw {
    fn parse(&self) -> Option<(Seat, Person)> {
        let seat = Seat {
            participant: self.id.parse().ok()?,
            user: self.user_id.parse().ok()?,
            key: self.key_hash.parse().ok()?,
        };
        let since = UnixMillis(self.since);
        let link = Link::Dropped { since, until: since };
        let standing = match self.standing.as_str() {
            "waiting" => Standing::Waiting { since, link },
            "admitted" => Standing::Admitted { until: since },
            "present" => Standing::Present { since, link },
            _ => return None,
        };
        let role = match self.role.as_str() {
            "host" => Role::Host,
            "guest" => Role::Guest,
            _ => return None,
        };
        let name = DisplayName::parse(&self.name).ok()?;
        Some((seat, Person { user: seat.user, name, role, standing }))
    }
}

impl Saved {
    const fn text(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Present => "present",
            Self::Gone => "gone",
        }
    }
}

const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Guest => "guest",
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct KeyHashError;

impl FromStr for KeyHash {
    type Err = KeyHashError;

    fn from_str(text: &str) -> Result<Self, KeyHashError> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(KeyHashError);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| KeyHashError)?;
        }
        Ok(Self(bytes))
    }
}

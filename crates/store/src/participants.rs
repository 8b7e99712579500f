//! Seats: who took them, how their holders prove it, and what they are to the room.
//!
//! A seat is found by user *and* key hash: a stolen key alone, or a stolen cookie alone, finds nothing.
//! The state of the socket and the deadline stand in the row, so that a server that is killed finds them
//! again.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store};
use domain::room::{Link, Person, Standing};
use model::{DeviceId, DisplayName, ParticipantId, Role, RoomId, UnixMillis, UserId};
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
    /// The browser that it was taken from.
    pub device: DeviceId,
    pub key: KeyHash,
}

/// Everybody of one room who has not gone.
pub(crate) struct Here {
    pub people: BTreeMap<ParticipantId, Person>,
    pub seats: Vec<Seat>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    device_id: String,
    key_hash: String,
    name: String,
    standing: String,
    since: i64,
    link: Option<String>,
    link_since: Option<i64>,
    deadline: Option<i64>,
}

/// What a standing is in a row.
struct Columns {
    standing: &'static str,
    link: Option<&'static str>,
    link_since: Option<UnixMillis>,
    deadline: Option<UnixMillis>,
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
pub async fn insert_new(tx: &mut RoomTransaction, seat: &Seat, name: &DisplayName) -> Result<(), Error> {
    const SQL: &str = "insert into participants \
         (id, room_id, user_id, device_id, key_hash, name, standing, since) \
         values ($1, $2, $3, $4, $5, $6, 'gone', 0)";
    let statement = Statement::new(SQL)
        .text(seat.participant.to_hex())
        .text(tx.room.to_hex())
        .text(seat.user.to_hex())
        .text(seat.device.to_hex())
        .text(seat.key.to_string())
        .text(name.as_str());
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Notes what somebody who is here already is to the room from now on.
pub async fn save_standing(
    tx: &mut RoomTransaction,
    participant: ParticipantId,
    standing: Standing,
    now: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update participants set standing = $3, since = $4, link = $5, link_since = $6, \
         deadline = $7 where id = $1 and room_id = $2";
    let statement = tx.about(SQL, participant).text(Columns::of(standing).standing);
    let statement = statement.time(since(standing).unwrap_or(now));
    tx.tx.execute(Columns::of(standing).end_of(statement)).await?;
    Ok(())
}

/// Notes who takes the seat, and as what.
pub(crate) async fn save_arrival(
    tx: &mut RoomTransaction,
    participant: ParticipantId,
    name: &DisplayName,
    standing: Standing,
) -> Result<(), Error> {
    const SQL: &str = "update participants set name = $3 where id = $1 and room_id = $2";
    let statement = tx.about(SQL, participant).text(name.as_str());
    tx.tx.execute(statement).await?;
    save_standing(tx, participant, standing, UnixMillis::default()).await
}

/// Notes the state of a participant's socket.
pub(crate) async fn save_link(
    tx: &mut RoomTransaction,
    participant: ParticipantId,
    link: Link,
) -> Result<(), Error> {
    const SQL: &str = "update participants set link = $3, link_since = $4, deadline = $5 \
         where id = $1 and room_id = $2";
    let statement = tx.about(SQL, participant);
    tx.tx.execute(Columns::of_link("", link).end_of(statement)).await?;
    Ok(())
}

/// Notes that a participant is gone.
pub(crate) async fn save_gone(
    tx: &mut RoomTransaction,
    participant: ParticipantId,
    at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "update participants set standing = 'gone', since = $3, link = null, \
         link_since = null, deadline = null where id = $1 and room_id = $2";
    let statement = tx.about(SQL, participant).time(at);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Notes that everybody is gone.
pub(crate) async fn save_all_gone(tx: &mut RoomTransaction, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update participants set standing = 'gone', since = $2, link = null, \
         link_since = null, deadline = null where room_id = $1 and standing <> 'gone'";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).time(at);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Reads everybody who has not gone, as they were saved.
pub(crate) async fn load_here(
    store: &Store,
    room: RoomId,
    role_of: impl Fn(UserId) -> Role,
) -> Result<Here, Error> {
    const SQL: &str = "select id, user_id, device_id, key_hash, name, standing, since, link, link_since, deadline \
         from participants where room_id = $1 and standing <> 'gone'";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).text(room.to_hex())).await?;
    let mut here = Here { people: BTreeMap::new(), seats: Vec::with_capacity(raw.len()) };
    for row in raw {
        let (seat, person) = row.parse(&role_of).ok_or(CORRUPT)?;
        here.people.insert(seat.participant, person);
        here.seats.push(seat);
    }
    Ok(here)
}

const CORRUPT: Error = Error::Corrupt { table: "participants" };

impl Raw {
    fn parse(&self, role_of: impl Fn(UserId) -> Role) -> Option<(Seat, Person)> {
        let seat = Seat {
            participant: self.id.parse().ok()?,
            user: self.user_id.parse().ok()?,
            device: self.device_id.parse().ok()?,
            key: self.key_hash.parse().ok()?,
        };
        let since = UnixMillis(self.since);
        let standing = match self.standing.as_str() {
            "waiting" => Standing::Waiting { since, link: self.link()? },
            "admitted" => Standing::Admitted { until: UnixMillis(self.deadline.unwrap_or(self.since)) },
            "present" => Standing::Present { since, link: self.link()? },
            _ => return None,
        };
        let name = DisplayName::parse(&self.name).ok()?;
        let (user, device) = (seat.user, seat.device);
        Some((seat, Person { user, device, name, role: role_of(user), standing }))
    }
}

impl Raw {
    fn link(&self) -> Option<Link> {
        let until = self.deadline.map(UnixMillis);
        match self.link.as_deref() {
            // A row from before the state of sockets was saved says nothing of it.
            None | Some("connected") => Some(Link::Connected),
            Some("expected") => Some(Link::Expected { until: until? }),
            Some("dropped") => Some(Link::Dropped { since: UnixMillis(self.link_since?), until: until? }),
            Some(_) => None,
        }
    }
}

impl Columns {
    fn of(standing: Standing) -> Self {
        match standing {
            Standing::Waiting { link, .. } => Self::of_link("waiting", link),
            Standing::Present { link, .. } => Self::of_link("present", link),
            Standing::Admitted { until } => {
                Self { standing: "admitted", link: None, link_since: None, deadline: Some(until) }
            }
        }
    }

    fn of_link(standing: &'static str, link: Link) -> Self {
        let (link, link_since, deadline) = match link {
            Link::Expected { until } => ("expected", None, Some(until)),
            Link::Connected => ("connected", None, None),
            Link::Dropped { since, until } => ("dropped", Some(since), Some(until)),
        };
        Self { standing, link: Some(link), link_since, deadline }
    }

    /// Puts the state of the socket behind the other values.
    fn end_of(self, statement: Statement) -> Statement {
        statement
            .optional_text(self.link.map(str::to_owned))
            .optional_time(self.link_since)
            .optional_time(self.deadline)
    }
}

/// Since when somebody is what they are, if that is part of it.
const fn since(standing: Standing) -> Option<UnixMillis> {
    match standing {
        Standing::Waiting { since, .. } | Standing::Present { since, .. } => Some(since),
        Standing::Admitted { .. } => None,
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

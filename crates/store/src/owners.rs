//! Who may write a room: one server's process at a time, by a row with a growing epoch.
//!
//! ```text
//! nobody's, released, lease over, ─take─▶ ours ──write, renew──▶ ours ──release──▶ released
//! or of our own node's last run           └─ another took it ─▶ every write is refused: Stale
//! ```
//!
//! [`take`] is one statement that compares and swaps: of two servers that take at the same time one gets
//! the room. Every write goes through a [`RoomTransaction`], which begins by naming the epoch; that locks
//! the row until the transaction ends, so that no write of an old owner can slip in behind a new one. A
//! write is a sign of life, too, and renews the lease.
//!
//! [`seize`] takes a room from whoever has it, which is for what must be written now, whoever serves the
//! room: its owner finds out by its next write, and nothing of what it had in mind is kept.
//!
//! Invariants: the epoch of a room only grows; two owners never have the same epoch; what a stale owner
//! writes changes nothing. None of this depends on clocks: a lease that is misjudged costs a change of
//! owners, never a write by two.

use crate::audit::{self, AuditKey, Head};
use crate::statement::Statement;
use crate::{Error, Store, Transaction, journal};
use model::{ParticipantId, RoomCode, RoomId, UnixMillis};

/// How long a sign of life keeps other servers away, in milliseconds.
pub const LEASE_MS: i64 = 30_000;

/// One server, whatever its process: it is the same after a restart.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u128);

/// One process of a server, from start to end.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Incarnation(pub u128);

/// Who writes, and with which key the history is chained.
#[derive(Clone, Debug)]
pub struct Writer {
    pub node: NodeId,
    pub incarnation: Incarnation,
    pub key: AuditKey,
}

/// The right to write one room, for as long as nobody else takes it.
#[derive(Clone, Debug)]
pub struct Ownership {
    room: RoomId,
    epoch: i64,
    writer: Writer,
    /// The end of the room's history: nobody else moves it.
    head: Head,
}

/// A room that was just taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub ownership: Ownership,
    /// The last sign of life of the owner before; nobody owned the room if there is none.
    pub last_alive: Option<UnixMillis>,
}

/// Several writes of one room that all take effect or none, and only while the room is ours.
#[derive(Debug)]
pub struct RoomTransaction {
    pub(crate) tx: Transaction,
    pub(crate) room: RoomId,
    pub(crate) epoch: i64,
    pub(crate) key: AuditKey,
    pub(crate) head: Head,
    before: i64,
}

/// Takes a room; `None` if there is no such room, or another server holds it. That is no sign of life yet: an
/// owner that dies before its first write leaves the last one of the owner before.
pub async fn take(
    store: &Store,
    writer: &Writer,
    code: RoomCode,
    now: UnixMillis,
) -> Result<Option<Taken>, Error> {
    take_from(store, writer, (code, false), now).await
}

/// Takes a room, whoever holds it; `None` if there is no such room.
pub async fn seize(
    store: &Store,
    writer: &Writer,
    code: RoomCode,
    now: UnixMillis,
) -> Result<Option<Taken>, Error> {
    take_from(store, writer, (code, true), now).await
}

async fn take_from(
    store: &Store,
    writer: &Writer,
    (code, anybody): (RoomCode, bool),
    now: UnixMillis,
) -> Result<Option<Taken>, Error> {
    const SQL: &str = "insert into room_owners \
         (room_id, node_id, incarnation, epoch, alive_at, previous_alive_at, lease_until) \
         select id, $2, $3, 1, $4, null, $5 from rooms where code = $1 \
         on conflict (room_id) do update set node_id = excluded.node_id, \
         incarnation = excluded.incarnation, epoch = room_owners.epoch + 1, \
         previous_alive_at = room_owners.alive_at, lease_until = excluded.lease_until \
         where $6 or room_owners.lease_until <= excluded.alive_at \
         or room_owners.node_id = excluded.node_id \
         returning room_id, epoch, previous_alive_at";
    let statement = Statement::new(SQL)
        .text(code)
        .text(writer.node.to_hex())
        .text(writer.incarnation.to_hex())
        .time(now)
        .time(now.plus(LEASE_MS))
        .boolean(anybody);
    let raw: Option<(String, i64, Option<i64>)> = store.write_returning(statement).await?;
    let Some((room, epoch, last_alive)) = raw else { return Ok(None) };
    let room: RoomId = room.parse().map_err(|_| Error::Corrupt { table: "room_owners" })?;
    let head = open_chain(store, room, &writer.key).await?;
    let ownership = Ownership { room, epoch, writer: writer.clone(), head };
    Ok(Some(Taken { ownership, last_alive: last_alive.map(UnixMillis) }))
}

/// Says that the owner lives; [`Error::Stale`] if it is the owner no more.
pub async fn renew(store: &Store, ownership: &Ownership, now: UnixMillis) -> Result<(), Error> {
    fence(store.execute(ownership.sign_of_life(now, now.plus(LEASE_MS))).await?)
}

/// Lets go of a room, so that any server may take it at once; harmless if another has it already.
pub async fn release(store: &Store, ownership: &Ownership, now: UnixMillis) -> Result<(), Error> {
    store.execute(ownership.sign_of_life(now, now)).await?;
    Ok(())
}

impl Ownership {
    /// Which room it is.
    pub const fn room(&self) -> RoomId {
        self.room
    }

    /// How many owners the room has had, this one included.
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }

    fn sign_of_life(&self, now: UnixMillis, lease_until: UnixMillis) -> Statement {
        const SQL: &str = "update room_owners set alive_at = $4, lease_until = $5 \
             where room_id = $1 and incarnation = $2 and epoch = $3";
        Statement::new(SQL)
            .text(self.room.to_hex())
            .text(self.writer.incarnation.to_hex())
            .integer(self.epoch)
            .time(now)
            .time(lease_until)
    }
}

impl Store {
    /// Begins several writes of a room; [`Error::Stale`] if it is another's by now.
    pub async fn begin_room(&self, ownership: &Ownership, now: UnixMillis) -> Result<RoomTransaction, Error> {
        let mut tx = self.begin().await?;
        fence(tx.execute(ownership.sign_of_life(now, now.plus(LEASE_MS))).await?)?;
        Ok(RoomTransaction {
            tx,
            room: ownership.room,
            epoch: ownership.epoch,
            key: ownership.writer.key.clone(),
            head: ownership.head.clone(),
            before: ownership.head.position,
        })
    }
}

impl RoomTransaction {
    /// A statement about a participant of this room, who are its first two values.
    pub(crate) fn about(&self, sql: &'static str, participant: ParticipantId) -> Statement {
        Statement::new(sql).text(participant.to_hex()).text(self.room.to_hex())
    }

    /// Makes everything that was done in it lasting. After [`Error::Unconfirmed`] nobody knows whether it
    /// was, and the room must be read again.
    pub async fn commit(mut self, ownership: &mut Ownership) -> Result<(), Error> {
        if self.head.position != self.before {
            audit::save_head(&mut self.tx, self.room, &self.key, &self.head).await?;
        }
        self.tx.commit().await.map_err(|error| match error {
            Error::Sql(error) => Error::Unconfirmed(error),
            other => other,
        })?;
        ownership.head = self.head;
        Ok(())
    }
}

const fn fence(touched: u64) -> Result<(), Error> {
    if touched == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Reads where the history ends. A room does not die of an end that does not fit its seal, but goes on with a
/// line that follows nothing: nobody who moved the end has it sealed by us, and whoever verifies the history
/// is told for ever.
async fn open_chain(store: &Store, room: RoomId, key: &AuditKey) -> Result<Head, Error> {
    let last = journal::last_position(store, room).await?;
    let Some(sealed) = audit::load_head(store, room).await? else {
        tracing::error!(room.id = %room, "The history of a room has lost its seal.");
        return Ok(Head { position: last, ..Head::broken() });
    };
    // No position is given twice, whatever the head says.
    let position = sealed.head.position.max(last);
    if sealed.seal != key.seal(room, &sealed.head) {
        tracing::error!(room.id = %room, "The history of a room does not match its seal.");
        return Ok(Head { position, ..Head::broken() });
    }
    Ok(Head { position, ..sealed.head })
}

macro_rules! hexadecimal {
    ($name:ident) => {
        impl $name {
            /// 32 hexadecimal digits.
            pub fn to_hex(self) -> String {
                format!("{:032x}", self.0)
            }
        }
    };
}

hexadecimal!(NodeId);
hexadecimal!(Incarnation);

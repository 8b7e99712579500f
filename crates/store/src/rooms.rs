//! Rooms and the users who are barred from walking into them.

use crate::audit::{self, AuditKey, Head};
use crate::owners::{NodeId, RoomTransaction};
use crate::statement::Statement;
use crate::{Error, Store, participants};
use domain::Room;
use domain::room::{Phase, Standing};
use model::{ParticipantId, RoomCode, RoomId, RoomName, UnixMillis, UserId};
use std::collections::BTreeSet;

/// A room that is about to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewRoom {
    pub id: RoomId,
    pub code: RoomCode,
    pub name: RoomName,
    pub owner: UserId,
    pub waiting_room: bool,
    pub created_at: UnixMillis,
}

/// One line of the list of rooms that somebody hosts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostedRow {
    pub code: RoomCode,
    pub name: RoomName,
    pub created_at: UnixMillis,
}

/// A room with everybody who has a seat in it, and how they prove it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loaded {
    pub room: Room,
    pub seats: Vec<participants::Seat>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    name: String,
    owner_id: String,
    waiting_room: bool,
    open_since: Option<i64>,
    ended_at: Option<i64>,
}

/// Adds a room unless its code is taken, and begins its history; says whether it was added.
pub async fn insert_new(store: &Store, room: &NewRoom, key: &AuditKey) -> Result<bool, Error> {
    const SQL: &str = "insert into rooms (id, code, name, owner_id, waiting_room, created_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (code) do nothing";
    let statement = Statement::new(SQL)
        .text(room.id.to_hex())
        .text(room.code)
        .text(room.name.as_str())
        .text(room.owner.to_hex())
        .boolean(room.waiting_room)
        .time(room.created_at);
    let mut tx = store.begin().await?;
    let added = tx.execute(statement).await? == 1;
    if added {
        audit::save_head(&mut tx, room.id, key, &Head::empty()).await?;
    }
    tx.commit().await?;
    Ok(added)
}

/// Reads a room with its people, as they stood when they were last saved.
pub async fn load(store: &Store, code: RoomCode) -> Result<Option<Loaded>, Error> {
    const SQL: &str =
        "select id, name, owner_id, waiting_room, open_since, ended_at from rooms where code = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(code)).await?;
    let Some(raw) = raw else { return Ok(None) };
    let corrupt = Error::Corrupt { table: "rooms" };
    let (Ok(id), Ok(name), Ok(owner)) = (raw.id.parse(), RoomName::parse(&raw.name), raw.owner_id.parse())
    else {
        return Err(corrupt);
    };
    let present = participants::load_here(store, id).await?;
    let mut room = Room {
        id,
        code,
        name,
        owner,
        waiting_room: raw.waiting_room,
        phase: Phase::Idle,
        people: present.people,
        barred: load_barred(store, id).await?,
    };
    let first = room.people.values().filter_map(|person| match person.standing {
        Standing::Present { since, .. } => Some(since),
        Standing::Waiting { .. } | Standing::Admitted { .. } => None,
    });
    room.phase = match (raw.ended_at, first.min()) {
        (Some(at), _) => Phase::Ended { at: UnixMillis(at) },
        (None, Some(first)) => Phase::Open { since: raw.open_since.map_or(first, UnixMillis) },
        (None, None) => Phase::Idle,
    };
    Ok(Some(Loaded { room, seats: present.seats }))
}

/// The rooms that `owner` made and that have not ended, newest first.
pub async fn load_hosted(store: &Store, owner: UserId, limit: u32) -> Result<Vec<HostedRow>, Error> {
    const SQL: &str = "select code, name, created_at from rooms where owner_id = $1 and ended_at is null \
         order by created_at desc, id limit $2";
    let statement = Statement::new(SQL).text(owner.to_hex()).integer(i64::from(limit));
    let raw: Vec<(String, String, i64)> = store.fetch_all(statement).await?;
    let parse = |(code, name, created_at): (String, String, i64)| {
        let (Ok(code), Ok(name)) = (code.parse(), RoomName::parse(&name)) else {
            return Err(Error::Corrupt { table: "rooms" });
        };
        Ok(HostedRow { code, name, created_at: UnixMillis(created_at) })
    };
    raw.into_iter().map(parse).collect()
}

/// The rooms in which somebody has a seat and that this node may take: nobody's, those of owners whose
/// lease is over, and its own, of this run or of one before.
pub async fn load_orphaned(store: &Store, node: NodeId, now: UnixMillis) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select distinct rooms.code from rooms \
         join participants on participants.room_id = rooms.id \
         left join room_owners on room_owners.room_id = rooms.id \
         where participants.standing in ('waiting', 'admitted', 'present') \
         and (room_owners.room_id is null or room_owners.node_id = $1 or room_owners.lease_until <= $2)";
    let statement = Statement::new(SQL).text(node.to_hex()).time(now);
    let raw: Vec<(String,)> = store.fetch_all(statement).await?;
    raw.into_iter().map(|(code,)| code.parse().map_err(|_| Error::Corrupt { table: "rooms" })).collect()
}

/// Deletes an ended room with everything that was kept of it; says whether there was one. The only way by
/// which lines of a history ever go.
pub async fn forget(store: &Store, room: RoomId) -> Result<bool, Error> {
    const SQL: &str = "delete from rooms where id = $1 and ended_at is not null";
    Ok(store.execute(Statement::new(SQL).text(room.to_hex())).await? == 1)
}

/// Notes since when somebody has been inside, or that nobody is.
pub(crate) async fn save_open(tx: &mut RoomTransaction, since: Option<UnixMillis>) -> Result<(), Error> {
    const SQL: &str = "update rooms set open_since = $2 where id = $1";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).optional_time(since);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Notes that the room is over.
pub(crate) async fn save_ended(tx: &mut RoomTransaction, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update rooms set open_since = null, ended_at = $2 where id = $1";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).time(at);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Makes a user wait at the door from now on.
pub(crate) async fn bar(tx: &mut RoomTransaction, user: UserId, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into barred (room_id, user_id, at) values ($1, $2, $3) \
         on conflict (room_id, user_id) do nothing";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).text(user.to_hex()).time(at);
    tx.tx.execute(statement).await?;
    Ok(())
}

/// Forgives the user of a participant who was let in.
pub(crate) async fn unbar(tx: &mut RoomTransaction, participant: ParticipantId) -> Result<(), Error> {
    const SQL: &str = "delete from barred where room_id = $2 \
         and user_id = (select user_id from participants where id = $1)";
    let statement = tx.about(SQL, participant);
    tx.tx.execute(statement).await?;
    Ok(())
}

async fn load_barred(store: &Store, room: RoomId) -> Result<BTreeSet<UserId>, Error> {
    const SQL: &str = "select user_id from barred where room_id = $1";
    let raw: Vec<(String,)> = store.fetch_all(Statement::new(SQL).text(room.to_hex())).await?;
    raw.into_iter().map(|(user,)| user.parse().map_err(|_| Error::Corrupt { table: "barred" })).collect()
}

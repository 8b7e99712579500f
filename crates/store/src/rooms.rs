//! Rooms. What holds in them is in [`rules`].

use crate::audit::{self, AuditKey, Head};
use crate::owners::{NodeId, RoomTransaction};
use crate::statement::Statement;
use crate::{Error, Store, participants, rules};
use domain::Room;
use domain::limits::EXPIRY_IDLE_MS;
use domain::room::{Phase, Standing};
use model::{ParticipantId, Policy, RoomCode, RoomId, RoomName, Schedule, UnixMillis, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// A room that is about to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewRoom {
    pub id: RoomId,
    pub code: RoomCode,
    pub name: RoomName,
    pub owner: UserId,
    pub policy: Policy,
    pub created_at: UnixMillis,
}

/// One line of the list of rooms that somebody hosts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostedRow {
    pub code: RoomCode,
    pub name: RoomName,
    pub schedule: Option<Schedule>,
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
    policy: String,
    schedule: Option<String>,
    idle_since: i64,
    open_since: Option<i64>,
    ended_at: Option<i64>,
    expired: bool,
}

/// Adds a room unless its code is taken, and begins its history; says whether it was added.
pub async fn insert_new(store: &Store, room: &NewRoom, key: &AuditKey) -> Result<bool, Error> {
    const SQL: &str = "insert into rooms (id, code, name, owner_id, policy, created_at, idle_since, due_at) \
         values ($1, $2, $3, $4, $5, $6, $6, $7) on conflict (code) do nothing";
    let statement = Statement::new(SQL)
        .text(room.id.to_hex())
        .text(room.code)
        .text(room.name.as_str())
        .text(room.owner.to_hex())
        .text(rules::policy_json(&room.policy))
        .time(room.created_at)
        .time(room.created_at.plus(EXPIRY_IDLE_MS));
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
    const SQL: &str = "select id, name, owner_id, policy, schedule, idle_since, open_since, ended_at, expired \
         from rooms where code = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(code)).await?;
    let Some(raw) = raw else { return Ok(None) };
    let corrupt = Error::Corrupt { table: "rooms" };
    let (Ok(id), Ok(name), Ok(owner)) = (raw.id.parse(), RoomName::parse(&raw.name), raw.owner_id.parse())
    else {
        return Err(corrupt);
    };
    let known = rules::load_people(store, id).await?;
    let mut room = Room {
        id,
        code,
        name,
        owner,
        policy: rules::parse_policy(&raw.policy)?,
        schedule: rules::parse_schedule(raw.schedule.as_deref())?,
        members: known.members,
        former: known.former,
        came_by: known.came_by,
        invites: known.invites,
        phase: Phase::Idle,
        idle_since: UnixMillis(raw.idle_since),
        people: BTreeMap::new(),
        held: known.held,
        barred: known.barred,
        banned: known.banned,
        paid: BTreeSet::new(),
    };
    let present = participants::load_here(store, id, |user| room.role_of(user)).await?;
    room.people = present.people;
    let first = room.people.values().filter_map(|person| match person.standing {
        Standing::Present { since, .. } => Some(since),
        Standing::Waiting { .. } | Standing::Admitted { .. } => None,
    });
    room.phase = match (raw.ended_at, first.min()) {
        (Some(at), _) => Phase::Ended { at: UnixMillis(at), expired: raw.expired },
        (None, Some(first)) => Phase::Open { since: raw.open_since.map_or(first, UnixMillis) },
        (None, None) => Phase::Idle,
    };
    Ok(Some(Loaded { room, seats: present.seats }))
}

/// The rooms that `owner` owns or co-hosts and that have not ended, newest first.
pub async fn load_hosted(store: &Store, owner: UserId, limit: u32) -> Result<Vec<HostedRow>, Error> {
    const SQL: &str = "select code, name, schedule, created_at from rooms \
         where (owner_id = $1 or id in (select room_id from members where user_id = $1 and role = 'co_host')) \
         and ended_at is null order by created_at desc, id limit $2";
    let statement = Statement::new(SQL).text(owner.to_hex()).integer(i64::from(limit));
    let raw: Vec<(String, String, Option<String>, i64)> = store.fetch_all(statement).await?;
    let parse = |(code, name, schedule, created_at): (String, String, Option<String>, i64)| {
        let (Ok(code), Ok(name)) = (code.parse(), RoomName::parse(&name)) else {
            return Err(Error::Corrupt { table: "rooms" });
        };
        let schedule = rules::parse_schedule(schedule.as_deref())?;
        Ok(HostedRow { code, name, schedule, created_at: UnixMillis(created_at) })
    };
    raw.into_iter().map(parse).collect()
}

/// The rooms in which somebody has a seat, or for which something is due, and that this node may take:
/// nobody's, those of owners whose lease is over, and its own, of this run or of one before.
pub async fn load_orphaned(store: &Store, node: NodeId, now: UnixMillis) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select rooms.code from rooms \
         left join room_owners on room_owners.room_id = rooms.id \
         where (rooms.due_at <= $2 or exists (select 1 from participants \
         where participants.room_id = rooms.id and participants.standing in ('waiting', 'admitted', 'present'))) \
         and rooms.ended_at is null and (room_owners.room_id is null or room_owners.node_id = $1 or room_owners.lease_until <= $2)";
    let statement = Statement::new(SQL).text(node.to_hex()).time(now);
    let raw: Vec<(String,)> = store.fetch_all(statement).await?;
    raw.into_iter().map(|(code,)| code.parse().map_err(|_| Error::Corrupt { table: "rooms" })).collect()
}

/// Notes since when somebody has been inside.
pub(crate) async fn save_open(tx: &mut RoomTransaction, since: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update rooms set open_since = $2 where id = $1";
    tx.tx.execute(Statement::new(SQL).text(tx.room.to_hex()).time(since)).await?;
    Ok(())
}

/// Notes since when nobody has been inside.
pub(crate) async fn save_idle(tx: &mut RoomTransaction, since: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update rooms set open_since = null, idle_since = $2 where id = $1";
    tx.tx.execute(Statement::new(SQL).text(tx.room.to_hex()).time(since)).await?;
    Ok(())
}

/// Notes when something is due for the room though nobody is here.
pub async fn save_due(tx: &mut RoomTransaction, due: Option<UnixMillis>) -> Result<(), Error> {
    const SQL: &str = "update rooms set due_at = $2 where id = $1";
    tx.tx.execute(Statement::new(SQL).text(tx.room.to_hex()).optional_time(due)).await?;
    Ok(())
}

/// Notes that the room is over, and whether by time alone.
pub(crate) async fn save_ended(tx: &mut RoomTransaction, at: UnixMillis, expired: bool) -> Result<(), Error> {
    const SQL: &str =
        "update rooms set open_since = null, due_at = null, ended_at = $2, expired = $3 where id = $1";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).time(at).boolean(expired);
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

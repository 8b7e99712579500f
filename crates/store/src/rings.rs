//! Direct calls: those that are under way, and those that were missed.
//!
//! Whoever begins a call, or changes one, has locked both accounts ([`crate::contacts::lock_both`]).

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use domain::ring::{Ending, Ring, Stage};
use domain::two::Two;
use model::{DisplayName, RingId, RoomCode, UnixMillis, UserId};

/// A call that nobody answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissedRow {
    pub id: RingId,
    pub caller: UserId,
    pub name: DisplayName,
    pub made_at: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    caller_id: String,
    callee_id: String,
    made_at: i64,
    stage: String,
    due_at: Option<i64>,
    room_code: Option<String>,
    met: bool,
    ended_at: Option<i64>,
}

/// Adds a call.
pub async fn insert(tx: &mut Transaction, ring: &Ring) -> Result<(), Error> {
    const SQL: &str = "insert into rings (stage, due_at, room_code, met, ended_at, id, caller_id, callee_id, made_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let statement =
        staged(SQL, ring).text(ring.caller.to_hex()).text(ring.callee.to_hex()).time(ring.made_at);
    tx.execute(statement).await?;
    Ok(())
}

/// Writes how far a call has come.
pub async fn save(tx: &mut Transaction, ring: &Ring) -> Result<(), Error> {
    const SQL: &str =
        "update rings set stage = $1, due_at = $2, room_code = $3, met = $4, ended_at = $5 where id = $6";
    tx.execute(staged(SQL, ring)).await?;
    Ok(())
}

/// Reads a call.
pub async fn load(store: &Store, id: RingId) -> Result<Option<Ring>, Error> {
    let raw: Option<Raw> = store.fetch_optional(Statement::new(ONE).text(id.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// The same while both accounts are locked.
pub async fn load_within(tx: &mut Transaction, id: RingId) -> Result<Option<Ring>, Error> {
    let raw: Option<Raw> = tx.fetch_optional(Statement::new(ONE).text(id.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

const ONE: &str = "select id, caller_id, callee_id, made_at, stage, due_at, room_code, met, ended_at \
     from rings where id = $1";
const LIVE: &str = "select id, caller_id, callee_id, made_at, stage, due_at, room_code, met, ended_at \
     from rings where (caller_id = $1 or callee_id = $1) and ended_at is null limit 1";

/// The call that somebody has under way.
pub async fn load_live(store: &Store, user: UserId) -> Result<Option<Ring>, Error> {
    let raw: Option<Raw> = store.fetch_optional(Statement::new(LIVE).text(user.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// The same while their account is locked.
pub async fn load_live_within(tx: &mut Transaction, user: UserId) -> Result<Option<Ring>, Error> {
    let raw: Option<Raw> = tx.fetch_optional(Statement::new(LIVE).text(user.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// The calls for which something is due by then.
pub async fn load_due(store: &Store, by: UnixMillis) -> Result<Vec<Ring>, Error> {
    const SQL: &str = "select id, caller_id, callee_id, made_at, stage, due_at, room_code, met, ended_at \
         from rings where ended_at is null and due_at <= $1 order by due_at, id limit 200";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).time(by)).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// The calls that were answered and are not over.
pub async fn load_connected(store: &Store) -> Result<Vec<Ring>, Error> {
    const SQL: &str = "select id, caller_id, callee_id, made_at, stage, due_at, room_code, met, ended_at \
         from rings where ended_at is null and stage = 'connected' order by made_at, id limit 10000";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL)).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Rooms that go on though their call is over, or has another room. A call owns its room by its own id.
pub async fn load_stray_rooms(store: &Store) -> Result<Vec<(RingId, RoomCode)>, Error> {
    const SQL: &str = "select rings.id, rooms.code from rings join rooms on rooms.owner_id = rings.id \
         where rooms.ended_at is null and (rings.ended_at is not null \
         or (rings.stage = 'connected' and rings.room_code <> rooms.code)) limit 200";
    let raw: Vec<(String, String)> = store.fetch_all(Statement::new(SQL)).await?;
    let parse = |(id, code): (String, String)| {
        Ok((id.parse().map_err(|_| corrupt())?, code.parse().map_err(|_| corrupt())?))
    };
    raw.into_iter().map(parse).collect()
}

/// When something is due next.
pub async fn next_due(store: &Store) -> Result<Option<UnixMillis>, Error> {
    const SQL: &str = "select min(due_at) from rings where ended_at is null";
    let raw: Option<(Option<i64>,)> = store.fetch_optional(Statement::new(SQL)).await?;
    Ok(raw.and_then(|(due,)| due).map(UnixMillis))
}

/// The calls that somebody missed since then, the newest first.
pub async fn load_missed(
    store: &Store,
    callee: UserId,
    since: UnixMillis,
    limit: u32,
) -> Result<Vec<MissedRow>, Error> {
    // Of somebody who is blocked nothing is heard any more, of nobody's account nothing is left.
    const SQL: &str = "select rings.id, caller_id, accounts.name, made_at from rings \
         join accounts on accounts.id = caller_id \
         where callee_id = $1 and stage in ('missed', 'busy', 'cancelled') and made_at > $2 \
         and not exists (select 1 from contact_blocks \
          where account_id = callee_id and blocked_id = caller_id) \
         order by made_at desc, rings.id limit $3";
    let statement = Statement::new(SQL).text(callee.to_hex()).time(since).integer(i64::from(limit));
    let raw: Vec<(String, String, String, i64)> = store.fetch_all(statement).await?;
    let parse = |(id, caller, name, made_at): (String, String, String, i64)| {
        let name = DisplayName::parse(&name).map_err(|_| corrupt())?;
        Ok(MissedRow {
            id: id.parse().map_err(|_| corrupt())?,
            caller: caller.parse().map_err(|_| corrupt())?,
            name,
            made_at: UnixMillis(made_at),
        })
    };
    raw.into_iter().map(parse).collect()
}

/// Forgets the calls that somebody missed.
pub async fn forget_missed(store: &Store, callee: UserId) -> Result<(), Error> {
    const SQL: &str = "delete from rings where callee_id = $1 and ended_at is not null \
         and not exists (select 1 from rooms where owner_id = rings.id and rooms.ended_at is null)";
    store.execute(Statement::new(SQL).text(callee.to_hex())).await?;
    Ok(())
}

/// Forgets calls that have ended: missed ones after a while, the others at once. Says how many there were.
pub async fn delete_ended(store: &Store, missed_by: UnixMillis) -> Result<u64, Error> {
    // One whose room goes on is needed to end that.
    const SQL: &str = "delete from rings where (ended_at <= $1 \
         or (ended_at is not null and stage in ('over', 'declined'))) \
         and not exists (select 1 from rooms where owner_id = rings.id and rooms.ended_at is null)";
    store.execute(Statement::new(SQL).time(missed_by)).await
}

/// Who of two people is and was inside a room, and whether it goes on.
pub async fn look_inside(
    store: &Store,
    room: RoomCode,
    (caller, callee): (UserId, UserId),
) -> Result<Two, Error> {
    const SQL: &str = "select \
         (select count(*) from participants where room_id = rooms.id and user_id = $2 and standing = 'present'), \
         (select count(*) from participants where room_id = rooms.id and user_id = $3 and standing = 'present'), \
         (select count(*) from attendance as one join attendance as other on other.room_id = one.room_id \
          where one.room_id = rooms.id and one.user_id = $2 and other.user_id = $3 \
          and (other.left_at is null or one.entered_at <= other.left_at) \
          and (one.left_at is null or other.entered_at <= one.left_at)), \
         case when ended_at is null then 1 else 0 end \
         from rooms where code = $1";
    let statement = Statement::new(SQL).text(room).text(caller.to_hex()).text(callee.to_hex());
    let raw: Option<(i64, i64, i64, i32)> = store.fetch_optional(statement).await?;
    let nobody = Two { inside: [false; 2], met: false, is_open: false };
    Ok(raw.map_or(nobody, |(caller, callee, both, open)| Two {
        inside: [caller > 0, callee > 0],
        met: both > 0,
        is_open: open == 1,
    }))
}

/// Whether somebody is inside any room, or on the way into one to which they were called.
pub async fn is_inside(store: &Store, user: UserId) -> Result<bool, Error> {
    const SQL: &str = "select (select count(*) from participants \
          where user_id = $1 and standing = 'present') \
         + (select count(*) from rings where ended_at is null and stage = 'connected' \
          and (caller_id = $1 or callee_id = $1))";
    let raw: Option<(i64,)> = store.fetch_optional(Statement::new(SQL).text(user.to_hex())).await?;
    Ok(raw.is_some_and(|(count,)| count > 0))
}

/// Which contacts of somebody are inside a room, or on the way into one to which they were called.
pub async fn load_contacts_inside(store: &Store, of: UserId) -> Result<Vec<UserId>, Error> {
    const SQL: &str = "select distinct user_id from participants \
         join contacts on contact_id = user_id where account_id = $1 and standing = 'present' \
         union select contact_id from contacts \
         join rings on contact_id in (caller_id, callee_id) and stage = 'connected' and ended_at is null \
         where account_id = $1";
    let raw: Vec<(String,)> = store.fetch_all(Statement::new(SQL).text(of.to_hex())).await?;
    raw.into_iter().map(|(id,)| id.parse().map_err(|_| corrupt())).collect()
}

/// Where a stage stands in the columns, with the id of its call.
fn staged(sql: &'static str, ring: &Ring) -> Statement {
    let (stage, room, met, ended) = match ring.stage {
        Stage::Ringing { .. } => ("ringing", None, false, None),
        Stage::Connected { room, met, .. } => ("connected", Some(room), met, None),
        Stage::Ended { how, at } => (word(how), None, false, Some(at)),
    };
    Statement::new(sql)
        .text(stage)
        .optional_time(ring.due())
        .optional_text(room.map(String::from))
        .boolean(met)
        .optional_time(ended)
        .text(ring.id.to_hex())
}

const fn word(how: Ending) -> &'static str {
    match how {
        Ending::Over => "over",
        Ending::Declined => "declined",
        Ending::Cancelled => "cancelled",
        Ending::Missed => "missed",
        Ending::Busy => "busy",
    }
}

const fn corrupt() -> Error {
    Error::Corrupt { table: "rings" }
}

impl Raw {
    fn parse(self) -> Result<Ring, Error> {
        let (due, ended) = (self.due_at.map(UnixMillis), self.ended_at.map(UnixMillis));
        let room = self.room_code.map(|code| code.parse()).transpose().map_err(|_| corrupt())?;
        let ending = |how| ended.map(|at| Stage::Ended { how, at });
        let stage = match self.stage.as_str() {
            "ringing" => due.map(|until| Stage::Ringing { until }),
            "connected" => room.map(|room| Stage::Connected { room, met: self.met, until: due }),
            "over" => ending(Ending::Over),
            "declined" => ending(Ending::Declined),
            "cancelled" => ending(Ending::Cancelled),
            "missed" => ending(Ending::Missed),
            "busy" => ending(Ending::Busy),
            _ => None,
        };
        let parse = |id: &str| id.parse::<UserId>().map_err(|_| corrupt());
        Ok(Ring {
            id: self.id.parse().map_err(|_| corrupt())?,
            caller: parse(&self.caller_id)?,
            callee: parse(&self.callee_id)?,
            made_at: UnixMillis(self.made_at),
            stage: stage.ok_or_else(corrupt)?,
        })
    }
}

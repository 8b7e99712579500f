//! The plan of a room, as calendars are told of it.

use crate::rules::parse_schedule;
use crate::statement::Statement;
use crate::{Error, Store};
use model::{RoomCode, RoomId, RoomName, Schedule, UnixMillis};

/// A room's plan, and how often it has changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    pub room: RoomId,
    pub name: RoomName,
    pub schedule: Option<Schedule>,
    /// What calendars compare: grows with each change, and with each invite that is taken back, whose
    /// guest is told that it is off.
    pub sequence: u32,
    pub ever_planned: bool,
    pub ended_at: Option<UnixMillis>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    name: String,
    schedule: Option<String>,
    plan_sequence: i64,
    revoked_count: i64,
    ended_at: Option<i64>,
}

/// Reads the plan of a room; `None` if there is no such room.
pub async fn load(store: &Store, code: RoomCode) -> Result<Option<Plan>, Error> {
    const SQL: &str = "select id, name, schedule, plan_sequence, \
         (select count(*) from invites where room_id = rooms.id and revoked) as revoked_count, ended_at \
         from rooms where code = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(code)).await?;
    let Some(raw) = raw else { return Ok(None) };
    let (Ok(room), Ok(name)) = (raw.id.parse(), RoomName::parse(&raw.name)) else {
        return Err(Error::Corrupt { table: "rooms" });
    };
    Ok(Some(Plan {
        room,
        name,
        schedule: parse_schedule(raw.schedule.as_deref())?,
        // Nobody changes a plan so often.
        sequence: u32::try_from(raw.plan_sequence.saturating_add(raw.revoked_count)).unwrap_or(u32::MAX),
        ever_planned: raw.plan_sequence > 0,
        ended_at: raw.ended_at.map(UnixMillis),
    }))
}

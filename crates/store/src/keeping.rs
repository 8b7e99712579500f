//! What is kept of rooms: everything for a while, and then nothing about anybody.
//!
//! ```text
//! goes on: line, stay, seat ──keep-history-days──▶ faded: it has no name any more
//! ended ──keep-history-days──▶ erased: code, times, and the sealed end of the history
//! ended, and strangers met there ──within the hour──▶ erased
//! ```
//!
//! An erased room has no name, owner, rules, seats, chat, attendance and no lines of history. What is left
//! of its chain is the *anchor*: the position and the hash of the last line, and a seal which says that the
//! chain begins behind it. Only the server can make that seal, so that a history which was erased in time
//! looks other than one that somebody destroyed.
//!
//! A room that goes on keeps what happened and for how long somebody was inside, but not who it was. Nothing
//! fades of whoever waits or is inside, and no seat of the owner, of members and of the banned, whom hosts
//! must recognise. The seals of names stay, so that the chain holds.
//!
//! Not here: when it is time, and who holds the room meanwhile; that is `service`'s.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store, audit};
use model::{RoomCode, RoomId, UnixMillis, UserId};

/// What stands in place of the name of a room or a person that is no more.
pub(crate) const NOBODY: &str = "–";

/// How many lines, stays and seats fade in one transaction: others wait for it.
pub const FADED: u32 = 200;

/// Lines that name somebody who is not here any more, in one column or the other.
macro_rules! faded_lines {
    ($name:literal, $id:literal) => {
        concat!(
            "room_id = $1 and at <= $2 and position >= $3 and ",
            $name,
            " is not null and (",
            $id,
            " is null or ",
            $id,
            " not in (select id from participants where room_id = $1 and standing <> 'gone'))"
        )
    };
}

/// Stays that are over and have a name.
macro_rules! faded_stays {
    () => {
        "room_id = $1 and left_at <= $2 and name <> ''"
    };
}

/// Seats with a name that nobody has who must be recognised.
macro_rules! faded_seats {
    () => {
        "room_id = $1 and standing = 'gone' and since <= $2 and name <> '' \
         and user_id not in (select owner_id from rooms where id = $1) \
         and user_id not in (select user_id from members where room_id = $1) \
         and user_id not in (select user_id from banned where room_id = $1)"
    };
}

/// The rooms that go on, from behind this one, in order.
pub async fn load_going_on(
    store: &Store,
    after: Option<RoomId>,
    limit: u32,
) -> Result<Vec<(RoomId, RoomCode)>, Error> {
    const SQL: &str = "select id, code from rooms where ended_at is null and id > $1 order by id limit $2";
    let after = after.map(RoomId::to_hex).unwrap_or_default();
    let raw: Vec<(String, String)> =
        store.fetch_all(Statement::new(SQL).text(after).integer(i64::from(limit))).await?;
    let corrupt = || Error::Corrupt { table: "rooms" };
    let parse = |(id, code): (String, String)| {
        Ok((id.parse().map_err(|_| corrupt())?, code.parse().map_err(|_| corrupt())?))
    };
    raw.into_iter().map(parse).collect()
}

/// From which line on [`fade`] has something to do with what happened by then, if it has; lines before `from`
/// are not looked at.
pub async fn load_fading(
    store: &Store,
    room: RoomId,
    by: UnixMillis,
    from: i64,
) -> Result<Option<i64>, Error> {
    const SQL: &str = concat!(
        "select coalesce((select min(position) from (select min(position) as position from room_events where ",
        faded_lines!("name", "participant_id"),
        " union all select min(position) as position from room_events where ",
        faded_lines!("by_name", "by_id"),
        ") as named), case when exists (select 1 from attendance where ",
        faded_stays!(),
        ") or exists (select 1 from participants where ",
        faded_seats!(),
        ") then $3 end)"
    );
    let statement = Statement::new(SQL).text(room.to_hex()).time(by).integer(from);
    let found: Option<(Option<i64>,)> = store.fetch_optional(statement).await?;
    Ok(found.and_then(|(position,)| position))
}

/// Erases the names in at most [`FADED`] lines from `from` on, stays and seats that are as old as that; says
/// in how many places.
pub async fn fade(tx: &mut RoomTransaction, by: UnixMillis, from: i64) -> Result<u64, Error> {
    const NAMES: &str = concat!(
        "update room_events set name = null where position < $4 and ",
        faded_lines!("name", "participant_id")
    );
    const BY: &str = concat!(
        "update room_events set by_name = null where position < $4 and ",
        faded_lines!("by_name", "by_id")
    );
    const STAYS: &str = concat!(
        "update attendance set name = '' where (participant_id, number) in \
         (select participant_id, number from attendance where ",
        faded_stays!(),
        " limit $3)"
    );
    const SEATS: &str = concat!(
        "update participants set name = '' where id in (select id from participants where ",
        faded_seats!(),
        " limit $3)"
    );
    let about = |sql| Statement::new(sql).text(tx.room.to_hex()).time(by);
    let batch = i64::from(FADED);
    let statements = [
        about(NAMES).integer(from).integer(from.saturating_add(batch)),
        about(BY).integer(from).integer(from.saturating_add(batch)),
        about(STAYS).integer(batch),
        about(SEATS).integer(batch),
    ];
    let mut faded = 0;
    for statement in statements {
        faded += tx.tx.execute(statement).await?;
    }
    Ok(faded)
}

/// The rooms that ended by then and have not been erased, the oldest first.
pub async fn load_due(store: &Store, ended_by: UnixMillis, limit: u32) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select code from rooms where ended_at <= $1 and erased_at is null \
         order by ended_at, id limit $2";
    let statement = Statement::new(SQL).time(ended_by).integer(i64::from(limit));
    let raw: Vec<(String,)> = store.fetch_all(statement).await?;
    raw.into_iter().map(|(code,)| code.parse().map_err(|_| Error::Corrupt { table: "rooms" })).collect()
}

/// The rooms in which strangers met, which have ended and were not erased: nothing of such a call is kept.
pub async fn load_due_of_strangers(store: &Store, limit: u32) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select rooms.code from rooms join encounters on encounters.id = rooms.owner_id \
         where rooms.ended_at is not null and rooms.erased_at is null order by rooms.ended_at, rooms.id limit $1";
    let raw: Vec<(String,)> = store.fetch_all(Statement::new(SQL).integer(i64::from(limit))).await?;
    raw.into_iter().map(|(code,)| code.parse().map_err(|_| Error::Corrupt { table: "rooms" })).collect()
}

/// Erases everything about people from a room that has ended; nothing if it has not.
pub async fn erase(tx: &mut RoomTransaction, at: UnixMillis) -> Result<(), Error> {
    const ROOM: &str = "update rooms set name = $2, owner_id = $3, policy = '{}', schedule = null, \
         erased_at = $4 where id = $1 and ended_at is not null";
    // Attendance hangs on seats.
    const REST: [&str; 10] = [
        "delete from room_events where room_id = $1",
        "delete from chat_messages where room_id = $1",
        "delete from attendance where room_id = $1",
        "delete from participants where room_id = $1",
        "delete from members where room_id = $1",
        "delete from held where room_id = $1",
        "delete from barred where room_id = $1",
        "delete from banned where room_id = $1",
        "delete from invite_mails where room_id = $1",
        "delete from invites where room_id = $1",
    ];
    let room = tx.room.to_hex();
    let emptied = Statement::new(ROOM).text(&room).text(NOBODY).text(UserId::from_bits(0).to_hex()).time(at);
    if tx.tx.execute(emptied).await? == 0 {
        return Ok(());
    }
    // The seal first: by it the database knows that the lines may go.
    tx.head.first = tx.head.position + 1;
    audit::save_head(&mut tx.tx, tx.room, &tx.key, &tx.head).await?;
    for sql in REST {
        tx.tx.execute(Statement::new(sql).text(&room)).await?;
    }
    Ok(())
}

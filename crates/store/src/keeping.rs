//! What is kept of rooms that are over: everything for a while, and then nothing about anybody.
//!
//! ```text
//! ended ──keep-history-days──▶ erased: code, times, and the sealed end of the history
//! ended, and strangers met there ──within the hour──▶ erased
//! ```
//!
//! An erased room has no name, owner, rules, seats, chat, attendance and no lines of history. What is left
//! of its chain is the *anchor*: the position and the hash of the last line, and a seal which says that the
//! chain begins behind it. Only the server can make that seal, so that a history which was erased in time
//! looks other than one that somebody destroyed.
//!
//! Not here: when it is time, and who holds the room meanwhile; that is `service`'s.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store, audit};
use model::{RoomCode, UnixMillis, UserId};

/// What stands in place of the name of a room or a person that is no more.
pub(crate) const NOBODY: &str = "–";

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

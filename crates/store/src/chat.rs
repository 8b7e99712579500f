//! What was said in a room, bounded: the oldest lines give way.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store};
use model::{ChatText, DisplayName, MessageId, ParticipantId, RoomId, UnixMillis};

/// One line of a room's chat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChatRow {
    /// Named by the sender, so that saying it twice is harmless.
    pub id: MessageId,
    pub from: ParticipantId,
    /// The sender's name at that time.
    pub name: DisplayName,
    pub text: ChatText,
    pub at: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    participant_id: String,
    name: String,
    body: String,
    at: i64,
}

/// Adds a line unless the room has one by this id; says whether it was added.
pub async fn insert_new(tx: &mut RoomTransaction, row: &ChatRow) -> Result<bool, Error> {
    const SQL: &str = "insert into chat_messages (room_id, id, position, participant_id, name, body, at) \
         select $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6 from chat_messages where room_id = $1 \
         on conflict (room_id, id) do nothing";
    let statement = Statement::new(SQL)
        .text(tx.room.to_hex())
        .text(row.id.to_hex())
        .text(row.from.to_hex())
        .text(row.name.as_str())
        .text(row.text.as_str())
        .time(row.at);
    Ok(tx.tx.execute(statement).await? == 1)
}

/// Forgets all but the newest `keep` lines of a room.
pub async fn trim(tx: &mut RoomTransaction, keep: u32) -> Result<u64, Error> {
    const SQL: &str = "delete from chat_messages where room_id = $1 \
         and position <= (select max(position) from chat_messages where room_id = $1) - $2";
    let statement = Statement::new(SQL).text(tx.room.to_hex()).integer(i64::from(keep));
    tx.tx.execute(statement).await
}

/// The newest lines of a room, oldest first.
pub async fn load_newest(store: &Store, room: RoomId, limit: u32) -> Result<Vec<ChatRow>, Error> {
    const SQL: &str = "select id, participant_id, name, body, at from chat_messages where room_id = $1 \
         order by position desc limit $2";
    let statement = Statement::new(SQL).text(room.to_hex()).integer(i64::from(limit));
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    let parse = |row: Raw| row.parse().ok_or(Error::Corrupt { table: "chat_messages" });
    raw.into_iter().rev().map(parse).collect()
}

impl Raw {
    fn parse(self) -> Option<ChatRow> {
        Some(ChatRow {
            id: self.id.parse().ok()?,
            from: self.participant_id.parse().ok()?,
            name: DisplayName::parse(&self.name).ok()?,
            text: ChatText::parse(&self.body).ok()?,
            at: UnixMillis(self.at),
        })
    }
}

//! Saying something in the chat. How often is counted by user: another tab of theirs is no other mouth.

use super::letter::Claim;
use super::{RoomActor, publish};
use crate::Error;
use model::{ChatText, MessageId};
use protocol::limits::ROOM_CHAT;
use protocol::{ErrorCode, Rule};
use store::chat::{self, ChatRow};

impl RoomActor {
    pub(super) async fn say(&mut self, claim: Claim, id: MessageId, text: ChatText) -> Result<(), Error> {
        let from = self.seat_of(claim)?;
        let now = self.now();
        let inside = self.room.people.get(&from).filter(|person| person.standing.is_present());
        let person = inside.ok_or(Error::Refused(ErrorCode::NotPresent))?;
        if !self.room.rights_of(from).chat {
            return Err(Error::Refused(ErrorCode::Rule(Rule::NotAllowed)));
        }
        if self.chat.iter().any(|said| said.id == id) {
            return Ok(());
        }
        if !self.chatter.take(person.user, now) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let row = ChatRow { id, from, name: person.name.clone(), text, at: now };
        let keep = u32::try_from(ROOM_CHAT).expect("a room's chat is bounded");
        let mut tx = self.begin().await?;
        let is_new = chat::insert_new(&mut tx, &row).await?;
        chat::trim(&mut tx, keep).await?;
        self.commit(tx).await?;
        if is_new {
            self.publish_chat(publish::chat_message(row));
        }
        Ok(())
    }
}

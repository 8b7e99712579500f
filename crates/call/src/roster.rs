//! Snapshot and changes folded into one picture of the room.
//!
//! Invariants: participants and waiting guests are in order of arrival and each stands once; a chat
//! message of one's own is shown once, whether its echo or its receipt comes first.

use crate::effect::RequestId;
use crate::view::{Delivery, Notice};
use model::{ChatText, MessageId, MonoMillis, ParticipantId, Rights, Source, UnixMillis};
use protocol::limits::{ROOM_CHAT, VIDEO_SLOTS};
use protocol::{
    Change, ChatMessage, LeaveReason, ParticipantView, RoomView, SlotView, Snapshot, WaitingGuest,
};

/// What this participant knows of the room.
#[derive(Debug)]
pub struct Roster {
    pub room: RoomView,
    pub me: ParticipantId,
    pub rights: Rights,
    /// The server's clock and ours at the last snapshot.
    clocks: (UnixMillis, MonoMillis),
    pub participants: Vec<ParticipantView>,
    pub waiting: Vec<WaitingGuest>,
    pub chat: Vec<ChatMessage>,
    /// Messages of one's own that the room has not repeated yet.
    pub outbox: Vec<Outgoing>,
    pub slots: Vec<SlotView>,
    /// Which encodings of one's own camera anybody is served from.
    pub layers: u8,
    pub speaking: Vec<ParticipantId>,
}

/// A chat message on its way.
#[derive(Debug)]
pub struct Outgoing {
    pub id: MessageId,
    pub text: ChatText,
    pub request: RequestId,
    pub delivery: Delivery,
}

impl Roster {
    /// Begins with what the server said first.
    pub fn new(snapshot: Snapshot, now: MonoMillis) -> Self {
        Self {
            room: snapshot.room,
            me: snapshot.me,
            rights: snapshot.rights,
            clocks: (snapshot.now, now),
            participants: snapshot.participants,
            waiting: snapshot.waiting,
            chat: snapshot.chat,
            outbox: Vec::new(),
            slots: snapshot.slots,
            layers: snapshot.layers,
            speaking: Vec::new(),
        }
    }

    /// Starts over from a new snapshot; only what was not delivered yet is kept. Returns what is worth
    /// saying to the person: whoever becomes a host learns of it by a snapshot.
    pub fn replace(&mut self, snapshot: Snapshot, now: MonoMillis) -> Option<Notice> {
        let me = snapshot.participants.iter().find(|one| one.id == snapshot.me);
        let news = me.and_then(|me| self.news_of_myself(me));
        let outbox = std::mem::take(&mut self.outbox);
        *self = Self::new(snapshot, now);
        self.outbox = outbox;
        let chat = &self.chat;
        self.outbox.retain(|mine| !chat.iter().any(|message| message.id == mine.id));
        news
    }

    /// Whether this participant runs the room.
    pub fn hosting(&self) -> bool {
        self.rights.moderate
    }

    /// When the call must be over, by our own clock; at once if that moment has passed.
    pub fn ends_at(&self) -> Option<MonoMillis> {
        let (server, ours) = self.clocks;
        let left = self.room.ends_at?.since(server);
        Some(ours.plus(left.unsigned_abs()))
    }

    /// One participant.
    pub fn participant(&self, id: ParticipantId) -> Option<&ParticipantView> {
        self.participants.iter().find(|participant| participant.id == id)
    }

    /// Which slot carries this picture.
    pub fn slot(&self, participant: ParticipantId, source: Source) -> Option<&SlotView> {
        self.slots.iter().find(|slot| slot.participant == participant && slot.source == source)
    }

    /// Whether every slot for pictures carries one.
    pub fn pictures_are_full(&self) -> bool {
        let is_picture = |slot: &&SlotView| slot.source != Source::Microphone;
        self.slots.iter().filter(is_picture).count() >= VIDEO_SLOTS
    }

    /// Folds one change in. Returns what is worth saying to the person.
    pub fn apply(&mut self, change: Change) -> Option<Notice> {
        match change {
            Change::Joined(participant) => {
                let news = participant.id != self.me && self.participant(participant.id).is_none();
                let name = participant.name.to_string();
                self.put(participant);
                news.then_some(Notice::Joined { name })
            }
            Change::Updated(participant) => {
                let news = self.news_of_myself(&participant);
                self.put(participant);
                news
            }
            Change::Left { participant, reason } => self.leave(participant, reason),
            Change::Knocked(guest) => self.knock(guest),
            Change::KnockEnded { participant } => {
                self.waiting.retain(|guest| guest.id != participant);
                None
            }
            Change::Said(message) => {
                self.outbox.retain(|mine| mine.id != message.id);
                if !self.chat.iter().any(|known| known.id == message.id) {
                    self.chat.push(message);
                }
                if self.chat.len() > ROOM_CHAT {
                    self.chat.remove(0);
                }
                None
            }
            Change::Room(room) => {
                self.room = room;
                None
            }
            Change::Rights(rights) => {
                self.rights = rights;
                None
            }
            Change::Stopped { source, by, held } => {
                Some(Notice::Stopped { source, by: self.name_of(by), held })
            }
            Change::Slots(slots) => {
                self.slots = slots;
                None
            }
            Change::Layers { camera } => {
                self.layers = camera;
                None
            }
            Change::Speaking(speaking) => {
                self.speaking = speaking;
                None
            }
        }
    }

    fn knock(&mut self, guest: WaitingGuest) -> Option<Notice> {
        let name = guest.name.to_string();
        match self.waiting.iter_mut().find(|known| known.id == guest.id) {
            Some(known) => {
                *known = guest;
                None
            }
            None => {
                self.waiting.push(guest);
                Some(Notice::Knocked { name })
            }
        }
    }

    /// The server function that carried this message has answered.
    pub fn delivered(&mut self, request: RequestId, delivery: Delivery) {
        if let Some(mine) = self.outbox.iter_mut().find(|mine| mine.request == request) {
            mine.delivery = delivery;
        }
    }

    /// Puts a message of one's own into the outbox, or takes it up again after a failure.
    pub fn send(&mut self, id: MessageId, text: ChatText, request: RequestId) {
        self.outbox.retain(|mine| mine.id != id);
        self.outbox.push(Outgoing { id, text, request, delivery: Delivery::Sending });
    }

    fn name_of(&self, participant: ParticipantId) -> Option<String> {
        self.participant(participant).map(|one| one.name.to_string())
    }

    /// What a host did for me or made of me, if this view of a participant says so.
    fn news_of_myself(&self, now: &ParticipantView) -> Option<Notice> {
        let before = self.participant(self.me).filter(|me| me.id == now.id)?;
        if before.role != now.role {
            return Some(Notice::Appointed { role: now.role });
        }
        (before.held && !now.held).then_some(Notice::MaySpeak)
    }

    fn put(&mut self, participant: ParticipantView) {
        match self.participants.iter_mut().find(|known| known.id == participant.id) {
            Some(known) => *known = participant,
            None => self.participants.push(participant),
        }
    }

    fn leave(&mut self, participant: ParticipantId, reason: LeaveReason) -> Option<Notice> {
        let index = self.participants.iter().position(|known| known.id == participant)?;
        let name = self.participants.remove(index).name.to_string();
        self.slots.retain(|slot| slot.participant != participant);
        self.speaking.retain(|speaker| *speaker != participant);
        Some(match reason {
            LeaveReason::Removed => Notice::Removed { name },
            LeaveReason::Left | LeaveReason::Lost | LeaveReason::TimeUp => Notice::Left { name },
        })
    }
}

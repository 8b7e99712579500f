//! Telling people: snapshots, views, and who hears what.

use super::RoomActor;
use super::seat::slot_views;
use crate::translate::{self, Audience, News};
use domain::Event;
use domain::room::{Link, Person, Standing};
use model::{ParticipantId, UnixMillis};
use protocol::limits::SNAPSHOT_CHAT;
use protocol::{
    ALL_LAYERS, Change, ChatMessage, ParticipantView, RoomRules, RoomView, ServerMessage, Snapshot,
    WaitingGuest,
};
use store::chat::ChatRow;

impl RoomActor {
    /// Tells everybody who may know of an event.
    pub(super) fn publish(&mut self, event: &Event, banned: bool) {
        for (audience, news) in translate::news(event, banned, |id| self.view(id)) {
            self.tell(audience, &news);
        }
        if let Event::Muted { participant, source, held, .. } = event {
            let seat = self.seats.get_mut(participant);
            // What is held comes back with the right to it.
            if let Some(stream) = seat.and_then(|seat| seat.stream.as_mut()).filter(|_| !held) {
                stream.wish = stream.wish.with(*source, false);
            }
            let sent = self.seats.get(participant).map(|seat| seat.publishing);
            if let Some(sent) = sent {
                self.set_publishing(*participant, sent.with(*source, false));
            }
        }
    }

    /// Tells everybody inside what somebody sends now.
    pub(super) fn publish_marks(&mut self, participant: ParticipantId) {
        if let Some(view) = self.view(participant) {
            self.tell(Audience::Inside, &News::Change(Change::Updated(view)));
        }
    }

    /// Keeps a chat message for later snapshots and tells everybody inside.
    pub(super) fn publish_chat(&mut self, message: ChatMessage) {
        self.chat.push_back(message.clone());
        if self.chat.len() > SNAPSHOT_CHAT {
            self.chat.pop_front();
        }
        self.tell(Audience::Inside, &News::Change(Change::Said(message)));
    }

    /// Tells those who wait whether somebody is there to let them in.
    pub(super) fn tell_the_door(&mut self) {
        let host_present = self.room.host_is_present();
        let waiting: Vec<ParticipantId> = self.room.waiting().into_iter().map(|(id, ..)| id).collect();
        for participant in waiting {
            let line = self.seats.get_mut(&participant).and_then(|seat| seat.socket.as_mut());
            let notice = self.room.policy.notice.clone();
            let told = line.map_or(Ok(()), |line| line.send(ServerMessage::Waiting { host_present, notice }));
            self.note_overflow(participant, told);
        }
    }

    /// Takes in what happened at the media threads.
    pub(super) async fn handle_media(&mut self, event: sfu::Event) {
        match event {
            sfu::Event::Slots { peer, participant, slots, .. } => {
                let slots = slot_views(slots, |id| self.room.is_present(id));
                let Some(seat) = self.seats.get_mut(&participant) else { return };
                if seat.note_slots(peer, slots.clone()) {
                    self.tell(Audience::One(participant), &News::Change(Change::Slots(slots)));
                }
            }
            sfu::Event::Layers { peer, participant, camera, .. } => {
                let Some(seat) = self.seats.get_mut(&participant) else { return };
                if seat.note_layers(peer, camera) {
                    self.tell(Audience::One(participant), &News::Change(Change::Layers { camera }));
                }
            }
            sfu::Event::Speaking { participants, .. } => {
                let speaking: Vec<ParticipantId> =
                    participants.into_iter().filter(|id| self.room.is_present(*id)).collect();
                self.note_speakers(&speaking);
                self.tell(Audience::Inside, &News::Change(Change::Speaking(speaking)));
            }
            sfu::Event::Connected { participant, peer, .. } => {
                tracing::info!(participant.id = %participant, "The media of a participant are up.");
                self.program_media(participant, peer, true).await;
            }
            // A browser notices by itself and joins again.
            sfu::Event::Lost { participant, peer, reason, .. } => {
                let current = self.seats.get(&participant).is_some_and(|seat| seat.peer == Some(peer));
                tracing::info!(participant.id = %participant, current, ?reason, "A media connection is gone.");
                self.program_media(participant, peer, false).await;
            }
        }
    }

    /// All that a participant who is inside may know.
    pub(super) fn snapshot(&self, me: ParticipantId) -> Snapshot {
        let rights = self.room.rights_of(me);
        let guest = |(id, person, since): (ParticipantId, &Person, UnixMillis)| WaitingGuest {
            id,
            name: person.name.clone(),
            since,
        };
        Snapshot {
            revision: 0,
            room: self.room_view(me),
            me,
            rights,
            participants: self.room.present().into_iter().filter_map(|(id, ..)| self.view(id)).collect(),
            waiting: if rights.moderate {
                self.room.waiting().into_iter().map(guest).collect()
            } else {
                Vec::new()
            },
            chat: self.chat.iter().cloned().collect(),
            slots: self.seats.get(&me).map(|seat| seat.slots.clone()).unwrap_or_default(),
            layers: self.seats.get(&me).map_or(ALL_LAYERS, |seat| seat.layers),
            now: self.now(),
        }
    }

    /// What somebody inside knows of the room itself.
    pub(super) fn room_view(&self, me: ParticipantId) -> RoomView {
        let (paid, paid_until) = self.paid_time(me);
        RoomView {
            code: self.room.code,
            name: self.room.name.clone(),
            rules: RoomRules::from(&self.room.policy),
            ends_at: self.room.ends_at().into_iter().chain(paid_until).min(),
            paid,
            extension: self.extension(me),
        }
    }

    /// A participant as the others see them; whoever is not inside cannot be seen.
    pub(super) fn view(&self, participant: ParticipantId) -> Option<ParticipantView> {
        let person = self.room.people.get(&participant)?;
        let (since, link) = match person.standing {
            Standing::Present { since, link } => (since, link),
            Standing::Waiting { .. } | Standing::Admitted { .. } => return None,
        };
        let marks = self.seats.get(&participant).map(|seat| seat.publishing).unwrap_or_default();
        Some(ParticipantView {
            id: participant,
            name: person.name.clone(),
            role: person.role,
            link: match link {
                Link::Connected | Link::Expected { .. } => protocol::Link::Connected,
                Link::Dropped { .. } => protocol::Link::Reconnecting,
            },
            microphone: marks.microphone,
            camera: marks.camera,
            screen: marks.screen,
            held: self.room.held.contains(&person.user),
            joined_at: since,
        })
    }

    pub(super) fn tell(&mut self, audience: Audience, news: &News) {
        let heard = self.seats.keys().copied().filter(|id| self.hears(*id, audience));
        for participant in heard.collect::<Vec<_>>() {
            self.tell_one(participant, news);
        }
    }

    /// Whether somebody belongs to an audience. Who has just gone still hears what concerns them.
    fn hears(&self, participant: ParticipantId, audience: Audience) -> bool {
        let inside = self.room.people.get(&participant).filter(|person| person.standing.is_present());
        match audience {
            Audience::One(one) => one == participant,
            Audience::Inside => inside.is_some(),
            Audience::Others(but) => inside.is_some() && but != participant,
            Audience::Hosts => inside.is_some_and(|person| person.role.is_host()),
            Audience::Everybody => true,
        }
    }

    fn tell_one(&mut self, participant: ParticipantId, news: &News) {
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        let told = match news {
            News::Change(change) => seat.socket.as_mut().map_or(Ok(()), |line| line.tell(change.clone())),
            News::Admitted => seat.socket.as_mut().map_or(Ok(()), |line| line.send(ServerMessage::Admitted)),
            News::Farewell(farewell) => {
                for line in [seat.socket.take(), seat.doorbell.take()].into_iter().flatten() {
                    line.part(*farewell);
                }
                Ok(())
            }
        };
        self.note_overflow(participant, told);
    }
}

/// A saved line as the browsers see it.
pub(super) fn chat_message(row: ChatRow) -> ChatMessage {
    ChatMessage { id: row.id, from: row.from, name: row.name, text: row.text, at: row.at }
}

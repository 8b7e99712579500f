//! Call sockets: connecting, hearing, closing.
//!
//! A new socket of the same seat takes the place of the old one, which is told so: only another tab is
//! still there to hear it. What a socket says is bounded by a rate; whoever exceeds it loses the socket.

use super::RoomActor;
use super::seat::{Socket, Stage};
use crate::Error;
use crate::bus::{Overflow, SocketId};
use crate::connection::Opened;
use domain::room::{Closing, Command, Standing};
use model::{ParticipantId, Source};
use protocol::limits::DEMAND_TILES;
use protocol::{ClientMessage, ErrorCode, Farewell, Publishing, ServerMessage, Wanted};

impl RoomActor {
    /// Opens a call socket; its first message says what the person is to the room.
    pub(super) async fn connect(
        &mut self,
        participant: ParticipantId,
        socket: SocketId,
    ) -> Result<Opened, Error> {
        self.carry_out(&Command::Return { participant }).await?;
        let standing = self.room.people.get(&participant).map(|person| person.standing);
        let (Some(standing), Some(seat)) = (standing, self.seats.get_mut(&participant)) else {
            return Err(Error::Refused(ErrorCode::NotPresent));
        };
        if let Some(old) = seat.socket.take() {
            old.part(Farewell::Replaced);
        }
        seat.doorbell = None;
        let stage = if standing.is_present() { Stage::Inside } else { Stage::Door };
        let mailbox = self.own.upgrade().ok_or(Error::Gone)?;
        seat.socket = Some(Socket::open(self.registry.bus.clone(), socket, stage));
        self.tell_all(participant);
        Ok(Opened { room: self.room.id, participant, socket, mailbox: Some(mailbox) })
    }

    /// Tells somebody all that they may know: what they are to the room, and from inside all of it.
    pub(super) fn tell_all(&mut self, participant: ParticipantId) {
        let Some(person) = self.room.people.get(&participant) else { return };
        let all = match person.standing {
            Standing::Waiting { .. } => {
                let notice = self.room.policy.notice.clone();
                ServerMessage::Waiting { host_present: self.room.host_is_present(), notice }
            }
            Standing::Admitted { .. } => ServerMessage::Admitted,
            Standing::Present { .. } => ServerMessage::Snapshot(Box::new(self.snapshot(participant))),
        };
        let Some(line) = self.seats.get_mut(&participant).and_then(|seat| seat.socket.as_mut()) else {
            return;
        };
        let told = match all {
            ServerMessage::Snapshot(snapshot) => line.greet(*snapshot),
            at_the_door => line.send(at_the_door),
        };
        self.note_overflow(participant, told);
    }

    /// Takes in what a browser said.
    pub(super) fn hear(&mut self, participant: ParticipantId, socket: SocketId, message: ClientMessage) {
        let now = self.now();
        let seat = self.seats.get_mut(&participant);
        let Some(line) = seat.and_then(|seat| seat.socket_mut(socket)) else {
            // It was replaced or its seat is gone, and it may not have heard so.
            self.registry.bus.hang_up(socket);
            return;
        };
        let stage = line.stage;
        if !line.messages.take(now) {
            tracing::info!(participant.id = %participant, "A browser says too much; its socket is closed.");
            self.note_overflow(participant, Err(Overflow));
            return;
        }
        match (stage, message) {
            (_, ClientMessage::Ping) => {
                let told = line.send(ServerMessage::Pong);
                self.note_overflow(participant, told);
            }
            (Stage::Inside, ClientMessage::Publish(publishing)) => {
                self.set_publishing(participant, publishing);
            }
            (Stage::Inside, ClientMessage::Demand { wanted }) => self.set_demand(participant, &wanted),
            (_, ClientMessage::Resync) => self.tell_all(participant),
            // Whoever waits has nothing to wish for yet.
            (Stage::Door, ClientMessage::Publish(_) | ClientMessage::Demand { .. }) => {}
        }
    }

    /// Takes note that a socket is gone.
    pub(super) async fn closed(&mut self, participant: ParticipantId, socket: SocketId, closing: Closing) {
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        seat.doorbell.take_if(|line| line.id() == socket);
        if seat.socket.take_if(|line| line.id() == socket).is_some() {
            self.drop_link(participant, closing).await;
        }
    }

    /// Notes what a participant sends, tells everybody, and the media threads.
    pub(super) fn set_publishing(&mut self, participant: ParticipantId, publishing: Publishing) {
        let rights = self.room.rights_of(participant);
        // A browser may wish for more than the room allows; nothing more is forwarded.
        let publishing = Publishing {
            microphone: publishing.microphone && rights.speak,
            camera: publishing.camera && rights.show,
            screen: publishing.screen && rights.share,
        };
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        let changed = std::mem::replace(&mut seat.publishing, publishing) != publishing;
        if let Some(peer) = seat.peer {
            let Publishing { microphone, camera, screen } = publishing;
            self.registry.media.command(sfu::Command::Publish { peer, microphone, camera, screen });
        }
        if changed {
            self.publish_marks(participant);
        }
    }

    fn set_demand(&mut self, participant: ParticipantId, wanted: &[Wanted]) {
        let others = wanted
            .iter()
            .filter(|want| want.participant != participant && self.room.is_present(want.participant))
            // Whom a browser hears is not for it to say.
            .filter(|want| want.source != Source::Microphone);
        let wants: Vec<sfu::Want> = others
            .take(DEMAND_TILES)
            .map(|want| sfu::Want { participant: want.participant, source: want.source, height: want.height })
            .collect();
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        seat.demand = Some(wants.clone());
        if let Some(peer) = seat.peer {
            self.registry.media.command(sfu::Command::Demand { peer, wants });
        }
    }
}

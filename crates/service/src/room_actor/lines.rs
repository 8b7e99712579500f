//! Call sockets: connecting, hearing, closing.
//!
//! A new socket of the same seat takes the place of the old one, which is told so: only another tab is
//! still there to hear it. What a socket says is bounded by a rate; whoever exceeds it loses the socket.

use super::RoomActor;
use super::letter::SocketId;
use super::seat::{Socket, Stage};
use crate::Error;
use crate::connection::{Connection, Parts};
use domain::room::{Closing, Command, Standing};
use model::ParticipantId;
use protocol::limits::DEMAND_TILES;
use protocol::{ClientMessage, ErrorCode, Farewell, Publishing, ServerMessage, Wanted};

impl RoomActor {
    /// Opens a call socket; its first message says what the person is to the room.
    pub(super) async fn connect(&mut self, participant: ParticipantId) -> Result<Connection, Error> {
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
        let socket = SocketId(self.registry.ambient.draw());
        let (mut line, inbox) = Socket::open(socket, stage);
        let greeted = match standing {
            Standing::Waiting { .. } => {
                let notice = self.room.policy.notice.clone();
                line.send(ServerMessage::Waiting { host_present: self.room.host_is_present(), notice })
            }
            Standing::Admitted { .. } => line.send(ServerMessage::Admitted),
            Standing::Present { .. } => line.greet(self.snapshot(participant)),
        };
        greeted.expect("a new queue has room for the first message");
        if let Some(seat) = self.seats.get_mut(&participant) {
            seat.socket = Some(line);
        }
        let mailbox = self.own.upgrade().ok_or(Error::Gone)?;
        let counted = self.registry.turnstile.count_socket();
        Ok(Connection::new(Parts { room: self.room.id, participant, socket, inbox, mailbox, counted }))
    }

    /// Takes in what a browser said.
    pub(super) fn hear(&mut self, participant: ParticipantId, socket: SocketId, message: ClientMessage) {
        let now = self.now();
        let seat = self.seats.get_mut(&participant);
        // A socket that was replaced may have said something before it heard so.
        let Some(line) = seat.and_then(|seat| seat.socket_mut(socket)) else { return };
        let stage = line.stage;
        if !line.messages.take(now) {
            tracing::info!(participant.id = %participant, "A browser says too much; its socket is closed.");
            self.note_overflow(participant, Err(super::seat::Overflow));
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
            (Stage::Inside, ClientMessage::Resync) => self.resync(participant),
            // Whoever waits has nothing to wish for yet.
            (
                Stage::Door,
                ClientMessage::Publish(_) | ClientMessage::Demand { .. } | ClientMessage::Resync,
            ) => {}
        }
    }

    /// Takes note that a socket is gone.
    pub(super) async fn closed(&mut self, participant: ParticipantId, socket: SocketId, closing: Closing) {
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        seat.doorbell.take_if(|line| line.id == socket);
        if seat.socket.take_if(|line| line.id == socket).is_some() {
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
            .filter(|want| want.participant != participant && self.room.is_present(want.participant));
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

    pub(super) fn resync(&mut self, participant: ParticipantId) {
        let snapshot = self.snapshot(participant);
        let Some(line) = self.seats.get_mut(&participant).and_then(|seat| seat.socket.as_mut()) else {
            return;
        };
        let told = line.greet(snapshot);
        self.note_overflow(participant, told);
    }
}

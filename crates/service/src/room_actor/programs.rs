//! Programs: they come with a token, and their media connection stands for a call socket.
//!
//! ```text
//! token ─▶ person and place ─▶ as any join ─▶ answer ─▶ expected ──media up──▶ connected
//!                                                          │                       │ media lost
//!                                                          └──20 s──▶ gone ◀──grace┴─▶ the same token again
//! ```
//!
//! | with one invite | there is |
//! |---|---|
//! | whoever publishes, and players of a personal one | one place: whoever comes again takes it over |
//! | other players | a place for each |
//!
//! A player shows whom it names, or the last who spoke, or else whoever came first of those who show
//! anything; a shared screen goes first. Not here: the rules, which are `domain::room::program`'s.

use super::RoomActor;
use super::letter::{Asker, Reply};
use super::seat::Stream;
use crate::Error;
use crate::programs::{IceSession, ProgramOffer, ProgramSession, SessionAct};
use crate::rooms::Identity;
use domain::Refusal;
use domain::room::{Closing, Command, Link, Program};
use model::{
    DisplayName, InviteId, InviteToken, ParticipantId, ParticipantKey, PeerId, Role, Source, StreamKey,
    UserId,
};
use protocol::{Barrier, ErrorCode, JoinRequest, Publishing, Seat, SendLine};

/// How high a player shows its one picture, in pixels; the way decides what of it there is.
const PLAYER_HEIGHT: u16 = 1_080;

impl RoomActor {
    pub(super) async fn come_as_program(&mut self, came: ProgramOffer, reply: Reply<ProgramSession>) {
        match self.seat_program(&came).await {
            Ok((participant, invite, request)) => {
                let stream = Stream {
                    key: StreamKey::from_bits(self.registry.ambient.draw()),
                    invite,
                    program: came.program,
                    ufrag: came.offer.ufrag,
                    only: came.only,
                    wish: request.publishing,
                    up: false,
                };
                let asker = Asker::Program { stream: Box::new(stream), reply };
                self.open_media(participant, request, asker);
            }
            Err(error) => {
                // Whoever asked may be gone.
                let _ = reply.send(Err(error));
            }
        }
    }

    /// Takes the seat that a token is worth, by the same rules as everybody.
    async fn seat_program(
        &mut self,
        came: &ProgramOffer,
    ) -> Result<(ParticipantId, InviteId, JoinRequest), Error> {
        let id = self.open_token(came.token)?;
        if came.only.is_some_and(|only| !self.room.is_present(only)) {
            return Err(Error::Refused(ErrorCode::NoSuchParticipant));
        }
        let person = self.registry.invites.person(self.room.id, id);
        let invite = self.room.invites.get(&id);
        let has_one_place =
            came.program == Program::Publishes || invite.is_some_and(|invite| invite.personal);
        let key = match has_one_place {
            true => person.key,
            false => ParticipantKey::from_bits(self.registry.ambient.draw()),
        };
        let name = invite.and_then(|invite| invite.label.clone());
        let lines = &came.offer.lines;
        let sends = |source| lines.iter().any(|(_, of)| *of == source);
        let request = JoinRequest {
            seat: Seat { room: self.room.code, key },
            name: name.unwrap_or_else(|| plain_name(came.program)),
            invite: Some(came.token),
            passcode: None,
            offer: came.offer.sdp.clone(),
            lines: lines.iter().map(|(mid, source)| SendLine { mid: *mid, source: *source }).collect(),
            publishing: Publishing {
                microphone: sends(Source::Microphone),
                camera: sends(Source::Camera),
                screen: false,
            },
        };
        let visitor =
            Identity { user: person.user, device: person.device, epoch: None, address: came.address };
        let participant = self.take_seat(visitor, &request, Some(came.program)).await?;
        Ok((participant, id, request))
    }

    /// The invite of a token, if it is our own work.
    fn open_token(&self, token: InviteToken) -> Result<InviteId, Error> {
        let opened = self.registry.invites.open(self.room.id, token);
        opened.ok_or(Error::Refused(ErrorCode::Door(Barrier::InviteUnknown)))
    }

    /// The answer to a program's offer. A session that its place had before is over with that.
    pub(super) fn program_opened(
        &mut self,
        participant: ParticipantId,
        peer: PeerId,
        stream: Stream,
        answer: String,
    ) -> Result<ProgramSession, Error> {
        let seat = self.seats.get_mut(&participant).ok_or(Error::Refused(ErrorCode::NotPresent))?;
        let session = ProgramSession { key: stream.key, participant, ice: peer, answer };
        seat.stream = Some(stream);
        Ok(session)
    }

    /// What somebody wants with a session. Also a token that was taken back ends what it began.
    pub(super) async fn program_session(
        &mut self,
        (key, token): (StreamKey, InviteToken),
        act: SessionAct,
    ) -> Result<IceSession, Error> {
        let invite = self.open_token(token)?;
        let is_it = |stream: &Stream| stream.key == key && stream.invite == invite;
        let found = self.seats.iter().find_map(|(participant, seat)| {
            let stream = seat.stream.as_ref().filter(|stream| is_it(stream))?;
            Some((*participant, seat.peer, stream.ufrag.clone()))
        });
        let Some((participant, peer, ufrag)) = found else {
            return Err(Error::Refused(ErrorCode::NotPresent));
        };
        if act == SessionAct::End {
            self.carry_out(&Command::Leave { participant }).await?;
        }
        // One whose media are gone has nothing left to look at.
        let ice = peer.or((act == SessionAct::End).then_some(PeerId::from_bits(0)));
        ice.map(|ice| IceSession { ice, ufrag }).ok_or(Error::Refused(ErrorCode::NotPresent))
    }

    /// The media of a connection are up or gone: for a program that is what a socket is for a browser.
    pub(super) async fn program_media(&mut self, participant: ParticipantId, peer: PeerId, up: bool) {
        let Some(seat) = self.seats.get_mut(&participant).filter(|seat| seat.peer == Some(peer)) else {
            return;
        };
        let Some(stream) = seat.stream.as_mut() else { return };
        stream.up = up;
        if up {
            return self.return_program(participant).await;
        }
        seat.peer = None;
        let link = self.room.people.get(&participant).and_then(|person| person.standing.link());
        // One that never came up has its deadline already.
        if !matches!(link, Some(Link::Expected { .. })) {
            self.drop_link(participant, Closing::Lost).await;
        }
    }

    /// A connection that came to nothing took the place of the one that a program had, of whose end nobody
    /// tells: for the media threads it was replaced.
    pub(super) async fn program_replaced(&mut self, participant: ParticipantId) {
        let seat = self.seats.get(&participant).filter(|seat| seat.stream.is_some());
        if let Some(peer) = seat.and_then(|seat| seat.peer) {
            self.registry.media.command(sfu::Command::Close { peer });
            self.program_media(participant, peer, false).await;
        }
    }

    /// Notes that somebody's media are up; what fails here, the next sweep does.
    pub(super) async fn return_program(&mut self, participant: ParticipantId) {
        match self.carry_out(&Command::Return { participant }).await {
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => self.note_failure(&error),
        }
    }

    /// Programs whose media are up, and of which the room does not know so.
    pub(super) fn unreturned_programs(&self) -> Vec<ParticipantId> {
        let waits = |participant: &ParticipantId| {
            let person = self.room.people.get(participant);
            person.and_then(|person| person.standing.link()).is_some_and(|link| link != Link::Connected)
        };
        let up = self.seats.iter().filter(|(_, seat)| seat.stream.as_ref().is_some_and(|stream| stream.up));
        up.map(|(participant, _)| *participant).filter(waits).collect()
    }

    /// A program runs no room and owns none: nobody could do anything as it.
    pub(super) fn refuse_power_to_programs(&self, command: &Command) -> Result<(), Refusal> {
        let gains = match command {
            Command::Appoint { user, role: Role::CoHost, .. } => Some(*user),
            Command::HandOver { participant, .. } => {
                self.room.people.get(participant).map(|person| person.user)
            }
            _ => None,
        };
        let is_program = |user: UserId| {
            self.room.invites.keys().any(|id| self.registry.invites.person(self.room.id, *id).user == user)
        };
        if gains.is_some_and(is_program) { Err(Refusal::NotAppointable) } else { Ok(()) }
    }

    /// Takes note of who speaks: the last of them keeps the floor until somebody else does.
    pub(super) fn note_speakers(&mut self, speaking: &[ParticipantId]) {
        if !self.floor.is_some_and(|holder| speaking.contains(&holder)) {
            self.floor = speaking.first().copied().or(self.floor);
        }
    }

    /// Tells the media threads what players show, where that changed.
    pub(super) fn aim_players(&mut self) {
        let watches = |stream: &&Stream| stream.program == Program::Watches;
        let players: Vec<(ParticipantId, Option<ParticipantId>)> = self
            .seats
            .iter()
            .filter_map(|(id, seat)| Some((*id, seat.stream.as_ref().filter(watches)?.only)))
            .collect();
        for (player, only) in players {
            let wants = match only {
                Some(only) => wants(only, &[Source::Screen, Source::Camera, Source::Microphone]),
                None => self.wants_of_the_floor(player),
            };
            let Some(seat) = self.seats.get_mut(&player) else { continue };
            if seat.demand.as_ref() == Some(&wants) {
                continue;
            }
            seat.demand = Some(wants.clone());
            if let Some(peer) = seat.peer {
                self.registry.media.command(sfu::Command::Demand { peer, wants });
            }
        }
    }

    fn wants_of_the_floor(&self, player: ParticipantId) -> Vec<sfu::Want> {
        let mut people: Vec<ParticipantId> = self.room.present().into_iter().map(|(id, ..)| id).collect();
        people.retain(|id| *id != player);
        people.sort_by_key(|id| Some(*id) != self.floor);
        people.into_iter().flat_map(|id| wants(id, &[Source::Screen, Source::Camera])).collect()
    }
}

fn wants(participant: ParticipantId, sources: &[Source]) -> Vec<sfu::Want> {
    sources.iter().map(|source| sfu::Want { participant, source: *source, height: PLAYER_HEIGHT }).collect()
}

/// What a program is called whose invite has no label: the protocol by which it came.
fn plain_name(program: Program) -> DisplayName {
    let name = match program {
        Program::Publishes => "WHIP",
        Program::Watches => "WHEP",
    };
    DisplayName::parse(name).expect("four letters are a name")
}

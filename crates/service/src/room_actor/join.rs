//! Coming in: the seat first, then the media.
//!
//! ```text
//! join ──▶ seat found or made ──▶ decided, saved ──┬─ waiting ─────────────────▶ Waiting + ticket
//!                                                  └─ present ─▶ offer ─ ─ ─ ─ ┐
//!                             answered ◀─ ─ ─ ─ ─ ─ ─ ─ ─ media threads, 5 s ◀─┘
//!                                └─ the offer of a newcomer was refused: they leave again
//! ```
//!
//! Every answered offer is a new peer; the media threads replace the participant's old one themselves.
//! Of several offers that are under way for one seat only the last counts.

use super::letter::{Answered, Asker, Claim, Letter, Reply};
use super::seat::{Opening, Socket};
use super::{Arrival, RoomActor};
use crate::Error;
use crate::bus::Overflow;
use crate::guesses::Guesser;
use crate::media::OfferRefusal;
use crate::rooms::Identity;
use crate::secret::key_hash;
use crate::tickets;
use crate::turnstile::Arriving;
use domain::room::{Command, Key, Program, Standing, Visitor};
use model::{ParticipantId, PeerId, Ticket};
use protocol::{ALL_LAYERS, Barrier, Change, ErrorCode, JoinOutcome, JoinRequest};
use std::time::Duration;
use store::participants;

/// How long the media threads may take to answer an offer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

impl RoomActor {
    pub(super) async fn join(&mut self, visitor: Identity, request: JoinRequest, reply: Reply<JoinOutcome>) {
        let participant = match self.take_seat(visitor, &request, None).await {
            Ok(participant) => participant,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let standing = self.room.people.get(&participant).map(|person| person.standing);
        match standing {
            Some(Standing::Present { .. }) => self.open_media(participant, request, Asker::Page(reply)),
            Some(Standing::Waiting { .. } | Standing::Admitted { .. }) | None => {
                let ticket = self.issue_ticket(participant);
                let _ = reply.send(ticket.map(|ticket| JoinOutcome::Waiting { participant, ticket }));
            }
        }
    }

    /// Finds or makes the seat of whoever asks, and lets the rules decide what it is worth.
    pub(super) async fn take_seat(
        &mut self,
        visitor: Identity,
        request: &JoinRequest,
        program: Option<Program>,
    ) -> Result<ParticipantId, Error> {
        let Identity { user, device, epoch, address } = visitor;
        let now = self.now();
        let code = self.room.code;
        let guesser = Guesser { user, address };
        let guessed_out = || !self.registry.guesses().allow(code, guesser, now);
        if !self.joins.take(user, now) || (request.passcode.is_some() && guessed_out()) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let key = key_hash(request.seat.key);
        let known = match self.claims.get(&(user, key)) {
            // Whoever has a place keeps it, however full the server is.
            Some(participant) => Some(*participant),
            // Whoever left and comes back from the same tab is the same participant as before.
            None => {
                self.arriving = Some(self.require_room_on_the_server()?);
                participants::find(&self.registry.store, self.room.id, user, key).await?
            }
        };
        let comes_from = address.filter(|_| known.is_none());
        if comes_from.is_some_and(|address| !self.arrivals.has_one(address, now)) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let participant = known.unwrap_or_else(|| ParticipantId::from_bits(self.registry.ambient.draw()));
        let seat = match known {
            Some(_) => None,
            None => Some((participants::Seat { participant, user, device, key }, request.name.clone())),
        };
        let command = Command::Join {
            participant,
            visitor: Visitor { user, device, name: request.name.clone() },
            key: Key { program, ..self.key(Some(user), request.invite, request.passcode.clone()) },
        };
        let login = epoch.map(|epoch| (user, epoch));
        let arrival = Arrival { seat, login, publishing: request.publishing };
        let come = self.carry_out_for(&command, arrival).await;
        if let Err(Error::Refused(ErrorCode::Door(Barrier::PasscodeWrong))) = come {
            self.registry.guesses().note_wrong(code, guesser, now);
        }
        come?;
        // Only who left something in the history counts.
        comes_from.map(|address| self.arrivals.take(address, now));
        self.claims.insert((user, key), participant);
        Ok(participant)
    }

    fn require_room_on_the_server(&self) -> Result<Arriving, Error> {
        self.registry.let_past(self.room.present_count() == 0).map_err(|cause| {
            tracing::warn!(cause = cause.word(), "The server is full; somebody was sent away.");
            Error::Refused(ErrorCode::ServerFull)
        })
    }

    /// Hands the offer to the media threads; the mailbox goes on while they work.
    pub(super) fn open_media(&mut self, participant: ParticipantId, request: JoinRequest, asker: Asker) {
        let Some(seat) = self.seats.get_mut(&participant) else {
            asker.refuse(Error::Refused(ErrorCode::NotPresent));
            return;
        };
        let peer = PeerId::from_bits(self.registry.ambient.draw());
        seat.opening = Some(Opening { peer, slots: None, layers: None });
        let publishing = request.publishing;
        let opened = self.registry.media.open(sfu::PeerOffer {
            peer,
            room: self.room.id,
            participant,
            sdp: request.offer,
            is_page: matches!(asker, Asker::Page(_)),
            lines: request.lines.into_iter().map(|line| (line.mid, line.source)).collect(),
        });
        let own = self.own.clone();
        tokio::spawn(async move {
            let answer =
                tokio::time::timeout(ANSWER_TIMEOUT, opened).await.unwrap_or(Err(OfferRefusal::Gone));
            let letter =
                Letter::Answered(Box::new(Answered { participant, peer, publishing, answer, asker }));
            if let Some(own) = own.upgrade() {
                // The actor is gone only when the server stops.
                let _ = own.send(letter).await;
            }
        });
    }

    pub(super) async fn answered(&mut self, answered: Answered) {
        let Answered { participant, peer, publishing, answer, asker } = answered;
        let seat = self.seats.get_mut(&participant);
        let Some(seat) =
            seat.filter(|seat| seat.opening.as_ref().is_some_and(|opening| opening.peer == peer))
        else {
            // The person is gone, or has asked again: this connection is nobody's.
            self.registry.media.command(sfu::Command::Close { peer });
            if answer.is_ok() {
                self.program_replaced(participant).await;
            }
            let gone = !self.room.is_present(participant);
            let error = if gone { Error::Refused(ErrorCode::NotPresent) } else { Error::Gone };
            asker.refuse(error);
            return;
        };
        let opening = seat.opening.take();
        match answer {
            Ok(answer) => {
                seat.peer = Some(peer);
                seat.newcomer = false;
                let told = opening.map(|opening| (opening.slots, opening.layers)).unwrap_or_default();
                seat.slots = told.0.unwrap_or_default();
                seat.layers = told.1.unwrap_or(ALL_LAYERS);
                self.media_opened(participant, peer, publishing);
                match asker {
                    Asker::Page(reply) => drop(reply.send(self.joined(participant, answer))),
                    Asker::Program { stream, reply } => {
                        drop(reply.send(self.program_opened(participant, peer, *stream, answer)));
                    }
                }
            }
            Err(refusal) => {
                let error = self.media_refused(participant, peer, refusal).await;
                asker.refuse(error);
            }
        }
    }

    /// Tells the media threads what they must know of a new connection, and the browser of its slots.
    fn media_opened(&mut self, participant: ParticipantId, peer: PeerId, publishing: protocol::Publishing) {
        self.set_publishing(participant, publishing);
        let Some(seat) = self.seats.get_mut(&participant) else { return };
        if let Some(wants) = seat.demand.clone() {
            self.registry.media.command(sfu::Command::Demand { peer, wants });
        }
        let slots = seat.slots.clone();
        let told = seat.socket.as_mut().map_or(Ok(()), |socket| socket.tell(Change::Slots(slots)));
        self.note_overflow(participant, told);
    }

    fn joined(&mut self, participant: ParticipantId, answer: String) -> Result<JoinOutcome, Error> {
        let ticket = self.issue_ticket(participant)?;
        let snapshot = Box::new(self.snapshot(participant));
        Ok(JoinOutcome::Joined { participant, ticket, answer, snapshot })
    }

    async fn media_refused(
        &mut self,
        participant: ParticipantId,
        peer: PeerId,
        refusal: OfferRefusal,
    ) -> Error {
        tracing::info!(participant.id = %participant, %refusal, "An offer was not answered.");
        match refusal {
            OfferRefusal::Offer(offer) => {
                let newcomer = self.seats.get(&participant).is_some_and(|seat| seat.newcomer);
                if newcomer && let Err(error) = self.carry_out(&Command::Leave { participant }).await {
                    self.note_failure(&error);
                }
                Error::Refused(match offer {
                    sfu::OfferError::Full => ErrorCode::Overloaded,
                    sfu::OfferError::TooLong { .. }
                    | sfu::OfferError::Malformed
                    | sfu::OfferError::Unusable => ErrorCode::BadOffer,
                })
            }
            OfferRefusal::Gone => {
                // An answer that comes too late would leave a connection that nobody knows of.
                self.registry.media.command(sfu::Command::Close { peer });
                self.program_replaced(participant).await;
                Error::Gone
            }
        }
    }

    /// A ticket to a new call socket for whoever has a seat.
    pub(super) fn reconnect(&mut self, claim: Claim) -> Result<Ticket, Error> {
        let participant = self.seat_of(claim)?;
        if !self.reconnects.take(claim.user, self.now()) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        self.issue_ticket(participant)
    }

    /// Gives out a ticket to a call socket.
    pub(super) fn issue_ticket(&mut self, participant: ParticipantId) -> Result<Ticket, Error> {
        let ticket = Ticket::from_bits(self.registry.ambient.draw());
        let admit = tickets::Admit { room: self.room.code, participant };
        if self.registry.tickets().issue(ticket, admit, self.now()) {
            Ok(ticket)
        } else {
            Err(Error::Refused(ErrorCode::Overloaded))
        }
    }

    /// Notes that a socket could not take what it was told.
    pub(super) fn note_overflow(&mut self, participant: ParticipantId, told: Result<(), Overflow>) {
        if told.is_ok() {
            return;
        }
        let socket: Option<Socket> = self.seats.get_mut(&participant).and_then(|seat| seat.socket.take());
        if socket.is_some() {
            self.overflowed.push(participant);
        }
    }
}

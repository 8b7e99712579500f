//! One live room: one mailbox, one task, and nothing else that changes the room.
//!
//! ```text
//! letter ──▶ decide ──▶ save ──▶ apply ──▶ publish ──▶ sockets, media threads
//!            domain     store    domain    translate
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`letter`] | what may lie in the mailbox |
//! | [`seat`] | sockets, media and marks of one seat |
//! | `change` | what was decided is saved, holds, and is told |
//! | `desk` | the door as it is shown, the room as hosts see it, and what they set |
//! | `heir` | when what belongs to somebody passes to another, or to nobody |
//! | `revival` | loading: taking the room, and what a restart means for everybody |
//! | `lease` | owning the room: transactions, renewal, letting go |
//! | `chatting` | saying something |
//! | `deadlines` | what happens because time passes |
//! | `join` | coming in, and the answer of the media threads |
//! | `lines` | sockets: connecting, hearing, closing |
//! | `on_sale` | whether the room's price can be paid anew |
//! | `programs` | programs, which come by WHIP and WHEP |
//! | `sessions` | paid sessions, saved with the room |
//! | `publish` | snapshots, views, and who is told |
//!
//! Invariants: nothing is applied that was not saved; nothing is saved once another server has the room; the
//! events of one command are saved in one transaction; whoever is not inside is told of nothing but
//! themselves; while the media threads work on an answer the mailbox goes on. Publishing marks, slots and
//! speakers are not saved.
//!
//! Not here: the rules, which are `domain::room`'s, and who may reach the room, which is
//! [`registry`](crate::registry)'s.

mod change;
mod chatting;
mod deadlines;
mod desk;
mod heir;
mod join;
mod lease;
pub mod letter;
mod lines;
mod minutes;
pub mod on_sale;
mod paying;
mod programs;
mod publish;
mod revival;
pub mod seat;
mod sessions;

use crate::Error;
use crate::guesses::Address;
use crate::rate::Limiter;
use crate::registry::{Occupancy, Registry};
use crate::secret::key_hash;
use crate::turnstile::Arriving;
use domain::Room;
use domain::places::Places;
use domain::room::{Closing, Command, Phase, decide};
use domain::session::{self, Party, Session};
use lease::Ending;
use letter::{Act, Claim, Letter};
use model::{DisplayName, ParticipantId, RoomCode, SessionId, UnixMillis, UserId};
use protocol::{ChatMessage, Deed, ErrorCode, Publishing};
use seat::Seat;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use store::owners::Ownership;
use store::participants;
use store::participants::KeyHash;
use tokio::sync::{mpsc, watch};
use tracing::Instrument;

/// What an actor is born with.
pub struct Birth {
    pub code: RoomCode,
    pub registry: Arc<Registry>,
    pub mailbox: mpsc::Receiver<Letter>,
    pub media: mpsc::Receiver<sfu::Event>,
    /// The way into its own mailbox, for the answers of the media threads.
    pub own: mpsc::WeakSender<Letter>,
    pub occupancy: watch::Sender<Occupancy>,
}

/// One live room.
struct RoomActor {
    room: Room,
    ownership: Ownership,
    /// When the lease must be renewed, unless a write does it before.
    renew_at: UnixMillis,
    /// Set once the room must not be served any more.
    ending: Option<Ending>,
    registry: Arc<Registry>,
    own: mpsc::WeakSender<Letter>,
    occupancy: watch::Sender<Occupancy>,
    /// Who sits where, of everybody who is here.
    claims: BTreeMap<(UserId, KeyHash), ParticipantId>,
    seats: BTreeMap<ParticipantId, Seat>,
    /// The newest chat messages, oldest first.
    chat: VecDeque<ChatMessage>,
    joins: Limiter<UserId>,
    arrivals: Limiter<Address>,
    reconnects: Limiter<UserId>,
    chatter: Limiter<UserId>,
    /// Who spoke last.
    floor: Option<ParticipantId>,
    /// A newcomer who is not counted in the occupancy yet.
    arriving: Option<Arriving>,
    /// Whose socket could not keep up and is to be reported as dropped.
    overflowed: Vec<ParticipantId>,
    /// Set after the database failed while a deadline was due.
    retry_at: Option<UnixMillis>,
    idle_since: UnixMillis,
    /// The paid sessions that are not over.
    sessions: BTreeMap<SessionId, Session>,
    /// Places that are kept for whoever is just paying.
    promised: Places,
}

/// What somebody who asks to come in brings along.
#[derive(Debug, Default)]
struct Arrival {
    /// The seat, if the database does not know it yet, and the name that goes with it.
    seat: Option<(participants::Seat, DisplayName)>,
    /// The login by which they come, and its epoch; guests have none.
    login: Option<(UserId, i64)>,
    /// What they send, so that the others hear of a newcomer with the right marks from the start.
    publishing: Publishing,
}

/// What to do after a letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    Go,
    Stop,
}

/// Lives the life of one room's actor, from loading to unloading.
pub async fn run(mut birth: Birth) {
    let mut ending = Ending::Done;
    match RoomActor::load(&birth).await {
        Ok(Some(mut actor)) => {
            let id = actor.room.id;
            birth.registry.register(id, birth.code);
            let span = tracing::info_span!("room", room.id = %id);
            ending = actor.live(&mut birth.mailbox, &mut birth.media).instrument(span).await;
            actor.let_go(ending).await;
            drop(actor);
            birth.mailbox.close();
            birth.registry.forget(birth.code, Some(id), &birth.mailbox);
        }
        Ok(None) => birth.refuse(Letter::refuse_unknown_room).await,
        Err(Error::Elsewhere) => {
            tracing::debug!(room.code = %birth.code, "Another server holds the room.");
            birth.refuse(Letter::refuse_room_elsewhere).await;
        }
        Err(error) => {
            log_load_failure(birth.code, &error);
            birth.refuse(Letter::refuse_broken_room).await;
        }
    }
    // Whoever asked while the room was closing asks its successor.
    while let Some(letter) = birth.mailbox.recv().await {
        if letter.is_request() {
            birth.registry.forward(birth.code, letter).await;
        }
    }
    if ending == Ending::Unconfirmed {
        birth.registry.forward(birth.code, Letter::Wake).await;
    }
}

impl Birth {
    /// Answers everybody who asked for a room that does not come to life.
    async fn refuse(&mut self, answer: impl Fn(Letter)) {
        self.mailbox.close();
        self.registry.forget(self.code, None, &self.mailbox);
        while let Some(letter) = self.mailbox.recv().await {
            answer(letter);
        }
    }
}

fn log_load_failure(code: RoomCode, error: &Error) {
    let error = error as &dyn std::error::Error;
    tracing::error!(room.code = %code, error, "A room could not be loaded.");
}

impl RoomActor {
    async fn live(
        &mut self,
        mailbox: &mut mpsc::Receiver<Letter>,
        media: &mut mpsc::Receiver<sfu::Event>,
    ) -> Ending {
        self.announce_occupancy();
        loop {
            let next = tokio::select! {
                // Deadlines first: nobody is answered who should have been gone.
                biased;
                () = self.deadline() => {
                    if self.may_unload() {
                        return Ending::Done;
                    }
                    self.meet_deadlines().await;
                    Next::Go
                }
                Some(event) = media.recv() => {
                    self.handle_media(event).await;
                    Next::Go
                }
                letter = mailbox.recv() => match letter {
                    Some(letter) => self.handle(letter).await,
                    None => Next::Stop,
                },
            };
            if next == Next::Stop {
                return Ending::Done;
            }
            self.settle().await;
            if let Some(ending) = self.ending {
                return ending;
            }
        }
    }

    async fn handle(&mut self, letter: Letter) -> Next {
        // Whoever asked may be gone: a reply that nobody waits for is dropped.
        match letter {
            Letter::Entry { visitor, invite, reply } => {
                let _ = reply.send(self.entry(visitor, invite).await);
            }
            Letter::Settings { user, reply } => {
                let _ = reply.send(self.settings(user).await);
            }
            Letter::Errand { user, errand, reply } => {
                let _ = reply.send(self.run_errand(user, *errand).await);
            }
            Letter::Join { visitor, request, reply } => self.join(visitor, *request, reply).await,
            Letter::Program { offer, reply } => self.come_as_program(*offer, reply).await,
            Letter::ProgramSession { key, token, act, reply } => {
                let _ = reply.send(self.program_session((key, token), act).await);
            }
            Letter::Answered(answered) => self.answered(*answered).await,
            Letter::Reconnect { claim, reply } => {
                let _ = reply.send(self.reconnect(claim));
            }
            Letter::Act { claim, act, reply } => {
                let _ = reply.send(self.act(claim, act).await);
            }
            Letter::Say { claim, id, text, reply } => {
                let _ = reply.send(self.say(claim, id, text).await);
            }
            Letter::Connect { participant, socket, reply } => {
                let _ = reply.send(self.connect(participant, socket).await);
            }
            Letter::Heard { participant, socket, message } => self.hear(participant, socket, message),
            Letter::Closed { participant, socket, closing } => {
                self.closed(participant, socket, closing).await
            }
            Letter::Adopt { from, to, reply } => {
                let _ = reply.send(self.adopt(from, to).await);
            }
            Letter::Forget { user, ghost, reply } => {
                let _ = reply.send(self.forget(user, ghost).await);
            }
            letter @ (Letter::Pay { .. }
            | Letter::Priced { .. }
            | Letter::Price { .. }
            | Letter::Extend { .. }
            | Letter::Bill { .. }
            | Letter::CancelSession { .. }
            | Letter::Session { .. }) => self.handle_about_money(letter).await,
            Letter::SignOut { user, browsers, reply } => {
                let _ = reply.send(self.sign_out(user, browsers).await);
            }
            Letter::Fade { by, from, reply } => {
                let _ = reply.send(self.fade(by, from).await);
            }
            Letter::Wake => {}
            Letter::Stop => return Next::Stop,
        }
        Next::Go
    }

    async fn handle_about_money(&mut self, letter: Letter) {
        match letter {
            Letter::Pay { visitor, invite, terms, reply } => {
                let _ = reply.send(self.pay(visitor, invite, terms).await);
            }
            Letter::Priced { reply } => {
                let _ = reply.send(self.priced().await);
            }
            Letter::Price { by, offer, reply } => {
                let _ = reply.send(self.price_as_operator(by, offer).await);
            }
            Letter::Extend { user, reply } => {
                let _ = reply.send(self.extend(user).await);
            }
            Letter::Bill { session, reply } => {
                let _ = reply.send(self.pay_bill(session).await);
            }
            Letter::CancelSession { session, at, reply } => {
                let command = session::Command::Cancel { by: Party::Payer };
                let _ = reply.send(self.run_session_as_of(session, command, at).await);
            }
            Letter::Session { session, command, reply } => {
                let _ = reply.send(self.run_session(session, command).await);
            }
            _ => unreachable!("its caller sends no other letters here"),
        }
    }

    /// Finds the participant that a request comes from; a key alone or a user alone is nobody.
    fn seat_of(&self, claim: Claim) -> Result<ParticipantId, Error> {
        let found = self.claims.get(&(claim.user, key_hash(claim.key))).copied();
        found.ok_or(Error::Refused(match self.room.phase {
            Phase::Ended { .. } => ErrorCode::RoomEnded,
            Phase::Idle | Phase::Open { .. } => ErrorCode::NotPresent,
        }))
    }

    async fn act(&mut self, claim: Claim, act: Act) -> Result<(), Error> {
        let by = match (self.seat_of(claim), act) {
            (Ok(by), _) => by,
            // A repeated goodbye is harmless.
            (Err(_), Act::Leave) => return Ok(()),
            (Err(error), _) => return Err(error),
        };
        let command = match act {
            Act::Leave => Command::Leave { participant: by },
            Act::Do(deed) => self.command(by, deed)?,
        };
        self.carry_out(&command).await
    }

    /// What a deed asks of the room. What concerns the room as a whole is asked in the user's name, but only
    /// somebody inside asks it here.
    fn command(&self, by: ParticipantId, deed: Deed) -> Result<Command, Error> {
        let user = |participant: ParticipantId| self.room.people.get(&participant).map(|person| person.user);
        let asker = || {
            let inside = self.room.is_present(by).then(|| user(by)).flatten();
            inside.ok_or(Error::Refused(ErrorCode::NotPresent))
        };
        Ok(match deed {
            Deed::Admit(participant) => Command::Admit { by, participant },
            Deed::AdmitAll => Command::AdmitAll { by },
            Deed::Deny(participant) => Command::Deny { by, participant },
            Deed::DenyAll => Command::DenyAll { by },
            Deed::Remove(participant) => Command::Remove { by, participant },
            Deed::Ban(participant) => Command::Ban { by, participant },
            Deed::Mute { participant, source } => Command::Mute { by, participant, source },
            Deed::LetSpeak(participant) => Command::LetSpeak { by, participant },
            Deed::Appoint { participant, role } => {
                let whom = user(participant).ok_or(Error::Refused(ErrorCode::NoSuchParticipant));
                Command::Appoint { by: asker()?, user: whom?, role }
            }
            Deed::TakeBack(participant) => {
                let whom = user(participant).ok_or(Error::Refused(ErrorCode::NoSuchParticipant));
                Command::TakeBack { by: asker()?, user: whom? }
            }
            Deed::HandOver(participant) => Command::HandOver { by: asker()?, participant },
            Deed::Tweak(tweak) => {
                let policy = Box::new(tweak.applied_to(self.room.policy.clone()));
                Command::SetPolicy { by: asker()?, policy }
            }
            Deed::End => Command::End { by: asker()? },
        })
    }

    /// Decides, saves, applies and publishes.
    async fn carry_out(&mut self, command: &Command) -> Result<(), Error> {
        self.carry_out_for(command, Arrival::default()).await
    }

    /// The same for somebody who asks to come in.
    async fn carry_out_for(&mut self, command: &Command, arrival: Arrival) -> Result<(), Error> {
        let now = self.now();
        self.refuse_power_to_programs(command)?;
        let events = decide(&self.room, command, now)?;
        self.make_true(&events, arrival, now).await
    }

    /// Reports what came to light while others were told, until nothing more does.
    async fn settle(&mut self) {
        while let Some(participant) = self.overflowed.pop() {
            tracing::info!(participant.id = %participant, "A socket could not keep up and was closed.");
            self.drop_link(participant, Closing::Lost).await;
        }
        self.aim_players();
        self.announce_occupancy();
        // After that: for a moment they count twice, and never not at all.
        self.arriving = None;
        if !self.room.people.is_empty() {
            self.idle_since = self.now();
        }
    }

    async fn drop_link(&mut self, participant: ParticipantId, closing: Closing) {
        match self.carry_out(&Command::Drop { participant, closing }).await {
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => self.note_failure(&error),
        }
    }

    fn announce_occupancy(&self) {
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let now = Occupancy {
            present: count(self.room.present_count()),
            waiting: count(self.room.waiting_count()),
        };
        self.occupancy.send_if_modified(|before| std::mem::replace(before, now) != now);
    }

    fn now(&self) -> UnixMillis {
        self.registry.ambient.now()
    }
}

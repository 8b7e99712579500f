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
//! | `join` | coming in, and the answer of the media threads |
//! | `lines` | sockets: connecting, hearing, closing |
//! | `publish` | snapshots, views, and who is told |
//!
//! Invariants: nothing is applied that was not saved; the events of one command are saved in one
//! transaction; whoever is not inside is told of nothing but themselves; while the media threads work
//! on an answer the mailbox goes on. Publishing marks, slots and speakers are not saved.
//!
//! Not here: the rules, which are `domain::room`'s, and who may reach the room, which is
//! [`registry`](crate::registry)'s.

mod join;
pub mod letter;
mod lines;
mod publish;
pub mod seat;

use crate::rate::{JOINS, Limiter};
use crate::registry::{Occupancy, Registry};
use crate::secret::key_hash;
use crate::{Error, translate};
use domain::room::{Admission, Closing, Command, Link, Phase, admission, decide};
use domain::{Event, Room};
use letter::{Act, Claim, Letter};
use model::{ChatText, DisplayName, MessageId, ParticipantId, RoomCode, UnixMillis, UserId};
use protocol::limits::{ROOM_CHAT, SNAPSHOT_CHAT};
use protocol::{ChatMessage, EntryState, EntryView, ErrorCode, Publishing};
use seat::Seat;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use store::chat::ChatRow;
use store::participants::KeyHash;
use store::{chat, journal, participants, rooms};
use tokio::sync::{mpsc, watch};
use tracing::Instrument;

/// How long an actor stays after the last person is gone, in milliseconds.
const IDLE_MS: i64 = 60_000;
/// After a failure of the database, how long until a deadline is tried again, in milliseconds.
const RETRY_MS: i64 = 1_000;
/// How many users' join rates one room remembers.
const JOINERS: usize = 1_000;

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
    registry: Arc<Registry>,
    own: mpsc::WeakSender<Letter>,
    occupancy: watch::Sender<Occupancy>,
    /// Who sits where, of everybody who is here.
    claims: BTreeMap<(UserId, KeyHash), ParticipantId>,
    seats: BTreeMap<ParticipantId, Seat>,
    /// The newest chat messages, oldest first.
    chat: VecDeque<ChatMessage>,
    joins: Limiter<UserId>,
    /// Whose socket could not keep up and is to be reported as dropped.
    overflowed: Vec<ParticipantId>,
    /// Set after the database failed while a deadline was due.
    retry_at: Option<UnixMillis>,
    idle_since: UnixMillis,
}

/// What somebody who asks to come in brings along.
#[derive(Debug, Default)]
struct Arrival {
    /// The seat, if the database does not know it yet, and the name that goes with it.
    seat: Option<(participants::Seat, DisplayName)>,
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
    match RoomActor::load(&birth).await {
        Ok(Some(actor)) => {
            let id = actor.room.id;
            birth.registry.register(id, birth.code);
            let span = tracing::info_span!("room", room.id = %id);
            actor.live(&mut birth.mailbox, &mut birth.media).instrument(span).await;
            birth.mailbox.close();
            birth.registry.forget(birth.code, Some(id), &birth.mailbox);
        }
        Ok(None) => {
            birth.mailbox.close();
            birth.registry.forget(birth.code, None, &birth.mailbox);
            while let Some(letter) = birth.mailbox.recv().await {
                letter.refuse_unknown_room();
            }
        }
        Err(error) => {
            log_load_failure(birth.code, &error);
            birth.mailbox.close();
            birth.registry.forget(birth.code, None, &birth.mailbox);
            while let Some(letter) = birth.mailbox.recv().await {
                letter.refuse_broken_room();
            }
        }
    }
    // Whoever asked while the room was closing asks its successor.
    while let Some(letter) = birth.mailbox.recv().await {
        if letter.is_request() {
            birth.registry.forward(birth.code, letter).await;
        }
    }
}

fn log_load_failure(code: RoomCode, error: &Error) {
    let error = error as &dyn std::error::Error;
    tracing::error!(room.code = %code, error, "A room could not be loaded.");
}

/// Tells the operator what the journal tells.
fn log(event: &Event) {
    match journal::word(event) {
        Some((event, Some(participant))) => {
            tracing::info!(event, participant.id = %participant, "Somebody's place in a room changed.");
        }
        Some((event, None)) => tracing::info!(event, "A room changed."),
        None => {}
    }
}

impl RoomActor {
    async fn load(birth: &Birth) -> Result<Option<Self>, Error> {
        let registry = birth.registry.clone();
        let Some(loaded) = rooms::load(&registry.store, birth.code).await? else { return Ok(None) };
        let mut room = loaded.room;
        let limit = u32::try_from(SNAPSHOT_CHAT).expect("a snapshot is small");
        let said = chat::load_newest(&registry.store, room.id, limit).await?;
        let now = registry.ambient.now();
        room.resume(now);
        // Whoever an earlier actor of this room let in to the media, this one knows nothing of.
        registry.media.command(sfu::Command::CloseRoom { room: room.id });
        Ok(Some(Self {
            claims: loaded.seats.iter().map(|seat| ((seat.user, seat.key), seat.participant)).collect(),
            seats: room.people.keys().map(|participant| (*participant, Seat::new())).collect(),
            chat: said.into_iter().map(publish::chat_message).collect(),
            joins: Limiter::new(JOINS, JOINERS),
            overflowed: Vec::new(),
            retry_at: None,
            idle_since: now,
            room,
            registry,
            own: birth.own.clone(),
            occupancy: birth.occupancy.clone(),
        }))
    }

    async fn live(mut self, mailbox: &mut mpsc::Receiver<Letter>, media: &mut mpsc::Receiver<sfu::Event>) {
        self.announce_occupancy();
        loop {
            let next = tokio::select! {
                // Deadlines first: nobody is answered who should have been gone.
                biased;
                () = self.deadline() => {
                    if self.may_unload() {
                        return;
                    }
                    self.sweep().await;
                    Next::Go
                }
                Some(event) = media.recv() => {
                    self.handle_media(event);
                    Next::Go
                }
                letter = mailbox.recv() => match letter {
                    Some(letter) => self.handle(letter).await,
                    None => Next::Stop,
                },
            };
            if next == Next::Stop {
                return;
            }
            self.settle().await;
        }
    }

    async fn handle(&mut self, letter: Letter) -> Next {
        // Whoever asked may be gone: a reply that nobody waits for is dropped.
        match letter {
            Letter::Entry { user, reply } => {
                let _ = reply.send(Ok(self.entry(user)));
            }
            Letter::Join { claim, request, reply } => self.join(claim, *request, reply).await,
            Letter::Answered(answered) => self.answered(*answered).await,
            Letter::Reconnect { claim, reply } => {
                let ticket = self.seat_of(claim).and_then(|participant| self.issue_ticket(participant));
                let _ = reply.send(ticket);
            }
            Letter::Act { claim, act, reply } => {
                let done = self.act(claim, act).await;
                let _ = reply.send(done);
            }
            Letter::Say { claim, id, text, reply } => {
                let done = self.say(claim, id, text).await;
                let _ = reply.send(done);
            }
            Letter::Connect { participant, reply } => {
                let opened = self.connect(participant).await;
                let _ = reply.send(opened);
            }
            Letter::Heard { participant, socket, message } => self.hear(participant, socket, message),
            Letter::Closed { participant, socket, closing } => {
                self.closed(participant, socket, closing).await;
            }
            Letter::Wake => {}
            Letter::Stop => return Next::Stop,
        }
        Next::Go
    }

    /// Finds the participant that a request comes from; a key alone or a user alone is nobody.
    fn seat_of(&self, claim: Claim) -> Result<ParticipantId, Error> {
        let found = self.claims.get(&(claim.user, key_hash(claim.key))).copied();
        found.ok_or(Error::Refused(match self.room.phase {
            Phase::Ended { .. } => ErrorCode::RoomEnded,
            Phase::Idle | Phase::Open { .. } => ErrorCode::NotPresent,
        }))
    }

    fn entry(&self, user: Option<UserId>) -> EntryView {
        let hosting = user == Some(self.room.owner);
        let state = match (self.room.phase, admission(&self.room, user)) {
            (Phase::Ended { at }, _) => EntryState::Ended { at },
            (_, Admission::WalkIn) => EntryState::Open,
            (_, Admission::Knock) => EntryState::Knock { host_present: self.room.host_is_present() },
            (_, Admission::Full) => EntryState::Full,
        };
        EntryView { code: self.room.code, name: self.room.name.clone(), state, hosting }
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
            Act::Admit(participant) => Command::Admit { by, participant },
            Act::AdmitAll => Command::AdmitAll { by },
            Act::Deny(participant) => Command::Deny { by, participant },
            Act::Remove(participant) => Command::Remove { by, participant },
            Act::End => Command::End { by },
        };
        self.carry_out(&command).await
    }

    async fn say(&mut self, claim: Claim, id: MessageId, text: ChatText) -> Result<(), Error> {
        let from = self.seat_of(claim)?;
        let now = self.now();
        let (Some(person), Some(seat)) = (self.room.people.get(&from), self.seats.get_mut(&from)) else {
            return Err(Error::Refused(ErrorCode::NotPresent));
        };
        if !person.standing.is_present() {
            return Err(Error::Refused(ErrorCode::NotPresent));
        }
        if self.chat.iter().any(|said| said.id == id) {
            return Ok(());
        }
        if !seat.chat.take(now) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let row = ChatRow { id, from, name: person.name.clone(), text, at: now };
        let keep = u32::try_from(ROOM_CHAT).expect("a room's chat is bounded");
        let mut tx = self.registry.store.begin().await?;
        let is_new = chat::insert_new(&mut tx, self.room.id, &row).await?;
        chat::trim(&mut tx, self.room.id, keep).await?;
        tx.commit().await?;
        if is_new {
            self.publish_chat(publish::chat_message(row));
        }
        Ok(())
    }

    /// Decides, saves, applies and publishes.
    async fn carry_out(&mut self, command: &Command) -> Result<(), Error> {
        self.carry_out_for(command, Arrival::default()).await
    }

    /// The same for somebody who asks to come in.
    async fn carry_out_for(&mut self, command: &Command, arrival: Arrival) -> Result<(), Error> {
        let now = self.now();
        let events = decide(&self.room, command, now)?;
        if events.iter().any(journal::is_durable) {
            let mut tx = self.registry.store.begin().await?;
            if let Some((seat, name)) = &arrival.seat {
                participants::insert_new(&mut tx, self.room.id, seat, name).await?;
            }
            for event in &events {
                journal::append(&mut tx, self.room.id, event, now).await?;
            }
            tx.commit().await?;
        }
        let host_was_present = self.room.host_is_present();
        for event in &events {
            self.room.apply(event);
            self.make_seat(event, arrival.publishing);
            self.publish(event);
            self.release(event);
            log(event);
        }
        if host_was_present != self.room.host_is_present() {
            self.tell_the_door();
        }
        Ok(())
    }

    /// Makes the things that a seat has, before anybody is told of it.
    fn make_seat(&mut self, event: &Event, publishing: Publishing) {
        if let Event::Knocked { participant, .. } = event {
            self.seats.insert(*participant, Seat::new());
        }
        if let Event::Entered { participant, .. } = event {
            let seat = self.seats.entry(*participant).or_insert_with(Seat::new);
            seat.newcomer = true;
            seat.publishing = publishing;
            seat.doorbell = seat.socket.take();
        }
    }

    /// Gives back what the seats had of those who are gone, after everybody was told.
    fn release(&mut self, event: &Event) {
        if let Some(command) = translate::command(event, self.room.id, |id| self.seats.get(&id)?.peer) {
            self.registry.media.command(command);
        }
        let people = &self.room.people;
        self.seats.retain(|participant, seat| {
            let stays = people.contains_key(participant);
            if !stays {
                // A connection that is still being made is closed when its answer comes.
                seat.opening = None;
            }
            stays
        });
        self.claims.retain(|_, participant| people.contains_key(participant));
    }

    /// Reports what came to light while others were told, until nothing more does.
    async fn settle(&mut self) {
        while let Some(participant) = self.overflowed.pop() {
            tracing::info!(participant.id = %participant, "A socket could not keep up and was closed.");
            self.drop_link(participant, Closing::Lost).await;
        }
        self.announce_occupancy();
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

    async fn sweep(&mut self) {
        self.retry_at = None;
        // Only a failing database leaves somebody connected who has no socket.
        let connected = |link: Option<Link>| link == Some(Link::Connected);
        let has_socket = |participant| self.seats.get(participant).is_some_and(|seat| seat.socket.is_some());
        let people = self.room.people.iter();
        let stale = people.filter(|(id, person)| connected(person.standing.link()) && !has_socket(id));
        for participant in stale.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.drop_link(participant, Closing::Lost).await;
        }
        match self.carry_out(&Command::Sweep).await {
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => self.note_failure(&error),
        }
    }

    fn note_failure(&mut self, error: &Error) {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, "A room could not be saved.");
        self.retry_at = Some(self.now().plus(RETRY_MS));
    }

    /// Waits until something is due.
    async fn deadline(&self) {
        let due = match (self.retry_at, self.room.next_deadline()) {
            // While the database fails, what is due waits for the retry.
            (Some(retry_at), _) => retry_at,
            (None, Some(deadline)) => deadline,
            (None, None) if self.room.people.is_empty() => self.idle_since.plus(IDLE_MS),
            (None, None) => return std::future::pending().await,
        };
        let wait_ms = due.since(self.now());
        if wait_ms == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await;
    }

    fn may_unload(&self) -> bool {
        self.room.people.is_empty() && self.retry_at.is_none() && self.now().since(self.idle_since) >= IDLE_MS
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

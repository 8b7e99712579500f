//! Which rooms are live, and the way to each.
//!
//! An actor is made when the first letter for its room comes, loads the room by itself, and leaves when
//! nobody has been there for a while, or when another server has the room. A letter that comes while it
//! leaves goes to its successor. An actor that dies of a bug takes nobody along: its room starts again from
//! what was saved. The lock is held for a look-up only, never across an await.

use crate::Error;
use crate::bus::Bus;
use crate::guesses::Guesses;
use crate::invites::InviteKey;
use crate::lines::{Lines, Note};
use crate::mailing::Mailing;
use crate::media::MediaPort;
use crate::payments::{Outbox, Payments};
use crate::room_actor::letter::{Letter, Reply};
use crate::room_actor::{Birth, run};
use crate::rooms::Setup;
use crate::tickets::{Admit, Tickets};
use crate::time::Ambient;
use crate::turnstile::{Arriving, Turnstile};
use domain::load::{Cause, Counts};
use model::{EmailAddress, RoomCode, RoomId, UserId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Store;
use store::owners::Writer;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

/// How many letters may lie in one room's mailbox; whoever writes more waits.
const MAILBOX: usize = 256;
/// How many media events may queue towards one room; more are dropped, and the log says so.
const MEDIA_QUEUE: usize = 1_024;
/// How many successors a letter may be sent on to.
const SUCCESSORS: usize = 4;

/// How long a room rests after its actor died, so that a room that cannot live does not take the processor.
const REVIVAL_PAUSE: Duration = Duration::from_secs(1);

/// How many people a live room has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Occupancy {
    pub present: u16,
    pub waiting: u16,
}

/// What all rooms share, and the way to each live one.
pub struct Registry {
    pub store: Store,
    pub media: Arc<dyn MediaPort>,
    pub ambient: Arc<dyn Ambient>,
    /// As whom this process writes its rooms.
    pub writer: Writer,
    pub invites: InviteKey,
    /// Where mails can be sent.
    pub mailing: Option<Arc<Mailing>>,
    /// Where money can be taken.
    outbox: Option<Arc<Outbox>>,
    /// By their addresses.
    pub operators: Vec<EmailAddress>,
    pub turnstile: Turnstile,
    /// By which rooms speak to call sockets.
    pub bus: Arc<dyn Bus>,
    /// The lines of pages that ring.
    pub lines: Arc<Lines>,
    /// Where actors live. Whoever asks for a room may do so from the thread that renders a page, which has
    /// a runtime of its own; an actor that was started there would live at the mercy of that thread.
    runtime: Handle,
    tickets: Mutex<Tickets<Admit>>,
    guesses: Mutex<Guesses>,
    actors: Mutex<Actors>,
}

#[derive(Default)]
struct Actors {
    stopping: bool,
    by_code: BTreeMap<RoomCode, Entry>,
    codes: BTreeMap<RoomId, RoomCode>,
}

struct Entry {
    mailbox: mpsc::Sender<Letter>,
    media: mpsc::Sender<sfu::Event>,
    occupancy: watch::Receiver<Occupancy>,
}

impl Actors {
    /// How full the live rooms are together.
    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entry in self.by_code.values() {
            let Occupancy { present, waiting } = *entry.occupancy.borrow();
            counts.rooms += u32::from(present > 0);
            counts.people += u32::from(present);
            counts.waiting += u32::from(waiting);
        }
        counts
    }
}

impl Registry {
    pub fn new(setup: Setup) -> Self {
        let Setup { store, writer, invites, turnstile, media, ambient, mail, payments, operators, bus } =
            setup;
        let outbox = payments.map(|payments| {
            let (store, ambient) = (store.clone(), ambient.clone());
            let writing = (mail.clone(), operators.clone(), invites.clone());
            Outbox::start(store, payments, writing, ambient)
        });
        let mailing = mail.map(|mail| Mailing::start(store.clone(), mail, ambient.clone(), invites.clone()));
        Self {
            store,
            media,
            ambient,
            writer,
            invites,
            mailing,
            outbox,
            operators,
            turnstile,
            bus,
            lines: Arc::default(),
            runtime: Handle::current(),
            tickets: Mutex::new(Tickets::default()),
            guesses: Mutex::new(Guesses::new()),
            actors: Mutex::new(Actors::default()),
        }
    }

    /// How this server takes money, if it does.
    pub fn payments(&self) -> Option<&Payments> {
        self.outbox.as_ref().map(|outbox| outbox.payments())
    }

    /// A session may have ordered something.
    pub fn nudge_outbox(&self) {
        if let Some(outbox) = &self.outbox {
            outbox.nudge();
        }
    }

    /// Every ticket that is out.
    pub fn tickets(&self) -> MutexGuard<'_, Tickets<Admit>> {
        // Each change to the table is one call, so a panic elsewhere cannot have left it half done.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wrong passcodes may still be typed.
    pub fn guesses(&self) -> MutexGuard<'_, Guesses> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes to a room and waits for the answer.
    pub async fn ask<T>(
        self: &Arc<Self>,
        code: RoomCode,
        letter: impl FnOnce(Reply<T>) -> Letter,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.post(code, letter(reply)).await?;
        answer.await.map_err(|_| Error::Gone)?
    }

    /// Writes to a room, bringing it to life if need be.
    pub async fn post(self: &Arc<Self>, code: RoomCode, mut letter: Letter) -> Result<(), Error> {
        for _ in 0..SUCCESSORS {
            match self.mailbox(code)?.send(letter).await {
                Ok(()) => return Ok(()),
                Err(returned) => letter = returned.0,
            }
        }
        Err(Error::Gone)
    }

    /// Writes to a room if it is live; one that is not will read from the database what happened.
    pub async fn post_if_live(&self, code: RoomCode, letter: Letter) {
        let mailbox = self.actors().by_code.get(&code).map(|entry| entry.mailbox.clone());
        if let Some(mailbox) = mailbox {
            // One that is just leaving has nobody inside.
            let _ = mailbox.send(letter).await;
        }
    }

    /// Passes on a letter that came while an actor was leaving.
    pub async fn forward(self: &Arc<Self>, code: RoomCode, letter: Letter) {
        // Whoever waits for an answer sees that none will come.
        let _ = self.post(code, letter).await;
    }

    /// Passes on what happened at the media threads, if the room is live.
    pub fn report(&self, event: sfu::Event) {
        let room = match &event {
            sfu::Event::Connected { room, .. }
            | sfu::Event::Lost { room, .. }
            | sfu::Event::Slots { room, .. }
            | sfu::Event::Layers { room, .. }
            | sfu::Event::Speaking { room, .. } => *room,
        };
        let actors = self.actors();
        let entry = actors.codes.get(&room).and_then(|code| actors.by_code.get(code));
        let Some(entry) = entry else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = entry.media.try_send(event) {
            tracing::warn!(room.id = %room, "A room does not keep up with its media; an event is lost.");
        }
    }

    /// Whether the room has an actor here.
    pub fn is_live(&self, code: RoomCode) -> bool {
        self.actors().by_code.get(&code).is_some_and(|entry| !entry.mailbox.is_closed())
    }

    /// Whether the server comes to its end.
    pub fn is_stopping(&self) -> bool {
        self.actors().stopping
    }

    /// How many people are in a room; nobody is in one that is not live.
    pub fn occupancy(&self, code: RoomCode) -> Occupancy {
        self.actors().by_code.get(&code).map(|entry| *entry.occupancy.borrow()).unwrap_or_default()
    }

    /// Why nobody new comes in anywhere, if so; `opens_room` if they would be the only one in theirs.
    /// How many rooms, people and sockets there are.
    pub fn counts(&self) -> Counts {
        Counts { sockets: self.turnstile.sockets(), ..self.actors().counts() }
    }

    /// Why a newcomer would be refused, if they were.
    pub fn fullness(&self, opens_room: bool) -> Option<Cause> {
        self.turnstile.refusal(self.actors().counts(), opens_room)
    }

    /// Lets a newcomer past, or says why not. The lock is held from the counting to the letting past, so that
    /// of two only one takes the last place.
    pub fn let_past(&self, opens_room: bool) -> Result<Arriving, Cause> {
        let actors = self.actors();
        match self.turnstile.refusal(actors.counts(), opens_room) {
            Some(cause) => Err(cause),
            None => Ok(self.turnstile.let_past(opens_room)),
        }
    }

    /// Somebody came into a room, or went out of one.
    pub fn note_move(&self, user: UserId) {
        self.lines.note(Note::Moved(user));
    }

    /// Notes the id of a live room, so that media events find it.
    pub fn register(&self, id: RoomId, code: RoomCode) {
        self.actors().codes.insert(id, code);
    }

    /// Takes an actor out that is about to leave, unless it has a successor already.
    pub fn forget(&self, code: RoomCode, id: Option<RoomId>, mailbox: &mpsc::Receiver<Letter>) {
        debug_assert!(mailbox.is_closed(), "a mailbox is closed before its room is forgotten");
        let mut actors = self.actors();
        if actors.by_code.get(&code).is_some_and(|entry| entry.mailbox.is_closed()) {
            actors.by_code.remove(&code);
            if let Some(id) = id {
                actors.codes.remove(&id);
            }
        }
    }

    /// Stops every actor, and waits until they have.
    pub async fn stop(&self) {
        let mailboxes: Vec<_> = {
            let mut actors = self.actors();
            actors.stopping = true;
            actors.by_code.values().map(|entry| entry.mailbox.clone()).collect()
        };
        for mailbox in mailboxes {
            // An actor that is leaving by itself needs no letter.
            let _ = mailbox.send(Letter::Stop).await;
            mailbox.closed().await;
        }
        // Last, so that who just left a direct call has ended it.
        self.lines.stop();
    }

    fn mailbox(self: &Arc<Self>, code: RoomCode) -> Result<mpsc::Sender<Letter>, Error> {
        let mut actors = self.actors();
        if actors.stopping {
            return Err(Error::Gone);
        }
        let live =
            actors.by_code.get(&code).map(|entry| &entry.mailbox).filter(|mailbox| !mailbox.is_closed());
        if let Some(mailbox) = live {
            return Ok(mailbox.clone());
        }
        let (mailbox, letters) = mpsc::channel(MAILBOX);
        let (media, events) = mpsc::channel(MEDIA_QUEUE);
        let (announce, occupancy) = watch::channel(Occupancy::default());
        actors.by_code.insert(code, Entry { mailbox: mailbox.clone(), media, occupancy });
        self.runtime.spawn(watch_over(Birth {
            code,
            registry: self.clone(),
            mailbox: letters,
            media: events,
            own: mailbox.downgrade(),
            occupancy: announce,
        }));
        Ok(mailbox)
    }

    fn actors(&self) -> MutexGuard<'_, Actors> {
        // Each change to the table is one call, so a panic elsewhere cannot have left it half done.
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets an actor live. One that panics is our bug: its room comes back from what was saved, so that
/// whoever was in it finds their seat, or is gone after the grace time.
async fn watch_over(birth: Birth) {
    let (code, registry) = (birth.code, birth.registry.clone());
    if tokio::spawn(run(birth)).await.is_err() {
        tracing::error!(room.code = %code, "A room's actor died; the room starts again.");
        tokio::time::sleep(REVIVAL_PAUSE).await;
        registry.forward(code, Letter::Wake).await;
    }
}

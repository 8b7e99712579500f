//! Direct calls: ringing somebody, answering, and the room where the two meet.
//!
//! The room is made by the answer, so that whoever is not answered leaves none behind. It ends with the call.
//! It is owned by nobody: neither of the two can let somebody in of whom the other does not know.

use super::{People, teller};
use crate::Error;
use crate::lines::Note;
use domain::ring::{self, Command, Ending, Ring, Stage, Start};
use model::{RingId, RoomCode, RoomName, UserId};
use protocol::{CallEnding, CallState, CallView, Errand, PeopleRefusal, PersonView, RingAnswer};
use std::sync::atomic::Ordering;
use store::{accounts, contacts, rings};

/// What the room of the two is called, the same in every language. It names nobody: the name outlives the
/// call, and perhaps the account.
pub(super) const ROOM: &str = "1:1";
/// The longest before deadlines are read again, in milliseconds: another server may have made some.
const LOOK_MS: i64 = 10_000;

impl People {
    /// Rings a contact.
    pub async fn call(&self, user: UserId, contact: UserId) -> Result<CallView, Error> {
        self.allow(|limits| &mut limits.rings, user)?;
        self.allow(|limits| &mut limits.rings_of_one, (user, contact))?;
        let this = self.clone();
        self.to_its_end(async move { this.ring(user, contact).await }).await
    }

    async fn ring(&self, user: UserId, contact: UserId) -> Result<CallView, Error> {
        // What is due is over, so that nobody is busy with what has ended.
        self.end_what_is_due().await?;
        let id = RingId::from_bits(self.0.ambient.draw());
        let mut tx = self.0.store.begin().await?;
        let known = user != contact && contacts::lock_both(&mut tx, user, contact).await?;
        if !known || !contacts::are(&mut tx, user, contact).await? {
            return Err(PeopleRefusal::NotContact.into());
        }
        let mut live = Vec::new();
        for one in [user, contact] {
            live.extend(rings::load_live_within(&mut tx, one).await?);
        }
        match ring::start(id, (user, contact), &live, self.now())? {
            Start::New(ring) | Start::Busy(ring) => {
                rings::insert(&mut tx, &ring).await?;
                tx.commit().await?;
                tracing::info!(ring.id = %ring.id, rings = ring.is_live(), "Somebody calls a contact.");
                self.note_change(&ring);
                self.call_view(user, &ring).await
            }
            Start::Known(ring) => self.call_view(user, &ring).await,
            Start::Answers(ring) => {
                drop(tx);
                self.reply(user, ring, RingAnswer::Accept).await
            }
        }
    }

    /// Answers a call, or calls it off.
    pub async fn answer(&self, user: UserId, id: RingId, answer: RingAnswer) -> Result<CallView, Error> {
        self.allow(|limits| &mut limits.errands, user)?;
        let this = self.clone();
        self.to_its_end(async move { this.reply(user, id, answer).await }).await
    }

    async fn reply(&self, user: UserId, id: RingId, answer: RingAnswer) -> Result<CallView, Error> {
        let ring = rings::load(&self.0.store, id).await?.filter(|ring| ring.has(user));
        let ring = ring.ok_or(PeopleRefusal::CallOver)?;
        let changed = match answer {
            RingAnswer::Accept => self.accept(user, &ring).await?,
            RingAnswer::Decline => self.change(&ring, Command::Decline { by: user }).await?,
            RingAnswer::Cancel => self.change(&ring, Command::Cancel { by: user }).await?,
        };
        self.call_view(user, &changed).await
    }

    /// Answers with a room for the two. One that nobody needs any more is ended.
    async fn accept(&self, user: UserId, ring: &Ring) -> Result<Ring, Error> {
        if ring.callee != user || !matches!(ring.stage, Stage::Ringing { .. }) {
            return Err(PeopleRefusal::CallOver.into());
        }
        let name = RoomName::parse(ROOM).expect("it is short");
        let room = self.0.rooms.create_for_two(owner(ring.id), [ring.caller, ring.callee], name).await?;
        let changed = self.change(ring, Command::Accept { by: user, room }).await;
        if changed.is_err() {
            self.end_room(owner(ring.id), room).await;
        }
        changed
    }

    /// The call that somebody has under way, as they see it.
    pub(super) async fn call_under_way(&self, user: UserId) -> Result<Option<CallView>, Error> {
        match rings::load_live(&self.0.store, user).await? {
            Some(ring) => self.call_view(user, &ring).await.map(Some),
            None => Ok(None),
        }
    }

    /// A call as one of the two sees it.
    pub(super) async fn call_view(&self, user: UserId, ring: &Ring) -> Result<CallView, Error> {
        let incoming = ring.callee == user;
        let other = if incoming { ring.caller } else { ring.callee };
        let row = accounts::load(&self.0.store, other).await?.ok_or(PeopleRefusal::CallOver)?;
        let with = PersonView { user: other, name: row.name };
        Ok(CallView { ring: ring.id, with, incoming, state: state(ring.stage) })
    }

    /// Stops the ringing between two who are no contacts any more. A call that was answered goes on.
    pub(super) async fn hush(&self, user: UserId, other: UserId) -> Result<(), Error> {
        let Some(ring) = rings::load_live(&self.0.store, user).await?.filter(|ring| ring.has(other)) else {
            return Ok(());
        };
        let command = match ring.callee == user {
            true => Command::Decline { by: user },
            false => Command::Cancel { by: user },
        };
        match self.change(&ring, command).await {
            // It was answered, or over, in the meantime.
            Ok(_) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks who is inside the room of somebody's call.
    pub(super) async fn look(&self, user: UserId) -> Result<(), Error> {
        match rings::load_live(&self.0.store, user).await? {
            Some(ring) => self.look_at(&ring).await,
            None => Ok(()),
        }
    }

    async fn look_at(&self, ring: &Ring) -> Result<(), Error> {
        let Stage::Connected { room, .. } = ring.stage else { return Ok(()) };
        let parties = (ring.caller, ring.callee);
        let command = Command::Look(rings::look_inside(&self.0.store, room, parties).await?);
        if ring::decide(ring, command, self.now()).is_ok_and(|events| events.is_empty()) {
            return Ok(());
        }
        match self.change(ring, command).await {
            Ok(_) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks after what nobody told, because a server died meanwhile or a room was not to be reached:
    /// answered calls that everybody has left, and rooms whose call is over.
    pub(super) async fn mend(&self) -> Result<(), Error> {
        for ring in rings::load_connected(&self.0.store).await? {
            if let Err(error) = self.look_at(&ring).await {
                teller::report(&error);
            }
        }
        for (ring, room) in rings::load_stray_rooms(&self.0.store).await? {
            self.end_room(owner(ring), room).await;
        }
        Ok(())
    }

    /// Ends the calls whose time is over.
    pub(super) async fn end_what_is_due(&self) -> Result<(), Error> {
        let _alone = self.0.ending.lock().await;
        let now = self.now();
        if now.0 < self.0.next_due.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.0.next_due.store(i64::MAX, Ordering::SeqCst);
        let ended = async {
            for ring in rings::load_due(&self.0.store, now).await? {
                self.change(&ring, Command::Sweep).await?;
            }
            rings::next_due(&self.0.store).await.map_err(Error::from)
        };
        let next = ended.await;
        // What could not be read is asked for again.
        let latest = now.0.saturating_add(LOOK_MS);
        let due = next.as_ref().map_or(i64::MIN, |next| next.map_or(latest, |next| next.0.min(latest)));
        self.0.next_due.fetch_min(due, Ordering::SeqCst);
        next.map(|_| ())
    }

    /// Decides, saves, and then tells.
    async fn change(&self, ring: &Ring, command: Command) -> Result<Ring, Error> {
        let mut tx = self.0.store.begin().await?;
        if !contacts::lock_both(&mut tx, ring.caller, ring.callee).await? {
            return Err(PeopleRefusal::CallOver.into());
        }
        let found = rings::load_within(&mut tx, ring.id).await?;
        let mut ring = found.ok_or(PeopleRefusal::CallOver)?;
        let before = ring.stage;
        let events = ring::decide(&ring, command, self.now())?;
        if events.is_empty() {
            return Ok(ring);
        }
        events.into_iter().for_each(|event| ring.apply(event));
        rings::save(&mut tx, &ring).await?;
        tx.commit().await?;
        self.note_change(&ring);
        if let (Stage::Connected { room, .. }, Stage::Ended { .. }) = (before, ring.stage) {
            self.end_room(owner(ring.id), room).await;
        }
        Ok(ring)
    }

    fn note_change(&self, ring: &Ring) {
        if let Some(due) = ring.due() {
            self.0.next_due.fetch_min(due.0, Ordering::SeqCst);
        }
        if let Stage::Ended { how, .. } = ring.stage {
            tracing::info!(ring.id = %ring.id, ?how, "A direct call ended.");
            self.lines().note(Note::Ended(ring.id));
            if let Ending::Missed | Ending::Busy | Ending::Cancelled = how {
                self.lines().note(Note::All(ring.callee));
            }
        }
        for user in [ring.caller, ring.callee] {
            self.lines().note(Note::Call(user));
            self.lines().note(Note::Presence(user));
        }
    }

    /// Ends the room of a call that is over, by the name of its owner.
    pub(super) async fn end_room(&self, owner: UserId, room: RoomCode) {
        match self.0.rooms.errand(owner, room, Errand::End).await {
            // It has ended already.
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(room.code = %room, error, "The room of a direct call could not be ended.");
            }
        }
    }
}

/// The owner of the room of a call, who is nobody.
pub(crate) const fn owner(ring: RingId) -> UserId {
    UserId::from_bits(ring.bits())
}

const fn state(stage: Stage) -> CallState {
    match stage {
        Stage::Ringing { until } => CallState::Ringing { until },
        Stage::Connected { room, .. } => CallState::Connected { room },
        Stage::Ended { how, .. } => CallState::Ended(match how {
            Ending::Over => CallEnding::Over,
            Ending::Declined => CallEnding::Declined,
            Ending::Cancelled => CallEnding::Cancelled,
            Ending::Missed => CallEnding::Missed,
            Ending::Busy => CallEnding::Busy,
        }),
    }
}

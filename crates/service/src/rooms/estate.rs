//! What happens to many rooms at once: somebody signs in, is deleted, or the time of rooms is over.
//!
//! | what | who writes it |
//! |---|---|
//! | a browser's seats and rooms become an account's | each room's actor |
//! | a user is forgotten | each room's actor |
//! | what a user has by browsers that are signed out is over | each room's actor |
//! | any of these, in a room that another server has | we, in the next epoch: nobody waits for that server |
//! | names in a room that goes on are erased | its actor; of a room that another server has, that server |
//! | a room that is over is erased | we, in the next epoch: its actor has nothing to say |
//!
//! A server whose room was taken finds out by its next write, and browsers look for the room again. Each room
//! is one transaction; whoever asks again after a failure goes on where it stopped.

use super::Rooms;
use crate::Error;
use crate::lines::Note;
use crate::registry::Registry;
use crate::room_actor::letter::Letter;
use crate::spread::{Sessions, spread};
use domain::room::{Browsers, Command, EndedBy, Phase, decide};
use domain::{Event, Room};
use model::{RoomCode, RoomId, UnixMillis, UserId};
use protocol::ErrorCode;
use store::owners::{self, RoomTransaction, Taken};
use store::rooms::Loaded;
use store::{accounts, journal, keeping, rooms, sessions};

/// How many rooms are erased at a time.
const ERASED: u32 = 200;

/// How somebody passes out of a room's mind.
#[derive(Clone, Copy)]
enum Passing {
    Adopt { from: UserId, to: UserId },
    Forget { user: UserId, ghost: UserId },
    SignOut { user: UserId, browsers: Browsers },
}

impl Rooms {
    /// Moves everything that is `from`'s in any room to `to`.
    pub(crate) async fn adopt(&self, from: UserId, to: UserId) -> Result<(), Error> {
        for room in accounts::load_rooms_touched(&self.registry.store, from).await? {
            self.pass(room, Passing::Adopt { from, to }).await?;
        }
        Ok(())
    }

    /// Leaves nothing of a user in any room, and ends theirs. What is theirs becomes `ghost`'s, who is
    /// nobody.
    pub(crate) async fn forget(&self, user: UserId, ghost: UserId) -> Result<(), Error> {
        for room in accounts::load_rooms_told(&self.registry.store, user).await? {
            self.pass(room, Passing::Forget { user, ghost }).await?;
        }
        Ok(())
    }

    /// Ends the calls that a user is in by browsers that are signed out. Their logins must be worth nothing
    /// already, for whoever comes in afterwards stays.
    pub(crate) async fn sign_out(&self, user: UserId, browsers: Browsers) -> Result<(), Error> {
        self.registry.lines.sign_out(user, browsers);
        for room in accounts::load_rooms_sat_in(&self.registry.store, user).await? {
            self.pass(room, Passing::SignOut { user, browsers }).await?;
        }
        Ok(())
    }

    /// Somebody's account is gone: their contacts are told what they know now.
    pub(crate) fn note_gone(&self, contacts: &[UserId]) {
        contacts.iter().for_each(|contact| self.registry.lines.note(Note::All(*contact)));
    }

    /// Erases everything about people from rooms that ended by then, at most a batch of them; says how many.
    pub async fn erase_ended(&self, ended_by: UnixMillis) -> Result<usize, Error> {
        let due = keeping::load_due(&self.registry.store, ended_by, ERASED).await?;
        self.erase(&due).await
    }

    /// The same for rooms in which strangers met, of which nothing is kept.
    pub async fn erase_of_strangers(&self) -> Result<usize, Error> {
        let due = keeping::load_due_of_strangers(&self.registry.store, ERASED).await?;
        self.erase(&due).await
    }

    /// Erases the names in what happened by then in rooms that go on; says in how many places. Each batch is
    /// a letter of its own, so that neither a room nor the database waits for long.
    pub async fn fade(&self, by: UnixMillis) -> Result<u64, Error> {
        let (mut faded, mut after, mut failed) = (0, None, None);
        loop {
            let rooms = keeping::load_going_on(&self.registry.store, after, ERASED).await?;
            let Some((last, _)) = rooms.last() else { return failed.map_or(Ok(faded), Err) };
            after = Some(*last);
            for (id, room) in rooms {
                match self.fade_room(id, room, by).await {
                    Ok(places) => faded += places,
                    // One room that cannot be read keeps no other from its turn.
                    Err(error) => {
                        let cause = &error as &dyn std::error::Error;
                        tracing::error!(room.id = %id, error = cause, "The names in a room could not be erased.");
                        failed.get_or_insert(error);
                    }
                }
            }
        }
    }

    async fn fade_room(&self, id: RoomId, room: RoomCode, by: UnixMillis) -> Result<u64, Error> {
        let (mut faded, mut from) = (0, 0);
        while let Some(line) = keeping::load_fading(&self.registry.store, id, by, from).await? {
            from = line;
            match self.registry.ask(room, |reply| Letter::Fade { by, from, reply }).await {
                // Whoever was gone came back in the meantime.
                Ok(0) => break,
                Ok(places) => faded += places,
                // The server that has the room looks after it as well.
                Err(Error::Elsewhere | Error::Refused(ErrorCode::RoomNotFound)) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(faded)
    }

    async fn erase(&self, due: &[RoomCode]) -> Result<usize, Error> {
        for room in due {
            let Registry { store, writer, ambient, .. } = &*self.registry;
            let now = ambient.now();
            let Some(Taken { mut ownership, .. }) = owners::seize(store, writer, *room, now).await? else {
                continue;
            };
            let mut tx = store.begin_room(&ownership, now).await?;
            keeping::erase(&mut tx, now).await?;
            tx.commit(&mut ownership).await?;
            owners::release(store, &ownership, now).await?;
            // Whoever asks next asks an actor that has read what is left.
            self.registry.post_if_live(*room, Letter::Stop).await;
        }
        Ok(due.len())
    }

    /// Asks a room's actor; writes it in its place where another server has the room.
    async fn pass(&self, room: RoomCode, passing: Passing) -> Result<(), Error> {
        let letter = |reply| match passing {
            Passing::Adopt { from, to } => Letter::Adopt { from, to, reply },
            Passing::Forget { user, ghost } => Letter::Forget { user, ghost, reply },
            Passing::SignOut { user, browsers } => Letter::SignOut { user, browsers, reply },
        };
        match self.registry.ask(room, letter).await {
            Err(Error::Elsewhere) => self.pass_by_force(room, passing).await,
            // It was deleted in the meantime, and all of it with it.
            Err(Error::Refused(ErrorCode::RoomNotFound)) => Ok(()),
            done => done,
        }
    }

    async fn pass_by_force(&self, room: RoomCode, passing: Passing) -> Result<(), Error> {
        let Registry { store, writer, ambient, .. } = &*self.registry;
        let now = ambient.now();
        let taken = owners::seize(store, writer, room, now).await?;
        let loaded = rooms::load(store, room).await?;
        let (Some(Taken { mut ownership, .. }), Some(Loaded { room, .. })) = (taken, loaded) else {
            return Ok(());
        };
        let open = sessions::load_open(store, room.id).await?;
        let open = open.into_iter().map(|session| (session.id, session)).collect();
        let mut tx = store.begin_room(&ownership, now).await?;
        passing.write(&mut tx, (&room, &open), now).await?;
        tx.commit(&mut ownership).await?;
        Ok(owners::release(store, &ownership, now).await?)
    }
}

impl Passing {
    async fn write(
        self,
        tx: &mut RoomTransaction,
        (room, open): (&Room, &Sessions),
        now: UnixMillis,
    ) -> Result<(), Error> {
        let (events, changes) = spread((room, open), &self.events(room, now), Vec::new(), now);
        let mut after = room.clone();
        for event in events {
            journal::append(tx, &after, &event, now).await?;
            after.apply(&event);
        }
        if after.expires_at() != room.expires_at() {
            rooms::save_due(tx, after.expires_at()).await?;
        }
        match self {
            Self::Adopt { from, to } => accounts::adopt(tx, from, to).await?,
            Self::Forget { user, ghost } => accounts::forget(tx, user, ghost).await?,
            Self::SignOut { .. } => {}
        }
        Ok(sessions::append(tx, &changes).await?)
    }

    /// What happens in the room by it.
    fn events(self, room: &Room, now: UnixMillis) -> Vec<Event> {
        let is_over = matches!(room.phase, Phase::Ended { .. });
        match self {
            Self::Forget { user, .. } if room.owner == user && !is_over => {
                vec![Event::Ended { by: EndedBy::OwnerGone, at: now }]
            }
            Self::SignOut { user, browsers } => {
                // Nobody is in a room that has ended.
                decide(room, &Command::SignOut { user, browsers }, now).unwrap_or_default()
            }
            Self::Adopt { .. } | Self::Forget { .. } => Vec::new(),
        }
    }
}

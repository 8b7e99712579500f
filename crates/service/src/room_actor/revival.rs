//! Loading: the room is taken first and read then, so that what was read is what there is.
//!
//! Whoever was here when the last owner died has dropped with it. What that means for a seat is
//! [`domain::resume`]'s; here it is saved before anybody is answered, so that a server which is killed
//! while it starts changes nothing about anybody's deadline.

use super::paying::paying;
use super::{Arrival, Birth, RoomActor, publish};
use crate::Error;
use crate::rate::{ARRIVALS, CHAT, JOINS, Limiter, RECONNECTS};
use crate::room_actor::seat::Seat;
use crate::spread::spread;
use domain::Event;
use domain::places::Places;
use domain::resume::resumed;
use domain::room::{Link, Standing};
use domain::session::{Command, decide};
use model::{ParticipantId, UnixMillis};
use protocol::limits::SNAPSHOT_CHAT;
use std::collections::VecDeque;
use store::owners::{self, RoomTransaction};
use store::sessions::Change;
use store::{chat, journal, participants, rooms, sessions};

/// Of how many users one room remembers how often they joined or chatted.
const REMEMBERED: usize = 1_000;

impl RoomActor {
    /// Takes and reads a room; `None` if there is none of this code.
    pub(super) async fn load(birth: &Birth) -> Result<Option<Self>, Error> {
        let registry = birth.registry.clone();
        let now = registry.ambient.now();
        let taken = owners::take(&registry.store, &registry.writer, birth.code, now).await?;
        let Some(loaded) = rooms::load(&registry.store, birth.code).await? else { return Ok(None) };
        let Some(taken) = taken else { return Err(Error::Elsewhere) };
        let limit = u32::try_from(SNAPSHOT_CHAT).expect("a snapshot is small");
        let said = chat::load_newest(&registry.store, loaded.room.id, limit).await?;
        let open = sessions::load_open(&registry.store, loaded.room.id).await?;
        // Whoever an earlier actor of this room let in to the media, this one knows nothing of.
        registry.media.command(sfu::Command::CloseRoom { room: loaded.room.id });
        let mut actor = Self {
            claims: loaded.seats.iter().map(|seat| ((seat.user, seat.key), seat.participant)).collect(),
            seats: loaded.room.people.keys().map(|participant| (*participant, Seat::new())).collect(),
            chat: said.into_iter().map(publish::chat_message).collect::<VecDeque<_>>(),
            joins: Limiter::new(JOINS, REMEMBERED),
            arrivals: Limiter::new(ARRIVALS, REMEMBERED),
            reconnects: Limiter::new(RECONNECTS, REMEMBERED),
            chatter: Limiter::new(CHAT, REMEMBERED),
            floor: None,
            arriving: None,
            overflowed: Vec::new(),
            retry_at: None,
            idle_since: now,
            promised: Places::default(),
            sessions: open.into_iter().map(|session| (session.id, session)).collect(),
            room: loaded.room,
            ownership: taken.ownership,
            renew_at: now,
            ending: None,
            registry,
            own: birth.own.clone(),
            occupancy: birth.occupancy.clone(),
        };
        let last_alive = taken.last_alive.unwrap_or(now).min(now);
        actor.keep_places();
        actor.promised = paying(actor.sessions.values(), actor.room.free_places(), actor.now());
        actor.resume(last_alive).await?;
        Ok(Some(actor))
    }

    /// Lets seats and sessions be what they are after the time without a server, and saves it: all of it at
    /// once, for the first write is a sign of life, and whoever comes after it takes the time before for time
    /// with a server. Nobody knows of this actor yet; if it fails, nothing of it is left.
    async fn resume(&mut self, last_alive: UnixMillis) -> Result<(), Error> {
        let now = self.now();
        let people = self.room.people.iter();
        let moved: Vec<(ParticipantId, Standing, Standing)> = people
            .map(|(id, person)| (*id, person.standing, resumed(person.standing, last_alive, now)))
            .filter(|(_, before, after)| before != after)
            .collect();
        let changes = self.revived(last_alive, now)?;
        if moved.is_empty() && changes.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let mut dropped = Vec::new();
        for (participant, before, after) in &moved {
            dropped.extend(self.move_on(&mut tx, *participant, (*before, *after), last_alive).await?);
        }
        dropped.iter().for_each(|event| self.room.apply(event));
        for (participant, _, after) in moved {
            if let Some(person) = self.room.people.get_mut(&participant) {
                person.standing = after;
            }
        }
        let (events, changes) = spread((&self.room, &self.sessions), &[], changes, now);
        self.write(&mut tx, &events, &changes, now).await?;
        self.commit(tx).await?;
        self.hold(&events, changes, &Arrival::default());
        Ok(())
    }

    /// What every session that is under way comes to by the time without a server.
    fn revived(&self, last_alive: UnixMillis, now: UnixMillis) -> Result<Vec<Change>, Error> {
        let mut changes = Vec::new();
        for session in self.sessions.values().filter(|session| session.is_underway()) {
            let events = decide(session, &Command::Revive { last_alive }, now)?;
            changes.push(Change::new(session.clone(), events));
        }
        changes.retain(|change| !change.events.is_empty());
        Ok(changes)
    }

    /// Saves what became of one seat; whoever dropped gets a line in the journal.
    async fn move_on(
        &self,
        tx: &mut RoomTransaction,
        participant: ParticipantId,
        (before, after): (Standing, Standing),
        last_alive: UnixMillis,
    ) -> Result<Option<Event>, Error> {
        let Some(link) = after.link() else {
            participants::save_standing(tx, participant, after, self.now()).await?;
            return Ok(None);
        };
        let event = match before.link() {
            // They had dropped before; only the deadline moves.
            Some(Link::Dropped { .. }) => Event::Linked { participant, link },
            Some(Link::Expected { .. } | Link::Connected) | None => Event::Dropped { participant, link },
        };
        journal::append(tx, &self.room, &event, last_alive).await?;
        Ok(Some(event))
    }
}

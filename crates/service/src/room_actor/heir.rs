//! When what belongs to somebody passes to another, or to nobody.
//!
//! Like everything else about a room it is saved first and holds then, so that no name which was erased is
//! written anew by a room that still had it in mind. Not here: which rooms it is about; that is
//! `rooms::estate`'s.

use super::publish::chat_message;
use super::{Arrival, RoomActor};
use crate::Error;
use domain::Event;
use domain::room::{Browsers, Command, EndedBy, Phase};
use model::{RoomName, UnixMillis, UserId};
use protocol::limits::SNAPSHOT_CHAT;
use store::{accounts, chat, keeping};

impl RoomActor {
    /// A browser signed in: the room, seats and bars of `from` are `to`'s.
    pub(super) async fn adopt(&mut self, from: UserId, to: UserId) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        accounts::adopt(&mut tx, from, to).await?;
        self.commit(tx).await?;
        let known = self.known();
        if self.room.owner == from {
            self.room.owner = to;
        }
        // What was done to a browser is not done to the host whose it is.
        if !self.room.role_of(to).is_host() {
            if self.room.barred.contains(&from) {
                self.room.barred.insert(to);
            }
            if self.room.held.contains(&from) {
                self.room.held.insert(to);
            }
            if let Some(device) = self.room.banned.get(&from).copied() {
                self.room.banned.entry(to).or_insert(device);
            }
        }
        if let Some(role) = self.room.members.get(&from).copied().filter(|_| self.room.owner != to) {
            if !self.room.members.contains_key(&to)
                && let Some(former) = self.room.former.get(&from).copied()
            {
                self.room.former.insert(to, former);
            }
            if !self.room.members.contains_key(&to)
                && let Some(invite) = self.room.came_by.get(&from).copied()
            {
                self.room.came_by.insert(to, invite);
            }
            self.room.members.entry(to).or_insert(role);
        }
        for invite in self.room.invites.values_mut().filter(|invite| invite.holder == Some(from)) {
            invite.holder = Some(to);
        }
        let role = self.room.role_of(to);
        for person in self.room.people.values_mut().filter(|person| person.user == from) {
            (person.user, person.role) = (to, role);
        }
        self.inherit_sessions(from, to);
        let moving: Vec<_> = self.claims.keys().filter(|(user, _)| *user == from).copied().collect();
        for claim in moving {
            if let Some(participant) = self.claims.remove(&claim) {
                // Whoever sits there under the account already keeps the seat.
                self.claims.entry((to, claim.1)).or_insert(participant);
            }
        }
        // Whoever became more or less by signing in must see so in the tab that is open.
        self.tell_of_rules(&known);
        Ok(())
    }

    /// Browsers were signed out: whoever is here by them is told so, and goes.
    pub(super) async fn sign_out(&mut self, user: UserId, browsers: Browsers) -> Result<(), Error> {
        match self.carry_out(&Command::SignOut { user, browsers }).await {
            // Nobody is in a room that has ended.
            Err(Error::Refused(_)) => Ok(()),
            done => done,
        }
    }

    /// A user is deleted: they leave, what they wrote goes, and nothing here says their name any more. A room
    /// of theirs is over.
    pub(super) async fn forget(&mut self, user: UserId, ghost: UserId) -> Result<(), Error> {
        let owned = self.room.owner == user;
        if owned {
            self.end_without_owner().await?;
        }
        self.sign_out(user, Browsers::All).await?;
        let mut tx = self.begin().await?;
        accounts::forget(&mut tx, user, ghost).await?;
        self.commit(tx).await?;
        if owned {
            self.room.owner = ghost;
            self.room.policy.notice = None;
            self.room.name = RoomName::parse("–").expect("a dash is short and visible");
        }
        self.inherit_sessions(user, ghost);
        self.room.members.remove(&user);
        self.room.former.remove(&user);
        self.room.came_by.remove(&user);
        self.room.held.remove(&user);
        self.room.barred.remove(&user);
        if let Some(device) = self.room.banned.remove(&user) {
            self.room.banned.insert(ghost, device);
        }
        // A personal invite that was used stays used: its link may have been passed on.
        for invite in self.room.invites.values_mut().filter(|invite| invite.holder == Some(user)) {
            invite.holder = Some(ghost);
        }
        self.read_chat_again().await
    }

    /// Names in what happened by then are erased. Nobody who is here is concerned, so that nothing changes of
    /// what the room has in mind.
    pub(super) async fn fade(&mut self, by: UnixMillis, from: i64) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        let faded = keeping::fade(&mut tx, by, from).await?;
        self.commit(tx).await?;
        Ok(faded)
    }

    /// Lets everybody inside know the chat as it is now, if something of it is gone.
    async fn read_chat_again(&mut self) -> Result<(), Error> {
        let limit = u32::try_from(SNAPSHOT_CHAT).expect("a snapshot is small");
        let said = chat::load_newest(&self.registry.store, self.room.id, limit).await?;
        let before = std::mem::replace(&mut self.chat, said.into_iter().map(chat_message).collect());
        if before != self.chat {
            let inside: Vec<_> = self.room.present().into_iter().map(|(id, ..)| id).collect();
            inside.into_iter().for_each(|participant| self.tell_all(participant));
        }
        Ok(())
    }

    /// Ends the room, because nobody owns it any more.
    async fn end_without_owner(&mut self) -> Result<(), Error> {
        if let Phase::Ended { .. } = self.room.phase {
            return Ok(());
        }
        let now = self.now();
        let ended = Event::Ended { by: EndedBy::OwnerGone, at: now };
        self.make_true(&[ended], Arrival::default(), now).await
    }
}

//! The registry of rooms: every use case of a room starts here.

use crate::Error;
use crate::media::MediaPort;
use crate::time::Ambient;
use model::{ChatText, MessageId, ParticipantId, RoomCode, RoomId, RoomName, Ticket, UserId};
use protocol::{ClientMessage, EntryView, HostedRoom, JoinOutcome, JoinRequest, Seat, ServerMessage};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Finds rooms and speaks to their actors. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {}

/// One open call socket. The shell copies [`Connection::receive`] to the wire and hands what it reads
/// to [`Connection::handle`]; at the end it says how the socket closed.
pub struct Connection {
    pub room: RoomId,
    pub participant: ParticipantId,
}

/// How a socket came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The browser said goodbye: a closed tab, a reload.
    Clean,
    /// The line went dead, or the browser broke protocol.
    Lost,
}

impl Rooms {
    /// Starts the registry. Media events arrive on `events`.
    pub fn start(
        _store: store::Store,
        _media: Arc<dyn MediaPort>,
        _events: mpsc::Receiver<sfu::Event>,
        _ambient: Arc<dyn Ambient>,
    ) -> Self {
        Self {}
    }

    /// Makes a room that `owner` hosts.
    pub async fn create(
        &self,
        _owner: UserId,
        _name: Option<RoomName>,
        _waiting_room: bool,
    ) -> Result<RoomCode, Error> {
        Err(Error::Gone)
    }

    /// The rooms that `user` hosts and that have not ended, newest first.
    pub async fn hosted(&self, _user: UserId) -> Result<Vec<HostedRoom>, Error> {
        Err(Error::Gone)
    }

    /// What the entry page shows.
    pub async fn entry(&self, _room: RoomCode, _user: Option<UserId>) -> Result<EntryView, Error> {
        Err(Error::Gone)
    }

    /// Comes in, knocks, or takes a seat up again.
    pub async fn join(&self, _user: UserId, _request: JoinRequest) -> Result<JoinOutcome, Error> {
        Err(Error::Gone)
    }

    /// A new socket ticket for a seat that is still held.
    pub async fn reconnect(&self, _user: UserId, _seat: Seat) -> Result<Ticket, Error> {
        Err(Error::Gone)
    }

    /// Gives the seat up; harmless if it is gone already.
    pub async fn leave(&self, _user: UserId, _seat: Seat) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Lets one waiting guest in (hosts only).
    pub async fn admit(&self, _user: UserId, _seat: Seat, _participant: ParticipantId) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Lets everybody in who waits (hosts only).
    pub async fn admit_all(&self, _user: UserId, _seat: Seat) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Sends a waiting guest away (hosts only).
    pub async fn deny(&self, _user: UserId, _seat: Seat, _participant: ParticipantId) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Puts a present guest out (hosts only).
    pub async fn remove(&self, _user: UserId, _seat: Seat, _participant: ParticipantId) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Ends the room for everybody and for ever (hosts only).
    pub async fn end(&self, _user: UserId, _seat: Seat) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Says something in the room's chat; the same id twice is said once.
    pub async fn say(
        &self,
        _user: UserId,
        _seat: Seat,
        _id: MessageId,
        _text: ChatText,
    ) -> Result<(), Error> {
        Err(Error::Gone)
    }

    /// Opens the call socket that `ticket` was made for; a ticket works once.
    pub async fn connect(&self, _ticket: Ticket) -> Result<Connection, Error> {
        Err(Error::Gone)
    }

    /// Stops every actor after it has saved; sockets end without a farewell, so that browsers return.
    pub async fn shut_down(&self) {}
}

impl Connection {
    /// The next message for the browser; `None` when the socket should be closed by us.
    pub async fn receive(&mut self) -> Option<ServerMessage> {
        None
    }

    /// Takes in what the browser said.
    pub async fn handle(&self, _message: ClientMessage) {}

    /// Ends the connection.
    pub async fn close(self, _closing: Closing) {}
}

//! One open call socket, as the shell of the server holds it.
//!
//! The actor makes it and keeps the other half. Whatever happens to it, the actor hears that it is gone:
//! a socket that vanished without a word must not leave a tile behind.

use crate::room_actor::letter::{Letter, SocketId};
use crate::turnstile::Counted;
use model::{ParticipantId, RoomId};
use protocol::{ClientMessage, ServerMessage};
use tokio::sync::mpsc;

/// One open call socket. The shell copies [`Connection::receive`] to the wire and hands what it reads
/// to [`Connection::handle`]; at the end it says how the socket closed. One that is dropped without a
/// word was lost.
#[derive(Debug)]
pub struct Connection {
    pub room: RoomId,
    pub participant: ParticipantId,
    socket: SocketId,
    inbox: mpsc::Receiver<ServerMessage>,
    _counted: Counted,
    /// The way to the actor; the report that the socket is closed takes it.
    mailbox: Option<mpsc::Sender<Letter>>,
}

/// How a socket came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The browser said goodbye: a closed tab, a reload.
    Clean,
    /// The line went dead, or the browser broke protocol.
    Lost,
}

/// What the actor makes a connection of.
pub(crate) struct Parts {
    pub room: RoomId,
    pub participant: ParticipantId,
    pub socket: SocketId,
    pub inbox: mpsc::Receiver<ServerMessage>,
    pub mailbox: mpsc::Sender<Letter>,
    pub counted: Counted,
}

impl Connection {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { room, participant, socket, inbox, mailbox, counted } = parts;
        Self { room, participant, socket, inbox, _counted: counted, mailbox: Some(mailbox) }
    }

    /// The next message for the browser; `None` when the socket should be closed by us.
    pub async fn receive(&mut self) -> Option<ServerMessage> {
        self.inbox.recv().await
    }

    /// Takes in what the browser said.
    pub async fn handle(&self, message: ClientMessage) {
        let letter = Letter::Heard { participant: self.participant, socket: self.socket, message };
        if let Some(mailbox) = &self.mailbox {
            // An actor that is gone has closed its sockets; there is nobody left to tell.
            let _ = mailbox.send(letter).await;
        }
    }

    /// Ends the connection.
    pub async fn close(mut self, closing: Closing) {
        let letter = self.closed(closing);
        if let Some(mailbox) = &self.mailbox {
            let _ = mailbox.send(letter).await;
        }
        // Only now: were this future dropped while it waits, the drop would still tell the actor.
        self.mailbox = None;
    }

    fn closed(&self, closing: Closing) -> Letter {
        let closing = match closing {
            Closing::Clean => domain::room::Closing::Clean,
            Closing::Lost => domain::room::Closing::Lost,
        };
        Letter::Closed { participant: self.participant, socket: self.socket, closing }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let letter = self.closed(Closing::Lost);
        let Some(mailbox) = self.mailbox.take() else { return };
        // Without a runtime the process is ending, and every room with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { mailbox.send(letter).await });
        }
    }
}

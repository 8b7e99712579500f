//! One open call socket, as the shell of the server holds it.
//!
//! The actor makes it and keeps the other half. Whatever happens to it, the actor hears that it is gone:
//! a socket that vanished without a word must not leave a tile behind.

use crate::bus::Inlet;
use crate::room_actor::letter::Letter;
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
    inlet: Inlet,
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

/// What the actor says of a connection that it has taken note of.
#[derive(Debug)]
pub(crate) struct Opened {
    pub room: RoomId,
    pub mailbox: mpsc::Sender<Letter>,
}

impl Connection {
    pub(crate) fn new(opened: Opened, participant: ParticipantId, inlet: Inlet, counted: Counted) -> Self {
        let Opened { room, mailbox } = opened;
        Self { room, participant, inlet, _counted: counted, mailbox: Some(mailbox) }
    }

    /// The next message for the browser; `None` when the socket should be closed by us. Dropping the future
    /// loses nothing.
    pub async fn receive(&mut self) -> Option<ServerMessage> {
        let Self { participant, inlet, mailbox, .. } = self;
        let (participant, socket) = (*participant, inlet.line());
        let resync = || Letter::Heard { participant, socket, message: ClientMessage::Resync };
        // A full mailbox is not waited for: what the room says next asks again.
        let ask_again = || mailbox.as_ref().is_some_and(|mailbox| mailbox.try_send(resync()).is_ok());
        inlet.receive(ask_again).await
    }

    /// Takes in what the browser said.
    pub async fn handle(&self, message: ClientMessage) {
        let letter = Letter::Heard { participant: self.participant, socket: self.inlet.line(), message };
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
        Letter::Closed { participant: self.participant, socket: self.inlet.line(), closing }
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

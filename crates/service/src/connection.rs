//! One open call socket, as the shell of the server holds it.
//!
//! The actor keeps the other half. Whatever happens to it, from the moment the actor took note of it, the
//! actor hears that it is gone: a socket that vanished without a word must not leave a tile behind.

use crate::bus::{Inlet, SocketId};
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
    opened: Opened,
}

/// How a socket came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The browser said goodbye: a closed tab, a reload.
    Clean,
    /// The line went dead, or the browser broke protocol.
    Lost,
}

/// A socket of which the actor has taken note. Also one that nobody waits for any more when the actor
/// answers tells it so, by being dropped.
#[derive(Debug)]
pub(crate) struct Opened {
    pub room: RoomId,
    pub participant: ParticipantId,
    pub socket: SocketId,
    /// The way to the actor; the report that the socket is closed takes it.
    pub mailbox: Option<mpsc::Sender<Letter>>,
}

impl Connection {
    pub(crate) fn new(opened: Opened, inlet: Inlet, counted: Counted) -> Self {
        let Opened { room, participant, .. } = opened;
        Self { room, participant, inlet, _counted: counted, opened }
    }

    /// The next message for the browser; `None` when the socket should be closed by us. Dropping the future
    /// loses nothing.
    pub async fn receive(&mut self) -> Option<ServerMessage> {
        let Self { inlet, opened, .. } = self;
        let resync = || opened.heard(ClientMessage::Resync);
        // A full mailbox is not waited for: what the room says next asks again.
        let ask_again = || opened.mailbox.as_ref().is_some_and(|mailbox| mailbox.try_send(resync()).is_ok());
        inlet.receive(ask_again).await
    }

    /// Takes in what the browser said.
    pub async fn handle(&self, message: ClientMessage) {
        if let Some(mailbox) = &self.opened.mailbox {
            // An actor that is gone has closed its sockets; there is nobody left to tell.
            let _ = mailbox.send(self.opened.heard(message)).await;
        }
    }

    /// Ends the connection.
    pub async fn close(mut self, closing: Closing) {
        let letter = self.opened.closed(closing);
        if let Some(mailbox) = &self.opened.mailbox {
            let _ = mailbox.send(letter).await;
        }
        // Only now: were this future dropped while it waits, the drop would still tell the actor.
        self.opened.mailbox = None;
    }
}

impl Opened {
    fn heard(&self, message: ClientMessage) -> Letter {
        Letter::Heard { participant: self.participant, socket: self.socket, message }
    }

    fn closed(&self, closing: Closing) -> Letter {
        let closing = match closing {
            Closing::Clean => domain::room::Closing::Clean,
            Closing::Lost => domain::room::Closing::Lost,
        };
        Letter::Closed { participant: self.participant, socket: self.socket, closing }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let letter = self.closed(Closing::Lost);
        let Some(mailbox) = self.mailbox.take() else { return };
        // Without a runtime the process is ending, and every room with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { mailbox.send(letter).await });
        }
    }
}

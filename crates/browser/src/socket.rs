//! The call socket.
//!
//! Invariants: a socket that closes by itself, never opens or breaks the protocol reports
//! `SocketClosed` once; one that we close on purpose reports nothing more. At most one exists.
//! Not here: when to open one again.

use crate::driver::Inbox;
use crate::listener::Listener;
use crate::platform;
use call::{ConnectionId, Input};
use model::Ticket;
use protocol::{ClientMessage, wire};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, WebSocket};

/// A socket that has not taken this much of what we wrote, in bytes, is dead.
const UNSENT_BYTES_MAX: u32 = 1024 * 1024;
/// "Normal closure" of RFC 6455.
pub const CLOSE_NORMAL: u16 = 1000;

/// The socket of a call, if there is one.
#[derive(Default)]
pub struct Sockets {
    current: RefCell<Option<Socket>>,
}

struct Socket {
    id: ConnectionId,
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Sockets {
    /// Opens a socket; one that was open before is closed.
    pub fn open(&self, inbox: &Inbox, id: ConnectionId, ticket: Ticket) {
        let opened = address("/signal", ticket).and_then(|address| WebSocket::new(&address).ok());
        match opened {
            Some(socket) => {
                let listeners = listeners(inbox, id, &socket);
                self.current.replace(Some(Socket { id, socket, _listeners: listeners }));
            }
            None => inbox.put(Input::SocketClosed { connection: id }),
        }
    }

    /// Writes a message; one for a socket that is gone is dropped.
    pub fn send(&self, inbox: &Inbox, id: ConnectionId, message: &ClientMessage) {
        let socket = self.current.borrow().as_ref().filter(|it| it.id == id).map(|it| it.socket.clone());
        let Some(socket) = socket else { return };
        if socket.buffered_amount() > UNSENT_BYTES_MAX {
            self.fail(inbox, id);
        } else {
            // Fails only before the socket is open, and then `Call` does not write.
            let _ = socket.send_with_str(&wire::encode_client(message));
        }
    }

    /// Closes a socket without a word.
    pub fn close(&self, id: ConnectionId) -> bool {
        let closed = self.current.borrow_mut().take_if(|it| it.id == id);
        closed.is_some()
    }

    /// Closes whatever is open.
    pub fn clear(&self) {
        self.current.replace(None);
    }

    fn fail(&self, inbox: &Inbox, id: ConnectionId) {
        if self.close(id) {
            inbox.put(Input::SocketClosed { connection: id });
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A socket that is closed already refuses to be closed, which is just as well.
        let _ = self.socket.close_with_code(CLOSE_NORMAL);
    }
}

fn listeners(inbox: &Inbox, connection: ConnectionId, socket: &WebSocket) -> [Listener; 3] {
    let on_open = inbox.clone();
    let on_message = inbox.clone();
    let on_close = inbox.clone();
    [
        Listener::new(socket, "open", move |_| on_open.put(Input::SocketOpened { connection })),
        Listener::new(socket, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|it| it.data().as_string());
            match text.map(|text| wire::parse_server(&text)) {
                Some(Ok(message)) => on_message.put(Input::Received { connection, message }),
                Some(Err(_)) | None => fail(&on_message, connection),
            }
        }),
        // An error is always followed by a close, so it needs no listener of its own.
        Listener::new(socket, "close", move |_| fail(&on_close, connection)),
    ]
}

fn fail(inbox: &Inbox, connection: ConnectionId) {
    if let Some(shell) = inbox.shell() {
        shell.sockets.fail(inbox, connection);
    }
}

/// Where a socket is that a ticket opens.
pub fn address(path: &str, ticket: Ticket) -> Option<String> {
    let location = platform::window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss://" } else { "ws://" };
    let host = location.host().ok()?;
    Some([scheme, &host, path, "?ticket=", &ticket.to_hex()].concat())
}

//! The line of a page that rings: carries out the effects of a [`call::line::Line`].
//!
//! Invariants: at most one socket and one timer; one that is dropped reports nothing more; after the last
//! [`RingLine`] is dropped nothing is left. Not here: when to open it again, or what the messages say.

use crate::listener::Listener;
use crate::platform;
use crate::socket::{CLOSE_NORMAL, address};
use call::line::{Line, LineEffect, LineInput, Reach};
use futures_util::future::LocalBoxFuture;
use gloo_timers::callback::Timeout;
use model::Ticket;
use protocol::{ErrorCode, LineMessage, LineWord, wire};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, WebSocket};

/// Asks the server for a ticket. The app brings it, because only the app knows server functions.
pub type AskTicket = Box<dyn Fn() -> LocalBoxFuture<'static, Result<Ticket, ErrorCode>>>;

/// What the page hears of its line.
#[derive(Clone, Debug)]
pub enum Heard {
    Message(LineMessage),
    Reach(Reach),
}

/// An open line; dropping it closes it.
pub struct RingLine {
    _shell: Rc<Shell>,
}

struct Shell {
    line: RefCell<Line>,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timeout>>,
    online: RefCell<Option<Listener>>,
    ask: AskTicket,
    on_heard: Box<dyn Fn(Heard)>,
}

struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 2],
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A socket that is closed already refuses to be closed, which is just as well.
        let _ = self.socket.close_with_code(CLOSE_NORMAL);
    }
}

impl RingLine {
    /// Opens a line, and opens it again whenever it breaks.
    pub fn open(ask: AskTicket, on_heard: Box<dyn Fn(Heard)>) -> Self {
        let shell = Rc::new(Shell {
            line: RefCell::new(Line::new(platform::fresh_key())),
            socket: RefCell::default(),
            timer: RefCell::default(),
            online: RefCell::default(),
            ask,
            on_heard,
        });
        let weak = Rc::downgrade(&shell);
        let online = Listener::new(&platform::window(), "online", move |_| put(&weak, LineInput::Online));
        shell.online.replace(Some(online));
        shell.handle(LineInput::Begin);
        Self { _shell: shell }
    }
}

fn put(shell: &Weak<Shell>, input: LineInput) {
    if let Some(shell) = shell.upgrade() {
        shell.handle(input);
    }
}

impl Shell {
    fn handle(self: &Rc<Self>, input: LineInput) {
        let effects = self.line.borrow_mut().handle(input, platform::now());
        effects.into_iter().for_each(|effect| self.carry_out(effect));
    }

    fn carry_out(self: &Rc<Self>, effect: LineEffect) {
        match effect {
            LineEffect::AskTicket => {
                let (weak, asked) = (Rc::downgrade(self), (self.ask)());
                spawn_local(async move {
                    let ticket = asked.await;
                    put(&weak, LineInput::Ticket(ticket));
                });
            }
            LineEffect::Open(ticket) => self.open(ticket),
            LineEffect::Close => drop(self.socket.take()),
            LineEffect::Say(word) => self.say(word),
            LineEffect::Wait(millis) => {
                let weak = Rc::downgrade(self);
                let millis = u32::try_from(millis).unwrap_or(u32::MAX);
                let timer = Timeout::new(millis, move || put(&weak, LineInput::TimerFired));
                self.timer.replace(Some(timer));
            }
            LineEffect::Tell(message) => (self.on_heard)(Heard::Message(message)),
            LineEffect::Show(reach) => (self.on_heard)(Heard::Reach(reach)),
        }
    }

    fn open(self: &Rc<Self>, ticket: Ticket) {
        let opened = address("/line", ticket).and_then(|address| WebSocket::new(&address).ok());
        let Some(socket) = opened else {
            let weak = Rc::downgrade(self);
            return spawn_local(async move { put(&weak, LineInput::Closed) });
        };
        let (on_message, on_close) = (Rc::downgrade(self), Rc::downgrade(self));
        let listeners = [
            Listener::new(&socket, "message", move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|it| it.data().as_string());
                if let Some(Ok(message)) = text.map(|text| wire::parse_line(&text)) {
                    put(&on_message, LineInput::Received(message));
                }
            }),
            Listener::new(&socket, "close", move |_| put(&on_close, LineInput::Closed)),
        ];
        self.socket.replace(Some(Socket { socket, _listeners: listeners }));
    }

    fn say(&self, word: LineWord) {
        if let Some(open) = self.socket.borrow().as_ref() {
            // A socket that is closing takes nothing, and says so by closing.
            let _ = open.socket.send_with_str(&wire::encode_word(word));
        }
    }
}

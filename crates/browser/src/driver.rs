//! The driver of one call: inputs in, effects out, views to the page.
//!
//! [`Driver`] is the page's handle, [`Shell`] is what it points to, and [`Inbox`] is the weak way back
//! for events, promises and timers, so that none of them keeps a finished call alive.
//!
//! Invariants: `Call::handle` never runs inside itself; the page is shown a view only when it differs
//! from the one before; a closed shell takes no more inputs.
//! Not here: what an effect means to the browser (`effects`).

use crate::capture::Captures;
use crate::devices::DeviceList;
use crate::level::LevelSubscription;
use crate::listener::Listener;
use crate::peer::Peers;
use crate::pictures::Pictures;
use crate::playback::Playback;
use crate::senders::Wishes;
use crate::socket::Sockets;
use crate::sound::Sound;
use crate::timers::Timers;
use crate::{cues, effects, platform};
use call::view::Picture;
use call::{Action, ApiAnswer, ApiCall, Call, DeviceId, Effect, Input, View};
use futures_util::future::LocalBoxFuture;
use model::RoomCode;
use protocol::ErrorCode;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use web_sys::{HtmlVideoElement, PageTransitionEvent};

/// Calls the server functions. The app implements it, because only the app knows them.
pub trait Api {
    /// Calls one server function. A server that cannot be reached is [`ErrorCode::Unreachable`].
    fn call(&self, call: ApiCall) -> LocalBoxFuture<'static, Result<ApiAnswer, ErrorCode>>;
}

/// One call of this page. It ends with [`Driver::close`], or when it is dropped.
pub struct Driver {
    shell: Rc<Shell>,
}

/// Everything that one call holds in the browser.
pub(crate) struct Shell {
    pub(crate) inbox: Inbox,
    pub(crate) api: Rc<dyn Api>,
    pub(crate) captures: Captures,
    pub(crate) devices: DeviceList,
    pub(crate) peers: Peers,
    pub(crate) pictures: Pictures,
    pub(crate) playback: Playback,
    pub(crate) sockets: Sockets,
    pub(crate) sound: Rc<Sound>,
    pub(crate) timers: Timers,
    pub(crate) wishes: Wishes,
    call: RefCell<Call>,
    queue: RefCell<VecDeque<Input>>,
    running: Cell<bool>,
    closed: Cell<bool>,
    shown: RefCell<Option<View>>,
    on_view: Box<dyn Fn(View)>,
    listeners: RefCell<Vec<Listener>>,
}

/// The way back to a call that may be over.
#[derive(Clone)]
pub(crate) struct Inbox(Weak<Shell>);

impl Driver {
    /// Starts a call on the entry page of `room`; opens nothing yet. `on_view` hears of every change
    /// after the first action; before that, the view is [`View::default`].
    pub fn new(room: RoomCode, api: Rc<dyn Api>, on_view: impl Fn(View) + 'static) -> Self {
        let shell = Rc::new_cyclic(|weak| Shell::new(Inbox(weak.clone()), room, api, Box::new(on_view)));
        shell.listeners.replace(page_listeners(&shell.inbox));
        Self { shell }
    }

    /// Takes in what a person did, carries out what follows and shows the view if it changed. Inside a
    /// click's event handler, prompts, screen sharing and sound are allowed.
    pub fn handle(&self, action: Action) {
        self.shell.sound.wake();
        self.shell.put(Input::Person(action));
    }

    /// Shows `picture` in `element` from now on, also when its track is replaced; `None` clears it.
    /// The element is held weakly and may be attached again at any time.
    pub fn attach(&self, element: &HtmlVideoElement, picture: Option<Picture>) {
        if !self.shell.closed.get() {
            self.shell.pictures.attach(&self.shell, element, picture);
        }
    }

    /// Plays remote sound on another speaker, where the browser can choose one.
    pub fn set_speaker(&self, speaker: &DeviceId) {
        self.shell.playback.set_speaker(&speaker.0);
        self.shell.sound.set_speaker(&speaker.0);
    }

    /// Plays a short melody on the chosen speaker.
    pub fn test_speaker(&self) {
        cues::play_test(&self.shell.sound, &self.shell.playback.speaker());
    }

    /// Reports the level of the captured microphone about twenty times a second: the root mean square of
    /// its samples, 0 for silence or no microphone, 1 at most. Dropping the subscription stops it.
    pub fn microphone_level(&self, on_level: impl Fn(f32) + 'static) -> LevelSubscription {
        LevelSubscription::new(self.shell.inbox.clone(), on_level)
    }

    /// Ends everything at once: devices, peer connection, socket, timers. The server is not told.
    pub fn close(&self) {
        self.shell.close();
    }
}

impl Inbox {
    /// The call, unless it is over.
    pub(crate) fn shell(&self) -> Option<Rc<Shell>> {
        self.0.upgrade().filter(|shell| !shell.closed.get())
    }

    /// Reports what happened; nobody hears it when the call is over.
    pub(crate) fn put(&self, input: Input) {
        if let Some(shell) = self.shell() {
            shell.put(input);
        }
    }
}

impl Shell {
    fn new(inbox: Inbox, room: RoomCode, api: Rc<dyn Api>, on_view: Box<dyn Fn(View)>) -> Self {
        Self {
            api,
            captures: Captures::default(),
            devices: DeviceList::default(),
            peers: Peers::default(),
            pictures: Pictures::default(),
            playback: Playback::new(inbox.clone()),
            sockets: Sockets::default(),
            sound: Rc::new(Sound::default()),
            timers: Timers::default(),
            wishes: Wishes::default(),
            call: RefCell::new(Call::new(room)),
            queue: RefCell::default(),
            running: Cell::new(false),
            closed: Cell::new(false),
            shown: RefCell::default(),
            on_view,
            listeners: RefCell::default(),
            inbox,
        }
    }

    /// Queues an input and handles the queue, unless that is already going on further up the stack.
    fn put(self: &Rc<Self>, input: Input) {
        if self.closed.get() {
            return;
        }
        self.queue.borrow_mut().push_back(input);
        if self.running.replace(true) {
            return;
        }
        while !self.queue.borrow().is_empty() {
            self.drain();
            self.show();
        }
        self.running.set(false);
    }

    fn drain(self: &Rc<Self>) {
        while let Some(input) = self.take() {
            for effect in self.step(input) {
                if !self.closed.get() {
                    effects::carry_out(self, effect);
                }
            }
        }
    }

    // A function of its own, so that the borrow ends before the input is handled.
    fn take(&self) -> Option<Input> {
        self.queue.borrow_mut().pop_front()
    }

    fn step(&self, input: Input) -> Vec<Effect> {
        self.call.borrow_mut().handle(input, platform::now())
    }

    fn show(&self) {
        if self.closed.get() {
            return;
        }
        let view = self.call.borrow().view();
        if self.shown.borrow().as_ref() != Some(&view) {
            self.shown.replace(Some(view.clone()));
            (self.on_view)(view);
        }
    }

    fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        self.queue.borrow_mut().clear();
        self.listeners.borrow_mut().clear();
        self.timers.clear();
        self.sockets.clear();
        self.peers.clear();
        self.playback.clear();
        self.captures.clear();
        self.pictures.clear();
        self.devices.clear();
        self.sound.clear();
    }
}

/// What the page itself tells a call.
fn page_listeners(inbox: &Inbox) -> Vec<Listener> {
    let window = platform::window();
    let online = {
        let inbox = inbox.clone();
        Listener::new(&window, "online", move |_| inbox.put(Input::Online))
    };
    // A page that comes back out of the history cache has lost its socket and its devices, and does not
    // know it: a fresh page takes the seat up again.
    let shown = Listener::new(&window, "pageshow", |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            platform::reload();
        }
    });
    vec![online, shown]
}

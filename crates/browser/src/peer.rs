//! The peer connection: one offer, one answer, fixed m-lines.
//!
//! ```text
//! m-lines:  microphone ▲ | camera ▲ | screen ▲ | audio slots ▼ … | video slots ▼ …
//! ```
//!
//! The server is ICE-lite and its candidates stand in its answer, while ours are learnt from our own
//! checks; so nothing waits for gathering, and there are no ICE servers.
//!
//! Invariants: at most one connection is open; work for an old epoch still reports, with its own epoch.
//! Not here: when to open one or to give it up.

use crate::driver::{Inbox, Shell};
use crate::js::{self, PeerConnection, Transceiver, object, same};
use crate::listener::Listener;
use crate::senders::{Senders, Wishes, add_slot};
use crate::sources::SOURCES;
use call::{Epoch, Input, Offer, PeerProblem, PeerState};
use model::{Mid, Source};
use protocol::limits::SDP_BYTES;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStream;

/// The peer connection of a call, if there is one.
#[derive(Default)]
pub struct Peers {
    current: RefCell<Option<Peer>>,
}

struct Peer {
    epoch: Epoch,
    lines: Lines,
    /// Empty until the local description is set, because a slot is named by its mid.
    slots: Vec<Slot>,
    _state: Listener,
}

/// The parts of a connection that a pending offer needs.
#[derive(Clone)]
struct Lines {
    connection: PeerConnection,
    senders: Senders,
    audio: Vec<Transceiver>,
    video: Vec<Transceiver>,
}

/// One receiver, with a stream of its own that lives as long as the connection.
struct Slot {
    mid: Mid,
    stream: MediaStream,
}

struct Made {
    offer: Offer,
    audio: Vec<Slot>,
    video: Vec<Slot>,
}

impl Peers {
    /// Opens a connection in place of any other, and reports `Offered`.
    pub fn open(&self, shell: &Rc<Shell>, epoch: Epoch, audio_slots: usize, video_slots: usize) {
        let lines = match Lines::new(&shell.wishes, (audio_slots, video_slots)) {
            Ok(lines) => lines,
            Err(problem) => {
                shell.inbox.put(Input::Offered { epoch, result: Err(problem) });
                return;
            }
        };
        let state = state_listener(&shell.inbox, epoch, &lines.connection);
        let peer = Peer { epoch, lines: lines.clone(), slots: Vec::new(), _state: state };
        self.current.replace(Some(peer));
        for source in SOURCES {
            self.apply(shell, source);
        }
        let inbox = shell.inbox.clone();
        spawn_local(async move {
            let made = lines.make_offer().await;
            let result = made.map(|made| use_slots(&inbox, epoch, made));
            inbox.put(Input::Offered { epoch, result });
        });
    }

    /// Sets the remote description, and reports `AnswerApplied`.
    pub fn answer(&self, inbox: &Inbox, epoch: Epoch, sdp: &str) {
        let lines = self.current.borrow().as_ref().filter(|it| it.epoch == epoch).map(|it| it.lines.clone());
        let Some(lines) = lines else {
            inbox.put(Input::AnswerApplied { epoch, result: Err(PeerProblem::Failed) });
            return;
        };
        let answer = object(&[("type", "answer".into()), ("sdp", sdp.into())]);
        let applied = lines.connection.set_remote_description(&answer);
        let inbox = inbox.clone();
        spawn_local(async move {
            let result = js::settle(applied).await.map(|_| lines.senders.negotiated()).map_err(refused);
            inbox.put(Input::AnswerApplied { epoch, result });
        });
    }

    /// Lets the sender of `source` carry what it shall carry now.
    pub fn apply(&self, shell: &Shell, source: Source) {
        let senders = self.current.borrow().as_ref().map(|peer| peer.lines.senders.clone());
        if let Some(senders) = senders {
            senders.replace(source, shell.wishes.track(shell, source).as_ref());
        }
    }

    /// Lets the encoder of `source` know what changed about how it is sent.
    pub fn retune(&self, source: Source) {
        if let Some(peer) = &*self.current.borrow() {
            peer.lines.senders.retune(source);
        }
    }

    /// The stream of a slot.
    pub fn stream(&self, mid: Mid) -> Option<MediaStream> {
        let current = self.current.borrow();
        let slot = current.as_ref()?.slots.iter().find(|slot| slot.mid == mid)?;
        Some(same(&slot.stream))
    }

    /// Closes the connection of `epoch`, if that is the one there is.
    pub fn close(&self, shell: &Rc<Shell>, epoch: Epoch) {
        let closed = self.current.borrow_mut().take_if(|peer| peer.epoch == epoch);
        if closed.is_some() {
            shell.playback.silence();
            shell.pictures.refresh(shell);
        }
    }

    /// Closes whatever is open.
    pub fn clear(&self) {
        self.current.replace(None);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.lines.connection.close();
    }
}

impl Lines {
    fn new(wishes: &Wishes, slots: (usize, usize)) -> Result<Self, PeerProblem> {
        let configuration =
            object(&[("bundlePolicy", "max-bundle".into()), ("rtcpMuxPolicy", "require".into())]);
        let connection = PeerConnection::new(&configuration).map_err(|_| PeerProblem::Unsupported)?;
        Self::add(&connection, wishes, slots).map_err(|error| {
            connection.close();
            refused(error)
        })
    }

    fn add(
        connection: &PeerConnection,
        wishes: &Wishes,
        (audio, video): (usize, usize),
    ) -> Result<Self, JsValue> {
        let slots = |kind, count| (0..count).map(|_| add_slot(connection, kind)).collect::<Result<_, _>>();
        Ok(Self {
            connection: connection.clone(),
            senders: Senders::add_to(connection, wishes)?,
            audio: slots("audio", audio)?,
            video: slots("video", video)?,
        })
    }

    async fn make_offer(&self) -> Result<Made, PeerProblem> {
        let offer = js::settle(self.connection.create_offer()).await.map_err(refused)?;
        js::settle(self.connection.set_local_description(&offer)).await.map_err(refused)?;
        let sdp = self.connection.local_description().ok_or(PeerProblem::Failed)?.sdp();
        if sdp.len() > SDP_BYTES {
            return Err(PeerProblem::Failed);
        }
        let lines = self.senders.lines().ok_or(PeerProblem::Failed)?;
        let slots = |of: &[Transceiver]| of.iter().map(Slot::new).collect::<Option<_>>();
        Ok(Made {
            offer: Offer { sdp, lines },
            audio: slots(&self.audio).ok_or(PeerProblem::Failed)?,
            video: slots(&self.video).ok_or(PeerProblem::Failed)?,
        })
    }
}

impl Slot {
    fn new(transceiver: &Transceiver) -> Option<Self> {
        let mid = Mid::parse(&transceiver.mid()?).ok()?;
        let stream = MediaStream::new().ok()?;
        stream.add_track(&transceiver.receiver().track());
        Some(Self { mid, stream })
    }
}

/// Plays and shows the slots, unless their connection is gone already.
fn use_slots(inbox: &Inbox, epoch: Epoch, made: Made) -> Offer {
    if let Some(shell) = inbox.shell() {
        let streams: Vec<MediaStream> = made.audio.iter().map(|slot| same(&slot.stream)).collect();
        if shell.peers.fill(epoch, made.audio.into_iter().chain(made.video)) {
            shell.playback.play(&streams);
            shell.pictures.refresh(&shell);
        }
    }
    made.offer
}

impl Peers {
    fn fill(&self, epoch: Epoch, slots: impl Iterator<Item = Slot>) -> bool {
        match self.current.borrow_mut().as_mut() {
            Some(peer) if peer.epoch == epoch => {
                peer.slots = slots.collect();
                true
            }
            Some(_) | None => false,
        }
    }
}

fn state_listener(inbox: &Inbox, epoch: Epoch, connection: &PeerConnection) -> Listener {
    let inbox = inbox.clone();
    let source = connection.clone();
    Listener::new(connection, "connectionstatechange", move |_| {
        let name = source.connection_state().unwrap_or_default();
        if let Some(state) = state(&name) {
            inbox.put(Input::PeerChanged { epoch, state });
        }
    })
}

fn state(name: &str) -> Option<PeerState> {
    Some(match name {
        "new" => PeerState::New,
        "connecting" => PeerState::Connecting,
        "connected" => PeerState::Connected,
        "disconnected" => PeerState::Disconnected,
        "failed" => PeerState::Failed,
        "closed" => PeerState::Closed,
        _ => return None,
    })
}

fn refused(_: JsValue) -> PeerProblem {
    PeerProblem::Failed
}

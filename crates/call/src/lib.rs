//! The browser's side of a call, as a pure reducer.
//!
//! ```text
//! Preview ──join──▶ Seated { Joining ──▶ Waiting ──admitted──▶ Inside } ──▶ Left
//!    ▲                         │                                            │
//!    └──── refused, late ──────┘            ◀───────── join again ──────────┘
//! ```
//!
//! [`Call::handle`] takes what happened and the time, and returns what the shell must do. The shell is
//! `browser`; the tests are another. While seated, signalling ([`signal`]) and media ([`media`]) are
//! separate machines, because either can fail alone; both recover by the same two questions, a ticket
//! for the socket and a join for the media.
//!
//! | module | holds |
//! |---|---|
//! | [`input`], [`effect`], [`view`] | the three vocabularies of the shell |
//! | [`devices`] | what is captured, and what should be |
//! | [`permission`] | what a refused pair of devices means for each of them |
//! | [`seated`] | the machine between the click on Join and the end |
//! | [`signal`], [`media`] | the states of the socket and of the peer connection |
//! | [`roster`] | snapshot and changes folded into one picture of the room |
//! | [`mod@line`] | the line of a page that rings |
//! | [`recovery`] | how long to wait before trying again |
//!
//! Not here: JavaScript objects, sockets, clocks, randomness. Tracks are known by [`model::Source`].

pub mod devices;
pub mod effect;
pub mod input;
pub mod layers;
pub mod line;
pub mod media;
pub mod permission;
pub mod recovery;
pub mod roster;
pub mod seated;
pub mod signal;
pub mod view;

mod derive;

pub use effect::{ApiCall, CaptureId, ConnectionId, Cue, DeviceId, Effect, Epoch, RequestId, Timer};
pub use input::{
    Action, ApiAnswer, Captured, Device, DeviceKind, DeviceProblem, Input, Offer, Pass, PeerProblem,
    PeerState,
};
pub use view::View;

use devices::Devices;
use model::policy::Favour;
use model::{MonoMillis, RoomCode, Source};
use protocol::{ALL_LAYERS, Publishing};
use seated::{Newcomer, Outcome, Seated};
use view::{JoinProblem, LeftReason, Notice};

/// How long a notice stays, in milliseconds.
const NOTICE_MS: u64 = 6_000;

/// One call, from the entry page to the page after it.
#[derive(Debug)]
pub struct Call {
    room: RoomCode,
    phase: Phase,
    devices: Devices,
    counters: Counters,
    notice: Option<Notice>,
    playback_blocked: bool,
    /// What the camera's encoder was told.
    favour: Favour,
    layers: u8,
}

/// Where the person is.
#[derive(Debug)]
enum Phase {
    Preview {
        problem: Option<JoinProblem>,
    },
    Seated(Box<Seated>),
    /// `had` is what was sent at the end; whoever comes back wants it again.
    Left {
        reason: LeftReason,
        had: Publishing,
    },
}

/// The next free number of everything that is counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    epoch: u32,
    connection: u32,
    request: u32,
    capture: u32,
}

impl Counters {
    pub(crate) fn epoch(&mut self) -> Epoch {
        self.epoch += 1;
        Epoch(self.epoch)
    }

    pub(crate) fn connection(&mut self) -> ConnectionId {
        self.connection += 1;
        ConnectionId(self.connection)
    }

    pub(crate) fn request(&mut self) -> RequestId {
        self.request += 1;
        RequestId(self.request)
    }

    pub(crate) fn capture(&mut self) -> CaptureId {
        self.capture += 1;
        CaptureId(self.capture)
    }
}

impl Call {
    /// Starts on the entry page of `room`.
    pub fn new(room: RoomCode) -> Self {
        Self {
            room,
            phase: Phase::Preview { problem: None },
            devices: Devices::default(),
            counters: Counters::default(),
            notice: None,
            playback_blocked: false,
            favour: Favour::Continuity,
            layers: ALL_LAYERS,
        }
    }

    /// Takes in what happened and returns what must be done, in order.
    pub fn handle(&mut self, input: Input, now: MonoMillis) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Person(action) => self.handle_action(action, now, &mut effects),
            Input::DevicesListed(list) => self.devices.list = list,
            Input::Captured { capture, source, result } => {
                if let Some(problem) = self.devices.captured(capture, source, result, &mut effects) {
                    self.say(Notice::Device { source, problem }, &mut effects);
                }
                self.obey(None, &mut effects);
                self.publish(&mut effects);
            }
            Input::CaptureEnded { source } => self.handle_capture_ended(source, &mut effects),
            Input::PlaybackBlocked => self.playback_blocked = true,
            Input::TimerFired(Timer::Notice) => self.notice = None,
            Input::Offered { .. }
            | Input::AnswerApplied { .. }
            | Input::PeerChanged { .. }
            | Input::ApiAnswered { .. }
            | Input::SocketOpened { .. }
            | Input::SocketClosed { .. }
            | Input::Received { .. }
            | Input::TimerFired(_)
            | Input::Online => self.handle_seated(input, now, &mut effects),
        }
        effects
    }

    /// What a person may see just now.
    pub fn view(&self) -> View {
        derive::view(self)
    }

    fn handle_action(&mut self, action: Action, now: MonoMillis, effects: &mut Vec<Effect>) {
        match action {
            Action::CheckDevices => self.devices.check(&mut self.counters, effects),
            Action::Switch { source, on: true } if !self.may_send(source) => {
                self.say(Notice::MayNotSend { source }, effects);
            }
            Action::Switch { source, on } => {
                self.devices.switch(source, on, &mut self.counters, effects);
                self.publish(effects);
            }
            Action::ChooseDevice { source, device } => {
                self.devices.choose(source, device, &mut self.counters, effects);
            }
            Action::Join { name, key, pass } => self.join(Newcomer { name, key, pass }, effects),
            Action::DismissNotice => {
                self.notice = None;
                effects.push(Effect::StopTimer(Timer::Notice));
            }
            Action::AllowPlayback => {
                self.playback_blocked = false;
                effects.push(Effect::ResumePlayback);
            }
            Action::Leave | Action::Do(_) | Action::Say { .. } | Action::Show(_) | Action::OpenChat(_) => {
                self.handle_seated(Input::Person(action), now, effects)
            }
        }
    }

    fn join(&mut self, newcomer: Newcomer, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Seated(_) => return,
            Phase::Left { had, .. } => self.devices.take_up(had, &mut self.counters, effects),
            Phase::Preview { .. } => {}
        }
        self.notice = None;
        self.playback_blocked = false;
        effects.push(Effect::RememberName(newcomer.name.clone()));
        let publishing = self.devices.publishing();
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            effects.push(Effect::Send { source, on: publishing.has(source) });
        }
        let seated = Seated::begin(self.room, newcomer, &mut self.counters, effects);
        self.phase = Phase::Seated(Box::new(seated));
    }

    fn handle_seated(&mut self, input: Input, now: MonoMillis, effects: &mut Vec<Effect>) {
        let Phase::Seated(seated) = &mut self.phase else { return };
        let mut step = seated::Step {
            counters: &mut self.counters,
            publishing: self.devices.publishing(),
            effects,
            notice: None,
            stop: None,
            now,
        };
        let outcome = seated.handle(input, &mut step);
        let (notice, stop) = (step.notice, step.stop);
        match outcome {
            Outcome::Stay => {}
            Outcome::Preview(problem) => self.phase = Phase::Preview { problem },
            Outcome::Left(reason) => {
                let had = self.devices.publishing();
                self.devices.release_all(effects);
                self.notice = None;
                effects.push(Effect::StopTimer(Timer::Notice));
                self.phase = Phase::Left { reason, had };
                return;
            }
        }
        self.heed_the_rules(effects);
        self.heed_the_audience(effects);
        self.obey(stop, effects);
        if let Some(notice) = notice {
            self.say(notice, effects);
        }
    }

    /// Says to the encoder what the room's rules want of it, if that is news.
    fn heed_the_rules(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Seated(seated) = &self.phase else { return };
        let Some(rules) = seated.rules() else { return };
        if std::mem::replace(&mut self.favour, rules.favour) != rules.favour {
            effects.push(Effect::Favour(rules.favour));
        }
    }

    /// Says to the encoder which sizes of the camera's picture anybody sees, if that is news.
    fn heed_the_audience(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Seated(seated) = &self.phase else { return };
        let Some(layers) = seated.layers() else { return };
        if std::mem::replace(&mut self.layers, layers) != layers {
            effects.push(Effect::Layers(layers));
        }
    }

    /// Switches off what a host stopped, and what may not be sent. The server forwards neither, whatever
    /// a browser does; but a microphone that nobody hears should not look as if it were heard.
    fn obey(&mut self, stop: Option<Source>, effects: &mut Vec<Effect>) {
        let publishing = self.devices.publishing();
        let mut obeyed = false;
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            if publishing.has(source) && (stop == Some(source) || !self.may_send(source)) {
                self.devices.switch(source, false, &mut self.counters, effects);
                obeyed = true;
            }
        }
        if obeyed {
            self.publish(effects);
        }
    }

    /// Whether the room lets this browser send a source; before there is a room, everything may be tried.
    fn may_send(&self, source: Source) -> bool {
        let Phase::Seated(seated) = &self.phase else { return true };
        seated.rights().is_none_or(|rights| match source {
            Source::Microphone => rights.speak,
            Source::Camera => rights.show,
            Source::Screen => rights.share,
        })
    }

    /// A track went away by itself. A shared screen that ends was stopped on purpose, in the browser's own
    /// bar; a microphone or camera that ends was unplugged or taken away.
    fn handle_capture_ended(&mut self, source: Source, effects: &mut Vec<Effect>) {
        let problem = self.devices.ended(source, &mut self.counters, effects);
        if let Some(problem) = problem {
            self.say(Notice::Device { source, problem }, effects);
        }
        self.publish(effects);
    }

    fn publish(&mut self, effects: &mut Vec<Effect>) {
        let publishing = self.devices.publishing();
        if let Phase::Seated(seated) = &mut self.phase {
            seated.publish(publishing, effects);
        }
    }

    fn say(&mut self, notice: Notice, effects: &mut Vec<Effect>) {
        self.notice = Some(notice);
        effects.push(Effect::StartTimer { timer: Timer::Notice, after_ms: NOTICE_MS });
    }
}

#[cfg(test)]
mod tests;

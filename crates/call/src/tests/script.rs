//! A small language for transcripts: a [`Script`] plays the browser and the server around one [`Call`]
//! and writes down every input and every effect.

use crate::view::{Stage, TileSource};
use crate::{
    Action, ApiAnswer, ApiCall, Call, CaptureId, Captured, ConnectionId, DeviceId, DeviceProblem, Effect,
    Epoch, Input, Offer, Pass, PeerState, RequestId, Timer,
};
use model::{
    ChatText, DisplayName, MessageId, Mid, MonoMillis, ParticipantId, ParticipantKey, Policy, Rights, Role,
    RoomCode, RoomName, Source, Ticket, UnixMillis,
};
use protocol::{
    Change, ErrorCode, JoinOutcome, Link, ParticipantView, RoomRules, RoomView, ServerMessage, SlotView,
    Snapshot, WaitingGuest,
};
use std::fmt::Write as _;

pub struct Script {
    pub call: Call,
    pub log: String,
    now: u64,
}

pub const ME: u128 = 1;

pub fn id(number: u128) -> ParticipantId {
    ParticipantId::from_bits(number)
}

pub fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("a test name is valid")
}

pub fn participant(number: u128, called: &str) -> ParticipantView {
    ParticipantView {
        id: id(number),
        name: name(called),
        role: if called == "Ana" { Role::Owner } else { Role::Guest },
        link: Link::Connected,
        microphone: true,
        camera: true,
        screen: false,
        held: false,
        joined_at: UnixMillis(0),
    }
}

pub fn snapshot(people: &[(u128, &str)]) -> Snapshot {
    Snapshot {
        revision: 1,
        room: RoomView {
            code: RoomCode::from_bits(5),
            name: RoomName::parse("Lesson").expect("a valid name"),
            rules: RoomRules::from(&Policy::plain(true)),
            ends_at: None,
            paid: None,
            extension: None,
        },
        me: id(ME),
        rights: Rights { speak: true, show: true, share: true, chat: true, ..Rights::default() },
        participants: people.iter().map(|(number, called)| participant(*number, called)).collect(),
        waiting: Vec::new(),
        chat: Vec::new(),
        slots: Vec::new(),
        layers: protocol::ALL_LAYERS,
        now: UnixMillis(0),
    }
}

pub fn guest(number: u128, called: &str) -> WaitingGuest {
    WaitingGuest { id: id(number), name: name(called), since: UnixMillis(0) }
}

impl Script {
    pub fn new() -> Self {
        Self { call: Call::new(RoomCode::from_bits(5)), log: String::new(), now: 0 }
    }

    /// Feeds one input and writes down what comes of it.
    pub fn feed(&mut self, title: &str, input: Input) -> Vec<Effect> {
        let effects = self.call.handle(input, MonoMillis(self.now));
        writeln!(self.log, "{title}").expect("writing to a string");
        for effect in &effects {
            if let Some(line) = describe(effect) {
                writeln!(self.log, "    {line}").expect("writing to a string");
            }
        }
        effects
    }

    pub fn wait(&mut self, millis: u64) {
        self.now += millis;
    }

    pub fn act(&mut self, title: &str, action: Action) -> Vec<Effect> {
        self.feed(title, Input::Person(action))
    }

    pub fn join(&mut self) {
        self.act(
            "click join",
            Action::Join { name: name("Bo"), key: ParticipantKey::from_bits(77), pass: Pass::default() },
        );
    }

    pub fn offered(&mut self, epoch: u32) {
        let offer = Offer { sdp: format!("offer {epoch}"), lines: Vec::new() };
        self.feed(&format!("offer {epoch} made"), Input::Offered { epoch: Epoch(epoch), result: Ok(offer) });
    }

    pub fn answer(&mut self, title: &str, request: u32, result: Result<ApiAnswer, ErrorCode>) {
        self.feed(title, Input::ApiAnswered { request: RequestId(request), result });
    }

    pub fn waiting(&mut self, request: u32) {
        let outcome = JoinOutcome::Waiting { participant: id(ME), ticket: Ticket::from_bits(8) };
        self.answer("server: wait", request, Ok(ApiAnswer::Joined(outcome)));
    }

    pub fn joined(&mut self, request: u32, people: &[(u128, &str)]) {
        let outcome = JoinOutcome::Joined {
            participant: id(ME),
            ticket: Ticket::from_bits(9),
            answer: "answer".to_owned(),
            snapshot: Box::new(snapshot(people)),
        };
        self.answer("server: joined", request, Ok(ApiAnswer::Joined(outcome)));
    }

    pub fn ticket(&mut self, request: u32) {
        self.answer("server: ticket", request, Ok(ApiAnswer::Ticket(Ticket::from_bits(10))));
    }

    pub fn opened(&mut self, connection: u32) {
        self.feed(
            &format!("socket {connection} open"),
            Input::SocketOpened { connection: ConnectionId(connection) },
        );
    }

    pub fn closed(&mut self, connection: u32) {
        self.feed(
            &format!("socket {connection} closed"),
            Input::SocketClosed { connection: ConnectionId(connection) },
        );
    }

    pub fn hear(&mut self, connection: u32, title: &str, message: ServerMessage) {
        let connection = ConnectionId(connection);
        self.feed(&format!("server: {title}"), Input::Received { connection, message });
    }

    pub fn change(&mut self, connection: u32, revision: u64, title: &str, change: Change) {
        self.hear(connection, title, ServerMessage::Change { revision, change });
    }

    pub fn greet(&mut self, connection: u32, people: &[(u128, &str)]) {
        self.hear(connection, "snapshot", ServerMessage::Snapshot(Box::new(snapshot(people))));
    }

    pub fn peer(&mut self, epoch: u32, state: PeerState) {
        self.feed(&format!("peer {epoch} {state:?}"), Input::PeerChanged { epoch: Epoch(epoch), state });
    }

    pub fn timer(&mut self, timer: Timer) {
        self.feed(&format!("timer {timer:?}"), Input::TimerFired(timer));
    }

    pub fn captured(&mut self, capture: u32, source: Source, result: Result<&str, DeviceProblem>) {
        let title = format!("{source:?} {result:?}");
        let result =
            result.map(|device| Captured { device: DeviceId(device.to_owned()), label: device.to_owned() });
        self.feed(&title, Input::Captured { capture: CaptureId(capture), source, result });
    }

    /// A person who is in a call with Ana, connected.
    pub fn inside() -> Self {
        let mut script = Self::new();
        script.join();
        script.offered(1);
        script.joined(1, &[(2, "Ana"), (ME, "Bo")]);
        script.opened(1);
        script.greet(1, &[(2, "Ana"), (ME, "Bo")]);
        script.peer(1, PeerState::Connected);
        script.wait(20_000);
        script.log.clear();
        script
    }

    /// Writes down what a person sees.
    pub fn look(&mut self) {
        let view = self.call.view();
        writeln!(self.log, "  = {}", stage(view.stage)).expect("writing to a string");
        for tile in &view.tiles {
            let what = if tile.source == TileSource::Screen { " (screen)" } else { "" };
            let picture = tile.picture.map_or_else(|| "avatar".to_owned(), |picture| format!("{picture:?}"));
            let muted = if tile.muted { ", muted" } else { "" };
            let away = if tile.reconnecting { ", reconnecting" } else { "" };
            let speaking = if tile.speaking { ", speaking" } else { "" };
            let missing = tile.missing.map_or_else(String::new, |why| format!(", missing: {why:?}"));
            writeln!(self.log, "  | {}{what}: {picture}{muted}{speaking}{away}{missing}", tile.name)
                .expect("writing to a string");
        }
        if let Some(notice) = view.notice {
            writeln!(self.log, "  ! {notice:?}").expect("writing to a string");
        }
    }
}

fn stage(stage: Stage) -> String {
    format!("{stage:?}")
}

pub fn slot(mid: &str, number: u128, source: Source) -> SlotView {
    let (mid, participant) = (Mid::parse(mid).expect("a valid mid"), id(number));
    SlotView { mid, participant, source, paused: false, undecodable: false }
}

pub fn say(number: u128, text: &str) -> Action {
    Action::Say { id: MessageId::from_bits(number), text: ChatText::parse(text).expect("valid text") }
}

/// One line per effect; what the shell would do, without what only fills the page. Stopping a timer and
/// remembering are left out: they never matter to another effect.
fn describe(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::StopTimer(_) | Effect::RememberName(_) | Effect::ListDevices => return None,
        Effect::OpenPeer { epoch, .. } => format!("open peer {}", epoch.0),
        Effect::ApplyAnswer { epoch, sdp } => format!("peer {}: apply {sdp}", epoch.0),
        Effect::ClosePeer { epoch } => format!("close peer {}", epoch.0),
        Effect::CallApi { request, call } => format!("api {}: {}", request.0, describe_call(call)),
        Effect::OpenSocket { connection, .. } => format!("open socket {}", connection.0),
        Effect::CloseSocket { connection } => format!("close socket {}", connection.0),
        Effect::SendMessage { connection, message } => format!("socket {}: {message:?}", connection.0),
        Effect::StartTimer { timer: Timer::Silence | Timer::Heartbeat | Timer::Notice, .. } => return None,
        Effect::StartTimer { timer, after_ms } => format!("timer {timer:?} {after_ms}"),
        Effect::Send { source, on } => format!("send {source:?} {on}"),
        Effect::Favour(favour) => format!("favour {favour:?}"),
        Effect::Layers(layers) => format!("layers {layers:#b}"),
        Effect::Release { source } => format!("release {source:?}"),
        Effect::Capture { source, device, .. } => {
            format!("capture {source:?} {}", device.as_ref().map_or("", |device| &device.0))
        }
        Effect::CaptureBoth { .. } => "capture both".to_owned(),
        Effect::KeepSeat { .. } => "keep seat".to_owned(),
        Effect::ForgetSeat { .. } => "forget seat".to_owned(),
        Effect::Play(cue) => format!("play {cue:?}"),
        Effect::ResumePlayback => "resume playback".to_owned(),
    })
}

fn describe_call(call: &ApiCall) -> String {
    match call {
        ApiCall::Join(request) => format!("join with {}, {:?}", request.offer, request.publishing),
        ApiCall::Reconnect(_) => "reconnect".to_owned(),
        ApiCall::Leave(_) => "leave".to_owned(),
        ApiCall::Act { deed, .. } => format!("{deed:?}"),
        ApiCall::Say { text, .. } => format!("say {text}"),
    }
}

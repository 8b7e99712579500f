//! What can happen to a call: a person acts, or the shell reports what became of an effect.

use crate::effect::{ApiCall, CaptureId, ConnectionId, DeviceId, Epoch, RequestId, Timer};
use model::{ChatText, DisplayName, InviteToken, MessageId, ParticipantKey, Passcode, Source, Ticket};
use protocol::{Deed, ErrorCode, JoinOutcome, SendLine, ServerMessage, Wanted};

/// Everything that moves a [`Call`](crate::Call).
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A person did something.
    Person(Action),
    /// The list of devices, at first or after a change.
    DevicesListed(Vec<Device>),
    /// Answers [`Effect::Capture`](crate::Effect::Capture).
    Captured { capture: CaptureId, source: Source, result: Result<Captured, DeviceProblem> },
    /// A captured track ended by itself: unplugged, revoked, or sharing stopped in the browser's bar.
    CaptureEnded { source: Source },
    /// Answers [`Effect::OpenPeer`](crate::Effect::OpenPeer).
    Offered { epoch: Epoch, result: Result<Offer, PeerProblem> },
    /// Answers [`Effect::ApplyAnswer`](crate::Effect::ApplyAnswer).
    AnswerApplied { epoch: Epoch, result: Result<(), PeerProblem> },
    /// The peer connection's own state changed.
    PeerChanged { epoch: Epoch, state: PeerState },
    /// Answers [`Effect::CallApi`](crate::Effect::CallApi).
    ApiAnswered { request: RequestId, result: Result<ApiAnswer, ErrorCode> },
    /// The socket is open.
    SocketOpened { connection: ConnectionId },
    /// The socket is closed, for whatever reason, also when it never opened.
    SocketClosed { connection: ConnectionId },
    /// A message from the server.
    Received { connection: ConnectionId, message: ServerMessage },
    /// A timer ran out.
    TimerFired(Timer),
    /// The browser says that it is on a network again.
    Online,
    /// Remote sound could not start without a click (autoplay policy).
    PlaybackBlocked,
}

/// What a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Click on "Use camera and microphone" on the entry page.
    CheckDevices,
    /// Turn the microphone, the camera or screen sharing on or off, before or during the call.
    Switch {
        source: Source,
        on: bool,
    },
    /// Pick another microphone or camera.
    ChooseDevice {
        source: Source,
        device: DeviceId,
    },
    /// Knock or walk in. The key is fresh randomness, or the one of the seat that this tab held before
    /// it was reloaded.
    Join {
        name: DisplayName,
        key: ParticipantKey,
        pass: Pass,
    },
    /// Stop waiting, or hang up.
    Leave,
    /// What only hosts may do.
    Do(Deed),
    Say {
        id: MessageId,
        text: ChatText,
    },
    /// The layout changed: these pictures are on the screen, most important first.
    Show(Vec<Wanted>),
    /// The chat panel was opened or closed; unread messages are counted while it is closed.
    OpenChat(bool),
    DismissNotice,
    /// A click on "Turn on sound".
    AllowPlayback,
}

/// What a person shows at the door.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pass {
    /// The invite that their link carried.
    pub invite: Option<InviteToken>,
    pub passcode: Option<Passcode>,
}

/// One input or output device of the browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    pub id: DeviceId,
    pub kind: DeviceKind,
    /// Empty until the person has allowed access once.
    pub label: String,
}

/// What a device does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceKind {
    Microphone,
    Camera,
    Speaker,
}

/// A track was captured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Captured {
    /// The device that the browser picked; empty for a screen.
    pub device: DeviceId,
    pub label: String,
}

/// Why there is no track. The names of `DOMException` in brackets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceProblem {
    /// The person or the browser's settings said no (`NotAllowedError`).
    Denied,
    /// There is no such device (`NotFoundError`, `OverconstrainedError`).
    Missing,
    /// Another program has it (`NotReadableError`, `AbortError`).
    Busy,
    /// The page is not served over HTTPS, so the browser has no devices to offer.
    Insecure,
    /// The browser cannot do this at all (no `getUserMedia`, no `getDisplayMedia`).
    Unsupported,
    /// It worked, and then it was unplugged or taken away.
    Ended,
}

/// A local description, set and ready to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    pub sdp: String,
    pub lines: Vec<SendLine>,
}

/// Why the browser's peer connection failed us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PeerProblem {
    /// The browser has no `RTCPeerConnection`.
    Unsupported,
    /// An operation was refused.
    Failed,
}

/// `RTCPeerConnectionState`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PeerState {
    New,
    Connecting,
    Connected,
    Disconnected,
    Failed,
    Closed,
}

/// What a server function answered; the variant belongs to the [`ApiCall`] of the same request.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiAnswer {
    /// To [`ApiCall::Join`].
    Joined(JoinOutcome),
    /// To [`ApiCall::Reconnect`].
    Ticket(Ticket),
    /// To everything else.
    Done,
}

impl ApiAnswer {
    /// Whether this is the kind of answer that `call` asks for.
    pub const fn answers(&self, call: &ApiCall) -> bool {
        match (self, call) {
            (Self::Joined(_), ApiCall::Join(_)) | (Self::Ticket(_), ApiCall::Reconnect(_)) => true,
            (Self::Done, ApiCall::Join(_) | ApiCall::Reconnect(_))
            | (Self::Joined(_) | Self::Ticket(_), _) => false,
            (Self::Done, _) => true,
        }
    }
}

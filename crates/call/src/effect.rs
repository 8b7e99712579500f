//! What the shell must do for a call. Each effect with an outcome carries an id, and exactly one
//! [`Input`](crate::Input) answers it.

use model::policy::Favour;
use model::{ChatText, DisplayName, MessageId, ParticipantKey, RoomCode, Source, Ticket};
use protocol::{ClientMessage, Deed, JoinRequest, Seat};

/// Counts the peer connections of one call; answers from an old one are ignored.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Epoch(pub u32);

/// Counts the sockets of one call.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct ConnectionId(pub u32);

/// Counts the server function calls.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct RequestId(pub u32);

/// Counts the attempts to capture a device.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct CaptureId(pub u32);

/// The browser's opaque name of a device (`MediaDeviceInfo.deviceId`).
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct DeviceId(pub String);

/// What the shell must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the browser for its devices; answered by `DevicesListed`, again whenever they change.
    ListDevices,
    /// Open a device or the screen picker; answered by `Captured`. A track that the same source had
    /// before is stopped once the new one is there.
    Capture { capture: CaptureId, source: Source, device: Option<DeviceId> },
    /// Open microphone and camera by one request, so that the person sees one prompt; answered by two
    /// `Captured`. If the browser refuses the pair because one device is missing or busy, each is tried
    /// alone; if it was refused, those that deserve it are ([`crate::permission::asks_alone`]).
    CaptureBoth {
        microphone: CaptureId,
        microphone_device: Option<DeviceId>,
        camera: CaptureId,
        camera_device: Option<DeviceId>,
    },
    /// Stop the captured track, so that the camera's light goes out, and stop sending it.
    Release { source: Source },
    /// Make a peer connection with one sender per source and `audio_slots` + `video_slots` receivers,
    /// put captured tracks in, set the local description; answered by `Offered`.
    OpenPeer { epoch: Epoch, audio_slots: usize, video_slots: usize },
    /// Set the remote description; answered by `AnswerApplied`.
    ApplyAnswer { epoch: Epoch, sdp: String },
    /// Close the peer connection and forget its tracks.
    ClosePeer { epoch: Epoch },
    /// Let the sender of `source` send the captured track, or nothing at all. A wish that comes before
    /// there is a peer connection holds for the next one.
    Send { source: Source, on: bool },
    /// From now on, let the camera's encoder give up motion or sharpness when the network is short.
    Favour(Favour),
    /// From now on, send these encodings of the camera only, one bit each in the order of the offer.
    Layers(u8),
    /// Call a server function; answered by `ApiAnswered`.
    CallApi { request: RequestId, call: ApiCall },
    /// Open the call socket; answered by `SocketOpened` or `SocketClosed`.
    OpenSocket { connection: ConnectionId, ticket: Ticket },
    /// Write to the call socket.
    SendMessage { connection: ConnectionId, message: ClientMessage },
    /// Close the call socket; no answer is wanted.
    CloseSocket { connection: ConnectionId },
    /// Fire `TimerFired` once, after so many milliseconds; a running timer of that name starts anew.
    StartTimer { timer: Timer, after_ms: u64 },
    /// Forget the timer.
    StopTimer(Timer),
    /// Keep the seat for a reload of this tab.
    KeepSeat { room: RoomCode, key: ParticipantKey },
    /// The seat is void.
    ForgetSeat { room: RoomCode },
    /// Remember the name for the next call from this browser.
    RememberName(DisplayName),
    /// Play a short sound.
    Play(Cue),
    /// Start the remote sound again, now that the person clicked.
    ResumePlayback,
}

/// A server function and its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiCall {
    Join(Box<JoinRequest>),
    /// A new socket ticket for a seat that is still held.
    Reconnect(Seat),
    Leave(Seat),
    Act {
        seat: Seat,
        deed: Deed,
    },
    Say {
        seat: Seat,
        id: MessageId,
        text: ChatText,
    },
}

/// The timers of a call; one of each name at most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Timer {
    /// Time to say that we live.
    Heartbeat,
    /// The server has been silent for too long.
    Silence,
    /// Time to ask for a new socket ticket.
    Retry,
    /// Time to build a new peer connection.
    Rebuild,
    /// A join has not finished in time.
    JoinDeadline,
    /// The time of the call is nearly over.
    EndsSoon,
    /// The notice has been read.
    Notice,
}

/// A short sound.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cue {
    Knock,
    Joined,
    Left,
}

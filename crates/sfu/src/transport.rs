//! The seam between forwarding and WebRTC: one connection, in values of our own.
//!
//! ```text
//!  forwarding (room, tracks, slots)
//!        │ send, request_keyframe, aim       ▲ Connected, Rtp, KeyframeWanted, Path, Closed
//!        ▼                                   │
//!  MediaTransport ── one per peer ───────────┘
//!        │ transmits                         ▲ datagrams, time
//!        ▼                                   │
//!  the shell's socket
//! ```
//!
//! [`rtc`] is the implementation on str0m and the only file that knows it. A second one may take the
//! media over with its own SRTP without a change above.
//!
//! Lines are named by their place in the offer, layers by their place in the offer's simulcast list.

pub(crate) mod dtls;
pub(crate) mod rtc;

use crate::arena::Key;
use crate::dependency::{Raw, Rewritten};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// What carries datagrams.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Protocol {
    Udp,
    /// One connection, which the browser opened; datagrams are frames on it, see [`crate::framing`].
    Tcp,
}

/// One datagram that came in.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    pub protocol: Protocol,
    pub source: SocketAddr,
    /// The candidate that it was sent to.
    pub local: SocketAddr,
    pub bytes: &'a [u8],
}

/// One datagram to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transmit {
    pub protocol: Protocol,
    /// The candidate to send from.
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub bytes: Vec<u8>,
}

/// The codecs that are forwarded, most preferred first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Codec {
    Opus,
    Vp8,
    H264,
    Vp9,
    Av1,
}

/// Which codecs may flow on a line; none if nothing may.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Codecs(u8);

impl Codecs {
    pub(crate) const fn with(self, codec: Codec) -> Self {
        Self(self.0 | 1 << codec as u8)
    }

    pub(crate) const fn has(self, codec: Codec) -> bool {
        self.0 >> codec as u8 & 1 == 1
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codec, if there is only one.
    pub(crate) fn only(self) -> Option<Codec> {
        let known = [Codec::Opus, Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1];
        let mut all = known.into_iter().filter(|codec| self.has(*codec));
        all.next().filter(|_| all.next().is_none())
    }
}

/// What the sender said about its clock (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SenderReport {
    pub wall: SystemTime,
    pub rtp: u32,
}

/// One RTP packet from a peer.
#[derive(Clone, Debug)]
pub(crate) struct RtpIn {
    pub line: usize,
    pub layer: usize,
    pub ssrc: u32,
    /// Extended, so that it never wraps.
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    pub codec: Codec,
    pub payload: Arc<[u8]>,
    /// RFC 6464: 0 is the loudest, 127 is silence.
    pub level: Option<u8>,
    /// The picture's rotation in quarter turns, as sent.
    pub rotation: Option<Rotation>,
    /// What its sender says of dependencies, of AV1 alone.
    pub descriptor: Option<Arc<Raw>>,
    pub report: Option<SenderReport>,
}

/// How a picture is to be turned (3GPP TS 26.114), passed on as it came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

/// The numbers in a VP8 payload descriptor that must stay continuous (RFC 7741).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Vp8Numbers {
    pub picture: Option<u16>,
    pub tl0: Option<u8>,
    pub key: Option<u8>,
}

/// One RTP packet for a peer.
#[derive(Clone, Debug)]
pub(crate) struct RtpOut {
    pub line: usize,
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    pub codec: Codec,
    pub payload: Arc<[u8]>,
    pub level: Option<u8>,
    pub rotation: Option<Rotation>,
    /// Written over those of the payload.
    pub vp8: Option<Vp8Numbers>,
    /// Not sent to a peer that did not agree on it.
    pub descriptor: Option<Rewritten>,
}

/// What became of a packet that was to be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sending {
    /// It left, or waits its turn.
    Sent,
    /// It was dropped: what waits before it would make it too old.
    Clogged,
}

/// What congestion control says of the way to the peer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Path {
    /// How much may be sent, in payload bits per second.
    pub estimate_bps: u64,
}

/// What congestion control is to look for, in payload bits per second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Aim {
    /// What there would be to send.
    pub wish_bps: u64,
    /// What is sent at any rate that the way carries, as padding if need be.
    pub fill_bps: u64,
    pub push: Push,
}

/// How congestion control is pushed, beside being told a new aim.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Push {
    #[default]
    None,
    /// It tries the wish now, though it may be the same as before.
    Probe,
    /// It forgets what it has learnt, and begins again from its estimate.
    Restart,
}

/// What a transport reports.
#[derive(Debug)]
pub(crate) enum TransportEvent {
    /// ICE and DTLS are up.
    Connected,
    Rtp(RtpIn),
    /// The peer cannot decode what this line carries.
    KeyframeWanted {
        line: usize,
    },
    /// How the way to the peer is; said several times a second.
    Path(Path),
    /// The peer said goodbye.
    Closed,
}

/// Why a transport is of no more use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// The peer broke the protocol.
    Violation,
    /// Our code panicked.
    Panic,
}

/// Everything that transports put out, in order.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub transmits: VecDeque<Transmit>,
    pub events: VecDeque<(Key, TransportEvent)>,
}

/// Where one transport puts what it has to say.
#[derive(Debug)]
pub(crate) struct Port<'a> {
    pub peer: Key,
    pub outbox: &'a mut Outbox,
}

impl Port<'_> {
    pub(crate) fn transmit(&mut self, transmit: Transmit) {
        self.outbox.transmits.push_back(transmit);
    }

    pub(crate) fn event(&mut self, event: TransportEvent) {
        self.outbox.events.push_back((self.peer, event));
    }
}

/// One WebRTC connection. After a [`Fault`] it must be dropped.
pub(crate) trait MediaTransport: Send {
    /// Takes in an ICE check and says whether it carried the right password.
    fn check(&mut self, datagram: Datagram<'_>, now: Instant, port: &mut Port<'_>) -> Result<bool, Fault>;
    /// Takes in DTLS, RTP or RTCP.
    fn receive(&mut self, datagram: Datagram<'_>, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// A TCP connection to the peer has ended and never comes back; other ways are to be used at once.
    fn hang_up(&mut self, source: SocketAddr, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// Lets time pass.
    fn handle_timeout(&mut self, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// Sends one packet on a slot's line; a line without the codec drops it.
    fn send(&mut self, packet: RtpOut, now: Instant, port: &mut Port<'_>) -> Result<Sending, Fault>;
    /// What was sent on a slot's line is of no more use, so that it need not be repeated.
    fn forget(&mut self, line: usize, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// Says what congestion control is to look for.
    fn aim(&mut self, aim: Aim, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// Asks the peer for a keyframe of one layer (PLI).
    fn request_keyframe(
        &mut self,
        stream: (usize, usize),
        now: Instant,
        port: &mut Port<'_>,
    ) -> Result<(), Fault>;
    /// Says goodbye.
    fn close(&mut self, now: Instant, port: &mut Port<'_>) -> Result<(), Fault>;
    /// When [`MediaTransport::handle_timeout`] is due.
    fn deadline(&self) -> Instant;
}

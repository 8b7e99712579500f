//! What one shard is told at its start, and the limits that hold for every peer.
//!
//! | limit | guards against |
//! |---|---|
//! | [`SDP_BYTES`], [`SDP_LINES`], [`SDP_SSRCS`], [`SDP_RIDS`] | an offer that costs more than a call |
//! | [`DATAGRAM_BYTES`], [`PAYLOAD_BYTES`] | packets that no browser sends and that the sender cannot carry |
//! | [`PEER_ADDRESSES`], [`PEER_ADDRESSES_EVER`] | a peer that checks from every port it has |
//! | [`HANDSHAKE`], [`SILENCE`] | connections that never come up, or died without a word |
//!
//! Not here: rates of signalling and the number of people in a room; those are rules of the room.

use std::net::SocketAddr;
use std::time::Duration;

/// The longest session description, in bytes; `protocol::limits` promises browsers the same.
pub const SDP_BYTES: usize = 64 * 1024;
/// The most m-lines in one offer.
pub const SDP_LINES: usize = 64;
/// The most `a=ssrc` lines in one offer; Chromium writes up to four for each of its sources.
pub const SDP_SSRCS: usize = 256;
/// The most simulcast layers of one m-line.
pub const SDP_RIDS: usize = 4;
/// The longest datagram that is looked at; Ethernet carries no longer one.
pub const DATAGRAM_BYTES: usize = 1_500;
/// The longest RTP payload that is forwarded: str0m's sender panics above two kilobytes, and with
/// our own headers a longer one would not fit the path of every subscriber.
pub const PAYLOAD_BYTES: usize = 1_400;
/// How many addresses lead to one peer at a time.
pub const PEER_ADDRESSES: usize = 16;
/// How many addresses one peer may ever have been reached by: ICE keeps a candidate for each.
pub const PEER_ADDRESSES_EVER: usize = 256;
/// How many pictures one demand may name.
pub const DEMAND_WANTS: usize = 64;
/// How long ICE and DTLS may take together.
pub const HANDSHAKE: Duration = Duration::from_secs(15);
/// A connection without a verified ICE check for this long is lost. Browsers check every few seconds.
pub const SILENCE: Duration = Duration::from_secs(30);
/// How often layers, speakers, keyframe requests and silences are looked at.
pub const TICK: Duration = Duration::from_millis(100);
/// What is believed of the way to a peer before anything is known, in payload bits per second: enough for
/// the first pictures, and not so much that a slow way is full for seconds.
pub const FIRST_ESTIMATE_BPS: u64 = 1_500_000;
/// A packet that would wait this long for its turn is dropped, and its stream begins anew with a keyframe.
pub const CLOGGED: Duration = Duration::from_millis(600);

/// A layer that nobody was served from for this long need not be sent; people page and turn their heads.
pub const LAYER_IDLE: Duration = Duration::from_secs(5);
/// A layer that was asked for and does not come within this time cannot be had.
pub const LAYER_WAKES: Duration = Duration::from_secs(3);

/// What one shard is told at its start.
#[derive(Clone, Debug)]
pub struct SfuConfig {
    /// The addresses that are advertised as host candidates for UDP.
    pub candidates: Vec<SocketAddr>,
    /// Those for TCP (RFC 6544), to which browsers connect; browsers turn to them where UDP does not pass.
    pub tcp_candidates: Vec<SocketAddr>,
    /// Where sequence numbers, timestamps and picture ids start; nothing secret is drawn from it.
    pub seed: u64,
    /// The most connections at a time.
    pub peers: usize,
    /// In what cameras send that offer several sizes; `None` leaves that to them.
    pub camera_codec: Option<CameraCodec>,
}

/// In what a camera can send.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CameraCodec {
    #[default]
    Vp8,
    Vp9,
    Av1,
    H264,
}

impl CameraCodec {
    /// What offers call it (`a=rtpmap`).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "VP8/90000",
            Self::Vp9 => "VP9/90000",
            Self::Av1 => "AV1/90000",
            Self::H264 => "H264/90000",
        }
    }
}

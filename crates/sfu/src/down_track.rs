//! One slot: an m-line that we send on, and what it carries.
//!
//! ```text
//! Empty ──assign──▶ Waiting { target } ──keyframe──▶ Flowing { stream, target }
//!   ▲                    ▲   │   ▲                        │  │
//!   └──assign(None)──────┴───┴───┼─assign(another)────────┘  │
//!                                └──serve(None), break_off───┘
//! ```
//!
//! Audio begins with any packet, video with a keyframe; a flowing slot keeps its layer until the
//! keyframe of the target layer comes, so that a switch never shows a gap. A slot without a target carries
//! nothing: nobody sends its layers, or the subscriber's way has no room for it.

use crate::arena::Key;
use crate::dependency::Rewritten;
use crate::loudest::Tenure;
use crate::offer::Kind;
use crate::picture::Picture;
use crate::rewrite::{Cut, Rewriter};
use crate::thin::WHOLE;
use crate::transport::{Codec, Codecs, RtpIn, RtpOut};
use model::{Mid, ParticipantId, Source};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a picture has been paused before anybody is told: shorter ones are not felt.
const PAUSE_TOLD: Duration = Duration::from_secs(1);

/// One publication: a participant's source.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Publication {
    pub participant: ParticipantId,
    pub source: Source,
}

/// One slot of a subscriber.
#[derive(Debug)]
pub(crate) struct DownTrack {
    pub line: usize,
    pub mid: Mid,
    pub kind: Kind,
    /// What its subscriber can decode.
    pub codecs: Codecs,
    content: Option<Tenure>,
    /// How high the picture is shown.
    pub wanted: u16,
    /// Which place the subscriber gave it among its pictures, from 0.
    pub place: usize,
    /// Who publishes what it carries.
    pub publisher: Option<Key>,
    /// The layer that is to flow.
    target: Option<usize>,
    /// Up to which layer in time it is to flow.
    limit: u8,
    /// Which layers may flow, one bit each: the target and what is lower.
    allowed: u8,
    /// Since when there is no room for it.
    paused_since: Option<Instant>,
    stream: Option<Stream>,
    rewriter: Rewriter,
    /// The payload of padding, which costs nothing more once it is there.
    nothing: Arc<[u8]>,
}

/// A packet on its way to the slots that carry its track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    pub publisher: Key,
    pub packet: &'a RtpIn,
    /// What it says of its picture; nothing for sound and for padding.
    pub picture: Option<Picture>,
}

/// What flows: exactly one SSRC of one peer, in one codec.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Stream {
    publisher: Key,
    layer: usize,
    ssrc: u32,
    codec: Codec,
}

impl DownTrack {
    pub(crate) fn new((line, mid): (usize, Mid), kind: Kind, codecs: Codecs, roll: u64) -> Self {
        let rewriter = Rewriter::new(kind, roll);
        Self {
            line,
            mid,
            kind,
            codecs,
            content: None,
            wanted: 0,
            place: 0,
            publisher: None,
            target: None,
            limit: WHOLE,
            allowed: 0,
            paused_since: None,
            stream: None,
            rewriter,
            nothing: Arc::default(),
        }
    }

    /// What the slot carries.
    pub(crate) fn content(&self) -> Option<Publication> {
        self.content.map(|held| held.publication)
    }

    /// What the slot carries, and since when.
    pub(crate) const fn tenure(&self) -> Option<Tenure> {
        self.content
    }

    /// Gives the slot something else to carry, or nothing.
    pub(crate) fn assign(&mut self, content: Option<Publication>, now: Instant) {
        if self.content() != content {
            self.content = content.map(|publication| Tenure { publication, since: now });
            self.publisher = None;
            self.target = None;
            self.allowed = 0;
            self.paused_since = None;
            self.stream = None;
        }
    }

    /// Sets which layer is to flow and up to which layer in time, and which may until it does.
    pub(crate) fn serve(&mut self, target: Option<(usize, u8)>, allowed: u8) {
        (self.target, self.allowed) = (target.map(|(layer, _)| layer), allowed);
        if let Some((_, limit)) = target {
            self.limit = limit;
        } else {
            self.stream = None;
        }
        if let Some(stream) = self.stream {
            self.rewriter.thin(self.limit_of(stream.layer));
        }
    }

    /// Up to which layer in time a layer flows: as little as can be of what is too much, and all of what will
    /// be left for something better.
    fn limit_of(&self, layer: usize) -> u8 {
        let is_lower = self.allowed.checked_shr(layer as u32).is_some_and(|rest| rest & 1 == 1);
        match self.target {
            Some(target) if target == layer => self.limit,
            _ if is_lower => WHOLE,
            _ => 0,
        }
    }

    /// What flows, and up to which layer in time.
    pub(crate) fn flowing(&self) -> Option<(usize, u8)> {
        self.layer().map(|layer| (layer, self.limit_of(layer)))
    }

    /// Takes note of whether there is room for the picture.
    pub(crate) fn set_paused(&mut self, paused: bool, now: Instant) {
        self.paused_since = if paused { self.paused_since.or(Some(now)) } else { None };
    }

    /// Whether there is no room for the picture.
    pub(crate) const fn is_paused(&self) -> bool {
        self.paused_since.is_some()
    }

    /// Whether that has lasted long enough to be told.
    pub(crate) fn is_paused_for_long(&self, now: Instant) -> bool {
        self.paused_since.is_some_and(|since| now.saturating_duration_since(since) >= PAUSE_TOLD)
    }

    /// Stops in the middle of a picture; the next keyframe begins anew.
    pub(crate) fn break_off(&mut self) {
        self.stream = None;
    }

    /// The layer that is to flow, and up to which layer in time.
    pub(crate) fn step(&self) -> Option<(usize, u8)> {
        self.target.map(|target| (target, self.limit))
    }

    /// The layer that is to flow.
    pub(crate) const fn target(&self) -> Option<usize> {
        self.target
    }

    /// Whether a keyframe of the target layer is awaited.
    pub(crate) fn awaits_keyframe(&self) -> bool {
        self.kind == Kind::Video && self.target.is_some() && self.stream.map(|s| s.layer) != self.target
    }

    /// The layer that flows.
    pub(crate) fn layer(&self) -> Option<usize> {
        self.stream.map(|stream| stream.layer)
    }

    /// Takes a packet of the publication that the slot carries; answers what to send, if anything.
    pub(crate) fn forward(&mut self, incoming: Incoming<'_>, now: Instant) -> Option<RtpOut> {
        let packet = incoming.packet;
        if !self.codecs.has(packet.codec) {
            return None;
        }
        let RtpIn { layer, ssrc, codec, .. } = *packet;
        let stream = Stream { publisher: incoming.publisher, layer, ssrc, codec };
        let begins = self.stream != Some(stream);
        if begins {
            self.begin(stream, incoming, now)?;
        }
        let numbers = self.rewriter.rewrite(packet, incoming.picture, now)?;
        Some(RtpOut {
            line: self.line,
            seq: numbers.seq,
            time: numbers.time,
            // The first packet of a voice tells the jitter buffer that it may start over.
            marker: packet.marker && !numbers.is_padding || (begins && self.kind == Kind::Audio),
            codec: packet.codec,
            payload: if numbers.is_padding { self.nothing.clone() } else { packet.payload.clone() },
            level: packet.level,
            rotation: packet.rotation,
            vp8: numbers.vp8,
            descriptor: packet
                .descriptor
                .clone()
                .zip(numbers.frame)
                .map(|(raw, change)| Rewritten { raw, change }),
        })
    }

    fn begin(&mut self, stream: Stream, incoming: Incoming<'_>, now: Instant) -> Option<()> {
        let same_sender = self.stream.is_some_and(|old| old.publisher == stream.publisher);
        if self.kind == Kind::Video {
            incoming.picture?.keyframe()?;
            // A slot that shows nothing yet begins with what can be decoded first, if there is room for it.
            let may = if same_sender {
                self.target == Some(stream.layer)
            } else {
                self.allowed.checked_shr(stream.layer as u32).is_some_and(|rest| rest & 1 == 1)
            };
            if !may {
                return None;
            }
        }
        let cut = if same_sender { Cut::Layer } else { Cut::Source };
        self.rewriter.thin(self.limit_of(stream.layer));
        self.rewriter.switch(incoming.packet, incoming.picture, cut, now);
        self.stream = Some(stream);
        Some(())
    }
}

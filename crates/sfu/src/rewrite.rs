//! One continuous RTP stream out of pieces of many.
//!
//! ```text
//! in   A: 500 501 502 | B: 90 91 92 93 | A: 911 912
//! out       7   8   9      10 11 12 13       14  15      (16 when A's picture was cut: the decoder sees a gap)
//! ```
//!
//! Between switches everything is the incoming number plus an offset, so losses and reordering stay
//! what they were and repaired packets fit into their gaps. A switch sets new offsets. Timestamps
//! continue by what the sender's reports say of both pieces if they come from one clock, otherwise by
//! the time that passed. VP8's picture id, TL0PICIDX and KEYIDX continue in the same way.
//!
//! Invariant: no number is used for two different packets, because numbers of a piece lie above all
//! numbers sent before its switch and older packets of it are refused.

use crate::transport::{Codec, RtpIn, SenderReport, Vp8Numbers};
use crate::vp8::Vp8;
use std::time::{Duration, Instant, SystemTime};

/// How far the sender's clock may disagree with the arrival of a piece before arrival is believed.
const CLOCK_DOUBT: Duration = Duration::from_millis(500);

/// The numbers of one packet that goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Numbers {
    pub seq: u64,
    pub time: u32,
    pub vp8: Option<Vp8Numbers>,
}

/// Rewrites what one slot sends.
#[derive(Debug)]
pub(crate) struct Rewriter {
    ticks_per_second: u64,
    first: Numbers,
    sent: Option<Sent>,
    piece: Option<Piece>,
}

/// The newest packet that went out.
#[derive(Clone, Copy, Debug)]
struct Sent {
    seq: u64,
    time: u32,
    at: Instant,
    /// When it was captured, on its sender's clock.
    captured: Option<SystemTime>,
    picture_complete: bool,
    vp8: Vp8Numbers,
}

/// What is added to the numbers of the current piece.
#[derive(Clone, Copy, Debug)]
struct Piece {
    first_seq: u64,
    seq: u64,
    time: u32,
    picture: u16,
    tl0: u8,
    key: u8,
}

/// What a switch is told of the piece before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cut {
    /// Another layer of the same track: one clock.
    Layer,
    /// Another track.
    Source,
}

impl Rewriter {
    /// Starts at numbers derived from `roll`.
    pub(crate) const fn new(codec: Codec, roll: u64) -> Self {
        let ticks_per_second = match codec {
            Codec::Opus => 48_000,
            Codec::Vp8 => 90_000,
        };
        // Below 2^15, so that neither side takes the start for a wrap: SRTP counts wraps, unsaid.
        let seq = roll & 0x7fff;
        let first = Numbers { seq, time: (roll >> 16) as u32, vp8: None };
        Self { ticks_per_second, first, sent: None, piece: None }
    }

    /// Continues with another stream, of which `packet` is the first.
    pub(crate) fn switch(&mut self, packet: &RtpIn, vp8: Vp8, cut: Cut, now: Instant) {
        let (seq, time) = match &self.sent {
            None => (self.first.seq, self.first.time),
            Some(sent) => {
                let gap = if sent.picture_complete { 1 } else { 2 };
                (sent.seq + gap, sent.time.wrapping_add(self.ticks_since(sent, packet, cut, now)))
            }
        };
        let last = self.sent.as_ref().map(|sent| sent.vp8).unwrap_or_default();
        let read = vp8.numbers;
        self.piece = Some(Piece {
            first_seq: packet.seq,
            seq: seq.wrapping_sub(packet.seq),
            time: time.wrapping_sub(packet.time),
            picture: offset(last.picture, read.picture, u16::wrapping_add, u16::wrapping_sub),
            tl0: offset(last.tl0, read.tl0, u8::wrapping_add, u8::wrapping_sub),
            key: offset(last.key, read.key, u8::wrapping_add, u8::wrapping_sub),
        });
    }

    /// The numbers of the next packet of the current stream; `None` if it is older than the switch.
    pub(crate) fn rewrite(&mut self, packet: &RtpIn, vp8: Option<Vp8>, now: Instant) -> Option<Numbers> {
        let piece = self.piece.as_ref().filter(|piece| packet.seq >= piece.first_seq)?;
        let seq = packet.seq.wrapping_add(piece.seq);
        let time = packet.time.wrapping_add(piece.time);
        let vp8 = vp8.map(|vp8| {
            let mask = if vp8.long_picture { 0x7fff } else { 0x7f };
            Vp8Numbers {
                picture: vp8.numbers.picture.map(|n| n.wrapping_add(piece.picture) & mask),
                tl0: vp8.numbers.tl0.map(|n| n.wrapping_add(piece.tl0)),
                key: vp8.numbers.key.map(|n| n.wrapping_add(piece.key) & 0x1f),
            }
        });
        let newest = self.sent.as_ref().is_none_or(|sent| seq > sent.seq);
        if newest {
            let before = self.sent.as_ref().map(|sent| sent.vp8).unwrap_or_default();
            let read = vp8.unwrap_or_default();
            self.sent = Some(Sent {
                seq,
                time,
                at: now,
                captured: packet
                    .report
                    .and_then(|report| captured(report, packet.time, self.ticks_per_second)),
                picture_complete: packet.marker || packet.codec == Codec::Opus,
                vp8: Vp8Numbers {
                    picture: read.picture.or(before.picture),
                    tl0: read.tl0.or(before.tl0),
                    key: read.key.or(before.key),
                },
            });
        }
        Some(Numbers { seq, time, vp8 })
    }

    /// How many ticks after the last packet the first of a new piece is to be played.
    fn ticks_since(&self, sent: &Sent, packet: &RtpIn, cut: Cut, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(sent.at);
        let said = match cut {
            Cut::Source => None,
            Cut::Layer => {
                let first =
                    packet.report.and_then(|report| captured(report, packet.time, self.ticks_per_second));
                first.zip(sent.captured).and_then(|(first, last)| first.duration_since(last).ok())
            }
        };
        let gap = said.filter(|said| said.abs_diff(passed) < CLOCK_DOUBT).unwrap_or(passed);
        let ticks = gap.as_micros() as u64 * self.ticks_per_second / 1_000_000;
        // Time moves on, even between two pictures that arrive together.
        ticks.max(1) as u32
    }
}

/// When a packet was captured by its sender's wall clock, going by the newest report.
fn captured(report: SenderReport, time: u32, ticks_per_second: u64) -> Option<SystemTime> {
    let ticks = time.wrapping_sub(report.rtp) as i32;
    let micros = u64::from(ticks.unsigned_abs()) * 1_000_000 / ticks_per_second;
    let gap = Duration::from_micros(micros);
    if ticks < 0 { report.wall.checked_sub(gap) } else { report.wall.checked_add(gap) }
}

/// What to add so that the first number read becomes the one after the last sent.
fn offset<N: Copy + From<u8>>(
    last: Option<N>,
    read: Option<N>,
    add: impl Fn(N, N) -> N,
    subtract: impl Fn(N, N) -> N,
) -> N {
    match (last, read) {
        (Some(last), Some(read)) => subtract(add(last, N::from(1)), read),
        _ => N::from(0),
    }
}

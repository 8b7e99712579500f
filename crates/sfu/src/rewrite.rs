//! One continuous RTP stream out of pieces of many.
//!
//! ```text
//! in   A: 500 501 502 | B: 90 91 92 93 | A: 911 912
//! out       7   8   9      10 11 12 13       14  15  (16 when A's picture was cut: the decoder sees a gap)
//! ```
//!
//! Between switches everything is the incoming number plus an offset, so losses and reordering stay
//! what they were and repaired packets fit into their gaps. A switch sets new offsets. Timestamps
//! continue by what the sender's reports say of both pieces if they come from one clock, otherwise by
//! the time that passed. VP8's picture id, TL0PICIDX and KEYIDX continue in the same way, also over a piece
//! in another codec, and so do the frame numbers and templates of dependency descriptors.
//!
//! Invariant: no number is used for two different packets, because numbers of a piece lie above all
//! numbers sent before its switch and older packets of it are refused.

use crate::dependency::{Active, Change, Descriptor};
use crate::offer::Kind;
use crate::picture::Picture;
use crate::thin::{Fate, Thinner};
use crate::transport::{Codec, RtpIn, SenderReport, Vp8Numbers};
use std::time::{Duration, Instant, SystemTime};

/// How far the sender's clock may disagree with the arrival of a piece before arrival is believed.
const CLOCK_DOUBT: Duration = Duration::from_millis(500);

/// The numbers of one packet that goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Numbers {
    pub seq: u64,
    pub time: u32,
    pub vp8: Option<Vp8Numbers>,
    /// What changes in its dependency descriptor, if it has one.
    pub frame: Option<Change>,
    /// Whether nothing is to go under these numbers.
    pub is_padding: bool,
}

/// Rewrites what one slot sends.
#[derive(Debug)]
pub(crate) struct Rewriter {
    ticks_per_second: u64,
    first: Numbers,
    sent: Option<Sent>,
    piece: Option<Piece>,
    thinner: Thinner,
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
    frames: Frames,
}

/// The numbers of dependency descriptors.
#[derive(Clone, Copy, Debug, Default)]
struct Frames {
    newest: Option<u16>,
    /// The id behind those of all templates.
    templates: u8,
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
    frame: u16,
    templates: u8,
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
    pub(crate) const fn new(kind: Kind, roll: u64) -> Self {
        // Of all codecs of a kind.
        let ticks_per_second = match kind {
            Kind::Audio => 48_000,
            Kind::Video => 90_000,
        };
        // Below 2^15, so that neither side takes the start for a wrap: SRTP counts wraps, unsaid.
        let seq = roll & 0x7fff;
        let first = Numbers { seq, time: (roll >> 16) as u32, vp8: None, frame: None, is_padding: false };
        Self { ticks_per_second, first, sent: None, piece: None, thinner: Thinner::new() }
    }

    /// Sets up to which layer in time pictures are sent from now on.
    pub(crate) const fn thin(&mut self, limit: u8) {
        self.thinner.want(limit);
    }

    /// Continues with another stream, of which `packet` is the first.
    pub(crate) fn switch(&mut self, packet: &RtpIn, picture: Option<Picture>, cut: Cut, now: Instant) {
        let (seq, time) = match &self.sent {
            None => (self.first.seq, self.first.time),
            Some(sent) => {
                let gap = if sent.picture_complete { 1 } else { 2 };
                (sent.seq + gap, sent.time.wrapping_add(self.ticks_since(sent, packet, cut, now)))
            }
        };
        self.thinner.begin(packet.seq);
        let last = self.sent.as_ref().map(|sent| sent.vp8).unwrap_or_default();
        let frames = self.sent.as_ref().map(|sent| sent.frames).unwrap_or_default();
        let read = picture.and_then(Picture::vp8).unwrap_or_default().numbers;
        let descriptor = picture.and_then(Picture::descriptor);
        let begins = descriptor.and_then(|read| read.templates).map_or(0, |(first, _)| first);
        self.piece = Some(Piece {
            first_seq: packet.seq,
            seq: seq.wrapping_sub(packet.seq),
            time: time.wrapping_sub(packet.time),
            picture: offset(last.picture, read.picture, u16::wrapping_add, u16::wrapping_sub),
            tl0: offset(last.tl0, read.tl0, u8::wrapping_add, u8::wrapping_sub),
            key: offset(last.key, read.key, u8::wrapping_add, u8::wrapping_sub),
            frame: offset(
                frames.newest,
                descriptor.map(|read| read.number),
                u16::wrapping_add,
                u16::wrapping_sub,
            ),
            templates: frames.templates.wrapping_sub(begins),
        });
    }

    /// The numbers of the next packet of the current stream; `None` if it is older than the switch, or left
    /// out.
    pub(crate) fn rewrite(
        &mut self,
        packet: &RtpIn,
        picture: Option<Picture>,
        now: Instant,
    ) -> Option<Numbers> {
        let piece = self.piece.as_ref().filter(|piece| packet.seq >= piece.first_seq)?;
        let (left_out, is_padding) = match self.thinner.pass(packet, picture) {
            Fate::Passes(left_out) => (left_out, false),
            Fate::Padding(left_out) => (left_out, true),
            Fate::Nothing => return None,
        };
        let seq = packet.seq.wrapping_add(piece.seq).wrapping_sub(left_out.packets);
        let time = packet.time.wrapping_add(piece.time);
        let vp8 = picture.and_then(Picture::vp8).filter(|_| !is_padding).map(|vp8| {
            let mask = if vp8.long_picture { 0x7fff } else { 0x7f };
            Vp8Numbers {
                picture: vp8
                    .numbers
                    .picture
                    .map(|n| n.wrapping_add(piece.picture).wrapping_sub(left_out.pictures) & mask),
                tl0: vp8.numbers.tl0.map(|n| n.wrapping_add(piece.tl0)),
                key: vp8.numbers.key.map(|n| n.wrapping_add(piece.key) & 0x1f),
            }
        });
        let descriptor = picture.and_then(Picture::descriptor).filter(|_| !is_padding);
        let frame = descriptor.map(|read| self.change(*piece, read, packet.seq));
        let newest = self.sent.as_ref().is_none_or(|sent| seq > sent.seq);
        if newest {
            let before = self.sent.as_ref().map(|sent| sent.vp8).unwrap_or_default();
            let frames = self.sent.as_ref().map(|sent| sent.frames).unwrap_or_default();
            let read = vp8.unwrap_or_default();
            self.sent = Some(Sent {
                seq,
                time,
                at: now,
                captured: packet
                    .report
                    .and_then(|report| captured(report, packet.time, self.ticks_per_second)),
                picture_complete: packet.marker || is_padding || packet.codec == Codec::Opus,
                vp8: Vp8Numbers {
                    picture: read.picture.or(before.picture),
                    tl0: read.tl0.or(before.tl0),
                    key: read.key.or(before.key),
                },
                frames: frames.with(descriptor.zip(frame)),
            });
        } else if let (Some(sent), Some((read, change))) = (self.sent.as_mut(), descriptor.zip(frame)) {
            // A structure that others have overtaken has its numbers all the same.
            sent.frames.templates = sent.frames.with(Some((read, change))).templates;
        }
        Some(Numbers { seq, time, vp8, frame, is_padding })
    }

    /// What changes in the dependency descriptor of a packet.
    fn change(&self, piece: Piece, read: Descriptor, seq: u64) -> Change {
        let active = read.targets_to_name().map(|targets| Active::up_to(targets, self.thinner.limit_at(seq)));
        Change { number: read.number.wrapping_add(piece.frame), templates: piece.templates, active }
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

impl Frames {
    fn with(self, sent: Option<(Descriptor, Change)>) -> Self {
        let Some((read, change)) = sent else { return self };
        let behind = |(first, count): (u8, u8)| first.wrapping_add(count).wrapping_add(change.templates);
        Self { newest: Some(change.number), templates: read.templates.map_or(self.templates, behind) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vp8::Vp8;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn packet(seq: u64, time: u32, marker: bool) -> RtpIn {
        RtpIn {
            line: 0,
            layer: 0,
            ssrc: 1,
            seq,
            time,
            marker,
            codec: Codec::Vp8,
            payload: [0; 4].into(),
            level: None,
            rotation: None,
            descriptor: None,
            report: None,
        }
    }

    fn picture(number: u16) -> Vp8 {
        let numbers =
            Vp8Numbers { picture: Some(number), tl0: Some(number as u8), key: Some(number as u8 & 0x1f) };
        Vp8 { numbers, long_picture: true, ..Vp8::default() }
    }

    #[test]
    fn a_picture_that_was_cut_leaves_a_gap_and_a_whole_one_does_not() {
        let now = Instant::now();
        for (marker, gap) in [(true, 1), (false, 2)] {
            let mut rewriter = Rewriter::new(Kind::Video, 7);
            rewriter.switch(&packet(500, 0, marker), None, Cut::Source, now);
            let last = rewriter.rewrite(&packet(500, 0, marker), None, now).expect("it is the first");
            rewriter.switch(&packet(90, 0, true), None, Cut::Source, now);
            let next = rewriter.rewrite(&packet(90, 0, true), None, now).expect("it is the first");
            assert_eq!(next.seq - last.seq, gap);
        }
    }

    #[test]
    fn what_is_older_than_the_switch_is_refused_and_what_was_lost_fits_its_gap() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(Kind::Video, 7);
        rewriter.switch(&packet(500, 0, true), None, Cut::Source, now);
        assert_eq!(rewriter.rewrite(&packet(499, 0, true), None, now), None);
        let mut sent = |seq| rewriter.rewrite(&packet(seq, 0, true), None, now).map(|numbers| numbers.seq);
        let first = sent(500).expect("it is the first");
        assert_eq!(sent(503), Some(first + 3));
        assert_eq!(sent(501), Some(first + 1));
    }

    #[test]
    fn layers_of_one_clock_keep_its_time_and_other_sources_that_of_arrival() {
        let start = Instant::now();
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        // Captured 40 ms apart by the sender's reports, arrived 70 ms apart.
        let one = RtpIn { report: Some(SenderReport { wall, rtp: 0 }), ..packet(1, 9_000, true) };
        let two = RtpIn { report: Some(SenderReport { wall, rtp: 50_000 }), ..packet(7, 62_600, true) };
        for (cut, ticks) in [(Cut::Layer, 40 * 90), (Cut::Source, 70 * 90)] {
            let mut rewriter = Rewriter::new(Kind::Video, 7);
            rewriter.switch(&one, None, Cut::Source, start);
            let last = rewriter.rewrite(&one, None, start).expect("it is the first");
            let later = start + Duration::from_millis(70);
            rewriter.switch(&two, None, cut, later);
            let next = rewriter.rewrite(&two, None, later).expect("it is the first");
            assert_eq!(next.time.wrapping_sub(last.time), ticks, "{cut:?}");
        }
    }

    #[test]
    fn a_clock_that_cannot_be_right_is_not_believed() {
        let start = Instant::now();
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let one = RtpIn { report: Some(SenderReport { wall, rtp: 0 }), ..packet(1, 0, true) };
        for wrong in [wall + Duration::from_secs(3_600), wall - Duration::from_secs(3_600)] {
            let two = RtpIn { report: Some(SenderReport { wall: wrong, rtp: 0 }), ..packet(7, 0, true) };
            let mut rewriter = Rewriter::new(Kind::Video, 7);
            rewriter.switch(&one, None, Cut::Source, start);
            let last = rewriter.rewrite(&one, None, start).expect("it is the first");
            let later = start + Duration::from_millis(33);
            rewriter.switch(&two, None, Cut::Layer, later);
            let next = rewriter.rewrite(&two, None, later).expect("it is the first");
            assert_eq!(next.time.wrapping_sub(last.time), 33 * 90);
        }
    }

    #[test]
    fn a_short_picture_id_stays_short() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(Kind::Video, 7);
        let short = |number| Vp8 { long_picture: false, ..picture(number) };
        rewriter.switch(&packet(1, 0, true), Some(Picture::Vp8(short(120))), Cut::Source, now);
        rewriter.rewrite(&packet(1, 0, true), Some(Picture::Vp8(short(120))), now);
        rewriter.switch(&packet(9, 0, true), Some(Picture::Vp8(short(127))), Cut::Source, now);
        let ids: Vec<Option<u16>> = (0..10)
            .map(|n| {
                let vp8 = short((127 + n) & 0x7f);
                rewriter
                    .rewrite(&packet(9 + u64::from(n), 0, true), Some(Picture::Vp8(vp8)), now)?
                    .vp8?
                    .picture
            })
            .collect();
        let expected = [121, 122, 123, 124, 125, 126, 127, 0, 1, 2];
        assert_eq!(ids, expected.map(Some));
    }

    proptest! {
        /// Whatever comes from however many streams: no number is used twice, and none lies far ahead.
        #[test]
        fn no_number_is_used_twice(
            roll in any::<u64>(),
            pieces in vec((0..1_u64 << 40, any::<u32>(), vec(0..40_u64, 1..30)), 1..8),
        ) {
            let mut rewriter = Rewriter::new(Kind::Video, roll);
            let mut now = Instant::now();
            let mut used = std::collections::BTreeSet::new();
            let mut packets = 0_u64;
            for (base, time, offsets) in pieces {
                rewriter.switch(&packet(base, time, true), Some(Picture::Vp8(picture(9))), Cut::Source, now);
                let mut seen = std::collections::BTreeSet::new();
                for offset in offsets {
                    // A transport hands each packet over once.
                    if !seen.insert(offset) {
                        continue;
                    }
                    now += Duration::from_millis(1);
                    let incoming = packet(base + offset, time, offset % 3 == 0);
                    let out = rewriter.rewrite(&incoming, Some(Picture::Vp8(picture(9))), now);
                    let seq = out.expect("it is not older than the switch").seq;
                    prop_assert!(used.insert(seq), "{} was used before", seq);
                    packets += 1;
                }
            }
            let (first, last) = (*used.first().expect("some"), *used.last().expect("some"));
            prop_assert!(first < (1 << 15) + 40);
            prop_assert!(last - first <= packets * 41, "gaps are no larger than they came in");
        }
    }
}

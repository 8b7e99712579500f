//! One function for each reader of bytes from the network: takes any bytes, and panics if something that
//! always holds does not.
//!
//! | target | reads | and what always holds |
//! |---|---|---|
//! | [`av1`] | an AV1 payload behind two dependency descriptors | what is passed on of them reads the same under other numbers; str0m knows its keyframes |
//! | [`demux`] | the first look at a datagram | its class follows from the first byte; a ufrag is a part of it |
//! | [`framing`] | RFC 4571 frames | the same comes out however the stream is cut, and frames again to the same |
//! | [`offer`] | the first look at an offer | limits; what is passed on reads the same again |
//! | [`answer`] | the second one, by str0m | an answer or a refusal, never a panic |
//! | [`h264`] | an H.264 payload (RFC 6184) and its parameters | str0m finds a parameter set wherever one is; a height is none of 0 |
//! | [`vp8`] | a VP8 payload descriptor | str0m reads the same numbers, and can write those of a slot over them |
//! | [`vp9`] | a VP9 payload descriptor | what is passed on is the same picture, and the shortest; str0m knows its keyframes |
//! | [`transport`] | STUN, DTLS, RTP and RTCP of a peer that is not up | nothing is proved, nothing panics |
//!
//! `fuzz/corpus/TARGET` holds inputs that reach different places; `replay` runs them and seeded mutations
//! of them with every test. A fuzzer that searches takes the functions from here, with the feature `fuzz`.
//!
//! Not here: RTP headers, extensions and RTCP behind SRTP. str0m reads those after it has verified who wrote
//! them; what becomes of a hostile peer's packets is asked in `sim`.

#[cfg(test)]
mod replay;

use crate::config::{DATAGRAM_BYTES, SDP_BYTES, SDP_LINES, SDP_RIDS};
use crate::demux::{Class, classify};
use crate::dependency::{Active, Change, Dependencies, LAYERS, LONGEST, Raw, Rewritten};
use crate::framing::{FrameQueue, FrameTooLong, Frames};
use crate::transport::rtc::{Opened, Opener, has_parameters, is_av1_key, is_vp9_key, read_vp8};
use crate::transport::{Datagram, Fault, Outbox, Port, Protocol, Vp8Numbers};
use crate::{
    arena::Arena, av1 as av1_payloads, h264 as h264_payloads, offer as offers, sps, vp8 as payloads,
    vp9 as vp9_payloads,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Reads any bytes.
pub type Target = fn(&[u8]);

/// All targets by their names.
pub const TARGETS: [(&str, Target); 9] = [
    ("answer", answer),
    ("av1", av1),
    ("demux", demux),
    ("framing", framing),
    ("h264", h264),
    ("offer", offer),
    ("transport", transport),
    ("vp8", vp8),
    ("vp9", vp9),
];

/// An offer whose answer gives the peers of [`transport`].
const OFFER: &str = include_str!("../tests/sdp/chromium-156-page.sdp");

/// Sorts a datagram.
pub fn demux(bytes: &[u8]) {
    match classify(bytes) {
        Class::Check { ufrag } => {
            assert_eq!(bytes[..2], [0, 1], "only binding requests are checks");
            let parts = |length: usize| bytes.windows(length).any(|part| part == ufrag.as_bytes());
            assert!(ufrag.is_empty() || parts(ufrag.len()));
            assert!(!ufrag.contains(':'));
        }
        Class::Traffic => assert!(matches!(bytes[0], 20..=63 | 128..=191)),
        Class::Noise => {}
    }
}

/// Takes a stream apart that comes in pieces of the length that the first byte says.
pub fn framing(bytes: &[u8]) {
    let Some((piece, stream)) = bytes.split_first() else { return };
    let whole = frames(stream.chunks(stream.len().max(1)));
    assert_eq!(frames(stream.chunks(usize::from(*piece).max(1))), whole);
    assert_eq!(frames(stream.chunks(1)), whole);
    let (datagrams, _) = whole;
    let (mut queue, mut taken) = (FrameQueue::default(), Vec::new());
    for datagram in datagrams {
        assert!((1..=DATAGRAM_BYTES).contains(&datagram.len()));
        if queue.push(&datagram) {
            taken.push(datagram);
        }
    }
    let (first, second) = queue.waiting();
    assert_eq!(frames([first, second].into_iter()), (taken, Ok(())));
}

fn frames<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Result<(), FrameTooLong>) {
    let (mut frames, mut datagrams) = (Frames::default(), Vec::new());
    for piece in pieces {
        if let Err(error) = frames.take(piece, |datagram| datagrams.push(datagram.to_vec())) {
            return (datagrams, Err(error));
        }
    }
    (datagrams, Ok(()))
}

/// Looks an offer over.
pub fn offer(bytes: &[u8]) {
    let sdp = String::from_utf8_lossy(bytes);
    let Ok(scanned) = offers::scan(&sdp) else { return };
    assert!(sdp.len() <= SDP_BYTES);
    assert!((1..=SDP_LINES).contains(&scanned.lines.len()));
    for (index, line) in scanned.lines.iter().enumerate() {
        assert!(line.rids.len() <= SDP_RIDS);
        assert!(scanned.lines[..index].iter().all(|before| before.mid != line.mid));
    }
    assert!(!scanned.sdp.contains("\na=candidate:"));
    // With line ends as they should be it may be longer than an offer may be.
    if scanned.sdp.len() <= SDP_BYTES {
        assert_eq!(offers::scan(&scanned.sdp).as_ref(), Ok(&scanned));
    }
}

/// Answers an offer, if it looks like one.
pub fn answer(bytes: &[u8]) {
    let Ok(scanned) = offers::scan(&String::from_utf8_lossy(bytes)) else { return };
    if let Ok(Opened { answer, codecs, .. }) = opener().try_open(&scanned, Instant::now()) {
        assert_eq!(codecs.len(), scanned.lines.len());
        assert_eq!(answer.matches("\r\nm=").count(), scanned.lines.len(), "each line is answered");
    }
}

/// Reads a payload, and the same bytes as a parameter set.
pub fn h264(bytes: &[u8]) {
    if let Some(read) = h264_payloads::read(bytes) {
        assert!(read.keyframe.is_none() || has_parameters(bytes), "{read:?}");
    }
    assert_ne!(sps::height(bytes), Some(0));
}

/// Reads a payload; its first four bytes say which numbers are written over those that it has.
pub fn vp8(bytes: &[u8]) {
    let Some((wanted, payload)) = bytes.split_first_chunk::<4>() else { return };
    let Some(ours) = payloads::read(payload) else { return };
    let Some((theirs, write)) = read_vp8(payload) else {
        panic!("str0m does not read what we read, and could not write over it: {ours:?}");
    };
    assert_eq!(ours.numbers, theirs);
    let mask = if ours.long_picture { 0x7fff } else { 0x7f };
    let [high, low, tl0, key] = *wanted;
    let numbers = Vp8Numbers {
        picture: ours.numbers.picture.map(|_| u16::from_be_bytes([high, low]) & mask),
        tl0: ours.numbers.tl0.map(|_| tl0),
        key: ours.numbers.key.map(|_| key & 0x1f),
    };
    assert!(write(numbers), "the numbers of a slot fit: {numbers:?} into {ours:?}");
}

/// Reads a payload, and what is passed on of it.
pub fn vp9(bytes: &[u8]) {
    let Some(read) = vp9_payloads::read(bytes) else { return };
    assert!((1..bytes.len()).contains(&read.descriptor), "something follows: {read:?}");
    assert!(read.keyframe.is_none() || read.begins && is_vp9_key(bytes), "{read:?}");
    let bare = vp9_payloads::bare(read, bytes);
    let again = vp9_payloads::read(&bare).expect("what is passed on can be read");
    assert_eq!((again.descriptor, again.begins, again.temporal), (1, read.begins, None));
    assert_eq!(again.keyframe.is_some(), read.keyframe.is_some());
    assert_eq!(bare[1..], bytes[read.descriptor..]);
}

/// Reads two descriptors and a payload; the first four bytes say what changes of them, and how long they are
/// the next one of each.
pub fn av1(bytes: &[u8]) {
    let Some(([high, low, templates, limit], rest)) = bytes.split_first_chunk::<4>() else { return };
    let mut rest = rest;
    let (mut before, mut behind, mut last) = (Dependencies::default(), Dependencies::default(), None);
    for _ in 0..2 {
        let Some((length, more)) = rest.split_first() else { return };
        let Some((descriptor, more)) = more.split_at_checked(usize::from(*length)) else { return };
        rest = more;
        let Some(read) = before.read(descriptor, 0) else { continue };
        let active = read.targets_to_name().map(|targets| Active::up_to(targets, *limit));
        let change = Change { number: u16::from_be_bytes([*high, *low]), templates: *templates, active };
        let raw = Arc::new(Raw::new(descriptor).expect("what was read is as long as it may be"));
        let rewritten = Rewritten { raw, change };
        let mut out = [0; LONGEST];
        let length = rewritten.write(&mut out);
        assert!((descriptor.len()..=LONGEST).contains(&length) && length <= rewritten.most());
        let again = behind.read(&out[..length], 0).expect("what is passed on can be read");
        assert_eq!((again.number, again.begins), (change.number, read.begins));
        assert_eq!((again.layer, again.up, again.height), (read.layer, read.up, read.height));
        let moved = |(first, count): (u8, u8)| (first.wrapping_add(*templates) & 0x3f, count);
        assert_eq!(again.templates, read.templates.map(moved));
        if let (Some(targets), Some(again), true) = (read.targets, again.targets, rewritten.most() <= LONGEST)
        {
            let most = usize::from(*limit).min(LAYERS - 1);
            assert!(active.is_none() || again.up_to[LAYERS - 1] == targets.up_to[most]);
        }
        last = Some(read);
    }
    let Some(read) = av1_payloads::read(rest, last) else { return };
    assert!(read.keyframe.is_none() || read.begins && is_av1_key(rest), "{read:?}");
    assert_ne!(read.keyframe, Some(0));
}

/// Gives datagrams, framed as on a stream, to a connection that nobody has proved anything of.
pub fn transport(bytes: &[u8]) {
    let scanned = offers::scan(OFFER).expect("a browser's offer");
    let now = Instant::now();
    let mut connection = opener().try_open(&scanned, now).expect("an answer").transport;
    let (mut keys, mut outbox) = (Arena::new(), Outbox::default());
    let peer = keys.insert(|_| ());
    for datagram in frames([bytes].into_iter()).0 {
        let mut port = Port { peer, outbox: &mut outbox };
        let (source, local) = (SocketAddr::from(([192, 0, 2, 9], 9)), LOCAL.into());
        let datagram = Datagram { protocol: Protocol::Udp, source, local, bytes: &datagram };
        let fault = match classify(datagram.bytes) {
            Class::Check { .. } => connection.check(datagram, now, &mut port).map(|proved| assert!(!proved)),
            Class::Traffic => connection.receive(datagram, now, &mut port),
            Class::Noise => Ok(()),
        };
        match fault {
            Ok(()) => {}
            Err(Fault::Violation) => return,
            Err(Fault::Panic) => panic!("a connection's code panicked"),
        }
    }
    assert!(outbox.transmits.is_empty(), "nobody is answered who proves nothing");
}

const LOCAL: ([u8; 4], u16) = ([192, 0, 2, 1], 7_000);

/// What opens connections; its certificate takes longer to make than anything else here.
fn opener() -> &'static Opener {
    static OPENER: std::sync::OnceLock<Opener> = std::sync::OnceLock::new();
    OPENER.get_or_init(|| Opener::new(&[LOCAL.into()], &[LOCAL.into()]))
}

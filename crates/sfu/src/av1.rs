//! What the SFU reads of AV1 (AV1 RTP payload format, section 4): the aggregation header, and the sequence
//! header with which a keyframe begins (AV1 bitstream specification, section 5.5).
//!
//! ```text
//! Z Y W W N - - - | length, if W leaves it open | OBU | length | OBU ...
//! ```
//!
//! Which layer in time a picture is of stands in its dependency descriptor, if it has one (`dependency`). A
//! stream without is one of a single layer. Streams with several sizes are none: here a size is a stream of
//! its own.
//!
//! Not here: rewriting. Nothing in a payload has to stay continuous.

use crate::dependency::Descriptor;
use crate::reader::{Bits, take};

/// The type of a sequence header (AV1, section 6.2.2).
const SEQUENCE_HEADER: u8 = 1;
/// The most bytes of a length (AV1, section 4.10.5).
const LENGTH_BYTES: usize = 8;

/// What one packet says of its picture.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Av1 {
    /// Whether its picture begins with it.
    pub begins: bool,
    /// Set on the first packet of a keyframe: the height of the picture.
    pub keyframe: Option<u16>,
    pub descriptor: Option<Descriptor>,
}

/// Reads a payload; `None` if it is no AV1, or one of several sizes in one stream.
pub(crate) fn read(payload: &[u8], descriptor: Option<Descriptor>) -> Option<Av1> {
    let (head, rest) = payload.split_first()?;
    let (continues, is_new) = (head & 0x80 != 0, head & 0x08 != 0);
    if continues && is_new {
        return None;
    }
    let elements = Elements { rest, left: head >> 4 & 3 };
    let first = elements.clone().next()?;
    if !continues && Obu::read(first)?.spatial > 0 {
        return None;
    }
    let begins = descriptor.map_or(!continues, |descriptor| descriptor.begins);
    let mut av1 = Av1 { begins, keyframe: None, descriptor };
    if begins && is_new && descriptor.is_none_or(|descriptor| descriptor.templates.is_some()) {
        let headers = elements.filter_map(Obu::read).filter(|obu| obu.kind == SEQUENCE_HEADER);
        let of_structure = descriptor.and_then(|descriptor| descriptor.height);
        av1.keyframe = of_structure.or_else(|| headers.take(1).find_map(|header| height(header.body)));
    }
    Some(av1)
}

/// The OBUs of a payload, or parts of them.
#[derive(Clone)]
struct Elements<'a> {
    rest: &'a [u8],
    /// How many there are, if the last one has no length; otherwise 0.
    left: u8,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = match self.left {
            1 => self.rest.len(),
            _ => length(&mut self.rest)?,
        };
        self.left = self.left.saturating_sub(1);
        let (element, rest) =
            self.rest.split_at_checked(length).filter(|(element, _)| !element.is_empty())?;
        self.rest = rest;
        Some(element)
    }
}

/// One OBU (AV1, section 5.3).
struct Obu<'a> {
    kind: u8,
    /// Its layer in space.
    spatial: u8,
    body: &'a [u8],
}

impl<'a> Obu<'a> {
    fn read(mut body: &'a [u8]) -> Option<Self> {
        let head = take(&mut body).filter(|head| head & 0x80 == 0)?;
        let spatial = if head & 0x04 != 0 { take(&mut body)? >> 3 & 3 } else { 0 };
        if head & 0x02 != 0 {
            length(&mut body)?;
        }
        Some(Self { kind: head >> 3 & 0xf, spatial, body })
    }
}

/// A length in groups of seven bits, the lowest first (`leb128`).
fn length(bytes: &mut &[u8]) -> Option<usize> {
    let mut length = 0_u64;
    for group in 0..LENGTH_BYTES {
        let byte = take(bytes)?;
        length |= u64::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            return usize::try_from(length).ok();
        }
    }
    None
}

/// The height that a sequence header names (AV1, section 5.5.1).
fn height(header: &[u8]) -> Option<u16> {
    let mut bits = Bits::new(header, 0);
    // The profile, and whether it is a single picture.
    bits.skip(4)?;
    if bits.flag()? {
        bits.skip(5)?
    } else {
        operating_points(&mut bits)?
    }
    let width_bits = bits.take(4)? as usize + 1;
    let height_bits = bits.take(4)? as usize + 1;
    bits.skip(width_bits)?;
    (bits.take(height_bits)? as u16).checked_add(1)
}

fn operating_points(bits: &mut Bits<'_>) -> Option<()> {
    let (mut has_model, mut delay_bits) = (false, 0);
    if bits.flag()? {
        bits.skip(64)?;
        if bits.flag()? {
            skip_unsigned(bits)?;
        }
        has_model = bits.flag()?;
        if has_model {
            delay_bits = bits.take(5)? as usize + 1;
            bits.skip(42)?;
        }
    }
    let has_delay = bits.flag()?;
    for _ in 0..=bits.take(5)? {
        bits.skip(12)?;
        // Levels above 7 have two tiers.
        if bits.take(5)? > 7 {
            bits.skip(1)?;
        }
        if has_model && bits.flag()? {
            bits.skip(2 * delay_bits + 1)?;
        }
        if has_delay && bits.flag()? {
            bits.skip(4)?;
        }
    }
    Some(())
}

/// Reads past a number that begins with as many zeros as it has bits (AV1, section 4.10.3).
fn skip_unsigned(bits: &mut Bits<'_>) -> Option<()> {
    let mut zeros = 0;
    while !bits.flag()? {
        zeros += 1;
    }
    if zeros < 32 { bits.skip(zeros) } else { Some(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The first bytes of keyframes, written by libaom: a sequence header, and the beginning of a frame.
    const KEYFRAMES: [(u16, &[u8]); 3] = [
        (180, b"\x28\x0d\x08\x20\0\0\x04\x3c\xfe\xcc\xda\xf9\x20\x21\xa0\x04\x30\x10\0\x84"),
        (360, b"\x28\x0d\x08\x20\0\0\x0c\xc4\xff\x67\x36\xbe\x48\x08\x68\x01\x30\x10\0\x85"),
        (720, b"\x28\x0e\x08\x20\0\0\x2d\x4c\xff\xb3\xcd\xaf\x92\x02\x1a\0\x40\x30\x62\x10"),
    ];

    fn keyframe(payload: &[u8], descriptor: Option<Descriptor>) -> Option<u16> {
        read(payload, descriptor).expect("a picture").keyframe
    }

    #[test]
    fn a_keyframe_tells_its_height_in_its_sequence_header() {
        for (height, payload) in KEYFRAMES {
            let begins = Av1 { begins: true, keyframe: Some(height), descriptor: None };
            assert_eq!(read(payload, None), Some(begins));
            // Every element with its length, ahead a delimiter, and sizes in the headers.
            let length = usize::from(payload[1]);
            let (body, frame) = (&payload[3..2 + length], &payload[2 + length..]);
            let sized = [&[length as u8 + 1, 0x0a, length as u8 - 1], body].concat();
            let whole = [b"\x08\x02\x12\0", &sized[..], &[frame.len() as u8], frame].concat();
            assert_eq!(keyframe(&whole, None), Some(height));
        }
    }

    #[test]
    fn a_structure_tells_the_height_before_the_sequence_header_does() {
        let (_, payload) = KEYFRAMES[0];
        let with = |begins, templates, height| {
            let descriptor = Descriptor { begins, templates, height, ..Descriptor::default() };
            keyframe(payload, Some(descriptor))
        };
        assert_eq!(with(true, Some((0, 3)), Some(270)), Some(270));
        assert_eq!(with(true, Some((0, 3)), None), Some(180));
        assert_eq!(with(true, None, None), None, "a keyframe comes with a structure");
        assert_eq!(with(false, Some((0, 3)), Some(270)), None);
    }

    #[test]
    fn what_is_no_beginning_of_a_sequence_is_no_keyframe() {
        let (_, payload) = KEYFRAMES[0];
        let with = |head: u8| [&[head][..], &payload[1..]].concat();
        assert_eq!(keyframe(&with(0x20), None), None);
        assert_eq!(keyframe(b"\x90\x12\x34", None), None, "the rest of a frame");
        assert_eq!(keyframe(b"\x18\x08\x20\0", None), None, "cut off");
        assert_eq!(keyframe(b"\x18\x30\x10\0", None), None, "a frame alone");
    }

    #[test]
    fn what_is_no_av1_of_one_size_is_none() {
        for payload in [
            &b""[..],
            b"\x10",
            b"\xa8\x0d\x08\x20",
            // A forbidden bit, an empty element, one that is longer than the payload, a length without end.
            b"\x10\x80",
            b"\x00\x00",
            b"\x20\x05\x08",
            b"\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            // The second size.
            b"\x10\x34\x08\x00",
        ] {
            assert_eq!(read(payload, None), None, "{}", payload.escape_ascii());
        }
        assert!(read(b"\x10\x34\x20\x00", None).is_some(), "a layer in time");
    }

    #[test]
    fn all_that_may_stand_before_the_height_is_read_past() {
        // Two operating points, each with a model and a delay; the first of a level that has tiers.
        let parts: [(u64, usize); 21] = [
            (0, 3 + 1 + 1),
            (1, 1),
            (77, 64),
            (1, 1),
            // One more than 4, without its leading one.
            (0b00101, 5),
            (1, 1),
            (9, 5),
            (7, 42),
            (1, 1),
            (1, 5),
            (0x101, 12),
            (8, 5),
            (1, 1),
            (1, 1),
            (5, 21),
            (1, 1),
            (9, 4),
            (0x202, 12),
            (7, 5),
            (0, 1),
            (0, 1),
        ];
        let size = [(10, 4), (9, 4), (639, 11), (359, 10)];
        let bits = parts.into_iter().chain(size).flat_map(|(value, count)| {
            (0..count).rev().map(move |shift| if shift < 64 { value >> shift & 1 } else { 0 })
        });
        let bits: Vec<u64> = bits.collect();
        let bytes: Vec<u8> = bits
            .chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | (*bit as u8) << (7 - at)))
            .collect();
        assert_eq!(height(&bytes), Some(360));
        assert_eq!(height(&bytes[..bytes.len() - 2]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes, None);
        }
    }
}

//! What the SFU reads of VP9: the payload descriptor (RFC 9628, section 4.2) and the first bytes of a
//! keyframe (VP9 bitstream specification, section 6.2).
//!
//! ```text
//! in    IPLFBEVZ | picture id | TID U SID D | TL0PICIDX or P_DIFF | scalability structure | picture
//! out    P  BE                                                                            | picture
//! ```
//!
//! What is passed on has the shortest descriptor that there is. All that it lacks is optional, and none of it
//! would stay true: a slot changes its sender, and leaves pictures out. So nothing has to be written for each
//! viewer, and to a decoder pictures follow each other as their packets do (decision 31).
//!
//! Streams with several sizes in one are none: here a size is a stream of its own.

use crate::reader::{take, take_chunk};
use std::sync::Arc;

/// P, B and E: what remains of a descriptor.
const KEPT: u8 = 0x4c;
/// The most pictures that one may refer to in flexible mode.
const REFERENCES: usize = 3;
/// What follows the first byte of a keyframe.
const SYNC_CODE: [u8; 3] = [0x49, 0x83, 0x42];

/// What one packet says of its picture.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Vp9 {
    /// How long its descriptor is, in bytes.
    pub descriptor: usize,
    /// Its layer in time, if it names one.
    pub temporal: Option<Temporal>,
    /// Whether its picture begins with it.
    pub begins: bool,
    /// Set on the first packet of a keyframe: the height of the picture.
    pub keyframe: Option<u16>,
}

/// Where a picture stands among the layers in time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Temporal {
    /// The layer, from 0 to 7.
    pub id: u8,
    /// Whether no picture of a higher layer behind it refers to one of a higher layer before it (U).
    pub up: bool,
}

/// What a scalability structure says of its one size.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Structure {
    height: Option<u16>,
}

/// Reads a payload; `None` if it is no VP9, or one of several sizes in one stream.
pub(crate) fn read(payload: &[u8]) -> Option<Vp9> {
    let mut rest = payload;
    let first = take(&mut rest)?;
    let has = |bit: u8| first & bit != 0;
    let (has_id, is_inter, is_flexible) = (has(0x80), has(0x40), has(0x10));
    let mut vp9 = Vp9 { begins: has(0x08), ..Vp9::default() };
    if is_flexible && !has_id {
        return None;
    }
    if has_id && take(&mut rest)? & 0x80 != 0 {
        take(&mut rest)?;
    }
    if has(0x20) {
        let layer = take(&mut rest)?;
        if layer & 0x0e != 0 {
            return None;
        }
        vp9.temporal = Some(Temporal { id: layer >> 5, up: layer & 0x10 != 0 });
        if !is_flexible {
            take(&mut rest)?;
        }
    }
    if is_flexible && is_inter {
        skip_references(&mut rest)?;
    }
    let structure = if has(0x02) { structure(&mut rest)? } else { Structure::default() };
    vp9.descriptor = payload.len() - rest.len();
    if rest.is_empty() {
        return None;
    }
    if vp9.begins && !is_inter {
        vp9.keyframe = height(rest).map(|height| structure.height.unwrap_or(height));
    }
    Some(vp9)
}

/// The same picture behind the shortest descriptor.
pub(crate) fn bare(vp9: Vp9, payload: &[u8]) -> Arc<[u8]> {
    let first = payload.first().map(|first| first & KEPT);
    let rest = payload.get(vp9.descriptor..).unwrap_or_default();
    first.into_iter().chain(rest.iter().copied()).collect()
}

fn skip_references(rest: &mut &[u8]) -> Option<()> {
    for _ in 0..REFERENCES {
        if take(rest)? & 1 == 0 {
            return Some(());
        }
    }
    None
}

fn structure(rest: &mut &[u8]) -> Option<Structure> {
    let head = take(rest)?;
    if head >> 5 != 0 {
        return None;
    }
    let mut structure = Structure::default();
    if head & 0x10 != 0 {
        let [_, _, high, low] = *take_chunk::<4>(rest)?;
        // Nothing is as high as nothing; such a structure says less than the picture itself.
        structure.height = Some(u16::from_be_bytes([high, low])).filter(|height| *height > 0);
    }
    if head & 0x08 != 0 {
        for _ in 0..take(rest)? {
            let references = take(rest)? >> 2 & 3;
            for _ in 0..references {
                take(rest)?;
            }
        }
    }
    Some(structure)
}

/// The height that the uncompressed header of a keyframe names; nothing of other frames. Only profile 0 is
/// negotiated, so only that is read.
fn height(frame: &[u8]) -> Option<u16> {
    let [head, one, two, three, color, _, middle, high, low] = *frame.first_chunk::<9>()?;
    // The marker 10, profile 0, no repetition, a keyframe.
    let is_key = head >> 2 == 0b10_0000 && [one, two, three] == SYNC_CODE;
    // RGB is none of profile 0, and has no range in front of the size.
    if !is_key || color >> 5 == 7 {
        return None;
    }
    let less_one = u16::from(middle & 0xf) << 12 | u16::from(high) << 4 | u16::from(low >> 4);
    less_one.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The first bytes of a keyframe of 640 by 360 pixels, written by libvpx.
    const KEYFRAME: &[u8] = b"\x82\x49\x83\x42\x00\x27\xf0\x16\x76\x04";
    const INTERFRAME: &[u8] = b"\x86\x00\x40\x92";
    /// One size of 640 by 360, and two pictures: the second of layer 1, after which layers may come back.
    const STRUCTURE: &[u8] = b"\x18\x02\x80\x01\x68\x02\x14\x02\x34\x01";

    fn packet(descriptor: &[u8], frame: &[u8]) -> Vec<u8> {
        [descriptor, frame].concat()
    }

    #[test]
    fn a_keyframe_tells_its_height_in_its_structure_or_in_its_header() {
        let other = STRUCTURE.iter().map(|byte| if *byte == 0x68 { 0x69 } else { *byte }).collect::<Vec<_>>();
        let with = |structure: &[u8]| packet(&[b"\xae\x81\x02\x10\x33", structure].concat(), KEYFRAME);
        let temporal = Some(Temporal { id: 0, up: true });
        let read_with =
            |descriptor, height| Some(Vp9 { descriptor, temporal, begins: true, keyframe: Some(height) });
        assert_eq!(read(&with(STRUCTURE)), read_with(15, 360));
        assert_eq!(read(&with(&other)), read_with(15, 361));
        assert_eq!(read(&with(b"\x00")), read_with(6, 360));
        assert_eq!(read(&with(b"\x10\x02\x80\x00\x00")), read_with(10, 360), "no picture is 0 high");
        let plain = Some(Vp9 { descriptor: 1, begins: true, keyframe: Some(360), temporal: None });
        assert_eq!(read(&packet(b"\x0c", KEYFRAME)), plain);
    }

    /// Layers in time (`L1T2`) come in flexible mode, each picture with U.
    #[test]
    fn what_chromium_sends_is_read() {
        let key = b"\xbf\xeb\x4a\x10\x10\x01\x40\x00\xb4\x83\x49\x83\x42\x00\x13\xf0\x0b\x30\xb0\xe0";
        let temporal = |id| Some(Temporal { id, up: true });
        let begins = |descriptor, id, keyframe| {
            Some(Vp9 { descriptor, temporal: temporal(id), begins: true, keyframe })
        };
        assert_eq!(read(key), begins(9, 0, Some(180)));
        assert_eq!(read(b"\xfd\xeb\x4b\x30\x02\x87\x00\x00"), begins(5, 1, None));
        assert_eq!(read(b"\xfd\xeb\x4c\x10\x04\x87\x01\x00"), begins(5, 0, None));
        assert_eq!(bare(read(key).expect("a picture"), key)[..], [&b"\x0c"[..], &key[9..]].concat());
    }

    #[test]
    fn what_is_no_beginning_of_a_keyframe_is_none() {
        let mut switched = KEYFRAME.to_vec();
        switched[0] |= 0x04;
        for (descriptor, frame) in [
            (&b"\x84\x07"[..], KEYFRAME),
            (b"\x4c", KEYFRAME),
            (b"\x0c", INTERFRAME),
            (b"\x0c", &switched),
            (b"\x0c", &KEYFRAME[..8]),
        ] {
            let read = read(&packet(descriptor, frame)).expect("a picture");
            assert_eq!(read.keyframe, None, "{}", descriptor.escape_ascii());
        }
    }

    #[test]
    fn layers_in_time_are_named_in_both_modes() {
        let named = |descriptor: &[u8]| read(&packet(descriptor, INTERFRAME)).and_then(|vp9| vp9.temporal);
        assert_eq!(named(b"\xec\x07\x30\x21"), Some(Temporal { id: 1, up: true }));
        assert_eq!(named(b"\xfc\x80\x07\x40\x03\x02"), Some(Temporal { id: 2, up: false }));
        assert_eq!(named(b"\xcc\x07"), None);
    }

    #[test]
    fn what_goes_out_has_nothing_of_the_descriptor_that_would_not_stay_true() {
        for (descriptor, first) in [
            (&b"\x4c"[..], 0x4c),
            (b"\xec\x07\x30\x21", 0x4c),
            (b"\xfd\x80\x07\x40\x03\x02", 0x4c),
            (b"\x06\x00", 0x04),
            (b"\xf9\x80\x07\x40\x02", 0x48),
        ] {
            let whole = packet(descriptor, INTERFRAME);
            let vp9 = read(&whole).expect("a picture");
            assert_eq!(bare(vp9, &whole)[..], packet(&[first], INTERFRAME));
        }
    }

    #[test]
    fn what_is_no_vp9_of_one_size_is_none() {
        for payload in [
            &b""[..],
            b"\x0c",
            // Flexible without a picture id, of another size, of two sizes.
            b"\x3c\x00\x86",
            b"\x2c\x02\x21\x86",
            b"\x0e\x20\x86",
            // Cut off, and with more references than there may be.
            b"\x8c\x81",
            b"\xfc\x07\x40\x03\x03\x03\x02\x86",
            b"\x0e\x08\x02\x0c\x01\x01\x01",
        ] {
            assert_eq!(read(payload), None, "{}", payload.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(vp9) = read(&bytes) {
                prop_assert_eq!(bare(vp9, &bytes).len(), bytes.len() - vp9.descriptor + 1);
            }
        }
    }
}

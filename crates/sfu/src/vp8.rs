//! What the SFU reads of VP8: the payload descriptor (RFC 7741, section 4.2) and the first bytes of a
//! keyframe (RFC 6386, section 9.1).
//!
//! Not here: rewriting; the transport does that while it copies the payload out.

use crate::reader::take;
use crate::transport::Vp8Numbers;

/// What one packet says of its picture.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Vp8 {
    pub numbers: Vp8Numbers,
    /// Whether the picture id has its long form, so counts to 32,767 instead of 127.
    pub long_picture: bool,
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
    /// The layer, from 0 to 3.
    pub id: u8,
    /// Whether it refers to pictures of layer 0 alone.
    pub sync: bool,
}

/// Reads a payload; `None` if it is no VP8. Neither is one that could not be rewritten: with a number of a
/// layer that it does not name, which no sender may write, or with nothing behind the descriptor.
pub(crate) fn read(payload: &[u8]) -> Option<Vp8> {
    let mut rest = payload;
    let first = take(&mut rest)?;
    let mut vp8 = Vp8::default();
    if first & 0x80 != 0 {
        let present = take(&mut rest)?;
        if present & 0x60 == 0x40 {
            return None;
        }
        if present & 0x80 != 0 {
            let high = take(&mut rest)?;
            vp8.long_picture = high & 0x80 != 0;
            vp8.numbers.picture = Some(if vp8.long_picture {
                u16::from_be_bytes([high & 0x7f, take(&mut rest)?])
            } else {
                u16::from(high)
            });
        }
        if present & 0x40 != 0 {
            vp8.numbers.tl0 = Some(take(&mut rest)?);
        }
        if present & 0x30 != 0 {
            let key = take(&mut rest)?;
            vp8.numbers.key = (present & 0x10 != 0).then_some(key & 0x1f);
            let temporal = Temporal { id: key >> 6, sync: key & 0x20 != 0 };
            vp8.temporal = (present & 0x20 != 0).then_some(temporal);
        }
    }
    let head = rest.first()?;
    vp8.begins = first & 0x17 == 0x10;
    if vp8.begins && head & 1 == 0 && rest.get(3..6) == Some(&[0x9d, 0x01, 0x2a]) {
        vp8.keyframe = Some(u16::from_le_bytes([*rest.get(8)?, *rest.get(9)?]) & 0x3fff);
    }
    Some(vp8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEYFRAME: [u8; 10] = [0x50, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41];

    #[test]
    fn a_keyframe_tells_its_height() {
        let payload = [&[0x90, 0xf0, 0x81, 0x02, 0x33, 0x45][..], &KEYFRAME].concat();
        let numbers = Vp8Numbers { picture: Some(0x102), tl0: Some(0x33), key: Some(5) };
        let temporal = Some(Temporal { id: 1, sync: false });
        let keyframe = Some(360);
        assert_eq!(
            read(&payload),
            Some(Vp8 { numbers, long_picture: true, temporal, begins: true, keyframe })
        );
    }

    #[test]
    fn the_rest_of_a_keyframe_is_no_start() {
        let payload = [&[0x80, 0x80, 0x07][..], &KEYFRAME].concat();
        let numbers = Vp8Numbers { picture: Some(7), ..Vp8Numbers::default() };
        assert_eq!(read(&payload), Some(Vp8 { numbers, ..Vp8::default() }));
    }

    #[test]
    fn an_interframe_is_no_keyframe() {
        let mut payload = [&[0x10][..], &KEYFRAME].concat();
        payload[1] |= 1;
        assert_eq!(read(&payload), Some(Vp8 { begins: true, ..Vp8::default() }));
    }

    #[test]
    fn what_could_not_be_rewritten_is_no_vp8() {
        for descriptor in [&[0x90, 0x40, 0x33][..], &[0x90, 0xd0, 0x07, 0x33, 0x05]] {
            assert_eq!(read(&[descriptor, &KEYFRAME].concat()), None);
        }
        assert_eq!(read(&[0x80, 0x80, 0x07]), None);
        assert_eq!(read(&[0x10]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            read(&bytes);
        }
    }
}

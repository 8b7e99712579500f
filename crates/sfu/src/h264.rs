//! What the SFU reads of H.264 in packetization mode 1 (RFC 6184, section 5): where a picture begins that can
//! be decoded by itself.
//!
//! | payload | types | is read for |
//! |---|---|---|
//! | one NAL unit | 1 to 23 | a sequence parameter set |
//! | several in one packet (STAP-A) | 24 | the same, and that their lengths add up |
//! | a part of one (FU-A) | 28 | nothing; its first part names the type of the whole |
//!
//! A switch happens where a sequence parameter set comes, which encoders for real time put before every IDR
//! picture. An IDR picture without one is no beginning: whoever comes in there does not know its size.
//!
//! Not here: modes 0 and 2 by themselves (what mode 0 sends is a part of mode 1, what mode 2 adds is
//! refused), and rewriting: H.264 has no numbers of its own in a payload.

use crate::sps;

/// A sequence parameter set (ITU-T H.264, table 7-1).
const SPS: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
/// How many bytes say how long a unit in a STAP-A is.
const LENGTH_BYTES: usize = 2;

/// What one packet says of its picture.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct H264 {
    /// Set on a packet with which a keyframe begins: the height of the picture.
    pub keyframe: Option<u16>,
}

/// Reads a payload; `None` if it is nothing that mode 1 allows.
pub(crate) fn read(payload: &[u8]) -> Option<H264> {
    match kind(*payload.first()?)? {
        1..STAP_A => Some(H264 { keyframe: height(payload) }),
        STAP_A => stap(payload.get(1..)?),
        FU_A => {
            let header = payload.get(1)?;
            // What is fragmented is a whole unit, and a part of it follows.
            let is_sound = matches!(header & 0x1f, 1..STAP_A) && payload.len() > 2;
            is_sound.then(H264::default)
        }
        _ => None,
    }
}

/// The type of a unit; `None` if its forbidden bit is set.
const fn kind(header: u8) -> Option<u8> {
    if header & 0x80 == 0 { Some(header & 0x1f) } else { None }
}

fn stap(mut rest: &[u8]) -> Option<H264> {
    let mut h264 = H264::default();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (length, units) = rest.split_first_chunk::<LENGTH_BYTES>()?;
        let (unit, behind) = units.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if !matches!(kind(*unit.first()?)?, 1..STAP_A) {
            return None;
        }
        h264.keyframe = h264.keyframe.or_else(|| height(unit));
        rest = behind;
    }
    Some(h264)
}

/// The height of the pictures that follow a sequence parameter set; nothing for other units.
fn height(unit: &[u8]) -> Option<u16> {
    let (header, body) = unit.split_first()?;
    if header & 0x1f == SPS { sps::height(body) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of 640 by 360 pixels in constrained baseline, written by x264.
    const SET: &[u8] = b"\x67\x42\xc0\x1f\xd9\x00\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00\x00\x03\x00\x32\x0f\x18\x32\x48";
    const PICTURE_SET: &[u8] = b"\x68\xcb\x83\xcb\x20";
    const IDR: &[u8] = b"\x65\x88\x84\x00";
    const DELIMITER: &[u8] = b"\x09\x10";

    fn stap(units: &[&[u8]]) -> Vec<u8> {
        let mut payload = vec![0x78];
        for unit in units {
            payload.extend((unit.len() as u16).to_be_bytes());
            payload.extend(*unit);
        }
        payload
    }

    #[test]
    fn a_picture_that_can_be_decoded_by_itself_begins_with_its_parameters() {
        let begins = Some(H264 { keyframe: Some(360) });
        for payload in [
            SET.to_vec(),
            stap(&[SET, PICTURE_SET]),
            stap(&[SET, PICTURE_SET, IDR]),
            stap(&[DELIMITER, SET, PICTURE_SET, IDR]),
        ] {
            assert_eq!(read(&payload), begins, "{}", payload.escape_ascii());
        }
    }

    #[test]
    fn what_follows_and_what_lacks_parameters_is_no_beginning() {
        for payload in [
            PICTURE_SET.to_vec(),
            DELIMITER.to_vec(),
            IDR.to_vec(),
            stap(&[PICTURE_SET, IDR]),
            b"\x41\x9a\x02".to_vec(),
            // The first and the last part of an IDR picture.
            b"\x7c\x85\x88".to_vec(),
            b"\x7c\x45\x88".to_vec(),
        ] {
            assert_eq!(read(&payload), Some(H264::default()), "{}", payload.escape_ascii());
        }
    }

    #[test]
    fn what_mode_1_does_not_allow_is_none() {
        let whole = stap(&[SET, PICTURE_SET]);
        for payload in [
            &b""[..],
            b"\x00\x01",
            b"\xe7\x42",
            b"\x78",
            b"\x78\x00\x00",
            b"\x78\x00",
            b"\x79\x00\x00\x00\x01\x41",
            b"\x7c",
            b"\x7c\x85",
            b"\x7c\x9c\x01",
            b"\x7d\x85\x00\x00\x01",
            b"\x1e\x01",
            &whole[..whole.len() - 1],
            &stap(&[&whole]),
        ] {
            assert_eq!(read(payload), None, "{}", payload.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes);
            read(&[&[0x67], bytes.as_slice()].concat());
        }
    }
}

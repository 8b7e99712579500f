//! Payloads of pictures as encoders write them, without their label: VP8 (RFC 7741), H.264 (RFC 6184), VP9
//! (RFC 9628) and AV1 (AV1 RTP payload format).

use crate::descriptor::Said;
use crate::player::PicturePart;
use crate::received::Label;
use std::time::Instant;
use str0m::format::Codec;

/// In what a client sends pictures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PictureCodec {
    #[default]
    Vp8,
    /// As programs do.
    H264,
    Vp9,
    Av1,
}

impl PictureCodec {
    pub const ALL: [Self; 4] = [Self::Vp8, Self::H264, Self::Vp9, Self::Av1];

    pub const fn name(self) -> Codec {
        match self {
            Self::Vp8 => Codec::Vp8,
            Self::H264 => Codec::H264,
            Self::Vp9 => Codec::Vp9,
            Self::Av1 => Codec::Av1,
        }
    }
}

/// What a packet says of its picture.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    pub number: u16,
    /// How many pictures before it the one is that it refers to.
    pub back: u8,
    pub tl0: u8,
    pub key: u8,
    /// Its layer in time, and whether it refers to layer 0 alone.
    pub temporal: (u8, bool),
    /// Whether it is the first packet.
    pub first: bool,
    pub keyframe: bool,
    pub height: u16,
}

/// Sequence parameter sets of constrained baseline by their heights, as x264 writes them.
const SETS: [(u16, &[u8]); 3] = [
    (180, b"\x67\x42\xc0\x0c\xd9\x01\x41\x9f\x9f\x01\x10\0\0\x03\0\x10\0\0\x03\x03\x20\xf1\x42\xa4\x80"),
    (360, b"\x67\x42\xc0\x1f\xd9\0\xa0\x2f\xf9\x70\x11\0\0\x03\0\x01\0\0\x03\0\x32\x0f\x18\x32\x48"),
    (720, b"\x67\x42\xc0\x1f\xd9\0\x50\x05\xbb\x01\x10\0\0\x03\0\x10\0\0\x03\x03\x20\xf1\x83\x24\x80"),
];
const PICTURE_SET: &[u8] = b"\x68\xcb\x83\xcb\x20";
/// How long the label is that comes behind.
const LABEL: usize = 8;
/// How a keyframe of VP9 begins up to its width, and any other picture.
const VP9_KEY: [u8; 4] = [0x82, 0x49, 0x83, 0x42];
const VP9_INTER: u8 = 0x86;
/// Sequence headers of AV1 by the heights of pictures, as libaom writes them, with their own.
const SEQUENCES: [(u16, &[u8]); 3] = [
    (180, b"\x08\x20\0\0\x04\x3c\xfe\xcc\xda\xf9\x20\x21\xa0\x04"),
    (360, b"\x08\x20\0\0\x0c\xc4\xff\x67\x36\xbe\x48\x08\x68\x01"),
    (720, b"\x08\x20\0\0\x2d\x4c\xff\xb3\xcd\xaf\x92\x02\x1a\0\x40"),
];
/// The header of a frame of AV1.
const FRAME: u8 = 0x30;

impl Picture {
    /// The payload of one packet.
    pub fn write(self, codec: PictureCodec, filling: usize) -> Vec<u8> {
        match codec {
            PictureCodec::Vp8 => self.vp8(filling),
            PictureCodec::H264 => self.h264(filling),
            PictureCodec::Vp9 => self.vp9(filling),
            PictureCodec::Av1 => self.av1(filling),
        }
    }

    fn vp8(self, filling: usize) -> Vec<u8> {
        let start = if self.first { 0x10 } else { 0 };
        let mut payload = vec![0x80 | start, 0xf0];
        payload.extend((self.number | 0x8000).to_be_bytes());
        let (layer, sync) = self.temporal;
        payload.extend([self.tl0, layer << 6 | u8::from(sync) << 5 | self.key]);
        payload.push(if self.keyframe { 0x50 } else { 0x51 });
        payload.extend([0, 0, 0x9d, 0x01, 0x2a]);
        payload.extend((self.height * 16 / 9).to_le_bytes());
        payload.extend(self.height.to_le_bytes());
        payload.extend(vec![0; filling]);
        payload
    }

    /// What VP8 says ahead, and others at the end: whether it is the first packet, the number of the picture,
    /// and what it refers to.
    fn end(self) -> [u8; 4] {
        let [high, low] = self.number.to_be_bytes();
        [u8::from(self.first), high, low, self.back]
    }

    /// As Chromium writes it: in non-flexible mode, with a structure of one size ahead of a keyframe.
    fn vp9(self, filling: usize) -> Vec<u8> {
        let begins = self.first && self.keyframe;
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let flags = bit(!self.keyframe, 0x40) | bit(self.first, 0x08) | bit(begins, 0x02);
        let mut payload = vec![0xa0 | flags];
        payload.extend((self.number | 0x8000).to_be_bytes());
        let (layer, _) = self.temporal;
        payload.extend([layer << 5 | 0x10, self.tl0]);
        let (width, height) = (self.height * 16 / 9, self.height);
        if begins {
            payload.push(0x18);
            payload.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
            payload.extend([2, 0x14, 2, 0x34, 1]);
            payload.extend(VP9_KEY);
            let size = u64::from(width - 1) << 20 | u64::from(height - 1) << 4;
            payload.extend(&size.to_be_bytes()[3..]);
        } else if self.first {
            payload.push(VP9_INTER);
        }
        payload.extend(vec![0x55; filling]);
        payload.extend(self.end());
        payload
    }

    /// A frame, ahead of which stands the sequence header of a keyframe.
    fn av1(self, filling: usize) -> Vec<u8> {
        let mut payload = match (self.first, self.keyframe) {
            (false, _) => vec![0x90],
            (true, false) => vec![0x10, FRAME],
            (true, true) => {
                let header = SEQUENCES.iter().find(|(height, _)| *height == self.height);
                let (_, header) = header.expect("a height of ours");
                [&[0x28, header.len() as u8], *header, &[FRAME]].concat()
            }
        };
        payload.extend(vec![0x55; filling]);
        payload.extend(self.end());
        payload
    }

    /// A slice, ahead of which stand the parameters of a keyframe.
    fn h264(self, filling: usize) -> Vec<u8> {
        let mut slice = vec![if self.keyframe { 0x65 } else { 0x41 }];
        slice.extend(vec![0x55; filling]);
        slice.extend(self.end());
        if !(self.first && self.keyframe) {
            return slice;
        }
        let (_, set) = SETS.iter().find(|(height, _)| *height == self.height).expect("a height of ours");
        let mut payload = vec![0x78];
        for (length, unit) in
            [(set.len(), *set), (PICTURE_SET.len(), PICTURE_SET), (slice.len() + LABEL, &slice)]
        {
            payload.extend((length as u16).to_be_bytes());
            payload.extend(unit);
        }
        payload
    }
}

/// What a packet says of its picture.
pub fn part(
    (label, left): (Label, Instant),
    payload: &[u8],
    (codec, said): (PictureCodec, Option<Said>),
) -> PicturePart {
    let (id, is_first, back) = match (payload, codec) {
        ([first, _, high, low, ..], PictureCodec::Vp8) => ([*high & 0x7f, *low], first & 0x10 != 0, 1),
        ([.., first, high, low, back, _, _, _, _, _, _, _, _], _) => ([*high, *low], *first == 1, *back),
        _ => panic!("a packet of a picture is longer"),
    };
    let id = u16::from_be_bytes(id);
    let refers_to = id.wrapping_sub(u16::from(back)) & 0x7fff;
    PicturePart { label, left, id, refers_to, is_first, said }
}

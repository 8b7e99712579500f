//! One encoding of a client, and what its packets look like: VP8 without the picture.

use model::Source;
use std::time::Instant;

/// One encoding that a client sends.
pub(crate) struct Encoding {
    pub source: Source,
    pub layer: usize,
    pub seq: u64,
    pub time: u32,
    pub picture: u16,
    pub tl0: u8,
    pub key: u8,
    pub due: Instant,
    pub on: bool,
    /// Whether the server wants it.
    pub asked: bool,
    pub keyframe_due: bool,
    pub keyframe_requests: Vec<Instant>,
}

/// The payload of one packet of a picture, without its label.
pub(crate) fn picture(
    encoding: &Encoding,
    (first, keyframe, height): (bool, bool, u16),
    filling: usize,
) -> Vec<u8> {
    let start = if first { 0x10 } else { 0 };
    let mut payload = vec![0x80 | start, 0xf0];
    payload.extend((encoding.picture | 0x8000).to_be_bytes());
    payload.extend([encoding.tl0, encoding.key]);
    payload.push(if keyframe { 0x50 } else { 0x51 });
    payload.extend([0, 0, 0x9d, 0x01, 0x2a]);
    payload.extend((height * 16 / 9).to_le_bytes());
    payload.extend(height.to_le_bytes());
    payload.resize(payload.len() + filling, 0);
    payload
}

//! One encoding of a client.

use crate::descriptor::Counts;
use model::Source;
use std::time::Instant;

/// One encoding that a client sends.
pub(crate) struct Encoding {
    pub source: Source,
    pub layer: usize,
    pub seq: u64,
    pub time: u32,
    pub picture: u16,
    pub counts: Counts,
    /// The newest picture of the lowest layer in time.
    pub lower: u16,
    pub tl0: u8,
    pub key: u8,
    pub due: Instant,
    pub on: bool,
    /// Whether the server wants it.
    pub asked: bool,
    pub keyframe_due: bool,
    pub keyframe_requests: Vec<Instant>,
}

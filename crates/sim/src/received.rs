//! What packets say of themselves: every payload of the simulator ends with a label.

use crate::descriptor::Said;
use crate::picture::PictureCodec;
use model::{Mid, Source};
use std::time::{Duration, Instant};

/// One RTP packet that a client received.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Instant,
    pub mid: Mid,
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    /// What its payload type says; nothing of sound.
    pub codec: Option<PictureCodec>,
    /// What its dependency descriptor says.
    pub said: Option<Said>,
    pub payload: Vec<u8>,
}

/// What the payload of a packet says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Label {
    pub sender: u8,
    pub source: Source,
    pub layer: usize,
    pub keyframe: bool,
}

impl Received {
    /// Reads what [`Client`](crate::client::Client) wrote into the payload.
    pub fn label(&self) -> Label {
        label(&self.payload).expect("every packet has a label")
    }

    /// Picture id, TL0PICIDX and KEYIDX of a VP8 packet of ours.
    pub fn picture(&self) -> (u16, u8, u8) {
        let high = u16::from(self.payload[2] & 0x7f) << 8;
        (high | u16::from(self.payload[3]), self.payload[4], self.payload[5] & 0x1f)
    }
}

/// What stands at the end of a payload: the label, and when it left its encoder, by the age of the world.
pub fn write(label: Label, left: Duration) -> [u8; 8] {
    let source = match label.source {
        Source::Microphone => 0,
        Source::Camera => 1,
        Source::Screen => 2,
    };
    let [a, b, c, d] = (left.as_micros() as u32).to_be_bytes();
    [label.sender, source, label.layer as u8, u8::from(label.keyframe), a, b, c, d]
}

/// What the payload of a packet says of itself; nothing for padding.
pub fn label(payload: &[u8]) -> Option<Label> {
    let tail: &[u8; 8] = payload.last_chunk()?;
    let source = [Source::Microphone, Source::Camera, Source::Screen][usize::from(tail[1])];
    Some(Label { sender: tail[0], source, layer: usize::from(tail[2]), keyframe: tail[3] == 1 })
}

/// How long after it left its encoder a packet is played, `since` the start of the world.
pub fn took(payload: &[u8], since: Duration) -> Duration {
    let left = payload.last_chunk().map(|tail| u32::from_be_bytes(*tail)).unwrap_or_default();
    Duration::from_micros(u64::from((since.as_micros() as u32).wrapping_sub(left)))
}

//! What a packet says of its picture, whatever its codec.

use crate::h264::{self, H264};
use crate::transport::Codec;
use crate::vp8::{self, Vp8};

/// What was read of one payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Picture {
    Vp8(Vp8),
    H264(H264),
}

impl Picture {
    /// Reads a payload; `None` if it is not what its payload type says, or no picture.
    pub(crate) fn read(codec: Codec, payload: &[u8]) -> Option<Self> {
        match codec {
            Codec::Opus => None,
            Codec::Vp8 => vp8::read(payload).map(Self::Vp8),
            Codec::H264 => h264::read(payload).map(Self::H264),
        }
    }

    /// Set on the first packet of a keyframe: the height of the picture.
    pub(crate) const fn keyframe(self) -> Option<u16> {
        match self {
            Self::Vp8(vp8) => vp8.keyframe,
            Self::H264(h264) => h264.keyframe,
        }
    }

    /// What only VP8 says.
    pub(crate) const fn vp8(self) -> Option<Vp8> {
        match self {
            Self::Vp8(vp8) => Some(vp8),
            Self::H264(_) => None,
        }
    }
}

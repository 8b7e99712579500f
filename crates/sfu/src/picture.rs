//! What a packet says of its picture, whatever its codec.

use crate::av1::{self, Av1};
use crate::dependency::Descriptor;
use crate::h264::{self, H264};
use crate::transport::Codec;
use crate::vp8::{self, Vp8};
use crate::vp9::{self, Vp9};
use std::sync::Arc;

/// What was read of one payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Picture {
    Vp8(Vp8),
    H264(H264),
    Vp9(Vp9),
    Av1(Av1),
}

/// Where a picture stands among the layers in time of its stream.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct InTime {
    /// Its layer, 0 if it names none.
    pub layer: u8,
    pub up: Up,
    /// Whether its picture begins with this packet.
    pub begins: bool,
    pub is_keyframe: bool,
}

/// Which pictures of a layer may come again that was left out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Up {
    #[default]
    Unknown,
    /// This one: it refers to layer 0 alone.
    This,
    /// Those behind it: they refer to none of a higher layer than its own that is before it.
    Behind,
}

impl Picture {
    /// Reads a payload, of AV1 together with what was read of its descriptor; `None` if it is not what its
    /// payload type says, or no picture.
    pub(crate) fn read(codec: Codec, payload: &[u8], descriptor: Option<Descriptor>) -> Option<Self> {
        match codec {
            Codec::Opus => None,
            Codec::Vp8 => vp8::read(payload).map(Self::Vp8),
            Codec::H264 => h264::read(payload).map(Self::H264),
            Codec::Vp9 => vp9::read(payload).map(Self::Vp9),
            Codec::Av1 => av1::read(payload, descriptor).map(Self::Av1),
        }
    }

    /// Set on the first packet of a keyframe: the height of the picture.
    pub(crate) const fn keyframe(self) -> Option<u16> {
        match self {
            Self::Vp8(vp8) => vp8.keyframe,
            Self::H264(h264) => h264.keyframe,
            Self::Vp9(vp9) => vp9.keyframe,
            Self::Av1(av1) => av1.keyframe,
        }
    }

    /// What only VP8 says.
    pub(crate) const fn vp8(self) -> Option<Vp8> {
        match self {
            Self::Vp8(vp8) => Some(vp8),
            Self::H264(_) | Self::Vp9(_) | Self::Av1(_) => None,
        }
    }

    /// What only a dependency descriptor says.
    pub(crate) const fn descriptor(self) -> Option<Descriptor> {
        match self {
            Self::Av1(av1) => av1.descriptor,
            Self::Vp8(_) | Self::H264(_) | Self::Vp9(_) => None,
        }
    }

    /// Where it stands in time; nothing of a codec without layers.
    pub(crate) fn in_time(self) -> Option<InTime> {
        let is_keyframe = self.keyframe().is_some();
        let (layer, up, begins) = match self {
            Self::H264(_) => return None,
            Self::Vp8(vp8) => {
                let named = vp8.temporal.unwrap_or_default();
                (named.id, if named.sync { Up::This } else { Up::Unknown }, vp8.begins)
            }
            Self::Vp9(vp9) => {
                let named = vp9.temporal.unwrap_or_default();
                (named.id, if named.up { Up::Behind } else { Up::Unknown }, vp9.begins)
            }
            Self::Av1(av1) => {
                let named = av1.descriptor.unwrap_or_default();
                (named.layer, if named.up { Up::Behind } else { Up::Unknown }, av1.begins)
            }
        };
        Some(InTime { layer, up, begins, is_keyframe })
    }

    /// What is passed on in the place of its payload, the same to everybody.
    pub(crate) fn bare(self, payload: &[u8]) -> Option<Arc<[u8]>> {
        match self {
            Self::Vp9(vp9) => Some(vp9::bare(vp9, payload)),
            Self::Vp8(_) | Self::H264(_) | Self::Av1(_) => None,
        }
    }
}

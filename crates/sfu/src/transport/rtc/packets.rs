//! Packets of ours in the words of str0m, and back.

use crate::transport::{Codec, Rotation, RtpOut, Vp8Numbers};
use std::time::Instant;
use str0m::media::{ExtensionValues, Pt};
use str0m::rtp::{RtpWrite, VideoOrientation, Vp8Descriptor};

pub(super) fn write(pt: Pt, packet: RtpOut, now: Instant) -> RtpWrite {
    let mut extensions = ExtensionValues {
        audio_level: packet.level.map(|level| -(level.min(127) as i8)),
        voice_activity: packet.level.map(|_| false),
        video_orientation: packet.rotation.map(orientation),
        ..ExtensionValues::default()
    };
    if let Some(descriptor) = packet.descriptor {
        extensions.user_values.set(descriptor);
    }
    let patch = packet.vp8.and_then(|numbers| patch(&packet.payload, numbers));
    let write = RtpWrite::new(pt, packet.seq.into(), packet.time, now, packet.payload)
        .marker(packet.marker)
        .nackable(packet.codec != Codec::Opus)
        .ext_vals(extensions);
    match patch {
        Some(patch) => write.vp8_patch(patch),
        None => write,
    }
}

fn patch(payload: &[u8], numbers: Vp8Numbers) -> Option<str0m::rtp::Vp8Patch> {
    let mut patch = Vp8Descriptor::parse(payload).ok()?.patch();
    if let Some(picture) = numbers.picture {
        patch = patch.picture_id(picture);
    }
    if let Some(tl0) = numbers.tl0 {
        patch = patch.tl0_pic_idx(tl0);
    }
    if let Some(key) = numbers.key {
        patch = patch.key_idx(key);
    }
    patch.build().ok()
}

/// The numbers that str0m reads, and whether it can write others over them.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn read_vp8(payload: &[u8]) -> Option<(Vp8Numbers, impl Fn(Vp8Numbers) -> bool)> {
    let read = Vp8Descriptor::parse(payload).ok()?;
    let numbers = Vp8Numbers { picture: read.picture_id(), tl0: read.tl0_pic_idx(), key: read.key_idx() };
    Some((numbers, |numbers| patch(payload, numbers).is_some()))
}

/// Whether str0m finds a sequence parameter set of H.264.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn has_parameters(payload: &[u8]) -> bool {
    str0m::format::detect_h264_nalu(payload, 7)
}

/// Whether str0m takes a payload of VP9 for a part of a picture that refers to none before it.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn is_vp9_key(payload: &[u8]) -> bool {
    str0m::format::detect_vp9_keyframe(payload)
}

/// Whether str0m takes a payload of AV1 for the beginning of a coded sequence.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn is_av1_key(payload: &[u8]) -> bool {
    str0m::format::detect_av1_keyframe(payload)
}

pub(super) const fn rotation(orientation: VideoOrientation) -> Rotation {
    match orientation {
        VideoOrientation::Deg0 => Rotation::None,
        VideoOrientation::Deg270 => Rotation::Quarter,
        VideoOrientation::Deg180 => Rotation::Half,
        VideoOrientation::Deg90 => Rotation::ThreeQuarters,
    }
}

const fn orientation(rotation: Rotation) -> VideoOrientation {
    match rotation {
        Rotation::None => VideoOrientation::Deg0,
        Rotation::Quarter => VideoOrientation::Deg270,
        Rotation::Half => VideoOrientation::Deg180,
        Rotation::ThreeQuarters => VideoOrientation::Deg90,
    }
}

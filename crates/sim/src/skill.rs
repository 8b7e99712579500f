//! What a client can decode, and sends if it is told to.

use crate::descriptor::extension;
use str0m::format::{Codec, FormatParams};
use str0m::media::Frequency;
use str0m::{Rtc, RtcConfig};

/// Under which number each client knows dependency descriptors.
const EXTENSIONS: [u8; 7] = [5, 6, 7, 8, 9, 12, 14];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Skill {
    Vp8,
    /// All codecs, and AV1 without dependency descriptors.
    Codecs,
    Everything,
}

impl Skill {
    /// What a client is made of. Everybody calls what it decodes something else.
    pub(crate) fn config(self, number: u8) -> RtcConfig {
        let mut config =
            Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true);
        if self == Self::Everything {
            let place = usize::from(number) % EXTENSIONS.len();
            config = config.set_extension(EXTENSIONS[place], extension());
        }
        if self == Self::Vp8 {
            return config;
        }
        let (h264, vp9) = (48 + 2 * (number % 7), 98 + 2 * (number % 6));
        let av1 = 112 + 2 * (number % 6);
        let codecs = config.codec_config();
        codecs.add_h264(h264.into(), Some((h264 + 1).into()), true, 0x42_e01f);
        let format = FormatParams { profile_id: Some(0), ..FormatParams::default() };
        let rate = Frequency::NINETY_KHZ;
        codecs.add_config(vp9.into(), Some((vp9 + 1).into()), Codec::Vp9, rate, None, format);
        let format = FormatParams::default();
        codecs.add_config(av1.into(), Some((av1 + 1).into()), Codec::Av1, rate, None, format);
        config
    }
}

//! The setting `camera-codec`.

/// In what cameras of pages send, where the browser can.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum CameraCodec {
    /// What every browser encodes and decodes.
    #[default]
    Vp8,
    Vp9,
    Av1,
    H264,
}

impl From<CameraCodec> for sfu::CameraCodec {
    fn from(codec: CameraCodec) -> Self {
        match codec {
            CameraCodec::Vp8 => Self::Vp8,
            CameraCodec::Vp9 => Self::Vp9,
            CameraCodec::Av1 => Self::Av1,
            CameraCodec::H264 => Self::H264,
        }
    }
}

//! The lines of an offer as str0m answered them: what may flow on each, and under which numbers.

use crate::offer::Line;
use crate::transport::{Codec, Codecs};
use str0m::Rtc;
use str0m::format::Codec as RtcCodec;
use str0m::media::{Direction, Mid, Pt, Rid};
use str0m::rtp::Ssrc;

/// What each payload type carries.
pub(super) fn codecs(rtc: &Rtc) -> [Option<Codec>; 128] {
    let mut codecs = [None; 128];
    for params in rtc.codec_config().params() {
        if let Some(place) = codecs.get_mut(usize::from(*params.pt())) {
            *place = codec(params.spec().codec);
        }
    }
    codecs
}

const fn codec(codec: RtcCodec) -> Option<Codec> {
    match codec {
        RtcCodec::Opus => Some(Codec::Opus),
        RtcCodec::Vp8 => Some(Codec::Vp8),
        RtcCodec::H264 => Some(Codec::H264),
        RtcCodec::Vp9 => Some(Codec::Vp9),
        RtcCodec::Av1 => Some(Codec::Av1),
        _ => None,
    }
}

/// One line as str0m names it.
pub(super) struct Wire {
    pub mid: Mid,
    pub rids: Vec<Rid>,
    /// What may flow.
    pub codecs: Codecs,
    /// Set when we may send.
    pub down: Option<Down>,
}

pub(super) struct Down {
    pub ssrc: Ssrc,
    /// What the peer calls each codec; its own names, for no two peers need have the same.
    pts: Vec<(Codec, Pt)>,
}

impl Down {
    pub(super) fn pt(&self, codec: Codec) -> Option<Pt> {
        self.pts.iter().find(|(known, _)| *known == codec).map(|(_, pt)| *pt)
    }
}

impl Wire {
    pub(super) fn find(rtc: &mut Rtc, line: &Line) -> Option<Self> {
        let mid = Mid::from(line.mid.as_str());
        if &*mid != line.mid.as_str() {
            return None;
        }
        let rids = line.rids.iter().map(|rid| Rid::from(rid.as_str())).collect();
        let media = rtc.media(mid)?;
        let sends = matches!(media.direction(), Direction::SendOnly | Direction::SendRecv);
        let known = rtc.codec_config().params().iter();
        let pts: Vec<(Codec, Pt)> = known
            .filter(|params| media.remote_pts().contains(&params.pt()))
            .filter_map(|params| codec(params.spec().codec).map(|codec| (codec, params.pt())))
            .collect();
        let codecs = pts.iter().fold(Codecs::default(), |codecs, (codec, _)| codecs.with(*codec));
        if !sends {
            return Some(Self { mid, rids, codecs, down: None });
        }
        let ssrc = rtc.direct_api().stream_tx_by_mid(mid, None).map(|stream| stream.ssrc());
        let down = ssrc.filter(|_| !pts.is_empty()).map(|ssrc| Down { ssrc, pts });
        let codecs = if down.is_some() { codecs } else { Codecs::default() };
        Some(Self { mid, rids, codecs, down })
    }
}

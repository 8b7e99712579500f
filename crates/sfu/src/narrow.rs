//! In what a camera sends: browsers send the first codec of an answer, and an answer names what is left of
//! the offer. So of a line with several sizes, which is a page's camera, one codec is left: the one that is
//! wanted if the browser offers to encode it, otherwise VP8.
//!
//! A line of one size is left as it is, as a shared screen is, and so is whatever a program offers.

use crate::OfferError;
use crate::config::CameraCodec;
use crate::offer::{self, Offer};
use crate::plain::{forwarded, sections, value, whole};
use std::collections::BTreeSet;

/// Leaves one codec on each line with several sizes.
pub(crate) fn narrow(scanned: Offer, wanted: CameraCodec) -> Result<Offer, OfferError> {
    if scanned.lines.iter().all(|line| line.rids.is_empty()) {
        return Ok(scanned);
    }
    let mut sections = sections(&scanned.sdp);
    let mut sdp = whole(&sections.next().unwrap_or_default());
    for (line, section) in scanned.lines.iter().zip(sections) {
        let chosen = [wanted, CameraCodec::Vp8].map(|codec| forwarded(&section, codec.name()));
        match chosen.iter().find(|types| !types.is_empty()).filter(|_| !line.rids.is_empty()) {
            Some(types) => left(&section, types).iter().for_each(|line| push(&mut sdp, line)),
            None => section.iter().for_each(|line| push(&mut sdp, line)),
        }
    }
    offer::scan(&sdp)
}

fn push(sdp: &mut String, line: &str) {
    sdp.push_str(line);
    sdp.push_str("\r\n");
}

/// A section with these payload types alone, and those that repeat them (RFC 4588, section 8).
fn left(section: &[&str], types: &BTreeSet<&str>) -> Vec<String> {
    let formats = section.iter().filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(' '));
    let repeats = formats.filter(|(_, format)| value(format, "apt").is_some_and(|of| types.contains(of)));
    let kept: BTreeSet<&str> = repeats.map(|(repeat, _)| repeat).chain(types.iter().copied()).collect();
    let mut lines = section.iter();
    let media = lines.next().map(|media| {
        let words = media.split(' ').enumerate();
        words.filter(|(at, word)| *at < 3 || kept.contains(word)).map(|(_, word)| word).collect::<Vec<_>>()
    });
    let is_left = |line: &&&str| {
        let about =
            ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"].into_iter().find_map(|name| line.strip_prefix(name));
        let of = about.and_then(|about| about.split(' ').next());
        of.is_none_or(|of| of == "*" || kept.contains(of))
    };
    let rest = lines.filter(is_left).map(|line| (*line).to_owned());
    media.into_iter().map(|words| words.join(" ")).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97 45 46 98 99 102 103 47\r\na=mid:1\r\n\
        a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
        a=rtpmap:45 AV1/90000\r\na=fmtp:45 level-idx=5;profile=0;tier=0\r\na=rtpmap:46 rtx/90000\r\n\
        a=fmtp:46 apt=45\r\na=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\na=rtpmap:99 rtx/90000\r\n\
        a=fmtp:99 apt=98\r\na=rtpmap:102 H264/90000\r\n\
        a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:103 rtx/90000\r\n\
        a=fmtp:103 apt=102\r\na=rtpmap:47 AV1/90000\r\na=fmtp:47 profile=1\r\na=rtcp-fb:* nack pli\r\n\
        a=sendonly\r\na=rid:q send\r\na=simulcast:send q;h;f\r\n";

    fn narrowed(sdp: &str, wanted: CameraCodec) -> Offer {
        narrow(offer::scan(sdp).expect("an offer"), wanted).expect("still one")
    }

    #[test]
    fn a_camera_keeps_one_codec_and_its_repeats() {
        for (wanted, media, feedback) in [
            (CameraCodec::Vp8, "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n", 2),
            (CameraCodec::Av1, "m=video 9 UDP/TLS/RTP/SAVPF 45 46\r\n", 1),
            (CameraCodec::Vp9, "m=video 9 UDP/TLS/RTP/SAVPF 98 99\r\n", 1),
            (CameraCodec::H264, "m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n", 1),
        ] {
            let narrowed = narrowed(CAMERA, wanted);
            assert!(narrowed.sdp.contains(media), "{}", narrowed.sdp);
            assert_eq!(narrowed.sdp.matches("a=rtpmap:").count(), 2, "{}", narrowed.sdp);
            assert_eq!(narrowed.sdp.matches("a=rtcp-fb:").count(), feedback);
            assert_eq!(narrowed.lines, offer::scan(CAMERA).expect("an offer").lines);
        }
    }

    #[test]
    fn what_is_not_offered_is_vp8_and_without_that_all_that_is() {
        let without = CAMERA.replace("AV1/", "AV2/");
        assert!(narrowed(&without, CameraCodec::Av1).sdp.contains("SAVPF 96 97\r\n"));
        let neither = without.replace("VP8/", "VP7/");
        assert_eq!(narrowed(&neither, CameraCodec::Av1).sdp, neither);
        let one_size = CAMERA.replace("a=simulcast:send q;h;f\r\n", "");
        assert_eq!(narrowed(&one_size, CameraCodec::Av1).sdp, one_size);
    }
}

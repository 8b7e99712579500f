//! Offers of programs that come by WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): no page of ours says what
//! their lines are for, so that is read from the offer itself.
//!
//! | | publishes | watches |
//! |---|---|---|
//! | each line | `sendonly`, or `sendrecv` as if it were | `recvonly`, or `sendrecv` as if it were |
//! | lines | one for sound, one for pictures, or one of them (RFC 9725, section 4.4.2) | the same |
//! | codecs | Opus, VP8, VP9 of profile 0, AV1 in its main profile, H.264 baseline in mode 1; whatever else is offered is not answered | the same |
//! | transport | one for all lines (RFC 9725, section 4.4.1) | the same |
//!
//! What is passed on says so in the plainest way: every line has its one direction, so that the answer has
//! the other, and a line that is `bundle-only` (RFC 9143) has a port that is not zero, for it is not refused.
//! An offer is taken whole or not at all (RFC 9725, section 4.4.3).

use crate::OfferError;
use crate::offer::{self, Direction, Kind, Line};
use model::{Mid, Source};
use std::collections::BTreeSet;

/// What a program comes for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    Publish,
    Watch,
}

/// An offer that says what its lines are for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlainOffer {
    pub sdp: String,
    /// Which m-line sends what; nothing of whoever watches.
    pub lines: Vec<(Mid, Source)>,
    /// By which name the program's side of ICE goes (RFC 8839, section 5.4).
    pub ufrag: String,
}

/// The levels of H.264, as ten times their number (ITU-T H.264, table A-1).
const LEVELS: [u32; 16] = [10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52];
/// The longest user fragment of ICE (RFC 8839, section 5.4).
const UFRAG: usize = 256;

/// Reads an offer, or says why it is refused.
pub fn read(sdp: &str, purpose: Purpose) -> Result<PlainOffer, OfferError> {
    let scanned = offer::scan(sdp)?;
    let mut sections = sections(&scanned.sdp);
    let head = sections.next().unwrap_or_default();
    require_one_transport(&head, &scanned.lines)?;
    let mut read = PlainOffer { sdp: whole(&head), lines: Vec::new(), ufrag: ufrag(&scanned.sdp)? };
    let mut kinds = Vec::new();
    for (line, section) in scanned.lines.iter().zip(sections) {
        if kinds.contains(&line.kind) || !goes(line.direction, purpose) || !has_codec(&section, line.kind) {
            return Err(OfferError::Unusable);
        }
        kinds.push(line.kind);
        read.sdp.push_str(&plain(&section, purpose)?);
        if purpose == Purpose::Publish {
            let source = if line.kind == Kind::Audio { Source::Microphone } else { Source::Camera };
            read.lines.push((line.mid, source));
        }
    }
    Ok(read)
}

/// The lines before the first m-line, then those of each m-line.
pub(crate) fn sections(sdp: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut sections = vec![Vec::new()];
    for line in sdp.lines() {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(open) = sections.last_mut() {
            open.push(line);
        }
    }
    sections.into_iter()
}

pub(crate) fn whole(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

const fn goes(direction: Direction, purpose: Purpose) -> bool {
    match direction {
        Direction::SendRecv => true,
        Direction::SendOnly => matches!(purpose, Purpose::Publish),
        Direction::RecvOnly => matches!(purpose, Purpose::Watch),
        Direction::Inactive => false,
    }
}

fn require_one_transport(head: &[&str], lines: &[Line]) -> Result<(), OfferError> {
    let bundled = |group: &&str| {
        let mids = || group.split_ascii_whitespace();
        lines.iter().all(|line| mids().any(|mid| mid == line.mid.as_str()))
    };
    let mut groups = head.iter().filter_map(|line| line.strip_prefix("a=group:BUNDLE"));
    if lines.len() > 1 && !groups.any(|group| bundled(&group)) { Err(OfferError::Unusable) } else { Ok(()) }
}

fn ufrag(sdp: &str) -> Result<String, OfferError> {
    let ufrag = sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::trim);
    ufrag.filter(|ufrag| ufrag.len() <= UFRAG).map(str::to_owned).ok_or(OfferError::Malformed)
}

/// Whether a line offers a codec that its kind is forwarded in, by a payload type that it names.
fn has_codec(section: &[&str], kind: Kind) -> bool {
    let names: &[&str] = match kind {
        Kind::Audio => &["opus/48000/2"],
        Kind::Video => &["VP8/90000", "H264/90000", "VP9/90000", "AV1/90000"],
    };
    names.iter().any(|name| !forwarded(section, name).is_empty())
}

/// The payload types that a line names for a codec in a form in which that is forwarded.
pub(crate) fn forwarded<'a>(section: &[&'a str], name: &str) -> BTreeSet<&'a str> {
    let types = section.first().into_iter().flat_map(|media| media.split(' ').skip(3));
    let maps = section.iter().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
    let formats = || section.iter().filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(' '));
    let with = |is_so: fn(&str) -> bool| -> BTreeSet<&str> {
        formats().filter(|(_, format)| is_so(format)).map(|(of, _)| of).collect()
    };
    let (plain_h264, other_vp9, other_av1) = (with(is_plain_h264), with(is_other_vp9), with(is_other_av1));
    let is_forwarded = |(of, known): &(&str, &str)| {
        known.trim().eq_ignore_ascii_case(name)
            && match name {
                "H264/90000" => plain_h264.contains(of),
                "VP9/90000" => !other_vp9.contains(of),
                "AV1/90000" => !other_av1.contains(of),
                _ => true,
            }
    };
    // Looked up, for an offer may name thousands of types.
    let right: BTreeSet<&str> = maps.filter(is_forwarded).map(|(of, _)| of).collect();
    types.filter(|pt| right.contains(pt)).collect()
}

/// Whether H.264 is offered in the form that every browser which has it decodes: packetization mode 1 and the
/// baseline profile, constrained or not (RFC 6184, section 8.1). The level may be any.
fn is_plain_h264(format: &str) -> bool {
    let is_baseline = |id: &str| {
        let number = u32::from_str_radix(id, 16).unwrap_or(0);
        id.len() == 6 && number & 0xff_0f00 == 0x42_0000 && LEVELS.contains(&(number & 0xff))
    };
    value(format, "packetization-mode") == Some("1")
        && value(format, "profile-level-id").is_none_or(is_baseline)
}

/// Whether VP9 is offered in another profile than 0 (RFC 9628, section 6), which is what an offer means that
/// names none.
fn is_other_vp9(format: &str) -> bool {
    value(format, "profile-id").is_some_and(|profile| profile != "0")
}

/// Whether AV1 is offered in another profile, level or tier than an offer means that names none (AV1 RTP
/// payload format, section 7.2); that is up to 720p with 60 pictures a second, or 1080p with 30.
fn is_other_av1(format: &str) -> bool {
    let usual = [("profile", "0"), ("level-idx", "5"), ("tier", "0")];
    usual.into_iter().any(|(name, usual)| value(format, name).is_some_and(|given| given != usual))
}

/// What a parameter of a format says.
pub(crate) fn value<'a>(format: &'a str, name: &str) -> Option<&'a str> {
    let mut parameters = format.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    parameters.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn plain(section: &[&str], purpose: Purpose) -> Result<String, OfferError> {
    let directions = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"];
    let mut lines: Vec<String> =
        section.iter().filter(|line| !directions.contains(line)).map(|line| (*line).to_owned()).collect();
    let media = lines.first_mut().ok_or(OfferError::Malformed)?;
    let words: Vec<&str> = media.split(' ').collect();
    let [kind, port, rest @ ..] = words.as_slice() else { return Err(OfferError::Malformed) };
    if *port == "0" {
        if !section.contains(&"a=bundle-only") {
            return Err(OfferError::Unusable);
        }
        *media = format!("{kind} 9 {}", rest.join(" "));
    }
    let direction = match purpose {
        Purpose::Publish => "a=sendonly",
        Purpose::Watch => "a=recvonly",
    };
    lines.push(direction.to_owned());
    Ok(whole(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "v=0\r\na=group:BUNDLE 0 1\r\na=ice-ufrag:EsAw\r\n";
    const SOUND: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 111 8\r\na=mid:0\r\na=sendrecv\r\n\
        a=rtpmap:8 PCMA/8000\r\na=rtpmap:111 OPUS/48000/2\r\n";
    const PICTURE: &str = "m=video 0 UDP/TLS/RTP/SAVPF 102 96\r\na=bundle-only\r\na=mid:1\r\na=sendonly\r\n\
        a=rtpmap:102 H264/90000\r\na=rtpmap:96 VP8/90000\r\n";

    fn refused(sdp: &str, purpose: Purpose) -> OfferError {
        read(sdp, purpose).expect_err(sdp)
    }

    #[test]
    fn what_is_sent_is_read_from_the_lines() {
        let read = read(&[HEAD, SOUND, PICTURE].concat(), Purpose::Publish).expect("an offer");
        let lines: Vec<(&str, Source)> =
            read.lines.iter().map(|(mid, source)| (mid.as_str(), *source)).collect();
        assert_eq!(lines, [("0", Source::Microphone), ("1", Source::Camera)]);
        assert_eq!(read.ufrag, "EsAw");
        assert_eq!(read.sdp.matches("a=sendonly").count(), 2, "{}", read.sdp);
        assert!(!read.sdp.contains("a=sendrecv"), "{}", read.sdp);
        assert!(read.sdp.contains("m=video 9 UDP/TLS/RTP/SAVPF 102 96\r\n"), "{}", read.sdp);
    }

    #[test]
    fn whoever_watches_sends_nothing() {
        let offer = [HEAD, SOUND, PICTURE].concat().replace("a=sendonly", "a=recvonly");
        let watches = read(&offer, Purpose::Watch).expect("an offer");
        assert!(watches.lines.is_empty());
        assert_eq!(watches.sdp.matches("a=recvonly").count(), 2, "{}", watches.sdp);
        assert!(!watches.sdp.contains("a=sendrecv"), "{}", watches.sdp);
    }

    #[test]
    fn pictures_in_h264_alone_are_taken_in_the_form_that_everybody_decodes() {
        let alone = |format: &str| {
            let line = PICTURE.replace("102 96", "102").replace("a=rtpmap:96 VP8/90000\r\n", "");
            read(&[HEAD, SOUND, &line, "a=fmtp:102 ", format, "\r\n"].concat(), Purpose::Publish)
        };
        for format in [
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            "profile-level-id=42E028; packetization-mode=1",
            "packetization-mode=1;profile-level-id=42001f",
            "packetization-mode=1",
        ] {
            assert_eq!(alone(format).expect(format).lines.len(), 2);
        }
        for format in [
            "profile-level-id=42e01f",
            "packetization-mode=0;profile-level-id=42e01f",
            "packetization-mode=1;profile-level-id=64001f",
            "packetization-mode=1;profile-level-id=4d001f",
            "packetization-mode=1;profile-level-id=42e0ff",
            "packetization-mode=1;profile-level-id=422001f",
            "packetization-mode=1;profile-level-id=+2e01f",
            "",
        ] {
            assert_eq!(alone(format), Err(OfferError::Unusable), "{format}");
        }
    }

    #[test]
    fn pictures_in_vp9_are_taken_in_the_profile_of_eight_bits() {
        let alone = |format: &str| {
            let line = PICTURE.replace("VP8", "VP9");
            read(&[HEAD, SOUND, &line, format].concat(), Purpose::Publish).map(|read| read.lines.len())
        };
        assert_eq!(alone(""), Ok(2));
        assert_eq!(alone("a=fmtp:96 profile-id=0\r\n"), Ok(2));
        for format in ["a=fmtp:96 profile-id=1\r\n", "a=fmtp:96 max-fr=30; profile-id=2\r\n"] {
            assert_eq!(alone(format), Err(OfferError::Unusable), "{format}");
        }
    }

    #[test]
    fn pictures_in_av1_are_taken_in_what_every_decoder_of_it_knows() {
        let alone = |format: &str| {
            let line = PICTURE.replace("VP8", "AV1");
            read(&[HEAD, SOUND, &line, format].concat(), Purpose::Publish).map(|read| read.lines.len())
        };
        for format in ["", "a=fmtp:96 profile=0\r\n", "a=fmtp:96 level-idx=5;profile=0;tier=0\r\n"] {
            assert_eq!(alone(format), Ok(2), "{format}");
        }
        for format in ["a=fmtp:96 profile=1\r\n", "a=fmtp:96 level-idx=8\r\n", "a=fmtp:96 tier=1\r\n"] {
            assert_eq!(alone(format), Err(OfferError::Unusable), "{format}");
        }
    }

    #[test]
    fn an_offer_is_taken_whole_or_not_at_all() {
        let whole = [HEAD, SOUND, PICTURE].concat();
        let twice = format!("{}{SOUND}", [HEAD, SOUND].concat()).replacen("a=mid:0", "a=mid:1", 1);
        for sdp in [
            whole.replace("VP8", "H265"),
            whole.replace("VP8", "VP9").replace("a=sendonly", "a=sendonly\r\na=fmtp:96 profile-id=2"),
            whole.replace("96 VP8", "97 VP8"),
            whole.replace("OPUS", "PCMU"),
            whole.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0"),
            whole.replace("a=bundle-only\r\n", ""),
            whole.replace("a=sendonly", "a=recvonly"),
            whole.replace("a=sendonly", "a=inactive"),
            twice,
        ] {
            assert_eq!(refused(&sdp, Purpose::Publish), OfferError::Unusable, "{sdp}");
        }
        assert_eq!(refused(&whole, Purpose::Watch), OfferError::Unusable);
        for sdp in [whole.replace("a=ice-ufrag:EsAw\r\n", ""), "v=0\r\n".to_owned(), String::new()] {
            assert_eq!(refused(&sdp, Purpose::Publish), OfferError::Malformed, "{sdp}");
        }
        let one = [HEAD, SOUND].concat();
        assert_eq!(read(&one, Purpose::Publish).expect("sound alone").lines.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(cut in 0_usize..400, word in "[a-z0-9:= \r\n]{0,40}", watches: bool) {
            let mut sdp = [HEAD, SOUND, PICTURE].concat();
            let at = cut.min(sdp.len());
            sdp.insert_str(at, &word);
            let purpose = if watches { Purpose::Watch } else { Purpose::Publish };
            if let Ok(offer) = read(&sdp, purpose) {
                prop_assert!(offer.lines.len() <= 2);
                prop_assert!(offer::scan(&offer.sdp).is_ok());
            }
        }
    }
}

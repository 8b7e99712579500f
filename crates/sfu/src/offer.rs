//! The first look at an SDP offer, before a parser of any size sees it.
//!
//! It counts, so that nothing oversize is parsed, and it learns the m-lines in their order, which is
//! what slots and sources are about. RFC 8829 lines are read, everything else passes unread: browsers
//! write attributes (such as `rtcp-fb` for payload types they do not offer) that must do no harm.
//!
//! Candidates are left out of what is passed on. An ICE-lite server sends no checks, and learns where a
//! browser is from the checks that it gets; a browser without BUNDLE-only gathering lists dozens. So is the
//! dependency descriptor of lines without AV1: browsers would send it with other codecs,
//! where nobody reads it.
//!
//! Not here: codecs, ICE, fingerprints. `transport::rtc` lets str0m judge those.

use crate::OfferError;
use crate::config::{SDP_BYTES, SDP_LINES, SDP_RIDS, SDP_SSRCS};
use crate::dependency;
use model::Mid;

/// Sound or pictures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Audio,
    Video,
}

/// What the browser does on a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// One m-line of an offer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    pub kind: Kind,
    pub mid: Mid,
    pub direction: Direction,
    /// The layers of `a=simulcast:send`, in the order offered; empty for a single encoding.
    pub rids: Vec<String>,
}

/// An offer that may be parsed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Offer {
    pub lines: Vec<Line>,
    /// Without candidates, and with what is read of dependency descriptors.
    pub sdp: String,
}

/// Reads the m-lines of an offer, or says why it is refused.
pub(crate) fn scan(sdp: &str) -> Result<Offer, OfferError> {
    if sdp.len() > SDP_BYTES {
        return Err(OfferError::TooLong { limit: SDP_BYTES });
    }
    let mut scan = Scan::default();
    for line in sdp.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        scan.line(line)?;
        scan.keep(line);
    }
    scan.finish()
}

#[derive(Default)]
struct Scan {
    lines: Vec<Line>,
    open: Option<OpenLine>,
    ssrcs: usize,
    kept: String,
}

struct OpenLine {
    kind: Kind,
    mid: Option<Mid>,
    direction: Direction,
    rids: Vec<String>,
    has_av1: bool,
    /// Where its dependency descriptor is offered.
    descriptor: String,
}

impl Scan {
    fn keep(&mut self, line: &str) {
        if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
            return;
        }
        let is_descriptor = line.starts_with("a=extmap:") && line.contains(dependency::URI);
        let kept = match &mut self.open {
            // Answers name no direction, so what goes in one only cannot be agreed on (RFC 8285, section 6).
            Some(_) if is_descriptor && line.split(' ').next().is_some_and(|id| id.contains('/')) => return,
            Some(open) if is_descriptor => &mut open.descriptor,
            _ => &mut self.kept,
        };
        kept.push_str(line);
        kept.push_str("\r\n");
    }

    fn line(&mut self, line: &str) -> Result<(), OfferError> {
        if let Some(media) = line.strip_prefix("m=") {
            return self.media(media);
        }
        let Some(attribute) = line.strip_prefix("a=") else {
            return Ok(());
        };
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match name {
            "ssrc" => self.ssrcs += 1,
            // We are an ICE-lite server: the browser connects to us, never the other way round.
            "setup" if value == "passive" => return Err(OfferError::Unusable),
            "ice-lite" => return Err(OfferError::Unusable),
            _ => {}
        }
        if self.ssrcs > SDP_SSRCS {
            return Err(OfferError::Unusable);
        }
        self.open.as_mut().map_or(Ok(()), |open| open.attribute(name, value))
    }

    fn media(&mut self, media: &str) -> Result<(), OfferError> {
        self.close()?;
        if self.lines.len() == SDP_LINES {
            return Err(OfferError::Unusable);
        }
        // Data channels are refused too: the call does not use them, so they would only be a way in.
        let kind = match media.split(' ').next() {
            Some("audio") => Kind::Audio,
            Some("video") => Kind::Video,
            _ => return Err(OfferError::Unusable),
        };
        self.open = Some(OpenLine {
            kind,
            mid: None,
            direction: Direction::SendRecv,
            rids: Vec::new(),
            has_av1: false,
            descriptor: String::new(),
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), OfferError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        if open.has_av1 {
            self.kept.push_str(&open.descriptor);
        }
        let mid = open.mid.ok_or(OfferError::Unusable)?;
        if self.lines.iter().any(|line| line.mid == mid) {
            return Err(OfferError::Unusable);
        }
        self.lines.push(Line { kind: open.kind, mid, direction: open.direction, rids: open.rids });
        Ok(())
    }

    fn finish(mut self) -> Result<Offer, OfferError> {
        self.close()?;
        if self.lines.is_empty() {
            return Err(OfferError::Malformed);
        }
        Ok(Offer { lines: self.lines, sdp: self.kept })
    }
}

impl OpenLine {
    fn attribute(&mut self, name: &str, value: &str) -> Result<(), OfferError> {
        match name {
            "mid" => self.mid = Some(Mid::parse(value).map_err(|_| OfferError::Unusable)?),
            "sendrecv" => self.direction = Direction::SendRecv,
            "sendonly" => self.direction = Direction::SendOnly,
            "recvonly" => self.direction = Direction::RecvOnly,
            "inactive" => self.direction = Direction::Inactive,
            "simulcast" => self.rids = sent_rids(value)?,
            "rtpmap" => self.has_av1 |= value.to_ascii_lowercase().ends_with(" av1/90000"),
            _ => {}
        }
        Ok(())
    }
}

/// The layers in `send q;h;f` (RFC 8853), without the pause marks and with the first alternative.
fn sent_rids(value: &str) -> Result<Vec<String>, OfferError> {
    let mut words = value.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let list = words.next().unwrap_or_default();
        if word != "send" {
            continue;
        }
        let rids: Vec<String> = list
            .split(';')
            .map(|layer| layer.split(',').next().unwrap_or_default().trim_start_matches('~').to_owned())
            .collect();
        let sound =
            |rid: &String| (1..=8).contains(&rid.len()) && rid.bytes().all(|b| b.is_ascii_alphanumeric());
        if rids.len() > SDP_RIDS || !rids.iter().all(sound) {
            return Err(OfferError::Unusable);
        }
        return Ok(rids);
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendonly\r\na=simulcast:send q;~h;f\r\n";

    #[test]
    fn lines_come_in_their_order_with_their_layers() {
        let lines = scan(TWO).expect("a sound offer").lines;
        assert_eq!(lines[0].kind, Kind::Audio);
        assert_eq!(lines[1].mid.as_str(), "1");
        assert_eq!(lines[1].direction, Direction::SendOnly);
        assert_eq!(lines[1].rids, ["q", "h", "f"]);
    }

    #[test]
    fn candidates_are_not_passed_on() {
        let with =
            TWO.replace("a=sendonly\r\n", "a=candidate:1 1 udp 1 x.local 9 typ host\r\na=sendonly\r\n");
        assert_ne!(with, TWO);
        assert_eq!(scan(&with), scan(TWO));
        assert_eq!(scan(TWO).map(|offer| offer.sdp).as_deref(), Ok(TWO));
    }

    #[test]
    fn dependency_descriptors_are_passed_on_where_they_are_read() {
        let offered = format!("a=extmap:12 {}\r\n", dependency::URI);
        let vp8 = TWO.replace("a=mid:1\r\n", &format!("a=mid:1\r\n{offered}"));
        assert_eq!(scan(&vp8), scan(TWO));
        let av1 = format!("{vp8}a=rtpmap:96 AV1/90000\r\n");
        let kept = scan(&av1).expect("a sound offer").sdp;
        assert_eq!(kept, format!("{TWO}a=rtpmap:96 AV1/90000\r\n{offered}"));
        let one_way = scan(&av1.replace("extmap:12", "extmap:12/sendonly")).expect("a sound offer").sdp;
        assert_eq!(one_way, format!("{TWO}a=rtpmap:96 AV1/90000\r\n"));
    }

    #[test]
    fn what_is_not_a_call_is_refused() {
        let line = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
        for (sdp, why) in [
            (String::new(), OfferError::Malformed),
            ("garbage".to_owned(), OfferError::Malformed),
            (format!("v=0\r\n{line}"), OfferError::Unusable),
            (format!("{line}a=mid:0\r\n{line}a=mid:0\r\n"), OfferError::Unusable),
            (format!("{line}a=mid:0\r\na=setup:passive\r\n"), OfferError::Unusable),
            (
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n".to_owned(),
                OfferError::Unusable,
            ),
            (format!("{line}a=mid:0\r\n{}", "a=ssrc:1\r\n".repeat(257)), OfferError::Unusable),
            (format!("{line}a=mid:0\r\na=simulcast:send a;b;c;d;e\r\n"), OfferError::Unusable),
            ("x".repeat(SDP_BYTES + 1), OfferError::TooLong { limit: SDP_BYTES }),
        ] {
            assert_eq!(scan(&sdp), Err(why), "{}", &sdp[..sdp.len().min(80)]);
        }
        let many: String = (0..65).map(|n| format!("{line}a=mid:{n}\r\n")).collect();
        assert_eq!(scan(&many), Err(OfferError::Unusable));
    }
}

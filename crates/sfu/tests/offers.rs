//! What is answered to the offers of real browsers, and to no offers at all.
//!
//! The offers in `tests/sdp` are those of our call page (`page`), and of a smaller one without codec
//! preferences (`all-codecs`). Firefox leaves `rtcp-fb` lines of codecs that it does not offer.

use expect_test::{Expect, expect};
use model::{Mid, ParticipantId, PeerId, RoomId, Source};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sfu::{CameraCodec, Census, OfferError, PeerOffer, Sfu, SfuConfig, plain};
use std::net::SocketAddr;
use std::time::Instant;

fn sfu() -> Sfu {
    sfu_that_wants(None)
}

fn sfu_that_wants(camera_codec: Option<CameraCodec>) -> Sfu {
    let candidates =
        vec![SocketAddr::from(([192, 0, 2, 1], 7_000)), "[2001:db8::1]:7000".parse().expect("an address")];
    let tcp_candidates = vec![SocketAddr::from(([192, 0, 2, 1], 7_001))];
    Sfu::new(SfuConfig { candidates, tcp_candidates, seed: 1, peers: 2, camera_codec })
}

fn offer(number: u128, sdp: &str) -> PeerOffer {
    let sources = [("0", Source::Microphone), ("1", Source::Camera), ("2", Source::Screen)];
    PeerOffer {
        peer: PeerId::from_bits(number),
        room: RoomId::from_bits(1),
        participant: ParticipantId::from_bits(number),
        sdp: sdp.to_owned(),
        is_page: true,
        lines: sources.into_iter().map(|(mid, source)| (Mid::parse(mid).expect("a mid"), source)).collect(),
    }
}

/// One line for each m-line of an answer: kind, mid, direction, codecs (`+` with retransmission), extensions,
/// layers.
fn outline(sdp: &str) -> String {
    let mut outline = String::new();
    for section in sdp.split("m=").skip(1) {
        let all = |prefix: &str| -> Vec<String> {
            section.lines().filter_map(|line| line.strip_prefix(prefix)).map(str::to_owned).collect()
        };
        let words = |values: Vec<String>, at: usize| -> Vec<String> {
            values.iter().filter_map(|value| value.split(' ').nth(at)).map(str::to_owned).collect()
        };
        let kind = section.split(' ').next().unwrap_or_default();
        let direction = ["sendrecv", "sendonly", "recvonly", "inactive"]
            .into_iter()
            .find(|direction| section.contains(&format!("a={direction}\r\n")));
        let extensions: Vec<String> = words(all("a=extmap:"), 1)
            .iter()
            .map(|uri| match uri.rsplit([':', '/']).next().unwrap_or_default() {
                "draft-holmer-rmcat-transport-wide-cc-extensions-01" => "twcc".to_owned(),
                other => other
                    .replace("rtp-stream-id", "rid")
                    .replace("ssrc-audio-level", "level")
                    .replace("#dependency-descriptor-rtp-header-extension", "dependency")
                    .replace("video-orientation", "rotation"),
            })
            .collect();
        let codecs = words(all("a=rtpmap:"), 1);
        let codecs: Vec<&str> = codecs.iter().filter_map(|codec| codec.split('/').next()).collect();
        outline += &format!(
            "{kind} {} {} {} [{}]{}\n",
            all("a=mid:").join(""),
            direction.unwrap_or("none"),
            codecs.join(",").replace(",rtx", "+"),
            extensions.join(","),
            all("a=simulcast:").iter().map(|layers| format!(" {layers}")).collect::<String>(),
        );
    }
    outline
}

fn check(sdp: &str, expected: Expect) {
    let answer = sfu().accept_offer(offer(1, sdp), Instant::now()).expect("browsers are answered");
    for line in
        ["a=ice-lite", "a=setup:passive", "typ host", "192.0.2.1 7000", "2001:db8::1 7000", "a=rtcp-fb:"]
    {
        assert!(answer.contains(line), "{line} is missing");
    }
    assert!(answer.contains("transport-cc"), "uplinks need feedback");
    assert!(!answer.contains("a=candidate") || answer.matches("typ host").count() == 3, "once is enough");
    assert!(answer.contains("192.0.2.1 7001 typ host tcptype passive"), "TCP is offered");
    expected.assert_eq(&outline(&answer));
}

#[test]
fn chromium_gets_an_answer_to_the_call_page() {
    check(
        include_str!("sdp/chromium-156-page.sdp"),
        expect![[r#"
        audio 0 recvonly opus [level,abs-send-time,twcc,mid]
        video 1 recvonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation] recv q;h;f
        video 2 recvonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        audio 3 sendonly opus [level,abs-send-time,twcc,mid]
        audio 4 sendonly opus [level,abs-send-time,twcc,mid]
        audio 5 sendonly opus [level,abs-send-time,twcc,mid]
        audio 6 sendonly opus [level,abs-send-time,twcc,mid]
        audio 7 sendonly opus [level,abs-send-time,twcc,mid]
        audio 8 sendonly opus [level,abs-send-time,twcc,mid]
        audio 9 sendonly opus [level,abs-send-time,twcc,mid]
        video 10 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 11 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 12 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 13 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 14 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 15 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 16 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 17 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 18 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 19 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 20 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
        video 21 sendonly VP8+ [abs-send-time,twcc,mid,rid,repaired-rid,rotation]
    "#]],
    );
}

#[test]
fn firefox_gets_an_answer_to_the_call_page() {
    check(
        include_str!("sdp/firefox-153-page.sdp"),
        expect![[r#"
        audio 0 recvonly opus [level,mid,twcc]
        video 1 recvonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid] recv q;h;f
        video 2 recvonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        audio 3 sendonly opus [level,mid,twcc]
        audio 4 sendonly opus [level,mid,twcc]
        audio 5 sendonly opus [level,mid,twcc]
        audio 6 sendonly opus [level,mid,twcc]
        audio 7 sendonly opus [level,mid,twcc]
        audio 8 sendonly opus [level,mid,twcc]
        audio 9 sendonly opus [level,mid,twcc]
        video 10 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 11 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 12 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 13 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 14 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 15 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 16 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 17 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 18 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 19 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 20 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 21 sendonly VP8+ [mid,abs-send-time,twcc,rid,repaired-rid]
    "#]],
    );
}

#[test]
fn chromium_gets_an_answer_with_all_its_codecs() {
    check(
        include_str!("sdp/chromium-156-all-codecs.sdp"),
        expect![[r#"
        audio 0 recvonly opus [level,abs-send-time,twcc,mid]
        video 1 recvonly VP8+,H264+,H264+,VP9+,AV1+ [abs-send-time,twcc,mid,rid,repaired-rid,dependency,rotation] recv q;h;f
        video 2 recvonly VP8+,H264+,H264+,VP9+,AV1+ [abs-send-time,twcc,mid,rid,repaired-rid,dependency,rotation]
        audio 3 sendonly opus [level,abs-send-time,twcc,mid]
        video 4 sendonly VP8+,H264+,H264+,VP9+,AV1+ [abs-send-time,twcc,mid,rid,repaired-rid,dependency,rotation]
        video 5 sendonly VP8+,H264+,H264+,VP9+,AV1+ [abs-send-time,twcc,mid,rid,repaired-rid,dependency,rotation]
    "#]],
    );
}

#[test]
fn firefox_gets_an_answer_with_all_its_codecs() {
    check(
        include_str!("sdp/firefox-153-all-codecs.sdp"),
        expect![[r#"
        audio 0 recvonly opus [level,mid,twcc]
        video 1 recvonly VP8+,VP9+,AV1+ [mid,abs-send-time,twcc,rid,repaired-rid] recv q;h;f
        video 2 recvonly VP8+,VP9+,AV1+ [mid,abs-send-time,twcc,rid,repaired-rid]
        audio 3 sendonly opus [level,mid,twcc]
        video 4 sendonly VP8+,VP9+,AV1+ [mid,abs-send-time,twcc,rid,repaired-rid]
        video 5 sendonly VP8+,VP9+,AV1+ [mid,abs-send-time,twcc,rid,repaired-rid]
    "#]],
    );
}

#[test]
fn the_camera_of_a_page_is_answered_in_the_codec_that_is_wanted_if_it_offers_that() {
    let all =
        (include_str!("sdp/chromium-156-all-codecs.sdp"), include_str!("sdp/firefox-153-all-codecs.sdp"));
    for (wanted, chromium, firefox) in [
        (CameraCodec::Vp8, "VP8+", "VP8+"),
        (CameraCodec::Vp9, "VP9+", "VP9+"),
        (CameraCodec::Av1, "AV1+", "AV1+"),
        (CameraCodec::H264, "H264+,H264+", "VP8+"),
    ] {
        for (sdp, codecs) in [(all.0, chromium), (all.1, firefox)] {
            let answer = sfu_that_wants(Some(wanted)).accept_offer(offer(1, sdp), Instant::now());
            let outline = outline(&answer.expect("browsers are answered"));
            let camera = outline.lines().nth(1).expect("a camera");
            assert!(camera.starts_with(&format!("video 1 recvonly {codecs} [")), "{camera}");
            let has_descriptor = camera.contains("dependency");
            assert_eq!(has_descriptor, wanted == CameraCodec::Av1 && sdp == all.0, "{camera}");
            let mut others = outline.lines().skip(2).filter(|line| line.starts_with("video"));
            assert!(others.all(|line| line.contains("VP8+,")), "{outline}");
        }
    }
}

#[test]
fn a_program_is_left_its_choice_though_it_offers_several_sizes() {
    let sdp = include_str!("sdp/chromium-156-all-codecs.sdp");
    let program = PeerOffer { is_page: false, ..offer(1, sdp) };
    let answer = sfu_that_wants(Some(CameraCodec::Vp9)).accept_offer(program, Instant::now());
    let outline = outline(&answer.expect("browsers are answered"));
    let camera = outline.lines().nth(1).expect("a camera");
    assert!(camera.starts_with("video 1 recvonly VP8+,"), "{camera}");
}

/// What a program offers that has H.264 alone; `FORMAT` stands for its parameters.
const PROGRAM: &str = "v=0\r\no=- 1 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=ice-ufrag:EsAw\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\na=fingerprint:sha-256 \
    DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09:DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n\
    a=setup:actpass\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
    a=fmtp:96 FORMAT\r\na=ssrc:1 cname:x\r\n";

#[test]
fn what_is_read_of_h264_is_what_is_answered() {
    for (format, is_taken) in [
        ("profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1", true),
        ("packetization-mode=1;profile-level-id=42c028", true),
        ("packetization-mode=1;profile-level-id=42001e", true),
        ("packetization-mode=1;profile-level-id=42e00a", true),
        ("packetization-mode=1", true),
        ("packetization-mode=0;profile-level-id=42e01f", false),
        ("profile-level-id=42e01f", false),
        ("packetization-mode=1;profile-level-id=64001f", false),
        ("packetization-mode=1;profile-level-id=4d001f", false),
        ("packetization-mode=1;profile-level-id=42e00f", false),
        ("packetization-mode=1;profile-level-id=422001f", false),
    ] {
        let sdp = PROGRAM.replace("FORMAT", format);
        let read = plain::read(&sdp, plain::Purpose::Publish);
        assert_eq!(read.is_ok(), is_taken, "{format}");
        let offered = PeerOffer { lines: Vec::new(), ..offer(1, &sdp) };
        let answer = sfu().accept_offer(offered, Instant::now()).expect("an answer");
        assert_eq!(answer.contains("a=rtpmap:96 H264/90000"), is_taken, "{format}: {answer}");
    }
}

#[test]
fn what_the_offer_does_not_bear_out_is_refused() {
    let sdp = include_str!("sdp/chromium-156-page.sdp");
    let sources = |pairs: &[(&str, Source)]| -> Vec<(Mid, Source)> {
        pairs.iter().map(|(mid, source)| (Mid::parse(mid).expect("a mid"), *source)).collect()
    };
    for lines in [
        sources(&[("99", Source::Microphone)]),
        sources(&[("1", Source::Microphone)]),
        sources(&[("0", Source::Camera)]),
        sources(&[("3", Source::Microphone)]),
        sources(&[("1", Source::Camera), ("2", Source::Camera)]),
        sources(&[("1", Source::Camera), ("1", Source::Screen)]),
    ] {
        let mut sfu = sfu();
        let refused = sfu.accept_offer(PeerOffer { lines: lines.clone(), ..offer(1, sdp) }, Instant::now());
        assert_eq!(refused, Err(OfferError::Unusable), "{lines:?}");
        assert_eq!(sfu.census(), Census::default());
    }
}

#[test]
fn a_full_shard_takes_nobody_in_but_those_who_come_again() {
    let sdp = include_str!("sdp/chromium-156-all-codecs.sdp");
    let mut sfu = sfu();
    let now = Instant::now();
    assert!(sfu.accept_offer(offer(1, sdp), now).is_ok());
    assert!(sfu.accept_offer(offer(2, sdp), now).is_ok());
    assert_eq!(sfu.accept_offer(offer(3, sdp), now), Err(OfferError::Full));
    let again = PeerOffer { peer: PeerId::from_bits(9), ..offer(2, sdp) };
    assert!(sfu.accept_offer(again, now).is_ok());
    assert_eq!(sfu.census().peers, 2);
}

#[test]
fn an_offer_that_lacks_what_a_call_needs_is_refused_and_leaves_nothing() {
    let sdp = include_str!("sdp/chromium-156-all-codecs.sdp");
    let without = |prefix: &str| -> String {
        sdp.lines().filter(|line| !line.starts_with(prefix)).map(|line| format!("{line}\r\n")).collect()
    };
    for broken in [
        String::new(),
        "v=0\r\n".to_owned(),
        "x".repeat(sfu::config::SDP_BYTES + 1),
        without("a=mid"),
        without("a=ice-ufrag"),
        without("a=ice-pwd"),
        without("a=fingerprint"),
        without("a=group"),
        without("m="),
        sdp.replace("a=setup:actpass", "a=setup:passive"),
        sdp.replace("m=video", "m=application"),
        sdp.replace("a=mid:1", "a=mid:0"),
    ] {
        let mut sfu = sfu();
        assert!(sfu.accept_offer(offer(1, &broken), Instant::now()).is_err());
        assert_eq!(sfu.census(), Census::default());
    }
}

/// One thing that happens to an offer: which line, where, how, and a byte.
type Damage = (Index, Index, u8, u8);

fn damaged(sdp: &str, damage: &[Damage]) -> String {
    let mut lines: Vec<Vec<u8>> = sdp.lines().map(|line| line.as_bytes().to_vec()).collect();
    for (line, place, how, byte) in damage {
        let (a, b) = (line.index(lines.len()), place.index(lines.len()));
        let at = place.index(lines[a].len().max(1));
        match how {
            0 => drop(lines.remove(a)),
            1 => lines.insert(b, lines[a].clone()),
            2 => lines.swap(a, b),
            _ => lines[a].get_mut(at).map_or((), |old| *old = *byte),
        }
    }
    String::from_utf8_lossy(&lines.join(&b"\r\n"[..])).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Lines lost, doubled and swapped, and bytes changed: answered or refused, never a panic.
    #[test]
    fn no_damage_to_an_offer_breaks_the_shard(
        firefox in any::<bool>(),
        damage in vec((any::<Index>(), any::<Index>(), 0..4_u8, any::<u8>()), 1..6),
    ) {
        let sdp = if firefox {
            include_str!("sdp/firefox-153-all-codecs.sdp")
        } else {
            include_str!("sdp/chromium-156-all-codecs.sdp")
        };
        let mut sfu = sfu();
        let answer = sfu.accept_offer(offer(1, &damaged(sdp, &damage)), Instant::now());
        prop_assert_eq!(sfu.census().peers, usize::from(answer.is_ok()));
    }
}

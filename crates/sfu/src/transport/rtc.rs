//! The transport on str0m in RTP mode: the only file that knows `str0m::Rtc`.
//!
//! str0m's contract is that every change is followed by polling until it answers with a time. Each
//! method below is one or more rounds of *change, then [`RtcTransport::drain`]*, and nothing outside
//! can change an `Rtc`.
//!
//! | setting | why |
//! |---|---|
//! | ICE-lite, passive DTLS 1.2 | a server with known addresses only answers; cheap SRTP profiles win |
//! | Opus, VP8 with RTX | every browser has them, and they can be switched without decoding |
//! | VP9 with RTX, profile 0 | half the bits of VP8; its other profiles are for more colours than cameras have |
//! | AV1 with RTX, main profile | half the bits of VP9 for screens; its layers in time stand in a header extension |
//! | H.264 with RTX, mode 1 | programs have nothing else; without the profiles that not everybody decodes |
//! | transport-wide feedback | browsers need it to raise their bitrate |
//! | estimate of the way down | layers are chosen by it; see `budget` |
//! | statistics, 5 a second | they carry the newest estimate; the event of its own is an average of 3 s, too slow to step down by |
//!
//! With an estimate str0m's pacer hands out one packet per sweep over all streams. [`RtcTransport::pass`]
//! sweeps until nothing is due any more, because the shell's timers know no shorter time than a millisecond.
//!
//! A panic inside str0m is caught, and costs this one peer.

mod descriptor;
mod packets;
mod ways;
mod wires;

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use self::packets::{has_parameters, is_av1_key, is_vp9_key, read_vp8};

use self::descriptor::DescriptorExtension;
use self::packets::{rotation, write};
use self::ways::{candidates, input, protocol, theirs};
use self::wires::{Wire, codecs};
use super::dtls;
use super::{
    Aim, Codec, Codecs, Datagram, Fault, MediaTransport, Path, Port, Push, RtpIn, RtpOut, SenderReport,
    Sending, Transmit, TransportEvent,
};
use crate::OfferError;
use crate::config::{CLOGGED, FIRST_ESTIMATE_BPS, PAYLOAD_BYTES};
use crate::dependency;
use crate::offer::Offer;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::config::{DtlsCert, DtlsVersion};
use str0m::format::{Codec as RtcCodec, FormatParams};
use str0m::media::{Frequency, KeyframeRequestKind};
use str0m::rtp::{Extension, RtpPacket, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

/// How many sent packets of a stream can be sent again; at 2.5 Mbit/s this is two seconds.
const RESEND_PACKETS: usize = 512;
/// For how long they can be.
const RESEND_AGE: Duration = Duration::from_secs(2);
/// The share of a stream that may be repetitions before the rest of them is given up.
const RESEND_SHARE: f32 = 0.15;
/// The most outputs that one change may cause: more is a loop, and a loop would stop the shard.
const DRAIN_BUDGET: usize = 4_096;
/// The most packets that one change may hand to the network; more of them wait a millisecond.
const BURST: usize = 256;
/// How often statistics are taken.
const STATISTICS: Duration = Duration::from_millis(200);
/// A deadline this near is now: str0m says so when another packet is ready to leave.
const NOW: Duration = Duration::from_micros(2);
/// H.264 as it is negotiated: payload types for offers of ours, which there are none of, and the profile with
/// its level. Baseline and its constrained form are the same to encoders: none writes what sets them apart.
const H264: [(u8, u8, u32); 2] = [(108, 109, 0x42_e01f), (127, 121, 0x42_001f)];
/// VP9 as it is negotiated: payload types.
const VP9: (u8, u8) = (98, 99);
/// Under which number the dependency descriptor would be offered by us, as Chromium does.
const DESCRIPTOR: u8 = 12;
/// How many SSRCs are remembered; a browser uses at most a dozen at a time.
const SSRCS: usize = 64;

/// Opens transports that share a certificate and the addresses of a shard.
pub(crate) struct Opener {
    config: RtcConfig,
    candidates: Vec<Candidate>,
}

/// What came of an offer.
pub(crate) struct Opened {
    pub transport: Box<dyn MediaTransport>,
    pub answer: String,
    /// What the peer's checks will name.
    pub ufrag: String,
    /// For each line of the offer, what may flow on it in the one direction that it has.
    pub codecs: Vec<Codecs>,
}

impl Opener {
    pub(crate) fn new(addresses: &[SocketAddr], tcp_addresses: &[SocketAddr]) -> Self {
        let provider = dtls::provider();
        let certificate: DtlsCert = provider
            .dtls_provider
            .generate_certificate()
            .expect("the built-in crypto library makes certificates");
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::new(provider))
            .set_dtls_cert(certificate)
            .set_dtls_version(DtlsVersion::Dtls12)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .enable_bwe(Some(Bitrate::bps(FIRST_ESTIMATE_BPS)))
            .set_stats_interval(Some(STATISTICS))
            .set_send_buffer_video(RESEND_PACKETS)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_extension(DESCRIPTOR, Extension::with_serializer(dependency::URI, DescriptorExtension));
        for (pt, resend, profile) in H264 {
            config.codec_config().add_h264(pt.into(), Some(resend.into()), true, profile);
        }
        let format = FormatParams { profile_id: Some(0), ..FormatParams::default() };
        let (pt, resend) = VP9;
        let rate = Frequency::NINETY_KHZ;
        config.codec_config().add_config(pt.into(), Some(resend.into()), RtcCodec::Vp9, rate, None, format);
        config.codec_config().enable_av1(true);
        Self { config, candidates: candidates(addresses, tcp_addresses) }
    }

    /// Answers an offer that was scanned before.
    pub(crate) fn open(&self, offer: &Offer, now: Instant) -> Result<Opened, OfferError> {
        catch_unwind(AssertUnwindSafe(|| self.try_open(offer, now))).unwrap_or(Err(OfferError::Malformed))
    }

    pub(crate) fn try_open(&self, scanned: &Offer, now: Instant) -> Result<Opened, OfferError> {
        let offer = SdpOffer::from_sdp_string(&scanned.sdp).map_err(|_| OfferError::Malformed)?;
        let mut rtc = self.config.clone().build(now);
        for candidate in &self.candidates {
            rtc.add_local_candidate(candidate.clone());
            idle(&mut rtc)?;
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|_| OfferError::Unusable)?.to_sdp_string();
        idle(&mut rtc)?;
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let mut wires = Vec::with_capacity(scanned.lines.len());
        for line in &scanned.lines {
            wires.push(Wire::find(&mut rtc, line).ok_or(OfferError::Unusable)?);
            idle(&mut rtc)?;
        }
        let flowing = wires.iter().map(|wire| wire.codecs).collect();
        let codecs = codecs(&rtc);
        let transport =
            RtcTransport { rtc, wires, codecs, ssrcs: HashMap::new(), estimate: None, deadline: now };
        Ok(Opened { transport: Box::new(transport), answer, ufrag, codecs: flowing })
    }
}

/// Polls an `Rtc` that is not connected yet, so has nothing to say, until it waits for time.
fn idle(rtc: &mut Rtc) -> Result<(), OfferError> {
    for _ in 0..DRAIN_BUDGET {
        if let Output::Timeout(_) = rtc.poll_output().map_err(|_| OfferError::Unusable)? {
            return Ok(());
        }
    }
    Err(OfferError::Unusable)
}

struct RtcTransport {
    rtc: Rtc,
    wires: Vec<Wire>,
    codecs: [Option<Codec>; 128],
    /// Line and layer of the streams that were seen.
    ssrcs: HashMap<u32, (usize, usize)>,
    /// The newest estimate.
    estimate: Option<Bitrate>,
    deadline: Instant,
}

impl MediaTransport for RtcTransport {
    fn check(&mut self, datagram: Datagram<'_>, now: Instant, port: &mut Port<'_>) -> Result<bool, Fault> {
        guarded(|| {
            let Some(input) = input(datagram, now) else {
                return Ok(false);
            };
            if !self.rtc.accepts(&input) {
                return Ok(false);
            }
            self.change(|rtc| rtc.handle_input(input), port)?;
            Ok(true)
        })
    }

    fn receive(&mut self, datagram: Datagram<'_>, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| match input(datagram, now) {
            Some(input) => self.change(|rtc| rtc.handle_input(input), port),
            None => Ok(()),
        })
    }

    fn hang_up(&mut self, source: SocketAddr, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| {
            let Some(candidate) = theirs(source) else { return Ok(()) };
            let forget = |rtc: &mut Rtc| {
                rtc.direct_api().invalidate_candidate(&candidate);
                Ok(())
            };
            self.change(forget, port)?;
            self.pass(now, port)
        })
    }

    fn handle_timeout(&mut self, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| self.pass(now, port))
    }

    fn send(&mut self, packet: RtpOut, now: Instant, port: &mut Port<'_>) -> Result<Sending, Fault> {
        guarded(|| {
            let Some(down) = self.wires.get(packet.line).and_then(|wire| wire.down.as_ref()) else {
                return Ok(Sending::Sent);
            };
            let Some(pt) = down.pt(packet.codec) else { return Ok(Sending::Sent) };
            let ssrc = down.ssrc;
            if self.is_clogged(ssrc, now) {
                return Ok(Sending::Clogged);
            }
            let write = write(pt, packet, now);
            self.change(
                |rtc| {
                    if let Some(stream) = rtc.direct_api().stream_tx(&ssrc) {
                        stream.write_rtp(write);
                    }
                    Ok(())
                },
                port,
            )?;
            // A written packet leaves when time is given, be it the same time.
            self.pass(now, port)?;
            Ok(Sending::Sent)
        })
    }

    fn forget(&mut self, line: usize, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| {
            let down = self.wires.get(line).and_then(|wire| wire.down.as_ref());
            let Some(ssrc) = down.map(|down| down.ssrc) else { return Ok(()) };
            let forget = |rtc: &mut Rtc| {
                if let Some(stream) = rtc.direct_api().stream_tx(&ssrc) {
                    stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_SHARE));
                }
                Ok(())
            };
            self.change(forget, port)?;
            self.pass(now, port)
        })
    }

    fn aim(&mut self, aim: Aim, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| {
            if aim.push != Push::None {
                // Only a wish that grows is probed for.
                self.wish((aim.fill_bps, 0), now, port)?;
            }
            if let (Push::Restart, Some(estimate)) = (aim.push, self.estimate) {
                self.rtc.bwe().reset(estimate);
            }
            self.wish((aim.fill_bps, aim.wish_bps), now, port)
        })
    }

    fn request_keyframe(
        &mut self,
        (line, layer): (usize, usize),
        now: Instant,
        port: &mut Port<'_>,
    ) -> Result<(), Fault> {
        guarded(|| {
            let Some(wire) = self.wires.get(line) else {
                return Ok(());
            };
            let (mid, rid) = (wire.mid, wire.rids.get(layer).copied());
            self.change(
                |rtc| {
                    if let Some(stream) = rtc.direct_api().stream_rx_by_mid(mid, rid) {
                        stream.request_keyframe(KeyframeRequestKind::Pli);
                    }
                    Ok(())
                },
                port,
            )?;
            self.pass(now, port)
        })
    }

    fn close(&mut self, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        guarded(|| {
            self.change(Rtc::close, port)?;
            self.pass(now, port)
        })
    }

    fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl RtcTransport {
    /// One change, and all that follows from it.
    fn change(
        &mut self,
        change: impl FnOnce(&mut Rtc) -> Result<(), str0m::RtcError>,
        port: &mut Port<'_>,
    ) -> Result<(), Fault> {
        // Noise never comes back as an error (dimpl discards it), so an error is the end of DTLS.
        if let Err(error) = change(&mut self.rtc) {
            tracing::debug!(%error, "a connection broke");
            return Err(Fault::Violation);
        }
        self.drain(port)
    }

    fn wish(&mut self, (fill, wish): (u64, u64), now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        let set = |rtc: &mut Rtc| {
            rtc.bwe().set_bitrate(Bitrate::bps(fill), Bitrate::bps(wish));
            Ok(())
        };
        self.change(set, port)?;
        self.pass(now, port)
    }

    /// Gives time until nothing more is due.
    fn pass(&mut self, now: Instant, port: &mut Port<'_>) -> Result<(), Fault> {
        for _ in 0..BURST {
            self.change(|rtc| rtc.handle_input(Input::Timeout(now)), port)?;
            if self.deadline > now + NOW {
                break;
            }
        }
        Ok(())
    }

    /// Whether what waits on a stream is older than anybody would want it.
    fn is_clogged(&mut self, ssrc: Ssrc, now: Instant) -> bool {
        let mut direct = self.rtc.direct_api();
        let queue = direct.stream_tx(&ssrc).and_then(|stream| stream.queue_info()?.first_unsent());
        queue.is_some_and(|queued| now.saturating_duration_since(queued) > CLOGGED)
    }

    fn drain(&mut self, port: &mut Port<'_>) -> Result<(), Fault> {
        for _ in 0..DRAIN_BUDGET {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.deadline = at;
                    return Ok(());
                }
                Ok(Output::Transmit(transmit)) => port.transmit(Transmit {
                    protocol: protocol(transmit.proto),
                    source: transmit.source,
                    destination: transmit.destination,
                    bytes: transmit.contents.into(),
                }),
                Ok(Output::Event(event)) => self.translate(event, port),
                Err(error) => {
                    tracing::debug!(%error, "a connection broke");
                    return Err(Fault::Violation);
                }
            }
        }
        tracing::error!("a connection never came to rest");
        Err(Fault::Violation)
    }

    fn translate(&mut self, event: Event, port: &mut Port<'_>) {
        match event {
            Event::Connected => port.event(TransportEvent::Connected),
            Event::Closed => port.event(TransportEvent::Closed),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                tracing::debug!("ICE checks stopped");
            }
            Event::KeyframeRequest(request) => {
                if let Some(line) = self.wires.iter().position(|wire| wire.mid == request.mid) {
                    port.event(TransportEvent::KeyframeWanted { line });
                }
            }
            Event::RtpPacket(packet) => {
                if let Some(packet) = self.incoming(packet) {
                    port.event(TransportEvent::Rtp(packet));
                }
            }
            Event::PeerStats(stats) => {
                if let Some(estimate) = stats.bwe_tx {
                    self.estimate = Some(estimate);
                    port.event(TransportEvent::Path(Path { estimate_bps: estimate.as_u64() }));
                }
            }
            // Data channels and frames are not switched on.
            _ => {}
        }
    }

    fn incoming(&mut self, packet: RtpPacket) -> Option<RtpIn> {
        if packet.payload.len() > PAYLOAD_BYTES {
            return None;
        }
        let codec = *self.codecs.get(usize::from(*packet.header.payload_type))?;
        let codec = codec?;
        let (line, layer) = self.stream(packet.header.ssrc)?;
        let extensions = &packet.header.ext_vals;
        Some(RtpIn {
            line,
            layer,
            ssrc: *packet.header.ssrc,
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            codec,
            level: extensions.audio_level.map(i8::unsigned_abs),
            rotation: extensions.video_orientation.map(rotation),
            descriptor: extensions.user_values.get_arc().filter(|_| codec == Codec::Av1),
            report: packet.last_sender_info.map(|report| SenderReport {
                wall: report.ntp_time,
                // The RTP clock of a packet is its low 32 bits.
                rtp: report.rtp_time.numer() as u32,
            }),
            payload: packet.payload,
        })
    }

    /// The line and layer of a stream; asked of str0m once per SSRC.
    fn stream(&mut self, ssrc: Ssrc) -> Option<(usize, usize)> {
        if let Some(known) = self.ssrcs.get(&*ssrc) {
            return Some(*known);
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let line = self.wires.iter().position(|wire| wire.mid == mid)?;
        if !self.wires[line].codecs.has(Codec::Opus) {
            // Also of who has no stream of its own for repeats: they come among the others then, late.
            stream.suppress_nack(false);
        }
        let layer = match rid {
            Some(rid) => self.wires[line].rids.iter().position(|known| *known == rid)?,
            None => 0,
        };
        if self.ssrcs.len() == SSRCS {
            self.ssrcs.clear();
        }
        self.ssrcs.insert(*ssrc, (line, layer));
        Some((line, layer))
    }
}

/// A panic in one peer's code must not take the shard down.
///
/// Unwinding is safe here because the transport is dropped after a fault, and the outbox holds only
/// whole entries.
fn guarded<T>(step: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
        tracing::error!("a connection's code panicked");
        Err(Fault::Panic)
    })
}

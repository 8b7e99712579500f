//! A browser stand-in: a str0m peer in RTP mode that offers what our call page offers, sends packets that
//! say whose they are, and plays what it receives.

use crate::descriptor::{self, Counts, Descriptor};
use crate::encoder::Encoding;
use crate::picture::{Picture, PictureCodec, part};
use crate::player::{Part, Player};
use crate::received::{Label, Received, label, took, write};
use crate::skill::Skill;
use model::{Mid, PeerId, Source};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, ExtensionValues, MediaKind, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

pub const RIDS: [&str; 3] = ["q", "h", "f"];
pub const HEIGHTS: [u16; 3] = [180, 360, 720];
/// What each layer of a camera carries in [`Size::Real`], in bits per second, as our call page allows.
pub const RATES: [u64; 3] = [110_000, 480_000, 1_600_000];
/// What a keyframe is as large as, in ordinary pictures.
const KEYFRAME: u64 = 4;
/// The payload of a full packet.
const FULL: u64 = 1_100;
/// The payload of a packet of sound, but for its label: 32 kbit/s.
const VOICE: usize = 76;
/// The level of a microphone that hears nothing.
const SILENCE: u8 = 127;
const CHECK: Duration = Duration::from_millis(100);
const AUDIO_STEP: Duration = Duration::from_millis(20);
const VIDEO_STEP: Duration = Duration::from_millis(50);

/// How many slots a client offers.
#[derive(Clone, Copy)]
pub struct Shape {
    pub audio_slots: usize,
    pub video_slots: usize,
}

/// What our call page offers.
pub const PAGE: Shape = Shape { audio_slots: 7, video_slots: 12 };

/// How large pictures are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Size {
    /// Two small packets each; every packet that is received is kept.
    Tiny,
    /// As large as those of browsers; only what is shown and heard is kept.
    Real,
}

/// A packet of sound that came in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Heard {
    pub at: Instant,
    pub sender: u8,
    /// How long it was on its way.
    pub took: Duration,
}

/// One datagram on the virtual network.
pub struct Packet {
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub bytes: Vec<u8>,
}

/// A participant's browser.
pub struct Client {
    pub number: u8,
    pub peer: PeerId,
    pub address: SocketAddr,
    /// From when on what it sends is dated: the same moment for all who are to understand each other.
    pub epoch: Instant,
    pub rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    pub lines: Vec<(Mid, Source)>,
    mids: Vec<str0m::media::Mid>,
    encodings: Vec<Encoding>,
    pub level: u8,
    pub payload_bytes: usize,
    deadline: Instant,
    pub received: Vec<Received>,
    pub connected: bool,
    pub closed: bool,
    pub online: bool,
    /// The name that the server gave this connection in its answer.
    pub server_ufrag: String,
    /// Whether packets are sent on the lines of others: sound as pictures and pictures as sound.
    pub disguise: bool,
    pub codec: PictureCodec,
    /// Whether every other picture is of an upper layer in time.
    pub in_time: bool,
    pub size: Size,
    /// What is shown of each slot.
    pub players: BTreeMap<Mid, Player>,
    pub heard: Vec<Heard>,
    check_at: Instant,
}

impl Client {
    pub fn new((number, skill): (u8, Skill), peer: PeerId, address: SocketAddr, now: Instant) -> Self {
        let mut rtc = skill.config(number).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("an address"));
        Self {
            number,
            peer,
            address,
            epoch: now,
            rtc,
            pending: None,
            lines: Vec::new(),
            mids: Vec::new(),
            encodings: Vec::new(),
            level: 127,
            payload_bytes: 100,
            deadline: now,
            received: Vec::new(),
            connected: false,
            closed: false,
            online: true,
            server_ufrag: String::new(),
            disguise: false,
            codec: PictureCodec::default(),
            in_time: false,
            size: Size::Tiny,
            players: BTreeMap::new(),
            heard: Vec::new(),
            check_at: now,
        }
    }

    /// Offers a microphone, a camera in three layers, a screen, and slots.
    pub fn offer(&mut self, shape: Shape, now: Instant) -> String {
        let mut change = self.rtc.sdp_api();
        let mut simulcast = Simulcast::new();
        for rid in RIDS {
            simulcast.add_send_layer(SimulcastLayer::new(rid));
        }
        self.mids = vec![
            change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None),
            change.add_media(MediaKind::Video, Direction::SendOnly, None, None, Some(simulcast)),
            change.add_media(MediaKind::Video, Direction::SendOnly, None, None, None),
        ];
        for _ in 0..shape.audio_slots {
            change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        for _ in 0..shape.video_slots {
            change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = change.apply().expect("there are changes");
        self.pending = Some(pending);
        let sources = [Source::Microphone, Source::Camera, Source::Screen];
        let named = |mid: &str0m::media::Mid| Mid::parse(mid).expect("a mid");
        self.lines = self.mids.iter().map(named).zip(sources).collect();
        self.prepare_encodings(now);
        offer.to_sdp_string()
    }

    fn prepare_encodings(&mut self, now: Instant) {
        let layers = [
            (Source::Microphone, 0),
            (Source::Camera, 0),
            (Source::Camera, 1),
            (Source::Camera, 2),
            (Source::Screen, 0),
        ];
        for (index, (source, layer)) in layers.into_iter().enumerate() {
            // Every encoding counts from somewhere else, as in browsers.
            let start = u32::from(self.number) * 10_000 + index as u32 * 1_000;
            self.encodings.push(Encoding {
                source,
                layer,
                seq: u64::from(start % 30_000),
                time: start.wrapping_mul(77_777),
                picture: start as u16 & 0x7fff,
                counts: Counts {
                    frame: start.wrapping_mul(6_151) as u16,
                    templates: (start / 500) as u8 & 0x3f,
                },
                lower: 0,
                tl0: start as u8,
                key: start as u8 & 0x1f,
                due: now,
                on: false,
                asked: true,
                keyframe_due: true,
                keyframe_requests: Vec::new(),
            });
        }
    }

    pub fn accept(&mut self, answer: &str) {
        let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"));
        self.server_ufrag = ufrag.expect("answers name a ufrag").to_owned();
        let answer = SdpAnswer::from_sdp_string(answer).expect("a sound answer");
        let pending = self.pending.take().expect("an offer was made");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("an answer to the offer");
    }

    /// Starts or stops sending one layer of a source.
    pub fn send(&mut self, source: Source, layer: usize, on: bool, now: Instant) {
        for encoding in self.encodings.iter_mut().filter(|e| e.source == source && e.layer == layer) {
            if on && !encoding.on {
                encoding.due = now;
                encoding.keyframe_due = true;
            }
            encoding.on = on;
        }
    }

    /// The server says which layers of the camera anybody is served from.
    pub fn ask(&mut self, layers: u8, now: Instant) {
        for encoding in self.encodings.iter_mut().filter(|encoding| encoding.source == Source::Camera) {
            let asked = layers >> encoding.layer & 1 == 1;
            if asked && !encoding.asked {
                encoding.due = now;
                encoding.keyframe_due = true;
            }
            encoding.asked = asked;
        }
    }

    /// Which layers of the camera are sent, lowest first.
    pub fn sent_layers(&self) -> Vec<usize> {
        let sent = self.encodings.iter().filter(|encoding| encoding.source == Source::Camera);
        sent.filter(|encoding| encoding.on && encoding.asked).map(|encoding| encoding.layer).collect()
    }

    /// Starts or stops sending all layers of a source.
    pub fn send_all(&mut self, source: Source, on: bool, now: Instant) {
        for layer in 0..RIDS.len() {
            self.send(source, layer, on, now);
        }
    }

    /// When each keyframe request for a layer came.
    pub fn keyframe_requests(&self, source: Source, layer: usize) -> &[Instant] {
        let encoding = self.encodings.iter().find(|e| e.source == source && e.layer == layer);
        &encoding.expect("an encoding").keyframe_requests
    }

    pub fn next(&self) -> Instant {
        let sending = self
            .encodings
            .iter()
            .filter(|encoding| encoding.on && encoding.asked)
            .map(|encoding| encoding.due);
        let check = (!self.players.is_empty()).then_some(self.check_at);
        sending.chain([self.deadline]).chain(check).min().expect("at least the deadline")
    }

    pub fn receive(&mut self, packet: &Packet, now: Instant) -> Vec<Packet> {
        if let Ok(receive) = Receive::new(Protocol::Udp, packet.source, packet.destination, &packet.bytes) {
            self.rtc.handle_input(Input::Receive(now, receive)).expect("a sound datagram");
        }
        self.drain(now)
    }

    /// Lets time pass and sends what is due.
    pub fn tick(&mut self, now: Instant) -> Vec<Packet> {
        self.rtc.handle_input(Input::Timeout(now)).expect("time");
        let mut out = self.drain(now);
        if self.check_at <= now {
            self.check_at = now + CHECK;
            out.extend(self.ask_for_keyframes(now));
        }
        for index in 0..self.encodings.len() {
            while self.encodings[index].on && self.encodings[index].asked && self.encodings[index].due <= now
            {
                out.extend(self.send_next(index, now));
            }
        }
        out
    }

    fn send_next(&mut self, index: usize, now: Instant) -> Vec<Packet> {
        let step = if self.encodings[index].source == Source::Microphone { AUDIO_STEP } else { VIDEO_STEP };
        self.encodings[index].due += step;
        if !self.connected {
            return Vec::new();
        }
        if self.encodings[index].source == Source::Microphone {
            // In silence Opus sends a packet every 400 ms (DTX).
            let silent = self.size == Size::Real && self.level == SILENCE;
            if silent && !(self.encodings[index].time / 960).is_multiple_of(20) {
                self.encodings[index].time = self.encodings[index].time.wrapping_add(960);
                return Vec::new();
            }
            let bytes = if self.size == Size::Real { VOICE } else { self.payload_bytes };
            let payload = self.labelled(index, (vec![0xfc; bytes], false), now);
            let out = self.write(index, (payload, true, None), now);
            self.encodings[index].time = self.encodings[index].time.wrapping_add(960);
            return out;
        }
        self.send_picture(index, now)
    }

    fn send_picture(&mut self, index: usize, now: Instant) -> Vec<Packet> {
        let encoding = &mut self.encodings[index];
        let keyframe = std::mem::take(&mut encoding.keyframe_due);
        encoding.picture = encoding.picture.wrapping_add(1) & 0x7fff;
        encoding.counts.frame = encoding.counts.frame.wrapping_add(1);
        if keyframe {
            encoding.key = (encoding.key + 1) & 0x1f;
        }
        let is_upper = self.in_time && !keyframe && !encoding.picture.is_multiple_of(2);
        let temporal = if is_upper { (1, true) } else { (0, false) };
        encoding.tl0 = encoding.tl0.wrapping_add(u8::from(temporal.0 == 0));
        let back = (encoding.picture.wrapping_sub(encoding.lower) & 0x7fff) as u8;
        encoding.lower = if is_upper { encoding.lower } else { encoding.picture };
        let layer = if encoding.source == Source::Screen { 2 } else { encoding.layer };
        let parts = self.parts(layer, keyframe);
        let mut out = Vec::new();
        for (part, filling) in parts.iter().enumerate() {
            let Encoding { picture, tl0, key, counts, .. } = self.encodings[index];
            let (first, height) = (part == 0, HEIGHTS[layer]);
            let last = part + 1 == parts.len();
            let picture = Picture { number: picture, back, tl0, key, temporal, first, keyframe, height };
            let payload = (picture.write(self.codec, *filling), keyframe);
            let payload = self.labelled(index, payload, now);
            let is_av1 = self.codec == PictureCodec::Av1;
            let descriptor = is_av1.then(|| descriptor::write(picture, last, counts));
            out.extend(self.write(index, (payload, last, descriptor), now));
        }
        self.encodings[index].time = self.encodings[index].time.wrapping_add(4_500);
        out
    }

    /// How many packets a picture has, and how large they are.
    fn parts(&self, layer: usize, keyframe: bool) -> Vec<usize> {
        if self.size == Size::Tiny {
            return vec![self.payload_bytes; 2];
        }
        let plain = RATES[layer] * VIDEO_STEP.as_millis() as u64 / 8_000;
        let bytes = if keyframe { KEYFRAME * plain } else { plain };
        let count = bytes.div_ceil(FULL).max(1);
        vec![(bytes / count) as usize; count as usize]
    }

    fn labelled(&self, index: usize, (mut payload, keyframe): (Vec<u8>, bool), now: Instant) -> Vec<u8> {
        let Encoding { source, layer, .. } = self.encodings[index];
        payload.extend(write(Label { sender: self.number, source, layer, keyframe }, now - self.epoch));
        payload
    }

    fn write(
        &mut self,
        index: usize,
        (payload, marker, descriptor): (Vec<u8>, bool, Option<Descriptor>),
        now: Instant,
    ) -> Vec<Packet> {
        let encoding = &mut self.encodings[index];
        let (mid, rid) = match encoding.source {
            Source::Microphone => (self.mids[0], None),
            Source::Camera => (self.mids[1], Some(RIDS[encoding.layer].into())),
            Source::Screen => (self.mids[2], None),
        };
        let audio = encoding.source == Source::Microphone;
        let (seq, time) = (encoding.seq, encoding.time);
        encoding.seq += 1;
        let mut extensions = ExtensionValues {
            audio_level: audio.then_some(-(self.level as i8)),
            voice_activity: audio.then_some(self.level < 50),
            ..ExtensionValues::default()
        };
        if let Some(descriptor) = descriptor {
            extensions.user_values.set(descriptor);
        }
        let wanted = if audio != self.disguise { Codec::Opus } else { self.codec.name() };
        let pt = self.rtc.codec_config().find(|p| p.spec().codec == wanted).expect("the codec").pt();
        let packet = RtpWrite::new(pt, seq.into(), time, now, payload)
            .marker(marker)
            .nackable(!audio)
            .ext_vals(extensions);
        self.rtc.direct_api().stream_tx_by_mid(mid, rid).expect("a stream").write_rtp(packet);
        let mut out = self.drain(now);
        self.rtc.handle_input(Input::Timeout(now)).expect("time");
        out.extend(self.drain(now));
        out
    }

    fn drain(&mut self, now: Instant) -> Vec<Packet> {
        let mut out = Vec::new();
        loop {
            match self.rtc.poll_output().expect("output") {
                Output::Timeout(at) => {
                    self.deadline = at.max(now + Duration::from_millis(1));
                    return out;
                }
                Output::Transmit(transmit) => out.push(Packet {
                    source: transmit.source,
                    destination: transmit.destination,
                    bytes: transmit.contents.to_vec(),
                }),
                Output::Event(event) => self.take(event, now),
            }
        }
    }

    fn take(&mut self, event: Event, now: Instant) {
        match event {
            Event::Connected => self.connected = true,
            Event::Closed => self.closed = true,
            Event::RtpPacket(packet) => self.keep(&packet, now),
            Event::KeyframeRequest(request) => {
                for encoding in &mut self.encodings {
                    let (mid, rid) = match encoding.source {
                        Source::Microphone => continue,
                        Source::Camera => (self.mids[1], Some(RIDS[encoding.layer].into())),
                        Source::Screen => (self.mids[2], None),
                    };
                    if (mid, rid) == (request.mid, request.rid) {
                        encoding.keyframe_due = true;
                        encoding.keyframe_requests.push(now);
                    }
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, packet: &RtpPacket, now: Instant) {
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_rx(&packet.header.ssrc) else { return };
        let mid = Mid::parse(&stream.mid()).expect("a mid");
        let label = label(&packet.payload);
        let named = self.rtc.codec_config().find(|params| params.pt() == packet.header.payload_type);
        let codec = PictureCodec::ALL
            .into_iter()
            .find(|codec| named.is_some_and(|params| params.spec().codec == codec.name()));
        let said = packet.header.ext_vals.user_values.get().map(descriptor::read);
        match label {
            Some(label) if label.source == Source::Microphone => {
                let took = took(&packet.payload, now - self.epoch);
                self.heard.push(Heard { at: now, sender: label.sender, took });
            }
            _ => {
                let left = now - took(&packet.payload, now - self.epoch);
                let picture = label
                    .zip(codec)
                    .map(|(label, codec)| part((label, left), &packet.payload, (codec, said)));
                let part = Part { time: packet.header.timestamp, marker: packet.header.marker, picture };
                self.players.entry(mid).or_default().take(*packet.seq_no, part, now);
            }
        }
        if self.size == Size::Real || label.is_none() {
            return;
        }
        self.received.push(Received {
            at: now,
            mid,
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            codec,
            said,
            payload: packet.payload.to_vec(),
        });
    }

    /// What the players need to go on.
    fn ask_for_keyframes(&mut self, now: Instant) -> Vec<Packet> {
        let stuck: Vec<Mid> = self
            .players
            .iter_mut()
            .filter_map(|(mid, player)| player.wants_keyframe(now).then_some(*mid))
            .collect();
        // The tiny pictures are about what the SFU asks for by itself.
        let asks = stuck.into_iter().filter(|_| self.size == Size::Real).collect::<Vec<_>>();
        asks.into_iter().flat_map(|mid| self.lose_picture(mid, now)).collect()
    }

    /// Closes the connection from this side.
    pub fn goodbye(&mut self, now: Instant) -> Vec<Packet> {
        self.rtc.close().expect("it closes");
        self.drain(now)
    }

    /// Asks the server for a keyframe of what a slot carries.
    pub fn lose_picture(&mut self, mid: Mid, now: Instant) -> Vec<Packet> {
        let mid = str0m::media::Mid::from(mid.as_str());
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_rx_by_mid(mid, None) {
            stream.request_keyframe(str0m::media::KeyframeRequestKind::Pli);
        }
        let mut out = self.drain(now);
        self.rtc.handle_input(Input::Timeout(now)).expect("time");
        out.extend(self.drain(now));
        out
    }
}

//! The media half of a browser: a real str0m client on a real socket, which sends a microphone and a
//! camera whose every frame says whose it is, and reports each frame that it receives.

use model::{Mid, Source};
use protocol::SendLine;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, MediaTime};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const FRAME: Duration = Duration::from_millis(20);
const SLOTS: usize = 3;
/// How a keyframe of VP8 begins.
const VP8: &[u8] = b"\x10\0\0\x9d\x01\x2a\x40\x01\xb4\0";
/// How an IDR picture of H.264 does: two sets of parameters as x264 writes them, and a slice.
const H264: &[u8] =
    b"\0\0\0\x01\x67\x42\xc0\x0c\xd9\x01\x41\x9f\x9f\x01\x10\0\0\x03\0\x10\0\0\x03\x03\x20\xf1\x42\xa4\x80\
    \0\0\0\x01\x68\xcb\x83\xcb\x20\0\0\0\x01\x65\x88";

/// How a keyframe of AV1 does: its sequence header, and a frame.
const AV1: &[u8] = b"\x0a\x0d\x20\0\0\x04\x3c\xfe\xcc\xda\xf9\x20\x21\xa0\x04\x30\x10\0";
/// How a keyframe of VP9 does, with its size.
const VP9: &[u8] = b"\x82\x49\x83\x42\0\x13\xf0\x0b\x30";

/// A client that has not connected yet.
pub struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    sends: Vec<str0m::media::Mid>,
    pending: Option<SdpPendingOffer>,
}

/// A client that runs until it is dropped.
pub struct Running {
    received: mpsc::UnboundedReceiver<Frame>,
    task: JoinHandle<()>,
}

/// One frame that was received.
#[derive(Debug)]
pub struct Frame {
    pub mid: Mid,
    pub payload: Vec<u8>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    pub async fn new() -> Self {
        Self::build(Rtc::new(Instant::now())).await
    }

    /// A client that has nothing but Opus and one codec of pictures, as many programs; its payload types are
    /// its own.
    pub async fn with_only(codec: Codec) -> Self {
        let mut config = Rtc::builder().clear_codecs().enable_opus(true, false);
        let codecs = config.codec_config();
        if codec == Codec::H264 {
            codecs.add_h264(96.into(), Some(97.into()), true, 0x42_e01f);
        } else {
            let rate = Frequency::NINETY_KHZ;
            codecs.add_config(96.into(), Some(97.into()), codec, rate, None, FormatParams::default());
        }
        Self::build(config.build(Instant::now())).await
    }

    async fn build(mut rtc: Rtc) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a sound address"));
        Self { rtc, socket, sends: Vec::new(), pending: None }
    }

    /// Offers a microphone, a camera and some slots.
    pub fn offer(&mut self) -> (String, Vec<SendLine>) {
        let mut change = self.rtc.sdp_api();
        self.sends = [MediaKind::Audio, MediaKind::Video]
            .map(|kind| change.add_media(kind, Direction::SendOnly, None, None, None))
            .to_vec();
        for kind in [MediaKind::Audio, MediaKind::Video] {
            for _ in 0..SLOTS {
                change.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = change.apply().expect("there is something to offer");
        self.pending = Some(pending);
        let named = |mid: &str0m::media::Mid| Mid::parse(mid).expect("mids are short");
        let sources = [Source::Microphone, Source::Camera];
        let lines = self.sends.iter().zip(sources).map(|(mid, source)| SendLine { mid: named(mid), source });
        (offer.to_sdp_string(), lines.collect())
    }

    /// Offers sound and pictures in one direction, as a program does that knows nothing of slots; answers the
    /// lines.
    pub fn offer_plain(&mut self, direction: Direction) -> (String, [Mid; 2]) {
        let mut change = self.rtc.sdp_api();
        let lines = [MediaKind::Audio, MediaKind::Video]
            .map(|kind| change.add_media(kind, direction, None, None, None));
        let (offer, pending) = change.apply().expect("there is something to offer");
        self.pending = Some(pending);
        if direction == Direction::SendOnly {
            self.sends = lines.to_vec();
        }
        (offer.to_sdp_string(), lines.map(|mid| Mid::parse(&mid).expect("mids are short")))
    }

    /// Takes the answer and begins to send frames that carry `label`.
    pub fn start(mut self, answer: &str, label: &'static str) -> Running {
        let answer = SdpAnswer::from_sdp_string(answer).expect("the answer parses");
        let pending = self.pending.take().expect("an offer was made");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("the answer fits the offer");
        let (sender, received) = mpsc::unbounded_channel();
        Running { received, task: tokio::spawn(self.run(label, sender)) }
    }

    async fn run(mut self, label: &'static str, heard: mpsc::UnboundedSender<Frame>) {
        let local = self.socket.local_addr().expect("a bound socket has an address");
        let mut buffer = vec![0; 2_000];
        let (mut due, mut sent) = (Instant::now(), 0);
        loop {
            let deadline = self.drain(&heard).min(due);
            tokio::select! {
                datagram = self.socket.recv_from(&mut buffer) => {
                    // A port that is closed on the other side shows as an error here.
                    let Ok((length, source)) = datagram else { continue };
                    if let Ok(receive) = Receive::new(Protocol::Udp, source, local, &buffer[..length]) {
                        self.rtc.handle_input(Input::Receive(Instant::now(), receive)).expect("a datagram");
                    }
                }
                () = tokio::time::sleep_until(deadline.into()) => {
                    self.rtc.handle_input(Input::Timeout(Instant::now())).expect("time");
                }
            }
            if due <= Instant::now() {
                due += FRAME;
                self.send_frames(label, sent, &heard);
                sent += 1;
            }
        }
    }

    /// Sends what is to be sent; answers when to come back.
    fn drain(&mut self, heard: &mpsc::UnboundedSender<Frame>) -> Instant {
        loop {
            match self.rtc.poll_output().expect("the peer is sound") {
                Output::Timeout(at) => return at,
                Output::Transmit(transmit) => {
                    // Lost like any other datagram if the socket is full.
                    let _ = self.socket.try_send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::MediaData(frame)) => {
                    let mid = Mid::parse(&frame.mid).expect("mids are short");
                    let _ = heard.send(Frame { mid, payload: frame.data.to_vec() });
                }
                Output::Event(_) => {}
            }
        }
    }

    fn send_frames(&mut self, label: &str, number: u64, heard: &mpsc::UnboundedSender<Frame>) {
        if !self.rtc.is_connected() {
            return;
        }
        let sound = [b"sound of ", label.as_bytes()].concat();
        // Each picture is a keyframe, which begins with its size (RFC 7741, section 4.3), or with parameters.
        let has = |codec| self.rtc.codec_config().find(|params| params.spec().codec == codec).is_some();
        let known = [(Codec::Vp8, VP8), (Codec::H264, H264), (Codec::Vp9, VP9), (Codec::Av1, AV1)];
        let (codec, head) = known.into_iter().find(|(codec, _)| has(*codec)).expect("a codec of pictures");
        let picture = [head, b"picture of ", label.as_bytes()].concat();
        for (index, codec, rate, payload) in
            [(0, Codec::Opus, Frequency::FORTY_EIGHT_KHZ, sound), (1, codec, Frequency::NINETY_KHZ, picture)]
        {
            let time = MediaTime::new(number * u64::from(rate.get()) / 50, rate);
            // The server may have ended it meanwhile.
            let line = self.sends.get(index).copied();
            let Some(writer) = line.and_then(|line| self.rtc.writer(line)) else { return };
            let params = writer.payload_params().find(|params| params.spec().codec == codec);
            let pt = params.expect("the codec was agreed on").pt();
            writer.write(pt, Instant::now(), time, payload).expect("a frame");
            self.drain(heard);
        }
    }
}

impl Running {
    /// Throws away what has arrived until now.
    pub fn forget(&mut self) {
        while self.received.try_recv().is_ok() {}
    }

    /// Waits for a frame on this line that carries `label`.
    pub async fn receives(&mut self, mid: Mid, label: &str) {
        let arrived = async {
            loop {
                let frame = self.received.recv().await.expect("the peer runs");
                let has_label = frame.payload.windows(label.len()).any(|part| part == label.as_bytes());
                if frame.mid == mid && has_label {
                    return;
                }
            }
        };
        let arrived = tokio::time::timeout(crate::harness::PATIENCE, arrived).await;
        arrived.unwrap_or_else(|_| panic!("nothing of {label} arrived on {mid}"));
    }
}

//! People without UDP: str0m clients with nothing but a TCP connection (RFC 6544), framed by hand.

use super::*;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use str0m::Event as RtcEvent;
use str0m::format::Codec;
use str0m::media::{Frequency, MediaTime};
use str0m::net::TcpType;

const ROOM: u128 = 7;
const FRAME: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser that sends a microphone and has a slot to hear one.
struct Person {
    number: u128,
    rtc: Rtc,
    microphone: str0m::media::Mid,
    host: SocketAddr,
    stream: TcpStream,
    candidate: Candidate,
    /// What was read and not taken apart yet.
    bytes: Vec<u8>,
    ended: bool,
    sent: u64,
    due: Instant,
    /// Whose voices were heard since somebody asked.
    heard: Vec<Vec<u8>>,
}

/// The address after `tcp` in the answer's candidate, which must be passive.
fn tcp_candidate(answer: &str) -> Option<SocketAddr> {
    let line = answer.lines().find(|line| line.starts_with("a=candidate:") && line.contains(" tcp "))?;
    assert!(line.contains(" typ host tcptype passive"), "{line}");
    let words: Vec<&str> = line.split(' ').collect();
    Some(SocketAddr::new(words[4].parse().expect("an address"), words[5].parse().expect("a port")))
}

fn connect(host: SocketAddr) -> (TcpStream, Candidate) {
    let stream = TcpStream::connect(host).expect("the media host listens on TCP");
    stream.set_nodelay(true).expect("an option");
    stream.set_read_timeout(Some(Duration::from_millis(2))).expect("a timeout");
    let address = stream.local_addr().expect("an address");
    let candidate = Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build();
    (stream, candidate.expect("a candidate"))
}

impl Person {
    async fn join(media: &MediaThreads, number: u128) -> Self {
        let mut rtc = Rtc::new(Instant::now());
        let mut change = rtc.sdp_api();
        let microphone = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        let (sdp, pending) = change.apply().expect("a change");
        let offer = PeerOffer {
            peer: PeerId::from_bits(number),
            room: RoomId::from_bits(ROOM),
            participant: ParticipantId::from_bits(number),
            sdp: sdp.to_sdp_string(),
            is_page: true,
            lines: vec![(Mid::parse(&microphone).expect("a mid"), Source::Microphone)],
        };
        let answer = media.open(offer).await.expect("an answer");
        let host = tcp_candidate(&answer).expect("TCP is offered");
        let (stream, candidate) = connect(host);
        rtc.add_local_candidate(candidate.clone());
        let answer = SdpAnswer::from_sdp_string(&answer).expect("a sound answer");
        rtc.sdp_api().accept_answer(pending, answer).expect("an answer to the offer");
        let peer = PeerId::from_bits(number);
        media.command(Command::Publish { peer, microphone: true, camera: false, screen: false });
        let (bytes, heard) = (Vec::new(), Vec::new());
        let due = Instant::now();
        Self { number, rtc, microphone, host, stream, candidate, bytes, ended: false, sent: 0, due, heard }
    }

    fn voice(&self) -> Vec<u8> {
        format!("the voice of {}", self.number).into_bytes()
    }

    /// The connection breaks, and another one takes its place.
    fn connect_anew(&mut self) {
        let (stream, candidate) = connect(self.host);
        self.rtc.direct_api().invalidate_candidate(&self.candidate);
        self.rtc.add_local_candidate(candidate.clone());
        (self.stream, self.candidate) = (stream, candidate);
        self.bytes.clear();
    }

    /// Sends what is due, and waits a moment for something to come.
    fn turn(&mut self) {
        self.rtc.handle_input(Input::Timeout(Instant::now())).expect("time");
        self.drain();
        if self.due <= Instant::now() {
            self.due += FRAME;
            self.speak();
        }
        let mut buffer = [0; 4_096];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.ended = true,
            Ok(length) => self.bytes.extend_from_slice(&buffer[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => self.ended = true,
        }
        while let Some(datagram) = self.next_frame() {
            let (source, local) = (self.host, self.candidate.addr());
            let receive = Receive::new(Protocol::Tcp, source, local, &datagram).expect("a datagram");
            self.rtc.handle_input(Input::Receive(Instant::now(), receive)).expect("input");
            self.drain();
        }
    }

    fn next_frame(&mut self) -> Option<Vec<u8>> {
        let [high, low] = *self.bytes.first_chunk::<2>()?;
        let end = 2 + usize::from(u16::from_be_bytes([high, low]));
        let datagram = self.bytes.get(2..end)?.to_vec();
        self.bytes.drain(..end);
        Some(datagram)
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("output") {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    assert_eq!(transmit.proto, Protocol::Tcp);
                    let mut frame = (transmit.contents.len() as u16).to_be_bytes().to_vec();
                    frame.extend_from_slice(&transmit.contents);
                    // What is sent after the end is lost.
                    self.ended |= self.stream.write_all(&frame).is_err();
                }
                Output::Event(RtcEvent::MediaData(frame)) => self.heard.push(frame.data.to_vec()),
                Output::Event(_) => {}
            }
        }
    }

    fn speak(&mut self) {
        if !self.rtc.is_connected() {
            return;
        }
        let voice = self.voice();
        let Some(writer) = self.rtc.writer(self.microphone) else { return };
        let params = writer.payload_params().find(|params| params.spec().codec == Codec::Opus);
        let pt = params.expect("Opus was agreed on").pt();
        let time = MediaTime::new(self.sent * 960, Frequency::FORTY_EIGHT_KHZ);
        writer.write(pt, Instant::now(), time, voice).expect("a frame");
        self.sent += 1;
        self.drain();
    }
}

/// Runs these people until it is so.
fn until(people: &mut [Person], what: &str, patience: Duration, done: impl Fn(&[Person]) -> bool) {
    let give_up = Instant::now() + patience;
    while !done(people) {
        assert!(Instant::now() < give_up, "it never happened: {what}");
        people.iter_mut().for_each(Person::turn);
    }
}

/// Each of two people hears the other, several times from now on.
fn meet(people: &mut [Person], patience: Duration) {
    people.iter_mut().for_each(|person| person.heard.clear());
    until(people, "both hear each other", patience, |people| {
        let hears = |who: &Person, other: &Person| {
            who.heard.iter().filter(|voice| **voice == other.voice()).count() >= 5
        };
        hears(&people[0], &people[1]) && hears(&people[1], &people[0])
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn without_udp_two_people_hear_each_other() {
    let (media, _events) = MediaThreads::start(config(1)).expect("threads");
    let mut people = [Person::join(&media, 1).await, Person::join(&media, 2).await];
    tokio::task::block_in_place(|| meet(&mut people, PATIENCE));
    media.command(Command::Close { peer: PeerId::from_bits(2) });
    tokio::task::block_in_place(|| {
        until(&mut people, "the connection ends with its peer", PATIENCE, |people| people[1].ended);
    });
    assert!(!people[0].ended, "the other one's stays");
    media.stop();
}

/// ICE would send to the old connection for 15 s, so this is about being told that it has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_made_anew_and_the_sound_goes_on() {
    let (media, _events) = MediaThreads::start(config(1)).expect("threads");
    let mut people = [Person::join(&media, 1).await, Person::join(&media, 2).await];
    tokio::task::block_in_place(|| {
        meet(&mut people, PATIENCE);
        people[1].connect_anew();
        meet(&mut people, Duration::from_secs(8));
    });
    media.stop();
}

#[tokio::test]
async fn where_tcp_is_off_none_is_offered() {
    let off = MediaConfig { tcp_port: TcpPort::Off, ..config(1) };
    let (media, _events) = MediaThreads::start(off).expect("threads");
    let mut rtc = Rtc::new(Instant::now());
    let mut change = rtc.sdp_api();
    let mid = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
    let sdp = change.apply().expect("a change").0.to_sdp_string();
    let lines = vec![(Mid::parse(&mid).expect("a mid"), Source::Microphone)];
    let answer = media.open(PeerOffer { sdp, lines, ..bad_offer(1) }).await.expect("an answer");
    assert!(answer.contains(" udp ") && tcp_candidate(&answer).is_none());
    media.stop();
}

#[tokio::test]
async fn a_tcp_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let wanted = MediaConfig { tcp_port: TcpPort::From(port), ..config(1) };
    let refusal = MediaThreads::start(wanted).err().expect("it is taken").to_string();
    assert!(refusal.starts_with(&format!("the TCP port {port} of the media cannot be used")), "{refusal}");
}

#[tokio::test]
async fn a_tcp_port_that_nobody_asked_for_stops_no_start() {
    // A number whose UDP port is free.
    let udp = UdpSocket::bind("0.0.0.0:0").expect("a port");
    let port = udp.local_addr().expect("an address").port();
    let _taken = std::net::TcpListener::bind(("0.0.0.0", port)).expect("the same number is free for TCP");
    drop(udp);
    let wanted = MediaConfig { port, tcp_port: TcpPort::SameIfFree, ..config(1) };
    let (media, _events) = MediaThreads::start(wanted).expect("media does without TCP");
    media.stop();
    let wanted = MediaConfig { port, tcp_port: TcpPort::Same, ..config(1) };
    assert!(MediaThreads::start(wanted).is_err(), "whoever asks for it is told");
}

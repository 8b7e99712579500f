//! The real threads on loopback with a real str0m peer.

mod tcp;

use super::*;
use model::{Mid, ParticipantId, PeerId, RoomId, Source};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input, Output, Rtc};

fn config(shards: usize) -> MediaConfig {
    MediaConfig {
        addresses: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        port: 0,
        tcp_port: TcpPort::Same,
        shards,
        camera_codec: CameraCodec::Vp8,
        seed: 1,
    }
}

/// A browser that sends a microphone.
struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
}

impl Browser {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let mut rtc = Rtc::new(Instant::now());
        let address = socket.local_addr().expect("an address");
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
        Self { rtc, socket }
    }

    async fn join(&mut self, media: &MediaThreads, peer: u128, room: u128) -> Result<(), OfferRefusal> {
        let mut change = self.rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let (sdp, pending) = change.apply().expect("a change");
        let offer = PeerOffer {
            peer: PeerId::from_bits(peer),
            room: RoomId::from_bits(room),
            participant: ParticipantId::from_bits(peer),
            sdp: sdp.to_sdp_string(),
            is_page: true,
            lines: vec![(Mid::parse(&mid).expect("a mid"), Source::Microphone)],
        };
        let answer = media.open(offer).await?;
        let answer = SdpAnswer::from_sdp_string(&answer).expect("a sound answer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("an answer to the offer");
        Ok(())
    }

    /// Runs the peer until it is connected.
    fn connect(&mut self) {
        let mut buffer = [0; 2_000];
        let give_up = Instant::now() + Duration::from_secs(20);
        while !self.rtc.is_connected() {
            assert!(Instant::now() < give_up, "the peer never connected");
            let until = self.drain();
            let wait = until.saturating_duration_since(Instant::now());
            let wait = wait.clamp(Duration::from_millis(1), Duration::from_millis(50));
            self.socket.set_read_timeout(Some(wait)).expect("a timeout");
            let local = self.socket.local_addr().expect("an address");
            let input = match self.socket.recv_from(&mut buffer) {
                Ok((length, source)) => {
                    let bytes = &buffer[..length];
                    let receive = Receive::new(Protocol::Udp, source, local, bytes).expect("a datagram");
                    Input::Receive(Instant::now(), receive)
                }
                Err(_) => Input::Timeout(Instant::now()),
            };
            self.rtc.handle_input(input).expect("input");
        }
        self.drain();
    }

    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().expect("output") {
                Output::Timeout(at) => return at,
                Output::Transmit(transmit) => {
                    self.socket.send_to(&transmit.contents, transmit.destination).expect("sent");
                }
                Output::Event(_) => {}
            }
        }
    }
}

fn bad_offer(room: u128) -> PeerOffer {
    PeerOffer {
        peer: PeerId::from_bits(99),
        room: RoomId::from_bits(room),
        participant: ParticipantId::from_bits(99),
        sdp: "garbage".to_owned(),
        is_page: true,
        lines: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_connects_through_a_real_socket_and_is_told_of() {
    let (media, mut events) = MediaThreads::start(config(2)).expect("threads");
    let mut browser = Browser::new();
    browser.join(&media, 1, 1).await.expect("an answer");
    tokio::task::block_in_place(|| browser.connect());
    let connected = loop {
        match events.recv().await.expect("events flow") {
            Event::Connected { room, peer, .. } => break (room, peer),
            Event::Slots { .. } | Event::Layers { .. } | Event::Speaking { .. } => {}
            Event::Lost { reason, .. } => panic!("lost: {reason:?}"),
        }
    };
    assert_eq!(connected, (RoomId::from_bits(1), PeerId::from_bits(1)));
    assert!(media.is_alive());
    media.stop();
    assert!(!media.is_alive());
}

#[tokio::test]
async fn rooms_spread_over_shards_and_stay_together() {
    let (media, _events) = MediaThreads::start(config(2)).expect("threads");
    for (peer, room) in [(1, 1), (2, 1), (3, 2), (4, 2)] {
        Browser::new().join(&media, peer, room).await.expect("an answer");
    }
    let shard = |room| media.placement.rooms.lock().expect("not poisoned")[&RoomId::from_bits(room)].shard;
    assert_ne!(shard(1), shard(2));
    media.stop();
}

#[tokio::test]
async fn rooms_that_ended_or_never_began_give_their_place_back() {
    let (media, _events) = MediaThreads::start(config(1)).expect("threads");
    Browser::new().join(&media, 1, 1).await.expect("an answer");
    let refused = bad_offer(2);
    assert_eq!(media.open(refused).await, Err(OfferRefusal::Offer(sfu::OfferError::Malformed)));
    media.command(Command::CloseRoom { room: RoomId::from_bits(1) });
    // Two answers one after the other tell that the thread has been round its loop in between.
    Browser::new().join(&media, 3, 3).await.expect("an answer");
    Browser::new().join(&media, 4, 3).await.expect("an answer");
    media.stop();
    let rooms = media.placement.rooms.lock().expect("not poisoned");
    assert_eq!(rooms.keys().collect::<Vec<_>>(), [&RoomId::from_bits(3)]);
}

#[tokio::test]
async fn a_bad_offer_is_refused_with_its_reason() {
    let (media, _events) = MediaThreads::start(config(1)).expect("threads");
    assert_eq!(media.open(bad_offer(1)).await, Err(OfferRefusal::Offer(sfu::OfferError::Malformed)));
    media.stop();
}

#[tokio::test]
async fn after_the_end_offers_are_refused() {
    let (media, _events) = MediaThreads::start(config(1)).expect("threads");
    media.stop();
    assert_eq!(Browser::new().join(&media, 1, 1).await, Err(OfferRefusal::Gone));
}

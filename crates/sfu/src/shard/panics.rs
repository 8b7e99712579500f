//! A bug in our own code costs one connection and nobody else anything.

use super::*;
use crate::transport::{Aim, Codec, Datagram, MediaTransport, RtpIn, RtpOut, Sending};
use model::Mid;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const OFFER: &str = include_str!("../../tests/sdp/chromium-156-page.sdp");
const ROOM: RoomId = RoomId::from_bits(1);

/// A connection that counts what it sends, and has a bug for as long as the test wants it.
#[derive(Clone, Debug, Default)]
struct Buggy {
    sent: Arc<AtomicUsize>,
    panics: Arc<AtomicBool>,
}

impl MediaTransport for Buggy {
    fn check(&mut self, _: Datagram<'_>, _: Instant, _: &mut Port<'_>) -> Result<bool, Fault> {
        Ok(true)
    }

    fn receive(&mut self, _: Datagram<'_>, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn hang_up(&mut self, _: SocketAddr, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn handle_timeout(&mut self, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn send(&mut self, _: RtpOut, _: Instant, _: &mut Port<'_>) -> Result<Sending, Fault> {
        assert!(!self.panics.load(Ordering::Relaxed), "a bug, as this test wants it");
        self.sent.fetch_add(1, Ordering::Relaxed);
        Ok(Sending::Sent)
    }

    fn forget(&mut self, _: usize, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn aim(&mut self, _: Aim, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn request_keyframe(&mut self, _: (usize, usize), _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn close(&mut self, _: Instant, _: &mut Port<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn deadline(&self) -> Instant {
        Instant::now() + SILENCE
    }
}

/// People whose connections are buggy, and speak.
struct Call {
    sfu: Sfu,
    now: Instant,
    connections: Vec<Buggy>,
}

impl Call {
    fn new(people: u128) -> Self {
        let now = Instant::now();
        let address = SocketAddr::from(([192, 0, 2, 1], 7_000));
        let config = SfuConfig {
            candidates: vec![address],
            tcp_candidates: vec![address],
            seed: 1,
            peers: 8,
            camera_codec: None,
        };
        let mut call = Self { sfu: Sfu::new(config), now, connections: Vec::new() };
        for number in 0..people {
            let lines = vec![(Mid::parse("0").expect("a mid"), Source::Microphone)];
            let (peer, participant) = (PeerId::from_bits(number), ParticipantId::from_bits(number));
            let offer =
                PeerOffer { peer, room: ROOM, participant, sdp: OFFER.to_owned(), is_page: true, lines };
            call.sfu.accept_offer(offer, now).expect("an answer");
            let connection = Buggy::default();
            let mine = call.sfu.find_mut(peer).expect("they are here");
            mine.transport = Box::new(connection.clone());
            call.connections.push(connection);
            let command = Command::Publish { peer, microphone: true, camera: false, screen: false };
            call.sfu.handle_command(command, now);
        }
        (0..people).for_each(|number| call.tell(number, TransportEvent::Connected));
        call.lost();
        call
    }

    /// A connection reports something.
    fn tell(&mut self, number: u128, event: TransportEvent) {
        let key = self.sfu.by_id[&PeerId::from_bits(number)];
        self.sfu.outbox.events.push_back((key, event));
        self.sfu.work(self.now);
    }

    /// Somebody says a word; answers how many packets of it reached each of the people.
    fn word_of(&mut self, number: u128, seq: u64) -> Vec<usize> {
        let packet = RtpIn {
            line: 0,
            layer: 0,
            ssrc: 1,
            seq,
            time: 960 * u32::try_from(seq).expect("a small number"),
            marker: false,
            codec: Codec::Opus,
            payload: Arc::from(&b"a word"[..]),
            level: Some(20),
            rotation: None,
            descriptor: None,
            report: None,
        };
        self.tell(number, TransportEvent::Rtp(packet));
        self.connections.iter().map(|connection| connection.sent.swap(0, Ordering::Relaxed)).collect()
    }

    /// Who was lost since this was asked last, and why.
    fn lost(&mut self) -> Vec<(u128, LostReason)> {
        let events = std::iter::from_fn(|| self.sfu.poll_event());
        let lost = events.filter_map(|event| match event {
            Event::Lost { peer, reason, .. } => Some((peer.bits(), reason)),
            _ => None,
        });
        lost.collect()
    }
}

#[test]
fn a_panic_over_a_packet_costs_whoever_sent_it() {
    let mut call = Call::new(3);
    assert_eq!(call.word_of(0, 1), [0, 1, 1]);
    call.connections[2].panics.store(true, Ordering::Relaxed);
    call.word_of(0, 2);
    assert_eq!(call.lost(), [(0, LostReason::Panic)]);
    call.connections[2].panics.store(false, Ordering::Relaxed);
    assert_eq!(call.sfu.census().peers, 2);
    assert_eq!(call.word_of(1, 1), [0, 0, 1], "the others go on");
    assert_eq!(call.word_of(2, 1), [0, 1, 0], "the others go on");
}

#[test]
fn a_bug_that_stays_costs_one_who_speaks_and_then_whoever_has_it() {
    let mut call = Call::new(3);
    call.connections[0].panics.store(true, Ordering::Relaxed);
    call.word_of(1, 1);
    assert_eq!(call.lost(), [(1, LostReason::Panic)], "it may be the packet");
    assert_eq!(call.sfu.census().peers, 2);
    call.word_of(2, 1);
    assert_eq!(call.lost(), [(0, LostReason::Panic)], "it was not");
    assert_eq!(call.sfu.census().peers, 1);
}

#[test]
fn nobody_else_misses_the_packet_over_which_a_bug_is_found() {
    let mut call = Call::new(4);
    call.connections[0].panics.store(true, Ordering::Relaxed);
    call.word_of(1, 1);
    assert_eq!(call.lost(), [(1, LostReason::Panic)]);
    assert_eq!(call.word_of(2, 1), [0, 0, 0, 1], "the one behind the bug hears it, too");
    assert_eq!(call.lost(), [(0, LostReason::Panic)]);
}

//! Real connections on loopback, with time of the tests' own.

use super::*;
use mio::{Events, Poll};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream as Plain};

/// What a browser begins with; the tests' SFU knows it by its first byte.
const CHECK: &[u8] = b"check";

struct Host {
    poll: Poll,
    streams: Streams,
    address: SocketAddr,
    start: Instant,
    heard: Vec<Vec<u8>>,
}

impl Host {
    fn new() -> Self {
        let poll = Poll::new().expect("a poll");
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        let address = listener.local_addr().expect("an address");
        let registry = poll.registry().try_clone().expect("a registry");
        let streams = Streams::new(registry, vec![listener], 0).expect("a listener");
        Self { poll, streams, address, start: Instant::now(), heard: Vec::new() }
    }

    /// Does what a shard does, until `done`.
    fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let mut events = Events::with_capacity(64);
        let give_up = Instant::now() + Duration::from_secs(20);
        while !done(self) {
            assert!(Instant::now() < give_up, "it never happened");
            let patience = if self.streams.is_ready() { Duration::ZERO } else { Duration::from_millis(50) };
            self.poll.poll(&mut events, Some(patience)).expect("a poll");
            events.iter().for_each(|event| self.streams.notice(event));
            self.streams.accept(self.start);
            for _ in 0..self.streams.readable() {
                let heard = &mut self.heard;
                self.streams.read(self.start, |datagram| {
                    heard.push(datagram.bytes.to_vec());
                    datagram.bytes == CHECK
                });
            }
        }
    }

    /// A connection that was accepted.
    fn newcomer(&mut self) -> Plain {
        let before = self.streams.next;
        let browser = Plain::connect(self.address).expect("a connection");
        self.until(|host| host.streams.next > before);
        browser
    }

    /// A connection that is known.
    fn known(&mut self) -> Plain {
        let mut browser = self.newcomer();
        say(&mut browser, CHECK);
        let source = browser.local_addr().expect("an address");
        self.until(|host| host.streams.entries[&source].known);
        browser
    }
}

fn say(browser: &mut Plain, datagram: &[u8]) {
    let mut frame = (datagram.len() as u16).to_be_bytes().to_vec();
    frame.extend(datagram);
    browser.write_all(&frame).expect("written");
}

/// Waits until the server has ended a connection.
fn is_ended(browser: &mut Plain) -> bool {
    browser.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    match browser.read(&mut [0; 64]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn outgoing(browser: &Plain, bytes: Vec<u8>) -> Outgoing {
    let (source, destination) = (browser.peer_addr(), browser.local_addr());
    let (source, destination) = (source.expect("an address"), destination.expect("an address"));
    Outgoing { protocol: Protocol::Tcp, source, destination, bytes }
}

#[test]
fn whoever_begins_with_anything_but_a_check_is_ended_and_not_listened_to() {
    let mut host = Host::new();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 4_000], &[0, 3, 1, 2, 3, 0, 5, b'c', b'h', b'e']]
    {
        let mut browser = host.newcomer();
        browser.write_all(garbage).expect("written");
        host.until(|host| host.streams.entries.is_empty());
        assert!(is_ended(&mut browser));
    }
    let mut browser = host.newcomer();
    host.heard.clear();
    browser.write_all(b"\x00\x03bad\x00\x05check").expect("written");
    host.until(|host| host.streams.entries.is_empty());
    assert_eq!(host.heard, [b"bad"], "what follows a bad beginning is not looked at");
    assert_eq!(host.streams.poll_ended(), None, "the SFU never knew of them");
    assert!(host.streams.newcomers.is_empty() && host.streams.names.is_empty());
}

#[test]
fn whoever_says_nothing_is_ended_in_time() {
    let mut host = Host::new();
    let (mut silent, mut browser) = (host.newcomer(), host.known());
    assert_eq!(host.streams.deadline(), Some(host.streams.sweep_at));
    host.streams.sweep(host.start + PROOF / 2);
    assert_eq!(host.streams.entries.len(), 2);
    host.streams.sweep(host.start + PROOF + SWEEP);
    assert!(is_ended(&mut silent));
    assert_eq!(host.streams.poll_ended(), None);
    host.streams.sweep(host.start + IDLE + SWEEP);
    assert!(is_ended(&mut browser));
    assert_eq!(host.streams.poll_ended(), browser.local_addr().ok());
    assert_eq!(host.streams.deadline(), None, "nobody is left to look at");
}

#[test]
fn the_oldest_newcomer_of_an_address_gives_way_and_known_ones_stay() {
    let mut host = Host::new();
    let known = host.known();
    let mut newcomers: Vec<Plain> = (0..=NEWCOMERS_EACH).map(|_| host.newcomer()).collect();
    assert_eq!(host.streams.newcomers.len(), NEWCOMERS_EACH);
    assert!(is_ended(&mut newcomers[0]));
    let kept = [&known, &newcomers[1]].map(|browser| browser.local_addr().expect("an address"));
    assert!(kept.iter().all(|source| host.streams.entries.contains_key(source)));
}

#[test]
fn a_browser_that_ends_a_known_connection_is_reported_once() {
    let mut host = Host::new();
    let browser = host.known();
    let source = browser.local_addr().expect("an address");
    let last = outgoing(&browser, vec![1]);
    browser.shutdown(Shutdown::Both).expect("it was open");
    host.until(|host| host.streams.entries.is_empty());
    assert_eq!(host.streams.poll_ended(), Some(source));
    assert_eq!(host.streams.poll_ended(), None);
    assert_eq!(host.streams.send(&[last]), 1, "what is sent there is lost");
}

#[test]
fn what_is_closed_by_the_sfu_gets_its_last_word_and_is_not_reported() {
    let mut host = Host::new();
    let mut browser = host.known();
    assert_eq!(host.streams.send(&[outgoing(&browser, b"bye".to_vec())]), 0);
    host.streams.close(browser.local_addr().expect("an address"));
    let mut all = Vec::new();
    browser.read_to_end(&mut all).expect("an end in good order");
    assert_eq!(all, b"\x00\x03bye");
    assert_eq!(host.streams.poll_ended(), None);
}

/// The kernel holds some, the queue a little, and the rest is gone; nobody waits and nothing is cut.
#[test]
fn a_slow_reader_misses_whole_datagrams_and_costs_nobody_anything() {
    let mut host = Host::new();
    let mut browser = host.known();
    let picture = |number: u32| {
        let mut bytes = vec![7; 1_200];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    let mut dropped = 0;
    let most = 20_000;
    for number in 0..most {
        dropped += host.streams.send(&[outgoing(&browser, picture(number))]);
    }
    assert!(dropped > u64::from(most) / 2, "24 MB are not held for anybody: {dropped}");
    let sound = vec![9; 100];
    assert_eq!(host.streams.send(&[outgoing(&browser, sound.clone())]), 0, "sound finds room");

    let reader = std::thread::spawn(move || {
        let mut received = Vec::new();
        loop {
            let mut head = [0; 2];
            browser.read_exact(&mut head).expect("a whole frame");
            let mut bytes = vec![0; usize::from(u16::from_be_bytes(head))];
            browser.read_exact(&mut bytes).expect("a whole frame");
            if bytes.len() == 100 {
                return received;
            }
            received.push(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        }
    });
    host.until(|_| reader.is_finished());
    let received = reader.join().expect("nothing was cut");
    assert_eq!(received.len() as u64, u64::from(most) - dropped);
    assert!(received.is_sorted());
}

#[test]
fn people_of_one_network_count_as_one() {
    let ip = |text: &str| network(text.parse().expect("an address"));
    assert_eq!(ip("2001:db8::1"), ip("2001:db8::2:3:4"));
    assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
    assert_eq!(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
    assert_ne!(ip("192.0.2.1"), ip("192.0.2.2"));
}

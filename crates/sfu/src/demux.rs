//! Which peer a datagram is for.
//!
//! | first byte (RFC 7983) | found by |
//! |---|---|
//! | 0..=3, a STUN binding request | the first half of its USERNAME, which is our own ufrag |
//! | 20..=63 DTLS, 128..=191 RTP and RTCP | the address it came from |
//! | all else | nothing: dropped |
//!
//! Addresses of UDP and of TCP are told apart: one number may be the port of two people behind one
//! translator.
//!
//! An address is remembered only after a request from it carried the peer's password (the caller
//! verifies that first), so nobody can claim another one's traffic, and no scan over peers is ever
//! needed. Each peer keeps its newest [`PEER_ADDRESSES`]. A TCP connection that leads to nobody any more is
//! to be closed, which [`Demux::poll_hangup`] says.

use crate::arena::Key;
use crate::config::{PEER_ADDRESSES, PEER_ADDRESSES_EVER};
use crate::transport::Protocol;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

/// What sort of datagram this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Class<'a> {
    /// A binding request for the peer with this ufrag.
    Check { ufrag: &'a str },
    /// DTLS, RTP or RTCP.
    Traffic,
    /// Nothing that we answer.
    Noise,
}

/// Sorts a datagram by its first bytes.
pub(crate) fn classify(datagram: &[u8]) -> Class<'_> {
    match datagram.first() {
        Some(0..=3) => ufrag(datagram).map_or(Class::Noise, |ufrag| Class::Check { ufrag }),
        Some(20..=63 | 128..=191) => Class::Traffic,
        _ => Class::Noise,
    }
}

const HEADER: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0, 1];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;

/// Our half of the USERNAME of a binding request (RFC 8445, section 7.2.2).
fn ufrag(datagram: &[u8]) -> Option<&str> {
    if datagram.get(..2)? != BINDING_REQUEST || datagram.get(4..8)? != MAGIC_COOKIE {
        return None;
    }
    let mut rest = datagram.get(HEADER..)?;
    while let [kind_high, kind_low, high, low, body @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let value = body.get(..length)?;
        if u16::from_be_bytes([*kind_high, *kind_low]) == USERNAME {
            return std::str::from_utf8(value).ok()?.split(':').next();
        }
        rest = body.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// Where datagrams come from.
pub(crate) type Origin = (Protocol, SocketAddr);

/// The two tables of one shard.
#[derive(Debug, Default)]
pub(crate) struct Demux {
    by_origin: HashMap<Origin, Key>,
    by_ufrag: HashMap<String, Key>,
    /// Ends of TCP connections that lead to nobody any more.
    hangups: VecDeque<SocketAddr>,
}

/// What one peer is found by.
#[derive(Debug)]
pub(crate) struct Routes {
    ufrag: String,
    /// Least recently verified first.
    origins: Vec<Origin>,
    ever: usize,
}

impl Demux {
    /// Opens the way to a new peer.
    pub(crate) fn open(&mut self, ufrag: String, key: Key) -> Routes {
        self.by_ufrag.insert(ufrag.clone(), key);
        Routes { ufrag, origins: Vec::new(), ever: 0 }
    }

    /// Forgets every way to a peer.
    pub(crate) fn close(&mut self, routes: &Routes, key: Key) {
        self.by_ufrag.remove(&routes.ufrag);
        for origin in &routes.origins {
            self.forget(*origin, key);
        }
    }

    pub(crate) fn by_ufrag(&self, ufrag: &str) -> Option<Key> {
        self.by_ufrag.get(ufrag).copied()
    }

    pub(crate) fn by_origin(&self, origin: Origin) -> Option<Key> {
        self.by_origin.get(&origin).copied()
    }

    /// Remembers where `key` proved itself from.
    pub(crate) fn remember(&mut self, routes: &mut Routes, key: Key, origin: Origin) {
        if self.by_origin.insert(origin, key) != Some(key) {
            routes.ever += 1;
        }
        routes.origins.retain(|known| *known != origin);
        routes.origins.push(origin);
        if routes.origins.len() > PEER_ADDRESSES {
            let oldest = routes.origins.remove(0);
            self.forget(oldest, key);
        }
    }

    /// A TCP connection has ended; answers whose it was.
    pub(crate) fn hang_up(&mut self, source: SocketAddr) -> Option<Key> {
        self.by_origin.remove(&(Protocol::Tcp, source))
    }

    /// The next TCP connection to close.
    pub(crate) fn poll_hangup(&mut self) -> Option<SocketAddr> {
        self.hangups.pop_front()
    }

    /// How many addresses and ufrags are known.
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.by_origin.len(), self.by_ufrag.len())
    }

    /// Forgets an origin, unless it leads to another peer by now.
    fn forget(&mut self, origin: Origin, key: Key) {
        if self.by_origin.get(&origin) != Some(&key) {
            return;
        }
        self.by_origin.remove(&origin);
        if let (Protocol::Tcp, source) = origin {
            self.hangups.push_back(source);
        }
    }
}

impl Routes {
    /// Whether checks from there may still be looked at.
    pub(crate) fn welcomes(&self, origin: Origin) -> bool {
        self.ever < PEER_ADDRESSES_EVER || self.origins.contains(&origin)
    }

    /// A TCP connection to the peer has ended.
    pub(crate) fn hang_up(&mut self, source: SocketAddr) {
        self.origins.retain(|known| *known != (Protocol::Tcp, source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Arena;
    use proptest::prelude::*;

    fn request(username: &str) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        bytes.extend([7; 12]);
        bytes.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
        bytes.extend([0, 6, 0, username.len() as u8]);
        bytes.extend(username.as_bytes());
        bytes.extend(vec![0; username.len().next_multiple_of(4) - username.len()]);
        bytes
    }

    fn udp(port: u16) -> Origin {
        (Protocol::Udp, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    fn tcp(port: u16) -> Origin {
        (Protocol::Tcp, udp(port).1)
    }

    #[test]
    fn a_check_names_its_peer() {
        assert_eq!(classify(&request("ours:theirs")), Class::Check { ufrag: "ours" });
        assert_eq!(classify(&request("")), Class::Check { ufrag: "" });
    }

    #[test]
    fn only_binding_requests_are_answered() {
        let mut response = request("ours:theirs");
        response[0] = 1;
        assert_eq!(classify(&response), Class::Noise);
        for bytes in [&[][..], &[0], &[4; 30], &[80; 30], &[255; 30], &[0; 30]] {
            assert_eq!(classify(bytes), Class::Noise);
        }
        assert_eq!(classify(&[22, 254, 253]), Class::Traffic);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            classify(&bytes);
            let mut framed = request("ours:theirs");
            framed.truncate(HEADER);
            framed.extend(bytes);
            classify(&framed);
        }
    }

    #[test]
    fn old_addresses_give_way_and_closing_forgets_all() {
        let mut keys = Arena::new();
        let key = keys.insert(|_| ());
        let mut demux = Demux::default();
        let mut routes = demux.open("ours".to_owned(), key);
        for port in 0..1_000 {
            if routes.welcomes(udp(port)) {
                demux.remember(&mut routes, key, udp(port));
            }
        }
        assert_eq!(demux.len(), (PEER_ADDRESSES, 1));
        assert_eq!(demux.by_origin(udp(255)), Some(key));
        assert_eq!(demux.by_origin(udp(256)), None);
        demux.close(&routes, key);
        assert_eq!(demux.len(), (0, 0));
    }

    #[test]
    fn an_address_that_moved_to_another_peer_stays_there() {
        let mut keys = Arena::new();
        let (old, new) = (keys.insert(|_| ()), keys.insert(|_| ()));
        let mut demux = Demux::default();
        let mut old_routes = demux.open("old".to_owned(), old);
        let mut new_routes = demux.open("new".to_owned(), new);
        for origin in [udp(5_000), tcp(5_000)] {
            demux.remember(&mut old_routes, old, origin);
            demux.remember(&mut new_routes, new, origin);
        }
        demux.close(&old_routes, old);
        assert_eq!(demux.by_origin(udp(5_000)), Some(new));
        assert_eq!(demux.by_origin(tcp(5_000)), Some(new));
        assert_eq!(demux.poll_hangup(), None);
    }

    #[test]
    fn the_same_number_is_another_address_over_tcp() {
        let mut keys = Arena::new();
        let (ana, bo) = (keys.insert(|_| ()), keys.insert(|_| ()));
        let mut demux = Demux::default();
        let mut routes = [demux.open("ana".to_owned(), ana), demux.open("bo".to_owned(), bo)];
        demux.remember(&mut routes[0], ana, udp(5_000));
        demux.remember(&mut routes[1], bo, tcp(5_000));
        assert_eq!(demux.by_origin(udp(5_000)), Some(ana));
        assert_eq!(demux.by_origin(tcp(5_000)), Some(bo));
    }

    #[test]
    fn connections_that_lead_to_nobody_are_to_be_closed() {
        let mut keys = Arena::new();
        let key = keys.insert(|_| ());
        let mut demux = Demux::default();
        let mut routes = demux.open("ours".to_owned(), key);
        let many = PEER_ADDRESSES as u16 + 1;
        for port in 0..many {
            demux.remember(&mut routes, key, tcp(port));
        }
        assert_eq!(demux.poll_hangup(), Some(tcp(0).1), "the oldest gave way");
        assert_eq!(demux.hang_up(tcp(1).1), Some(key));
        routes.hang_up(tcp(1).1);
        assert_eq!(demux.poll_hangup(), None, "who hung up is not hung up on");
        demux.close(&routes, key);
        let closed: Vec<_> = std::iter::from_fn(|| demux.poll_hangup()).collect();
        assert_eq!(closed, (2..many).map(|port| tcp(port).1).collect::<Vec<_>>());
        assert_eq!(demux.len(), (0, 0));
    }
}

//! Which peer a datagram is for.
//!
//! | first byte (RFC 7983) | found by |
//! |---|---|
//! | 0..=3, a STUN binding request | the first half of its USERNAME, which is our own ufrag |
//! | 20..=63 DTLS, 128..=191 RTP and RTCP | the address it came from |
//! | all else | nothing: dropped |
//!
//! An address is remembered only after a request from it carried the peer's password (the caller
//! verifies that first), so nobody can claim another one's traffic, and no scan over peers is ever
//! needed. Each peer keeps its newest [`PEER_ADDRESSES`].

use crate::arena::Key;
use crate::config::{PEER_ADDRESSES, PEER_ADDRESSES_EVER};
use std::collections::HashMap;
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

/// The two tables of one shard.
#[derive(Debug, Default)]
pub(crate) struct Demux {
    by_address: HashMap<SocketAddr, Key>,
    by_ufrag: HashMap<String, Key>,
}

/// What one peer is found by.
#[derive(Debug)]
pub(crate) struct Routes {
    ufrag: String,
    /// Least recently verified first.
    addresses: Vec<SocketAddr>,
    ever: usize,
}

impl Demux {
    /// Opens the way to a new peer.
    pub(crate) fn open(&mut self, ufrag: String, key: Key) -> Routes {
        self.by_ufrag.insert(ufrag.clone(), key);
        Routes { ufrag, addresses: Vec::new(), ever: 0 }
    }

    /// Forgets every way to a peer.
    pub(crate) fn close(&mut self, routes: &Routes, key: Key) {
        self.by_ufrag.remove(&routes.ufrag);
        for address in &routes.addresses {
            if self.by_address.get(address) == Some(&key) {
                self.by_address.remove(address);
            }
        }
    }

    pub(crate) fn by_ufrag(&self, ufrag: &str) -> Option<Key> {
        self.by_ufrag.get(ufrag).copied()
    }

    pub(crate) fn by_address(&self, address: SocketAddr) -> Option<Key> {
        self.by_address.get(&address).copied()
    }

    /// Remembers an address from which `key` proved itself.
    pub(crate) fn remember(&mut self, routes: &mut Routes, key: Key, address: SocketAddr) {
        if self.by_address.insert(address, key) != Some(key) {
            routes.ever += 1;
        }
        routes.addresses.retain(|known| *known != address);
        routes.addresses.push(address);
        if routes.addresses.len() > PEER_ADDRESSES {
            let oldest = routes.addresses.remove(0);
            if self.by_address.get(&oldest) == Some(&key) {
                self.by_address.remove(&oldest);
            }
        }
    }

    /// How many addresses and ufrags are known.
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.by_address.len(), self.by_ufrag.len())
    }
}

impl Routes {
    /// Whether checks from `address` may still be looked at.
    pub(crate) fn welcomes(&self, address: SocketAddr) -> bool {
        self.ever < PEER_ADDRESSES_EVER || self.addresses.contains(&address)
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
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            if routes.welcomes(address) {
                demux.remember(&mut routes, key, address);
            }
        }
        assert_eq!(demux.len(), (PEER_ADDRESSES, 1));
        assert_eq!(demux.by_address(SocketAddr::from(([127, 0, 0, 1], 255))), Some(key));
        assert_eq!(demux.by_address(SocketAddr::from(([127, 0, 0, 1], 256))), None);
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
        let address = SocketAddr::from(([127, 0, 0, 1], 5_000));
        demux.remember(&mut old_routes, old, address);
        demux.remember(&mut new_routes, new, address);
        demux.close(&old_routes, old);
        assert_eq!(demux.by_address(address), Some(new));
    }
}

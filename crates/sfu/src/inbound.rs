//! What comes in from the network: to whom it goes, and what becomes of the ways that it came by.

use crate::arena::Key;
use crate::config::DATAGRAM_BYTES;
use crate::demux::{Class, classify};
use crate::peer::Link;
use crate::shard::Sfu;
use crate::transport::{Datagram, Port, Protocol};
use std::net::SocketAddr;
use std::time::Instant;

impl Sfu {
    /// Takes in one datagram; answers false if it was for nobody, or of no use. Of a TCP connection the
    /// first one must be of use.
    pub fn handle_datagram(&mut self, datagram: Datagram<'_>, now: Instant) -> bool {
        let local = self.candidate(datagram.protocol, datagram.local);
        let datagram = Datagram { local, ..datagram };
        let bytes = datagram.bytes;
        let class = if bytes.len() > DATAGRAM_BYTES { Class::Noise } else { classify(bytes) };
        let used = match class {
            Class::Check { ufrag } => {
                self.demux.by_ufrag(ufrag).is_some_and(|key| self.check(key, datagram, now))
            }
            Class::Traffic => {
                let key = self.demux.by_origin((datagram.protocol, datagram.source));
                key.is_some_and(|key| self.receive(key, datagram, now))
            }
            Class::Noise => false,
        };
        self.dropped += u64::from(!used);
        self.work(now);
        used
    }

    /// A TCP connection of a browser has ended: nothing comes from that address any more, and what is sent
    /// there is lost.
    pub fn handle_hangup(&mut self, source: SocketAddr, now: Instant) {
        let Some(key) = self.demux.hang_up(source) else { return };
        let Some(peer) = self.peers.find_mut(key) else { return };
        peer.routes.hang_up(source);
        let mut port = Port { peer: key, outbox: &mut self.outbox };
        if let Err(fault) = peer.transport.hang_up(source, now, &mut port) {
            self.failed.push((key, fault));
        }
        self.rearm(key);
        self.work(now);
    }

    /// The candidate that a datagram was sent to. Behind an address translator the socket's own address
    /// is none, so it stands for the first of its family.
    fn candidate(&self, protocol: Protocol, local: SocketAddr) -> SocketAddr {
        let candidates = match protocol {
            Protocol::Udp => &self.config.candidates,
            Protocol::Tcp => &self.config.tcp_candidates,
        };
        if candidates.contains(&local) {
            return local;
        }
        let kin = |candidate: &&SocketAddr| candidate.is_ipv4() == local.is_ipv4();
        candidates.iter().find(kin).copied().unwrap_or(local)
    }

    fn check(&mut self, key: Key, datagram: Datagram<'_>, now: Instant) -> bool {
        let origin = (datagram.protocol, datagram.source);
        let Some(peer) = self.peers.find_mut(key).filter(|peer| peer.routes.welcomes(origin)) else {
            return false;
        };
        let mut port = Port { peer: key, outbox: &mut self.outbox };
        let proved = match peer.transport.check(datagram, now, &mut port) {
            Ok(proved) => proved,
            Err(fault) => {
                self.failed.push((key, fault));
                return false;
            }
        };
        if proved {
            self.demux.remember(&mut peer.routes, key, origin);
            if let Link::Up { heard } = &mut peer.link {
                *heard = now;
            }
        }
        self.rearm(key);
        proved
    }

    fn receive(&mut self, key: Key, datagram: Datagram<'_>, now: Instant) -> bool {
        let Some(peer) = self.peers.find_mut(key) else {
            return false;
        };
        let mut port = Port { peer: key, outbox: &mut self.outbox };
        if let Err(fault) = peer.transport.receive(datagram, now, &mut port) {
            self.failed.push((key, fault));
        }
        self.rearm(key);
        true
    }
}

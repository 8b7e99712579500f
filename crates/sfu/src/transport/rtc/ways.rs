//! Addresses and protocols of ours in the words of ICE, and back.

use crate::transport::{Datagram, Protocol};
use std::net::SocketAddr;
use std::time::Instant;
use str0m::net::{Protocol as RtcProtocol, Receive, TcpType};
use str0m::{Candidate, Input};

/// What is advertised: browsers prefer UDP, because its candidates rank higher (RFC 6544, section 4.2).
pub(super) fn candidates(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Vec<Candidate> {
    let plain = |address: &SocketAddr| Candidate::builder().udp().host(*address).build().ok();
    let passive = |address: &SocketAddr| {
        Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build().ok()
    };
    udp.iter().filter_map(plain).chain(tcp.iter().filter_map(passive)).collect()
}

/// The browser's end of a TCP connection, as ICE learnt of it from its checks (RFC 8445, section 7.3.1.3).
pub(super) fn theirs(source: SocketAddr) -> Option<Candidate> {
    let text = format!("candidate:1 1 tcp 1 {} {} typ prflx", source.ip(), source.port());
    Candidate::from_sdp_string(&text).ok()
}

pub(super) fn input<'a>(datagram: Datagram<'a>, now: Instant) -> Option<Input<'a>> {
    let protocol = match datagram.protocol {
        Protocol::Udp => RtcProtocol::Udp,
        Protocol::Tcp => RtcProtocol::Tcp,
    };
    let receive = Receive::new(protocol, datagram.source, datagram.local, datagram.bytes);
    Some(Input::Receive(now, receive.ok()?))
}

/// The protocol of a candidate of ours; there are none but for these two.
pub(super) const fn protocol(protocol: RtcProtocol) -> Protocol {
    match protocol {
        RtcProtocol::Udp => Protocol::Udp,
        RtcProtocol::Tcp | RtcProtocol::SslTcp | RtcProtocol::Tls => Protocol::Tcp,
    }
}

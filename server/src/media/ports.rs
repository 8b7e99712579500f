//! The ports of one shard: UDP, and TCP beside it, for each family of addresses.

use super::MediaConfig;
use super::socket::Socket;
use crate::config::TcpPort;
use mio::net::TcpListener;
use socket2::{Domain, Protocol, Socket as RawSocket, Type};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// How many connections the kernel holds until they are accepted.
const BACKLOG: i32 = 256;

/// Why the media threads do not start.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("the UDP port {port} of the media cannot be used: {source}")]
    Udp { port: u16, source: io::Error },
    #[error(
        "the TCP port {port} of the media cannot be used: {source}; media-tcp-port names another one, or is off"
    )]
    Tcp { port: u16, source: io::Error },
    #[error("the media has not enough ports from {first} on")]
    Few { first: u16 },
    #[error("the media has no address to advertise")]
    NoAddress,
    #[error("the media threads do not start: {0}")]
    Thread(#[from] io::Error),
}

/// What one shard listens on, and what it advertises of that.
pub(super) struct Ports {
    pub sockets: Vec<Socket>,
    pub listeners: Vec<TcpListener>,
    pub candidates: Vec<SocketAddr>,
    pub tcp_candidates: Vec<SocketAddr>,
}

/// Binds one port per protocol and family.
pub(super) fn bind(index: usize, config: &MediaConfig) -> Result<Ports, MediaError> {
    let port = counted(config.port, index)?;
    let mut ports = Ports {
        sockets: Vec::new(),
        listeners: Vec::new(),
        candidates: Vec::new(),
        tcp_candidates: Vec::new(),
    };
    for any in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
        let kin: Vec<IpAddr> =
            config.addresses.iter().copied().filter(|ip| ip.is_ipv4() == any.is_ipv4()).collect();
        if kin.is_empty() {
            continue;
        }
        let socket = match Socket::bind(SocketAddr::new(any, port)) {
            Ok(socket) => socket,
            // Many machines have no IPv6, though an interface may still list an address of it.
            Err(error) if any.is_ipv6() && !ports.sockets.is_empty() => {
                tracing::warn!(%error, port, "media does without IPv6");
                continue;
            }
            Err(source) => return Err(MediaError::Udp { port, source }),
        };
        let udp = socket.local().port();
        ports.candidates.extend(kin.iter().map(|ip| SocketAddr::new(*ip, udp)));
        ports.sockets.push(socket);
        let tcp = match config.tcp_port {
            TcpPort::Off => continue,
            TcpPort::From(first) => counted(first, index)?,
            TcpPort::Same | TcpPort::SameIfFree => udp,
        };
        // Where any free UDP port does, any free TCP port does.
        let free = config.port == 0 && !matches!(config.tcp_port, TcpPort::From(_));
        let listener = match listen(SocketAddr::new(any, tcp)) {
            Err(error) if free && error.kind() == ErrorKind::AddrInUse => listen(SocketAddr::new(any, 0)),
            other => other,
        };
        let fail = |source| MediaError::Tcp { port: tcp, source };
        let listener = match listener {
            Err(error) if config.tcp_port == TcpPort::SameIfFree => {
                tracing::warn!(%error, port = tcp, "media does without TCP");
                continue;
            }
            other => other.map_err(fail)?,
        };
        let bound = listener.local_addr().map_err(fail)?.port();
        ports.tcp_candidates.extend(kin.into_iter().map(|ip| SocketAddr::new(ip, bound)));
        ports.listeners.push(listener);
    }
    if ports.sockets.is_empty() { Err(MediaError::NoAddress) } else { Ok(ports) }
}

/// The port of a shard, counted from the first one; 0 takes a free one.
fn counted(first: u16, index: usize) -> Result<u16, MediaError> {
    if first == 0 {
        return Ok(0);
    }
    let port = u16::try_from(index).ok().and_then(|index| first.checked_add(index));
    port.ok_or(MediaError::Few { first })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let raw = RawSocket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // The other family has a listener of its own.
        raw.set_only_v6(true)?;
    }
    // A server that starts again finds its port though old connections are not forgotten yet.
    raw.set_reuse_address(true)?;
    raw.set_nonblocking(true)?;
    raw.bind(&address.into())?;
    raw.listen(BACKLOG)?;
    Ok(TcpListener::from_std(raw.into()))
}

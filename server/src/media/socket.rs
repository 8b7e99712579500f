//! One UDP socket: receives in batches, sends runs to one address in one call (GSO).
//!
//! ```text
//! in    recvmmsg ─▶ buffers of up to 64 datagrams each (GRO) ─▶ one call per datagram
//! out   datagrams ─▶ sorted by destination ─▶ equal lengths, last may be shorter ─▶ one sendmsg
//! ```

use quinn_udp::{RecvMeta, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// How many buffers are filled at a time.
const BUFFERS: usize = 16;
/// How long a buffer is: the most that UDP or GRO delivers in one.
const BUFFER_BYTES: usize = 65_536;
/// The most bytes in one run; IP allows no more than 65,535 with its headers.
const RUN_BYTES: usize = 63_000;
/// What the kernel is asked to hold in each direction; it may give less.
const KERNEL_BYTES: usize = 4 * 1024 * 1024;

/// One datagram to be sent.
pub(super) type Outgoing = sfu::Transmit;

/// A non-blocking UDP socket with its buffers.
pub(super) struct Socket {
    io: mio::net::UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
    buffers: Vec<Vec<u8>>,
    run: Vec<u8>,
}

/// What came of sending.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Sent {
    pub datagrams: u64,
    pub dropped: u64,
}

impl Socket {
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let raw = RawSocket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            // The other family has a socket of its own.
            raw.set_only_v6(true)?;
        }
        raw.set_nonblocking(true)?;
        raw.bind(&address.into())?;
        let io = mio::net::UdpSocket::from_std(raw.into());
        let state = UdpSocketState::new(UdpSockRef::from(&io))?;
        for resized in [
            state.set_recv_buffer_size(UdpSockRef::from(&io), KERNEL_BYTES),
            state.set_send_buffer_size(UdpSockRef::from(&io), KERNEL_BYTES),
        ] {
            if let Err(error) = resized {
                tracing::debug!(%error, "the kernel keeps its buffer size");
            }
        }
        let local = io.local_addr()?;
        Ok(Self { io, state, local, buffers: vec![vec![0; BUFFER_BYTES]; BUFFERS], run: Vec::new() })
    }

    pub(super) const fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) const fn io(&mut self) -> &mut mio::net::UdpSocket {
        &mut self.io
    }

    /// Receives one batch and hands over source, destination and bytes of each datagram. Answers false
    /// when there was nothing to receive.
    pub(super) fn receive(
        &mut self,
        mut take: impl FnMut(SocketAddr, SocketAddr, &[u8]),
    ) -> io::Result<bool> {
        let mut metas = [RecvMeta::default(); BUFFERS];
        let mut slices: Vec<IoSliceMut<'_>> =
            self.buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
        let (io, state) = (&self.io, &self.state);
        let filled = match io.try_io(|| state.recv(UdpSockRef::from(io), &mut slices, &mut metas)) {
            Ok(filled) => filled,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        };
        drop(slices);
        for (meta, buffer) in metas.iter().zip(&self.buffers).take(filled) {
            let destination = meta.dst_ip.map_or(self.local, |ip| SocketAddr::new(ip, self.local.port()));
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                take(meta.addr, destination, datagram);
            }
        }
        Ok(true)
    }

    /// Sends datagrams that were sorted by source and destination. `own` tells which source addresses
    /// are the machine's; others were advertised on behalf of a translator and cannot be set.
    pub(super) fn send(&mut self, datagrams: &[Outgoing], own: impl Fn(IpAddr) -> bool) -> Sent {
        let mut sent = Sent::default();
        let mut rest = datagrams;
        while !rest.is_empty() {
            let run = run(rest, self.state.max_gso_segments());
            let (now, later) = rest.split_at(run.end);
            let src_ip = Some(now[0].source.ip()).filter(|ip| own(*ip));
            if self.send_run(now, src_ip).is_err() {
                // The device may refuse segmentation, in which case it is switched off by now.
                let single = now.iter().filter(|_| now.len() > 1);
                let saved =
                    single.filter(|one| self.send_run(std::slice::from_ref(one), src_ip).is_ok()).count();
                sent.dropped += (now.len() - saved) as u64;
            }
            sent.datagrams += now.len() as u64;
            rest = later;
        }
        sent
    }

    fn send_run(&mut self, run: &[Outgoing], src_ip: Option<IpAddr>) -> io::Result<()> {
        let (first, several) = (&run[0], run.len() > 1);
        if several {
            self.run.clear();
            run.iter().for_each(|datagram| self.run.extend_from_slice(&datagram.bytes));
        }
        let transmit = quinn_udp::Transmit {
            destination: first.destination,
            ecn: None,
            contents: if several { &self.run } else { &first.bytes },
            segment_size: several.then_some(first.bytes.len()),
            src_ip,
        };
        let (io, state) = (&self.io, &self.state);
        io.try_io(|| state.try_send(UdpSockRef::from(io), &transmit))
    }
}

/// How many of the first datagrams can leave in one call.
fn run(datagrams: &[Outgoing], most: usize) -> Range<usize> {
    let first = &datagrams[0];
    let length = first.bytes.len();
    let mut end = 1;
    while end < most && (end + 1) * length <= RUN_BYTES {
        let Some(next) = datagrams.get(end) else { break };
        let kin = (next.source, next.destination) == (first.source, first.destination);
        if !kin || next.bytes.len() > length || next.bytes.is_empty() {
            break;
        }
        end += 1;
        if next.bytes.len() < length {
            break;
        }
    }
    0..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(port: u16, length: usize) -> Outgoing {
        let source = SocketAddr::from(([127, 0, 0, 1], 1));
        let (protocol, destination) = (sfu::Protocol::Udp, SocketAddr::from(([127, 0, 0, 1], port)));
        Outgoing { protocol, source, destination, bytes: vec![7; length] }
    }

    #[test]
    fn a_run_ends_where_the_kernel_could_not_cut_it() {
        let to =
            |list: &[(u16, usize)]| -> Vec<Outgoing> { list.iter().map(|(p, l)| datagram(*p, *l)).collect() };
        for (list, most, end) in [
            (&[(1, 100)][..], 64, 1),
            (&[(1, 100), (1, 100), (1, 100)], 64, 3),
            (&[(1, 100), (1, 100), (1, 100)], 2, 2),
            (&[(1, 100), (1, 100)], 1, 1),
            (&[(1, 100), (1, 60), (1, 60)], 64, 2),
            (&[(1, 100), (1, 101)], 64, 1),
            (&[(1, 100), (2, 100)], 64, 1),
        ] {
            assert_eq!(run(&to(list), most), 0..end, "{list:?}");
        }
        let large: Vec<Outgoing> = (0..64).map(|_| datagram(1, 1_400)).collect();
        assert_eq!(run(&large, 64), 0..45);
    }

    #[test]
    fn what_is_sent_arrives_whole_and_in_order() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut sender = Socket::bind(any).expect("a port");
        let mut receiver = Socket::bind(any).expect("a port");
        let lengths = [1_200, 1_200, 1_200, 700, 40, 40, 1_300];
        let outgoing: Vec<Outgoing> = lengths
            .iter()
            .enumerate()
            .map(|(index, length)| Outgoing {
                protocol: sfu::Protocol::Udp,
                source: sender.local(),
                destination: receiver.local(),
                bytes: vec![index as u8; *length],
            })
            .collect();
        assert_eq!(sender.send(&outgoing, |_| true), Sent { datagrams: 7, dropped: 0 });
        let mut received = Vec::new();
        let (from, to) = (sender.local(), receiver.local());
        // Loopback delivers before sending returns.
        while receiver
            .receive(|source, destination, bytes| {
                assert_eq!((source, destination), (from, to));
                received.push((bytes[0], bytes.len()));
            })
            .expect("a sound socket")
        {}
        let expected: Vec<(u8, usize)> = lengths.iter().enumerate().map(|(i, l)| (i as u8, *l)).collect();
        assert_eq!(received, expected);
    }
}

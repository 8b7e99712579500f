//! All TCP connections of one shard (RFC 6544): accepted, known by their first datagram, ended.
//!
//! ```text
//!            accept               its first datagram was a check with a peer's password
//! browser ─────────▶ newcomer ─────────────────────────────────────────────▶ known
//!                       │ anything else, [`PROOF`], or its place is needed      │ the peer is gone, the
//!                       ▼                                                       ▼ browser ends it, [`IDLE`]
//!                     ended ◀───────────────────────────────────────────────────┘
//! ```
//!
//! | limit | guards against |
//! |---|---|
//! | [`PROOF`], [`NEWCOMERS`], [`NEWCOMERS_EACH`] | connections that never say whom they are for; the oldest gives way, because an honest one needs one round trip |
//! | [`IDLE`] | connections that a browser has beside a better one, and does not check any more |
//! | [`STREAMS`] | more open files than a shard may have |
//!
//! How many connections a known browser has is limited by the SFU, which knows whose they are.

use super::socket::Outgoing;
use super::stream::{Reading, Stream};
use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use sfu::{Datagram, Protocol};
use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How long a connection may take to say whom it is for.
pub(super) const PROOF: Duration = Duration::from_secs(5);
/// How many connections may not have said so.
pub(super) const NEWCOMERS: usize = 256;
/// How many of them may come from one address, or one IPv6 network.
pub(super) const NEWCOMERS_EACH: usize = 32;
/// How long a known connection may say nothing; browsers check those that they use every few seconds, and
/// those that they may yet use twice a minute.
const IDLE: Duration = Duration::from_secs(75);
/// The most connections.
const STREAMS: usize = 4_096;
/// How often the limits in time are looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// How many connections are accepted before others get their turn.
const ACCEPTS: usize = 32;
/// How much is read of one connection before others get their turn.
const READ_BYTES: usize = 64 * 1024;

/// The connections of one shard, by their other ends.
pub(super) struct Streams {
    registry: Registry,
    listeners: Vec<Listener>,
    entries: HashMap<SocketAddr, Entry>,
    /// Tokens are never used twice, so that no event is taken for another connection's.
    names: HashMap<Token, SocketAddr>,
    next: usize,
    /// In order of arrival.
    newcomers: VecDeque<SocketAddr>,
    /// Connections that may have something to read.
    ready: VecDeque<SocketAddr>,
    /// Known connections that ended, and that the SFU has not heard of.
    ended: VecDeque<SocketAddr>,
    sweep_at: Instant,
    /// Set when accepting failed for want of something that may come back.
    short: bool,
    buffer: Vec<u8>,
}

struct Listener {
    io: TcpListener,
    token: Token,
    /// Readiness is told once; it lasts until accepting finds nobody.
    ready: bool,
}

struct Entry {
    stream: Stream,
    token: Token,
    known: bool,
    /// Whether it waits in `ready`.
    listed: bool,
    heard: Instant,
}

impl Streams {
    /// Listens, with tokens from `first` on.
    pub(super) fn new(registry: Registry, listeners: Vec<TcpListener>, first: usize) -> io::Result<Self> {
        let mut listening = Vec::with_capacity(listeners.len());
        for (index, mut io) in listeners.into_iter().enumerate() {
            let token = Token(first + index);
            registry.register(&mut io, token, Interest::READABLE)?;
            listening.push(Listener { io, token, ready: true });
        }
        Ok(Self {
            registry,
            next: first + listening.len(),
            listeners: listening,
            entries: HashMap::new(),
            names: HashMap::new(),
            newcomers: VecDeque::new(),
            ready: VecDeque::new(),
            ended: VecDeque::new(),
            sweep_at: Instant::now(),
            short: false,
            buffer: vec![0; READ_BYTES],
        })
    }

    /// Takes note of an event of a listener or a connection.
    pub(super) fn notice(&mut self, event: &Event) {
        if let Some(listener) = self.listeners.iter_mut().find(|listener| listener.token == event.token()) {
            listener.ready = true;
            return;
        }
        let Some(source) = self.names.get(&event.token()).copied() else { return };
        let Some(entry) = self.entries.get_mut(&source) else { return };
        if !entry.listed {
            entry.listed = true;
            self.ready.push_back(source);
        }
        if event.is_writable() && entry.stream.reopen().is_err() {
            self.end(source);
        }
    }

    /// Whether there is something to do at once.
    pub(super) fn is_ready(&self) -> bool {
        !self.ready.is_empty() || self.listeners.iter().any(|listener| listener.ready)
    }

    /// When [`Streams::sweep`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        (self.short || !self.entries.is_empty()).then_some(self.sweep_at)
    }

    /// How many connections may have something to read.
    pub(super) fn readable(&self) -> usize {
        self.ready.len()
    }

    /// Lets in who waits at the listeners.
    pub(super) fn accept(&mut self, now: Instant) {
        for index in 0..self.listeners.len() {
            for _ in 0..ACCEPTS {
                let listener = &mut self.listeners[index];
                if !listener.ready {
                    break;
                }
                match listener.io.accept() {
                    Ok((io, source)) => self.admit(io, source, now),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => listener.ready = false,
                    Err(error)
                        if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => {}
                    Err(error) => {
                        tracing::warn!(%error, "media connections cannot be accepted just now");
                        listener.ready = false;
                        self.short = true;
                    }
                }
            }
        }
    }

    /// Reads once from the connection that has waited longest. `take` answers whether a datagram was of use.
    pub(super) fn read(&mut self, now: Instant, mut take: impl FnMut(Datagram<'_>) -> bool) {
        let Some(source) = self.ready.pop_front() else { return };
        let Some(entry) = self.entries.get_mut(&source) else { return };
        let (local, mut known, mut stranger) = (entry.stream.local(), entry.known, false);
        let reading = entry.stream.read(&mut self.buffer, |bytes| {
            // After a first word that means nothing, nothing is listened to.
            if !stranger {
                let used = take(Datagram { protocol: Protocol::Tcp, source, local, bytes });
                stranger = !known && !used;
                known |= used;
            }
        });
        if known && !entry.known {
            entry.known = true;
            self.newcomers.retain(|newcomer| *newcomer != source);
        }
        if reading == Reading::More && known {
            entry.heard = now;
        }
        match reading {
            Reading::Over => self.end(source),
            _ if stranger => self.end(source),
            Reading::More => self.ready.push_back(source),
            Reading::Nothing => entry.listed = false,
        }
    }

    /// Sends datagrams to one browser; answers how many were dropped.
    pub(super) fn send(&mut self, datagrams: &[Outgoing]) -> u64 {
        let Some(source) = datagrams.first().map(|datagram| datagram.destination) else { return 0 };
        let Some(entry) = self.entries.get_mut(&source) else { return datagrams.len() as u64 };
        let mut dropped = 0;
        let written = datagrams
            .iter()
            .try_for_each(|datagram| {
                entry.stream.send(&datagram.bytes).map(|sent| dropped += u64::from(!sent))
            })
            .and_then(|()| entry.stream.flush());
        if written.is_err() {
            self.end(source);
        }
        dropped
    }

    /// Ends what was silent for too long.
    pub(super) fn sweep(&mut self, now: Instant) {
        if now < self.sweep_at {
            return;
        }
        self.sweep_at = now + SWEEP;
        if std::mem::take(&mut self.short) {
            self.listeners.iter_mut().for_each(|listener| listener.ready = true);
        }
        let silent = |entry: &Entry| {
            let patience = if entry.known { IDLE } else { PROOF };
            now.saturating_duration_since(entry.heard) >= patience
        };
        let silent: Vec<_> =
            self.entries.iter().filter(|(_, entry)| silent(entry)).map(|(source, _)| *source).collect();
        silent.into_iter().for_each(|source| self.end(source));
    }

    /// The next known connection that has ended.
    pub(super) fn poll_ended(&mut self) -> Option<SocketAddr> {
        self.ended.pop_front()
    }

    /// Closes a connection that leads to nobody any more, after what was said last.
    pub(super) fn close(&mut self, source: SocketAddr) {
        if let Some(entry) = self.entries.get_mut(&source) {
            // Nobody reads what the kernel does not take now.
            let _ = entry.stream.flush();
            entry.known = false;
            self.end(source);
        }
    }

    fn admit(&mut self, io: TcpStream, source: SocketAddr, now: Instant) {
        // Two connections from one address, to two of ours, could not be told apart.
        if self.entries.len() >= STREAMS || self.entries.contains_key(&source) {
            return;
        }
        if let Some(oldest) = self.must_give_way(source) {
            self.end(oldest);
        }
        let token = Token(self.next);
        self.next += 1;
        match Stream::new(io, &self.registry, token) {
            Ok(stream) => {
                self.entries.insert(source, Entry { stream, token, known: false, listed: false, heard: now });
                self.names.insert(token, source);
                self.newcomers.push_back(source);
            }
            Err(error) => tracing::debug!(%error, "a connection was gone before it began"),
        }
    }

    /// The newcomer whose place one more from `source` takes, if there is none free.
    fn must_give_way(&self, source: SocketAddr) -> Option<SocketAddr> {
        let kin = |newcomer: &&SocketAddr| network(newcomer.ip()) == network(source.ip());
        if self.newcomers.iter().filter(kin).count() >= NEWCOMERS_EACH {
            return self.newcomers.iter().find(kin).copied();
        }
        self.newcomers.front().filter(|_| self.newcomers.len() >= NEWCOMERS).copied()
    }

    fn end(&mut self, source: SocketAddr) {
        let Some(entry) = self.entries.remove(&source) else { return };
        self.names.remove(&entry.token);
        if entry.known {
            self.ended.push_back(source);
        } else {
            self.newcomers.retain(|newcomer| *newcomer != source);
        }
    }
}

/// What counts as one address: of IPv6 everybody has a network of 2⁶⁴.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests;

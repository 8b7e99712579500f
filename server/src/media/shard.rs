//! The loop of one media thread: wait for sockets, streams, a job or a deadline, feed the SFU, send what it
//! says. Everything waits in one place, and nothing else runs here.

use super::Placement;
use super::socket::{Outgoing, Socket};
use super::streams::Streams;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use sfu::{Command, Datagram, Event, OfferError, PeerOffer, Protocol, Sfu};
use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// The token of the job queue; sockets count from zero, listeners and their connections go on from there.
const JOBS: Token = Token(usize::MAX);
/// How many batches a socket may fill before jobs and timers get their turn.
const BATCHES: usize = 8;
/// How often at most lost datagrams are complained about.
const COMPLAINT: Duration = Duration::from_secs(10);

/// What a shard is asked to do.
pub(super) enum Job {
    Open { offer: Box<PeerOffer>, reply: oneshot::Sender<Result<String, OfferError>> },
    Command(Command),
    Stop,
}

/// How a shard is tied to the rest.
pub(super) struct Lines {
    pub index: usize,
    pub jobs: Receiver<Job>,
    pub events: mpsc::Sender<Event>,
    /// How many connections the shard holds, for the others to see.
    pub load: Arc<AtomicUsize>,
    pub placement: Arc<Placement>,
}

/// One media thread.
pub(super) struct Shard {
    sfu: Sfu,
    sockets: Vec<Readable>,
    streams: Streams,
    poll: Poll,
    waker: Arc<Waker>,
    lines: Lines,
    own: HashSet<IpAddr>,
    outgoing: Vec<Outgoing>,
    unsent: u64,
    complained_at: Option<Instant>,
    /// Set when a room may have ended.
    stale: bool,
}

struct Readable {
    socket: Socket,
    /// Readiness is told once; it lasts until a read finds nothing.
    ready: bool,
}

impl Shard {
    pub(super) fn new(
        sfu: Sfu,
        (sockets, listeners): (Vec<Socket>, Vec<TcpListener>),
        lines: Lines,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), JOBS)?);
        let mut readable = Vec::with_capacity(sockets.len());
        for (index, mut socket) in sockets.into_iter().enumerate() {
            poll.registry().register(socket.io(), Token(index), Interest::READABLE)?;
            readable.push(Readable { socket, ready: true });
        }
        let streams = Streams::new(poll.registry().try_clone()?, listeners, readable.len())?;
        let own = if_addrs::get_if_addrs()?.iter().map(if_addrs::Interface::ip).collect();
        Ok(Self {
            sfu,
            sockets: readable,
            streams,
            poll,
            waker,
            lines,
            own,
            outgoing: Vec::new(),
            unsent: 0,
            complained_at: None,
            stale: false,
        })
    }

    pub(super) fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    /// Runs until it is told to stop.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(64);
        loop {
            if let Err(error) = self.poll.poll(&mut events, self.patience())
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a media thread cannot wait");
                return;
            }
            for event in &events {
                match self.sockets.get_mut(event.token().0) {
                    Some(readable) => readable.ready = true,
                    None => self.streams.notice(event),
                }
            }
            for index in 0..self.sockets.len() {
                self.receive(index);
            }
            self.receive_streams();
            let goes_on = self.work_off_jobs();
            let now = Instant::now();
            if self.sfu.poll_timeout().is_some_and(|at| at <= now) {
                self.sfu.handle_timeout(now);
                self.flush(now);
            }
            self.report();
            if !goes_on {
                return;
            }
        }
    }

    /// How long there is nothing to do.
    fn patience(&self) -> Option<Duration> {
        if self.sockets.iter().any(|readable| readable.ready) || self.streams.is_ready() {
            return Some(Duration::ZERO);
        }
        let next = self.sfu.poll_timeout().into_iter().chain(self.streams.deadline()).min();
        next.map(|at| at.saturating_duration_since(Instant::now()))
    }

    fn receive(&mut self, index: usize) {
        for _ in 0..BATCHES {
            let readable = &mut self.sockets[index];
            if !readable.ready {
                return;
            }
            let now = Instant::now();
            let sfu = &mut self.sfu;
            match readable.socket.receive(|source, local, bytes| {
                sfu.handle_datagram(Datagram { protocol: Protocol::Udp, source, local, bytes }, now);
            }) {
                Ok(more) => readable.ready = more,
                // An unreachable address of somebody earlier is reported on the next call; it is no news.
                Err(error) => tracing::debug!(%error, "receiving failed once"),
            }
            self.flush(now);
        }
    }

    /// Does all waiting jobs; answers false when told to stop.
    fn work_off_jobs(&mut self) -> bool {
        while let Ok(job) = self.lines.jobs.try_recv() {
            let now = Instant::now();
            match job {
                Job::Open { offer, reply } => {
                    let room = offer.room;
                    let answer = self.sfu.accept_offer(*offer, now);
                    self.stale |= answer.is_err();
                    self.lines.placement.settle(room);
                    // Whoever asked may have given up; the handshake's deadline then clears the connection.
                    let _ = reply.send(answer);
                }
                Job::Command(command) => {
                    self.stale |= matches!(command, Command::Close { .. } | Command::CloseRoom { .. });
                    self.sfu.handle_command(command, now);
                }
                Job::Stop => return false,
            }
            self.flush(now);
        }
        true
    }

    /// Gives every connection that has something to read one turn.
    fn receive_streams(&mut self) {
        let now = Instant::now();
        self.streams.accept(now);
        self.streams.sweep(now);
        self.flush(now);
        for _ in 0..self.streams.readable() {
            let now = Instant::now();
            let sfu = &mut self.sfu;
            self.streams.read(now, |datagram| sfu.handle_datagram(datagram, now));
            self.flush(now);
        }
    }

    fn flush(&mut self, now: Instant) {
        loop {
            while let Some(transmit) = self.sfu.poll_transmit() {
                self.outgoing.push(transmit);
            }
            if !self.outgoing.is_empty() {
                self.send(now);
            }
            while let Some(source) = self.sfu.poll_hangup() {
                self.streams.close(source);
            }
            // Writing may show that a connection has ended; what follows from that is to be sent, too.
            let Some(source) = self.streams.poll_ended() else { break };
            self.sfu.handle_hangup(source, now);
        }
        while let Some(event) = self.sfu.poll_event() {
            self.stale |= matches!(event, Event::Lost { .. });
            if let Err(mpsc::error::TrySendError::Full(event)) = self.lines.events.try_send(event) {
                tracing::error!(?event, "the queue of media events is full");
            }
        }
    }

    fn send(&mut self, now: Instant) {
        // Stable, so what goes to one address keeps its order.
        self.outgoing.sort_by_key(|datagram| (datagram.protocol, datagram.source, datagram.destination));
        let own = |ip: IpAddr| self.own.contains(&ip);
        let (udp, tcp) = self
            .outgoing
            .split_at(self.outgoing.partition_point(|datagram| datagram.protocol == Protocol::Udp));
        for one_browser in tcp.chunk_by(|a, b| a.destination == b.destination) {
            let dropped = self.streams.send(one_browser);
            if dropped > 0 {
                tracing::trace!(datagrams = dropped, "a connection is slow, or gone");
            }
        }
        let mut dropped = 0;
        for one_family in udp.chunk_by(|a, b| a.destination.is_ipv4() == b.destination.is_ipv4()) {
            let family = one_family[0].destination.is_ipv4();
            let socket = self.sockets.iter_mut().find(|readable| readable.socket.local().is_ipv4() == family);
            dropped += match socket {
                Some(readable) => readable.socket.send(one_family, own).dropped,
                None => one_family.len() as u64,
            };
        }
        self.outgoing.clear();
        self.unsent += dropped;
        let silent = self.complained_at.is_none_or(|at| now.saturating_duration_since(at) >= COMPLAINT);
        if dropped > 0 && silent {
            self.complained_at = Some(now);
            tracing::warn!(datagrams = self.unsent, shard = self.lines.index, "datagrams could not be sent");
        }
    }

    /// Tells the others how busy the shard is and which rooms have ended.
    fn report(&mut self) {
        self.lines.load.store(self.sfu.census().peers, Ordering::Relaxed);
        if std::mem::take(&mut self.stale) {
            self.lines.placement.prune(self.lines.index, |room| self.sfu.holds(room));
        }
    }
}

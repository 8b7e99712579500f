//! The threads that forward sound and picture: sockets, time and queues around [`sfu::Sfu`].
//!
//! ```text
//! use cases (tokio)                           shard 0 … n-1: a plain thread on a core each, no tokio
//!   open, command ──bounded queue + wake──▶  UDP port base+i ─▶ Sfu ─▶ UDP, runs to one address as one
//!   Receiver<Event> ◀──try_send────────────  TCP port base+i ─▶     ─▶ TCP, a queue for each connection
//! ```
//!
//! A room lives on one shard, the least busy one when its first offer comes, until it is empty.
//!
//! | queue | when it is full |
//! |---|---|
//! | jobs of a shard | the offer is refused as if the thread were gone; a command is lost and logged as the bug it is |
//! | events | lost and logged as the bug it is: the use cases read faster than people come and go |
//! | a socket's buffer | the datagram is dropped and counted; retransmission is the browsers' business |
//! | a TCP connection's queue | the datagram is dropped, pictures first, see `stream`; that is its reader's affair |
//!
//! Not here: any decision about who receives what.

mod cpu_time;
mod own_core;
mod ports;
mod shard;
mod socket;
mod stream;
mod streams;

pub use self::ports::MediaError;

use self::cpu_time::CpuClock;
use self::ports::Ports;
use self::shard::{Job, Shard};
use crate::config::{CameraCodec, TcpPort};
use service::MediaPort;
use service::media::{AnswerFuture, OfferRefusal};
use sfu::{Command, Event, PeerOffer, Sfu, SfuConfig};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// How many jobs may wait for one shard.
const JOBS: usize = 4_096;
/// How many events may wait for the use cases.
const EVENTS: usize = 65_536;
/// The most connections on one shard.
const PEERS: usize = 5_000;

/// What the media threads are started with.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// The addresses that are advertised to browsers.
    pub addresses: Vec<IpAddr>,
    /// The UDP port of the first shard, counting up; 0 takes free ones.
    pub port: u16,
    pub tcp_port: TcpPort,
    pub shards: usize,
    /// In what cameras of pages send.
    pub camera_codec: CameraCodec,
    /// Where the numbers of outgoing packets start.
    pub seed: u64,
}

/// The running media threads.
pub struct MediaThreads {
    shards: Vec<Handle>,
    placement: Arc<Placement>,
}

/// One thread, as the others see it.
struct Handle {
    jobs: SyncSender<Job>,
    waker: Arc<mio::Waker>,
    load: Arc<AtomicUsize>,
    /// Set by the thread when it begins.
    clock: Arc<OnceLock<CpuClock>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl MediaThreads {
    /// Binds the ports and starts the threads. Events of all of them arrive on the receiver.
    pub fn start(config: MediaConfig) -> Result<(Arc<Self>, mpsc::Receiver<Event>), MediaError> {
        let (events, receiver) = mpsc::channel(EVENTS);
        let placement = Arc::new(Placement::default());
        let mut shards = Vec::with_capacity(config.shards);
        for index in 0..config.shards.max(1) {
            shards.push(Handle::start(index, &config, &placement, events.clone())?);
        }
        Ok((Arc::new(Self { shards, placement }), receiver))
    }

    /// Whether every thread runs.
    pub fn is_alive(&self) -> bool {
        self.shards.iter().all(|shard| {
            let thread = shard.thread.lock().unwrap_or_else(PoisonError::into_inner);
            thread.as_ref().is_some_and(|thread| !thread.is_finished())
        })
    }

    /// How much processor time each thread has had since it began, in microseconds; 0 where nobody knows.
    pub fn worked_us(&self) -> Vec<u64> {
        let of = |shard: &Handle| shard.clock.get().and_then(CpuClock::read_us).unwrap_or(0);
        self.shards.iter().map(of).collect()
    }

    /// Stops the threads and waits for them.
    pub fn stop(&self) {
        for shard in &self.shards {
            shard.post(Job::Stop);
        }
        for shard in &self.shards {
            let thread = shard.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            if thread.is_some_and(|thread| thread.join().is_err()) {
                tracing::error!("a media thread had panicked");
            }
        }
    }
}

impl MediaPort for MediaThreads {
    fn open(&self, offer: PeerOffer) -> AnswerFuture {
        let room = offer.room;
        let index = self.placement.enter(room, &self.shards);
        let (reply, answer) = oneshot::channel();
        if !self.shards[index].post(Job::Open { offer: Box::new(offer), reply }) {
            self.placement.settle(room);
            return Box::pin(async { Err(OfferRefusal::Gone) });
        }
        Box::pin(async { Ok(answer.await.map_err(|_| OfferRefusal::Gone)??) })
    }

    fn command(&self, command: Command) {
        // Commands come at human speed, and shards ignore what they do not hold; so all of them are told,
        // and no table of connections has to be kept true.
        for shard in &self.shards {
            shard.post(Job::Command(command.clone()));
        }
    }
}

impl Handle {
    fn start(
        index: usize,
        config: &MediaConfig,
        placement: &Arc<Placement>,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, MediaError> {
        let Ports { sockets, listeners, candidates, tcp_candidates } = ports::bind(index, config)?;
        let seed = config.seed.wrapping_add(index as u64);
        let sfu = Sfu::new(SfuConfig {
            candidates,
            tcp_candidates,
            seed,
            peers: PEERS,
            camera_codec: Some(config.camera_codec.into()),
        });
        let load = Arc::new(AtomicUsize::new(0));
        let clock = Arc::new(OnceLock::new());
        let set_clock = clock.clone();
        let (jobs, queue) = std::sync::mpsc::sync_channel(JOBS);
        let shard = Shard::new(
            sfu,
            (sockets, listeners),
            shard::Lines { index, jobs: queue, events, load: load.clone(), placement: placement.clone() },
        )?;
        let waker = shard.waker();
        let thread = thread::Builder::new().name(format!("media-{index}")).spawn(move || {
            own_core::keep_to_one();
            // Nobody else sets it.
            let _ = set_clock.set(CpuClock::of_this_thread());
            shard.run();
        })?;
        Ok(Self { jobs, waker, load, clock, thread: Mutex::new(Some(thread)) })
    }

    /// Hands a job over; answers whether it arrived.
    fn post(&self, job: Job) -> bool {
        if self.jobs.try_send(job).is_err() {
            tracing::error!("a media thread does not take jobs");
            return false;
        }
        if let Err(error) = self.waker.wake() {
            tracing::error!(%error, "a media thread cannot be woken");
        }
        true
    }
}

/// Which room is where. Locked for a look-up at human speed, never while packets are handled.
#[derive(Debug, Default)]
struct Placement {
    rooms: Mutex<HashMap<model::RoomId, Placed>>,
}

#[derive(Clone, Copy, Debug)]
struct Placed {
    shard: usize,
    /// Offers on their way, which the shard does not know of yet.
    pending: usize,
}

impl Placement {
    /// The shard of a room to which one more offer is on its way.
    fn enter(&self, room: model::RoomId, shards: &[Handle]) -> usize {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = vec![0; shards.len()];
        for placed in rooms.values() {
            known[placed.shard] += 1;
        }
        let placed = rooms.entry(room).or_insert_with(|| {
            let busy = |index: &usize| (shards[*index].load.load(Ordering::Relaxed), known[*index]);
            Placed { shard: (0..shards.len()).min_by_key(busy).unwrap_or(0), pending: 0 }
        });
        placed.pending += 1;
        placed.shard
    }

    /// An offer arrived, whatever came of it.
    fn settle(&self, room: model::RoomId) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = rooms.get_mut(&room) {
            placed.pending = placed.pending.saturating_sub(1);
        }
    }

    /// Forgets the rooms of a shard that it does not hold any more.
    fn prune(&self, shard: usize, holds: impl Fn(model::RoomId) -> bool) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|room, placed| placed.shard != shard || placed.pending > 0 || holds(*room));
    }
}

#[cfg(test)]
mod tests;

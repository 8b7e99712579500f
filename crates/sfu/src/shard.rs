//! All connections of one shard, and the way in and out.
//!
//! The methods come in three families:
//! - **inputs**, each with the time: [`Sfu::accept_offer`], [`Sfu::handle_command`],
//!   [`Sfu::handle_datagram`], [`Sfu::handle_hangup`], [`Sfu::handle_timeout`];
//! - **outputs**: [`Sfu::poll_transmit`], [`Sfu::poll_hangup`] and [`Sfu::poll_event`] until all are
//!   empty, then [`Sfu::poll_timeout`] for when to come back at the latest;
//! - **views**: [`Sfu::census`], [`Sfu::estimate_bps`], [`Sfu::holds`].
//!
//! The shell drains the outputs after each batch of inputs, and never lets time go backwards.

use crate::arena::{Arena, Key};
use crate::budget::Budget;
use crate::config::{DEMAND_WANTS, FIRST_ESTIMATE_BPS, HANDSHAKE, SILENCE, SfuConfig, TICK};
use crate::demux::Demux;
use crate::dice::Dice;
use crate::narrow::narrow;
use crate::peer::{Lines, Link, Peer, Publishing, up_tracks};
use crate::speakers::{Speakers, WINDOW};
use crate::timers::{Armed, Timers, next_deadline};
use crate::transport::rtc::{Opened, Opener};
use crate::transport::{Fault, Outbox, Port, TransportEvent};
use crate::{Command, Event, LostReason, OfferError, PeerOffer, Transmit, offer};
use model::{ParticipantId, PeerId, RoomId, Source};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

#[cfg(test)]
mod panics;

/// Selective forwarding for the rooms of one shard.
pub struct Sfu {
    pub(crate) config: SfuConfig,
    opener: Opener,
    dice: Dice,
    pub(crate) peers: Arena<Peer>,
    by_id: HashMap<PeerId, Key>,
    pub(crate) rooms: BTreeMap<RoomId, Room>,
    pub(crate) demux: Demux,
    pub(crate) timers: Timers,
    pub(crate) outbox: Outbox,
    pub(crate) events: VecDeque<Event>,
    /// Peers whose transport failed and that are to be closed before anything else happens.
    pub(crate) failed: Vec<(Key, Fault)>,
    ticked_at: Option<Instant>,
    pub(crate) dropped: u64,
}

/// The peers that may hear and see each other.
#[derive(Debug)]
pub(crate) struct Room {
    /// In order of arrival.
    pub members: Vec<Key>,
    pub speakers: Speakers,
    judged_at: Instant,
}

/// A peer that is let in.
struct Arrival {
    offer: PeerOffer,
    opened: Opened,
    lines: Lines,
    /// The place of the connection that it takes over.
    seat: Option<usize>,
}

/// How much one shard holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Census {
    pub peers: usize,
    pub rooms: usize,
    /// Addresses that lead to a peer.
    pub addresses: usize,
    /// ICE user fragments that lead to a peer.
    pub ufrags: usize,
    /// Timer entries, stale ones included.
    pub timers: usize,
    /// Datagrams that were dropped because they were for nobody, or of no use.
    pub dropped: u64,
}

impl Sfu {
    /// Opens an empty shard.
    pub fn new(config: SfuConfig) -> Self {
        Self {
            opener: Opener::new(&config.candidates, &config.tcp_candidates),
            dice: Dice::new(config.seed),
            config,
            peers: Arena::new(),
            by_id: HashMap::new(),
            rooms: BTreeMap::new(),
            demux: Demux::default(),
            timers: Timers::default(),
            outbox: Outbox::default(),
            events: VecDeque::new(),
            failed: Vec::new(),
            ticked_at: None,
            dropped: 0,
        }
    }

    /// Opens a connection and answers its offer. An older connection of the same participant is closed
    /// without a word, once the new one is certain.
    pub fn accept_offer(&mut self, offer: PeerOffer, now: Instant) -> Result<String, OfferError> {
        let older = self.older_peer(&offer);
        if self.peers.len() - usize::from(older.is_some()) >= self.config.peers {
            return Err(OfferError::Full);
        }
        let scanned = offer::scan(&offer.sdp)?;
        let scanned = match self.config.camera_codec.filter(|_| offer.is_page) {
            Some(wanted) => narrow(scanned, wanted)?,
            None => scanned,
        };
        // Refused before anything is built.
        up_tracks(&scanned.lines, &offer.lines)?;
        let opened = self.opener.open(&scanned, now)?;
        let lines = Lines::sort(&scanned.lines, &offer.lines, &opened.codecs, &mut self.dice)?;
        let seat = older.and_then(|older| self.close(older, now));
        let answer = opened.answer.clone();
        self.enter(Arrival { offer, opened, lines, seat }, now);
        self.work(now);
        Ok(answer)
    }

    /// Does what the rest of the server asks; what it says of unknown peers and rooms is ignored,
    /// because they may just have been lost.
    pub fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Publish { peer, microphone, camera, screen } => {
                self.publish(peer, Publishing { microphone, camera, screen }, now);
            }
            Command::Demand { peer, mut wants } => {
                wants.truncate(DEMAND_WANTS);
                if let Some(peer) = self.find_mut(peer) {
                    peer.wants = Some(wants);
                    let room = peer.room;
                    self.reassign(room, now);
                }
            }
            Command::Close { peer } => {
                if let Some(key) = self.by_id.get(&peer).copied() {
                    self.leave(key, now);
                }
            }
            Command::CloseRoom { room } => {
                let members = self.rooms.get(&room).map(|room| room.members.clone()).unwrap_or_default();
                for key in members {
                    self.close(key, now);
                }
            }
        }
        self.work(now);
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, key)) = self.timers.pop_due(now) {
            let Some(peer) = self.peers.find_mut(key) else { continue };
            if !peer.armed.fire(at) {
                continue;
            }
            if peer.transport.deadline() <= now {
                let mut port = Port { peer: key, outbox: &mut self.outbox };
                if let Err(fault) = peer.transport.handle_timeout(now, &mut port) {
                    self.failed.push((key, fault));
                }
            }
            let deadline = next_deadline(peer.transport.deadline(), now);
            self.timers.arm(&mut peer.armed, key, deadline);
        }
        self.work(now);
        if self.next_tick().is_some_and(|tick| tick <= now) {
            self.tick(now);
            self.work(now);
        }
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.outbox.transmits.pop_front()
    }

    /// The next TCP connection, by its other end, that is to be closed once what was to be sent on it is
    /// written: it leads to nobody any more.
    pub fn poll_hangup(&mut self) -> Option<SocketAddr> {
        self.demux.poll_hangup()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Sfu::handle_timeout`] is due at the latest; `None` while nobody is connected.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.next_tick().into_iter().chain(self.timers.next()).min()
    }

    /// How much the shard holds.
    pub fn census(&self) -> Census {
        let (addresses, ufrags) = self.demux.len();
        Census {
            peers: self.peers.len(),
            rooms: self.rooms.len(),
            addresses,
            ufrags,
            timers: self.timers.len(),
            dropped: self.dropped,
        }
    }

    /// What the way to a peer carries by the newest estimate, in payload bits per second.
    pub fn estimate_bps(&self, peer: PeerId) -> Option<u64> {
        Some(self.peers.find(*self.by_id.get(&peer)?)?.budget.estimate_bps())
    }

    /// Whether anybody of a room is connected.
    pub fn holds(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    /// The connection that an offer takes the place of.
    fn older_peer(&self, offer: &PeerOffer) -> Option<Key> {
        let same_id = self.by_id.get(&offer.peer).copied();
        let same_person =
            |key: &Key| self.peers.find(*key).is_some_and(|peer| peer.participant == offer.participant);
        let in_room = || self.rooms.get(&offer.room)?.members.iter().copied().find(same_person);
        same_id.or_else(in_room)
    }

    fn enter(&mut self, arrival: Arrival, now: Instant) {
        let Arrival { offer, opened, lines, seat } = arrival;
        let demux = &mut self.demux;
        let (id, room) = (offer.peer, offer.room);
        let key = self.peers.insert(|key| Peer {
            id,
            room,
            participant: offer.participant,
            transport: opened.transport,
            routes: demux.open(opened.ufrag, key),
            armed: Armed::default(),
            link: Link::Opening { until: now + HANDSHAKE },
            publishing: Publishing::default(),
            wants: None,
            undecodable: Vec::new(),
            budget: Budget::new(FIRST_ESTIMATE_BPS),
            lines,
            announced: None,
            panicked_over: None,
        });
        self.by_id.insert(id, key);
        let peers = self.rooms.entry(room).or_insert_with(|| Room {
            members: Vec::new(),
            speakers: Speakers::default(),
            judged_at: now,
        });
        let seat = seat.filter(|seat| *seat <= peers.members.len()).unwrap_or(peers.members.len());
        peers.members.insert(seat, key);
        self.ticked_at.get_or_insert(now);
        self.rearm(key);
        self.reassign(room, now);
    }

    fn publish(&mut self, peer: PeerId, publishing: Publishing, now: Instant) {
        let Some(peer) = self.find_mut(peer) else { return };
        if peer.publishing == publishing {
            return;
        }
        peer.publishing = publishing;
        if !publishing.microphone
            && let Some(up) = peer.lines.up_mut(Source::Microphone)
        {
            up.voice.mute();
        }
        let room = peer.room;
        self.reassign(room, now);
    }

    fn find_mut(&mut self, peer: PeerId) -> Option<&mut Peer> {
        self.peers.find_mut(*self.by_id.get(&peer)?)
    }

    pub(crate) fn rearm(&mut self, key: Key) {
        if let Some(peer) = self.peers.find_mut(key) {
            let deadline = peer.transport.deadline();
            self.timers.arm(&mut peer.armed, key, deadline);
        }
    }

    /// Follows up what transports reported until there is nothing left.
    pub(crate) fn work(&mut self, now: Instant) {
        loop {
            while let Some((key, fault)) = self.failed.pop() {
                let reason = match fault {
                    Fault::Violation => LostReason::Violation,
                    Fault::Panic => LostReason::Panic,
                };
                self.lose(key, reason, now);
            }
            let Some((key, event)) = self.outbox.events.pop_front() else {
                return;
            };
            // A panic costs the peer whose packet caused it. Losing it assigns its room anew from the
            // peers that are left, so nothing half done stays.
            if catch_unwind(AssertUnwindSafe(|| self.follow(key, event, now))).is_err() {
                tracing::error!("forwarding panicked");
                self.failed.push((key, Fault::Panic));
            }
        }
    }

    fn follow(&mut self, key: Key, event: TransportEvent, now: Instant) {
        match event {
            TransportEvent::Rtp(packet) => self.forward(key, packet, now),
            TransportEvent::KeyframeWanted { line } => self.pass_keyframe_wish(key, line, now),
            TransportEvent::Path(path) => {
                if let Some(peer) = self.peers.find_mut(key) {
                    peer.budget.estimate(path.estimate_bps);
                }
            }
            TransportEvent::Connected => self.connected(key, now),
            // Nothing will come from there any more, which is what a timeout would say later.
            TransportEvent::Closed => self.lose(key, LostReason::Timeout, now),
        }
    }

    fn connected(&mut self, key: Key, now: Instant) {
        if let Some(peer) = self.peers.find_mut(key) {
            peer.link = Link::Up { heard: now };
            let (room, peer, participant) = (peer.room, peer.id, peer.participant);
            self.events.push_back(Event::Connected { room, peer, participant });
            // Its slots were filled before, but nobody was asked to begin for them.
            self.serve(key, now);
            self.tick_tracks(room, now, now);
        }
    }

    fn next_tick(&self) -> Option<Instant> {
        self.ticked_at.map(|at| at + TICK)
    }

    fn tick(&mut self, now: Instant) {
        let before = self.ticked_at.replace(now).unwrap_or(now);
        let rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
        for room in rooms {
            self.drop_silent(room, now);
            self.tick_tracks(room, before, now);
            self.tick_voices(room, now);
            self.serve_due(room, now);
        }
        if self.rooms.is_empty() {
            self.ticked_at = None;
        }
    }

    fn drop_silent(&mut self, room: RoomId, now: Instant) {
        let members = self.rooms.get(&room).map(|room| room.members.clone()).unwrap_or_default();
        for key in members {
            let silent = self.peers.find(key).is_some_and(|peer| match peer.link {
                Link::Opening { until } => now >= until,
                Link::Up { heard } => now.saturating_duration_since(heard) >= SILENCE,
            });
            if silent {
                self.lose(key, LostReason::Timeout, now);
            }
        }
    }

    fn tick_voices(&mut self, id: RoomId, now: Instant) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        if now.saturating_duration_since(room.judged_at) < WINDOW {
            return;
        }
        room.judged_at = now;
        let mut voices = Vec::with_capacity(room.members.len());
        for key in &room.members {
            let Some(peer) = self.peers.find_mut(*key) else { continue };
            let participant = peer.participant;
            if let Some(up) = peer.lines.up_mut(Source::Microphone) {
                voices.push((participant, std::mem::take(&mut up.voice), *key));
            }
        }
        let judged =
            room.speakers.judge(voices.iter_mut().map(|(participant, voice, _)| (*participant, voice)));
        for (_, voice, key) in voices {
            if let Some(up) = self.peers.find_mut(key).and_then(|peer| peer.lines.up_mut(Source::Microphone))
            {
                up.voice = voice;
            }
        }
        if let Some(participants) = judged {
            self.events.push_back(Event::Speaking { room: id, participants });
        }
        self.reassign_crowded(id, now);
    }

    /// Closes a connection that failed, and says so.
    fn lose(&mut self, key: Key, reason: LostReason, now: Instant) {
        let Some(peer) = self.peers.find(key) else { return };
        let (room, peer, participant) = (peer.room, peer.id, peer.participant);
        // What it was about stands in the line before, which knows no room.
        match reason {
            LostReason::Panic => {
                tracing::error!(room.id = %room, participant.id = %participant, "A connection is given up over a bug.");
            }
            LostReason::Violation => {
                tracing::debug!(room.id = %room, participant.id = %participant, "A connection broke.");
            }
            LostReason::Timeout => {}
        }
        self.leave(key, now);
        self.events.push_back(Event::Lost { room, peer, participant, reason });
    }

    /// Closes a connection, and gives its slots to others.
    fn leave(&mut self, key: Key, now: Instant) {
        let Some(room) = self.peers.find(key).map(|peer| peer.room) else { return };
        self.close(key, now);
        self.reassign(room, now);
    }

    /// Closes a connection and forgets it; answers which place in its room it had.
    fn close(&mut self, key: Key, now: Instant) -> Option<usize> {
        let mut peer = self.peers.remove(key)?;
        // A fault while saying goodbye changes nothing any more, nor does what is said in return.
        let mut port = Port { peer: key, outbox: &mut self.outbox };
        let _ = peer.transport.close(now, &mut port);
        self.demux.close(&peer.routes, key);
        self.by_id.remove(&peer.id);
        let room = self.rooms.get_mut(&peer.room)?;
        let seat = room.members.iter().position(|member| *member == key)?;
        room.members.remove(seat);
        if room.members.is_empty() {
            self.rooms.remove(&peer.room);
        }
        Some(seat)
    }

    /// The participants of a room by connection, in order of arrival.
    pub(crate) fn members(&self, room: RoomId) -> Vec<(Key, ParticipantId)> {
        let members = self.rooms.get(&room).map(|room| room.members.as_slice()).unwrap_or_default();
        members.iter().filter_map(|key| self.peers.find(*key).map(|peer| (*key, peer.participant))).collect()
    }
}

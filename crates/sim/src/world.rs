//! A shard, its clients and a network between them, in virtual time.

use crate::client::{Client, PAGE, Packet, Shape, Size};
use crate::dice::Dice;
use crate::gauge::Gauge;
use crate::link::Link;
use crate::player::{Player, Shown};
use crate::received::Received;
use crate::skill::Skill;
use model::{Mid, ParticipantId, PeerId, RoomId, Source};
use sfu::{Command, Datagram, Event, OfferError, PeerOffer, Protocol, Sfu, SfuConfig, SlotContent, Want};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub const ROOM: u128 = 1;

/// Everything there is.
pub struct World {
    pub now: Instant,
    pub began: Instant,
    pub sfu: Sfu,
    server: SocketAddr,
    pub clients: Vec<Client>,
    /// The way of each client to the server, and back.
    pub links: Vec<Ways>,
    wire: BinaryHeap<Reverse<OnItsWay>>,
    pub dice: Dice,
    pub events: Vec<Event>,
    /// The newest mapping of each connection.
    pub slots: BTreeMap<PeerId, Vec<SlotContent>>,
    /// Every how many-th datagram gets lost; 0 for none.
    pub lose_every: usize,
    sent: usize,
    transcript: u64,
    /// What who joins from now on decodes.
    pub skill: Skill,
    /// When set, a copy of everything that is sent to the shard.
    pub tap: Option<Vec<Vec<u8>>>,
    /// When set, it sums up what the shard spends.
    pub gauge: Option<Gauge>,
}

/// Both directions of a client.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    pub up: Link,
    pub down: Link,
}

/// A datagram that will arrive; equals arrive in the order in which they were sent.
struct OnItsWay {
    at: Instant,
    number: usize,
    packet: Packet,
}

impl PartialEq for OnItsWay {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for OnItsWay {}

impl PartialOrd for OnItsWay {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OnItsWay {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

pub fn participant(number: u8) -> ParticipantId {
    ParticipantId::from_bits(u128::from(number))
}

pub fn room(number: u128) -> RoomId {
    RoomId::from_bits(number)
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    pub fn new() -> Self {
        Self::seeded(42)
    }

    /// A world in which chance follows from `seed`.
    pub fn seeded(seed: u64) -> Self {
        let server = SocketAddr::from(([10, 0, 0, 1], 7_000));
        let config = SfuConfig {
            candidates: vec![server],
            tcp_candidates: Vec::new(),
            seed,
            peers: 100,
            camera_codec: None,
        };
        let now = Instant::now();
        Self {
            now,
            began: now,
            sfu: Sfu::new(config),
            server,
            clients: Vec::new(),
            links: Vec::new(),
            wire: BinaryHeap::new(),
            dice: Dice::new(seed),
            events: Vec::new(),
            slots: BTreeMap::new(),
            lose_every: 0,
            sent: 0,
            transcript: 0,
            skill: Skill::Everything,
            tap: None,
            gauge: None,
        }
    }

    /// A world in which so many people are connected in one room.
    pub fn with_people(people: u8) -> Self {
        let mut world = Self::new();
        for number in 0..people {
            world.join(number, ROOM, PAGE).expect("an answer");
        }
        world.run(2_000);
        assert!(world.clients.iter().all(|client| client.connected), "everybody connects");
        world
    }

    /// A call in which everybody sends a camera as browsers do, and shows all others large. The first one
    /// speaks.
    pub fn call(people: u8, seed: u64) -> Self {
        let mut world = Self::seeded(seed);
        for number in 0..people {
            world.join(number, ROOM, PAGE).expect("an answer");
        }
        world.run(1_000);
        for client in 0..usize::from(people) {
            world.clients[client].size = Size::Real;
            world.clients[client].level = if client == 0 { 30 } else { 127 };
            world.publish(client, &[Source::Microphone, Source::Camera]);
            let others = (0..people).filter(|other| usize::from(*other) != client);
            let wants: Vec<_> = others.map(|other| (other, Source::Camera, 720)).collect();
            world.demand(client, &wants);
        }
        world
    }

    /// Joins as a participant; answers the client's index.
    pub fn join(&mut self, number: u8, in_room: u128, shape: Shape) -> Result<usize, OfferError> {
        let index = self.clients.len();
        let peer = PeerId::from_bits(1_000 + index as u128);
        let address = SocketAddr::from(([10, 0, 1, 1], 5_000 + index as u16));
        let mut client = Client::new((number, self.skill), peer, address, self.now);
        client.epoch = self.began;
        let sdp = client.offer(shape, self.now);
        let offer = PeerOffer {
            peer,
            room: room(in_room),
            participant: participant(number),
            sdp,
            is_page: true,
            lines: client.lines.clone(),
        };
        let answer = self.sfu.accept_offer(offer, self.now)?;
        client.accept(&answer);
        self.clients.push(client);
        self.links.push(Ways::default());
        self.settle();
        Ok(index)
    }

    pub fn command(&mut self, command: Command) {
        self.sfu.handle_command(command, self.now);
        self.settle();
    }

    /// Says and does: from now on the client sends exactly these sources.
    pub fn publish(&mut self, client: usize, sources: &[Source]) {
        let now = self.now;
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            self.clients[client].send_all(source, sources.contains(&source), now);
        }
        self.declare(client, sources);
    }

    /// Says, without doing it.
    pub fn declare(&mut self, client: usize, sources: &[Source]) {
        self.command(Command::Publish {
            peer: self.clients[client].peer,
            microphone: sources.contains(&Source::Microphone),
            camera: sources.contains(&Source::Camera),
            screen: sources.contains(&Source::Screen),
        });
    }

    pub fn demand(&mut self, client: usize, wants: &[(u8, Source, u16)]) {
        let want = |(number, source, height): &(u8, Source, u16)| Want {
            participant: participant(*number),
            source: *source,
            height: *height,
        };
        let wants = wants.iter().map(want).collect();
        self.command(Command::Demand { peer: self.clients[client].peer, wants });
    }

    pub fn inject(&mut self, source: SocketAddr, bytes: &[u8]) {
        let datagram = Datagram { protocol: Protocol::Udp, source, local: self.server, bytes };
        let began = self.gauge.as_ref().map(Gauge::begin);
        self.sfu.handle_datagram(datagram, self.now);
        if let Some((gauge, began)) = self.gauge.as_mut().zip(began) {
            gauge.end_datagram(began, bytes);
        }
        self.settle();
    }

    pub fn lose_picture(&mut self, client: usize, mid: Mid) {
        let packets = self.clients[client].lose_picture(mid, self.now);
        self.post(packets);
    }

    /// Puts datagrams of a client on the wire.
    pub fn send(&mut self, packets: Vec<Packet>) {
        self.post(packets);
    }

    /// Lets so many milliseconds pass.
    pub fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    fn next(&self) -> Option<Instant> {
        let clients = self.clients.iter().filter(|client| client.online).map(Client::next);
        let wire = self.wire.peek().map(|Reverse(first)| first.at);
        clients.chain(wire).chain(self.sfu.poll_timeout()).min()
    }

    fn step(&mut self) {
        while self.wire.peek().is_some_and(|Reverse(first)| first.at <= self.now) {
            let Reverse(first) = self.wire.pop().expect("it was there");
            self.arrive(&first.packet);
        }
        for index in 0..self.clients.len() {
            if self.clients[index].online && self.clients[index].next() <= self.now {
                let packets = self.clients[index].tick(self.now);
                self.post(packets);
            }
        }
        if self.sfu.poll_timeout().is_some_and(|at| at <= self.now) {
            let began = self.gauge.as_ref().map(Gauge::begin);
            self.sfu.handle_timeout(self.now);
            if let Some((gauge, began)) = self.gauge.as_mut().zip(began) {
                gauge.end_due(began);
            }
        }
        self.settle();
    }

    fn arrive(&mut self, packet: &Packet) {
        if packet.destination == self.server {
            if let Some(tap) = &mut self.tap {
                tap.push(packet.bytes.clone());
            }
            self.inject(packet.source, &packet.bytes);
            return;
        }
        let now = self.now;
        let online = |client: &&mut Client| client.online && client.address == packet.destination;
        let packets = self.clients.iter_mut().find(online).map(|client| client.receive(packet, now));
        self.post(packets.unwrap_or_default());
    }

    fn post(&mut self, packets: Vec<Packet>) {
        for packet in packets {
            self.sent += 1;
            self.note(&packet);
            if self.lose_every != 0 && self.sent.is_multiple_of(self.lose_every) {
                continue;
            }
            let (to_server, client) = match packet.destination == self.server {
                true => (true, packet.source),
                false => (false, packet.destination),
            };
            let index = self.clients.iter().position(|known| known.address == client);
            let mut plain = Link::default();
            let link = match index.and_then(|index| self.links.get_mut(index)) {
                Some(ways) if to_server => &mut ways.up,
                Some(ways) => &mut ways.down,
                None => &mut plain,
            };
            if let Some(at) = link.pass(packet.bytes.len(), self.now, &mut self.dice) {
                self.wire.push(Reverse(OnItsWay { at, number: self.sent, packet }));
            }
        }
    }

    fn note(&mut self, packet: &Packet) {
        let at = (self.now - self.began).as_micros() as u64;
        let ways = u64::from(packet.source.port()) << 48 | u64::from(packet.destination.port()) << 32;
        // Handshakes (RFC 7983) hold signatures, of which no seed decides how long they are.
        let is_handshake = packet.bytes.first().is_some_and(|first| (20..64).contains(first));
        let length = if is_handshake { 0 } else { packet.bytes.len() as u64 };
        for word in [at, ways | length] {
            // FNV-1a, by words.
            self.transcript = (self.transcript ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// When datagrams of which size went where, so far, as one number. What is in them is encrypted, by keys
    /// that nobody but their holders can foretell.
    pub const fn transcript(&self) -> u64 {
        self.transcript
    }

    fn settle(&mut self) {
        let mut packets = Vec::new();
        while let Some(transmit) = self.sfu.poll_transmit() {
            assert!(transmit.bytes.len() <= 1_500, "every path carries it");
            packets.push(Packet {
                source: transmit.source,
                destination: transmit.destination,
                bytes: transmit.bytes,
            });
        }
        self.post(packets);
        while let Some(event) = self.sfu.poll_event() {
            if let Event::Slots { peer, slots, .. } = &event {
                self.slots.insert(*peer, slots.clone());
            }
            if let Event::Layers { peer, camera, .. } = &event
                && let Some(client) = self.clients.iter_mut().find(|client| client.peer == *peer)
            {
                client.ask(*camera, self.now);
            }
            self.events.push(event);
        }
    }

    /// The slot of a client that carries a publication.
    pub fn slot(&self, client: usize, of: u8, source: Source) -> Option<Mid> {
        let slots = self.slots.get(&self.clients[client].peer)?;
        slots
            .iter()
            .find(|slot| slot.participant == participant(of) && slot.source == source && !slot.undecodable)
            .map(|slot| slot.mid)
    }

    /// Whether a client was told that it cannot decode a publication.
    pub fn is_undecodable(&self, client: usize, of: u8, source: Source) -> bool {
        let slots = self.slots.get(&self.clients[client].peer).map_or(&[][..], Vec::as_slice);
        slots
            .iter()
            .any(|slot| slot.undecodable && (slot.participant, slot.source) == (participant(of), source))
    }

    /// What arrived in the slot that carries a publication just now.
    pub fn heard(&self, client: usize, of: u8, source: Source) -> Vec<Received> {
        let mid = self.slot(client, of, source).expect("the publication has a slot");
        self.clients[client].received.iter().filter(|received| received.mid == mid).cloned().collect()
    }

    /// Forgets what was received so far.
    pub fn forget(&mut self) {
        for client in &mut self.clients {
            client.received.clear();
            client.heard.clear();
            client.players.values_mut().for_each(|player| player.shown.clear());
        }
    }

    /// The pictures of somebody that a client was shown since [`World::forget`], in order.
    pub fn shown(&self, client: usize, of: u8, source: Source) -> Vec<Shown> {
        let players = self.clients[client].players.values();
        let mut shown: Vec<Shown> = players
            .flat_map(|player| player.shown.iter().copied())
            .filter(|shown| (shown.label.sender, shown.label.source) == (of, source))
            .collect();
        shown.sort_by_key(|shown| shown.at);
        shown
    }

    /// How many packets of somebody's sound a client heard since [`World::forget`].
    pub fn voice(&self, client: usize, of: u8) -> usize {
        self.clients[client].heard.iter().filter(|heard| heard.sender == of).count()
    }

    /// Whether the server says that there is no room for a picture on the way to a client.
    pub fn is_paused(&self, client: usize, of: u8, source: Source) -> bool {
        let slots = self.slots.get(&self.clients[client].peer).map(Vec::as_slice).unwrap_or_default();
        slots.iter().any(|slot| slot.paused && (slot.participant, slot.source) == (participant(of), source))
    }

    /// How many pictures no decoder could show, though all their packets came, at everybody.
    pub fn broken(&self) -> usize {
        let players = self.clients.iter().flat_map(|client| client.players.values());
        players.map(|player: &Player| player.broken).sum()
    }
}

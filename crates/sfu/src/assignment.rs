//! Who is in which slot, for a whole room at once.
//!
//! Runs at human speed: when somebody comes, goes, switches a source or changes what they show, and
//! every 300 ms in rooms with more voices than audio slots. Each run is complete (from publications and
//! demands to subscriber lists), so no difference can pile up.

use crate::arena::Key;
use crate::down_track::Publication;
use crate::loudest::{self, Candidate};
use crate::offer::Kind;
use crate::peer::{Peer, SOURCES};
use crate::shard::Sfu;
use crate::slots;
use crate::transport::Codec;
use crate::up_track::{Subscriber, UpTrack};
use crate::{Event, Want};
use model::{RoomId, Source};
use std::collections::HashMap;
use std::time::Instant;

/// What is published in a room, in order of arrival.
struct Stage {
    publishers: HashMap<Publication, Key>,
    /// With what they are sent in, as far as is known.
    pictures: Vec<(Publication, Option<Codec>)>,
    voices: Vec<Candidate>,
}

impl Sfu {
    /// Assigns all slots of a room anew and announces what changed.
    pub(crate) fn reassign(&mut self, room: RoomId, now: Instant) {
        let members = self.members(room);
        let stage = self.stage(&members.iter().map(|(key, _)| *key).collect::<Vec<_>>(), now);
        for (key, _) in &members {
            if let Some(peer) = self.peers.find_mut(*key) {
                fill(peer, &stage, now);
            }
        }
        self.subscribe(&members.iter().map(|(key, _)| *key).collect::<Vec<_>>(), &stage);
        for (key, _) in members {
            self.serve(key, now);
            self.announce(key, now);
        }
    }

    /// Assigns anew if there are more voices than somebody has audio slots.
    pub(crate) fn reassign_crowded(&mut self, room: RoomId, now: Instant) {
        let members = self.members(room);
        let peers = || members.iter().filter_map(|(key, _)| self.peers.find(*key));
        let voices = peers().filter(|peer| peer.publishing.microphone).count();
        // Whoever has no slots hears nobody, however few speak.
        let slots = peers()
            .map(|peer| peer.lines.slots.iter().filter(|slot| slot.kind == Kind::Audio).count())
            .filter(|slots| *slots > 0)
            .min();
        if slots.is_some_and(|slots| voices > slots) {
            self.reassign(room, now);
        }
    }

    fn stage(&self, members: &[Key], now: Instant) -> Stage {
        let mut stage = Stage { publishers: HashMap::new(), pictures: Vec::new(), voices: Vec::new() };
        for key in members {
            let Some(peer) = self.peers.find(*key) else { continue };
            for publication in peer.publications() {
                stage.publishers.insert(publication, *key);
                match publication.source {
                    Source::Microphone => {
                        let voice = peer.lines.up(Source::Microphone).map(|up| up.voice.loudness(now));
                        stage.voices.push(Candidate { publication, loudness: voice.unwrap_or(0) });
                    }
                    Source::Camera | Source::Screen => {
                        let codec = peer.lines.up(publication.source).and_then(UpTrack::codec);
                        stage.pictures.push((publication, codec));
                    }
                }
            }
        }
        stage
    }

    /// Tells every track which slots carry it.
    fn subscribe(&mut self, members: &[Key], stage: &Stage) {
        for key in members {
            let Some(peer) = self.peers.find_mut(*key) else { continue };
            for source in SOURCES {
                if let Some(up) = peer.lines.up_mut(source) {
                    up.subscribers.clear();
                }
            }
        }
        for key in members {
            let slots = self.peers.find(*key).map(|peer| peer.lines.slots.len()).unwrap_or(0);
            for slot in 0..slots {
                let content = self.peers.find(*key).and_then(|peer| peer.lines.slots[slot].content());
                let Some(content) = content else { continue };
                let publisher = stage.publishers.get(&content).copied();
                if let Some(peer) = self.peers.find_mut(*key) {
                    peer.lines.slots[slot].publisher = publisher;
                }
                let publisher = publisher.and_then(|key| self.peers.find_mut(key));
                if let Some(up) = publisher.and_then(|peer| peer.lines.up_mut(content.source)) {
                    up.subscribers.push(Subscriber { peer: *key, slot });
                }
            }
        }
    }

    /// Says what a subscriber's slots carry, if that changed.
    pub(crate) fn announce(&mut self, key: Key, now: Instant) {
        let Some(peer) = self.peers.find_mut(key) else { return };
        let slots = peer.mapping(now);
        if peer.announced.as_ref() == Some(&slots) {
            return;
        }
        peer.announced = Some(slots.clone());
        let (room, peer, participant) = (peer.room, peer.id, peer.participant);
        self.events.push_back(Event::Slots { room, peer, participant, slots });
    }
}

/// What a subscriber wants of some pictures, in its order; all of them before it says anything.
fn wanted(peer: &Peer, pictures: &[&(Publication, Option<Codec>)]) -> Vec<Publication> {
    let Some(wants) = &peer.wants else { return pictures.iter().map(|(picture, _)| *picture).collect() };
    let wanted = wants
        .iter()
        .map(|Want { participant, source, .. }| Publication { participant: *participant, source: *source });
    wanted.filter(|wanted| pictures.iter().any(|(picture, _)| picture == wanted)).collect()
}

/// Fills the slots of one subscriber; it never gets what it sends itself, nor what it cannot decode.
fn fill(peer: &mut Peer, stage: &Stage, now: Instant) {
    let others = |publication: &Publication| publication.participant != peer.participant;
    let heard = |publication: &Publication| others(publication) && peer.hears(publication.participant);
    let voices: Vec<Candidate> =
        stage.voices.iter().filter(|voice| heard(&voice.publication)).copied().collect();
    let pictures = stage.pictures.iter().filter(|(picture, _)| others(picture));
    let (shown, undecodable): (Vec<_>, Vec<_>) = pictures.partition(|(_, codec)| peer.lines.shows(*codec));
    let pictures = wanted(peer, &shown);
    peer.undecodable = wanted(peer, &undecodable);
    let voices = loudest::choose(&peer.contents(Kind::Audio), &voices, now);
    let current: Vec<Option<Publication>> =
        peer.contents(Kind::Video).iter().map(|held| held.map(|held| held.publication)).collect();
    let pictures = slots::assign(&current, &pictures);
    peer.assign(Kind::Audio, &voices, now);
    peer.assign(Kind::Video, &pictures, now);
    for index in 0..peer.lines.slots.len() {
        if let Some(content) = peer.lines.slots[index].content() {
            let (height, place) = peer.wanted(content);
            let slot = &mut peer.lines.slots[index];
            (slot.wanted, slot.place) = (height, place);
        }
    }
}

//! The way of one packet: from a source, through its track, into every slot that carries it.
//!
//! Nothing here allocates: subscribers are a list kept by the track, and the payload is shared. Only
//! VP9's is copied, once, because its descriptor is cut down. What str0m keeps of AV1's descriptor allocates
//! behind this, decision 33.
//!
//! Keyframes: a slot that begins or changes its layer wishes for one, and so does a subscriber that
//! lost its picture; `keyframe` decides when the publisher is asked.

use crate::Event;
use crate::arena::Key;
use crate::down_track::Incoming;
use crate::picture::Picture;
use crate::shard::Sfu;
use crate::transport::{Codec, Fault, Port, RtpIn, Sending};
use crate::up_track::{Subscriber, UpTrack};
use model::{RoomId, Source};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// A source of a peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track {
    pub publisher: Key,
    pub source: Source,
}

impl Sfu {
    /// Sends a packet to all who are shown its track.
    pub(crate) fn forward(&mut self, publisher: Key, mut packet: RtpIn, now: Instant) {
        let Some(peer) = self.peers.find_mut(publisher) else { return };
        let Some(source) = peer.lines.source(packet.line) else { return };
        if !peer.publishing.has(source) {
            return;
        }
        let Some(up) = peer.lines.up_mut(source) else { return };
        let Some(picture) = read(source, &packet, up) else { return };
        let seen = up.see(&packet, picture, now);
        if let (Source::Microphone, Some(level)) = (source, packet.level) {
            up.voice.hear(level, now);
        }
        let track = Track { publisher, source };
        if seen.layer_began && source != Source::Microphone {
            self.retarget(track, now);
        } else if seen.height_changed {
            self.stir(track);
        }
        if seen.stream_restarted && source != Source::Microphone {
            self.wish_keyframe(track, packet.layer, now);
        }
        let subscribers = self.take_subscribers(track);
        if !subscribers.is_empty()
            && let Some(bare) = picture.and_then(|picture| picture.bare(&packet.payload))
        {
            packet.payload = bare;
        }
        for subscriber in &subscribers {
            let incoming = Incoming { publisher, packet: &packet, picture };
            if catch_unwind(AssertUnwindSafe(|| self.deliver(*subscriber, incoming, now))).is_err() {
                tracing::error!("delivering panicked");
                // Over a bug of one viewer's own nobody else misses the packet.
                if self.blame(publisher, subscriber.peer) == publisher {
                    break;
                }
            }
        }
        self.put_subscribers(track, subscribers);
    }

    /// Who is lost for a panic between two peers: the packet may be to blame, so it is the one who sent it. A
    /// subscriber who panics over the packets of two is to blame themselves, or it would put out everybody
    /// who speaks.
    fn blame(&mut self, publisher: Key, subscriber: Key) -> Key {
        let sender = self.peers.find_mut(publisher).map(|peer| peer.participant);
        let before = match (self.peers.find_mut(subscriber), sender) {
            (Some(peer), Some(sender)) => peer.panicked_over.replace(sender),
            _ => None,
        };
        // Whoever comes back on a new connection is still the same sender.
        let is_second = before.is_some() && before != sender;
        let lost = if is_second { subscriber } else { publisher };
        self.failed.push((lost, Fault::Panic));
        lost
    }

    fn deliver(&mut self, subscriber: Subscriber, incoming: Incoming<'_>, now: Instant) {
        let Some(peer) = self.peers.find_mut(subscriber.peer).filter(|peer| peer.is_up()) else { return };
        let Some(slot) = peer.lines.slots.get_mut(subscriber.slot) else { return };
        let Some(out) = slot.forward(incoming, now) else { return };
        let mut port = Port { peer: subscriber.peer, outbox: &mut self.outbox };
        match peer.transport.send(out, now, &mut port) {
            Ok(Sending::Sent) => {}
            Ok(Sending::Clogged) => {
                slot.break_off();
                peer.budget.clogged(now);
                let line = slot.line;
                self.forget(subscriber.peer, line, now);
                return;
            }
            Err(fault) => self.failed.push((subscriber.peer, fault)),
        }
        let deadline = peer.transport.deadline();
        self.timers.arm(&mut peer.armed, subscriber.peer, deadline);
    }

    /// Serves all subscribers of a track anew: there are other layers to choose from.
    fn retarget(&mut self, track: Track, now: Instant) {
        let subscribers = self.up(track).map(|up| up.subscribers.clone()).unwrap_or_default();
        for subscriber in subscribers {
            self.serve(subscriber.peer, now);
        }
    }

    /// Has all subscribers of a track served anew with the next tick: a peer whose pictures change their size
    /// with every packet must not cost more than that.
    fn stir(&mut self, track: Track) {
        let subscribers = self.take_subscribers(track);
        for subscriber in &subscribers {
            if let Some(peer) = self.peers.find_mut(subscriber.peer) {
                peer.budget.stir();
            }
        }
        self.put_subscribers(track, subscribers);
    }

    /// A subscriber cannot decode what one of its slots carries.
    pub(crate) fn pass_keyframe_wish(&mut self, subscriber: Key, line: usize, now: Instant) {
        let Some(peer) = self.peers.find(subscriber) else { return };
        let Some(slot) = peer.lines.slots.iter().find(|slot| slot.line == line) else { return };
        let Some((content, layer)) = slot.content().zip(slot.layer().or(slot.target())) else { return };
        let members = self.members(peer.room);
        if let Some((publisher, _)) = members.into_iter().find(|(_, who)| *who == content.participant) {
            self.wish_keyframe(Track { publisher, source: content.source }, layer, now);
        }
    }

    /// What a room's tracks need as time passes: other layers for those that stopped, and keyframes
    /// that did not come.
    pub(crate) fn tick_tracks(&mut self, room: RoomId, before: Instant, now: Instant) {
        let mut others_decode_it = false;
        for (publisher, _) in self.members(room) {
            for source in [Source::Camera, Source::Screen] {
                let track = Track { publisher, source };
                others_decode_it |= self.up_mut(track).is_some_and(UpTrack::take_codec_change);
                if self.up(track).is_some_and(|up| up.stalled_since(before, now)) {
                    self.retarget(track, now);
                }
                self.tick_keyframes(track, now);
                if source == Source::Camera {
                    self.tick_layers(track, now);
                }
            }
        }
        if others_decode_it {
            self.reassign(room, now);
        }
    }

    /// Tells a peer which layers of its camera it need not send.
    fn tick_layers(&mut self, track: Track, now: Instant) {
        let Some(up) = self.up(track) else { return };
        let mut needed = 0_u8;
        for subscriber in &up.subscribers {
            let peer = self.peers.find(subscriber.peer);
            let Some(slot) = peer.and_then(|peer| peer.lines.slots.get(subscriber.slot)) else { continue };
            let served = slot.target().into_iter().chain(slot.layer());
            served.for_each(|layer| needed |= 1 << layer.min(7));
        }
        let Some(peer) = self.peers.find_mut(track.publisher).filter(|peer| peer.publishing.camera) else {
            return;
        };
        let Some(camera) = peer.lines.up_mut(track.source).and_then(|up| up.ask(needed, now)) else { return };
        let (room, peer, participant) = (peer.room, peer.id, peer.participant);
        self.events.push_back(Event::Layers { room, peer, participant, camera });
    }

    fn tick_keyframes(&mut self, track: Track, now: Instant) {
        let subscribers = self.take_subscribers(track);
        let mut due = [false; crate::config::SDP_RIDS];
        for subscriber in &subscribers {
            let peer = self.peers.find(subscriber.peer).filter(|peer| peer.is_up());
            let Some(slot) = peer.and_then(|peer| peer.lines.slots.get(subscriber.slot)) else { continue };
            if let Some(layer) = slot.target().filter(|_| slot.awaits_keyframe())
                && self.up_mut(track).is_some_and(|up| up.keep_wishing(layer, now))
            {
                due[layer] = true;
            }
        }
        let polled = self.up_mut(track).map(|up| up.poll_keyframes(now));
        for layer in polled.into_iter().flatten() {
            due[layer] = true;
        }
        self.put_subscribers(track, subscribers);
        for (layer, _) in due.iter().enumerate().filter(|(_, due)| **due) {
            self.ask_keyframe(track, layer, now);
        }
    }

    pub(crate) fn wish_keyframe(&mut self, track: Track, layer: usize, now: Instant) {
        if self.up_mut(track).is_some_and(|up| up.wish_keyframe(layer, now)) {
            self.ask_keyframe(track, layer, now);
        }
    }

    fn ask_keyframe(&mut self, track: Track, layer: usize, now: Instant) {
        let Some(peer) = self.peers.find_mut(track.publisher) else { return };
        let Some(line) = peer.lines.up(track.source).map(|up| up.line) else { return };
        let mut port = Port { peer: track.publisher, outbox: &mut self.outbox };
        if let Err(fault) = peer.transport.request_keyframe((line, layer), now, &mut port) {
            self.failed.push((track.publisher, fault));
        }
        let deadline = peer.transport.deadline();
        self.timers.arm(&mut peer.armed, track.publisher, deadline);
    }

    pub(crate) fn up(&self, track: Track) -> Option<&UpTrack> {
        self.peers.find(track.publisher)?.lines.up(track.source)
    }

    fn up_mut(&mut self, track: Track) -> Option<&mut UpTrack> {
        self.peers.find_mut(track.publisher)?.lines.up_mut(track.source)
    }

    /// The subscribers of a track, taken out so that they can be walked while peers change; nothing
    /// in between adds any.
    fn take_subscribers(&mut self, track: Track) -> Vec<Subscriber> {
        self.up_mut(track).map(|up| std::mem::take(&mut up.subscribers)).unwrap_or_default()
    }

    fn put_subscribers(&mut self, track: Track, subscribers: Vec<Subscriber>) {
        if let Some(up) = self.up_mut(track) {
            up.subscribers = subscribers;
        }
    }
}

/// What a packet says of its picture, nothing for sound; `None` if it is not what its source sends.
///
/// A packet without payload is padding. It passes, so that its number is not taken for a loss.
fn read(source: Source, packet: &RtpIn, up: &mut UpTrack) -> Option<Option<Picture>> {
    match (source, packet.codec) {
        (Source::Microphone, Codec::Opus) => Some(None),
        (Source::Microphone, _) | (_, Codec::Opus) => None,
        _ if packet.payload.is_empty() => Some(None),
        _ => Picture::read(packet.codec, &packet.payload, up.describe(packet)?).map(Some),
    }
}

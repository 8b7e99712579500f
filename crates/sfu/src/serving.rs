//! From which layer each picture of a subscriber is served: its slots in, its budget applied.
//!
//! Runs when a subscriber's slots or sizes change, when a layer comes or goes, when its way gets worse, and
//! twice a second besides, because rates change. Each subscriber is served by its own way alone, so nobody's
//! bad network lowers anybody else's picture.
//!
//! The order of importance: screens, then the larger picture, then who speaks, then the order of the
//! subscriber's demand.

use crate::allocation::{Allocation, Claim};
use crate::arena::Key;
use crate::budget::Load;
use crate::config::SDP_RIDS;
use crate::down_track::Publication;
use crate::forward::Track;
use crate::offer::Kind;
use crate::shard::Sfu;
use crate::transport::{Aim, Port};
use model::{ParticipantId, RoomId, Source};
use std::cmp::Reverse;
use std::time::Instant;

/// A picture of a subscriber, and where it comes from.
struct Shown {
    slot: usize,
    track: Track,
    claim: Claim,
    /// Whether anybody sends it at all.
    is_sent: bool,
    /// What flows just now costs, which may be a layer that is on its way out.
    flowing_bps: u64,
}

impl Sfu {
    /// Serves one subscriber anew.
    pub(crate) fn serve(&mut self, subscriber: Key, now: Instant) {
        if !self.peers.find(subscriber).is_some_and(|peer| peer.is_up()) {
            return;
        }
        let mut shown = self.shown(subscriber, now);
        let sound_bps = self.sound_bps(subscriber, now);
        let mut claims: Vec<Claim> = shown.iter().map(|shown| shown.claim).collect();
        let Some(peer) = self.peers.find_mut(subscriber) else { return };
        let flowing_bps = sound_bps + shown.iter().map(|shown| shown.flowing_bps).sum::<u64>();
        let load = Load { sound_bps, flowing_bps };
        let allocation = peer.budget.share(load, &mut claims, now);
        shown.iter_mut().zip(claims).for_each(|(shown, claim)| shown.claim = claim);
        for (track, layer) in self.apply(subscriber, &shown, &allocation, now) {
            self.wish_keyframe(track, layer, now);
        }
        let wish_bps = sound_bps + allocation.next_bps;
        let fill_bps = if allocation.lacks { wish_bps } else { 0 };
        self.aim(subscriber, Aim { wish_bps, fill_bps, push: allocation.push }, now);
    }

    /// Serves everybody of a room whose turn it is.
    pub(crate) fn serve_due(&mut self, room: RoomId, now: Instant) {
        for (key, _) in self.members(room) {
            if self.peers.find(key).is_some_and(|peer| peer.budget.is_due(now)) {
                self.serve(key, now);
                self.announce(key, now);
            }
        }
    }

    /// The pictures of a subscriber, most important first.
    fn shown(&self, subscriber: Key, now: Instant) -> Vec<Shown> {
        let Some(peer) = self.peers.find(subscriber) else { return Vec::new() };
        let speaking = self.rooms.get(&peer.room).map(|room| room.speakers.announced()).unwrap_or_default();
        let mut shown = Vec::with_capacity(peer.lines.slots.len());
        for (index, slot) in peer.lines.slots.iter().enumerate() {
            let Some((content, publisher)) = slot.content().zip(slot.publisher) else { continue };
            if slot.kind == Kind::Audio {
                continue;
            }
            let track = Track { publisher, source: content.source };
            let Some(up) = self.up(track) else { continue };
            let claim = Claim::new(up.steps(slot.wanted, now), slot.step(), slot.is_paused());
            let rank = rank(content, (slot.wanted, slot.place), speaking);
            let flowing_bps = slot.flowing().map_or(0, |flowing| up.bps(flowing, now));
            shown.push((
                rank,
                Shown { slot: index, track, claim, is_sent: claim.step(0).is_some(), flowing_bps },
            ));
        }
        shown.sort_by_key(|(rank, _)| *rank);
        shown.into_iter().map(|(_, shown)| shown).collect()
    }

    /// What the voices in a subscriber's slots carry.
    fn sound_bps(&self, subscriber: Key, now: Instant) -> u64 {
        let Some(peer) = self.peers.find(subscriber) else { return 0 };
        let voices = peer.lines.slots.iter().filter(|slot| slot.kind == Kind::Audio);
        let tracks = voices.filter_map(|slot| slot.publisher);
        tracks
            .filter_map(|publisher| self.up(Track { publisher, source: Source::Microphone }))
            .map(|up| up.voice_bps(now))
            .sum()
    }

    /// Sets the slots as they were shared out; answers the layers of which a keyframe is needed.
    fn apply(
        &mut self,
        subscriber: Key,
        shown: &[Shown],
        allocation: &Allocation,
        now: Instant,
    ) -> Vec<(Track, usize)> {
        let mut wishes = Vec::new();
        let Some(peer) = self.peers.find_mut(subscriber) else { return wishes };
        let mut ended = Vec::new();
        for (Shown { slot, track, claim, is_sent, .. }, step) in shown.iter().zip(&allocation.steps) {
            let Some(slot) = peer.lines.slots.get_mut(*slot) else { continue };
            if claim.step(0).is_none() {
                // Held back for a while, or nobody sends it; then what flowed goes on as soon as they do.
                slot.set_paused(slot.is_paused() && *is_sent, now);
                continue;
            }
            let target = step.and_then(|step| claim.step(step)).map(|step| (step.layer, step.limit));
            let may = claim.steps().take(step.map_or(0, |step| step + 1));
            let allowed = may.fold(0_u8, |mask, step| mask | 1 << step.layer.min(SDP_RIDS));
            let changed = slot.target() != target.map(|(layer, _)| layer);
            let flowed = slot.layer().is_some();
            slot.serve(target, allowed);
            let goes_on = slot.layer().is_none_or(|layer| allowed >> layer & 1 == 1);
            if allocation.is_urgent && !goes_on {
                slot.break_off();
            }
            if flowed && slot.layer().is_none() {
                ended.push(slot.line);
            }
            slot.set_paused(target.is_none(), now);
            if let Some((layer, _)) = target.filter(|_| changed && slot.awaits_keyframe()) {
                wishes.push((*track, layer));
            }
        }
        ended.into_iter().for_each(|line| self.forget(subscriber, line, now));
        wishes
    }

    /// Lets go of what was sent in a slot that does not go on.
    pub(crate) fn forget(&mut self, subscriber: Key, line: usize, now: Instant) {
        let Some(peer) = self.peers.find_mut(subscriber).filter(|peer| peer.is_up()) else { return };
        let mut port = Port { peer: subscriber, outbox: &mut self.outbox };
        if let Err(fault) = peer.transport.forget(line, now, &mut port) {
            self.failed.push((subscriber, fault));
        }
        let deadline = peer.transport.deadline();
        self.timers.arm(&mut peer.armed, subscriber, deadline);
    }

    /// Tells congestion control what there would be to send.
    fn aim(&mut self, subscriber: Key, aim: Aim, now: Instant) {
        let Some(peer) = self.peers.find_mut(subscriber).filter(|peer| peer.is_up()) else { return };
        let Some(aim) = peer.budget.aim(aim) else { return };
        let mut port = Port { peer: subscriber, outbox: &mut self.outbox };
        if let Err(fault) = peer.transport.aim(aim, now, &mut port) {
            self.failed.push((subscriber, fault));
        }
        let deadline = peer.transport.deadline();
        self.timers.arm(&mut peer.armed, subscriber, deadline);
    }
}

/// What makes one picture more important than another: the least comes first.
fn rank(
    content: Publication,
    (wanted, place): (u16, usize),
    speaking: &[ParticipantId],
) -> (bool, Reverse<u16>, bool, usize) {
    let is_camera = content.source != Source::Screen;
    let is_silent = speaking.first() != Some(&content.participant);
    (is_camera, Reverse(wanted), is_silent, place)
}

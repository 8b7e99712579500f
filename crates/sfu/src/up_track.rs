//! What a peer sends of one source: its layers, its wishes for keyframes, and who is shown it.

use crate::allocation::Step;
use crate::arena::Key;
use crate::config::{LAYER_IDLE, LAYER_WAKES, SDP_RIDS};
use crate::dependency::{Dependencies, Descriptor};
use crate::keyframe::KeyframeWishes;
use crate::layers::{self, LayerView};
use crate::meter::Meter;
use crate::picture::Picture;
use crate::speakers::Voice;
use crate::thin::WHOLE;
use crate::transport::{Codec, Codecs, RtpIn};
use std::time::{Duration, Instant};

/// How long what a picture is sent in is believed to stay the same.
const CODEC_HOLD: Duration = Duration::from_secs(1);
/// What a voice carries that was not measured yet, in payload bits per second.
const VOICE_BPS: u64 = 40_000;
/// What a picture carries that comes in one layer only and was not measured yet, in payload bits per second.
const SINGLE_BPS: u64 = 300_000;

/// One slot that carries a track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Subscriber {
    pub peer: Key,
    pub slot: usize,
}

/// One source of one peer.
#[derive(Debug)]
pub(crate) struct UpTrack {
    pub line: usize,
    /// The layers that the peer is to send, one bit each, as it was told.
    asked: u8,
    /// What it is sent in, as far as is known, and since when it has been seen.
    codec: Option<(Codec, Option<Instant>)>,
    /// Whether others may be able to decode it than before.
    codec_changed: bool,
    layers: Vec<Layer>,
    pub voice: Voice,
    pub subscribers: Vec<Subscriber>,
}

#[derive(Debug, Default)]
struct Layer {
    last: Option<Instant>,
    stream: Option<(u32, Codec)>,
    /// What is known of the dependencies of one SSRC.
    dependencies: (u32, Dependencies),
    height: Option<u16>,
    /// Since when nobody is served from it.
    idle_since: Option<Instant>,
    /// When the peer was asked to send it again.
    woken_at: Option<Instant>,
    meter: Meter,
    /// What remains of it with only the lowest, or only the lowest two of its layers in time.
    thinned: [Meter; 2],
    /// The highest layer in time that was seen.
    highest: u8,
    keyframes: KeyframeWishes,
}

/// What a packet changed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Seen {
    /// A layer began, or began again.
    pub layer_began: bool,
    /// A layer has another height than before.
    pub height_changed: bool,
    /// The layer's decoder has to begin anew.
    pub stream_restarted: bool,
}

impl UpTrack {
    pub(crate) fn new(line: usize, layers: usize) -> Self {
        let meter = || if layers > 1 { Meter::default() } else { Meter::that_counts_silence() };
        let layer = || Layer { meter: meter(), thinned: [meter(), meter()], ..Layer::default() };
        let layers = (0..layers.max(1)).map(|_| layer()).collect();
        let (voice, subscribers) = (Voice::default(), Vec::new());
        Self { line, asked: u8::MAX, codec: None, codec_changed: false, layers, voice, subscribers }
    }

    /// Takes note of what may come, which is all that is known before anything does.
    pub(crate) fn negotiated(&mut self, codecs: Codecs) {
        self.codec = codecs.only().map(|codec| (codec, None));
    }

    /// What it is sent in, as far as is known.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec.map(|(codec, _)| codec)
    }

    /// Whether the codec has changed since this was asked last.
    pub(crate) const fn take_codec_change(&mut self) -> bool {
        std::mem::replace(&mut self.codec_changed, false)
    }

    /// Takes note of a packet's codec. Who changes it with every packet is believed once in a while, for
    /// others are told each time.
    fn see_codec(&mut self, codec: Codec, now: Instant) {
        match self.codec {
            Some((known, _)) if known == codec => {}
            Some((_, Some(since))) if now.saturating_duration_since(since) < CODEC_HOLD => {}
            _ => (self.codec, self.codec_changed) = (Some((codec, Some(now))), true),
        }
    }

    /// Reads what a packet says of its dependencies, if anything; `None` if that is nothing to be believed.
    pub(crate) fn describe(&mut self, packet: &RtpIn) -> Option<Option<Descriptor>> {
        let (Some(raw), Some(layer)) = (&packet.descriptor, self.layers.get_mut(packet.layer)) else {
            return Some(None);
        };
        let (ssrc, dependencies) = &mut layer.dependencies;
        if *ssrc != packet.ssrc {
            (*ssrc, *dependencies) = (packet.ssrc, Dependencies::default());
        }
        dependencies.read(raw.bytes(), packet.seq).map(Some)
    }

    /// Takes note of a packet.
    pub(crate) fn see(&mut self, packet: &RtpIn, picture: Option<Picture>, now: Instant) -> Seen {
        if picture.is_some() {
            self.see_codec(packet.codec, now);
        }
        let Some(layer) = self.layers.get_mut(packet.layer) else {
            return Seen::default();
        };
        let flowed = layers::flows(layer.last, now);
        layer.last = Some(now);
        layer.count(packet.payload.len(), picture, now);
        let stream = (packet.ssrc, packet.codec);
        let restarted = layer.stream.is_some_and(|known| known != stream);
        layer.stream = Some(stream);
        if restarted {
            layer.highest = 0;
        }
        let height = picture.and_then(Picture::keyframe);
        let grew = height.is_some() && height != layer.height;
        if height.is_some() {
            layer.height = height;
            layer.keyframes.settle();
        }
        Seen { layer_began: !flowed, height_changed: grew, stream_restarted: restarted }
    }

    /// Takes note of silence; answers whether a layer stopped since `before`.
    pub(crate) fn stalled_since(&self, before: Instant, now: Instant) -> bool {
        self.layers.iter().any(|layer| layers::flows(layer.last, before) && !layers::flows(layer.last, now))
    }

    /// What serves a picture of the wanted height, lowest first, with what it costs: fewer pictures of a
    /// layer come before all of them, and both before a higher layer.
    pub(crate) fn steps(&self, wanted: u16, now: Instant) -> impl Iterator<Item = Step> {
        let mut views = [LayerView::default(); SDP_RIDS];
        for (index, (view, layer)) in views.iter_mut().zip(&self.layers).enumerate() {
            let flows = layers::flows(layer.last, now) || self.can_wake(index, now);
            *view = LayerView { flows, height: layer.height };
        }
        // A single layer is known to exist before it flows.
        if let [_] = self.layers.as_slice() {
            views[0].flows = true;
        }
        let count = self.layers.len().min(views.len());
        layers::ladder(&views[..count], wanted).flat_map(move |layer| self.ways(layer, now))
    }

    /// The ways to serve one layer, the thinnest first.
    fn ways(&self, layer: usize, now: Instant) -> impl Iterator<Item = Step> {
        let whole = self.bps((layer, WHOLE), now);
        let highest = self.layers.get(layer).map_or(0, |layer| layer.highest);
        let thinner = (0..highest).filter_map(move |limit| {
            let bps = self.layers.get(layer)?.thinned.get(usize::from(limit))?.bps(now)?;
            // What saves next to nothing is not worth a change.
            (bps * 10 < whole * 9).then_some(Step { layer, limit, bps })
        });
        thinner.chain([Step::whole(layer, whole)])
    }

    /// Whether a layer is not sent because nobody wanted it, so may be asked for, or was asked for just now.
    /// Only what has flowed is ever not wanted; its height may be unknown, if its keyframe got lost.
    fn can_wake(&self, index: usize, now: Instant) -> bool {
        let Some(layer) = self.layers.get(index) else { return false };
        let woken = layer.woken_at.is_some_and(|at| now.saturating_duration_since(at) < LAYER_WAKES);
        self.asked >> index & 1 == 0 || woken
    }

    /// Takes note of which layers anybody is served from, one bit each; answers what the peer is to send, if
    /// that changed. The lowest one is always sent, so that whoever comes begins at once.
    pub(crate) fn ask(&mut self, needed: u8, now: Instant) -> Option<u8> {
        if self.layers.len() < 2 {
            return None;
        }
        let lowest = self.steps(0, now).next().map_or(0, |step| step.layer);
        let before = self.asked;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let bit = 1_u8 << index.min(7);
            if needed & bit != 0 || index == lowest {
                layer.idle_since = None;
                if self.asked & bit == 0 {
                    self.asked |= bit;
                    layer.woken_at = Some(now);
                }
            } else if layers::flows(layer.last, now) {
                let idle = now.saturating_duration_since(*layer.idle_since.get_or_insert(now));
                if idle >= LAYER_IDLE {
                    self.asked &= !bit;
                }
            }
        }
        (self.asked != before).then_some(self.asked)
    }

    /// What a layer carries up to one in time, measured or else guessed, in payload bits per second.
    pub(crate) fn bps(&self, (layer, limit): (usize, u8), now: Instant) -> u64 {
        let known = self.layers.get(layer);
        let thinned = known.filter(|layer| limit < layer.highest);
        if let Some(bps) = thinned.and_then(|layer| layer.thinned.get(usize::from(limit))?.bps(now)) {
            return bps;
        }
        let guess = match self.layers.as_slice() {
            // Whether it fits can only be found out by sending it.
            [_] => SINGLE_BPS,
            _ => layers::nominal_bps(layer, known.and_then(|layer| layer.height)),
        };
        known.and_then(|layer| layer.meter.bps(now)).unwrap_or(guess)
    }

    /// What a voice carries, in payload bits per second; nothing while it is silent.
    pub(crate) fn voice_bps(&self, now: Instant) -> u64 {
        let flowing = self.layers.first().filter(|layer| layers::flows(layer.last, now));
        flowing.map_or(0, |layer| layer.meter.bps(now).unwrap_or(VOICE_BPS))
    }

    /// Somebody needs a keyframe of a layer. Answers whether to ask the peer now.
    pub(crate) fn wish_keyframe(&mut self, layer: usize, now: Instant) -> bool {
        self.layers.get_mut(layer).is_some_and(|layer| layer.keyframes.wish(now))
    }

    /// A slot waits for a keyframe of a layer, whatever was asked before. Answers whether to ask now.
    pub(crate) fn keep_wishing(&mut self, layer: usize, now: Instant) -> bool {
        let unasked = |layer: &&mut Layer| layers::flows(layer.last, now) && !layer.keyframes.is_open();
        self.layers.get_mut(layer).filter(unasked).is_some_and(|layer| layer.keyframes.wish(now))
    }

    /// The layers of which the peer has to be asked for a keyframe now, one bit each. A layer that
    /// does not flow is not asked: its next packet will be the start of a keyframe or be asked for.
    pub(crate) fn poll_keyframes(&mut self, now: Instant) -> impl Iterator<Item = usize> + use<> {
        let mut due = 0_u8;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            if layers::flows(layer.last, now) && layer.keyframes.poll(now) {
                due |= 1 << index;
            }
        }
        (0..8).filter(move |index| due >> index & 1 == 1)
    }
}

impl Layer {
    fn count(&mut self, bytes: usize, picture: Option<Picture>, now: Instant) {
        self.meter.count(bytes, now);
        let temporal = picture.and_then(Picture::in_time).map_or(0, |in_time| in_time.layer);
        self.highest = self.highest.max(temporal);
        for (limit, meter) in (0_u8..).zip(&mut self.thinned) {
            meter.count(if temporal <= limit { bytes } else { 0 }, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vp8::Vp8;

    fn packet(layer: usize) -> RtpIn {
        RtpIn {
            line: 0,
            layer,
            ssrc: layer as u32,
            seq: 1,
            time: 0,
            marker: true,
            codec: Codec::Vp8,
            payload: vec![0; 100].into(),
            level: None,
            rotation: None,
            descriptor: None,
            report: None,
        }
    }

    #[test]
    fn a_layer_whose_only_keyframe_got_lost_is_asked_for_again() {
        let (mut track, start) = (UpTrack::new(0, 3), Instant::now());
        let vp8 = |keyframe| Some(Picture::Vp8(Vp8 { keyframe, ..Vp8::default() }));
        let mut now = start;
        while now < start + 2 * LAYER_IDLE {
            track.see(&packet(0), vp8(Some(180)), now);
            track.see(&packet(1), vp8(Some(360)), now);
            if track.asked >> 2 & 1 == 1 {
                // The start of its keyframe never came, so nobody knows how high it is.
                track.see(&packet(2), vp8(None), now);
            }
            track.ask(0b011, now);
            now += Duration::from_millis(100);
        }
        assert_eq!(track.asked & 0b111, 0b011, "nobody is served from the third");
        let offered: Vec<usize> = track.steps(720, now).map(|step| step.layer).collect();
        assert_eq!(offered, [0, 1, 2]);
        assert_eq!(track.ask(0b111, now).map(|asked| asked & 0b111), Some(0b111));
    }
}

//! Pictures that are left out to save bandwidth, and the numbers of those that stay.
//!
//! ```text
//! layer      0  2  1  2  0  2  1  2        limit 1: nobody refers to what is left out
//! in         1  2  3  4  5  6  7  8
//! out        1  -  2  -  3  -  4  -
//! ```
//!
//! Pictures of VP8 and VP9 have a layer in time (RFC 7741 and RFC 9628, section 4.2: TID), and so have those
//! of AV1 with a dependency descriptor. No picture
//! refers to one of a higher layer, so all above a limit can be left out. The limit falls with the beginning
//! of any picture. It rises at a keyframe; of VP8 by one layer with a picture of the next one that refers to
//! layer 0 alone (the bit Y); of VP9 wholly with a picture that passes and behind which no higher layer
//! refers to what was left out before it (the bit U).
//!
//! What is left out leaves no gap in sequence numbers and VP8's picture ids; TL0PICIDX counts layer 0 only,
//! so it has none. Which picture a missing packet is of is not known: its number is kept free. If it turns
//! up and is to be left out, it goes as padding under that number, for a receiver would ask for it again and
//! again.
//!
//! Invariant: between two changes, numbers that go out are those that came in less a constant, and that
//! constant never falls; so no number is used twice.

use crate::picture::{InTime, Picture, Up};
use crate::transport::RtpIn;
use std::collections::VecDeque;

/// The limit above which nothing lies: TID has two bits in VP8, and three in VP9 and AV1.
pub(crate) const WHOLE: u8 = 7;
/// How many changes are remembered for packets that come late; those that are older are dropped.
const PAST: usize = 64;

/// What holds from one packet on.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The number of that packet, as it came in.
    from: u64,
    limit: u8,
    left_out: LeftOut,
}

/// How much was left out before.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct LeftOut {
    pub packets: u64,
    pub pictures: u16,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    Passes(LeftOut),
    /// It is left out, but its number was kept free.
    Padding(LeftOut),
    /// It is left out.
    Nothing,
}

/// Leaves pictures out of one stream at a time.
#[derive(Debug)]
pub(crate) struct Thinner {
    wanted: u8,
    newest: u64,
    /// The time stamp of the picture that was left out last.
    last: Option<u32>,
    stretches: VecDeque<Stretch>,
}

impl Thinner {
    pub(crate) const fn new() -> Self {
        Self { wanted: WHOLE, newest: 0, last: None, stretches: VecDeque::new() }
    }

    /// Sets the highest layer that is to pass.
    pub(crate) const fn want(&mut self, limit: u8) {
        self.wanted = limit;
    }

    /// The highest layer that passes of the picture which a packet is of.
    pub(crate) fn limit_at(&self, seq: u64) -> u8 {
        let stretch = self.stretches.iter().rfind(|stretch| stretch.from <= seq);
        stretch.map_or(WHOLE, |stretch| stretch.limit)
    }

    /// Another stream begins, with a keyframe.
    pub(crate) fn begin(&mut self, seq: u64) {
        self.stretches.clear();
        (self.newest, self.last) = (seq, None);
        self.stretches.push_back(Stretch { from: seq, limit: self.wanted, left_out: LeftOut::default() });
    }

    /// Decides about a packet of the stream.
    pub(crate) fn pass(&mut self, packet: &RtpIn, picture: Option<Picture>) -> Fate {
        let Some(index) = self.stretches.iter().rposition(|stretch| stretch.from <= packet.seq) else {
            return Fate::Nothing;
        };
        let in_time = picture.and_then(Picture::in_time).unwrap_or_default();
        let layer = in_time.layer;
        let stretch = self.stretches[index];
        if packet.seq < self.newest {
            let passes = layer <= stretch.limit;
            return if passes { Fate::Passes(stretch.left_out) } else { Fate::Padding(stretch.left_out) };
        }
        self.newest = packet.seq;
        let limit = if in_time.begins { self.limit(stretch.limit, in_time) } else { stretch.limit };
        if limit != stretch.limit {
            self.push(Stretch { from: packet.seq, limit, ..stretch });
        }
        if layer <= limit {
            return Fate::Passes(stretch.left_out);
        }
        let LeftOut { packets, pictures } = stretch.left_out;
        let is_new = self.last.replace(packet.time) != Some(packet.time);
        let left_out = LeftOut { packets: packets + 1, pictures: pictures.wrapping_add(u16::from(is_new)) };
        // The first of its stretch is its last, too.
        self.stretches.pop_back_if(|newest| newest.from == packet.seq);
        self.push(Stretch { from: packet.seq + 1, limit, left_out });
        Fate::Nothing
    }

    /// The limit from the beginning of a picture on.
    fn limit(&self, limit: u8, picture: InTime) -> u8 {
        match picture.up {
            _ if self.wanted <= limit || picture.is_keyframe => self.wanted,
            Up::This if picture.layer == limit + 1 => picture.layer,
            // All that those behind it refer to has passed, or will.
            Up::Behind if picture.layer <= limit => self.wanted,
            Up::This | Up::Behind | Up::Unknown => limit,
        }
    }

    fn push(&mut self, stretch: Stretch) {
        if self.stretches.len() == PAST {
            self.stretches.pop_front();
        }
        self.stretches.push_back(stretch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Codec, Vp8Numbers};
    use crate::vp8::{Temporal, Vp8};
    use crate::vp9::{self, Vp9};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// A picture as its encoder made it.
    #[derive(Clone, Debug)]
    struct Drawn {
        layer: u8,
        sync: bool,
        packets: u64,
    }

    /// One packet of an encoder: which picture it is of, its number, and what its descriptor says.
    #[derive(Clone, Copy, Debug)]
    struct Packet {
        picture: usize,
        seq: u64,
        vp8: Vp8,
    }

    fn rtp(packet: Packet) -> RtpIn {
        RtpIn {
            line: 0,
            layer: 0,
            ssrc: 1,
            seq: packet.seq,
            time: packet.picture as u32 * 3_000,
            marker: false,
            codec: Codec::Vp8,
            payload: [0; 4].into(),
            level: None,
            rotation: None,
            descriptor: None,
            report: None,
        }
    }

    fn packets(pictures: &[Drawn]) -> Vec<Packet> {
        let mut seq = 100;
        let mut packets = Vec::new();
        for (picture, drawn) in pictures.iter().enumerate() {
            for part in 0..drawn.packets {
                let vp8 = Vp8 {
                    numbers: Vp8Numbers { picture: Some(picture as u16), ..Vp8Numbers::default() },
                    long_picture: true,
                    temporal: Some(Temporal { id: drawn.layer, sync: drawn.sync }),
                    begins: part == 0,
                    keyframe: (picture == 0 && part == 0).then_some(360),
                };
                packets.push(Packet { picture, seq, vp8 });
                seq += 1;
            }
        }
        packets
    }

    /// The picture that each refers to: the newest of layer 0, or without a sync of its own layer or below.
    fn references(pictures: &[Drawn]) -> Vec<Option<usize>> {
        let newest =
            |before: usize, layer: u8| (0..before).rev().find(|index| pictures[*index].layer <= layer);
        let reference =
            |(index, drawn): (usize, &Drawn)| newest(index, if drawn.sync { 0 } else { drawn.layer });
        pictures.iter().enumerate().map(reference).collect()
    }

    /// What went out: numbers, and of each picture that passed how many packets and which id.
    #[derive(Debug, Default)]
    struct Out {
        numbers: BTreeSet<u64>,
        pictures: BTreeMap<usize, (u64, u16)>,
    }

    /// Gives packets in their order; each time the limit may be another.
    fn run(packets: &[Packet], limits: &[(usize, u8)]) -> Out {
        let mut thinner = Thinner::new();
        thinner.begin(100);
        let mut out = Out::default();
        for (index, packet) in packets.iter().enumerate() {
            if let Some((_, limit)) = limits.iter().find(|(at, _)| *at == index) {
                thinner.want(*limit);
            }
            let left_out = match thinner.pass(&rtp(*packet), Some(Picture::Vp8(packet.vp8))) {
                Fate::Passes(left_out) => {
                    let id = packet.vp8.numbers.picture.expect("an id") - left_out.pictures;
                    let picture = out.pictures.entry(packet.picture).or_insert((0, id));
                    assert_eq!(picture.1, id, "a picture has one id");
                    picture.0 += 1;
                    left_out
                }
                Fate::Padding(left_out) => left_out,
                Fate::Nothing => continue,
            };
            assert!(out.numbers.insert(packet.seq - left_out.packets), "a number is used twice");
        }
        out
    }

    fn told(layers: &[(u8, bool)], limits: &[(usize, u8)]) -> String {
        let pictures: Vec<Drawn> =
            layers.iter().map(|(layer, sync)| Drawn { layer: *layer, sync: *sync, packets: 1 }).collect();
        let out = run(&packets(&pictures), limits);
        (0..layers.len()).map(|index| if out.pictures.contains_key(&index) { 'x' } else { '-' }).collect()
    }

    #[test]
    fn the_limit_falls_at_once_and_rises_where_it_can() {
        let cycle = [(0, false), (2, true), (1, true), (2, false)];
        let later = [(0, false), (2, false), (1, false), (2, false)];
        let stream = [cycle, later, later, cycle, cycle].concat();
        assert_eq!(told(&stream, &[]), "xxxxxxxxxxxxxxxxxxxx");
        assert_eq!(told(&stream, &[(1, 0)]), "x---x---x---x---x---");
        assert_eq!(told(&stream, &[(3, 1)]), "xxx-x-x-x-x-x-x-x-x-");
        // Nothing of the third cycle refers to layer 0 alone; in the fourth layer 1 does, in the fifth 2.
        assert_eq!(told(&stream, &[(4, 0), (8, WHOLE)]), "xxxxx---x---x-x-xxxx");
        assert_eq!(told(&stream, &[(4, 0), (8, 1)]), "xxxxx---x---x-x-x-x-");
    }

    /// What passes of pictures of VP9, each of one packet, given as (layer, U).
    fn told_of_vp9(pictures: &[(u8, bool)], limits: &[(usize, u8)]) -> String {
        let mut thinner = Thinner::new();
        thinner.begin(100);
        let mut fates = String::new();
        for (index, (id, up)) in pictures.iter().enumerate() {
            if let Some((_, limit)) = limits.iter().find(|(at, _)| *at == index) {
                thinner.want(*limit);
            }
            let temporal = Some(vp9::Temporal { id: *id, up: *up });
            let keyframe = (index == 0).then_some(360);
            let vp9 = Picture::Vp9(Vp9 { descriptor: 5, temporal, begins: true, keyframe });
            let packet = Packet { picture: index, seq: 100 + index as u64, vp8: Vp8::default() };
            let passes = matches!(thinner.pass(&rtp(packet), Some(vp9)), Fate::Passes(_));
            fates.push(if passes { 'x' } else { '-' });
        }
        fates
    }

    #[test]
    fn of_vp9_the_limit_rises_behind_a_picture_that_passes() {
        let always = [(0, true), (2, true), (1, true), (2, true)];
        let never = always.map(|(id, _)| (id, false));
        let stream = [always, always, never, never, always].concat();
        assert_eq!(told_of_vp9(&stream, &[]), "xxxxxxxxxxxxxxxxxxxx");
        assert_eq!(told_of_vp9(&stream, &[(1, 0)]), "x---x---x---x---x---");
        assert_eq!(told_of_vp9(&stream, &[(1, 0), (5, WHOLE)]), "x---x---x---x---xxxx");
        assert_eq!(told_of_vp9(&stream, &[(1, 0), (4, WHOLE)]), "x---xxxxxxxxxxxxxxxx");
        // What does not pass itself opens nothing: its own references may be missing.
        let upper = [(0, false), (1, false), (0, false), (1, true), (0, false), (1, false)];
        assert_eq!(told_of_vp9(&upper, &[(1, 0), (2, WHOLE)]), "x-x-x-");
    }

    #[test]
    fn what_turns_up_late_and_is_left_out_is_padding_under_its_own_number() {
        let pictures = [(0, 1), (1, 2), (0, 1)].map(|(layer, packets)| Drawn { layer, sync: true, packets });
        let [key, first, second, next] = packets(&pictures)[..] else { panic!("four packets") };
        let mut thinner = Thinner::new();
        thinner.want(0);
        thinner.begin(key.seq);
        let mut pass = |packet: Packet| thinner.pass(&rtp(packet), Some(Picture::Vp8(packet.vp8)));
        let none = LeftOut::default();
        assert_eq!(pass(key), Fate::Passes(none));
        assert_eq!(pass(second), Fate::Nothing);
        assert_eq!(pass(next), Fate::Passes(LeftOut { packets: 1, pictures: 1 }));
        assert_eq!(pass(first), Fate::Padding(none));
    }

    fn drawn() -> impl Strategy<Value = Drawn> {
        (0..3_u8, any::<bool>(), 1..4_u64).prop_map(|(layer, sync, packets)| Drawn { layer, sync, packets })
    }

    proptest! {
        /// Whatever comes in whatever order under whatever limits: pictures go out whole or not at all, with
        /// what they refer to, and leave no number free.
        #[test]
        fn nothing_is_missing_that_is_referred_to(
            mut pictures in vec(drawn(), 2..60),
            limits in vec((0..150_usize, prop_oneof![Just(0_u8), Just(1), Just(WHOLE)]), 0..12),
            delays in vec(0..6_usize, 200),
            is_ordered: bool,
        ) {
            pictures[0] = Drawn { layer: 0, sync: false, ..pictures[0].clone() };
            let mut order: Vec<(usize, Packet)> = packets(&pictures).into_iter().enumerate().collect();
            if !is_ordered {
                let delay = |index: usize| if index == 0 { 0 } else { 1 + delays[index % 200] };
                order.sort_by_key(|(index, _)| index + delay(*index));
            }
            let order: Vec<Packet> = order.into_iter().map(|(_, packet)| packet).collect();
            let out = run(&order, &limits);
            for (index, (count, _)) in &out.pictures {
                prop_assert_eq!(*count, pictures[*index].packets, "picture {} is cut", index);
                if let Some(reference) = references(&pictures)[*index] {
                    prop_assert!(out.pictures.contains_key(&reference), "{} lacks {}", index, reference);
                }
            }
            let (first, last) = (out.numbers.first().copied(), out.numbers.last().copied());
            let span = last.zip(first).map_or(0, |(last, first)| last - first + 1);
            prop_assert_eq!(span, out.numbers.len() as u64, "no number is free");
            let ids: Vec<u16> = out.pictures.values().map(|(_, id)| *id).collect();
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
            if is_ordered {
                prop_assert!(ids.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{:?}", ids);
            }
        }
    }
}

//! Descriptors are written here bit by bit, as appendix A.8.2 says, and read again.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

/// A structure as its encoder means it.
#[derive(Clone, Debug)]
struct Drawn {
    offset: u8,
    targets: u8,
    chains: u8,
    /// Layer, indications, differences.
    templates: Vec<(u8, Vec<u8>, Vec<u8>)>,
    height: Option<u16>,
}

/// A frame that names one of its templates.
#[derive(Clone, Debug)]
struct Frame {
    begins: bool,
    template: usize,
    number: u16,
    structure: bool,
    active: Option<u32>,
    indications: Option<Vec<u8>>,
    differences: Option<Vec<u16>>,
    chains: bool,
}

/// Two layers in time, as Chromium writes them (`L1T2`), of 640 by 360 pixels.
fn two_layers() -> Drawn {
    let templates = vec![(0, vec![2, 2], vec![]), (0, vec![2, 2], vec![2]), (1, vec![0, 1], vec![1])];
    Drawn { offset: 0, targets: 2, chains: 1, templates, height: Some(360) }
}

/// Three of them.
fn three_layers() -> Drawn {
    let templates = vec![
        (0, vec![2, 2, 2], vec![]),
        (0, vec![2, 2, 2], vec![4]),
        (1, vec![0, 1, 2], vec![2]),
        (2, vec![0, 0, 1], vec![1]),
        (2, vec![0, 0, 1], vec![1]),
    ];
    Drawn { offset: 60, targets: 3, chains: 1, templates, height: None }
}

const PLAIN: Frame = Frame {
    begins: true,
    template: 0,
    number: 0,
    structure: false,
    active: None,
    indications: None,
    differences: None,
    chains: false,
};

/// A number below `limit` (`ns(n)`).
fn short(bits: &mut Vec<bool>, value: u32, limit: u32) {
    let width = (u32::BITS - limit.leading_zeros()) as usize;
    let less = (1 << width) - limit;
    if value < less { put(bits, value, width - 1) } else { put(bits, value + less, width) }
}

fn put(bits: &mut Vec<bool>, value: u32, count: usize) {
    bits.extend((0..count).rev().map(|shift| value >> shift & 1 == 1));
}

impl Drawn {
    fn write(&self, bits: &mut Vec<bool>) {
        put(bits, self.offset.into(), 6);
        put(bits, u32::from(self.targets) - 1, 5);
        for pair in self.templates.windows(2) {
            put(bits, (pair[1].0 - pair[0].0).into(), 2);
        }
        put(bits, 3, 2);
        let indications = self.templates.iter().flat_map(|(_, indications, _)| indications);
        indications.for_each(|indication| put(bits, (*indication).into(), 2));
        for (_, _, differences) in &self.templates {
            for difference in differences {
                put(bits, 1 << 4 | u32::from(*difference - 1), 5);
            }
            put(bits, 0, 1);
        }
        short(bits, self.chains.into(), u32::from(self.targets) + 1);
        if self.chains > 0 {
            (0..self.targets)
                .for_each(|target| short(bits, (target % self.chains).into(), self.chains.into()));
            (0..self.templates.len() * usize::from(self.chains)).for_each(|_| put(bits, 1, 4));
        }
        put(bits, u32::from(self.height.is_some()), 1);
        if let Some(height) = self.height {
            put(bits, u32::from(height) * 16 / 9 - 1, 16);
            put(bits, u32::from(height) - 1, 16);
        }
    }

    fn descriptor(&self, frame: &Frame) -> Vec<u8> {
        let mut bits = vec![frame.begins, true];
        let id = usize::from(self.offset) + frame.template;
        put(&mut bits, id as u32 & 0x3f, 6);
        put(&mut bits, frame.number.into(), 16);
        let flags = [
            frame.structure,
            frame.active.is_some(),
            frame.indications.is_some(),
            frame.differences.is_some(),
            frame.chains,
        ];
        if flags.contains(&true) {
            bits.extend(flags);
            if frame.structure {
                self.write(&mut bits);
            }
            if let Some(active) = frame.active {
                put(&mut bits, active, self.targets.into());
            }
            for indication in frame.indications.iter().flatten() {
                put(&mut bits, (*indication).into(), 2);
            }
            if let Some(differences) = &frame.differences {
                for difference in differences {
                    let size = (16 - difference.leading_zeros()).div_ceil(4).max(1);
                    put(&mut bits, size, 2);
                    put(&mut bits, (*difference).into(), 4 * size as usize);
                }
                put(&mut bits, 0, 2);
            }
            (0..if frame.chains { self.chains } else { 0 }).for_each(|_| put(&mut bits, 9, 8));
        }
        let byte = |bits: &[bool]| {
            bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
        };
        bits.chunks(8).map(byte).collect()
    }
}

/// What is read of a keyframe, and then of frames behind it.
fn read_all(drawn: &Drawn, frames: &[Frame]) -> Vec<Descriptor> {
    let mut dependencies = Dependencies::default();
    let key = Frame { structure: true, ..PLAIN };
    let all = std::iter::once(&key).chain(frames);
    all.map(|frame| dependencies.read(&drawn.descriptor(frame), 0).expect("a descriptor")).collect()
}

/// What goes out with a change, of a descriptor that came behind a keyframe.
fn rewrite(bytes: &[u8], change: Change) -> Vec<u8> {
    let raw = Arc::new(Raw::new(bytes).expect("some bytes"));
    let rewritten = Rewritten { raw, change };
    let mut out = [0xff; LONGEST + 9];
    let length = rewritten.write(&mut out);
    assert!(length <= rewritten.most().max(bytes.len()));
    out[..length].to_vec()
}

#[test]
fn a_keyframe_brings_what_later_frames_refer_to() {
    let frames = [2, 1, 2].map(|template| Frame { template, number: template as u16, ..PLAIN });
    let read = read_all(&two_layers(), &frames);
    assert_eq!((read[0].templates, read[0].height), (Some((0, 3)), Some(360)));
    let layers: Vec<(u8, bool)> = read.iter().map(|read| (read.layer, read.up)).collect();
    assert_eq!(layers, [(0, true), (1, true), (0, true), (1, true)]);
    let up_to = read[1].targets.expect("they are known").up_to;
    assert_eq!(up_to[..3], [0b01, 0b11, 0b11]);
    assert_eq!(two_layers().descriptor(&frames[0]).len(), 3, "the shortest form");
}

#[test]
fn template_ids_go_round() {
    let frames = [4, 2].map(|template| Frame { template, ..PLAIN });
    let read = read_all(&three_layers(), &frames);
    assert_eq!(read.iter().map(|read| read.layer).collect::<Vec<_>>(), [0, 2, 1]);
    assert_eq!(read[0].templates, Some((60, 5)));
    assert_eq!(read[0].height, None);
}

#[test]
fn what_a_frame_says_of_itself_goes_before_its_template() {
    let own = |indications: Vec<u8>| Frame { indications: Some(indications), ..PLAIN };
    let frames =
        [own(vec![3, 3]), own(vec![2, 3]), own(vec![3, 2]), Frame { active: Some(1), ..PLAIN }, PLAIN];
    let read = read_all(&two_layers(), &frames);
    let up: Vec<bool> = read.iter().map(|read| read.up).collect();
    assert_eq!(up, [true, false, false, true, true, true]);
    let active: Vec<u32> = read.iter().map(|read| read.targets.expect("known").up_to[7]).collect();
    assert_eq!(active, [3, 3, 3, 3, 1, 1], "until the next keyframe");
}

#[test]
fn without_a_structure_only_the_number_is_known() {
    let read = Dependencies::default().read(&[0xc1, 0x12, 0x34], 0);
    assert_eq!(read, Some(Descriptor { begins: true, number: 0x1234, ..Descriptor::default() }));
    // A template of a structure that was lost.
    let read = read_all(&two_layers(), &[Frame { template: 7, number: 9, ..PLAIN }]);
    assert_eq!(read[1], Descriptor { begins: true, number: 9, ..Descriptor::default() });
}

#[test]
fn what_is_no_descriptor_of_one_size_is_none() {
    let key = two_layers().descriptor(&Frame { structure: true, ..PLAIN });
    let mut dependencies = Dependencies::default();
    for length in 0..key.len() {
        assert_eq!(dependencies.read(&key[..length], 0).and_then(|read| read.templates), None, "{length}");
    }
    // The second template is of another size; more layers than there are; a key of no template of its own.
    let mut other = key.clone();
    other[5] = other[5] & 0xcf | 0x20;
    assert_eq!(dependencies.read(&other, 0), None);
    let many = Drawn { templates: (0..9).map(|layer| (layer, vec![2], vec![])).collect(), ..two_layers() };
    let many = Drawn { targets: 1, chains: 0, ..many };
    assert_eq!(dependencies.read(&many.descriptor(&Frame { structure: true, ..PLAIN }), 0), None);
    let strange = two_layers().descriptor(&Frame { structure: true, template: 3, ..PLAIN });
    assert_eq!(dependencies.read(&strange, 0), None);
    assert!(dependencies.structure.is_none(), "nothing is kept of it");
}

#[test]
fn numbers_are_written_where_they_stand() {
    let change = Change { number: 0x1234, templates: 5, active: None };
    assert_eq!(rewrite(&[0xc2, 0, 1], change), [0xc7, 0x12, 0x34]);
    let key = three_layers().descriptor(&Frame { structure: true, ..PLAIN });
    let out = rewrite(&key, change);
    let read = Dependencies::default().read(&out, 0).expect("a descriptor");
    assert_eq!((read.number, read.templates), (0x1234, Some((1, 5))), "60 and 5 go round");
    assert_eq!(out[5..], key[5..]);
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (0..64_u8, 1..=6_u8, 1..9_usize, any::<u8>(), proptest::option::of(1..9_000_u16)).prop_flat_map(
        |(offset, targets, count, chains, height)| {
            let template = (0..2_u8, vec(0..4_u8, usize::from(targets)), vec(1..=16_u8, 0..3));
            vec(template, count).prop_map(move |mut templates| {
                let mut layer = 0;
                for (index, template) in templates.iter_mut().enumerate() {
                    layer = if index == 0 { 0 } else { (layer + template.0).min(7) };
                    template.0 = layer;
                }
                Drawn { offset, targets, chains: chains % (targets + 1), templates, height }
            })
        },
    )
}

fn frame(drawn: &Drawn) -> impl Strategy<Value = Frame> + use<> {
    let targets = usize::from(drawn.targets);
    (
        any::<(bool, u16, bool, bool)>(),
        0..drawn.templates.len(),
        proptest::option::of(0..1_u32 << targets),
        proptest::option::of(vec(0..4_u8, targets)),
        proptest::option::of(vec(0..4_095_u16, 0..4)),
    )
        .prop_map(|((begins, number, structure, chains), template, active, indications, differences)| {
            Frame { begins, template, number, structure, active, indications, differences, chains }
        })
}

#[test]
fn a_structure_that_comes_late_takes_the_place_of_no_newer_one() {
    let old = Drawn { offset: 0, ..two_layers() };
    let new = Drawn { offset: 10, ..old.clone() };
    let key = Frame { structure: true, ..PLAIN };
    let second = Frame { template: old.templates.len() - 1, ..PLAIN };
    let mut dependencies = Dependencies::default();
    // Its first packet is lost, a keyframe with another structure comes, and then that packet after all.
    let read = dependencies.read(&new.descriptor(&key), 20).expect("a keyframe");
    assert_eq!(read.templates.map(|(first, _)| first), Some(10));
    let late = dependencies.read(&old.descriptor(&key), 10).expect("a keyframe");
    assert_eq!((late.layer, late.templates, late.height), (0, None, None), "nobody goes by it");
    let read = dependencies.read(&new.descriptor(&second), 21).expect("a frame");
    assert_eq!(read.layer, 1, "its structure is known");
    let named = Frame { active: Some(1), ..second.clone() };
    dependencies.read(&new.descriptor(&named), 23).expect("a frame");
    let all = Frame { active: Some(3), ..second.clone() };
    dependencies.read(&new.descriptor(&all), 22).expect("a frame");
    let read = dependencies.read(&new.descriptor(&second), 24).expect("a frame");
    assert_eq!(read.targets.map(|targets| targets.up_to[7]), Some(1), "what was named last holds");
}

proptest! {
    /// What was meant is read, and what was read stays when it is written with other numbers, under which
    /// the relations of a frame are the same bits.
    #[test]
    fn what_is_written_is_read(
        (drawn, frame) in drawn().prop_flat_map(|drawn| (Just(drawn.clone()), frame(&drawn))),
        (number, templates, limit) in any::<(u16, u8, u8)>(),
    ) {
        let bytes = drawn.descriptor(&frame);
        let mut dependencies = Dependencies::default();
        dependencies.read(&drawn.descriptor(&Frame { structure: true, ..PLAIN }), 0).expect("a keyframe");
        let read = dependencies.clone().read(&bytes, 0).expect("a descriptor");
        let (layer, indications, _) = &drawn.templates[frame.template];
        let indications = frame.indications.as_ref().unwrap_or(indications);
        let highest = |target: usize| {
            let parts = drawn.templates.iter().filter(|(_, of, _)| of[target] != 0);
            parts.map(|(layer, ..)| *layer).max().unwrap_or(0)
        };
        let up = (0..indications.len()).all(|target| highest(target) <= *layer || indications[target] == 2);
        let seen = (read.begins, read.number, read.layer, read.up);
        prop_assert_eq!(seen, (frame.begins, frame.number, *layer, up));
        prop_assert_eq!(read.templates.is_some(), frame.structure);
        let targets = read.targets.expect("a structure is known");
        prop_assert_eq!(frame.active.unwrap_or(targets.up_to[7]), targets.up_to[7]);

        let active = Some(Active::up_to(targets, limit));
        let out = rewrite(&bytes, Change { number, templates, active });
        let moved = Drawn { offset: drawn.offset.wrapping_add(templates) & 0x3f, ..drawn.clone() };
        let mask = targets.up_to[usize::from(limit.min(7))];
        let expected = Frame { number, active: Some(mask), ..frame.clone() };
        let expected = moved.descriptor(&expected);
        prop_assert_eq!(&out[..expected.len()], &expected[..]);
        prop_assert!(out[expected.len()..].iter().all(|byte| *byte == 0), "padding");

        let kept = rewrite(&bytes, Change { number: frame.number, templates: 0, active: None });
        prop_assert_eq!(kept, bytes);
    }

    #[test]
    fn no_bytes_break_it(bytes in vec(any::<u8>(), 0..80), more in vec(any::<u8>(), 0..20)) {
        let mut dependencies = Dependencies::default();
        dependencies.read(&bytes, 0);
        dependencies.read(&more, 0);
    }
}

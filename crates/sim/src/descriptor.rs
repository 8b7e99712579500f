//! The dependency descriptor of AV1 (AV1 RTP payload format, appendix A) as an encoder with two layers in
//! time writes it, and as a decoder believes it.

use crate::picture::Picture;
use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

const URI: &str = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
/// How many templates a structure of ours has: a keyframe's, the lower layer's, the upper layer's.
const TEMPLATES: u8 = 3;
/// How many bits it has behind its offset.
const STRUCTURE: usize = 5 + 6 + 12 + 13 + 2 + 12 + 1 + 32;

/// The bytes of one, as a value of the extension.
#[derive(Clone, Debug)]
pub struct Descriptor(pub Vec<u8>);

/// The extension as it is registered; everybody calls it something else.
pub fn extension() -> Extension {
    Extension::with_serializer(URI, Passed)
}

#[derive(Debug)]
struct Passed;

impl ExtensionSerializer for Passed {
    fn write_to(&self, buf: &mut [u8], ev: &ExtensionValues) -> usize {
        let Some(Descriptor(bytes)) = ev.user_values.get() else { return 0 };
        buf[..bytes.len()].copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, buf: &[u8], ev: &mut ExtensionValues) -> bool {
        ev.user_values.set(Descriptor(buf.to_vec()));
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, ev: &ExtensionValues) -> bool {
        ev.user_values.get().is_some_and(|Descriptor(bytes)| bytes.len() > 16)
    }
}

/// Where an encoder begins to count.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub frame: u16,
    pub templates: u8,
}

/// Writes that of one packet.
pub fn write(picture: Picture, last: bool, counts: Counts) -> Descriptor {
    let mut bits = Bits::default();
    let (layer, _) = picture.temporal;
    let index = if picture.keyframe { 0 } else { 1 + layer };
    bits.put(picture.first.into(), 1);
    bits.put(last.into(), 1);
    bits.put((counts.templates + index).into(), 6);
    bits.put(counts.frame.into(), 16);
    let has_structure = picture.keyframe && picture.first;
    let is_own = !picture.keyframe && picture.back != difference(index);
    if has_structure || is_own {
        bits.put(u32::from(has_structure) << 4 | u32::from(is_own) << 1, 5);
    }
    if has_structure {
        structure(&mut bits, counts.templates, picture.height);
    }
    if is_own {
        bits.put(2, 2);
        bits.put(u32::from(picture.back) - 1, 8);
        bits.put(0, 2);
    }
    Descriptor(bits.bytes)
}

/// By how much lower a number the frame has that a template refers to.
fn difference(index: u8) -> u8 {
    [0, 2, 1][usize::from(index)]
}

fn structure(bits: &mut Bits, templates: u8, height: u16) {
    for (value, count) in [
        (templates.into(), 6),
        // Two targets; then the layers of the templates: the same, one higher, no more.
        (1, 5),
        (0b00_01_11, 6),
        // Both can begin with the lower layer; the upper one is none of the first's, and discardable.
        (0b1010_1010_0001, 12),
        (0, 1),
        (0b10_0010, 6),
        (0b10_0000, 6),
        // One chain, which protects both: its pictures are the lower ones.
        (0b10, 2),
        (0x021, 12),
        (1, 1),
        (u32::from(height) * 16 / 9 - 1, 16),
        (u32::from(height) - 1, 16),
    ] {
        bits.put(value, count);
    }
}

/// What one packet says to a decoder.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub begins: bool,
    pub frame: u16,
    pub template: u8,
    /// The first template of a structure.
    pub structure: Option<u8>,
    /// The targets that are active, one bit each.
    pub active: Option<u32>,
    /// By how much lower a number the frame has that it refers to, if it does not leave that to its template.
    pub back: Option<u16>,
}

/// Reads that of one packet.
pub fn read(Descriptor(bytes): &Descriptor) -> Said {
    let mut bits = Bits { bytes: bytes.clone(), at: 0 };
    let begins = bits.take(2) >> 1 == 1;
    let (template, frame) = (bits.take(6) as u8, bits.take(16) as u16);
    let mut said = Said { begins, frame, template, structure: None, active: None, back: None };
    if bytes.len() == 3 {
        return said;
    }
    let flags = bits.take(5);
    if flags & 0x10 != 0 {
        (said.structure, said.active) = (Some(bits.take(6) as u8), Some(0b11));
        bits.at += STRUCTURE;
    }
    if flags & 0x08 != 0 {
        said.active = Some(bits.take(2));
    }
    if flags & 0x02 != 0 {
        let size = bits.take(2) as usize;
        said.back = Some(bits.take(4 * size) as u16 + 1);
    }
    assert!(flags & 0x05 == 0, "nobody writes that");
    said
}

/// What a decoder knows of one slot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    structure: Option<u8>,
    active: u32,
}

impl Known {
    /// The number of the frame that a frame refers to; `None` if it cannot be told, or if it was said that
    /// there are none of its layer.
    pub fn reference(&mut self, said: Said) -> Option<u16> {
        self.structure = said.structure.or(self.structure);
        self.active = said.active.unwrap_or(self.active);
        let index = said.template.wrapping_sub(self.structure?) & 0x3f;
        let is_active = index < 2 || self.active & 2 != 0;
        (index < TEMPLATES && is_active).then_some(())?;
        Some(said.frame.wrapping_sub(said.back.unwrap_or_else(|| difference(index).into())))
    }
}

/// Bits, the highest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn put(&mut self, value: u32, count: usize) {
        for shift in (0..count).rev() {
            if self.at.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().expect("a byte was made");
            *last |= ((value >> shift & 1) as u8) << (7 - self.at % 8);
            self.at += 1;
        }
    }

    fn take(&mut self, count: usize) -> u32 {
        (0..count).fold(0, |value, _| {
            let bit = self.bytes[self.at / 8] >> (7 - self.at % 8) & 1;
            self.at += 1;
            value << 1 | u32::from(bit)
        })
    }
}

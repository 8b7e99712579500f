//! The dependency descriptor, a header extension that says which frames of a stream need which (AV1 RTP
//! payload format, appendix A).
//!
//! ```text
//! in    first last | template | number | structure, with a keyframe | active decode targets, own relations
//! out              | moved on | moved on |        its offset moved on | what the slot lets through
//! ```
//!
//! A frame names a template of the structure that came with the last keyframe: its layers, by how much lower
//! a number the frames have that it refers to, and what it is to each decode target, which is a set of
//! layers. [`Dependencies`] holds the structure of one stream; nothing of a descriptor is kept by itself.
//!
//! What goes out are the bytes that came in. In them the number and the template are moved on, so that a slot
//! stays one stream whoever is put into it, and templates of one sender are none of the next. Numbers of
//! frames that were left out stay free: all relations count by them, and a receiver learns from the active
//! decode targets that they are not to come. Those are named with each picture of the lowest layer in time.
//!
//! Structures of several sizes are refused: here a size is a stream of its own.

mod rewritten;

pub(crate) use rewritten::{Active, Change, Raw, Rewritten};

use crate::reader::Bits;

/// What the extension is called in offers (appendix A.9).
pub(crate) const URI: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
/// The longest descriptor, in bytes: RFC 8285 has one for its length.
pub(crate) const LONGEST: usize = 255;
/// How many layers in time can be told apart; AV1 has no more.
pub(crate) const LAYERS: usize = 8;
/// Where the mandatory fields end, in bits.
const MANDATORY: usize = 24;
/// Where the flags behind them do.
const EXTENDED: usize = 29;
/// Template ids have six bits.
const TEMPLATES: usize = 64;
/// Their count has five bits, less one.
const TARGETS: usize = 32;
/// The indications (table A.1): a frame is none of a target's, or with it the target can be begun.
const ABSENT: u32 = 0;
const SWITCH: u32 = 2;

/// What is known of one stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dependencies {
    structure: Option<Structure>,
    /// The decode targets that its sender sends, one bit each.
    active: u32,
    /// The newest packet of which either was learned.
    learned: u64,
}

/// What a descriptor says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Descriptor {
    /// Whether its frame begins with this packet.
    pub begins: bool,
    pub number: u16,
    /// The first template's id, and how many there are, if there is a structure.
    pub templates: Option<(u8, u8)>,
    /// How high pictures are, if that stands in the structure.
    pub height: Option<u16>,
    /// The layer in time; 0 as long as no structure is known.
    pub layer: u8,
    /// Whether all higher layers may come again with this frame.
    pub up: bool,
    /// Where active targets are named, as long as a structure is known.
    pub targets: Option<Targets>,
}

impl Descriptor {
    /// Set if active targets are to be named: where they were, and with each picture that nobody is without.
    pub(crate) fn targets_to_name(self) -> Option<Targets> {
        let is_lowest = self.begins && self.layer == 0;
        self.targets.filter(|targets| targets.are_named || is_lowest && targets.count > 1)
    }
}

/// Where the active decode targets stand in a descriptor, or would.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Targets {
    pub at: u16,
    pub count: u8,
    pub are_named: bool,
    /// Which ones there are if all layers in time up to this one are sent, one bit each.
    pub up_to: [u32; LAYERS],
}

/// A template dependency structure, as much of it as is needed again.
#[derive(Clone, Debug)]
struct Structure {
    offset: u8,
    count: u8,
    templates: [Template; TEMPLATES],
    targets: u8,
    /// The highest layer in time of each target.
    layers: [u8; TARGETS],
    chains: u8,
    height: Option<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Template {
    layer: u8,
    /// The targets that it is a part of, and those that can begin with it, one bit each.
    parts: u32,
    switches: u32,
}

impl Dependencies {
    /// Reads the descriptor of the packet with this number; `None` if it is none, or one of several sizes.
    /// What a packet says that comes late is read by what it brings, and holds for no other.
    pub(crate) fn read(&mut self, bytes: &[u8], seq: u64) -> Option<Descriptor> {
        let [first, high, low] = *bytes.first_chunk()?;
        let mut bits = Bits::new(bytes, MANDATORY);
        let flags = if bytes.len() > 3 { bits.take(EXTENDED - MANDATORY)? } else { 0 };
        let has = |flag: u32| flags & flag != 0;
        let new = if has(0x10) { Some(Structure::read(&mut bits)?) } else { None };
        let begins = first & 0x80 != 0;
        let mut read =
            Descriptor { begins, number: u16::from_be_bytes([high, low]), ..Descriptor::default() };
        let Some(structure) = new.as_ref().or(self.structure.as_ref()) else { return Some(read) };
        let at = bits.at() as u16;
        let mut active = if new.is_some() { u32::MAX } else { self.active };
        if has(0x08) {
            active = bits.take(usize::from(structure.targets))?;
        }
        match structure.template(first & 0x3f) {
            Some(template) => {
                let template = structure.relations(template, flags, &mut bits)?;
                (read.layer, read.up) = (template.layer, structure.is_up(template));
                let up_to = structure.masks(active);
                read.targets = Some(Targets { at, count: structure.targets, are_named: has(0x08), up_to });
            }
            // Its structure was lost; whoever gets it asks for another.
            None if new.is_none() => return Some(read),
            None => return None,
        }
        let teaches = new.is_some() || has(0x08);
        if !teaches || seq < self.learned {
            return Some(read);
        }
        (self.learned, self.active) = (seq, active);
        if let Some(structure) = new {
            read.templates = Some((structure.offset, structure.count));
            read.height = structure.height;
            self.structure = Some(structure);
        }
        Some(read)
    }
}

impl Structure {
    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let mut structure = Self {
            offset: bits.take(6)? as u8,
            count: 0,
            templates: [Template::default(); TEMPLATES],
            targets: bits.take(5)? as u8 + 1,
            layers: [0; TARGETS],
            chains: 0,
            height: None,
        };
        structure.read_layers(bits)?;
        let count = usize::from(structure.count);
        for template in structure.templates.iter_mut().take(count) {
            (template.parts, template.switches) = indications(bits, structure.targets)?;
        }
        for _ in 0..count {
            while bits.flag()? {
                bits.skip(4)?;
            }
        }
        structure.chains = short(bits, u32::from(structure.targets) + 1)? as u8;
        if structure.chains > 0 {
            for _ in 0..structure.targets {
                short(bits, u32::from(structure.chains))?;
            }
            bits.skip(4 * count * usize::from(structure.chains))?;
        }
        for template in &structure.templates[..count] {
            for (target, layer) in structure.layers.iter_mut().enumerate() {
                let is_part = template.parts >> target & 1 == 1;
                *layer = if is_part { template.layer.max(*layer) } else { *layer };
            }
        }
        if bits.flag()? {
            bits.skip(16)?;
            // One more than is written; a height of 65,536 is none.
            structure.height = (bits.take(16)? as u16).checked_add(1);
        }
        Some(structure)
    }

    /// The templates with their layers; none in space.
    fn read_layers(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let mut layer = 0;
        loop {
            self.templates.get_mut(usize::from(self.count))?.layer = layer;
            self.count += 1;
            match bits.take(2)? {
                0 => {}
                1 => layer = (layer + 1 < LAYERS as u8).then_some(layer + 1)?,
                2 => return None,
                _ => return Some(()),
            }
        }
    }

    fn template(&self, id: u8) -> Option<Template> {
        let index = id.wrapping_sub(self.offset) & 0x3f;
        self.templates.get(usize::from(index)).copied().filter(|_| index < self.count)
    }

    /// Reads what a frame says of itself in the place of its template (A.8.2, `frame_dependency_definition`).
    fn relations(&self, mut template: Template, flags: u32, bits: &mut Bits<'_>) -> Option<Template> {
        if flags & 0x04 != 0 {
            (template.parts, template.switches) = indications(bits, self.targets)?;
        }
        if flags & 0x02 != 0 {
            loop {
                match bits.take(2)? as usize {
                    0 => break,
                    size => bits.skip(4 * size)?,
                }
            }
        }
        if flags & 0x01 != 0 {
            bits.skip(8 * usize::from(self.chains))?;
        }
        Some(template)
    }

    /// Whether all targets with higher layers can begin with a frame.
    fn is_up(&self, template: Template) -> bool {
        let mut layers = self.layers.iter().take(usize::from(self.targets)).enumerate();
        layers.all(|(target, layer)| *layer <= template.layer || template.switches >> target & 1 == 1)
    }

    fn masks(&self, active: u32) -> [u32; LAYERS] {
        std::array::from_fn(|limit| {
            let layers = self.layers.iter().take(usize::from(self.targets)).enumerate();
            let left = layers.filter(|(_, layer)| usize::from(**layer) <= limit);
            left.fold(0, |mask, (target, _)| mask | 1 << target) & active
        })
    }
}

/// What a frame is to each target: those that it is a part of, and those that can begin with it.
fn indications(bits: &mut Bits<'_>, targets: u8) -> Option<(u32, u32)> {
    let (mut parts, mut switches) = (0, 0);
    for target in 0..targets {
        let indication = bits.take(2)?;
        parts |= u32::from(indication != ABSENT) << target;
        switches |= u32::from(indication == SWITCH) << target;
    }
    Some((parts, switches))
}

/// A number below `limit` in as few bits as there can be (A.8.2, `ns(n)`).
fn short(bits: &mut Bits<'_>, limit: u32) -> Option<u32> {
    let width = u32::BITS - limit.leading_zeros();
    let less = (1 << width) - limit;
    let value = bits.take(width as usize - 1)?;
    if value < less { Some(value) } else { Some((value << 1) - less + bits.take(1)?) }
}

#[cfg(test)]
mod tests;

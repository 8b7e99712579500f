//! A descriptor on its way to one receiver: the bytes that came in, which all share, and what changes.

use super::{EXTENDED, LAYERS, LONGEST, MANDATORY, Targets};
use crate::reader::{BitWriter, Bits};
use std::sync::Arc;

/// A descriptor as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Raw {
    length: u8,
    bytes: [u8; LONGEST],
}

impl Raw {
    /// `None` if there is nothing, or too much.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let length = u8::try_from(bytes.len()).ok().filter(|length| *length > 0)?;
        let mut raw = Self { length, bytes: [0; LONGEST] };
        raw.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(raw)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

/// A descriptor, and what changes in it.
#[derive(Clone, Debug)]
pub(crate) struct Rewritten {
    pub raw: Arc<Raw>,
    pub change: Change,
}

/// What changes in a descriptor.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Change {
    /// The number that goes out.
    pub number: u16,
    /// By how much template ids move on.
    pub templates: u8,
    /// Which targets are named active from now on.
    pub active: Option<Active>,
}

/// Which decode targets are active, and where that is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Active {
    at: u16,
    count: u8,
    are_named: bool,
    mask: u32,
}

impl Active {
    /// Those with layers in time up to a limit.
    pub(crate) fn up_to(targets: Targets, limit: u8) -> Self {
        let Targets { at, count, are_named, up_to } = targets;
        let mask = up_to[usize::from(limit).min(LAYERS - 1)];
        Self { at, count, are_named, mask }
    }
}

impl Rewritten {
    /// Writes the descriptor into a buffer; answers how long it is, 0 if it has no room.
    pub(crate) fn write(&self, out: &mut [u8]) -> usize {
        let bytes = self.raw.bytes();
        let length = match self.change.active.map(|active| (active, self.length_with(active))) {
            Some((active, length)) if length <= LONGEST.min(out.len()) => {
                self.name(active, out.get_mut(..length).unwrap_or_default());
                length
            }
            _ => {
                let Some(place) = out.get_mut(..bytes.len()) else { return 0 };
                place.copy_from_slice(bytes);
                bytes.len()
            }
        };
        self.move_on(out.get_mut(..length).unwrap_or_default());
        length
    }

    /// How long it may become, in bytes.
    pub(crate) fn most(&self) -> usize {
        self.change.active.map_or(self.raw.bytes().len(), |active| self.length_with(active))
    }

    fn length_with(&self, active: Active) -> usize {
        let bytes = self.raw.bytes();
        let bits = if bytes.len() > MANDATORY / 8 { 8 * bytes.len() } else { EXTENDED };
        let more = if active.are_named { 0 } else { usize::from(active.count) };
        (bits + more).div_ceil(8)
    }

    fn name(&self, active: Active, out: &mut [u8]) {
        out.fill(0);
        let mut from = Bits::new(self.raw.bytes(), 0);
        let mut to = BitWriter::new(out);
        to.copy(&mut from, MANDATORY);
        let flags = from.take(EXTENDED - MANDATORY).unwrap_or_default();
        to.put(flags | 0x08, EXTENDED - MANDATORY);
        to.copy(&mut from, usize::from(active.at).saturating_sub(EXTENDED));
        let count = usize::from(active.count);
        to.put(active.mask, count);
        if active.are_named {
            from.take(count);
        }
        let left = from.left();
        to.copy(&mut from, left);
    }

    fn move_on(&self, out: &mut [u8]) {
        let moved = |id: u8| id.wrapping_add(self.change.templates) & 0x3f;
        let [high, low] = self.change.number.to_be_bytes();
        if let [first, number @ ..] = out
            && let Some(number) = number.first_chunk_mut()
        {
            *first = *first & 0xc0 | moved(*first & 0x3f);
            *number = [high, low];
        }
        if let [_, _, _, flags, offset, ..] = out
            && *flags & 0x80 != 0
        {
            let id = moved(*flags << 3 & 0x38 | *offset >> 5);
            *flags = *flags & 0xf8 | id >> 3;
            *offset = *offset & 0x1f | id << 5;
        }
    }
}

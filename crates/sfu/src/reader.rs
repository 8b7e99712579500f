//! Bytes and bits of headers, from the front.

/// Takes the first byte off.
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// Takes the first bytes off.
pub(crate) fn take_chunk<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (chunk, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(chunk)
}

/// Bits, the highest of each byte first.
#[derive(Clone, Debug)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// Begins with the bit of this number.
    pub(crate) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// How many bits are behind.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// How many bits are ahead.
    pub(crate) const fn left(&self) -> usize {
        (8 * self.bytes.len()).saturating_sub(self.at)
    }

    /// So many bits, at most 32.
    pub(crate) fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// One bit.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// Reads past so many bits.
    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        (count <= self.left()).then(|| self.at += count)
    }
}

/// Writes bits over what was there.
#[derive(Debug)]
pub(crate) struct BitWriter<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> BitWriter<'a> {
    pub(crate) const fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The lowest bits of a value, at most 32; nothing behind the end.
    pub(crate) fn put(&mut self, value: u32, count: usize) {
        for shift in (0..count).rev() {
            let Some(byte) = self.bytes.get_mut(self.at / 8) else { return };
            let mask = 0x80 >> (self.at % 8);
            *byte = if value >> shift & 1 == 1 { *byte | mask } else { *byte & !mask };
            self.at += 1;
        }
    }

    /// So many of the bits that are next.
    pub(crate) fn copy(&mut self, from: &mut Bits<'_>, count: usize) {
        for _ in 0..count {
            let Some(bit) = from.take(1) else { return };
            self.put(bit, 1);
        }
    }
}

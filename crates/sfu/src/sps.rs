//! How high pictures are, from their sequence parameter set (ITU-T H.264, section 7.3.2.1.1).
//!
//! Everything before the height has to be read to get there; nothing behind the cropping is. Each loop is
//! bounded by the standard, and a set that breaks its bounds is none.

/// The profiles whose sets say more about colour (section 7.3.2.1.1).
const WITH_COLOUR: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// The most reference frames in a cycle of picture order (section 7.4.2.1.1).
const CYCLE: u32 = 255;
/// The sides of a macroblock, in pixels.
const MACROBLOCK: u32 = 16;

/// The height in a set, given without the header of its unit, in pixels.
pub(crate) fn height(set: &[u8]) -> Option<u16> {
    let mut bits = Bits { rest: set, zeros: 0, byte: 0, left: 0 };
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.unsigned()?;
    let chroma = if WITH_COLOUR.contains(&profile) { colour(&mut bits)? } else { 1 };
    bits.unsigned()?;
    picture_order(&mut bits)?;
    bits.unsigned()?;
    bits.take(1)?;
    bits.unsigned()?;
    let units = bits.unsigned()?.checked_add(1)?;
    // A picture of two fields has each unit twice.
    let fields = 2 - bits.take(1)?;
    if fields == 2 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let rows = units.checked_mul(fields)?.checked_mul(MACROBLOCK)?;
    let cropped = if bits.take(1)? == 1 { cropping(&mut bits)? } else { 0 };
    let step = if chroma == 1 { 2 * fields } else { fields };
    let height = rows.checked_sub(cropped.checked_mul(step)?)?;
    u16::try_from(height).ok().filter(|height| *height > 0)
}

/// Reads past the format of colours and the scaling lists; answers `chroma_format_idc`.
fn colour(bits: &mut Bits<'_>) -> Option<u32> {
    let chroma = bits.unsigned().filter(|chroma| *chroma <= 3)?;
    if chroma == 3 {
        bits.take(1)?;
    }
    bits.unsigned()?;
    bits.unsigned()?;
    bits.take(1)?;
    if bits.take(1)? == 1 {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.take(1)? == 1 {
                scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(chroma)
}

/// Reads past one list (section 7.3.2.1.1.1).
fn scaling_list(bits: &mut Bits<'_>, length: usize) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..length {
        if next != 0 {
            next = (last + bits.signed()?).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.unsigned()? {
        0 => bits.unsigned().map(drop),
        1 => {
            bits.take(1)?;
            bits.unsigned()?;
            bits.unsigned()?;
            let cycle = bits.unsigned().filter(|cycle| *cycle <= CYCLE)?;
            (0..cycle).try_for_each(|_| bits.unsigned().map(drop))
        }
        2 => Some(()),
        _ => None,
    }
}

/// What is cut off above and below, in steps of the colours.
fn cropping(bits: &mut Bits<'_>) -> Option<u32> {
    bits.unsigned()?;
    bits.unsigned()?;
    bits.unsigned()?.checked_add(bits.unsigned()?)
}

/// The bits of a unit, without the bytes that keep start codes out of it (section 7.4.1).
struct Bits<'a> {
    rest: &'a [u8],
    /// How many zeros came right before.
    zeros: u32,
    byte: u8,
    left: u32,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        if self.left == 0 {
            if self.zeros >= 2 && self.rest.first() == Some(&3) {
                self.rest = &self.rest[1..];
                self.zeros = 0;
            }
            let (byte, rest) = self.rest.split_first()?;
            self.zeros = if *byte == 0 { self.zeros + 1 } else { 0 };
            (self.byte, self.rest, self.left) = (*byte, rest, 8);
        }
        self.left -= 1;
        Some(u32::from(self.byte >> self.left & 1))
    }

    /// So many bits, at most 32.
    fn take(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0_u32, |value, _| Some(value << 1 | self.bit()?))
    }

    /// An Exp-Golomb code (section 9.1); a signed one of the same length can be read past with it.
    fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }

    /// A signed one (section 9.1.1).
    fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 1 { code / 2 + 1 } else { -(code / 2) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of hexadecimal digits.
    fn bytes(digits: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
        (0..digits.len()).step_by(2).map(byte).collect()
    }

    /// Bits written as they stand in the standard: numbers as Exp-Golomb codes, flags as they are.
    struct Writer(String);

    impl Writer {
        fn code(&mut self, number: u32) -> &mut Self {
            let digits = format!("{:b}", number + 1);
            self.0 += &"0".repeat(digits.len() - 1);
            self.0 += &digits;
            self
        }

        fn flags(&mut self, flags: &str) -> &mut Self {
            self.0 += flags;
            self
        }

        fn bytes(&self) -> Vec<u8> {
            let bits: Vec<char> = format!("{}1", self.0).chars().collect();
            let byte =
                |bits: &[char]| u8::from_str_radix(&format!("{:0<8}", bits.iter().collect::<String>()), 2);
            bits.chunks(8).map(|bits| byte(bits).expect("eight digits")).collect()
        }
    }

    #[test]
    fn the_sets_of_an_encoder_say_its_heights() {
        // Written by x264, which keeps start codes out of them with bytes that count for nothing.
        for (set, is) in [
            ("42c01fd900a02ff97011000003000100000300320f183248", 360),
            ("42c01fd9005005bb011000000300100000030320f1832480", 720),
            ("42c00cd901419f9f011000000300100000030320f142a480", 180),
            ("640028acd940780227e5c044000003000400000300c83c60c658", 1_080),
            ("f4000d919b28283f6022000003000200000300641e28532c", 240),
            ("4d401eeca05a126c0440000003004000000c87c50a6580", 576),
            ("64000dacd941519e226c0440000003004000000c83c50a6580", 182),
            ("7a000dbcd94171be2227011000000300100000030320f1429960", 200),
        ] {
            assert_eq!(height(&bytes(set)), Some(is), "{set}");
            for cut in 0..7 {
                assert_eq!(height(&bytes(set)[..cut]), None, "{set} cut at {cut}");
            }
        }
    }

    #[test]
    fn scaling_lists_and_cycles_of_picture_order_are_read_past() {
        let mut set = Writer("0110010000000000".to_owned() + "00011111");
        set.code(0).code(1).code(0).code(0).flags("0").flags("1");
        // One list that ends early (8 - 8 = 0), seven that are not there.
        set.flags("1").code(16).flags("0000000");
        // Picture order in a cycle of two.
        set.code(0).code(1).flags("0").code(3).code(4).code(2).code(5).code(6);
        set.code(1).flags("0").code(19).code(14).flags("1").flags("1").flags("0").flags("0");
        assert_eq!(height(&set.bytes()), Some(240));
    }

    #[test]
    fn a_set_that_says_nonsense_is_none() {
        let after_profile = |write: &dyn Fn(&mut Writer)| {
            let mut set = Writer("0100001011000000".to_owned() + "00011111");
            write(&mut set);
            set.flags(&"0".repeat(80));
            height(&set.bytes())
        };
        fn plain(set: &mut Writer, rows: u32) -> &mut Writer {
            set.code(0).code(0).code(2).code(1).flags("0").code(19).code(rows).flags("1").flags("1")
        }
        assert_eq!(after_profile(&|set| _ = plain(set, 14).flags("0")), Some(240));
        let crop =
            |set: &mut Writer, below| _ = plain(set, 14).flags("1").code(0).code(0).code(0).code(below);
        assert_eq!(after_profile(&|set| crop(set, 30)), Some(180));
        assert_eq!(after_profile(&|set| crop(set, 120)), None, "nothing is left");
        assert_eq!(after_profile(&|set| crop(set, 200)), None, "less than nothing is left");
        assert_eq!(after_profile(&|set| _ = plain(set, 5_000).flags("0")), None, "higher than any screen");
        assert_eq!(after_profile(&|set| _ = set.code(0).code(0).code(3)), None, "an unknown order");
        assert_eq!(
            after_profile(&|set| _ = set.code(0).code(0).code(1).flags("0").code(0).code(0).code(256)),
            None
        );
        assert_eq!(height(&[0; 40]), None);
    }
}

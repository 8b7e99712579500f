//! How long to wait before trying again: the ladder of `DESIGN.md` section 3, with jitter.

use model::ParticipantKey;

/// Milliseconds before each attempt; the last one repeats.
const LADDER_MS: [u64; 6] = [0, 300, 1_200, 2_700, 4_800, 7_000];

/// The pause before attempt number `attempt`, spread by a quarter in either direction so that a whole
/// room does not come back in the same millisecond. The spread comes from the participant's own key:
/// the reducer draws no randomness.
pub fn pause_ms(attempt: u32, key: ParticipantKey) -> u64 {
    let index = usize::try_from(attempt).unwrap_or(usize::MAX).min(LADDER_MS.len() - 1);
    let base = LADDER_MS[index];
    let mixed = (key.bits() as u64 ^ u64::from(attempt)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    base * 3 / 4 + base * (mixed % 1_024) / 2_048
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_stays_within_a_quarter_of_the_ladder() {
        for bits in 0..500_u128 {
            let key = ParticipantKey::from_bits(bits * 7_919);
            assert_eq!(pause_ms(0, key), 0);
            for attempt in 1..40 {
                let base = LADDER_MS[usize::try_from(attempt).unwrap_or(0).min(5)];
                let pause = pause_ms(attempt, key);
                assert!(pause >= base * 3 / 4 && pause <= base * 5 / 4, "{attempt}: {pause}");
            }
        }
    }

    #[test]
    fn two_people_do_not_return_together() {
        let pauses: std::collections::BTreeSet<u64> =
            (0..50).map(|bits| pause_ms(3, ParticipantKey::from_bits(bits))).collect();
        assert!(pauses.len() > 25, "{pauses:?}");
    }
}

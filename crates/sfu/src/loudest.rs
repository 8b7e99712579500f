//! Whose voices a subscriber hears when there are more than audio slots. Pure: lists in, list out.
//!
//! While everybody fits, everybody is heard, so nobody's first word is cut. Beyond that a slot goes to a
//! challenger only if its holder had it for [`TENURE`] and is [`MARGIN`] quieter; so the slots follow the
//! conversation and not each syllable.

use crate::down_track::Publication;
use crate::slots;
use std::time::{Duration, Instant};

/// How long a voice keeps its slot at least.
pub(crate) const TENURE: Duration = Duration::from_millis(300);
/// How much louder a challenger has to be, in hundredths of a decibel.
pub(crate) const MARGIN: u64 = 600;

/// A voice that wants to be heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Candidate {
    pub publication: Publication,
    /// See [`Voice::loudness`](crate::speakers::Voice::loudness).
    pub loudness: u64,
}

/// What a slot carries, and since when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Tenure {
    pub publication: Publication,
    pub since: Instant,
}

/// The new content of each audio slot. `candidates` are in order of arrival.
pub(crate) fn choose(
    current: &[Option<Tenure>],
    candidates: &[Candidate],
    now: Instant,
) -> Vec<Option<Publication>> {
    let held: Vec<Option<Publication>> =
        current.iter().map(|held| held.map(|held| held.publication)).collect();
    if candidates.len() <= current.len() {
        let all: Vec<Publication> = candidates.iter().map(|candidate| candidate.publication).collect();
        return slots::assign(&held, &all);
    }
    let mut by_loudness = candidates.to_vec();
    by_loudness.sort_by_key(|candidate| u64::MAX - candidate.loudness);
    // Those who are heard go on; free slots go to the loudest of the others.
    let (stay, challenge): (Vec<Candidate>, Vec<Candidate>) =
        by_loudness.into_iter().partition(|candidate| held.contains(&Some(candidate.publication)));
    let ranked: Vec<Publication> =
        stay.iter().chain(&challenge).map(|candidate| candidate.publication).collect();
    let mut chosen = slots::assign(&held, &ranked);
    for challenger in challenge {
        if chosen.contains(&Some(challenger.publication)) {
            continue;
        }
        let weakest = stay
            .iter()
            .filter(|holder| chosen.contains(&Some(holder.publication)) && is_tenured(current, holder, now))
            .min_by_key(|holder| holder.loudness);
        let Some(weakest) = weakest.filter(|holder| challenger.loudness > holder.loudness + MARGIN) else {
            break;
        };
        for slot in chosen.iter_mut().filter(|slot| **slot == Some(weakest.publication)) {
            *slot = Some(challenger.publication);
        }
    }
    chosen
}

fn is_tenured(current: &[Option<Tenure>], holder: &Candidate, now: Instant) -> bool {
    let held = current.iter().flatten().find(|held| held.publication == holder.publication);
    held.is_none_or(|held| now.saturating_duration_since(held.since) >= TENURE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ParticipantId, Source};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn voice(n: usize) -> Publication {
        Publication { participant: ParticipantId::from_bits(n as u128), source: Source::Microphone }
    }

    fn candidates(loudness: &[u64]) -> Vec<Candidate> {
        let one = |(n, loudness): (usize, &u64)| Candidate { publication: voice(n), loudness: *loudness };
        loudness.iter().enumerate().map(one).collect()
    }

    fn held(voices: &[usize], since: Instant) -> Vec<Option<Tenure>> {
        voices.iter().map(|n| Some(Tenure { publication: voice(*n), since })).collect()
    }

    fn heard(slots: &[Option<Publication>]) -> Vec<u128> {
        slots.iter().flatten().map(|publication| publication.participant.bits()).collect()
    }

    #[test]
    fn everybody_is_heard_while_they_fit() {
        let now = Instant::now();
        assert_eq!(heard(&choose(&[None, None, None], &candidates(&[0, 9_000]), now)), [0, 1]);
    }

    #[test]
    fn a_much_louder_voice_takes_the_quietest_slot_in_place() {
        let (then, now) = (Instant::now(), Instant::now() + TENURE);
        let chosen = choose(&held(&[0, 1], then), &candidates(&[5_000, 4_000, 4_601]), now);
        assert_eq!(heard(&chosen), [0, 2]);
    }

    #[test]
    fn a_little_louder_is_not_enough() {
        let (then, now) = (Instant::now(), Instant::now() + TENURE);
        let chosen = choose(&held(&[0, 1], then), &candidates(&[5_000, 4_000, 4_600]), now);
        assert_eq!(heard(&chosen), [0, 1]);
    }

    #[test]
    fn a_new_holder_is_safe_for_a_moment() {
        let now = Instant::now();
        let chosen = choose(&held(&[0, 1], now), &candidates(&[5_000, 0, 9_000]), now);
        assert_eq!(heard(&chosen), [0, 1]);
    }

    proptest! {
        #[test]
        fn no_slot_is_empty_and_nobody_is_heard_twice(
            current in vec(proptest::option::of(0..10_usize), 1..8),
            loudness in vec(0..12_700_u64, 0..12),
            age_ms in 0..1_000_u64,
        ) {
            let then = Instant::now();
            let now = then + Duration::from_millis(age_ms);
            let hold = |n: &Option<usize>| n.map(|n| Tenure { publication: voice(n), since: then });
            let current: Vec<Option<Tenure>> = current.iter().map(hold).collect();
            let chosen = choose(&current, &candidates(&loudness), now);
            let mut who = heard(&chosen);
            prop_assert_eq!(who.len(), loudness.len().min(current.len()));
            who.sort_unstable();
            who.dedup();
            prop_assert_eq!(who.len(), loudness.len().min(current.len()));
        }
    }
}

//! Which publication goes into which slot. Pure: lists in, list out.
//!
//! Screens come first, then the order that the caller gives (the subscriber's demand, or arrival).
//! What is still wanted stays where it is, for a browser shows a moved picture as a flicker; what is
//! new takes the free slots in order.

use crate::down_track::Publication;
use model::Source;

/// The new content of each slot. `ranked` names what is wanted, most important first.
pub(crate) fn assign(current: &[Option<Publication>], ranked: &[Publication]) -> Vec<Option<Publication>> {
    let screens = ranked.iter().filter(|publication| publication.source == Source::Screen);
    let others = ranked.iter().filter(|publication| publication.source != Source::Screen);
    let mut winners: Vec<Publication> = Vec::with_capacity(current.len());
    for publication in screens.chain(others) {
        if winners.len() < current.len() && !winners.contains(publication) {
            winners.push(*publication);
        }
    }
    let mut slots: Vec<Option<Publication>> = Vec::with_capacity(current.len());
    for content in current {
        let stays = content.filter(|kept| winners.contains(kept) && !slots.contains(&Some(*kept)));
        slots.push(stays);
    }
    winners.retain(|winner| !slots.contains(&Some(*winner)));
    let mut waiting = winners.into_iter();
    for slot in slots.iter_mut().filter(|slot| slot.is_none()) {
        *slot = waiting.next();
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ParticipantId;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn publication() -> impl Strategy<Value = Publication> {
        let source = prop_oneof![Just(Source::Camera), Just(Source::Screen), Just(Source::Microphone)];
        (0..8_u128, source)
            .prop_map(|(who, source)| Publication { participant: ParticipantId::from_bits(who), source })
    }

    fn occupied(slots: &[Option<Publication>]) -> Vec<Publication> {
        slots.iter().flatten().copied().collect()
    }

    proptest! {
        #[test]
        fn nothing_is_shown_twice_or_unasked(
            current in vec(proptest::option::of(publication()), 0..12),
            ranked in vec(publication(), 0..20),
        ) {
            let slots = assign(&current, &ranked);
            prop_assert_eq!(slots.len(), current.len());
            let mut shown = occupied(&slots);
            prop_assert!(shown.iter().all(|publication| ranked.contains(publication)));
            let count = shown.len();
            shown.sort();
            shown.dedup();
            prop_assert_eq!(shown.len(), count);
        }

        #[test]
        fn no_slot_stays_empty_while_somebody_waits(
            current in vec(proptest::option::of(publication()), 0..12),
            ranked in vec(publication(), 0..20),
        ) {
            let mut distinct = ranked.clone();
            distinct.sort();
            distinct.dedup();
            let shown = occupied(&assign(&current, &ranked)).len();
            prop_assert_eq!(shown, distinct.len().min(current.len()));
        }

        #[test]
        fn what_stays_does_not_move(
            current in vec(proptest::option::of(publication()), 0..12),
            ranked in vec(publication(), 0..20),
        ) {
            let before = assign(&current, &ranked);
            let after = assign(&before, &ranked);
            prop_assert_eq!(&before, &after);
            for (index, content) in current.iter().enumerate() {
                let first = current.iter().position(|other| other == content) == Some(index);
                if let Some(kept) = content.filter(|kept| first && before.contains(&Some(*kept))) {
                    prop_assert_eq!(before[index], Some(kept));
                }
            }
        }

        #[test]
        fn screens_win(
            current in vec(proptest::option::of(publication()), 0..12),
            ranked in vec(publication(), 0..20),
        ) {
            let shown = occupied(&assign(&current, &ranked));
            let screen = |publication: &&Publication| publication.source == Source::Screen;
            let all_screens_shown = ranked.iter().filter(screen).all(|screen| shown.contains(screen));
            let only_screens_shown = shown.iter().all(|publication| publication.source == Source::Screen);
            prop_assert!(all_screens_shown || only_screens_shown);
        }
    }
}

//! Which simulcast layers a picture can be served from, for the height at which it is shown.
//!
//! The lowest first, up to the smallest that is at least as high as wanted; only those that flow. Heights are
//! read from keyframes, so a layer may flow while its height is unknown: it is then tried only when no known
//! layer is high enough, because trying it costs a keyframe.
//!
//! Not here: which of them the way carries (`allocation`), and switching, which waits for a keyframe
//! (`down_track`).

use crate::config::SDP_RIDS;
use std::time::{Duration, Instant};

/// A layer without a packet for this long does not flow.
pub(crate) const STALLED: Duration = Duration::from_millis(1_000);

/// What is known of one layer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct LayerView {
    pub flows: bool,
    pub height: Option<u16>,
}

/// The layers that serve a picture of the wanted height, lowest first.
pub(crate) fn ladder(layers: &[LayerView], wanted: u16) -> impl Iterator<Item = usize> + use<> {
    let mut rungs = [None; SDP_RIDS];
    let flowing = || layers.iter().enumerate().filter(|(_, layer)| layer.flows);
    let mut known: [Option<(u16, usize)>; SDP_RIDS] = [None; SDP_RIDS];
    for (place, layer) in known.iter_mut().zip(flowing().filter_map(height_and_index)) {
        *place = Some(layer);
    }
    known.sort_by_key(|layer| layer.map_or((1, 0, 0), |(height, index)| (0, height, index)));
    let mut count = 0;
    let mut enough = false;
    for (height, index) in known.into_iter().flatten() {
        if !enough {
            rungs[count] = Some(index);
            count += 1;
        }
        enough |= height >= wanted;
    }
    let highest = known.into_iter().flatten().last().map(|(_, index)| index);
    let unknown = flowing().filter(|(_, layer)| layer.height.is_none()).map(|(index, _)| index);
    // Browsers offer the lowest layer first, so unknown ones behind the highest known one may be more.
    for index in unknown.filter(|index| !enough && highest.is_none_or(|highest| *index > highest)) {
        if count < rungs.len() && (highest.is_some() || count == 0) {
            rungs[count] = Some(index);
            count += 1;
        }
    }
    rungs.into_iter().flatten()
}

fn height_and_index((index, layer): (usize, &LayerView)) -> Option<(u16, usize)> {
    layer.height.map(|height| (height, index))
}

/// What a layer carries that was never measured, by its height or else by its place, in payload bits per
/// second: what our own page allows its encoders, and a little less for the lowest, which has to begin before
/// anything is known.
pub(crate) const fn nominal_bps(layer: usize, height: Option<u16>) -> u64 {
    match (height, layer) {
        (Some(..=200), _) | (None, 0) => 100_000,
        (Some(..=400), _) | (None, 1) => 500_000,
        (Some(_), _) | (None, _) => 1_700_000,
    }
}

/// Whether a layer that was last heard at `last` flows.
pub(crate) fn flows(last: Option<Instant>, now: Instant) -> bool {
    last.is_some_and(|last| now.saturating_duration_since(last) < STALLED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(heights: &[Option<Option<u16>>]) -> Vec<LayerView> {
        let view =
            |height: &Option<Option<u16>>| LayerView { flows: height.is_some(), height: height.flatten() };
        heights.iter().map(view).collect()
    }

    fn ladder(layers: &[LayerView], wanted: u16) -> Vec<usize> {
        super::ladder(layers, wanted).collect()
    }

    #[test]
    fn the_smallest_layer_that_is_high_enough_is_the_last() {
        let all = layers(&[Some(Some(180)), Some(Some(360)), Some(Some(720))]);
        for (wanted, last) in [(0, 0), (180, 0), (181, 1), (360, 1), (361, 2), (720, 2), (2_000, 2)] {
            assert_eq!(ladder(&all, wanted), (0..=last).collect::<Vec<_>>(), "{wanted}");
        }
    }

    #[test]
    fn a_layer_that_stopped_is_left_out() {
        let two = layers(&[Some(Some(180)), Some(Some(360)), None]);
        assert_eq!(ladder(&two, 720), [0, 1]);
        assert_eq!(ladder(&layers(&[None, None]), 720), Vec::<usize>::new());
    }

    #[test]
    fn the_order_of_the_offer_does_not_matter_once_heights_are_known() {
        let reversed = layers(&[Some(Some(720)), Some(Some(360)), Some(Some(180))]);
        assert_eq!(ladder(&reversed, 200), [2, 1]);
        assert_eq!(ladder(&reversed, 720), [2, 1, 0]);
    }

    #[test]
    fn an_unknown_height_is_tried_only_when_the_known_are_too_low() {
        let all = layers(&[Some(Some(180)), Some(None), Some(None)]);
        assert_eq!(ladder(&all, 100), [0]);
        assert_eq!(ladder(&all, 720), [0, 1, 2]);
        assert_eq!(ladder(&layers(&[Some(None), Some(None)]), 720), [0]);
    }
}

//! Which simulcast layer a picture is served from.
//!
//! The smallest layer that is at least as high as wanted, else the highest; only among the layers
//! that flow. Heights are read from keyframes, so a layer may flow while its height is unknown: it is
//! then tried only when no known layer is high enough, because trying it costs a keyframe.
//!
//! Not here: switching, which waits for a keyframe (`down_track`).

use std::time::{Duration, Instant};

/// A layer without a packet for this long does not flow.
pub(crate) const STALLED: Duration = Duration::from_millis(1_000);

/// What is known of one layer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct LayerView {
    pub flows: bool,
    pub height: Option<u16>,
}

/// Chooses a layer for a picture of the wanted height. Without any flowing layer nothing changes.
pub(crate) fn choose(layers: &[LayerView], wanted: u16, current: Option<usize>) -> Option<usize> {
    let flowing = || layers.iter().enumerate().filter(|(_, layer)| layer.flows);
    let known = || flowing().filter_map(|(index, layer)| layer.height.map(|height| (height, index)));
    let enough = known().filter(|(height, _)| *height >= wanted).min();
    let unknown = || flowing().filter(|(_, layer)| layer.height.is_none()).map(|(index, _)| index);
    if let Some((_, index)) = enough {
        return Some(index);
    }
    // Browsers offer the lowest layer first, so the last unknown one is the best guess for more.
    match known().max() {
        Some((_, index)) => unknown().rfind(|guess| *guess > index).or(Some(index)),
        None => unknown().next().or(current),
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

    #[test]
    fn the_smallest_layer_that_is_high_enough() {
        let all = layers(&[Some(Some(180)), Some(Some(360)), Some(Some(720))]);
        for (wanted, layer) in [(0, 0), (180, 0), (181, 1), (360, 1), (361, 2), (720, 2), (2_000, 2)] {
            assert_eq!(choose(&all, wanted, None), Some(layer), "{wanted}");
        }
    }

    #[test]
    fn a_layer_that_stopped_is_replaced_downwards() {
        let two = layers(&[Some(Some(180)), Some(Some(360)), None]);
        assert_eq!(choose(&two, 720, Some(2)), Some(1));
    }

    #[test]
    fn the_order_of_the_offer_does_not_matter_once_heights_are_known() {
        let reversed = layers(&[Some(Some(720)), Some(Some(360)), Some(Some(180))]);
        assert_eq!(choose(&reversed, 200, None), Some(1));
    }

    #[test]
    fn an_unknown_height_is_tried_only_when_the_known_are_too_low() {
        let all = layers(&[Some(Some(180)), Some(None), Some(None)]);
        assert_eq!(choose(&all, 100, None), Some(0));
        assert_eq!(choose(&all, 720, None), Some(2));
        assert_eq!(choose(&layers(&[Some(None), Some(None)]), 720, None), Some(0));
    }

    #[test]
    fn nothing_flows_and_nothing_changes() {
        assert_eq!(choose(&layers(&[None, None]), 720, Some(1)), Some(1));
        assert_eq!(choose(&layers(&[None, None]), 720, None), None);
    }
}

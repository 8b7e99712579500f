//! Which layer of each picture one subscriber gets from what its way carries. Pure: claims in, layers out.
//!
//! First everybody's lowest layer, in the order of the claims; what does not fit is paused, the last claims
//! first. Then step by step upwards, each time in the same order, while something is left: so nobody gets a
//! third layer while somebody could get their second (max-min fairness).
//!
//! What flows costs what is measured. What does not flow yet has to fit with [`HEADROOM_PERCENT`] to spare,
//! or a rate that breathes would switch a layer on and off.

use crate::config::SDP_RIDS;
use crate::thin::WHOLE;
use crate::transport::Push;

/// How much more a step that is new has to find free than it costs.
pub(crate) const HEADROOM_PERCENT: u64 = 15;

/// The most steps of a picture: each layer whole, and with one or two of its layers in time left out.
const STEPS: usize = SDP_RIDS * 3;

/// One way in which a picture could be served.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Step {
    pub layer: usize,
    /// Up to which layer in time.
    pub limit: u8,
    /// In payload bits per second.
    pub bps: u64,
}

impl Step {
    /// A layer with all of its layers in time.
    pub(crate) const fn whole(layer: usize, bps: u64) -> Self {
        Self { layer, limit: WHOLE, bps }
    }
}

/// One picture that a subscriber shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claim {
    steps: [Option<Step>; STEPS],
    /// The step that it has, counted from 0.
    pub has: Option<usize>,
    /// Whether it went without for want of bandwidth.
    pub paused: bool,
}

/// What one subscriber gets.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Allocation {
    /// The step of each claim; `None` is a pause, or a claim without steps.
    pub steps: Vec<Option<usize>>,
    /// What all of it costs.
    pub used_bps: u64,
    /// What it would cost with the next useful step; the same as `used_bps` when nothing is missing.
    pub next_bps: u64,
    /// Whether somebody is paused.
    pub lacks: bool,
    /// What it takes to find out whether the next useful step fits.
    pub push: Push,
    /// Whether layers that have to go stop at once, instead of at the keyframe of the next one: a still
    /// picture is better than sound that is lost behind it.
    pub is_urgent: bool,
}

impl Claim {
    /// A claim to the first of `steps` that fit, lowest first; `step` is what flows or is on its way: a
    /// layer, and up to which one in time.
    pub(crate) fn new(steps: impl Iterator<Item = Step>, step: Option<(usize, u8)>, paused: bool) -> Self {
        let mut claim = Self { paused, ..Self::default() };
        for (place, step) in claim.steps.iter_mut().zip(steps) {
            *place = Some(step);
        }
        // A layer above what the size needs is no step any more; then the highest one is what it has.
        claim.has = step.and_then(|(layer, limit)| {
            let same = claim.steps().position(|step| (step.layer, step.limit) == (layer, limit));
            let whole = || claim.steps().enumerate().filter(|(_, step)| step.layer == layer).last();
            same.or_else(|| whole().map(|(index, _)| index)).or_else(|| claim.steps().count().checked_sub(1))
        });
        claim
    }

    /// Whether the subscriber has it already, or went without.
    pub(crate) const fn is_known(&self) -> bool {
        self.has.is_some() || self.paused
    }

    /// Gives up what would be better than what there is.
    pub(crate) fn stay(&mut self) {
        if self.is_known() {
            let kept = self.has.map_or(0, |has| has + 1);
            self.steps.iter_mut().skip(kept).for_each(|step| *step = None);
        }
    }

    /// Gives up all but the smallest way, of what is paused.
    pub(crate) fn return_at_lowest(&mut self) {
        self.steps.iter_mut().skip(1).for_each(|step| *step = None);
    }

    /// Gives up what would be better by more than a layer: than the rest of this one, or than the next if it
    /// is whole. What is paused has none.
    pub(crate) fn rise_by_one(&mut self) {
        if self.is_known() {
            let next = self.has.map_or(0, |has| has + 1);
            let Some(layer) = self.step(next).map(|step| step.layer) else { return };
            let others = self.steps.iter_mut().skip(next);
            let above = others.skip_while(|step| step.is_some_and(|step| step.layer == layer));
            above.for_each(|step| *step = None);
        }
    }

    /// What it costs as it is, or at its lowest if it is paused.
    pub(crate) fn least_bps(&self) -> u64 {
        self.step(self.has.unwrap_or(0)).map_or(0, |step| step.bps)
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().flatten().copied()
    }

    pub(crate) fn step(&self, index: usize) -> Option<Step> {
        self.steps.get(index).copied().flatten()
    }

    /// What a step has to find free.
    fn cost(&self, index: usize) -> Option<u64> {
        let step = self.step(index)?;
        let is_new = self.has.is_some_and(|has| index > has);
        Some(if is_new { with_headroom(step.bps) } else { step.bps })
    }
}

/// A rate and what has to be free above it.
pub(crate) const fn with_headroom(bps: u64) -> u64 {
    bps.saturating_mul(100 + HEADROOM_PERCENT) / 100
}

/// Shares out what is left after sound, to claims in the order of their importance.
pub(crate) fn allocate(allowance_bps: u64, claims: &[Claim]) -> Allocation {
    let mut left = allowance_bps;
    let mut granted: Vec<Option<usize>> = vec![None; claims.len()];
    for (claim, grant) in claims.iter().zip(&mut granted) {
        if let Some(cost) = claim.cost(0).filter(|cost| *cost <= left) {
            left -= cost;
            *grant = Some(0);
        }
    }
    for rank in 1..STEPS {
        for (claim, grant) in claims.iter().zip(&mut granted).filter(|(_, grant)| **grant == Some(rank - 1)) {
            let (Some(below), Some(cost)) = (claim.cost(rank - 1), claim.cost(rank)) else { continue };
            let extra = cost.saturating_sub(below);
            if extra <= left {
                left -= extra;
                *grant = Some(rank);
            }
        }
    }
    let bps = |(claim, grant): (&Claim, &Option<usize>)| Some(claim.step((*grant)?)?.bps);
    let used_bps = claims.iter().zip(&granted).filter_map(bps).sum();
    let next_bps = used_bps + missing(claims, &granted).unwrap_or(0);
    let lacks = claims.iter().zip(&granted).any(|(claim, grant)| grant.is_none() && claim.step(0).is_some());
    Allocation { steps: granted, used_bps, next_bps, lacks, ..Allocation::default() }
}

/// What the next useful step costs on top: the first picture that is paused, else the first that could be
/// better.
fn missing(claims: &[Claim], granted: &[Option<usize>]) -> Option<u64> {
    let paused = || {
        claims.iter().zip(granted).find_map(|(claim, grant)| match grant {
            None => Some(with_headroom(claim.step(0)?.bps)),
            Some(_) => None,
        })
    };
    let low = || {
        claims.iter().zip(granted).find_map(|(claim, grant)| {
            let has = (*grant)?;
            Some(claim.cost(has + 1)?.saturating_sub(claim.cost(has)?))
        })
    };
    paused().or_else(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const CAMERA: [u64; 3] = [150_000, 500_000, 1_700_000];

    fn claim(rates: &[u64], has: Option<usize>, paused: bool) -> Claim {
        let steps = rates.iter().enumerate().map(|(layer, bps)| Step::whole(layer, *bps));
        Claim::new(steps, has.map(|has| (has, WHOLE)), paused)
    }

    fn cameras(count: usize) -> Vec<Claim> {
        vec![claim(&CAMERA, None, false); count]
    }

    #[test]
    fn everybody_is_shown_before_anybody_is_shown_better() {
        assert_eq!(allocate(700_000, &cameras(4)).steps, [Some(0); 4]);
        let some = allocate(1_100_000, &cameras(4));
        assert_eq!(some.steps, [Some(1), Some(0), Some(0), Some(0)]);
        let all = allocate(2_000_000, &cameras(4));
        assert_eq!(all.steps, [Some(1); 4], "nobody gets the third while somebody lacks the second");
    }

    #[test]
    fn the_last_are_paused_first_and_what_is_small_fits_beside_what_is_not() {
        assert_eq!(allocate(320_000, &cameras(3)).steps, [Some(0), Some(0), None]);
        let screen = claim(&[2_000_000], None, false);
        let mut claims = vec![screen];
        claims.extend(cameras(1));
        let poor = allocate(300_000, &claims);
        assert_eq!(poor.steps, [None, Some(0)]);
        assert_eq!(poor.next_bps, 150_000 + 2_300_000, "the screen is what is missed most");
    }

    #[test]
    fn what_is_new_needs_headroom_and_what_flows_does_not() {
        let up = |has| allocate(510_000, &[claim(&CAMERA, has, false)]).steps[0];
        assert_eq!((up(Some(0)), up(Some(1))), (Some(0), Some(1)));
    }

    #[test]
    fn a_layer_that_is_no_step_any_more_counts_as_the_highest() {
        let steps = [Step::whole(2, 100), Step::whole(0, 300)];
        assert_eq!(Claim::new(steps.into_iter(), Some((1, WHOLE)), false).has, Some(1));
        assert_eq!(Claim::new(std::iter::empty(), Some((1, WHOLE)), false).has, None);
    }

    /// What is left of two layers with two steps each.
    fn layers_in_time(has: Option<usize>, change: impl Fn(&mut Claim)) -> usize {
        let steps = [(0, 0, 90), (0, WHOLE, 150), (1, 0, 300), (1, WHOLE, 500)];
        let steps = steps.map(|(layer, limit, bps)| Step { layer, limit, bps });
        let has = has.map(|has| (steps[has].layer, steps[has].limit));
        let mut claim = Claim::new(steps.into_iter(), has, has.is_none());
        change(&mut claim);
        claim.steps().count()
    }

    #[test]
    fn it_rises_by_the_rest_of_a_layer_or_by_a_whole_one() {
        let rises =
            [None, Some(0), Some(1), Some(2), Some(3)].map(|has| layers_in_time(has, Claim::rise_by_one));
        assert_eq!(rises, [2, 2, 4, 4, 4]);
        let stays = [None, Some(0), Some(1), Some(2), Some(3)].map(|has| layers_in_time(has, Claim::stay));
        assert_eq!(stays, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn fewer_pictures_of_a_size_come_before_a_smaller_one() {
        let steps = [(0, 0, 90), (0, WHOLE, 150), (1, 0, 300), (1, WHOLE, 500)];
        let steps = steps.map(|(layer, limit, bps)| Step { layer, limit, bps });
        let claim = Claim::new(steps.into_iter(), Some((1, WHOLE)), false);
        let given = [600, 400, 200, 100, 50].map(|bps| allocate(bps, &[claim]).steps[0]);
        assert_eq!(given, [Some(3), Some(2), Some(1), Some(0), None]);
    }

    fn any_claim() -> impl Strategy<Value = Claim> {
        (vec(1..3_000_000_u64, 0..=SDP_RIDS), proptest::option::of(0..SDP_RIDS), any::<bool>())
            .prop_map(|(rates, has, paused)| claim(&rates, has, paused))
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_there_is(allowance in 0..20_000_000_u64, claims in vec(any_claim(), 0..20)) {
            // Steps in order of their rate, as browsers send them.
            let claims: Vec<Claim> = claims.iter().map(|unsorted| {
                let mut steps: Vec<Step> = unsorted.steps().collect();
                steps.sort_by_key(|step| step.bps);
                Claim::new(steps.into_iter(), unsorted.has.map(|has| (has, WHOLE)), unsorted.paused)
            }).collect();
            let allocation = allocate(allowance, &claims);
            prop_assert!(allocation.used_bps <= allowance);
            prop_assert!(allocation.next_bps >= allocation.used_bps);
            // A pause is never spared by somebody else's better picture.
            let paused = claims.iter().zip(&allocation.steps).filter(|(_, grant)| grant.is_none());
            for (claim, _) in paused {
                let lowest: u64 = claims.iter().zip(&allocation.steps)
                    .filter_map(|(claim, grant)| grant.and(claim.step(0)).map(|step| step.bps)).sum();
                if let Some(cost) = claim.cost(0) {
                    prop_assert!(lowest + cost + lowest * HEADROOM_PERCENT / 100 > allowance);
                }
            }
        }

        #[test]
        fn what_was_allocated_stays_while_nothing_changes(
            allowance in 0..20_000_000_u64,
            count in 1..15_usize,
        ) {
            let mut claims = cameras(count);
            let before = allocate(allowance, &claims);
            for (claim, step) in claims.iter_mut().zip(&before.steps) {
                (claim.has, claim.paused) = (*step, step.is_none());
            }
            let after = allocate(allowance, &claims);
            prop_assert_eq!(&before.steps, &after.steps);
        }
    }
}

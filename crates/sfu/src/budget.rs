//! What one subscriber's way carries, and what becomes of its pictures by that.
//!
//! | what happens | what follows |
//! |---|---|
//! | the estimate no longer carries what flows | lower layers, or pauses, at once |
//! | there is room for a better layer | it is taken once [`HOLD`] has passed since the last step down |
//! | a better layer did not hold for [`PROVED`] | the next try waits twice as long, up to [`HOLD_MAX`] |
//! | packets wait too long in the pacer | the estimate was too high: [`AFTER_CLOG_PERCENT`] of it are believed |
//! | not everything is shown in full | congestion control is told the rate of the next useful step, and looks for it |
//!
//! Sound is sent first, and never held back: its rate is taken off before pictures are shared out.
//!
//! Not here: the sharing out, which is `allocation`'s, and the estimate, which is the transport's.

use crate::allocation::{Allocation, Claim, allocate};
use std::time::{Duration, Instant};

/// How long nothing gets better after a step down.
pub(crate) const HOLD: Duration = Duration::from_secs(3);
/// The longest that anybody waits for a better picture which did not hold before.
pub(crate) const HOLD_MAX: Duration = Duration::from_secs(48);
/// A better picture that lasted this long has proved itself.
pub(crate) const PROVED: Duration = Duration::from_secs(10);
/// How often a peer is looked at when nothing happens: rates of layers change.
pub(crate) const LOOK: Duration = Duration::from_millis(500);
/// The share of an estimate that pictures and sound may use.
const USABLE_PERCENT: u64 = 95;
/// How much of the estimate is believed after the pacer's queue grew too old.
const AFTER_CLOG_PERCENT: u64 = 70;
/// A change of the aim that is smaller is not worth telling.
const AIM_STEP_PERCENT: u64 = 5;

/// What is known of one peer's way.
#[derive(Debug)]
pub(crate) struct Budget {
    estimate_bps: u64,
    /// Set while something may have to change at once.
    dirty: bool,
    looked_at: Option<Instant>,
    lowered_at: Option<Instant>,
    raised_at: Option<Instant>,
    hold: Duration,
    aim_bps: u64,
}

impl Budget {
    pub(crate) const fn new(estimate_bps: u64) -> Self {
        Self {
            estimate_bps,
            dirty: true,
            looked_at: None,
            lowered_at: None,
            raised_at: None,
            hold: HOLD,
            aim_bps: 0,
        }
    }

    /// Congestion control has a new estimate.
    pub(crate) fn estimate(&mut self, bps: u64) {
        self.dirty |= bps < self.estimate_bps;
        self.estimate_bps = bps;
    }

    /// Packets had to be dropped because they would have waited too long.
    pub(crate) fn clogged(&mut self) {
        self.estimate_bps = self.estimate_bps * AFTER_CLOG_PERCENT / 100;
        self.dirty = true;
    }

    /// Whether it is time to share out anew.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.dirty || self.looked_at.is_none_or(|at| now.saturating_duration_since(at) >= LOOK)
    }

    /// Shares out what is left after `sound_bps`. The claims say what each picture has.
    pub(crate) fn share(&mut self, sound_bps: u64, claims: &mut [Claim], now: Instant) -> Allocation {
        (self.dirty, self.looked_at) = (false, Some(now));
        let allowance_bps = (self.estimate_bps * USABLE_PERCENT / 100).saturating_sub(sound_bps);
        let best = allocate(allowance_bps, claims);
        let goes_down = falls(claims, &best);
        if goes_down {
            let raised = self.raised_at.take();
            let held = raised.is_none_or(|at| now.saturating_duration_since(at) >= PROVED);
            self.hold = if held { HOLD } else { (self.hold * 2).min(HOLD_MAX) };
            self.lowered_at = Some(now);
        }
        let waits = self.lowered_at.is_some_and(|at| now.saturating_duration_since(at) < self.hold);
        if !waits && rises(claims, &best) {
            self.raised_at = Some(now);
        }
        if !waits {
            return best;
        }
        // What is missing stays worth looking for meanwhile.
        let next_bps = best.next_bps;
        claims.iter_mut().for_each(Claim::stay);
        Allocation { next_bps, ..allocate(allowance_bps, claims) }
    }

    /// The rate that congestion control is to look for, if it has not been told about it.
    pub(crate) fn aim(&mut self, bps: u64) -> Option<u64> {
        let apart = bps.abs_diff(self.aim_bps);
        (apart * 100 > self.aim_bps * AIM_STEP_PERCENT).then(|| {
            self.aim_bps = bps;
            bps
        })
    }
}

/// Whether somebody gets less than they have.
fn falls(claims: &[Claim], allocation: &Allocation) -> bool {
    claims.iter().zip(&allocation.steps).any(|(claim, step)| claim.has > *step)
}

/// Whether somebody gets more than they have, who did not just begin.
fn rises(claims: &[Claim], allocation: &Allocation) -> bool {
    claims.iter().zip(&allocation.steps).any(|(claim, step)| claim.is_known() && claim.has < *step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Step;

    const CAMERA: [u64; 3] = [150_000, 500_000, 1_700_000];

    /// A subscriber with one picture; its way changes from second to second.
    fn layers(estimates: impl IntoIterator<Item = u64>) -> String {
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(1_000_000), Some(0));
        let mut told = String::new();
        for (second, bps) in estimates.into_iter().enumerate() {
            let now = start + Duration::from_secs(second as u64);
            budget.estimate(bps);
            let steps = CAMERA.iter().enumerate().map(|(layer, bps)| Step { layer, bps: *bps });
            let mut claims = [Claim::new(steps, has, has.is_none())];
            has = budget.share(40_000, &mut claims, now).steps[0];
            told.push(has.map_or('-', |layer| ['q', 'h', 'f'][layer]));
        }
        told
    }

    #[test]
    fn it_goes_down_at_once_and_up_after_a_while() {
        let way = [vec![3_000_000; 3], vec![400_000; 2], vec![100_000; 2], vec![3_000_000; 6]].concat();
        assert_eq!(layers(way), "fffqq---fffff");
    }

    #[test]
    fn what_does_not_hold_is_tried_less_and_less_often() {
        // Each time the better layer flows the way turns out not to carry it.
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(1_000_000), Some(0));
        let mut tried = Vec::new();
        for second in 0..60_u64 {
            budget.estimate(if has == Some(1) { 300_000 } else { 900_000 });
            let steps = CAMERA.iter().enumerate().map(|(layer, bps)| Step { layer, bps: *bps });
            let mut claims = [Claim::new(steps, has, has.is_none())];
            has = budget.share(40_000, &mut claims, start + Duration::from_secs(second)).steps[0];
            if has == Some(1) {
                tried.push(second);
            }
        }
        let waits: Vec<u64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.is_sorted() && waits.len() <= 4, "{tried:?}");
    }

    #[test]
    fn a_small_change_of_the_aim_is_not_told() {
        let mut budget = Budget::new(1_000_000);
        let told: Vec<Option<u64>> = [100, 104, 106, 0].map(|bps| budget.aim(bps)).into();
        assert_eq!(told, [Some(100), None, Some(106), Some(0)]);
    }
}

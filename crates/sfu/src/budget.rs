//! What one subscriber's way carries, and what becomes of its pictures by that.
//!
//! | what happens | what follows |
//! |---|---|
//! | the estimate no longer carries what flows | lower layers; a dip of a second is sat out, for estimates dip whenever a keyframe or a probe fills a queue for a moment |
//! | not even the lowest layers fit | pauses; the first picture is kept for another [`PAUSE_AFTER`] |
//! | far more flows than the estimate carries, or more for [`FLOOD`] | both at once, and layers that have to go stop in the middle of a picture |
//! | there is room for a better layer | it is taken once [`HOLD`] has passed since the last step down, one picture every [`RISE`] unless there is plenty |
//! | there is plenty of room for what was paused | it comes back after [`RESUME`] |
//! | a better layer did not last for [`PROVED`] | the next try waits twice as long, up to [`HOLD_MAX`] |
//! | a picture is paused | for [`TRIAL`] padding fills the way up, or nobody would find out that it carries more |
//! | nothing got better for as long as one waits after a step down | congestion control is asked to probe again: left alone it may stay where a dip left it |
//! | a probe found more | the next one follows after [`AGAIN`], for there may be more still |
//! | the estimate does not move at all though it probed | congestion control begins again from there: after losses it may wait for something that never comes |
//! | packets wait too long in the pacer | the estimate was too high: [`AFTER_CLOG_PERCENT`] of it are believed |
//! | not everything is shown in full | congestion control is told the rate of the next useful step, and looks for it |
//!
//! Sound is sent first, and never held back: its rate is taken off before pictures are shared out.
//!
//! Not here: the sharing out, which is `allocation`'s, and the estimate, which is the transport's.

use crate::allocation::{Allocation, Claim, allocate};
use crate::config::CLOGGED;
use crate::transport::{Aim, Push};
use std::time::{Duration, Instant};

/// How long nothing gets better after a step down.
pub(crate) const HOLD: Duration = Duration::from_secs(3);
/// The longest that anybody waits for a better picture which did not last before. A way that heals has to be
/// found out within a quarter of a minute.
pub(crate) const HOLD_MAX: Duration = Duration::from_secs(10);
/// A better picture that lasted this long has proved itself.
pub(crate) const PROVED: Duration = Duration::from_secs(10);
/// How long the way is filled up to find out whether it carries a picture that is paused.
pub(crate) const TRIAL: Duration = Duration::from_secs(4);
/// How long the answer to a probe takes at most.
const ANSWER: Duration = Duration::from_secs(2);
/// How often it is probed whether a dip of the estimate is over.
const DIP: Duration = Duration::from_millis(600);
/// How long after a probe that found more the next one goes out: there may be more still.
const AGAIN: Duration = Duration::from_millis(1_500);
/// From which share of the estimate of before on a probe has found more.
const FOUND_PERCENT: u64 = 110;
/// How long the first estimates are not worth much.
const BEGINNING: Duration = Duration::from_secs(2);
/// How long after a picture gave way to a more important one the next one does.
const SWAP: Duration = Duration::from_secs(10);
/// How long after one picture got better the next one does.
pub(crate) const RISE: Duration = Duration::from_secs(1);
/// From which share of what all of it would cost on the way is wide enough for everything at once.
const PLENTY_PERCENT: u64 = 180;
/// How long after a step down a picture that was paused may come back early.
pub(crate) const RESUME: Duration = Duration::from_secs(2);
/// What has to fit for that, as a share of what flows and what is paused.
const RESUME_PERCENT: u64 = 150;
/// How often a peer is looked at when nothing happens: rates of layers change.
pub(crate) const LOOK: Duration = Duration::from_millis(500);
/// The share of an estimate that pictures and sound may use.
const USABLE_PERCENT: u64 = 95;
/// How much of the estimate is believed after the pacer's queue grew too old.
const AFTER_CLOG_PERCENT: u64 = 70;
/// From which share of the estimate on what flows is too much, once that has lasted for [`FLOOD`].
const TOO_MUCH_PERCENT: u64 = 120;
/// From which share on it is too much at once.
const FAR_TOO_MUCH_PERCENT: u64 = 250;
/// How long too much may flow.
pub(crate) const FLOOD: Duration = Duration::from_secs(1);
/// How long the first picture stays though even its lowest layer should not fit.
pub(crate) const PAUSE_AFTER: Duration = Duration::from_secs(4);
/// A change of the aim that is smaller is not worth telling.
const AIM_STEP_PERCENT: u64 = 5;

/// How much of the estimate of before is still believed with each new one, in thousandths: a dip is sat out
/// for about a second.
const PATIENCE_PERMILLE: u64 = 960;

/// What flows to a peer just now, in payload bits per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub sound_bps: u64,
    /// Sound and pictures.
    pub flowing_bps: u64,
}

/// When a picture gives way to a more important one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Swap {
    Now,
    Later,
}

/// What is known of one peer's way.
#[derive(Debug)]
pub(crate) struct Budget {
    estimate_bps: u64,
    /// The same, but slow to fall.
    patient_bps: u64,
    /// Set while something may have to change at once.
    dirty: bool,
    looked_at: Option<Instant>,
    lowered_at: Option<Instant>,
    raised_at: Option<Instant>,
    trial_since: Option<Instant>,
    flooded_since: Option<Instant>,
    short_since: Option<Instant>,
    clogged_at: Option<Instant>,
    swapped_at: Option<Instant>,
    /// When it was shared out for the first time.
    began_at: Option<Instant>,
    probed_at: Option<Instant>,
    /// The estimate when it was probed last.
    probed_from_bps: u64,
    /// Whether the estimate has not moved since the last probe.
    is_stuck: bool,
    hold: Duration,
    aim: Aim,
}

impl Budget {
    pub(crate) const fn new(estimate_bps: u64) -> Self {
        Self {
            estimate_bps,
            patient_bps: estimate_bps,
            dirty: true,
            looked_at: None,
            lowered_at: None,
            raised_at: None,
            trial_since: None,
            flooded_since: None,
            short_since: None,
            clogged_at: None,
            swapped_at: None,
            began_at: None,
            probed_at: None,
            probed_from_bps: estimate_bps,
            is_stuck: false,
            hold: HOLD,
            aim: Aim { wish_bps: 0, fill_bps: 0, push: Push::None },
        }
    }

    /// The newest estimate.
    pub(crate) const fn estimate_bps(&self) -> u64 {
        self.estimate_bps
    }

    /// Congestion control has a new estimate.
    pub(crate) fn estimate(&mut self, bps: u64) {
        self.dirty |= bps < self.estimate_bps;
        self.is_stuck &= bps == self.estimate_bps;
        self.estimate_bps = bps;
        self.patient_bps = bps.max(self.patient_bps * PATIENCE_PERMILLE / 1_000);
    }

    /// Packets had to be dropped because they would have waited too long.
    /// Several streams wait in the same queue, so that counts once.
    pub(crate) fn clogged(&mut self, now: Instant) {
        self.dirty = true;
        if self.clogged_at.is_some_and(|at| now.saturating_duration_since(at) < CLOGGED) {
            return;
        }
        self.clogged_at = Some(now);
        self.estimate_bps = self.estimate_bps * AFTER_CLOG_PERCENT / 100;
        self.patient_bps = self.estimate_bps;
    }

    /// Rates or layers have changed: it is shared out anew with the next tick.
    pub(crate) const fn stir(&mut self) {
        self.dirty = true;
    }

    /// Whether it is time to share out anew.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.dirty || self.looked_at.is_none_or(|at| now.saturating_duration_since(at) >= LOOK)
    }

    /// Shares out what is left after sound. The claims say what each picture has.
    pub(crate) fn share(&mut self, load: Load, claims: &mut [Claim], now: Instant) -> Allocation {
        (self.dirty, self.looked_at) = (false, Some(now));
        self.began_at.get_or_insert(now);
        let is_flooded = self.note_flood(load.flowing_bps, now);
        if is_flooded {
            self.patient_bps = self.estimate_bps;
        }
        let allowance_bps = (self.patient_bps * USABLE_PERCENT / 100).saturating_sub(load.sound_bps);
        let allowance_bps = self.without_haste(allowance_bps, is_flooded, claims, now);
        let mut best = Allocation { is_urgent: is_flooded, ..allocate(allowance_bps, claims) };
        let mut staying = claims.to_vec();
        staying.iter_mut().for_each(Claim::stay);
        // Whether it can stay as it is, whatever would be better.
        let kept = allocate(allowance_bps, &staying);
        if falls(&staying, &kept) {
            self.step_down(now);
        } else if falls(claims, &best) && self.may_swap(now) == Swap::Later {
            best = Allocation { next_bps: best.next_bps, lacks: best.lacks, is_urgent: is_flooded, ..kept };
        }
        let waits = self.lowered_at.is_some_and(|at| now.saturating_duration_since(at) < self.hold);
        if waits {
            self.trial_since = None;
            let next_bps = best.next_bps;
            let calm = self.lowered_at.is_none_or(|at| now.saturating_duration_since(at) >= RESUME);
            let mut least_bps = claims.iter().filter(|c| c.has.is_some()).map(Claim::least_bps).sum::<u64>();
            for claim in claims.iter_mut() {
                // One that is too large keeps no smaller one waiting.
                let with_it = least_bps.saturating_add(claim.least_bps());
                let fits = with_it.saturating_mul(RESUME_PERCENT) <= allowance_bps.saturating_mul(100);
                if calm && fits && claim.has.is_none() {
                    least_bps = with_it;
                    claim.return_at_lowest();
                } else {
                    claim.stay();
                }
            }
            let kept = allocate(allowance_bps, claims);
            return Allocation { next_bps, lacks: false, is_urgent: is_flooded, ..kept };
        }
        if rises(claims, &best) {
            best = Allocation { is_urgent: is_flooded, ..self.rise(allowance_bps, claims, &best, now) };
        }
        if best.next_bps > best.used_bps || load.flowing_bps > self.estimate_bps {
            best.push = self.push(load.flowing_bps, now);
        }
        self.trial_since = self.trial_since.or(Some(now)).filter(|_| best.lacks);
        if self.trial_since.is_some_and(|since| now.saturating_duration_since(since) >= TRIAL) {
            // It cannot be had; filling up for ever would only hurt the sound.
            self.raised_at = Some(now);
            self.step_down(now);
        }
        best
    }

    /// Gives one picture what is better for it: the keyframes of several at once would fill the way, and
    /// congestion control would take that for its end.
    fn rise(
        &mut self,
        allowance_bps: u64,
        claims: &mut [Claim],
        best: &Allocation,
        now: Instant,
    ) -> Allocation {
        if best.used_bps.saturating_mul(PLENTY_PERCENT) <= allowance_bps * 100 {
            (self.raised_at, self.probed_at) = (Some(now), Some(now));
            return best.clone();
        }
        let recently = self.raised_at.is_some_and(|at| now.saturating_duration_since(at) < RISE)
            || self.is_beginning(now);
        let rising = |paused: bool| {
            let mut all = claims.iter().zip(&best.steps).enumerate();
            all.find(|(_, (claim, step))| {
                claim.is_known() && claim.has < **step && (claim.has.is_none() || !paused)
            })
        };
        let first = rising(true).or_else(|| rising(false)).map(|(index, _)| index).filter(|_| !recently);
        for (index, claim) in claims.iter_mut().enumerate() {
            if first == Some(index) {
                claim.rise_by_one();
            } else {
                claim.stay();
            }
        }
        if first.is_some() {
            // A probe beside the first keyframe of a better layer would find the way full of that.
            (self.raised_at, self.probed_at) = (Some(now), Some(now));
        }
        let Allocation { next_bps, lacks, .. } = *best;
        Allocation { next_bps, lacks, ..allocate(allowance_bps, claims) }
    }

    /// Whether so little is known of the way yet that its estimate jumps about.
    fn is_beginning(&self, now: Instant) -> bool {
        self.began_at.is_some_and(|at| now.saturating_duration_since(at) < BEGINNING)
    }

    /// Whether a picture may give way to one that has become more important: not with every word.
    fn may_swap(&mut self, now: Instant) -> Swap {
        if self.swapped_at.is_some_and(|at| now.saturating_duration_since(at) < SWAP) {
            return Swap::Later;
        }
        self.swapped_at = Some(now);
        Swap::Now
    }

    /// What it takes to find out whether the way carries more.
    fn push(&mut self, flowing_bps: u64, now: Instant) -> Push {
        let probed_for = self.probed_at.map(|at| now.saturating_duration_since(at));
        let found_more = self.estimate_bps.saturating_mul(100) >= self.probed_from_bps * FOUND_PERCENT;
        let patience = match flowing_bps > self.estimate_bps {
            true => DIP,
            false if found_more => AGAIN,
            false => self.hold,
        };
        if probed_for.is_none_or(|since| since >= patience) {
            (self.probed_at, self.is_stuck) = (Some(now), true);
            self.probed_from_bps = self.estimate_bps;
            return Push::Probe;
        }
        // Every probe that is answered moves the estimate, if only a little.
        if self.is_stuck && probed_for.is_some_and(|since| since >= ANSWER) {
            self.is_stuck = false;
            return Push::Restart;
        }
        Push::None
    }

    /// Nothing gets better for a while, and for longer if what was tried last did not work out.
    fn step_down(&mut self, now: Instant) {
        let raised = self.raised_at.take().filter(|_| !self.is_beginning(now));
        let lasted = raised.is_none_or(|at| now.saturating_duration_since(at) >= PROVED);
        self.hold = if lasted { HOLD } else { (self.hold * 2).min(HOLD_MAX) };
        self.lowered_at = Some(now);
    }

    /// Whether what flows is so much more than the way carries that sound gets lost.
    fn note_flood(&mut self, flowing_bps: u64, now: Instant) -> bool {
        let is_above = |percent: u64| flowing_bps.saturating_mul(100) > self.estimate_bps * percent;
        self.flooded_since = self.flooded_since.or(Some(now)).filter(|_| is_above(TOO_MUCH_PERCENT));
        let lasts = self.flooded_since.is_some_and(|since| now.saturating_duration_since(since) >= FLOOD);
        lasts || is_above(FAR_TOO_MUCH_PERCENT)
    }

    /// The allowance, and for a while at least what the lowest layer of the first picture costs; in the
    /// beginning of all.
    fn without_haste(&mut self, allowance_bps: u64, is_flooded: bool, claims: &[Claim], now: Instant) -> u64 {
        let shown = claims.iter().filter(|claim| claim.has.is_some());
        let kept = shown.take(if self.is_beginning(now) { claims.len() } else { 1 });
        let lowest_bps = kept.filter_map(|claim| claim.step(0)).map(|step| step.bps).sum::<u64>();
        self.short_since = self.short_since.or(Some(now)).filter(|_| allowance_bps < lowest_bps);
        let lasts = self.short_since.is_some_and(|since| now.saturating_duration_since(since) >= PAUSE_AFTER);
        if is_flooded || lasts { allowance_bps } else { allowance_bps.max(lowest_bps) }
    }

    /// What congestion control is to look for, if that is news to it. It has to find more than is used.
    pub(crate) fn aim(&mut self, mut aim: Aim) -> Option<Aim> {
        aim.wish_bps = aim.wish_bps.saturating_mul(100) / USABLE_PERCENT;
        let differs = |one: u64, other: u64| one.abs_diff(other) * 100 > other * AIM_STEP_PERCENT;
        let is_news = aim.push != Push::None
            || differs(aim.wish_bps, self.aim.wish_bps)
            || differs(aim.fill_bps, self.aim.fill_bps);
        is_news.then(|| {
            self.aim = aim;
            aim
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
    use crate::thin::WHOLE;

    const CAMERA: [u64; 3] = [150_000, 500_000, 1_700_000];
    const LOAD: Load = Load { sound_bps: 40_000, flowing_bps: u64::MAX / 1_000 };

    /// A subscriber with one picture; its way changes from second to second.
    fn layers(estimates: impl IntoIterator<Item = u64>) -> String {
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(1_000_000), Some(0));
        let mut told = String::new();
        for (second, bps) in estimates.into_iter().enumerate() {
            let now = start + Duration::from_secs(second as u64);
            budget.estimate(bps);
            let steps = CAMERA.iter().enumerate().map(|(layer, bps)| Step::whole(layer, *bps));
            let mut claims = [Claim::new(steps, has.map(|has| (has, WHOLE)), has.is_none())];
            has = budget.share(LOAD, &mut claims, now).steps[0];
            told.push(has.map_or('-', |layer| ['q', 'h', 'f'][layer]));
        }
        told
    }

    #[test]
    fn it_goes_down_at_once_and_up_after_a_while() {
        let way = [vec![3_000_000; 5], vec![400_000; 2], vec![100_000; 2], vec![3_000_000; 6]].concat();
        assert_eq!(layers(way), "qqhffqq--qhffff");
    }

    #[test]
    fn what_does_not_hold_is_tried_less_and_less_often() {
        // Each time the better layer flows the way turns out not to carry it.
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(1_000_000), Some(0));
        let mut tried = Vec::new();
        for second in 0..60_u64 {
            budget.estimate(if has == Some(1) { 300_000 } else { 900_000 });
            let steps = CAMERA.iter().enumerate().map(|(layer, bps)| Step::whole(layer, *bps));
            let mut claims = [Claim::new(steps, has.map(|has| (has, WHOLE)), has.is_none())];
            has = budget.share(LOAD, &mut claims, start + Duration::from_secs(second)).steps[0];
            if has == Some(1) {
                tried.push(second);
            }
        }
        let waits: Vec<u64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let longest = HOLD_MAX.as_secs()..=HOLD_MAX.as_secs() + 2;
        assert!(waits.is_sorted() && waits.last().is_some_and(|wait| longest.contains(wait)), "{tried:?}");
    }

    #[test]
    fn of_many_that_are_paused_the_first_comes_back_though_not_all_fit() {
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(3_000_000), [Some(0); 12]);
        let mut told = Vec::new();
        for second in 0..3_u64 {
            budget.estimate(if second < 2 { 100_000 } else { 400_000 });
            let steps = || [Step::whole(0, 110_000)].into_iter();
            let had = |step: usize| (step, WHOLE);
            let mut claims = has.map(|has| Claim::new(steps(), has.map(had), has.is_none()));
            let allocation = budget.share(LOAD, &mut claims, start + Duration::from_secs(second));
            has.copy_from_slice(&allocation.steps);
            told.push(has.iter().flatten().count());
        }
        assert_eq!(told, [0, 0, 2], "before anything may get better");
    }

    #[test]
    fn what_comes_back_early_comes_at_its_smallest_and_waits_for_nothing_larger() {
        let start = Instant::now();
        let (mut budget, mut has) = (Budget::new(3_000_000), [Some((0, WHOLE)); 2]);
        let mut told = Vec::new();
        for second in 0..3_u64 {
            budget.estimate(if second < 2 { 50_000 } else { 500_000 });
            let screen = Claim::new([Step::whole(0, 1_500_000)].into_iter(), has[0], has[0].is_none());
            let thin = Step { limit: 0, ..Step::whole(0, 180_000) };
            let camera = [thin, Step::whole(0, 300_000)].into_iter();
            let mut claims = [screen, Claim::new(camera, has[1], has[1].is_none())];
            let allocation = budget.share(LOAD, &mut claims, start + Duration::from_secs(second));
            let way = |step: Option<usize>| step.map(|step| (0, if step == 0 { 0 } else { WHOLE }));
            has = [None, way(allocation.steps[1])];
            told.push(allocation.steps[..2].to_vec());
        }
        assert_eq!(told[2], [None, Some(0)], "{told:?}");
    }

    #[test]
    fn a_small_change_of_the_aim_is_not_told() {
        let mut budget = Budget::new(1_000_000);
        let mut aim =
            |wish_bps| budget.aim(Aim { wish_bps, fill_bps: 0, push: Push::None }).map(|aim| aim.wish_bps);
        assert_eq!([950, 988, 1_007, 0].map(&mut aim), [Some(1_000), None, Some(1_060), Some(0)]);
    }
}

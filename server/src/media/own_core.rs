//! Which processor core a media thread runs on: one of its own, so that its caches stay warm and no two media
//! threads share one while another is idle.
//!
//! Cores are dealt in turn among those that the process may use. Where there are few, which media threads
//! share with everything else, the kernel places them better than we do; there, and where it says no,
//! threads stay as they are: that costs speed, never a call.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::sync::atomic::{AtomicUsize, Ordering};

/// From how many cores on media threads get one of their own.
const ENOUGH: u32 = 4;

/// How many threads of this process were given a core. Each process begins elsewhere, so that several on one
/// machine do not meet on its first core.
static DEALT: AtomicUsize = AtomicUsize::new(0);

/// Keeps the thread that calls on one core.
pub fn keep_to_one() {
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let turn = DEALT.fetch_add(1, Ordering::Relaxed);
    let first = usize::try_from(std::process::id()).unwrap_or_default();
    let dealt = first.wrapping_add(turn);
    let Some(core) = nth(&allowed, dealt) else { return };
    let mut one = CpuSet::new();
    one.set(core);
    if let Err(error) = sched_setaffinity(None, &one) {
        tracing::warn!(%error, core, "A media thread could not be kept on one core.");
    }
}

/// The core whose turn it is; `None` if there are too few.
fn nth(allowed: &CpuSet, dealt: usize) -> Option<usize> {
    let count = usize::try_from(allowed.count()).ok().filter(|_| allowed.count() >= ENOUGH)?;
    (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).nth(dealt % count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cores(cores: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        cores.iter().for_each(|core| set.set(*core));
        set
    }

    #[test]
    fn cores_are_dealt_in_turn_among_those_that_may_be_used() {
        let dealt = |set: &CpuSet| (0..4).map(|turn| nth(set, turn)).collect::<Vec<_>>();
        assert_eq!(dealt(&cores(&[1, 4, 6, 7])), [Some(1), Some(4), Some(6), Some(7)]);
        assert_eq!(nth(&cores(&[1, 4, 6, 7]), 5), Some(4));
        assert_eq!(dealt(&cores(&[1, 4, 6])), [None; 4]);
    }

    #[test]
    fn a_thread_stays_on_the_core_that_it_got() {
        let kept = std::thread::spawn(|| {
            let before = sched_getaffinity(None).expect("the kernel tells");
            keep_to_one();
            (before.count(), sched_getaffinity(None).expect("the kernel tells").count())
        });
        let (before, after) = kept.join().expect("the thread ends");
        assert_eq!(after, if before >= ENOUGH { 1 } else { before });
    }
}

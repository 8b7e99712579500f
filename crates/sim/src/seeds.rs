//! Which seeds a story is tried with, and which of them failed.
//!
//! `SIM_SEEDS` says how many are tried, `SIM_FIRST` which is the first. A seed that failed fails again.

use std::panic::{RefUnwindSafe, catch_unwind};

/// Tells the story for each seed, `usual` many of them unless the environment says otherwise.
///
/// # Panics
/// When the story panicked for any of them; all are tried before, and named.
pub fn try_each(usual: u64, story: impl Fn(u64) + RefUnwindSafe) {
    let number = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let (seeds, first) = (number("SIM_SEEDS").unwrap_or(usual), number("SIM_FIRST").unwrap_or(0));
    let failed: Vec<u64> =
        (first..first + seeds).filter(|seed| catch_unwind(|| story(*seed)).is_err()).collect();
    assert!(failed.is_empty(), "these seeds failed, try them with SIM_FIRST: {failed:?}");
}

//! How much the server bears, measured while it runs.
//!
//! | sign | how it is measured |
//! |---|---|
//! | lag | how late a timer of the event loop is |
//! | busy | how much of the time the busiest media thread did not wait |
//! | memory | what the operating system says that the process holds |
//!
//! Each is what people would feel next: late answers, late packets, or the end of the process. Not here: what
//! follows from it; that is `domain::load`'s and the turnstile's.

use crate::ambient::Uptime;
use crate::media::MediaThreads;
use service::Turnstile;
use service::load::{Cause, Gauge, Strain};
use std::sync::Arc;
use std::time::Duration;

const TICK: Duration = Duration::from_secs(1);
/// A timer that is later than this is felt as a page that hangs.
pub const LAG_MS: u32 = 500;
/// A thread that works more than this has nothing left for the next packet burst.
pub const BUSY_PERMILLE: u32 = 900;

/// Measures again and again, and tells the turnstile.
pub async fn watch(turnstile: Turnstile, media: Arc<MediaThreads>, memory_mib: u32) {
    let uptime = Uptime::start();
    let mut gauge = Gauge::new(Strain { lag_ms: LAG_MS, busy_permille: BUSY_PERMILLE, memory_mib });
    let mut worked = media.worked_us();
    let mut before = None;
    loop {
        let asleep = uptime.now().0;
        tokio::time::sleep(TICK).await;
        let now = uptime.now();
        let slept_ms = now.0.saturating_sub(asleep);
        let lag_ms = slept_ms.saturating_sub(TICK.as_millis().try_into().unwrap_or(u64::MAX));
        let newly = media.worked_us();
        let measured = Strain {
            lag_ms: lag_ms.try_into().unwrap_or(u32::MAX),
            busy_permille: busiest(&worked, &newly, slept_ms),
            memory_mib: held_mib().unwrap_or(0),
        };
        worked = newly;
        let strain = gauge.take(&measured, now);
        if strain != before {
            let cause = strain.map(Cause::word);
            tracing::warn!(cause, ?measured, "What the server bears has changed.");
        }
        before = strain;
        turnstile.set_strain(strain);
    }
}

/// The busiest thread's share of the time, in thousandths.
fn busiest(before: &[u64], after: &[u64], elapsed_ms: u64) -> u32 {
    let worked_us = before.iter().zip(after).map(|(before, after)| after.saturating_sub(*before));
    let share = worked_us.max().unwrap_or(0).checked_div(elapsed_ms).unwrap_or(0);
    share.try_into().unwrap_or(u32::MAX)
}

/// What the process holds in memory, where the operating system tells.
fn held_mib() -> Option<u32> {
    parse_held(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn parse_held(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    u32::try_from(kib / 1_024).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_thread_counts() {
        assert_eq!(busiest(&[0, 1_000], &[100_000, 951_000], 1_000), 950);
        assert_eq!(busiest(&[5], &[5], 0), 0);
    }

    #[test]
    fn the_operating_system_tells_what_is_held() {
        assert_eq!(parse_held("Name:\tanteroom\nVmRSS:\t  204800 kB\nThreads:\t4\n"), Some(200));
        assert_eq!(parse_held("Name:\tanteroom\n"), None);
        assert!(held_mib().is_some_and(|held| held > 0), "this machine tells as well");
    }
}

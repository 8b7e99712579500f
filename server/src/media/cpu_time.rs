//! How much processor time a media thread has had, as the kernel counts it.
//!
//! Read from outside, so that the packet path pays nothing for it. Not the time that passed while the thread
//! had something to do: on a machine that is busy with other things that says nothing about the thread.

use std::fs;
use std::path::PathBuf;

/// The clock of one thread.
#[derive(Clone, Debug)]
pub(super) struct CpuClock(PathBuf);

impl CpuClock {
    /// The clock of the thread that calls.
    pub(super) fn of_this_thread() -> Self {
        let thread = rustix::thread::gettid().as_raw_nonzero();
        Self(format!("/proc/self/task/{thread}/stat").into())
    }

    /// The processor time since the thread began, in microseconds; `None` if it has ended or the system does
    /// not tell.
    pub(super) fn read_us(&self) -> Option<u64> {
        let ticks = parse(&fs::read_to_string(&self.0).ok()?)?;
        ticks.checked_mul(1_000_000)?.checked_div(rustix::param::clock_ticks_per_second())
    }
}

/// Time in user and in kernel mode, in clock ticks: the fields 14 and 15 of proc_pid_stat(5). The name of the
/// thread, in brackets, may hold anything.
fn parse(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    ticks()?.checked_add(ticks()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::time::{ClockId, clock_gettime};
    use std::sync::mpsc;

    fn own_us() -> u64 {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        u64::try_from(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000).expect("time is positive")
    }

    #[test]
    fn the_fields_are_found_behind_a_name_with_brackets() {
        let stat = "7 (a) b (c) R 1 7 7 0 -1 4194304 106 0 0 0 31 11 0 0 20 0 1 0 2901289";
        assert_eq!(parse(stat), Some(42));
        assert_eq!(parse("7 (a) R 1"), None);
    }

    #[test]
    fn work_counts_and_waiting_does_not() {
        let (tell, told) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let worker = std::thread::spawn(move || {
            while own_us() < 200_000 {}
            tell.send((CpuClock::of_this_thread(), own_us())).expect("somebody listens");
            ended.recv()
        });
        let (clock, worked_us) = told.recv().expect("the worker tells");
        let read_us = clock.read_us().expect("the system tells");
        let tick_us = 1_000_000 / rustix::param::clock_ticks_per_second();
        assert!(read_us.abs_diff(worked_us) <= 3 * tick_us, "{read_us} read, {worked_us} worked");
        end.send(()).expect("the worker waits");
        worker.join().expect("it ends").expect("it was told to");
        // The kernel takes it off its list a little after it was joined.
        let gone = || clock.read_us().is_none();
        let give_up = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !gone() {
            assert!(std::time::Instant::now() < give_up, "the thread is still there");
            std::thread::yield_now();
        }
    }
}

//! All chance from one seed, also that of libraries which ask the system for it.
//!
//! The order of a `HashMap` follows from keys that the standard library draws from the system, once for each
//! thread; str0m keeps its streams in such maps and draws names and times from `fastrand`. So a story that
//! shall be the same for the same seed is told on a thread of its own, and there `getrandom` answers from the
//! seed. (The simulator madsim does the same.) Programs for people must never depend on this crate.

use std::cell::Cell;
use std::ffi::c_void;
use std::panic::resume_unwind;
use std::thread;

thread_local! {
    /// The state of SplitMix64, where chance follows from a seed.
    static STATE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Runs `story` on a thread on which all chance follows from `seed`. A panic goes through.
pub fn seeded<T: Send>(seed: u64, story: impl FnOnce() -> T + Send) -> T {
    let told = thread::scope(|scope| {
        let teller = move || {
            STATE.set(Some(seed));
            fastrand::seed(seed);
            story()
        };
        scope.spawn(teller).join()
    });
    told.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Eight bytes of chance, on a thread that has a seed.
fn roll() -> Option<u64> {
    let state = STATE.get()?.wrapping_add(0x9e37_79b9_7f4a_7c15);
    STATE.set(Some(state));
    let mut mixed = state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Some(mixed ^ (mixed >> 31))
}

/// In the place of the system library's function of this name (`man 2 getrandom`).
///
/// # Safety
/// `buffer` must be valid for writes of `length` bytes.
#[expect(unsafe_code, reason = "it is called by others, by this name")]
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut c_void, length: usize, flags: u32) -> isize {
    if STATE.get().is_none() {
        // SAFETY: the system writes what the caller vouches for.
        return unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) as isize };
    }
    // SAFETY: the caller vouches for so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), length) };
    for chunk in bytes.chunks_mut(8) {
        let drawn = roll().unwrap_or_default().to_le_bytes();
        chunk.copy_from_slice(&drawn[..chunk.len()]);
    }
    length as isize
}

#[cfg(test)]
mod tests {
    use super::seeded;
    use std::collections::HashSet;

    fn order(seed: u64) -> Vec<u32> {
        seeded(seed, || (0..100).collect::<HashSet<u32>>().into_iter().chain([fastrand::u32(..)]).collect())
    }

    #[test]
    fn the_order_of_maps_follows_from_the_seed() {
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let by_the_system = || (0..100).collect::<HashSet<u32>>().into_iter().collect::<Vec<_>>();
        let on_two_threads = [(); 2].map(|()| std::thread::spawn(by_the_system).join());
        let [first, second] = on_two_threads.map(|order| order.expect("no panic"));
        assert_ne!(first, second, "elsewhere chance is the system's");
    }
}
